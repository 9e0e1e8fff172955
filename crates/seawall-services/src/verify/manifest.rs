//! The manifest of the folder of everything public: each file by its SHA-256, and a signed note
//! over the list by the key of the public log. So a changed, missing or added file is named, also
//! in a copy of the folder that has no database.
//!
//! The log's own tiles are not listed: the log says itself what belongs into them.

use super::Report;
use crate::desk::digest;
use seawall_ledger::note::{Note, VerifierKey};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

/// The list: a digest, two blanks and a path a line, in the order of paths.
pub(crate) const LIST: &str = "manifest";
/// The signed note over the list.
pub(crate) const NOTE: &str = "manifest.note";

/// The list over files, by their paths below the folder.
pub(crate) fn list(files: &BTreeMap<String, Vec<u8>>) -> String {
    files.iter().fold(String::new(), |mut list, (path, bytes)| {
        // Writing to a string cannot fail.
        let _ = writeln!(list, "{}  {path}", digest(bytes));
        list
    })
}

/// What the signed note says of a list.
pub(crate) fn note_text(list: &str) -> String {
    format!("seawall manifest\n{}\n", digest(list.as_bytes()))
}

/// Every file below a folder but those of its log and those that are being written, by path.
pub(crate) fn files(folder: &Path) -> std::io::Result<BTreeMap<String, Vec<u8>>> {
    let mut files = BTreeMap::new();
    for path in super::stray::paths(folder) {
        let own = path == LIST || path == NOTE || path.ends_with(".unready");
        if !own && (!path.starts_with("log/") || path == "log/key") {
            let bytes = std::fs::read(folder.join(&path))?;
            files.insert(path, bytes);
        }
    }
    Ok(files)
}

/// Compares the folder with its manifest, and the manifest with its signature.
pub(super) fn check(folder: &Path, key: &VerifierKey, report: &mut Report) {
    let read = |name: &str| std::fs::read_to_string(folder.join(name));
    let Ok(list) = read(LIST) else {
        return report.fault(format!("public/{LIST}: it is missing or not text"));
    };
    let note = read(NOTE).map_err(|error| error.to_string()).and_then(|text| {
        let note = Note::parse(text.as_bytes()).map_err(|fault| fault.to_string())?;
        let exact = note.to_string() == text;
        note.verify([key]).map_err(|fault| fault.to_string())?;
        exact.then_some(note).ok_or_else(|| "it has another spelling".to_owned())
    });
    match note {
        Ok(note) if note.text() == note_text(&list) => {}
        Ok(_) => report.fault(format!("public/{LIST}: it is not what was signed")),
        Err(why) => report.fault(format!("public/{NOTE}: {why}")),
    }
    let Ok(mut found) = files(folder) else {
        return report.fault("public: a file cannot be read".into());
    };
    for line in list.lines() {
        let Some((expected, path)) = line.split_once("  ") else { continue };
        match found.remove(path) {
            Some(bytes) if digest(&bytes).to_string() == expected => {}
            Some(_) => report.fault_once(path, "it is not what the manifest says"),
            None => report.fault_once(path, "it is missing"),
        }
    }
    for path in found.keys() {
        report.fault_once(path, "the manifest does not know it");
    }
}
