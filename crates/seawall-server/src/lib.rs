//! Seawall server.
