//! What tests stand on: real databases, a real browser, and worlds with a clock that can be set.

pub mod browser;
pub mod database;
pub mod evaluation;
pub mod words;
pub mod work;
pub mod world;
