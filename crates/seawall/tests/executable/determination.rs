//! A determination from the sealed protocol to the letter, by files and offline, as people do it.
//!
//! Whatever is secret can be told wherever it turns up, and is looked for in every file and in all
//! that was said.

use crate::folder::{BOOK, Folder};
use seawall_domain::time::{SignedDuration, Timestamp};
use seawall_testkit::evaluation::{End, FLAG, SEALED, TASK, log, protocol};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

const SEALED_PROTOCOL: &str = "--protocol @opening.json --commitment @sealed/commitment.json \
                               --tokens @sealed/tokens.json";
const ALL: &str = "--logs @run.json --opening @opening.json --commitment @sealed/commitment.json \
                   --tokens @sealed/tokens.json --review @review.json";

/// Fills in a sheet by the number of each task.
fn fill(text: &str, opinion: impl Fn(usize) -> &'static str) -> String {
    let line = |line: &str| {
        let Some((_, rest)) = line.split_once(TASK) else { return line.to_owned() };
        let number: usize = rest[1..3].parse().unwrap();
        format!("{}{},", line.trim_end_matches(','), format_args!(",{}", opinion(number)))
    };
    text.lines().map(line).collect::<Vec<_>>().join("\r\n")
}

#[test]
fn a_determination_from_seal_to_letter() {
    let folder = Folder::new();
    folder.seal();
    folder.run(&format!("token issue {BOOK} --out @first.token"), 0);
    folder.run(&format!("token issue {BOOK} --out @second.token"), 1);
    folder.log("run.json", "first.token", |task, _| match task {
        0..4 => End::Failed,
        _ => End::Passed,
    });

    // Two people look, see one task apart, and a third settles it.
    folder.run("review draw @run.json --commitment @sealed/commitment.json --out @sheets", 0);
    let sheets = ["sheet-1.csv", "sheet-2.csv"].map(|name| folder.text(&format!("sheets/{name}")));
    assert_ne!(sheets[0], sheets[1]);
    let first = fill(&sheets[0], |task| if (6..9).contains(&task) { "cheating" } else { "clean" });
    let second = fill(&sheets[1], |task| if (6..8).contains(&task) { "cheating" } else { "clean" });
    fs::write(folder.path("sheets/sheet-1.csv"), first).unwrap();
    fs::write(folder.path("sheets/sheet-2.csv"), second).unwrap();
    for number in 1..=3 {
        folder.key(&format!("coder-{number}.key"));
    }
    let join = "review join @sheets/sheet-1.csv @sheets/sheet-2.csv";
    let sign = |sheet: usize, coder: usize| {
        let key = format!("--key @coder-{coder}.key");
        folder.run(&format!("review sign @sheets/sheet-{sheet}.csv {key}"), 0);
    };
    let unsigned = folder.json(&format!("{join} --out @review.json"), 1);
    assert!(unsigned["error"].as_str().unwrap().contains("nobody signed it"), "{unsigned}");
    sign(1, 1);
    sign(2, 1);
    let one = folder.json(&format!("{join} --out @review.json"), 1);
    assert!(one["error"].as_str().unwrap().contains("one key signed two"), "{one}");
    sign(2, 2);
    let open = folder.json(&format!("{join} --out @review.json --disputes @sheets/sheet-3.csv"), 1);
    // 100 looked at: 15 and 10 of them called cheating, 10 by both. (0.95 - 0.78) / 0.22.
    assert_eq!((&open["attempts"], &open["to_settle"]), (&100.into(), &5.into()));
    assert!((open["kappa"].as_f64().unwrap() - 17.0 / 22.0).abs() < 1e-12, "{open}");
    let third = fill(&folder.text("sheets/sheet-3.csv"), |_| "cheating");
    fs::write(folder.path("sheets/sheet-3.csv"), third).unwrap();
    folder.run("review bundle @sheets/sheet-3.csv @run.json --out @sheets/sheet-3", 0);
    sign(3, 3);
    folder.run(&format!("{join} @sheets/sheet-3.csv --out @review.json"), 0);

    let determine = format!("determine @run.json {SEALED_PROTOCOL} --review @review.json");
    let found = folder.json(&format!("{determine} --out @record.json --plot @one.svg"), 0);
    let drawn = folder.text("one.svg");
    assert!(drawn.contains("human minutes") && drawn.contains("<path d=\"M"), "{drawn}");
    assert_eq!(fs::metadata(folder.path("one.svg")).unwrap().permissions().mode() & 0o77, 0);
    assert_eq!((&found["standing"], &found["outcome"]), (&"sealed".into(), &"inconclusive".into()));
    assert_eq!(found["concurrence"], Value::Null);
    let record: Value = serde_json::from_str(&folder.text("record.json")).unwrap();
    assert_eq!(record["body"]["review"]["coders"].as_array().map(Vec::len), Some(3));
    blind(&folder);
    let scored =
        folder.json(&format!("determine @run.json {SEALED_PROTOCOL} --out @scored.json"), 0);
    assert_ne!(scored["tally"], Value::Null);
    folder.run(&format!("{determine} --out @record.json"), 2);

    // The developer is told nothing before the official has spoken.
    folder.run("letter @record.json --engagement 00000000-0000-0000-0000-000000000007", 1);
    // The official sees it otherwise; the outcome stays.
    fs::write(folder.path("reasons.txt"), "The transcripts show more.").unwrap();
    let concur = "concur @record.json --official Official --differs @reasons.txt --key @one.key";
    let final_word = folder.json(&format!("{concur} --out @final.json"), 0);
    assert_eq!(
        (&final_word["outcome"], &final_word["concurrence"]["view"]),
        (&"inconclusive".into(), &"differs".into())
    );

    assert_eq!(folder.json("verify @final.json --plot @two.svg", 3)["verified"], false);
    assert_eq!(folder.text("two.svg"), drawn);
    assert_eq!(folder.json(&format!("verify @final.json {ALL}"), 0)["verified"], true);
    // A folder of a run has its logs in a folder of its own.
    fs::create_dir_all(folder.path("run-1/logs")).unwrap();
    fs::copy(folder.path("run.json"), folder.path("run-1/logs/one.json")).unwrap();
    folder.run(&format!("verify @final.json {}", ALL.replace("@run.json", "@run-1")), 0);
    fs::remove_dir_all(folder.path("run-1")).unwrap();
    let letter =
        folder.run("letter @final.json --engagement 00000000-0000-0000-0000-000000000007", 0);
    assert!(letter.contains("inconclusive") && letter.contains("Nothing is required"), "{letter}");
    altered(&folder);
    secrets(&folder);
}

