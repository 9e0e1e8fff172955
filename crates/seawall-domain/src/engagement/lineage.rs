//! Lineages: the snapshots that are one model, and the days that its windows have used.
//!
//! The government's window has thirty days for one model, however often it is offered again and
//! whatever a snapshot is called: the days belong to the lineage. A day has 86,400 seconds in UTC;
//! a leap day is a day like any other (FRONTIER 4.2, I4).

use super::Refused;
use super::window::{Ring, WindowFact};
use crate::digest::Digest;
use crate::id::WindowId;
use crate::time::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// How many days the government's windows over one lineage have together.
pub const WINDOW_DAYS_MAX: i64 = 30;

/// The same in seconds.
pub const WINDOW_SECONDS_MAX: i64 = WINDOW_DAYS_MAX * 86_400;

/// How long the partners' window can be at most before the developer signs for more, in days.
pub const PARTNERS_DAYS_MAX: i64 = 366;

/// The most snapshots of one lineage.
pub const SNAPSHOTS_MAX: usize = 1_000;

/// The most windows of one lineage.
pub const WINDOWS_MAX: usize = 1_000;

/// From when until when; an instant at the end is outside.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Span {
    /// The first instant inside.
    pub start: Timestamp,
    /// The first instant after it.
    pub end: Timestamp,
}

impl Span {
    /// How long it is; never negative.
    pub fn length(&self) -> SignedDuration {
        self.end.duration_since(self.start).max(SignedDuration::ZERO)
    }

    /// Whether the instant lies inside.
    pub fn holds(&self, now: Timestamp) -> bool {
        self.start <= now && now < self.end
    }

    /// The span ending at that instant, or sooner if it did; never before its start.
    pub fn until(&self, end: Timestamp) -> Span {
        Span { start: self.start, end: end.clamp(self.start, self.end.max(self.start)) }
    }
}

/// One window's share of the days.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Use {
    /// The window.
    pub window: WindowId,
    /// Whose it was.
    pub ring: Ring,
    /// Its time: what it may use while it is open, what it used once it is over.
    pub span: Span,
}

/// What windows of other engagements about the same model have used: those whose snapshots meet
/// this one's, and those whose snapshots meet theirs.
pub fn used_elsewhere(own: &Lineage, others: &[Lineage]) -> Vec<Use> {
    let mut model = own.snapshots.clone();
    let mut left: Vec<&Lineage> = others.iter().collect();
    let mut uses = Vec::new();
    loop {
        let (same, rest): (Vec<&Lineage>, Vec<&Lineage>) =
            left.into_iter().partition(|it| !it.snapshots.is_disjoint(&model));
        if same.is_empty() {
            return uses;
        }
        for lineage in same {
            model.extend(&lineage.snapshots);
            uses.extend(&lineage.uses);
        }
        left = rest;
    }
}

/// Whether two lineages have a snapshot in common, and are therefore about one model.
pub fn is_same(one: &Lineage, other: &Lineage) -> bool {
    !one.snapshots.is_disjoint(&other.snapshots)
}

/// The snapshots that are one model, and what its windows have used.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Lineage {
    snapshots: BTreeSet<Digest>,
    uses: Vec<Use>,
    /// What windows of other engagements about the same model have used.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    others: Vec<Use>,
}

impl Lineage {
    /// A lineage of one snapshot.
    pub fn of(snapshot: Digest) -> Lineage {
        Lineage { snapshots: BTreeSet::from([snapshot]), uses: Vec::new(), others: Vec::new() }
    }

    /// The same, counting what windows of other engagements about this model have used. They take
    /// the place of those that were counted before, since a window can end sooner than it was to.
    pub fn counting(&self, mut others: Vec<Use>) -> Result<Lineage, Refused> {
        others.retain(|it| !self.uses.iter().any(|own| own.window == it.window));
        others.sort_by_key(|it| (it.span.start, it.window));
        others.dedup_by_key(|it| it.window);
        match others.len() {
            0..=WINDOWS_MAX => Ok(Lineage { others, ..self.clone() }),
            _ => Err(Refused::Full(WINDOWS_MAX)),
        }
    }

    /// Every snapshot, in order.
    pub fn snapshots(&self) -> impl Iterator<Item = &Digest> {
        self.snapshots.iter()
    }

    /// Each share of windows of other engagements.
    pub fn others(&self) -> &[Use] {
        &self.others
    }

