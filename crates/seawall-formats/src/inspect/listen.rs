//! What is looked for in what was said in a sample, whether that is of one piece or of several.
//!
//! A sample of one piece holds its messages, and the long texts that they name, itself. One in
//! pieces has them beside its body, in lists whose names say with which number they begin.

use super::sample;
use super::scan::{Scan, Scanned};
use seawall_domain::evaluation::attempt::TaskId;
use std::io::Read;

/// Which attempt a sample is of, as far as its members were met.
#[derive(Default)]
pub(super) struct Whose {
    task: Option<TaskId>,
    epoch: Option<u32>,
}

impl Whose {
    /// Reads the member `id`.
    pub(super) fn id<R: Read>(&mut self, scan: &mut Scan<R>) -> Scanned<()> {
        self.task = sample::id(scan)?;
        Ok(())
    }

    /// Reads the member `epoch`.
    pub(super) fn epoch<R: Read>(&mut self, scan: &mut Scan<R>) -> Scanned<()> {
        self.epoch = scan.whole()?.and_then(|number| u32::try_from(number).ok());
        Ok(())
    }

    /// The attempt; none if it has no id or no epoch, and so is no sample.
    pub(super) fn attempt(self) -> Option<(TaskId, u32)> {
        self.task.zip(self.epoch)
    }
}

/// Somebody who reads what was said in one sample.
pub(super) trait Listener {
    /// What comes of it.
    type Heard;

    /// Reads a whole sample, or the body of one in pieces.
    fn body<R: Read>(&mut self, scan: &mut Scan<R>) -> Scanned<()>;

    /// Reads a list of messages; the first has this number.
    fn messages<R: Read>(&mut self, scan: &mut Scan<R>, first: u64) -> Scanned<()>;

    /// Reads one text that is kept apart, by its name.
    fn text<R: Read>(&mut self, scan: &mut Scan<R>, name: &str) -> Scanned<()>;

    /// What was heard; none if it has no id or no epoch, and so is no sample.
    fn finish(self) -> Option<Self::Heard>;

    /// Reads a list of texts that are kept apart; the first has this number.
    fn texts<R: Read>(&mut self, scan: &mut Scan<R>, first: u64) -> Scanned<()> {
        let mut number = first;
        scan.list(&mut |scan| {
            self.text(scan, &number.to_string())?;
            number = number.saturating_add(1);
            Ok(())
        })
    }
}
