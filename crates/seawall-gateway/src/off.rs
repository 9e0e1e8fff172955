//! Who is cut off: for the rest of the window, or for as long as the clearinghouse says so.
//!
//! What a word of its own cuts off (`seawall gateway cut`) stays so. What the clearinghouse's list
//! names is cut off until a later list does not name it. A list that is not of now, or not newer
//! than the last, can only cut off: whoever repeats an old one starts nobody again. That adds no
//! power to the clearinghouse's key, which signs access tokens anyway; and no list touches the
//! gate, so neither a withdrawal nor the end of a window is ever taken back by one.

use crate::record::{CutOff, Event};
use jiff::{SignedDuration, Timestamp};
use seawall_domain::engagement::grant::Cut;
use seawall_formats::gateway::word::Stops;
use std::sync::Arc;

/// How far the time of a list that starts somebody again may be from ours, in seconds.
pub const LIST_SECONDS_MAX: i64 = 60;

/// How many ids stand in one line of the journal at most, so that no line is too long.
const LINE_IDS_MAX: usize = 500;

/// Who is cut off.
#[derive(Clone, Debug, Default)]
pub(crate) struct Off {
    own: Cut,
    told: Cut,
    told_at: Timestamp,
    all: Arc<Cut>,
}

impl Off {
    /// Everybody together.
    pub fn all(&self) -> &Arc<Cut> {
        &self.all
    }

    /// Cuts somebody off for the rest of the window.
    pub fn cut(&mut self, who: CutOff) {
        insert(&mut self.own, who);
        self.join();
    }

    /// Takes the clearinghouse's list; gives what is written of it: nothing when nothing is
    /// different now.
    pub fn take(&mut self, list: Stops, now: Option<Timestamp>) -> Vec<Event> {
        let of_now = is_of_now(list.at, now);
        let (before_at, before) = (self.told_at, self.told.clone());
        if of_now && list.at > self.told_at {
            // A key that was lost is never found again.
            let lost = std::mem::take(&mut self.told.keys);
            self.told = list.cut;
            self.told.keys.extend(lost);
            self.told_at = list.at;
        } else {
            extend(&mut self.told, &list.cut);
        }
        self.join();
        let at = self.told_at;
        let nobody = || Box::new(Cut::default());
        let stopped = pieces(without(&self.told, &before));
        let stopped =
            stopped.map(|it| Event::Stops { as_of: at, stopped: Box::new(it), started: nobody() });
        let started = pieces(without(&before, &self.told));
        let started =
            started.map(|it| Event::Stops { as_of: at, stopped: nobody(), started: Box::new(it) });
        // Those who are stopped come first: a journal that breaks off in between starts nobody.
        let mut events: Vec<Event> = stopped.chain(started).collect();
        if events.is_empty() && at != before_at {
            events.push(Event::Stops { as_of: at, stopped: nobody(), started: nobody() });
        }
        events
    }

    /// What the journal says of a list.
    pub fn remember(&mut self, at: Timestamp, stopped: &Cut, started: &Cut) {
        self.told_at = self.told_at.max(at);
        extend(&mut self.told, stopped);
        self.told = without(&self.told, started);
        self.join();
    }

    fn join(&mut self) {
        let mut all = self.own.clone();
        extend(&mut all, &self.told);
        self.all = Arc::new(all);
    }
}

/// Whether the time of a list is at most a minute from ours.
pub(crate) fn is_of_now(at: Timestamp, now: Option<Timestamp>) -> bool {
    let most = SignedDuration::from_secs(LIST_SECONDS_MAX);
    now.is_some_and(|now| now.duration_since(at).abs() <= most)
}

fn insert(cut: &mut Cut, who: CutOff) {
    match who {
        CutOff::Person(person) => drop(cut.people.insert(person)),
        CutOff::Party(party) => drop(cut.parties.insert(party)),
        CutOff::Key(key) => drop(cut.keys.insert(key)),
    }
}

fn extend(cut: &mut Cut, more: &Cut) {
    cut.people.extend(&more.people);
    cut.parties.extend(&more.parties);
    cut.keys.extend(&more.keys);
}

