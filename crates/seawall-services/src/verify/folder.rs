//! Checks of files alone: a log's folder, and the folder of everything public. Needs no database
//! and no key but those that lie in the folder (or better ones that the reader brings).

use crate::desk::digest;
use seawall_domain::advisory::AdvisoryFact;
use seawall_domain::fact::Fact;
use seawall_domain::figures::{Count, Figures};
use seawall_formats::{csaf, osv};
use seawall_ledger::check_log;
use seawall_ledger::note::VerifierKey;
use seawall_ledger::openpgp::verify_detached;
use seawall_store::record::Leaf;
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::Path;

/// What a verification found.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Report {
    /// How many entries the internal log has, or the public one when only that was given.
    pub entries: u64,
    /// The figures as they follow from the entries.
    pub figures: Figures,
    /// How many rows were compared with their facts.
    pub rows: u64,
    /// How many blobs are sound.
    pub blobs: u64,
    /// How many published documents are sound.
    pub documents: u64,
    /// Everything that does not hold, each naming the place.
    pub faults: Vec<String>,
}

/// Checks a folder: a log's, or one of everything public.
pub fn verify_folder(folder: &Path) -> Report {
    let mut report = Report::default();
    if folder.join("checkpoint").exists() {
        match read_key(folder) {
            Ok(key) => {
                let entries = read_log(folder, &key, "log", &mut report);
                report.entries = entries.len() as u64;
                report.figures = count(&entries, &mut report);
            }
            Err(said) => report.faults.push(said),
        }
    } else {
        report.documents = check_public(folder, None, &mut report);
    }
    report
}

pub(super) fn read_key(folder: &Path) -> Result<VerifierKey, String> {
    let text = std::fs::read_to_string(folder.join("key"))
        .map_err(|error| format!("key: cannot read it: {error}"))?;
    text.trim().parse().map_err(|error| format!("key: {error}"))
}

/// Reads a log's entries, or names every tile and entry that is damaged.
pub(super) fn read_log(
    folder: &Path,
    key: &VerifierKey,
    name: &str,
    report: &mut Report,
) -> Vec<Vec<u8>> {
    let read = |path: &str| std::fs::read(folder.join(path)).ok();
    let Some(checkpoint) = read("checkpoint") else {
        report.faults.push(format!("{name}/checkpoint: it is missing"));
        return Vec::new();
    };
    if read("key").is_none_or(|bytes| bytes != key.to_string().as_bytes()) {
        report.faults.push(format!("{name}/key: it is not the log's key"));
    }
    match check_log(read, &checkpoint, key) {
        Ok(entries) => {
            super::stray::check(folder, &entries, name, report);
            entries
        }
        Err(faults) => {
            let said = faults.iter().map(|fault| format!("{name}/{}: {}", fault.path, fault.what));
            report.faults.extend(said);
            Vec::new()
        }
    }
}

/// The figures that follow from a log's entries.
pub(super) fn count(entries: &[Vec<u8>], report: &mut Report) -> Figures {
    let mut leaves: Vec<Leaf> = Vec::new();
    for (place, entry) in entries.iter().enumerate() {
        match serde_json::from_slice(entry) {
            Ok(leaf) => leaves.push(leaf),
            Err(error) => report.faults.push(format!("log: entry {place}: {error}")),
        }
    }
    leaves.sort_by_key(|leaf| (leaf.of, leaf.version));
    let mut counted = Count::default();
    for leaf in &leaves {
        counted.take(leaf.of, &leaf.what, leaf.at);
    }
    if counted.broken() > 0 {
        report.faults.push(format!("log: {} facts do not follow", counted.broken()));
    }
    counted.figures()
}

/// Checks the public folder: its log, and each document that the log says was published.
pub(super) fn check_public(folder: &Path, key: Option<&VerifierKey>, report: &mut Report) -> u64 {
    let log = folder.join("log");
    let own = match key {
        Some(key) => Some(key.clone()),
        None => read_key(&log).map_err(|said| report.faults.push(format!("log/{said}"))).ok(),
    };
    let Some(key) = own else { return 0 };
    let entries = read_log(&log, &key, "public/log", report);
    let mut newest = BTreeMap::new();
    for (place, entry) in entries.iter().enumerate() {
        match serde_json::from_slice::<Leaf>(entry) {
            Ok(Leaf { what: Fact::Advisory(fact @ AdvisoryFact::Published { .. }), .. }) => {
                if let AdvisoryFact::Published { number, csaf, osv, .. } = fact {
                    newest.insert(number, (csaf, osv));
                }
            }
            Ok(_) => report.faults.push(format!("public/log: entry {place}: not a publication")),
            Err(error) => report.faults.push(format!("public/log: entry {place}: {error}")),
        }
    }
    let mut sound = 0;
    for (number, (csaf, osv)) in newest {
        let year = number.year();
        let csaf_path = format!("csaf/white/{year:04}/{}", csaf::file_name(number));
        let osv_path = format!("osv/x_{number}.json");
        let before = report.faults.len();
        same(folder, &csaf_path, &csaf.to_string(), report);
        same(folder, &osv_path, &osv.to_string(), report);
        signed(folder, &csaf_path, report);
        readable(folder, &osv_path, report);
        sound += u64::from(report.faults.len() == before) * 2;
    }
    if !entries.is_empty() {
        super::manifest::check(folder, &key, report);
    }
    sound
}

fn same(folder: &Path, path: &str, expected: &str, report: &mut Report) {
    match std::fs::read(folder.join(path)) {
        Ok(bytes) if digest(&bytes).to_string() == expected => {}
        Ok(_) => report.faults.push(format!("public/{path}: it is not what the log says")),
        Err(error) => report.faults.push(format!("public/{path}: cannot read it: {error}")),
    }
}

/// The checksums and the signature beside a CSAF document.
fn signed(folder: &Path, path: &str, report: &mut Report) {
    let Ok(bytes) = std::fs::read(folder.join(path)) else { return };
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    let beside = [
        (format!("{path}.sha256"), csaf::sha256_file(&bytes, name)),
        (format!("{path}.sha512"), csaf::sha512_file(&bytes, name)),
    ];
    for (file, expected) in beside {
        if std::fs::read_to_string(folder.join(&file)).ok().as_deref() != Some(expected.as_str()) {
            report.faults.push(format!("public/{file}: it does not fit its document"));
        }
    }
    let signature = std::fs::read_to_string(folder.join(format!("{path}.asc")));
    let keys = std::fs::read_dir(folder.join("csaf/openpgp")).into_iter().flatten().flatten();
    let holds = signature.is_ok_and(|signature| {
        keys.filter_map(|file| std::fs::read_to_string(file.path()).ok())
            .any(|key| verify_detached(&key, &bytes, &signature).is_ok())
    });
    if !holds {
        report.faults.push(format!("public/{path}.asc: the signature does not hold"));
    }
}

fn readable(folder: &Path, path: &str, report: &mut Report) {
    let Ok(bytes) = std::fs::read(folder.join(path)) else { return };
    if let Err(fault) = osv::read(&bytes) {
        report.faults.push(format!("public/{path}: {fault}"));
    }
}
