//! Running a recipe against a release: build once, then attack and control, each in a new sandbox.

use crate::cache::{Cache, Scratch, random_hex};
use crate::launch::{Ended, How, Job, Mount};
use crate::oracle::{self, Factors, Judgement, told};
use crate::{Fetched, LabFault, Laboratory, inner, microvm};
use seawall_domain::package::Version;
use seawall_domain::recipe::{Oracle, Recipe};
use seawall_domain::verdict::Outcome;
use serde::{Deserialize, Serialize};
use std::fmt::Write as _;
use std::fs;
use std::path::{Component, Path, PathBuf};
use std::time::Duration;

/// No verdict needs more runs than this.
pub const RUNS_MAX: u32 = 20;
/// What of one stream is kept in a transcript.
const STREAM_BYTES_KEPT: usize = 16 * 1024;

/// One run of a recipe against one release.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct RunReport {
    /// What it showed.
    pub outcome: Outcome,
    /// The key of the effect, equal in equal runs on any machine; `none` when there was none.
    pub effect: String,
    /// What was run, what it printed, what it used, and why the outcome is what it is.
    pub transcript: String,
    /// Processor time of all commands of this run together, the build not counted.
    pub cpu_ms: u64,
    /// Time that passed, the build not counted.
    pub wall_ms: u64,
    /// The most memory that any of its commands used at one time.
    pub peak_mib: u32,
}

pub(crate) fn run(
    lab: &Laboratory,
    recipe: &Recipe,
    version: &Version,
    runs: u32,
) -> Result<Vec<RunReport>, LabFault> {
    let runs = runs.clamp(1, RUNS_MAX);
    let head = format!("target {} {version}\n", recipe.target.package);
    let untested = |why: &str| {
        let report = Report { transcript: head.clone(), ..Report::default() };
        vec![report.close(Judgement::untested(why)); runs as usize]
    };
    let fetched = match lab.fetch(&recipe.target.package, version) {
        Ok(fetched) => fetched,
        Err(fault @ LabFault::NotFetchable { .. }) => return Ok(untested(&fault.to_string())),
        Err(fault) => return Err(fault),
    };
    let head = format!("{head}digest sha256:{}\n", fetched.digest);
    let bench = Bench::lay(lab, recipe, version, &fetched)?;
    let built = match bench.build()? {
        Ok(built) => built,
        Err((transcript, why)) => {
            let report = Report { transcript: format!("{head}{transcript}"), ..Report::default() };
            return Ok(vec![report.close(Judgement::untested(why)); runs as usize]);
        }
    };
    (0..runs).map(|_| bench.once(&head, built.as_deref())).collect()
}

/// Everything that the runs of one recipe against one release share.
struct Bench<'a> {
    lab: &'a Laboratory,
    recipe: &'a Recipe,
    version: &'a Version,
    fetched: &'a Fetched,
    scratch: Scratch,
}

