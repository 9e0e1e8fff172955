//! Quotas that follow the clearinghouse: of partners whose seats were given after the gateway's
//! settings were written.
//!
//! Only where whoever runs the gateway lets them, up to a ceiling, and never for a party that the
//! settings name. A list is taken when it is newer than the last and of now; whoever it names no
//! longer may use nothing from then on, and what was used stays used. No list touches the gate or
//! the scope.

use crate::off::is_of_now;
use crate::record::Event;
use jiff::Timestamp;
use seawall_domain::engagement::quota::{Book, Entry, Holder, Limit, Refused};
use seawall_domain::id::PartyId;
use seawall_formats::gateway::word::Quotas;
use std::collections::{BTreeMap, BTreeSet};

/// How many entries stand in one line of the journal at most, so that no line is too long.
const LINE_ENTRIES_MAX: usize = 100;

/// Why a list of quotas is not taken.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum Unfollowed {
    /// The settings do not let quotas follow.
    #[error("the settings of this gateway let no quotas follow")]
    NotAllowed,
    /// It is not newer than the last one, or not of now.
    #[error("this list of quotas is not newer than the last one, or not of now")]
    Old,
    /// The book is full.
    #[error("cannot take this list of quotas: {0}")]
    Book(#[from] Refused),
}

/// What lists there were.
#[derive(Clone, Debug, Default)]
pub(crate) struct Followed {
    told_at: Timestamp,
    parties: BTreeSet<PartyId>,
}

impl Followed {
    /// Takes a list; gives what is written of it.
    pub fn take(
        &mut self,
        list: &Quotas,
        (ceiling, named): (&Limit, &BTreeSet<PartyId>),
        book: &mut Book,
        now: Option<Timestamp>,
    ) -> Result<Vec<Event>, Unfollowed> {
        let of_now = is_of_now(list.at, now);
        if !of_now || list.at <= self.told_at {
            return Err(Unfollowed::Old);
        }
        let gone = self.parties.iter().map(|party| (*party, Limit::NOTHING));
        let mut wanted: BTreeMap<PartyId, Limit> = gone.collect();
        let told = list.quotas.iter().map(|quota| (quota.party, quota.limit.within(ceiling)));
        wanted.extend(told);
        let (mut entries, mut held) = (Vec::new(), self.parties.clone());
        let mut next = book.clone();
        for (party, limit) in wanted.into_iter().filter(|(party, _)| !named.contains(party)) {
            let holder = Holder::Party(party);
            held.insert(party);
            if next.account(&holder).map(|account| account.limit) != Some(limit) {
                entries.push(next.limit(holder, limit)?);
            }
        }
        // All of a list, or none of it.
        (*book, self.parties) = (next, held);
        self.told_at = list.at;
        let as_of = list.at;
        let line = |entries: &[Entry]| Event::Quotas { as_of, entries: entries.to_vec() };
        match entries.is_empty() {
            true => Ok(vec![line(&[])]),
            false => Ok(entries.chunks(LINE_ENTRIES_MAX).map(line).collect()),
        }
    }

    /// What the journal says of a list.
    pub fn remember(&mut self, as_of: Timestamp, entries: &[Entry]) {
        self.told_at = self.told_at.max(as_of);
        let party = |entry: &Entry| match entry {
            Entry::Limited { holder: Holder::Party(party), .. } => Some(*party),
            Entry::Limited { .. } | Entry::Reserved { .. } | Entry::Settled { .. } => None,
        };
        self.parties.extend(entries.iter().filter_map(party));
    }

