//! `seawall evaluation`: what the logs of an evaluation are evidence of.
//!
//! Reading logs sends nothing. Running a battery starts Inspect.

mod compare;
mod figures;
mod flags;
mod ingest;
mod reverify;
mod run;
mod statistics;

pub use run::attend;

use anyhow::Context;
use clap::Subcommand;
use indicatif::{ProgressBar, ProgressStyle};
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
}

/// Does it.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    match arguments.act {
        Act::Ingest(arguments) => ingest::run(&arguments),
        Act::Compare(arguments) => compare::run(&arguments),
        Act::Statistics(arguments) => statistics::run(&arguments),
        Act::Run(arguments) => run::run(&arguments),
        Act::Flags(arguments) => flags::run(&arguments),
        Act::Reverify(arguments) => reverify::run(&arguments),
    }
}

/// Above this size reading a log shows how far it is, in bytes.
const BAR_FROM_BYTES: u64 = 8 * 1024 * 1024;

/// A log that shows how much of it was read.
struct Watched {
    file: File,
    bar: ProgressBar,
}

impl Watched {
    fn open(path: &Path) -> anyhow::Result<Watched> {
        let shown = path.display();
        let file = File::open(path).with_context(|| format!("cannot open {shown}"))?;
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

/// Foreign text as a terminal may show it.
fn plain(text: &str) -> String {
    text.chars().map(|letter| if letter.is_control() { '\u{fffd}' } else { letter }).collect()
}
