//! The gateways of an engagement's windows: by which keys they sign, how long their journals were,
//! and that what they held is gone.
//!
//! The developer names the key of the gateway on its side, the official that of one on the
//! clearinghouse's, each for one window, and both see it. Where keys are named for a window,
//! nothing else is taken. Where none is, the first key that comes is kept and shown as what it is:
//! used, and named by nobody; a second one is not taken. What was held after a window is gone when
//! the clearinghouse and each of these gateways have certified it; nobody's silence makes that a
//! duty of the developer's (FRONTIER 4.2, I6; FRONTIER 4.3; MISSION C59).

use super::count::GatewayKey;
use super::window::Window;
use super::{Engagement, EngagementFact, Refused, Who};
use crate::digest::Digest;
use crate::fact::Aggregate;
use crate::id::WindowId;
use crate::time::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The most keys that are named in one engagement: each window, and each journal of it, may have
/// its own.
pub const NAMED_MAX: usize = 64;

/// The most journals of which a checkpoint or a certificate is kept.
pub const JOURNALS_MAX: usize = 64;

/// How far a gateway's clock may be ahead of ours, in seconds.
pub const AHEAD_SECONDS_MAX: i64 = 300;

/// On whose side a gateway stands.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The developer's.
    Developer,
    /// The clearinghouse's.
    Clearinghouse,
}

/// A key that was named for a window.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Named {
    /// The window.
    pub window: WindowId,
    /// The key.
    pub key: GatewayKey,
    /// Who named it, and so on whose side the gateway stands.
    pub by: Side,
    /// When.
    pub at: Timestamp,
}

/// How long a journal was, as its gateway signed it.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Head {
    /// How many lines it had; it only grows.
    pub lines: u64,
    /// The root of the tree over them (RFC 6962).
    pub root: Digest,
}

/// A checkpoint of a journal that was brought in.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Checked {
    /// The window.
    pub window: WindowId,
    /// The gateway.
    pub key: GatewayKey,
    /// What it says.
    pub head: Head,
    /// When it was brought in.
    pub at: Timestamp,
}

/// What a gateway certifies of what it held.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Stated {
    /// The window.
    pub window: WindowId,
    /// Its whole journal, to the last line.
    pub head: Head,
    /// How many objects are gone.
    pub objects: u64,
    /// When everything was gone, by the gateway's clock.
    pub at: Timestamp,
}

/// A certificate of a gateway's that was brought in.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Gone {
    /// SHA-256 of the certificate, as it was brought.
    pub certificate: Digest,
    /// Its whole journal, to the last line.
    pub head: Head,
    /// How many objects are gone.
    pub objects: u64,
    /// When everything was gone, by the gateway's clock.
    pub at: Timestamp,
    /// Who brought it in.
    pub by: Side,
    /// When.
    pub brought_at: Timestamp,
}

/// Which gateway certified what.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Emptied {
    /// The window.
    pub window: WindowId,
    /// The gateway.
    pub key: GatewayKey,
    /// What.
    pub gone: Gone,
}

/// What is known of the gateways of an engagement's windows, but for what they counted.
#[derive(Clone, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Gateways {
    named: Vec<Named>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    checked: Vec<Checked>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    emptied: Vec<Emptied>,
}

impl Gateways {
    /// Whether nothing is known.
    pub fn is_empty(&self) -> bool {
        self.named.is_empty() && self.checked.is_empty() && self.emptied.is_empty()
    }

    /// The keys that were named, in the order in which they were.
    pub fn named(&self) -> &[Named] {
        &self.named
    }

    /// The newest checkpoint of each journal.
    pub fn checked(&self) -> &[Checked] {
        &self.checked
    }

    /// The certificates, oldest first.
    pub fn emptied(&self) -> &[Emptied] {
        &self.emptied
    }

    /// The certificate of one gateway for one window.
    pub fn gone(&self, window: WindowId, key: GatewayKey) -> Option<&Gone> {
        let found = self.emptied.iter().find(|it| it.window == window && it.key == key);
        found.map(|it| &it.gone)
    }

