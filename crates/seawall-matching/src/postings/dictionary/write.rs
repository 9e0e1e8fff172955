//! Writing a dictionary: packages as they come, or all at once by how widespread they are.

use super::super::fault::Fault;
use super::super::table::{Table, Tables};
use super::super::wire;
use super::{Dictionary, PACKAGES_PER_BLOCK, TEXT_BYTES_MAX, VERSIONS_LEN_MAX};
use crate::version::Key;
use seawall_domain::package::{Package, Version};
use std::cmp::Reverse;
use std::collections::{BTreeSet, HashMap};

/// Collects packages and versions, and numbers them.
#[derive(Debug, Default)]
pub struct DictionaryBuilder {
    packages: HashMap<Package, Collected>,
}

#[derive(Debug, Default)]
struct Collected {
    versions: BTreeSet<Version>,
    assets: u64,
}

impl DictionaryBuilder {
    /// Begins without a package.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a version that `assets` assets have, as far as is known. That number only orders the
    /// packages; a wrong one costs bytes.
    pub fn add(&mut self, package: &Package, version: &Version, assets: u64) -> Result<(), Fault> {
        fits(package, version)?;
        if !self.packages.contains_key(package) {
            self.packages.insert(package.clone(), Collected::default());
        }
        if let Some(collected) = self.packages.get_mut(package) {
            collected.versions.insert(version.clone());
            collected.assets = collected.assets.saturating_add(assets);
        }
        Ok(())
    }

    /// Numbers what was added: the most widespread package first, each one's versions in order.
    pub fn finish(self) -> Result<Dictionary<'static>, Fault> {
        let mut packages: Vec<_> = self.packages.into_iter().collect();
        packages.sort_by(|(a, left), (b, right)| {
            (Reverse(left.assets), a).cmp(&(Reverse(right.assets), b))
        });
        let mut writer = Writer::new();
        for (package, collected) in packages {
            let versions: Vec<String> = collected.versions.into_iter().map(|v| v.0).collect();
            let versions = in_order(&package, versions);
            writer.push(&package, &versions)?;
        }
        writer.finish()
    }
}

/// Refuses a package or version whose text is too long.
pub fn fits(package: &Package, version: &Version) -> Result<(), Fault> {
    let longest = package.name.len().max(version.0.len());
    // Only an ecosystem of the outside world can be long, and its text is the whole of it.
    let ecosystem = package.ecosystem.to_string().len();
    if longest.max(ecosystem) <= TEXT_BYTES_MAX {
        return Ok(());
    }
    Err(Fault::TooMany { what: "bytes of a name or version", max: TEXT_BYTES_MAX as u64 })
}

/// Versions, each once, in version order; equal ones stand in the order of their texts.
pub fn in_order(package: &Package, versions: Vec<String>) -> Vec<String> {
    let mut keyed: Vec<(Key, Version)> = versions
        .into_iter()
        .map(Version)
        .map(|version| (Key::new(&package.ecosystem, &version), version))
        .collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, version)| version.0).collect()
}

/// Writes packages in the order in which they come.
#[derive(Debug)]
pub struct Writer {
    tables: Tables,
    versions: u32,
}

impl Writer {
    /// Begins without a package.
    pub fn new() -> Self {
        Writer { tables: Tables::new(PACKAGES_PER_BLOCK), versions: 0 }
    }

    /// Writes a package and its versions, which stand in version order.
    pub fn push(&mut self, package: &Package, versions: &[impl AsRef<str>]) -> Result<(), Fault> {
        let mut by_text: Vec<(&str, u32)> =
            versions.iter().map(AsRef::as_ref).zip(0u32..).collect();
        by_text.sort_unstable();
        let is_written = self.tables.push(|out| {
            wire::put_varint(out, by_text.len() as u64);
            wire::put_bytes(out, package.ecosystem.base().as_bytes());
            let release = package.ecosystem.release();
            out.push(u8::from(release.is_some()));
            if let Some(release) = release {
                wire::put_bytes(out, release.as_bytes());
            }
            wire::put_bytes(out, package.name.as_bytes());
            by_text.iter().for_each(|(_, place)| out.extend_from_slice(&place.to_le_bytes()));
            let mut end = 0u32;
            for (text, _) in &by_text {
                end = end.wrapping_add(text.len() as u32);
                out.extend_from_slice(&end.to_le_bytes());
            }
            by_text.iter().for_each(|(text, _)| out.extend_from_slice(text.as_bytes()));
        });
        let versions = u32::try_from(versions.len()).ok();
        let versions = versions.and_then(|len| self.versions.checked_add(len));
        match versions.filter(|versions| *versions <= VERSIONS_LEN_MAX && is_written) {
            Some(versions) => self.versions = versions,
            None => {
                let max = VERSIONS_LEN_MAX.into();
                return Err(Fault::TooMany { what: "package versions", max });
            }
        }
        Ok(())
    }

    /// The dictionary.
    pub fn finish(self) -> Result<Dictionary<'static>, Fault> {
        let blocks: Vec<Table<'static>> = self.tables.finish();
        Dictionary::read(blocks)
    }
}
