//! Scores on which independent implementations agree, and vectors that are none.

use crate::shared;
use seawall_formats::cvss;
use serde_json::{Value, json};

/// The part of an answer that a line of the data states.
fn stated(vector: &str, line: &Value) -> Value {
    let Ok(score) = cvss::score(vector) else {
        return Value::Null;
    };
    let told = serde_json::to_value(&score).unwrap();
    let names = ["version", "severity", "base", "temporal", "environmental", "macrovector"];
    let mut stated: Value = names
        .iter()
        .filter(|name| line.get(**name).is_some())
        .map(|name| ((*name).to_owned(), told[*name].clone()))
        .collect();
    // The data calls the one score of version 4.0 just that.
    if line.get("score").is_some() {
        stated["score"] = told["base"].clone();
    }
    stated
}

#[test]
fn independent_implementations_give_the_same_scores() {
    let test = "independent_implementations_give_the_same_scores";
    let Some(lines) = shared::lines(test, "cvss/vectors.jsonl.zst") else {
        return;
    };
    let mut differ = Vec::new();
    for line in &lines {
        let mut line: Value = serde_json::from_str(line).unwrap();
        let vector = line["vector"].as_str().unwrap().to_owned();
        let found = stated(&vector, &line);
        for word in ["vector", "origin", "recorded"] {
            line.as_object_mut().unwrap().remove(word);
        }
        if found != line {
            differ.push(format!("{vector}: {found} instead of {line}"));
        }
    }
    differ.sort();
    let shown = differ.iter().take(40).map(String::as_str).collect::<Vec<_>>().join("\n");
    assert!(differ.is_empty(), "{} of {} differ:\n{shown}", differ.len(), lines.len());
    assert!(lines.len() >= 12_090, "only {} lines", lines.len());
    println!("{} CVSS vectors agree", lines.len());
}

#[test]
fn what_is_no_vector_is_refused() {
    let Some(lines) = shared::lines("what_is_no_vector_is_refused", "cvss/invalid.jsonl.zst")
    else {
        return;
    };
    for line in &lines {
        let line: Value = serde_json::from_str(line).unwrap();
        let vector = line["vector"].as_str().unwrap();
        assert_eq!(stated(vector, &json!({"base": 0})), Value::Null, "{vector}");
    }
    assert!(lines.len() >= 236, "only {} lines", lines.len());
}
