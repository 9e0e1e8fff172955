//! What was used of each quota, from a gateway's journal: requests, tokens, money.

use crate::journal::{self, JournalFault};
use crate::record::Event;
use seawall_domain::engagement::quota::{Account, Book, Entry, Holder, Limit};
use std::collections::BTreeMap;
use std::path::Path;

/// One holder's quota, and what of it is used.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Used {
    /// Whose.
    pub holder: Holder,
    /// How much there is, how much is settled, and how much is set aside.
    pub account: Account,
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
    journal::read(&folder.join(journal::FILE), |line| match line.event {
        Event::Quota { entry } | Event::Intent { entry, .. } | Event::Outcome { entry, .. } => {
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
    let told = all.into_iter().map(|(holder, account)| Used { holder, account });
    Ok(told.filter(|used| used.account.limit != Limit::UNBOUNDED).collect())
}
