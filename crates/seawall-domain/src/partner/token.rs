//! Access tokens: what a seat gives one of its people, or a machine that one of them answers for.
//!
//! A token is given while the seat stands, the partners' window of the developer is open, and the
//! person has accepted its terms. It lasts for minutes and never longer than the window, and it is
//! good only with a key that stays with its holder. On record is who has one, for which window and
//! key, and until when; the token itself is kept nowhere (FRONTIER 4.3 and 5).

use super::decision::Condition;
use super::seat::{Denied, Seat};
use super::{Partner, PartnerFact};
use crate::digest::Digest;
use crate::engagement::Engagement;
use crate::engagement::grant::{Bearer, GRANT_SECONDS_MAX, Grant, Proof, Purpose};
use crate::engagement::quota::{Amount, Limit};
use crate::engagement::window::{Offer, Ring};
use crate::id::{AccountId, PersonId, ScanId, WindowId};
use crate::time::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// The most tokens of one holder that are in force at a time: renewing needs two of them.
pub const HELD_MAX: usize = 16;

/// The most tokens of one partner that are in force at a time.
pub const IN_FORCE_MAX: usize = 4_000;

/// The most acceptances that a seat keeps.
pub const ACCEPTED_MAX: usize = 20_000;

/// The most machines that people of one partner answer for.
pub const MACHINES_MAX: usize = 1_000;

/// What a gateway's settings begin with for a partner; whoever runs the gateway changes it.
pub const QUOTA: Limit = Limit {
    whole: Amount {
        requests: 10_000,
        tokens_in: 50_000_000,
        tokens_out: 5_000_000,
        cost_micros: u64::MAX,
    },
    concurrent: 20,
};

/// The same for a partner whose decision says that its quota is small.
pub const QUOTA_SMALL: Limit = Limit {
    whole: Amount {
        requests: 1_000,
        tokens_in: 5_000_000,
        tokens_out: 500_000,
        cost_micros: u64::MAX,
    },
    concurrent: 4,
};

/// A token that was given, without the token.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Issued {
    /// To whom.
    pub bearer: Bearer,
    /// For which window.
    pub window: WindowId,
    /// The thumbprint of the holder's key (RFC 7638) or certificate (RFC 8705).
    pub key: Digest,
    /// For what.
    pub purposes: BTreeSet<Purpose>,
    /// Until when.
    pub until: Timestamp,
}

/// What tokens rest on: who accepted which terms, who answers for which machine, what is in force.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Access {
    accepted: BTreeSet<(PersonId, Digest)>,
    machines: BTreeMap<AccountId, PersonId>,
    in_force: Vec<Issued>,
}

/// Who asks for a token.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Asker {
    /// A person.
    Person(PersonId),
    /// A machine.
    Machine {
        /// Its account.
        account: AccountId,
        /// SHA-256 of its name.
        name: Digest,
    },
}

/// What is asked for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Wanted {
    /// For which window.
    pub window: WindowId,
    /// The thumbprint of the holder's key or certificate.
    pub key: Digest,
    /// How requests prove that they have it.
    pub proof: Proof,
    /// For what.
    pub purposes: BTreeSet<Purpose>,
    /// The partner's own claims that may be looked at, and until when each stands.
    pub claims: BTreeMap<ScanId, Timestamp>,
}

/// Why there is no token.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// The seat does not carry it.
    #[error("cannot give a token: {0}")]
    Denied(#[from] Denied),
    /// No such window is open to the partner.
    #[error("cannot give a token: no window of that id is open to this seat")]
    NotOpen,
    /// The person has not accepted the terms of the window.
    #[error("cannot give a token: the person has not accepted the terms of this window")]
    NotAccepted,
    /// Other terms than those of the window.
    #[error("cannot accept these terms: the window has others")]
    OtherTerms,
    /// No purpose was named.
    #[error("cannot give a token: say what it is for")]
    NoPurpose,
    /// The decision excludes it.
    #[error("cannot give a token: the decision leaves out evaluating the model itself")]
    NoProbing,
    /// The decision is for people.
    #[error("cannot give a token to a machine: the decision is for named people only")]
    PeopleOnly,
    /// Nobody answers for the machine.
    #[error("cannot give a token to a machine for which nobody of the seat answers")]
    NoSponsor,
    /// Another person answers for it, or nobody.
    #[error("cannot end this: the person does not answer for that machine")]
    NotSponsor,
    /// What is looked at is claimed by nobody of the partner.
    #[error("cannot give a token: what is looked at needs a scan claim of yours that stands")]
    NoClaim,
    /// A bound is reached.
    #[error("cannot keep more than {0}: wait until one has ended")]
    Full(usize),
}

