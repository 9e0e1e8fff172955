//! What the attempts come to: means, standard errors, and bounds over what is not known.

use super::{Column, Estimate, FAMILY_FIELD, Settled};
use crate::evaluation::attempt::{Attempt, Class, Evidence, TaskId};
use crate::evaluation::battery::Profile;
use crate::evaluation::log::Log;
use crate::evaluation::metric::Metric;
use crate::evaluation::reducer::Reducer;
use crate::evaluation::value::Scalar;
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
    let profiles = log.profiles(field, "");
    let named = spec.reducers.iter().flatten();
    let others: Vec<(&String, Reducer)> = named
        .filter_map(|name| Some((name, Reducer::of(name)?)))
        .filter(|(_, reducer)| *reducer != Reducer::Mean)
        .collect();
    let mut estimates = Vec::new();
    for column in columns {
        let name = column.name(columns);
        let tasks = tasks(settled, column, attempts);
        estimates.push(estimate(name.clone(), &tasks, Reducer::Mean, &profiles));
        for (reducer_name, reducer) in &others {
            let name = format!("{name}/{reducer_name}");
            estimates.push(estimate(name, &tasks, *reducer, &profiles));
        }
    }
    estimates
}

/// A task with the value of each attempt at it; none where it is not known.
type Tried<'a> = (&'a TaskId, Vec<Option<f64>>);

fn tasks<'a>(settled: &Settled<'a>, column: &Column, attempts: &'a [Attempt]) -> Vec<Tried<'a>> {
    let mut tasks: Vec<Tried<'a>> = Vec::new();
    for same in attempts.chunk_by(|one, other| one.task == other.task) {
        let values = same.iter().map(|attempt| value(settled, column, attempt));
        tasks.extend(same.first().map(|first| (&first.task, values.collect())));
    }
    tasks
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
    let seen = settled.by_key.get(&(&attempt.task, attempt.epoch))?;
    column.of(&seen.score(&column.scorer)?.value).and_then(Scalar::number)
}

fn estimate(
    name: String,
    tasks: &[Tried<'_>],
    reducer: Reducer,
    profiles: &BTreeMap<TaskId, Profile>,
) -> Estimate {
    let reduced = tasks.iter().filter_map(|(task, values)| {
        let family = profiles.get(task).and_then(|profile| profile.family.as_deref());
        let number = reduce(reducer, values, f64::NAN);
        (!number.is_nan()).then_some((number, family))
    });
    let numbers: Vec<(f64, Option<&str>)> = reduced.collect();
    let computed = |metric: Metric| metric.compute(&numbers).filter(|number| number.is_finite());
    let mut families: Vec<&str> = numbers.iter().filter_map(|(_, family)| *family).collect();
    families.sort_unstable();
    families.dedup();
    let clustered = families.len() > 1;
    Estimate {
        name,
        mean: computed(Metric::Mean),
        stderr: (numbers.len() > 1).then(|| computed(Metric::Error)).flatten(),
        stderr_clustered: clustered.then(|| computed(Metric::ClusteredError)).flatten(),
        bounds: bounds(tasks, reducer),
    }
}

/// The mean over all tasks if what is not known were 0, and if it were 1.
fn bounds(tasks: &[Tried<'_>], reducer: Reducer) -> Option<[f64; 2]> {
    let known = tasks.iter().flat_map(|(_, values)| values).flatten();
    if tasks.is_empty() || known.into_iter().any(|value| !(0.0..=1.0).contains(value)) {
        return None;
    }
    let mean = |unknown: f64| {
        let sum: f64 = tasks.iter().map(|(_, values)| reduce(reducer, values, unknown)).sum();
        Some(sum / tasks.len() as f64).filter(|mean| mean.is_finite())
    };
    Some([mean(0.0)?, mean(1.0)?])
}

/// What a task's attempts come to, with `unknown` for what is not known; NaN leaves it out.
fn reduce(reducer: Reducer, values: &[Option<f64>], unknown: f64) -> f64 {
    let values: Vec<Scalar> =
        values.iter().map(|value| Scalar::Number(value.unwrap_or(unknown))).collect();
    reducer.reduce(&values.iter().collect::<Vec<_>>())
}
