//! A project: a piece of software that findings are about, and the contract with its maintainer.

use crate::fact::{Aggregate, Subject, becomes, begun, facts_of};
use crate::id::{PartyId, ProjectId};
use crate::package::{Package, Version};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How a project wants findings to be handled (capability C22): data, never a global constant.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    /// Whether what an AI found starts secret.
    pub ai_found: Secrecy,
    /// Whether the maintainer gets the reproducer.
    pub reproducer: ReproducerHandling,
    /// How long an embargo may last, in days.
    pub embargo_days: u16,
    /// From when those days count.
    pub clock: ClockBasis,
    /// How many cases may be open with the maintainer at once.
    pub open_cases_max: u16,
}

/// Whether a flaw starts under embargo.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Secrecy {
    /// Treated as public from the start; only the reproducer is held back.
    Public,
    /// Kept among the participants until the embargo ends.
    Private,
}

/// Whether and when the maintainer gets the reproducer. It leaves only by a recorded release.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReproducerHandling {
    /// Released to the maintainer with the report.
    Release,
    /// Withheld until the maintainer asks for it.
    Withhold,
}

/// From when an embargo's days count.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ClockBasis {
    /// From the day the maintainer was told.
    FromReport,
    /// From the day a fix exists.
    FromFix,
}

/// How fast the maintainer wants to be sent work.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pace {
    /// As agreed.
    Agreed,
    /// One thing at a time.
    Slow,
    /// Nothing until further notice.
    Paused,
}

/// A project.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Project {
    /// Its id.
    pub id: ProjectId,
    /// The package it publishes.
    pub package: Package,
    /// The party that maintains it.
    pub maintainer: PartyId,
    /// Where its maintainer reads mail (a role's address).
    pub contact: String,
    /// The contract.
    pub policy: Policy,
    /// The pace the maintainer last asked for.
    pub pace: Pace,
    /// In a replay of history: the newest release that counts as existing. `None`: all do.
    pub horizon: Option<Version>,
}

/// What happens to a project.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields are those of the state they change")]
pub enum ProjectFact {
    Registered {
        id: ProjectId,
        package: Package,
        maintainer: PartyId,
        contact: String,
        policy: Policy,
        horizon: Option<Version>,
    },
    HorizonMoved {
        horizon: Option<Version>,
    },
    PaceAsked {
        pace: Pace,
    },
}
facts_of!(ProjectFact in Project);

impl Project {
    /// Registers a project with its maintainer's contract.
    pub fn register(fact: ProjectFact, now: Timestamp) -> Option<(Project, ProjectFact)> {
        begun(fact, now)
    }

    /// Lets later releases exist: up to `horizon`, or all of them.
    pub fn move_horizon(
        self,
        horizon: Option<Version>,
        now: Timestamp,
    ) -> Result<(Project, ProjectFact), Refusal> {
        becomes(self, ProjectFact::HorizonMoved { horizon }, now, Refusal::Hidden)
    }

    /// How many cases may be open with the maintainer at once, at the pace it last asked for.
    pub fn capacity(&self) -> u16 {
        match self.pace {
            Pace::Agreed => self.policy.open_cases_max,
            Pace::Slow => self.policy.open_cases_max.min(1),
            Pace::Paused => 0,
        }
    }

    /// Takes note of the pace the maintainer asks for.
    pub fn ask_pace(self, pace: Pace, now: Timestamp) -> Result<(Project, ProjectFact), Refusal> {
        becomes(self, ProjectFact::PaceAsked { pace }, now, Refusal::Hidden)
    }
}

impl Aggregate for Project {
    const SUBJECT: Subject = Subject::Project;
    type Fact = ProjectFact;

    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }

    fn apply(prior: Option<Self>, fact: &ProjectFact, _at: Timestamp) -> Option<Self> {
        match (prior, fact.clone()) {
            (
                None,
                ProjectFact::Registered { id, package, maintainer, contact, policy, horizon },
            ) => Some(Project {
                id,
                package,
                maintainer,
                contact,
                policy,
                pace: Pace::Agreed,
                horizon,
            }),
            (Some(project), ProjectFact::HorizonMoved { horizon }) => {
                Some(Project { horizon, ..project })
            }
            (Some(project), ProjectFact::PaceAsked { pace }) => Some(Project { pace, ..project }),
            (None, _) | (Some(_), ProjectFact::Registered { .. }) => None,
        }
    }
}
