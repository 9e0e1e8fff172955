//! A docket: everything that happened under one protocol, from its first commitment on.
//!
//! Who has which duty, which revision is sealed, which tokens were given out and what became of
//! them, and who agreed to have it opened. Each step is decided here and becomes a fact; folding
//! the facts gives the docket. Facts hold ids, digests and numbers only, so a docket can be shown
//! to an auditor without showing the protocol.

use super::SHOWINGS_EACH_MAX;
use super::sealing::{self, Custody, Duties, Duty, Opened, Opening, OpeningStep};
use super::sealing::{Revisions, Seal, Signer};
use super::token::{self, Book, Claim, Plan, Reason, TokenFact};
use crate::digest::Digest;
use crate::id::{PersonId, RunId};
use crate::recipient::Recipient;
use crate::time::{Timestamp, whole_second};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most keys that a protocol names as signers.
pub const SIGNERS_MAX: usize = 128;

/// A docket.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Docket {
    /// Who does what.
    pub duties: Duties,
    /// Every sealed revision.
    pub revisions: Revisions,
    /// The revision that is being sealed, or was last.
    pub seal: Option<Seal>,
    /// What that revision says of runs, and who signs it.
    draft: Option<Draft>,
    /// When it was committed to, in whole seconds, as the commitment record says it.
    committed_at: Option<Timestamp>,
    /// The tokens of the newest sealed revision.
    pub book: Option<Book>,
    /// The opening under way, or done.
    pub opening: Option<Opening>,
    /// The key to which each custodian's part of the next protocol is encrypted.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    keys: BTreeMap<PersonId, Recipient>,
}

/// What is committed to, as far as the docket must know it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    /// The root of the commitment.
    pub root: Digest,
    /// The root that it takes the place of.
    pub supersedes: Option<Digest>,
    /// What a run must look like.
    pub plan: Plan,
    /// Until when runs may take place.
    pub until: Timestamp,
    /// The keys that the protocol names as signers.
    pub signers: Vec<Digest>,
    /// Whose parts of a key open it; none where it lies under the installation's own key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub custody: Option<Custody>,
}

/// What somebody wants.
#[derive(Clone, Debug, Eq, PartialEq)]
#[allow(missing_docs, reason = "fields are those of the fact that follows")]
pub enum Event {
    /// A person gets a duty.
    Give { person: PersonId, duty: Duty },
    /// A protocol, or an amendment of it, is committed to.
    Commit(Draft),
    /// A person signs it.
    Sign(Signer),
    /// A token is given out.
    Issue { run: RunId, token: Digest },
    /// A log comes in.
    Take(Claim),
    /// The run counts.
    Complete { run: RunId },
    /// It does not.
    Fail { run: RunId, why: Reason },
    /// There was none.
    Abandon { run: RunId, why: Reason },
    /// A custodian names the key to which its part is encrypted.
    BringKey { person: PersonId, key: Recipient },
    /// Somebody asks for it to be opened, by so many where the key is not split.
    AskOpening { quorum: Option<usize> },
    /// A custodian agrees, and brings its part where the key is split: SHA-256 of it.
    Agree { person: PersonId, part: Option<Digest> },
}

/// What happened.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields are those of the state they change")]
pub enum DocketFact {
    DutyGiven { person: PersonId, duty: Duty },
    KeyBrought { person: PersonId, key: Recipient },
    Committed { draft: Draft },
    Signed { by: Signer },
    TokenMoved { fact: TokenFact },
    OpeningAsked { quorum: usize },
    OpeningAgreed { person: PersonId },
}

/// Why a step was refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// By the rules of sealing.
    #[error(transparent)]
    Sealing(#[from] sealing::Refused),
    /// By the rules of tokens.
    #[error(transparent)]
    Token(#[from] token::Refused),
    /// There is no sealed protocol, or one is being sealed.
    #[error("cannot do this before the protocol is sealed, or while another one is")]
    NotNow,
    /// A person was shown what is opened as often as it may be.
    #[error(
        "cannot show this again: you were shown what this docket opened {SHOWINGS_EACH_MAX} times, \
         each of them on record; use what you kept"
    )]
    ShownOften,
}

/// The docket after a step, with what happened; or why not.
pub type Decided = Result<(Docket, DocketFact), Refused>;

