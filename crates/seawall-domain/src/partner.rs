//! Trusted partners: who may use a model in its partners' window, and by which open rules.
//!
//! A rubric that anybody can read says what counts. Conflicts of interest force people out of a
//! panel; a lottery that nobody can steer draws those that remain; each of them looks alone, and
//! sees the others' marks only once all have filed. What follows from the marks is computed. It
//! takes effect when both the developer and the clearinghouse sign, ends within a year, comes with
//! reasons, and can be appealed to other people. A stop takes effect at the next request (FRONTIER
//! 5, MISSION C61-C63).
//!
//! The developer can keep anybody from its own model, and nobody can force a partner on it.

use crate::digest::Digest;
use crate::fact::{Aggregate, Subject, facts_of};
use crate::id::{AccountId, PartnerId, PartyId, PersonId};
use crate::refusal::Refusal;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

pub mod appeal;
pub mod assessment;
pub mod basis;
pub mod calendar;
pub mod concentration;
pub mod conflict;
pub mod cut;
pub mod decision;
mod fold;
pub mod left;
pub mod letter;
pub mod lot;
pub mod lottery;
pub mod reach;
pub mod rubric;
pub mod seat;
pub mod token;

use appeal::Appeal;
use assessment::{Filing, Panel};
use calendar::Calendar;
use concentration::{Sector, Size};
use conflict::Register;
use decision::{Decision, Side, Stated};
use left::Left;
use lot::Lot;
use reach::Group;
use rubric::Rubric;
use seat::{Asked, By, Change, Extent, Seat, Why};
use token::{Issued, KeyUse};

/// An application to become a partner for one developer's models.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Application {
    /// Its id, which becomes the partner's.
    pub id: PartnerId,
    /// Who applies.
    pub party: PartyId,
    /// For whose models.
    pub developer: PartyId,
    /// The rubric in force when it was filed; a later one does not apply to it.
    pub rubric: u32,
    /// SHA-256 of the evidence that came with it.
    pub evidence: Digest,
    /// When it was filed.
    pub filed_at: Timestamp,
    /// What it declares of itself.
    pub declared: Declared,
}

impl Application {
    /// Those whom it concerns: who has a tie to one of them has no part in judging it.
    pub fn concerned(&self) -> BTreeSet<PartyId> {
        BTreeSet::from([self.party, self.declared.parent, self.developer])
    }
}

/// The most groups of operators that one applicant declares.
pub const GROUPS_MAX: usize = 10_000;

/// The most applications of one party for one developer's models that are not over.
pub const APPLICATIONS_MAX: usize = 8;

/// What an applicant declares of itself; the panel sees what shows it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Declared {
    /// Who owns it in the end: itself, or another party.
    pub parent: PartyId,
    /// What it is in.
    pub sector: Sector,
    /// How large it is.
    pub size: Size,
    /// The groups of operators that it protects.
    pub protects: BTreeSet<Group>,
}

/// A partner, from its application on.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Partner {
    /// What was applied for.
    pub application: Application,
    /// How far it has come.
    pub stage: Stage,
}

/// How far an application has come.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Stage {
    /// It waits for people to be drawn.
    Filed {
        /// The first round, or that after an appeal.
        round: Round,
        /// The draw, once it has begun.
        lot: Option<Lot>,
    },
    /// People look at it.
    Assessed {
        /// Who, and what they filed.
        panel: Panel,
        /// Whom the same draw gave to join them where marks are too far apart, in this order; none
        /// where earlier versions of this program drew.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        reserve: Vec<PersonId>,
        /// Who of the pool was left out of the draw, because the account was closed by then.
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        left_out: BTreeSet<PersonId>,
        /// The first round, or that after an appeal.
        round: Round,
    },
    /// It is decided; signatures may be missing.
    Decided {
        /// The decision.
        decision: Decision,
        /// The first round, or that after an appeal.
        round: Round,
    },
    /// It has a seat.
    Seated {
        /// The decision that it rests on.
        decision: Decision,
        /// The seat.
        seat: Seat,
    },
    /// The decision that its seat rested on has ended.
    Over {
        /// The decision.
        decision: Decision,
        /// When its end was recorded.
        at: Timestamp,
        /// What the seat left; not recorded by earlier versions of this program.
        #[serde(default, skip_serializing_if = "Left::is_empty")]
        left: Left,
    },
}

