//! The thirteen reports that three finder agents send: texts of ours about flaws that are public
//! and were fixed years ago. Every proof in them is harmless (see `recipes/`).
//!
//! The table says what each report must come to. Of two reports about one flaw either may come
//! first: one leads and is reproduced, the other joins it.

mod shapes;
mod table;

pub use shapes::encode;
pub use table::REPORTS;

/// In which of the four shapes a report is sent.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Shape {
    /// The Akrites TAP Intake API.
    Tap,
    /// SARIF 2.1.0.
    Sarif,
    /// Scrutineer's JSON.
    Scrutineer,
    /// A plain-text mail.
    Mail,
}

/// What a report comes to.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Fate {
    /// It is about one of the five flaws: it is reproduced, or joins the report that is.
    True,
    /// The newest visible release holds the fix.
    AlreadyFixed,
    /// The function it names is not defined in the source.
    Rejected,
    /// Its proof shows nothing.
    NotReproduced,
    /// It lacks its recipe, and nothing else.
    NeedsInfo,
}

/// One report.
#[derive(Clone, Copy, Debug)]
pub struct Report {
    /// Which of the three finder agents sends it, from 0.
    pub finder: usize,
    /// In which shape.
    pub shape: Shape,
    /// The package and the version that was run, as a purl.
    pub purl: &'static str,
    /// One line.
    pub title: &'static str,
    /// What goes wrong and who gains.
    pub description: &'static str,
    /// The weakness class, as its number.
    pub cwe: u32,
    /// The file in the release.
    pub file: &'static str,
    /// The function, as the finder spells it.
    pub function: &'static str,
    /// The line.
    pub line: u32,
    /// The name that others gave the flaw, where the finder knows it.
    pub known_as: Option<&'static str>,
    /// The recipe.
    pub recipe: Option<&'static str>,
    /// What it comes to.
    pub fate: Fate,
}

/// The agents' tools, one a finder.
pub const TOOLS: [&str; 3] = [
    "example-harness 1.4 (example-model-a)",
    "review-loop 0.9 (example-model-b)",
    "night-scanner 2.1 (example-model-c)",
];

/// The humans who answer for the agents' reports, as roles.
pub const CONTACTS: [&str; 3] = [
    "duty-officer@finder-one.invalid",
    "reports@finder-two.invalid",
    "research-desk@finder-three.invalid",
];

/// The reports' places in an order that follows from the seed alone.
pub fn order(seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..REPORTS.len()).collect();
    let mut state = seed;
    for last in (1..order.len()).rev() {
        let bound = u64::try_from(last + 1).unwrap_or(u64::MAX);
        let chosen = usize::try_from(next(&mut state) % bound).unwrap_or(0);
        order.swap(last, chosen);
    }
    order
}

/// One step of a small generator of numbers that look random (the constants are SplitMix64's).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mixed = (*state ^ (*state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

#[cfg(test)]
mod tests;
