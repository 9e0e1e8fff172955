//! A new base out of the old one and what changed since.
//!
//! Lists without a change are copied as they are; versions that nobody has any more are left out.
//! New versions of known packages are put at their place in version order, so the numbers behind
//! them move up; new packages come last. Blocks of the old base are let go one by one, so that both
//! bases together take little more than one.

use super::Postings;
use super::base::{ASSETS_PER_BLOCK, Base, VERSIONS_PER_BLOCK};
use super::dictionary::{Dictionary, VersionId, Writer, in_order};
use super::fault::{Block, Fault};
use super::list::{self, List};
use super::overlay::Overlay;
use super::table::{Table, Tables};
use seawall_domain::package::Package;
use std::collections::{BTreeMap, HashMap};

/// Where versions went.
struct Renumbered {
    /// The new number by the old one; [`NOWHERE`] for versions that nobody has.
    to: Vec<u32>,
    /// The old number by the new one.
    from: Vec<u32>,
}

const NOWHERE: u32 = u32::MAX;

impl Postings<'_> {
    /// Makes a new base, to be stored as the next snapshot, with an empty journal. Numbers of
    /// versions change. The result has the answers of the old one.
    pub fn compact(self) -> Result<Postings<'static>, Fault> {
        let assets = self.assets_len();
        let (dictionary, numbers) = self.merged()?;
        let Postings { base, overlay, .. } = self;
        let Base { holders, components, .. } = base;
        let holders = merged_holders(holders, &overlay, &numbers.from)?;
        let components = merged_components(components, &overlay, &numbers.to, assets)?;
        let mut postings = 0;
        for block in &holders {
            for index in 0..block.len() {
                postings += List::read(block.record(index)).map_or(0, |list| list.len().into());
            }
        }
        Ok(Postings::new(Base { dictionary, holders, components, assets, postings }))
    }
}

impl Postings<'_> {
    /// The dictionary with what was defined since, of what somebody has.
    fn merged(&self) -> Result<(Dictionary<'static>, Renumbered), Fault> {
        let old = &self.base.dictionary;
        let mut by_package: HashMap<&Package, Vec<(&str, u32)>> = HashMap::new();
        for ((package, version), index) in self.overlay.defined().iter().zip(0..) {
            by_package.entry(package).or_default().push((&version.0, self.numbered(index).0));
        }
        let mut writer = Writer::new();
        let mut from = Vec::with_capacity(self.versions_len() as usize);
        for number in 0..old.packages_len() {
            let Some(entry) = old.entry(number) else {
                continue;
            };
            let package = entry.package();
            let known = entry.versions().into_iter().zip(old.first(number)..);
            match by_package.remove(&package) {
                None => self.keep(&package, known, &mut writer, &mut from)?,
                Some(new) => {
                    let all = ordered(&package, known.chain(new));
                    self.keep(&package, all, &mut writer, &mut from)?;
                }
            }
        }
        for (package, new) in by_package.into_iter().collect::<BTreeMap<_, _>>() {
            self.keep(package, ordered(package, new), &mut writer, &mut from)?;
        }
        let mut to = vec![NOWHERE; self.versions_len() as usize];
        for (old, new) in from.iter().zip(0..) {
            if let Some(to) = to.get_mut(*old as usize) {
                *to = new;
            }
        }
        Ok((writer.finish()?, Renumbered { to, from }))
    }

    /// Writes those of a package's versions, in version order, that somebody has.
    fn keep<'t>(
        &self,
        package: &Package,
        versions: impl IntoIterator<Item = (&'t str, u32)>,
        writer: &mut Writer,
        from: &mut Vec<u32>,
    ) -> Result<(), Fault> {
        let mut texts = Vec::new();
        for (text, number) in versions {
            if self.len_of(VersionId(number))? > 0 {
                texts.push(text);
                from.push(number);
            }
        }
        if texts.is_empty() { Ok(()) } else { writer.push(package, &texts) }
    }
}

