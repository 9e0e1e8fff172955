//! What the header says, compared with what the attempts give.
//!
//! For this alone everything is counted as Inspect counts it: attempts that were struck out or
//! broken but have a score among them, and tasks whose ids look alike as one.

use super::{Settled, told};
use crate::evaluation::attempt::TaskId;
use crate::evaluation::finding::{Code, Finding, quote};
use crate::evaluation::log::{
    Claim, Claimed, Header, Log, Observation, Reduction, Results, Spec, Status, Usage,
};
use crate::evaluation::metric::{Metric, agree};
use crate::evaluation::reducer::Reducer;
use crate::evaluation::value::{Given, Scalar};
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

/// Everything in which the header differs from the attempts, or from how the run was started.
pub(super) fn compare(log: &Log, settled: &Settled<'_>) -> Vec<Finding> {
    let header = &log.header;
    let began: Vec<Finding> =
        header.started_as.iter().flat_map(|start| began(start, &header.spec)).collect();
    // Where there are no attempts at all, everything is missing, and nothing can be compared.
    if settled.kept.is_empty() {
        return began;
    }
    let mut findings = Vec::new();
    if let Some(results) = &header.results {
        findings.extend(counts(settled, results));
        for claim in &results.claims {
            findings.extend(score(log, settled, claim));
        }
    }
    findings.extend(unclaimed(settled, header));
    findings.extend(spent(settled, header));
    for reduction in log.reductions.iter().flatten() {
        findings.extend(reduced(settled, reduction));
    }
    findings.extend(began);
    let struck = settled.kept.iter().filter(|seen| seen.invalidated.is_some()).count();
    match header.invalidated {
        Some(true) if struck == 0 => {
            findings.push(mismatch("it says that attempts were struck out, and none is"));
        }
        Some(false) if struck > 0 => {
            findings
                .push(mismatch(format!("it says that no attempt was struck out; {struck} are")));
        }
        Some(_) | None => {}
    }
    findings
}

fn mismatch(what: impl Into<String>) -> Finding {
    Finding::new(Code::HeaderMismatch, what)
}

/// Scorers that were planned and gave scores, of which a run that ended well says nothing. Whoever
/// takes results out of a header leaves nothing to compare.
fn unclaimed(settled: &Settled<'_>, header: &Header) -> Vec<Finding> {
    if header.status != Status::Success {
        return Vec::new();
    }
    let claims = || header.results.iter().flat_map(|results| &results.claims);
    let gave = |scorer: &str| {
        let scores = settled.kept.iter().filter_map(|seen| seen.score(scorer));
        scores.filter(|score| !score.value.is_unscored()).count()
    };
    let planned: BTreeSet<&String> = header.spec.scorers.iter().collect();
    let silent = planned.into_iter().filter(|name| claims().all(|claim| claim.scorer != **name));
    let told = silent.map(|name| (name, gave(name))).filter(|(_, count)| *count > 0);
    told.map(|(name, count)| {
        mismatch(format!("it has no result of {}, which scored {count} attempts", quote(name)))
    })
    .collect()
}

/// What was spent on the run as a whole, against its attempts. More may have been spent than the
/// attempts tell only where something was tried again, broke, or is not there.
fn spent(settled: &Settled<'_>, header: &Header) -> Vec<Finding> {
    let Some(claimed) = header.spent.filter(|_| header.status == Status::Success) else {
        return Vec::new();
    };
    let found = settled.kept.iter().fold(Usage::default(), |sum, seen| sum.plus(seen.usage));
    // Attempts of older logs tell of no tokens at all.
    if found == Usage::default() {
        return Vec::new();
    }
    let is_whole = settled.superseded.is_empty()
        && settled.kept.len() >= settled.planned()
        && settled.kept.iter().all(|seen| seen.retries == 0 && !seen.broken);
    let kinds = claimed.kinds().into_iter().zip(found.kinds());
    let differs = |claimed: u64, found: u64| claimed < found || (is_whole && claimed > found);
    let wrong = kinds.filter(|((_, claimed), (_, found))| differs(*claimed, *found));
    wrong
        .map(|((kind, claimed), (_, found))| {
            mismatch(format!("{kind} says {claimed}, the attempts give {found}"))
        })
        .collect()
}

