//! Verification: every figure from the log, every row from its facts, every blob, document and
//! signature. What does not hold is named: the file, or the table, the column and the id.

mod folder;
pub(crate) mod manifest;
mod older;
mod rows;
pub(crate) mod stray;

pub use folder::{Report, verify_folder};
pub use older::{Kept, check_older};

use crate::desk::Desk;
use crate::outcome::Outcome;
use seawall_domain::figures::Figures;
use seawall_store::facts::Log;

/// Checks a whole installation: both logs, the facts, the rows, the blobs, the public folder.
pub async fn verify(desk: &Desk) -> Outcome<Report> {
    let mut report = Report::default();
    let internal = folder::read_log(
        &crate::log::folder(desk, Log::Internal),
        &crate::log::verifier(desk, Log::Internal)?,
        "log/internal",
        &mut report,
    );
    report.entries = internal.len() as u64;
    report.figures = folder::count(&internal, &mut report);
    rows::check(desk, &internal, &mut report).await?;
    let blobs = desk.store.blobs().check_all(desk.store.database()).await?;
    for fault in &blobs.faults {
        report.fault(fault.to_string());
    }
    report.blobs = blobs.sound as u64;
    let key = crate::log::verifier(desk, Log::Public)?;
    // No export writes meanwhile.
    let mut tx = desk.begin("verify_public").await?;
    tx.lock("export").await?;
    let public = folder::check_public(&desk.settings.public, Some(&key), &mut report);
    report.documents = public;
    Ok(report)
}

impl Report {
    /// Whether everything holds.
    pub fn holds(&self) -> bool {
        self.faults.is_empty()
    }

    /// Takes note of something that does not hold.
    fn fault(&mut self, said: String) {
        self.faults.push(said);
    }

    /// Takes note of a public file that does not hold, unless it was named already.
    fn fault_once(&mut self, path: &str, why: &str) {
        let place = format!("public/{path}: ");
        if !self.faults.iter().any(|said| said.starts_with(&place)) {
            self.faults.push(format!("{place}{why}"));
        }
    }

    /// The figures as they follow from the log.
    pub fn figures(&self) -> &Figures {
        &self.figures
    }
}
