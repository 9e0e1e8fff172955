//! Binding Operational Directive 22-01, which BOD 26-04 replaced: for comparison only.
//!
//! Its rule was the catalogue's: a flaw listed as known exploited was due on the day that its entry
//! names, on every asset alike, and nothing else was due at all.

use jiff::Timestamp;
use seawall_domain::record::KevListing;
use serde::{Deserialize, Serialize};

/// The day by which BOD 22-01 wanted a flaw mended; none where it demanded nothing.
pub fn bod_22_01(listing: Option<&KevListing>) -> Option<Timestamp> {
    listing.and_then(|listing| listing.due)
}

/// What the newer directive changes for a flaw on an asset.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// It is due now, and was not.
    NewlyDue,
    /// It is due earlier.
    Sooner,
    /// It is due at the same time, or neither directive names one.
    Same,
    /// It is due later.
    Later,
    /// It may wait for the next upgrade, and had a day.
    NoLongerDue,
}

/// Compares the older directive's time with the newer one's.
pub fn change(old_due: Option<Timestamp>, new_due: Option<Timestamp>) -> Change {
    match (old_due, new_due) {
        (None, None) => Change::Same,
        (None, Some(_)) => Change::NewlyDue,
        (Some(_), None) => Change::NoLongerDue,
        (Some(old), Some(new)) if new < old => Change::Sooner,
        (Some(old), Some(new)) if new > old => Change::Later,
        (Some(_), Some(_)) => Change::Same,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_catalogue_s_day_was_the_rule() {
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let (early, late) = (at("2025-08-25T00:00:00Z"), at("2025-09-15T00:00:00Z"));
        let entry = KevListing { added: early, due: Some(late), ransomware: None, action: None };
        assert_eq!(bod_22_01(Some(&entry)), Some(late));
        assert_eq!(bod_22_01(Some(&KevListing { due: None, ..entry })), None);
        assert_eq!(bod_22_01(None), None);
        for (old, new, expected) in [
            (None, None, Change::Same),
            (None, Some(late), Change::NewlyDue),
            (Some(late), Some(early), Change::Sooner),
            (Some(late), Some(late), Change::Same),
            (Some(early), Some(late), Change::Later),
            (Some(early), None, Change::NoLongerDue),
        ] {
            assert_eq!(change(old, new), expected);
        }
    }
}
