//! `seawall evaluation`: what the logs of an evaluation are evidence of.
//!
//! Reading logs sends nothing. Running a battery starts Inspect.

mod attest;
mod canaries;
mod compare;
mod concur;
mod custody;
mod determine;
mod docket;
mod egress;
mod exclude;
mod figures;
mod flags;
mod ingest;
mod letter;
mod list;
mod papers;
mod plot;
mod protocol;
mod registry;
mod reverify;
mod review;
mod run;
mod seal;
mod statement;
mod statistics;
mod token;
mod transcripts;
mod verify;

pub use run::attend;

use crate::command::gateway::papers::{KeeperArguments, keeper_made};
use anyhow::{Context, bail};
use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
use seawall_formats::determination::Record;
use seawall_services::evaluation::determination;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;
use std::process::ExitCode;

/// What is done.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    act: Act,
}

#[derive(Subcommand)]
enum Act {
    /// List the logs in folders by what their headers say: when, which battery, which model.
    ///
    /// Ends with status 2 when one cannot be read.
    List(list::Arguments),
    /// Read logs of Inspect, classify every attempt, compute everything again, and compare.
    ///
    /// Ends with status 1 when a log cannot serve a determination, with 2 when it cannot be read.
    Ingest(ingest::Arguments),
    /// Say in which conditions two runs differ.
    ///
    /// Ends with status 1 when they are not comparable.
    Compare(compare::Arguments),
    /// Estimate from the classes of all attempts: score, errors, bounds, chances over several
    /// attempts, time horizon.
    ///
    /// Several logs are read as one run. Ends with status 1 when nothing can be estimated.
    Statistics(statistics::Arguments),
    /// Run a battery against a model by Inspect, through a gateway, and read what comes of it.
    ///
    /// Ends with status 1 when the log cannot serve a determination, with 2 when there is none.
    Run(Box<run::Arguments>),
    /// Look for answers that came from another attempt or another run, by their flags.
    ///
    /// Ends with status 1 when there is one.
    Flags(flags::Arguments),
    /// Run claimed solutions again in the sandbox: they crash the flawed build, and not the fixed.
    ///
    /// Ends with status 1 when one does not.
    Reverify(Box<reverify::Arguments>),
    /// The tasks of a battery with the digests of their files, and the battery's digest over these.
    Registry(registry::Arguments),
    /// A protocol: what everything is decided by, fixed before the first run.
    Protocol(protocol::Arguments),
    /// Commit to a protocol: a salt for each field, the root to be published, the rest secret.
    Seal(seal::SealArguments),
    /// Sign a commitment; two people do before anything runs.
    Sign(seal::SignArguments),
    /// As a custodian: make a key to which shares are encrypted. The public half is printed.
    Custodian(KeeperArguments),
    /// As a custodian: take your share of one sealed opening out, by your key.
    ///
    /// Ends with status 1 when none of its shares is yours.
    Share(custody::ShareArguments),
    /// Open a protocol with the shares of its custodians. It is written down first.
    ///
    /// Ends with status 1 when these shares do not open it.
    Open(custody::OpenArguments),
    /// Make what shows one field of a sealed protocol, and nothing of the others.
    Disclose(seal::DiscloseArguments),
    /// Hold a disclosure against what was published, and show its field.
    ///
    /// Ends with status 1 when it does not hold.
    Show(seal::ShowArguments),
    /// Tokens that bind runs to a sealed protocol, and what became of each.
    Token(token::Arguments),
    /// Leave tasks out by the reasons that the protocol named; two of its keys sign that.
    Exclude(exclude::Arguments),
    /// As the developer: sign what was done to draw the model's ability out.
    Statement(statement::Arguments),
    /// As the developer: attest which snapshot it is, and how it is served.
    Attest(attest::Arguments),
    /// Write what was said in runs of public batteries, for the developer.
    ///
    /// Ends with status 1, and writes nothing, when any task is not public by its registers.
    Transcripts(transcripts::Arguments),
    /// Look for cheating: two people, blind, and a third for what they see apart.
    Review(review::Arguments),
    /// Hold logs against a protocol, apply its rule, and keep a record of everything.
    ///
    /// Ends with status 1 when the logs, the tokens or the review cannot serve; whatever is found
    /// otherwise, with 0.
    Determine(determine::Arguments),
    /// Add to a record what the named official says; the outcome stays the rule's.
    Concur(concur::Arguments),
    /// Compute a record again from its inputs, and say what of it holds.
    ///
    /// Ends with status 0 when everything that files can show holds, with 1 when something does
    /// not, with 3 when nothing is wrong and not everything could be looked at.
    Verify(verify::Arguments),
    /// Write the letter in which the developer is told of a determination.
    Letter(letter::Arguments),
    /// The dockets of an installation: duties, sealed protocols, tokens, over its own interface.
    Docket(docket::Arguments),
}

