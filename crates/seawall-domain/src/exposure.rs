//! An exposure: an advisory meets an operator's inventory. It closes only with evidence.

use crate::digest::Digest;
use crate::fact::{Aggregate, Subject, becomes, begun, facts_of};
use crate::id::{AdvisoryId, ExposureId, InventoryId, PartyId, StatementId};
use crate::package::Version;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Where and by what an operator is exposed. There is one per operator, label, advisory and
/// component; it is found again by [`Exposure::name`].
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Spot {
    /// The operator.
    pub operator: PartyId,
    /// The operator's system.
    pub label: String,
    /// The advisory.
    pub advisory: AdvisoryId,
    /// The component, as the inventory names it without its version.
    pub component: String,
}

/// An exposure.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Exposure {
    /// Its id.
    pub id: ExposureId,
    /// Where.
    pub spot: Spot,
    /// The inventory in which it was seen last.
    pub inventory: InventoryId,
    /// The version seen.
    pub version: Option<Version>,
    /// Why it matched, in words: the rule and its source.
    pub rule: String,
    /// When it was first seen: where a deadline's clock may start.
    pub opened_at: Timestamp,
    /// Where it stands.
    pub standing: Standing,
}

/// Where an exposure stands.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Standing {
    /// To be fixed.
    Open,
    /// A vendor or distributor says that it is not affected.
    NotAffected {
        /// Who says so.
        issuer: PartyId,
        /// In which statement.
        statement: StatementId,
    },
    /// A later inventory shows it gone.
    Fixed {
        /// When.
        at: Timestamp,
        /// SHA-256 of that inventory: the evidence.
        evidence: Digest,
    },
}

/// What happens to an exposure.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields are those of the state they change")]
pub enum ExposureFact {
    Opened {
        id: ExposureId,
        spot: Spot,
        inventory: InventoryId,
        version: Option<Version>,
        rule: String,
    },
    Seen {
        inventory: InventoryId,
        version: Option<Version>,
        rule: String,
    },
    Cleared {
        issuer: PartyId,
        statement: StatementId,
    },
    Fixed {
        evidence: Digest,
    },
}
facts_of!(ExposureFact in Exposure);

/// An exposure after a decision, with the fact; or the refusal.
pub type Decided = Result<(Exposure, ExposureFact), Refusal>;

impl Exposure {
    /// Opens an exposure.
    pub fn open(
        id: ExposureId,
        spot: Spot,
        seen: (InventoryId, Option<Version>, String),
        now: Timestamp,
    ) -> Option<(Exposure, ExposureFact)> {
        let (inventory, version, rule) = seen;
        begun(ExposureFact::Opened { id, spot, inventory, version, rule }, now)
    }

    /// Takes note that a later inventory still shows it; one that was fixed opens again.
    pub fn see(self, seen: (InventoryId, Option<Version>, String), now: Timestamp) -> Decided {
        let (inventory, version, rule) = seen;
        self.step("be seen", ExposureFact::Seen { inventory, version, rule }, now)
    }

    /// Takes note that a vendor or distributor says it is not affected.
    pub fn clear(self, issuer: PartyId, statement: StatementId, now: Timestamp) -> Decided {
        self.step("be cleared", ExposureFact::Cleared { issuer, statement }, now)
    }

    /// Closes it with the digest of the inventory that shows it gone.
    pub fn fix(self, evidence: Digest, now: Timestamp) -> Decided {
        self.step("be fixed", ExposureFact::Fixed { evidence }, now)
    }

    fn step(self, step: &'static str, fact: ExposureFact, now: Timestamp) -> Decided {
        let state = self.standing.name();
        becomes(self, fact, now, Refusal::NotNow { step, subject: "exposure", state })
    }
}

impl Standing {
    /// The state's name.
    pub fn name(&self) -> &'static str {
        match self {
            Standing::Open => "open",
            Standing::NotAffected { .. } => "not_affected",
            Standing::Fixed { .. } => "fixed",
        }
    }
}

impl Aggregate for Exposure {
    const SUBJECT: Subject = Subject::Exposure;
    type Fact = ExposureFact;

    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }

    fn apply(prior: Option<Self>, fact: &ExposureFact, at: Timestamp) -> Option<Self> {
        match (prior, fact.clone()) {
            (None, ExposureFact::Opened { id, spot, inventory, version, rule }) => Some(Exposure {
                id,
                spot,
                inventory,
                version,
                rule,
                opened_at: at,
                standing: Standing::Open,
            }),
            (Some(exposure), ExposureFact::Seen { inventory, version, rule }) => {
                let standing = match exposure.standing {
                    Standing::Fixed { .. } => Standing::Open,
                    Standing::Open | Standing::NotAffected { .. } => exposure.standing,
                };
                Some(Exposure { inventory, version, rule, standing, ..exposure })
            }
            (Some(exposure), ExposureFact::Cleared { issuer, statement }) => {
                (exposure.standing == Standing::Open).then_some(())?;
                let standing = Standing::NotAffected { issuer, statement };
                Some(Exposure { standing, ..exposure })
            }
            (Some(exposure), ExposureFact::Fixed { evidence }) => {
                (!matches!(exposure.standing, Standing::Fixed { .. })).then_some(())?;
                Some(Exposure { standing: Standing::Fixed { at, evidence }, ..exposure })
            }
            (None, _) | (Some(_), ExposureFact::Opened { .. }) => None,
        }
    }
}

#[cfg(test)]
mod tests;
