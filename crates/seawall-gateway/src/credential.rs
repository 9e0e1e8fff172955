//! Credentials that are worth nothing to whoever steals them: an access token for minutes, bound to
//! a key that never leaves its holder (DPoP, RFC 9449), or to the client certificate of the
//! connection (RFC 8705), which costs nothing once the connection stands.
//!
//! The token is a JWT (RFC 9068, `at+jwt`) that the clearinghouse signs: it says who, for which
//! window, for what, until when, and which key (`cnf.jkt`). With each request comes a proof, signed
//! by that key over the method, the address, the time, the token's hash and a number that is used
//! once. The token is signed by Ed25519, a proof by Ed25519 or by a P-256 key (`ES256`).

mod es256;

use crate::together::Together;
use jiff::{SignedDuration, Timestamp};
use seawall_domain::engagement::grant::{self, Grant};
use seawall_formats::gateway::token;
use seawall_ledger::jws::{self, Carried, Header, HolderKey, Token};
use seawall_ledger::sign::{SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// How far a proof's time may be from ours, in seconds, either way.
pub const PROOF_SECONDS_MAX: i64 = 30;
/// How many proofs are remembered for [`PROOF_SECONDS_MAX`]; more than that are refused.
const SEEN_MAX: usize = 1_000_000;
/// How many tokens are known to be signed well.
const KNOWN_MAX: usize = 10_000;

/// What a proof says (RFC 9449 section 4.2).
#[derive(Debug, Serialize, Deserialize)]
struct Proof {
    jti: String,
    htm: String,
    htu: String,
    iat: i64,
    ath: String,
}

/// Why a credential is not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unproven {
    /// There is none, or it is of another kind.
    #[error(
        "send `Authorization: DPoP TOKEN` and `DPoP: PROOF` (RFC 9449), or over TLS with a client \
         certificate `Authorization: Bearer TOKEN` (RFC 8705)"
    )]
    Missing,
    /// The token is not one of the clearinghouse's.
    #[error("the access token is not signed by the clearinghouse of this window, or does not read")]
    Token,
    /// The proof does not hold.
    #[error("the proof does not hold: it must be signed by the token's key over this request")]
    Proof,
    /// The token is bound to another certificate, or to none.
    #[error("the token is not bound to the certificate of this connection (RFC 8705)")]
    Certificate,
    /// The proof's time is not now.
    #[error("the proof is too old or ahead of time: it must be made for each request")]
    Stale,
    /// The proof was used before.
    #[error("the proof was used before: it must be made for each request")]
    Replayed,
    /// Too many requests to remember.
    #[error("too many requests at the moment; try again in a minute")]
    Busy,
}

/// One request, as far as a proof binds it.
#[derive(Clone, Copy, Debug)]
pub struct Bound<'a> {
    /// Its method.
    pub method: &'a str,
    /// Its address without query and fragment, as callers write it.
    pub address: &'a str,
}

/// Whose tokens are taken, and what was seen.
#[derive(Debug)]
pub struct Registry {
    issuer: VerifyingKey,
    /// Since when proofs are remembered, in whole seconds.
    since: i64,
    together: Together,
    inner: Mutex<Inner>,
}

#[derive(Debug, Default)]
struct Inner {
    known: HashMap<[u8; 32], Arc<Known>>,
    /// Proofs of this span of time and of the one before.
    seen: [HashSet<u128>; 2],
    span: i64,
}

/// A token that was verified.
#[derive(Debug)]
struct Known {
    grant: Arc<Grant>,
    /// The thumbprint of its holder's key or certificate.
    print: [u8; 32],
    /// The token's hash as proofs name it.
    hash: String,
    /// The header of the holder's proofs, with the key that has the thumbprint.
    header: OnceLock<Header>,
}

impl Registry {
    /// Takes tokens of one issuer, and proofs that are not older than this instant: which of those
    /// were used is not known any more.
    pub fn new(issuer: VerifyingKey, since: Timestamp) -> Registry {
        let since = since.as_second();
        Registry { issuer, since, together: Together::default(), inner: Mutex::default() }
    }

    /// The grant behind a token whose key proved itself for this request, now and only once. What
    /// the grant allows is not asked here.
    pub async fn proven(
        &self,
        (token, proof): (&str, &str),
        bound: Bound<'_>,
        now: Timestamp,
    ) -> Result<Arc<Grant>, Unproven> {
        let known = self.known(token)?;
        if known.grant.proof != grant::Proof::Signature {
            return Err(Unproven::Proof);
        }
        let read = known.proof(proof).ok_or(Unproven::Proof)?;
        let key = read.key().ok_or(Unproven::Proof)?;
        let holds = match key {
            HolderKey::Ed25519(key) => self.together.holds(read.claim(key)).await,
            HolderKey::P256(key) => es256::holds(&key, read.signed()),
        };
        let claims = read.verified_elsewhere(holds).map_err(|_| Unproven::Proof)?;
        let claims: Proof = serde_json::from_slice(claims).map_err(|_| Unproven::Proof)?;
        if claims.htm != bound.method || claims.htu != bound.address || claims.ath != known.hash {
            return Err(Unproven::Proof);
        }
        let is_near = now.as_second().abs_diff(claims.iat) <= PROOF_SECONDS_MAX.unsigned_abs();
        if !is_near || claims.iat < self.since {
            return Err(Unproven::Stale);
        }
        self.once(&known.print, &claims.jti, now)?;
        Ok(Arc::clone(&known.grant))
    }

