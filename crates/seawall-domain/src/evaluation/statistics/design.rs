//! A battery made ready for estimating: shares, weights that sum to one, families by number.

use super::Undefined;
use crate::evaluation::battery::{Battery, Stepped, Task};
use std::collections::BTreeMap;

/// More tasks than any battery has; beyond this nothing is computed.
pub const TASKS_MAX: usize = 1_000_000;

/// One task with at least one observed attempt.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Row {
    /// The number of its family, in the order of the families' names.
    pub family: usize,
    /// Observed attempts that passed.
    pub passes: u32,
    /// Observed attempts, at least one.
    pub attempts: u32,
    /// How far they came, where steps are counted.
    pub steps: Option<Stepped>,
    /// Its share of the score; the weights of all rows sum to one.
    pub weight: f64,
    /// How many minutes people take for it, as it was told.
    pub minutes: Option<f64>,
    /// The binary logarithm of these minutes.
    pub log2_minutes: Option<f64>,
}

impl Row {
    /// The share of its attempts that passed; where steps are counted, of its steps that were
    /// reached, in the mean over attempts.
    pub fn rate(&self) -> f64 {
        match self.steps {
            None => f64::from(self.passes) / f64::from(self.attempts),
            Some(steps) => steps.reached as f64 / (f64::from(steps.of) * f64::from(self.attempts)),
        }
    }
}

/// Where the weights of tasks come from.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Weighting {
    /// From the battery where it gives any, otherwise equal.
    #[default]
    Given,
    /// One over the square root of the number of tasks in the family, so that a large family does
    /// not drown a small one. METR's horizon weights its runs so, divided by their number.
    Diversity,
}

/// The rows of a battery.
#[derive(Clone, Debug, PartialEq)]
pub struct Design {
    rows: Vec<Row>,
    families: usize,
}

impl Design {
    /// Takes a battery. Observed attempts are those that say something: passed, failed, refused,
    /// stopped by a budget. A task without any has no share and stays out; what that and the other
    /// attempts of unknown outcome may hide is what [`missing`](super::missing) bounds.
    pub fn of(battery: &Battery, weighting: Weighting) -> Result<Design, Undefined> {
        if battery.tasks.iter().any(|task| task.passes > observed(task) || !fits(task)) {
            return Err(Undefined::Passes);
        }
        let tasks: Vec<&Task> = battery.tasks.iter().filter(|task| observed(task) > 0).collect();
        if tasks.is_empty() {
            return Err(Undefined::NoAttempts);
        }
        if tasks.len() > TASKS_MAX {
            return Err(Undefined::TooMany);
        }
        let sizes = sizes(&tasks);
        let numbers: BTreeMap<&str, usize> =
            sizes.keys().enumerate().map(|(number, name)| (*name, number)).collect();
        let weights = weights(&tasks, &sizes, weighting)?;
        let mut rows = Vec::with_capacity(tasks.len());
        for (task, weight) in tasks.iter().zip(weights) {
            rows.push(Row {
                family: numbers.get(task.family.as_str()).copied().unwrap_or_default(),
                passes: task.passes,
                attempts: observed(task),
                steps: task.steps,
                weight,
                minutes: task.minutes,
                log2_minutes: task.minutes.map(log2_minutes).transpose()?,
            });
        }
        Ok(Design { rows, families: sizes.len() })
    }

    /// Tasks with observed attempts.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// How many families they form.
    pub fn families(&self) -> usize {
        self.families
    }
}

/// The attempts at a task that say something.
fn observed(task: &Task) -> u32 {
    task.attempts.saturating_sub(task.unknown)
}

/// Whether no more steps were reached than there are.
fn fits(task: &Task) -> bool {
    let most = |of: u32| u64::from(of) * u64::from(observed(task));
    task.steps.is_none_or(|steps| steps.of > 0 && steps.reached <= most(steps.of))
}

fn log2_minutes(minutes: f64) -> Result<f64, Undefined> {
    if minutes > 0.0 && minutes.is_finite() {
        Ok(libm::log2(minutes))
    } else {
        Err(Undefined::Minutes)
    }
}

/// How many tasks each family has.
fn sizes<'a>(tasks: &[&'a Task]) -> BTreeMap<&'a str, u32> {
    let mut sizes = BTreeMap::new();
    for task in tasks {
        *sizes.entry(task.family.as_str()).or_insert(0) += 1;
    }
    sizes
}

/// The weights of the tasks, which sum to one.
fn weights(
    tasks: &[&Task],
    sizes: &BTreeMap<&str, u32>,
    weighting: Weighting,
) -> Result<Vec<f64>, Undefined> {
    let given = tasks.iter().any(|task| task.weight.is_some());
    let raw: Vec<f64> = match weighting {
        Weighting::Given if given => tasks.iter().map(|task| task.weight.unwrap_or(-1.0)).collect(),
        Weighting::Given => vec![1.0; tasks.len()],
        Weighting::Diversity => {
            let size = |task: &&Task| sizes.get(task.family.as_str()).copied().unwrap_or(1);
            tasks.iter().map(|task| 1.0 / f64::from(size(task)).sqrt()).collect()
        }
    };
    let sum: f64 = raw.iter().sum();
    let usable = |weight: &f64| *weight > 0.0 && weight / sum > 0.0;
    if !sum.is_finite() || !raw.iter().all(usable) {
        return Err(Undefined::Weights);
    }
    Ok(raw.into_iter().map(|weight| weight / sum).collect())
}
