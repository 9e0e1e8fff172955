//! What a log says came out: Inspect's `EvalResults`.

use super::super::scan::MARK;
use super::{Members, below, each, items_below, members, text};
use seawall_domain::evaluation::log::{Claim, Claimed, Results};
use serde_json::Value;
use serde_json::value::RawValue;

/// How many scores are looked at.
const CLAIMS_MAX: usize = 1_000;

/// How many metrics of each.
const METRICS_MAX: usize = 100;

pub(super) fn read(bytes: &[u8]) -> Option<Results> {
    let results = members(bytes)?;
    Some(Results {
        total: count(&results, "total_samples"),
        completed: count(&results, "completed_samples"),
        claims: each(items_below(&results, "scores", CLAIMS_MAX)).map(|one| claim(&one)).collect(),
    })
}

fn count(members: &Members<'_>, name: &str) -> Option<u64> {
    serde_json::from_str(members.get(name)?.get()).ok()
}

fn claim(score: &Members<'_>) -> Claim {
    let metrics = below(score, "metrics").into_iter().take(METRICS_MAX);
    let reducer = score.get("reducer").and_then(|raw| serde_json::from_str(raw.get()).ok());
    Claim {
        name: text(score, "name"),
        scorer: text(score, "scorer"),
        reducer,
        scored: count(score, "scored_samples"),
        unscored: count(score, "unscored_samples"),
        metrics: metrics.map(|(key, raw)| claimed(key, raw)).collect(),
    }
}

fn claimed(key: String, raw: &RawValue) -> Claimed {
    let metric: Members<'_> = serde_json::from_str(raw.get()).unwrap_or_default();
    let parameters = below(&metric, "params");
    let cluster = Some(text(&parameters, "cluster")).filter(|field| !field.is_empty());
    let grouped = metric.get("group").is_some_and(|group| group.get() != "null");
    let set = |(name, raw): (&String, &&RawValue)| name != "cluster" && raw.get() != "null";
    Claimed {
        name: text(&metric, "name"),
        value: metric.get("value").map_or(f64::NAN, |raw| number(raw)),
        cluster,
        special: grouped || parameters.iter().any(set),
        key,
    }
}

/// A number, or what stands for one that JSON does not have.
fn number(raw: &RawValue) -> f64 {
    match serde_json::from_str(raw.get()) {
        Ok(Value::Number(number)) => number.as_f64().unwrap_or(f64::NAN),
        Ok(Value::String(text)) => match text.strip_prefix(MARK) {
            Some("Infinity") => f64::INFINITY,
            Some("-Infinity") => f64::NEG_INFINITY,
            Some(_) | None => f64::NAN,
        },
        Ok(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | Err(_) => f64::NAN,
    }
}