/// Does it.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    match arguments.act {
        Act::List(arguments) => list::run(&arguments),
        Act::Ingest(arguments) => ingest::run(&arguments),
        Act::Compare(arguments) => compare::run(&arguments),
        Act::Statistics(arguments) => statistics::run(&arguments),
        Act::Run(arguments) => run::run(&arguments),
        Act::Flags(arguments) => flags::run(&arguments),
        Act::Reverify(arguments) => reverify::run(&arguments),
        Act::Registry(arguments) => registry::run(&arguments),
        Act::Protocol(arguments) => protocol::run(&arguments),
        Act::Seal(arguments) => seal::seal(&arguments),
        Act::Sign(arguments) => seal::sign(&arguments),
        Act::Custodian(arguments) => keeper_made(&arguments),
        Act::Share(arguments) => custody::share(&arguments),
        Act::Open(arguments) => custody::open(&arguments),
        Act::Disclose(arguments) => seal::disclose(&arguments),
        Act::Show(arguments) => seal::show(&arguments),
        Act::Token(arguments) => token::run(&arguments),
        Act::Exclude(arguments) => exclude::run(&arguments),
        Act::Statement(arguments) => statement::run(&arguments),
        Act::Attest(arguments) => attest::run(&arguments),
        Act::Transcripts(arguments) => transcripts::run(&arguments),
        Act::Review(arguments) => review::run(&arguments),
        Act::Determine(arguments) => determine::run(&arguments),
        Act::Concur(arguments) => concur::run(&arguments),
        Act::Verify(arguments) => verify::run(&arguments),
        Act::Letter(arguments) => letter::run(&arguments),
        Act::Docket(arguments) => docket::run(arguments),
    }
}

/// Above this size reading a log shows how far it is, in bytes.
const BAR_FROM_BYTES: u64 = 8 * 1024 * 1024;

/// A log that shows how much of it was read.
struct Watched {
    file: File,
    bar: ProgressBar,
}

/// Opens a file. Nothing else is a log: a folder has none of its own, and a device has no end.
fn regular(path: &Path) -> anyhow::Result<File> {
    let shown = path.display();
    let file = crate::command::open(path).with_context(|| format!("cannot open {shown}"))?;
    let kind = file.metadata().with_context(|| format!("cannot open {shown}"))?.file_type();
    match (kind.is_file(), kind.is_dir()) {
        (true, _) => Ok(file),
        (false, true) => bail!(
            "cannot read {shown}: it is a folder; `seawall evaluation list` shows the logs in it"
        ),
        (false, false) => bail!("cannot read {shown}: it is no file"),
    }
}

impl Watched {
    fn open(path: &Path) -> anyhow::Result<Watched> {
        let shown = path.display();
        let file = regular(path)?;
        let length = file.metadata().with_context(|| format!("cannot open {shown}"))?.len();
        let bar = match length > BAR_FROM_BYTES {
            true => ProgressBar::new(length),
            false => ProgressBar::hidden(),
        };
        let style = "{prefix}  {bytes} of {total_bytes}  {bytes_per_sec}";
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar.set_prefix(shown.to_string());
        Ok(Watched { file, bar })
    }
}

impl Read for Watched {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(into)?;
        self.bar.inc(count as u64);
        Ok(count)
    }
}

impl Seek for Watched {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// Reads a record whose digests hold; what is in it was not computed again.
fn record(path: &Path) -> anyhow::Result<Record> {
    let shown = path.display();
    let bytes = papers::read(path)?;
    let record = determination::read(&bytes).with_context(|| format!("cannot use {shown}"))?;
    Ok(record)
}

/// Foreign text as a terminal may show it.
fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}
