//! `cargo xtask bench NAME`: one benchmark, in release, beside its peer in the same run.

use crate::run;
use std::path::Path;
use std::process::ExitCode;

/// A benchmark is an example program of the crate that it measures.
struct Bench {
    name: &'static str,
    package: &'static str,
    example: &'static str,
    measures: &'static str,
}

const BENCHES: [Bench; 5] = [
    Bench {
        name: "sandbox",
        package: "seawall-sandbox",
        example: "startup",
        measures: "start-up added by the sandbox, beside bare bubblewrap and a bare process",
    },
    Bench {
        name: "ledger",
        package: "seawall-ledger",
        example: "append",
        measures: "appending leaves to the log, beside a bare SHA-256 loop",
    },
    Bench {
        name: "osv-query",
        package: "seawall-server",
        example: "osv_query",
        measures: "the OSV query interface over loopback, beside a canned answer",
    },
    Bench {
        name: "kill",
        package: "seawall",
        example: "kill",
        measures: "the whole demo under seeded `kill -9`; its figures must end the same",
    },
    Bench {
        name: "match",
        package: "seawall",
        example: "matching",
        measures: "inventories against 300,000 advisories, beside cargo-audit and trivy",
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
    let source = format!("crates/{}/examples/{}.rs", bench.package, bench.example);
    if !root.join(&source).is_file() {
        eprintln!("cannot run the benchmark `{name}`: not there yet: {source}");
        return ExitCode::from(2);
    }
    let mut command = run::cargo();
    command.current_dir(root).args(["run", "--release", "--package", bench.package]);
    command.args(["--example", bench.example, "--"]).args(rest);
    match command.status() {
        Ok(status) => run::code(status),
        Err(error) => {
            eprintln!("cannot start cargo: {error}");
            ExitCode::from(2)
        }
    }
}
