//! Use-cases: load, authorise, decide, record. The only place that authorises and opens
//! transactions; no SQL, no HTTP and no HTML here.
//!
//! Every use-case is a free function named by its verb, in the module of its subject. What is slow,
//! goes outward or is retried is a job that a fact caused; [`work`] does those, and each may run
//! twice.

pub mod advisory_set;
pub mod assets;
pub mod desk;
pub mod outcome;

pub mod account;
pub mod advisory;
pub mod case;
pub mod engagement;
pub mod evaluation;
pub mod exposure;
pub mod finding;
pub mod fix;
pub mod flaw;
pub mod inventory;
pub mod log;
pub mod osv;
mod outside;
pub mod partner;
pub mod party;
pub mod project;
pub mod reproduction;
pub mod scan;
pub mod statement;
pub mod statistics;
pub mod today;
pub mod verify;
pub mod work;
