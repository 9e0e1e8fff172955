//! A case: the coordination of one flaw among its participants.
//!
//! Three machines run side by side, in the terms of the Vultron protocol (CERT/CC): the report
//! (RM), the embargo (EM) and the flaw itself (CS, vfdpxa). Each party sees its own view.

use crate::digest::{Address, Digest};
use crate::fact::{becomes, begun, facts_of};
use crate::id::{AccountId, CaseId, FindingId, PartyId, ProjectId, ReproductionId};
use crate::package::{Package, Version};
use crate::project::{ClockBasis, Policy, Secrecy};
use crate::range::Interval;
use crate::refusal::Refusal;
use crate::time::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

mod embargo;
mod fold;
pub use embargo::{Clock, Embargo, Exit};

/// The report machine (RM): what the maintainer's side says of the report.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Report {
    /// It was sent.
    Received,
    /// The maintainer says it is no flaw.
    Invalid,
    /// It was reproduced here.
    Valid,
    /// The maintainer works on it.
    Accepted,
    /// Later.
    Deferred,
    /// Done.
    Closed,
}

/// The flaw machine (CS): six facts about the world, which only become true.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Flaw {
    /// V: the vendor knows.
    pub vendor_aware: bool,
    /// F: a fix exists. Needs V.
    pub fix_ready: bool,
    /// D: a fix is deployed somewhere. Needs F.
    pub fix_deployed: bool,
    /// P: the public knows.
    pub public_aware: bool,
    /// X: an exploit is public. Implies P.
    pub exploit_public: bool,
    /// A: attacks were seen.
    pub attacks_seen: bool,
}

impl Flaw {
    /// The six letters, capital when true: `VFdPxa`.
    pub fn letters(self) -> String {
        let letter = |truth: bool, letter: char| match truth {
            true => letter.to_ascii_uppercase(),
            false => letter,
        };
        [
            letter(self.vendor_aware, 'v'),
            letter(self.fix_ready, 'f'),
            letter(self.fix_deployed, 'd'),
            letter(self.public_aware, 'p'),
            letter(self.exploit_public, 'x'),
            letter(self.attacks_seen, 'a'),
        ]
        .iter()
        .collect()
    }
}

/// Which way a letter went.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// From us to a participant.
    Sent,
    /// From a participant to us.
    Received,
}

/// A letter of the case: its words lie in a blob and in the participants' mailboxes.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Letter {
    /// The Message-ID of the mail (RFC 5322), derived from the fact for those we send.
    pub message_id: String,
    /// Which way it went.
    pub direction: Direction,
    /// What it was for.
    pub about: LetterKind,
    /// Its bytes.
    pub bytes: Address,
    /// SHA-256 of its bytes.
    pub digest: Digest,
    /// When.
    pub at: Timestamp,
}

/// What a letter was for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LetterKind {
    /// The report to the maintainer.
    Report,
    /// The evidence bundle, after a recorded release.
    Bundle,
    /// The notice that the advisory is out, or has a new revision.
    Publication,
    /// An answer.
    Answer,
}

/// A range that a participant states for its own packages: *stated, not run*.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct StatedRange {
    /// The participant.
    pub party: PartyId,
    /// The package in its distribution.
    pub package: Package,
    /// The affected versions.
    pub ranges: Vec<Interval>,
}

/// A recorded release of the reproducer to the maintainer.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct BundleRelease {
    /// Who decided; `None` when the project's own policy did.
    pub by: Option<AccountId>,
    /// SHA-256 of the bundle that leaves.
    pub bundle: Digest,
    /// When.
    pub at: Timestamp,
}

/// A case.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// The project.
    pub project: ProjectId,
    /// The finding that led to it.
    pub finding: FindingId,
    /// The reproduction that confirmed it.
    pub reproduction: ReproductionId,
    /// The project's policy as it stood when the case was opened.
    pub policy: Policy,
    /// Everybody who may know, the maintainer first.
    pub participants: Vec<PartyId>,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// RM.
    pub report: Report,
    /// EM.
    pub embargo: Embargo,
    /// CS.
    pub flaw: Flaw,
    /// The letters, oldest first.
    pub letters: Vec<Letter>,
    /// What distributors state.
    pub stated: Vec<StatedRange>,
    /// The release of the reproducer, when there was one.
    pub bundle: Option<BundleRelease>,
    /// The person who decided to keep it private: beats every clock.
    pub kept_private: Option<AccountId>,
    /// How often it was reopened, because a later release relapsed.
    pub reopened: u32,
}

