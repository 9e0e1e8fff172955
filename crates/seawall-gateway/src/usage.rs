//! What was used of each quota, from a gateway's journal: requests, tokens, money.

use crate::journal::{self, JournalFault};
use crate::record::{Event, Overruns};
use seawall_domain::engagement::quota::{Account, Book, Entry, Holder, Limit, Ticket};
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

/// Reads the quotas in a gateway's folder, with those of nobody who is not bounded and used
/// nothing. The journal is held against itself on the way.
pub fn usage(folder: &Path) -> Result<Vec<Used>, Untold> {
    let mut entries: Vec<Entry> = Vec::new();
    let mut open: BTreeMap<Ticket, Vec<Holder>> = BTreeMap::new();
    let mut overruns: BTreeMap<Holder, Overruns> = BTreeMap::new();
    journal::read(&folder.join(journal::FILE), |line| match line.event {
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
        Event::Gate { .. }
        | Event::Told { .. }
        | Event::Refused { .. }
        | Event::Cut { .. }
        | Event::Stops { .. } => {}
    })?;
    let book = Book::replay(&entries)?;
    let all: BTreeMap<Holder, Account> =
        book.accounts().map(|(holder, account)| (*holder, *account)).collect();
    let told = all.into_iter().map(|(holder, account)| {
        let overruns = overruns.get(&holder).copied().unwrap_or_default();
        Used { holder, account, overruns }
    });
    Ok(told.filter(|used| used.account.limit != Limit::UNBOUNDED).collect())
}
