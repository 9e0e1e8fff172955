//! The laboratory: brings releases, builds and runs proofs against them, and says what it saw.
//!
//! This is the only crate that executes foreign code. It knows recipes and releases, and nothing
//! of cases and parties. Whoever uses it does so across the process wall ([`wall`]), so that
//! foreign code never runs below a process that holds a database connection or a key. Fetching is
//! the only step with network, by the registry's own client and without running any script of the
//! package; building and triggering happen behind [`launch`], which has no network, no secrets, a
//! read-only view and limits. There is no mode without isolation: what the host cannot enforce is
//! told by [`Laboratory::preflight`]. Serves C16 (sandboxed reproduction) of the mission.
//!
//! What it deliberately does not do: install anything, order versions, bring the dependencies of
//! Python and npm packages, or decide what a verdict means for a finding.

mod cache;
mod cgroup;
mod client;
mod fault;
mod inherited;
mod inner;
pub mod launch;
pub mod microvm;
mod oracle;
mod preflight;
mod registry;
mod release;
mod run;
mod seccomp;
mod toolchain;
mod tree;
pub mod wall;

pub use fault::LabFault;
pub use microvm::Isolation;
pub use preflight::{Preflight, PreflightFault};
pub use release::{Fetched, Release};
pub use run::RunReport;

use seawall_domain::package::{Package, Version};
use seawall_domain::recipe::Recipe;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// One laboratory: where it keeps what it fetched, and whether it may fetch more.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Laboratory {
    /// The folder of fetched releases; it is made when missing and may be shared by processes.
    pub cache: PathBuf,
    /// The folder of `Generic` packages: `NAME/VERSION/…`.
    pub local_catalogue: Option<PathBuf>,
    /// Answers from the cache and the local catalogue only.
    pub offline: bool,
    /// Behind which walls foreign code runs.
    #[serde(default)]
    pub isolation: Isolation,
}

impl Laboratory {
    /// Says what this host lacks, with the remedy for each; nothing is installed or changed.
    pub fn preflight(&self) -> Preflight {
        let mut found = preflight::preflight();
        match self.isolation {
            Isolation::Namespaces => {}
            Isolation::Microvm => microvm::preflight(self, &mut found),
        }
        found
    }

    /// The releases of a package as its registry lists them, in no particular order. Python
    /// pre-releases are left out.
    pub fn releases(&self, package: &Package) -> Result<Vec<Release>, LabFault> {
        release::releases(self, package)
    }

    /// Brings one release, without running anything of it.
    pub fn fetch(&self, package: &Package, version: &Version) -> Result<Fetched, LabFault> {
        let mut fetched = self.fetch_all(package, std::slice::from_ref(version));
        fetched.pop().unwrap_or_else(|| Err(LabFault::io("fetching", "no answer")))
    }

    /// Brings many releases of one package at once, which is much quicker than one by one; the
    /// answers stand in the order of the question.
    pub fn fetch_all(
        &self,
        package: &Package,
        versions: &[Version],
    ) -> Vec<Result<Fetched, LabFault>> {
        release::fetch_all(self, package, versions)
    }

    /// The text of one file of a release, by the end of its path (`src/zlib/inflate.c`); the
    /// shortest path wins when several end so. Bytes that are not UTF-8 are replaced.
    pub fn source(
        &self,
        package: &Package,
        version: &Version,
        file: &str,
    ) -> Result<Option<String>, LabFault> {
        release::source(self, package, version, file)
    }

    /// Runs a recipe so many times against one release of its package: fetch, build without
    /// network, then trigger and control, each in a sandbox of its own. What could not be made to
    /// run is a report with the outcome *untested* and the reason in its transcript.
    pub fn run(
        &self,
        recipe: &Recipe,
        version: &Version,
        runs: u32,
    ) -> Result<Vec<RunReport>, LabFault> {
        run::run(self, recipe, version, runs)
    }
}
