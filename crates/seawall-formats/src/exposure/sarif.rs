//! SARIF 2.1.0 (OASIS): one result for each record that hits a component.

use super::{Line, tenths};
use seawall_domain::statement::Status;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The lines as one SARIF log with one run of this program in the given version.
pub fn sarif(lines: &[Line], version: &str) -> String {
    let mut rules: BTreeMap<&str, &Line> = BTreeMap::new();
    for line in lines {
        rules.entry(&line.advisory).or_insert(line);
    }
    let index: BTreeMap<&str, usize> = rules.keys().copied().zip(0..).collect();
    let results: Vec<Value> = lines
        .iter()
        .map(|line| {
            let mut result = json!({
                "ruleId": line.advisory,
                "ruleIndex": index.get(line.advisory.as_str()),
                "level": level(line),
                "message": {"text": message(line)},
                "locations": [{
                    "physicalLocation": {"artifactLocation": {"uri": uri(&line.file)}},
                    "logicalLocations": [{
                        "fullyQualifiedName": line.purl.as_ref().unwrap_or(&line.component),
                        "kind": "package",
                    }],
                }],
                "partialFingerprints": {
                    "advisoryAndComponent/v1": format!("{} {}", line.advisory, line.component),
                },
            });
            if matches!(line.status, Some(Status::NotAffected | Status::Fixed)) {
                let why = line.justification.clone().unwrap_or_else(|| "stated so".to_owned());
                result["suppressions"] =
                    json!([{"kind": "external", "status": "accepted", "justification": why}]);
            }
            result
        })
        .collect();
    let log = json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": {"driver": {
                "name": "Seawall",
                "version": version,
                "rules": rules.into_values().map(rule).collect::<Vec<_>>(),
            }},
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    });
    format!("{log:#}\n")
}

fn rule(line: &Line) -> Value {
    let title = if line.summary.is_empty() { &line.advisory } else { &line.summary };
    let mut properties = json!({"tags": ["security"], "aliases": line.aliases});
    if let Some(worst) = line.scores.iter().max_by_key(|rating| rating.tenths) {
        // Code hosts sort by this property, which is a score in words.
        properties["security-severity"] = tenths(worst.tenths).into();
    }
    json!({
        "id": line.advisory,
        "shortDescription": {"text": title},
        "properties": properties,
    })
}

fn level(line: &Line) -> &'static str {
    let worst = line.scores.iter().map(|rating| rating.tenths).max();
    match (line.exploited, worst) {
        (true, _) | (false, Some(70..)) => "error",
        (false, Some(40..70) | None) => "warning",
        (false, Some(0..40)) => "note",
    }
}

fn message(line: &Line) -> String {
    let fixed = match line.fixed.last() {
        Some(last) => format!(" Fixed in {last}."),
        None => " No fix is known.".to_owned(),
    };
    let due = line.deadline.as_ref().map(|due| format!(" Due: {due}.")).unwrap_or_default();
    format!("{} is affected by {}: {}.{fixed}{due}", line.component, line.advisory, line.reason)
}

/// A file's name as a relative URI reference (RFC 3986).
fn uri(file: &str) -> String {
    let mut text = String::new();
    for byte in file.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'.' | b'-' | b'_' | b'~' | b'/' => {
                text.push(char::from(byte));
            }
            byte => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}
