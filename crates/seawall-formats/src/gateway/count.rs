//! What a gateway counted, as it signs it: how much each party used in one window, by its journal.
//!
//! The journal stays where it is; what crosses is the sum. It names the journal by its length and
//! by the root of the tree over its lines, so that whoever has it can hold the sum against it.

use super::word;
use crate::fault::FormatFault;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::count::{Count, PARTIES_MAX, Used};
use seawall_domain::engagement::gateways::Head;
use seawall_domain::id::WindowId;
use serde::{Deserialize, Serialize};

/// The payload type of a count.
pub const COUNT: &str = "application/vnd.seawall.gateway-count+json";

/// The largest count in bytes, with its signature.
pub const COUNT_BYTES_MAX: usize = 512 << 10;

/// What a gateway counted.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stated {
    /// In which window.
    pub window: WindowId,
    /// How many lines its journal has.
    pub lines: u64,
    /// The root of the tree over them (RFC 6962).
    pub root: Digest,
    /// For how many requests the provider counted more than was set aside.
    #[serde(default, skip_serializing_if = "is_none")]
    pub overruns: u64,
    /// How often somebody used more than is usual for them.
    #[serde(default, skip_serializing_if = "is_none")]
    pub alarms: u64,
    /// What each party used, in the order of parties, each once.
    pub parties: Vec<Used>,
}

fn is_none(number: &u64) -> bool {
    *number == 0
}

impl Stated {
    /// The count.
    pub fn count(self) -> Count {
        let head = Head { lines: self.lines, root: self.root };
        Count { window: self.window, head, parties: self.parties }
    }
}

/// Reads a count: each key once, no field that is not known, not too many parties.
pub fn read(bytes: &[u8]) -> Result<Stated, FormatFault> {
    let stated: Stated = word::read(bytes)?;
    let parties = &stated.parties;
    let is_sorted = parties.windows(2).all(|two| match two {
        [one, other] => one.party < other.party,
        _ => true,
    });
    match is_sorted && parties.len() <= PARTIES_MAX {
        true => Ok(stated),
        false => {
            let message = format!("each party once, in order, and at most {PARTIES_MAX}");
            Err(FormatFault::new("count of a gateway", "/parties", message))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use seawall_domain::id::NotAnId;

    fn id<T: std::str::FromStr<Err = NotAnId>>(number: u128) -> T {
        format!("{number:032x}").parse().unwrap()
    }

    fn stated(parties: &[u128]) -> Stated {
        let used = |party: &u128| Used {
            party: id(*party),
            requests: 1,
            tokens_in: u64::MAX,
            tokens_out: 3,
        };
        Stated {
            window: id(1),
            lines: 12,
            root: Digest::new([2; 32]),
            overruns: parties.len() as u64 / 2,
            alarms: parties.len() as u64 / 3,
            parties: parties.iter().map(used).collect(),
        }
    }

    #[test]
    fn what_is_written_is_read_and_nothing_else() {
        let check = |bytes: &[u8], expected: bool| {
            let read = read(bytes);
            assert_eq!(read.is_ok(), expected, "{}", String::from_utf8_lossy(bytes));
        };
        let text = |parties: &[u128]| serde_json::to_string(&stated(parties)).unwrap();
        for parties in [&[][..], &[1], &[1, 2, 9]] {
            assert_eq!(read(text(parties).as_bytes()).unwrap(), stated(parties));
        }
        check(text(&[2, 1]).as_bytes(), false);
        check(text(&[1, 1]).as_bytes(), false);
        let many: Vec<u128> = (0..=PARTIES_MAX as u128).collect();
        check(text(&many).as_bytes(), false);
        assert!(text(&many).len() < COUNT_BYTES_MAX / 2, "a full one fits, signed");
        let one = text(&[1]);
        check(one.replace("\"lines\":12", "\"lines\":12,\"lines\":13").as_bytes(), false);
        check(one.replace("\"lines\":12", "\"lines\":-1").as_bytes(), false);
        check(one.replace("\"lines\":12", "\"lines\":12,\"more\":1").as_bytes(), false);
        check(one.replace("\"tokens_out\":3", "\"tokens_out\":3,\"cost\":1").as_bytes(), false);
        check(b"[]", false);
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
            let _ = read(&bytes);
        }

        #[test]
        fn never_panics_on_what_looks_like_one(at in 0usize..400, byte: u8) {
            let mut bytes = serde_json::to_vec(&stated(&[1, 2])).unwrap();
            if let Some(there) = bytes.get_mut(at) {
                *there = byte;
            }
            if let Ok(read) = read(&bytes) {
                prop_assert_eq!(super::read(&serde_json::to_vec(&read).unwrap()).unwrap(), read);
            }
        }
    }
}
