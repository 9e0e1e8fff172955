//! `seawall evaluation verify`: a record, recomputed from its inputs.

use super::papers::{self, Readers};
use super::{canaries, egress, list, plain};
use crate::command::{print_json, say};
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::run::Run;
use seawall_formats::determination::{LogEntry, Record};
use seawall_formats::plot::svg;
use seawall_services::evaluation::determination::{self, Check, Evidence, Searched, State};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The status for a record in which nothing is wrong, of which not everything could be looked at.
const NOT_ALL: u8 = 3;

/// Which record, and with what.
#[derive(clap::Args)]
pub struct Arguments {
    /// The record.
    record: PathBuf,
    /// The logs, or folders in which they are, however deep.
    #[arg(long, num_args = 1..)]
    logs: Vec<PathBuf>,
    /// The opening of the protocol; of a rehearsal, the plain protocol.
    #[arg(long)]
    opening: Option<PathBuf>,
    /// What was published.
    #[arg(long)]
    commitment: Option<PathBuf>,
    /// The book of tokens.
    #[arg(long)]
    tokens: Option<PathBuf>,
    /// The review for cheating.
    #[arg(long)]
    review: Option<PathBuf>,
    /// The log of a network's guard that the record names: it is counted again.
    #[arg(long, value_name = "FILE")]
    egress: Vec<PathBuf>,
    /// A register that the record was made with, or its battery's folder; one for each battery.
    #[arg(long, value_name = "FILE", requires = "logs")]
    registry: Vec<PathBuf>,
    /// Draw success by budget, success by human minutes and the score, as SVG, into a new file;
    /// only its owner may read it.
    #[arg(long, value_name = "FILE.svg")]
    plot: Option<PathBuf>,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Verifies.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let bytes = papers::read(&arguments.record)?;
    let read = |path: &Option<PathBuf>| path.as_deref().map(papers::read).transpose();
    let (protocol, commitment) = (read(&arguments.opening)?, read(&arguments.commitment)?);
    let (tokens, review) = (read(&arguments.tokens)?, read(&arguments.review)?);
    let mut given = Given::default();
    if !arguments.logs.is_empty() {
        let record = seawall_formats::determination::read(&bytes).ok();
        let searched = canaries::searched(&arguments.registry)?;
        given = Given::of(&arguments.logs, record.as_ref(), searched)?;
    }
    let guards = arguments.egress.iter().map(|path| egress::read_log(path));
    let guards = guards.collect::<anyhow::Result<Vec<_>>>()?;
    let mut checks = determination::verify(
        &bytes,
        &Evidence {
            runs: (!arguments.logs.is_empty()).then_some(given.runs.as_slice()),
            protocol: protocol.as_deref(),
            commitment: commitment.as_deref(),
            tokens: tokens.as_deref(),
            review: review.as_deref(),
            guards: &guards,
            searched: given.searched.as_ref(),
        },
    );
    for foreign in &given.foreign {
        let why = format!("{} is none of them, or was altered", plain(foreign));
        checks.push(Check {
            what: "each file given is a log of the record",
            state: State::Fails(why),
        });
    }
    if let (Some(path), Ok(record)) = (&arguments.plot, determination::read(&bytes)) {
        papers::keep(path, svg(&record.body.picture()).as_bytes(), Readers::Owner)?;
    }
    let fails = checks.iter().any(|check| matches!(check.state, State::Fails(_)));
    let open = checks.iter().any(|check| matches!(check.state, State::Open(_)));
    let (word, status) = match (fails, open) {
        (true, _) => ("does not hold", 1),
        (false, true) => ("not everything could be looked at", NOT_ALL),
        (false, false) => ("holds", 0),
    };
    match arguments.json {
        true => {
            print_json(&json!({"verified": status == 0, "verdict": word, "checks": told(&checks)}))?
        }
        false => {
            checks.iter().for_each(tell);
            say!("The record {word}.", word = said(word));
        }
    }
    Ok(ExitCode::from(status))
}

fn said(word: &str) -> String {
    match word {
        "not everything could be looked at" => format!("shows nothing wrong, but {word}"),
        word => word.to_owned(),
    }
}

fn told(checks: &[Check]) -> Vec<Value> {
    let told = |check: &Check| {
        let (state, why) = words(&check.state);
        json!({"what": check.what, "state": state, "why": why})
    };
    checks.iter().map(told).collect()
}

fn words(state: &State) -> (&'static str, Option<&str>) {
    match state {
        State::Holds => ("holds", None),
        State::Fails(why) => ("fails", Some(why)),
        State::Open(what) => ("open", Some(what)),
        State::Stated(whose) => ("stated", Some(whose)),
    }
}

fn tell(check: &Check) {
    let (state, why) = words(&check.state);
    let why = match (&check.state, why) {
        (State::Open(_), Some(what)) => format!(" (needs {what})"),
        (State::Stated(_), Some(whose)) => format!(" (by the word of {whose})"),
        (_, Some(why)) => format!(" ({})", plain(why)),
        (_, None) => String::new(),
    };
    say!("{state:<7} {}{why}", check.what);
}

/// The logs that were given: those of the record, and files that were named and are none of them.
#[derive(Default)]
struct Given {
    runs: Vec<Run>,
    foreign: Vec<String>,
    searched: Option<Searched>,
}

impl Given {
    fn of(
        paths: &[PathBuf],
        record: Option<&Record>,
        searched: Option<Searched>,
    ) -> anyhow::Result<Given> {
        let mut logs: Vec<&LogEntry> = Vec::new();
        if let Some(record) = record {
            logs.extend(&record.body.logs);
            logs.extend(record.body.drawn.iter().flat_map(|set| &set.logs));
        }
        let wanted: BTreeSet<Digest> = logs.iter().map(|log| log.sha256).collect();
        let mut given = Given { searched, ..Given::default() };
        for path in paths {
            match path.is_dir() {
                true => {
                    for file in list::files(path)? {
                        given.take(&file, &wanted)?;
                    }
                }
                false if given.take(path, &wanted)? => {}
                false => given.foreign.push(path.display().to_string()),
            }
        }
        Ok(given)
    }

    /// Takes a file, if it is one of those that are wanted.
    fn take(&mut self, path: &Path, wanted: &BTreeSet<Digest>) -> anyhow::Result<bool> {
        if !wanted.contains(&papers::digest(path)?) {
            return Ok(false);
        }
        let (log, digest) = papers::log(path)?;
        if let Some(searched) = &mut self.searched {
            let found = canaries::sighted(searched, path)?;
            searched.add(digest, found);
        }
        if !self.runs.iter().any(|run| run.log == digest) {
            self.runs.push(determination::run(&log, digest));
        }
        Ok(true)
    }
}
