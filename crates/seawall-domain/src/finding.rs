//! A finding: one claim by one finder, with its evidence. A duplicate never disappears: it joins a
//! group, can be taken out again, and if the group's lead falls the next member is tried.

use crate::claim::{Cwe, Missing};
use crate::digest::{Address, Digest};
use crate::fact::{Aggregate, Subject, becomes, begun, facts_of};
use crate::id::{AccountId, FindingId, PartyId, ProjectId};
use crate::package::{Package, Version};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use crate::verdict::Verdict;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// What of a claim is needed to decide; the words themselves lie in the claim's blob.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Essence {
    /// The package, when it was named.
    pub package: Option<Package>,
    /// The version on which the proof was run.
    pub version: Option<Version>,
    /// The weakness class.
    pub weakness: Option<Cwe>,
    /// The file.
    pub file: Option<String>,
    /// The function.
    pub function: Option<String>,
    /// The shape of the report: `tap`, `sarif`, `scrutineer`, `mail`.
    pub shape: String,
}

/// A finding.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// Its id.
    pub id: FindingId,
    /// The party that found it.
    pub finder: PartyId,
    /// The account that sent it.
    pub account: AccountId,
    /// The project it is about, when that is registered here.
    pub project: Option<ProjectId>,
    /// SHA-256 of the receipt: the receipt itself is a capability and is not kept.
    pub receipt: Digest,
    /// SHA-256 of the report as it came.
    pub digest: Digest,
    /// The report as it came.
    pub report: Address,
    /// The claim read from it.
    pub claim: Address,
    /// The recipe that came with it.
    pub recipe: Option<Address>,
    /// What of the claim is needed to decide.
    pub essence: Essence,
    /// When it came.
    pub received_at: Timestamp,
    /// When its standing last changed.
    pub changed_at: Timestamp,
    /// Where it stands.
    pub standing: Standing,
}

/// Where a finding stands.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Standing {
    /// It came; the evidence gate has not looked yet.
    Received,
    /// It lacks evidence; the finder was told exactly what.
    NeedsInfo {
        /// What it lacks.
        missing: Vec<Missing>,
    },
    /// The evidence is complete; the source has not been looked at yet.
    Complete,
    /// The function is defined where the claim says; it is not grouped yet.
    Located {
        /// The line of the definition in the release.
        line: u32,
    },
    /// It leads its group: its proof is run for all of them.
    Leading {
        /// The line of the definition in the release.
        line: u32,
    },
    /// Another finding says the same, and that one is tried first.
    Joined {
        /// The lead of the group.
        lead: FindingId,
        /// Why, each reason in words.
        reasons: Vec<String>,
        /// The line of the definition in the release.
        line: u32,
    },
    /// It cannot be true as claimed.
    Rejected {
        /// Why.
        why: Rejection,
    },
    /// Its proof works, and the newest release is affected.
    Reproduced,
    /// Its proof ran and showed nothing.
    NotReproduced,
    /// Its proof worked in some runs only; a person decides.
    Flaky,
    /// Its environment could not be made; it waits until a person has it tried again.
    Waiting,
    /// Its proof works on the named version and no longer on the newest release.
    AlreadyFixed {
        /// The newest release, on which the proof shows nothing.
        newest: Version,
    },
}

/// Why a finding cannot be true as claimed.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "snake_case")]
pub enum Rejection {
    /// The release has no such file.
    NoSuchFile {
        /// The file as claimed.
        file: String,
    },
    /// The file mentions or lacks the function, but does not define it.
    NoSuchFunction {
        /// The function as claimed.
        function: String,
    },
    /// The registry has no such release.
    NoSuchRelease {
        /// The version as claimed.
        version: Version,
    },
    /// The recipe cannot be read, or is about another package.
    UnusableRecipe,
}

impl fmt::Display for Rejection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rejection::NoSuchFile { file } => write!(f, "the release has no file `{file}`"),
            Rejection::NoSuchFunction { function } => {
                write!(f, "the source defines no function `{function}`")
            }
            Rejection::NoSuchRelease { version } => write!(f, "there is no release {version}"),
            Rejection::UnusableRecipe => f.write_str("its recipe cannot be used"),
        }
    }
}

