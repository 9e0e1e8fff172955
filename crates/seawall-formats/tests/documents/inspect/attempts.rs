//! What is kept of one attempt: its class, its edits, its metadata.

use super::writer::{Packing, document, eval, header, sample};
use super::{check, four};
use seawall_domain::evaluation::report::Report;
use seawall_formats::inspect;
use serde_json::{Value, json};
use std::io::Cursor;

#[test]
fn what_is_kept_of_a_sample_is_what_it_says() {
    let (header, samples) = four();
    let log = inspect::read(Cursor::new(eval(Packing::Stored, &header, &samples))).unwrap();
    let report = Report::of(&log);
    let first = &report.attempts[0];
    assert_eq!((first.tokens, first.value, first.retries), (17, Some(1.0), 0));
    assert_eq!((report.usage.input, report.usage.output, report.usage.total), (44, 24, 68));
    assert_eq!(log.header.spec.metadata["network"], "\"none\"");
    let profiles = log.profiles("task_family", "human_minutes");
    let profile = profiles.values().next().unwrap();
    assert_eq!((profile.family.as_deref(), profile.minutes), (Some("web"), Some(12.5)));
}

/// Every class by what Inspect writes for it.
#[test]
fn every_class_is_recognised_in_a_log() {
    let one = |change: &dyn Fn(&mut Value)| {
        let mut one = sample(json!("a"), 1, json!("I"));
        change(&mut one);
        let bytes = document(&header(&[json!("a")], 1), &[one]);
        let log = inspect::read(Cursor::new(bytes)).unwrap();
        Report::of(&log).attempts[0].class.word()
    };
    let says = |one: &mut Value, text: &str| {
        one["output"]["completion"] = json!(text);
        one["output"]["choices"][0]["message"]["content"] = json!(text);
    };
    let check = |change: &dyn Fn(&mut Value), class: &str| assert_eq!(one(change), class);
    check(&|_| {}, "fail");
    check(&|one| one["scores"]["flag"]["value"] = json!("P"), "fail");
    check(&|one| one["scores"]["flag"]["value"] = json!("C"), "pass");
    check(&|one| one["scores"]["flag"]["value"] = json!(1.5), "pass");
    check(&|one| one["scores"]["flag"]["value"] = json!("yes"), "pass");
    check(&|one| one["scores"]["flag"]["value"] = json!(null), "unscored");
    check(&|one| one["scores"]["flag"]["value"] = json!("blue"), "unscored");
    check(&|one| one["scores"]["flag"]["value"] = json!([1, 1]), "unscored");
    check(&|one| one["scores"] = json!({}), "unscored");
    check(&|one| one["scores"] = json!(null), "unscored");
    check(
        &|one| one["output"]["choices"][0]["stop_reason"] = json!("content_filter"),
        "refusal_api",
    );
    check(
        &|one| one["output"]["choices"][0]["stop_details"] = json!({"type": "refusal"}),
        "refusal_api",
    );
    check(&|one| one["scores"]["flag"]["reason"] = json!("refusal"), "refusal_api");
    check(
        &|one| one["scores"]["flag"]["metadata"] = json!({"unscored_reason": "refusal"}),
        "refusal_api",
    );
    check(&|one| says(one, "I'm sorry, but I can't help with that."), "refusal_text");
    check(
        &|one| {
            says(one, "");
            let parts = json!([
                {"type": "reasoning", "reasoning": "They want an exploit."},
                {"type": "text", "text": "I cannot assist "},
                {"type": "text", "text": "with this."},
            ]);
            one["output"]["choices"][0]["message"]["content"] = parts;
        },
        "refusal_text",
    );
    let reasons = "It would harm people who run such systems. ".repeat(100);
    check(
        &|one| says(one, &format!("I'm sorry, but I can't help with that. {reasons}")),
        "refusal_text",
    );
    check(&|one| says(one, &reasons), "fail");
    check(&|one| says(one, " \n"), "empty");
    check(&|one| one["output"]["choices"] = json!([]), "fail");
    check(
        &|one| {
            one["output"] = json!({"model": "m", "choices": [], "completion": ""});
        },
        "empty",
    );
    check(
        &|one| {
            says(one, "");
            let calls = json!([{"id": "1", "function": "submit", "arguments": {"answer": "x"}}]);
            one["output"]["choices"][0]["message"]["tool_calls"] = calls;
        },
        "fail",
    );
    check(
        &|one| {
            says(one, "");
            let image = json!([{"type": "image", "image": "attachment://1"}]);
            one["output"]["choices"][0]["message"]["content"] = image;
        },
        "fail",
    );
    check(&|one| one["limit"] = json!({"type": "token", "limit": 5.0}), "limit_token");
    check(&|one| one["limit"] = json!({"type": "moon", "limit": 5.0}), "limit_other");
    check(&|one| one["error"] = json!({"message": "lost", "traceback": ""}), "infra_error");
    check(
        &|one| {
            one["error"] = json!({"message": "lost"});
            one["scores"] = json!({});
        },
        "infra_error",
    );
    check(&|one| one["invalidation"] = json!({"author": "ann"}), "invalidated");
    check(
        &|one| {
            let fallback = json!({"model": "m", "fallback_model": "n", "count": 3});
            one["model_fallbacks"] = json!([fallback]);
            one["scores"]["flag"]["value"] = json!("C");
        },
        "fallback",
    );
    check(
        &|one| {
            let by = json!({"author": "ann", "metadata": {"cheating": "confirmed"}});
            one["scores"]["flag"]["history"] =
                json!([{"value": "C"}, {"value": "I", "provenance": by}]);
        },
        "cheating_confirmed",
    );
}

