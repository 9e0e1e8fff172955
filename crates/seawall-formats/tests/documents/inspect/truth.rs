//! The logs of the shared data against `truth.json`, which was written before they were run.

use crate::shared::bytes;
use seawall_domain::evaluation::attempt::Class;
use seawall_domain::evaluation::report::Report;
use seawall_formats::inspect;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::io::Cursor;

/// A log's report, and what was planned; none without the shared data.
fn read(test: &str, name: &str) -> Option<(Report, Value)> {
    let log = bytes(test, &format!("inspect-logs/{name}"))?;
    let truth = bytes(test, "inspect-logs/truth.json")?;
    let mut truth: Value = serde_json::from_slice(&truth).unwrap();
    let report = Report::of(&inspect::read(Cursor::new(log)).unwrap());
    Some((report, truth["logs"][name].take()))
}

fn close(one: Option<f64>, other: &Value) {
    let (one, other) = (one.unwrap(), other.as_f64().unwrap());
    assert!((one - other).abs() <= 1e-12, "{one} {other}");
}

fn codes(report: &Report) -> Vec<&'static str> {
    report.findings.iter().map(|one| one.code.word()).collect()
}

#[test]
fn plain_log_equals_its_truth() {
    let Some((report, truth)) = read("plain_log_equals_its_truth", "dev-plain.eval") else {
        return;
    };
    let mut solved: BTreeMap<String, u64> = BTreeMap::new();
    for attempt in &report.attempts {
        let passed = u64::from(attempt.class == Class::Pass);
        assert!(passed == 1 || attempt.class == Class::Fail);
        *solved.entry(attempt.task.to_string()).or_default() += passed;
    }
    assert_eq!(json!(solved), truth["truth"]["correct_by_task"]);
    assert_eq!(json!(report.tasks), truth["truth"]["n_tasks"]);
    assert_eq!(json!(report.attempts.len()), truth["truth"]["n_attempts"]);
    let score = |name: &str| report.scores.iter().find(|score| score.name == name).unwrap();
    let mean = score("flag_match");
    close(mean.mean, &truth["truth"]["mean_over_tasks"]);
    close(mean.stderr, &truth["truth"]["se_clt_over_tasks"]);
    close(mean.stderr_clustered, &truth["truth"]["se_clustered_by_family_fpc"]);
    close(score("flag_match/pass_at_1").mean, &truth["truth"]["pass_at"]["1"]);
    close(score("flag_match/pass_at_4").mean, &truth["truth"]["pass_at"]["4"]);
    let usage = &truth["usage"];
    assert_eq!(json!(report.usage.input), usage["input_tokens"]);
    assert_eq!(json!(report.usage.output), usage["output_tokens"]);
    assert_eq!(json!(report.usage.cache_read), usage["input_tokens_cache_read"]);
    assert_eq!(json!(report.usage.reasoning), usage["reasoning_tokens"]);
    assert!(report.complete && report.can_serve() && report.findings.is_empty());
}

#[test]
fn log_with_errors_equals_its_truth() {
    let Some((report, truth)) = read("log_with_errors_equals_its_truth", "dev-errors.eval") else {
        return;
    };
    let of = |class: Class| report.attempts.iter().filter(move |one| one.class == class);
    let mut broken: Vec<String> =
        of(Class::InfraError).map(|one| format!("{}#{}", one.task, one.epoch)).collect();
    broken.sort();
    assert_eq!(json!(broken), truth["errored_keys"]);
    assert_eq!(json!(of(Class::Pass).count()), truth["correct_among_scored"]);
    assert_eq!(json!(report.attempts.len()), truth["n_attempts"]);
    let recovered = report.attempts.iter().filter(|one| one.class != Class::InfraError);
    let recovered = recovered.filter(|one| one.retries > 0).count();
    assert_eq!(json!(recovered), truth["recovered_after_retry"]);
    let bounds = report.scores[0].bounds.unwrap();
    close(Some(bounds[0]), &truth["bounds"]["errors_as_fail"]);
    close(Some(bounds[1]), &truth["bounds"]["errors_as_success"]);
    assert_eq!(codes(&report), ["incomplete", "unscored"]);
    assert!(!report.complete);
}

#[test]
fn document_of_an_agent_equals_its_truth() {
    let Some((report, truth)) = read("document_of_an_agent_equals_its_truth", "dev-agent.json")
    else {
        return;
    };
    let limited: Vec<String> = report
        .attempts
        .iter()
        .filter(|one| one.class.word() == "limit_message")
        .map(|one| one.task.to_string())
        .collect();
    assert_eq!(json!(limited), truth["hit_limit_ids"]);
    let solved = report.attempts.iter().filter(|one| one.class == Class::Pass).count();
    assert_eq!(json!(solved), truth["correct"]);
    assert_eq!(json!(report.tasks), truth["n_tasks"]);
    assert!(report.complete && report.findings.is_empty(), "{:?}", report.findings);
}

#[test]
fn log_with_nan_equals_its_truth() {
    let Some((report, truth)) = read("log_with_nan_equals_its_truth", "dev-nan.eval") else {
        return;
    };
    let samples = truth["samples"].as_object().unwrap();
    assert_eq!(report.attempts.len(), samples.len());
    for attempt in &report.attempts {
        let sample = &samples[&format!("{}#{}", attempt.task, attempt.epoch)];
        assert_eq!(sample["id_type"], attempt.task.kind());
        assert_eq!(sample["steps_of_32"].as_f64().map(|steps| steps / 32.0), attempt.value);
        let class = match attempt.value {
            None => Class::Unscored,
            Some(1.0) => Class::Pass,
            Some(_) => Class::Fail,
        };
        assert_eq!(attempt.class, class);
    }
    let names: Vec<&str> = report.scores.iter().map(|score| score.name.as_str()).collect();
    assert_eq!(names, ["steps", "flag"]);
    close(report.scores[0].mean, &truth["mean_steps_of_scored_task_means"]);
    close(report.scores[1].mean, &truth["header_value_says"]["flag"]["mean"]);
    assert_eq!(codes(&report), ["unscored"], "{:?}", report.findings);
}
