//! The access window: from an offer by the developer to its end.
//!
//! There are two rings. The government's window lies before the model's release to other trusted
//! partners and has thirty days over all; the partners' window lies before the general release and
//! is as long as the developer says. Beginning, extending and ending are the developer's; others
//! may accept, decline, or end sooner.

use super::lineage::{Lineage, PARTNERS_DAYS_MAX, Span, WINDOW_DAYS_MAX};
use super::release::Release;
use super::{Engagement, Refused, Weights, Who, awaited, developer};
use crate::digest::Digest;
use crate::id::WindowId;
use crate::time::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// How long an offer stands, in days.
pub const OFFER_DAYS_MAX: i64 = 90;

/// For whom a window is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ring {
    /// For the government, before other trusted partners have the model.
    Government,
    /// For trusted partners, before everybody has it.
    Partners,
}

/// What the developer offers.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Offer {
    /// The window's id, new for each offer.
    pub window: WindowId,
    /// For whom.
    pub ring: Ring,
    /// How long at most, in seconds.
    pub seconds: i64,
    /// Which snapshot.
    pub snapshot: Digest,
    /// SHA-256 of the terms of access.
    pub terms: Digest,
    /// Until when the offer stands.
    pub answer_by: Timestamp,
}

/// How far a window has come.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum Window {
    /// None was offered.
    None,
    /// The developer offered one.
    Offered {
        /// What.
        offer: Offer,
    },
    /// The offer was accepted; the developer has not begun.
    Accepted {
        /// What.
        offer: Offer,
    },
    /// Open, while the developer's leases keep it open.
    Active {
        /// What was offered.
        offer: Offer,
        /// From when until when.
        span: Span,
    },
    /// Over; the developer may offer another one.
    Ended {
        /// Which.
        window: WindowId,
        /// Why.
        why: Ended,
        /// When.
        at: Timestamp,
    },
}

/// Why a window is over.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// Its time, or the offer's, is over.
    Expired,
    /// The developer ended it.
    Withdrawn,
    /// The model was released further.
    Released,
    /// The government does not want it, or no longer.
    GovernmentDeclined,
    /// Somebody broke its terms.
    Breach,
    /// No lease came any more.
    LeaseLost,
}

/// What somebody wants.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Event {
    /// The developer offers.
    Offer(Offer),
    /// The official accepts.
    Accept,
    /// The developer begins, with its first lease.
    Begin,
    /// The developer signs for a later end.
    Extend {
        /// The new end.
        until: Timestamp,
    },
    /// The developer ends it: always possible, without a reason.
    Withdraw,
    /// The government does not want it, or no longer.
    Decline,
    /// The duty officer ends it because its terms were broken.
    Break,
    /// The gateway has had no lease for too long.
    LoseLease,
    /// A timer looks whether its time is over.
    Tick,
}

/// What happened.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields are those of the state they change")]
pub enum WindowFact {
    Offered {
        offer: Offer,
    },
    Accepted,
    Began {
        window: WindowId,
        ring: Ring,
        span: Span,
    },
    Extended {
        window: WindowId,
        end: Timestamp,
    },
    /// A reported release moved the end forward.
    Cut {
        window: WindowId,
        end: Timestamp,
    },
    Ended {
        window: WindowId,
        why: Ended,
        at: Timestamp,
    },
    /// The developer withdrew where nothing was open: recorded, and nothing changes.
    WithdrawnAgain,
}

