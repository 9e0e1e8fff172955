//! What is looked for in what was said in a sample, whether that is of one piece or of several.
//!
//! A sample of one piece holds its messages, and the long texts that they name, itself. One in
//! pieces has them beside its body, in lists whose names say with which number they begin.

use super::scan::{Scan, Scanned};
use std::io::Read;

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
