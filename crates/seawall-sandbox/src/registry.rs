//! The registries, each through its own client: list releases and bring them, running nothing of
//! a package. Every client works in a sandbox ([`crate::errand`]).

use crate::cache::{Cache, Scratch};
use crate::client::Said;
use crate::errand::Errand;
use crate::layout::{Bounds, Layout, Whiteouts};
use crate::tree::{TREE_BYTES_MAX, TREE_FILES_MAX};
use crate::{Fetched, HostPaths, LabFault, Laboratory, Release, settings};
use seawall_domain::package::{Ecosystem, Listed, Package, Version};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

pub(crate) mod address;
mod cargo;
mod debian;
mod folder;
pub(crate) mod git;
mod go;
mod maven;
mod npm;
mod oci;
mod pypi;

/// Who brings the packages of an ecosystem.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Client {
    Pip,
    Npm,
    Cargo,
    Apt,
    Maven,
    Go,
    /// Source trees out of repositories.
    Git,
    /// Images out of local archives.
    Image,
    /// The local catalogue.
    Folder,
}

impl Client {
    /// The one for an ecosystem, where there is one.
    pub(crate) fn of(ecosystem: &Ecosystem) -> Option<Client> {
        match ecosystem {
            Ecosystem::PyPi => Some(Client::Pip),
            Ecosystem::Npm => Some(Client::Npm),
            Ecosystem::CratesIo => Some(Client::Cargo),
            Ecosystem::Debian(_) => Some(Client::Apt),
            Ecosystem::Generic => Some(Client::Folder),
            Ecosystem::Git => Some(Client::Git),
            Ecosystem::Oci => Some(Client::Image),
            Ecosystem::Listed(Listed::Maven, None) => Some(Client::Maven),
            Ecosystem::Listed(Listed::Go, None) => Some(Client::Go),
            Ecosystem::Listed(..) | Ecosystem::Unknown(_) => None,
        }
    }
}

/// One visit to a registry on behalf of a package.
#[derive(Clone, Copy)]
pub(crate) struct Visit<'a> {
    pub lab: &'a Laboratory,
    pub cache: &'a Cache,
    pub package: &'a Package,
    client: Client,
}

impl<'a> Visit<'a> {
    /// A visit about a package whose name its client can take safely.
    pub(crate) fn to(
        lab: &'a Laboratory,
        cache: &'a Cache,
        package: &'a Package,
    ) -> Result<Visit<'a>, LabFault> {
        let none = || LabFault::registry(package, "there is no client for this ecosystem");
        let client = Client::of(&package.ecosystem).ok_or_else(none)?;
        let name = || LabFault::Name { text: package.name.chars().take(80).collect() };
        let place = || LabFault::HostPath { path: package.name.chars().take(200).collect() };
        let release = package.ecosystem.release().is_none_or(address::is_plain);
        if !release || !address::is_name(client, &package.name) {
            return Err(name());
        }
        if lab.host_paths == HostPaths::Refused && address::is_host_path(client, &package.name) {
            return Err(place());
        }
        if client == Client::Git
            && lab.host_paths == HostPaths::Refused
            && !address::is_public(&package.name)
        {
            return Err(place());
        }
        Ok(Visit { lab, cache, package, client })
    }

    /// Whether everything is on this host already, so that being offline hinders nothing.
    pub(crate) fn is_local(&self) -> bool {
        match self.client {
            Client::Folder | Client::Image | Client::Git => true,
            Client::Pip
            | Client::Npm
            | Client::Cargo
            | Client::Apt
            | Client::Maven
            | Client::Go => false,
        }
    }

    /// Whether what was brought once may differ the next time, for all that one knows.
    pub(crate) fn is_changing(&self) -> bool {
        matches!(self.client, Client::Folder | Client::Image)
    }

    pub(crate) fn is_version(&self, version: &Version) -> bool {
        address::is_version(self.client, &version.0)
    }

    /// The releases as the registry lists them.
    pub(crate) fn releases(&self) -> Result<Vec<Release>, LabFault> {
        match self.client {
            Client::Pip => pypi::releases(self),
            Client::Npm => npm::releases(self),
            Client::Cargo => cargo::releases(self),
            Client::Apt => debian::releases(self),
            Client::Maven => maven::releases(self),
            Client::Go => go::releases(self),
            Client::Git => git::releases(self),
            Client::Image => oci::releases(self),
            Client::Folder => folder::releases(self),
        }
    }

    /// Brings releases, one answer for each.
    pub(crate) fn fetch(&self, versions: &[Version]) -> Vec<Result<Fetched, LabFault>> {
        match self.client {
            Client::Pip => pypi::fetch(self, versions),
            Client::Npm => npm::fetch(self, versions),
            Client::Cargo => cargo::fetch(self, versions),
            Client::Apt => debian::fetch(self, versions),
            Client::Maven => maven::fetch(self, versions),
            Client::Go => go::fetch(self, versions),
            Client::Git => git::fetch(self, versions),
            Client::Image => oci::fetch(self, versions),
            Client::Folder => folder::fetch(self, versions),
        }
    }

    /// A client's command with network and its configuration.
    fn client(&self, words: &[&str], scratch: &Scratch) -> Result<Errand, LabFault> {
        let folder = settings::folder(self.lab, scratch)?;
        Ok(Errand::client(self.lab, words).seeing(&folder, settings::INSIDE))
    }

    /// Makes a folder out of what a sandbox handed out, and takes it into the cache.
    fn keep(&self, version: &Version, archive: &Path) -> Result<Fetched, LabFault> {
        let scratch = self.cache.scratch()?;
        let folder = scratch.path().join("release");
        lay(archive, &folder).map_err(|reason| self.refused(version, reason))?;
        self.cache.keep(self.package, version, &folder)
    }

    /// The fault of a registry that did not answer.
    fn silent(&self, reason: impl Into<String>) -> LabFault {
        LabFault::registry(self.package, reason)
    }

    /// The fault of a release that cannot be had.
    fn refused(&self, version: &Version, reason: impl Into<String>) -> LabFault {
        LabFault::not_fetchable(self.package, version, reason)
    }

    /// What an unpacker said, when it did not succeed.
    fn unpacked(&self, version: &Version, said: &Said) -> Result<(), LabFault> {
        if said.success { Ok(()) } else { Err(self.refused(version, said.reason())) }
    }
}

/// What a release may hold.
pub(crate) const RELEASE: Bounds = Bounds { bytes: TREE_BYTES_MAX, entries: TREE_FILES_MAX };

/// Makes a new folder out of a tar archive.
fn lay(archive: &Path, folder: &Path) -> Result<(), String> {
    lay_within(archive, folder, RELEASE)
}

fn lay_within(archive: &Path, folder: &Path, bounds: Bounds) -> Result<(), String> {
    let aside = folder.with_extension("aside");
    let mut layout = Layout::new(aside, bounds).map_err(|fault| fault.to_string())?;
    let file = File::open(archive).map_err(|error| error.to_string())?;
    let taken = layout.take(BufReader::new(file), Whiteouts::Plain);
    taken.map_err(|error| format!("its archive cannot be used: {error}"))?;
    layout.lay(folder).map_err(|fault| fault.to_string())
}
