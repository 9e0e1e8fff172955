//! What has its own measurement in another crate: it is run, and its figures pass on.

use crate::report::{Bar, Report};
use serde_json::Value;
use std::process::{Command, Stdio};

/// Runs an example of a crate and gives the JSON that it says last.
fn example(package: &str, name: &str, arguments: &[&str]) -> Option<Value> {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let mut command = Command::new(cargo);
    command.args(["run", "--release", "--quiet", "--package", package, "--example", name, "--"]);
    command.args(arguments).arg("--json").stderr(Stdio::inherit());
    let told = command.output().expect("cargo can be started");
    let text = String::from_utf8_lossy(&told.stdout);
    let last = text.lines().rfind(|line| line.starts_with(['{', '[']) && line.len() > 1)?;
    serde_json::from_str(last).ok().filter(|_| told.status.success())
}

/// P2: one advisory against the postings of an estate.
pub fn reverse(full: bool, report: &mut Report) {
    report.part("reverse: one advisory against the postings of an estate (the engine's example)");
    let sizes: &[&str] = if full { &["10", "100", "2000"] } else { &["10", "100"] };
    for size in sizes {
        let Some(told) = example("seawall-matching", "reverse", &[size]) else {
            report.skip(&format!("P2 {size} M postings"), "the measurement ended badly");
            continue;
        };
        let told = &told[0];
        let number = |value: &Value| value.as_f64().unwrap_or(f64::NAN);
        let figures = [
            ("affected count, p99", number(&told["count_ms"]["p99"]), "ms", Bar::AtMost(50.0)),
            ("hottest package", number(&told["hottest_package_ms"]["p50"]), "ms", Bar::None),
            ("ids listed", number(&told["ids_listed_per_s"]), "ids/s", Bar::AtLeast(50e6)),
            (
                "a scan / the count, p99",
                number(&told["scan_ratio"]["p99"]),
                "x",
                Bar::AtLeast(20.0),
            ),
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
    match example("seawall-server", "osv_query", &[]) {
        None => report.skip("P5 query service", "the measurement ended badly"),
        Some(told) => report.pass("P5 query service", told),
    }
}
