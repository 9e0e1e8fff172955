//! A scan: a lease on looking at a target, so that others learn who is already there (C09).

use crate::fact::{Aggregate, Subject, becomes, begun, facts_of};
use crate::id::{AccountId, PartyId, ScanId};
use crate::package::Package;
use crate::refusal::Refusal;
use crate::time::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The longest lease in days: a crashed holder must not block a target for long.
pub const LEASE_DAYS_MAX: i64 = 14;

/// A scan lease.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Scan {
    /// Its id.
    pub id: ScanId,
    /// Who holds it.
    pub party: PartyId,
    /// The account that took it.
    pub account: AccountId,
    /// What is looked at.
    pub package: Package,
    /// How: `fuzzing`, `static analysis`, `model review` …
    pub technique: String,
    /// From when.
    pub from: Timestamp,
    /// Until when, at the latest.
    pub until: Timestamp,
    /// Where it stands; an expired lease needs no fact, its time has passed.
    pub standing: Standing,
}

/// Where a lease stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Standing {
    /// Held until it ends or expires.
    Claimed,
    /// Over, with what came of it: zero is coverage too.
    Ended {
        /// How many findings came of it.
        findings: u32,
        /// When.
        at: Timestamp,
    },
}

/// What happens to a scan.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields are those of the state they change")]
pub enum ScanFact {
    Claimed {
        id: ScanId,
        party: PartyId,
        account: AccountId,
        package: Package,
        technique: String,
        until: Timestamp,
    },
    Ended {
        findings: u32,
    },
}
facts_of!(ScanFact in Scan);

impl Scan {
    /// Takes a lease. Overlap is told, never refused: two may look, but both shall know.
    pub fn claim(
        id: ScanId,
        holder: (PartyId, AccountId),
        package: Package,
        technique: String,
        until: Timestamp,
        now: Timestamp,
    ) -> Result<(Scan, ScanFact), Refusal> {
        let life = until.duration_since(now);
        let refusal = Refusal::LeaseOutOfBounds { days_max: LEASE_DAYS_MAX };
        if !life.is_positive() || life > SignedDuration::from_hours(LEASE_DAYS_MAX * 24) {
            return Err(refusal);
        }
        let (party, account) = holder;
        begun(ScanFact::Claimed { id, party, account, package, technique, until }, now)
            .ok_or(refusal)
    }

    /// Ends the lease with what was found; "nothing" counts.
    pub fn end(self, findings: u32, now: Timestamp) -> Result<(Scan, ScanFact), Refusal> {
        let refusal = Refusal::NotNow { step: "end", subject: "scan", state: "ended" };
        becomes(self, ScanFact::Ended { findings }, now, refusal)
    }

    /// Whether the lease is held at that instant.
    pub fn is_held(&self, now: Timestamp) -> bool {
        self.standing == Standing::Claimed && now < self.until
    }
}

impl Aggregate for Scan {
    const SUBJECT: Subject = Subject::Scan;
    type Fact = ScanFact;

    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }

    fn apply(prior: Option<Self>, fact: &ScanFact, at: Timestamp) -> Option<Self> {
        match (prior, fact.clone()) {
            (None, ScanFact::Claimed { id, party, account, package, technique, until }) => {
                let standing = Standing::Claimed;
                Some(Scan { id, party, account, package, technique, from: at, until, standing })
            }
            (Some(scan), ScanFact::Ended { findings }) if scan.standing == Standing::Claimed => {
                Some(Scan { standing: Standing::Ended { findings, at }, ..scan })
            }
            (None, ScanFact::Ended { .. }) | (Some(_), _) => None,
        }
    }
}

#[cfg(test)]
mod tests;
