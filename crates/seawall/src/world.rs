//! The real clock and the real dice.

use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use seawall_domain::time::Timestamp;
use seawall_services::desk::{Chance, Clock};

/// The system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        Timestamp::now()
    }
}

/// The system's randomness.
pub struct SystemChance;

impl Chance for SystemChance {
    fn fill(&self, bytes: &mut [u8]) {
        // Without randomness nothing may go on: an id or a key that can be guessed is worse.
        if SystemRandom::new().fill(bytes).is_err() {
            eprintln!("seawall: the system has no randomness");
            std::process::abort();
        }
    }
}