/// Whoever looks for cheating has what was said in each attempt, and nothing of what it was worth.
fn blind(folder: &Folder) {
    let sheet = folder.text("sheets/sheet-1.csv");
    let transcripts = fs::read_dir(folder.path("sheets/sheet-1")).unwrap().count();
    assert_eq!(transcripts, sheet.lines().count() - 1);
    let first = folder.text("sheets/sheet-1/000001.txt");
    let line = sheet.lines().nth(1).unwrap();
    let task = first.split([' ', ',']).find(|word| word.starts_with(TASK)).unwrap();
    assert!(line.contains(task) && first.contains("Here is what I found."), "{first}");
    assert!(!first.contains("flag_match") && !first.contains("score"), "{first}");
}

/// One altered digit anywhere is found, and the file named.
fn altered(folder: &Folder) {
    let check = |name: &str, from: &str, to: &str, expected: &str| {
        let kept = folder.text(name);
        assert!(kept.contains(from), "{name}: {from}");
        fs::write(folder.path(name), kept.replacen(from, to, 1)).unwrap();
        let checks = folder.json(&format!("verify @final.json {ALL}"), 1);
        let fails = |check: &&Value| check["state"] == "fails";
        let all = checks["checks"].as_array().unwrap().clone();
        let fails: Vec<&Value> = all.iter().filter(fails).map(|check| &check["what"]).collect();
        assert!(fails.contains(&&expected.into()), "{name}: {fails:?}");
        fs::write(folder.path(name), kept).unwrap();
    };
    check("opening.json", SEALED[1], "0.61803399", "the protocol is the one that was named");
    check("run.json", "\"I\"", "\"C\"", "every log is there, unaltered");
    check("final.json", "\"inconclusive\"", "\"not_covered\"", "its digests");
    check("final.json", "Official", "official", "its digests");
    check(
        "review.json",
        "\"settled\":\"cheating\"",
        "\"settled\":\"clean\"",
        "the whole record follows from the files",
    );
    check(
        "sealed/commitment.json",
        "\"at_seconds\":\"1",
        "\"at_seconds\":\"2",
        "the commitment, its time and its signatures",
    );
    check(
        "sealed/tokens.json",
        "\"completed\"",
        "\"completes\"",
        "every token was made with the key, for its run",
    );
    folder.run(&format!("verify @final.json {ALL}"), 0);
}

