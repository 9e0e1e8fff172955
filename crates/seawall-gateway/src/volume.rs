//! Unusual volume, as it follows from the journal: each line is taken in when it is written, by the
//! thread that writes it and by the time that stands in it, and an alarm stands right behind the
//! line that raised it.
//!
//! So whoever has the journal finds the same alarms (`verify` does), a restart forgets none and
//! raises none twice, and no request waits for any of it. Nothing here closes or refuses anything.

use crate::record::{Alarms, Event, Line};
use seawall_domain::engagement::quota::{Amount, Entry, Holder, Ticket};
use seawall_domain::engagement::volume::{Alarm, Rule, Used, Usual};
use seawall_domain::id::{PartyId, PersonId};
use seawall_domain::time::Timestamp;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, PoisonError};

/// What lines add up to, by person and by party.
#[derive(Clone, Debug, Default)]
pub(crate) struct Volume {
    rule: Option<Rule>,
    usual: Usual,
    quotas: BTreeMap<Holder, Amount>,
    open: BTreeMap<Ticket, (PersonId, PartyId)>,
}

impl Volume {
    /// The rule, once there is one.
    pub fn rule(&self) -> Option<&Rule> {
        self.rule.as_ref()
    }

    /// Takes in what is written at that time; gives the alarms that are written behind it.
    pub fn take(&mut self, at: Timestamp, event: &Event) -> Vec<Alarm> {
        match event {
            Event::Volume { rule } => self.rule = Some(*rule),
            Event::Quota { entry } => self.limit(entry),
            Event::Quotas { entries, .. } => entries.iter().for_each(|entry| self.limit(entry)),
            Event::Intent { by, entry: Entry::Reserved { ticket, .. }, .. } => {
                self.open.insert(*ticket, (by.person, by.party));
            }
            Event::Outcome { entry: Entry::Settled { ticket, actual }, .. } => {
                if let Some(who) = self.open.remove(ticket) {
                    return self.used(who, actual, at);
                }
            }
            Event::Intent { .. }
            | Event::Outcome { .. }
            | Event::Alarm { .. }
            | Event::Gate { .. }
            | Event::Told { .. }
            | Event::Refused { .. }
            | Event::Cut { .. }
            | Event::Stops { .. } => {}
        }
        Vec::new()
    }

    fn limit(&mut self, entry: &Entry) {
        if let Entry::Limited { holder, limit } = entry {
            self.quotas.insert(*holder, limit.whole);
        }
    }

    /// A person without a quota of their own is held against that of the party.
    fn used(
        &mut self,
        (person, party): (PersonId, PartyId),
        amount: &Amount,
        at: Timestamp,
    ) -> Vec<Alarm> {
        let quota = |holder: &Holder| self.quotas.get(holder).copied();
        let [person, of_party] = [Holder::Person(person), Holder::Party(party)];
        let whole = quota(&of_party).unwrap_or_default();
        let own = quota(&person).map_or(whole, |own| own.within(&whole));
        let mut alarms = Vec::new();
        for (holder, quota) in [(person, own), (of_party, whole)] {
            let used = Used { holder, party, quota: &quota, amount };
            alarms.extend(self.usual.take(self.rule.as_ref(), &used, at));
        }
        alarms
    }
}

/// A journal that is read again, with the alarms that stand in it.
#[derive(Debug, Default)]
pub(crate) struct Reread {
    pub volume: Volume,
    pub alarms: Alarms,
    /// Alarms that are to follow and do not stand there yet: the last line was its last.
    pub owed: VecDeque<Alarm>,
    /// The first line that is an alarm and does not follow, or stands where one should.
    pub wrong: Option<u64>,
}

impl Reread {
    /// One line more.
    pub fn take(&mut self, line: &Line) {
        let follows = match &line.event {
            Event::Alarm { alarm } => {
                self.alarms.count(alarm);
                self.owed.pop_front().as_ref() == Some(alarm)
            }
            event => {
                let is_none_owed = self.owed.is_empty();
                self.owed = self.volume.take(line.at, event).into();
                is_none_owed
            }
        };
        if !follows {
            self.wrong.get_or_insert(line.number);
        }
    }
}

/// The alarms of a gateway that runs.
#[derive(Clone, Debug, Default)]
pub(crate) struct Raised(Arc<Mutex<Alarms>>);

impl Raised {
    /// Those that there were.
    pub fn new(alarms: Alarms) -> Raised {
        Raised(Arc::new(Mutex::new(alarms)))
    }

    /// Those that there are.
    pub fn alarms(&self) -> Alarms {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// One that was raised before the last stop and is not written yet.
    pub fn owed(&self, alarm: Alarm) -> Event {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).count(&alarm);
        Event::Alarm { alarm }
    }

    /// What follows from each line: the alarms that it raises, which are told from then on.
    pub fn following(
        &self,
        mut volume: Volume,
    ) -> impl FnMut(Timestamp, &Event) -> Vec<Event> + Send + use<> {
        let raised = self.clone();
        move |at, event| {
            let alarms = volume.take(at, event);
            for alarm in &alarms {
                tracing::warn!(?alarm, "unusual volume");
                raised.0.lock().unwrap_or_else(PoisonError::into_inner).count(alarm);
            }
            alarms.into_iter().map(|alarm| Event::Alarm { alarm }).collect()
        }
    }
}
