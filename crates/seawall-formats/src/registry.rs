//! Registers of batteries, and the task files of the field from which they are made.
//!
//! A file of a task is read for what a register keeps: names, family, times with how they are
//! known. Flags, prompts and solutions are passed over. Which files there are and what their
//! digests are, whoever holds the folder says.

mod inspect_cyber;
mod nyu;
mod poc;

use crate::fault::FormatFault;
use crate::json;
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::registry::{Known, Registered, Registry};
use std::collections::{BTreeMap, BTreeSet};

/// The largest register in bytes.
pub const REGISTRY_BYTES_MAX: usize = 64 << 20;

/// The largest file of one task in bytes.
pub const TASK_BYTES_MAX: usize = 1 << 20;

const FORMAT: &str = "the register of a battery";

/// Which kind of file describes a task.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Kind {
    /// Inspect Cyber's `eval.yaml` (inspect_cyber 0.1.0).
    InspectCyber,
    /// NYU CTF Bench's `challenge.json`.
    Nyu,
    /// A task that asks for an input which crashes one build and not the other: `poc.json`, with
    /// the fields that CyberGym's tasks have.
    Poc,
}

impl Kind {
    /// The kind by a file's name.
    pub fn of(name: &str) -> Option<Kind> {
        match name {
            "eval.yaml" | "eval.yml" => Some(Kind::InspectCyber),
            "challenge.json" => Some(Kind::Nyu),
            "poc.json" => Some(Kind::Poc),
            _ => None,
        }
    }
}

/// What a task's file says of it, and which files outside of its folder it needs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Described {
    /// The task, without the digests of its files.
    pub task: Registered,
    /// Files that it names, by their paths from its folder.
    pub named: BTreeSet<String>,
}

/// Reads a register.
pub fn read(bytes: &[u8]) -> Result<Registry, FormatFault> {
    let document = json::read(FORMAT, bytes, REGISTRY_BYTES_MAX)?;
    let registry: Registry = serde_json::from_value(document).map_err(|_| {
        let message = "a field is missing, not known, or not in its one spelling";
        FormatFault::new(FORMAT, "the document", message)
    })?;
    let fits = registry.fits();
    fits.map_err(|unfit| FormatFault::new(FORMAT, "the document", unfit.to_string()))?;
    Ok(registry)
}

/// Reads the file of a task. `place` is the path of its folder from the battery's, with `/`: a
/// task whose file has no id of its own is called by it.
pub fn task(kind: Kind, bytes: &[u8], place: &str) -> Result<Described, FormatFault> {
    match kind {
        Kind::InspectCyber => inspect_cyber::read(bytes),
        Kind::Nyu => nyu::read(bytes, place),
        Kind::Poc => poc::read(bytes),
    }
}

/// A task of which only the id is known.
fn unknown(id: String) -> Registered {
    Registered {
        id,
        variants: BTreeSet::new(),
        family: None,
        files: BTreeMap::<String, Digest>::new(),
        oracle: None,
        minutes: None,
        created: None,
        exposure: None,
        canary: None,
        twin: None,
        verified_at: None,
    }
}

/// How a time is known, by what somebody wrote about it.
fn known(text: &str) -> Known {
    let text = text.to_lowercase().replace([' ', '-'], "_");
    match text {
        text if text.starts_with("measured") => Known::Measured,
        text if text.starts_with("first_blood") => Known::FirstBlood,
        text if text.contains("estimate") => Known::Estimate,
        _ => Known::Unsaid,
    }
}

#[cfg(test)]
mod tests;
