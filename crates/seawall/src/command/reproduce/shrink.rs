//! Making the reproducer smaller.

use super::{Subject, write};
use crate::command::say;
use anyhow::bail;
use seawall_sandbox::Minimised;
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;

/// So many runs at most.
const TESTS_MAX: u32 = 400;

pub(super) fn run(subject: &Subject, out: &Path, as_json: bool) -> anyhow::Result<ExitCode> {
    let Subject { recipe, version, laboratories, .. } = subject;
    match laboratories.ask(|process| process.minimise(recipe, version, TESTS_MAX))? {
        Minimised::NoInput => {
            bail!("the recipe does not say which file is the attack's input: name it in `input`")
        }
        Minimised::NotShown { why, report } => {
            eprintln!("{}", report.transcript);
            bail!("{why}");
        }
        Minimised::Smaller { recipe, before_bytes, after_bytes, tests, complete } => {
            write(out, seawall_formats::recipe::write(&recipe).as_bytes())?;
            if as_json {
                crate::command::print_json(&json!({
                    "before_bytes": before_bytes, "after_bytes": after_bytes, "tests": tests,
                    "complete": complete, "recipe": out,
                }))?;
            } else {
                say!("{before_bytes} bytes before, {after_bytes} now, by {tests} runs");
                match complete {
                    true => say!("no single byte can be left out"),
                    false => say!("the runs were used up; it may become smaller yet"),
                }
                say!("written to {}", out.display());
            }
            Ok(ExitCode::SUCCESS)
        }
    }
}