impl Docket {
    /// A docket in which nothing has happened.
    pub fn new() -> Docket {
        Docket {
            duties: Duties::default(),
            revisions: Revisions::default(),
            seal: None,
            draft: None,
            committed_at: None,
            book: None,
            opening: None,
            keys: BTreeMap::new(),
        }
    }

    /// Decides what follows from an event.
    pub fn step(&self, event: Event, now: Timestamp) -> Decided {
        let fact = match event {
            Event::Give { person, duty } => {
                self.duties.give(person, duty)?;
                DocketFact::DutyGiven { person, duty }
            }
            Event::Commit(draft) => {
                self.fits(&draft)?;
                DocketFact::Committed { draft }
            }
            Event::Sign(by) => {
                self.signed(by, now)?;
                DocketFact::Signed { by }
            }
            Event::Issue { run, token } => self.token(|book| book.issue(run, token, now))?,
            Event::Take(claim) => self.token(|book| book.take(&claim, now))?,
            Event::Complete { run } => self.token(|book| book.complete(run, now))?,
            Event::Fail { run, why } => self.token(|book| book.fail(run, why, now))?,
            Event::Abandon { run, why } => self.token(|book| book.abandon(run, why, now))?,
            Event::BringKey { person, key } => {
                self.brings(person, key)?;
                DocketFact::KeyBrought { person, key }
            }
            Event::AskOpening { quorum } => {
                DocketFact::OpeningAsked { quorum: self.asked(quorum)?.quorum() }
            }
            Event::Agree { person, part } => {
                let opening = self.opening.as_ref().ok_or(Refused::NotNow)?;
                opening.takes(person, part)?;
                opening.agree(person, now)?;
                DocketFact::OpeningAgreed { person }
            }
        };
        self.after(&fact, now).map(|docket| (docket, fact)).ok_or(Refused::NotNow)
    }

    /// The docket after a fact; none when it cannot follow.
    pub fn after(&self, fact: &DocketFact, at: Timestamp) -> Option<Docket> {
        let mut next = self.clone();
        match fact {
            DocketFact::DutyGiven { person, duty } => {
                next.duties = self.duties.give(*person, *duty).ok()?;
            }
            DocketFact::KeyBrought { person, key } => {
                self.brings(*person, *key).ok()?;
                next.keys.insert(*person, *key);
            }
            DocketFact::Committed { draft } => {
                next.seal = Some(Seal::Drafted { root: draft.root });
                next.draft = Some(draft.clone());
                next.committed_at = Some(whole_second(at));
            }
            DocketFact::Signed { by } => {
                let (seal, revisions) = self.signed(*by, at).ok()?;
                if let (Some(_), Some((draft, at))) = (seal.sealed_at(), self.drafted()) {
                    // A token is given out after the second signature, and no run is older than
                    // its token; so the book can begin when the commitment record does.
                    next.book = Some(Book::open(draft.root, draft.plan, at, draft.until));
                    next.opening = None;
                }
                (next.seal, next.revisions) = (Some(seal), revisions);
            }
            DocketFact::TokenMoved { fact } => {
                next.book = Some(self.book.as_ref()?.after(fact, at)?);
            }
            DocketFact::OpeningAsked { quorum } => {
                next.opening = Some(self.asked(Some(*quorum)).ok()?);
            }
            DocketFact::OpeningAgreed { person } => {
                next.opening = Some(self.opening.as_ref()?.agree(*person, at).ok()?.0);
            }
        }
        Some(next)
    }

    /// What is being sealed, or was last, and when it was committed to.
    pub fn drafted(&self) -> Option<(&Draft, Timestamp)> {
        Some((self.draft.as_ref()?, self.committed_at?))
    }

    /// The custodians, each with the key to which its part is encrypted; all of them have one.
    pub fn custodians(&self) -> Result<Vec<(PersonId, Recipient)>, Refused> {
        let keyed = |person: PersonId| {
            let key = self.keys.get(&person).ok_or(sealing::Refused::NoKey)?;
            Ok((person, *key))
        };
        self.duties.with(Duty::Custody).map(keyed).collect()
    }

    /// The key that a custodian has brought.
    pub fn key_of(&self, person: PersonId) -> Option<Recipient> {
        self.keys.get(&person).copied()
    }

    /// Whose parts open what is being sealed, or was last; none where the key is not split.
    pub fn custody(&self) -> Option<&Custody> {
        self.draft.as_ref()?.custody.as_ref()
    }

