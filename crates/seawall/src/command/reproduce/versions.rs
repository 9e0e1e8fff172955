//! Which releases are affected, by running few of them; of a repository, which commits.

use super::{Arguments, Subject};
use crate::command::say;
use indicatif::ProgressBar;
use seawall_domain::package::Version;
use seawall_domain::range::{Interval, Tested};
use seawall_domain::verdict::Outcome;
use seawall_matching::history::History;
use seawall_matching::version::{compare, is_prerelease};
use serde_json::{Value, json};
use std::process::ExitCode;

/// How many releases are run at a time.
const WIDTH: usize = 2;

pub(super) fn run(subject: &Subject, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let Subject { recipe, laboratories, version, .. } = subject;
    let package = &recipe.target.package;
    let releases = laboratories.ask(|process| process.releases(package))?;
    let releases: Vec<Version> = releases
        .into_iter()
        .filter(|release| !release.yanked && !is_prerelease(&package.ecosystem, &release.version))
        .map(|release| release.version)
        .collect();
    let count = releases.len();
    let mut tested: Vec<Tested> = Vec::new();
    let bar = ProgressBar::no_length().with_message("releases");
    let history = loop {
        let ecosystem = package.ecosystem.clone();
        let make = if arguments.full { History::full } else { History::new };
        let history = make(ecosystem, releases.clone(), version.clone(), &tested);
        let wanted = history.next(WIDTH);
        if wanted.is_empty() {
            break history;
        }
        tested.extend(probes(subject, &wanted)?);
        bar.set_position(u64::try_from(tested.len()).unwrap_or(u64::MAX));
    };
    bar.finish_and_clear();
    let ranges = history.ranges();
    let ordered = |a: &&Version, b: &&Version| compare(&package.ecosystem, a, b);
    let newest = releases.iter().max_by(ordered).cloned();
    let fixed_at_newest = newest.as_ref().is_some_and(|newest| {
        tested.iter().any(|one| one.version == *newest && one.outcome == Outcome::Unaffected)
    });
    let fixing = ranges.last().and_then(|range| range.fixed.clone()).filter(|_| fixed_at_newest);
    if arguments.json {
        let tested: Vec<Value> = tested
            .iter()
            .map(|one| json!({"version": one.version, "outcome": one.outcome}))
            .collect();
        crate::command::print_json(&json!({
            "package": package.to_string(),
            "affected": ranges.iter().map(told).collect::<Vec<Value>>(),
            "tested": tested,
            "releases": count,
            "newest": newest,
            "fixed_at_newest": fixed_at_newest,
            "fixing_release": fixing,
        }))?;
    } else {
        say!("{package}: {} of {count} releases run", tested.len());
        for range in &ranges {
            let from = range.introduced.as_ref().map_or("the beginning", |version| &version.0);
            match &range.fixed {
                Some(fixed) => say!("affected from {from}, fixed in {fixed}"),
                None => say!("affected from {from}, not fixed yet"),
            }
        }
        if ranges.is_empty() {
            say!("no release is affected");
        }
        if let Some(fixing) = fixing {
            say!("fixed already: {fixing} is the release that does");
        }
    }
    Ok(if ranges.is_empty() { ExitCode::from(1) } else { ExitCode::SUCCESS })
}

fn told(range: &Interval) -> Value {
    json!({"introduced": range.introduced, "fixed": range.fixed})
}

/// Runs several releases side by side, each once.
fn probes(subject: &Subject, versions: &[Version]) -> anyhow::Result<Vec<Tested>> {
    let Subject { recipe, laboratories, .. } = subject;
    let one = |version: &Version| -> anyhow::Result<Tested> {
        let reports = laboratories.ask(|process| process.run(recipe, version, 1))?;
        let outcome = reports.first().map_or(Outcome::Untested, |report| report.outcome);
        Ok(Tested { version: version.clone(), outcome })
    };
    std::thread::scope(|scope| {
        let tasks: Vec<_> =
            versions.iter().map(|version| scope.spawn(move || one(version))).collect();
        let join = |task: std::thread::ScopedJoinHandle<'_, anyhow::Result<Tested>>| {
            task.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        tasks.into_iter().map(join).collect()
    })
}
