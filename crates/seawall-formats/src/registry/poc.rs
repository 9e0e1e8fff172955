//! A task that asks for an input which crashes the flawed build and not the fixed one.
//!
//! The fields are those that CyberGym's tasks have: `task_id` (`arvo:N`, `oss-fuzz:N`,
//! `oss-fuzz-latest:N`), `vulnerable` and `fixed` (what runs the two builds), and `level`, from 0
//! to 3, how much of the flaw is told.

use super::{Described, TASK_BYTES_MAX, unknown};
use crate::fault::{FormatFault, quote};
use crate::json;
use seawall_domain::evaluation::registry::Oracle;
use serde::Deserialize;
use std::collections::BTreeSet;

const FORMAT: &str = "poc.json";

/// The highest level: everything is told.
const LEVEL_MAX: u8 = 3;

const SOURCES: [&str; 3] = ["arvo", "oss-fuzz", "oss-fuzz-latest"];

#[derive(Deserialize)]
struct Written {
    task_id: String,
    vulnerable: String,
    fixed: String,
    level: u8,
    #[serde(default)]
    project: Option<String>,
}

pub(super) fn read(bytes: &[u8]) -> Result<Described, FormatFault> {
    let document = json::read(FORMAT, bytes, TASK_BYTES_MAX)?;
    let refuse = |why: String| FormatFault::new(FORMAT, "the document", why);
    let written: Written = serde_json::from_value(document)
        .map_err(|_| refuse("it needs task_id, vulnerable, fixed and level".to_owned()))?;
    let (source, number) = written.task_id.split_once(':').unwrap_or_default();
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    if !SOURCES.contains(&source) || !is_number {
        return Err(refuse(format!("{} is no id of a task", quote(&written.task_id))));
    }
    if written.vulnerable.is_empty() || written.vulnerable == written.fixed {
        return Err(refuse("the flawed build and the fixed one are two".to_owned()));
    }
    if written.level > LEVEL_MAX {
        return Err(refuse(format!("a level is at most {LEVEL_MAX}")));
    }
    let mut task = unknown(written.task_id);
    task.family = written.project.filter(|project| !project.is_empty());
    task.variants = BTreeSet::from([format!("level{}", written.level)]);
    task.oracle = Some(Oracle::Differential);
    Ok(Described { task, named: BTreeSet::new() })
}