    /// Of which root custodians are given their shares, and who they are, in the order of the
    /// shares: of the one whose opening is under way, and else of what is being sealed, or was
    /// last.
    pub fn shared(&self) -> Option<(Digest, Vec<PersonId>)> {
        let asked = self.opening.as_ref().filter(|it| it.is_by_parts() && it.opened().is_none());
        match asked {
            Some(opening) => Some((opening.root(), opening.custodians().collect())),
            None => {
                let draft = self.draft.as_ref()?;
                Some((draft.root, draft.custody.as_ref()?.custodians().collect()))
            }
        }
    }

    /// The record of the last step of an opening.
    pub fn opening_steps(&self, person: PersonId, now: Timestamp) -> Vec<OpeningStep> {
        let told = self.opening.as_ref().and_then(|opening| opening.agree(person, now).ok());
        told.map(|(_, steps)| steps).unwrap_or_default()
    }

    /// What opens the sealed protocol, once enough custodians have agreed.
    pub fn opened(&self) -> Option<Opened> {
        self.opening.as_ref()?.opened()
    }

    /// A draft follows the newest revision, and no token may be out while the rule changes.
    fn fits(&self, draft: &Draft) -> Result<(), Refused> {
        if self.book.as_ref().is_some_and(|book| book.account().is_none()) {
            return Err(token::Refused::Unreturned.into());
        }
        let newest = self.revisions.newest().map(|newest| newest.root);
        let known = self.revisions.all().iter().any(|revision| revision.root == draft.root);
        if draft.supersedes != newest || known {
            return Err(sealing::Refused::NotNext.into());
        }
        let mut custodians = draft.custody.iter().flat_map(Custody::custodians);
        if !custodians.all(|person| self.duties.has(person, Duty::Custody)) {
            return Err(sealing::Refused::NoDuty.into());
        }
        match draft.signers.len() {
            2..=SIGNERS_MAX => Ok(()),
            _ => Err(sealing::Refused::Full(SIGNERS_MAX).into()),
        }
    }

    fn signed(&self, by: Signer, now: Timestamp) -> Result<(Seal, Revisions), Refused> {
        let (Some(seal), Some(draft)) = (&self.seal, &self.draft) else {
            return Err(Refused::NotNow);
        };
        let seal = seal.sign(by, &self.duties, &draft.signers, now)?;
        let revisions = match seal.sealed_at() {
            Some(_) => self.revisions.amend(&seal, draft.supersedes)?,
            None => self.revisions.clone(),
        };
        Ok((seal, revisions))
    }

    /// While an amendment waits for its signatures no run is begun under the old rule.
    fn token(&self, step: impl Fn(&Book) -> token::Decided) -> Result<DocketFact, Refused> {
        let is_sealed = self.seal.as_ref().is_some_and(|seal| seal.sealed_at().is_some());
        let book = self.book.as_ref().filter(|_| is_sealed).ok_or(Refused::NotNow)?;
        let (_, fact) = step(book)?;
        Ok(DocketFact::TokenMoved { fact })
    }

    fn brings(&self, person: PersonId, key: Recipient) -> Result<(), Refused> {
        if !self.duties.has(person, Duty::Custody) {
            return Err(sealing::Refused::NoDuty.into());
        }
        match self.keys.iter().any(|(other, known)| *other != person && *known == key) {
            true => Err(sealing::Refused::SameKey.into()),
            false => Ok(()),
        }
    }

    fn asked(&self, quorum: Option<usize>) -> Result<Opening, Refused> {
        let seal = self.seal.as_ref().filter(|_| self.opening.is_none());
        let seal = seal.ok_or(Refused::NotNow)?;
        Ok(match (self.custody(), quorum) {
            (Some(custody), Some(quorum)) if quorum != custody.quorum() => {
                return Err(sealing::Refused::OtherQuorum.into());
            }
            (Some(custody), _) => Opening::ask_by_parts(seal, custody)?,
            (None, Some(quorum)) => Opening::ask(seal, &self.duties, quorum)?,
            (None, None) => return Err(sealing::Refused::NoQuorum.into()),
        })
    }
}

impl Default for Docket {
    fn default() -> Docket {
        Docket::new()
    }
}

#[cfg(test)]
mod tests;
