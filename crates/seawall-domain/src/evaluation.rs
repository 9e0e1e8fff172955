//! An evaluation: a battery of tasks tried by a model, and what the log of it is evidence of.
//!
//! The rules are here and nothing else: which class an attempt has, what its scores add up to, what
//! makes two runs comparable. Logs are read in `formats`, and nothing that a log says of itself as
//! a whole is taken over: everything is computed from its attempts (MISSION C51, C52).

pub mod allowance;
pub mod attempt;
pub mod battery;
pub mod canary;
pub mod classify;
pub mod conditions;
pub mod decimal;
pub mod decision;
pub mod declined;
pub mod demand;
pub mod determination;
pub mod docket;
pub mod drawn;
pub mod elicitation;
pub mod exclusion;
pub mod finding;
pub mod flag;
pub mod log;
pub mod metric;
pub mod protocol;
pub mod recheck;
pub mod reducer;
pub mod registry;
pub mod report;
pub mod review;
pub mod run;
pub mod sealing;
pub mod statistics;
pub mod tally;
pub mod token;
pub mod value;
pub mod word;

use crate::digest::{Address, Digest};
use crate::fact::{Aggregate, Subject, begun, facts_of};
use crate::id::{EvaluationId, PersonId};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use docket::{Docket, DocketFact};
use protocol::{Domain, Protocol};
use sealing::Signer;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The most times that one person is shown what a docket opened: every field more than twice. Since
/// a docket has at most [`sealing::PEOPLE_MAX`] people, this bounds its list as well, and nobody
/// uses up what is another's.
pub const SHOWINGS_EACH_MAX: usize = 64;

/// An evaluation as it is kept: its docket, and where its sealed protocols lie.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Evaluation {
    /// Its id.
    pub id: EvaluationId,
    /// Who has which duty, what is sealed, which tokens are out.
    pub docket: Docket,
    /// Each revision that was committed to, by its root.
    pub kept: BTreeMap<Digest, Kept>,
    /// To whom an opened protocol was shown, and when.
    pub shown: Vec<Shown>,
}

/// A protocol that was committed to: sealed bytes, and what may be told of it before they open.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    /// Where the opening lies: the terms with their salts. None while only custodians can open it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opening: Option<Address>,
    /// Where it lies under the key that is split among custodians; none where the key was not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sealed: Option<Address>,
    /// What is measured.
    pub domains: BTreeSet<Domain>,
    /// By how many tasks.
    pub tasks: u64,
}

/// Somebody was shown an opened protocol, or one field of it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Shown {
    /// The root.
    pub root: Digest,
    /// To whom.
    pub to: PersonId,
    /// Which field, as a JSON pointer; none where it was everything.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// When.
    pub at: Timestamp,
}

/// What happened to an evaluation.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields are those of the state they change")]
pub enum EvaluationFact {
    Opened {
        id: EvaluationId,
    },
    DocketMoved {
        fact: DocketFact,
    },
    ProtocolKept {
        root: Digest,
        kept: Kept,
    },
    Signed {
        by: Signer,
        public_key: String,
        value: String,
    },
    ProtocolUnsealed {
        root: Digest,
        opening: Address,
    },
    ProtocolShown {
        root: Digest,
        to: PersonId,
        /// Which field; none is everything.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        field: Option<String>,
    },
}
facts_of!(EvaluationFact in Evaluation);

impl Kept {
    /// What is kept of a protocol whose opening lies there, under the installation's own key.
    pub fn plain(protocol: &Protocol, opening: Address) -> Kept {
        let tasks = protocol.terms().tasks.len() as u64;
        Kept { opening: Some(opening), sealed: None, domains: protocol.domains(), tasks }
    }

    /// What is kept of one whose opening lies there under a key that is split among custodians.
    pub fn sealed(protocol: &Protocol, sealed: Address) -> Kept {
        Kept { opening: None, sealed: Some(sealed), ..Kept::plain(protocol, sealed) }
    }
}

impl Evaluation {
    /// Begins: nothing has happened in its docket.
    pub fn open(id: EvaluationId, now: Timestamp) -> Option<(Evaluation, EvaluationFact)> {
        begun(EvaluationFact::Opened { id }, now)
    }

    /// Decides what follows from an event in the docket.
    pub fn step(
        &self,
        event: docket::Event,
        now: Timestamp,
    ) -> Result<(Evaluation, EvaluationFact), docket::Refused> {
        let (docket, fact) = self.docket.step(event, now)?;
        Ok((Evaluation { docket, ..self.clone() }, EvaluationFact::DocketMoved { fact }))
    }

    /// Takes a signature over the root that is being sealed.
    pub fn sign(
        &self,
        by: Signer,
        public_key: String,
        value: String,
        now: Timestamp,
    ) -> Result<(Evaluation, EvaluationFact), docket::Refused> {
        let (docket, _) = self.docket.step(docket::Event::Sign(by), now)?;
        let fact = EvaluationFact::Signed { by, public_key, value };
        Ok((Evaluation { docket, ..self.clone() }, fact))
    }

