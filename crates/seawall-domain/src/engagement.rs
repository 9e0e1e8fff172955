//! An engagement: a developer's voluntary dealings about one model.
//!
//! Three machines stand side by side, and that they do not touch is the point: the *determination*
//! (is it a covered frontier model?), the *window* in which others may use it early, and the report
//! of its *release*. A release is an event that the developer reports; nothing here can delay or
//! refuse one. The developer withdraws in every state, by one signature and without a reason.
//! Silence leads to nothing but the end of waiting (FRONTIER 4.1 and 4.2, MISSION C55-C60).
//!
//! The one thing that passes between them: a reported release to partners ends the government's
//! window, because the window is the time before it. A window needs no determination, and a
//! determination opens none.

use crate::digest::Digest;
use crate::fact::{Aggregate, Subject, facts_of};
use crate::id::{EngagementId, PartyId, PersonId, WindowId};
use crate::time::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub mod certificate;
pub mod count;
pub mod crossing;
pub mod custody;
pub mod determination;
pub mod gateways;
pub mod grant;
pub mod lease;
pub mod letter;
pub mod lineage;
pub mod price;
pub mod quota;
mod refused;
pub mod release;
pub mod scope;
pub mod seat;
pub mod token;
pub mod view;
pub mod volume;
pub mod window;

use count::{Counted, Counts, GatewayKey};
use custody::{Custody, CustodyFact};
use determination::{Determination, DeterminationFact};
use gateways::{Emptied, Gateways, Head, Side};
use lease::LeaseKey;
use lineage::{Lineage, Use};
pub use refused::Refused;
use release::{Release, ReleaseFact};
use seat::{SeatFact, Seats};
use window::{Window, WindowFact};

/// How long an engagement waits for a draft to be handed in, in days.
pub const DRAFT_DAYS: i64 = 365;

/// The most engagements of one developer that have not ended.
pub const OPEN_MAX: usize = 64;

/// What is said beside an outcome of which only the official's word is there.
pub const UNRECORDED: &str = "Its record is not kept yet, and no letter was sent.";

/// The most opinions that are kept of one engagement.
pub const ADVICE_MAX: usize = 256;

/// Who acts. The signature was verified before anybody gets here.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "person", rename_all = "snake_case")]
pub enum Who {
    /// A person of the developer.
    Developer(PersonId),
    /// A person who evaluates.
    Evaluator(PersonId),
    /// The official who makes determinations and accepts offers.
    Official(PersonId),
    /// The duty officer of the clearinghouse.
    DutyOfficer(PersonId),
    /// A timer.
    Clock,
}

impl Who {
    /// The person; none for a timer.
    pub fn person(self) -> Option<PersonId> {
        match self {
            Who::Developer(person)
            | Who::Evaluator(person)
            | Who::Official(person)
            | Who::DutyOfficer(person) => Some(person),
            Who::Clock => None,
        }
    }
}

/// Whether the weights are held by the developer or already open to everybody.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weights {
    /// The developer holds them, and can give access or end it.
    Held,
    /// They are public, or will be given out for good: nothing can be recalled, so there is no
    /// window, only advice (C60).
    Open,
}

/// An engagement.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Engagement {
    /// Its id.
    pub id: EngagementId,
    /// The developer.
    pub developer: PartyId,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// Whose weights.
    pub weights: Weights,
    /// The first machine.
    pub determination: Determination,
    /// The second.
    pub window: Window,
    /// The third.
    pub release: Release,
    /// The snapshots that are one model, and the days that its windows have used.
    pub lineage: Lineage,
    /// SHA-256 of each opinion that was given.
    pub advice: Vec<Digest>,
    /// The root of the sealed protocol that the runs are under.
    pub protocol: Option<Digest>,
    /// SHA-256 of the record of the determination that was made.
    pub record: Option<Digest>,
    /// The key by which the developer signs leases, where it has named one here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub lease_key: Option<LeaseKey>,
    /// SHA-256 of the newest extension that the developer signed for gateways.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<Digest>,
    /// What gateways of its windows counted.
    #[serde(default, skip_serializing_if = "Counts::is_empty")]
    pub counts: Counts,
    /// The gateways of its windows, and that what they held is gone.
    #[serde(default, skip_serializing_if = "Gateways::is_empty")]
    pub gateways: Gateways,
    /// Who is seated in the government's window.
    #[serde(default, skip_serializing_if = "Seats::is_empty")]
    pub seats: Seats,
    /// What is held in windows, and what became of it.
    pub custody: Custody,
    /// The latest instant that was seen: a clock that goes back gives no time back.
    pub seen: Timestamp,
}

