//! `cargo xtask test`: the whole gate, the same here and in CI.
//!
//! Every step is run even when an earlier one failed, and what was left out is named at the end.
//! With `CI=true`, a test that skipped itself for want of the shared data, PostgreSQL or Chromium
//! is a failure: there nothing may be missing.

mod output;

use crate::postgres::Cluster;
use crate::run::{self, Ending, Step};
use crate::{assets, harness, system, tidy};
use output::{Notes, Relay};
use std::ffi::OsString;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

/// What was asked for on the command line.
#[derive(Debug, Default, Eq, PartialEq)]
struct Request {
    /// Leaves out what takes minutes; each thing left out is named.
    quick: bool,
    filter: Option<String>,
}

impl Request {
    fn read(arguments: &[String]) -> Result<Request, String> {
        let mut request = Request::default();
        for argument in arguments {
            match argument.as_str() {
                "--quick" => request.quick = true,
                flag if flag.starts_with('-') => return Err(format!("unknown flag `{flag}`")),
                filter if request.filter.is_none() => request.filter = Some(filter.to_string()),
                other => return Err(format!("a second filter `{other}`")),
            }
        }
        Ok(request)
    }
}

/// Runs the gate.
pub fn main(root: &Path, arguments: &[String]) -> ExitCode {
    let request = match Request::read(arguments) {
        Ok(request) => request,
        Err(why) => {
            eprintln!("cannot run the tests: {why}");
            return ExitCode::from(2);
        }
    };
    let mut notes = Notes::default();
    let mut steps = prepare(root, &request);
    steps.extend(inspect(root, &request));
    steps.extend(tests(root, &request, &mut notes));
    if let Some(step) = completeness(&notes, is_ci()) {
        steps.push(step);
    }
    report(&steps, &notes);
    run::verdict(&steps)
}

/// What the other steps need: system packages, the pages' assets, and other people's harness.
fn prepare(root: &Path, request: &Request) -> Vec<Step> {
    let quick = request.quick;
    let system =
        Step::run("system packages", || provided(quick, || system::provide(system::Purpose::Test)));
    let assets = Step::run("assets", || provided(quick, || assets::provide(root)));
    let inspect = Step::run("Inspect", || provided(quick, || harness::provide(root)));
    vec![system, assets, inspect]
}

/// What cannot be had is left out here, and the tests that miss it say so by name.
fn provided(quick: bool, provide: impl FnOnce() -> Result<(), String>) -> Ending {
    if quick {
        return left_out("--quick");
    }
    match provide() {
        Ok(()) => Ending::Passed,
        Err(why) => Ending::LeftOut(why),
    }
}

/// What reads the sources without running them.
fn inspect(root: &Path, request: &Request) -> Vec<Step> {
    let cargo = |words: &[&str]| {
        let mut command = run::cargo();
        command.current_dir(root).args(words);
        command
    };
    let format =
        Step::run("format", || run::ending(&mut cargo(&["fmt", "--all", "--", "--check", "-l"])));
    let tidy = Step::run("tidy", || match tidy::all(root) {
        Ok(complaints) if complaints.is_empty() => Ending::Passed,
        Ok(complaints) => {
            complaints.iter().for_each(|complaint| eprintln!("{complaint}"));
            Ending::Failed(format!("{} complaints", complaints.len()))
        }
        Err(why) => Ending::Failed(why),
    });
    let clippy = Step::run("clippy", || {
        if request.quick {
            return left_out("--quick");
        }
        let words = ["clippy", "--workspace", "--", "-D", "warnings"];
        run::ending(&mut cargo(&words))
    });
    // What is built for tests may unwrap: there, a panic is the report.
    let clippy_tests = Step::run("clippy of tests", || {
        if request.quick {
            return left_out("--quick");
        }
        let unwraps = ["-A", "clippy::unwrap_used", "-A", "clippy::expect_used"];
        let words = ["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"];
        run::ending(&mut cargo(&[&words[..], &unwraps].concat()))
    });
    vec![format, tidy, clippy, clippy_tests, deny(&cargo), advisories(&cargo)]
}

fn deny(cargo: &impl Fn(&[&str]) -> Command) -> Step {
    Step::run("cargo-deny", || {
        if !run::succeeds(&mut cargo(&["deny", "--version"])) {
            return left_out("not installed (`cargo install cargo-deny`)");
        }
        // Its warnings are a list of crates in two versions; `cargo deny check bans` shows it.
        let quiet = ["deny", "--log-level", "error", "check", "bans", "licenses", "sources"];
        run::ending(&mut cargo(&quiet))
    })
}

/// Known flaws in our dependencies; the database lies on the network and may be out of reach.
fn advisories(cargo: &impl Fn(&[&str]) -> Command) -> Step {
    Step::run("cargo-deny advisories", || {
        if !run::succeeds(&mut cargo(&["deny", "--version"])) {
            return left_out("not installed (`cargo install cargo-deny`)");
        }
        if !run::succeeds(&mut cargo(&["deny", "fetch", "db"])) {
            return left_out("the advisory database cannot be reached");
        }
        run::ending(&mut cargo(&["deny", "--offline", "check", "advisories"]))
    })
}

fn left_out(why: &str) -> Ending {
    Ending::LeftOut(why.to_string())
}

