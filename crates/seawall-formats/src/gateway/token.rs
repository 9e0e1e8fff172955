//! What an access token says: the claims of a JWT (RFC 9068 section 2.2), bound to a key (RFC 9449
//! section 6.1) or a client certificate (RFC 8705 section 3). The signature around them is somebody
//! else's work.

use crate::fault::FormatFault;
use crate::json;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::grant::{Bearer, Grant, Proof, Purpose};
use seawall_domain::id::{PartyId, PersonId, ScanId, WindowId};
use seawall_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What the header says that the token is (`typ`, RFC 9068 section 2.1).
pub const KIND: &str = "at+jwt";

/// The largest claims that are read, in bytes.
pub const CLAIMS_BYTES_MAX: usize = 16 << 10;

const FORMAT: &str = "access token";

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    sub: PersonId,
    aud: WindowId,
    nbf: i64,
    exp: i64,
    cnf: Confirmation,
    party: PartyId,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    workload: Option<Digest>,
    purposes: BTreeSet<Purpose>,
    #[serde(default)]
    claims: BTreeMap<ScanId, i64>,
    terms: Digest,
}

/// Which key must prove itself, and how: one of both (RFC 7800 section 3).
#[derive(Debug, Serialize, Deserialize)]
enum Confirmation {
    /// RFC 9449 section 6.1.
    #[serde(rename = "jkt")]
    Key(String),
    /// RFC 8705 section 3.1.
    #[serde(rename = "x5t#S256")]
    Certificate(String),
}

impl Confirmation {
    fn of(grant: &Grant) -> Confirmation {
        let print = URL_SAFE_NO_PAD.encode(grant.key.bytes());
        match grant.proof {
            Proof::Signature => Confirmation::Key(print),
            Proof::Certificate => Confirmation::Certificate(print),
        }
    }

    fn read(&self) -> Option<(Digest, Proof)> {
        let (print, proof) = match self {
            Confirmation::Key(print) => (print, Proof::Signature),
            Confirmation::Certificate(print) => (print, Proof::Certificate),
        };
        Some((Digest::new(URL_SAFE_NO_PAD.decode(print).ok()?.try_into().ok()?), proof))
    }
}

/// Writes a grant as claims. Times are cut to whole seconds.
pub fn write(grant: &Grant) -> Vec<u8> {
    let workload = match grant.bearer {
        Bearer::Workload { name, .. } => Some(name),
        Bearer::Person { .. } => None,
    };
    let claims = Claims {
        sub: grant.bearer.person(),
        aud: grant.window,
        nbf: grant.from.as_second(),
        exp: grant.until.as_second(),
        cnf: Confirmation::of(grant),
        party: grant.party,
        workload,
        purposes: grant.purposes.clone(),
        claims: grant.claims.iter().map(|(scan, until)| (*scan, until.as_second())).collect(),
        terms: grant.terms,
    };
    // Strings, numbers and lists of them always have a JSON text.
    serde_json::to_vec(&claims).unwrap_or_default()
}

/// Reads claims; each key once.
pub fn read(bytes: &[u8]) -> Result<Grant, FormatFault> {
    let document = json::read(FORMAT, bytes, CLAIMS_BYTES_MAX)?;
    let refuse = |message| FormatFault::new(FORMAT, "the claims", message);
    let claims: Claims = serde_json::from_value(document)
        .map_err(|_| refuse("a claim is missing or not of its kind"))?;
    claims.grant().ok_or_else(|| refuse("a time or the key's thumbprint cannot be read"))
}

impl Claims {
    fn grant(self) -> Option<Grant> {
        let instant = |seconds| Timestamp::from_second(seconds).ok();
        let (key, proof) = self.cnf.read()?;
        let bearer = match self.workload {
            Some(name) => Bearer::Workload { name, sponsor: self.sub },
            None => Bearer::Person { person: self.sub },
        };
        let claims = self.claims.iter().map(|(scan, until)| Some((*scan, instant(*until)?)));
        Some(Grant {
            bearer,
            party: self.party,
            window: self.aud,
            key,
            proof,
            purposes: self.purposes,
            claims: claims.collect::<Option<_>>()?,
            terms: self.terms,
            from: instant(self.nbf)?,
            until: instant(self.exp)?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    fn id<T: std::str::FromStr>(number: u8) -> T {
        let text = format!("00000000-0000-4000-8000-0000000000{number:02}");
        text.parse().unwrap_or_else(|_| panic!("{text} is an id"))
    }

    fn grant(workload: bool) -> Grant {
        let at = |second: i64| Timestamp::from_second(1_800_000_000 + second).unwrap();
        let person: PersonId = id(1);
        Grant {
            bearer: match workload {
                true => Bearer::Workload { name: Digest::new([6; 32]), sponsor: person },
                false => Bearer::Person { person },
            },
            party: id(2),
            window: id(3),
            key: Digest::new([0xfe; 32]),
            proof: if workload { Proof::Certificate } else { Proof::Signature },
            purposes: BTreeSet::from([Purpose::Patch, Purpose::Detect]),
            claims: BTreeMap::from([(id(4), at(600))]),
            terms: Digest::new([5; 32]),
            from: at(0),
            until: at(900),
        }
    }

    #[test]
    fn claims_read_back() {
        for workload in [false, true] {
            let text = write(&grant(workload));
            assert_eq!(read(&text).unwrap(), grant(workload));
        }
    }

    #[test]
    fn claims_have_one_meaning() {
        fn check(from: &str, to: &str, expected: bool) {
            let text = String::from_utf8(write(&grant(false))).unwrap();
            let changed = text.replacen(from, to, 1);
            assert_eq!(read(changed.as_bytes()).is_ok(), expected, "{changed}");
        }
        check("", "", true);
        check("\"exp\":", "\"exp\":1,\"exp\":", false);
        check("\"nbf\":18", "\"nbf\":\"x\",\"y\":18", false);
        check("\"jkt\":\"", "\"jkt\":\"AA", false);
        check("\"jkt\"", "\"x5t#S256\"", true);
        check("\"jkt\"", "\"x5t\"", false);
        check("\"jkt\":", "\"x5t#S256\":\"x\",\"jkt\":", false);
        check("\"exp\":18", "\"exp\":999999999999999918", false);
        check("\"patch\"", "\"paint\"", false);
    }

    proptest! {
        #[test]
        fn never_panics(at in any::<prop::sample::Index>(), byte: u8) {
            let mut bytes = write(&grant(true));
            let at = at.index(bytes.len());
            bytes[at] = byte;
            drop(read(&bytes));
        }
    }
}