/// What happens to a finding.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields are those of the state they change")]
pub enum FindingFact {
    Received(Box<Received>),
    InfoNeeded {
        missing: Vec<Missing>,
    },
    Completed,
    Located {
        line: u32,
    },
    Rejected {
        why: Rejection,
    },
    Led,
    Joined {
        lead: FindingId,
        reasons: Vec<String>,
    },
    /// A person took it out of its group.
    Unjoined {
        by: AccountId,
    },
    /// Its lead fell; it is tried itself.
    Promoted,
    Concluded {
        verdict: Verdict,
    },
    FoundFixed {
        newest: Version,
    },
    /// A person had it tried again, because its environment may be made by now.
    TriedAgain {
        by: AccountId,
    },
}
facts_of!(FindingFact in Finding);

/// What is known of a finding when it comes.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "fields are those of the state they start")]
pub struct Received {
    pub id: FindingId,
    pub finder: PartyId,
    pub account: AccountId,
    pub project: Option<ProjectId>,
    pub receipt: Digest,
    pub digest: Digest,
    pub report: Address,
    pub claim: Address,
    pub recipe: Option<Address>,
    pub essence: Essence,
}

impl Finding {
    /// Takes in a finding.
    pub fn receive(received: Received, now: Timestamp) -> Option<(Finding, FindingFact)> {
        begun(FindingFact::Received(Box::new(received)), now)
    }

    /// Passes the evidence gate, or names what is missing.
    pub fn gate(self, missing: Vec<Missing>, now: Timestamp) -> Decided {
        let fact = match missing.is_empty() {
            true => FindingFact::Completed,
            false => FindingFact::InfoNeeded { missing },
        };
        self.step("pass the gate", fact, now)
    }

    /// Takes note that the source defines the function.
    pub fn locate(self, line: u32, now: Timestamp) -> Decided {
        self.step("be located", FindingFact::Located { line }, now)
    }

    /// Rejects what cannot be true as claimed.
    pub fn reject(self, why: Rejection, now: Timestamp) -> Decided {
        self.step("be rejected", FindingFact::Rejected { why }, now)
    }

    /// Makes it the lead of its own group.
    pub fn lead(self, now: Timestamp) -> Decided {
        self.step("lead a group", FindingFact::Led, now)
    }

    /// Joins the group of another finding, for reasons.
    pub fn join(self, lead: FindingId, reasons: Vec<String>, now: Timestamp) -> Decided {
        self.step("join a group", FindingFact::Joined { lead, reasons }, now)
    }

    /// Takes it out of its group, by a person's decision; it is then tried itself.
    pub fn unjoin(self, by: AccountId, now: Timestamp) -> Decided {
        self.step("leave its group", FindingFact::Unjoined { by }, now)
    }

    /// Tries it itself, because its lead fell.
    pub fn promote(self, now: Timestamp) -> Decided {
        self.step("be promoted", FindingFact::Promoted, now)
    }

    /// Takes the verdict of its reproduction.
    pub fn conclude(self, verdict: Verdict, now: Timestamp) -> Decided {
        self.step("be concluded", FindingFact::Concluded { verdict }, now)
    }

    /// Takes note that the newest release is no longer affected.
    pub fn found_fixed(self, newest: Version, now: Timestamp) -> Decided {
        self.step("be found fixed", FindingFact::FoundFixed { newest }, now)
    }

    /// Tries it again from its evidence on, by a person's decision: what could not be made may be
    /// made by now, and meanwhile another one may say the same.
    pub fn try_again(self, by: AccountId, now: Timestamp) -> Decided {
        self.step("be tried again", FindingFact::TriedAgain { by }, now)
    }

    fn step(self, step: &'static str, fact: FindingFact, now: Timestamp) -> Decided {
        let refusal = Refusal::NotNow { step, subject: "finding", state: self.standing.name() };
        becomes(self, fact, now, refusal)
    }
}

/// A finding after a decision, with the fact; or the refusal.
pub type Decided = Result<(Finding, FindingFact), Refusal>;