    /// Adds a snapshot, a checkpoint or a renamed one; the days used stay used.
    pub fn with(&self, snapshot: Digest) -> Result<Lineage, Refused> {
        if self.snapshots.len() >= SNAPSHOTS_MAX {
            return Err(Refused::Full(SNAPSHOTS_MAX));
        }
        let mut lineage = self.clone();
        lineage.snapshots.insert(snapshot);
        Ok(lineage)
    }

    /// Whether the snapshot is of this model.
    pub fn knows(&self, snapshot: &Digest) -> bool {
        self.snapshots.contains(snapshot)
    }

    /// Each window's share.
    pub fn uses(&self) -> &[Use] {
        &self.uses
    }

    /// What the government's windows have used or may still use.
    pub fn used(&self) -> SignedDuration {
        let all = self.uses.iter().chain(&self.others);
        let of_government = all.filter(|it| it.ring == Ring::Government);
        of_government.fold(SignedDuration::ZERO, |sum, it| sum.saturating_add(it.span.length()))
    }

    /// What is left for another government window.
    pub fn left(&self) -> SignedDuration {
        let whole = SignedDuration::from_secs(WINDOW_SECONDS_MAX);
        whole.saturating_sub(self.used()).max(SignedDuration::ZERO)
    }

    /// The time of a new window: as long as was offered, as long as there are days, and before the
    /// release that it precedes.
    pub fn begin(
        &self,
        window: WindowId,
        ring: Ring,
        offered: SignedDuration,
        release: Option<Timestamp>,
        now: Timestamp,
    ) -> Result<Span, Refused> {
        if self.uses.iter().chain(&self.others).any(|it| it.window == window) {
            return Err(Refused::Known);
        }
        if self.uses.len() >= WINDOWS_MAX {
            return Err(Refused::Full(WINDOWS_MAX));
        }
        let free = self.free(ring, None);
        if !free.is_positive() {
            return Err(Refused::NoDaysLeft { days_max: WINDOW_DAYS_MAX });
        }
        let end = now.checked_add(offered.min(free)).map_err(|_| Refused::BadEnd)?;
        let end = release.map_or(end, |release| release.min(end));
        match now < end {
            true => Ok(Span { start: now, end }),
            false if release.is_some_and(|release| release <= now) => Err(Refused::AfterRelease),
            false => Err(Refused::BadEnd),
        }
    }

    /// A later end for an open window, still within the days and before the release.
    pub fn extend(
        &self,
        window: WindowId,
        until: Timestamp,
        release: Option<Timestamp>,
    ) -> Result<Timestamp, Refused> {
        let Some(used) = self.uses.iter().find(|it| it.window == window) else {
            return Err(Refused::NotNow);
        };
        if until <= used.span.end {
            return Err(Refused::BadEnd);
        }
        if release.is_some_and(|release| until > release) {
            return Err(Refused::AfterRelease);
        }
        let length = until.duration_since(used.span.start);
        match length <= self.free(used.ring, Some(window)) {
            true => Ok(until),
            false => Err(Refused::NoDaysLeft { days_max: WINDOW_DAYS_MAX }),
        }
    }

    /// How long a window can be, the others' shares taken off.
    fn free(&self, ring: Ring, own: Option<WindowId>) -> SignedDuration {
        match ring {
            Ring::Partners => SignedDuration::from_hours(24 * PARTNERS_DAYS_MAX),
            Ring::Government => {
                let own = self.uses.iter().find(|it| Some(it.window) == own);
                let own = own.map_or(SignedDuration::ZERO, |it| it.span.length());
                self.left().saturating_add(own)
            }
        }
    }

    /// The lineage after something happened to a window.
    pub(crate) fn after(&self, fact: &WindowFact) -> Option<Lineage> {
        let mut lineage = self.clone();
        let own = |lineage: &mut Lineage, of: WindowId, change: &dyn Fn(Span) -> Span| {
            let found = lineage.uses.iter_mut().find(|it| it.window == of);
            found.map(|it| it.span = change(it.span))
        };
        match *fact {
            WindowFact::Began { window, ring, span } => {
                lineage.uses.push(Use { window, ring, span });
            }
            WindowFact::Extended { window, end } => {
                own(&mut lineage, window, &|span| Span { end, ..span })?;
            }
            WindowFact::Cut { window, end } => {
                own(&mut lineage, window, &|span| span.until(end))?;
            }
            // An offer that ended before it began used nothing, and has no share.
            WindowFact::Ended { window, at, .. } => {
                own(&mut lineage, window, &|span| span.until(at));
            }
            WindowFact::Offered { .. } | WindowFact::Accepted | WindowFact::WithdrawnAgain => {}
        }
        Some(lineage)
    }
}

#[cfg(test)]
mod tests;
