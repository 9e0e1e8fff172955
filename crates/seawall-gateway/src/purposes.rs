//! What a journal adds up to by purpose and by asset: for what was asked, how much, under which
//! scan claims, and how often it was refused (FRONTIER 4.3, F38).
//!
//! Pure summation. A purpose is what a request said of itself, and a claim what it said that it
//! looks at: a record, and no knowledge of what somebody did with an answer. Claims are counted for
//! requests that passed, because those stood then; what a refused one names could be anything.

use crate::record::{By, Event};
use seawall_domain::engagement::grant::Purpose;
use seawall_domain::engagement::quota::{Amount, Entry, Ticket};
use seawall_domain::id::{PartyId, ScanId};
use serde::Serialize;
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// How many claims are counted each for itself; those that come later count with the rest.
pub const CLAIMS_MAX: usize = 100_000;

/// How many claims a report names: the most used.
pub const CLAIMS_NAMED_MAX: usize = 20;

/// What was asked for one purpose.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Row {
    /// The purpose; none where a refused request named none that there is.
    pub purpose: Option<Purpose>,
    /// Requests that were sent on.
    pub requests: u64,
    /// Their tokens in.
    pub tokens_in: u64,
    /// Their tokens out.
    pub tokens_out: u64,
    /// Of those sent on, how many named a scan claim.
    pub with_claim: u64,
    /// Requests that were refused, of somebody whose credential was good.
    pub refused: u64,
}

/// How much one asset was looked at.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct Asset {
    /// The scan claim by which it was named.
    pub claim: ScanId,
    /// Requests that were sent on.
    pub requests: u64,
}

/// A journal by purpose and by asset.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub struct Report {
    /// Every purpose, in their order; the row of none only where there is something in it.
    pub purposes: Vec<Row>,
    /// The assets, the most used first, at most [`CLAIMS_NAMED_MAX`].
    pub assets: Vec<Asset>,
    /// Requests that named any other asset.
    pub other_assets: u64,
}

/// The sums, line by line. What is under way counts as what was set aside for it.
#[derive(Clone, Debug, Default)]
pub struct Sums {
    party: Option<PartyId>,
    open: BTreeMap<Ticket, (By, Amount)>,
    rows: BTreeMap<Option<Purpose>, Row>,
    claims: BTreeMap<ScanId, u64>,
    other: u64,
}

impl Sums {
    /// Nothing yet, of one party or of everybody.
    pub fn of(party: Option<PartyId>) -> Sums {
        Sums { party, ..Sums::default() }
    }

    /// One event more.
    pub fn take(&mut self, event: &Event) {
        match event {
            Event::Intent { by, entry: Entry::Reserved { ticket, amount, .. }, .. } => {
                if self.counts(by) {
                    self.open.insert(*ticket, (*by, *amount));
                }
            }
            Event::Outcome { entry: Entry::Settled { ticket, actual }, .. } => {
                if let Some((by, _)) = self.open.remove(ticket) {
                    self.add(&by, actual);
                }
            }
            Event::Refused { by, .. } if self.counts(by) => {
                let row = self.rows.entry(by.purpose).or_default();
                row.refused = row.refused.saturating_add(1);
            }
            Event::Intent { .. }
            | Event::Outcome { .. }
            | Event::Refused { .. }
            | Event::Gate { .. }
            | Event::Quota { .. }
            | Event::Quotas { .. }
            | Event::Told { .. }
            | Event::Volume { .. }
            | Event::Alarm { .. }
            | Event::Cut { .. }
            | Event::Stops { .. } => {}
        }
    }

    /// What they come to.
    pub fn report(mut self) -> Report {
        for (by, amount) in std::mem::take(&mut self.open).into_values() {
            self.add(&by, &amount);
        }
        let none = self.rows.remove(&None);
        let row = |purpose| {
            let purpose = Some(purpose);
            Row { purpose, ..self.rows.get(&purpose).copied().unwrap_or_default() }
        };
        let purposes = Purpose::ALL.into_iter().map(row).chain(none).collect();
        let asset = |(claim, requests)| Asset { claim, requests };
        let mut assets: Vec<Asset> = self.claims.into_iter().map(asset).collect();
        assets.sort_by_key(|asset| (Reverse(asset.requests), asset.claim));
        let rest = assets.split_off(assets.len().min(CLAIMS_NAMED_MAX));
        let plus = |sum: u64, asset: &Asset| sum.saturating_add(asset.requests);
        let other_assets = rest.iter().fold(self.other, plus);
        Report { purposes, assets, other_assets }
    }

    fn counts(&self, by: &By) -> bool {
        self.party.is_none_or(|party| party == by.party)
    }

    fn add(&mut self, by: &By, amount: &Amount) {
        let row = self.rows.entry(by.purpose).or_default();
        row.requests = row.requests.saturating_add(amount.requests);
        row.tokens_in = row.tokens_in.saturating_add(amount.tokens_in);
        row.tokens_out = row.tokens_out.saturating_add(amount.tokens_out);
        // One that ended before it was sent is no request.
        let Some(claim) = by.claim.filter(|_| amount.requests > 0) else { return };
        row.with_claim = row.with_claim.saturating_add(amount.requests);
        let is_room = self.claims.len() < CLAIMS_MAX || self.claims.contains_key(&claim);
        let count = match is_room {
            true => self.claims.entry(claim).or_default(),
            false => &mut self.other,
        };
        *count = count.saturating_add(amount.requests);
    }
}

#[cfg(test)]
mod tests;