/// What happens to a case.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields are those of the state they change")]
pub enum CaseFact {
    Opened {
        id: CaseId,
        project: ProjectId,
        finding: FindingId,
        reproduction: ReproductionId,
        policy: Policy,
        maintainer: PartyId,
    },
    ParticipantInvited {
        party: PartyId,
    },
    LetterSent {
        message_id: String,
        about: LetterKind,
        bytes: Address,
        digest: Digest,
    },
    LetterReceived {
        message_id: String,
        bytes: Address,
        digest: Digest,
    },
    Accepted,
    Declined,
    BundleReleased {
        by: Option<AccountId>,
        bundle: Digest,
    },
    RangeStated {
        stated: StatedRange,
    },
    FixReady,
    KeptPrivate {
        by: Option<AccountId>,
    },
    MadePublic,
    /// A later release is affected again.
    Reopened {
        version: Version,
    },
    Closed,
}
facts_of!(CaseFact in Case);

/// A case after a decision, with the fact; or the refusal.
pub type Decided = Result<(Case, CaseFact), Refusal>;

impl Case {
    /// Opens a case under the project's policy.
    pub fn open(
        id: CaseId,
        of: (ProjectId, FindingId, ReproductionId),
        policy: Policy,
        maintainer: PartyId,
        now: Timestamp,
    ) -> Option<(Case, CaseFact)> {
        let (project, finding, reproduction) = of;
        let fact = CaseFact::Opened { id, project, finding, reproduction, policy, maintainer };
        begun(fact, now)
    }

    /// Invites a participant, who may then know.
    pub fn invite(self, party: PartyId, now: Timestamp) -> Decided {
        self.step("invite", CaseFact::ParticipantInvited { party }, now)
    }

    /// Records a letter before it is handed to the courier.
    pub fn send(
        self,
        message_id: String,
        about: LetterKind,
        letter: (Address, Digest),
        now: Timestamp,
    ) -> Decided {
        let (bytes, digest) = letter;
        self.step("send a letter", CaseFact::LetterSent { message_id, about, bytes, digest }, now)
    }

    /// Records a letter that came; a letter that came twice is refused.
    pub fn receive(self, message_id: String, letter: (Address, Digest), now: Timestamp) -> Decided {
        let (bytes, digest) = letter;
        let fact = CaseFact::LetterReceived { message_id, bytes, digest };
        self.step("receive that letter", fact, now)
    }

    /// The letter of that kind that was sent last.
    pub fn sent(&self, about: LetterKind) -> Option<&Letter> {
        self.letters
            .iter()
            .rev()
            .find(|letter| letter.direction == Direction::Sent && letter.about == about)
    }

    /// The maintainer takes it on, which makes a proposed embargo active.
    pub fn accept(self, now: Timestamp) -> Decided {
        self.step("be accepted", CaseFact::Accepted, now)
    }

    /// The maintainer says it is no flaw; an analyst looks again.
    pub fn decline(self, now: Timestamp) -> Decided {
        self.step("be declined", CaseFact::Declined, now)
    }

    /// Records the release of the reproducer: only then does the bundle leave.
    pub fn release_bundle(self, by: Option<AccountId>, bundle: Digest, now: Timestamp) -> Decided {
        self.step("release the reproducer", CaseFact::BundleReleased { by, bundle }, now)
    }

    /// A participant states a range for its own packages.
    pub fn state_range(self, stated: StatedRange, now: Timestamp) -> Decided {
        if !self.participants.contains(&stated.party) {
            return Err(Refusal::Hidden);
        }
        self.step("state a range", CaseFact::RangeStated { stated }, now)
    }