impl Window {
    /// Decides what follows from an event.
    pub fn decide(
        &self,
        event: Event,
        who: Who,
        of: &Engagement,
        now: Timestamp,
    ) -> Result<WindowFact, Refused> {
        let fact = match event {
            Event::Offer(offer) => {
                developer(who)?;
                offer.fits(of, now)?;
                WindowFact::Offered { offer }
            }
            Event::Accept => {
                official(who)?;
                let stands = self.offer().is_some_and(|offer| now < offer.answer_by);
                stands.then_some(WindowFact::Accepted).ok_or(Refused::NotNow)?
            }
            Event::Begin => {
                developer(who)?;
                self.begin(&of.lineage, &of.release, now)?
            }
            Event::Extend { until } => {
                developer(who)?;
                self.extend(until, &of.lineage, &of.release, now)?
            }
            Event::Withdraw => {
                developer(who)?;
                self.end(Ended::Withdrawn, now).unwrap_or(WindowFact::WithdrawnAgain)
            }
            Event::Decline => {
                official(who)?;
                self.end(Ended::GovernmentDeclined, now).ok_or(Refused::NotNow)?
            }
            Event::Break => match who {
                Who::DutyOfficer(_) | Who::Official(_) => {
                    self.end(Ended::Breach, now).ok_or(Refused::NotNow)?
                }
                Who::Developer(_) | Who::Evaluator(_) | Who::Clock => {
                    return Err(Refused::NotYours);
                }
            },
            Event::LoseLease => {
                clock(who)?;
                self.active().ok_or(Refused::NotNow)?;
                self.end(Ended::LeaseLost, now).ok_or(Refused::NotNow)?
            }
            Event::Tick => {
                clock(who)?;
                let due = self.due().is_some_and(|due| now >= due);
                let ended = self.end(Ended::Expired, now).filter(|_| due);
                ended.ok_or(Refused::NothingDue)?
            }
        };
        self.after(fact, now).map(|_| fact).ok_or(Refused::NotNow)
    }

    fn begin(
        &self,
        lineage: &Lineage,
        release: &Release,
        now: Timestamp,
    ) -> Result<WindowFact, Refused> {
        let Window::Accepted { offer } = self else {
            return Err(Refused::NotNow);
        };
        if now >= offer.answer_by {
            return Err(Refused::NotNow);
        }
        let Offer { window, ring, seconds, .. } = *offer;
        let length = SignedDuration::from_secs(seconds);
        let span = lineage.begin(window, ring, length, ring.precedes(release), now)?;
        Ok(WindowFact::Began { window, ring, span })
    }

    fn extend(
        &self,
        until: Timestamp,
        lineage: &Lineage,
        release: &Release,
        now: Timestamp,
    ) -> Result<WindowFact, Refused> {
        let Window::Active { offer, span } = self else {
            return Err(Refused::NotNow);
        };
        if now >= span.end {
            return Err(Refused::NotNow);
        }
        let end = lineage.extend(offer.window, until, offer.ring.precedes(release))?;
        Ok(WindowFact::Extended { window: offer.window, end })
    }

    /// What a report of a release does to the window: it can only end sooner.
    pub(crate) fn on_release(&self, release: &Release, now: Timestamp) -> Option<WindowFact> {
        let release = self.offer()?.ring.precedes(release)?;
        if release <= now {
            return self.end(Ended::Released, now);
        }
        let span = self.active()?;
        let window = self.offer()?.window;
        (release < span.end).then_some(WindowFact::Cut { window, end: release })
    }

    /// What open weights do to the window.
    pub(crate) fn on_open_weights(&self, now: Timestamp) -> Option<WindowFact> {
        self.end(Ended::Released, now)
    }

    /// The end of what is open; none where nothing is.
    fn end(&self, why: Ended, now: Timestamp) -> Option<WindowFact> {
        let window = self.offer()?.window;
        // It ended when its time was over, even if nobody looked until later.
        let at = self.active().map_or(now, |span| span.until(now).end);
        Some(WindowFact::Ended { window, why, at })
    }

