//! What was changed: the log's tags and notes after the run (`log_updates`), and the run's own
//! settings while it went (`config_updates`).

use super::super::canonical::canonical;
use super::super::sample::provenance;
use super::super::scan::Scan;
use super::spec::{weight_of_generation, weight_of_setting};
use super::{Members, each, items, items_below, text};
use seawall_domain::evaluation::conditions::{Conditions, Weight};
use seawall_domain::evaluation::finding::quote;
use seawall_domain::evaluation::log::{Provenance, Spec, Update};
use serde_json::value::RawValue;

/// How many changes are told.
const UPDATES_MAX: usize = 1_000;

fn by(update: &Members<'_>) -> Provenance {
    let raw = update.get("provenance").map(|raw| raw.get()).unwrap_or("null");
    let read = provenance(&mut Scan::new(raw.as_bytes(), "a change"));
    read.ok().and_then(|(by, _)| by).unwrap_or_default()
}

/// Changes of the log's own notes.
pub(super) fn of_log(bytes: &[u8]) -> Vec<Update> {
    let told = |update: &Members<'_>| {
        let edits = each(items_below(update, "edits", UPDATES_MAX));
        let mut kinds: Vec<String> = edits.map(|edit| quote(&text(&edit, "type"))).collect();
        kinds.dedup();
        kinds.truncate(3);
        let what = format!("the log's {} were changed after the run", kinds.join(" and "));
        Update { what, by: by(update) }
    };
    each(items(bytes, UPDATES_MAX)).map(|update| told(&update)).collect()
}

/// Changes of the run's settings, which become conditions: the last word on each counts, and a
/// setting that was cleared is again what the run was started with.
pub(super) fn of_run(bytes: &[u8], spec: &Spec, conditions: &mut Conditions) -> Vec<Update> {
    let mut updates = Vec::new();
    for update in each(items(bytes, UPDATES_MAX)) {
        for change in each(items_below(&update, "changes", UPDATES_MAX)) {
            let name = text(&change, "name");
            let is_set = |raw: &&&RawValue| raw.get() == "true";
            let cleared = change.get("cleared").filter(is_set).is_some();
            let value = change.get("value").map_or("null".to_owned(), |raw| canonical(raw));
            let weight = match text(&change, "config").as_str() {
                "eval" => weight_of_setting(&name),
                "generate" => Some(weight_of_generation(&name)),
                _ => None,
            };
            let what = if cleared { "what it was before".to_owned() } else { quote(&value) };
            let what = format!("{} was set to {what} while the run went", quote(&name));
            if updates.len() < UPDATES_MAX {
                updates.push(Update { what, by: by(&update) });
            }
            if let Some(weight) = weight {
                settle(conditions, spec, &name, (!cleared).then_some(value), weight);
            }
        }
    }
    updates
}

/// Sets a condition to a new value, or to that of the start.
fn settle(
    conditions: &mut Conditions,
    spec: &Spec,
    name: &str,
    value: Option<String>,
    weight: Weight,
) {
    let launched = || spec.conditions.fields.get(name).map(|condition| condition.value.clone());
    let value = value.or_else(launched).unwrap_or_else(|| "null".to_owned());
    conditions.set(name, value, weight);
}
