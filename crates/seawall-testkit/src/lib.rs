//! Seawall testkit.

pub mod database;