impl Stage {
    /// How far that is, without what only some may know of it.
    pub fn progress(&self) -> Progress {
        match self {
            Stage::Filed { lot: None, .. } => Progress::Filed,
            Stage::Filed { lot: Some(_), .. } => Progress::DrawnFor,
            Stage::Assessed { .. } => Progress::Assessed,
            Stage::Decided { .. } => Progress::Decided,
            Stage::Seated { .. } => Progress::Seated,
            Stage::Over { .. } => Progress::Over,
        }
    }

    /// The state's name.
    pub fn name(&self) -> &'static str {
        self.progress().name()
    }
}

/// How far an application has come, in the order of its way.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Progress {
    /// It waits for people to be drawn.
    Filed,
    /// A lot draws them.
    DrawnFor,
    /// People look at it.
    Assessed,
    /// It is decided; signatures may be missing.
    Decided,
    /// It has a seat.
    Seated,
    /// The decision that its seat rested on has ended.
    Over,
}

impl Progress {
    /// The whole way.
    pub const ALL: [Progress; 6] = [
        Progress::Filed,
        Progress::DrawnFor,
        Progress::Assessed,
        Progress::Decided,
        Progress::Seated,
        Progress::Over,
    ];

    /// Its name.
    pub fn name(self) -> &'static str {
        match self {
            Progress::Filed => "filed",
            Progress::DrawnFor => "drawn_for",
            Progress::Assessed => "assessed",
            Progress::Decided => "decided",
            Progress::Seated => "seated",
            Progress::Over => "over",
        }
    }
}

/// The first round, or that after an appeal: there is one appeal.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "round", rename_all = "snake_case")]
pub enum Round {
    /// The first.
    First,
    /// After an appeal.
    Appealed {
        /// The appeal.
        appeal: Appeal,
    },
}

/// What happened.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields are those of the state they change")]
pub enum PartnerFact {
    Filed {
        application: Application,
    },
    DrawBegun {
        sides: BTreeSet<PartyId>,
        pool: BTreeSet<PersonId>,
        recused: BTreeSet<PersonId>,
        wanted: u8,
        until: Timestamp,
    },
    DrawCommitted {
        side: PartyId,
        to: Digest,
    },
    DrawRevealed {
        side: PartyId,
        nonce: Digest,
    },
    DrawVoided {
        silent: BTreeSet<PartyId>,
    },
    PanelDrawn {
        members: BTreeSet<PersonId>,
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        reserve: Vec<PersonId>,
        #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
        left_out: BTreeSet<PersonId>,
    },
    AssessorJoined {
        person: PersonId,
    },
    MarksFiled {
        by: PersonId,
        filing: Filing,
    },
    Decided {
        decision: Decision,
    },
    Signed {
        side: Side,
    },
    Appealed {
        appeal: Appeal,
    },
    AnswerMissed,
    Seated {
        people: BTreeSet<PersonId>,
        #[serde(default, skip_serializing_if = "Left::is_empty")]
        left: Left,
    },
    Suspended {
        extent: Extent,
        by: By,
        why: Why,
    },
    Resumed {
        extent: Extent,
        by: [By; 2],
    },
    Revoked {
        extent: Extent,
        by: [By; 2],
        why: Why,
    },
    ChangeAsked {
        asked: Asked,
    },
    KeyLost {
        key: Digest,
    },
    Attested,
    Expired {
        #[serde(default, skip_serializing_if = "Left::is_empty")]
        left: Left,
    },
    CameOver {
        left: Left,
    },
    TermsAccepted {
        by: PersonId,
        terms: Digest,
    },
    MachineSponsored {
        machine: AccountId,
        sponsor: PersonId,
    },
    MachineDismissed {
        machine: AccountId,
    },
    TokenIssued {
        token: Issued,
    },
}
facts_of!(PartnerFact in Partner);

