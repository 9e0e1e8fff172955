//! What is to be said about attempts, one by one: what is missing or broken, was changed or struck
//! out, or was answered by another model.

use super::{Settled, about};
use crate::evaluation::attempt::{Attempt, Class, TaskId};
use crate::evaluation::finding::{Code, Finding, quote};
use crate::evaluation::log::{Log, Observation, Provenance, Score, Status};
use crate::evaluation::value::{Given, Scalar};
use std::collections::BTreeSet;

/// Everything that is to be said.
pub(super) fn of(log: &Log, settled: &Settled<'_>, attempts: &[Attempt]) -> Vec<Finding> {
    let mut findings = run(log, settled, attempts);
    findings.extend(unplanned(settled, attempts));
    for update in &log.header.updates {
        let what = format!("{}{}", update.what, by(&update.by));
        findings.push(Finding::new(Code::Edited, what));
    }
    findings.extend(settled.superseded.iter().map(|seen| {
        let what = "it is told more than once; the last counts";
        about(Code::DuplicateMember, &seen.task, seen.epoch, what)
    }));
    findings.extend(settled.kept.iter().flat_map(|seen| attempt(seen)));
    findings
}

/// How the run ended, and how many attempts say nothing.
fn run(log: &Log, settled: &Settled<'_>, attempts: &[Attempt]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut incomplete = |what: String| findings.push(Finding::new(Code::Incomplete, what));
    let present = settled.kept.len();
    let planned = settled.planned();
    if log.header.status != Status::Success {
        let status = quote(log.header.status.word());
        incomplete(format!("the run's status is {status}; {present} attempts are there"));
    }
    if settled.is_too_long(log) {
        incomplete("it plans more attempts than can be listed here".to_owned());
    } else if settled.is_short(log) {
        incomplete("it has more tasks than it holds attempts at".to_owned());
    }
    if attempts.is_empty() {
        incomplete("there are no attempts".to_owned());
    }
    let count = |class: Class| attempts.iter().filter(|one| one.class == class).count();
    let (missing, broken, unscored) =
        (count(Class::Missing), count(Class::InfraError), count(Class::Unscored));
    if missing > 0 {
        incomplete(format!("{missing} of {planned} planned attempts are missing"));
    }
    if broken > 0 {
        incomplete(format!("{broken} of {planned} planned attempts were ended by an error"));
    }
    let without = |seen: &&&Observation| seen.broken && seen.scores.is_empty();
    let silent = settled.kept.iter().filter(without).count();
    if unscored + silent > 0 {
        let mut what = format!("{} attempts have no score", unscored + silent);
        if silent > 0 {
            what.push_str(&format!(", {silent} of them because of an error"));
        }
        findings.push(Finding::new(Code::Unscored, what));
    }
    findings
}

/// Attempts that the plan does not know of.
fn unplanned(settled: &Settled<'_>, attempts: &[Attempt]) -> Vec<Finding> {
    if settled.epochs == 0 {
        return Vec::new();
    }
    let planned = settled.tasks.iter().take(settled.planned_tasks);
    let planned: BTreeSet<&TaskId> = planned.copied().collect();
    let odd = attempts
        .iter()
        .filter(|one| !planned.contains(&one.task) || !(1..=settled.epochs).contains(&one.epoch));
    let finding =
        |one: &Attempt| about(Code::HeaderMismatch, &one.task, one.epoch, "it was not planned");
    odd.map(finding).collect()
}

/// What is to be said about one attempt.
fn attempt(seen: &Observation) -> Vec<Finding> {
    let about = |code, what: &str| about(code, &seen.task, seen.epoch, what);
    let mut findings = Vec::new();
    if let Some(provenance) = &seen.invalidated {
        findings.push(about(Code::Invalidated, &format!("struck out{}", by(provenance))));
    }
    for fallback in &seen.fallbacks {
        let (asked, answered) = (quote(&fallback.asked), quote(&fallback.answered));
        let what = format!("{answered} answered {} times in place of {asked}", fallback.count);
        findings.push(about(Code::Fallback, &what));
    }
    for score in seen.scores.iter().filter(|score| !score.edits().is_empty()) {
        findings.push(about(Code::Edited, &edited(score)));
    }
    findings
}

fn edited(score: &Score) -> String {
    let scorer = quote(&score.scorer);
    let now = shown(&score.value);
    let from = match score.original() {
        Some(original) => format!("from {} to {now}", shown(original)),
        None => format!("to {now}, where there was no score"),
    };
    let last = score.edits().last().map(by).unwrap_or_default();
    let cheated = if score.is_cheated() { "; it calls the attempt cheated" } else { "" };
    format!("{scorer} was edited {} times, {from}{last}{cheated}", score.edits().len())
}

/// A value in words.
fn shown(given: &Given) -> String {
    let one = |value: &Scalar| match value {
        Scalar::Null => "nothing".to_owned(),
        Scalar::Number(number) => number.to_string(),
        Scalar::Flag(flag) => flag.to_string(),
        Scalar::Text(text) => quote(text),
    };
    match given {
        Given::One(value) => one(value),
        Given::List(items) => format!("a list of {}", items.len()),
        Given::Named(parts) => {
            let parts =
                parts.iter().take(5).map(|(key, value)| format!("{} {}", quote(key), one(value)));
            parts.collect::<Vec<_>>().join(", ")
        }
    }
}

/// Who, when and why, as the end of a sentence.
fn by(provenance: &Provenance) -> String {
    let mut words = String::new();
    for (word, text) in
        [(" by ", &provenance.author), (" at ", &provenance.at), (": ", &provenance.reason)]
    {
        if !text.is_empty() {
            words.push_str(word);
            words.push_str(&quote(text));
        }
    }
    words
}
