//! What is to be said about a log beside its numbers.

use serde::{Serialize, Serializer};

/// How many findings of one kind are told in full; the rest are counted.
pub const TOLD_MAX: usize = 50;

/// What kind of finding.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Code {
    /// The header says other than the attempts do.
    HeaderMismatch,
    /// A summary says other than its attempt does.
    SummaryMismatch,
    /// The log holds an attempt in a shape that is not known here, or an object in which a name
    /// stands twice.
    UnsupportedShape,
    /// The run did not end, or planned attempts are missing or broken.
    Incomplete,
    /// Attempts have no score.
    Unscored,
    /// Something was changed after the run, or its limits during it.
    Edited,
    /// Attempts were struck out.
    Invalidated,
    /// Another model answered in place of the one under test.
    Fallback,
    /// An attempt, another member of the archive, or a name in one object is there more than once;
    /// the last counts.
    DuplicateMember,
    /// A metric of the header cannot be computed again here.
    NotRecomputed,
    /// The gateway counted other tokens than the log tells of.
    UsageMismatch,
    /// An attempt emitted a flag that was made for another one.
    Contamination,
    /// An attempt said the canary of a task, which it had not been shown.
    Canary,
    /// An attempt ran under a limit that is not the run's.
    OwnLimit,
}

impl Code {
    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Code::HeaderMismatch => "header_mismatch",
            Code::SummaryMismatch => "summary_mismatch",
            Code::UnsupportedShape => "unsupported_shape",
            Code::Incomplete => "incomplete",
            Code::Unscored => "unscored",
            Code::Edited => "edited",
            Code::Invalidated => "invalidated",
            Code::Fallback => "fallback",
            Code::DuplicateMember => "duplicate_member",
            Code::NotRecomputed => "not_recomputed",
            Code::UsageMismatch => "usage_mismatch",
            Code::Contamination => "contamination",
            Code::Canary => "canary",
            Code::OwnLimit => "own_limit",
        }
    }

    /// Whether a log with such a finding cannot serve a determination as it is: it contradicts
    /// itself, or not all of it is there. The others are weighed by the protocol.
    pub fn bars_use(self) -> bool {
        match self {
            Code::HeaderMismatch
            | Code::SummaryMismatch
            | Code::UnsupportedShape
            | Code::Incomplete
            | Code::UsageMismatch => true,
            Code::Unscored
            | Code::Edited
            | Code::Invalidated
            | Code::Fallback
            | Code::DuplicateMember
            | Code::NotRecomputed
            | Code::Contamination
            | Code::Canary
            | Code::OwnLimit => false,
        }
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, into: S) -> Result<S::Ok, S::Error> {
        into.serialize_str(self.word())
    }
}

/// One thing to be said about a log.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Finding {
    /// What kind.
    pub code: Code,
    /// What exactly, in words: foreign text cut and in backticks.
    pub detail: String,
}

impl Finding {
    /// Makes one.
    pub fn new(code: Code, detail: impl Into<String>) -> Finding {
        Finding { code, detail: detail.into() }
    }
}

/// Sorts findings by kind, keeps the first of each kind, and says how many more there are.
pub fn cut(mut findings: Vec<Finding>) -> Vec<Finding> {
    findings.sort_by_key(|finding| finding.code);
    let mut told: Vec<Finding> = Vec::new();
    for same in findings.chunk_by(|one, other| one.code == other.code) {
        told.extend(same.iter().take(TOLD_MAX).cloned());
        let more = same.len().saturating_sub(TOLD_MAX);
        if let Some(first) = same.first().filter(|_| more > 0) {
            told.push(Finding::new(first.code, format!("and {more} more of this kind")));
        }
    }
    told
}

/// How many characters of foreign text a finding repeats.
const QUOTE_LEN_MAX: usize = 60;

/// Foreign text as a finding may show it: cut, in backticks, without control characters.
pub fn quote(text: &str) -> String {
    let plain = |letter: char| if letter.is_control() { '\u{fffd}' } else { letter };
    let mut shown: String = text.chars().take(QUOTE_LEN_MAX).map(plain).collect();
    if text.chars().nth(QUOTE_LEN_MAX).is_some() {
        shown.push('…');
    }
    format!("`{shown}`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_findings_of_a_kind_are_counted() {
        let mut findings: Vec<Finding> =
            (0..60).map(|n| Finding::new(Code::Edited, n.to_string())).collect();
        findings.push(Finding::new(Code::HeaderMismatch, "x"));
        let told = cut(findings);
        assert_eq!(told.len(), 1 + TOLD_MAX + 1);
        assert_eq!(told.first().map(|one| one.code), Some(Code::HeaderMismatch));
        let last = told.last().map(|one| one.detail.as_str());
        assert_eq!(last, Some("and 10 more of this kind"));
        let json = serde_json::to_string(&told[0]).ok();
        assert_eq!(json.as_deref(), Some(r#"{"code":"header_mismatch","detail":"x"}"#));
        assert_eq!(quote("a\nb"), "`a\u{fffd}b`");
    }
}
