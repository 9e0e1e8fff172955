//! Comparisons: which version is newer, which range is affected, what is the same flaw, who is hit
//! and what comes first (capabilities C13, C25, C43, C45, C47, C64, C67, C68).
//!
//! The room is pure: no file, no network, no clock, no randomness. Every answer is the same
//! whatever the order of the input. It does not decide what may be shown to whom, and it does not
//! read documents: packages, versions and claims arrive parsed.

// A test may unwrap: its panic is its answer.
#![cfg_attr(test, allow(clippy::unwrap_used))]

pub mod assess;
pub mod bisect;
pub mod duplicates;
pub mod exposure;
pub mod flaw;
pub mod history;
pub mod interview;
pub mod plan;
pub mod postings;
pub mod priority;
pub mod ranges;
#[cfg(test)]
mod reading;
pub mod set;
pub mod stack;
pub mod today;
pub mod vers;
pub mod version;
