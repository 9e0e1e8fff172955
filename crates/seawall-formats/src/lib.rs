//! Documents of the field, read and written: bytes in, values out, and back.
//!
//! This room knows no network and no file, and no input whatsoever makes it panic: text and bytes
//! from outside become types here, once, and below this line nobody checks again. It serves the
//! mission's common formats (CSAF 2.0, OSV, OpenVEX, CycloneDX, SPDX and what reports come in).

mod address;
pub mod archive;
pub mod attestation;
mod bounded;
pub mod claim_check;
mod cpe;
pub mod crash;
pub mod crossing;
pub mod csaf;
mod csv;
pub mod custody;
pub mod cve;
pub mod cvss;
pub mod determination;
pub mod egress;
pub mod enclosed;
pub mod epss;
pub mod escrow;
pub mod exclusions;
pub mod exposure;
pub mod fault;
pub mod feed;
pub mod gateway;
pub mod inspect;
pub mod intake;
pub mod inventory;
mod json;
pub mod kev;
pub mod mail;
pub mod operators;
pub mod osv;
mod percent;
pub mod plot;
pub mod problem;
pub mod protocol;
pub mod purl;
pub mod recipe;
pub mod registry;
pub mod review;
pub mod rubric;
pub mod sanitizer;
pub mod source;
mod spans;
pub mod usage;
pub mod vex;
mod when;
