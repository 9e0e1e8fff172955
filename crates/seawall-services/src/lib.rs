//! Seawall services.