/// What is in one and not in the other.
fn without(cut: &Cut, other: &Cut) -> Cut {
    Cut {
        people: cut.people.difference(&other.people).copied().collect(),
        parties: cut.parties.difference(&other.parties).copied().collect(),
        keys: cut.keys.difference(&other.keys).copied().collect(),
    }
}

/// The same in pieces of a bounded length; none for nobody.
fn pieces(cut: Cut) -> impl Iterator<Item = Cut> {
    let people = cut.people.into_iter().map(CutOff::Person);
    let parties = cut.parties.into_iter().map(CutOff::Party);
    let keys = cut.keys.into_iter().map(CutOff::Key);
    let mut all = people.chain(parties).chain(keys).peekable();
    std::iter::from_fn(move || {
        all.peek()?;
        let mut piece = Cut::default();
        all.by_ref().take(LINE_IDS_MAX).for_each(|who| insert(&mut piece, who));
        Some(piece)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use seawall_domain::digest::Digest;
    use seawall_domain::id::{PersonId, WindowId};
    use uuid::Uuid;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    fn person(number: u128) -> PersonId {
        PersonId::new(Uuid::from_u128(number))
    }

    fn list(second: i64, people: &[u128]) -> Stops {
        let people = people.iter().copied().map(person).collect();
        let window = WindowId::new(Uuid::from_u128(9));
        Stops { window, at: at(second), cut: Cut { people, ..Cut::default() } }
    }

    fn check(off: &Off, expected: &[u128]) {
        let expected = expected.iter().copied().map(person).collect();
        assert_eq!(off.all().people, expected);
    }

    #[test]
    fn only_a_newer_list_of_now_starts_somebody_again() {
        let mut off = Off::default();
        off.cut(CutOff::Person(person(1)));
        assert!(!off.take(list(10, &[2, 3]), Some(at(10))).is_empty());
        check(&off, &[1, 2, 3]);
        assert!(!off.take(list(20, &[3]), Some(at(21))).is_empty());
        check(&off, &[1, 3]);
        off.take(list(15, &[]), Some(at(22)));
        check(&off, &[1, 3]);
        off.take(list(15, &[2]), Some(at(22)));
        check(&off, &[1, 2, 3]);
        off.take(list(30, &[]), Some(at(30 + LIST_SECONDS_MAX + 1)));
        check(&off, &[1, 2, 3]);
        off.take(list(500, &[]), Some(at(40)));
        check(&off, &[1, 2, 3]);
        off.take(list(50, &[]), None);
        check(&off, &[1, 2, 3]);
        off.take(list(50, &[]), Some(at(40)));
        check(&off, &[1]);
        assert!(off.take(list(50, &[]), Some(at(40))).is_empty(), "nothing new");
    }

    #[test]
    fn a_lost_key_is_never_found_again() {
        let mut off = Off::default();
        let key = Digest::new([7; 32]);
        let mut lost = list(10, &[]);
        lost.cut.keys.insert(key);
        off.take(lost, Some(at(10)));
        off.take(list(20, &[]), Some(at(20)));
        assert!(off.all().keys.contains(&key));
    }

    #[test]
    fn what_the_journal_has_is_what_was_there() {
        let mut off = Off::default();
        let many: Vec<u128> = (1..=1_200).collect();
        let mut events = off.take(list(10, &many), Some(at(10)));
        assert_eq!(events.len(), 3);
        events.extend(off.take(list(20, &[2]), Some(at(20))));
        assert_eq!(events.len(), 6);
        events.extend(off.take(list(30, &[2]), Some(at(30))));
        let mut again = Off::default();
        for event in events {
            let line = serde_json::to_vec(&event).unwrap();
            assert!(line.len() < crate::journal::LINE_BYTES_MAX);
            let Event::Stops { as_of, stopped, started } = event else { panic!("{event:?}") };
            again.remember(as_of, &stopped, &started);
        }
        check(&again, &[2]);
        again.take(list(30, &[]), Some(at(30)));
        check(&again, &[2]);
        again.take(list(31, &[]), Some(at(31)));
        check(&again, &[]);
    }
}
