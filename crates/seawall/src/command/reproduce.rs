//! `seawall reproduce`: run a recipe or replay an evidence bundle, in the sandbox here.

use crate::installation::Place;
use crate::laboratory::{Laboratories, Remember};
use anyhow::{Context, bail};
use seawall_domain::package::Version;
use seawall_domain::verdict::{Verdict, over};
use seawall_services::desk::Reproducer;
use seawall_services::reproduction::check;
use serde_json::json;
use std::path::PathBuf;
use std::process::ExitCode;

/// What is run.
#[derive(clap::Args)]
pub struct Arguments {
    /// A recipe (TOML) or an evidence bundle (JSON).
    file: PathBuf,
    #[command(flatten)]
    place: Place,
    /// Run another version than the recipe names.
    #[arg(long)]
    version_to_run: Option<String>,
    /// How many isolated runs.
    #[arg(long, default_value_t = 3)]
    runs: u32,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Runs, and answers with status 1 when it does not reproduce.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let bytes = std::fs::read(&arguments.file)
        .with_context(|| format!("cannot read {}", arguments.file.display()))?;
    let (text, claimed) = match bytes.first() {
        Some(b'{') => {
            let (bundle, predicate) = check(&bytes).map_err(anyhow::Error::msg)?;
            let text = bundle.recipe().map(str::to_owned).context("the bundle has no recipe")?;
            (text, Some(predicate))
        }
        _ => (String::from_utf8(bytes).context("a recipe is UTF-8 text")?, None),
    };
    let recipe = match seawall_formats::recipe::read(&text) {
        Ok(recipe) => recipe,
        Err(faults) => {
            faults.iter().for_each(|fault| eprintln!("{fault}"));
            bail!("the recipe cannot be used");
        }
    };
    let laboratory = arguments.place.laboratory();
    let exe = std::env::current_exe()?;
    let laboratories = Laboratories::new(exe, laboratory, Remember::Nothing);
    let version = match (arguments.version_to_run, &claimed) {
        (Some(version), _) => Version(version),
        (None, Some(claimed)) => claimed.version.clone(),
        (None, None) => recipe.target.version.clone(),
    };
    let runs = laboratories.run(&text, &version, arguments.runs)?;
    let outcomes: Vec<_> = runs.iter().map(|run| run.outcome).collect();
    let verdict = over(&outcomes);
    let agrees = claimed.as_ref().map(|claimed| claimed.verdict == verdict);
    if arguments.json {
        let told: Vec<_> =
            runs.iter().map(|run| json!({"outcome": run.outcome, "effect": run.effect})).collect();
        super::print_json(&json!({
            "package": recipe.target.package.to_string(), "version": version,
            "verdict": verdict, "runs": told, "agrees_with_bundle": agrees,
        }))?;
    } else {
        println!("{} {version}: {verdict:?}", recipe.target.package);
        for (number, run) in (1..).zip(&runs) {
            println!("run {number}: {:?} {}", run.outcome, run.effect);
        }
        match agrees {
            Some(true) => println!("the bundle said the same, and its signature holds"),
            Some(false) => println!("the bundle said otherwise"),
            None => {}
        }
    }
    Ok(match verdict {
        Verdict::Reproduced => ExitCode::SUCCESS,
        Verdict::NotReproduced | Verdict::Flaky => ExitCode::from(1),
        Verdict::EnvironmentFailed => {
            runs.iter().for_each(|run| eprintln!("{}", run.transcript));
            ExitCode::from(2)
        }
    })
}
