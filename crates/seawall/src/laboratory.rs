//! The laboratory across the process wall: some processes of ourselves, each with no database, no
//! secret and almost no environment, which run foreign code and answer in lines of JSON.

use seawall_domain::package::{Package, Version};
use seawall_sandbox::wall::{LaboratoryProcess, serve as serve_wall};
use seawall_sandbox::{LabFault as Fault, Laboratory};
use seawall_services::desk::{LabFault, LabRun, Reproducer};
use std::collections::HashMap;
use std::io::{self, BufReader};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

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
        Laboratories { exe, laboratory, idle, releases, remember }
    }

    /// Asks one process, which goes back to the idle ones unless it failed.
    fn ask<T>(
        &self,
        question: impl FnOnce(&LaboratoryProcess) -> Result<T, Fault>,
    ) -> Result<T, Fault> {
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let process = match idle {
            Some(process) => process,
            None => LaboratoryProcess::spawn(&self.exe, self.laboratory.clone())?,
        };
        let answer = question(&process);
        if !matches!(answer, Err(Fault::Process { .. })) {
            self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(process);
        }
        answer
    }

    /// What this host lacks for running proofs.
    pub fn preflight(&self) -> Result<seawall_sandbox::Preflight, LabFault> {
        self.ask(LaboratoryProcess::preflight).map_err(told)
    }
}

fn told(fault: Fault) -> LabFault {
    match fault {
        Fault::NotFetchable { package, version, .. } => {
            LabFault::NoSuchRelease { package, version }
        }
        Fault::Name { text } => LabFault::NoSuchRelease { package: text, version: String::new() },
        Fault::Registry { .. }
        | Fault::Offline { .. }
        | Fault::Isolation { .. }
        | Fault::Io { .. }
        | Fault::Process { .. } => LabFault::Unreachable(fault.to_string()),
    }
}

impl Reproducer for Laboratories {
    fn releases(&self, package: &Package) -> Result<Vec<Version>, LabFault> {
        let kept = || self.releases.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = kept().get(package) {
            return Ok(known.clone());
        }
        let releases = self.ask(|process| process.releases(package)).map_err(told)?;
        let versions: Vec<Version> =
            releases.into_iter().filter(|r| !r.yanked).map(|r| r.version).collect();
        if self.remember == Remember::Releases {
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
        self.ask(|process| process.source(package, version, file)).map_err(told)
    }

    fn run(&self, recipe: &str, version: &Version, runs: u32) -> Result<Vec<LabRun>, LabFault> {
        let recipe = seawall_formats::recipe::read(recipe).map_err(|faults| {
            let said: Vec<String> = faults.iter().map(ToString::to_string).collect();
            LabFault::Recipe(said.join("; "))
        })?;
        let reports = self.ask(|process| process.run(&recipe, version, runs)).map_err(told)?;
        let run = |report: seawall_sandbox::RunReport| LabRun {
            outcome: report.outcome,
            effect: report.effect,
            transcript: report.transcript,
        };
        Ok(reports.into_iter().map(run).collect())
    }
}
