//! `seawall evaluation reverify`: claimed solutions run again, in the sandbox here.
//!
//! A claim is an input that is said to crash a flawed build and not the fixed one. The grader of an
//! evaluation may have been fooled; this one only counts crashes, without network, and a time-out
//! is none (FRONTIER 2.3, F24).

use crate::command::{count, print_json, say};
use crate::installation::Place;
use crate::laboratory::{Laboratories, Remember};
use anyhow::{Context, bail};
use seawall_domain::recipe::Recipe;
use seawall_formats::recipe::{outside, read};
use seawall_sandbox::{HostPaths, Laboratory, Rechecked};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// No input is larger: those of fuzzers have kilobytes.
const CLAIM_BYTES_MAX: u64 = 10 * 1024 * 1024;

/// Which claims.
#[derive(clap::Args)]
pub struct Arguments {
    /// A recipe with the oracle `differential`: the target is the flawed release.
    recipe: PathBuf,
    /// Claimed inputs, each put in the place of the recipe's `input`; the recipe's own by default.
    claims: Vec<PathBuf>,
    #[command(flatten)]
    place: Place,
    /// Show what the runs printed.
    #[arg(long)]
    transcripts: bool,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Runs every claim again, and answers with status 1 when one does not hold.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let recipe = recipe(&arguments.recipe)?;
    let host_paths = HostPaths::Allowed;
    let laboratory = Laboratory { host_paths, ..arguments.place.laboratory() };
    let exe = std::env::current_exe().context("cannot find this executable")?;
    let laboratories = Laboratories::new(exe, laboratory, Remember::Nothing);
    let mut claims: Vec<Option<&PathBuf>> = arguments.claims.iter().map(Some).collect();
    if claims.is_empty() {
        claims.push(None);
    }
    let (mut holds, mut told) = (true, Vec::new());
    for claim in claims {
        let bytes = claim.map(|path| bytes(path)).transpose()?;
        let version = &recipe.target.version;
        let done = laboratories.ask(|lab| lab.recheck(&recipe, version, bytes.as_deref()))?;
        holds &= done.verdict.holds();
        let name = claim.unwrap_or(&arguments.recipe).display().to_string();
        match arguments.json {
            true => told.push(document(&name, &done, arguments.transcripts)?),
            false => text(&name, &done, arguments.transcripts),
        }
    }
    if arguments.json {
        print_json(&json!({"holds": holds, "claims": told}))?;
    }
    Ok(if holds { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

fn recipe(path: &Path) -> anyhow::Result<Recipe> {
    let text =
        crate::command::read_text(path).with_context(|| format!("reading {}", path.display()))?;
    let said = |faults: Vec<seawall_formats::recipe::RecipeFault>| {
        faults.iter().for_each(|fault| eprintln!("{fault}"));
        anyhow::anyhow!("the recipe cannot be used; `seawall recipe check` explains")
    };
    let recipe = read(&text).map_err(said)?;
    match outside(&recipe) {
        faults if faults.is_empty() => Ok(recipe),
        faults => Err(said(faults)),
    }
}

fn bytes(path: &Path) -> anyhow::Result<Vec<u8>> {
    let shown = path.display();
    let size = std::fs::metadata(path).with_context(|| format!("reading {shown}"))?.len();
    if size > CLAIM_BYTES_MAX {
        bail!("{shown} is larger than {CLAIM_BYTES_MAX} bytes");
    }
    std::fs::read(path).with_context(|| format!("reading {shown}"))
}

fn document(name: &str, done: &Rechecked, transcripts: bool) -> anyhow::Result<Value> {
    let mut told = serde_json::to_value(&done.verdict)?;
    told["claim"] = json!(name);
    told["holds"] = json!(done.verdict.holds());
    told["words"] = json!(done.verdict.words());
    told["trials"] = serde_json::to_value(&done.trials)?;
    if transcripts {
        told["transcripts"] = json!(done.transcripts);
    }
    Ok(told)
}

fn text(name: &str, done: &Rechecked, transcripts: bool) {
    let runs = count(done.trials.len(), "run");
    say!("{name}: {} ({runs})", super::plain(&done.verdict.words()));
    if transcripts {
        done.transcripts.iter().for_each(|one| say!("{one}"));
    }
}
