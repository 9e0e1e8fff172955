//! `seawall reproduce`: run a recipe or replay an evidence bundle, in the sandbox here; find the
//! affected versions; check a patch; make the reproducer smaller; write a bundle.

mod commits;
mod patch;
mod replay;
mod shrink;
mod variants;
mod verdict;
mod versions;

use crate::installation::Place;
use crate::laboratory::{Laboratories, Remember};
use anyhow::{Context, bail};
use seawall_domain::package::{Ecosystem, Version};
use seawall_domain::recipe::Recipe;
use seawall_sandbox::{HostPaths, Laboratory};
use std::path::{Path, PathBuf};
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
    /// Find the affected versions by running few releases (of a repository: few commits).
    #[arg(long, conflicts_with_all = ["patch", "minimise", "bundle"])]
    versions: bool,
    /// With `--versions`: run every release, however many there are.
    #[arg(long, requires = "versions")]
    full: bool,
    /// With `--versions` of a repository: a commit or a tag before the flaw.
    #[arg(long, requires = "versions", value_name = "COMMIT")]
    since: Option<String>,
    /// Check a patch: a unified diff, with `a/` and `b/` before the paths.
    #[arg(long, value_name = "DIFF", conflicts_with_all = ["minimise", "bundle"])]
    patch: Option<PathBuf>,
    /// Say which other inputs show the flaw: by these a patch is tried.
    #[arg(long, conflicts_with_all = ["versions", "patch", "minimise", "bundle"])]
    variants: bool,
    /// Make the reproducer smaller and write the recipe with it to this file.
    #[arg(long, value_name = "RECIPE", conflicts_with = "bundle")]
    minimise: Option<PathBuf>,
    /// Write signed evidence to this file: with it anybody can replay what was seen, offline.
    #[arg(long, value_name = "BUNDLE")]
    bundle: Option<PathBuf>,
    /// Believe a bundle only if this key signed it.
    #[arg(long, value_name = "KEY")]
    key: Option<String>,
    /// Show what the runs printed.
    #[arg(long)]
    transcripts: bool,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// A recipe that can be run here, and where.
struct Subject {
    text: String,
    recipe: Recipe,
    version: Version,
    laboratories: Laboratories,
}

/// Runs, and answers with status 1 when it does not reproduce or the patch does not hold.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let file = &arguments.file;
    let bytes = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    if bytes.first() == Some(&b'{') {
        let opened = replay::open(&arguments, &bytes)?;
        // Other releases than the bundle's own come from where all releases come from.
        if arguments.versions || arguments.version_to_run.is_some() {
            return of(&subject(&arguments, opened.subject.text)?, &arguments);
        }
        return match arguments.is_replay() {
            true => replay::run(&arguments, &opened),
            false => of(&opened.subject, &arguments),
        };
    }
    let text = String::from_utf8(bytes).context("a recipe is UTF-8 text")?;
    of(&subject(&arguments, text)?, &arguments)
}

/// Does what is asked with a recipe.
fn of(subject: &Subject, arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if arguments.versions && subject.recipe.target.package.ecosystem == Ecosystem::Git {
        commits::run(subject, arguments)
    } else if arguments.versions {
        versions::run(subject, arguments)
    } else if arguments.variants {
        variants::run(subject, arguments.json)
    } else if let Some(patch) = &arguments.patch {
        patch::run(subject, patch, arguments)
    } else if let Some(out) = &arguments.minimise {
        shrink::run(subject, out, arguments.json)
    } else {
        verdict::run(subject, arguments)
    }
}

impl Arguments {
    /// Whether a bundle is only to be run again.
    fn is_replay(&self) -> bool {
        !self.variants && self.patch.is_none() && self.minimise.is_none() && self.bundle.is_none()
    }
}

fn subject(arguments: &Arguments, text: String) -> anyhow::Result<Subject> {
    let place = &arguments.place;
    let laboratory = Laboratory { host_paths: HostPaths::Allowed, ..place.laboratory() };
    let recipe = read(&text)?;
    let version = match &arguments.version_to_run {
        Some(version) => Version(version.clone()),
        None => recipe.target.version.clone(),
    };
    Ok(Subject { text, recipe, version, laboratories: laboratories(laboratory)? })
}

fn laboratories(laboratory: Laboratory) -> anyhow::Result<Laboratories> {
    let exe = std::env::current_exe().context("cannot find this executable")?;
    Ok(Laboratories::new(exe, laboratory, Remember::Nothing))
}

fn read(text: &str) -> anyhow::Result<Recipe> {
    let recipe = match seawall_formats::recipe::read(text) {
        Ok(recipe) => recipe,
        Err(faults) => {
            faults.iter().for_each(|fault| eprintln!("{fault}"));
            bail!("the recipe cannot be used; `seawall recipe check` explains");
        }
    };
    let mut outside = seawall_formats::recipe::outside(&recipe);
    if !outside.is_empty() {
        seawall_formats::recipe::locate(text, &mut outside);
        outside.iter().for_each(|fault| eprintln!("{fault}"));
        bail!("the recipe would reach outside its sandbox, so nothing of it was run");
    }
    Ok(recipe)
}

fn write(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    std::fs::write(path, bytes).with_context(|| format!("cannot write {}", path.display()))
}
