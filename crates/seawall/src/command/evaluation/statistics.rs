//! `seawall evaluation statistics`: the figures of a battery, from the classes of its attempts.

use super::papers::{self, Readers};
use super::{Watched, figures, plain, plot};
use crate::command::{print_json, print_text};
use anyhow::{Context, bail};
use indicatif::ProgressBar;
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::attempt::{Attempt, TaskId};
use seawall_domain::evaluation::battery::{Battery, Profile};
use seawall_domain::evaluation::report::{FAMILY_FIELD, Report};
use seawall_domain::evaluation::statistics::Alpha;
use seawall_domain::evaluation::statistics::bootstrap::{Draws, WORK_MAX};
use seawall_domain::evaluation::statistics::design::Weighting;
use seawall_domain::evaluation::statistics::summary::{Settings, Summary};
use seawall_formats::inspect;
use seawall_formats::plot::svg;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

/// The field of a sample's metadata that says how long people take.
const MINUTES_FIELD: &str = "human_minutes";

/// Draws of the bootstrap, where the battery is not too large for as many.
const DRAWS: u32 = 10_000;

/// Which logs, and what the figures depend on besides.
#[derive(clap::Args)]
pub struct Arguments {
    /// Logs of Inspect, `.eval` or `.json`; the attempts of all together make the battery.
    #[arg(required = true)]
    logs: Vec<PathBuf>,
    /// The field of the samples' metadata that names the task's family; without one a task is a
    /// family of its own.
    #[arg(long, value_name = "FIELD", default_value = FAMILY_FIELD)]
    family: String,
    /// The level of error of each bound; an interval from both has twice that.
    #[arg(long, default_value = "0.05", value_parser = alpha)]
    alpha: Alpha,
    /// Draws of the bootstrap of the horizon: 10,000, or as many as a large battery allows.
    #[arg(long)]
    draws: Option<u32>,
    /// The seed of these draws; equal seeds give equal intervals.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Draw success by budget, success by human minutes and the score, as SVG, into a new file.
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

fn alpha(text: &str) -> Result<Alpha, String> {
    let level: f64 = text.parse().map_err(|_| "this is no number".to_owned())?;
    Alpha::new(level).map_err(|why| why.to_string())
}

/// Reads every log, estimates, and says it.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let mut pool = Pool::default();
    for path in &arguments.logs {
        pool.take(path, &arguments.family)?;
    }
    let battery = Battery::of(&pool.attempts, &pool.profiles);
    let most = WORK_MAX / (battery.tasks.len() as u64).max(1);
    let most = u32::try_from(most).unwrap_or(u32::MAX);
    let count = match arguments.draws {
        Some(draws) if draws > most => {
            bail!("cannot draw {draws} times: of {} tasks {most} is the most", battery.tasks.len())
        }
        draws => draws.unwrap_or(DRAWS.min(most)),
    };
    let settings = Settings {
        alpha: arguments.alpha,
        draws: Draws { count, seed: arguments.seed },
        weighting: Weighting::Given,
    };
    let summary = {
        let _drawing = Drawing::begin(count, &battery);
        Summary::of(&battery, settings)
    };
    match summary {
        Ok(summary) => {
            let mut said = figures::document(&battery, &summary, settings);
            said["complete"] = json!(pool.incomplete.is_empty());
            said["tasks_without_family"] = json!(pool.nameless());
            if let Some(path) = &arguments.plot {
                let model = pool.model.as_deref().map(super::plain).unwrap_or_default();
                let picture = plot::picture(model, &battery, &pool.attempts, &summary, settings);
                papers::keep(path, svg(&picture).as_bytes(), Readers::Anybody)?;
            }
            match arguments.json {
                true => print_json(&said)?,
                false => print_text(&figures::text(&said))?,
            }
            pool.warn(&arguments.family);
            for name in pool.incomplete {
                eprintln!("seawall: {name} cannot serve a determination as it is");
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(why) => {
            eprintln!("seawall: cannot estimate anything: {why}");
            Ok(ExitCode::from(1))
        }
    }
}

/// From how many draws times tasks on it is shown that something is done: about a second.
const DRAWING_FROM: u64 = 20_000_000;

/// What is shown while many draws are made; how far they are is not known.
struct Drawing(ProgressBar);

impl Drawing {
    fn begin(draws: u32, battery: &Battery) -> Drawing {
        let work = u64::from(draws).saturating_mul(battery.tasks.len() as u64);
        let bar = match work > DRAWING_FROM {
            true => ProgressBar::new_spinner(),
            false => ProgressBar::hidden(),
        };
        bar.set_message(format!("drawing {draws} times for the interval of the horizon"));
        bar.enable_steady_tick(Duration::from_millis(120));
        Drawing(bar)
    }
}

impl Drop for Drawing {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// The attempts of all logs together.
#[derive(Default)]
struct Pool {
    /// Each log by its bytes: one that is given twice says nothing new.
    taken: BTreeSet<Digest>,
    attempts: Vec<Attempt>,
    profiles: BTreeMap<TaskId, Profile>,
    model: Option<String>,
    /// The logs that are not complete, or contradict themselves.
    incomplete: Vec<String>,
}

impl Pool {
    /// How many tasks no sample names a family of.
    fn nameless(&self) -> usize {
        self.profiles.values().filter(|profile| profile.family.is_none()).count()
    }

    /// Says so, since the bounds are narrower the more families there are.
    fn warn(&self, field: &str) {
        let (nameless, all) = (self.nameless(), self.profiles.len());
        if nameless > 0 {
            eprintln!(
                "seawall: {nameless} of {all} tasks have no `{}` in the metadata of their samples; \
                 each counts as a family of its own, and the bounds may be too narrow",
                plain(field)
            );
        }
    }

    fn take(&mut self, path: &Path, family: &str) -> anyhow::Result<()> {
        let shown = path.display();
        let digest = papers::digest(path).with_context(|| format!("cannot use {shown}"))?;
        if !self.taken.insert(digest) {
            bail!("cannot use {shown}: the very same log was given before, and counts once");
        }
        let log = inspect::read_with(Watched::open(path)?, &[family]);
        let log = log.with_context(|| format!("cannot use {shown}"))?;
        let model = &log.header.spec.model;
        if self.model.get_or_insert_with(|| model.clone()) != model {
            bail!("cannot use {shown}: it is about another model than those before");
        }
        let report = Report::of(&log);
        if !report.can_serve() {
            self.incomplete.push(plain(&shown.to_string()));
        }
        self.attempts.extend(report.attempts);
        for (task, profile) in log.profiles(family, MINUTES_FIELD) {
            self.profiles.entry(task).or_insert(profile);
        }
        Ok(())
    }
}