/// What somebody wants to do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Event {
    /// In the determination.
    Determination(determination::Event),
    /// In the window.
    Window(window::Event),
    /// A report of a release.
    Release(release::Report),
    /// The developer ends everything at once.
    WithdrawAll,
    /// Another snapshot, or another name, of the same model.
    AddSnapshot(Digest),
    /// The developer says that the weights are open.
    OpenWeights,
    /// An evaluator's opinion, which binds nobody.
    Advise(Digest),
    /// An evaluator names the sealed protocol that the runs will be under, before they begin.
    NameProtocol(Digest),
    /// The official brings the record of the determination; both are digests.
    KeepRecord {
        /// Of the record.
        record: Digest,
        /// Of what the developer's letter says of it.
        letter: Digest,
    },
    /// The developer names the key by which it signs leases.
    NameLeaseKey(LeaseKey),
    /// The developer signs, by that key, the end of the open window for its gateways.
    SignExtension(Digest),
    /// The developer or the official names the key by which a gateway of a window signs.
    NameGateway {
        /// The key.
        key: GatewayKey,
        /// For which window; without one for the last.
        window: Option<WindowId>,
    },
    /// In who is seated in the government's window.
    Seat(seat::Event),
    /// In what is held.
    Custody(custody::Event),
}

/// What happened.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields are those of the state they change")]
pub enum EngagementFact {
    Opened {
        id: EngagementId,
        developer: PartyId,
        weights: Weights,
        lineage: Lineage,
    },
    DeterminationMoved {
        fact: DeterminationFact,
    },
    WindowMoved {
        fact: WindowFact,
    },
    ReleaseReported {
        fact: ReleaseFact,
    },
    SnapshotAdded {
        snapshot: Digest,
    },
    WeightsOpened,
    Advised {
        document: Digest,
    },
    ProtocolNamed {
        root: Digest,
    },
    RecordKept {
        record: Digest,
        letter: Digest,
    },
    LeaseKeyNamed {
        key: LeaseKey,
    },
    ExtensionSigned {
        word: Digest,
    },
    GatewayNamed {
        key: GatewayKey,
        /// None in facts of earlier versions, which named a key for all windows.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        window: Option<WindowId>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<Side>,
    },
    CountBrought {
        window: WindowId,
        key: GatewayKey,
        counted: Counted,
    },
    CheckpointBrought {
        window: WindowId,
        key: GatewayKey,
        head: Head,
    },
    DestructionBrought {
        of: Emptied,
    },
    SeatMoved {
        fact: SeatFact,
    },
    CustodyMoved {
        fact: CustodyFact,
    },
    DaysCounted {
        others: Vec<Use>,
    },
}
facts_of!(EngagementFact in Engagement);

/// The engagement after a step, with everything that happened, in order; or why not.
pub type Decided = Result<(Engagement, Vec<EngagementFact>), Refused>;

impl Engagement {
    /// Opens an engagement. `lineage` is the one that already knows the snapshot, if any does.
    pub fn open(
        id: EngagementId,
        developer: PartyId,
        weights: Weights,
        lineage: Lineage,
        now: Timestamp,
    ) -> Option<(Engagement, EngagementFact)> {
        let fact = EngagementFact::Opened { id, developer, weights, lineage };
        Engagement::apply(None, &fact, now).map(|engagement| (engagement, fact))
    }