    /// The grant behind a token whose certificate the connection showed. What the grant allows is
    /// not asked here.
    pub fn carried(&self, token: &str, shown: &[u8; 32]) -> Result<Arc<Grant>, Unproven> {
        let known = self.known(token)?;
        let is_bound = known.grant.proof == grant::Proof::Certificate && known.print == *shown;
        is_bound.then(|| Arc::clone(&known.grant)).ok_or(Unproven::Certificate)
    }

    /// Verifies a token, or finds that it was verified before.
    fn known(&self, text: &str) -> Result<Arc<Known>, Unproven> {
        let hash: [u8; 32] = Sha256::digest(text).into();
        if let Some(known) = self.lock().known.get(&hash) {
            return Ok(Arc::clone(known));
        }
        let read = Token::read(text).map_err(|_| Unproven::Token)?;
        if read.kind() != token::KIND {
            return Err(Unproven::Token);
        }
        let claims = read.verified(self.issuer).map_err(|_| Unproven::Token)?;
        let grant = Arc::new(token::read(claims).map_err(|_| Unproven::Token)?);
        let print = *grant.key.bytes();
        let header = OnceLock::new();
        let known = Arc::new(Known { grant, print, hash: jws::token_hash(text), header });
        let mut inner = self.lock();
        if inner.known.len() >= KNOWN_MAX {
            inner.known.clear();
        }
        inner.known.insert(hash, Arc::clone(&known));
        Ok(known)
    }

    /// Remembers a proof for as long as it could be used again.
    fn once(&self, print: &[u8; 32], jti: &str, now: Timestamp) -> Result<(), Unproven> {
        let digest = Sha256::new().chain_update(print).chain_update(jti).finalize();
        let (half, _) = digest.split_at(16);
        let name = half.iter().fold(0_u128, |number, byte| number << 8 | u128::from(*byte));
        let span = now.as_second().div_euclid(2 * PROOF_SECONDS_MAX);
        let mut inner = self.lock();
        // A clock that went back a little forgets nothing.
        if span > inner.span {
            let last = std::mem::take(&mut inner.seen[0]);
            inner.seen[1] = if span == inner.span + 1 { last } else { HashSet::new() };
            inner.span = span;
        }
        if inner.seen[1].contains(&name) {
            return Err(Unproven::Replayed);
        }
        if inner.seen[0].len() >= SEEN_MAX {
            return Err(Unproven::Busy);
        }
        match inner.seen[0].insert(name) {
            true => Ok(()),
            false => Err(Unproven::Replayed),
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// A proof that carries the holder's key; its signature is not verified here.
    fn proof<'a>(&self, text: &'a str) -> Option<Token<'a>> {
        let seen = self.header.get();
        let read = Token::read_behind(text, seen).ok()?;
        if seen.is_some_and(|seen| seen.is(read.header())) {
            return Some(read);
        }
        let is_holders = |key| jws::thumbprint(key) == self.print;
        let fits = read.kind() == "dpop+jwt" && read.key().is_some_and(is_holders);
        fits.then(|| {
            self.header.get_or_init(|| read.header().clone());
            read
        })
    }
}

/// Writes a grant as an access token of this issuer. Times are cut to whole seconds.
pub fn issue(issuer: &SigningKey, grant: &Grant) -> Result<String, seawall_ledger::Fault> {
    jws::sign(issuer, token::KIND, Carried::Nothing, &token::write(grant))
}

/// Makes the proof for one request; `jti` is a number that is used once.
pub fn prove(
    key: &SigningKey,
    token: &str,
    bound: Bound<'_>,
    jti: &str,
    now: Timestamp,
) -> Result<String, seawall_ledger::Fault> {
    let proof = Proof {
        jti: jti.to_owned(),
        htm: bound.method.to_owned(),
        htu: bound.address.to_owned(),
        iat: now.as_second(),
        ath: jws::token_hash(token),
    };
    jws::sign(key, "dpop+jwt", Carried::Key, &json(&proof))
}

fn json(value: &impl Serialize) -> Vec<u8> {
    // Strings, numbers and lists of them always have a JSON text.
    serde_json::to_vec(value).unwrap_or_default()
}

/// How long a token that begins now may last.
pub fn life_max() -> SignedDuration {
    SignedDuration::from_secs(seawall_domain::engagement::grant::GRANT_SECONDS_MAX)
}

#[cfg(test)]
mod tests;
