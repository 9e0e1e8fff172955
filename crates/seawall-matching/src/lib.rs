//! Seawall matching.