    /// Decides what follows from an event, and what the engagement is afterwards.
    pub fn step(&self, event: Event, who: Who, now: Timestamp) -> Decided {
        // INVARIANT: time never goes back within an engagement.
        let now = self.seen.max(now);
        let facts = self.decide(event, who, now)?;
        let mut engagement = self.clone();
        for fact in &facts {
            engagement = Engagement::apply(Some(engagement), fact, now).ok_or(Refused::NotNow)?;
        }
        Ok((engagement, facts))
    }

    fn decide(
        &self,
        event: Event,
        who: Who,
        now: Timestamp,
    ) -> Result<Vec<EngagementFact>, Refused> {
        let determination = |fact| EngagementFact::DeterminationMoved { fact };
        let window = |fact| EngagementFact::WindowMoved { fact };
        match event {
            Event::Determination(event) => {
                let fact = self.determination.decide(event, who, now)?;
                self.stands_on_a_protocol(fact).map(|()| vec![determination(fact)])
            }
            Event::Window(event) => {
                self.window.decide(event, who, self, now).map(|fact| vec![window(fact)])
            }
            Event::Release(report) => {
                let fact = self.release.decide(report, who)?;
                let after = self.release.after(fact);
                let cut = self.window.on_release(&after, now).map(window);
                Ok([EngagementFact::ReleaseReported { fact }].into_iter().chain(cut).collect())
            }
            Event::WithdrawAll => {
                let first = self.determination.decide(determination::Event::Withdraw, who, now)?;
                let second = self.window.decide(window::Event::Withdraw, who, self, now)?;
                Ok(vec![determination(first), window(second)])
            }
            Event::AddSnapshot(snapshot) => {
                developer(who)?;
                self.lineage.with(snapshot)?;
                Ok(vec![EngagementFact::SnapshotAdded { snapshot }])
            }
            Event::OpenWeights => {
                developer(who)?;
                let ends = self.window.on_open_weights(now).map(window);
                Ok([EngagementFact::WeightsOpened].into_iter().chain(ends).collect())
            }
            Event::Advise(document) => {
                self.advises(who)?;
                Ok(vec![EngagementFact::Advised { document }])
            }
            Event::NameProtocol(root) => {
                self.names_protocol(who)?;
                Ok(vec![EngagementFact::ProtocolNamed { root }])
            }
            Event::KeepRecord { record, letter } => {
                self.keeps_record(who)?;
                Ok(vec![EngagementFact::RecordKept { record, letter }])
            }
            Event::NameLeaseKey(key) => {
                developer(who).map(|_| vec![EngagementFact::LeaseKeyNamed { key }])
            }
            Event::SignExtension(word) => {
                developer(who)?;
                let signed = self.admits(now).map(|_| EngagementFact::ExtensionSigned { word });
                Ok(vec![signed.ok_or(Refused::NotNow)?])
            }
            Event::NameGateway { key, window } => {
                self.names_gateway(window, key, who, now).map(|fact| vec![fact])
            }
            Event::Seat(event) => {
                let fact = self.seats.decide(event, who, self, now)?;
                Ok(vec![EngagementFact::SeatMoved { fact }])
            }
            Event::Custody(event) => {
                let fact = self.custody.decide(event, who, self, now)?;
                Ok(vec![EngagementFact::CustodyMoved { fact }])
            }
        }
    }

    /// An evaluator gives opinions, and not without end.
    fn advises(&self, who: Who) -> Result<(), Refused> {
        match who {
            Who::Evaluator(_) if self.advice.len() >= ADVICE_MAX => Err(Refused::Full(ADVICE_MAX)),
            Who::Evaluator(_) => Ok(()),
            Who::Developer(_) | Who::Official(_) | Who::DutyOfficer(_) | Who::Clock => {
                Err(Refused::NotYours)
            }
        }
    }

