//! Logs of evaluations, and the reports that are made of them.

use crate::{head_and_rest, is_one_line, refused};
use seawall_domain::evaluation::report::{PLANNED_MAX, Report};
use seawall_formats::registry::{self, Kind};
use seawall_formats::{determination, inspect, review};
use std::io::Cursor;

/// Logs of both formats.
pub fn logs(bytes: &[u8]) {
    if let Err(fault) = inspect::read_header(Cursor::new(bytes)) {
        refused(&fault);
    }
    let log = match inspect::read(Cursor::new(bytes)) {
        Ok(log) => log,
        Err(fault) => return refused(&fault),
    };
    let report = Report::of(&log);
    assert!(report.attempts.len() <= PLANNED_MAX + log.observations.len());
    report.findings.iter().for_each(|finding| is_one_line(&finding.detail));
    for score in &report.scores {
        let numbers = [score.mean, score.stderr, score.stderr_clustered];
        assert!(numbers.into_iter().flatten().all(f64::is_finite), "{score:?}");
        if let Some([worst, best]) = score.bounds {
            assert!(worst <= best + 1e-9 && worst >= 0.0 && best <= 1.0 + 1e-9, "{score:?}");
        }
    }
    // The same log gives the same report, and is comparable with itself.
    assert_eq!(format!("{:?}", Report::of(&log)), format!("{report:?}"));
    assert!(log.header.conditions.compare(&log.header.conditions).is_comparable());
}

/// The file of a task, of which the first line is its name, and a whole register.
pub fn registries(bytes: &[u8]) {
    match registry::read(bytes) {
        Ok(read) => {
            let written = serde_json::to_vec(&read).expect("a register has a JSON text");
            assert_eq!(registry::read(&written).expect("what is written is read"), read);
        }
        Err(fault) => refused(&fault),
    }
    let (name, file) = head_and_rest(bytes);
    let Some(kind) = std::str::from_utf8(name).ok().and_then(Kind::of) else { return };
    if let Err(fault) = registry::task(kind, file, "web/one") {
        refused(&fault);
    }
}

/// A coder's sheet, and the sheets of two joined.
pub fn reviews(bytes: &[u8]) {
    match review::read_sheet(bytes) {
        Ok(read) => {
            let written = review::sheet(&read);
            let again = review::read_sheet(written.as_bytes()).expect("what is written is read");
            assert_eq!((again.coder, again.lines), (read.coder, read.lines));
        }
        Err(fault) => refused(&fault),
    }
    match review::read(bytes) {
        Ok(read) => {
            let written = review::document(&read.review, &read.sheets, &read.signatures);
            let written = written.expect("a review has a text").to_string();
            assert_eq!(review::read(written.as_bytes()).expect("what is written is read"), read);
        }
        Err(fault) => refused(&fault),
    }
}

/// The record of a determination.
pub fn determinations(bytes: &[u8]) {
    if let Err(fault) = determination::read(bytes) {
        refused(&fault);
    }
}
