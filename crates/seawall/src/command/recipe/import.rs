//! Importing: the files are read here, the recipe is made by `formats`, and what no report tells
//! is told by one run in the sandbox.

mod once;

use super::{Out, read_whole, refused, say_what_is_left};
use crate::installation::default_cache;
use anyhow::{Context, bail};
use seawall_domain::recipe::{Recipe, RecipeFile, Target};
use seawall_formats::recipe::import::{
    CrashInput, FuzzProject, Imported, Proof, of_crash, of_fuzz_project, plain_name, proof_of,
};
use seawall_formats::recipe::{RECIPE_BYTES_MAX, RECIPE_FILES_MAX, from_json, read, write};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The largest report of a crash that is read, in bytes.
const REPORT_BYTES_MAX: usize = seawall_formats::crash::REPORT_BYTES_MAX;

/// What is imported.
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    from: From,
}

#[derive(clap::Subcommand)]
enum From {
    /// A bare crash input: a file, and the command that crashes on it.
    Crash(Crash),
    /// An OSS-Fuzz project (`project.yaml`, `Dockerfile`, `build.sh`) and a testcase.
    #[command(name = "oss-fuzz")]
    OssFuzz(OssFuzz),
    /// A SARIF result with a proof attached: a recipe, or an input that crashes.
    Sarif(Sarif),
}

/// Where the recipe goes, and what may be run to find out what no report tells.
#[derive(clap::Args)]
struct Common {
    /// Where it is written; `-` is standard output.
    #[arg(long, default_value = "recipe.toml")]
    out: PathBuf,
    #[command(flatten)]
    write: Out,
    /// Run nothing: what no report tells stays to be filled in.
    #[arg(long)]
    no_run: bool,
    /// The folder of fetched releases.
    #[arg(long, env = "SEAWALL_CACHE_DIR", default_value_os_t = default_cache())]
    cache: PathBuf,
    /// A folder of packages without a registry: `NAME/VERSION/…`.
    #[arg(long)]
    local_catalogue: Option<PathBuf>,
    /// Use only what was fetched before.
    #[arg(long)]
    offline: bool,
}

/// How the target is called, where the proof does not say.
#[derive(clap::Args)]
struct Calling {
    /// The command as one writes it in a terminal; `{input}` is the input's path.
    #[arg(long)]
    command: Option<String>,
    /// A command that builds, as one writes it in a terminal; several are run in order.
    #[arg(long, value_name = "COMMAND")]
    build: Vec<String>,
    /// A further file of the harness, which lies in `/recipe` by its own name.
    #[arg(long = "file", value_name = "FILE")]
    files: Vec<PathBuf>,
    /// An input that does no harm, for the control.
    #[arg(long, value_name = "FILE")]
    benign: Option<PathBuf>,
    /// What was printed when it crashed.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// The catalogue of the target: PyPI, npm, crates.io, Maven, Go, Debian, GIT, OCI, Generic.
    #[arg(long)]
    ecosystem: Option<String>,
    /// The target's name there.
    #[arg(long)]
    name: Option<String>,
    /// The exact version that crashes.
    #[arg(long = "version", id = "release", value_name = "VERSION")]
    version: Option<String>,
}

#[derive(clap::Args)]
#[command(disable_version_flag = true)]
struct Crash {
    /// The input that crashes.
    #[arg(long, value_name = "FILE")]
    input: PathBuf,
    #[command(flatten)]
    calling: Calling,
    #[command(flatten)]
    common: Common,
}

#[derive(clap::Args)]
struct OssFuzz {
    /// The project's folder.
    folder: PathBuf,
    /// The input that crashes.
    #[arg(long, value_name = "FILE")]
    testcase: PathBuf,
    /// The name of the fuzz target, as `build.sh` leaves it in `$OUT`.
    #[arg(long, value_name = "NAME")]
    fuzz_target: String,
    /// The commit of the main repository: the whole hash.
    #[arg(long, value_name = "HEX")]
    commit: String,
    /// What was printed when it crashed.
    #[arg(long, value_name = "FILE")]
    report: Option<PathBuf>,
    /// An input that does no harm, for the control.
    #[arg(long, value_name = "FILE")]
    benign: Option<PathBuf>,
    #[command(flatten)]
    common: Common,
}

#[derive(clap::Args)]
#[command(disable_version_flag = true)]
struct Sarif {
    /// The SARIF log.
    file: PathBuf,
    /// The number of the result, from 1; without it, the first that has a proof.
    #[arg(long, value_name = "N")]
    result: Option<usize>,
    #[command(flatten)]
    calling: Calling,
    #[command(flatten)]
    common: Common,
}

pub(super) fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    match arguments.from {
        From::Crash(Crash { input, calling, common }) => {
            let input = file(&input)?;
            made(crash(input, calling, None, None)?, &common)
        }
        From::OssFuzz(arguments) => oss_fuzz(&arguments),
        From::Sarif(Sarif { file, result, calling, common }) => {
            let bytes = read_whole(&file, seawall_formats::intake::REPORT_BYTES_MAX)?;
            match proof_of(&bytes, result) {
                Err(faults) => refused(&faults, "there is no proof to import"),
                Ok(Proof::Recipe(text)) => attached(&text, &common),
                Ok(Proof::Input { target, input, report }) => {
                    made(crash(input, calling, target, report)?, &common)
                }
            }
        }
    }
}

