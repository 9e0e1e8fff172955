//! `seawall evaluation run` over a stand-in for Inspect: how it is started, watched, stopped and
//! cleared away, and what its secrets are kept from.

use crate::corridor::PROGRAM;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::grant::Purpose;
use seawall_domain::engagement::quota::{Amount, Entry, Ticket};
use seawall_domain::engagement::scope::Endpoint;
use seawall_domain::id::{PartyId, PersonId};
use seawall_gateway::record::{By, Ended, Event, Keyed, Line};
use seawall_ledger::sign::SigningKey;
use seawall_services::evaluation::attestation::attest;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};
use uuid::Uuid;

const INSPECT: &str = include_str!("running/inspect.py");
const TOKEN: &str = "7e57ab1e7e57ab1e7e57ab1e7e57ab1e7e57ab1e7e57ab1e7e57ab1e7e57ab1e";
/// However busy the machine is, by then it has happened.
const PATIENCE: Duration = Duration::from_secs(120);

/// A folder of this test's own, with the stand-in and a task.
struct Place(PathBuf);

impl Place {
    fn new(name: &str) -> Place {
        let name = format!("running-{name}-{}", std::process::id());
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).unwrap();
        let place = Place(folder);
        place.put("inspect", INSPECT);
        let program = place.path("inspect");
        std::fs::set_permissions(program, std::fs::Permissions::from_mode(0o755)).unwrap();
        place.put("task.py", "");
        place.put("token", TOKEN);
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    fn put(&self, name: &str, text: &str) {
        std::fs::create_dir_all(self.path(name).parent().unwrap()).unwrap();
        std::fs::write(self.path(name), text).unwrap();
    }

    fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.path(name)).unwrap_or_default()
    }

    /// The command for a run, in which the stand-in behaves as it is told.
    fn command(&self, mode: &str, more: &[&str]) -> Command {
        let mut command = Command::new(PROGRAM);
        command
            .args(["evaluation", "run", "--json", "--model", "mockllm/model", "--inspect"])
            .arg(self.path("inspect"))
            .arg("--out")
            .arg(self.path("out"))
            .args(["--task-arg", &format!("mode={mode}")])
            .args(["--task-arg", &format!("folder={}", self.0.display())])
            .args(more)
            .arg(self.path("task.py"))
            .env("OPENAI_API_KEY", "a-real-key-of-the-operator")
            .env("INSPECT_EVAL_MODEL", "openai/another")
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    fn run(&self, mode: &str, more: &[&str]) -> Output {
        self.command(mode, more).output().unwrap()
    }

    /// A process that the stand-in started, once it says so.
    fn started(&self, name: &str) -> i32 {
        let start = Instant::now();
        while start.elapsed() < PATIENCE {
            if let Ok(pid) = self.read(name).trim().parse() {
                return pid;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        panic!("{name} was not started");
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// What was said, an event a line.
fn events(output: &Output) -> Vec<Value> {
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[track_caller]
fn event<'a>(events: &'a [Value], name: &str) -> &'a Value {
    let found = events.iter().rev().find(|event| event["event"] == name);
    found.unwrap_or_else(|| panic!("no `{name}` in {events:?}"))
}

fn is_alive(pid: i32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    let state = stat.rsplit_once(") ").map(|(_, rest)| rest.starts_with('Z'));
    state == Some(false)
}

#[track_caller]
fn dies(pid: i32) {
    let start = Instant::now();
    while is_alive(pid) {
        assert!(start.elapsed() < PATIENCE, "{pid} lives on");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn stop(child: &Child) {
    let pid = nix::unistd::Pid::from_raw(i32::try_from(child.id()).unwrap());
    nix::sys::signal::kill(pid, nix::sys::signal::Signal::SIGINT).unwrap();
}

#[test]
fn a_run_is_started_watched_and_read() {
    let place = Place::new("log");
    let token = place.path("token").display().to_string();
    let (signer, attested) = (SigningKey::from_seed([3; 32]), place.path("attested.dsse"));
    let snapshot = Digest::new([7; 32]);
    let envelope = attest("mockllm/model", snapshot, serde_json::Map::new(), &signer).unwrap();
    std::fs::write(&attested, &envelope).unwrap();
    let attested = attested.display().to_string();
    let more = ["--token-file", &token, "--attestation", &attested, "--evaluator", "e-2"];
    let more = [&more[..], &["--evaluator", "e-1", "--epochs", "2", "--token-limit", "5000"]];
    let more = [&more.concat()[..], &["--safeguards", "reduced", "--time-limit"]].concat();
    let output = place.run("log", &[&more[..], &["60", "--message-limit", "9"]].concat());
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    let events = events(&output);
    assert_eq!(output.status.code(), Some(0), "{events:?} {said}");
    let report = &event(&events, "report")["report"];
    assert_eq!((&report["complete"], &report["findings"]), (&json!(true), &json!([])));
    assert_eq!(report["attempts"].as_array().unwrap().len(), 4);
    assert_eq!(event(&events, "progress")["planned"], 4);
    assert_eq!(event(&events, "ended")["left_over"], 0);

    let told: Value = serde_json::from_str(&place.read("told.json")).unwrap();
    let config = &told["config"];
    assert_eq!(config["metadata"]["seawall_run_token"], TOKEN);
    let noted = &config["metadata"];
    assert_eq!(noted["attestation"], Digest::new(Sha256::digest(&envelope).into()).to_string());
    assert_eq!(noted["attested_by"], signer.public().digest_hex());
    assert_eq!(
        (&noted["snapshot"], &noted["evaluators"]),
        (&json!(snapshot), &json!(["e-1", "e-2"]))
    );
    assert_eq!(noted["safeguards"], "reduced");
    assert!(!said.contains("this run notes no"), "{said}");
    assert_eq!(config["model"], json!({"model": "mockllm/model"}));
    let limits = json!({
        "epochs": 2, "token_limit": 5000, "message_limit": 9, "time_limit": 60,
        "fail_on_error": false, "log_buffer": 1,
    });
    assert_eq!(config["eval_config"], limits);
    assert_eq!(told["modes"], json!(["0o600", "0o700"]));
    // Nobody else sees the token, and nobody at all afterwards.
    let outside = format!("{}{}", told["arguments"], told["environment"]);
    assert!(!outside.contains(TOKEN), "{outside}");
    assert!(!told["arguments"].to_string().contains("mode=log"), "{outside}");
    assert!(!Path::new(told["arguments"][3].as_str().unwrap()).exists());
    let kept = ["out/run.json", "out/inspect.txt"].map(|name| place.read(name)).concat();
    assert!(!format!("{kept}{said}{events:?}").contains(TOKEN));
    let digest = Digest::new(Sha256::digest(TOKEN).into()).to_string();
    assert!(kept.contains(&digest), "{kept}");

    // Its environment is listed: no key, no settings of the operator's, and no way but one.
    let environment = told["environment"].as_object().unwrap();
    let holds = |text: &str| outside.contains(text);
    assert!(!holds("a-real-key") && !holds("INSPECT_EVAL_MODEL"), "{outside}");
    assert_eq!(environment["HTTPS_PROXY"], "http://127.0.0.1:9");
    assert_ne!(environment["XDG_DATA_HOME"], Value::Null);
    assert_eq!(told["dotenv"], "");
}

#[test]
fn what_passes_a_gateway_leads_to_it_alone() {
    let place = Place::new("gateway");
    let url = "http://127.0.0.1:8091/v1";
    let output = place.run("log", &["--base-url", url]);
    assert_eq!(output.status.code(), Some(0));
    let told: Value = serde_json::from_str(&place.read("told.json")).unwrap();
    assert_eq!(told["config"]["model"]["base_url"], url);
    assert_eq!(told["environment"]["MOCKLLM_API_KEY"], "held-by-the-gateway");
    assert_eq!(told["environment"]["MOCKLLM_BASE_URL"], url);
}

/// A protocol with budgets of every kind.
const PROTOCOL: &str = r#"{
  "schema": "seawall/protocol/v1", "model_line": "example line",
  "batteries": [{"name": "open", "version": "1", "digest": "DIGEST", "domain": "discovery"}],
  "tasks": [{"battery": "open", "id": "str:a", "weight": "1"}],
  "attempts": "3",
  "budgets": {"tokens": "1000", "token_kind": "output", "turns": "7", "wall_seconds": "60",
              "working_seconds": "50", "cost_micros": "2500000", "submissions": null},
  "conditions": {}, "statistic": {"score": "weighted_mean", "estimand": "population"},
  "families_min": "8",
  "rule": {"tau_0": "0.3", "tau_1": "0.6", "alpha_covered": "0.05", "alpha_not_covered": "0.05"},
  "missing": {"reruns_max": "2", "counted": "both_bounds"}, "refusals": {"share_max": "0.02"},
  "exclusion": [], "extension": null, "decision": "whole", "elicitation_min": "E2",
  "analyser": "DIGEST",
  "validity": {"from": "2026-09-01T00:00:00Z", "until": "2026-12-01T00:00:00Z"},
  "signers": ["DIGEST", "OTHER"]
}"#;

#[test]
fn attempts_and_budgets_are_the_protocols() {
    let place = Place::new("protocol");
    let text = PROTOCOL.replace("DIGEST", &"ab".repeat(32)).replace("OTHER", &"cd".repeat(32));
    place.put("protocol.json", &text);
    let protocol = place.path("protocol.json").display().to_string();
    let beside = place.run("log", &["--protocol", &protocol, "--epochs", "2"]);
    assert_eq!(beside.status.code(), Some(2));
    let _ = std::fs::remove_dir_all(place.path("out"));
    let unpriced = place.run("log", &["--protocol", &protocol]);
    assert!(String::from_utf8_lossy(&unpriced.stderr).contains("--prices"));
    let _ = std::fs::remove_dir_all(place.path("out"));
    let output = place.run("log", &["--protocol", &protocol, "--prices", "/prices.json"]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{said}");
    let told: Value = serde_json::from_str(&place.read("told.json")).unwrap();
    let limits = json!({
        "epochs": 3, "token_limit": 1000, "token_limit_type": "output", "turn_limit": 7,
        "time_limit": 60, "working_limit": 50, "cost_limit": 2.5, "retry_on_error": 2,
        "fail_on_error": false, "log_buffer": 1,
    });
    assert_eq!(told["config"]["eval_config"], limits);
    assert!(told["arguments"].to_string().ends_with(r#""--model-cost-config","/prices.json"]"#));
    // Nothing else of it goes anywhere.
    let files = ["told.json", "out/run.json", "out/inspect.txt"].map(|name| place.read(name));
    let all = format!("{}{said}{}", files.concat(), String::from_utf8_lossy(&output.stdout));
    assert!(!all.contains("0.6") && !all.contains("example line"), "{all}");
}

#[test]
fn what_the_networks_guard_saw_is_counted_or_noted() {
    let place = Place::new("egress");
    let guard = "{\"verdict\":\"allowed\"}\n{\"verdict\":\"denied\",\"to\":\"192.0.2.1:443\"}\n";
    place.put("guard.jsonl", guard);
    let sha256 = Digest::new(Sha256::digest(guard).into()).to_string();
    let path = |name: &str| place.path(name).display().to_string();
    let noted = || -> Value {
        let told: Value = serde_json::from_str(&place.read("told.json")).unwrap();
        told["config"]["metadata"].clone()
    };
    let output = place.run("log", &["--egress", &path("guard.jsonl")]);
    assert_eq!(output.status.code(), Some(0));
    let events = events(&output);
    let counted = json!({"sha256": sha256, "allowed": 1, "denied": 1});
    assert_eq!(event(&events, "guarded")["denied"], 1);
    let record = |name: &str| -> Value { serde_json::from_str(&place.read(name)).unwrap() };
    assert_eq!(record("out/run.json")["egress"], counted);
    assert_eq!(noted()["egress_log"], Value::Null, "it was not over when the run began");

    let _ = std::fs::remove_dir_all(place.path("out"));
    place.put("notes.json", &json!({"egress_log": sha256, "egress_denied": 3}).to_string());
    let output = place.run("log", &["--egress", &path("notes.json")]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!((&noted()["egress_log"], &noted()["egress_denied"]), (&json!(sha256), &json!(3)));
    assert_eq!(record("out/run.json")["egress"], Value::Null, "that is somebody's word");

    let _ = std::fs::remove_dir_all(place.path("out"));
    let notes = json!({"metadata": {"egress_denied": 3}}).to_string();
    place.put("config.json", &notes);
    let both = ["--egress", &path("guard.jsonl"), "--config", &path("config.json")];
    assert_eq!(place.run("log", &both).status.code(), Some(2));
    for text in ["{\"verdict\":\"dropped\"}", "[]", "{\"egress_log\":\"x\",\"egress_denied\":1}"] {
        let _ = std::fs::remove_dir_all(place.path("out"));
        let _ = std::fs::remove_file(place.path("told.json"));
        place.put("wrong.json", text);
        let refused = place.run("log", &["--egress", &path("wrong.json")]);
        assert_eq!(refused.status.code(), Some(2), "{text}");
        assert!(!place.path("told.json").exists(), "nothing ran: {text}");
    }
}

#[test]
fn what_cannot_be_is_refused_before_anything_runs() {
    let place = Place::new("refused");
    let check = |more: &[&str], says: &str| {
        let mut command = Command::new(PROGRAM);
        command.args(["evaluation", "run", "--inspect"]).arg(place.path("inspect"));
        command.arg("--out").arg(place.path("out")).arg(place.path("task.py")).args(more);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{more:?}: {said}");
        assert!(said.contains(says), "{more:?}: {said}");
        assert!(!place.path("told.json").exists(), "{more:?}");
    };
    let mock = ["--model", "mockllm/model"];
    let with = |more: &[&'static str]| [&mock[..], more].concat();
    check(&["--model", "openai/early"], "leads through a gateway");
    for url in ["http://gateway.example/v1", "https://me:secret@gateway.example", "ftp://x"] {
        check(&["--model", "openai/early", "--base-url", url], "the gateway's address");
    }
    check(&with(&["--pass", "MY_API_KEY"]), "looks like a secret");
    check(&with(&["--safeguards", "none"]), "`production`, `reduced` and `helpful_only`");
    check(&with(&["--snapshot", "v2"]), "64 hexadecimal digits");
    let task = place.path("task.py").display().to_string();
    check(&["--model", "mockllm/model", "--token-file", &task], "holds no token");
    check(&["--model", "mockllm/model", "--flags-key", &task], "holds no key");
    place.put("out/old", "");
    check(&mock, "something is in it");
}

#[test]
fn a_run_that_fails_says_why() {
    let place = Place::new("fail");
    let output = place.run("fail", &[]);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    assert!(said.contains("ended with status 1") && said.contains("no such task"), "{said}");
    assert_eq!(event(&events(&output), "ended")["status"], 1);
}

#[test]
fn a_run_that_is_told_to_end_writes_its_log() {
    let place = Place::new("patient");
    let child = place.command("patient", &["--epochs", "2"]).spawn().unwrap();
    let inside = place.started("patient.pid");
    stop(&child);
    let output = child.wait_with_output().unwrap();
    let events = events(&output);
    assert_eq!(output.status.code(), Some(1), "{events:?}");
    assert_eq!(event(&events, "stopping")["why"], "asked");
    let report = &event(&events, "report")["report"];
    assert_eq!((&report["status"], &report["complete"]), (&json!("cancelled"), &json!(false)));
    assert!(!is_alive(inside));
}

#[test]
fn a_deadline_ends_whatever_does_not_listen() {
    let place = Place::new("stubborn");
    let output = place.run("stubborn", &["--deadline", "3", "--grace", "1"]);
    let events = events(&output);
    assert_eq!(output.status.code(), Some(2), "{events:?}");
    assert_eq!(event(&events, "stopping")["why"], "deadline");
    assert_eq!(event(&events, "ended")["status"], Value::Null);
    for name in ["stubborn.pid", "child.pid", "stranger.pid"] {
        assert!(!is_alive(place.started(name)), "{name}");
    }
}

#[test]
fn what_a_run_leaves_behind_is_ended() {
    let place = Place::new("leaves");
    let output = place.run("leaves", &["--epochs", "2"]);
    let events = events(&output);
    assert_eq!(output.status.code(), Some(0), "{events:?}");
    assert_eq!(event(&events, "ended")["left_over"], 1);
    assert!(!is_alive(place.started("stranger.pid")));
}

#[test]
fn nothing_outlives_whoever_started_it() {
    let place = Place::new("killed");
    let mut child = place.command("stubborn", &[]).spawn().unwrap();
    let names = ["stubborn.pid", "child.pid", "stranger.pid"];
    let inside = names.map(|name| place.started(name));
    assert!(inside.iter().all(|pid| is_alive(*pid)));
    let told: Value = serde_json::from_str(&place.read("told.json")).unwrap();
    let secrets = Path::new(told["arguments"][3].as_str().unwrap());
    let private = secrets.parent().unwrap();
    assert!(private.is_dir());
    child.kill().unwrap();
    child.wait().unwrap();
    inside.into_iter().for_each(dies);
    let start = Instant::now();
    while private.exists() {
        assert!(start.elapsed() < PATIENCE, "{} is still there", private.display());
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// A task whose attempts say who they are, and then sleep.
const SLOW: &str = r#"
from inspect_ai import Task, task
from inspect_ai.dataset import Sample
from inspect_ai.scorer import includes
from inspect_ai.solver import solver
from inspect_ai.util import sandbox

@solver
def slow(folder):
    async def solve(state, generate):
        said = f"echo $$ > {folder}/{state.sample_id}.pid; exec sleep 600"
        await sandbox().exec(["sh", "-c", said])
        return state
    return solve

@task
def sleepy(folder):
    samples = [Sample(id=name, input="x", target="x") for name in ("one", "two")]
    return Task(dataset=samples, solver=slow(folder), scorer=includes(), sandbox="local")
"#;

#[test]
fn inspect_itself_is_stopped_with_everything_it_started() {
    let Some(inspect) = std::env::var_os("SEAWALL_INSPECT") else {
        println!(
            "skipped: inspect_itself_is_stopped_with_everything_it_started: no SEAWALL_INSPECT"
        );
        return;
    };
    let place = Place::new("real");
    place.put("slow.py", SLOW);
    let child = Command::new(PROGRAM)
        .args(["evaluation", "run", "--json", "--model", "mockllm/model", "--inspect"])
        .arg(inspect)
        .arg(place.path("slow.py"))
        .arg("--out")
        .arg(place.path("out"))
        .args(["--task-arg", &format!("folder={}", place.0.display())])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let inside = ["one.pid", "two.pid"].map(|name| place.started(name));
    stop(&child);
    let output = child.wait_with_output().unwrap();
    let events = events(&output);
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{events:?} {said}");
    assert_eq!(event(&events, "stopping")["why"], "asked");
    assert_eq!(event(&events, "report")["report"]["status"], "cancelled");
    inside.into_iter().for_each(|pid| assert!(!is_alive(pid), "{pid}"));
}

/// A gateway's journal of two requests, with this many tokens in the first. The stand-in binds its
/// lines, and says when they were.
fn journal(tokens: u64) -> String {
    let at = jiff::Timestamp::UNIX_EPOCH;
    let key = Digest::new([0; 32]);
    let by = By {
        person: PersonId::new(Uuid::from_u128(1)),
        party: PartyId::new(Uuid::from_u128(2)),
        key,
        purpose: Some(Purpose::Evaluate),
        claim: None,
    };
    let body = Keyed { bytes: 1, hmac: key };
    let amount = |tokens_in| Amount { requests: 1, tokens_in, ..Amount::default() };
    let mut events = Vec::new();
    for (number, tokens) in [(1, tokens), (2, 0)] {
        let (request, ticket) = (Uuid::from_u128(number), Ticket(u64::try_from(number).unwrap()));
        events.push(Event::Intent {
            request,
            by,
            endpoint: Endpoint::Chat,
            model: "early".into(),
            lease: 1,
            body,
            policy: None,
            escrow: None,
            entry: Entry::Reserved { ticket, holders: Vec::new(), amount: amount(9999) },
        });
        events.push(Event::Outcome {
            request,
            ended: Ended::Whole,
            status: Some(200),
            body,
            escrow: None,
            overrun: None,
            entry: Entry::Settled { ticket, actual: amount(tokens) },
        });
    }
    let line = |(number, event)| {
        let line = Line { number, before: Digest::new([0; 32]), at, event };
        format!("{}\n", serde_json::to_string(&line).unwrap())
    };
    (0..).zip(events).map(line).collect()
}

#[test]
fn the_gateways_count_is_held_against_the_logs() {
    // The stand-in's log tells of 120 tokens at each of its four attempts.
    for (tokens, status, agrees) in [(480, 0, true), (4800, 1, false), (12, 1, false)] {
        let place = Place::new(&format!("journal-{tokens}"));
        let folder = place.path("gateway").display().to_string();
        place.put("gateway/lines", &journal(tokens));
        let url = ["--base-url", "http://127.0.0.1:8091/v1"];
        let more = [&["--epochs", "2", "--journal", &folder][..], &url].concat();
        let output = place.run("log", &more);
        let events = events(&output);
        assert_eq!(output.status.code(), Some(status), "{tokens}: {events:?}");
        let told = event(&events, "reconciled");
        assert_eq!((&told["agrees"], &told["log_tokens"]), (&json!(agrees), &json!(480)));
        assert_eq!(told["gateway"]["requests"], 2);
        let codes: Vec<&Value> =
            told["findings"].as_array().unwrap().iter().map(|one| &one["code"]).collect();
        assert_eq!(codes.contains(&&json!("usage_mismatch")), !agrees);
        // It is kept with the run, for whoever determines from its logs.
        let kept: Value = serde_json::from_str(&place.read("out/run.json")).unwrap();
        assert_eq!(kept["reconciled"]["agrees"], agrees);
        assert_eq!(kept["reconciled"]["gateway"], told["gateway"]);
        assert_eq!(kept["logs"][0]["sha256"].as_str().map(str::len), Some(64));
    }
}