/// How many attempts there are. A count may leave out broken ones, or those without a score.
fn counts(settled: &Settled<'_>, results: &Results) -> Vec<Finding> {
    let present = settled.kept.len();
    let whole = settled.kept.iter().filter(|seen| !seen.broken).count();
    let scored = settled.kept.iter().filter(|seen| !seen.scores.is_empty()).count();
    let check = |name: &str, claimed: Option<u64>, found: &[usize], of: &str| {
        let claimed = claimed.filter(|claimed| !found.iter().any(|n| *n as u64 == *claimed))?;
        let shown = found.first().copied().unwrap_or_default();
        Some(mismatch(format!("{name} says {claimed}, {of} {shown}")))
    };
    let planned = settled.planned();
    let total = check("total_samples", results.total, &[planned, present], "the plan says");
    let completed =
        check("completed_samples", results.completed, &[whole, scored], "the attempts give");
    total.into_iter().chain(completed).collect()
}

/// Each task's numbers in one score, and its cluster.
type Numbers<'a> = Vec<(f64, Option<Cow<'a, str>>)>;

fn score(log: &Log, settled: &Settled<'_>, claim: &Claim) -> Vec<Finding> {
    let name = match &claim.reducer {
        Some(reducer) => format!("{}/{}", quote(&claim.name), quote(reducer)),
        None => quote(&claim.name),
    };
    let votes = match votes(settled, claim) {
        Votes::None => return vec![mismatch(format!("no attempt has the score {name}"))],
        Votes::Odd => {
            let what = format!("{name}: its values cannot be added up here");
            return vec![Finding::new(Code::NotRecomputed, what)];
        }
        Votes::Some(votes) => votes,
    };
    let spec = &log.header.spec;
    let mut ways: Vec<Way> = Vec::new();
    let mut reduced = |reducer| {
        ways.push(Way::Typed(reducer));
        if settled.tasks_look_alike() {
            ways.push(Way::Alike(reducer));
        }
    };
    match claim.reducer.as_deref().map(Reducer::of) {
        Some(None) => {
            let what = format!("{name}: this reducer is not known here");
            return vec![Finding::new(Code::NotRecomputed, what)];
        }
        Some(Some(reducer)) => reduced(reducer),
        None => {
            reduced(Reducer::Mean);
            ways.push(Way::Each);
        }
    }
    let fields = claim.metrics.iter().filter_map(|metric| metric.cluster.as_deref());
    let field = fields.chain(spec.cluster.as_deref()).next().unwrap_or(super::FAMILY_FIELD);
    let mut checks: Vec<Check<'_>> = claim.metrics.iter().map(Check::of).collect();
    let mut counts: Vec<[u64; 2]> = Vec::new();
    // One way at a time: each takes room for every task.
    for way in ways {
        let numbers = way.numbers(&votes, field);
        checks.iter_mut().for_each(|check| check.compute(&numbers));
        let unscored = numbers.iter().filter(|(number, _)| number.is_nan()).count() as u64;
        counts.push([numbers.len() as u64 - unscored, unscored]);
    }
    let mut findings: Vec<Finding> =
        checks.into_iter().filter_map(|check| check.finding(&name)).collect();
    let claimed = [("scored", claim.scored), ("unscored", claim.unscored)];
    for (place, (what, claimed)) in claimed.into_iter().enumerate() {
        let count = |both: &[u64; 2]| both.get(place).copied().unwrap_or_default();
        if let Some(claimed) = claimed.filter(|n| !counts.iter().any(|both| count(both) == *n)) {
            let found = counts.first().map_or(0, count);
            let what = format!("{name}: {what}_samples says {claimed}, the attempts give {found}");
            findings.push(mismatch(what));
        }
    }
    findings
}

