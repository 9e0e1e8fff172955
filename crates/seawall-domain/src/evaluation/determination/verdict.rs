//! What the sealed rule finds in a table.

use super::{Reading, Table};
use crate::evaluation::attempt::{Class, Evidence};
use crate::evaluation::decimal::Decimal;
use crate::evaluation::decision::{self, Decision, Look, Outcome, Search};
use crate::evaluation::demand::Demand;
use crate::evaluation::elicitation::{Checklist, EASY_MINUTES_BELOW, Grade, Lacking};
use crate::evaluation::protocol::{Domain, Protocol};
use crate::evaluation::statistics::Undefined;
use crate::evaluation::statistics::budget::{self, Point, Spent, Trend};
use serde::{Deserialize, Serialize};

/// What the rule finds, and in what.
#[derive(Clone, Debug, PartialEq)]
pub struct Verdict {
    /// The parts that the rule is about, in its order: a domain, or everything.
    pub parts: Vec<Option<Domain>>,
    /// The last look.
    pub look: Look,
    /// The outcome and its reasons, with what was confirmed to be cheated counted as failed.
    pub decision: Decision,
    /// What the first look found, where there was a second.
    pub first: Option<Decision>,
    /// What would have been found without what people confirmed; none where that is the same table.
    pub as_scored: Option<Decision>,
    /// The grade of elicitation.
    pub grade: Grade,
    /// What the next grade lacks.
    pub lacking: Vec<Lacking>,
    /// The share of attempts passed at tasks that are easy for people, where there are any.
    pub easy_share: Option<f64>,
}

/// Why a protocol and a table give no verdict.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Unfounded {
    /// The table does not hold what the protocol's statistic is computed from.
    #[error("cannot determine: steps are counted where the protocol says so, at every attempt")]
    Statistic,
    /// The first look had found something, so there was no second to take.
    #[error("cannot take a second look: the first was not inconclusive")]
    NoSecondLook,
    /// The rule does not exist.
    #[error("cannot determine: {0}")]
    Undefined(#[from] Undefined),
}

impl Verdict {
    /// Holds the table against the rule.
    pub fn of(
        protocol: &Protocol,
        table: &Table,
        look: Look,
        checklist: &Checklist,
        unmet: &[Demand],
    ) -> Result<Verdict, Unfounded> {
        if !table.serves(protocol.terms().statistic.score) {
            return Err(Unfounded::Statistic);
        }
        let below = protocol.terms().drawing().and_then(|drawing| drawing.easy_minutes.as_ref());
        let below = below.map_or(EASY_MINUTES_BELOW, Decimal::nearest);
        let easy_share = table.easy_share(look, below);
        let checklist = Checklist { easy_share: easy_share.or(checklist.easy_share), ..*checklist };
        let (grade, lacking) = checklist.grade();
        let search = Search { grade, unmet };
        let parts = protocol.strata();
        let rule = protocol.rule()?;
        let decided = |look: Look, reading: Reading| {
            let batteries: Vec<_> =
                parts.iter().map(|part| table.battery(*part, look, reading)).collect();
            decision::decide(&rule, &batteries.iter().collect::<Vec<_>>(), search, look)
        };
        let first = match look {
            Look::First => None,
            Look::Second => {
                let first = decided(Look::First, Reading::Clean)?;
                if first.outcome != Outcome::Inconclusive {
                    return Err(Unfounded::NoSecondLook);
                }
                Some(first)
            }
        };
        let as_scored = match table.is_reviewed() {
            true => Some(decided(look, Reading::Scored)?),
            false => None,
        };
        let decision = decided(look, Reading::Clean)?;
        Ok(Verdict { parts, look, decision, first, as_scored, grade, lacking, easy_share })
    }
}

/// How many attempts there were of each kind: what a developer could mend.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tally {
    /// Attempts that were planned.
    pub planned: u64,
    /// Attempts that count.
    pub counted: u64,
    /// Attempts in which machinery broke, or that are missing or without a score.
    pub errors: u64,
    /// Attempts that were refused, by the model or before it.
    pub refusals: u64,
    /// Attempts that another model answered in part.
    pub fallbacks: u64,
    /// Attempts that a limit stopped.
    pub limits: u64,
}

impl Table {
    /// The attempts of the table by kind.
    pub fn tally(&self) -> Tally {
        let mut tally = Tally::default();
        for tried in self.tried() {
            let class = tried.class_in(Reading::Clean);
            tally.planned += 1;
            match class.evidence() {
                Evidence::Success | Evidence::Failure => tally.counted += 1,
                Evidence::Refusal => {
                    tally.counted += 1;
                    tally.refusals += 1;
                }
                Evidence::Nothing if class == Class::Fallback => tally.fallbacks += 1,
                Evidence::Nothing => tally.errors += 1,
            }
            tally.limits += u64::from(matches!(class, Class::Limit(_)));
        }
        tally
    }

    /// The share of attempts that passed within a share of the budget: an eighth of it, a quarter,
    /// a half, all of it; and whether the last step still brought more. Without a budget, the most
    /// that was spent on one attempt stands for it.
    pub fn by_budget(&self, budget: Option<u64>) -> Result<(Vec<Point>, Trend), Undefined> {
        let spent: Vec<Spent> = self
            .rows
            .iter()
            .filter(|row| row.counts_in(Reading::Clean))
            .flat_map(|row| &row.tried)
            .filter(|tried| tried.class_in(Reading::Clean).evidence() != Evidence::Nothing)
            .map(|tried| Spent {
                outcome: match tried.class_in(Reading::Clean).evidence() {
                    Evidence::Success => budget::Outcome::Passed,
                    Evidence::Failure | Evidence::Refusal | Evidence::Nothing => {
                        budget::Outcome::Failed
                    }
                },
                tokens: tried.tokens,
            })
            .collect();
        let most = budget.or_else(|| spent.iter().map(|one| one.tokens).max()).unwrap_or(0);
        let points = budget::curve(&spent, &[most / 8, most / 4, most / 2, most])?;
        let trend = budget::trend(&points, 0.0)?;
        Ok((points, trend))
    }

    /// The share of observed attempts that passed at tasks below so many human minutes.
    fn easy_share(&self, look: Look, below: f64) -> Option<f64> {
        let battery = self.battery(None, look, Reading::Clean);
        let easy = battery.tasks.iter();
        let easy: Vec<_> =
            easy.filter(|task| task.minutes.is_some_and(|minutes| minutes < below)).collect();
        let passes: u64 = easy.iter().map(|task| u64::from(task.passes)).sum();
        let observed = easy.iter().map(|task| task.attempts.saturating_sub(task.unknown));
        let observed: u64 = observed.map(u64::from).sum();
        (observed > 0).then(|| passes as f64 / observed as f64)
    }
}