/// What is secret is where it belongs, and the files with it are for their owner only.
fn secrets(folder: &Folder) {
    for number in SEALED {
        folder.only_in(number, &["protocol.json", "opening.json"]);
    }
    let names = folder.files();
    let names = names.iter().map(|file| file.strip_prefix(folder.path("")).unwrap());
    let names: Vec<String> = names.map(|name| name.display().to_string()).collect();
    let sheets = names.iter().map(String::as_str).filter(|name| name.starts_with("sheets/"));
    let with_tasks = ["protocol.json", "opening.json", "run.json", "review.json"];
    folder.only_in(TASK, &with_tasks.into_iter().chain(sheets).collect::<Vec<_>>());
    folder.only_in(FLAG, &["run.json"]);
    folder.only_in(folder.text("first.token").trim(), &["first.token", "run.json"]);
    let key: Value = serde_json::from_str(&folder.text("sealed/tokens.json")).unwrap();
    folder.only_in(key["key"].as_str().unwrap(), &["sealed/tokens.json"]);
    let opening: Value = serde_json::from_str(&folder.text("opening.json")).unwrap();
    for field in opening["fields"].as_array().unwrap() {
        folder.only_in(field["salt"].as_str().unwrap(), &["opening.json"]);
    }
    for number in 1..=3 {
        let name = format!("sealed/share-{number}.txt");
        folder.only_in(folder.text(&name).trim(), &[&name]);
    }
    for key in ["one.key", "two.key"] {
        folder.only_in(folder.text(key).trim(), &[key]);
    }
    let public = ["sealed/commitment.json", "protocol.json", "run.json", "reasons.txt"];
    for file in folder.files() {
        let name = file.strip_prefix(folder.path("")).unwrap().display().to_string();
        let mode = fs::metadata(&file).unwrap().permissions().mode() & 0o777;
        assert!(mode == 0o600 || public.contains(&name.as_str()), "{name}: {mode:o}");
    }
}