impl<'a> Bench<'a> {
    fn lay(
        lab: &'a Laboratory,
        recipe: &'a Recipe,
        version: &'a Version,
        fetched: &'a Fetched,
    ) -> Result<Bench<'a>, LabFault> {
        let scratch = Cache::open(lab)?.scratch()?;
        let fault = |error| LabFault::io("laying out the files of a recipe", error);
        let folder = scratch.path().join("recipe");
        fs::create_dir_all(&folder).map_err(fault)?;
        for file in &recipe.files {
            let name = Path::new(&file.name);
            // A recipe that was not read by `formats` is no reason to write elsewhere.
            if !name.components().all(|part| matches!(part, Component::Normal(_))) {
                return Err(LabFault::Name { text: file.name.chars().take(80).collect() });
            }
            let path = folder.join(name);
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(fault)?;
            }
            fs::write(path, &file.text).map_err(fault)?;
        }
        crate::tree::open_for_reading(&folder)?;
        Ok(Bench { lab, recipe, version, fetched, scratch })
    }

    fn job(&self, command: Vec<String>, token: &str, size: Option<u32>) -> Job<'a> {
        let mut environment =
            vec![("SEAWALL_VERSION", self.version.0.clone()), ("SEAWALL_CANARY", token.to_owned())];
        environment.extend(size.map(|size| ("SEAWALL_SIZE", size.to_string())));
        Job {
            mounts: vec![
                Mount { host: self.fetched.path.clone(), inside: "/target" },
                Mount { host: self.scratch.path().join("recipe"), inside: "/recipe" },
            ],
            environment,
            command,
            input: None,
            limits: &self.recipe.limits,
            stdout_bytes_max: None,
        }
    }

    /// Builds, and gives back the file that holds what was built, or why it could not be.
    #[allow(clippy::type_complexity)] // a fault, a failed build and a built one are three answers
    fn build(&self) -> Result<Result<Option<PathBuf>, (String, String)>, LabFault> {
        if self.recipe.build.is_empty() {
            return Ok(Ok(None));
        }
        let mut job = self.job(inner::building(&self.recipe.build), "", None);
        job.stdout_bytes_max = Some((u64::from(self.recipe.limits.bounded().disk_mib) << 20) * 2);
        let mut ended = microvm::launch(self.lab, &job)?;
        let built = std::mem::take(&mut ended.stdout);
        if ended.how != How::Exit(0) {
            let mut report = Report::default();
            report.add("build", None, &ended, "");
            return Ok(Err((report.transcript, format!("the build {}", told(&ended.how)))));
        }
        let path = self.scratch.path().join("built.tar");
        fs::write(&path, built).map_err(|error| LabFault::io("keeping what was built", error))?;
        Ok(Ok(Some(path)))
    }

    fn once(&self, head: &str, built: Option<&Path>) -> Result<RunReport, LabFault> {
        let token = random_hex()?;
        let mut report = Report { transcript: head.to_owned(), ..Report::default() };
        let mut act = |name: &str, size: Option<u32>| {
            let words = if name == "attack" { &self.recipe.trigger } else { &self.recipe.control };
            let words = if built.is_some() { inner::after_build(words) } else { words.clone() };
            let mut job = self.job(words, &token, size);
            job.input = built.map(Path::to_owned);
            let ended = microvm::launch(self.lab, &job)?;
            report.add(name, size, &ended, &token);
            Ok::<Ended, LabFault>(ended)
        };
        let judgement = match &self.recipe.oracle {
            Oracle::Canary => {
                let (attack, control) = (act("attack", None)?, act("control", None)?);
                oracle::canary(&attack, &control, &token)
            }
            Oracle::Sanitizer { kind, function } => {
                let (attack, control) = (act("attack", None)?, act("control", None)?);
                oracle::sanitizer(&attack, &control, kind, function)
            }
            Oracle::Growth { small, large, over_control, over_size } => {
                let by = Factors { over_control: *over_control, over_size: *over_size };
                let (control, attack) =
                    (act("control", Some(*large))?, act("attack", Some(*large))?);
                match oracle::growth_large(&attack, &control, by) {
                    Some(judgement) => judgement,
                    None => {
                        let fine_control = act("control", Some(*small))?;
                        let fine_attack = act("attack", Some(*small))?;
                        let smaller = [&fine_attack, &fine_control];
                        oracle::growth(smaller, [&attack, &control], by)
                    }
                }
            }
        };
        Ok(report.close(judgement))
    }
}

/// A report being written.
#[derive(Clone, Default)]
struct Report {
    transcript: String,
    cpu: Duration,
    wall: Duration,
    peak_mib: u32,
}

impl Report {
    fn add(&mut self, name: &str, size: Option<u32>, ended: &Ended, token: &str) {
        self.cpu += ended.cpu;
        self.wall += ended.wall;
        self.peak_mib = self.peak_mib.max(ended.peak_mib);
        let size = size.map(|size| format!(" at size {size}")).unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = writeln!(
            self.transcript,
            "\n{name}{size} {}\nprocessor {} ms, passed {} ms, memory {} MiB",
            told(&ended.how),
            ended.cpu.as_millis(),
            ended.wall.as_millis(),
            ended.peak_mib
        );
        for (stream, bytes) in [("stdout", &ended.stdout), ("stderr", &ended.stderr)] {
            if !bytes.is_empty() {
                let kept = bytes.get(..STREAM_BYTES_KEPT).unwrap_or(bytes);
                let mut text = String::from_utf8_lossy(kept).into_owned();
                if !token.is_empty() {
                    text = text.replace(token, "TOKEN");
                }
                let lines = text.lines().map(|line| format!("| {line}\n"));
                let _ = write!(self.transcript, "{stream}\n{}", lines.collect::<String>());
                if kept.len() < bytes.len() {
                    let _ = writeln!(self.transcript, "… {} bytes in all", bytes.len());
                }
            }
        }
    }

    fn close(mut self, judgement: Judgement) -> RunReport {
        let word = match judgement.outcome {
            Outcome::Affected => "affected",
            Outcome::Unaffected => "unaffected",
            Outcome::Untested => "untested",
        };
        let _ = writeln!(self.transcript, "\n{word}: {}", judgement.why);
        RunReport {
            outcome: judgement.outcome,
            effect: judgement.effect,
            transcript: self.transcript,
            cpu_ms: u64::try_from(self.cpu.as_millis()).unwrap_or(u64::MAX),
            wall_ms: u64::try_from(self.wall.as_millis()).unwrap_or(u64::MAX),
            peak_mib: self.peak_mib,
        }
    }
}
