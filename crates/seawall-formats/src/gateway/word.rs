//! Words of the clearinghouse to a gateway, as they are signed: that a window is over, and who is
//! stopped.
//!
//! The list of who is stopped is always the whole list with its time. So a gateway can tell what
//! has started again, and an old list that somebody repeats from one of now.

use crate::fault::FormatFault;
use crate::json;
use seawall_domain::engagement::grant::Cut;
use seawall_domain::id::WindowId;
use seawall_domain::time::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// The payload type of the word that the window is over.
pub const CLOSING: &str = "application/vnd.seawall.closing+json";
/// The payload type of the list of who is stopped.
pub const STOPS: &str = "application/vnd.seawall.stops+json";

/// The largest word in bytes: some 30,000 people.
pub const WORD_BYTES_MAX: usize = 1_400_000;

const FORMAT: &str = "word to a gateway";

/// The word that a window is over: its time, its terms, or whatever else ended it. It can only
/// close, so the clearinghouse may say it too.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Closing {
    /// Which window.
    pub window: WindowId,
}

/// Everybody who is stopped at the clearinghouse at that instant.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stops {
    /// For which window.
    pub window: WindowId,
    /// As of when.
    pub at: Timestamp,
    /// Who.
    pub cut: Cut,
}

/// Reads a word: each key once, no field that is not known.
pub fn read<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, FormatFault> {
    let document = json::read(FORMAT, bytes, WORD_BYTES_MAX)?;
    serde_json::from_value(document).map_err(|_| {
        let message = "a field is missing, not known, or not of its kind";
        FormatFault::new(FORMAT, "the document", message)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_has_one_meaning() {
        fn check(text: &str, expected: bool) {
            assert_eq!(read::<Stops>(text.as_bytes()).is_ok(), expected, "{text}");
        }
        let window = "\"window\":\"00000000-0000-0000-0000-000000000001\"";
        let at = "\"at\":\"2026-09-01T12:10:00Z\"";
        let cut = "\"cut\":{\"people\":[],\"parties\":[],\"keys\":[]}";
        check(&format!("{{{window},{at},{cut}}}"), true);
        check(&format!("{{{window},{at},{at},{cut}}}"), false);
        check(&format!("{{{window},{at},{cut},\"more\":1}}"), false);
        check(&format!("{{{window},{cut}}}"), false);
        check(&format!("{{{at},{cut}}}"), false);
        check("[]", false);
        let closing = format!("{{{window}}}");
        assert!(read::<Closing>(closing.as_bytes()).is_ok());
        assert!(read::<Closing>(b"{}").is_err());
    }
}
