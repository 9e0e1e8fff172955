//! The verdict: isolated runs, their digest, the crash, the grade and what speaks against it.

use super::{Arguments, Subject, write};
use crate::command::say;
use crate::laboratory::lab_run;
use anyhow::Context;
use seawall_domain::recipe::Doubt;
use seawall_domain::verdict::{Grade, Verdict, over};
use seawall_sandbox::RunReport;
use seawall_services::desk::{LabRun, Surroundings};
use seawall_services::reproduction::{Evidence, KEY, recorded, seal, verdict_digest};
use seawall_store::keys::InstallationKeys;
use serde_json::{Value, json};
use std::process::ExitCode;
use std::time::Instant;

/// What several isolated runs of one recipe showed.
pub(super) struct Showed {
    pub reports: Vec<RunReport>,
    pub verdict: Verdict,
    pub digest: String,
    pub duration_ms: u64,
}

/// Runs so many times, each isolated.
pub(super) fn show(subject: &Subject, runs: u32) -> anyhow::Result<Showed> {
    let start = Instant::now();
    let Subject { recipe, version, .. } = subject;
    let reports = subject.laboratories.ask(|process| process.run(recipe, version, runs))?;
    let duration_ms = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX);
    let outcomes: Vec<_> = reports.iter().map(|report| report.outcome).collect();
    let runs: Vec<LabRun> = reports.iter().cloned().map(lab_run).collect();
    let target = (&recipe.target.package, version);
    let digest = verdict_digest(&subject.text, target, &recorded(&runs));
    let digest = digest.map_err(|_| anyhow::anyhow!("cannot write down the verdict"))?;
    let digest = digest.to_string();
    Ok(Showed { verdict: over(&outcomes), reports, digest, duration_ms })
}

pub(super) fn run(subject: &Subject, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let showed = show(subject, arguments.runs)?;
    let surroundings = match showed.verdict {
        Verdict::EnvironmentFailed => Surroundings::default(),
        Verdict::Reproduced | Verdict::NotReproduced | Verdict::Flaky => {
            subject.laboratories.surroundings_of(&subject.recipe, &subject.version)?
        }
    };
    let grade = Grade::of(showed.verdict, &subject.recipe.oracle, &surroundings.doubts);
    if let Some(out) = &arguments.bundle {
        write(out, &sealed(subject, arguments, &showed, grade, &surroundings)?)?;
    }
    let doubts = match grade {
        Some(_) => surroundings.doubts.as_slice(),
        None => &[],
    };
    if arguments.json {
        let mut told = told(subject, &showed);
        told["grade"] = json!(grade);
        told["doubts"] = json!(doubts.iter().map(doubt).collect::<Vec<Value>>());
        crate::command::print_json(&told)?;
    } else {
        print(subject, &showed, grade, doubts);
        if let Some(out) = &arguments.bundle {
            say!("evidence: {}", out.display());
        }
    }
    if arguments.transcripts || showed.verdict == Verdict::EnvironmentFailed {
        showed.reports.iter().for_each(|report| eprintln!("{}", report.transcript));
    }
    Ok(code(showed.verdict))
}

/// The document that others build on.
pub(super) fn told(subject: &Subject, showed: &Showed) -> Value {
    let runs: Vec<Value> = showed.reports.iter().map(one).collect();
    json!({
        "package": subject.recipe.target.package.to_string(),
        "version": subject.version,
        "verdict": showed.verdict,
        "runs": runs,
        "digest": showed.digest,
        "crash": showed.reports.iter().find_map(|report| report.crash.clone()),
        "duration_ms": showed.duration_ms,
    })
}

fn one(report: &RunReport) -> Value {
    json!({
        "outcome": report.outcome, "effect": report.effect, "cpu_ms": report.cpu_ms,
        "wall_ms": report.wall_ms, "peak_mib": report.peak_mib,
    })
}

fn doubt(doubt: &Doubt) -> Value {
    json!({"code": doubt, "said": doubt.said()})
}

fn print(subject: &Subject, showed: &Showed, grade: Option<Grade>, doubts: &[Doubt]) {
    say!("{} {}: {}", subject.recipe.target.package, subject.version, word(showed.verdict));
    for (number, report) in (1..).zip(&showed.reports) {
        say!(
            "run {number}: {:?} ({}), {} ms, {} MiB",
            report.outcome,
            report.effect,
            report.wall_ms,
            report.peak_mib
        );
    }
    if let Some(crash) = showed.reports.iter().find_map(|report| report.crash.as_ref()) {
        let severity = crash.severity.as_deref().unwrap_or("unknown");
        let class = crash.class.replace('\n', ", ");
        say!("crash: {class}, by itself of severity {severity}, in");
        crash.state.lines().for_each(|line| say!("  {line}"));
    }
    match grade {
        Some(Grade::Observed) => say!("the laboratory saw the effect itself"),
        Some(Grade::Told) => say!("the recipe's own harness tells of the effect"),
        Some(Grade::Doubtful) => say!("doubtful, because"),
        None => {}
    }
    doubts.iter().for_each(|doubt| say!("  {}", doubt.said()));
    say!("digest {}", showed.digest);
}

/// A verdict in plain words.
pub(super) fn word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Reproduced => "reproduced",
        Verdict::NotReproduced => "not reproduced",
        Verdict::Flaky => "flaky: some runs show it and some do not",
        Verdict::EnvironmentFailed => "the environment cannot be made, so nothing is known",
    }
}

pub(super) fn code(verdict: Verdict) -> ExitCode {
    match verdict {
        Verdict::Reproduced => ExitCode::SUCCESS,
        Verdict::NotReproduced | Verdict::Flaky => ExitCode::from(1),
        Verdict::EnvironmentFailed => ExitCode::from(2),
    }
}

fn sealed(
    subject: &Subject,
    arguments: &Arguments,
    showed: &Showed,
    grade: Option<Grade>,
    surroundings: &Surroundings,
) -> anyhow::Result<Vec<u8>> {
    use seawall_services::desk::Chance;
    let place = &arguments.place;
    let folder = place.keys.clone().unwrap_or_else(|| InstallationKeys::folder_for(&place.data));
    let keys = InstallationKeys::open_or_create(&folder, &|bytes| {
        crate::world::SystemChance.fill(bytes);
    })?;
    let key = seawall_ledger::sign::SigningKey::from_seed(keys.derive(KEY));
    let runs: Vec<LabRun> = showed.reports.iter().cloned().map(lab_run).collect();
    let digest = showed.digest.parse().ok().context("cannot read the digest")?;
    let evidence = Evidence {
        target: (&subject.recipe.target.package, &subject.version),
        recipe: &subject.text,
        verdict: showed.verdict,
        grade,
        digest: &digest,
        runs: &runs,
        surroundings,
    };
    seal(&key, &evidence).map_err(anyhow::Error::msg)
}
