//! Protocols of evaluations, read strictly: JSON into terms that hold together.
//!
//! A protocol is written by people and sealed, so it must have one meaning: a key given twice, a
//! field that is not known, a number that is no canonical decimal text are refused. What is wrong
//! is named by its place; nothing of its content is repeated, since a message may reach a log.

pub mod draft;

use crate::fault::FormatFault;
use crate::json;
use seawall_domain::evaluation::protocol::{FIELDS, Protocol, Terms};
use serde_json::{Value, json};

const FORMAT: &str = "protocol";

/// The largest protocol; one with twenty thousand tasks has about two megabytes.
pub const PROTOCOL_BYTES_MAX: usize = 8 << 20;

/// Reads a protocol.
pub fn read(bytes: &[u8]) -> Result<Protocol, FormatFault> {
    let document = json::read(FORMAT, bytes, PROTOCOL_BYTES_MAX)?;
    let terms: Terms = match serde_json::from_value(document.clone()) {
        Ok(terms) => terms,
        Err(_) => return Err(unfit(&document)),
    };
    Protocol::try_from(terms).map_err(|unfit| FormatFault::new(FORMAT, unfit.field, unfit.why))
}

/// What is wrong with a document that is no protocol: the first field, and of a list its entry.
fn unfit(document: &Value) -> FormatFault {
    let fault = |place: &str, why: &str| FormatFault::new(FORMAT, place, why);
    let Some(members) = document.as_object() else {
        return fault("the document", "it is no object");
    };
    let known = |key: &String| FIELDS.iter().any(|field| field.split('/').nth(1) == Some(key));
    if !members.keys().all(known) {
        return fault("the document", "it has a field that is not known");
    }
    for field in FIELDS {
        let Some(value) = document.pointer(field) else {
            return fault(field, "it is missing");
        };
        if fits(field, value) {
            continue;
        }
        let entries = value.as_array().into_iter().flatten();
        let wrong = entries.zip(0..).find(|(one, _)| !fits(field, &json!([one])));
        let place = wrong.map_or(field.to_owned(), |(_, at): (_, usize)| format!("{field}/{at}"));
        return fault(&place, "it is of another type, or not in its one spelling");
    }
    fault("/rule", "it has a field that is not known")
}

/// Whether a field's value can be read, looked at alone in a document that can.
fn fits(field: &str, value: &Value) -> bool {
    let mut document = plain();
    if let Some(place) = document.pointer_mut(field) {
        *place = value.clone();
    }
    serde_json::from_value::<Terms>(document).is_ok()
}

/// A document whose every field can be read; it need not hold together.
fn plain() -> Value {
    json!({
        "schema": "", "model_line": "", "batteries": [], "tasks": [], "attempts": "1",
        "budgets": {
            "tokens": null, "token_kind": null, "turns": null, "wall_seconds": null,
            "working_seconds": null, "cost_micros": null, "submissions": null,
        },
        "conditions": {},
        "statistic": {"score": "weighted_mean", "estimand": "population"},
        "families_min": "8",
        "rule": {"tau_0": "0", "tau_1": "0", "alpha_covered": "0", "alpha_not_covered": "0"},
        "missing": {"reruns_max": "0", "counted": "both_bounds"},
        "refusals": {"share_max": "0"},
        "exclusion": [], "extension": null, "decision": "whole", "elicitation_min": "E2",
        "analyser": "0000000000000000000000000000000000000000000000000000000000000000",
        "validity": {"from": "2000-01-01T00:00:00Z", "until": "2000-01-02T00:00:00Z"},
        "signers": [],
    })
}

#[cfg(test)]
mod tests;