    /// The state after a fact; none when it cannot follow.
    pub fn after(&self, fact: WindowFact, _at: Timestamp) -> Option<Window> {
        match (fact, *self) {
            (WindowFact::WithdrawnAgain, Window::None | Window::Ended { .. }) => Some(*self),
            (WindowFact::Offered { offer }, Window::None | Window::Ended { .. }) => {
                Some(Window::Offered { offer })
            }
            (WindowFact::Accepted, Window::Offered { offer }) => Some(Window::Accepted { offer }),
            (WindowFact::Began { window, span, .. }, Window::Accepted { offer })
                if offer.window == window =>
            {
                Some(Window::Active { offer, span })
            }
            (WindowFact::Extended { window, end }, Window::Active { offer, span })
                if offer.window == window && end > span.end =>
            {
                Some(Window::Active { offer, span: Span { end, ..span } })
            }
            (WindowFact::Cut { window, end }, Window::Active { offer, span })
                if offer.window == window =>
            {
                Some(Window::Active { offer, span: span.until(end) })
            }
            (WindowFact::Ended { window, why, at }, state)
                if state.offer().is_some_and(|offer| offer.window == window) =>
            {
                Some(Window::Ended { window, why, at })
            }
            (
                WindowFact::WithdrawnAgain
                | WindowFact::Offered { .. }
                | WindowFact::Accepted
                | WindowFact::Began { .. }
                | WindowFact::Extended { .. }
                | WindowFact::Cut { .. }
                | WindowFact::Ended { .. },
                _,
            ) => None,
        }
    }

    /// The offer, while it or its window stands.
    pub fn offer(&self) -> Option<&Offer> {
        match self {
            Window::Offered { offer }
            | Window::Accepted { offer }
            | Window::Active { offer, .. } => Some(offer),
            Window::None | Window::Ended { .. } => None,
        }
    }

    fn active(&self) -> Option<Span> {
        match self {
            Window::Active { span, .. } => Some(*span),
            Window::None
            | Window::Offered { .. }
            | Window::Accepted { .. }
            | Window::Ended { .. } => None,
        }
    }

    /// When the offer or the window comes to its end by itself.
    pub fn due(&self) -> Option<Timestamp> {
        match self {
            Window::Offered { offer } | Window::Accepted { offer } => Some(offer.answer_by),
            Window::Active { span, .. } => Some(span.end),
            Window::None | Window::Ended { .. } => None,
        }
    }

    /// The window, if a request may pass at that instant.
    pub fn admits(&self, now: Timestamp) -> Option<WindowId> {
        match self {
            Window::Active { offer, span } if span.holds(now) => Some(offer.window),
            Window::Active { .. }
            | Window::None
            | Window::Offered { .. }
            | Window::Accepted { .. }
            | Window::Ended { .. } => None,
        }
    }

    /// The state's name.
    pub fn name(&self) -> &'static str {
        match self {
            Window::None => "none",
            Window::Offered { .. } => "offered",
            Window::Accepted { .. } => "accepted",
            Window::Active { .. } => "active",
            Window::Ended { .. } => "ended",
        }
    }
}

impl Offer {
    fn fits(&self, of: &Engagement, now: Timestamp) -> Result<(), Refused> {
        if of.weights == Weights::Open {
            return Err(Refused::AdviceOnly);
        }
        if !of.lineage.knows(&self.snapshot) {
            return Err(Refused::OtherSnapshot);
        }
        if of.lineage.uses().iter().any(|it| it.window == self.window) {
            return Err(Refused::Known);
        }
        let days_max = match self.ring {
            Ring::Government => WINDOW_DAYS_MAX,
            Ring::Partners => PARTNERS_DAYS_MAX,
        };
        if self.seconds <= 0 || self.seconds > days_max * 86_400 {
            return Err(Refused::BadEnd);
        }
        awaited(self.answer_by, now, OFFER_DAYS_MAX)
    }
}

impl Ring {
    /// The reported release that a window of this ring lies before.
    fn precedes(self, release: &Release) -> Option<Timestamp> {
        match self {
            Ring::Government => release.ends_government_window(),
            Ring::Partners => release.ends_partners_window(),
        }
    }
}

fn official(who: Who) -> Result<(), Refused> {
    match who {
        Who::Official(_) => Ok(()),
        Who::Developer(_) | Who::Evaluator(_) | Who::DutyOfficer(_) | Who::Clock => {
            Err(Refused::NotYours)
        }
    }
}

fn clock(who: Who) -> Result<(), Refused> {
    match who {
        Who::Clock => Ok(()),
        Who::Developer(_) | Who::Evaluator(_) | Who::Official(_) | Who::DutyOfficer(_) => {
            Err(Refused::NotYours)
        }
    }
}
