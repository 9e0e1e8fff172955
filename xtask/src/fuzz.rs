//! `cargo xtask fuzz [TARGET] [--seconds N]`: every reader of foreign bytes against coverage-guided
//! noise, each for a while, and a table of what came of it.
//!
//! It needs the stable toolchain and a C++ compiler for libFuzzer. The coverage that guides it is
//! an LLVM pass that stable `rustc` can be asked for; AddressSanitizer cannot, and is left out: the
//! readers are safe Rust, where a panic, an overflow of the stack, a hang or too much memory is
//! what there is to find. Each input gets [`INPUT_SECONDS_MAX`] and [`MEMORY_MIB_MAX`], on a stack
//! as small as that of the product's threads. Everything is kept under `target/fuzz/`.

mod seeds;
mod targets;

use crate::{run, test};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};
use targets::{TARGETS, Target};

/// Longer on one input is a hang.
const INPUT_SECONDS_MAX: u32 = 5;
/// More resident memory is too much.
const MEMORY_MIB_MAX: u32 = 2048;
/// The stack of a thread of the product, in KiB.
const STACK_KIB: u32 = 2048;
/// How long each target runs unless told otherwise.
const SECONDS: u32 = 60;

/// How rustc is asked for coverage: counters and comparisons, as libFuzzer reads them.
const COVERAGE: [&str; 7] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
    "--cfg fuzzing",
    "-Ccodegen-units=1",
];

/// What was asked for on the command line.
#[derive(Debug, Eq, PartialEq)]
struct Request {
    targets: Vec<&'static Target>,
    seconds: u32,
}

impl Request {
    fn read(arguments: &[String]) -> Result<Request, String> {
        let (mut name, mut seconds) = (None, SECONDS);
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--seconds" => {
                    let number = arguments.next().and_then(|number| number.parse().ok());
                    seconds = number.filter(|number| *number > 0).ok_or("`--seconds` of what?")?;
                }
                flag if flag.starts_with('-') => return Err(format!("unknown flag `{flag}`")),
                _ if name.is_some() => return Err(format!("a second target `{argument}`")),
                _ => name = Some(argument.as_str()),
            }
        }
        let targets: Vec<&Target> =
            TARGETS.iter().filter(|target| name.is_none_or(|name| name == target.name)).collect();
        if targets.is_empty() {
            let known: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
            let name = name.unwrap_or_default();
            return Err(format!("no target `{name}`; there are {}", known.join(", ")));
        }
        Ok(Request { targets, seconds })
    }
}

/// Where everything lies.
struct Places {
    root: PathBuf,
    kept: PathBuf,
    data: Option<PathBuf>,
}

impl Places {
    /// The folder of one target below `kept`, made if it is not there.
    fn folder(&self, kind: &str, target: &Target) -> Result<PathBuf, String> {
        let folder = self.kept.join(kind).join(target.name);
        fs::create_dir_all(&folder)
            .map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        Ok(folder)
    }

    /// The folder as a person would type it.
    fn shown<'p>(&self, path: &'p Path) -> std::path::Display<'p> {
        path.strip_prefix(&self.root).unwrap_or(path).display()
    }
}

/// Builds the targets and runs each.
pub fn main(root: &Path, arguments: &[String]) -> ExitCode {
    let request = match Request::read(arguments) {
        Ok(request) => request,
        Err(why) => {
            eprintln!("cannot fuzz: {why}");
            return ExitCode::from(2);
        }
    };
    let kept = root.join("target/fuzz");
    let places = Places { root: root.to_path_buf(), kept, data: test::data(root) };
    match fuzz(&places, &request) {
        Ok(code) => code,
        Err(why) => {
            eprintln!("cannot fuzz: {why}");
            ExitCode::from(2)
        }
    }
}