/// A package's versions and their numbers, in version order.
fn ordered<'t>(
    package: &Package,
    versions: impl IntoIterator<Item = (&'t str, u32)>,
) -> Vec<(&'t str, u32)> {
    let numbers: HashMap<&str, u32> = versions.into_iter().collect();
    let texts = in_order(package, numbers.keys().map(|text| (*text).to_owned()).collect());
    texts.iter().filter_map(|text| numbers.get_key_value(text.as_str())).map(copied).collect()
}

fn copied<'t>((text, number): (&&'t str, &u32)) -> (&'t str, u32) {
    (*text, *number)
}

fn merged_holders(
    mut old: Vec<Table<'_>>,
    overlay: &Overlay,
    from: &[u32],
) -> Result<Vec<Table<'static>>, Fault> {
    let mut tables = Tables::new(VERSIONS_PER_BLOCK);
    let mut ids = Vec::new();
    let mut done = 0;
    for number in from {
        let block = *number as usize / VERSIONS_PER_BLOCK;
        let index = *number as usize % VERSIONS_PER_BLOCK;
        let is_old = block < old.len() && index < old[block].len();
        // Numbers of the old base only rise, so what lies before them is needed no more.
        for table in old.iter_mut().take(if is_old { block } else { 0 }).skip(done) {
            *table = Table::empty();
            done += 1;
        }
        let record = old.get(block).map_or(&[][..], |table| table.record(index));
        let id = VersionId(*number);
        let (added, removed) = (overlay.added(id), overlay.removed(id));
        let is_copied = added.is_empty() && removed.is_empty() && !record.is_empty();
        let fits = if is_copied {
            tables.push(|out| out.extend_from_slice(record))
        } else {
            ids.clear();
            let damaged = Fault::Damaged { block: Block::Holders(block as u32), why: super::LIST };
            read(record, &mut ids).ok_or(damaged)?;
            ids.retain(|id| !removed.contains(*id));
            ids.extend(added.iter());
            ids.sort_unstable();
            tables.push(|out| list::encode(&ids, out))
        };
        if !fits {
            return Err(Fault::TooMany { what: "bytes of one block", max: u32::MAX.into() });
        }
    }
    Ok(tables.finish())
}

fn merged_components(
    mut old: Vec<Table<'_>>,
    overlay: &Overlay,
    to: &[u32],
    assets: u32,
) -> Result<Vec<Table<'static>>, Fault> {
    let mut tables = Tables::new(ASSETS_PER_BLOCK);
    let mut ids: Vec<u32> = Vec::new();
    let is_renumbered = to.iter().zip(0..).any(|(to, from)| *to != from);
    for asset in 0..assets {
        let (block, index) = (asset as usize / ASSETS_PER_BLOCK, asset as usize % ASSETS_PER_BLOCK);
        if index == 0
            && block > 0
            && let Some(table) = old.get_mut(block - 1)
        {
            *table = Table::empty();
        }
        let record = old.get(block).map_or(&[][..], |table| table.record(index));
        let delta = overlay.asset(asset);
        let fits = if delta.is_none() && !is_renumbered && !record.is_empty() {
            tables.push(|out| out.extend_from_slice(record))
        } else {
            let name = Block::Components(block as u32);
            let damaged = || Fault::Damaged { block: name, why: super::LIST };
            ids.clear();
            read(record, &mut ids).ok_or_else(damaged)?;
            if let Some(delta) = delta {
                ids.retain(|id| delta.removed.binary_search(id).is_err());
                ids.extend_from_slice(&delta.added);
            }
            for id in &mut ids {
                let to = to.get(*id as usize).filter(|to| **to != NOWHERE);
                *id = *to.ok_or_else(damaged)?;
            }
            ids.sort_unstable();
            tables.push(|out| list::encode(&ids, out))
        };
        if !fits {
            return Err(Fault::TooMany { what: "bytes of one block", max: u32::MAX.into() });
        }
    }
    Ok(tables.finish())
}

fn read(record: &[u8], ids: &mut Vec<u32>) -> Option<()> {
    if record.is_empty() { Some(()) } else { List::read(record)?.extend(ids) }
}