#[test]
fn edits_are_told_with_what_was_there_before() {
    let (mut header, mut samples) = four();
    samples[1]["scores"]["flag"] = json!({"value": "C", "history": [
        {"value": "I", "answer": "x"},
        {"value": "C", "provenance": {
            "author": "ann", "timestamp": "2026-02-03T04:05:06Z", "reason": "the flag was right",
        }},
    ]});
    samples[0]["invalidation"] = json!({"author": "bob", "reason": "wrong sandbox"});
    header["invalidated"] = json!(true);
    header["log_updates"] =
        json!([{"edits": [{"type": "tags", "tags_add": ["x"]}], "provenance": {"author": "ann"}}]);
    let bytes = eval(Packing::Stored, &header, &samples);
    check(&bytes, "complete: invalidated pass pass pass | 1 | edited invalidated");
    let report = Report::of(&inspect::read(Cursor::new(bytes)).unwrap());
    let attempt = &report.attempts[2];
    assert_eq!((attempt.value, attempt.original), (Some(1.0), Some(0.0)));
    let details: Vec<&str> = report.findings.iter().map(|one| one.detail.as_str()).collect();
    assert_eq!(
        details,
        [
            "the log's `tags` were changed after the run by `ann`",
            "task 7 epoch 1: `flag` was edited 1 times, from `I` to `C` by `ann` at \
         `2026-02-03T04:05:06Z`: `the flag was right`",
            "task `a` epoch 1: struck out by `bob`: `wrong sandbox`",
        ]
    );
}

/// Of the samples' metadata only what is asked for is kept, wherever it stands.
#[test]
fn of_metadata_what_is_asked_for_is_kept() {
    let (mut header, mut samples) = four();
    for sample in &mut samples {
        let many = (0..100).map(|number| (format!("fact-{number:03}"), json!(number)));
        let mut metadata: serde_json::Map<String, Value> = many.collect();
        let own = sample["metadata"].as_object().unwrap().clone();
        metadata.extend(own);
        metadata.insert("zone".to_owned(), json!("north"));
        sample["metadata"] = Value::Object(metadata);
    }
    let check = |bytes: &[u8], asked: &[&str], expected: &[&str]| {
        let log = inspect::read_with(Cursor::new(bytes), asked).unwrap();
        for seen in &log.observations {
            let mut kept: Vec<&str> = seen.facts.iter().map(|(name, _)| &**name).collect();
            kept.sort_unstable();
            assert_eq!(kept, expected);
        }
        assert!(Report::of(&log).can_serve());
    };
    let usual = ["human_minutes", "task_family"];
    check(&document(&header, &samples), &[], &usual);
    check(&eval(Packing::Stored, &header, &samples), &[], &usual);
    check(&document(&header, &samples), &["fact-099", "none"], &["fact-099", usual[0], usual[1]]);
    // By what the scorers cluster, and by what the header says that it is clustered.
    header["eval"]["scorers"][0]["metrics"][1]["options"]["cluster"] = json!("zone");
    header["results"]["scores"][0]["metrics"] = json!({"m": {
        "name": "unknown", "value": 1, "params": {"cluster": "fact-007"},
    }});
    let expected = ["fact-007", usual[0], usual[1], "zone"];
    check(&eval(Packing::Zstandard, &header, &samples), &[], &expected);
    check(&document(&header, &samples), &[], &expected);
    // The same where the header comes after the samples.
    let late = header.to_string();
    let late = format!("{{\"samples\":{},{}", json!(samples), late.trim_start_matches('{'));
    check(late.as_bytes(), &[], &expected);
}
