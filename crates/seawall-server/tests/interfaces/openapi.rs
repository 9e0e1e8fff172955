//! The OpenAPI document: valid 3.1, every reference leads somewhere, every operation says who may
//! ask and what it answers.

use crate::office::Office;
use crate::python;
use serde_json::Value;
use std::collections::BTreeSet;
use std::io::Write;
use std::process::{Command, Stdio};

async fn document() -> Value {
    let answer = Office::new().await.get("public", "/v1/openapi.json").await;
    assert_eq!(answer.header("content-type"), "application/json");
    answer.json()
}

fn operations(document: &Value) -> impl Iterator<Item = (String, &Value)> {
    document["paths"].as_object().unwrap().iter().flat_map(|(path, operations)| {
        let each = operations.as_object().unwrap().iter();
        each.map(move |(method, operation)| (format!("{method} {path}"), operation))
    })
}

fn references<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Object(members) => {
            found.extend(members.get("$ref").and_then(Value::as_str));
            members.values().for_each(|member| references(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| references(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[tokio::test]
async fn every_reference_leads_somewhere() {
    let document = document().await;
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(found.len() > 40, "{}", found.len());
    for reference in found {
        let pointer = reference.strip_prefix('#').unwrap();
        assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
    }
}

#[tokio::test]
async fn every_operation_says_who_may_ask_and_what_it_answers() {
    let document = document().await;
    let schemes = document["components"]["securitySchemes"].as_object().unwrap();
    let mut names = BTreeSet::new();
    for (line, operation) in operations(&document) {
        assert!(operation["summary"].as_str().is_some_and(|text| !text.is_empty()), "{line}");
        let name = operation["operationId"].as_str().unwrap();
        assert!(names.insert(name.to_owned()), "{line}: a second `{name}`");
        for requirement in operation["security"].as_array().unwrap() {
            let named = requirement.as_object().unwrap().keys();
            named.for_each(|scheme| assert!(schemes.contains_key(scheme), "{line}: {scheme}"));
        }
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{line}");
        for (status, response) in responses {
            let said = response["description"].as_str().unwrap_or_default();
            assert!(!said.is_empty(), "{line}: {status}");
        }
        let is_public = operation["security"].as_array().unwrap().is_empty();
        assert_eq!(is_public, !responses.contains_key("401"), "{line}");
    }
    assert!(names.len() >= 21, "{names:?}");
}

#[tokio::test]
async fn a_variable_of_a_path_is_a_parameter() {
    let document = document().await;
    for (line, operation) in operations(&document) {
        let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
        let of = |place: &str| {
            let here = parameters.iter().filter(|parameter| parameter["in"] == place);
            here.map(|p| p["name"].as_str().unwrap().to_owned()).collect::<BTreeSet<_>>()
        };
        let named = line.split('{').skip(1).filter_map(|rest| rest.split('}').next());
        assert_eq!(of("path"), named.map(str::to_owned).collect(), "{line}");
        let known = [
            "field",
            "receipt",
            "format",
            "label",
            "name",
            "version",
            "limit",
            "page",
            "window",
            "quorum",
            "rehearsal",
        ];
        let known: BTreeSet<String> = known.map(String::from).into();
        assert!(of("query").is_subset(&known), "{line}");
    }
}

/// A validator of other people's, brought from the Python Package Index.
#[tokio::test]
async fn a_validator_of_others_agrees() {
    let name = "openapi-spec-validator";
    let Some(program) = python::program(name, "0.9.0", name) else {
        println!("skipped: a_validator_of_others_agrees: no openapi-spec-validator");
        return;
    };
    let text = document().await.to_string();
    let mut child = Command::new(program)
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(output.status.success(), "{output:?}");
}
