//! Logs of Inspect with every trap that is known (FRONTIER 2.2), and the real ones of the shared
//! data against what was planned before they were run.

mod truth;
mod writer;

use proptest::prelude::*;
use seawall_domain::evaluation::report::Report;
use seawall_formats::inspect;
use serde_json::{Value, json};
use std::io::Cursor;
use writer::{Archive, Lie, Packing, document, eval, header, sample, start, summary};

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

#[test]
fn both_formats_and_every_packing_read_the_same() {
    let (header, samples) = four();
    for packing in [Packing::Stored, Packing::Deflated, Packing::Zstandard, Packing::Frames] {
        check(&eval(packing, &header, &samples), SOUND);
    }
    check(&document(&header, &samples), SOUND);
    let mut archive = Archive::large(Packing::Zstandard);
    archive.json("_journal/start.json", &start(&header));
    samples.iter().for_each(|sample| archive.sample(sample));
    archive.json("header.json", &header);
    check(&archive.finish(), SOUND);
    // An archive may stand behind other bytes; one that does not begin it is no archive to us.
    let shifted = [&b"PK - not yet "[..], &eval(Packing::Stored, &header, &samples)].concat();
    check(&shifted, SOUND);
}

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
fn bare_words_that_are_no_json_are_read() {
    let (header, samples) = four();
    let mut archive = Archive::new(Packing::Zstandard);
    let bare = |value: &Value| value.to_string().replace("\"NAN\"", "NaN");
    archive.add("_journal/start.json", start(&header).to_string().as_bytes());
    let mut noted = header.clone();
    noted["eval"]["scorers"][0]["options"] = json!({"table": ["NAN"]});
    for sample in &samples {
        let mut sample = sample.clone();
        if sample["id"] == 7 && sample["epoch"] == 1 {
            sample["scores"]["flag"]["value"] = json!("NAN");
        }
        sample["store"] = json!({"x": ["NAN"]});
        archive.add(&writer::sample_name(&sample), bare(&sample).as_bytes());
    }
    archive.add("header.json", bare(&header).as_bytes());
    check(&archive.finish(), "complete: pass pass unscored pass | 1 | unscored");
}

#[test]
fn a_log_that_was_broken_off_lists_what_is_there() {
    let (header, samples) = four();
    let mut archive = Archive::new(Packing::Zstandard);
    archive.json("_journal/start.json", &start(&header));
    archive.sample(&samples[0]);
    archive.sample(&samples[1]);
    archive.json("_journal/summaries/1.json", &json!([summary(&samples[0])]));
    let change = json!({
        "changes": [{"config": "eval", "name": "message_limit", "value": 50}],
        "scope": "task", "provenance": {"author": "ann", "reason": "too few"},
    });
    archive.json("_journal/config_updates/1.json", &change);
    let bytes = archive.finish();
    check(&bytes, "incomplete: pass missing fail missing | 0.5 | incomplete edited");
    let log = inspect::read(Cursor::new(&bytes)).unwrap();
    assert_eq!(log.header.status.word(), "started");
    let field = |name: &str| log.header.conditions.fields[name].value.clone();
    assert_eq!((field("message_limit"), field("temperature")), ("50".to_owned(), "0.5".to_owned()));
}

#[test]
fn of_two_members_by_one_name_the_last_counts_and_summaries_tell() {
    let (header, samples) = four();
    let write = |last: &Value| {
        let mut archive = Archive::new(Packing::Stored);
        archive.json("_journal/start.json", &start(&header));
        samples.iter().for_each(|sample| archive.sample(sample));
        archive.sample(last);
        archive.json("summaries.json", &samples.iter().map(summary).collect());
        archive.json("header.json", &header);
        archive.finish()
    };
    let mut last = samples[1].clone();
    check(&write(&last), "complete: pass pass fail pass | 0.75 | duplicate_member");
    last["scores"]["flag"]["value"] = json!("C");
    let expected = "complete: pass pass pass pass | 1 | summary_mismatch duplicate_member";
    check(&write(&last), expected);
}

