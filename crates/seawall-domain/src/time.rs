//! Instants, in microseconds, so that both databases give back what they were given.

pub use jiff::{SignedDuration, Timestamp};

/// Cuts an instant to whole microseconds, the precision that is stored.
pub fn micros(instant: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(instant.as_microsecond()).unwrap_or(instant)
}

/// Cuts an instant to whole seconds, the precision of documents that others sign or write.
pub fn whole_second(instant: Timestamp) -> Timestamp {
    Timestamp::from_second(instant.as_second()).unwrap_or(instant)
}
