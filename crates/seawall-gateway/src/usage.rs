//! What was used, from a gateway's journal: of each quota, by purpose, and by asset.

use crate::journal::{self, JournalFault};
use crate::purposes::{Report, Sums};
use crate::record::{Alarms, Event, Overruns};
use seawall_domain::engagement::quota::{Account, Book, Entry, Holder, Limit, Ticket};
use seawall_domain::id::PartyId;
use std::collections::BTreeMap;
use std::path::Path;

/// One holder's quota, and what of it is used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Used {
    /// Whose.
    pub holder: Holder,
    /// How much there is, how much is settled, and how much is set aside.
    pub account: Account,
    /// For which requests the provider counted more than was set aside.
    pub overruns: Overruns,
}

/// What a journal tells of what was used.
#[derive(Clone, Debug, PartialEq)]
pub struct Told {
    /// The quotas, without those of nobody who is not bounded.
    pub quotas: Vec<Used>,
    /// What was asked, by purpose and by asset.
    pub report: Report,
    /// Who used more than is usual for them.
    pub alarms: Alarms,
}

/// Why there is no usage to show.
#[derive(Debug, thiserror::Error)]
pub enum Untold {
    /// The journal does not hold against itself.
    #[error(transparent)]
    Journal(#[from] JournalFault),
    /// Its entries do not follow each other.
    #[error("cannot read the journal: {0}")]
    Book(#[from] seawall_domain::engagement::quota::Refused),
}

/// Reads what was used in a gateway's folder: by one party, or by everybody. The journal is held
/// against itself on the way.
pub fn usage(folder: &Path, party: Option<PartyId>) -> Result<Told, Untold> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut open: BTreeMap<Ticket, Vec<Holder>> = BTreeMap::new();
    let mut overruns: BTreeMap<Holder, Overruns> = BTreeMap::new();
    let (mut sums, mut alarms) = (Sums::of(party), Alarms::default());
    journal::read(&folder.join(journal::FILE), |line| {
        sums.take(&line.event);
        match line.event {
            Event::Quota { entry } => entries.push(entry),
            Event::Intent { entry, .. } => {
                if let Entry::Reserved { ticket, holders, .. } = &entry {
                    open.insert(*ticket, holders.clone());
                }
                entries.push(entry);
            }
            Event::Outcome { entry, overrun, .. } => {
                if let Entry::Settled { ticket, .. } = &entry {
                    for holder in open.remove(ticket).unwrap_or_default() {
                        overruns.entry(holder).or_default().count(overrun.as_ref());
                    }
                }
                entries.push(entry);
            }
            Event::Quotas { entries: more, .. } => entries.extend(more),
            Event::Alarm { alarm } => {
                if party.is_none_or(|party| alarm.party == party) {
                    alarms.count(&alarm);
                }
            }
            Event::Gate { .. }
            | Event::Volume { .. }
            | Event::Told { .. }
            | Event::Refused { .. }
            | Event::Cut { .. }
            | Event::Stops { .. } => {}
        }
    })?;
    let book = Book::replay(&entries)?;
    let all: BTreeMap<Holder, Account> =
        book.accounts().map(|(holder, account)| (*holder, *account)).collect();
    let quotas = all.into_iter().map(|(holder, account)| {
        let overruns = overruns.get(&holder).copied().unwrap_or_default();
        Used { holder, account, overruns }
    });
    let is_asked = |used: &Used| party.is_none_or(|party| used.holder == Holder::Party(party));
    let quotas = quotas.filter(|used| used.account.limit != Limit::UNBOUNDED && is_asked(used));
    Ok(Told { quotas: quotas.collect(), report: sums.report(), alarms })
}
