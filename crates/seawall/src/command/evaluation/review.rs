//! `seawall evaluation review`: two people look for cheating, blind, and a third settles.
//!
//! Each gets a sheet and what was said in its attempts, without scores; and signs the sheet.

mod bundle;
mod code;

use super::papers::{self, Readers};
use super::plain;
use super::seal::commitment;
use crate::command::gateway::papers::secret;
use crate::command::{count, print_json, say};
use anyhow::Context;
use clap::Subcommand;
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::attempt::Class;
use seawall_domain::evaluation::determination::Place;
use seawall_domain::evaluation::review::{self, Review, Sheet};
use seawall_domain::evaluation::run::Run;
use seawall_formats::determination::Signed;
use seawall_formats::review as papers_of;
use seawall_ledger::canonical::canonical;
use seawall_ledger::sign::SigningKey;
use seawall_services::evaluation::determination::{coders, hash, sign_sheet};
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
    /// Write what was said in the attempts of a sheet, without scores: for the third person.
    Bundle(Bundle),
    /// As a coder: go through a sheet on pages that this machine alone shows, and sign it.
    ///
    /// Each answer is kept at once; stopped, it goes on where it was. Ends with status 0 when the
    /// sheet is signed, with 1 when it was stopped before.
    Code(code::Arguments),
    /// As whoever filled a sheet in: sign it, once it is done.
    Sign(Sign),
    /// Join the sheets, each signed by another key; say how well the two agree, and what a third
    /// person has to settle.
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
    /// A folder for the sheets, and beside each a folder with what was said; it is made as well.
    #[arg(long)]
    out: PathBuf,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Of which sheet, and where it goes.
#[derive(clap::Args)]
pub struct Bundle {
    /// The sheet.
    sheet: PathBuf,
    /// The logs.
    #[arg(required = true)]
    logs: Vec<PathBuf>,
    /// A folder for what was said; it is made as well.
    #[arg(long)]
    out: PathBuf,
}

/// Which sheet, and whose.
#[derive(clap::Args)]
pub struct Sign {
    /// The sheet; the signature goes beside it, with `.sig` after its name.
    sheet: PathBuf,
    /// The file with the coder's own key, made by `seawall gateway key`.
    #[arg(long)]
    key: PathBuf,
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
        Act::Bundle(arguments) => {
            let (sheet, _) = sheet(&arguments.sheet)?;
            bundle::write(&[(&sheet, arguments.out.clone())], &arguments.logs)?;
            let attempts = count(sheet.lines.len(), "attempt");
            say!("what was said in {attempts}, without scores");
            Ok(ExitCode::SUCCESS)
        }
        Act::Code(arguments) => code::run(arguments),
        Act::Sign(arguments) => signed(arguments),
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
        Err(why) => return refused(draw.json, &why.to_string()),
    };
    let shown = draw.out.display();
    std::fs::create_dir_all(&draw.out).with_context(|| format!("cannot make {shown}"))?;
    let mut names = Vec::new();
    for sheet in &sheets {
        let name = format!("sheet-{}.csv", sheet.coder.number());
        papers::keep(&draw.out.join(&name), papers_of::sheet(sheet).as_bytes(), Readers::Owner)?;
        names.push(name);
    }
    let folder = |sheet: &Sheet| draw.out.join(format!("sheet-{}", sheet.coder.number()));
    let bundles: Vec<(&Sheet, PathBuf)> = sheets.iter().map(|it| (it, folder(it))).collect();
    bundle::write(&bundles, &draw.logs)?;
    let attempts = sheets.first().map_or(0, |sheet| sheet.lines.len());
    match draw.json {
        true => print_json(&json!({"attempts": attempts, "sheets": names}))?,
        false => say!("{} on each of {}", count(attempts, "attempt"), names.join(", ")),
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

/// Signs a sheet that is filled in.
fn signed(arguments: &Sign) -> anyhow::Result<ExitCode> {
    let bytes = papers::read(&arguments.sheet)?;
    let shown = arguments.sheet.display();
    let sheet = papers_of::read_sheet(&bytes).with_context(|| format!("cannot use {shown}"))?;
    let open = sheet.left();
    if open > 0 {
        say!("cannot sign {shown}: {} without an opinion", count(open, "attempt"));
        return Ok(ExitCode::from(1));
    }
    put_signature(&arguments.sheet, &bytes, &secret(&arguments.key)?)?;
    Ok(ExitCode::SUCCESS)
}

/// Puts the signature over a sheet's bytes beside it.
fn put_signature(sheet: &Path, bytes: &[u8], key: &SigningKey) -> anyhow::Result<()> {
    let signature = canonical(&serde_json::to_value(sign_sheet(bytes, key))?)?;
    papers::replace(&beside(sheet), &signature, Readers::Owner)
}

/// Where a sheet's signature is.
fn beside(sheet: &Path) -> PathBuf {
    let mut name = sheet.file_name().unwrap_or_default().to_owned();
    name.push(".sig");
    sheet.with_file_name(name)
}

/// The signatures of these sheets; none where one is not there, or not of its sheet, or by a key
/// that signed another: why.
fn signatures(
    sheets: &[PathBuf],
    digests: &[Digest],
) -> anyhow::Result<Result<Vec<Signed>, String>> {
    let mut signatures = Vec::new();
    for sheet in sheets {
        let file = beside(sheet);
        if !file.exists() {
            let why =
                format!("cannot join {}: nobody signed it", plain(&sheet.display().to_string()));
            return Ok(Err(why));
        }
        let signed: Signed = serde_json::from_slice(&papers::read(&file)?)
            .with_context(|| format!("cannot use {}", file.display()))?;
        signatures.push(signed);
    }
    match coders(digests, &signatures) {
        Ok(_) => Ok(Ok(signatures)),
        Err(fault) => Ok(Err(format!("cannot join these sheets: {fault}"))),
    }
}

fn refused(json: bool, why: &str) -> anyhow::Result<ExitCode> {
    match json {
        true => print_json(&json!({"error": why}))?,
        false => say!("{why}"),
    }
    Ok(ExitCode::from(1))
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
        Err(why) => return refused(join.json, &why.to_string()),
    };
    let signatures = match signatures(&join.sheets, &digests)? {
        Ok(signatures) => signatures,
        Err(why) => return refused(join.json, &why),
    };
    let open = review.open();
    if open == 0 {
        let document = papers_of::document(&review, &digests, &signatures)?;
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
    say!("seen the same way: {agreed} of {}; {beyond}", count(items, "attempt"));
    match open {
        0 => say!("confirmed to be cheated: {cheated}"),
        open => say!("for a third person to settle: {open}"),
    }
    Ok(())
}