/// PostgreSQL, then every test; the server is gone when this returns.
fn tests(root: &Path, request: &Request, notes: &mut Notes) -> Vec<Step> {
    let mut cluster = None;
    let mut url = std::env::var("SEAWALL_TEST_POSTGRES").ok();
    let postgres = Step::run("PostgreSQL", || {
        if url.is_some() {
            return left_out("SEAWALL_TEST_POSTGRES names one already");
        }
        if request.quick {
            return left_out("--quick");
        }
        match Cluster::start() {
            Ok(started) => {
                url = Some(started.url());
                cluster = Some(started);
                Ending::Passed
            }
            Err(why) => Ending::LeftOut(why),
        }
    });
    let mut command = run::cargo();
    command.current_dir(root).args(["test", "--workspace", "--no-fail-fast"]);
    command.args(&request.filter).args(["--", "--show-output"]).envs(environment(root, url));
    let tests = Step::run("tests", || match relay(&mut command, notes) {
        Ok(()) if notes.passed == 0 => Ending::Failed("not one test was run".to_string()),
        Ok(()) => Ending::Passed,
        Err(why) => Ending::Failed(why),
    });
    drop(cluster);
    vec![postgres, tests]
}

/// What tests look for; what is not there they skip by name.
fn environment(root: &Path, url: Option<String>) -> Vec<(&'static str, OsString)> {
    let database = url.map(|url| ("SEAWALL_TEST_POSTGRES", OsString::from(url)));
    let data = data(root).map(|folder| ("SEAWALL_DATA", folder.into_os_string()));
    let inspect = Some(harness::program(root)).filter(|program| program.is_file());
    let inspect = inspect.map(|program| ("SEAWALL_INSPECT", program.into_os_string()));
    database.into_iter().chain(data).chain(inspect).collect()
}

/// The shared test data: where `SEAWALL_DATA` says, else `../shared/data` beside the repository.
pub fn data(root: &Path) -> Option<PathBuf> {
    let named = std::env::var_os("SEAWALL_DATA").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| root.join("../shared/data"));
    folder.canonicalize().ok().filter(|folder| folder.is_dir())
}

/// Runs the tests, showing what they say as it comes, and keeps the notes.
fn relay(command: &mut Command, notes: &mut Notes) -> Result<(), String> {
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = child.map_err(|error| format!("cannot start cargo: {error}"))?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let said = std::thread::scope(|scope| {
        let errors = scope.spawn(move || follow(stderr, &mut std::io::stderr(), Relay::whole()));
        let mut said = follow(stdout, &mut std::io::stdout(), Relay::without_successes());
        said.add(errors.join().unwrap_or_default());
        said
    });
    *notes = said;
    let status = child.wait().map_err(|error| format!("cannot wait for cargo: {error}"))?;
    if status.success() { Ok(()) } else { Err(run::said(status)) }
}

fn follow(from: Option<impl Read>, to: &mut impl Write, mut relay: Relay) -> Notes {
    let Some(from) = from else {
        return Notes::default();
    };
    let mut reader = BufReader::new(from);
    let mut line = Vec::new();
    // A test may write bytes that are no text; the relay goes on and shows what it can.
    while matches!(reader.read_until(b'\n', &mut line), Ok(length) if length > 0) {
        if relay.show(String::from_utf8_lossy(&line).trim_end()) {
            // Nobody may be reading us any more; the tests still count.
            let _ = to.write_all(&line).and_then(|()| to.flush());
        }
        line.clear();
    }
    relay.notes
}

fn is_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true" || value == "1")
}

/// In CI, a test that skipped itself for want of something that CI must have.
fn completeness(notes: &Notes, ci: bool) -> Option<Step> {
    let wanting = notes.skipped.iter().filter(|line| output::is_for_want_of_equipment(line));
    let count = wanting.count();
    let failed = || Ending::Failed(format!("{count} tests lacked data, PostgreSQL or Chromium"));
    (ci && count > 0).then(|| Step::run("completeness (CI)", failed))
}

fn report(steps: &[Step], notes: &Notes) {
    println!("\nsteps\n{}", run::table(steps));
    for (title, lines) in [("skipped", &notes.skipped), ("ignored", &notes.ignored)] {
        println!("{title} tests: {}", lines.len());
        lines.iter().for_each(|line| println!("  {line}"));
    }
    println!(
        "tests: {} passed, {} failed, {} ignored, in {} programs",
        notes.passed,
        notes.failed,
        notes.ignored.len(),
        notes.programs
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(words: &[&str], expected: Result<(bool, Option<&str>), &str>) {
        let words: Vec<String> = words.iter().map(|word| word.to_string()).collect();
        let expected = expected
            .map(|(quick, filter)| Request { quick, filter: filter.map(str::to_string) })
            .map_err(str::to_string);
        assert_eq!(Request::read(&words), expected, "{words:?}");
    }

    #[test]
    fn a_request_reads_or_says_why_not() {
        check(&[], Ok((false, None)));
        check(&["case"], Ok((false, Some("case"))));
        check(&["--quick", "case"], Ok((true, Some("case"))));
        check(&["--fast"], Err("unknown flag `--fast`"));
        check(&["a", "b"], Err("a second filter `b`"));
    }

    #[test]
    fn only_ci_fails_for_want_of_equipment() {
        let mut notes = Notes::default();
        assert!(completeness(&notes, true).is_none());
        notes.skipped.push("skipped: a: no SEAWALL_DATA".to_string());
        assert!(completeness(&notes, false).is_none());
        assert!(completeness(&notes, true).is_some());
    }
}
