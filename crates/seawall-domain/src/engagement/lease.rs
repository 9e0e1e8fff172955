//! Leases: what keeps a gateway open. The developer signs one every few minutes; when it stops, the
//! gateway closes by itself.
//!
//! A gate is closed unless a fresh lease for this window, signed by the developer's key and newer
//! than any before, says otherwise. It also closes when the clock goes back, or when nobody knows
//! the time, and then stays closed until a newer lease comes (FRONTIER 4.3, I3 and I8).

pub mod extension;

use super::scope::Scope;
use crate::digest::Digest;
use crate::id::WindowId;
use crate::time::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

/// The longest lease in seconds: how long at most a gateway that nobody can reach stays open.
pub const LEASE_SECONDS_MAX: i64 = 600;

/// How far a clock may go back before the gate closes, in seconds.
pub const CLOCK_BACK_SECONDS_MAX: i64 = 5;

/// The public half of the key by which a developer signs leases: the 32 bytes of an Ed25519 key,
/// written as a digest is.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct LeaseKey(pub Digest);

/// A lease, as the developer signs it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lease {
    /// The window.
    pub window: WindowId,
    /// The snapshot.
    pub snapshot: Digest,
    /// What may pass.
    pub scope: Scope,
    /// When it ends.
    pub not_after: Timestamp,
    /// Greater than that of any lease before.
    pub seq: u64,
}

/// Why a gate is closed, or a lease was not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Closed {
    /// No lease has come, or the last one was given up.
    #[error("closed: there is no lease")]
    NoLease,
    /// The last lease has ended.
    #[error("closed: the lease has ended")]
    Ended,
    /// The window is over, or was never open.
    #[error("closed: the window is not open")]
    WindowOver,
    /// The developer withdrew.
    #[error("closed: the developer withdrew")]
    Withdrawn,
    /// The clock went back too far.
    #[error("closed: the clock went back")]
    ClockWentBack,
    /// Nobody knows the time.
    #[error("closed: there is no time source")]
    NoClock,
    /// The lease brings no key for the provider, and none lies in a file.
    #[error("closed: the lease brings no key for the provider")]
    NoUpstreamKey,
    /// Another key signed.
    #[error("cannot take this lease: it is signed by another key")]
    OtherSigner,
    /// It was seen before, or an older one.
    #[error("cannot take this lease: it is not newer than the last one")]
    Replayed,
    /// It is for another window or snapshot.
    #[error("cannot take this lease: it is for another window or snapshot")]
    OtherWindow,
    /// It has ended before it came, or lasts too long.
    #[error("cannot take this lease: it must end within {LEASE_SECONDS_MAX} seconds from now")]
    OutOfBounds,
    /// It lets more pass than the window's terms.
    #[error("cannot take this lease: it goes beyond the terms of the window")]
    TooWide,
}

/// A gate, with what it must remember.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    window: WindowId,
    snapshot: Digest,
    /// SHA-256 of the developer's public key.
    signer: Digest,
    terms: Scope,
    /// When the window ends at the latest, whatever leases say.
    ends: Timestamp,
    lease: Option<Lease>,
    seq_seen: u64,
    clock_seen: Timestamp,
    withdrawn: bool,
    /// The number of the newest extension that was taken.
    #[serde(default)]
    extension_seen: u64,
    /// The end that whoever runs the gateway named last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    named: Option<Timestamp>,
}

/// What a request passes under.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Passage<'a> {
    /// What may pass.
    pub scope: &'a Scope,
    /// The lease's number, for the record.
    pub seq: u64,
    /// When a stream that begins now must have ended, unless a newer lease comes.
    pub until: Timestamp,
}

impl Gate {
    /// A closed gate for a window that ends then at the latest.
    pub fn new(
        window: WindowId,
        snapshot: Digest,
        signer: Digest,
        terms: Scope,
        ends: Timestamp,
    ) -> Gate {
        Gate {
            window,
            snapshot,
            signer,
            terms,
            ends,
            lease: None,
            seq_seen: 0,
            clock_seen: Timestamp::MIN,
            withdrawn: false,
            extension_seen: 0,
            named: Some(ends),
        }
    }

