//! An exposure: a flaw meets an operator's inventory. It closes only with evidence.
//!
//! The flaw is told by an advisory that was published here, or by outside sources. What can change
//! while the inventory stays the same has a fact of its own: an issuer's word, its withdrawal, a
//! source that tells of the flaw no longer, and each deadline that was told.

use crate::digest::Digest;
use crate::fact::{Aggregate, Subject, becomes, begun, facts_of};
use crate::id::{AdvisoryId, ExposureId, InventoryId, PartyId, StatementId};
use crate::package::Version;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// Where and by what an operator is exposed. There is one per operator, label, cause and component.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Spot {
    /// The operator.
    pub operator: PartyId,
    /// The operator's system.
    pub label: String,
    /// By what; it is written as a member of the spot: `"advisory": …` or `"flaw": …`.
    #[serde(flatten)]
    pub cause: Cause,
    /// The component, as the inventory names it without its version.
    pub component: String,
}

/// What tells of the flaw that an operator is exposed to.
#[derive(Clone, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// An advisory that was published here.
    Advisory(AdvisoryId),
    /// Outside sources, by the name under which the flaw was met first: its CVE id if it had one.
    Flaw(String),
}

/// The id of the advisory, or the name of the flaw: no name has an id's form.
impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Cause::Advisory(id) => id.fmt(f),
            Cause::Flaw(name) => f.write_str(name),
        }
    }
}

/// The deadline that was told last.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// The row of the table of BOD 26-04, as it is numbered there.
    pub row: u8,
    /// When it is due; none when the fix may wait for the next upgrade.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_at: Option<Timestamp>,
    /// When it was told.
    pub at: Timestamp,
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
    /// The deadline that was told last; none before the first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<Told>,
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
    /// An issuer of the outside world says that it is not affected.
    NotAffectedOutside {
        /// Who says so, as the source names it.
        issuer: String,
    },
    /// Nothing tells of it any longer, though the component is still there.
    Retracted {
        /// When that was seen.
        at: Timestamp,
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
        /// When the flaw was first met on this system, where that was told under another cause.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Timestamp>,
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
    ClearedOutside {
        issuer: String,
    },
    /// Nobody clears it any longer.
    Reopened,
    /// The source withdrew the flaw, or what it affects no longer holds this version.
    Retracted,
    /// A deadline was told that differs from the last one.
    Told {
        row: u8,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        due_at: Option<Timestamp>,
    },
    Fixed {
        evidence: Digest,
    },
}
facts_of!(ExposureFact in Exposure);

/// An exposure after a decision, with the fact; or the refusal.
pub type Decided = Result<(Exposure, ExposureFact), Refusal>;

impl Exposure {
    /// Opens an exposure; `since` is when the flaw was first met here under another cause, so that
    /// a deadline's clock does not start anew.
    pub fn open(
        id: ExposureId,
        spot: Spot,
        seen: (InventoryId, Option<Version>, String),
        since: Option<Timestamp>,
        now: Timestamp,
    ) -> Option<(Exposure, ExposureFact)> {
        let (inventory, version, rule) = seen;
        begun(ExposureFact::Opened { id, spot, inventory, version, rule, since }, now)
    }

    /// Takes note that it is seen; one that was fixed or retracted opens again.
    pub fn see(self, seen: (InventoryId, Option<Version>, String), now: Timestamp) -> Decided {
        let (inventory, version, rule) = seen;
        self.step("be seen", ExposureFact::Seen { inventory, version, rule }, now)
    }

    /// Takes note that a vendor or distributor says it is not affected.
    pub fn clear(self, issuer: PartyId, statement: StatementId, now: Timestamp) -> Decided {
        self.step("be cleared", ExposureFact::Cleared { issuer, statement }, now)
    }

    /// Takes note that an issuer of the outside world says it is not affected.
    pub fn clear_outside(self, issuer: String, now: Timestamp) -> Decided {
        self.step("be cleared", ExposureFact::ClearedOutside { issuer }, now)
    }

