//! A clock that stands still until it is set, and chance that repeats in every run.

use crate::world::must;
use seawall_domain::time::{SignedDuration, Timestamp};
use seawall_services::desk::{Chance, Clock};
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Where every world's clock begins: 2 March 2026, 09:00 UTC.
const BEGIN_MICROS: i64 = 1_772_442_000_000_000;

/// A clock that somebody sets. Reading it moves it on by a microsecond, so that no two facts have
/// one time.
#[derive(Debug)]
pub struct SetClock(Mutex<Timestamp>);

impl SetClock {
    /// A clock at the beginning.
    pub fn new() -> Self {
        SetClock(Mutex::new(must(Timestamp::from_microsecond(BEGIN_MICROS))))
    }

    /// Moves it on.
    pub fn advance(&self, by: SignedDuration) {
        let mut now = must(self.0.lock());
        *now += by;
    }

    /// Moves it on to an instant, never back.
    pub fn reach(&self, at: Timestamp) {
        let mut now = must(self.0.lock());
        *now = at.max(*now);
    }
}

impl Default for SetClock {
    fn default() -> Self {
        SetClock::new()
    }
}

impl Clock for SetClock {
    fn now(&self) -> Timestamp {
        let mut now = must(self.0.lock());
        *now += SignedDuration::from_micros(1);
        *now
    }
}

/// Chance that repeats: SplitMix64 from a seed.
#[derive(Debug)]
pub struct Sequence(AtomicU64);

impl Sequence {
    /// The sequence of a seed.
    pub fn new(seed: u64) -> Self {
        Sequence(AtomicU64::new(seed))
    }

    /// The next number.
    pub fn next(&self) -> u64 {
        const STEP: u64 = 0x9e37_79b9_7f4a_7c15;
        let state = self.0.fetch_add(STEP, Ordering::Relaxed).wrapping_add(STEP);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below a bound.
    pub fn below(&self, bound: usize) -> usize {
        // The remainder of a number below the bound always fits.
        (self.next() % bound.max(1) as u64) as usize
    }

    /// Brings a list into another order.
    pub fn shuffle<T>(&self, list: &mut [T]) {
        for end in (1..list.len()).rev() {
            list.swap(end, self.below(end + 1));
        }
    }
}

impl Chance for Sequence {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(8) {
            let number = self.next().to_le_bytes();
            chunk.copy_from_slice(&number[..chunk.len()]);
        }
    }
}
