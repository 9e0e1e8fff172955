//! `bun.lock`: JSON with commas at the end of lists, and packages as `["name@version", …]`.

use super::{is_elsewhere, split};
use crate::fault::FormatFault;
use crate::inventory::lines::Lines;
use crate::inventory::{INVENTORY_BYTES_MAX, Inventory, Kind};
use crate::json;
use seawall_domain::package::Ecosystem;
use serde_json::Value;

const FORMAT: &str = "Bun lock file";

/// Reads a lock file.
pub(in crate::inventory) fn read(bytes: &[u8]) -> Result<Inventory, FormatFault> {
    let value = json::read(FORMAT, &without_last_commas(bytes), INVENTORY_BYTES_MAX)?;
    let mut lines = Lines::new(FORMAT);
    let packages = value.get("packages").and_then(Value::as_object);
    for (key, package) in packages.into_iter().flatten() {
        let place = format_args!("/packages/{key}");
        let chosen = package.get(0).and_then(Value::as_str).and_then(split);
        match chosen {
            // The project's own workspaces are no dependencies.
            Some((_, version)) if version.starts_with("workspace:") => {}
            Some((name, version)) if is_elsewhere(version) || version.contains("://") => {
                lines.push_elsewhere(&place, name, None)?;
            }
            Some((name, version)) => {
                lines.push_package(&place, Ecosystem::Npm, name, Some(version))?;
            }
            None => lines.push_elsewhere(&place, key, None)?,
        }
    }
    Ok(lines.done(Kind::Npm, None))
}

/// The same without the commas that stand before a closing bracket.
fn without_last_commas(bytes: &[u8]) -> Vec<u8> {
    let mut strict = Vec::with_capacity(bytes.len());
    let (mut quoted, mut escaped) = (false, false);
    let mut comma = None;
    for byte in bytes {
        if quoted {
            (quoted, escaped) = match byte {
                b'"' if !escaped => (false, false),
                b'\\' if !escaped => (true, true),
                _ => (true, false),
            };
        } else {
            match byte {
                b']' | b'}' => {
                    if let Some(at) = comma.take() {
                        strict.truncate(at);
                    }
                }
                b',' => comma = Some(strict.len()),
                byte if byte.is_ascii_whitespace() => {}
                _ => comma = None,
            }
            quoted = *byte == b'"';
        }
        strict.push(*byte);
    }
    strict
}