    /// Whether a list gave this party its quota.
    pub fn knows(&self, party: &PartyId) -> bool {
        self.parties.contains(party)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use seawall_domain::engagement::quota::Amount;
    use seawall_domain::id::WindowId;
    use seawall_formats::gateway::word::Quota;
    use uuid::Uuid;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn party(number: u128) -> PartyId {
        PartyId::new(Uuid::from_u128(number))
    }

    fn limit(requests: u64) -> Limit {
        let whole = Amount { requests, ..Limit::UNBOUNDED.whole };
        Limit { whole, ..Limit::UNBOUNDED }
    }

    fn list(second: i64, of: &[(u128, u64)]) -> Quotas {
        let quota =
            |(of, requests): &(u128, u64)| Quota { party: party(*of), limit: limit(*requests) };
        let window = WindowId::new(Uuid::from_u128(9));
        Quotas { window, at: at(second), quotas: of.iter().map(quota).collect() }
    }

    /// What each of the first three parties may use; none for one that is not known.
    fn requests(book: &Book) -> [Option<u64>; 3] {
        let of = |number| book.account(&Holder::Party(party(number)));
        [1, 2, 3].map(|number| of(number).map(|account| account.limit.whole.requests))
    }

    #[test]
    fn a_list_gives_up_to_the_ceiling_and_takes_back() {
        let (mut book, mut followed) = (Book::new(), Followed::default());
        let named = BTreeSet::from([party(1)]);
        book.limit(Holder::Party(party(1)), limit(7)).unwrap();
        let steps: [(Quotas, i64, bool, [Option<u64>; 3]); 8] = [
            (list(10, &[(1, 50), (2, 50)]), 10, true, [Some(7), Some(50), None]),
            (list(10, &[(3, 50)]), 11, false, [Some(7), Some(50), None]),
            (list(9, &[(3, 50)]), 11, false, [Some(7), Some(50), None]),
            (list(500, &[(3, 50)]), 11, false, [Some(7), Some(50), None]),
            (list(20, &[(3, 5_000)]), 20, true, [Some(7), Some(0), Some(100)]),
            (list(30, &[(2, 60), (3, 5_000)]), 31, true, [Some(7), Some(60), Some(100)]),
            (list(40, &[(2, 60), (3, 5_000)]), 41, true, [Some(7), Some(60), Some(100)]),
            (list(50, &[]), 51, true, [Some(7), Some(0), Some(0)]),
        ];
        let (mut entries, mut again) = (Vec::new(), Followed::default());
        for (list, now, taken, expected) in steps {
            let told = followed.take(&list, (&limit(100), &named), &mut book, Some(at(now)));
            assert_eq!(told.is_ok(), taken, "{list:?}");
            assert_eq!(requests(&book), expected, "{list:?}");
            for event in told.unwrap_or_default() {
                let Event::Quotas { as_of, entries: more } = event else { panic!("{event:?}") };
                again.remember(as_of, &more);
                entries.extend(more);
            }
        }
        // What the journal has is what was there.
        let replayed = Book::replay(&entries).unwrap();
        assert_eq!(requests(&replayed)[1..], requests(&book)[1..]);
        assert!(again.knows(&party(3)) && !again.knows(&party(1)));
        let old = again.take(&list(50, &[(2, 1)]), (&limit(100), &named), &mut book, Some(at(50)));
        assert_eq!(old.unwrap_err(), Unfollowed::Old);
        let unknown = again.take(&list(60, &[]), (&limit(100), &named), &mut book, None);
        assert_eq!(unknown.unwrap_err(), Unfollowed::Old);
    }

    #[test]
    fn no_line_is_too_long() {
        let (mut book, mut followed) = (Book::new(), Followed::default());
        let many: Vec<(u128, u64)> = (1..=1_234).map(|number| (number, u64::MAX - 1)).collect();
        let ceiling = (&Limit::UNBOUNDED, &BTreeSet::new());
        let events = followed.take(&list(1, &many), ceiling, &mut book, Some(at(1))).unwrap();
        assert_eq!(events.len(), 13);
        for event in events {
            let line = serde_json::to_vec(&event).unwrap();
            assert!(line.len() < crate::journal::LINE_BYTES_MAX, "{}", line.len());
        }
    }
}
