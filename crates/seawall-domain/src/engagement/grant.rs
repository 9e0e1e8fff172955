//! Grants: who may send requests in a window, for what, and on which assets.
//!
//! A grant is good for one person or one machine, for one window, for minutes, and only together
//! with a key that never leaves its holder. It is not passed on: whoever works for a partner has a
//! grant of its own. Each request names its purpose and the claim on what it looks at. What a
//! person does with an answer, no gateway knows: the binding is a record, and a contract
//! (FRONTIER 4.3, F32, F38).

use crate::digest::Digest;
use crate::id::{PartyId, PersonId, ScanId, WindowId};
use crate::time::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The longest grant in seconds.
pub const GRANT_SECONDS_MAX: i64 = 900;

/// What a request is for.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Finding flaws in one's own assets.
    FindOwn,
    /// Finding flaws in assets of others who agreed.
    FindAgreed,
    /// Repairing.
    Patch,
    /// Building detection.
    Detect,
    /// Responding to an incident.
    Respond,
    /// Evaluating the model itself.
    Evaluate,
}

impl Purpose {
    /// Every purpose.
    pub const ALL: [Purpose; 6] = [
        Purpose::FindOwn,
        Purpose::FindAgreed,
        Purpose::Patch,
        Purpose::Detect,
        Purpose::Respond,
        Purpose::Evaluate,
    ];

    /// Whether a request for it names the claim on what it looks at; evaluating looks at nothing
    /// but the model.
    pub fn needs_claim(self) -> bool {
        match self {
            Purpose::FindOwn
            | Purpose::FindAgreed
            | Purpose::Patch
            | Purpose::Detect
            | Purpose::Respond => true,
            Purpose::Evaluate => false,
        }
    }
}

/// Who holds a grant.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Bearer {
    /// A named person.
    Person {
        /// Who.
        person: PersonId,
    },
    /// A machine, for which a named person answers.
    Workload {
        /// SHA-256 of the machine's name.
        name: Digest,
        /// Who answers for it.
        sponsor: PersonId,
    },
}

impl Bearer {
    /// The person behind it.
    pub fn person(&self) -> PersonId {
        match self {
            Bearer::Person { person } => *person,
            Bearer::Workload { sponsor, .. } => *sponsor,
        }
    }
}

/// How a request proves that whoever sends it has the grant's key.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// By a signature over each request (DPoP, RFC 9449).
    #[default]
    Signature,
    /// By its connection, whose client certificate has the key (RFC 8705 section 3).
    Certificate,
}

impl Proof {
    /// Whether it is the one that is taken where nothing is said.
    pub fn is_usual(&self) -> bool {
        *self == Proof::default()
    }
}

/// A grant.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Grant {
    /// For whom.
    pub bearer: Bearer,
    /// The party it acts for.
    pub party: PartyId,
    /// The one window.
    pub window: WindowId,
    /// What a request must prove to have: the thumbprint of the holder's public key (RFC 7638), or
    /// SHA-256 of its certificate (RFC 8705).
    pub key: Digest,
    /// How it proves that.
    #[serde(default, skip_serializing_if = "Proof::is_usual")]
    pub proof: Proof,
    /// For what.
    pub purposes: BTreeSet<Purpose>,
    /// The claims it may look at, and until when each of them stands.
    pub claims: BTreeMap<ScanId, Timestamp>,
    /// SHA-256 of the terms that the person accepted.
    pub terms: Digest,
    /// From when.
    pub from: Timestamp,
    /// Until when.
    pub until: Timestamp,
}

/// What a request shows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Shown {
    /// The window it is sent to.
    pub window: WindowId,
    /// SHA-256 of the public key that it proved to have; none if it proved none.
    pub key: Option<Digest>,
    /// What it says it is for.
    pub purpose: Option<Purpose>,
    /// The claim it names.
    pub claim: Option<ScanId>,
}

/// Who has been cut off; asked at each request, so that cutting somebody off takes effect at once.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Cut {
    /// People.
    pub people: BTreeSet<PersonId>,
    /// Parties, with everybody in them.
    pub parties: BTreeSet<PartyId>,
    /// Keys that were lost.
    pub keys: BTreeSet<Digest>,
}

/// Why a request does not pass.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Denied {
    /// The grant was made for another window.
    #[error("denied: this grant is for another window")]
    OtherWindow,
    /// It proved no key, or another one.
    #[error("denied: the request does not prove the key of this grant")]
    NoKey,
    /// Not yet, or no longer.
    #[error("denied: the grant is not in force")]
    NotInForce,
    /// It lasts too long to be one of ours.
    #[error("denied: a grant lasts at most {GRANT_SECONDS_MAX} seconds")]
    TooLong,
    /// The person, its party or its key was cut off.
    #[error("denied: cut off")]
    CutOff,
    /// The terms have changed since.
    #[error("denied: the terms of the window were not accepted")]
    OtherTerms,
    /// It says no purpose, or one that the grant does not name.
    #[error("denied: the purpose is missing or not granted")]
    NoPurpose,
    /// It names no claim, or none that stands.
    #[error("denied: the claim on the asset is missing or has ended")]
    NoClaim,
}

impl Grant {
    /// Whether a request may pass under the grant.
    pub fn admits(
        &self,
        shown: &Shown,
        terms: &Digest,
        cut: &Cut,
        now: Timestamp,
    ) -> Result<(), Denied> {
        if shown.window != self.window {
            return Err(Denied::OtherWindow);
        }
        if shown.key != Some(self.key) {
            return Err(Denied::NoKey);
        }
        if now < self.from || now >= self.until {
            return Err(Denied::NotInForce);
        }
        let life = self.until.duration_since(self.from);
        if life > SignedDuration::from_secs(GRANT_SECONDS_MAX) {
            return Err(Denied::TooLong);
        }
        let person = self.bearer.person();
        if cut.people.contains(&person)
            || cut.parties.contains(&self.party)
            || cut.keys.contains(&self.key)
        {
            return Err(Denied::CutOff);
        }
        if *terms != self.terms {
            return Err(Denied::OtherTerms);
        }
        let Some(purpose) = shown.purpose.filter(|purpose| self.purposes.contains(purpose)) else {
            return Err(Denied::NoPurpose);
        };
        let stands = |claim: ScanId| self.claims.get(&claim).is_some_and(|until| now < *until);
        match (purpose.needs_claim(), shown.claim) {
            (_, Some(claim)) if !stands(claim) => Err(Denied::NoClaim),
            (true, None) => Err(Denied::NoClaim),
            (true | false, Some(_)) | (false, None) => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests;
