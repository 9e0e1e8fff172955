//! The tasks of the house: everything a developer or a CI machine runs, as `cargo xtask VERB`.
//!
//! It alone installs system packages, and it never hides a failure. It uses only the standard
//! library, so that a fresh clone can run it within seconds, and it is no part of the product.

mod assets;
mod bench;
mod corpus;
mod demo;
mod fuzz;
mod harness;
mod postgres;
mod run;
mod system;
mod test;
mod tidy;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// One thing that can be asked of `cargo xtask`.
struct Verb {
    name: &'static str,
    /// What follows the name, as the help shows it.
    takes: &'static str,
    does: &'static str,
    run: fn(&Path, &[String]) -> ExitCode,
}

/// Every verb, in the order of the help; dispatch reads this table, so the help cannot lag.
const VERBS: [Verb; 8] = [
    Verb {
        name: "demo",
        takes: "[--exit] [--json] [...]",
        does: "prepare this machine, build, and run `seawall demo` with what follows",
        run: demo::main,
    },
    Verb {
        name: "test",
        takes: "[--quick] [FILTER]",
        does: "the whole gate: format, clippy, tidy, cargo-deny, all tests on both databases",
        run: test::main,
    },
    Verb { name: "tidy", takes: "", does: "the house rules that are code", run: tidy::main },
    Verb {
        name: "bench",
        takes: "[NAME]",
        does: "one benchmark, or the list of them",
        run: bench::main,
    },
    Verb {
        name: "corpus",
        takes: "[FILTER]",
        does: "the ignored tests: they need the package registries, and time",
        run: corpus::main,
    },
    Verb {
        name: "fuzz",
        takes: "[TARGET] [--seconds N]",
        does: "every reader against coverage-guided noise, each for a minute",
        run: fuzz::main,
    },
    Verb {
        name: "assets",
        takes: "",
        does: "bring the front-end packages with `npm ci` and keep what the pages use",
        run: assets::main,
    },
    Verb {
        name: "system",
        takes: "[--install]",
        does: "name what this machine lacks, and install it when asked to",
        run: system::main,
    },
];

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (name, rest) = match arguments.split_first() {
        Some((name, rest)) => (name.as_str(), rest),
        None => ("help", arguments.as_slice()),
    };
    if ["help", "--help", "-h"].contains(&name) {
        print!("{}", help());
        return ExitCode::SUCCESS;
    }
    match VERBS.iter().find(|verb| verb.name == name) {
        Some(verb) => (verb.run)(&root(), rest),
        None => {
            eprintln!("cannot run `{name}`: no such task\n\n{}", help());
            ExitCode::from(2)
        }
    }
}

/// The repository: the folder above this crate's own, as cargo says when it runs this program.
/// Where it was built counts only without cargo: a target folder may have served another checkout.
fn root() -> PathBuf {
    let told = std::env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
    let here = told.unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")));
    here.parent().unwrap_or(&here).to_path_buf()
}

/// The text of `cargo xtask help`.
fn help() -> String {
    let mut text = String::from("cargo xtask VERB\n\n");
    for verb in &VERBS {
        let call = format!("{} {}", verb.name, verb.takes);
        text.push_str(&format!("  {:<30} {}\n", call.trim_end(), verb.does));
    }
    text.push_str("\nExit status: 0 done, 1 something failed, 2 could not be done here.\n");
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn help_lists_every_verb_on_a_line_that_fits() {
        let help = help();
        for verb in &VERBS {
            assert!(help.contains(&format!("\n  {}", verb.name)), "{}", verb.name);
        }
        assert!(help.lines().all(|line| line.chars().count() <= 120), "{help}");
    }
}
