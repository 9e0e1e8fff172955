//! The table of facts against the log, and each of its columns against the entry beside it.

use super::{History, Report};
use crate::outcome::Outcome;
use seawall_store::db::{Row, Tx, Value};
use seawall_store::record::{Leaf, fact_id};
use std::collections::BTreeMap;
use uuid::Uuid;

/// Checks every row, and gives the histories that the rows tell.
pub(super) async fn check(tx: &mut Tx, log: &[Vec<u8>], report: &mut Report) -> Outcome<History> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    for (place, entry) in log.iter().enumerate() {
        if let Ok(leaf) = serde_json::from_slice::<Leaf>(entry) {
            places.insert(leaf.id.to_string(), place);
        }
    }
    let mut history = History::new();
    for row in tx.fact_rows().await? {
        let id = row.text("id")?;
        let place = places.remove(&id);
        let mut wrong = |column: &str, why: &str| {
            report.faults.push(format!("table fact, column {column}, id {id}: {why}"));
        };
        let body = row.text("body")?;
        let leaf = match serde_json::from_str::<Leaf>(&body) {
            Ok(leaf) => leaf,
            Err(error) => {
                wrong("body", &error.to_string());
                continue;
            }
        };
        let logged = place.and_then(|place| log.get(place));
        if logged.is_some_and(|entry| entry != body.as_bytes()) {
            wrong("body", "it is not the entry of the log");
        }
        let seq = row.opt_int("seq")?;
        let sequenced = seq.and_then(|seq| usize::try_from(seq).ok());
        if !log.is_empty() && (place != sequenced || (seq.is_some() && place.is_none())) {
            wrong("seq", "it is not the fact's place in the log");
        }
        if let Some(column) = differing(&row, &id, &body, &leaf) {
            wrong(column, "it differs from the entry");
        }
        history.entry(leaf.of).or_default().push(leaf);
    }
    for id in places.keys() {
        report.faults.push(format!("table fact, column id, id {id}: the row is missing"));
    }
    for leaves in history.values_mut() {
        leaves.sort_by_key(|leaf| leaf.version);
    }
    gaps(&history, report);
    Ok(history)
}

/// The first column that says something else than the entry.
fn differing(row: &Row, id: &str, body: &str, leaf: &Leaf) -> Option<&'static str> {
    let value: serde_json::Value = serde_json::from_str(body).unwrap_or_default();
    let subject = value["what"]["subject"].as_str().unwrap_or_default();
    let is_unplaced = row.opt_int("public_seq").is_ok_and(|place| place.is_none());
    let columns = [
        ("subject", Value::from(subject)),
        ("subject_id", leaf.of.to_string().into()),
        ("version", leaf.version.into()),
        ("at", leaf.at.into()),
        ("actor", leaf.by.as_str().into()),
        ("public", leaf.what.is_public().into()),
        ("digest", crate::desk::digest(body.as_bytes()).to_string().into()),
    ];
    if leaf.id.to_string() != id || leaf.id != fact_id(leaf.of, leaf.version) {
        return Some("id");
    }
    let differs = columns.iter().find(|(column, value)| !row.holds(column, value));
    let named = differs.map(|(column, _)| *column);
    let public = (!leaf.what.is_public() && !is_unplaced).then_some("public_seq");
    named.or(public)
}

/// A history without its beginning or with a hole: the fact that is missing, by its derived id.
fn gaps(history: &History, report: &mut Report) {
    for (of, leaves) in history {
        for (expected, leaf) in (1..).zip(leaves) {
            if leaf.version != expected {
                let id = missing(*of, expected);
                report.faults.push(format!("table fact, column id, id {id}: the row is missing"));
                break;
            }
        }
    }
}

fn missing(of: Uuid, version: i64) -> String {
    fact_id(of, version).to_string()
}
