//! A coder's queue: who gets to it, what its pages show of hostile transcripts, what they keep, and
//! a coder's way through it in a real browser.

// A test stops where its own set-up fails.
#![allow(clippy::expect_used)]

#[path = "coding/guarded.rs"]
mod guarded;
#[path = "coding/house.rs"]
mod house;
#[path = "coding/kept.rs"]
mod kept;
#[path = "coding/visit.rs"]
mod visit;
