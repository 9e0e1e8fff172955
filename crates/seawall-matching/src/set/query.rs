//! What the OSV query interface (version 1) asks of a set: which records speak of a package in a
//! version, whichever release of a distribution they are for, and little of each.
//!
//! It is not the question of [`Set::answer`]: nothing is said of what cannot be told, and a version
//! that no rule reads is compared by its letters ("fuzzy" matching).

mod similar;

use self::similar::Similar;
use super::code::{Eye, Pen};
use super::layout::Part;
use super::shelf::{Place, Shelf};
use super::{Meta, Set, SetFault};
use seawall_domain::package::{Ecosystem, Listed, Package, Version};
use seawall_domain::record::SourceKind;

/// How the version of a query is compared.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum By {
    /// By the order of the ecosystem, where it has one that reads the version; else by letters.
    Order,
    /// By letters: whoever asks names no ecosystem.
    Letters,
}

/// What the query interface needs of a record.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Brief<'a> {
    /// Whether it is a record of the OSV schema.
    pub is_osv: bool,
    /// Its id in its own database.
    pub id: &'a str,
    /// When it last changed (RFC 3339, UTC).
    pub modified: Option<&'a str>,
    /// The document it stands in, as a number for [`Set::document`], where the set keeps it.
    pub raw: Option<u32>,
}

impl<B: AsRef<[u8]>> Set<B> {
    /// The numbers of the records that speak of a package in a version, or in any when none is
    /// given, ascending, which is the order of their ids; withdrawn ones are left out.
    ///
    /// A package without a release is that of every release, and a release is that of the records
    /// for it and for none. Of Alpine and Ubuntu without a release only versions that are listed
    /// one by one count.
    pub fn queried(
        &self,
        package: &Package,
        version: Option<&Version>,
        by: By,
    ) -> Result<Vec<u32>, SetFault> {
        match self.shelf(package)? {
            Some(shelf) => speaking(&shelf, package, version, by),
            None => Ok(Vec::new()),
        }
    }

    /// The same for a name that lost its capitals on the way, as those of Go in a package URL.
    pub fn queried_folded(
        &self,
        package: &Package,
        version: Option<&Version>,
    ) -> Result<Vec<u32>, SetFault> {
        match self.shelf_folded(package)? {
            Some(shelf) => speaking(&shelf, package, version, By::Order),
            None => Ok(Vec::new()),
        }
    }

    /// Little of a record, quickly; none when there is no such number.
    pub fn brief(&self, number: u32) -> Result<Option<Brief<'_>>, SetFault> {
        let Some(row) = self.row(Part::RecordPlaces, Part::Records, number)? else {
            return Ok(None);
        };
        let mut eye = Eye::new(Eye::new(row, "record").frame()?, "record");
        let is_osv = eye.number()? == 1;
        let id = eye.text()?;
        let modified = eye.option(Eye::text)?;
        let raw = eye.option(Eye::number)?.map(u32::try_from).transpose();
        Ok(Some(Brief { is_osv, id, modified, raw: raw.map_err(|_| eye.fault())? }))
    }
}

/// Writes what [`Set::brief`] reads.
pub(super) fn write(meta: &Meta, pen: &mut Pen) {
    pen.number(u64::from(meta.kind == SourceKind::Osv));
    pen.text(&meta.id);
    pen.option(meta.modified, |pen, modified| pen.text(&modified.to_string()));
    pen.option(meta.raw, |pen, raw| pen.number(raw.into()));
}

/// The records of a shelf that speak of a version of its package.
fn speaking(
    shelf: &Shelf<'_>,
    package: &Package,
    version: Option<&Version>,
    by: By,
) -> Result<Vec<u32>, SetFault> {
    let (base, release) = package.ecosystem.without_release();
    let asked = Asked::new(shelf, package, &base, version, by)?;
    let listed_only =
        matches!(base, Ecosystem::Listed(Listed::Alpine | Listed::Ubuntu, _)) && release.is_none();
    let mut numbers = Vec::new();
    for entry in shelf.entries()? {
        let entry = entry?;
        if release.is_some() && entry.release.is_some() && entry.release != release {
            continue;
        }
        let speaks = match &asked {
            Asked::Any => true,
            Asked::At(place) => {
                entry.lists(place) || !listed_only && entry.interval_of(place).is_some()
            }
            Asked::Like(similar, indexes) => entry.lists_like(indexes, |text| similar.knows(text)),
        };
        if speaks {
            numbers.push(entry.record);
        }
    }
    numbers.sort_unstable();
    numbers.dedup();
    Ok(numbers)
}

/// The version of a query against one shelf.
enum Asked<'a> {
    /// Any version.
    Any,
    /// A place in the shelf's dictionary.
    At(Place<'a>),
    /// What looks alike, and which versions of the dictionary do.
    Like(Similar, Vec<u64>),
}

impl<'a> Asked<'a> {
    fn new(
        shelf: &Shelf<'_>,
        package: &Package,
        base: &Ecosystem,
        version: Option<&'a Version>,
        by: By,
    ) -> Result<Self, SetFault> {
        let Some(version) = version else { return Ok(Asked::Any) };
        if by == By::Order && crate::version::is_known(base) {
            let place = shelf.place(base, version)?;
            if matches!(place, Place::At(_)) {
                return Ok(Asked::At(place));
            }
        }
        let similar = Similar::new(&version.0, package);
        let indexes = shelf.like(|text| similar.knows(text))?;
        Ok(Asked::Like(similar, indexes))
    }
}