    /// Runs begin only under a sealed protocol that was named before; so an outcome stands on one.
    /// Facts of earlier versions began runs without one: of those no outcome is signed.
    fn stands_on_a_protocol(&self, fact: DeterminationFact) -> Result<(), Refused> {
        match (fact, self.protocol) {
            (DeterminationFact::Started, None) => Err(Refused::UnnamedProtocol),
            (DeterminationFact::Issued { .. }, None) => Err(Refused::NoProtocol),
            (
                DeterminationFact::Issued { .. }
                | DeterminationFact::Submitted { .. }
                | DeterminationFact::Scheduled
                | DeterminationFact::Started
                | DeterminationFact::Analysed
                | DeterminationFact::Withdrawn
                | DeterminationFact::Declined
                | DeterminationFact::Lapsed,
                _,
            ) => Ok(()),
        }
    }

    /// Whether both have ended: the question, by an answer or without one, and the window.
    pub fn has_ended(&self) -> bool {
        self.determination.answer_by().is_none() && self.window.offer().is_none()
    }

    /// What whoever looks is told beside an outcome whose record is not kept; none where there is
    /// no outcome, or its record is.
    pub fn unrecorded(&self) -> Option<&'static str> {
        self.determination.issued().filter(|_| self.record.is_none()).map(|_| UNRECORDED)
    }

    /// The protocol is named by an evaluator after the question and before any run.
    fn names_protocol(&self, who: Who) -> Result<(), Refused> {
        match (who, &self.determination) {
            (
                Who::Evaluator(_),
                Determination::Submitted { .. } | Determination::Scheduled { .. },
            ) => Ok(()),
            (Who::Evaluator(_), _) => Err(Refused::NotNow),
            (Who::Developer(_) | Who::Official(_) | Who::DutyOfficer(_) | Who::Clock, _) => {
                Err(Refused::NotYours)
            }
        }
    }

    /// One record is kept, of an outcome that the official has signed; nobody else brings it.
    fn keeps_record(&self, who: Who) -> Result<(), Refused> {
        match (who, &self.determination, self.record) {
            (Who::Official(_), Determination::Issued { .. }, None) => Ok(()),
            (Who::Official(_), Determination::Issued { .. }, Some(_)) => Err(Refused::RecordKept),
            (Who::Official(_), _, _) => Err(Refused::NotIssued),
            (Who::Developer(_) | Who::Evaluator(_) | Who::DutyOfficer(_) | Who::Clock, _, _) => {
                Err(Refused::NotYours)
            }
        }
    }

    /// Counts what windows of other engagements about the same model have used by now; none when
    /// nothing changes by it.
    pub fn count_days(
        &self,
        others: Vec<Use>,
        now: Timestamp,
    ) -> Result<Option<(Engagement, EngagementFact)>, Refused> {
        let counted = self.lineage.counting(others)?;
        if counted == self.lineage {
            return Ok(None);
        }
        let fact = EngagementFact::DaysCounted { others: counted.others().to_vec() };
        let next = Engagement::apply(Some(self.clone()), &fact, now).ok_or(Refused::NotNow)?;
        Ok(Some((next, fact)))
    }

    /// The state after a fact, from the state before it (`None` before the first).
    pub fn after(prior: Option<Self>, fact: &EngagementFact, at: Timestamp) -> Option<Self> {
        let Some(mut next) = prior else {
            return Engagement::opened(fact, at);
        };
        let at = next.seen.max(at);
        next.seen = at;
        match fact {
            EngagementFact::Opened { .. } => return None,
            EngagementFact::DeterminationMoved { fact } => {
                next.determination = next.determination.after(*fact, at)?;
            }
            EngagementFact::WindowMoved { fact } => {
                next.lineage = next.lineage.after(fact)?;
                next.custody = next.custody.on_window(fact)?;
                next.seats = next.seats.on_window(fact);
                next.window = next.window.after(*fact, at)?;
            }
            EngagementFact::ReleaseReported { fact } => next.release = next.release.after(*fact),
            EngagementFact::SnapshotAdded { snapshot } => {
                next.lineage = next.lineage.with(*snapshot).ok()?;
            }
            EngagementFact::WeightsOpened => next.weights = Weights::Open,
            EngagementFact::Advised { document } => next.advice.push(*document),
            EngagementFact::ProtocolNamed { root } => next.protocol = Some(*root),
            EngagementFact::RecordKept { record, .. } => next.record = Some(*record),
            EngagementFact::LeaseKeyNamed { key } => next.lease_key = Some(*key),
            EngagementFact::ExtensionSigned { word } => next.extension = Some(*word),
            EngagementFact::GatewayNamed { key, window, by } => match window.zip(*by) {
                None => next.counts = next.counts.naming(*key).ok()?,
                Some(of) => next.gateways = next.gateways.after_naming(of, *key, at)?,
            },
            EngagementFact::CountBrought { window, key, counted } => {
                next.counts = next.counts.counting(*window, *key, counted);
            }
            EngagementFact::CheckpointBrought { window, key, head } => {
                next.gateways = next.gateways.after_checking(*window, *key, *head, at);
            }
            EngagementFact::DestructionBrought { of } => {
                next.gateways = next.gateways.after_emptying(*of);
            }
            EngagementFact::SeatMoved { fact } => next.seats = next.seats.after(fact, at).ok()?,
            EngagementFact::CustodyMoved { fact } => {
                next.custody = next.custody.after(*fact, at).ok()?;
            }
            EngagementFact::DaysCounted { others } => {
                next.lineage = next.lineage.counting(others.clone()).ok()?;
            }
        }
        Some(next)
    }

    fn opened(fact: &EngagementFact, at: Timestamp) -> Option<Engagement> {
        let EngagementFact::Opened { id, developer, weights, lineage } = fact else {
            return None;
        };
        let waits = SignedDuration::from_hours(24 * DRAFT_DAYS);
        Some(Engagement {
            id: *id,
            developer: *developer,
            opened_at: at,
            weights: *weights,
            determination: Determination::Draft {
                answer_by: at.checked_add(waits).unwrap_or(Timestamp::MAX),
            },
            window: Window::None,
            release: Release::Unreported,
            lineage: lineage.clone(),
            advice: Vec::new(),
            protocol: None,
            record: None,
            lease_key: None,
            extension: None,
            counts: Counts::default(),
            gateways: Gateways::default(),
            seats: Seats::default(),
            custody: Custody::default(),
            seen: at,
        })
    }

    /// The window through which requests may pass at that instant, if there is one. It looks at
    /// the window alone: no outcome, no report and nobody's silence opens it.
    pub fn admits(&self, now: Timestamp) -> Option<WindowId> {
        let is_back = now < self.seen;
        self.window.admits(now).filter(|_| !is_back)
    }
}

impl Aggregate for Engagement {
    const SUBJECT: Subject = Subject::Engagement;
    type Fact = EngagementFact;

    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }

    fn apply(prior: Option<Self>, fact: &EngagementFact, at: Timestamp) -> Option<Self> {
        Engagement::after(prior, fact, at)
    }
}

/// Whether the developer acts.
pub(crate) fn developer(who: Who) -> Result<PersonId, Refused> {
    match who {
        Who::Developer(person) => Ok(person),
        Who::Evaluator(_) | Who::Official(_) | Who::DutyOfficer(_) | Who::Clock => {
            Err(Refused::NotYours)
        }
    }
}

/// An end to waiting that lies ahead, and not for ever.
pub(crate) fn awaited(until: Timestamp, now: Timestamp, days_max: i64) -> Result<(), Refused> {
    let wait = until.duration_since(now);
    match wait.is_positive() && wait <= SignedDuration::from_hours(24 * days_max) {
        true => Ok(()),
        false => Err(Refused::WaitOutOfBounds { days_max }),
    }
}

#[cfg(test)]
mod tests;
