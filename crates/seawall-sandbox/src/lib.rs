//! The laboratory: brings releases, builds and runs proofs against them, and says what it saw.
//!
//! This is the only crate that executes foreign code. It knows recipes and releases, and nothing
//! of cases and parties. Whoever uses it does so across the process wall ([`wall`]), so that
//! foreign code never runs below a process that holds a database connection or a key. Fetching is
//! the only step with network, by the registry's own client in a sandbox of its own and without
//! running any script of the package; unpacking, building and triggering happen behind [`launch`]
//! too, without network, secrets or a way to write to this host, and within limits. There is no
//! mode without isolation: what the host cannot enforce is told by [`Laboratory::preflight`].
//! Serves C16 (sandboxed reproduction) of the mission.
//!
//! What it deliberately does not do: install anything, order versions, bring the dependencies of
//! Python and npm packages, or decide what a verdict means for a finding.

mod act;
mod bench;
mod cache;
mod cgroup;
mod client;
mod crash;
mod errand;
mod fault;
mod inherited;
mod inner;
pub mod launch;
mod layout;
pub mod microvm;
mod oracle;
mod parcel;
mod patch;
mod preflight;
mod probe;
mod recheck;
mod registry;
mod release;
mod run;
mod seccomp;
mod settings;
mod shrink;
mod suite;
mod tarball;
mod toolchain;
mod transcript;
mod tree;
mod vary;
pub mod wall;

pub use crash::CrashKey;
pub use fault::LabFault;
pub use microvm::Isolation;
pub use parcel::{Environment, PARCEL_BYTES_MAX};
pub use patch::{PATCH_BYTES_MAX, PatchReport, PatchSize, SuiteReport, VariantReport};
pub use preflight::{Preflight, PreflightFault};
pub use probe::{Minimised, Shown};
pub use recheck::Rechecked;
pub use release::{Fetched, Release};
pub use run::RunReport;

use seawall_domain::digest::Digest;
use seawall_domain::package::{Package, Version};
use seawall_domain::recipe::{Doubt, Recipe};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// Whether names of packages may be places of this host: repositories and archives of images.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HostPaths {
    /// They may not: recipes come from strangers. Repositories are at public names only.
    #[default]
    Refused,
    /// They may: whoever asks is this host's own user.
    Allowed,
}

/// One laboratory: where it keeps what it fetched, and whether it may fetch more.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Laboratory {
    /// The folder of fetched releases; it is made when missing and may be shared by processes.
    pub cache: PathBuf,
    /// The folder of `Generic` packages: `NAME/VERSION/…`.
    pub local_catalogue: Option<PathBuf>,
    /// Answers from the cache and the local catalogue only.
    pub offline: bool,
    /// A folder with the configuration of the registries' clients in place of the user's own:
    /// `pip.conf`, `npmrc`, `config.toml` of cargo, `settings.xml` of Maven, `go.env`, and apt's
    /// `sources.list`. Clients see it as `/config`, with all else that is in it, such as mirrors.
    #[serde(default)]
    pub clients: Option<PathBuf>,
    /// Whether packages may be places of this host.
    #[serde(default)]
    pub host_paths: HostPaths,
    /// Digests that releases must have, by `ECOSYSTEM/NAME VERSION`; others may have any.
    #[serde(default)]
    pub locked: BTreeMap<String, Digest>,
    /// Behind which walls foreign code runs.
    #[serde(default)]
    pub isolation: Isolation,
}

impl Laboratory {
    /// A laboratory with its cache there, which may fetch and has nothing else set.
    pub fn at(cache: impl Into<PathBuf>) -> Laboratory {
        Laboratory {
            cache: cache.into(),
            local_catalogue: None,
            offline: false,
            clients: None,
            host_paths: HostPaths::Refused,
            locked: BTreeMap::new(),
            isolation: Isolation::Namespaces,
        }
    }

    /// Says what this host lacks, with the remedy for each; nothing is installed or changed.
    pub fn preflight(&self) -> Preflight {
        let mut found = preflight::preflight(self);
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

    /// The commits of a source tree after a good one up to and with a bad one, oldest first: along
    /// first parents when the good one is among them, and else all that lie between.
    pub fn commits(
        &self,
        package: &Package,
        good: &Version,
        bad: &Version,
    ) -> Result<Vec<Version>, LabFault> {
        release::commits(self, package, good, bad)
    }

    /// The newest commit of a source tree's main branch.
    pub fn head(&self, package: &Package) -> Result<Version, LabFault> {
        release::head(self, package)
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

    /// Checks a patch (a unified diff, `-p1` from the root of `/target`) against a release: does it
    /// apply and build, do the reproducer and its variants die, do the tests still pass?
    pub fn check_patch(
        &self,
        recipe: &Recipe,
        version: &Version,
        patch: &[u8],
    ) -> Result<PatchReport, LabFault> {
        patch::check(self, recipe, version, patch)
    }

    /// Runs a claimed input on a release and on the one that the recipe's `differential` oracle
    /// names as fixed, and says whether only the first crashes. Without a claim it is the recipe's
    /// own input.
    pub fn recheck(
        &self,
        recipe: &Recipe,
        version: &Version,
        claimed: Option<&[u8]>,
    ) -> Result<Rechecked, LabFault> {
        recheck::recheck(self, recipe, version, claimed)
    }

    /// What the outcome of a run can depend on besides the recipe and the release.
    pub fn environment(&self) -> Environment {
        parcel::environment()
    }

    /// A fetched release as one archive, the same bytes each time; `None` when it is larger than
    /// [`PARCEL_BYTES_MAX`].
    pub fn export(
        &self,
        package: &Package,
        version: &Version,
    ) -> Result<Option<Vec<u8>>, LabFault> {
        parcel::pack(&self.fetch(package, version)?.path)
    }

    /// Takes an archive of a release into the cache, when it is the one with this digest.
    pub fn import(
        &self,
        package: &Package,
        version: &Version,
        archive: &[u8],
        digest: &Digest,
    ) -> Result<Fetched, LabFault> {
        parcel::import(self, package, version, archive, digest)
    }

    /// What speaks against the recipe's claim that a boundary is crossed: what it shows by itself,
    /// and whether the effect shows without the target as well.
    pub fn examine(&self, recipe: &Recipe, version: &Version) -> Result<Vec<Doubt>, LabFault> {
        run::examine(self, recipe, version)
    }

    /// Makes the recipe's input as small as it can be with at most so many tests, while its effect
    /// on this release, and its crash where there is one, stay the same.
    pub fn minimise(
        &self,
        recipe: &Recipe,
        version: &Version,
        budget: u32,
    ) -> Result<Minimised, LabFault> {
        probe::minimise(self, recipe, version, budget)
    }

    /// Other inputs that show an effect on this release, up to so many: first the variants that
    /// the recipe brings, then those that the laboratory makes. None when the recipe names no
    /// input.
    pub fn variants(
        &self,
        recipe: &Recipe,
        version: &Version,
        wanted: u32,
    ) -> Result<Vec<Shown>, LabFault> {
        probe::shown(self, recipe, version, wanted)
    }
}
