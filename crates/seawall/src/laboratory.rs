//! The laboratory across the process wall: some processes of ourselves, each with no database, no
//! secret and almost no environment, which run foreign code and answer in lines of JSON.

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use seawall_domain::package::{Package, Version};
use seawall_domain::recipe::{Oracle, Recipe};
use seawall_formats::recipe::{RecipeFault, outside};
use seawall_sandbox::wall::{LaboratoryProcess, serve as serve_wall};
use seawall_sandbox::{LabFault as Fault, Laboratory, RunReport};
use seawall_services::desk::{LabFault, LabRelease, LabRun, Reproducer, Stop, Surroundings, Used};
use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufReader};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

/// Answers questions on standard input until it ends.
pub fn serve() -> ExitCode {
    match serve_wall(BufReader::new(io::stdin()), io::stdout()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::from(2),
    }
}

/// Lives as the first process of a microVM; anywhere else it refuses.
pub fn guest() -> ExitCode {
    match seawall_sandbox::microvm::live() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("seawall: {error}");
            ExitCode::from(2)
        }
    }
}

/// Laboratory processes, started when needed and used again.
pub struct Laboratories {
    rooms: Arc<Rooms>,
    stop: Option<Stop>,
}

/// What those of all jobs have in common.
struct Rooms {
    exe: PathBuf,
    laboratory: Laboratory,
    idle: Mutex<Vec<LaboratoryProcess>>,
    releases: Mutex<HashMap<Package, Vec<Version>>>,
    remember: Remember,
}

/// Whether a list of releases may be asked for once and kept for the life of the process.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Remember {
    /// It may: in a replay the past does not change.
    Releases,
    /// It may not: releases appear.
    Nothing,
}

impl Laboratories {
    /// Laboratories that share one cache of fetched releases.
    pub fn new(exe: PathBuf, laboratory: Laboratory, remember: Remember) -> Laboratories {
        let (idle, releases) = (Mutex::default(), Mutex::default());
        let rooms = Arc::new(Rooms { exe, laboratory, idle, releases, remember });
        Laboratories { rooms, stop: None }
    }

    /// Asks one process, which goes back to the idle ones unless it failed. Whoever throws the stop
    /// kills it, and its sandboxes die with it.
    pub fn ask<T>(
        &self,
        question: impl FnOnce(&LaboratoryProcess) -> Result<T, Fault>,
    ) -> Result<T, LabFault> {
        let rooms = &self.rooms;
        let idle = rooms.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let process = match idle {
            Some(process) => process,
            None => LaboratoryProcess::spawn(&rooms.exe, rooms.laboratory.clone()).map_err(told)?,
        };
        let answer = match (&self.stop, process.id()) {
            (Some(stop), Some(id)) => {
                stop.during(move || end(id), || question(&process)).ok_or(LabFault::Stopped)?
            }
            (_, _) => question(&process),
        };
        if !matches!(answer, Err(Fault::Process { .. })) {
            rooms.idle.lock().unwrap_or_else(PoisonError::into_inner).push(process);
        }
        let stopped = self.stop.as_ref().is_some_and(Stop::is_thrown);
        answer.map_err(|fault| if stopped { LabFault::Stopped } else { told(fault) })
    }

    /// What a recipe ran in; the doubts are those that a run without the target may add to.
    pub fn surroundings_of(
        &self,
        recipe: &Recipe,
        version: &Version,
    ) -> Result<Surroundings, LabFault> {
        let package = &recipe.target.package;
        let fixed = match &recipe.oracle {
            Oracle::Differential { fixed } => Some(fixed),
            _ => None,
        };
        let doubts = self.ask(|process| process.examine(recipe, version))?;
        let environment = self.environment_named()?;
        let releases = [Some(version), fixed].into_iter().flatten().map(|version| {
            let fetched = self.ask(|process| process.fetch(package, version))?;
            let archive = self.ask(|process| process.export(package, version))?;
            Ok(LabRelease { version: version.clone(), digest: fetched.digest, archive })
        });
        let releases = releases.collect::<Result<Vec<LabRelease>, LabFault>>()?;
        Ok(Surroundings { environment, releases, doubts })
    }

