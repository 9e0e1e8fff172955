//! Seawall store.
