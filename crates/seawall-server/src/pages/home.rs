//! The front page: what Seawall is, the corridor with its counts, the newest advisories.

use crate::pages::advisories::Line;
use crate::pages::{Piece, Shell, When};
use askama::Template;

/// The front page.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "home.html")]
pub struct Home {
    /// The frame.
    pub shell: Shell,
    /// The corridor, in its order; [`corridor`] makes it from six counts.
    pub corridor: Vec<Stop>,
    /// The newest advisories, newest first.
    pub newest: Vec<Line>,
    /// Statistics, each recomputable from the public log.
    pub figures: Vec<Figure>,
    /// As of when the counts hold.
    pub as_of: When,
}

impl Home {
    /// Whether any stop of the corridor has a count.
    fn counted(&self) -> bool {
        self.corridor.iter().any(|stop| !stop.count.is_empty())
    }
}

/// One stop of the corridor.
#[derive(Clone, Debug, Default)]
pub struct Stop {
    /// The subject: `finding`.
    pub name: String,
    /// How many, already written out; empty where it is not public.
    pub count: String,
    /// What happens here, in a few words.
    pub says: String,
}

/// One published number.
#[derive(Clone, Debug, Default)]
pub struct Figure {
    /// The number, already written out.
    pub number: String,
    /// What it counts.
    pub label: String,
}

/// The six stops with their counts, from scan to remediation.
pub fn corridor(counts: [Option<u64>; 6]) -> Vec<Stop> {
    let stops = [
        ("Scan", "who looks where, so that two do not dig in one place"),
        ("Finding", "one claim, checked, grouped and run again here"),
        ("Case", "one flaw, worked out with its maintainer"),
        ("Advisory", "what is published, signed by two people"),
        ("Exposure", "whose software is affected"),
        ("Remediation", "who is safe again, with evidence"),
    ];
    let stop = |((name, says), count): ((&str, &str), Option<u64>)| Stop {
        name: name.to_owned(),
        count: count.map_or_else(String::new, |count| count.to_string()),
        says: says.to_owned(),
    };
    stops.into_iter().zip(counts).map(stop).collect()
}