/// A recipe that was attached is written as it is.
fn attached(text: &str, common: &Common) -> anyhow::Result<ExitCode> {
    let recipe = match read(text) {
        Ok(recipe) => recipe,
        Err(faults) => return refused(&faults, "the attached recipe cannot be used"),
    };
    common.write.write(&common.out, text)?;
    Ok(say_what_is_left(&recipe))
}

fn crash(
    input: RecipeFile,
    calling: Calling,
    known: Option<Target>,
    told: Option<String>,
) -> anyhow::Result<Imported> {
    let target = target(&calling, known)?;
    let command = calling.command.context(
        "the command that crashes is not known: --command 'WORDS with {input} for its path'",
    )?;
    let report = calling.report.as_deref().map(report).transpose()?.or(told);
    let files = calling.files.iter().map(|path| file(path)).collect::<anyhow::Result<_>>()?;
    let benign = calling.benign.as_deref().map(file).transpose()?;
    let build = calling.build;
    match of_crash(CrashInput { target, command, input, benign, files, build, report }) {
        Ok(imported) => Ok(imported),
        Err(faults) => refused(&faults, "the crash makes no recipe"),
    }
}

/// The target of the options, else the one that the proof names.
fn target(calling: &Calling, known: Option<Target>) -> anyhow::Result<Target> {
    let Calling { ecosystem, name, version, .. } = calling;
    let (Some(ecosystem), Some(name), Some(version)) = (ecosystem, name, version) else {
        if ecosystem.is_some() || name.is_some() || version.is_some() || known.is_none() {
            bail!("the target is not known: --ecosystem, --name and --version say which it is");
        }
        return known.context("the target is not known");
    };
    // The recipe's own reader judges the names.
    let whole = json!({
        "version": 1, "trigger": ["true"], "control": ["true"],
        "oracle": {"kind": "exit", "status": 1},
        "target": {"ecosystem": ecosystem, "name": name, "version": version},
    });
    match from_json(whole.to_string().as_bytes()) {
        Ok(Recipe { target, .. }) => Ok(target),
        Err(faults) => refused(&faults, "the target cannot be named so"),
    }
}

fn oss_fuzz(arguments: &OssFuzz) -> anyhow::Result<ExitCode> {
    let bytes = |path: &Path| read_whole(path, RECIPE_BYTES_MAX);
    let text = |name: &str| -> anyhow::Result<String> {
        let path = arguments.folder.join(name);
        Ok(String::from_utf8_lossy(&bytes(&path)?).into_owned())
    };
    let project = FuzzProject {
        settings: text("project.yaml")?,
        dockerfile: text("Dockerfile").unwrap_or_default(),
        files: project_files(&arguments.folder)?,
        testcase: bytes(&arguments.testcase)?,
        benign: arguments.benign.as_deref().map(bytes).transpose()?,
        fuzz_target: arguments.fuzz_target.clone(),
        commit: arguments.commit.clone(),
        report: arguments.report.as_deref().map(report).transpose()?,
    };
    match of_fuzz_project(project) {
        Ok(imported) => made(imported, &arguments.common),
        Err(faults) => refused(&faults, "the project makes no recipe"),
    }
}

/// The files of a project besides those that only OSS-Fuzz reads; folders below it are taken too.
fn project_files(folder: &Path) -> anyhow::Result<Vec<RecipeFile>> {
    let mut files = Vec::new();
    let mut folders = vec![(folder.to_owned(), String::new())];
    while let Some((folder, prefix)) = folders.pop() {
        let entries = std::fs::read_dir(&folder)
            .with_context(|| format!("cannot read {}", folder.display()))?;
        for entry in entries {
            let entry = entry.context("cannot read the project's folder")?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            let kind = entry.file_type().context("cannot read the project's folder")?;
            if kind.is_dir() {
                folders.push((entry.path(), format!("{name}/")));
            } else if kind.is_file() && !["project.yaml", "Dockerfile"].contains(&name.as_str()) {
                let bytes = read_whole(&entry.path(), RECIPE_BYTES_MAX)?;
                files.push(RecipeFile { name, bytes });
            }
            if files.len() + folders.len() > RECIPE_FILES_MAX {
                bail!("the project has more than {RECIPE_FILES_MAX} files");
            }
        }
    }
    files.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(files)
}

fn file(path: &Path) -> anyhow::Result<RecipeFile> {
    let bytes = read_whole(path, RECIPE_BYTES_MAX)?;
    let name = path.file_name().map_or("input".into(), |name| name.to_string_lossy());
    Ok(RecipeFile { name: plain_name(&name), bytes })
}

fn report(path: &Path) -> anyhow::Result<String> {
    Ok(String::from_utf8_lossy(&read_whole(path, REPORT_BYTES_MAX)?).into_owned())
}

/// Writes what was made, after a run has told what is still open.
fn made(imported: Imported, common: &Common) -> anyhow::Result<ExitCode> {
    let imported = once::told(imported, common);
    for warning in &imported.warnings {
        eprintln!("{warning}");
    }
    let text = write(&imported.recipe);
    if text.len() > RECIPE_BYTES_MAX {
        bail!("the recipe is longer than {RECIPE_BYTES_MAX} bytes; make the input smaller");
    }
    common.write.write(&common.out, &text)?;
    Ok(say_what_is_left(&imported.recipe))
}
