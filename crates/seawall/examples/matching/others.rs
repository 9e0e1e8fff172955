//! What has its own measurement in another crate: it is run, and its figures pass on.

use crate::report::{Bar, Report};
use serde_json::{Value, json};
use std::process::{Command, Stdio};

/// Runs an example of a crate: what it says on standard output, unless it ends badly.
fn example(package: &str, name: &str, arguments: &[&str]) -> Option<String> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["run", "--release", "--quiet", "--package", package, "--example", name, "--"]);
    command.args(arguments).stderr(Stdio::inherit());
    let told = command.output().expect("cargo can be started");
    told.status.success().then(|| String::from_utf8_lossy(&told.stdout).into_owned())
}

/// The JSON list in the last line that is one.
fn listed(text: &str) -> Option<Value> {
    let last = text.lines().rfind(|line| line.starts_with("[{"))?;
    serde_json::from_str(last).ok()
}

/// P2: one advisory against the postings of an estate.
pub fn reverse(full: bool, report: &mut Report) {
    report.part("reverse: one advisory against the postings of an estate (the engine's example)");
    let sizes: &[&str] = if full { &["10", "100", "2000"] } else { &["10", "100"] };
    for size in sizes {
        let told = example("seawall-matching", "reverse", &[size, "--json"]);
        let Some(told) = told.and_then(|text| listed(&text)) else {
            report.skip(&format!("P2 {size} M postings"), "the measurement ended badly");
            continue;
        };
        let told = &told[0];
        let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
        // A scan of a small estate is itself short; the bar is about large ones.
        let scan = if *size == "10" { Bar::None } else { Bar::AtLeast(20.0) };
        let figures = [
            ("affected count, p99", number(&told["count_ms"]["p99"]), "ms", Bar::AtMost(50.0)),
            ("hottest package", number(&told["hottest_package_ms"]["p50"]), "ms", Bar::None),
            ("ids listed", number(&told["ids_listed_per_s"]), "ids/s", Bar::AtLeast(50e6)),
            ("a scan / the count, p99", number(&told["scan_ratio"]["p99"]), "x", scan),
            ("adding 200 components", number(&told["add_200_us"]["p50"]), "us", Bar::AtMost(100.0)),
            ("rebuild", number(&told["build_cpu_s"]), "CPU-s", Bar::AtMost(100.0)),
            ("peak", number(&told["peak_bytes"]) / 1e9, "GB", Bar::AtMost(8.0)),
        ];
        for (what, value, unit, bar) in figures {
            let detail = if what == "peak" { told.clone() } else { Value::Null };
            report.add(&format!("P2 {size} M postings: {what}"), value, unit, bar, detail);
        }
    }
}

/// P5: the query service, measured beside the server that answers it.
pub fn queries(report: &mut Report) {
    report.part("OSV query service (the server's example)");
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/../seawall-server/examples/osv_query.rs");
    if !std::path::Path::new(source).is_file() {
        return report.skip("P5 query service", "not there yet");
    }
    let Some(text) = example("seawall-server", "osv_query", &[]) else {
        return report.skip("P5 query service", "the measurement ended badly");
    };
    let about = |words: &'static str| {
        let usual = |line: &&str| line.starts_with("real lock files") && line.contains(words);
        text.lines().rfind(usual)
    };
    let figures = [
        (about(" 16 connections"), "query, 16 connections", 0.3, 2.0),
        (about(" queries a batch"), "batch of 1,000", 5.0, 5.0),
    ];
    for (line, name, middle_max, slow_max) in figures {
        let Some(line) = line else {
            report.skip(&format!("P5 {name}"), "the measurement does not tell it");
            continue;
        };
        for (word, bar) in [("p50", middle_max), ("p99", slow_max)] {
            let value = number_beside(line, |at| at.checked_add(1), word);
            let detail = json!(line);
            report.add(&format!("P5 {name}: {word}"), value, "ms", Bar::AtMost(bar), detail);
        }
        if line.contains(" a second") {
            let value = number_beside(line, |at| at.checked_sub(1), "a");
            let name = format!("P5 {name}: rate");
            report.add(&name, value, "queries/s/core", Bar::AtLeast(30e3), json!(line));
        }
    }
}

/// The number that stands beside a word of a line.
fn number_beside(line: &str, beside: impl Fn(usize) -> Option<usize>, word: &str) -> f64 {
    let words: Vec<&str> = line.split_whitespace().collect();
    let place = words.iter().position(|one| *one == word).and_then(beside);
    let number = place.and_then(|place| words.get(place)?.parse().ok());
    number.unwrap_or(f64::NAN)
}
