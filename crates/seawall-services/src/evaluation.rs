//! Evaluations: what joins the rules, the readers and the hashes of a sealed protocol.

pub mod attestation;
pub mod custody;
pub mod determination;
pub mod docket;
pub mod registry;
pub mod sealing;