    /// What else an outcome can depend on here, by name.
    pub fn environment_named(&self) -> Result<BTreeMap<String, String>, LabFault> {
        let environment = self.ask(LaboratoryProcess::environment)?;
        let mut named = environment.tools;
        named.insert("architecture".into(), environment.architecture);
        named.insert("kernel".into(), environment.kernel);
        named.insert("seawall".into(), environment.seawall);
        Ok(named)
    }

    /// What this host lacks for running proofs.
    pub fn preflight(&self) -> Result<seawall_sandbox::Preflight, LabFault> {
        self.ask(LaboratoryProcess::preflight)
    }
}

/// Kills a laboratory that is being asked. Whoever asks it is its parent and has not waited for it
/// yet, so the number is still its own.
fn end(id: u32) {
    if let Ok(id) = i32::try_from(id) {
        // It may have died by itself, which is as good.
        let _ = kill(Pid::from_raw(id), Signal::SIGKILL);
    }
}

/// Reads a recipe that may be run: one that would reach outside its sandbox may not.
fn read(recipe: &str) -> Result<Recipe, LabFault> {
    let told = |faults: Vec<RecipeFault>| {
        let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
        LabFault::Recipe(said.join("; "))
    };
    let recipe = seawall_formats::recipe::read(recipe).map_err(told)?;
    let outside = outside(&recipe);
    if outside.is_empty() { Ok(recipe) } else { Err(told(outside)) }
}

/// A run as use-cases know it.
pub fn lab_run(report: RunReport) -> LabRun {
    LabRun {
        outcome: report.outcome,
        effect: report.effect,
        transcript: report.transcript,
        crash: report.crash,
        used: Used { cpu_ms: report.cpu_ms, wall_ms: report.wall_ms, peak_mib: report.peak_mib },
    }
}

fn told(fault: Fault) -> LabFault {
    match fault {
        Fault::NotFetchable { package, version, .. } | Fault::Locked { package, version, .. } => {
            LabFault::NoSuchRelease { package, version }
        }
        Fault::Name { text } | Fault::HostPath { path: text } => {
            LabFault::NoSuchRelease { package: text, version: String::new() }
        }
        Fault::Registry { .. }
        | Fault::Offline { .. }
        | Fault::Isolation { .. }
        | Fault::Io { .. }
        | Fault::Process { .. } => LabFault::Unreachable(fault.to_string()),
    }
}

impl Reproducer for Laboratories {
    fn releases(&self, package: &Package) -> Result<Vec<Version>, LabFault> {
        let kept = || self.rooms.releases.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept().get(package) {
            return Ok(known.clone());
        }
        let releases = self.ask(|process| process.releases(package))?;
        let versions: Vec<Version> =
            releases.into_iter().filter(|r| !r.yanked).map(|r| r.version).collect();
        if self.rooms.remember == Remember::Releases {
            kept().insert(package.clone(), versions.clone());
        }
        Ok(versions)
    }

    fn source(
        &self,
        package: &Package,
        version: &Version,
        file: &str,
    ) -> Result<Option<String>, LabFault> {
        self.ask(|process| process.source(package, version, file))
    }

    fn run(&self, recipe: &str, version: &Version, runs: u32) -> Result<Vec<LabRun>, LabFault> {
        let recipe = read(recipe)?;
        let reports = self.ask(|process| process.run(&recipe, version, runs))?;
        Ok(reports.into_iter().map(lab_run).collect())
    }

    fn surroundings(&self, recipe: &str, version: &Version) -> Result<Surroundings, LabFault> {
        self.surroundings_of(&read(recipe)?, version)
    }

    fn stoppable(&self, stop: &Stop) -> Option<Arc<dyn Reproducer>> {
        let (rooms, stop) = (self.rooms.clone(), Some(stop.clone()));
        Some(Arc::new(Laboratories { rooms, stop }))
    }
}
