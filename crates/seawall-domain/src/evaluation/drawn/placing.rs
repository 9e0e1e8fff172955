//! Logs that were run besides, in their sets: which battery each is of, and what it was run for.

use super::{Kind, Set};
use crate::evaluation::attempt::TaskId;
use crate::evaluation::decision::Look;
use crate::evaluation::determination::Table;
use crate::evaluation::protocol::{Protocol, Terms};
use crate::evaluation::run::{Gaps, Objection, Placing, Run, Why, battery_of};
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// What a log was run for, as whoever hands it in says; whether it fits is looked at.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Everything at a smaller budget.
    Sweep,
    /// Everything by another scaffold.
    Scaffold,
    /// The twins of the tasks.
    Twins,
}

/// A log that was run besides.
#[derive(Clone, Debug, PartialEq)]
pub struct Extra {
    /// What it was run for.
    pub purpose: Purpose,
    /// The log.
    pub run: Run,
}

/// Conditions that are a scaffold's own: a log by another scaffold may differ in these, and does
/// in one of [`TELLING`].
const SCAFFOLD: [&str; 9] = [
    "plan_steps",
    "revision_commit",
    "revision_dirty",
    "scaffold",
    "solver",
    "solver_args",
    "system_prompt",
    "task_args",
    "tools",
];

/// Conditions by which scaffolds are told apart.
const TELLING: [&str; 6] = [
    "metadata.scaffold",
    "metadata.system_prompt",
    "metadata.tools",
    "plan_steps",
    "solver",
    "solver_args",
];

/// Puts the logs that were run besides into sets, or says what is wrong with each; an objection
/// counts the logs of the batteries first. `table` is that of the batteries' own logs.
pub fn sets(
    protocol: &Protocol,
    runs: &[Run],
    extras: &[Extra],
    table: &Table,
    gaps: Gaps,
) -> Result<Vec<Set>, Vec<Objection>> {
    let mut light = protocol.terms().clone();
    light.tasks = Vec::new();
    let mut objections: BTreeSet<Objection> = BTreeSet::new();
    let mut groups: BTreeMap<Kind, Vec<(usize, usize)>> = BTreeMap::new();
    let mut scaffolds: BTreeMap<usize, Vec<Vec<Option<&str>>>> = BTreeMap::new();
    for run in runs {
        if let Some(battery) = battery_of(protocol.terms(), run) {
            scaffolds.entry(battery).or_default().push(told(run));
        }
    }
    let own: BTreeMap<usize, usize> =
        scaffolds.iter().map(|(battery, seen)| (*battery, seen.len())).collect();
    for (at, extra) in extras.iter().enumerate() {
        let mut object = |why: Why| {
            objections.insert(Objection { run: runs.len() + at, why });
        };
        let whys = strays(&light, protocol.terms(), extra, gaps);
        whys.into_iter().for_each(&mut object);
        let Some(battery) = battery_for(protocol.terms(), extra) else {
            object(Why::OtherTasks);
            continue;
        };
        let sealed = protocol.terms().batteries.get(battery).map(|battery| battery.digest);
        let noted = extra.run.battery_noted().filter(|_| extra.purpose != Purpose::Twins);
        if noted.is_some() && noted != sealed {
            object(Why::OtherBattery);
        }
        let kind = match extra.purpose {
            Purpose::Twins => Kind::Twins,
            Purpose::Sweep => Kind::Sweep { tokens: extra.run.token_limit().unwrap_or_default() },
            Purpose::Scaffold => {
                let seen = scaffolds.entry(battery).or_default();
                let scaffold = told(&extra.run);
                if seen.contains(&scaffold) {
                    object(Why::OtherPurpose);
                }
                seen.push(scaffold);
                let number = seen.len() - own.get(&battery).copied().unwrap_or_default();
                Kind::Scaffold { number: u32::try_from(number).unwrap_or(u32::MAX) }
            }
        };
        let group = groups.entry(kind).or_default();
        if group.iter().any(|(_, other)| *other == battery) {
            object(Why::OtherAttempts);
        }
        group.push((at, battery));
    }
    whole(protocol.terms(), runs.len(), &groups, &mut objections);
    match objections.is_empty() {
        true => Ok(groups.into_iter().map(|it| set(protocol, extras, table, it)).collect()),
        false => Err(objections.into_iter().collect()),
    }
}

