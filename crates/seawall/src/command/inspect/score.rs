//! CVSS vectors and their scores.

use super::{case, is_object};
use seawall_formats::cvss;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(tag = "op", rename_all = "snake_case", deny_unknown_fields)]
enum Case {
    Score { vector: String },
}

/// `{"op":"score","vector":…}`, or a bare vector.
pub(super) fn answer(text: &str) -> Result<Value, String> {
    let vector = match is_object(text) {
        true => match case(text)? {
            Case::Score { vector } => vector,
        },
        false => text.to_owned(),
    };
    let score = cvss::score(&vector).map_err(|fault| fault.to_string())?;
    Ok(json!({
        "version": score.version, "base": score.base, "temporal": score.temporal,
        "environmental": score.environmental, "severity": score.severity,
    }))
}