#[test]
fn runs_that_do_not_belong_to_a_protocol_are_refused() {
    let folder = Folder::new();
    folder.seal();
    fs::write(folder.path("none.token"), "no token at all").unwrap();
    folder.log("before.json", "none.token", |_, _| End::Passed);
    folder.run(&format!("token issue {BOOK} --out @one.token"), 0);
    let refused = |logs: &str| {
        let found = folder.json(&format!("determine {logs} {SEALED_PROTOCOL} --out @no.json"), 1);
        let codes = found["refused"].as_array().unwrap().iter();
        let codes: Vec<String> = codes.map(|it| it["code"].as_str().unwrap().to_owned()).collect();
        (codes.join(" "), found["error"].as_str().unwrap().to_owned())
    };
    assert_eq!(refused("@before.json").0, "foreign_token");
    folder.log("broken.json", "one.token", |task, epoch| match (task, epoch) {
        (0, 1) => End::Broke,
        _ => End::Passed,
    });
    assert_eq!(refused("@broken.json").0, "incomplete");
    folder.log("one.json", "one.token", |_, _| End::Passed);
    folder.log("two.json", "one.token", |_, _| End::Passed);
    assert!(refused("@one.json @two.json").0.contains("reused_token"));
    let counted = format!("determine @broken.json {SEALED_PROTOCOL} --count-gaps --out @yes.json");
    assert_eq!(folder.json(&counted, 0)["outcome"], "covered");
    assert_eq!(refused("@one.json").0, "reused_token", "its token came with another log");
    // A second token that does not come back, and is then explained.
    let run = folder.json(&format!("token issue {BOOK} --out @two.token"), 0);
    assert!(!folder.path("no.json").exists());
    assert!(refused_by_account(&folder, &counted).contains("not explained"));
    let run = run["run"].as_str().unwrap();
    folder.run(&format!("token explain --tokens @sealed/tokens.json --run {run} --why luck"), 2);
    let explain =
        format!("token explain --tokens @sealed/tokens.json --run {run} --why token_lost");
    assert_eq!(folder.json(&explain, 0)["explained"], true);
    fs::remove_file(folder.path("yes.json")).unwrap();
    assert_eq!(folder.json(&counted, 0)["outcome"], "covered");
}

#[test]
fn the_one_extension_follows_an_inconclusive_look() {
    let folder = Folder::new();
    folder.seal();
    let determine = |logs: &str, out: &str, status: i32| {
        folder.json(&format!("determine {logs} {SEALED_PROTOCOL} --out @{out}"), status)
    };
    folder.run(&format!("token issue {BOOK} --out @one.token"), 0);
    folder.log("one.json", "one.token", |_, epoch| match epoch {
        1 => End::Failed,
        _ => End::Passed,
    });
    let first = determine("@one.json", "first.json", 0);
    assert_eq!(
        (&first["outcome"], &first["verdict"]["rule"]["next"]),
        (&"inconclusive".into(), &"extension".into())
    );
    folder.run(&format!("token issue {BOOK} --out @two.token"), 0);
    folder.log("two.json", "two.token", |_, _| End::Passed);
    let back = "token return --tokens @sealed/tokens.json";
    folder.run(&format!("{back} @one.json"), 1);
    assert_eq!(folder.json(&format!("{back} @two.json"), 0)["explained"], true);
    let second = determine("@two.json @one.json", "second.json", 0);
    assert_eq!(
        (&second["outcome"], &second["verdict"]["look"]),
        (&"covered".into(), &"second".into())
    );
    assert_eq!(second["verdict"]["first_look"]["outcome"], "inconclusive");
    let told = determine("@one.json", "third.json", 1);
    assert!(told["error"].as_str().unwrap().contains("left out"), "{told}");
    let verify = "verify @second.json --logs @one.json @two.json --opening @opening.json \
                  --commitment @sealed/commitment.json --tokens @sealed/tokens.json";
    assert_eq!(folder.json(verify, 0)["verified"], true);
}

fn refused_by_account(folder: &Folder, command: &str) -> String {
    fs::remove_file(folder.path("yes.json")).unwrap();
    let told = folder.json(command, 1)["error"].as_str().unwrap().to_owned();
    fs::write(folder.path("yes.json"), "").unwrap();
    told
}

#[test]
fn one_field_is_shown_without_the_others() {
    let folder = Folder::new();
    folder.seal();
    let disclose = "disclose @opening.json --commitment @sealed/commitment.json";
    folder.run(&format!("{disclose} --field /rule/tau_1 --out @shown.json"), 0);
    let text = folder.text("shown.json");
    assert!(text.contains(SEALED[1]) && !text.contains(SEALED[0]) && !text.contains(TASK));
    let show = "show @shown.json --commitment @sealed/commitment.json --json";
    let output = folder.output(&format!("evaluation {show}"));
    let shown: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&shown["field"], &shown["value"]), (&"/rule/tau_1".into(), &SEALED[1].into()));
    fs::write(folder.path("shown.json"), text.replace(SEALED[1], "0.5")).unwrap();
    assert_eq!(folder.output(&format!("evaluation {show}")).status.code(), Some(1));
    folder.run(&format!("{disclose} --field /nowhere --out @none.json"), 2);
    // What was shown is written down beside the opening, and what was not is not.
    let noted = folder.text("disclosures.jsonl");
    let noted: Vec<Value> = noted.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!((noted.len(), &noted[0]["field"]), (1, &"/rule/tau_1".into()));
}

