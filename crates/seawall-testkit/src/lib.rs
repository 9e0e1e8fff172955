//! Seawall testkit.

pub mod browser;
