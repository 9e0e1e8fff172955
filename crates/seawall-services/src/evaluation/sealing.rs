//! Sealing a protocol: from its terms to a commitment, to tokens, and back by an opening.
//!
//! The rules are the domain's, the hashing is the ledger's; here they meet. Nothing is stored yet:
//! these functions take what they need and give back what is to be kept.

use seawall_domain::digest::Digest;
use seawall_domain::evaluation::docket::Draft;
use seawall_domain::evaluation::protocol::{FIELDS, Protocol, Terms};
use seawall_domain::evaluation::token::Plan;
use seawall_domain::id::RunId;
use seawall_ledger::canonical::canonical;
use seawall_ledger::commitment::{Commitment, Disclosure, Salt};
use seawall_ledger::token::{Bound, TokenKey, digest as token_digest};
use seawall_ledger::{Fault, Hash};
use serde_json::Value;

const WHAT: &str = "protocol";

/// Commits to a protocol: one salt for each of its fields, each of them 32 bytes of chance.
pub fn commit(protocol: &Protocol, salts: &[Salt]) -> Result<Commitment, Fault> {
    Commitment::of(&document(protocol)?, &FIELDS, salts)
}

/// Reads an opening, holds it against the published root, and gives back the protocol.
pub fn reopen(opening: &[u8], root: Digest) -> Result<Protocol, Fault> {
    Ok(replanned(opening, root)?.0)
}

/// What runs under an opened protocol must look like, as a book of tokens may say it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Plans {
    /// By the leaves of the commitment.
    pub salted: Plan,
    /// By digests without salts, as books of before 27 November 2026 say it.
    pub plain: Plan,
}

impl Plans {
    /// Whether a book says what was sealed.
    pub fn has(&self, plan: &Plan) -> bool {
        [self.salted, self.plain].contains(plan)
    }
}

/// The same, with what its runs must look like.
pub fn replanned(opening: &[u8], root: Digest) -> Result<(Protocol, Plans), Fault> {
    let commitment = open(opening, root)?;
    let terms: Terms = serde_json::from_value(commitment.document()?)
        .map_err(|_| unreadable("what was committed to is no protocol of this edition"))?;
    let protocol = Protocol::try_from(terms).map_err(|unfit| unreadable(&unfit.to_string()))?;
    let plans = Plans { salted: plan(&protocol, &commitment)?, plain: plain(&protocol)? };
    Ok((protocol, plans))
}

/// Reads an opening and holds it against the published root. Nothing of its content is repeated.
pub fn open(opening: &[u8], root: Digest) -> Result<Commitment, Fault> {
    Commitment::open(opening, &FIELDS, Hash(*root.bytes())).map_err(|fault| match fault {
        Fault::Unreadable { .. } => unreadable("it is no opening in its one spelling"),
        Fault::Unproven { .. } | Fault::Impossible { .. } => fault,
    })
}

/// Reads a disclosure and holds it against the published root: the field's path and its value.
pub fn shown(disclosure: &[u8], root: Digest) -> Result<(String, Value), Fault> {
    let disclosure = Disclosure::parse(disclosure)?;
    let value = disclosure.verify(Hash(*root.bytes()), &FIELDS)?;
    Ok((disclosure.path().to_owned(), value))
}

/// What a docket must know of a protocol that is committed to. Whose parts open it is not in it
/// yet.
pub fn draft(
    protocol: &Protocol,
    commitment: &Commitment,
    supersedes: Option<Digest>,
) -> Result<Draft, Fault> {
    let terms = protocol.terms();
    Ok(Draft {
        root: Digest::new(commitment.root().0),
        supersedes,
        plan: plan(protocol, commitment)?,
        until: terms.validity.until,
        signers: terms.signers.clone(),
        custody: None,
    })
}

/// What a run under the protocol must look like, by the leaves of its commitment. They are salted:
/// a plan is read by more people than an opening, and few budgets are likely.
pub fn plan(protocol: &Protocol, commitment: &Commitment) -> Result<Plan, Fault> {
    let of = |path: &str| {
        let leaf = commitment.leaf(path).ok_or_else(|| unreadable("a field is missing"))?;
        Ok::<Digest, Fault>(Digest::new(leaf.0))
    };
    Ok(Plan {
        tasks: of("/tasks")?,
        attempts: protocol.terms().attempts.0,
        limits: of("/budgets")?,
        conditions: of("/conditions")?,
    })
}

/// The same by digests over canonical JSON.
fn plain(protocol: &Protocol) -> Result<Plan, Fault> {
    let document = document(protocol)?;
    let of = |path: &str| {
        let part = document.pointer(path).ok_or_else(|| unreadable("a field is missing"))?;
        let text = canonical(part)?;
        let text = std::str::from_utf8(&text).map_err(|_| unreadable("it is no text"))?;
        Ok::<Digest, Fault>(Digest::new(token_digest(text)))
    };
    Ok(Plan {
        tasks: of("/tasks")?,
        attempts: protocol.terms().attempts.0,
        limits: of("/budgets")?,
        conditions: of("/conditions")?,
    })
}

/// The token for a run, and the digest by which the docket keeps it.
pub fn token(
    key: &TokenKey,
    root: Digest,
    run: RunId,
    plan: &Plan,
) -> Result<(String, Digest), Fault> {
    let token = key.token(&bound(root, run, plan))?;
    let digest = Digest::new(token_digest(&token));
    Ok((token, digest))
}

/// Whether a token that came in with a log was made for that run.
pub fn is_token(
    key: &TokenKey,
    token: &str,
    root: Digest,
    run: RunId,
    plan: &Plan,
) -> Result<(), Fault> {
    key.verify(token, &bound(root, run, plan))
}

fn bound(root: Digest, run: RunId, plan: &Plan) -> Bound {
    let root = Hash(*root.bytes());
    Bound { root, run: *run.uuid().as_bytes(), tasks: *plan.tasks.bytes() }
}

fn document(protocol: &Protocol) -> Result<Value, Fault> {
    serde_json::to_value(protocol.terms()).map_err(|_| unreadable("it cannot be written"))
}

fn unreadable(why: &str) -> Fault {
    Fault::Unreadable { what: WHAT, why: why.to_owned() }
}

#[cfg(test)]
mod tests;