/// What each attempt gave in one score.
enum Votes<'a> {
    None,
    /// Lists, or a whole where parts are: Inspect makes something of them that is not theirs.
    Odd,
    Some(Vec<(&'a Observation, &'a Scalar)>),
}

fn votes<'a>(settled: &Settled<'a>, claim: &Claim) -> Votes<'a> {
    let mut votes = Vec::with_capacity(settled.kept.len());
    for seen in &settled.kept {
        let Some(score) = seen.score(&claim.scorer) else {
            continue;
        };
        let key = match &score.value {
            Given::Named(_) => Some(claim.name.as_str()),
            Given::One(_) | Given::List(_) if claim.name != claim.scorer => Some(&*claim.name),
            Given::One(_) | Given::List(_) => None,
        };
        match score.value.part(key) {
            Some(value) => votes.push((*seen, value)),
            None => return Votes::Odd,
        }
    }
    if votes.is_empty() { Votes::None } else { Votes::Some(votes) }
}

/// How attempts become the numbers over which a metric is computed.
enum Way {
    /// The attempts at each task are reduced.
    Typed(Reducer),
    /// The same where tasks whose ids look alike are one, as Inspect has it.
    Alike(Reducer),
    /// Each attempt stands for itself.
    Each,
}

impl Way {
    fn numbers<'a>(&self, votes: &[(&'a Observation, &'a Scalar)], field: &str) -> Numbers<'a> {
        match self {
            Way::Each => votes
                .iter()
                .map(|(seen, value)| (value.harness_number(), seen.cluster(field)))
                .collect(),
            Way::Typed(reducer) => reduce(*reducer, votes, field, |seen| &seen.task),
            Way::Alike(reducer) => reduce(*reducer, votes, field, |seen| seen.task.to_string()),
        }
    }
}

/// Reduces the attempts at each task; `key` says which are at the same.
fn reduce<'a, K: Ord>(
    reducer: Reducer,
    votes: &[(&'a Observation, &'a Scalar)],
    field: &str,
    key: impl Fn(&'a Observation) -> K,
) -> Numbers<'a> {
    // Each vote's task by its number, in the order in which they are met.
    let mut numbers: BTreeMap<K, u32> = BTreeMap::new();
    let mut task_of: Vec<u32> = Vec::with_capacity(votes.len());
    for (seen, _) in votes {
        let next = numbers.len() as u32;
        task_of.push(*numbers.entry(key(seen)).or_insert(next));
    }
    let count = numbers.len();
    drop(numbers);
    // The votes of one task stand together, in their order.
    let mut order: Vec<u32> = (0..).take(votes.len()).collect();
    order.sort_by_key(|vote| task_of.get(*vote as usize));
    let mut reduced = Numbers::with_capacity(count);
    for same in
        order.chunk_by(|one, other| task_of.get(*one as usize) == task_of.get(*other as usize))
    {
        let of_it = same.iter().filter_map(|vote| votes.get(*vote as usize));
        let values: Vec<&Scalar> = of_it.clone().map(|(_, value)| *value).collect();
        let first = of_it.into_iter().next();
        reduced.push((reducer.reduce(&values), first.and_then(|(seen, _)| seen.cluster(field))));
    }
    reduced
}

/// A metric of the header, and what it comes to in each way.
struct Check<'a> {
    claimed: &'a Claimed,
    /// None where it is not computed here.
    metric: Option<Metric>,
    values: Vec<f64>,
}

