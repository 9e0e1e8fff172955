//! `seawall inspect`: the engines by hand. One JSON case a line in, one answer a line out.
//!
//! A case is a JSON object; where an engine has one plain use, a bare text is that use: `seawall
//! inspect cvss CVSS:3.1/AV:N/…`. What is invalid is answered with `{"error":"…"}` in its place. A
//! crash report has lines of its own, so there a case is a file, and `-` is one report.

mod deadline;
mod estimate;
mod purl;
mod score;
mod stack;
mod versions;

use anyhow::Context;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use std::io::{BufRead, Write};
use std::process::ExitCode;

/// The longest case in bytes.
const CASE_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Which engine, and the cases.
#[derive(clap::Args)]
pub struct Arguments {
    /// The engine.
    engine: Engine,
    /// Cases, each a JSON object or a bare text; `-` reads one a line from standard input. For
    /// `stack` each is the file of a report, and `-` reads one report.
    #[arg(required = true)]
    cases: Vec<String>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq, clap::ValueEnum)]
enum Engine {
    /// Package URLs: parse, build.
    Purl,
    /// Version ranges: contains, sort, equal, parse, `from_native`.
    Vers,
    /// The order of versions by OSV ecosystem: compare.
    Version,
    /// CVSS vectors: score.
    Cvss,
    /// Raw crash reports of sanitizers, fuzzers, debuggers and runtimes: class, key, severity.
    Stack,
    /// Bounds on a share: `{"passes","attempts","alpha"}` gives Wilson's and Clopper-Pearson's,
    /// each one-sided at alpha (0.05); `"sides":2` for intervals with two sides.
    Proportion,
    /// Several attempts: `{"n","c","k"}` gives the chance that one of k passes and that each does,
    /// null where n is below k.
    PassAt,
    /// Quantiles of Student's t: `{"p","df"}`.
    TQuantile,
    /// The table of BOD 26-04.
    #[value(name = "bod-26-04")]
    Bod2604,
}

impl Engine {
    fn answer(self, case: &str) -> Result<Value, String> {
        match self {
            Engine::Purl => purl::answer(case),
            Engine::Vers => versions::range(case),
            Engine::Version => versions::order(case),
            Engine::Cvss => score::answer(case),
            Engine::Stack => stack::answer(case),
            Engine::Proportion => estimate::share(case),
            Engine::PassAt => estimate::several(case),
            Engine::TQuantile => estimate::quantile(case),
            Engine::Bod2604 => deadline::answer(case),
        }
    }
}

/// Answers every case; with status 1 when one of them was invalid.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    let mut valid = true;
    let mut answer = |case: Result<&str, String>| -> anyhow::Result<()> {
        let answer = case.and_then(|case| arguments.engine.answer(case.trim()));
        let answer = answer.unwrap_or_else(|why| {
            valid = false;
            json!({"error": why})
        });
        serde_json::to_writer(&mut out, &answer)?;
        out.write_all(b"\n").context("cannot write the answer")
    };
    for case in &arguments.cases {
        if case == "-" && arguments.engine != Engine::Stack {
            each_line(&mut answer)?;
        } else {
            answer(Ok(case))?;
        }
    }
    out.flush()?;
    Ok(if valid { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Answers every line, so that the answers stand in the order of the cases.
fn each_line(
    answer: &mut impl FnMut(Result<&str, String>) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut input = std::io::stdin().lock();
    let (mut line, mut number) = (Vec::new(), 0_u64);
    loop {
        line.clear();
        number += 1;
        let read = std::io::Read::take(&mut input, CASE_BYTES_MAX).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&line);
        match text.trim().is_empty() {
            true => answer(Err(format!("cannot read the case: line {number} is empty")))?,
            false => answer(Ok(&text))?,
        }
    }
}

/// A case as its engine wants it.
fn case<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| format!("cannot read the case: {error}"))
}

/// The start of foreign text in a message.
fn shown(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(60).collect()
}

/// Whether a case is a JSON object rather than a bare text.
fn is_object(text: &str) -> bool {
    text.starts_with('{')
}
