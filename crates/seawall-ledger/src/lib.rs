//! Seawall ledger.
