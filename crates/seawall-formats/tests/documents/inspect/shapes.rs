//! Both formats, every packing, and whatever shape of a log stands for its attempts.

use super::writer::{self, Archive, Packing, document, eval, header, sample, start, summary};
use super::{SOUND, check, four};
use seawall_domain::evaluation::report::Report;
use seawall_formats::inspect;
use serde_json::{Value, json};
use std::io::Cursor;

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

/// Readers differ in which of two members of one object they take: a log with such says so, and
/// serves no determination.
#[test]
fn a_name_that_stands_twice_in_an_object_is_told() {
    let (header, samples) = four();
    let odd = |outcome: &str| format!("complete: {outcome} | unsupported_shape duplicate_member");
    let twice = |member: &str, more: &str| {
        let mut archive = Archive::new(Packing::Stored);
        let put = |archive: &mut Archive, name: &str, value: &Value| {
            let text = value.to_string();
            let text = match name == member {
                true => format!("{},{more}}}", text.strip_suffix('}').unwrap()),
                false => text,
            };
            archive.add(name, text.as_bytes());
        };
        put(&mut archive, "_journal/start.json", &start(&header));
        samples.iter().for_each(|it| put(&mut archive, &writer::sample_name(it), it));
        put(&mut archive, "header.json", &header);
        archive.finish()
    };
    let sound = "pass pass fail pass | 0.75";
    check(&twice("header.json", "\"status\":\"success\""), &odd(sound));
    let name = writer::sample_name(&samples[0]);
    let lost = "\"scores\":{\"flag\":{\"value\":\"I\"}}";
    check(&twice(&name, lost), &odd("fail pass fail pass | 0.5"));
    // Of two lists of samples the last counts.
    let text = String::from_utf8(document(&header, &samples)).unwrap();
    let text = format!("{},\"samples\":[]}}", text.strip_suffix('}').unwrap());
    let log = inspect::read(Cursor::new(text.as_bytes())).unwrap();
    assert!(log.observations.is_empty());
    let codes: Vec<&str> = log.findings.iter().map(|one| one.code.word()).collect();
    assert_eq!(codes, ["duplicate_member", "unsupported_shape"]);
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

/// What was said in a sample in pieces, as the converter of Inspect 0.3.285 writes it.
#[test]
fn what_was_said_in_pieces_is_told_from_the_first_message_to_the_last() {
    let (header, samples) = four();
    let mut archive = Archive::new(Packing::Zstandard);
    let message = |role: &str, text: String| json!({"role": role, "content": text});
    for sample in &samples {
        let name = writer::sample_name(sample);
        let folder = name.trim_end_matches(".json");
        let mut body = sample.clone();
        for name in ["messages", "events", "metadata"] {
            body.as_object_mut().unwrap().remove(name);
        }
        body["message_refs"] = json!([[0, 1], [11, 12]]);
        archive.json(&format!("{folder}/sample.json"), &body);
        archive.json(&format!("{folder}/skeleton.json"), &json!({}));
        // Two lists of messages, of which the second sorts before the first by its name.
        let first: Vec<Value> =
            (0..9).map(|number| message("user", format!("said {number}"))).collect();
        archive.json(
            &format!("{folder}/messages/10.json"),
            &json!([
                {"role": "assistant", "content": [{"type": "text", "text": "attachment://1"}],
                 "tool_calls": [{"function": "bash", "arguments": {"cmd": "attachment://0"}}]},
                {"role": "tool", "function": "bash", "content": "attachment://7"},
            ]),
        );
        archive.json(&format!("{folder}/messages/0.json"), &json!(first));
        archive.json(&format!("{folder}/attachments/0.json"), &json!(["ls -l", "a long text"]));
        archive.json(&format!("{folder}/events/0.json"), &json!([{"event": "SECRET"}]));
    }
    archive.json("header.json", &header);
    let mut told = Vec::new();
    let bytes = archive.finish();
    inspect::transcripts(Cursor::new(bytes), &mut |said| told.push(said)).unwrap();
    assert_eq!(told.len(), 4);
    for said in told {
        assert_eq!(said.messages, 11);
        let begins = "--- user\nsaid 0\n--- user\nsaid 1\n";
        let ends = "--- user\nsaid 8\n--- assistant\na long text\n[calls bash]\ncmd: ls -l\n\
            --- tool bash\n[a text that the log does not show here]\n";
        assert!(said.text.starts_with(begins) && said.text.ends_with(ends), "{}", said.text);
        assert!(!said.text.contains("SECRET"));
    }
}