/// The partner after a token was given, the fact that says so, and what the token says.
pub type Given = Result<(Partner, PartnerFact, Grant), super::Refused>;

impl Access {
    /// Whether nothing of it has begun.
    pub fn is_empty(&self) -> bool {
        *self == Access::default()
    }

    /// Whether the person has accepted these terms.
    pub fn has_accepted(&self, person: PersonId, terms: &Digest) -> bool {
        self.accepted.contains(&(person, *terms))
    }

    /// Who answers for a machine.
    pub fn sponsor(&self, machine: AccountId) -> Option<PersonId> {
        self.machines.get(&machine).copied()
    }

    /// The machines, each with who answers for it.
    pub fn machines(&self) -> impl Iterator<Item = (AccountId, PersonId)> {
        self.machines.iter().map(|(machine, sponsor)| (*machine, *sponsor))
    }

    /// The tokens in force at that instant, the newest last.
    pub fn in_force(&self, now: Timestamp) -> impl Iterator<Item = &Issued> {
        self.in_force.iter().filter(move |token| now < token.until)
    }

    fn room(&self, bearer: &Bearer, now: Timestamp) -> Result<(), Refused> {
        if self.in_force(now).count() >= IN_FORCE_MAX {
            return Err(Refused::Full(IN_FORCE_MAX));
        }
        let held = self.in_force(now).filter(|token| token.bearer == *bearer).count();
        (held < HELD_MAX).then_some(()).ok_or(Refused::Full(HELD_MAX))
    }

    pub(super) fn accepting(&self, person: PersonId, terms: Digest) -> Result<Access, Refused> {
        let mut next = self.clone();
        next.accepted.insert((person, terms));
        (next.accepted.len() <= ACCEPTED_MAX).then_some(next).ok_or(Refused::Full(ACCEPTED_MAX))
    }

    pub(super) fn sponsoring(
        &self,
        machine: AccountId,
        sponsor: PersonId,
    ) -> Result<Access, Refused> {
        let mut next = self.clone();
        next.machines.insert(machine, sponsor);
        (next.machines.len() <= MACHINES_MAX).then_some(next).ok_or(Refused::Full(MACHINES_MAX))
    }

    pub(super) fn dismissing(&self, machine: AccountId) -> Option<Access> {
        let mut next = self.clone();
        next.machines.remove(&machine).map(|_| next)
    }

    /// Those that have ended by then are forgotten here; facts keep them.
    pub(super) fn issuing(&self, token: Issued, at: Timestamp) -> Access {
        let mut next = self.clone();
        next.in_force.retain(|token| at < token.until);
        next.in_force.push(token);
        next
    }
}

impl Partner {
    /// A person accepts the terms of a window that is open to the seat.
    pub fn accept_terms(
        &self,
        by: PersonId,
        terms: Digest,
        of: &Engagement,
        now: Timestamp,
    ) -> super::Decided {
        let seat = self.seated()?;
        seat.holds(by).map_err(Refused::Denied)?;
        let (offer, _) = self.open_to(of, now).ok_or(Refused::NotOpen)?;
        (offer.terms == terms).then_some(()).ok_or(Refused::OtherTerms)?;
        seat.access().accepting(by, terms)?;
        self.becomes(PartnerFact::TermsAccepted { by, terms }, now)
    }

    /// A person answers for a machine of the partner from now on.
    pub fn sponsor(&self, machine: AccountId, by: PersonId, now: Timestamp) -> super::Decided {
        let seat = self.seated()?;
        seat.holds(by).map_err(Refused::Denied)?;
        if self.is_bound_by(Condition::NamedPeopleOnly) {
            return Err(Refused::PeopleOnly.into());
        }
        seat.access().sponsoring(machine, by)?;
        self.becomes(PartnerFact::MachineSponsored { machine, sponsor: by }, now)
    }

