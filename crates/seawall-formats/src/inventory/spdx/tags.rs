//! SPDX 2 as `Tag: value` lines, the form that many build systems still write.
//!
//! A value may run over several lines between `<text>` and `</text>`; only packages are read.

use super::{FORMAT, Inventory, Kind, Lines, Package, is_read};
use crate::fault::FormatFault;
use std::borrow::Cow;

/// How many lines at the top may precede the line that names the format.
const HEAD_LINES: usize = 40;

/// Whether a text is such a document.
pub(in crate::inventory) fn is(text: &str) -> bool {
    text.lines().take(HEAD_LINES).any(|line| line.starts_with("SPDXVersion:"))
}

/// Reads a document.
pub(in crate::inventory) fn read(text: &str) -> Result<Inventory, FormatFault> {
    let mut lines = Lines::new(FORMAT);
    let mut package: Option<(String, Package<'_>)> = None;
    let (mut serial, mut quoted) = (None, false);
    for (index, line) in text.lines().enumerate() {
        if quoted {
            quoted = !line.contains("</text>");
            continue;
        }
        let Some((tag, value)) = line.split_once(':') else {
            continue;
        };
        let opened = value.trim_start().strip_prefix("<text>");
        quoted = opened.is_some_and(|value| !value.contains("</text>"));
        let value = opened.unwrap_or(value).trim_end_matches("</text>").trim();
        let place = format!("line {}", index + 1);
        match (tag.trim(), &mut package) {
            ("SPDXVersion", _) => {
                is_read(value).map_err(|why| FormatFault::new(FORMAT, &place, why))?;
            }
            ("DocumentNamespace", _) => serial = Some(value.to_owned()),
            ("PackageName", open) => {
                let begun = Package { name: Cow::Borrowed(value), ..Package::default() };
                if let Some((place, done)) = open.replace((place, begun)) {
                    done.list(&place, &mut lines)?;
                }
            }
            ("FileName" | "SnippetSPDXID" | "LicenseID", open) => {
                if let Some((place, done)) = open.take() {
                    done.list(&place, &mut lines)?;
                }
            }
            ("PackageVersion", Some((_, open))) => open.version = Some(Cow::Borrowed(value)),
            ("PackageSupplier", Some((_, open))) => open.supplier = Some(Cow::Borrowed(value)),
            ("PackageSourceInfo", Some((_, open))) => open.source = Some(Cow::Borrowed(value)),
            ("ExternalRef", Some((_, open))) => {
                let mut words = value.split_whitespace().skip(1);
                if let (Some(kind), Some(locator)) = (words.next(), words.next()) {
                    open.refer(kind, Some(Cow::Borrowed(locator)));
                }
            }
            _ => {}
        }
    }
    if let Some((place, done)) = package {
        done.list(&place, &mut lines)?;
    }
    Ok(lines.done(Kind::Spdx, serial))
}
