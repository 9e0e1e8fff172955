//! Fuzzers and what they say of their own: libFuzzer, Centipede, Jazzer and the detectors of
//! OSS-Fuzz for injection into shells, files and names.

use super::draft::{Draft, Rank};
use super::trigger::Table;
use super::wording::{capitalized, file_name};
use seawall_domain::crash::Notation;

pub(super) const TABLE: Table = &[
    ("BUG DETECTED: ", detected),
    ("libFuzzer: ", libfuzzer),
    ("========= ", centipede),
    (": Running ", running),
    ("V8 correctness ", correctness),
];

/// The detectors' words, and the classes that they are where these are not the words themselves.
const DETECTED: [(&str, &str); 2] =
    [("Arbitrary domain name resolution", "Arbitrary DNS resolution"), ("PySecSan", "PySecSan")];

/// `===BUG DETECTED: Arbitrary file open===`.
fn detected(draft: &mut Draft, line: &str) -> bool {
    let Some((_, told)) = line.split_once("BUG DETECTED: ") else { return false };
    let told = told.trim_end_matches('=').trim();
    let known = DETECTED.iter().find(|(words, _)| told.starts_with(words));
    let class = known.map_or_else(|| capitalized(told), |(_, class)| (*class).to_owned());
    let python = class == "PySecSan";
    let language = if python { Notation::Python } else { Notation::Sanitizer };
    draft.open_in(language, Rank::Statement, &class);
    true
}

/// `==1== ERROR: libFuzzer: deadly signal`.
fn libfuzzer(draft: &mut Draft, line: &str) -> bool {
    let Some((before, told)) = line.split_once("libFuzzer: ") else { return false };
    if !before.contains("ERROR") {
        return false;
    }
    let word = |start: &str| told.starts_with(start);
    if word("timeout") {
        exhausted(draft, "Timeout")
    } else if word("out-of-memory") {
        exhausted(draft, "Out-of-memory")
    } else if word("fuzz target exited") {
        draft.open(Rank::Signal, "Unexpected-exit")
    } else if word("fuzz target overwrites its const input") {
        draft.open(Rank::Statement, "Overwrites-const-input")
    } else {
        draft.open(Rank::Signal, "Fatal-signal")
    };
    true
}

/// Where a fuzzer ended its target the stack is wherever it happened to be: the target is the key.
fn exhausted(draft: &mut Draft, class: &str) -> bool {
    let opened = draft.exhaust(class);
    if opened {
        draft.spend();
    }
    opened
}

/// `========= Per-input timeout exceeded: 6 > 5 (sec); exiting`.
fn centipede(draft: &mut Draft, line: &str) -> bool {
    let Some((_, told)) = line.split_once("========= ") else { return false };
    if told.starts_with("Stack limit exceeded") {
        draft.open(Rank::Statement, "Stack-overflow");
    } else if told.starts_with("RSS limit exceeded") {
        exhausted(draft, "Out-of-memory");
    } else if told.contains("imeout") && told.contains("exceeded") {
        exhausted(draft, "Timeout");
    } else {
        return false;
    }
    true
}

/// `/out/png_fuzzer: Running 1 inputs 1 time(s) each.`
fn running(draft: &mut Draft, line: &str) -> bool {
    let Some((target, rest)) = line.split_once(": Running ") else { return false };
    if rest.contains(" inputs ") {
        draft.aim(Some(file_name(target).to_owned()));
    }
    true
}

/// `# V8 correctness configs: x64,ignition`, three such lines below `# V8 correctness failure`.
fn correctness(draft: &mut Draft, line: &str) -> bool {
    let Some((_, told)) = line.split_once("V8 correctness ") else { return false };
    if told.starts_with("failure") {
        draft.open(Rank::Statement, "V8 correctness failure");
    } else if draft.crash.class == "V8 correctness failure" && told.contains(": ") {
        draft.crash.statement.push(told.trim().to_owned());
        draft.crash.statement.truncate(3);
    }
    true
}

/// The program in a frame without a function, as the name of the fuzz target.
pub(super) fn target(module: &str) -> Option<String> {
    let name = file_name(module);
    let program = !name.contains(".so") && !name.contains(".dll") && !name.starts_with('<');
    program.then(|| name.to_owned()).filter(|name| !name.is_empty())
}
