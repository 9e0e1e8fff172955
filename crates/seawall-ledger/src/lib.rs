//! The ledger makes what was recorded provable: bytes in, digests, signatures and proofs out.
//!
//! It holds the Merkle log (RFC 6962 hashing, C2SP tiles, checkpoints, cosignatures and proof
//! files), the evidence envelopes (DSSE, in-toto Statement v1), canonical JSON (RFC 8785), salted
//! commitments to documents, run tokens, flags of evaluations, split keys, secrets encrypted to
//! somebody, and the two kinds of signing key. It deliberately does not know what an entry means,
//! touches no file, socket or clock, and draws no random number, but for what [`recipient`]
//! encrypts: keys and salts come in as bytes, times as arguments.
//!
//! To find the way: a log is appended to with [`merkle::Tree`], laid out by [`tiles`], signed by
//! [`checkpoint`] and read back by [`check::check_log`]; one entry is proven by [`proof`].

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod canonical;
pub mod check;
pub mod checkpoint;
pub mod commitment;
pub mod dsse;
mod encoding;
mod fault;
pub mod flag;
pub mod jws;
pub mod merkle;
pub mod note;
pub mod openpgp;
pub mod proof;
pub mod recipient;
pub mod sealed;
pub mod shares;
pub mod sign;
pub mod statement;
pub mod tiles;
pub mod token;

pub use check::{LogFault, check_log};
pub use fault::Fault;
pub use merkle::{Hash, sha256};