impl Standing {
    /// The state's name, as stored and as told to finders.
    pub fn name(&self) -> &'static str {
        match self {
            Standing::Received => "received",
            Standing::NeedsInfo { .. } => "needs_info",
            Standing::Complete => "complete",
            Standing::Located { .. } => "located",
            Standing::Leading { .. } => "leading",
            Standing::Joined { .. } => "joined",
            Standing::Rejected { .. } => "rejected",
            Standing::Reproduced => "reproduced",
            Standing::NotReproduced => "not_reproduced",
            Standing::Flaky => "flaky",
            Standing::Waiting => "waiting",
            Standing::AlreadyFixed { .. } => "already_fixed",
        }
    }

    /// Whether others may join it: it leads, and what it claims has not fallen.
    pub fn holds_a_group(&self) -> bool {
        match self {
            Standing::Leading { .. } | Standing::Reproduced | Standing::AlreadyFixed { .. } => true,
            Standing::Received
            | Standing::NeedsInfo { .. }
            | Standing::Complete
            | Standing::Located { .. }
            | Standing::Joined { .. }
            | Standing::Rejected { .. }
            | Standing::NotReproduced
            | Standing::Flaky
            | Standing::Waiting => false,
        }
    }

    /// Whether it fell as the lead of its group, so that the next member must be tried.
    pub fn has_fallen(&self) -> bool {
        match self {
            Standing::Rejected { .. }
            | Standing::NotReproduced
            | Standing::Flaky
            | Standing::Waiting => true,
            Standing::Received
            | Standing::NeedsInfo { .. }
            | Standing::Complete
            | Standing::Located { .. }
            | Standing::Leading { .. }
            | Standing::Joined { .. }
            | Standing::Reproduced
            | Standing::AlreadyFixed { .. } => false,
        }
    }
}

impl Aggregate for Finding {
    const SUBJECT: Subject = Subject::Finding;
    type Fact = FindingFact;

    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }

    fn apply(prior: Option<Self>, fact: &FindingFact, at: Timestamp) -> Option<Self> {
        let Some(finding) = prior else {
            return match fact {
                FindingFact::Received(received) => Some(received.finding(at)),
                _ => None,
            };
        };
        let standing = after(&finding.standing, fact)?;
        Some(Finding { standing, changed_at: at, ..finding })
    }
}

impl Received {
    fn finding(&self, at: Timestamp) -> Finding {
        let Received { id, finder, account, project, receipt, digest, report, claim, .. } = *self;
        Finding {
            id,
            finder,
            account,
            project,
            receipt,
            digest,
            report,
            claim,
            recipe: self.recipe,
            essence: self.essence.clone(),
            received_at: at,
            changed_at: at,
            standing: Standing::Received,
        }
    }
}

/// The table of steps: which fact may follow which standing, and where it leads.
fn after(standing: &Standing, fact: &FindingFact) -> Option<Standing> {
    use FindingFact as F;
    use Standing as S;
    Some(match (standing, fact.clone()) {
        (S::Received, F::InfoNeeded { missing }) => S::NeedsInfo { missing },
        (S::Received | S::NeedsInfo { .. }, F::Completed) => S::Complete,
        (S::Complete, F::Located { line }) => S::Located { line },
        (S::Complete | S::Located { .. } | S::Leading { .. }, F::Rejected { why }) => {
            S::Rejected { why }
        }
        (S::Located { line }, F::Led) => S::Leading { line: *line },
        // One that joined already goes behind the next lead when its own fell.
        (S::Located { line } | S::Joined { line, .. }, F::Joined { lead, reasons }) => {
            S::Joined { lead, reasons, line: *line }
        }
        (S::Joined { line, .. }, F::Unjoined { .. } | F::Promoted) => S::Leading { line: *line },
        (S::Leading { .. } | S::Waiting, F::Concluded { verdict }) => match verdict {
            Verdict::Reproduced => S::Reproduced,
            Verdict::NotReproduced => S::NotReproduced,
            Verdict::Flaky => S::Flaky,
            Verdict::EnvironmentFailed => S::Waiting,
        },
        (S::Leading { .. }, F::FoundFixed { newest }) => S::AlreadyFixed { newest },
        (S::Waiting, F::TriedAgain { .. }) => S::Complete,
        (
            _,
            F::Received(_)
            | F::InfoNeeded { .. }
            | F::Completed
            | F::Located { .. }
            | F::Rejected { .. }
            | F::Led
            | F::Joined { .. }
            | F::Unjoined { .. }
            | F::Promoted
            | F::Concluded { .. }
            | F::FoundFixed { .. }
            | F::TriedAgain { .. },
        ) => return None,
    })
}

#[cfg(test)]
mod tests;
