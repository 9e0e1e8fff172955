//! `seawall recipe`: check recipes, say of which shape they are, write new ones, and import them
//! from a crash input, an OSS-Fuzz project or a SARIF result.

mod check;
mod import;
mod new;
mod question;

use super::{print_json, print_text};
use anyhow::{Context, bail};
use seawall_domain::recipe::Recipe;
use seawall_formats::recipe::{RECIPE_BYTES_MAX, RecipeFault, advice, outside, schema};
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

/// What is done.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(clap::Subcommand)]
enum Act {
    /// Say what is wrong with recipes and what would make them better.
    ///
    /// Ends with status 0 when they are fine, with 1 when there is something to say, and with 2
    /// when one cannot be read.
    Check(check::Arguments),
    /// Print the JSON schema of the format, for agents and editors.
    Schema,
    /// Write a new recipe: asks in a terminal, or takes the answers from options or from JSON.
    New(new::Arguments),
    /// Make a recipe of what is there already: a crash input, an OSS-Fuzz project, a SARIF result.
    Import(import::Arguments),
}

/// Does it.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    match arguments.act {
        Act::Check(arguments) => check::run(&arguments),
        Act::Schema => {
            print_text(schema())?;
            Ok(ExitCode::SUCCESS)
        }
        Act::New(arguments) => new::run(&arguments),
        Act::Import(arguments) => import::run(arguments),
    }
}

/// Where a recipe is written, and whether it may take another's place.
#[derive(clap::Args)]
struct Out {
    /// Write over a file that is there.
    #[arg(long)]
    force: bool,
}

impl Out {
    /// Writes a recipe, to standard output when the path is `-`.
    fn write(&self, path: &Path, text: &str) -> anyhow::Result<()> {
        if path == Path::new("-") {
            return print_text(text);
        }
        if path.exists() && !self.force {
            bail!("{} is there already; `--force` writes over it", path.display());
        }
        std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))?;
        eprintln!("written to {}", path.display());
        Ok(())
    }
}

/// Reads a file whole, or standard input when the path is `-`, up to a bound.
fn read_whole(path: &Path, bytes_max: usize) -> anyhow::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // One byte more than is taken, so that what is too long is refused and not cut.
    let most = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    let read = if path == Path::new("-") {
        std::io::stdin().lock().take(most).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes))
    };
    read.with_context(|| format!("cannot read {}", path.display()))?;
    if bytes.len() > bytes_max {
        bail!("{} is longer than {bytes_max} bytes", path.display());
    }
    Ok(bytes)
}

/// Reads a text whole.
fn read_text(path: &Path) -> anyhow::Result<String> {
    let bytes = read_whole(path, RECIPE_BYTES_MAX)?;
    String::from_utf8(bytes).with_context(|| format!("{} is no UTF-8 text", path.display()))
}

/// Says on standard error what a recipe still lacks; status 1 when it may not be run.
fn say_what_is_left(recipe: &Recipe) -> ExitCode {
    let away = outside(recipe);
    for fault in &away {
        eprintln!("would reach outside: {fault}");
    }
    for fault in advice(recipe) {
        eprintln!("advice: {fault}");
    }
    if away.is_empty() { ExitCode::SUCCESS } else { ExitCode::from(1) }
}

/// Faults on standard error, and what could not be done.
fn refused<T>(faults: &[RecipeFault], what: &str) -> anyhow::Result<T> {
    faults.iter().for_each(|fault| eprintln!("{fault}"));
    bail!("{what}");
}
