//! A journal that is written anew by whoever runs the gateway is found by the developer and by the
//! partner at their next contact.

use super::place::{Gate, ask, until};
use serde_json::Value;
use sha2::{Digest as _, Sha256};
use std::fs;

const KEYS: &str = "key_file = \"provider.key\"";

/// How many lines the last checkpoint in a folder is over.
fn lines(gate: &Gate, folder: &str) -> u64 {
    let text = fs::read_to_string(gate.folder.path(&format!("{folder}/kept.jsonl")));
    let text = text.unwrap_or_default();
    let Some(last) = text.lines().last() else { return 0 };
    let line: Value = serde_json::from_str(last).unwrap();
    line["note"].as_str().unwrap().lines().nth(1).unwrap().parse().unwrap()
}

/// The same journal with one word of one entry changed, and each line bound to the one before.
fn anew(text: &str, from: &str, to: &str) -> (String, usize) {
    let (mut written, mut before, mut at) = (String::new(), None::<String>, None);
    for (number, line) in text.lines().enumerate() {
        let mut line = line.to_owned();
        if at.is_none() && line.contains(from) {
            line = line.replacen(from, to, 1);
            at = Some(number);
        }
        if let Some(before) = before {
            let (head, rest) = line.split_once("\"before\":\"").unwrap();
            line = format!("{head}\"before\":\"{before}{}", &rest[64..]);
        }
        let digest = Sha256::digest(&line);
        before = Some(digest.iter().map(|byte| format!("{byte:02x}")).collect());
        written += &line;
        written.push('\n');
    }
    (written, at.unwrap())
}

#[test]
fn whoever_keeps_checkpoints_finds_a_journal_that_was_written_anew() {
    let mut gate = Gate::new(KEYS, "");
    gate.folder.keep("provider.key", "provider-key");
    gate.serve();
    let lease = "lease --seconds 600 --checkpoints @developer-kept";
    gate.developer(lease, 0);
    let mut attached = gate.attach(" --checkpoints @partner-kept --every 2");
    let address = attached.says("attached: use ");
    for _ in 0..3 {
        assert_eq!(ask(&address, "a").0, 200);
    }
    gate.developer(lease, 0);
    let (first, all) = (2, lines(&gate, "developer-kept"));
    assert!(all >= 6, "{all}");
    until("the partner has no checkpoint", || lines(&gate, "partner-kept") >= all);
    attached.stop();
    gate.stop();
    for kept in ["developer-kept", "partner-kept"] {
        let signer = &gate.signer;
        let verify = format!("gateway verify @data --kept @{kept} --signer {signer}");
        let said = gate.folder.said_by(&verify, 0);
        assert!(said.contains("kept       ") && said.contains("everything holds"), "{said}");
    }

    // Whoever runs the gateway has the key that signs, and every file.
    let journal = gate.folder.path("data/journal.jsonl");
    let text = fs::read_to_string(&journal).unwrap();
    let text = text.trim_end_matches('\0');
    let (changed, at) = anew(text, "\"purpose\":\"evaluate\"", "\"purpose\":\"patch\"");
    fs::write(&journal, changed).unwrap();
    fs::remove_file(gate.folder.path("data/checkpoint")).unwrap();
    gate.serve();
    gate.folder.said_by("gateway verify @data", 0);
    let said = gate.folder.said_by("gateway verify @data --kept @developer-kept", 1);
    let from: usize =
        said.split("line ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let to: usize = said.split("line ").nth(2).unwrap().split(' ').next().unwrap().parse().unwrap();
    assert!(first <= from && from <= at && at <= to, "{at}: {said}");

    // The partner's next contact.
    let said = gate.attach(" --checkpoints @partner-kept --every 2").fails(1);
    assert!(said.contains("DOES NOT HOLD: THE JOURNAL WAS WRITTEN ANEW"), "{said}");
    assert!(gate.folder.path("partner-kept/conflict.json").exists());
    // The developer's, after which no lease is signed.
    let said = gate.developer(lease, 1);
    assert!(said.contains("THE JOURNAL WAS WRITTEN ANEW"), "{said}");
    assert!(gate.folder.path("developer-kept/conflict.json").exists());
    let leased = fs::read_to_string(&journal).unwrap().matches("\"leased\"").count();
    let said = gate.developer(lease, 1);
    assert!(said.contains("no further lease is signed"), "{said}");
    assert_eq!(fs::read_to_string(&journal).unwrap().matches("\"leased\"").count(), leased);
    assert!(gate.state().contains("open"), "the last lease is in force");
    // Withdrawing goes on working.
    let said = gate.developer("withdraw --checkpoints @developer-kept", 1);
    assert!(said.contains("withdrawn: nothing passes any more"), "{said}");
    assert!(said.contains("DOES NOT HOLD"), "{said}");
    assert!(gate.state().contains("withdrew"), "{}", gate.state());
}
