//! Checking a patch.

use super::{Arguments, Subject};
use crate::command::say;
use anyhow::Context;
use seawall_domain::verdict::{PatchVerdict, Trial};
use serde_json::json;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

pub(super) fn run(
    subject: &Subject,
    patch: &Path,
    arguments: &Arguments,
) -> anyhow::Result<ExitCode> {
    let bytes = std::fs::read(patch).with_context(|| format!("cannot read {}", patch.display()))?;
    let start = Instant::now();
    let Subject { recipe, version, laboratories, .. } = subject;
    let report = laboratories.ask(|process| process.check_patch(recipe, version, &bytes))?;
    if arguments.json {
        crate::command::print_json(&json!({
            "package": recipe.target.package.to_string(),
            "version": version,
            "patch_verdict": report.verdict,
            "why": report.why,
            "size": report.size,
            "reproducer": report.reproducer,
            "variants": report.variants,
            "silent_variants": report.silent_variants,
            "tests": report.tests,
            "duration_ms": u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX),
        }))?;
    } else {
        say!("{} {version}: {}", recipe.target.package, word(report.verdict));
        say!("{}", report.why);
        if let Some(size) = report.size {
            say!(
                "it changes {} files: {} lines added, {} removed",
                size.files,
                size.added,
                size.removed
            );
        }
        if let Some(reproducer) = report.reproducer {
            say!("the reproducer {}", trial(reproducer));
        }
        for variant in &report.variants {
            say!("variant `{}` {}", variant.name, trial(variant.trial));
        }
        for name in &report.silent_variants {
            say!("variant `{name}` does not show the flaw without the patch either");
        }
        if let Some(tests) = &report.tests {
            say!("tests: {} passed before, {} pass now", tests.before, tests.after);
        }
    }
    if arguments.transcripts {
        eprintln!("{}", report.transcript);
    }
    Ok(match report.verdict {
        Some(PatchVerdict::Holds) => ExitCode::SUCCESS,
        Some(
            PatchVerdict::Incomplete
            | PatchVerdict::BreaksTests
            | PatchVerdict::NewFlaw
            | PatchVerdict::DoesNotApply
            | PatchVerdict::DoesNothing,
        ) => ExitCode::from(1),
        None => ExitCode::from(2),
    })
}

fn word(verdict: Option<PatchVerdict>) -> &'static str {
    match verdict {
        Some(PatchVerdict::Holds) => "the patch holds",
        Some(PatchVerdict::Incomplete) => "the patch is incomplete",
        Some(PatchVerdict::BreaksTests) => "the patch breaks tests",
        Some(PatchVerdict::NewFlaw) => "the patch brings a new flaw",
        Some(PatchVerdict::DoesNotApply) => "the patch does not apply",
        Some(PatchVerdict::DoesNothing) => "the patch does nothing against the flaw",
        None => "nothing can be said of the patch",
    }
}

fn trial(trial: Trial) -> &'static str {
    match trial {
        Trial::Shows => "still shows the flaw",
        Trial::Died => "shows nothing any more",
        Trial::OtherCrash => "crashes in another way now",
        Trial::Unknown => "does not get to its end",
    }
}
