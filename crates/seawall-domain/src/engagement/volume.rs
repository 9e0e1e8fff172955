//! Unusual volume: who uses far more than is usual for them, in an hour or in a day.
//!
//! A quota bounds what may be used at most; this tells people that somebody uses it in another way
//! than before. It decides nothing: an alarm closes and refuses nothing (MISSION C58).
//!
//! A span of time is unusual when more was used in it than a multiple of what is usual, and more
//! than a share of the quota. What is usual is the median of the holder's earlier spans in which
//! something was used, so that a few bursts do not move it. Whoever has too few of these is new,
//! and more than a larger share of the quota is unusual for them. By the hour a burst is found; by
//! the day, what is drawn so slowly that each hour is like the one before.

use super::quota::{Amount, HOLDERS_MAX, Holder};
use crate::id::PartyId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, VecDeque};

/// Whoever used something in fewer earlier spans than these is new: one test says nothing of what
/// is usual.
pub const KNOWN_MIN: usize = 3;

/// How many earlier spans are remembered, the newest: a week of hours, or half a year of days.
pub const EARLIER_MAX: usize = 168;

/// The things that are counted, in their order.
const THINGS: [Thing; 3] = [Thing::Requests, Thing::TokensIn, Thing::TokensOut];

/// How long a span is. Each begins with an hour or a day of UTC.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// An hour.
    Hour,
    /// A day.
    Day,
}

impl Span {
    fn seconds(self) -> i64 {
        match self {
            Span::Hour => 3_600,
            Span::Day => 86_400,
        }
    }

    fn begins(self, at: Timestamp) -> Timestamp {
        let seconds = self.seconds();
        let begin = at.as_second().div_euclid(seconds).saturating_mul(seconds);
        Timestamp::from_second(begin).unwrap_or(Timestamp::MIN)
    }
}

/// What is counted.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Thing {
    /// Requests.
    Requests,
    /// Tokens that go in.
    TokensIn,
    /// Tokens that come out.
    TokensOut,
}

impl Thing {
    fn of(self, amount: &Amount) -> u64 {
        match self {
            Thing::Requests => amount.requests,
            Thing::TokensIn => amount.tokens_in,
            Thing::TokensOut => amount.tokens_out,
        }
    }
}

/// How much is unusual in a span.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bound {
    /// More than so many times what is usual,
    pub times: u32,
    /// and more than so many hundredths of the quota.
    pub percent: u8,
    /// Of somebody new: more than so many hundredths of the quota.
    pub first_percent: u8,
}

impl Bound {
    /// The most that is not unusual.
    fn most(&self, usual: Option<u64>, quota: u64) -> u64 {
        match usual {
            Some(usual) => usual.saturating_mul(self.times.into()).max(share(quota, self.percent)),
            None => share(quota, self.first_percent),
        }
    }
}

/// So many hundredths, rounded up, so that one request of a small quota is not unusual.
fn share(quota: u64, percent: u8) -> u64 {
    let percent = u64::from(percent);
    match quota.checked_mul(percent) {
        Some(hundredths) => hundredths.div_ceil(100),
        None => (quota / 100).saturating_mul(percent),
    }
}

/// What is unusual.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Rule {
    /// In an hour.
    pub hour: Bound,
    /// In a day.
    pub day: Bound,
}

impl Default for Rule {
    fn default() -> Rule {
        Rule {
            hour: Bound { times: 5, percent: 2, first_percent: 10 },
            day: Bound { times: 3, percent: 10, first_percent: 30 },
        }
    }
}

/// That somebody used more than is usual. Of one holder there is one for a span, when it is
/// crossed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Alarm {
    /// Who.
    pub holder: Holder,
    /// The party, or that of the person.
    pub party: PartyId,
    /// An hour or a day,
    pub span: Span,
    /// and when it began.
    pub from: Timestamp,
    /// What was used,
    pub thing: Thing,
    /// how much of it,
    pub used: u64,
    /// and more than this is unusual.
    pub most: u64,
    /// What is usual; none of somebody new.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usual: Option<u64>,
}

