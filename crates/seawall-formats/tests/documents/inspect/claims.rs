//! What a header says of the run as a whole, against what the attempts give.

use super::writer::{Archive, Packing, document, eval, start};
use super::{SOUND, check, four};
use seawall_domain::evaluation::report::Report;
use seawall_formats::inspect;
use serde_json::{Value, json};
use std::io::Cursor;

#[test]
fn a_header_that_was_changed_is_found_out() {
    let (mut header, samples) = four();
    let accuracy = |value: f64| {
        json!({"total_samples": 4, "completed_samples": 4, "scores": [{
            "name": "flag", "scorer": "flag", "scored_samples": 2, "unscored_samples": 0,
            "metrics": {"accuracy": {"name": "accuracy", "value": value, "params": {}}},
        }]})
    };
    header["results"] = accuracy(0.75);
    check(&eval(Packing::Stored, &header, &samples), SOUND);
    header["results"] = accuracy(0.9);
    let bytes = eval(Packing::Stored, &header, &samples);
    check(&bytes, "complete: pass pass fail pass | 0.75 | header_mismatch");
    let report = Report::of(&inspect::read(Cursor::new(bytes)).unwrap());
    let detail = report.findings[0].detail.as_str();
    assert_eq!(detail, "`flag`: `accuracy` says 0.9, the attempts give 0.75");
    assert!(!report.can_serve());
    // No number is near to these.
    for odd in ["Infinity", "-Infinity", "1e999"] {
        let mut archive = Archive::new(Packing::Stored);
        archive.json("_journal/start.json", &start(&header));
        samples.iter().for_each(|sample| archive.sample(sample));
        archive.add("header.json", header.to_string().replace("0.9", odd).as_bytes());
        check(&archive.finish(), "complete: pass pass fail pass | 0.75 | header_mismatch");
    }
    let mut archive = Archive::new(Packing::Stored);
    let mut began = start(&header);
    began["eval"]["model"] = json!("another");
    archive.json("_journal/start.json", &began);
    samples.iter().for_each(|sample| archive.sample(sample));
    header["results"] = json!(null);
    archive.json("header.json", &header);
    check(&archive.finish(), "complete: pass pass fail pass | 0.75 | header_mismatch");
}

