//! A review as it goes into a determination: with the keys of those who looked.

use super::hash;
use super::protocol::holds;
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::review::Review;
use seawall_formats::determination::Signed;
use seawall_ledger::sign::SigningKey;
use seawall_ledger::{Fault, dsse};
use std::collections::BTreeSet;

/// The type under which a sheet's SHA-256 is signed.
const SHEET: &str = "application/vnd.seawall.review-sheet";

const WHAT: &str = "review";

/// How many people look, at least.
pub const CODERS_MIN: usize = 2;

/// A review, and whose it is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reviewing {
    /// What was said.
    pub review: Review,
    /// SHA-256 of its file.
    pub file: Digest,
    /// The keys of those who looked, in the order of their sheets; none where nobody signed.
    pub coders: Vec<Digest>,
}

impl Reviewing {
    /// Reads a joined review. Where it is signed, each signature holds and each key is another one.
    pub fn read(bytes: &[u8]) -> Result<Reviewing, Fault> {
        let joined = seawall_formats::review::read(bytes)
            .map_err(|fault| Fault::Unreadable { what: WHAT, why: fault.message })?;
        let coders = coders(&joined.sheets, &joined.signatures)?;
        Ok(Reviewing { review: joined.review, file: hash(bytes), coders })
    }

    /// Whether two people at least signed what they saw.
    pub fn is_signed(&self) -> bool {
        self.coders.len() >= CODERS_MIN
    }
}

/// A coder's signature over a sheet.
pub fn sign_sheet(sheet: &[u8], key: &SigningKey) -> Signed {
    let signature = key.sign(&covered(hash(sheet)));
    let signature = signature.0.iter().map(|byte| format!("{byte:02x}")).collect();
    Signed { key: key.public().to_string(), signature }
}

/// The keys that signed these sheets, each the one at its place, and each another one.
pub fn coders(sheets: &[Digest], signatures: &[Signed]) -> Result<Vec<Digest>, Fault> {
    let unproven = |why: &str| Fault::Unproven { what: WHAT, why: why.to_owned() };
    let mut coders: Vec<Digest> = Vec::with_capacity(signatures.len());
    for (sheet, signed) in sheets.iter().zip(signatures) {
        let key = holds(signed, &covered(*sheet))?;
        coders.extend(key.digest_hex().parse::<Digest>());
    }
    let distinct: BTreeSet<&Digest> = coders.iter().collect();
    match distinct.len() == coders.len() {
        true => Ok(coders),
        false => Err(unproven("one key signed two of its sheets")),
    }
}

fn covered(sheet: Digest) -> Vec<u8> {
    dsse::pae(SHEET, sheet.bytes())
}
