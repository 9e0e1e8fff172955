//! Logs of Inspect with every trap that is known (FRONTIER 2.2), and the real ones of the shared
//! data against what was planned before they were run.

mod attempts;
mod claims;
mod hostile;
mod shapes;
mod truth;
mod writer;

use seawall_domain::evaluation::report::Report;
use seawall_formats::inspect;
use serde_json::{Value, json};
use std::io::Cursor;
use writer::{header, sample};

/// A log's report in few words: classes, the first score, the codes of findings.
fn told(bytes: &[u8]) -> Result<String, String> {
    let log = inspect::read(Cursor::new(bytes)).map_err(|fault| fault.to_string())?;
    let report = Report::of(&log);
    let classes: Vec<&str> = report.attempts.iter().map(|one| one.class.word()).collect();
    let mut codes: Vec<&str> = report.findings.iter().map(|one| one.code.word()).collect();
    codes.dedup();
    let mean = report.scores.first().and_then(|score| score.mean);
    let mean = mean.map_or("-".to_owned(), |mean| mean.to_string());
    let complete = if report.complete { "complete" } else { "incomplete" };
    Ok(format!("{complete}: {} | {mean} | {}", classes.join(" "), codes.join(" ")))
}

fn check(bytes: &[u8], expected: &str) {
    let told = told(bytes).unwrap_or_else(|fault| fault);
    assert_eq!(told, expected);
}

/// Two tasks, tried twice each.
fn four() -> (Value, Vec<Value>) {
    let samples = vec![
        sample(json!("a"), 1, json!("C")),
        sample(json!(7), 1, json!("I")),
        sample(json!("a"), 2, json!(1)),
        sample(json!(7), 2, json!(true)),
    ];
    (header(&[json!("a"), json!(7)], 2), samples)
}

const SOUND: &str = "complete: pass pass fail pass | 0.75 | ";
