#![allow(clippy::unwrap_used)]

use super::*;
use seawall_domain::evaluation::docket::{Docket, Event};
use seawall_domain::evaluation::sealing::{Duty, Signer};
use seawall_domain::evaluation::token::{Account, Claim};
use seawall_domain::id::{AccountId, PersonId};
use seawall_domain::time::Timestamp;
use seawall_ledger::commitment::Record;
use seawall_ledger::dsse::Envelope;
use seawall_ledger::sign::SigningKey;
use uuid::Uuid;

const PROTOCOL: &str = r#"{
  "schema": "seawall/protocol/v1",
  "model_line": "example line",
  "batteries": [{"name": "open", "version": "1", "digest": "DIGEST", "domain": "discovery"}],
  "tasks": [{"battery": "open", "id": "str:secret-task", "weight": "1"}],
  "attempts": "5",
  "budgets": {"tokens": "1000", "token_kind": "all", "turns": null, "wall_seconds": null,
              "working_seconds": null, "cost_micros": null, "submissions": null},
  "conditions": {"network": "none"},
  "statistic": {"score": "weighted_mean", "estimand": "population"},
  "families_min": "8",
  "rule": {"tau_0": "0.3", "tau_1": "0.618", "alpha_covered": "0.05", "alpha_not_covered": "0.05"},
  "missing": {"reruns_max": "2", "counted": "both_bounds"},
  "refusals": {"share_max": "0.02"},
  "exclusion": [],
  "extension": null,
  "decision": "whole",
  "elicitation_min": "E2",
  "analyser": "DIGEST",
  "validity": {"from": "2026-09-01T00:00:00Z", "until": "2026-12-01T00:00:00Z"},
  "signers": ["FIRST", "SECOND"]
}"#;

fn key(of: u8) -> SigningKey {
    SigningKey::from_seed([of; 32])
}

fn protocol() -> Protocol {
    let text = PROTOCOL
        .replace("DIGEST", &"ab".repeat(32))
        .replace("FIRST", &key(1).public().digest_hex())
        .replace("SECOND", &key(2).public().digest_hex());
    seawall_formats::protocol::read(text.as_bytes()).unwrap()
}