    /// Whoever answers for a machine does so no longer; it gets no token any more.
    pub fn dismiss(&self, machine: AccountId, by: PersonId, now: Timestamp) -> super::Decided {
        let sponsor = self.seated()?.access().sponsor(machine);
        (sponsor == Some(by)).then_some(()).ok_or(Refused::NotSponsor)?;
        self.becomes(PartnerFact::MachineDismissed { machine }, now)
    }

    /// The window of an engagement that is open to this partner now, and when it ends.
    pub fn open_to<'e>(
        &self,
        of: &'e Engagement,
        now: Timestamp,
    ) -> Option<(&'e Offer, Timestamp)> {
        let window = of.admits(now).filter(|_| of.developer == self.application.developer)?;
        let offer = of.window.offer().filter(|offer| offer.window == window)?;
        let end = of.window.due()?;
        (offer.ring == Ring::Partners).then_some((offer, end))
    }

    /// Gives a token for a window of that engagement.
    pub fn give(&self, asker: Asker, wanted: Wanted, of: &Engagement, now: Timestamp) -> Given {
        let seat = self.seated()?;
        let bearer = self.bearer(seat, asker)?;
        let person = bearer.person();
        seat.admits(person, &wanted.key, now).map_err(Refused::Denied)?;
        let (offer, end) = self.open_to(of, now).ok_or(Refused::NotOpen)?;
        (offer.window == wanted.window).then_some(()).ok_or(Refused::NotOpen)?;
        let accepted = seat.access().has_accepted(person, &offer.terms);
        accepted.then_some(()).ok_or(Refused::NotAccepted)?;
        self.allows(&wanted)?;
        seat.access().room(&bearer, now)?;
        let life = SignedDuration::from_secs(GRANT_SECONDS_MAX);
        let until = whole(now).checked_add(life).unwrap_or(Timestamp::MAX);
        let until = whole(until.min(end).min(seat.expires_at).min(seat.good_until()));
        (now < until).then_some(()).ok_or(Refused::NotOpen)?;
        let Wanted { window, key, proof, purposes, claims } = wanted;
        let grant = Grant {
            bearer,
            party: self.application.party,
            window,
            key,
            proof,
            purposes: purposes.clone(),
            claims,
            terms: offer.terms,
            from: whole(now),
            until,
        };
        let token = Issued { bearer, window, key, purposes, until };
        let (partner, fact) = self.becomes(PartnerFact::TokenIssued { token }, now)?;
        Ok((partner, fact, grant))
    }

    /// What a gateway's settings begin with for this partner; none without a seat that stands.
    pub fn quota(&self, now: Timestamp) -> Option<Limit> {
        let seat = self.seated().ok()?;
        match (seat.is_lapsed(now), self.is_bound_by(Condition::SmallQuota)) {
            (true, _) => None,
            (false, true) => Some(QUOTA_SMALL),
            (false, false) => Some(QUOTA),
        }
    }

    fn bearer(&self, seat: &Seat, asker: Asker) -> Result<Bearer, Refused> {
        match asker {
            Asker::Person(person) => Ok(Bearer::Person { person }),
            Asker::Machine { .. } if self.is_bound_by(Condition::NamedPeopleOnly) => {
                Err(Refused::PeopleOnly)
            }
            Asker::Machine { account, name } => {
                let sponsor = seat.access().sponsor(account).ok_or(Refused::NoSponsor)?;
                Ok(Bearer::Workload { name, sponsor })
            }
        }
    }

    fn allows(&self, wanted: &Wanted) -> Result<(), Refused> {
        if wanted.purposes.is_empty() {
            return Err(Refused::NoPurpose);
        }
        let probes = wanted.purposes.contains(&Purpose::Evaluate);
        if probes && self.is_bound_by(Condition::NoModelProbing) {
            return Err(Refused::NoProbing);
        }
        let needs_claim = wanted.purposes.iter().any(|purpose| purpose.needs_claim());
        match needs_claim && wanted.claims.is_empty() {
            true => Err(Refused::NoClaim),
            false => Ok(()),
        }
    }

    fn is_bound_by(&self, condition: Condition) -> bool {
        self.decision().is_some_and(|decision| decision.outcome.is_bound_by(condition))
    }
}

/// Cut to the whole second before: tokens write whole seconds.
fn whole(at: Timestamp) -> Timestamp {
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

#[cfg(test)]
mod tests;
