//! Words to a gateway, as they are signed: that a window is over, who is stopped, who may use how
//! much, and that the developer lets the window end later.
//!
//! A list is always the whole list with its time. So a gateway can tell what is on it no longer,
//! and an old list that somebody repeats from one of now.

use crate::fault::FormatFault;
use crate::json;
use seawall_domain::engagement::grant::Cut;
use seawall_domain::engagement::quota::Limit;
use seawall_domain::id::{PartyId, WindowId};
use seawall_domain::time::Timestamp;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The payload type of the word that the window is over.
pub const CLOSING: &str = "application/vnd.seawall.closing+json";
/// The payload type of the list of who is stopped.
pub const STOPS: &str = "application/vnd.seawall.stops+json";
/// The payload type of the list of who may use how much.
pub const QUOTAS: &str = "application/vnd.seawall.quotas+json";
/// The payload type of a later end, which the developer signs and the clearinghouse as well.
pub const EXTENSION: &str = "application/vnd.seawall.extension+json";

/// The most parties of one list of quotas.
pub const QUOTAS_MAX: usize = 5_000;

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

/// What every partner whose seat stands may use, to begin with, at that instant.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quotas {
    /// For which window.
    pub window: WindowId,
    /// As of when.
    pub at: Timestamp,
    /// Whose, and how much.
    pub quotas: Vec<Quota>,
}

/// What one partner may use.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Quota {
    /// Its party.
    pub party: PartyId,
    /// How much.
    pub limit: Limit,
}

/// Reads a list of quotas: no party twice, and not more than [`QUOTAS_MAX`].
pub fn read_quotas(bytes: &[u8]) -> Result<Quotas, FormatFault> {
    let list: Quotas = read(bytes)?;
    let parties: BTreeSet<PartyId> = list.quotas.iter().map(|quota| quota.party).collect();
    match parties.len() == list.quotas.len() && parties.len() <= QUOTAS_MAX {
        true => Ok(list),
        false => {
            let message = "it names a party twice, or too many";
            Err(FormatFault::new(FORMAT, "the quotas", message))
        }
    }
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
        let id = |number: u8| format!("00000000-0000-0000-0000-0000000000{number:02}");
        let amount =
            r#"{"requests":1,"tokens_in":2,"tokens_out":3,"cost_micros":18446744073709551615}"#;
        let quota = |number: u8| {
            let party = id(number);
            format!(r#"{{"party":"{party}","limit":{{"whole":{amount},"concurrent":4}}}}"#)
        };
        let quotas = |of: &str| format!("{{{window},{at},\"quotas\":[{of}]}}");
        for (of, expected) in [
            (String::new(), true),
            (quota(1), true),
            (format!("{},{}", quota(1), quota(2)), true),
            (format!("{},{}", quota(1), quota(1)), false),
            (quota(1).replace("\"party\"", "\"person\""), false),
        ] {
            assert_eq!(read_quotas(quotas(&of).as_bytes()).is_ok(), expected, "{of}");
        }
        let closing = format!("{{{window}}}");
        assert!(read::<Closing>(closing.as_bytes()).is_ok());
        assert!(read::<Closing>(b"{}").is_err());
    }
}
