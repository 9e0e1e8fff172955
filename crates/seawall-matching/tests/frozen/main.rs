//! The engines against the shared, frozen data: version order of four ecosystems, containment of
//! the VERS suite, and real advisories against real inventories.

// A test may unwrap: its panic is its answer.
#![allow(clippy::unwrap_used)]

mod exposure;
mod support;
mod vers;
mod version;
