//! The figures of an installation, counted from its facts and from nothing else: whoever holds the
//! log can recompute every one of them (invariant 7 of the mission).

use crate::advisory::AdvisoryFact;
use crate::case::{CaseFact, LetterKind};
use crate::exposure::{self, Exposure, ExposureFact};
use crate::fact::{Aggregate, Fact};
use crate::finding::{Finding, FindingFact, Standing};
use crate::inventory::InventoryFact;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use uuid::Uuid;

/// The figures.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[allow(missing_docs, reason = "each figure is what its name says")]
pub struct Figures {
    pub findings_received: u64,
    pub findings_joined: u64,
    pub findings_needs_info: u64,
    pub findings_rejected: u64,
    pub findings_not_reproduced: u64,
    pub findings_already_fixed: u64,
    pub findings_reproduced: u64,
    pub cases: u64,
    pub advisories_published: u64,
    pub advisories_revised: u64,
    pub inventories: u64,
    pub exposures_open: u64,
    pub exposures_not_affected: u64,
    pub exposures_fixed: u64,
    pub mails_sent: u64,
}

/// Counts facts as they come, in any order between subjects and in order within one.
#[derive(Debug, Default)]
pub struct Count {
    figures: Figures,
    findings: BTreeMap<Uuid, Finding>,
    exposures: BTreeMap<Uuid, Exposure>,
    broken: u64,
}

impl Count {
    /// Takes one fact about a subject.
    pub fn take(&mut self, subject: Uuid, fact: &Fact, at: Timestamp) {
        match fact {
            Fact::Finding(fact) => self.finding(subject, fact, at),
            Fact::Exposure(fact) => self.exposure(subject, fact, at),
            Fact::Case(CaseFact::Opened { .. }) => self.figures.cases += 1,
            Fact::Case(CaseFact::LetterSent { about, .. }) => match about {
                LetterKind::Report
                | LetterKind::Bundle
                | LetterKind::Publication
                | LetterKind::Answer => self.figures.mails_sent += 1,
            },
            Fact::Advisory(AdvisoryFact::Published { revision, .. }) => match revision {
                1 => self.figures.advisories_published += 1,
                _ => self.figures.advisories_revised += 1,
            },
            Fact::Inventory(InventoryFact::Received(_)) => self.figures.inventories += 1,
            Fact::Party(_)
            | Fact::Account(_)
            | Fact::Project(_)
            | Fact::Scan(_)
            | Fact::Reproduction(_)
            | Fact::Case(_)
            | Fact::Fix(_)
            | Fact::Advisory(_)
            | Fact::Statement(_)
            // Who takes part in the framework is no figure of anybody's.
            | Fact::Evaluation(_)
            | Fact::Engagement(_)
            | Fact::Tie(_)
            | Fact::Basis(_)
            | Fact::Partner(_) => {}
        }
    }

    fn finding(&mut self, id: Uuid, fact: &FindingFact, at: Timestamp) {
        match Finding::apply(self.findings.remove(&id), fact, at) {
            Some(finding) => _ = self.findings.insert(id, finding),
            None => self.broken += 1,
        }
    }

    fn exposure(&mut self, id: Uuid, fact: &ExposureFact, at: Timestamp) {
        match Exposure::apply(self.exposures.remove(&id), fact, at) {
            Some(exposure) => _ = self.exposures.insert(id, exposure),
            None => self.broken += 1,
        }
    }

    /// How many facts did not follow from what came before: zero in an honest log.
    pub fn broken(&self) -> u64 {
        self.broken
    }

    /// The open exposures, for whoever derives a list from them.
    pub fn open_exposures(&self) -> impl Iterator<Item = &Exposure> {
        self.exposures.values().filter(|e| e.standing == exposure::Standing::Open)
    }

    /// The figures so far.
    pub fn figures(&self) -> Figures {
        let mut figures = self.figures;
        figures.findings_received = self.findings.len() as u64;
        for finding in self.findings.values() {
            match finding.standing {
                Standing::Joined { .. } => figures.findings_joined += 1,
                Standing::NeedsInfo { .. } => figures.findings_needs_info += 1,
                Standing::Rejected { .. } => figures.findings_rejected += 1,
                Standing::NotReproduced => figures.findings_not_reproduced += 1,
                Standing::AlreadyFixed { .. } => figures.findings_already_fixed += 1,
                Standing::Reproduced => figures.findings_reproduced += 1,
                Standing::Received
                | Standing::Complete
                | Standing::Located { .. }
                | Standing::Leading { .. }
                | Standing::Flaky
                | Standing::Waiting => {}
            }
        }
        for exposure in self.exposures.values() {
            match exposure.standing {
                exposure::Standing::Open => figures.exposures_open += 1,
                exposure::Standing::NotAffected { .. }
                | exposure::Standing::NotAffectedOutside { .. } => {
                    figures.exposures_not_affected += 1;
                }
                exposure::Standing::Retracted { .. } => {}
                exposure::Standing::Fixed { .. } => figures.exposures_fixed += 1,
            }
        }
        figures
    }
}
