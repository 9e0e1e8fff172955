//! A reproduction: what running a finding's proof showed, release by release.

use crate::digest::{Address, Digest};
use crate::fact::{Aggregate, Subject, becomes, begun, facts_of};
use crate::id::{FindingId, ReproductionId};
use crate::package::{Package, Version};
use crate::range::{Interval, Tested};
use crate::recipe::Doubt;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::verdict::{Grade, Outcome, Run, Verdict, over};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How many isolated runs make a verdict.
pub const RUNS: u32 = 3;

/// A reproduction.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Reproduction {
    /// Its id.
    pub id: ReproductionId,
    /// The finding whose proof is run.
    pub finding: FindingId,
    /// The recipe that is run.
    pub recipe: Address,
    /// The package it is run on.
    pub package: Package,
    /// The version the finding names.
    pub version: Version,
    /// The isolated runs on that version.
    pub runs: Vec<Run>,
    /// What they showed together, with the digest over recipe, version and effects.
    pub conclusion: Option<Conclusion>,
    /// Every release that was run, each once, the latest result standing.
    pub tested: Vec<Tested>,
    /// The newest release that counts as existing, and what it showed.
    pub newest: Option<Tested>,
    /// The affected range, once found.
    pub ranges: Option<Vec<Interval>>,
}

/// What the isolated runs showed together.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Conclusion {
    /// The verdict.
    pub verdict: Verdict,
    /// SHA-256 over recipe, version, outcome and normalised effects: equal on any machine.
    pub digest: Digest,
    /// The signed evidence bundle.
    pub bundle: Option<Address>,
    /// SHA-256 of the bundle, which mails may name.
    pub bundle_digest: Option<Digest>,
    /// How much it proves, when it reproduced.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grade: Option<Grade>,
    /// What speaks against the claim that a boundary is crossed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub doubts: Vec<Doubt>,
}

/// What happens to a reproduction.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields are those of the state they change")]
pub enum ReproductionFact {
    Started {
        id: ReproductionId,
        finding: FindingId,
        recipe: Address,
        package: Package,
        version: Version,
    },
    Concluded {
        runs: Vec<Run>,
        conclusion: Conclusion,
    },
    NewestTested {
        tested: Tested,
    },
    Probed {
        tested: Vec<Tested>,
    },
    RangeFound {
        ranges: Vec<Interval>,
    },
    /// What could not be run before is run anew.
    Reopened,
}
facts_of!(ReproductionFact in Reproduction);

/// A reproduction after a decision, with the fact; or the refusal.
pub type Decided = Result<(Reproduction, ReproductionFact), Refusal>;

impl Reproduction {
    /// Starts a reproduction of a finding's proof.
    pub fn start(
        id: ReproductionId,
        finding: FindingId,
        recipe: Address,
        target: (Package, Version),
        now: Timestamp,
    ) -> Option<(Reproduction, ReproductionFact)> {
        let (package, version) = target;
        begun(ReproductionFact::Started { id, finding, recipe, package, version }, now)
    }

    /// Takes the isolated runs, which make the verdict.
    pub fn conclude(self, runs: Vec<Run>, conclusion: Conclusion, now: Timestamp) -> Decided {
        self.step("be concluded", ReproductionFact::Concluded { runs, conclusion }, now)
    }

    /// Takes the run on the newest release that counts as existing.
    pub fn test_newest(self, tested: Tested, now: Timestamp) -> Decided {
        self.step("test the newest release", ReproductionFact::NewestTested { tested }, now)
    }

    /// Takes runs on further releases.
    pub fn probe(self, tested: Vec<Tested>, now: Timestamp) -> Decided {
        self.step("be probed", ReproductionFact::Probed { tested }, now)
    }

    /// Takes the affected range that the runs show.
    pub fn find_range(self, ranges: Vec<Interval>, now: Timestamp) -> Decided {
        self.step("have a range", ReproductionFact::RangeFound { ranges }, now)
    }

    /// Forgets a conclusion that says nothing, so that the proof is run anew.
    pub fn reopen(self, now: Timestamp) -> Decided {
        self.step("be reopened", ReproductionFact::Reopened, now)
    }

    /// The verdict, once concluded.
    pub fn verdict(&self) -> Option<Verdict> {
        self.conclusion.as_ref().map(|conclusion| conclusion.verdict)
    }

    /// What running a release showed, when it was run.
    pub fn outcome(&self, version: &Version) -> Option<Outcome> {
        self.tested.iter().find(|tested| tested.version == *version).map(|tested| tested.outcome)
    }

    fn step(self, step: &'static str, fact: ReproductionFact, now: Timestamp) -> Decided {
        let state = if self.conclusion.is_some() { "concluded" } else { "started" };
        becomes(self, fact, now, Refusal::NotNow { step, subject: "reproduction", state })
    }

    fn remember(&mut self, tested: &Tested) {
        match self.tested.iter_mut().find(|known| known.version == tested.version) {
            Some(known) => known.outcome = tested.outcome,
            None => self.tested.push(tested.clone()),
        }
    }
}

impl Aggregate for Reproduction {
    const SUBJECT: Subject = Subject::Reproduction;
    type Fact = ReproductionFact;

    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }

    fn apply(prior: Option<Self>, fact: &ReproductionFact, _at: Timestamp) -> Option<Self> {
        use ReproductionFact as F;
        let mut state = match (prior, fact) {
            (None, F::Started { id, finding, recipe, package, version }) => {
                return Some(Reproduction {
                    id: *id,
                    finding: *finding,
                    recipe: *recipe,
                    package: package.clone(),
                    version: version.clone(),
                    runs: Vec::new(),
                    conclusion: None,
                    tested: Vec::new(),
                    newest: None,
                    ranges: None,
                });
            }
            (None, _) | (Some(_), F::Started { .. }) => return None,
            (Some(state), _) => state,
        };
        match fact {
            F::Started { .. } => return None,
            F::Concluded { runs, conclusion } => {
                let outcomes: Vec<Outcome> = runs.iter().map(|run| run.outcome).collect();
                if state.conclusion.is_some() || over(&outcomes) != conclusion.verdict {
                    return None;
                }
                let outcome = match conclusion.verdict {
                    Verdict::Reproduced => Some(Outcome::Affected),
                    Verdict::NotReproduced => Some(Outcome::Unaffected),
                    Verdict::Flaky | Verdict::EnvironmentFailed => None,
                };
                if let Some(outcome) = outcome {
                    state.remember(&Tested { version: state.version.clone(), outcome });
                }
                state.runs = runs.clone();
                state.conclusion = Some(conclusion.clone());
            }
            F::NewestTested { tested } => {
                state.remember(tested);
                state.newest = Some(tested.clone());
            }
            F::Probed { tested } => tested.iter().for_each(|tested| state.remember(tested)),
            F::RangeFound { ranges } => state.ranges = Some(ranges.clone()),
            F::Reopened => {
                if state.verdict() != Some(Verdict::EnvironmentFailed) {
                    return None;
                }
                state.conclusion = None;
                state.runs.clear();
            }
        }
        Some(state)
    }
}