#[test]
fn ids_are_read_from_the_inside_with_their_types() {
    let ids = [
        json!("4"),
        json!(4),
        json!("../../etc/passwd"),
        json!("a b?#\u{3b2}"),
        json!("x_epoch_1/sample"),
    ];
    let samples: Vec<Value> = ids.iter().map(|id| sample(id.clone(), 1, json!("C"))).collect();
    let bytes = eval(Packing::Zstandard, &header(&ids, 1), &samples);
    let log = inspect::read(Cursor::new(bytes)).unwrap();
    let report = Report::of(&log);
    let told: Vec<(String, &str)> =
        report.attempts.iter().map(|one| (one.task.to_string(), one.task.kind())).collect();
    let expected = [
        ("4", "str"),
        ("4", "int"),
        ("../../etc/passwd", "str"),
        ("a b?#\u{3b2}", "str"),
        ("x_epoch_1/sample", "str"),
    ];
    assert_eq!(told, expected.map(|(id, kind)| (id.to_owned(), kind)));
    assert!(report.complete);
    let codes: Vec<&str> = report.findings.iter().map(|one| one.code.word()).collect();
    assert_eq!(codes, ["duplicate_member"], "both 4s have one name");
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
    let mut archive = Archive::new(Packing::Stored);
    let mut began = start(&header);
    began["eval"]["model"] = json!("another");
    archive.json("_journal/start.json", &began);
    samples.iter().for_each(|sample| archive.sample(sample));
    header["results"] = json!(null);
    archive.json("header.json", &header);
    check(&archive.finish(), "complete: pass pass fail pass | 0.75 | header_mismatch");
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
fn samples_in_pieces_are_read_and_other_shapes_told() {
    let (header, samples) = four();
    let write = |part: &dyn Fn(&mut Archive, &str, &Value)| {
        let mut archive = Archive::new(Packing::Zstandard);
        archive.json("_journal/start.json", &start(&header));
        for sample in &samples {
            let name = writer::sample_name(sample);
            part(&mut archive, name.trim_end_matches(".json"), sample);
        }
        archive.json("header.json", &header);
        archive.finish()
    };
    let pieces = write(&|archive, folder, sample| {
        let mut body = sample.clone();
        for name in ["messages", "events", "metadata"] {
            body.as_object_mut().unwrap().remove(name);
        }
        archive.json(&format!("{folder}/sample.json"), &body);
        archive.json(&format!("{folder}/metadata.json"), &sample["metadata"]);
        archive.json(&format!("{folder}/skeleton.json"), &json!({}));
        archive.json(&format!("{folder}/messages/0.json"), &sample["messages"]);
        archive.json(&format!("{folder}/events/0.json"), &sample["events"]);
        archive.json(&format!("{folder}/events/stats.json"), &json!({}));
    });
    check(&pieces, SOUND);
    let log = inspect::read(Cursor::new(pieces)).unwrap();
    assert_eq!(log.observations[0].cluster("task_family").as_deref(), Some("web"));
    // What the model said stands in its messages, and long texts apart from them.
    let flag = |letter: &str| format!("flag{{{}}}", letter.repeat(24));
    let said = write(&|archive, folder, sample| {
        let mut body = sample.clone();
        for name in ["messages", "events", "metadata"] {
            body.as_object_mut().unwrap().remove(name);
        }
        archive.json(&format!("{folder}/sample.json"), &body);
        let message = |role: &str, text: String| json!({"role": role, "content": [{"text": text}]});
        let first = [message("user", flag("A")), message("assistant", flag("B"))];
        archive.json(&format!("{folder}/messages/0.json"), &json!(first));
        let apart = |number: u32| format!("attachment://{number}");
        let more = [message("assistant", apart(11)), message("tool", apart(10))];
        archive.json(&format!("{folder}/messages/2.json"), &json!(more));
        archive.json(&format!("{folder}/attachments/0.json"), &json!(vec![flag("C"); 10]));
        let last = json!([flag("D"), format!("it is {}", flag("E")), flag("F")]);
        archive.json(&format!("{folder}/attachments/10.json"), &last);
        archive.json(&format!("{folder}/events/stats.json"), &json!({}));
    });
    for emitted in inspect::emitted_flags(Cursor::new(said)).unwrap() {
        let flags: Vec<String> = emitted.flags.iter().map(ToString::to_string).collect();
        assert_eq!(flags, [flag("B"), flag("E")]);
    }
    let odd = write(&|archive, folder, sample| {
        archive.json(&format!("{folder}/shard-0.json"), sample);
    });
    let missing = "incomplete: missing missing missing missing | - | unsupported_shape incomplete";
    check(&odd, missing);
    let headless = write(&|archive, folder, sample| {
        archive.json(&format!("{folder}/metadata.json"), &sample["metadata"]);
    });
    check(&headless, missing);
    let empty = write(&|archive, folder, _| archive.json(&format!("{folder}.json"), &json!({})));
    check(&empty, missing);
    check(&document(&header, &[json!({"id": "a"})]), missing);
}

#[test]
fn what_cannot_be_read_says_why() {
    let (header, samples) = four();
    let whole = eval(Packing::Zstandard, &header, &samples);
    let check = |bytes: &[u8], part: &str| {
        let told = told(bytes).unwrap_err();
        assert!(told.starts_with("cannot read an Inspect log at "), "{told}");
        assert!(told.contains(part), "{told} lacks {part}");
    };
    let lie = |lie: Lie| {
        let mut archive = Archive::new(Packing::Zstandard);
        archive.json("header.json", &header);
        let bytes = samples[0].to_string();
        archive.lie(&writer::sample_name(&samples[0]), bytes.as_bytes(), lie);
        archive.finish()
    };
    check(b"", "it ends too early");
    check(b"{}", "it has no member `eval`");
    check(b"{\"eval\":3}", "`eval` is missing, or is no object");
    check(b"[]", "it has no member `eval`");
    check(&whole[..whole.len() / 2], "no ZIP archive, or was cut off");
    check(&Archive::new(Packing::Stored).finish(), "neither header.json nor _journal/start.json");
    check(&lie(Lie { crc: Some(1), ..Lie::default() }), "its checksum is wrong");
    check(&lie(Lie { unpacked: Some(9), ..Lie::default() }), "unpacks to more than it says");
    check(&lie(Lie { unpacked: Some(9_999), ..Lie::default() }), "unpacks to less than it says");
    check(&lie(Lie { method: Some(14), ..Lie::default() }), "compression method 14 is not known");
    check(&lie(Lie { offset: Some(1), ..Lie::default() }), "does not begin where");
    check(&lie(Lie { flags: 1, ..Lie::default() }), "is encrypted");
    check(&lie(Lie { unpacked: Some(4_000_000_000), ..Lie::default() }), "would unpack to");
}

#[test]
fn a_bomb_is_refused() {
    // How much of it is read, unpacked and held until then is in `tests/memory.rs`.
    // A block of Zstandard may stand for 128 KiB of one letter: 10 GB of them are few bytes.
    let mut frame = vec![0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58];
    for _ in 0..80_000 {
        frame.extend_from_slice(&[0x02, 0x00, 0x10, b' ']);
    }
    frame.extend_from_slice(&[0x01, 0x00, 0x00]);
    let lying = Lie { unpacked: Some(1_000), crc: Some(0), method: Some(93), ..Lie::default() };
    let honest = Lie { unpacked: Some(10 << 30), ..lying };
    for (lie, part) in [(lying, "unpacks to more than it says"), (honest, "would unpack to")] {
        let mut archive = Archive::new(Packing::Stored);
        archive.json("_journal/start.json", &start(&header(&[json!("a")], 1)));
        archive.lie("samples/a_epoch_1.json", &frame, lie);
        let told = told(&archive.finish()).unwrap_err();
        assert!(told.contains(part), "{told}");
    }
    let nested = format!("{}{}", "[".repeat(1_000_000), "]".repeat(1_000_000));
    let mut archive = Archive::new(Packing::Stored);
    archive.json("_journal/start.json", &start(&header(&[json!("a")], 1)));
    archive.add("samples/a_epoch_1.json", format!("{{\"id\":{nested}}}").as_bytes());
    assert!(told(&archive.finish()).unwrap_err().contains("nested deeper than 512 levels"));
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

/// Changes bytes of a log here and there.
fn mutated(mut bytes: Vec<u8>, edits: &[(usize, u8)], cut: usize) -> Vec<u8> {
    for (place, byte) in edits {
        let place = place % bytes.len();
        bytes[place] = *byte;
    }
    bytes.truncate(bytes.len() - cut % bytes.len());
    bytes
}

proptest! {
    #[test]
    fn mutated_logs_never_panic(
        edits in proptest::collection::vec((any::<usize>(), any::<u8>()), 0..8),
        cut in prop_oneof![Just(0_usize), any::<usize>()],
        form in 0..4,
    ) {
        let (header, samples) = four();
        let bytes = match form {
            0 => document(&header, &samples),
            1 => eval(Packing::Stored, &header, &samples),
            2 => eval(Packing::Deflated, &header, &samples),
            _ => eval(Packing::Zstandard, &header, &samples),
        };
        let bytes = mutated(bytes, &edits, cut);
        let _ = told(&bytes);
        let _ = inspect::read_header(Cursor::new(&bytes));
    }
}