impl<'a> Check<'a> {
    fn of(claimed: &'a Claimed) -> Check<'a> {
        let metric = Metric::of(&claimed.name, claimed.cluster.as_deref());
        Check { claimed, metric: metric.filter(|_| !claimed.special), values: Vec::new() }
    }

    fn compute(&mut self, numbers: &Numbers<'_>) {
        let Some(metric) = &self.metric else { return };
        let scored = numbers.iter().filter(|(number, _)| !number.is_nan());
        let mut all: Vec<(f64, Option<&str>)> = Vec::with_capacity(numbers.len());
        all.extend(scored.map(|(number, cluster)| (*number, cluster.as_deref())));
        self.values.extend(metric.compute(&all));
    }

    fn finding(self, name: &str) -> Option<Finding> {
        let claimed = self.claimed;
        if self.metric.is_none() {
            let what = format!("{name}: {} is not computed here", quote(&claimed.key));
            return Some(Finding::new(Code::NotRecomputed, what));
        }
        // Of no scores at all Inspect says 0 in some editions, and NaN in others.
        let fits =
            |value: &f64| agree(*value, claimed.value) || (value.is_nan() && claimed.value == 0.0);
        if self.values.iter().any(fits) {
            return None;
        }
        let found = self.values.first().map_or("nothing".to_owned(), f64::to_string);
        let key = quote(&claimed.key);
        Some(mismatch(format!("{name}: {key} says {}, the attempts give {found}", claimed.value)))
    }
}

/// What each task comes to.
fn reduced(settled: &Settled<'_>, reduction: &Reduction) -> Vec<Finding> {
    let name = reduction.reducer.as_deref().unwrap_or("mean");
    let Some(reducer) = Reducer::of(name) else {
        return Vec::new();
    };
    let mut tasks: BTreeMap<String, Vec<&Given>> = BTreeMap::new();
    for seen in &settled.kept {
        let score = seen.score(&reduction.scorer);
        tasks.entry(seen.task.to_string()).or_default().extend(score.map(|score| &score.value));
    }
    let differs = |task: &TaskId, given: &Given| {
        let none = Vec::new();
        let values = tasks.get(&task.to_string()).unwrap_or(&none);
        let agrees = |key: Option<&str>, claimed: &Scalar| {
            let parts: Option<Vec<&Scalar>> = values.iter().map(|one| one.part(key)).collect();
            parts.is_some_and(|parts| agree(reducer.reduce(&parts), number(claimed)))
        };
        match given {
            Given::One(value) => !agrees(None, value) && !values.iter().any(|v| !is_one(v)),
            Given::Named(parts) => !parts.iter().all(|(key, value)| agrees(Some(key), value)),
            Given::List(_) => false,
        }
    };
    let wrong = reduction.tasks.iter().filter(|(task, given)| differs(task, given));
    let scorer = quote(&reduction.scorer);
    wrong
        .map(|(task, _)| {
            let task = told(task);
            mismatch(format!("task {task}: its attempts do not come to its {name} of {scorer}"))
        })
        .collect()
}

fn is_one(given: &Given) -> bool {
    matches!(given, Given::One(_))
}

/// A number as the log writes it: nothing stands for NaN in older ones.
fn number(value: &Scalar) -> f64 {
    match value {
        Scalar::Null => f64::NAN,
        Scalar::Number(_) | Scalar::Flag(_) | Scalar::Text(_) => value.harness_number(),
    }
}

/// Whether the last word on what was to be done is what was written when the run began.
fn began(start: &Spec, last: &Spec) -> Vec<Finding> {
    let texts = [
        ("eval_id", &start.eval_id, &last.eval_id),
        ("run_id", &start.run_id, &last.run_id),
        ("created", &start.created, &last.created),
    ];
    let texts = texts.into_iter().filter(|(_, start, last)| start != last).map(|(name, _, _)| name);
    let mut names: Vec<String> = texts.map(str::to_owned).collect();
    if start.tasks != last.tasks {
        names.push("sample_ids".to_owned());
    }
    names.extend(start.conditions.compare(&last.conditions).differ.into_iter().map(|d| d.field));
    let said = |name: &String| mismatch(format!("{name} is not what the run was started with"));
    names.iter().map(said).collect()
}
