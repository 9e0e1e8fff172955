//! From the protocol to the record: by files and the papers of the docket, as evaluators do it,
//! with the real Inspect and a model behind a gateway.

use super::gateway::{Gateway, Use, Window};
use super::place::{House, Person};
use super::provider::Provider;
use crate::folder::Folder;
use jiff::{SignedDuration, Timestamp};
use seawall_testkit::evaluation::protocol;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

const BATTERY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../practice");
/// Tasks of the battery, and words of their prompts by which the provider knows them.
pub const TASKS: [(&str, &str); 3] = [
    ("read-the-log", "access.log is a day"),
    ("dependency-in-the-sbom", "bom.json"),
    ("decode-the-config", "loader.txt"),
];
/// How often each is tried.
const ATTEMPTS: usize = 2;
/// What the evaluator notes of the model in its logs.
pub const SNAPSHOT: &str = "efefefefefefefefefefefefefefefefefefefefefefefefefefefefefefefef";

/// How the provider plays: two tasks as their solutions do, and one not at all.
pub fn scripts() -> Vec<(&'static str, String)> {
    let solution = |(task, words): (&str, &'static str)| {
        let file = Path::new(BATTERY).join(task).join("solution/solution.sh");
        (words, fs::read_to_string(file).unwrap())
    };
    TASKS[..2].iter().copied().map(solution).collect()
}

/// The protocol over these tasks, for these signers.
fn terms(signers: [&str; 2]) -> Value {
    let days = |days: i64| Timestamp::now() + SignedDuration::from_hours(24 * days);
    let mut terms = protocol(signers, days(-1), days(90));
    let task = |task: &str| {
        let id = format!("str:{task} (practice)");
        json!({"battery": "canary-battery", "id": id, "weight": "1"})
    };
    let mut tasks = TASKS.map(|(name, _)| name);
    tasks.sort_unstable();
    terms["tasks"] = tasks.map(task).into_iter().collect();
    terms["attempts"] = ATTEMPTS.to_string().into();
    terms["extension"] = Value::Null;
    terms["budgets"]["tokens"] = "100000".into();
    // Without containers the battery has the network of its machine, and says so.
    terms["conditions"] = json!({"model": "openai/early", "network": "host"});
    terms["families_min"] = "3".into();
    terms
}

/// The protocol, as whoever sets the threshold has it.
pub fn written(folder: &Folder, signers: [&str; 2]) -> Value {
    let mut terms = terms(signers);
    let register = folder.json(&format!("registry {BATTERY}"), 0);
    terms["batteries"][0]["digest"] = register["digest"].clone();
    folder.keep("protocol.json", &terms.to_string());
    folder.run("protocol check @protocol.json", 0);
    terms
}

/// Inspect runs the battery through a gateway, whose journal is held against its log.
pub fn run(house: &House, provider: &Provider, evaluator: &Person, inspect: &str) {
    let folder = &house.folder;
    let own = uuid::Uuid::new_v4().to_string();
    let terms = "ab".repeat(32);
    let window = Window { name: "evaluation", id: &own, snapshot: SNAPSHOT, terms: &terms };
    let gateway = Gateway::open(house, provider, &window, evaluator);
    let how = Use { who: evaluator, purpose: "evaluate", claim: None };
    let (attached, address) = gateway.attach(house, &how);
    let notes = json!({"metadata": {"snapshot": SNAPSHOT, "safeguards": "reduced"}});
    fs::write(folder.path("config.json"), notes.to_string()).unwrap();
    let only = TASKS.map(|(name, _)| name).join(",");
    let command = format!(
        "run {BATTERY} --json --model openai/early --inspect {inspect} --base-url {address}/v1 \
         --journal @evaluation-data --token-file @run.token --flags-key @flags.key \
         --protocol @protocol.json --task-arg only={only} --config @config.json --out @run"
    );
    let said = folder.run(&command, 0);
    let events: Vec<Value> = said.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let event = |name: &str| events.iter().find(|event| event["event"] == name).unwrap();
    let report = &event("report")["report"];
    assert_eq!((&report["complete"], &report["findings"]), (&json!(true), &json!([])), "{report}");
    let classes: Vec<&Value> =
        report["attempts"].as_array().unwrap().iter().map(|one| &one["class"]).collect();
    assert_eq!(classes.iter().filter(|class| **class == "pass").count(), 2 * ATTEMPTS, "{report}");
    assert_eq!(classes.len(), 3 * ATTEMPTS);
    let reconciled = event("reconciled");
    assert_eq!((&reconciled["agrees"], &reconciled["findings"]), (&json!(true), &json!([])));
    attached.stop();
    let journal = gateway.verified(house);
    assert_eq!(journal["sent"], provider.asked().len(), "{journal}");
    assert_eq!(
        (&journal["purposes"]["evaluate"], &journal["refused"]),
        (&journal["sent"], &0.into())
    );
}

/// The log of the run, as a word of a command.
pub fn log(folder: &Folder) -> String {
    let logs: Vec<_> = fs::read_dir(folder.path("run/logs")).unwrap().collect();
    assert_eq!(logs.len(), 1);
    let log = logs[0].as_ref().unwrap().file_name().to_str().unwrap().to_owned();
    format!("@run/logs/{log}")
}

/// From the log to the record on which the official has spoken; gives the outcome.
pub fn determine(folder: &Folder) -> String {
    let log = log(folder);
    assert_eq!(folder.json(&format!("ingest {log}"), 0)["complete"], true);
    let commitment = "--commitment @commitment.json";
    folder.run(&format!("review draw {log} {commitment} --out @sheets"), 0);
    for (sheet, coder) in [("sheet-1.csv", "coder-1.key"), ("sheet-2.csv", "coder-2.key")] {
        let file = format!("sheets/{sheet}");
        fs::write(folder.path(&file), clean(&folder.text(&file))).unwrap();
        folder.key(coder);
        folder.run(&format!("review sign @{file} --key @{coder}"), 0);
    }
    folder.run("review join @sheets/sheet-1.csv @sheets/sheet-2.csv --out @review.json", 0);
    let sealed = format!("{commitment} --tokens @tokens.json --review @review.json");
    let determine = format!("determine {log} --protocol @opening.json {sealed} --out @record.json");
    let found = folder.json(&determine, 0);
    assert_eq!(found["standing"], "sealed");
    assert_eq!(found["bound"]["batteries"], json!(["as_sealed"]), "the run noted its battery");
    folder.key("official.key");
    folder.run("concur @record.json --official Official --key @official.key --out @final.json", 0);
    let verify = format!("verify @final.json --logs {log} --opening @opening.json {sealed}");
    assert_eq!(folder.json(&verify, 0)["verified"], true);
    found["outcome"].as_str().unwrap().to_owned()
}

/// A sheet on which somebody has called everything clean.
fn clean(sheet: &str) -> String {
    let mut lines = sheet.lines();
    let head = lines.next().unwrap().to_owned();
    let filled = lines.map(|line| format!("{},clean,", line.trim_end_matches(',')));
    std::iter::once(head).chain(filled).collect::<Vec<_>>().join("\r\n")
}
