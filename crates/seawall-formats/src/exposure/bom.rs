//! CycloneDX 1.6 (ECMA-424) with `vulnerabilities`: the components that are affected, and by what.

use super::Line;
use seawall_domain::statement::Status;
use serde_json::{Map, Number, Value, json};
use std::collections::BTreeMap;

/// The lines as one bill of materials of the components they speak of.
pub fn cyclonedx(lines: &[Line], version: &str) -> String {
    let mut refs: BTreeMap<&str, String> = BTreeMap::new();
    let mut components = Vec::new();
    for line in lines {
        if !refs.contains_key(line.component.as_str()) {
            let name = format!("component-{}", refs.len() + 1);
            components.push(component(line, &name));
            refs.insert(&line.component, name);
        }
    }
    let mut flaws: BTreeMap<(&str, Option<&str>), Vec<&Line>> = BTreeMap::new();
    for line in lines {
        flaws.entry((&line.advisory, state(line))).or_default().push(line);
    }
    let flaws: Vec<Value> =
        flaws.values().filter_map(|lines| Some(flaw(lines.first()?, lines, &refs))).collect();
    let bom = json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"tools": {"components": [
            {"type": "application", "name": "Seawall", "version": version},
        ]}},
        "components": components,
        "vulnerabilities": flaws,
    });
    format!("{bom:#}\n")
}

fn component(line: &Line, name: &str) -> Value {
    let mut component = Map::new();
    component.insert("type".into(), "library".into());
    component.insert("bom-ref".into(), name.into());
    component.insert("name".into(), line.component.as_str().into());
    if let Some(version) = &line.version {
        component.insert("version".into(), version.as_str().into());
    }
    if let Some(purl) = &line.purl {
        component.insert("purl".into(), purl.as_str().into());
    }
    Value::Object(component)
}

fn flaw(first: &Line, lines: &[&Line], refs: &BTreeMap<&str, String>) -> Value {
    let mut flaw = Map::new();
    flaw.insert("id".into(), first.advisory.as_str().into());
    let references = first.aliases.iter().map(|alias| json!({"id": alias, "source": {}}));
    if !first.aliases.is_empty() {
        flaw.insert("references".into(), references.collect());
    }
    if !first.scores.is_empty() {
        flaw.insert("ratings".into(), first.scores.iter().map(rating).collect());
    }
    if let Some(cwe) = first.cwe.filter(|cwe| *cwe > 0) {
        flaw.insert("cwes".into(), json!([cwe]));
    }
    if !first.summary.is_empty() {
        flaw.insert("description".into(), first.summary.as_str().into());
    }
    if let Some(last) = first.fixed.last() {
        flaw.insert("recommendation".into(), format!("Update to {last} or later.").into());
    }
    if let Some(state) = state(first) {
        let mut analysis = Map::new();
        analysis.insert("state".into(), state.into());
        if let Some(why) = first.justification.as_deref() {
            match justification(why) {
                Some(word) => analysis.insert("justification".into(), word.into()),
                None => analysis.insert("detail".into(), why.into()),
            };
        }
        flaw.insert("analysis".into(), Value::Object(analysis));
    }
    let mut affects: Vec<&String> =
        lines.iter().filter_map(|line| refs.get(line.component.as_str())).collect();
    affects.sort();
    affects.dedup();
    flaw.insert("affects".into(), affects.iter().map(|name| json!({"ref": name})).collect());
    Value::Object(flaw)
}

fn rating(rating: &super::Rating) -> Value {
    let method = match rating.version.as_str() {
        "2.0" => "CVSSv2",
        "3.0" => "CVSSv3",
        "3.1" => "CVSSv31",
        "4.0" => "CVSSv4",
        _ => "other",
    };
    let score = Number::from_f64(f64::from(rating.tenths) / 10.0).map_or(Value::Null, Value::from);
    json!({
        "score": score, "severity": rating.severity, "method": method, "vector": rating.vector,
    })
}

fn state(line: &Line) -> Option<&'static str> {
    line.status.map(|status| match status {
        Status::NotAffected => "not_affected",
        Status::Affected => "exploitable",
        Status::Fixed => "resolved",
        Status::UnderInvestigation => "in_triage",
    })
}

/// CycloneDX's word for a reason of the VEX minimum requirements.
fn justification(reason: &str) -> Option<&'static str> {
    match reason {
        "component_not_present" | "vulnerable_code_not_present" => Some("code_not_present"),
        "vulnerable_code_not_in_execute_path" => Some("code_not_reachable"),
        "vulnerable_code_cannot_be_controlled_by_adversary" => Some("requires_environment"),
        "inline_mitigations_already_exist" => Some("protected_by_mitigating_control"),
        _ => None,
    }
}