/// Why a step was refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// The state does not have this step.
    #[error("cannot do this in the state that the application is in")]
    NotNow,
    /// Somebody has a tie to one of those it concerns.
    #[error("cannot draw somebody with a tie to those whom it concerns")]
    Recused,
    /// Somebody of the clearinghouse has one.
    #[error("cannot decide on those to whom one has a tie: another official must")]
    Tied,
    /// Nobody is in reserve, or everybody there has a tie by now, or no account.
    #[error("cannot have one more person look: the draw left nobody in reserve who may")]
    NobodyInReserve,
    /// Somebody of the pool has no account by which it could look.
    #[error(
        "cannot draw from person {person}{}: to look, somebody needs an account of its own, of a \
         party that evaluates, that is not closed; leave them out, or have accounts opened first",
        others(*.more)
    )]
    NoAccount {
        /// The first of them.
        person: PersonId,
        /// How many more there are.
        more: usize,
    },
    /// Another rubric than the one in force when it was filed.
    #[error("cannot mark by another rubric than the one in force when it was filed")]
    OtherRubric,
    /// The groups that are declared are too many.
    #[error("cannot declare more than {GROUPS_MAX} groups")]
    Groups,
    /// By the rules of the lottery.
    #[error(transparent)]
    Lottery(#[from] lottery::Refused),
    /// By the rules of panels.
    #[error(transparent)]
    Assessment(#[from] assessment::Refused),
    /// By the rules of decisions.
    #[error(transparent)]
    Decision(#[from] decision::Refused),
    /// By the rules of appeals.
    #[error(transparent)]
    Appeal(#[from] appeal::Refused),
    /// By the rules of seats.
    #[error(transparent)]
    Seat(#[from] seat::Refused),
    /// By the rules of tokens.
    #[error(transparent)]
    Token(#[from] token::Refused),
}

/// How many more than one that was named.
fn others(more: usize) -> String {
    match more {
        0 => String::new(),
        more => format!(" and {more} more"),
    }
}

/// The partner after a step, with what happened; or why not.
pub type Decided = Result<(Partner, PartnerFact), Refused>;

impl Partner {
    /// Takes an application.
    pub fn file(application: Application) -> Result<(Partner, PartnerFact), Refused> {
        if application.declared.protects.len() > GROUPS_MAX {
            return Err(Refused::Groups);
        }
        let fact = PartnerFact::Filed { application: application.clone() };
        Ok((Partner::filed(application), fact))
    }

    fn filed(application: Application) -> Partner {
        Partner { application, stage: Stage::Filed { round: Round::First, lot: None } }
    }

    /// Somebody of the panel files.
    pub fn mark(&self, by: PersonId, filing: Filing, rubric: &Rubric, now: Timestamp) -> Decided {
        let panel = self.looking(rubric)?;
        panel.file(by, filing.clone(), rubric)?;
        self.becomes(PartnerFact::MarksFiled { by, filing }, now)
    }

    /// Decides by what the panel found, and by what somebody states of it.
    pub fn conclude(
        &self,
        rubric: &Rubric,
        stated: Stated,
        days: i64,
        calendar: &Calendar,
        now: Timestamp,
    ) -> Decided {
        let panel = self.looking(rubric)?;
        let derived = decision::derive(&panel.findings(rubric)?, rubric.text(), stated.rivalry);
        let members = panel.members().clone();
        let decision = Decision::make(derived, self.application.rubric, members, days, now)?
            .open_to_appeal(calendar)
            .stated(stated.by)?;
        self.becomes(PartnerFact::Decided { decision }, now)
    }

    /// A side signs the decision.
    pub fn sign(&self, side: Side, now: Timestamp) -> Decided {
        let Stage::Decided { decision, .. } = &self.stage else {
            return Err(Refused::NotNow);
        };
        decision.sign(side, now)?;
        self.becomes(PartnerFact::Signed { side }, now)
    }

    /// The applicant appeals, once, against whatever gives it no full access.
    pub fn appeal(&self, calendar: &Calendar, now: Timestamp) -> Decided {
        let Stage::Decided { decision, round: Round::First } = &self.stage else {
            return Err(Refused::NotNow);
        };
        let appeal = Appeal::file(decision, calendar, now)?;
        self.becomes(PartnerFact::Appealed { appeal }, now)
    }

    /// Stops a person or everybody at once.
    pub fn suspend(&self, extent: Extent, by: By, why: Why, now: Timestamp) -> Decided {
        self.seated()?.concerns(extent)?;
        self.becomes(PartnerFact::Suspended { extent, by, why }, now)
    }

    /// Two people start it again.
    pub fn resume(&self, extent: Extent, by: [By; 2], now: Timestamp) -> Decided {
        self.seated()?.resume(extent, by)?;
        self.becomes(PartnerFact::Resumed { extent, by }, now)
    }

    /// Two people stop it for good.
    pub fn revoke(&self, extent: Extent, by: [By; 2], why: Why, now: Timestamp) -> Decided {
        self.seated()?.concerns(extent)?;
        self.seated()?.revoke(extent, by, why)?;
        self.becomes(PartnerFact::Revoked { extent, by, why }, now)
    }

    /// Signs for a change that takes two: the first signature waits, the second does it.
    pub fn change(&self, change: Change, by: By, now: Timestamp) -> Decided {
        let seat = self.seated()?;
        seat.concerns(change.extent())?;
        match (seat.asked_by_another(change, by), change) {
            (Some(first), Change::Resume { extent }) => self.resume(extent, [first, by], now),
            (Some(first), Change::Revoke { extent, why }) => {
                self.revoke(extent, [first, by], why, now)
            }
            (None, Change::Resume { .. } | Change::Revoke { .. }) => {
                let asked = Asked { change, by };
                seat.ask(asked)?;
                self.becomes(PartnerFact::ChangeAsked { asked }, now)
            }
        }
    }

    /// A key was lost for which a token was given: only such a key can be used, and so nobody fills
    /// the list with others. A stop is never refused: where more were lost than a seat keeps,
    /// everybody is stopped in their place.
    pub fn lose_key(&self, key: Digest, used: KeyUse, by: By, now: Timestamp) -> Decided {
        let lost = self.seated()?.lose_key(key);
        match (used, lost) {
            (KeyUse::Never, _) => Err(seat::Refused::NoToken.into()),
            (KeyUse::Given, Ok(_)) => self.becomes(PartnerFact::KeyLost { key }, now),
            (KeyUse::Given, Err(_)) => {
                self.suspend(Extent::Organisation, by, Why::CredentialLost, now)
            }
        }
    }

    /// The partner gives its yearly word.
    pub fn attest(&self, now: Timestamp) -> Decided {
        self.becomes(PartnerFact::Attested, now)
    }

    /// The seat, if it has one.
    pub fn seated(&self) -> Result<&Seat, Refused> {
        match &self.stage {
            Stage::Seated { seat, .. } => Ok(seat),
            Stage::Filed { .. }
            | Stage::Assessed { .. }
            | Stage::Decided { .. }
            | Stage::Over { .. } => Err(Refused::NotNow),
        }
    }

    /// The decision, in whatever state it is.
    pub fn decision(&self) -> Option<&Decision> {
        match &self.stage {
            Stage::Decided { decision, .. }
            | Stage::Seated { decision, .. }
            | Stage::Over { decision, .. } => Some(decision),
            Stage::Filed { .. } | Stage::Assessed { .. } => None,
        }
    }

    /// Who of the pool was left out of the draw, because the account was closed by then; known
    /// while people look.
    pub fn left_out(&self) -> BTreeSet<PersonId> {
        match &self.stage {
            Stage::Assessed { left_out, .. } => left_out.clone(),
            Stage::Filed { .. }
            | Stage::Decided { .. }
            | Stage::Seated { .. }
            | Stage::Over { .. } => BTreeSet::new(),
        }
    }

    /// Who looks at it now, or has looked.
    pub fn panel(&self) -> BTreeSet<PersonId> {
        match &self.stage {
            Stage::Assessed { panel, .. } => panel.members().clone(),
            Stage::Decided { decision, .. }
            | Stage::Seated { decision, .. }
            | Stage::Over { decision, .. } => decision.panel.clone(),
            Stage::Filed { .. } => BTreeSet::new(),
        }
    }

    fn looking(&self, rubric: &Rubric) -> Result<&Panel, Refused> {
        if rubric.text().version != self.application.rubric {
            return Err(Refused::OtherRubric);
        }
        match &self.stage {
            Stage::Assessed { panel, .. } => Ok(panel),
            Stage::Filed { .. }
            | Stage::Decided { .. }
            | Stage::Seated { .. }
            | Stage::Over { .. } => Err(Refused::NotNow),
        }
    }

    fn becomes(&self, fact: PartnerFact, now: Timestamp) -> Decided {
        let next = Partner::apply(Some(self.clone()), &fact, now);
        next.map(|partner| (partner, fact)).ok_or(Refused::NotNow)
    }

    /// The state after a fact, from the state before it (`None` before the first).
    pub fn after(prior: Option<Partner>, fact: &PartnerFact, at: Timestamp) -> Option<Partner> {
        let Some(partner) = prior else {
            let PartnerFact::Filed { application } = fact else {
                return None;
            };
            return Some(Partner::filed(application.clone()));
        };
        let stage = partner.stage_after(fact, at)?;
        Some(Partner { stage, ..partner })
    }
}

impl Aggregate for Partner {
    const SUBJECT: Subject = Subject::Partner;
    type Fact = PartnerFact;

    fn uuid(&self) -> Uuid {
        self.application.id.uuid()
    }

    fn apply(prior: Option<Self>, fact: &PartnerFact, at: Timestamp) -> Option<Self> {
        Partner::after(prior, fact, at)
    }
}

impl From<Refused> for Refusal {
    fn from(refused: Refused) -> Refusal {
        Refusal::ByRule(refused.to_string())
    }
}

#[cfg(test)]
mod tests;
