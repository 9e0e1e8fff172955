//! Debian's order of versions (Debian policy 5.6.12, "Version").

use super::Digits;
use std::cmp::Ordering;

/// A Debian version: epoch, upstream version and Debian revision.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(super) struct Debian {
    epoch: Digits,
    upstream: Part,
    revision: Part,
}

impl Debian {
    /// Reads any text: without digits before a colon there is no epoch, without hyphen there is no
    /// revision, and no revision is the revision `0`.
    pub(super) fn new(text: &str) -> Self {
        let (epoch, rest) = match text.split_once(':') {
            Some((epoch, rest)) if epoch.bytes().all(|b| b.is_ascii_digit()) => (epoch, rest),
            _ => ("", text),
        };
        let (upstream, revision) = rest.rsplit_once('-').unwrap_or((rest, ""));
        Debian {
            epoch: Digits::new(epoch),
            upstream: Part::new(upstream),
            revision: Part::new(revision),
        }
    }

    pub(super) fn is_prerelease(&self) -> bool {
        self.upstream.0.iter().any(|(text, _)| text.contains(&Mark::Tilde))
    }
}

/// Pairs of a run without digits and a run of digits; either may be empty.
#[derive(Clone, Debug)]
struct Part(Vec<(Vec<Mark>, Digits)>);

/// One character of a run without digits. The end of the run stands between `~` and letters.
// INVARIANT: the variants stand in the ascending order of the policy.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
enum Mark {
    Tilde,
    End,
    Letter(char),
    Other(char),
}

impl Part {
    fn new(text: &str) -> Self {
        let mut pairs = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (marks, after) = split_run(rest, |c| !c.is_ascii_digit());
            let (digits, after) = split_run(after, |c| c.is_ascii_digit());
            let marks = marks.chars().map(mark).chain([Mark::End]).collect();
            pairs.push((marks, Digits::new(digits)));
            rest = after;
        }
        Part(pairs)
    }
}

fn split_run(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    text.split_at(end)
}

fn mark(c: char) -> Mark {
    match c {
        '~' => Mark::Tilde,
        c if c.is_ascii_alphabetic() => Mark::Letter(c),
        c => Mark::Other(c),
    }
}

impl Ord for Part {
    fn cmp(&self, other: &Self) -> Ordering {
        let nothing = (vec![Mark::End], Digits::new(""));
        let pairs = self.0.len().max(other.0.len());
        (0..pairs)
            .map(|index| {
                let left = self.0.get(index).unwrap_or(&nothing);
                left.cmp(other.0.get(index).unwrap_or(&nothing))
            })
            .find(|order| order.is_ne())
            .unwrap_or(Ordering::Equal)
    }
}

impl PartialOrd for Part {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Part {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Part {}
