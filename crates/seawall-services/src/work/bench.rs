//! The bench of one job: its own way into the laboratory, which can be ended, and on which what
//! runs used is noted.

use crate::desk::{Desk, LabFault, LabRun, Reproducer, Stop, Surroundings, Used};
use crate::outcome::Outcome;
use seawall_domain::package::{Package, Version};
use seawall_store::queue::{Job, LAB_RUNS_KEPT, LabRunKept};
use std::sync::{Arc, Mutex, PoisonError};

/// The bench of one job.
pub(super) struct Bench(Arc<Attended>);

/// A laboratory that is told to stop, and that notes what runs used.
struct Attended {
    laboratory: Arc<dyn Reproducer>,
    stop: Stop,
    ran: Mutex<Vec<(Version, Used)>>,
}

impl Bench {
    /// A bench for the next job.
    pub(super) fn new(desk: &Desk) -> Bench {
        let stop = Stop::default();
        let laboratory = desk.laboratory.stoppable(&stop);
        let laboratory = laboratory.unwrap_or_else(|| desk.laboratory.clone());
        Bench(Arc::new(Attended { laboratory, stop, ran: Mutex::default() }))
    }

    /// The desk with this bench in place of the laboratory.
    pub(super) fn desk(&self, desk: &Desk) -> Desk {
        Desk { laboratory: self.0.clone(), ..desk.clone() }
    }

    /// Ends whatever runs for this job.
    pub(super) fn stop(&self) {
        self.0.stop.throw();
    }

    /// Keeps what the job's runs used.
    pub(super) async fn keep(&self, desk: &Desk, job: &Job) -> Outcome<()> {
        let ran = std::mem::take(&mut *self.0.ran());
        if ran.is_empty() {
            return Ok(());
        }
        let at = desk.now();
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let kept = |(version, used): (Version, Used)| LabRunKept {
            at,
            job: job.id,
            finding: job.place.finding,
            worker: job.worker.clone(),
            target: version.0.replace('\0', "\u{fffd}"),
            cpu_ms: whole(used.cpu_ms),
            wall_ms: whole(used.wall_ms),
            peak_mib: used.peak_mib.into(),
        };
        let runs: Vec<_> = ran.into_iter().map(|ran| (desk.uuid(), kept(ran))).collect();
        let mut tx = desk.begin("work_runs").await?;
        tx.lab_run_keep(&runs).await?;
        Ok(tx.commit().await?)
    }
}

impl Attended {
    fn ran(&self) -> std::sync::MutexGuard<'_, Vec<(Version, Used)>> {
        self.ran.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn going(&self) -> Result<(), LabFault> {
        match self.stop.is_thrown() {
            true => Err(LabFault::Stopped),
            false => Ok(()),
        }
    }
}

impl Reproducer for Attended {
    fn releases(&self, package: &Package) -> Result<Vec<Version>, LabFault> {
        self.going()?;
        self.laboratory.releases(package)
    }

    fn source(
        &self,
        package: &Package,
        version: &Version,
        file: &str,
    ) -> Result<Option<String>, LabFault> {
        self.going()?;
        self.laboratory.source(package, version, file)
    }

    fn run(&self, recipe: &str, version: &Version, runs: u32) -> Result<Vec<LabRun>, LabFault> {
        self.going()?;
        let done = self.laboratory.run(recipe, version, runs)?;
        let mut ran = self.ran();
        for run in &done {
            // What was not run at all used nothing, and says nothing of the machine.
            let room = (ran.len() as i64) < LAB_RUNS_KEPT;
            if room && run.used != Used::default() {
                ran.push((version.clone(), run.used));
            }
        }
        Ok(done)
    }

    fn surroundings(&self, recipe: &str, version: &Version) -> Result<Surroundings, LabFault> {
        self.going()?;
        self.laboratory.surroundings(recipe, version)
    }
}
