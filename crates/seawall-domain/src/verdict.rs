//! What running a proof shows: one outcome per release, one verdict per finding.

use crate::digest::Digest;
use crate::recipe::{Doubt, Oracle};
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

/// How much a reproduction proves.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Grade {
    /// Reproduced, but something speaks against the claim: see the doubts.
    Doubtful,
    /// Reproduced by the word of the recipe's own harness, and nothing speaks against it.
    Told,
    /// The laboratory saw the effect itself, and nothing speaks against it.
    Observed,
}

impl Grade {
    /// The grade of what reproduced; other verdicts have none.
    pub fn of(verdict: Verdict, oracle: &Oracle, doubts: &[Doubt]) -> Option<Grade> {
        match (verdict, doubts.is_empty(), oracle.is_observed()) {
            (Verdict::NotReproduced | Verdict::Flaky | Verdict::EnvironmentFailed, ..) => None,
            (Verdict::Reproduced, false, _) => Some(Grade::Doubtful),
            (Verdict::Reproduced, true, false) => Some(Grade::Told),
            (Verdict::Reproduced, true, true) => Some(Grade::Observed),
        }
    }
}

/// What a patch does to a flaw (capability C25).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PatchVerdict {
    /// It applies and builds, the reproducer and at least three variants of it show nothing any
    /// more, and every test that passed before still does.
    Holds,
    /// The reproducer or a variant of it still shows the flaw, and not all of them do.
    Incomplete,
    /// It does not build, or a test that passed before does not pass any more.
    BreaksTests,
    /// Something else crashes now: in the reproducer, in a variant or in the tests.
    NewFlaw,
    /// It does not apply to the release.
    DoesNotApply,
    /// The reproducer and all its variants show the flaw as before.
    DoesNothing,
}

impl PatchVerdict {
    /// How many variants must have died before a patch holds.
    pub const VARIANTS_MIN: usize = 3;

    /// The verdict over what was seen of a patch that applies and builds; `None` when too little
    /// was seen to say.
    pub fn over(seen: &PatchSeen) -> Option<PatchVerdict> {
        let shows = |trial: &Trial| *trial == Trial::Shows;
        let all = || std::iter::once(&seen.reproducer).chain(&seen.variants);
        if all().any(|trial| *trial == Trial::OtherCrash) || seen.tests_crash {
            return Some(PatchVerdict::NewFlaw);
        }
        if all().any(shows) {
            let nothing = all().all(shows);
            return Some(match nothing {
                true => PatchVerdict::DoesNothing,
                false => PatchVerdict::Incomplete,
            });
        }
        if seen.tests_broken > 0 {
            return Some(PatchVerdict::BreaksTests);
        }
        let died = seen.variants.iter().filter(|trial| **trial == Trial::Died).count();
        let enough = seen.reproducer == Trial::Died && died >= PatchVerdict::VARIANTS_MIN;
        enough.then_some(PatchVerdict::Holds)
    }
}

/// What one input does to a patched release.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Trial {
    /// The flaw shows.
    Shows,
    /// The flaw does not show any more.
    Died,
    /// Something else crashes.
    OtherCrash,
    /// It did not get to its end, so nothing is known.
    Unknown,
}

/// What was seen of a patch that applies and builds.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PatchSeen {
    /// What the reproducer does.
    pub reproducer: Trial,
    /// What its variants do, those that show the flaw without the patch.
    pub variants: Vec<Trial>,
    /// How many tests passed before and do not pass any more.
    pub tests_broken: usize,
    /// Whether the tests crash where they did not before.
    pub tests_crash: bool,
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
    fn a_patch_holds_only_when_everything_was_seen_to_hold() {
        use PatchVerdict as P;
        use Trial::{Died, OtherCrash, Shows, Unknown};
        let three = vec![Died; 3];
        for (reproducer, variants, tests_broken, tests_crash, expected) in [
            (Died, three.clone(), 0, false, Some(P::Holds)),
            (Died, vec![Died; 2], 0, false, None),
            (Died, vec![Died, Died, Unknown], 0, false, None),
            (Unknown, three.clone(), 0, false, None),
            (Died, vec![Died, Shows, Died], 0, false, Some(P::Incomplete)),
            (Shows, three.clone(), 0, false, Some(P::Incomplete)),
            (Shows, vec![Shows; 3], 0, false, Some(P::DoesNothing)),
            (Shows, vec![], 0, false, Some(P::DoesNothing)),
            (Died, vec![Died, Shows], 1, false, Some(P::Incomplete)),
            (Died, three.clone(), 1, false, Some(P::BreaksTests)),
            (OtherCrash, vec![Shows; 3], 1, false, Some(P::NewFlaw)),
            (Died, three, 0, true, Some(P::NewFlaw)),
        ] {
            let seen = PatchSeen { reproducer, variants, tests_broken, tests_crash };
            assert_eq!(PatchVerdict::over(&seen), expected, "{seen:?}");
        }
    }

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
