//! Whole documents: what we write against the field's own rules, what we read against real data.

// A test that cannot set itself up has failed; saying so loudly is what it is for.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod archives;
mod catalogues;
mod crash;
mod csaf;
mod csaf_read;
mod cve;
mod cvss;
mod inspect;
mod inventories;
mod osv;
mod publications;
mod purl;
mod shared;
mod vex;
