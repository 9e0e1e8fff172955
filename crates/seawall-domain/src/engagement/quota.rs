//! Quotas: how much may pass, per person, party and window, reserved before and settled after.
//!
//! What a request could use at most is set aside before it is sent, for everybody whose quota it
//! counts against, or for nobody. So requests at the same time cannot overshoot together. Every
//! step is an entry; replaying the entries gives the book, and what was still set aside when the
//! machine stopped counts as used (FRONTIER 4.3, F34).

use crate::id::{PartyId, PersonId, WindowId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The most holders in one book.
pub const HOLDERS_MAX: usize = 100_000;

/// The most requests at the same time over all holders.
pub const OPEN_MAX: usize = 100_000;

/// How much of each thing.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Amount {
    /// Requests.
    pub requests: u64,
    /// Tokens that go in.
    pub tokens_in: u64,
    /// Tokens that come out.
    pub tokens_out: u64,
    /// Money, in millionths of a dollar.
    pub cost_micros: u64,
}

impl Amount {
    fn parts(&self) -> [u64; 4] {
        [self.requests, self.tokens_in, self.tokens_out, self.cost_micros]
    }

    fn of(parts: [u64; 4]) -> Amount {
        let [requests, tokens_in, tokens_out, cost_micros] = parts;
        Amount { requests, tokens_in, tokens_out, cost_micros }
    }

    fn with(&self, other: &Amount, step: fn(u64, u64) -> u64) -> Amount {
        let (mine, theirs) = (self.parts(), other.parts());
        Amount::of([0, 1, 2, 3].map(|at| step(mine[at], theirs[at])))
    }

    /// Both together, at most what can be counted.
    pub fn plus(&self, other: &Amount) -> Amount {
        self.with(other, u64::saturating_add)
    }

    /// What is left of this, at least nothing.
    pub fn minus(&self, other: &Amount) -> Amount {
        self.with(other, u64::saturating_sub)
    }

    /// Of each thing the smaller.
    pub fn within(&self, ceiling: &Amount) -> Amount {
        self.with(ceiling, u64::min)
    }

    /// Whether no part of it is more than that of the other.
    pub fn fits(&self, other: &Amount) -> bool {
        self.parts().iter().zip(other.parts()).all(|(mine, theirs)| *mine <= theirs)
    }
}

/// Whose quota it is.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(tag = "kind", content = "id", rename_all = "snake_case")]
pub enum Holder {
    /// A person, or the person who answers for a machine.
    Person(PersonId),
    /// A partner's party.
    Party(PartyId),
    /// Everybody in a window together.
    Window(WindowId),
}

/// How much a holder may use.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Limit {
    /// Over the whole window.
    pub whole: Amount,
    /// Requests at the same time.
    pub concurrent: u32,
}

impl Limit {
    /// Nothing at all.
    pub const NOTHING: Limit = Limit {
        whole: Amount { requests: 0, tokens_in: 0, tokens_out: 0, cost_micros: 0 },
        concurrent: 0,
    };

    /// As much as can be counted: no bound of its own.
    pub const UNBOUNDED: Limit = Limit {
        whole: Amount {
            requests: u64::MAX,
            tokens_in: u64::MAX,
            tokens_out: u64::MAX,
            cost_micros: u64::MAX,
        },
        concurrent: u32::MAX,
    };

    /// Of each thing the smaller.
    pub fn within(&self, ceiling: &Limit) -> Limit {
        Limit {
            whole: self.whole.within(&ceiling.whole),
            concurrent: self.concurrent.min(ceiling.concurrent),
        }
    }
}

/// One holder's account.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// How much there is.
    pub limit: Limit,
    /// How much is used up.
    pub settled: Amount,
    /// How much is set aside.
    pub reserved: Amount,
    /// For how many requests.
    pub open: u32,
}

/// A reservation's number; it grows and is never used again.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Ticket(pub u64);

/// One step, as it is recorded before anything is sent.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields are those of the account they change")]
pub enum Entry {
    Limited { holder: Holder, limit: Limit },
    Reserved { ticket: Ticket, holders: Vec<Holder>, amount: Amount },
    Settled { ticket: Ticket, actual: Amount },
}

/// Whether a request used what was set aside for it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Settled {
    /// As much, or less.
    Within,
    /// More: it counts in full, and somebody should ask the provider why.
    Overrun {
        /// How much more, of each thing.
        by: Amount,
    },
}

/// Why nothing was set aside.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Refused {
    /// A holder has too little left, or no quota at all.
    #[error("the quota of this holder is used up")]
    UsedUp(Holder),
    /// A holder has too many requests open.
    #[error("too many requests of this holder at the same time")]
    TooMany(Holder),
    /// A request counts against somebody, and once only.
    #[error("a request counts against at least one holder, and against none twice")]
    BadHolders,
    /// There is no such reservation, or no longer.
    #[error("there is no such reservation")]
    Unknown,
    /// The book is full.
    #[error("the book is full")]
    Full,
    /// An entry does not follow the entries before it.
    #[error("an entry does not follow what came before")]
    Broken,
}