    /// Takes a lease whose signature verified under the key with that digest. Whatever was refused
    /// leaves the gate as it was.
    pub fn take(
        &self,
        lease: Lease,
        signed_by: &Digest,
        now: Option<Timestamp>,
    ) -> Result<Gate, Closed> {
        let now = self.time(now)?;
        if self.withdrawn {
            return Err(Closed::Withdrawn);
        }
        if *signed_by != self.signer {
            return Err(Closed::OtherSigner);
        }
        if lease.window != self.window || lease.snapshot != self.snapshot {
            return Err(Closed::OtherWindow);
        }
        if lease.seq <= self.seq_seen {
            return Err(Closed::Replayed);
        }
        let life = lease.not_after.duration_since(now);
        if !life.is_positive() || life > SignedDuration::from_secs(LEASE_SECONDS_MAX) {
            return Err(Closed::OutOfBounds);
        }
        if !lease.scope.lies_within(&self.terms) {
            return Err(Closed::TooWide);
        }
        if now >= self.ends {
            return Err(Closed::WindowOver);
        }
        let clock_seen = self.clock_seen.max(now);
        Ok(Gate { seq_seen: lease.seq, lease: Some(lease), clock_seen, ..self.clone() })
    }

    /// Looks at the clock: afterwards a gate whose clock went back, or stopped, has no lease.
    pub fn observe(&self, now: Option<Timestamp>) -> Gate {
        match self.time(now) {
            Ok(now) => Gate { clock_seen: self.clock_seen.max(now), ..self.clone() },
            Err(_) => Gate { lease: None, ..self.clone() },
        }
    }

    /// Whether a request may pass, or a stream go on, at that instant. Asked before each request
    /// and before each piece of a stream.
    pub fn admits(&self, now: Option<Timestamp>) -> Result<Passage<'_>, Closed> {
        let now = self.time(now)?;
        if self.withdrawn {
            return Err(Closed::Withdrawn);
        }
        if now >= self.ends {
            return Err(Closed::WindowOver);
        }
        let lease = self.lease.as_ref().ok_or(Closed::NoLease)?;
        match now < lease.not_after {
            true => Ok(Passage {
                scope: &lease.scope,
                seq: lease.seq,
                until: lease.not_after.min(self.ends),
            }),
            false => Err(Closed::Ended),
        }
    }

    /// The developer withdraws: closed for good, and no lease opens it again.
    pub fn withdraw(&self) -> Gate {
        Gate { lease: None, withdrawn: true, ..self.clone() }
    }

    /// Heeds the end that whoever runs the gateway names: sooner than before, the window ends
    /// sooner; a later one changes nothing, for only the developer's signature does.
    pub fn heed(&self, ends: Timestamp) -> Gate {
        let is_sooner = ends < self.named.unwrap_or(self.ends);
        let now_ends = if is_sooner { self.ends.min(ends) } else { self.ends };
        Gate { ends: now_ends, named: Some(ends), ..self.clone() }
    }

    /// The window.
    pub fn window(&self) -> WindowId {
        self.window
    }

    /// When the window ends at the latest.
    pub fn ends(&self) -> Timestamp {
        self.ends
    }

    /// Whether the window is over for good at that instant.
    pub fn is_over(&self, now: Timestamp) -> bool {
        self.withdrawn || now.max(self.clock_seen) >= self.ends
    }

    /// Whether the developer withdrew.
    pub fn is_withdrawn(&self) -> bool {
        self.withdrawn
    }

    /// Whether this gate stays when the other would take its place: it was withdrawn, or has seen a
    /// newer lease or extension.
    pub fn outlasts(&self, other: &Gate) -> bool {
        self.withdrawn
            || self.seq_seen > other.seq_seen
            || self.extension_seen > other.extension_seen
    }

    /// Whether looking at the clock takes its lease from it.
    pub fn loses_time(&self, now: Option<Timestamp>) -> bool {
        self.lease.is_some() && self.time(now).is_err()
    }

    /// Whether it is for this window and snapshot, and takes leases of this developer.
    pub fn is_for(&self, window: WindowId, snapshot: &Digest, signer: &Digest) -> bool {
        self.window == window && self.snapshot == *snapshot && self.signer == *signer
    }

    /// The time, if there is one and it did not go back too far.
    fn time(&self, now: Option<Timestamp>) -> Result<Timestamp, Closed> {
        let now = now.ok_or(Closed::NoClock)?;
        let back = SignedDuration::from_secs(CLOCK_BACK_SECONDS_MAX);
        match self.clock_seen.duration_since(now) > back {
            true => Err(Closed::ClockWentBack),
            // Within the tolerance the later instant counts, so that no lease lasts longer.
            false => Ok(now.max(self.clock_seen)),
        }
    }
}

#[cfg(test)]
mod tests;
