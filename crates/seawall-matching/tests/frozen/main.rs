//! The engines against the shared, frozen data: version order of four ecosystems, containment of
//! the VERS suite, real advisories against real inventories, and the recipes of this repository.

// A test may unwrap: its panic is its answer.
#![allow(clippy::unwrap_used)]

mod exposure;
mod priority;
mod recipes;
mod stack;
mod support;
mod vers;
mod version;
