//! What things are and what may happen to them: the pure rules of the clearinghouse.
//!
//! Nothing here reads a clock, draws a random number, touches a file, or knows SQL or HTTP. Time,
//! randomness and identifiers come in as arguments; a decision goes out as a fact or a refusal.
//! The subjects stand in the order in which they may name each other (see [`fact::Subject`]).

pub mod digest;
pub mod id;
pub mod package;
pub mod range;

pub mod time;

pub mod claim;
pub mod component;
pub mod publication;
pub mod recipe;
pub mod verdict;
