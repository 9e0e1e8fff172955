//! `cargo xtask bench NAME`: one benchmark, in release, beside its peer in the same run.

use crate::run;
use std::path::Path;
use std::process::ExitCode;

/// A benchmark is one or more example programs of the crates that it measures, run in turn.
struct Bench {
    name: &'static str,
    /// Crate and example.
    programs: &'static [(&'static str, &'static str)],
    measures: &'static str,
}

const BENCHES: [Bench; 6] = [
    Bench {
        name: "sandbox",
        programs: &[("seawall-sandbox", "startup"), ("seawall-sandbox", "reproductions")],
        measures: "start-up and reproductions a minute, beside bubblewrap and bare processes",
    },
    Bench {
        name: "ledger",
        programs: &[("seawall-ledger", "append")],
        measures: "appending leaves to the log, beside a bare SHA-256 loop",
    },
    Bench {
        name: "osv-query",
        programs: &[("seawall-server", "osv_query")],
        measures: "the OSV query interface over loopback, beside a canned answer",
    },
    Bench {
        name: "kill",
        programs: &[("seawall", "kill")],
        measures: "the whole demo under seeded `kill -9`; its figures must end the same",
    },
    Bench {
        name: "match",
        programs: &[("seawall", "matching")],
        measures: "inventories against 300,000 advisories, beside cargo-audit and trivy",
    },
    Bench {
        name: "frontier",
        programs: &[
            ("seawall-domain", "bootstraps"),
            ("seawall-formats", "evaluation_log"),
            ("seawall-gateway", "gateway"),
        ],
        measures: "logs and statistics of evaluations; the gateway beside nginx and LiteLLM",
    },
];

/// Runs the named benchmark, or lists them.
pub fn main(root: &Path, arguments: &[String]) -> ExitCode {
    let Some((name, rest)) = arguments.split_first() else {
        for bench in &BENCHES {
            println!("{:<10} {}", bench.name, bench.measures);
        }
        return ExitCode::SUCCESS;
    };
    let Some(bench) = BENCHES.iter().find(|bench| bench.name == name) else {
        eprintln!("cannot run the benchmark `{name}`: no such name; try `cargo xtask bench`");
        return ExitCode::from(2);
    };
    for (package, example) in bench.programs {
        let code = one(root, package, example, rest);
        if code != ExitCode::SUCCESS {
            return code;
        }
    }
    ExitCode::SUCCESS
}

fn one(root: &Path, package: &str, example: &str, rest: &[String]) -> ExitCode {
    let source = format!("crates/{package}/examples/{example}.rs");
    if !root.join(&source).is_file() {
        eprintln!("cannot run the benchmark: not there yet: {source}");
        return ExitCode::from(2);
    }
    let mut command = run::cargo();
    command.current_dir(root).args(["run", "--release", "--package", package]);
    command.args(["--example", example, "--"]).args(rest);
    match command.status() {
        Ok(status) => run::code(status),
        Err(error) => {
            eprintln!("cannot start cargo: {error}");
            ExitCode::from(2)
        }
    }
}
