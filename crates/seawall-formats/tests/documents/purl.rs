//! Every case of the purl specification's own suite.

use crate::shared;
use seawall_formats::purl::{Parts, Purl, Reading};
use serde_json::{Value, json};

/// The cases on which we leave the suite, by input: none.
const DEVIATIONS: [&str; 0] = [];

#[test]
fn the_specification_s_own_cases_agree() {
    let test = "the_specification_s_own_cases_agree";
    let Some(archive) = shared::unpack(test, "purl/purl-spec.tar.zst") else {
        return;
    };
    let (mut cases, mut differ) = (0, Vec::new());
    for (path, bytes) in archive.files() {
        if !path.ends_with("-test.json") {
            continue;
        }
        let document: Value = serde_json::from_slice(&bytes).unwrap();
        for case in document["tests"].as_array().unwrap() {
            cases += 1;
            let found = answer(case);
            let expected = if case["expected_failure"] == true {
                Value::Null
            } else {
                normal(&case["expected_output"])
            };
            let known = DEVIATIONS.contains(&case["input"].as_str().unwrap_or_default());
            if found != expected && !known {
                differ.push(format!("{path}: {case}\n  found {found}"));
            }
        }
    }
    assert!(differ.is_empty(), "{} of {cases} differ:\n{}", differ.len(), differ.join("\n"));
    assert!(cases >= 458, "only {cases} cases");
    println!("{cases} cases of the purl specification agree");
}

/// Expected parts with absent things absent.
fn normal(expected: &Value) -> Value {
    match expected {
        Value::Object(parts) => {
            let present = |value: &Value| !value.is_null() && *value != json!({});
            parts.iter().filter(|(_, v)| present(v)).map(|(k, v)| (k.clone(), v.clone())).collect()
        }
        other => other.clone(),
    }
}

/// What we make of a case; null for a refusal.
fn answer(case: &Value) -> Value {
    let text = || case["input"].as_str().unwrap();
    let answer = match case["test_type"].as_str().unwrap() {
        "parse" => Purl::parse(text(), Reading::Exact).map(|purl| parts(&purl)),
        "validate" => text().parse::<Purl>().map(|purl| json!(purl.to_string())),
        "build" => build(&case["input"]).map(|purl| json!(purl.to_string())),
        other => panic!("unknown kind of test {other}"),
    };
    answer.unwrap_or(Value::Null)
}

fn parts(purl: &Purl) -> Value {
    normal(&json!({
        "type": purl.kind(),
        "namespace": purl.namespace(),
        "name": purl.name(),
        "version": purl.version(),
        "qualifiers": purl.qualifiers().0,
        "subpath": purl.subpath(),
    }))
}

fn build(input: &Value) -> Result<Purl, seawall_formats::purl::PurlFault> {
    let text = |key: &str| input[key].as_str();
    let qualifiers: Vec<(&str, &str)> = input["qualifiers"]
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.as_str(), value.as_str().unwrap()))
        .collect();
    Purl::build(&Parts {
        kind: text("type").unwrap_or_default(),
        namespace: text("namespace"),
        name: text("name").unwrap_or_default(),
        version: text("version"),
        qualifiers: &qualifiers,
        subpath: text("subpath"),
    })
}
