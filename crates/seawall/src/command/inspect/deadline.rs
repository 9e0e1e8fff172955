//! The table of BOD 26-04, one row at a time.

use super::case;
use seawall_matching::priority::{Inputs, bod_26_04};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    in_kev: bool,
    exposed: bool,
    automatable: bool,
    impact: Impact,
}

#[derive(Clone, Copy, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
enum Impact {
    Total,
    Partial,
}

/// `{"in_kev":…,"exposed":…,"automatable":…,"impact":"total"}`.
pub(super) fn answer(text: &str) -> Result<Value, String> {
    let Case { in_kev, exposed, automatable, impact } = case(text)?;
    let total = impact == Impact::Total;
    let row = bod_26_04(Inputs { exposed, in_kev, automatable, total });
    Ok(json!({
        "action": row.deadline.to_string(), "days": row.deadline.days(),
        "forensic_triage": row.deadline.is_forensic(), "row": row.number,
    }))
}
