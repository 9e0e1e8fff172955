//! Raw crash reports, and what is said of them.

use crate::refused;
use seawall_formats::crash::{self, Exhaustion, FRAMES_MAX};
use seawall_matching::stack::{self, Policy, Signature};

/// The longest key that three lines of eighty characters and the statement's make, in bytes.
const STATE_BYTES_MAX: usize = 6 * (80 * 4 + 1);

/// A report: it has a key where it has a class, and both stay within their bounds.
pub fn report(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    for exhaustion in [Exhaustion::PassedOver, Exhaustion::Reported] {
        let crash = match crash::read(&text, exhaustion) {
            Ok(crash) => crash,
            Err(fault) => return refused(&fault),
        };
        assert!(crash.frames.len() <= FRAMES_MAX);
        let state = stack::state(&crash);
        assert_eq!(state.is_empty(), crash.class.is_empty(), "{crash:?}");
        assert!(state.len() <= STATE_BYTES_MAX, "a key of {} bytes", state.len());
        let severity = stack::severity(&crash, Policy::default());
        assert_eq!(severity.is_none(), crash.class.is_empty());
        let signature = Signature::of(&crash);
        let alike = stack::similarity(&signature, &signature);
        assert!(alike == 0.0 || alike == 1.0, "{alike}");
    }
}
