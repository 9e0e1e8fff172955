//! Access tokens from a seat: what it gives one of its people, or a machine that one of them
//! answers for.
//!
//! A token is given while the seat stands, the partners' window of the developer is open, and the
//! person has accepted its terms ([`crate::engagement::token`]; FRONTIER 4.3 and 5).

use super::decision::Condition;
use super::seat::{Denied, Seat};
use super::{Partner, PartnerFact, Stage};
use crate::digest::Digest;
use crate::engagement::Engagement;
use crate::engagement::grant::{Bearer, Grant, Purpose};
use crate::engagement::lineage::Use;
use crate::engagement::quota::Limit;
use crate::engagement::token::Standing;
use crate::engagement::window::{Offer, Ring};
use crate::id::{AccountId, PersonId};
use crate::time::Timestamp;

pub use crate::engagement::token::{
    ACCEPTED_MAX, Access, Full, HELD_MAX, IN_FORCE_MAX, Issued, KeyUse, MACHINES_MAX, QUOTA,
    QUOTA_SMALL, Wanted,
};

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

/// Why there is no token.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// The seat does not carry it.
    #[error("cannot give a token: {0}")]
    Denied(#[from] Denied),
    /// No such window is open to the partner.
    #[error("denied: no window of that id is open to this seat")]
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
    #[error(transparent)]
    Full(#[from] Full),
}

/// The partner after a token was given, the fact that says so, and what the token says.
pub type Given = Result<(Partner, PartnerFact, Grant), super::Refused>;

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
        seat.access().accepting(by, terms).map_err(Refused::from)?;
        self.becomes(PartnerFact::TermsAccepted { by, terms }, now)
    }

    /// A person answers for a machine of the partner from now on.
    pub fn sponsor(&self, machine: AccountId, by: PersonId, now: Timestamp) -> super::Decided {
        let seat = self.seated()?;
        seat.holds(by).map_err(Refused::Denied)?;
        if self.is_bound_by(Condition::NamedPeopleOnly) {
            return Err(Refused::PeopleOnly.into());
        }
        seat.access().sponsoring(machine, by).map_err(Refused::from)?;
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

    /// Whether a window of the developer's was open while this partner had its seat.
    pub fn had(&self, window: &Use) -> bool {
        let decision = match &self.stage {
            Stage::Seated { decision, .. } | Stage::Over { decision, .. } => decision,
            Stage::Filed { .. } | Stage::Assessed { .. } | Stage::Decided { .. } => return false,
        };
        let Use { ring, span, .. } = window;
        *ring == Ring::Partners
            && span.start < decision.expires_at
            && decision.decided_at < span.end
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
        seat.access().room(&bearer, now).map_err(Refused::from)?;
        let end = end.min(seat.expires_at).min(seat.good_until());
        let standing = Standing { bearer, party: self.application.party, terms: offer.terms, end };
        let (grant, token) = standing.token(wanted, now).ok_or(Refused::NotOpen)?;
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

#[cfg(test)]
mod tests;
