//! `seawall evaluation token`: tokens for runs, and what became of each.

use super::papers::{self, Readers};
use super::seal::commitment;
use crate::command::{print_json, say};
use anyhow::{Context, bail};
use clap::Subcommand;
use jiff::Timestamp;
use seawall_domain::evaluation::log::Log;
use seawall_domain::evaluation::run::{Run, TOKEN_NOTE};
use seawall_domain::evaluation::token::{Book, Fate, Reason};
use seawall_domain::id::RunId;
use seawall_services::evaluation::determination::{self, Issuing, TokenBook};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use uuid::Uuid;

/// What is done with tokens.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// Give out a token for one run; refused while it is not known what became of the one before.
    Issue(Issue),
    /// Take back the log of a run that counts, so that the next token can be given out.
    Return(Return),
    /// Say what became of a run that does not count.
    Explain(Explain),
    /// Every token that was given out, and what became of it.
    List(List),
}

/// A token for a run.
#[derive(clap::Args)]
pub struct Issue {
    /// The book of tokens; it is written anew.
    #[arg(long)]
    tokens: PathBuf,
    /// What was published, with its signatures.
    #[arg(long)]
    commitment: PathBuf,
    /// Where the token goes; the run carries it in its metadata as `seawall_run_token`.
    #[arg(long)]
    out: PathBuf,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// The log of a run.
#[derive(clap::Args)]
pub struct Return {
    /// The book of tokens; it is written anew.
    #[arg(long, required_unless_present = "out", conflicts_with = "out")]
    tokens: Option<PathBuf>,
    /// Where the docket keeps the book: a file for the step by which it takes the log back, to be
    /// sent to `/v1/evaluations/{id}/steps`; only its owner may read it.
    #[arg(long)]
    out: Option<PathBuf>,
    /// The log, which carries its token. No determination can leave it out from now on.
    log: PathBuf,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// What became of a run.
#[derive(clap::Args)]
pub struct Explain {
    /// The book of tokens; it is written anew.
    #[arg(long)]
    tokens: PathBuf,
    /// The run.
    #[arg(long)]
    run: Uuid,
    /// Why it does not count.
    #[arg(long, value_parser = reason)]
    why: Reason,
    /// The log that came of it; without one, the run was abandoned.
    #[arg(long)]
    log: Option<PathBuf>,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Which book.
#[derive(clap::Args)]
pub struct List {
    /// The book of tokens.
    #[arg(long)]
    tokens: PathBuf,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

fn reason(text: &str) -> Result<Reason, String> {
    let words: Vec<&str> = Reason::ALL.iter().map(|reason| reason.word()).collect();
    let found = Reason::ALL.into_iter().find(|reason| reason.word() == text);
    found.ok_or_else(|| format!("there is no such reason; there is {}", words.join(", ")))
}

/// Does it.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    match &arguments.act {
        Act::Issue(issue) => issued(issue),
        Act::Return(back) => returned(back),
        Act::Explain(explain) => explained(explain),
        Act::List(list) => listed(list),
    }
}

/// Reads a book of tokens.
pub(super) fn book(path: &Path) -> anyhow::Result<TokenBook> {
    let book = TokenBook::read(&papers::read(path)?);
    book.with_context(|| format!("cannot use {}", path.display()))
}

fn issued(issue: &Issue) -> anyhow::Result<ExitCode> {
    let _turn = papers::turn(&issue.tokens)?;
    let book = book(&issue.tokens)?;
    book.serves(&commitment(&issue.commitment)?)?;
    let run = RunId::new(Uuid::new_v4());
    let (book, token) = match book.issue(run, Timestamp::now()) {
        Ok(issued) => issued,
        Err(why) => return refused(&why, issue.json),
    };
    // First the book: a token that is in no book would be worth nothing, and one that is in the
    // book and lost can be explained.
    papers::replace(&issue.tokens, &book.to_bytes()?, Readers::Owner)?;
    papers::keep(&issue.out, format!("{token}\n").as_bytes(), Readers::Owner)?;
    match issue.json {
        true => print_json(&json!({"run": run, "note": TOKEN_NOTE}))?,
        false => say!("run {run}; its log is to carry the token as `{TOKEN_NOTE}`"),
    }
    Ok(ExitCode::SUCCESS)
}

fn returned(back: &Return) -> anyhow::Result<ExitCode> {
    let _turn = back.tokens.as_deref().map(papers::turn).transpose()?;
    let before = back.tokens.as_deref().map(book).transpose()?;
    let (log, digest) = papers::log(&back.log)?;
    let run = determination::run(&log, digest);
    if let Some(out) = &back.out {
        return written(&log, &run, out, back.json);
    }
    let (Some(tokens), Some(before)) = (&back.tokens, before) else {
        bail!("cannot take a log back: neither a book of tokens is named, nor a file for the step");
    };
    let after = match before.take_back(&run, Timestamp::now()) {
        Ok(after) => after,
        Err(why) => return refused(&why, back.json),
    };
    papers::replace(tokens, &after.to_bytes()?, Readers::Owner)?;
    tell(after.book(), back.json)
}

/// Writes the step by which a docket takes the log back.
fn written(log: &Log, run: &Run, out: &Path, json: bool) -> anyhow::Result<ExitCode> {
    let claim = match determination::claim(run) {
        Ok(claim) => claim,
        Err(why) => return refused(&why, json),
    };
    let token = Run::token_of(log).unwrap_or_default();
    let step = json!({"step": "take", "token": token, "created": claim.created, "log": claim.log});
    papers::keep(out, format!("{step}\n").as_bytes(), Readers::Owner)?;
    match json {
        true => print_json(&json!({"log": claim.log, "created": claim.created}))?,
        false => say!("{} is the step by which its docket takes the log back", out.display()),
    }
    Ok(ExitCode::SUCCESS)
}

fn explained(explain: &Explain) -> anyhow::Result<ExitCode> {
    let _turn = papers::turn(&explain.tokens)?;
    let before = book(&explain.tokens)?;
    let log = explain.log.as_deref().map(papers::digest).transpose()?;
    let run = RunId::new(explain.run);
    let after = match before.explain(run, log, explain.why, Timestamp::now()) {
        Ok(after) => after,
        Err(why) => return refused(&why, explain.json),
    };
    papers::replace(&explain.tokens, &after.to_bytes()?, Readers::Owner)?;
    tell(after.book(), explain.json)
}

fn listed(list: &List) -> anyhow::Result<ExitCode> {
    tell(book(&list.tokens)?.book(), list.json)
}

fn refused(why: &Issuing, json: bool) -> anyhow::Result<ExitCode> {
    match json {
        true => print_json(&json!({"error": why.to_string()}))?,
        false => say!("{why}"),
    }
    Ok(ExitCode::from(1))
}

fn tell(book: &Book, json: bool) -> anyhow::Result<ExitCode> {
    if json {
        print_json(&json!({
            "root": book.root(), "tokens": book.entries(), "explained": book.account().is_some(),
        }))?;
        return Ok(ExitCode::SUCCESS);
    }
    for entry in book.entries() {
        let fate = match entry.fate {
            Fate::Issued => "given out".to_owned(),
            Fate::Used { .. } => "its log came in".to_owned(),
            Fate::Completed { .. } => "completed".to_owned(),
            Fate::Failed { why, .. } => format!("failed: {}", why.word()),
            Fate::Abandoned { why } => format!("abandoned: {}", why.word()),
        };
        say!("{}  {}  {fate}", entry.run, entry.issued_at);
    }
    let known = if book.account().is_some() { "each is explained" } else { "one is still out" };
    say!("tokens: {}; {known}", book.entries().len());
    Ok(ExitCode::SUCCESS)
}