    /// A fix was run and holds.
    pub fn fix_ready(self, now: Timestamp) -> Decided {
        self.step("have a fix", CaseFact::FixReady, now)
    }

    /// A person decides to keep it private (`Some`) or no longer (`None`).
    pub fn keep_private(self, by: Option<AccountId>, now: Timestamp) -> Decided {
        self.step("be kept private", CaseFact::KeptPrivate { by }, now)
    }

    /// The public may know: refused while a person keeps it private, or while the embargo binds
    /// and no fix is ready.
    pub fn make_public(self, now: Timestamp) -> Decided {
        if self.kept_private.is_some() {
            return Err(Refusal::KeptPrivate);
        }
        if let Some(until) = self.binds_until(now) {
            return Err(Refusal::EmbargoActive { until });
        }
        if self.waits_for_fix() {
            let state = "under an embargo that counts from a fix";
            return Err(Refusal::NotNow { step: "be made public", subject: "case", state });
        }
        self.step("be made public", CaseFact::MadePublic, now)
    }

    /// Until when the embargo forbids publication now; a fix that is ready makes it moot.
    pub fn binds_until(&self, now: Timestamp) -> Option<Timestamp> {
        match &self.embargo {
            Embargo::Proposed { clocks } | Embargo::Active { clocks } if !self.flaw.fix_ready => {
                embargo::binding(clocks).filter(|until| now < *until)
            }
            Embargo::None
            | Embargo::Proposed { .. }
            | Embargo::Active { .. }
            | Embargo::Exited { .. } => None,
        }
    }

    /// Whether no clock of the embargo has a date yet, because all of them count from a fix.
    fn waits_for_fix(&self) -> bool {
        match &self.embargo {
            Embargo::Proposed { clocks } | Embargo::Active { clocks } => {
                !self.flaw.fix_ready && embargo::binding(clocks).is_none()
            }
            Embargo::None | Embargo::Exited { .. } => false,
        }
    }

    /// A later release is affected again.
    pub fn reopen(self, version: Version, now: Timestamp) -> Decided {
        self.step("be reopened", CaseFact::Reopened { version }, now)
    }

    /// Nothing is left to do.
    pub fn close(self, now: Timestamp) -> Decided {
        self.step("be closed", CaseFact::Closed, now)
    }

    /// Whether the maintainer still has work with it.
    pub fn is_open(&self) -> bool {
        match self.report {
            Report::Received | Report::Valid | Report::Accepted | Report::Deferred => {
                !self.flaw.public_aware || self.reopened > 0 && self.report == Report::Valid
            }
            Report::Invalid | Report::Closed => false,
        }
    }

    /// The maintainer's party.
    pub fn maintainer(&self) -> Option<PartyId> {
        self.participants.first().copied()
    }

    fn step(self, step: &'static str, fact: CaseFact, now: Timestamp) -> Decided {
        let state = self.report.name();
        becomes(self, fact, now, Refusal::NotNow { step, subject: "case", state })
    }
}

impl Report {
    /// The state's name.
    pub fn name(self) -> &'static str {
        match self {
            Report::Received => "received",
            Report::Invalid => "invalid",
            Report::Valid => "valid",
            Report::Accepted => "accepted",
            Report::Deferred => "deferred",
            Report::Closed => "closed",
        }
    }
}

/// The clocks that a policy starts when a case is opened.
fn clocks(policy: &Policy, opened_at: Timestamp) -> Vec<Clock> {
    let until = opened_at + SignedDuration::from_hours(24 * i64::from(policy.embargo_days));
    let (basis, by) = (policy.clock, "project policy".to_owned());
    match policy.clock {
        ClockBasis::FromReport => vec![Clock { basis, by, until: Some(until) }],
        ClockBasis::FromFix => vec![Clock { basis, by, until: None }],
    }
}

/// The embargo a policy asks for when a case is opened.
fn embargo_at_start(policy: &Policy, opened_at: Timestamp) -> Embargo {
    match policy.ai_found {
        Secrecy::Public => Embargo::None,
        Secrecy::Private => Embargo::Proposed { clocks: clocks(policy, opened_at) },
    }
}

#[cfg(test)]
mod tests;
