//! The advisory set on this machine: where it lies, how it is opened, and how it is made anew.

pub mod follow;
pub mod gather;
mod mapped;

use crate::advisories::gather::{Gathering, Keep};
use anyhow::{Context, bail};
use mapped::Bytes;
use seawall_matching::set::Set;
use seawall_services::advisory_set::{Edition, Installed, SetBytes};
use std::path::{Path, PathBuf};

/// A set, mapped from its file or made in memory.
pub type AdvisorySet = Set<Bytes>;

/// The name of the installed set in the data folder.
const FILE: &str = "advisories.set";

/// Where the installed set lies.
pub fn installed(data: &Path) -> PathBuf {
    data.join(FILE)
}

/// Opens the installed set.
pub fn open_installed(data: &Path) -> anyhow::Result<AdvisorySet> {
    let path = installed(data);
    if !path.exists() {
        bail!(
            "no advisories are installed here: bring some with `seawall advisories import SOURCE` \
             or `seawall advisories update`, or name them with --advisories"
        );
    }
    open(&path)
}

/// Opens a compiled set.
pub fn open(path: &Path) -> anyhow::Result<AdvisorySet> {
    let shown = path.display();
    let bytes = mapped::map(path).with_context(|| format!("cannot open {shown}"))?;
    Set::open(bytes).with_context(|| format!("cannot use the advisory set {shown}"))
}

/// The set that the named places make: one compiled set, or files, archives and folders that are
/// compiled in memory.
pub fn of(places: &[PathBuf]) -> anyhow::Result<AdvisorySet> {
    if let [only] = places
        && mapped::is_set(only)
    {
        return open(only);
    }
    let mut gathering = Gathering::begin(Vec::new(), Keep::Records)?;
    for place in places {
        gathering.place(place)?;
    }
    if gathering.is_empty() {
        bail!("there is no advisory in the places given with --advisories");
    }
    let (bytes, report) = gathering.finish()?;
    report.warn();
    Ok(Set::open(Bytes::Memory(bytes))?)
}

/// The set that is installed in a data folder, for a running server.
pub struct InData(pub PathBuf);

impl Installed for InData {
    fn edition(&self) -> Option<Edition> {
        Edition::of(&installed(&self.0))
    }

    fn open(&self) -> Result<seawall_services::advisory_set::AdvisorySet, String> {
        let bytes = mapped::map(&installed(&self.0)).map_err(|error| error.to_string())?;
        Set::open(SetBytes::new(bytes)).map_err(|fault| fault.to_string())
    }
}
