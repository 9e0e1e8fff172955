//! Logs of evaluations, and the reports that are made of them.

use crate::{is_one_line, refused};
use seawall_domain::evaluation::report::{PLANNED_MAX, Report};
use seawall_formats::inspect;
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
