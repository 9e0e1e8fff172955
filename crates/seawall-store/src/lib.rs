//! Seawall store.

pub mod blob;
pub mod db;
pub mod keys;
pub mod migrate;
pub mod queue;