    /// Opens it again, because nobody clears it any longer.
    pub fn reopen(self, now: Timestamp) -> Decided {
        self.step("be reopened", ExposureFact::Reopened, now)
    }

    /// Takes note that nothing tells of it any longer.
    pub fn retract(self, now: Timestamp) -> Decided {
        self.step("be retracted", ExposureFact::Retracted, now)
    }

    /// Takes note of the deadline that its operator is told.
    pub fn tell(self, row: u8, due_at: Option<Timestamp>, now: Timestamp) -> Decided {
        self.step("be told", ExposureFact::Told { row, due_at }, now)
    }

    /// Whether this deadline differs from the one that was told last.
    pub fn is_news(&self, row: u8, due_at: Option<Timestamp>) -> bool {
        self.told.as_ref().is_none_or(|told| (told.row, told.due_at) != (row, due_at))
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

impl Exposure {
    /// The exposure after a fact; none where the fact does not fit where it stands.
    fn changed(self, fact: ExposureFact, at: Timestamp) -> Option<Self> {
        let standing = match (&self.standing, fact) {
            (_, ExposureFact::Opened { .. }) => return None,
            (before, ExposureFact::Seen { inventory, version, rule }) => {
                let standing = match before {
                    Standing::Fixed { .. } | Standing::Retracted { .. } => Standing::Open,
                    Standing::Open
                    | Standing::NotAffected { .. }
                    | Standing::NotAffectedOutside { .. } => before.clone(),
                };
                return Some(Exposure { inventory, version, rule, standing, ..self });
            }
            (Standing::Open, ExposureFact::Told { row, due_at }) => {
                return Some(Exposure { told: Some(Told { row, due_at, at }), ..self });
            }
            (Standing::Open, ExposureFact::Cleared { issuer, statement }) => {
                Standing::NotAffected { issuer, statement }
            }
            (Standing::Open, ExposureFact::ClearedOutside { issuer }) => {
                Standing::NotAffectedOutside { issuer }
            }
            (before, ExposureFact::Reopened) if before.is_cleared() => Standing::Open,
            (before, ExposureFact::Retracted) if before.is_there() => Standing::Retracted { at },
            (before, ExposureFact::Fixed { evidence }) if !before.is_fixed() => {
                Standing::Fixed { at, evidence }
            }
            (
                _,
                ExposureFact::Told { .. }
                | ExposureFact::Cleared { .. }
                | ExposureFact::ClearedOutside { .. }
                | ExposureFact::Reopened
                | ExposureFact::Retracted
                | ExposureFact::Fixed { .. },
            ) => return None,
        };
        Some(Exposure { standing, ..self })
    }
}

impl Standing {
    /// Whether somebody's word clears it.
    pub fn is_cleared(&self) -> bool {
        match self {
            Standing::NotAffected { .. } | Standing::NotAffectedOutside { .. } => true,
            Standing::Open | Standing::Retracted { .. } | Standing::Fixed { .. } => false,
        }
    }

    /// Whether an inventory showed it gone.
    pub fn is_fixed(&self) -> bool {
        matches!(self, Standing::Fixed { .. })
    }

    /// Whether the component is there and the flaw is told of, be it cleared or not.
    pub fn is_there(&self) -> bool {
        self.is_cleared() || matches!(self, Standing::Open)
    }

    /// The state's name.
    pub fn name(&self) -> &'static str {
        match self {
            Standing::Open => "open",
            Standing::NotAffected { .. } | Standing::NotAffectedOutside { .. } => "not_affected",
            Standing::Retracted { .. } => "retracted",
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
            (None, ExposureFact::Opened { id, spot, inventory, version, rule, since }) => {
                Some(Exposure {
                    id,
                    spot,
                    inventory,
                    version,
                    rule,
                    opened_at: since.unwrap_or(at),
                    standing: Standing::Open,
                    told: None,
                })
            }
            (Some(exposure), fact) => exposure.changed(fact, at),
            (None, _) => None,
        }
    }
}

#[cfg(test)]
mod tests;
