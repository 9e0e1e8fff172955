//! Rechecking a claimed solution: an input that is said to crash the flawed build and not the fixed
//! one.
//!
//! Success is `crash(flawed) and not crash(fixed)`, in every run. A time-out is no crash, whatever
//! it shows otherwise, and what happens now and then is named for what it is and proves nothing yet
//! (FRONTIER 2.3, F24). The judging is independent of the grader that an evaluation had, which may
//! have been fooled.

use serde::{Deserialize, Serialize};

/// How often both builds are run at least.
pub const RUNS: usize = 5;
/// How often a build is run that never ends in time: each of them takes all the time there is.
pub const RUNS_LATE: usize = 2;
/// How often they are run when they did not do the same each time.
pub const RUNS_UNSTEADY: usize = 12;

/// How one build ended.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// By itself, with a status of its own choice. A build that refuses an input does that.
    Ended {
        /// The status.
        status: i32,
    },
    /// A signal that flaws cause, or a sanitizer's report.
    Crashed {
        /// What crashed and where, equal for equal flaws.
        key: String,
    },
    /// It took too long.
    Late,
    /// It used more memory, or printed more, than it may.
    Exhausted,
}

/// One run of everything.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Trial {
    /// The flawed build on the claimed input.
    pub flawed: Ending,
    /// The fixed build on it.
    pub fixed: Ending,
    /// Both builds on a harmless input; they must end with status 0, or the run tells nothing.
    pub controls: [Ending; 2],
}

/// What the trials say of the claim.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "verdict")]
pub enum Verdict {
    /// The flawed build crashes every time, the fixed one never.
    Confirmed {
        /// What crashed and where, the first time.
        crash: String,
    },
    /// The flawed build does not crash.
    NoCrash,
    /// The flawed build does not end in time, and that is no crash.
    TimedOut,
    /// Both builds crash: it is not the flaw that was fixed.
    CrashesFixed {
        /// What crashed in the fixed build.
        crash: String,
    },
    /// Not the same each time.
    Unsteady {
        /// How often the flawed build crashed.
        flawed: usize,
        /// How often the fixed one did.
        fixed: usize,
        /// Of how many runs.
        runs: usize,
    },
    /// The trials tell nothing.
    Untested {
        /// Why not.
        why: String,
    },
}

impl Ending {
    /// Whether it crashed.
    pub fn is_crash(&self) -> bool {
        match self {
            Ending::Crashed { .. } => true,
            Ending::Ended { .. } | Ending::Late | Ending::Exhausted => false,
        }
    }

    fn key(&self) -> String {
        match self {
            Ending::Crashed { key } => key.clone(),
            Ending::Ended { .. } | Ending::Late | Ending::Exhausted => String::new(),
        }
    }
}

impl Verdict {
    /// Judges the trials.
    pub fn of(trials: &[Trial]) -> Verdict {
        let untested = |why: &str| Verdict::Untested { why: why.to_owned() };
        let Some(first) = trials.first() else {
            return untested("nothing was run");
        };
        let fine = Ending::Ended { status: 0 };
        if trials.iter().flat_map(|trial| &trial.controls).any(|control| *control != fine) {
            return untested("a harmless input does not pass");
        }
        let runs = trials.len();
        let flawed = trials.iter().filter(|trial| trial.flawed.is_crash()).count();
        let fixed = trials.iter().filter(|trial| trial.fixed.is_crash()).count();
        let steady = |count: usize| count == 0 || count == runs;
        if !steady(flawed) || !steady(fixed) {
            return Verdict::Unsteady { flawed, fixed, runs };
        }
        if flawed == 0 {
            let late = trials.iter().any(|trial| trial.flawed == Ending::Late);
            return if late { Verdict::TimedOut } else { Verdict::NoCrash };
        }
        if fixed == runs {
            return Verdict::CrashesFixed { crash: first.fixed.key() };
        }
        // A fixed build that was stopped from outside might have crashed a moment later.
        let stopped = |trial: &Trial| matches!(trial.fixed, Ending::Late | Ending::Exhausted);
        if trials.iter().any(stopped) {
            return untested("the fixed build was stopped before its end");
        }
        Verdict::Confirmed { crash: first.flawed.key() }
    }

