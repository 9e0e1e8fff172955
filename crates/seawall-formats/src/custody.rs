//! What custodians keep an opening by: the opening under a key that is split among them, and a
//! custodian's own share of that key.
//!
//! A [`SealedOpening`] holds a share for each custodian, encrypted to that custodian alone, and the
//! opening itself. A [`SealedShare`] is one of these shares without the opening: what a docket
//! gives out, so that custodians together open by way of the docket and not beside it. Both have
//! one spelling (canonical JSON, RFC 8785), which is what is read and what is written.

use crate::enclosed::{Enclosed, from_hex, hex};
use crate::fault::FormatFault;
use seawall_domain::digest::Digest;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

const OPENING: &str = "a sealed opening";
const SHARE: &str = "a sealed share";

/// What a sealed opening says of itself.
const OPENING_SCHEMA: &str = "seawall/sealed-opening/v2";

/// What a sealed share says of itself.
const SHARE_SCHEMA: &str = "seawall/sealed-share/v1";

/// The most custodians that a sealed opening names.
pub const CUSTODIANS_MAX: usize = 64;

/// The largest sealed share that is read, in bytes.
pub const SHARE_BYTES_MAX: usize = 32 << 10;

/// An opening under a key that is split among custodians.
// The fields stand in the order of their names, as canonical JSON wants them (RFC 8785).
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedOpening {
    /// What tells the right key from a wrong one.
    pub check: Digest,
    /// How many of the custodians open it together.
    pub quorum: u16,
    /// The root of the commitment that it opens.
    pub root: Digest,
    schema: String,
    sealed: String,
    /// Each custodian's share, encrypted to that custodian alone.
    pub shares: Vec<Enclosed>,
}

/// One custodian's share of the key of an opening, and no opening.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SealedShare {
    /// What tells the right key from a wrong one.
    pub check: Digest,
    /// How many such shares open it together.
    pub quorum: u16,
    /// The root of the commitment that is opened.
    pub root: Digest,
    schema: String,
    /// The share, encrypted to its custodian.
    pub share: Enclosed,
}

impl SealedOpening {
    /// The opening of that root, encrypted to `sealed`.
    pub fn new(
        (root, check): (Digest, Digest),
        quorum: u16,
        shares: Vec<Enclosed>,
        sealed: &[u8],
    ) -> SealedOpening {
        let schema = OPENING_SCHEMA.to_owned();
        SealedOpening { check, quorum, root, schema, sealed: hex(sealed), shares }
    }

    /// Reads one in its one spelling.
    pub fn read(bytes: &[u8]) -> Result<SealedOpening, FormatFault> {
        let read: SealedOpening = spelled(OPENING, bytes)?;
        if read.schema != OPENING_SCHEMA {
            return Err(FormatFault::new(OPENING, "/schema", "it is of another edition"));
        }
        match read.shares.len() <= CUSTODIANS_MAX {
            true => Ok(read),
            false => Err(FormatFault::new(OPENING, "/shares", "there are too many")),
        }
    }

    /// Its one spelling.
    pub fn to_bytes(&self) -> Result<Vec<u8>, FormatFault> {
        written(OPENING, self)
    }

    /// The opening as it is encrypted; none where it is not spelled as bytes.
    pub fn sealed(&self) -> Option<Vec<u8>> {
        from_hex(&self.sealed)
    }

    /// One of its shares, as that custodian is given it.
    pub fn share(&self, of: &Enclosed) -> SealedShare {
        let (schema, share) = (SHARE_SCHEMA.to_owned(), of.clone());
        SealedShare { check: self.check, quorum: self.quorum, root: self.root, schema, share }
    }
}

impl SealedShare {
    /// Reads one in its one spelling.
    pub fn read(bytes: &[u8]) -> Result<SealedShare, FormatFault> {
        if bytes.len() > SHARE_BYTES_MAX {
            return Err(FormatFault::new(SHARE, "the document", "it is longer than one"));
        }
        let read: SealedShare = spelled(SHARE, bytes)?;
        match read.schema == SHARE_SCHEMA {
            true => Ok(read),
            false => Err(FormatFault::new(SHARE, "/schema", "it is of another edition")),
        }
    }

    /// Its one spelling.
    pub fn to_bytes(&self) -> Result<Vec<u8>, FormatFault> {
        written(SHARE, self)
    }
}

fn spelled<T: DeserializeOwned + Serialize>(
    format: &'static str,
    bytes: &[u8],
) -> Result<T, FormatFault> {
    let refuse = |why: &str| FormatFault::new(format, "the document", why);
    let read: T = serde_json::from_slice(bytes)
        .map_err(|_| refuse("a field is missing, unknown or misspelled"))?;
    match written(format, &read)? == bytes {
        true => Ok(read),
        false => Err(refuse("it is not in its one spelling")),
    }
}

fn written(format: &'static str, document: &impl Serialize) -> Result<Vec<u8>, FormatFault> {
    serde_json::to_vec(document)
        .map_err(|_| FormatFault::new(format, "the document", "it cannot be written"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use seawall_domain::recipient::Recipient;

    fn sealed() -> SealedOpening {
        let share = |byte| Enclosed::new(Recipient::new([byte; 32]), [&[byte], &[byte; 48]]);
        let shares = vec![share(1), share(2), share(3)];
        SealedOpening::new((Digest::new([7; 32]), Digest::new([8; 32])), 2, shares, b"opening")
    }

    #[test]
    fn each_has_one_spelling() {
        let opening = sealed();
        let text = String::from_utf8(opening.to_bytes().unwrap()).unwrap();
        assert_eq!(SealedOpening::read(text.as_bytes()).unwrap(), opening);
        assert_eq!(opening.sealed().as_deref(), Some(b"opening".as_slice()));
        let keys = ["check", "quorum", "root", "schema", "sealed", "shares"];
        let at: Vec<_> = keys.iter().map(|key| text.find(&format!("\"{key}\":"))).collect();
        assert!(at.is_sorted() && at[0] == Some(1), "{text}");
        let share = opening.share(&opening.shares[1]);
        let short = String::from_utf8(share.to_bytes().unwrap()).unwrap();
        assert_eq!(SealedShare::read(short.as_bytes()).unwrap(), share);
        assert!(!short.contains(&hex(b"opening")), "a share without the opening");
        let many = SealedOpening { shares: vec![share.share; CUSTODIANS_MAX + 1], ..opening };
        assert!(SealedOpening::read(&many.to_bytes().unwrap()).is_err());
        for change in [("{", "{ "), ("/v", "/w"), ("\"quorum\":2", "\"quorum\":\"2\"")] {
            let changed = |text: &str| text.replacen(change.0, change.1, 1).into_bytes();
            assert!(SealedOpening::read(&changed(&text)).is_err(), "{change:?}");
            assert!(SealedShare::read(&changed(&short)).is_err(), "{change:?}");
        }
        assert!(SealedShare::read(text.as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn reading_never_panics(bytes: Vec<u8>) {
            let _ = (SealedOpening::read(&bytes), SealedShare::read(&bytes));
        }
    }
}