#[test]
fn real_logs_are_determined_in_a_rehearsal() {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let data = std::env::var("SEAWALL_DATA").unwrap_or_else(|_| default.to_owned());
    let logs = Path::new(&data).join("inspect-logs");
    if !logs.is_dir() {
        println!("skipped: real_logs_are_determined_in_a_rehearsal: no SEAWALL_DATA");
        return;
    }
    let folder = Folder::new();
    let rehearse = |name: &str, attempts: &str, options: &str, status: i32| {
        let log = logs.join(name).display().to_string();
        let read = folder.output(&format!("evaluation ingest --json {log}"));
        let read: Value = serde_json::from_slice(&read.stdout).unwrap();
        let from = Timestamp::now() - SignedDuration::from_hours(24);
        let until = Timestamp::now() + SignedDuration::from_hours(24);
        let mut terms = protocol([&"aa".repeat(32), &"bb".repeat(32)], from, until);
        let mut tasks: Vec<String> = read["attempts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|one| {
                format!(
                    "{}:{}",
                    one["id_type"].as_str().unwrap(),
                    one["id"].as_str().map_or(one["id"].to_string(), str::to_owned)
                )
            })
            .collect();
        tasks.sort();
        tasks.dedup();
        let task =
            |id: String| serde_json::json!({"battery": "canary-battery", "id": id, "weight": "1"});
        terms["tasks"] = tasks.into_iter().map(task).collect();
        terms["attempts"] = attempts.into();
        terms["conditions"] = serde_json::json!({"model": "mockllm/model"});
        terms["budgets"]["tokens"] = Value::Null;
        terms["budgets"]["token_kind"] = Value::Null;
        terms["families_min"] = "5".into();
        fs::write(folder.path("practice.json"), terms.to_string()).unwrap();
        let out = format!("{name}.record");
        let command = format!("determine {log} --protocol @practice.json {options}--out @{out}");
        let found = folder.json(&command, status);
        if status == 0 {
            let verify = format!("verify @{out} --opening @practice.json --logs {log}");
            assert_eq!(folder.json(&verify, 0)["verified"], true);
            folder.run(&format!("letter @{out} --engagement {}", uuid::Uuid::nil()), 1);
        }
        found
    };
    let plain = rehearse("dev-plain.eval", "4", "", 0);
    assert_eq!((&plain["standing"], &plain["tally"]["planned"]), (&"rehearsal".into(), &60.into()));
    assert_eq!(rehearse("dev-errors.eval", "2", "", 1)["refused"][0]["code"], "incomplete");
    let errors = rehearse("dev-errors.eval", "2", "--count-gaps ", 0);
    assert_eq!(errors["tally"]["errors"], 4);
    // Ids of both types, with signs that no file name has.
    let odd = rehearse("dev-nan.eval", "2", "", 0);
    assert_eq!(odd["outcome"], "inconclusive");
    rehearse("dev-agent.json", "1", "", 0);
}

