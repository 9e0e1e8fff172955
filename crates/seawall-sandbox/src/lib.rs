//! Seawall sandbox.
