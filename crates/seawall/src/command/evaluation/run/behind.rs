//! What a run notes of whom and what it is about: the snapshot and its guards, the developer's
//! attestation, and the evaluators. A letter names the first two, so no engagement keeps the record
//! of a run that notes neither.

use super::super::attest;
use super::Arguments;
use anyhow::{Context, bail};
use seawall_services::evaluation::attestation::NOTES;
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

/// The member of a log's metadata that names the snapshot.
const SNAPSHOT_FIELD: &str = "snapshot";

/// The member that says which guards the model had.
const SAFEGUARDS_FIELD: &str = "safeguards";

/// The member that names the evaluators.
const EVALUATORS_FIELD: &str = "evaluators";

/// Notes it. An attestation must be about the model and the snapshot of the run.
pub(super) fn note(arguments: &Arguments, noted: &mut Map<String, Value>) -> anyhow::Result<()> {
    let stated = [
        (SNAPSHOT_FIELD, arguments.snapshot.map(|digest| json!(digest))),
        (SAFEGUARDS_FIELD, arguments.safeguards.map(|guards| json!(guards))),
    ];
    for (field, stated) in stated {
        let Some(stated) = stated else { continue };
        if noted.get(field).is_some_and(|before| *before != stated) {
            bail!("the {field} in --config is another one than that of --{field}");
        }
        noted.insert(field.into(), stated);
    }
    if let Some(path) = &arguments.attestation {
        let attested = attest::attested(path)?;
        let about = attested.is_about(&arguments.model, noted.get(SNAPSHOT_FIELD));
        about.with_context(|| format!("cannot use {}", path.display()))?;
        noted.insert(SNAPSHOT_FIELD.into(), json!(attested.attestation.snapshot));
        noted.extend(NOTES.map(str::to_owned).into_iter().zip(attested.notes()));
    }
    if !arguments.evaluator.is_empty() {
        let evaluators: BTreeSet<&String> = arguments.evaluator.iter().collect();
        noted.insert(EVALUATORS_FIELD.into(), json!(evaluators));
    }
    if arguments.token_file.is_some() {
        for field in [SNAPSHOT_FIELD, SAFEGUARDS_FIELD] {
            if !noted.contains_key(field) {
                eprintln!(
                    "seawall: this run notes no {field} (--{field}): no engagement keeps a record \
                     of it, and its developer gets no letter from there"
                );
            }
        }
    }
    Ok(())
}

/// The longest id of an evaluator, in characters.
const PSEUDONYM_LEN_MAX: usize = 64;

/// An id that names nobody: letters, digits, `-`, `_`, `.`.
pub(super) fn pseudonym(text: &str) -> Result<String, String> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
    match (1..=PSEUDONYM_LEN_MAX).contains(&text.len()) && text.chars().all(fits) {
        true => Ok(text.to_owned()),
        false => {
            Err(format!("an id has up to {PSEUDONYM_LEN_MAX} letters, digits, `-`, `_` and `.`"))
        }
    }
}
