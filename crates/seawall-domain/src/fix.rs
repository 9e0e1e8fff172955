//! A fix: a release in which the maintainer says the flaw is gone, and what running it showed.

use crate::fact::{Aggregate, Subject, becomes, begun, facts_of};
use crate::id::{CaseId, FixId};
use crate::package::Version;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::verdict::{Run, Verdict, over};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// A fix.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Fix {
    /// Its id.
    pub id: FixId,
    /// The case it belongs to.
    pub case: CaseId,
    /// The release that is said to hold it.
    pub version: Version,
    /// Where it stands.
    pub standing: Standing,
}

/// Where a fix stands.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Standing {
    /// Announced, not run yet.
    Announced,
    /// The proof was run on it and showed nothing.
    Holds {
        /// The runs.
        runs: Vec<Run>,
    },
    /// The proof still works, at least in some runs.
    DoesNotHold {
        /// The runs.
        runs: Vec<Run>,
    },
    /// It could not be run here.
    Untested,
}

/// What happens to a fix.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields are those of the state they change")]
pub enum FixFact {
    Announced { id: FixId, case: CaseId, version: Version },
    Checked { runs: Vec<Run> },
}
facts_of!(FixFact in Fix);

impl Fix {
    /// Records what the maintainer announced.
    pub fn announce(
        id: FixId,
        case: CaseId,
        version: Version,
        now: Timestamp,
    ) -> Option<(Fix, FixFact)> {
        begun(FixFact::Announced { id, case, version }, now)
    }

    /// Takes the isolated runs of the proof on the fixed release.
    pub fn check(self, runs: Vec<Run>, now: Timestamp) -> Result<(Fix, FixFact), Refusal> {
        let refusal = Refusal::NotNow { step: "be checked", subject: "fix", state: "checked" };
        becomes(self, FixFact::Checked { runs }, now, refusal)
    }
}

impl Aggregate for Fix {
    const SUBJECT: Subject = Subject::Fix;
    type Fact = FixFact;

    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }

    fn apply(prior: Option<Self>, fact: &FixFact, _at: Timestamp) -> Option<Self> {
        match (prior, fact.clone()) {
            (None, FixFact::Announced { id, case, version }) => {
                Some(Fix { id, case, version, standing: Standing::Announced })
            }
            (Some(fix), FixFact::Checked { runs }) => {
                let outcomes: Vec<_> = runs.iter().map(|run| run.outcome).collect();
                let standing = match over(&outcomes) {
                    Verdict::NotReproduced => Standing::Holds { runs },
                    Verdict::Reproduced | Verdict::Flaky => Standing::DoesNotHold { runs },
                    Verdict::EnvironmentFailed => Standing::Untested,
                };
                Some(Fix { standing, ..fix })
            }
            (None, FixFact::Checked { .. }) | (Some(_), FixFact::Announced { .. }) => None,
        }
    }
}

#[cfg(test)]
mod tests;
