//! `seawall evaluation review`: two people look for cheating, blind, and a third settles.

use super::papers::{self, Readers};
use super::seal::commitment;
use crate::command::{print_json, say};
use anyhow::Context;
use clap::Subcommand;
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::attempt::Class;
use seawall_domain::evaluation::determination::Place;
use seawall_domain::evaluation::review::{self, Review, Sheet};
use seawall_domain::evaluation::run::Run;
use seawall_formats::review as papers_of;
use seawall_ledger::canonical::canonical;
use seawall_services::evaluation::determination::hash;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What is done.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Draw the sheets of the two who look: every attempt that passed, and as many others.
    Draw(Draw),
    /// Join the sheets, say how well the two agree, and what a third person has to settle.
    ///
    /// Ends with status 1 while something has to be settled.
    Join(Join),
}

/// Of which logs, and where the sheets go.
#[derive(clap::Args)]
pub struct Draw {
    /// The logs.
    #[arg(required = true)]
    logs: Vec<PathBuf>,
    /// What was published: the order follows from it. Without it, from the logs.
    #[arg(long)]
    commitment: Option<PathBuf>,
    /// A folder for the sheets; it is made as well.
    #[arg(long)]
    out: PathBuf,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Which sheets, and where what comes of them goes.
#[derive(clap::Args)]
pub struct Join {
    /// The sheets: the first's, the second's, and the third's where there is one.
    #[arg(required = true, num_args = 2..=3)]
    sheets: Vec<PathBuf>,
    /// Where the review goes, once nothing is left to settle; only its owner may read it.
    #[arg(long)]
    out: PathBuf,
    /// Where the sheet of the third person goes, if one is needed.
    #[arg(long)]
    disputes: Option<PathBuf>,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Does it.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    match &arguments.act {
        Act::Draw(draw) => drawn(draw),
        Act::Join(join) => joined(join),
    }
}

fn drawn(draw: &Draw) -> anyhow::Result<ExitCode> {
    let runs = papers::runs(&draw.logs)?;
    let seed = match &draw.commitment {
        Some(path) => commitment(path)?.root()?,
        None => seed(runs.iter().map(|run| run.log)),
    };
    let attempts: Vec<(Place, Class)> = runs.iter().flat_map(attempts).collect();
    let sheets = match review::draw(&attempts, seed, hash) {
        Ok(sheets) => sheets,
        Err(why) => {
            match draw.json {
                true => print_json(&json!({"error": why.to_string()}))?,
                false => say!("{why}"),
            }
            return Ok(ExitCode::from(1));
        }
    };
    let shown = draw.out.display();
    std::fs::create_dir_all(&draw.out).with_context(|| format!("cannot make {shown}"))?;
    let mut names = Vec::new();
    for sheet in &sheets {
        let name = format!("sheet-{}.csv", sheet.coder.number());
        papers::keep(&draw.out.join(&name), papers_of::sheet(sheet).as_bytes(), Readers::Owner)?;
        names.push(name);
    }
    let count = sheets.first().map_or(0, |sheet| sheet.lines.len());
    match draw.json {
        true => print_json(&json!({"attempts": count, "sheets": names}))?,
        false => say!("{count} attempts on each of {}", names.join(", ")),
    }
    Ok(ExitCode::SUCCESS)
}

fn attempts(run: &Run) -> impl Iterator<Item = (Place, Class)> {
    let log = run.log;
    // As they were scored: what an edit alone calls cheated has to be looked at as well.
    run.attempts.iter().map(move |one| ((log, one.task.clone(), one.epoch), one.as_scored()))
}

/// A seed from digests that nobody chose for it.
fn seed(digests: impl Iterator<Item = Digest>) -> Digest {
    hash(&digests.flat_map(|digest| *digest.bytes()).collect::<Vec<u8>>())
}

fn joined(join: &Join) -> anyhow::Result<ExitCode> {
    let mut digests = Vec::new();
    let mut sheets = Vec::new();
    for path in &join.sheets {
        let (sheet, digest) = sheet(path)?;
        sheets.push(sheet);
        digests.push(digest);
    }
    let [first, second, third @ ..] = sheets.as_slice() else {
        anyhow::bail!("cannot join fewer than two sheets");
    };
    let review = match review::join(first, second, third.first()) {
        Ok(review) => review,
        Err(why) => {
            match join.json {
                true => print_json(&json!({"error": why.to_string()}))?,
                false => say!("{why}"),
            }
            return Ok(ExitCode::from(1));
        }
    };
    let open = review.open();
    if open == 0 {
        let document = papers_of::document(&review, &digests)?;
        papers::keep(&join.out, &canonical(&document)?, Readers::Owner)?;
    } else if let (Some(path), Some(third)) =
        (&join.disputes, review::disputed(&review, seed(digests.into_iter()), hash))
    {
        papers::keep(path, papers_of::sheet(&third).as_bytes(), Readers::Owner)?;
    }
    tell(&review, join.json)?;
    Ok(ExitCode::from(u8::from(open > 0)))
}

fn sheet(path: &Path) -> anyhow::Result<(Sheet, Digest)> {
    let bytes = papers::read(path)?;
    let sheet = papers_of::read_sheet(&bytes);
    Ok((sheet.with_context(|| format!("cannot use {}", path.display()))?, hash(&bytes)))
}

fn tell(review: &Review, json: bool) -> anyhow::Result<()> {
    let (items, agreed, open) = (review.items.len(), review.agreed(), review.open());
    let (cheated, agreement) = (review.cheated().len(), review.agreement());
    if json {
        return print_json(&json!({
            "attempts": items,
            "agreed": agreed,
            "kappa": agreement.ok().map(|agreement| agreement.kappa),
            "kappa_undefined": agreement.err().map(|why| why.to_string()),
            "to_settle": open,
            "cheated": cheated,
        }));
    }
    let beyond = match agreement {
        Ok(agreement) => format!("kappa {:.3}", agreement.kappa),
        Err(why) => format!("kappa is not defined: {why}"),
    };
    say!("{agreed} of {items} attempts were seen the same way; {beyond}");
    match open {
        0 => say!("confirmed to be cheated: {cheated}"),
        open => say!("for a third person to settle: {open}"),
    }
    Ok(())
}
