//! Sealing: who may do what under a protocol, who signed it, and who may have it opened.
//!
//! Two different people sign, and whoever sets the threshold neither runs nor scores: within one
//! protocol a natural person holds one duty, whatever accounts it has. A sealed protocol is opened
//! only when enough custodians agree, only to reveal it, and every step of that is on record. Each
//! of them brings a part of the key, which is known here by its digest alone (FRONTIER 3.4); where
//! a protocol was sealed for a rehearsal there are no parts, and agreeing is all there is.

use crate::digest::Digest;
use crate::id::{AccountId, PersonId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The most people that duties of one protocol can be given to.
pub const PEOPLE_MAX: usize = 64;

/// The most revisions of one protocol.
pub const REVISIONS_MAX: usize = 64;

/// What a person does under a protocol.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// Sets the threshold, and signs.
    SetThreshold,
    /// Signs as the second.
    Countersign,
    /// Runs the batteries.
    Run,
    /// Scores, and computes the statistic.
    Score,
    /// Concurs with what the rule proposes, or says why not.
    Concur,
    /// Keeps a part of the key.
    Custody,
    /// Opens the sealed protocol afterwards, and computes again.
    Audit,
}

/// Why sealing went no further.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// One person, two duties.
    #[error("cannot take this duty: one person has one duty under a protocol")]
    SecondDuty,
    /// The person has no such duty.
    #[error("cannot do this without the duty for it")]
    NoDuty,
    /// The first signature and the second are one person's.
    #[error("cannot sign again: a second person must sign")]
    SecondPersonNeeded,
    /// The key is another person's, or the protocol does not name it.
    #[error("cannot sign with this key: the protocol does not expect it of this person")]
    OtherKey,
    /// It is sealed already, or not yet.
    #[error("cannot do this in the state that the seal is in")]
    NotNow,
    /// Too many of something.
    #[error("cannot add more than {0}")]
    Full(usize),
    /// The revision does not follow the newest one.
    #[error("cannot amend: this does not follow the newest revision")]
    NotNext,
    /// A quorum of none, of one, or of more custodians than there are.
    #[error("cannot set this quorum: at least two, and no more than there are custodians")]
    NoQuorum,
    /// Another quorum than that for which the key was split.
    #[error("cannot ask for this quorum: the key was split for another one")]
    OtherQuorum,
    /// A custodian has named no key.
    #[error("cannot seal before each custodian has brought a key")]
    NoKey,
    /// Two custodians, one key.
    #[error("cannot bring this key: another custodian has brought it")]
    SameKey,
    /// No part of the key came with the agreement, and it takes one.
    #[error("cannot agree without a part of the key")]
    NoPart,
    /// The part is another custodian's, of another opening, or there are none.
    #[error("cannot agree with this part: it is not this custodian's of this opening")]
    OtherPart,
}

/// Who has which duty under one protocol.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Duties {
    // INVARIANT: one duty a person; there is no way to hold two.
    held: BTreeMap<PersonId, Duty>,
}

impl Duties {
    /// Gives a person a duty; a second one is refused, the same one again changes nothing.
    pub fn give(&self, person: PersonId, duty: Duty) -> Result<Duties, Refused> {
        match self.held.get(&person) {
            Some(held) if *held == duty => Ok(self.clone()),
            Some(_) => Err(Refused::SecondDuty),
            None if self.held.len() >= PEOPLE_MAX => Err(Refused::Full(PEOPLE_MAX)),
            None => {
                let mut duties = self.clone();
                duties.held.insert(person, duty);
                Ok(duties)
            }
        }
    }

    /// Whether the person has that duty.
    pub fn has(&self, person: PersonId, duty: Duty) -> bool {
        self.held.get(&person) == Some(&duty)
    }

    /// Everybody with that duty.
    pub fn with(&self, duty: Duty) -> impl Iterator<Item = PersonId> + '_ {
        self.held.iter().filter(move |(_, held)| **held == duty).map(|(person, _)| *person)
    }
}

/// A signature that verified, and who made it.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Signer {
    /// The natural person.
    pub person: PersonId,
    /// The account it used.
    pub account: AccountId,
    /// SHA-256 of the public key.
    pub key: Digest,
}

/// How far the sealing of a protocol has come.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Seal {
    /// Committed to, unsigned.
    Drafted {
        /// The root of the commitment.
        root: Digest,
    },
    /// One person signed.
    SignedOnce {
        /// The root of the commitment.
        root: Digest,
        /// Who.
        by: Signer,
    },
    /// Two people signed, and nothing can be changed.
    Sealed {
        /// The root of the commitment.
        root: Digest,
        /// Who, the first first.
        by: [Signer; 2],
        /// When the second did.
        at: Timestamp,
    },
}

