//! Rows to values and back: the one room that speaks SQL, and that keeps bytes and keys.
//!
//! It decides nothing: no branch here depends on what a state means.

pub mod blob;
pub mod db;
pub mod keys;
pub mod migrate;
pub mod queue;
