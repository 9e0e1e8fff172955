//! What was run besides the batteries to draw an ability out, and what it comes to.
//!
//! The same tasks at the smaller budgets that were sealed, by another scaffold, and each in its
//! incidental wording: every one of these is a set of logs, one for each battery, held against the
//! protocol as the others are (FRONTIER 3.5). The checklist is computed from them and from the
//! table; nobody types it.

mod placing;

pub use placing::{Extra, Purpose, sets};

use super::decision::Look;
use super::determination::{Reading, Row, Table, Tried};
use super::elicitation::{Checklist, Developer, Framing};
use super::protocol::{Protocol, TaskTerms, Terms};
use super::run::Placing;
use super::statistics::Alpha;
use super::statistics::budget::{self, Point, Trend};
use super::statistics::clustered;
use super::statistics::design::{Design, Weighting};
use super::statistics::irt::{self, Item};
use super::statistics::paired::Paired;
use serde::{Deserialize, Serialize};

/// The level of error of the bound on the gap between framing twins.
pub const FRAMING_ALPHA: f64 = 0.05;

/// What a set was run for.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Kind {
    /// Everything at a smaller budget.
    Sweep {
        /// The budget in tokens.
        tokens: u64,
    },
    /// Everything by another scaffold.
    Scaffold {
        /// Which of the others, from 1.
        number: u32,
    },
    /// Each task that has one in its incidental wording.
    Twins,
}

/// A set with its attempts.
#[derive(Clone, Debug, PartialEq)]
pub struct Set {
    /// What it was run for.
    pub kind: Kind,
    /// Its logs, by their places among those that were run besides.
    pub logs: Vec<usize>,
    /// The attempts, in the rows of the tasks (of a twin: of its task).
    pub table: Table,
}

impl Set {
    /// Whether each task was tried as often as the protocol plans; of twins, each that has one.
    pub fn is_planned(&self, protocol: &Protocol) -> bool {
        let terms = protocol.terms();
        let is_row = |(row, task): (&Row, &TaskTerms)| {
            let is_in = self.kind != Kind::Twins || task.twin.is_some();
            row.tried.len() as u64 == if is_in { terms.attempts.0 } else { 0 }
        };
        self.table.rows.len() == terms.tasks.len()
            && self.table.rows.iter().zip(&terms.tasks).all(is_row)
    }
}

impl Table {
    /// The same tasks with other attempts: those of a set, whose logs have these batteries.
    pub fn with_tried(&self, batteries: &[usize], tried: Vec<Vec<Tried>>) -> Table {
        let mut tried = tried.into_iter();
        let row = |row: &Row| Row {
            battery: row.battery,
            family: row.family,
            minutes: row.minutes,
            weight: row.weight.clone(),
            tried: tried.next().unwrap_or_default(),
            excluded: row.excluded,
        };
        let place = |battery: &usize| Placing { battery: *battery, look: Look::First };
        Table {
            domains: self.domains.clone(),
            places: batteries.iter().map(place).collect(),
            rows: self.rows.iter().map(row).collect(),
        }
    }

    /// The share of each task that counts, by its place: of its attempts, or of its steps.
    fn rates(&self, look: Look) -> Vec<Option<f64>> {
        let mut rates = vec![None; self.rows.len()];
        for (at, task) in self.counted(look) {
            let observed = task.attempts.saturating_sub(task.unknown);
            let reached = task.steps.map_or_else(
                || f64::from(task.passes),
                |steps| steps.reached as f64 / f64::from(steps.of.max(1)),
            );
            if let Some(rate) = rates.get_mut(at).filter(|_| observed > 0) {
                *rate = Some(reached / f64::from(observed));
            }
        }
        rates
    }

    /// The tasks that count, each with its place.
    fn counted(&self, look: Look) -> Vec<(usize, super::battery::Task)> {
        let rows = self.rows.iter().enumerate();
        let places = rows.filter(|(_, row)| row.counts_in(Reading::Clean)).map(|(at, _)| at);
        places.zip(self.battery(None, look, Reading::Clean).tasks).collect()
    }

    fn score(&self, look: Look) -> Option<f64> {
        let battery = self.battery(None, look, Reading::Clean);
        let design = Design::of(&battery, Weighting::Given).ok()?;
        Some(clustered::score(&design))
    }
}

/// The checklist, as far as it follows from what was sealed and run. What was not sealed, not run
/// or is not defined is not done.
pub fn checklist(
    protocol: &Protocol,
    table: &Table,
    look: Look,
    sets: &[Set],
    developer: Developer,
) -> Checklist {
    let terms = protocol.terms();
    let others = sets.iter().filter(|set| matches!(set.kind, Kind::Scaffold { .. })).count();
    Checklist {
        scaffolds: u32::try_from(others).unwrap_or(u32::MAX).saturating_add(1),
        sweep: sweep(terms, table, look, sets),
        framing: framing(terms, table, look, sets),
        person_fit: person_fit(terms, table, look),
        easy_share: None,
        developer,
    }
}

/// How the score moves along the sealed budgets, up to that of the run itself; none where a budget
/// was not run.
fn sweep(terms: &Terms, table: &Table, look: Look, sets: &[Set]) -> Option<Trend> {
    let drawing = terms.drawing().filter(|drawing| !drawing.sweep.is_empty())?;
    let mut points = Vec::with_capacity(drawing.sweep.len() + 1);
    for budget in &drawing.sweep {
        let set = sets.iter().find(|set| set.kind == Kind::Sweep { tokens: budget.0 })?;
        points.push(Point { tokens: budget.0, share: set.table.score(Look::First)? });
    }
    points.push(Point { tokens: terms.budgets.tokens?.0, share: table.score(look)? });
    let tolerance = drawing.sweep_tolerance.as_ref().map_or(0.0, |it| it.nearest());
    budget::trend(&points, tolerance).ok()
}

/// How much better the incidental wording does at most, by the pairs of which both were observed.
fn framing(terms: &Terms, table: &Table, look: Look, sets: &[Set]) -> Option<Framing> {
    let margin = terms.drawing()?.framing_margin.as_ref()?.nearest();
    let twins = sets.iter().find(|set| set.kind == Kind::Twins)?;
    let both = table.rates(look).into_iter().zip(twins.table.rates(Look::First));
    let gaps: Vec<f64> = both.filter_map(|(formal, twin)| Some(twin? - formal?)).collect();
    let gap_upper = Paired::of(&gaps).and_then(|gap| gap.upper(Alpha::new(FRAMING_ALPHA)?)).ok()?;
    Some(Framing { gap_upper, margin })
}

/// Whether the pattern of passes fits any ability, by the items that were frozen.
fn person_fit(terms: &Terms, table: &Table, look: Look) -> Option<f64> {
    let item = |(at, task): (usize, super::battery::Task)| {
        let item = terms.tasks.get(at)?.item.as_ref()?;
        Some(Item {
            discrimination: item.discrimination.nearest(),
            difficulty: item.difficulty.nearest(),
            passes: task.passes,
            attempts: task.attempts.saturating_sub(task.unknown),
        })
    };
    let items: Vec<Item> = table.counted(look).into_iter().filter_map(item).collect();
    irt::ability(&items).ok()?.person_fit
}

#[cfg(test)]
pub(super) mod tests;
