//! Reports as bytes: what each finder's tool would send, in the shape that it speaks.

use super::{CONTACTS, Report, Shape, TOOLS};
use seawall_formats::mail::{self, Letter};
use serde_json::{Value, json};

/// A report as it is sent.
#[derive(Clone, Debug)]
pub struct Sent {
    /// The path of the interface, with its query.
    pub path: &'static str,
    /// The media type.
    pub media_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

/// The bytes of a report, and where they go.
pub fn encode(report: &Report) -> Sent {
    let (path, media_type, body) = match report.shape {
        Shape::Tap => ("/v1/reports", "application/json", text(&tap(report))),
        Shape::Sarif => {
            ("/v1/reports:import?format=sarif", "application/sarif+json", text(&sarif(report)))
        }
        Shape::Scrutineer => {
            ("/v1/reports:import?format=scrutineer", "application/json", text(&scrutineer(report)))
        }
        Shape::Mail => ("/v1/reports:import?format=mail", "message/rfc822", letter(report)),
    };
    Sent { path, media_type, body }
}

fn text(value: &Value) -> Vec<u8> {
    value.to_string().into_bytes()
}

fn cwe(report: &Report) -> String {
    format!("CWE-{}", report.cwe)
}

fn known_as(report: &Report) -> Vec<&'static str> {
    report.known_as.into_iter().collect()
}

fn contact(report: &Report) -> &'static str {
    CONTACTS.get(report.finder).copied().unwrap_or_default()
}

fn tool(report: &Report) -> &'static str {
    TOOLS.get(report.finder).copied().unwrap_or_default()
}

fn tap(report: &Report) -> Value {
    let attachments: Vec<Value> = report
        .recipe
        .map(|recipe| {
            json!({
                "filename": "recipe.toml",
                "content_type": "text/plain",
                "type": "reproducer",
                "description": "runs without network in a sandbox and touches nothing outside",
                "data": recipe,
            })
        })
        .into_iter()
        .collect();
    json!({
        "purl": report.purl,
        "affected_symbol": {
            "file": report.file, "function": report.function, "line": report.line,
        },
        "discovery_method": "ai-discovered",
        "discovery_tooling": tool(report),
        "email": contact(report),
        "notify": "final",
        "upstream_ids": known_as(report),
        "enrichment": {
            "title": report.title, "description": report.description, "cwe": cwe(report),
        },
        "attachments": attachments,
    })
}

fn sarif(report: &Report) -> Value {
    let mut artifacts = vec![json!({ "location": { "uri": report.file } })];
    let mut attachments = Vec::new();
    if let Some(recipe) = report.recipe {
        attachments.push(json!({ "artifactLocation": { "index": artifacts.len() } }));
        artifacts.push(json!({
            "location": { "uri": "recipe.toml" },
            "mimeType": "text/plain",
            "contents": { "text": recipe },
        }));
    }
    json!({
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": { "name": tool(report), "rules": [{
                "id": cwe(report),
                "shortDescription": { "text": report.title },
                "properties": { "tags": ["security", cwe(report)] },
            }] } },
            "properties": {
                "purl": report.purl,
                "contact": contact(report),
                "discovery_method": "ai-discovered",
            },
            "artifacts": artifacts,
            "results": [{
                "ruleId": cwe(report),
                "ruleIndex": 0,
                "level": "error",
                "message": { "text": report.description },
                "locations": [{
                    "physicalLocation": {
                        "artifactLocation": { "uri": report.file, "index": 0 },
                        "region": { "startLine": report.line },
                    },
                    "logicalLocations": [{ "name": report.function, "kind": "function" }],
                }],
                "attachments": attachments,
                "properties": { "upstream_ids": known_as(report) },
            }],
        }],
    })
}

fn scrutineer(report: &Report) -> Value {
    let validation = match report.recipe {
        Some(recipe) => format!("The recipe runs in a sandbox.\n\n```recipe.toml\n{recipe}```\n"),
        None => "Read in the source; not run.".to_owned(),
    };
    let mut finding = json!({
        "title": report.title,
        "description": report.description,
        "affected": report.purl,
        "location": format!("{}:{}", report.file, report.line),
        "sinks": report.function,
        "cwe": cwe(report),
        "validation": validation,
    });
    if let (Some(id), Some(fields)) = (report.known_as, finding.as_object_mut()) {
        fields.insert("cve_id".to_owned(), id.into());
    }
    json!({ "tool": tool(report), "contact": contact(report), "findings": [finding] })
}

fn letter(report: &Report) -> Vec<u8> {
    let mut body = format!(
        "Package: {}\nCWE: {}\nFile: {}\nFunction: {}\nLine: {}\nTool: {}\nMethod: ai-discovered\n",
        report.purl,
        report.cwe,
        report.file,
        report.function,
        report.line,
        tool(report),
    );
    for id in known_as(report) {
        body.push_str(&format!("Id: {id}\n"));
    }
    body.push_str(&format!("\n{}\n", report.description));
    if let Some(recipe) = report.recipe {
        body.push_str(&format!("\n```recipe.toml\n{recipe}```\n"));
    }
    let letter = Letter {
        message_id: format!("{}.{}@finder.invalid", report.cwe, report.line),
        date_micros: REPORTED_MICROS,
        from: contact(report).to_owned(),
        to: "reports@seawall.invalid".to_owned(),
        subject: report.title.to_owned(),
        body,
        ..Letter::default()
    };
    // The letter is made of our own constants; a test writes every one of them.
    mail::write(&letter).unwrap_or_default()
}

/// The date that the reports' mails carry, fixed so that they are the same in every run.
const REPORTED_MICROS: i64 = 1_767_225_600_000_000;
