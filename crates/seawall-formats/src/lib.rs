//! Seawall formats.
