//! What the summaries say, compared with the attempts.

use super::{Settled, about};
use crate::evaluation::attempt::TaskId;
use crate::evaluation::finding::{Code, Finding, quote};
use crate::evaluation::log::{Log, Observation, Status, Summary};
use std::collections::BTreeMap;

/// Everything in which summaries differ from the attempts.
pub(super) fn compare(log: &Log, settled: &Settled<'_>) -> Vec<Finding> {
    let Some(summaries) = &log.summaries else {
        return Vec::new();
    };
    // Of two about one attempt the last counts, as of two attempts.
    let last: BTreeMap<(&TaskId, u32), &Summary> =
        summaries.iter().map(|summary| ((&summary.task, summary.epoch), summary)).collect();
    let mut findings = Vec::new();
    for (key, summary) in &last {
        let what = match settled.by_key.get(key) {
            Some(seen) => differs(summary, seen),
            None => Some("there is a summary of it, and no attempt".to_owned()),
        };
        findings.extend(what.map(|what| about(Code::SummaryMismatch, key.0, key.1, &what)));
    }
    // In a log that was not finished, summaries may lag behind.
    if log.header.status != Status::Started {
        let lacking =
            settled.kept.iter().filter(|seen| !last.contains_key(&(&seen.task, seen.epoch)));
        findings.extend(lacking.map(|seen| {
            about(Code::SummaryMismatch, &seen.task, seen.epoch, "there is no summary of it")
        }));
    }
    findings
}

/// In what a summary differs from its attempt.
fn differs(summary: &Summary, seen: &Observation) -> Option<String> {
    for score in &seen.scores {
        let told = summary.scores.iter().find(|(scorer, _)| *scorer == score.scorer);
        match told {
            Some((_, value)) if value.agrees(&score.value) => {}
            Some(_) => {
                return Some(format!("the summary has another {}", quote(&score.scorer)));
            }
            None => return Some(format!("the summary has no {}", quote(&score.scorer))),
        }
    }
    if let Some((scorer, _)) = summary.scores.iter().find(|(name, _)| seen.score(name).is_none()) {
        return Some(format!("only the summary has {}", quote(scorer)));
    }
    if summary.broken != seen.broken {
        let what = if seen.broken {
            "the summary tells of no error"
        } else {
            "only the summary tells of an error"
        };
        return Some(what.to_owned());
    }
    // Summaries of older logs tell of no limit.
    if summary.limit.is_some() && summary.limit != seen.limit {
        return Some("the summary tells of another limit".to_owned());
    }
    let tokens = summary.tokens.filter(|tokens| *tokens != seen.usage.total)?;
    Some(format!("the summary has {tokens} tokens, the attempt {}", seen.usage.total))
}
