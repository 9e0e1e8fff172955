//! What is written down of everything that happens at a gateway: who, when, for what, how much.
//!
//! Never what was asked or answered. Of content there are lengths and keyed hashes (HMAC-SHA-256
//! under a key of the window): prompts can be guessed, so a plain hash would give them away. When
//! the window's key is destroyed, nothing links a hash to a text any more, and the chain still
//! holds (FRONTIER 4.3).

use seawall_domain::digest::Digest;
use seawall_domain::engagement::grant::{Cut, Denied, Purpose};
use seawall_domain::engagement::lease::{Closed, Gate};
use seawall_domain::engagement::quota::{self, Amount, Entry};
use seawall_domain::engagement::scope::Endpoint;
use seawall_domain::engagement::volume::{Alarm, Rule};
use seawall_domain::id::{PartyId, PersonId, ScanId};
use seawall_domain::time::Timestamp;
use seawall_formats::gateway::Denial;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use uuid::Uuid;

/// One line of the journal.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Its number, from 0.
    pub number: u64,
    /// SHA-256 of the line before, without its line feed; zeros for the first.
    pub before: Digest,
    /// When.
    pub at: Timestamp,
    /// What.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Event {
    /// The gate changed: a lease came, the developer withdrew, or it closed by itself.
    Gate {
        /// Why.
        why: Turn,
        /// The gate from then on.
        gate: Box<Gate>,
    },
    /// Somebody's quota.
    Quota {
        /// The entry.
        entry: Entry,
    },
    /// A list of the clearinghouse came that says who may use how much.
    Quotas {
        /// As of when it was.
        as_of: Timestamp,
        /// What is different by it.
        entries: Vec<Entry>,
    },
    /// A request is about to be sent on.
    Intent {
        /// The request.
        request: Uuid,
        /// Who and for what.
        by: By,
        /// Where to.
        endpoint: Endpoint,
        /// The model's name for callers.
        model: String,
        /// The number of the lease under which it passes.
        lease: u64,
        /// What is sent on.
        body: Keyed,
        /// That a policy service was asked, and allowed it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        policy: Option<Allowed>,
        /// The file in which it is kept for both sides, as far as it goes then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        escrow: Option<Escrowed>,
        /// What is set aside for it.
        entry: Entry,
    },
    /// A request has ended.
    Outcome {
        /// The request.
        request: Uuid,
        /// How.
        ended: Ended,
        /// The provider's status, if it answered.
        status: Option<u16>,
        /// What went back to the caller.
        body: Keyed,
        /// The file in which all of it is kept for both sides, whole.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        escrow: Option<Escrowed>,
        /// By how much the provider counted more than was set aside, where it did.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        overrun: Option<Amount>,
        /// What it used.
        entry: Entry,
    },
    /// A request of somebody whose credential is good was answered by the gateway itself.
    Told {
        /// Who and for what.
        by: By,
        /// What was asked.
        endpoint: Endpoint,
    },
    /// A request of somebody whose credential is good was refused.
    Refused {
        /// Who and for what.
        by: By,
        /// Where to; none when there is no such place.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        endpoint: Option<Endpoint>,
        /// Why.
        why: Why,
    },
    /// What is unusual from then on.
    Volume {
        /// By the settings.
        rule: Rule,
    },
    /// By the line before, somebody used more than is usual.
    Alarm {
        /// Who, and how much.
        alarm: Alarm,
    },
    /// Somebody is cut off for the rest of the window.
    Cut {
        /// A person, a party, or a key.
        who: CutOff,
    },
    /// A list of the clearinghouse came.
    Stops {
        /// As of when the newest list was that could start somebody again.
        as_of: Timestamp,
        /// Who is stopped by it.
        stopped: Box<Cut>,
        /// Who is stopped no longer.
        started: Box<Cut>,
    },
}

/// Why a gate changed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Turn {
    /// The journal begins.
    Begun,
    /// A lease came.
    Leased,
    /// The developer withdrew.
    Withdrawn,
    /// The developer let the window end later.
    Extended,
    /// The settings name another end.
    Named,
    /// The window's time is over, whatever the clock says at a later start.
    Over,
    /// The clock went back, or stopped.
    LostTime,
}

/// What a policy service said of a request that passes.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Allowed {
    /// That it may.
    Allowed,
}

/// Who sends a request, and what it says it is for.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct By {
    /// The person who answers for it.
    pub person: PersonId,
    /// The party.
    pub party: PartyId,
    /// The key that it proved to have.
    pub key: Digest,
    /// What for.
    pub purpose: Option<Purpose>,
    /// The claim it names.
    pub claim: Option<ScanId>,
}

/// Bytes of which only this is known afterwards.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Keyed {
    /// How many there were.
    pub bytes: u64,
    /// HMAC-SHA-256 over them, under the window's key.
    pub hmac: Digest,
}

/// A file in which content is kept encrypted, so that developer and partner open it together.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Escrowed {
    /// How many bytes it has.
    pub bytes: u64,
    /// SHA-256 over them, as they are encrypted.
    pub sha256: Digest,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// Whole.
    Whole,
    /// The gate closed, or the grant ended, in the middle of it.
    Cut,
    /// The caller went away.
    Left,
    /// The provider could not be reached, or broke off.
    Failed,
    /// What was answered could not be kept, as was agreed, and so was broken off.
    Unkept,
    /// The gateway stopped before it knew.
    Unknown,
}

/// Requests for which the provider counted more than was set aside.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Overruns {
    /// How many.
    pub requests: u64,
    /// By how much, over all of them.
    pub by: Amount,
}

impl Overruns {
    /// Counts one more, where a request is one.
    pub fn count(&mut self, overrun: Option<&Amount>) {
        if let Some(by) = overrun {
            self.requests += 1;
            self.by = self.by.plus(by);
        }
    }
}

/// How many alarms of unusual volume are told, each for itself: the newest.
pub const ALARMS_TOLD_MAX: usize = 20;

/// Alarms of unusual volume.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Alarms {
    /// How many there were.
    pub number: u64,
    /// The newest, at most [`ALARMS_TOLD_MAX`], the last one last.
    pub newest: VecDeque<Alarm>,
}

impl Alarms {
    /// Counts one more.
    pub fn count(&mut self, alarm: &Alarm) {
        self.number += 1;
        self.newest.push_back(*alarm);
        if self.newest.len() > ALARMS_TOLD_MAX {
            self.newest.pop_front();
        }
    }
}

/// Who is cut off.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CutOff {
    /// One person.
    Person(PersonId),
    /// A party, with everybody in it.
    Party(PartyId),
    /// A key that was lost.
    Key(Digest),
}

/// Why a request was refused.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Why {
    /// The kind of refusal: `closed`, `denied`, `scope`, `policy`, `quota`, `escrow`.
    pub kind: String,
    /// The reason, in words of ours; nothing of the request stands in it.
    pub reason: String,
}

impl From<Closed> for Why {
    fn from(closed: Closed) -> Why {
        Why { kind: "closed".into(), reason: closed.to_string() }
    }
}

impl From<Denied> for Why {
    fn from(denied: Denied) -> Why {
        Why { kind: "denied".into(), reason: denied.to_string() }
    }
}

impl From<quota::Refused> for Why {
    fn from(refused: quota::Refused) -> Why {
        Why { kind: "quota".into(), reason: refused.to_string() }
    }
}

impl From<&Denial> for Why {
    fn from(denial: &Denial) -> Why {
        // Where in the request stays with the caller: a place can hold words of its own.
        let reason = format!("{}: {}", denial.code.word(), denial.message);
        Why { kind: "scope".into(), reason }
    }
}
