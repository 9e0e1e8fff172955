//! What the attempts come to: means, standard errors, and bounds over what is not known.

use super::{Column, Estimate, FAMILY_FIELD, Settled};
use crate::evaluation::attempt::{Attempt, Class, Evidence, TaskId};
use crate::evaluation::log::Log;
use crate::evaluation::metric::Metric;
use crate::evaluation::reducer::Reducer;
use crate::evaluation::value::Scalar;
use std::borrow::Cow;
use std::collections::BTreeMap;

/// The estimates of every column: the mean first, then the log's other reducers.
pub(super) fn of(
    log: &Log,
    settled: &Settled<'_>,
    columns: &[Column],
    attempts: &[Attempt],
) -> Vec<Estimate> {
    let spec = &log.header.spec;
    let field = spec.cluster.as_deref().unwrap_or(FAMILY_FIELD);
    let families = families(log, field);
    let named = spec.reducers.iter().flatten();
    let others: Vec<(&String, Reducer)> = named
        .filter_map(|name| Some((name, Reducer::of(name)?)))
        .filter(|(_, reducer)| *reducer != Reducer::Mean)
        .collect();
    let mut estimates = Vec::new();
    for column in columns {
        let name = column.name(columns);
        let tasks = tasks(settled, column, attempts);
        estimates.push(estimate(name.clone(), &tasks, Reducer::Mean, &families));
        for (reducer_name, reducer) in &others {
            let name = format!("{name}/{reducer_name}");
            estimates.push(estimate(name, &tasks, *reducer, &families));
        }
    }
    estimates
}

/// The family of each task, by the first attempt that says it.
type Families<'a> = BTreeMap<&'a TaskId, Cow<'a, str>>;

fn families<'a>(log: &'a Log, field: &str) -> Families<'a> {
    let mut families = Families::new();
    for seen in &log.observations {
        if !families.contains_key(&seen.task)
            && let Some(family) = seen.cluster(field)
        {
            families.insert(&seen.task, family);
        }
    }
    families
}

/// The tasks with the value of each attempt at them; none where it is not known.
struct Tried<'a> {
    /// Each task, and where its values end.
    tasks: Vec<(&'a TaskId, usize)>,
    values: Vec<Option<f64>>,
}

impl<'a> Tried<'a> {
    fn each(&self) -> impl Iterator<Item = (&'a TaskId, &[Option<f64>])> {
        let starts = std::iter::once(0).chain(self.tasks.iter().map(|(_, end)| *end));
        let tasks = self.tasks.iter().zip(starts);
        tasks.map(|((task, end), start)| (*task, self.values.get(start..*end).unwrap_or_default()))
    }
}

fn tasks<'a>(settled: &Settled<'a>, column: &Column, attempts: &'a [Attempt]) -> Tried<'a> {
    let mut tried = Tried { tasks: Vec::new(), values: Vec::with_capacity(attempts.len()) };
    tried.tasks.reserve_exact(settled.tasks.len());
    for same in attempts.chunk_by(|one, other| one.task == other.task) {
        tried.values.extend(same.iter().map(|attempt| value(settled, column, attempt)));
        tried.tasks.extend(same.first().map(|first| (&first.task, tried.values.len())));
    }
    tried
}

/// What an attempt is worth. What says nothing is not known, and what was cheated is worth nothing.
fn value(settled: &Settled<'_>, column: &Column, attempt: &Attempt) -> Option<f64> {
    match (attempt.class, attempt.class.evidence()) {
        (Class::CheatingConfirmed, _) => return Some(0.0),
        // The first scorer's silence does not silence the others.
        (Class::Unscored | Class::Limit(_), _) => {}
        (_, Evidence::Nothing) => return None,
        (_, Evidence::Success | Evidence::Failure | Evidence::Refusal) => {}
    }
    let seen = settled.get(&attempt.task, attempt.epoch)?;
    column.of(&seen.score(&column.scorer)?.value).and_then(Scalar::number)
}

fn estimate(
    name: String,
    tasks: &Tried<'_>,
    reducer: Reducer,
    families: &Families<'_>,
) -> Estimate {
    let reduced = tasks.each().filter_map(|(task, values)| {
        let number = reduce(reducer, values, f64::NAN);
        (!number.is_nan()).then(|| (number, families.get(task).map(|family| &**family)))
    });
    let mut numbers: Vec<(f64, Option<&str>)> = Vec::with_capacity(tasks.tasks.len());
    numbers.extend(reduced);
    let computed = |metric: Metric| metric.compute(&numbers).filter(|number| number.is_finite());
    let mut clusters = numbers.iter().filter_map(|(_, family)| *family);
    let first = clusters.next();
    let clustered = clusters.any(|family| Some(family) != first);
    Estimate {
        name,
        mean: computed(Metric::Mean),
        stderr: (numbers.len() > 1).then(|| computed(Metric::Error)).flatten(),
        stderr_clustered: clustered.then(|| computed(Metric::ClusteredError)).flatten(),
        bounds: bounds(tasks, reducer),
    }
}

/// The mean over all tasks if what is not known were 0, and if it were 1.
fn bounds(tasks: &Tried<'_>, reducer: Reducer) -> Option<[f64; 2]> {
    let known = tasks.values.iter().flatten();
    if tasks.tasks.is_empty() || known.into_iter().any(|value| !(0.0..=1.0).contains(value)) {
        return None;
    }
    let mean = |unknown: f64| {
        let sum: f64 = tasks.each().map(|(_, values)| reduce(reducer, values, unknown)).sum();
        Some(sum / tasks.tasks.len() as f64).filter(|mean| mean.is_finite())
    };
    Some([mean(0.0)?, mean(1.0)?])
}

/// What a task's attempts come to, with `unknown` for what is not known; NaN leaves it out.
fn reduce(reducer: Reducer, values: &[Option<f64>], unknown: f64) -> f64 {
    let values: Vec<Scalar> =
        values.iter().map(|value| Scalar::Number(value.unwrap_or(unknown))).collect();
    reducer.reduce(&values.iter().collect::<Vec<_>>())
}