/// Every battery has a log in each set; where it is the twins', every battery with twins.
fn whole(
    terms: &Terms,
    before: usize,
    groups: &BTreeMap<Kind, Vec<(usize, usize)>>,
    objections: &mut BTreeSet<Objection>,
) {
    let all: BTreeSet<usize> = (0..terms.batteries.len()).collect();
    let with_twins: BTreeSet<usize> =
        all.iter().copied().filter(|battery| !twins(terms, *battery).is_empty()).collect();
    for (kind, group) in groups {
        let needed = match kind {
            Kind::Twins => &with_twins,
            Kind::Sweep { .. } | Kind::Scaffold { .. } => &all,
        };
        let there: BTreeSet<usize> = group.iter().map(|(_, battery)| *battery).collect();
        if there != *needed {
            let lacking =
                |(at, _): &(usize, usize)| Objection { run: before + at, why: Why::NotWhole };
            objections.extend(group.iter().map(lacking));
        }
    }
}

fn set(
    protocol: &Protocol,
    extras: &[Extra],
    table: &Table,
    (kind, group): (Kind, Vec<(usize, usize)>),
) -> Set {
    let mut runs = Vec::with_capacity(group.len());
    for (at, battery) in &group {
        let Some(extra) = extras.get(*at) else { continue };
        let mut run = extra.run.clone();
        if kind == Kind::Twins {
            let tasks = twins(protocol.terms(), *battery);
            for attempt in &mut run.attempts {
                if let Some(task) = tasks.get(&attempt.task) {
                    attempt.task = (*task).clone();
                }
            }
        }
        runs.push(run);
    }
    let batteries: Vec<usize> = group.iter().map(|(_, battery)| *battery).collect();
    let place = |battery: &usize| Placing { battery: *battery, look: Look::First };
    let places: Vec<Placing> = batteries.iter().map(place).collect();
    let own = Table::of(protocol, &runs, &places, &BTreeMap::new());
    let tried = own.rows.into_iter().map(|row| row.tried).collect();
    let logs = group.into_iter().map(|(at, _)| at).collect();
    Set { kind, logs, table: table.with_tried(&batteries, tried) }
}

/// The tasks of a battery by the ids of their twins.
fn twins(terms: &Terms, battery: usize) -> BTreeMap<&TaskId, &TaskId> {
    let name = terms.batteries.get(battery).map(|battery| battery.name.as_str());
    let of_it = terms.tasks.iter().filter(|task| Some(task.battery.as_str()) == name);
    of_it.filter_map(|task| Some((task.twin.as_ref()?, &task.id))).collect()
}

/// The battery that a log was run besides.
fn battery_for(terms: &Terms, extra: &Extra) -> Option<usize> {
    match extra.purpose {
        Purpose::Sweep | Purpose::Scaffold => battery_of(terms, &extra.run),
        Purpose::Twins => {
            let tried = extra.run.tasks();
            let mut batteries = 0..terms.batteries.len();
            batteries.find(|battery| {
                let twins = twins(terms, *battery);
                !twins.is_empty() && twins.keys().copied().eq(tried.iter().copied())
            })
        }
    }
}

/// Why a log is not one of a run as the protocol fixes it, save where its purpose is to differ.
fn strays(light: &Terms, terms: &Terms, extra: &Extra, gaps: Gaps) -> Vec<Why> {
    let (run, mut light) = (&extra.run, light.clone());
    let mut whys = run.flaws(gaps);
    if u64::from(run.epochs) != terms.attempts.0 {
        whys.push(Why::OtherAttempts);
    }
    match extra.purpose {
        Purpose::Twins => {}
        Purpose::Scaffold => light.conditions.retain(|name, _| {
            let name = name.strip_prefix("metadata.").unwrap_or(name);
            !SCAFFOLD.contains(&name)
        }),
        Purpose::Sweep => {
            let sealed = terms.drawing().map(|drawing| drawing.sweep.as_slice());
            let mut sealed = sealed.unwrap_or_default().iter().copied();
            light.budgets.tokens = sealed.find(|budget| Some(budget.0) == run.token_limit());
            light.conditions.remove("token_limit");
            if light.budgets.tokens.is_none() {
                whys.push(Why::OtherPurpose);
                return whys;
            }
        }
    }
    whys.extend(run.strays(&light));
    whys
}

fn told(run: &Run) -> Vec<Option<&str>> {
    let value = |name: &&str| Some(run.conditions.fields.get(*name)?.value.as_str());
    TELLING.iter().map(value).collect()
}