/// Something that was used.
#[derive(Clone, Copy, Debug)]
pub struct Used<'a> {
    /// By whom.
    pub holder: Holder,
    /// The party, or that of the person.
    pub party: PartyId,
    /// How much they may use over the whole window.
    pub quota: &'a Amount,
    /// How much they used.
    pub amount: &'a Amount,
}

/// What each holder used so far, by the hour and by the day.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Usual {
    held: BTreeMap<Holder, [Course; 2]>,
}

impl Usual {
    /// Counts what was used; gives the alarms that it raises, where there is a rule. A time before
    /// the last one counts as that. Of more than [`HOLDERS_MAX`] holders the later are not watched.
    pub fn take(&mut self, rule: Option<&Rule>, used: &Used<'_>, at: Timestamp) -> Vec<Alarm> {
        let is_full = self.held.len() >= HOLDERS_MAX && !self.held.contains_key(&used.holder);
        if is_full || THINGS.iter().all(|thing| thing.of(used.amount) == 0) {
            return Vec::new();
        }
        let [hour, day] = self.held.entry(used.holder).or_default();
        hour.count(Span::Hour, used.amount, at);
        day.count(Span::Day, used.amount, at);
        let Some(rule) = rule else { return Vec::new() };
        let hour = hour.crosses(Span::Hour, &rule.hour, used);
        hour.into_iter().chain(day.crosses(Span::Day, &rule.day, used)).collect()
    }
}

/// One holder's spans of one length.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Course {
    /// When the running one began.
    from: Option<Timestamp>,
    /// What was used in it.
    now: [u64; 3],
    /// Whether an alarm was raised in it.
    is_told: bool,
    /// What was used in earlier ones in which something was, the newest last.
    earlier: VecDeque<[u64; 3]>,
    /// The median of these, where there are enough.
    usual: Option<[u64; 3]>,
}

impl Course {
    fn count(&mut self, span: Span, amount: &Amount, at: Timestamp) {
        let from = span.begins(at);
        if self.from.is_none_or(|before| before < from) {
            self.turn(from);
        }
        for (sum, thing) in self.now.iter_mut().zip(THINGS) {
            *sum = sum.saturating_add(thing.of(amount));
        }
    }

    /// Begins the next one.
    fn turn(&mut self, from: Timestamp) {
        let over = std::mem::take(&mut self.now);
        if self.from.replace(from).is_some() {
            self.earlier.push_back(over);
        }
        if self.earlier.len() > EARLIER_MAX {
            self.earlier.pop_front();
        }
        self.is_told = false;
        let is_known = self.earlier.len() >= KNOWN_MIN;
        self.usual = is_known.then(|| [0, 1, 2].map(|thing| self.median(thing)));
    }

    /// The one in the middle; of two the smaller.
    fn median(&self, thing: usize) -> u64 {
        let mut of: Vec<u64> =
            self.earlier.iter().filter_map(|used| used.get(thing).copied()).collect();
        of.sort_unstable();
        of.get(of.len().saturating_sub(1) / 2).copied().unwrap_or_default()
    }

    fn crosses(&mut self, span: Span, bound: &Bound, by: &Used<'_>) -> Option<Alarm> {
        if self.is_told {
            return None;
        }
        let alarm = THINGS.into_iter().enumerate().find_map(|(at, thing)| {
            let usual = self.usual.and_then(|usual| usual.get(at).copied());
            let used = self.now.get(at).copied().unwrap_or_default();
            let most = bound.most(usual, thing.of(by.quota));
            let from = self.from.filter(|_| used > most)?;
            let Used { holder, party, .. } = *by;
            Some(Alarm { holder, party, span, from, thing, used, most, usual })
        });
        self.is_told = alarm.is_some();
        alarm
    }
}

#[cfg(test)]
mod tests;