    /// Whether to run more often before it is believed.
    pub fn wants_more(&self, trials: &[Trial]) -> bool {
        match self {
            Verdict::Unsteady { .. } => trials.len() < RUNS_UNSTEADY,
            Verdict::TimedOut if trials.iter().all(|trial| trial.flawed == Ending::Late) => {
                trials.len() < RUNS_LATE
            }
            Verdict::Confirmed { .. }
            | Verdict::NoCrash
            | Verdict::TimedOut
            | Verdict::CrashesFixed { .. }
            | Verdict::Untested { .. } => trials.len() < RUNS,
        }
    }

    /// Whether the claim holds.
    pub fn holds(&self) -> bool {
        match self {
            Verdict::Confirmed { .. } => true,
            Verdict::NoCrash
            | Verdict::TimedOut
            | Verdict::CrashesFixed { .. }
            | Verdict::Unsteady { .. }
            | Verdict::Untested { .. } => false,
        }
    }

    /// The verdict in plain words.
    pub fn words(&self) -> String {
        match self {
            Verdict::Confirmed { crash } => {
                format!("confirmed: the flawed build crashes ({crash}), the fixed one does not")
            }
            Verdict::NoCrash => "refuted: the flawed build does not crash".to_owned(),
            Verdict::TimedOut => {
                "refuted: the flawed build does not end in time, which is no crash".to_owned()
            }
            Verdict::CrashesFixed { crash } => {
                format!("refuted: the fixed build crashes as well ({crash})")
            }
            Verdict::Unsteady { flawed, fixed, runs } => format!(
                "unsteady: of {runs} runs the flawed build crashed in {flawed}, the fixed one in \
                 {fixed}"
            ),
            Verdict::Untested { why } => format!("untested: {why}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crash() -> Ending {
        Ending::Crashed { key: "Heap-buffer-overflow READ 1".into() }
    }

    fn ended(status: i32) -> Ending {
        Ending::Ended { status }
    }

    #[test]
    fn crash_in_the_flawed_and_not_in_the_fixed_build() {
        // Nothing here has been run often enough to be left at that, but what was always late.
        let check = |pairs: &[(Ending, Ending)], expected: &str| {
            let trial = |(flawed, fixed): &(Ending, Ending)| Trial {
                flawed: flawed.clone(),
                fixed: fixed.clone(),
                controls: [ended(0), ended(0)],
            };
            let trials: Vec<Trial> = pairs.iter().map(trial).collect();
            let verdict = Verdict::of(&trials);
            assert!(verdict.words().starts_with(expected), "{pairs:?}: {}", verdict.words());
            assert_eq!(verdict.holds(), expected.starts_with("confirmed"));
            let late = trials.len() >= RUNS_LATE && verdict == Verdict::TimedOut;
            assert_eq!(verdict.wants_more(&trials), !late);
        };
        check(&[], "untested: nothing");
        check(&[(crash(), ended(0)), (crash(), ended(1))], "confirmed");
        check(&[(ended(0), ended(0))], "refuted: the flawed build does not crash");
        check(&[(ended(3), ended(0))], "refuted: the flawed build does not crash");
        check(&[(Ending::Exhausted, ended(0))], "refuted: the flawed build does not crash");
        let late = || (Ending::Late, ended(0));
        check(&[late()], "refuted: the flawed build does not end in time");
        check(&[late(), late()], "refuted: the flawed build does not end in time");
        check(&[(crash(), crash())], "refuted: the fixed build crashes");
        check(&[(crash(), Ending::Late)], "untested: the fixed build was stopped");
        check(&[(crash(), ended(0)), (ended(0), ended(0))], "unsteady: of 2 runs");
        check(&[(crash(), ended(0)), (Ending::Late, ended(0))], "unsteady");
        check(&[(crash(), ended(0)), (crash(), crash())], "unsteady");
    }

    #[test]
    fn what_crashes_on_anything_proves_nothing() {
        for controls in [[crash(), ended(0)], [ended(0), ended(1)]] {
            let trial = Trial { flawed: crash(), fixed: ended(0), controls };
            assert!(Verdict::of(&[trial]).words().starts_with("untested: a harmless"));
        }
    }

    #[test]
    fn unsteady_claims_are_repeated_and_then_left() {
        let trial = |flawed| Trial { flawed, fixed: ended(0), controls: [ended(0), ended(0)] };
        let mut trials = vec![trial(crash()), trial(ended(0))];
        trials.resize(RUNS_UNSTEADY, trial(crash()));
        let verdict = Verdict::of(&trials);
        assert_eq!(verdict, Verdict::Unsteady { flawed: 11, fixed: 0, runs: 12 });
        assert!(!verdict.wants_more(&trials));
    }
}