/// A log whose ids are no list of ids names no tasks, and other ids keep their types.
#[test]
fn the_tasks_of_a_header_are_read_one_by_one() {
    let tasks = |ids: &str| {
        let json = format!(r#"{{"eval":{{"dataset":{{"name":"d","sample_ids":{ids}}},"x":1}}}}"#);
        let header = inspect::read_header(Cursor::new(json)).unwrap();
        assert_eq!(header.spec.conditions.fields["dataset"].value, "\"d\"");
        let told = header.spec.tasks.as_ref();
        told.map(|ids| {
            ids.iter().map(|id| format!("{}:{id}", id.kind())).collect::<Vec<_>>().join(" ")
        })
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(tasks(r#"[4,"4","a/b"]"#), some("int:4 str:4 str:a/b"));
    assert_eq!(tasks("[]"), some(""));
    assert_eq!(tasks("null"), None);
    assert_eq!(tasks("[1,null]"), None);
    assert_eq!(tasks("[1.5]"), None);
    assert_eq!(tasks("{}"), None);
    // Of two data sets the last counts.
    let twice = r#"{"eval":{"dataset":{"sample_ids":[1]},"dataset":{"name":"e"}}}"#;
    assert_eq!(inspect::read_header(Cursor::new(twice)).unwrap().spec.tasks, None);
}

/// What the header says was spent, against the attempts.
#[test]
fn tokens_of_the_header_are_compared_with_the_attempts() {
    let (header, samples) = four();
    let with = |usage: Value| {
        let mut header = header.clone();
        header["stats"] = json!({"started_at": "", "model_usage": usage});
        [document(&header, &samples), eval(Packing::Stored, &header, &samples)]
    };
    let all = |change: &dyn Fn(&mut Value)| {
        let mut usage = json!({
            "m": {"input_tokens": 40, "output_tokens": 20, "total_tokens": 60},
            "n": {"input_tokens": 4, "output_tokens": 4, "total_tokens": 8, "total_cost": 0.5},
        });
        change(&mut usage);
        with(usage)
    };
    let wrong = "complete: pass pass fail pass | 0.75 | header_mismatch";
    for bytes in all(&|_| {}) {
        check(&bytes, SOUND);
    }
    for bytes in all(&|usage| usage["m"]["total_tokens"] = json!(1)) {
        check(&bytes, wrong);
    }
    for bytes in all(&|usage| usage["n"]["input_tokens"] = json!(5)) {
        check(&bytes, wrong);
    }
    with(json!({})).iter().for_each(|bytes| check(bytes, wrong));
    with(json!(null)).iter().for_each(|bytes| check(bytes, SOUND));
    let mut header = header.clone();
    for results in [json!(null), json!({"scores": []}), json!({"scores": null})] {
        header["results"] = results;
        check(&document(&header, &samples), wrong);
    }
    header["status"] = json!("started");
    check(&document(&header, &samples), "incomplete: pass pass fail pass | 0.75 | incomplete");
}

#[test]
fn conditions_are_compared_by_what_binds() {
    let (header, samples) = four();
    let read = |header: &Value| {
        let bytes = eval(Packing::Stored, header, &samples);
        inspect::read_header(Cursor::new(bytes)).unwrap().conditions
    };
    let check = |change: &dyn Fn(&mut Value), expected: &str, noted: usize| {
        let mut other = header.clone();
        change(&mut other);
        let (one, two) = (read(&header), read(&other));
        let comparison = one.compare(&two);
        assert_eq!((comparison.verdict().as_str(), comparison.noted.len()), (expected, noted));
        let same = inspect::conditions_digest(&one) == inspect::conditions_digest(&two);
        assert_eq!(same, comparison.is_comparable());
    };
    check(&|_| {}, "comparable", 0);
    check(&|one| one["eval"]["config"]["token_limit"] = json!(5), "not comparable: token_limit", 0);
    check(&|one| one["eval"]["config"]["log_samples"] = json!(false), "comparable", 0);
    check(&|one| one["eval"]["config"]["token_limit"] = json!(null), "comparable", 0);
    check(
        &|one| one["eval"]["model_generate_config"]["max_connections"] = json!(8),
        "comparable",
        1,
    );
    check(&|one| one["eval"]["packages"] = json!({"inspect_ai": "0.1"}), "comparable", 1);
    check(
        &|one| one["eval"]["metadata"]["network"] = json!("open"),
        "not comparable: metadata.network",
        0,
    );
    check(&|one| one["eval"]["metadata"]["note"] = json!("y"), "comparable", 0);
    check(&|one| one["eval"]["dataset"]["sample_ids"] = json!([7, "a"]), "comparable", 0);
    check(
        &|one| one["eval"]["dataset"]["sample_ids"] = json!(["7", "a"]),
        "not comparable: sample_ids",
        0,
    );
    check(
        &|one| one["plan"]["steps"][0]["solver"] = json!("react"),
        "not comparable: plan_steps",
        0,
    );
    check(
        &|one| {
            one["config_updates"] =
                json!([{"changes": [{"config": "eval", "name": "message_limit", "value": 9}]}])
        },
        "not comparable: message_limit",
        0,
    );
    check(
        &|one| {
            one["config_updates"] = json!([{"changes": [
                {"config": "eval", "name": "message_limit", "value": 9},
                {"config": "eval", "name": "message_limit", "cleared": true},
            ]}])
        },
        "comparable",
        0,
    );
}

/// Reads no further than it is asked to.
struct Counted<'a>(Cursor<&'a [u8]>, u64);

impl std::io::Read for Counted<'_> {
    fn read(&mut self, into: &mut [u8]) -> std::io::Result<usize> {
        let count = self.0.read(into)?;
        self.1 += count as u64;
        Ok(count)
    }
}

impl std::io::Seek for Counted<'_> {
    fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
        self.0.seek(to)
    }
}

#[test]
fn the_header_of_a_document_is_read_without_its_samples() {
    let (header, mut samples) = four();
    samples[0]["store"] = json!("x".repeat(20_000_000));
    let bytes = document(&header, &samples);
    let mut counted = Counted(Cursor::new(&bytes), 0);
    let read = inspect::read_header(&mut counted).unwrap();
    assert_eq!((read.status.word(), read.spec.epochs), ("success", 2));
    assert!(counted.1 * 100 < bytes.len() as u64, "{} bytes were read", counted.1);
}
