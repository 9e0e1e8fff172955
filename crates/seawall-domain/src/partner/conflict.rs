//! Conflicts of interest: a register of ties, and who must stay out of what because of them.
//!
//! Nobody decides on its own recusal: a tie that is in the register and still counts forces it. An
//! account that acts for a party is a tie to it, declared or not.

use crate::account::Account;
use crate::fact::{Aggregate, Subject, begun, facts_of};
use crate::id::{PartyId, PersonId, TieId};
use crate::time::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

/// How long a former employment counts, in days: 24 months.
pub const EMPLOYMENT_DAYS: i64 = 731;

/// How long any other tie counts after its end, in days.
pub const OTHER_DAYS: i64 = 365;

/// The most ties in the register.
pub const TIES_MAX: usize = 1_000_000;

/// What ties a person to an organisation.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TieKind {
    /// It owns a part of it, or will.
    Equity,
    /// It sells to it, or buys from it.
    Customer,
    /// It works for it, or did.
    Employment,
    /// It works for a developer that competes with it.
    CompetingDeveloper,
    /// It works for somebody who sells tools of attack.
    OffensiveVendor,
    /// Both have the same parent.
    SameParent,
    /// Family, or a household.
    Family,
}

/// A tie.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
pub struct Tie {
    /// Who.
    pub person: PersonId,
    /// To whom.
    pub party: PartyId,
    /// What kind.
    pub kind: TieKind,
    /// When it ended; none while it stands.
    pub ended_at: Option<Timestamp>,
}

impl Tie {
    /// The tie of whoever is behind an account to the party for which it acts; none where it is a
    /// machine's. It stands while the account is on record, whether or not it may act.
    pub fn of(account: &Account) -> Option<Tie> {
        let (party, kind) = (account.party, TieKind::Employment);
        account.natural().map(|person| Tie { person, party, kind, ended_at: None })
    }

    /// Whether it still counts.
    pub fn counts(&self, now: Timestamp) -> bool {
        let days = match self.kind {
            TieKind::Employment => EMPLOYMENT_DAYS,
            TieKind::Equity
            | TieKind::Customer
            | TieKind::CompetingDeveloper
            | TieKind::OffensiveVendor
            | TieKind::SameParent
            | TieKind::Family => OTHER_DAYS,
        };
        let counts_on = SignedDuration::from_hours(24 * days);
        self.ended_at
            .is_none_or(|ended| now < ended.checked_add(counts_on).unwrap_or(Timestamp::MAX))
    }
}

/// A tie as it stands in the register: none is taken out, it ends.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// Its id.
    pub id: TieId,
    /// The tie.
    pub tie: Tie,
}

/// What happens to a tie.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields are those of the state they change")]
pub enum TieFact {
    Declared { id: TieId, tie: Tie },
    Ended { at: Timestamp },
}
facts_of!(TieFact in Tie);

impl Entry {
    /// Puts a tie into the register.
    pub fn declare(id: TieId, tie: Tie, now: Timestamp) -> Option<(Entry, TieFact)> {
        begun(TieFact::Declared { id, tie }, now)
    }
}

impl Aggregate for Entry {
    const SUBJECT: Subject = Subject::Tie;
    type Fact = TieFact;

    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }

    fn apply(prior: Option<Self>, fact: &TieFact, _at: Timestamp) -> Option<Self> {
        match (prior, fact) {
            (None, TieFact::Declared { id, tie }) => Some(Entry { id: *id, tie: tie.clone() }),
            (Some(Entry { id, tie }), TieFact::Ended { at }) if tie.ended_at.is_none() => {
                Some(Entry { id, tie: Tie { ended_at: Some(*at), ..tie } })
            }
            (None, TieFact::Ended { .. })
            | (Some(_), TieFact::Declared { .. } | TieFact::Ended { .. }) => None,
        }
    }
}

/// Every tie that was declared or found. None is ever taken out; it ends.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Register {
    ties: BTreeSet<Tie>,
}

/// The register is full.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("cannot register more than {TIES_MAX} ties")]
pub struct Full;

impl Register {
    /// Adds a tie.
    pub fn add(&mut self, tie: Tie) -> Result<(), Full> {
        if self.ties.len() >= TIES_MAX {
            return Err(Full);
        }
        self.ties.insert(tie);
        Ok(())
    }

    /// The ties of a person to any of these parties that still count.
    pub fn ties<'a>(
        &'a self,
        person: PersonId,
        parties: &'a BTreeSet<PartyId>,
        now: Timestamp,
    ) -> impl Iterator<Item = &'a Tie> {
        self.ties.iter().filter(move |tie| {
            tie.person == person && parties.contains(&tie.party) && tie.counts(now)
        })
    }

    /// Those of a pool who must stay out of what concerns these parties.
    pub fn recused(
        &self,
        pool: &BTreeSet<PersonId>,
        parties: &BTreeSet<PartyId>,
        now: Timestamp,
    ) -> BTreeSet<PersonId> {
        let tied = |tie: &&Tie| {
            pool.contains(&tie.person) && parties.contains(&tie.party) && tie.counts(now)
        };
        self.ties.iter().filter(tied).map(|tie| tie.person).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::account::Holder;
    use crate::id::AccountId;
    use uuid::Uuid;

    fn at(days: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + SignedDuration::from_hours(24 * days)
    }

    #[test]
    fn an_account_that_acts_for_a_party_is_a_tie_to_it() {
        let (id, party) = (AccountId::new(Uuid::from_u128(1)), PartyId::new(Uuid::from_u128(2)));
        let other = PersonId::new(Uuid::from_u128(3));
        let check = |holder: Holder, person: Option<PersonId>, expected: Option<PersonId>| {
            let account = Account::open((id, party), "one", holder, person, String::new(), at(0));
            let tie = Tie::of(&account.unwrap().0);
            let told = tie.as_ref().map(|tie| (tie.person, tie.party));
            assert_eq!(told, expected.map(|person| (person, party)));
            assert!(tie.is_none_or(|tie| tie.counts(at(9_000))));
        };
        check(Holder::Person, None, Some(PersonId::new(id.uuid())));
        check(Holder::Person, Some(other), Some(other));
        let machine = Holder::Machine { model: "m".into(), harness: "h".into() };
        check(machine, Some(other), None);
    }

    #[test]
    fn a_tie_forces_a_person_out_while_it_counts() {
        let (person, party) = (PersonId::new(Uuid::from_u128(1)), PartyId::new(Uuid::from_u128(2)));
        let (pool, parties) = (BTreeSet::from([person]), BTreeSet::from([party]));
        let check = |kind: TieKind, ended: Option<i64>, now: i64, expected: bool| {
            let mut register = Register::default();
            register.add(Tie { person, party, kind, ended_at: ended.map(at) }).unwrap();
            let out = register.recused(&pool, &parties, at(now)).contains(&person);
            assert_eq!(out, expected, "{kind:?} {ended:?} {now}");
            assert_eq!(register.ties(person, &parties, at(now)).count(), usize::from(expected));
            assert!(register.recused(&pool, &BTreeSet::new(), at(now)).is_empty());
            assert!(register.recused(&BTreeSet::new(), &parties, at(now)).is_empty());
        };
        check(TieKind::Equity, None, 9_000, true);
        check(TieKind::Employment, Some(0), 730, true);
        check(TieKind::Employment, Some(0), 731, false);
        check(TieKind::Customer, Some(0), 364, true);
        check(TieKind::Customer, Some(0), 365, false);
        check(TieKind::Family, Some(100), 50, true);
    }
}