    fn naming(&self, named: Named) -> Result<Gateways, Refused> {
        let is_known = |it: &&Named| it.window == named.window && it.key == named.key;
        if self.named.iter().any(|it| is_known(&it)) {
            return Err(Refused::Known);
        }
        let mut next = self.clone();
        next.named.push(named);
        (next.named.len() <= NAMED_MAX).then_some(next).ok_or(Refused::Full(NAMED_MAX))
    }

    /// The state with a key that was named.
    pub(super) fn after_naming(
        &self,
        (window, by): (WindowId, Side),
        key: GatewayKey,
        at: Timestamp,
    ) -> Option<Gateways> {
        self.naming(Named { window, key, by, at }).ok()
    }

    /// The state with a checkpoint, which takes the place of the older one.
    pub(super) fn after_checking(
        &self,
        window: WindowId,
        key: GatewayKey,
        head: Head,
        at: Timestamp,
    ) -> Gateways {
        let mut next = self.clone();
        let checked = Checked { window, key, head, at };
        match next.checked.iter_mut().find(|it| it.window == window && it.key == key) {
            Some(kept) => *kept = checked,
            None => next.checked.push(checked),
        }
        next
    }

    /// The state with a certificate.
    pub(super) fn after_emptying(&self, emptied: Emptied) -> Gateways {
        let mut next = self.clone();
        next.emptied.push(emptied);
        next
    }
}

/// How a key is known for a window.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// Somebody named it for that window.
    Named {
        /// Who.
        by: Side,
        /// When.
        at: Timestamp,
    },
    /// It was named before windows were told, for all of them.
    NamedForAll,
    /// Nobody named it: it was the first that was used.
    FirstUsed,
}

/// A gateway of a window.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Gateway<'e> {
    /// Its key.
    pub key: GatewayKey,
    /// How it is known.
    pub standing: Standing,
    /// The newest checkpoint of its journal.
    pub checked: Option<&'e Checked>,
    /// Its certificate that what it held is gone.
    pub gone: Option<&'e Gone>,
}

/// Whether one of those who held something has certified that it is gone.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// It held nothing.
    HeldNothing,
    /// It has not.
    Outstanding,
    /// It has.
    Delivered,
}

impl Delivery {
    /// Whether nothing more is to come.
    pub fn is_done(self) -> bool {
        match self {
            Delivery::HeldNothing | Delivery::Delivered => true,
            Delivery::Outstanding => false,
        }
    }
}

/// What became of what was held in a window that is over.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Destroyed {
    /// The window.
    pub window: WindowId,
    /// Whether the clearinghouse has certified it, for what was sent to it.
    pub clearinghouse: Delivery,
    /// Whether each of the window's gateways has.
    pub gateways: Vec<(GatewayKey, Delivery)>,
}

impl Destroyed {
    /// How many must certify it, and how many of them have.
    pub fn count(&self) -> (usize, usize) {
        let gateways = self.gateways.iter().map(|(_, delivery)| *delivery);
        let all: Vec<Delivery> = gateways.chain([self.clearinghouse]).collect();
        (all.len(), all.iter().filter(|delivery| delivery.is_done()).count())
    }

    /// Whether everything is gone, by the word of all who held something.
    pub fn is_all(&self) -> bool {
        let (all, done) = self.count();
        all == done
    }
}

impl Engagement {
    /// Names the key of a gateway; without a window, for the one that is offered or open, or was
    /// the last.
    pub(super) fn names_gateway(
        &self,
        window: Option<WindowId>,
        key: GatewayKey,
        who: Who,
        now: Timestamp,
    ) -> Result<EngagementFact, Refused> {
        let by = side(who)?;
        let window = match window {
            Some(window) => self.has_had(window).then_some(window),
            None => self.last_window(),
        };
        let window = window.ok_or(Refused::NoWindow)?;
        self.gateways.naming(Named { window, key, by, at: now })?;
        Ok(EngagementFact::GatewayNamed { key, window: Some(window), by: Some(by) })
    }