impl Seal {
    /// The root that it is about.
    pub fn root(&self) -> Digest {
        match self {
            Seal::Drafted { root } | Seal::SignedOnce { root, .. } | Seal::Sealed { root, .. } => {
                *root
            }
        }
    }

    /// Adds a signature. `expected` are the keys that the protocol itself names.
    pub fn sign(
        &self,
        by: Signer,
        duties: &Duties,
        expected: &[Digest],
        now: Timestamp,
    ) -> Result<Seal, Refused> {
        let signs =
            [Duty::SetThreshold, Duty::Countersign].iter().any(|duty| duties.has(by.person, *duty));
        match self {
            Seal::Sealed { .. } => Err(Refused::NotNow),
            Seal::Drafted { .. } | Seal::SignedOnce { .. } if !signs => Err(Refused::NoDuty),
            Seal::Drafted { .. } | Seal::SignedOnce { .. } if !expected.contains(&by.key) => {
                Err(Refused::OtherKey)
            }
            Seal::Drafted { root } => Ok(Seal::SignedOnce { root: *root, by }),
            Seal::SignedOnce { by: first, .. } if first.person == by.person => {
                Err(Refused::SecondPersonNeeded)
            }
            // One key in two hands is one signature.
            Seal::SignedOnce { by: first, .. } if first.key == by.key => Err(Refused::OtherKey),
            Seal::SignedOnce { by: first, .. } if first.account == by.account => {
                Err(Refused::SecondPersonNeeded)
            }
            Seal::SignedOnce { root, by: first } => {
                Ok(Seal::Sealed { root: *root, by: [*first, by], at: now })
            }
        }
    }

    /// When it was sealed.
    pub fn sealed_at(&self) -> Option<Timestamp> {
        match self {
            Seal::Sealed { at, .. } => Some(*at),
            Seal::Drafted { .. } | Seal::SignedOnce { .. } => None,
        }
    }
}

/// One sealed revision of a protocol.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Revision {
    /// The root of its commitment.
    pub root: Digest,
    /// The root that it takes the place of.
    pub supersedes: Option<Digest>,
    /// When it was sealed.
    pub at: Timestamp,
}

/// Every revision of the protocol for one model line, oldest first; none is ever taken away.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Revisions {
    sealed: Vec<Revision>,
}

impl Revisions {
    /// Adds a sealed revision, which must follow the newest one and be new.
    pub fn amend(&self, seal: &Seal, supersedes: Option<Digest>) -> Result<Revisions, Refused> {
        let at = seal.sealed_at().ok_or(Refused::NotNow)?;
        if self.sealed.len() >= REVISIONS_MAX {
            return Err(Refused::Full(REVISIONS_MAX));
        }
        let newest = self.sealed.last();
        let follows = supersedes == newest.map(|newest| newest.root)
            && newest.is_none_or(|newest| newest.at <= at);
        let known = self.sealed.iter().any(|known| known.root == seal.root());
        if !follows || known {
            return Err(Refused::NotNext);
        }
        let mut sealed = self.sealed.clone();
        sealed.push(Revision { root: seal.root(), supersedes, at });
        Ok(Revisions { sealed })
    }

    /// Every revision, oldest first.
    pub fn all(&self) -> &[Revision] {
        &self.sealed
    }

    /// How often the protocol was amended; this number is itself disclosed.
    pub fn amendments(&self) -> usize {
        self.sealed.len().saturating_sub(1)
    }

    /// The revision that runs are begun under.
    pub fn newest(&self) -> Option<&Revision> {
        self.sealed.last()
    }
}

/// Whose parts of a key open a sealed protocol together, as it was when it was committed to.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Custody {
    quorum: usize,
    parts: BTreeMap<PersonId, Digest>,
}

impl Custody {
    /// So many of these custodians, each with SHA-256 of its part.
    pub fn of(quorum: usize, parts: BTreeMap<PersonId, Digest>) -> Result<Custody, Refused> {
        if quorum < 2 || quorum > parts.len() {
            return Err(Refused::NoQuorum);
        }
        Ok(Custody { quorum, parts })
    }

    /// How many parts open it.
    pub fn quorum(&self) -> usize {
        self.quorum
    }

