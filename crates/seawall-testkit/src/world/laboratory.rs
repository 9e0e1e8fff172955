//! A laboratory that is a table: which releases there are, and which show an effect.
//!
//! A recipe names the effect that it looks for in one of its files, as `effect NAME`.

use crate::world::must;
use seawall_domain::package::{Package, Version};
use seawall_domain::verdict::Outcome;
use seawall_services::desk::{LabFault, LabRun, Reproducer, Used};
use std::collections::BTreeMap;
use std::sync::Mutex;

/// What a registry has of one package.
#[derive(Clone, Debug, Default)]
pub struct Shelf {
    /// Its releases, in any order.
    pub releases: Vec<String>,
    /// The text of each file, the same in every release.
    pub files: BTreeMap<String, String>,
    /// Which releases show which effect.
    pub effects: BTreeMap<String, Effect>,
}

/// Which releases show an effect; the others run and show nothing.
#[derive(Clone, Debug, Default)]
pub struct Effect {
    /// In every run.
    pub affected: Vec<String>,
    /// In every second run.
    pub flaky: Vec<String>,
    /// These cannot be run here.
    pub untested: Vec<String>,
}

/// The laboratory.
#[derive(Debug, Default)]
pub struct Laboratory {
    shelves: Mutex<BTreeMap<Package, Shelf>>,
    ran: Mutex<Vec<(String, String)>>,
    closed: Mutex<bool>,
}

impl Laboratory {
    /// Puts a package on the shelf, or another shelf in its place.
    pub fn stock(&self, package: &Package, shelf: Shelf) {
        must(self.shelves.lock()).insert(package.clone(), shelf);
    }

    /// Adds a release.
    pub fn release(&self, package: &Package, version: &str) {
        if let Some(shelf) = must(self.shelves.lock()).get_mut(package) {
            shelf.releases.push(version.to_owned());
        }
    }

    /// Changes which releases show an effect.
    pub fn show(&self, package: &Package, effect: &str, shown: Effect) {
        if let Some(shelf) = must(self.shelves.lock()).get_mut(package) {
            shelf.effects.insert(effect.to_owned(), shown);
        }
    }

    /// Every run so far: the effect and the version.
    pub fn ran(&self) -> Vec<(String, String)> {
        must(self.ran.lock()).clone()
    }

    /// Takes the registries out of reach, or brings them back.
    pub fn unplug(&self, unplugged: bool) {
        *must(self.closed.lock()) = unplugged;
    }

    fn shelf(&self, package: &Package) -> Result<Shelf, LabFault> {
        if *must(self.closed.lock()) {
            return Err(LabFault::Unreachable("the registry is out of reach".into()));
        }
        let shelves = must(self.shelves.lock());
        shelves.get(package).cloned().ok_or_else(|| no_release(package, "any"))
    }
}

fn no_release(package: &Package, version: &str) -> LabFault {
    LabFault::NoSuchRelease { package: package.to_string(), version: version.to_owned() }
}

impl Reproducer for Laboratory {
    fn releases(&self, package: &Package) -> Result<Vec<Version>, LabFault> {
        Ok(self.shelf(package)?.releases.iter().map(|v| Version(v.clone())).collect())
    }

    fn source(
        &self,
        package: &Package,
        version: &Version,
        file: &str,
    ) -> Result<Option<String>, LabFault> {
        let shelf = self.shelf(package)?;
        match shelf.releases.contains(&version.0) {
            true => Ok(shelf.files.get(file).cloned()),
            false => Err(no_release(package, &version.0)),
        }
    }

    fn run(&self, recipe: &str, version: &Version, runs: u32) -> Result<Vec<LabRun>, LabFault> {
        let read = seawall_formats::recipe::read(recipe)
            .map_err(|faults| LabFault::Recipe(format!("{faults:?}")))?;
        let shelf = self.shelf(&read.target.package)?;
        if !shelf.releases.contains(&version.0) {
            return Err(no_release(&read.target.package, &version.0));
        }
        let words = read.files.iter().flat_map(|file| file.text.lines());
        let named = words.filter_map(|line| line.strip_prefix("effect ")).next();
        let name = named.unwrap_or("nothing").trim();
        must(self.ran.lock()).push((name.to_owned(), version.0.clone()));
        let effect = shelf.effects.get(name).cloned().unwrap_or_default();
        let run = |number: u32| {
            let outcome = if effect.untested.contains(&version.0) {
                Outcome::Untested
            } else if effect.affected.contains(&version.0)
                || (effect.flaky.contains(&version.0) && number.is_multiple_of(2))
            {
                Outcome::Affected
            } else {
                Outcome::Unaffected
            };
            LabRun {
                outcome,
                effect: if outcome == Outcome::Affected { name.into() } else { String::new() },
                transcript: format!("run {number} of {name} on {version}: {outcome:?}\n"),
                used: Used::default(),
            }
        };
        Ok((0..runs).map(run).collect())
    }
}
