//! Seawall testkit.