    /// Whose they are.
    pub fn custodians(&self) -> impl Iterator<Item = PersonId> + '_ {
        self.parts.keys().copied()
    }
}

/// Custodians agreeing, one after the other, to have a sealed protocol opened.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Opening {
    root: Digest,
    quorum: usize,
    custodians: BTreeSet<PersonId>,
    agreed: BTreeMap<PersonId, Timestamp>,
    /// SHA-256 of the part that each brings; none where the key is not split.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    parts: BTreeMap<PersonId, Digest>,
}

/// One line of the record of an opening.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum OpeningStep {
    /// A custodian agreed.
    Agreed {
        /// Who.
        by: PersonId,
        /// How many have by now.
        agreed: usize,
        /// How many it takes.
        quorum: usize,
    },
    /// Enough have agreed.
    Opened {
        /// Whose agreement was the last that it took.
        by: PersonId,
    },
}

/// Enough custodians agreed: the only thing that whoever holds the key opens for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Opened {
    root: Digest,
}

impl Opened {
    /// Which commitment may be opened.
    pub fn root(&self) -> Digest {
        self.root
    }
}

impl Opening {
    /// Begins: nobody has agreed yet.
    pub fn ask(seal: &Seal, duties: &Duties, quorum: usize) -> Result<Opening, Refused> {
        let custodians: BTreeSet<PersonId> = duties.with(Duty::Custody).collect();
        if seal.sealed_at().is_none() {
            return Err(Refused::NotNow);
        }
        if quorum < 2 || quorum > custodians.len() {
            return Err(Refused::NoQuorum);
        }
        let (agreed, parts) = (BTreeMap::new(), BTreeMap::new());
        Ok(Opening { root: seal.root(), quorum, custodians, agreed, parts })
    }

    /// Begins where the key is split: the custodians and their number are those of the split.
    pub fn ask_by_parts(seal: &Seal, custody: &Custody) -> Result<Opening, Refused> {
        if seal.sealed_at().is_none() {
            return Err(Refused::NotNow);
        }
        Ok(Opening {
            root: seal.root(),
            quorum: custody.quorum,
            custodians: custody.custodians().collect(),
            agreed: BTreeMap::new(),
            parts: custody.parts.clone(),
        })
    }

    /// Which commitment is to be opened.
    pub fn root(&self) -> Digest {
        self.root
    }

    /// How many custodians it takes.
    pub fn quorum(&self) -> usize {
        self.quorum
    }

    /// Who may agree.
    pub fn custodians(&self) -> impl Iterator<Item = PersonId> + '_ {
        self.custodians.iter().copied()
    }

    /// Whether custodians bring parts of the key.
    pub fn is_by_parts(&self) -> bool {
        !self.parts.is_empty()
    }

    /// SHA-256 of the part of everybody who has agreed.
    pub fn brought(&self) -> impl Iterator<Item = Digest> + '_ {
        self.agreed.keys().filter_map(|person| self.parts.get(person).copied())
    }

    /// Whether a custodian may agree with what it brings.
    pub fn takes(&self, by: PersonId, part: Option<Digest>) -> Result<(), Refused> {
        if !self.custodians.contains(&by) {
            return Err(Refused::NoDuty);
        }
        match (self.parts.get(&by), part) {
            (None, None) => Ok(()),
            (Some(_), None) => Err(Refused::NoPart),
            (expected, Some(part)) if expected == Some(&part) => Ok(()),
            (Some(_) | None, Some(_)) => Err(Refused::OtherPart),
        }
    }

    /// A custodian agrees; agreeing twice counts once.
    pub fn agree(
        &self,
        by: PersonId,
        now: Timestamp,
    ) -> Result<(Opening, Vec<OpeningStep>), Refused> {
        if !self.custodians.contains(&by) {
            return Err(Refused::NoDuty);
        }
        if self.agreed.contains_key(&by) {
            return Err(Refused::NotNow);
        }
        let mut next = self.clone();
        next.agreed.insert(by, now);
        let agreed = next.agreed.len();
        let mut steps = vec![OpeningStep::Agreed { by, agreed, quorum: next.quorum }];
        if agreed == next.quorum {
            steps.push(OpeningStep::Opened { by });
        }
        Ok((next, steps))
    }

    /// What opens it, once enough have agreed; before that, nothing at all.
    pub fn opened(&self) -> Option<Opened> {
        (self.agreed.len() >= self.quorum).then_some(Opened { root: self.root })
    }
}

#[cfg(test)]
mod tests;
