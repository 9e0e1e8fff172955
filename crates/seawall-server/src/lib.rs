//! Seawall server.

pub mod assets;
pub mod pages;