    /// Shows a person an opened protocol, or one field of it.
    pub fn show(
        &self,
        root: Digest,
        to: PersonId,
        field: Option<String>,
        now: Timestamp,
    ) -> Result<(Evaluation, EvaluationFact), docket::Refused> {
        let so_far = self.shown.iter().filter(|shown| shown.to == to).count();
        if so_far >= SHOWINGS_EACH_MAX {
            return Err(docket::Refused::ShownOften);
        }
        let fact = EvaluationFact::ProtocolShown { root, to, field };
        let next = Evaluation::apply(Some(self.clone()), &fact, now);
        next.map(|next| (next, fact)).ok_or(docket::Refused::NotNow)
    }

    /// The newest root that two people sealed, which runs are begun under.
    pub fn sealed(&self) -> Option<Digest> {
        self.docket.revisions.newest().map(|newest| newest.root)
    }

    /// The root that is being sealed, or was last.
    pub fn root(&self) -> Option<Digest> {
        self.docket.seal.as_ref().map(sealing::Seal::root)
    }
}

impl Aggregate for Evaluation {
    const SUBJECT: Subject = Subject::Evaluation;
    type Fact = EvaluationFact;

    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }

    fn apply(prior: Option<Self>, fact: &EvaluationFact, at: Timestamp) -> Option<Self> {
        let Some(mut next) = prior else {
            let EvaluationFact::Opened { id } = fact else { return None };
            let (kept, shown) = (BTreeMap::new(), Vec::new());
            return Some(Evaluation { id: *id, docket: Docket::new(), kept, shown });
        };
        match fact {
            EvaluationFact::Opened { .. } => return None,
            EvaluationFact::DocketMoved { fact } => next.docket = next.docket.after(fact, at)?,
            EvaluationFact::ProtocolKept { root, kept } => {
                drop(next.kept.insert(*root, kept.clone()));
            }
            EvaluationFact::Signed { by, .. } => {
                next.docket = next.docket.after(&DocketFact::Signed { by: *by }, at)?;
            }
            EvaluationFact::ProtocolUnsealed { root, opening } => {
                let kept = next.kept.get_mut(root).filter(|kept| kept.opening.is_none())?;
                kept.opening = Some(*opening);
            }
            EvaluationFact::ProtocolShown { root, to, field } => {
                // What one person is shown is bounded where it is decided; earlier versions bounded
                // all of it together.
                next.shown.push(Shown { root: *root, to: *to, field: field.clone(), at });
            }
        }
        Some(next)
    }
}

impl From<docket::Refused> for Refusal {
    fn from(refused: docket::Refused) -> Refusal {
        Refusal::ByRule(refused.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(number: u128) -> PersonId {
        PersonId::new(Uuid::from_u128(number))
    }

    /// An evaluation that showed so many fields to the first person and to the second.
    fn shown(first: usize, second: usize) -> Evaluation {
        let id = EvaluationId::new(Uuid::from_u128(9));
        let (opened, _) = Evaluation::open(id, Timestamp::UNIX_EPOCH).unwrap();
        let people = std::iter::repeat_n(1, first).chain(std::iter::repeat_n(2, second));
        people.fold(opened, |it, number| {
            let (root, field) = (Digest::new([7; 32]), Some("/tasks".to_owned()));
            let fact = EvaluationFact::ProtocolShown { root, to: person(number), field };
            Evaluation::apply(Some(it), &fact, Timestamp::UNIX_EPOCH).unwrap()
        })
    }

    #[test]
    fn nobody_uses_up_what_others_are_shown() {
        fn check(so_far: (usize, usize), to: u128, expected: Result<(), docket::Refused>) {
            let it = shown(so_far.0, so_far.1);
            let told = it.show(Digest::new([7; 32]), person(to), None, Timestamp::UNIX_EPOCH);
            let told = told.map(|(next, fact)| {
                assert_eq!(next.shown.len(), it.shown.len() + 1);
                let folded = Evaluation::apply(Some(it.clone()), &fact, Timestamp::UNIX_EPOCH);
                assert_eq!(folded, Some(next));
            });
            assert_eq!(told, expected, "{so_far:?} {to}");
        }
        let often = Err(docket::Refused::ShownOften);
        check((0, 0), 1, Ok(()));
        check((SHOWINGS_EACH_MAX - 1, 0), 1, Ok(()));
        check((SHOWINGS_EACH_MAX, 0), 1, often);
        check((SHOWINGS_EACH_MAX, 0), 2, Ok(()));
        check((SHOWINGS_EACH_MAX, SHOWINGS_EACH_MAX), 2, often);
        check((SHOWINGS_EACH_MAX, SHOWINGS_EACH_MAX), 3, Ok(()));
        // Earlier versions let one person have all 256 of a docket: that folds, and leaves others
        // theirs.
        check((256, 0), 1, often);
        check((256, 0), 2, Ok(()));
        let says = docket::Refused::ShownOften.to_string();
        assert!(says.contains(&format!("{SHOWINGS_EACH_MAX} times")), "{says}");
    }
}