/// The accounts and what is set aside.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
pub struct Book {
    #[serde(with = "crate::pairs")]
    accounts: BTreeMap<Holder, Account>,
    open: BTreeMap<Ticket, (Vec<Holder>, Amount)>,
    last: u64,
}

impl Book {
    /// An empty book, in which nobody may use anything.
    pub fn new() -> Book {
        Book::default()
    }

    /// The book after these entries.
    pub fn replay<'a>(entries: impl IntoIterator<Item = &'a Entry>) -> Result<Book, Refused> {
        let mut book = Book::new();
        for entry in entries {
            book.apply(entry)?;
        }
        Ok(book)
    }

    /// Sets a holder's limit; what was used stays used.
    pub fn limit(&mut self, holder: Holder, limit: Limit) -> Result<Entry, Refused> {
        let entry = Entry::Limited { holder, limit };
        self.apply(&entry)?;
        Ok(entry)
    }

    /// Sets aside what a request could use at most, for all of its holders or for none.
    pub fn reserve(
        &mut self,
        holders: &[Holder],
        amount: Amount,
    ) -> Result<(Ticket, Entry), Refused> {
        let ticket = Ticket(self.last.checked_add(1).ok_or(Refused::Full)?);
        let entry = Entry::Reserved { ticket, holders: holders.to_vec(), amount };
        self.apply(&entry)?;
        Ok((ticket, entry))
    }

    /// Takes what was used from what was set aside, and frees the rest.
    pub fn settle(&mut self, ticket: Ticket, actual: Amount) -> Result<(Settled, Entry), Refused> {
        let (_, reserved) = self.open.get(&ticket).ok_or(Refused::Unknown)?;
        let settled = match actual.fits(reserved) {
            true => Settled::Within,
            false => Settled::Overrun { by: actual.minus(reserved) },
        };
        let entry = Entry::Settled { ticket, actual };
        self.apply(&entry)?;
        Ok((settled, entry))
    }

    /// After a stop: whatever was still set aside counts as used, since nobody knows better.
    pub fn recover(&mut self) -> Vec<Entry> {
        let open: Vec<(Ticket, Amount)> =
            self.open.iter().map(|(ticket, (_, amount))| (*ticket, *amount)).collect();
        let settled = open.into_iter().map(|(ticket, amount)| self.settle(ticket, amount));
        settled.flatten().map(|(_, entry)| entry).collect()
    }

    /// Every account, by its holder.
    pub fn accounts(&self) -> impl Iterator<Item = (&Holder, &Account)> {
        self.accounts.iter()
    }

    /// One holder's account.
    pub fn account(&self, holder: &Holder) -> Option<&Account> {
        self.accounts.get(holder)
    }

    /// How many requests are open.
    pub fn open(&self) -> usize {
        self.open.len()
    }

    fn apply(&mut self, entry: &Entry) -> Result<(), Refused> {
        match entry {
            Entry::Limited { holder, limit } => self.apply_limit(*holder, *limit),
            Entry::Reserved { ticket, holders, amount } => {
                self.fits(*ticket, holders, amount)?;
                for holder in holders {
                    if let Some(account) = self.accounts.get_mut(holder) {
                        account.reserved = account.reserved.plus(amount);
                        account.open += 1;
                    }
                }
                self.last = ticket.0;
                self.open.insert(*ticket, (holders.clone(), *amount));
                Ok(())
            }
            Entry::Settled { ticket, actual } => {
                let (holders, reserved) = self.open.remove(ticket).ok_or(Refused::Unknown)?;
                for holder in &holders {
                    if let Some(account) = self.accounts.get_mut(holder) {
                        account.reserved = account.reserved.minus(&reserved);
                        account.settled = account.settled.plus(actual);
                        account.open = account.open.saturating_sub(1);
                    }
                }
                Ok(())
            }
        }
    }

    fn apply_limit(&mut self, holder: Holder, limit: Limit) -> Result<(), Refused> {
        if !self.accounts.contains_key(&holder) && self.accounts.len() >= HOLDERS_MAX {
            return Err(Refused::Full);
        }
        let none =
            Account { limit, settled: Amount::default(), reserved: Amount::default(), open: 0 };
        self.accounts.entry(holder).or_insert(none).limit = limit;
        Ok(())
    }

    fn fits(&self, ticket: Ticket, holders: &[Holder], amount: &Amount) -> Result<(), Refused> {
        if ticket.0 <= self.last {
            return Err(Refused::Broken);
        }
        if self.open.len() >= OPEN_MAX {
            return Err(Refused::Full);
        }
        let twice = (1..holders.len()).any(|at| holders[..at].contains(&holders[at]));
        if holders.is_empty() || holders.len() > 8 || twice {
            return Err(Refused::BadHolders);
        }
        for holder in holders {
            let account = self.accounts.get(holder).ok_or(Refused::UsedUp(*holder))?;
            let taken = account.settled.plus(&account.reserved).plus(amount);
            if !taken.fits(&account.limit.whole) {
                return Err(Refused::UsedUp(*holder));
            }
            if account.open >= account.limit.concurrent {
                return Err(Refused::TooMany(*holder));
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
