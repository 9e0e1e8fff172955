//! Which commits of a repository are affected: the one that brought the flaw and the one that took
//! it out.

use super::{Arguments, Subject};
use crate::command::say;
use anyhow::{Context, bail};
use indicatif::ProgressBar;
use seawall_domain::package::Version;
use seawall_domain::verdict::Outcome;
use seawall_matching::bisect::{Bisect, Change, FULL_LEN_MAX};
use serde_json::{Value, json};
use std::process::ExitCode;

/// The line of commits that is searched, and what is known of it.
struct Line {
    commits: Vec<Version>,
    bisect: Bisect,
    tested: Vec<(Version, Outcome)>,
}

pub(super) fn run(subject: &Subject, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let package = &subject.recipe.target.package;
    let head = subject.laboratories.ask(|process| process.head(package))?;
    let since = match &arguments.since {
        Some(since) => Version(since.clone()),
        None => bail!("name a commit or a tag before the flaw with `--since`"),
    };
    let mut commits = vec![since.clone()];
    commits.extend(subject.laboratories.ask(|process| process.commits(package, &since, &head))?);
    let mut bisect = Bisect::new(commits.len());
    if arguments.full {
        bisect = bisect.full();
    }
    let mut line = Line { commits, bisect, tested: Vec::new() };
    let claimed = line.commits.iter().position(|commit| *commit == subject.version);
    let claimed = claimed.context(
        "the commit of the recipe is not on the line from `--since` to the newest commit: give it \
         as 40 hexadecimal digits, and name one before it",
    )?;
    let bar = ProgressBar::no_length().with_message("commits");
    line.probe(subject, claimed)?;
    line.search(subject, &bar)?;
    if !line.bisect.is_monotone() && line.commits.len() <= FULL_LEN_MAX {
        line.bisect = line.bisect.full();
        line.search(subject, &bar)?;
    }
    bar.finish_and_clear();
    tell(subject, &line, arguments.json)
}

impl Line {
    fn search(&mut self, subject: &Subject, bar: &ProgressBar) -> anyhow::Result<()> {
        while let Some(at) = self.bisect.next() {
            self.probe(subject, at)?;
            bar.set_position(u64::try_from(self.tested.len()).unwrap_or(u64::MAX));
        }
        Ok(())
    }

    fn probe(&mut self, subject: &Subject, at: usize) -> anyhow::Result<()> {
        let commit = self.commits.get(at).context("there is no such commit")?.clone();
        let Subject { recipe, laboratories, .. } = subject;
        let reports = laboratories.ask(|process| process.run(recipe, &commit, 1))?;
        let outcome = reports.first().map_or(Outcome::Untested, |report| report.outcome);
        self.bisect.record(at, outcome);
        self.tested.push((commit, outcome));
        Ok(())
    }

    fn commit(&self, at: usize) -> Option<&Version> {
        self.commits.get(at)
    }

    /// The commits of which one is the change: more than one where some cannot be run.
    fn candidates(&self, change: &Change) -> Vec<&Version> {
        (change.before + 1..=change.after).filter_map(|at| self.commit(at)).collect()
    }
}

/// Each stretch of affected commits: what opens it and what ends it.
fn stretches(line: &Line) -> Vec<(Option<Change>, Option<Change>)> {
    let mut stretches = Vec::new();
    let mut open: Option<Option<Change>> = None;
    let starts_affected = line.tested.iter().any(|(commit, outcome)| {
        Some(commit) == line.commits.first() && *outcome == Outcome::Affected
    });
    if starts_affected {
        open = Some(None);
    }
    for change in line.bisect.changes() {
        match change.appears {
            true => open = Some(Some(change)),
            false => stretches.push((open.take().flatten(), Some(change))),
        }
    }
    if let Some(start) = open {
        stretches.push((start, None));
    }
    stretches
}

fn tell(subject: &Subject, line: &Line, as_json: bool) -> anyhow::Result<ExitCode> {
    let package = &subject.recipe.target.package;
    let stretches = stretches(line);
    let at = |change: &Option<Change>| change.as_ref().and_then(|change| line.commit(change.after));
    if as_json {
        let affected: Vec<Value> = stretches
            .iter()
            .map(|(start, end)| {
                let several = |change: &Option<Change>| {
                    let candidates = change.as_ref().map(|change| line.candidates(change));
                    candidates.filter(|candidates| candidates.len() > 1)
                };
                json!({
                    "introduced": at(start), "fixed": at(end),
                    "introduced_one_of": several(start), "fixed_one_of": several(end),
                })
            })
            .collect();
        let tested: Vec<Value> = line
            .tested
            .iter()
            .map(|(commit, outcome)| json!({"version": commit, "outcome": outcome}))
            .collect();
        crate::command::print_json(&json!({
            "package": package.to_string(), "affected": affected, "tested": tested,
            "commits": line.commits.len(), "monotone": line.bisect.is_monotone(),
            "newest": line.commits.last(),
        }))?;
    } else {
        say!("{package}: {} of {} commits run", line.tested.len(), line.commits.len());
        for (start, end) in &stretches {
            let from = at(start).map_or("before the line", |commit| &commit.0);
            match at(end) {
                Some(end) => say!("affected from {from}, fixed in {end}"),
                None => say!("affected from {from}, not fixed at the newest commit"),
            }
        }
        if !line.bisect.is_monotone() {
            say!("the flaw comes and goes along this line");
        }
    }
    Ok(if stretches.is_empty() { ExitCode::from(1) } else { ExitCode::SUCCESS })
}