#[test]
fn steps_decide_where_the_protocol_counts_them_and_the_log_tells_them() {
    let folder = Folder::new();
    let day = SignedDuration::from_hours(24);
    let now = Timestamp::now();
    let mut terms = protocol([&"aa".repeat(32), &"bb".repeat(32)], now - day, now + day);
    terms["statistic"]["score"] = "mean_steps".into();
    fs::write(folder.path("steps.json"), terms.to_string()).unwrap();
    folder.run("protocol check @steps.json", 0);
    // Nine steps of ten each time, and never to the end.
    let mut written = log(now, &[], |_, _| End::Failed);
    let value = serde_json::json!({"complete": 0, "steps_reached": 9, "steps_total": 10});
    for sample in written["samples"].as_array_mut().unwrap() {
        sample["scores"] = serde_json::json!({"range": {"value": value, "history": []}});
    }
    written["eval"]["scorers"][0]["name"] = "range".into();
    let result = serde_json::json!({"name": "complete", "scorer": "range", "metrics": {}});
    written["results"]["scores"] = serde_json::json!([result]);
    fs::write(folder.path("steps.log.json"), written.to_string()).unwrap();
    let out = folder.output("evaluation ingest --json @steps.log.json");
    let read: Value = serde_json::from_slice(&out.stdout).unwrap();
    assert_eq!(read["attempts"][0]["steps"], serde_json::json!({"reached": 9, "of": 10}));
    let determine = "determine @steps.log.json --protocol @steps.json --out @steps.record";
    assert_eq!(folder.json(determine, 0)["outcome"], "covered");
    let record: Value = serde_json::from_str(&folder.text("steps.record")).unwrap();
    let figures = &record["body"]["figures"];
    assert!(figures["clean"]["mean"].as_str().unwrap().starts_with("0.9"), "{figures}");
    let range = &figures["ranges"][0];
    assert_eq!((&range["mean_fraction"], &range["complete"]), (&"0.9".into(), &"0".into()));
    assert_eq!(range["complete_bounds"]["lower"], "0");
    let verify = "verify @steps.record --opening @steps.json --logs @steps.log.json";
    folder.run(verify, 0);
    let altered = folder.text("steps.record").replacen("\"reached\":9", "\"reached\":8", 1);
    fs::write(folder.path("altered.record"), altered).unwrap();
    folder.run(&verify.replacen("steps.record", "altered.record", 1), 1);
    // The same under a protocol that counts passes, and without the steps.
    terms["statistic"]["score"] = "weighted_mean".into();
    fs::write(folder.path("passes.json"), terms.to_string()).unwrap();
    let passes = "determine @steps.log.json --protocol @passes.json --out @passes.record";
    assert_ne!(folder.json(passes, 0)["outcome"], "covered");
    assert!(!folder.text("passes.record").contains("reached"));
    let unsaid = log(now, &[], |_, _| End::Failed);
    fs::write(folder.path("steps.log.json"), unsaid.to_string()).unwrap();
    let refused = folder.json(&determine.replace("steps.record", "none.record"), 1);
    assert_eq!(refused["refused"][0]["code"], "no_steps");
}

#[test]
fn tasks_are_left_out_by_the_protocols_reasons_and_two_of_its_keys() {
    let folder = Folder::new();
    let signers = [folder.key("one.key"), folder.key("two.key")];
    folder.key("three.key");
    let (day, now) = (SignedDuration::from_hours(24), Timestamp::now());
    let mut terms = protocol([&signers[0], &signers[1]], now - day, now + day);
    terms["exclusion"] = serde_json::json!(["foreign_flag"]);
    terms["families_min"] = "3".into();
    fs::write(folder.path("terms.json"), terms.to_string()).unwrap();
    // Tasks 16 to 19 were not solved.
    let end = |number: usize, _: u32| if number < 16 { End::Passed } else { End::Failed };
    fs::write(folder.path("run.json"), log(now, &[], end).to_string()).unwrap();
    let determine = |list: &str, out: &str| {
        format!("determine @run.json --protocol @terms.json {list}--out @{out}")
    };
    assert_eq!(folder.json(&determine("", "all.record"), 0)["outcome"], "inconclusive");
    let exclude = |number: usize, rule: &str| {
        format!(
            "exclude task @list.json --protocol @terms.json --battery canary-battery \
             --task str:{TASK}-{number:02} --rule {rule} --reason flag-of-run-7"
        )
    };
    folder.run(&exclude(16, "canary_seen"), 2);
    folder.run(&exclude(99, "foreign_flag"), 2);
    for number in 16..20 {
        folder.run(&exclude(number, "foreign_flag"), 0);
    }
    folder.run(&exclude(16, "foreign_flag"), 2);
    // Nobody's word, one's, and a stranger's are not two.
    let with = "--exclusions @list.json ";
    folder.run(&determine(with, "some.record"), 1);
    for key in ["one", "three"] {
        folder.run(&format!("exclude sign @list.json --key @{key}.key"), 0);
        folder.run(&determine(with, "some.record"), 1);
    }
    folder.run("exclude sign @list.json --key @two.key", 0);
    let found = folder.json(&determine(with, "some.record"), 0);
    assert_eq!(found["outcome"], "covered");
    assert_eq!(found["verdict"]["as_scored"]["outcome"], "inconclusive", "both are shown");
    let record = folder.text("some.record");
    assert!(!record.contains(TASK));
    let verify = "verify @some.record --opening @terms.json --logs @run.json";
    folder.run(verify, 0);
    folder.run("verify @some.record", 3);
    // What is left out, and why, cannot be changed afterwards.
    for (from, to) in [("flag-of-run-7", "flag-of-run-8"), ("\"task\":16", "\"task\":15")] {
        fs::write(folder.path("some.record"), record.replacen(from, to, 1)).unwrap();
        folder.run(verify, 1);
    }
    let list = folder.text("list.json").replacen("run-7", "run-8", 1);
    fs::write(folder.path("list.json"), list).unwrap();
    folder.run(&determine(with, "other.record"), 1);
}

