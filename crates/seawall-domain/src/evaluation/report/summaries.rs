//! What the summaries say, compared with the attempts.

use super::{Settled, about};
use crate::evaluation::attempt::TaskId;
use crate::evaluation::finding::{Code, Finding, quote};
use crate::evaluation::log::{Log, Observation, Status, Summary};

/// Everything in which summaries differ from the attempts.
pub(super) fn compare(log: &Log, settled: &Settled<'_>) -> Vec<Finding> {
    let Some(summaries) = &log.summaries else {
        return Vec::new();
    };
    // Of two about one attempt the last counts, as of two attempts.
    let mut sorted: Vec<&Summary> = summaries.iter().collect();
    sorted.sort_by(|one, other| key(one).cmp(&key(other)));
    let mut last: Vec<&Summary> = Vec::with_capacity(sorted.len());
    last.extend(
        sorted.chunk_by(|one, other| key(one) == key(other)).filter_map(|same| same.last()),
    );
    drop(sorted);
    let mut findings = Vec::new();
    for summary in &last {
        let what = match settled.get(&summary.task, summary.epoch) {
            Some(seen) => differs(summary, seen),
            None => Some("there is a summary of it, and no attempt".to_owned()),
        };
        let about =
            |what: String| about(Code::SummaryMismatch, &summary.task, summary.epoch, &what);
        findings.extend(what.map(about));
    }
    // In a log that was not finished, summaries may lag behind.
    if log.header.status != Status::Started {
        let is_lacking = |seen: &&&Observation| {
            last.binary_search_by(|summary| key(summary).cmp(&seen.key())).is_err()
        };
        let lacking = settled.kept.iter().filter(is_lacking);
        findings.extend(lacking.map(|seen| {
            about(Code::SummaryMismatch, &seen.task, seen.epoch, "there is no summary of it")
        }));
    }
    findings
}

/// Which attempt a summary is about.
fn key(summary: &Summary) -> (&TaskId, u32) {
    (&summary.task, summary.epoch)
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
