//! The public page of the framework for models: counts that tell of nobody, and the rubric.

use crate::pages::home::Figure;
use crate::pages::{Piece, Shell, When};
use askama::Template;

/// The page; it is the same for everybody.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "framework.html")]
pub struct Framework {
    /// The frame.
    pub shell: Shell,
    /// As of when the counts are.
    pub as_of: When,
    /// The counts; `fewer than 10` where there are few or none.
    pub figures: Vec<Figure>,
    /// The version of the rubric.
    pub version: u32,
    /// From which score on one is admitted, and from which under conditions, in thousandths.
    pub limits: (u32, u32),
    /// What must be so.
    pub gates: Vec<Gate>,
    /// What counts.
    pub criteria: Vec<Criterion>,
}

/// A gate.
#[derive(Clone, Debug, Default)]
pub struct Gate {
    /// What is asked.
    pub asks: String,
    /// What shows it.
    pub evidence: String,
}

/// A criterion.
#[derive(Clone, Debug, Default)]
pub struct Criterion {
    /// What it is about.
    pub name: String,
    /// How much it weighs.
    pub weight: u32,
    /// What each mark means, from 0 on.
    pub marks: Vec<String>,
}