    /// Takes a checkpoint that the gateway with this key signed.
    pub fn bring_checkpoint(
        &self,
        (key, window): (GatewayKey, WindowId),
        head: Head,
        who: Who,
        now: Timestamp,
    ) -> Result<(Engagement, EngagementFact), Refused> {
        side(who)?;
        self.takes(window, key)?;
        self.extends(window, key, head)?;
        let known = self.gateways.checked.iter();
        let mut known = known.filter(|it| it.window == window && it.key == key);
        if known.any(|it| it.head == head) {
            return Err(Refused::OlderCount);
        }
        self.has_room(window, key)?;
        self.taking(EngagementFact::CheckpointBrought { window, key, head }, now)
    }

    /// Takes the certificate that the gateway with this key signed; `certificate` is SHA-256 of it.
    pub fn bring_destruction(
        &self,
        (key, stated): (GatewayKey, Stated),
        certificate: Digest,
        who: Who,
        now: Timestamp,
    ) -> Result<(Engagement, EngagementFact), Refused> {
        let by = side(who)?;
        let Stated { window, head, objects, at } = stated;
        self.takes(window, key)?;
        if self.gateways.gone(window, key).is_some() {
            return Err(Refused::Delivered);
        }
        let began = self.lineage.uses().iter().find(|it| it.window == window);
        let latest = now.checked_add(SignedDuration::from_secs(AHEAD_SECONDS_MAX));
        let is_in_time =
            began.is_some_and(|it| it.span.start <= at) && latest.is_ok_and(|latest| at <= latest);
        if !is_in_time {
            return Err(Refused::BadTime);
        }
        self.extends(window, key, head)?;
        self.has_room(window, key)?;
        let brought_at = self.seen.max(now);
        let gone = Gone { certificate, head, objects, at, by, brought_at };
        let fact = EngagementFact::DestructionBrought { of: Emptied { window, key, gone } };
        self.taking(fact, now)
    }

    fn taking(
        &self,
        fact: EngagementFact,
        now: Timestamp,
    ) -> Result<(Engagement, EngagementFact), Refused> {
        let next = Engagement::apply(Some(self.clone()), &fact, now).ok_or(Refused::NotNow)?;
        Ok((next, fact))
    }

    /// Whether what this key signed is taken for a window.
    pub(super) fn takes(&self, window: WindowId, key: GatewayKey) -> Result<(), Refused> {
        let named = self.gateways.named.iter().filter(|it| it.window == window);
        let named: BTreeSet<GatewayKey> =
            named.map(|it| it.key).chain(self.counts.keys().iter().copied()).collect();
        let used = self.used(window);
        let is_taken =
            named.contains(&key) || named.is_empty() && (used.is_empty() || used.contains(&key));
        match (is_taken, self.has_begun(window)) {
            (false, _) => Err(Refused::NoGateway),
            (true, false) => Err(Refused::NoWindow),
            (true, true) => Ok(()),
        }
    }

    /// Whether a journal can have grown to this from what is known of it: never shorter, never
    /// another one of the same length, and no longer once its gateway was emptied.
    pub(super) fn extends(
        &self,
        window: WindowId,
        key: GatewayKey,
        head: Head,
    ) -> Result<(), Refused> {
        let is_it = |of: (WindowId, GatewayKey)| of == (window, key);
        let checked = self.gateways.checked.iter().filter(|it| is_it((it.window, it.key)));
        let counted = self.counts.kept().iter().filter(|it| is_it((it.window, it.key)));
        let counted =
            counted.filter_map(|it| Some(Head { lines: it.newest.lines, root: it.newest.root? }));
        let last = self.gateways.gone(window, key).map(|gone| gone.head);
        for known in checked.map(|it| it.head).chain(counted).chain(last) {
            if known.lines == head.lines && known.root != head.root {
                return Err(Refused::OtherJournal);
            }
            if known.lines > head.lines {
                return Err(Refused::OlderCount);
            }
        }
        match last.is_some_and(|last| head.lines > last.lines) {
            true => Err(Refused::OtherJournal),
            false => Ok(()),
        }
    }

    fn has_room(&self, window: WindowId, key: GatewayKey) -> Result<(), Refused> {
        let checked = self.gateways.checked.iter().map(|it| (it.window, it.key));
        let emptied = self.gateways.emptied.iter().map(|it| (it.window, it.key));
        let journals: BTreeSet<_> = checked.chain(emptied).chain([(window, key)]).collect();
        match journals.len() <= JOURNALS_MAX {
            true => Ok(()),
            false => Err(Refused::Full(JOURNALS_MAX)),
        }
    }