fn fuzz(places: &Places, request: &Request) -> Result<ExitCode, String> {
    let programs = build(places, request)?;
    if places.data.is_none() {
        eprintln!("   no SEAWALL_DATA: only the seeds of fuzz/seeds are there to begin with");
    }
    let mut runs = Vec::new();
    for target in &request.targets {
        eprintln!("== {} for {} s", target.name, request.seconds);
        let run = one(places, target, &programs.join(target.name), request.seconds)?;
        eprintln!("   {}", run.line());
        runs.push(run);
    }
    print!("{}", table(&runs));
    let crashes: Vec<&PathBuf> = runs.iter().flat_map(|run| &run.crashes).collect();
    for crash in &crashes {
        let target = crash.parent().and_then(Path::file_name).unwrap_or_default();
        let program = programs.join(target);
        println!("replay: {} {}", places.shown(&program), places.shown(crash));
    }
    let failed = runs.iter().any(|run| run.failed);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

/// Builds the programs; gives the folder in which they lie.
fn build(places: &Places, request: &Request) -> Result<PathBuf, String> {
    let host = host()?;
    let folder = places.kept.join("build");
    let mut cargo = run::cargo();
    cargo.current_dir(&places.root).args(["build", "--release", "--manifest-path"]);
    cargo.arg("fuzz/Cargo.toml").arg("--target-dir").arg(&folder).args(["--target", &host]);
    match request.targets.as_slice() {
        [target] => cargo.args(["--bin", target.name]),
        _ => cargo.arg("--bins"),
    };
    // A target triple of its own keeps the flags away from build scripts and macros.
    cargo.env("RUSTFLAGS", COVERAGE.join(" "));
    run::run(&mut cargo)?;
    Ok(folder.join(host).join("release"))
}

/// The triple of this machine, as `rustc -vV` says it.
fn host() -> Result<String, String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output = Command::new(rustc).arg("-vV").output();
    let output = output.map_err(|error| format!("cannot start rustc: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let host = said.lines().find_map(|line| line.strip_prefix("host: "));
    host.map(str::to_owned).ok_or_else(|| "rustc does not name its host".to_owned())
}

/// What came of one target.
#[derive(Debug, Default, Eq, PartialEq)]
struct Run {
    target: &'static str,
    executions: u64,
    per_second: u64,
    /// Edges and comparisons that were reached, as libFuzzer counts them.
    features: u64,
    crashes: Vec<PathBuf>,
    failed: bool,
}

impl Run {
    fn line(&self) -> String {
        let Run { target, executions, per_second, features, crashes, failed } = self;
        let crashes = match (crashes.len(), failed) {
            (0, true) => "failed".to_owned(),
            (count, _) => count.to_string(),
        };
        format!("{target:<26} {executions:>12} {per_second:>9} {features:>9} {crashes:>8}")
    }
}

/// The runs as a table, one a line.
fn table(runs: &[Run]) -> String {
    let head = ["target", "executions", "a second", "features", "crashes"];
    let [target, executions, per_second, features, crashes] = head;
    let mut table =
        format!("{target:<26} {executions:>12} {per_second:>9} {features:>9} {crashes:>8}\n");
    for run in runs {
        table.push_str(&run.line());
        table.push('\n');
    }
    table
}

fn one(places: &Places, target: &Target, program: &Path, seconds: u32) -> Result<Run, String> {
    let corpus = places.folder("corpus", target)?;
    let seeds = seeds::gather(places, target)?;
    let artifacts = places.folder("artifacts", target)?;
    let before = files(&artifacts);
    let mut command = Command::new("sh");
    command.current_dir(&places.root).arg("-c");
    command.arg(format!("ulimit -s {STACK_KIB} && exec \"$0\" \"$@\"")).arg(program);
    command.arg(format!("-max_total_time={seconds}"));
    command.arg(format!("-timeout={INPUT_SECONDS_MAX}"));
    command.arg(format!("-rss_limit_mb={MEMORY_MIB_MAX}"));
    command.arg(format!("-max_len={}", target.bytes_max));
    command.arg(format!("-artifact_prefix={}/", artifacts.display()));
    command.args(["-print_final_stats=1", "-detect_leaks=0", "-reload=0"]);
    if let Some(dictionary) = seeds::dictionary(places, target, &seeds)? {
        command.arg(format!("-dict={}", dictionary.display()));
    }
    command.arg(&corpus).args(&seeds);
    let log = places.folder("logs", target)?.join("last.txt");
    let told = fs::File::create(&log).map_err(|error| format!("{}: {error}", log.display()))?;
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(told);
    let status = command.status().map_err(|error| format!("cannot start sh: {error}"))?;
    let told = fs::read(&log).map_err(|error| format!("{}: {error}", log.display()))?;
    let mut run = read(target.name, &String::from_utf8_lossy(&told));
    run.failed = !status.success();
    run.crashes = files(&artifacts).into_iter().filter(|file| !before.contains(file)).collect();
    if run.failed {
        eprintln!("   {}; see {}", run::said(status), places.shown(&log));
    }
    Ok(run)
}

/// The files of a folder, in the order of their names.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).into_iter().flatten().flatten();
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    files.retain(|file| file.is_file());
    files.sort();
    files
}

/// Reads what libFuzzer says: the features of its last line that has any, and its final statistics.
fn read(target: &'static str, told: &str) -> Run {
    let number = |text: Option<&str>| text.and_then(|text| text.trim().parse().ok());
    let after = |line: &str, words: &str| {
        let (_, rest) = line.split_once(words)?;
        number(rest.split_whitespace().next())
    };
    let mut run = Run { target, ..Run::default() };
    for line in told.lines() {
        if let Some(features) = after(line, " ft: ") {
            run.features = features;
        }
        if let Some(executions) = after(line, "stat::number_of_executed_units:") {
            run.executions = executions;
        }
        if let Some(per_second) = after(line, "stat::average_exec_per_sec:") {
            run.per_second = per_second;
        }
    }
    run
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arguments: &[&str], expected: Result<(usize, u32), &str>) {
        let arguments: Vec<String> = arguments.iter().map(|word| (*word).to_owned()).collect();
        let read =
            Request::read(&arguments).map(|request| (request.targets.len(), request.seconds));
        match (read, expected) {
            (Err(why), Err(start)) => assert!(why.starts_with(start), "{why}"),
            (read, expected) => assert_eq!(read, expected.map_err(str::to_owned)),
        }
    }

    #[test]
    fn what_is_asked_for_is_read() {
        check(&[], Ok((TARGETS.len(), SECONDS)));
        check(&["purl"], Ok((1, SECONDS)));
        check(&["--seconds", "5", "purl"], Ok((1, 5)));
        check(&["--seconds"], Err("`--seconds` of what?"));
        check(&["--seconds", "0"], Err("`--seconds` of what?"));
        check(&["--second", "1"], Err("unknown flag `--second`"));
        check(&["purl", "vers"], Err("a second target `vers`"));
        check(&["nothing"], Err("no target `nothing`; there are inventory_"));
    }

    #[test]
    fn what_the_fuzzer_says_is_read() {
        let told = "#2 INITED cov: 10 ft: 12 corp: 1/1b\n#9 NEW cov: 30 ft: 45 corp: 2/9b\n\
                    #10 DONE cov: 30 ft: 46 corp: 2/9b\nstat::number_of_executed_units: 9000\n\
                    stat::average_exec_per_sec:     150\n";
        let run = read("purl", told);
        assert_eq!((run.executions, run.per_second, run.features), (9000, 150, 46));
        assert!(table(&[run]).ends_with("9000       150        46        0\n"));
    }
}