#[test]
fn a_gateways_count_and_families_are_asked_for_where_the_rule_rests_on_them() {
    let folder = Folder::new();
    let signers = [folder.key("one.key"), folder.key("two.key")];
    let (day, now) = (SignedDuration::from_hours(24), Timestamp::now());
    let terms = protocol([&signers[0], &signers[1]], now - day, now + day);
    fs::write(folder.path("terms.json"), terms.to_string()).unwrap();
    let text = log(now, &[], |_, _| End::Passed).to_string();
    fs::write(folder.path("log.json"), &text).unwrap();
    // Five tries at each of twenty tasks, 310 tokens in the mean.
    let run = |name: &str, sha256: &str, tokens: Option<u64>| {
        let count = tokens.map(|tokens| {
            serde_json::json!({"gateway": {
                "requests": 100, "whole": 100, "tokens": tokens, "tokens_unsettled": 0,
            }})
        });
        let run = serde_json::json!({"logs": [{"sha256": sha256}], "reconciled": count});
        fs::write(folder.path(name), run.to_string()).unwrap();
    };
    let sha256: String =
        Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    run("good.json", &sha256, Some(31_000));
    run("bad.json", &sha256, Some(62_000));
    run("none.json", &sha256, None);
    run("other.json", &"ab".repeat(32), Some(31_000));
    let determine = |run: &str, out: &str| {
        format!("determine @log.json --protocol @terms.json {run}--out @{out}")
    };
    let without = folder.json(&determine("", "without.record"), 0);
    assert_eq!(without["accounts"], serde_json::json!([null]));
    let found = folder.json(&determine("--run @good.json ", "with.record"), 0);
    assert_eq!((&found["outcome"], &without["outcome"]), (&"covered".into(), &"covered".into()));
    assert_eq!(found["accounts"][0]["log_tokens"], 31_000);
    let refused = folder.json(&determine("--run @bad.json ", "bad.record"), 1);
    assert_eq!(refused["refused"][0]["code"], "usage_mismatch");
    folder.run(&determine("--run @none.json ", "none.record"), 2);
    folder.run(&determine("--run @other.json ", "other.record"), 2);
    let verify = "verify @with.record --opening @terms.json --logs @log.json";
    folder.run(verify, 0);
    let altered = folder.text("with.record").replacen("31000", "31001", 2);
    fs::write(folder.path("with.record"), altered).unwrap();
    folder.run(verify, 1);
    // No sample and no protocol says of which family a task is.
    fs::write(folder.path("log.json"), text.replace("task_family", "kind")).unwrap();
    let refused = folder.json(&determine("", "nameless.record"), 1);
    assert_eq!(refused["refused"][0]["code"], "no_family");
}