    /// The keys by which something was brought in for a window.
    fn used(&self, window: WindowId) -> BTreeSet<GatewayKey> {
        let counted = self.counts.kept().iter().filter(|it| it.window == window);
        let checked = self.gateways.checked.iter().filter(|it| it.window == window);
        let emptied = self.gateways.emptied.iter().filter(|it| it.window == window);
        let (counted, checked) = (counted.map(|it| it.key), checked.map(|it| it.key));
        counted.chain(checked).chain(emptied.map(|it| it.key)).collect()
    }

    /// Every key that is known here, for whichever window: by one of them what is brought in may be
    /// signed.
    pub fn gateway_keys(&self) -> BTreeSet<GatewayKey> {
        let named = self.gateways.named.iter().map(|it| it.key);
        let checked = self.gateways.checked.iter().map(|it| it.key);
        let emptied = self.gateways.emptied.iter().map(|it| it.key);
        named.chain(checked).chain(emptied).chain(self.counts.keys().iter().copied()).collect()
    }

    /// The gateways of a window: those that were named, and those that were only used.
    pub fn gateways_of(&self, window: WindowId) -> Vec<Gateway<'_>> {
        let used = self.used(window);
        let of_window = self.gateways.named.iter().filter(|it| it.window == window);
        let mut known: Vec<(GatewayKey, Standing)> =
            of_window.map(|it| (it.key, Standing::Named { by: it.by, at: it.at })).collect();
        for key in used {
            if known.iter().all(|(there, _)| *there != key) {
                let is_named = self.counts.keys().contains(&key);
                let standing = if is_named { Standing::NamedForAll } else { Standing::FirstUsed };
                known.push((key, standing));
            }
        }
        let of = |(key, standing)| Gateway {
            key,
            standing,
            checked: self.gateways.checked.iter().find(|it| it.window == window && it.key == key),
            gone: self.gateways.gone(window, key),
        };
        known.into_iter().map(of).collect()
    }

    /// What became of what was held in a window; none while it is open.
    pub fn destroyed(&self, window: WindowId) -> Option<Destroyed> {
        let is_open = matches!(self.window, Window::Active { offer, .. } if offer.window == window);
        if is_open || !self.has_begun(window) {
            return None;
        }
        let is_due = self.custody.due().iter().any(|due| due.window == window);
        let is_certified = self.custody.certificates().iter().any(|it| it.window == window);
        let clearinghouse = match (is_due, is_certified) {
            (true, _) => Delivery::Outstanding,
            (false, true) => Delivery::Delivered,
            (false, false) => Delivery::HeldNothing,
        };
        let delivery = |it: Gateway<'_>| match it.gone {
            Some(_) => (it.key, Delivery::Delivered),
            None => (it.key, Delivery::Outstanding),
        };
        let gateways = self.gateways_of(window).into_iter().map(delivery).collect();
        Some(Destroyed { window, clearinghouse, gateways })
    }

    /// The same of every window that is over, oldest first.
    pub fn all_destroyed(&self) -> Vec<Destroyed> {
        self.lineage.uses().iter().filter_map(|it| self.destroyed(it.window)).collect()
    }

    fn has_begun(&self, window: WindowId) -> bool {
        self.lineage.uses().iter().any(|it| it.window == window)
    }

    fn has_had(&self, window: WindowId) -> bool {
        let offered = self.window.offer().is_some_and(|offer| offer.window == window);
        offered || self.has_begun(window)
    }

    fn last_window(&self) -> Option<WindowId> {
        let offered = self.window.offer().map(|offer| offer.window);
        offered.or_else(|| self.lineage.uses().last().map(|it| it.window))
    }
}

/// On whose side somebody names gateways and brings in what they signed: the developer or the
/// official.
pub(super) fn side(who: Who) -> Result<Side, Refused> {
    match who {
        Who::Developer(_) => Ok(Side::Developer),
        Who::Official(_) => Ok(Side::Clearinghouse),
        Who::Evaluator(_) | Who::DutyOfficer(_) | Who::Clock => Err(Refused::NotYours),
    }
}

#[cfg(test)]
mod tests;