fn salts() -> Vec<Salt> {
    (1..=FIELDS.len() as u8).map(|number| [number; 32]).collect()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn person(number: u8) -> PersonId {
    PersonId::new(Uuid::from_u128(number.into()))
}

fn signer(of: u8) -> Signer {
    Signer {
        person: person(of),
        account: AccountId::new(Uuid::from_u128(of.into())),
        key: key(of).public().digest_hex().parse().unwrap(),
    }
}

#[test]
fn the_threshold_is_shown_without_the_tasks_and_the_reverse() {
    let commitment = commit(&protocol(), &salts()).unwrap();
    let root = Digest::new(commitment.root().0);
    for (path, secret, other) in
        [("/rule/tau_1", "0.618", "secret-task"), ("/tasks", "secret-task", "0.618")]
    {
        let bytes = commitment.disclose(path).unwrap().to_bytes().unwrap();
        let text = String::from_utf8(bytes.clone()).unwrap();
        assert!(text.contains(secret) && !text.contains(other), "{text}");
        assert_eq!(shown(&bytes, root).unwrap().0, path);
        assert!(shown(&bytes, Digest::new([0; 32])).is_err());
    }
}

#[test]
fn an_opening_gives_the_protocol_back_and_nothing_else() {
    let commitment = commit(&protocol(), &salts()).unwrap();
    let (opening, root) = (commitment.opening().unwrap(), Digest::new(commitment.root().0));
    assert_eq!(reopen(&opening, root).unwrap(), protocol());
    let changed = String::from_utf8(opening).unwrap().replace("0.618", "0.619");
    assert!(reopen(changed.as_bytes(), root).is_err());
}

#[test]
fn a_protocol_is_sealed_run_under_and_opened() {
    let (protocol, key_of_tokens) = (protocol(), TokenKey::new([9; 32]));
    let commitment = commit(&protocol, &salts()).unwrap();
    let draft = draft(&protocol, &commitment, None).unwrap();
    let (root, plan) = (draft.root, draft.plan);

    // Two people sign the record that is published.
    let signers: Vec<String> = [1, 2].map(|of| key(of).public().digest_hex()).into();
    let record = Record::of(commitment.root(), FIELDS.len(), &signers, 1_788_220_800);
    let mut envelope =
        Envelope::new("application/vnd.seawall.commitment+json", record.to_bytes().unwrap());
    [1, 2].iter().for_each(|of| envelope.sign(&key(*of)));
    let read = Envelope::from_json(envelope.to_json().as_bytes()).unwrap();
    let verified = read.verify(&[key(1).public(), key(2).public()], 2).unwrap();
    let published = Record::parse(verified.payload).unwrap();
    assert_eq!(Digest::new(published.root().unwrap().0), root);
    assert!(!envelope.to_json().contains("secret-task"));

    let (run, later) = (RunId::new(Uuid::from_u128(77)), at("2026-09-02T00:00:00Z"));
    let (token, digest) = token(&key_of_tokens, root, run, &plan).unwrap();
    let claim = Claim { token: digest, created: later, log: Digest::new([8; 32]) };
    let events = [
        Event::Give { person: person(1), duty: Duty::SetThreshold },
        Event::Give { person: person(2), duty: Duty::Countersign },
        Event::Give { person: person(3), duty: Duty::Custody },
        Event::Give { person: person(4), duty: Duty::Custody },
        Event::Commit(draft),
        Event::Sign(signer(1)),
        Event::Sign(signer(2)),
        Event::Issue { run, token: digest },
        Event::Take(claim),
        Event::Complete { run },
        Event::AskOpening { quorum: Some(2) },
        Event::Agree { person: person(3), part: None },
        Event::Agree { person: person(4), part: None },
    ];
    let docket = events
        .into_iter()
        .fold(Docket::new(), |docket, event| docket.step(event, later).unwrap().0);
    is_token(&key_of_tokens, &token, root, run, &plan).unwrap();
    let other = RunId::new(Uuid::from_u128(78));
    assert!(is_token(&key_of_tokens, &token, root, other, &plan).is_err());
    let account = Account { issued: 1, completed: 1, failed: 0, abandoned: 0 };
    assert_eq!(docket.book.as_ref().and_then(|book| book.account()), Some(account));

    assert_eq!(docket.opened().map(|opened| opened.root()), Some(root));
    assert_eq!(reopen(&commitment.opening().unwrap(), root).unwrap(), protocol);
    assert_eq!(protocol.rule().unwrap().thresholds().len(), 1);
}

/// Whoever reads a plan cannot try out budgets, conditions or tasks: each is named by a salted
/// leaf.
#[test]
fn a_plan_betrays_nothing_of_what_it_names() {
    let protocol = protocol();
    let planned = |salts: &[Salt]| {
        let commitment = commit(&protocol, salts).unwrap();
        let plan = plan(&protocol, &commitment).unwrap();
        let opening = commitment.opening().unwrap();
        let root = Digest::new(commitment.root().0);
        let plans = replanned(&opening, root).unwrap().1;
        assert_eq!(plans.salted, plan, "the opening gives it anew");
        assert!(plans.has(&plan) && plans.has(&plain(&protocol).unwrap()), "older books fit");
        plan
    };
    let other: Vec<Salt> = salts().iter().map(|salt| [salt[0] + 100; 32]).collect();
    let (one, two) = (planned(&salts()), planned(&other));
    assert_eq!(one.attempts, two.attempts);
    let document = document(&protocol).unwrap();
    for (path, one, two) in [
        ("/tasks", one.tasks, two.tasks),
        ("/budgets", one.limits, two.limits),
        ("/conditions", one.conditions, two.conditions),
    ] {
        assert_ne!(one, two, "{path}: the same words under other salts are told otherwise");
        let text = seawall_ledger::canonical::canonical(document.pointer(path).unwrap()).unwrap();
        assert_ne!(one, crate::desk::digest(&text), "{path} is not its plain digest");
    }
}
