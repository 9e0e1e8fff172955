//! What things are and what may happen to them: the pure rules of the clearinghouse.
//!
//! Nothing here reads a clock, draws a random number, touches a file, or knows SQL or HTTP. Time,
//! randomness and identifiers come in as arguments; a decision goes out as a fact or a refusal.
//! The subjects stand in the order in which they may name each other (see [`fact::Subject`]).

pub mod claim;
pub mod component;
pub mod crash;
pub mod digest;
pub mod fact;
pub mod id;
pub mod independence;
pub mod package;
mod pairs;
pub mod publication;
pub mod range;
pub mod recipe;
pub mod recipient;
pub mod record;
pub mod refusal;
pub mod time;
pub mod verdict;

pub mod account;
pub mod advisory;
pub mod case;
pub mod engagement;
pub mod evaluation;
pub mod exposure;
pub mod finding;
pub mod fix;
pub mod inventory;
pub mod partner;
pub mod party;
pub mod project;
pub mod reproduction;
pub mod scan;
pub mod statement;

pub mod access;
pub mod figures;
pub mod job;
