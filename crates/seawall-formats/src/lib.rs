//! Seawall formats.

pub mod recipe;
