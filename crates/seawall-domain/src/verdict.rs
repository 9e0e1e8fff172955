//! What running a proof shows: one outcome per release, one verdict per finding.

use crate::digest::Digest;
use serde::{Deserialize, Serialize};

/// What one release did when the proof was run against it and against the benign control.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The oracle saw the effect, and the control stayed silent.
    Affected,
    /// The proof ran to its end and the oracle saw nothing.
    Unaffected,
    /// The release could not be fetched, built or started here: neither affected nor unaffected.
    Untested,
}

/// The verdict over several isolated runs of one proof against one release.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Every run showed the effect.
    Reproduced,
    /// No run showed the effect.
    NotReproduced,
    /// Some runs did and some did not.
    Flaky,
    /// The environment could not be made, so nothing is known.
    EnvironmentFailed,
}

/// The verdict of several runs: all, none, some, or nothing known.
pub fn over(runs: &[Outcome]) -> Verdict {
    let affected = runs.iter().filter(|run| **run == Outcome::Affected).count();
    if runs.is_empty() || runs.contains(&Outcome::Untested) {
        Verdict::EnvironmentFailed
    } else if affected == runs.len() {
        Verdict::Reproduced
    } else if affected == 0 {
        Verdict::NotReproduced
    } else {
        Verdict::Flaky
    }
}

/// One isolated run: what it showed and the digest of its transcript (kept as a blob).
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Run {
    /// What it showed.
    pub outcome: Outcome,
    /// The normalised key of the effect (crash kind and frames, or the oracle's name), equal in
    /// equal runs on any machine.
    pub effect: String,
    /// SHA-256 of the transcript.
    pub transcript: Digest,
}

#[cfg(test)]
mod tests {
    use super::{Outcome::*, *};

    #[test]
    fn a_verdict_needs_every_run() {
        for (runs, expected) in [
            (&[][..], Verdict::EnvironmentFailed),
            (&[Affected, Affected, Affected], Verdict::Reproduced),
            (&[Unaffected, Unaffected, Unaffected], Verdict::NotReproduced),
            (&[Affected, Unaffected, Affected], Verdict::Flaky),
            (&[Affected, Untested, Affected], Verdict::EnvironmentFailed),
        ] {
            assert_eq!(over(runs), expected, "{runs:?}");
        }
    }
}
