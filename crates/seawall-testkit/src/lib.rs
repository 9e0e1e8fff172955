//! Seawall testkit.

pub mod browser;
pub mod database;
