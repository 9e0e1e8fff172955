//! Inspect Cyber's `eval.yaml` (package inspect_cyber 0.1.0: `model/_model.py`).
//!
//! The part of YAML that such files are written in is read: maps by indentation. A map in braces,
//! an anchor or an alias where something is needed is refused by name and never guessed.

use super::{Described, TASK_BYTES_MAX, known, unknown};
use crate::fault::{FormatFault, quote};
use crate::inventory::yaml::{self, Node};
use seawall_domain::evaluation::decimal::Decimal;
use seawall_domain::evaluation::registry::{Exposure, Known, Minutes, Oracle};
use std::collections::BTreeSet;

const FORMAT: &str = "eval.yaml";

pub(super) fn read(bytes: &[u8]) -> Result<Described, FormatFault> {
    let refuse = |why: String| FormatFault::new(FORMAT, "the document", why);
    if bytes.len() > TASK_BYTES_MAX {
        return Err(refuse(format!("more than {TASK_BYTES_MAX} bytes")));
    }
    let text = std::str::from_utf8(bytes).map_err(|_| refuse("it is not UTF-8".to_owned()))?;
    let root = yaml::read(text).map_err(refuse)?;
    let name = value(&root, "name").ok_or_else(|| refuse("it has no name".to_owned()))?;
    let variants = map(&root, "variants")?;
    if variants.is_empty() {
        return Err(refuse("it has no variant".to_owned()));
    }
    let metadata = Metadata(map(&root, "metadata")?);
    let mut task = unknown(name.to_owned());
    task.variants = variants.iter().map(|variant| variant.key.to_string()).collect();
    task.family = metadata.text("task_family").or_else(|| metadata.text("category"));
    let with_flag = |node: &Node<'_>| value(node, "flag").is_some();
    task.oracle = (with_flag(&root) || variants.iter().any(with_flag)).then_some(Oracle::Flag);
    task.minutes = metadata.minutes();
    task.created = metadata.text("created").and_then(|text| text.parse().ok());
    task.exposure = metadata.text("exposure").and_then(|word| exposure(&word));
    task.canary = metadata.text("canary_guid");
    task.twin = metadata.text("twin");
    task.verified_at = metadata.text("solution_verified_at").and_then(|text| text.parse().ok());
    let mut named = BTreeSet::new();
    for node in std::iter::once(&root).chain(variants) {
        name_files(node, &mut named)?;
    }
    Ok(Described { task, named })
}

/// The files that an eval or a variant names: what is laid out, the setup, the sandbox's.
fn name_files(node: &Node<'_>, named: &mut BTreeSet<String>) -> Result<(), FormatFault> {
    named.extend(value(node, "setup").map(str::to_owned));
    let sandbox = map(node, "sandbox")?;
    let config = sandbox.iter().find(|entry| entry.key == "config");
    let files = map(node, "files")?.iter().chain(config);
    for file in files {
        let path = without_comment(&file.value);
        if !path.is_empty() {
            named.insert(path.to_owned());
        }
    }
    Ok(())
}

/// The entries of a map by indentation; none where it is not there.
fn map<'a, 'b>(node: &'b Node<'a>, key: &str) -> Result<&'b [Node<'a>], FormatFault> {
    let Some(child) = node.child(key) else { return Ok(&[]) };
    match without_comment(&child.value) {
        "" | "null" | "~" => Ok(&child.children),
        other => {
            let why = format!("{} is written as {}, which is not read", quote(key), quote(other));
            Err(FormatFault::new(FORMAT, format!("line {}", child.line), why))
        }
    }
}

fn value<'b>(node: &'b Node<'_>, key: &str) -> Option<&'b str> {
    let text = without_comment(&node.child(key)?.value);
    (!text.is_empty() && text != "null").then_some(text)
}

/// A value as it stands before a comment; what was in quotes has lost them and keeps its signs.
fn without_comment(text: &str) -> &str {
    if text.starts_with('#') {
        return "";
    }
    text.split_once(" #").map_or(text, |(before, _)| before).trim()
}

struct Metadata<'a, 'b>(&'b [Node<'a>]);

impl Metadata<'_, '_> {
    fn text(&self, key: &str) -> Option<String> {
        let node = self.0.iter().find(|node| node.key == key)?;
        let text = without_comment(&node.value);
        (!text.is_empty() && text != "null").then(|| text.to_owned())
    }

    fn number(&self, key: &str) -> Option<Decimal> {
        let text = self.text(key)?;
        // `20.0` is how some programs write a whole number.
        text.strip_suffix(".0").unwrap_or(&text).parse().ok()
    }

    /// The human minutes. A first solve time alone is that of a contest's first team.
    fn minutes(&self) -> Option<Minutes> {
        let zero = Decimal::from(0);
        let said = self.text("human_minutes_source");
        let people = self.text("human_minutes_people").and_then(|text| text.parse().ok());
        let (value, known) = match self.number("human_minutes") {
            Some(value) => (value, said.map_or(Known::Unsaid, |text| known(&text))),
            None => (self.number("first_solve_time")?, Known::FirstBlood),
        };
        (value > zero).then_some(Minutes { value, known, people })
    }
}

fn exposure(word: &str) -> Option<Exposure> {
    match word {
        "public" => Some(Exposure::Public),
        "limited" => Some(Exposure::Limited),
        "enclosed" => Some(Exposure::Enclosed),
        _ => None,
    }
}
