//! OSV records of any database, read tolerantly: unknown fields are ignored, wrong types are not.
//!
//! Types of `database_specific` and `ecosystem_specific` are every database's own, and what has
//! not the expected one is passed over there.

mod events;
mod raw;

use self::raw::{Affected, Own, Raw, Severity};
use super::{FORMAT, OSV_BYTES_MAX};
use crate::bounded::add_new;
use crate::fault::{FormatFault, quote};
use crate::inventory::purl;
use crate::json::typed::{self, LooseText, Text};
use seawall_domain::claim::Cwe;
use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_domain::range::{Basis, Interval, Tested};
use seawall_domain::record::{
    AffectedRecord, CommitRange, Record, Score, SourceKind, repository_name,
};
use seawall_domain::time::Timestamp;
use seawall_domain::verdict::Outcome;

/// The longest name of a package or address of a repository that is read, in bytes.
const NAME_BYTES_MAX: usize = 1_024;

/// How many ranges one entry of `affected` may have.
const RANGES_MAX: usize = 10_000;

/// How many repositories one entry without a package may have; each gets the entry's versions.
const REPOSITORIES_MAX: usize = 32;

/// Reads one record.
///
/// Versions have no order here, so ranges are kept as they are written. A range whose events are
/// starts and ends in turn becomes one interval for each start. Any other range (two starts or two
/// ends in a row) becomes intervals that hold each of its events at least once and none of another
/// range. An entry with several ranges becomes one `AffectedRecord` for each, so whoever sorts the
/// ends of the intervals of one `AffectedRecord` and walks them has exactly the schema's evaluation
/// of that range, also where the events are out of order. Only records that say a basis, which are
/// written here and in order, have their ranges joined again.
///
/// `limit` ends an interval as `fixed` does, and `limit: *` ends nothing. `GIT` ranges become
/// commits; an entry that names no package is listed by its repository, in the ecosystem `GIT`.
pub fn read(bytes: &[u8]) -> Result<Record, FormatFault> {
    let raw: Raw<'_> = typed::read(FORMAT, bytes, OSV_BYTES_MAX)?;
    let id = raw.id.required(FORMAT, || "/id".to_owned())?;
    let mut record = Record::named(SourceKind::Osv, id);
    record.modified = time(&raw.modified, "modified")?;
    if record.modified.is_none() {
        return Err(FormatFault::new(FORMAT, "/modified", "it is missing or empty"));
    }
    record.published = time(&raw.published, "published")?;
    record.withdrawn = time(&raw.withdrawn, "withdrawn")?;
    record.aliases = texts(raw.aliases.0);
    record.upstream = texts(raw.upstream.0);
    record.summary = raw.summary.owned().unwrap_or_default();
    record.details = raw.details.owned().unwrap_or_default();
    record.references = raw.references.0.into_iter().filter_map(|one| one.url.owned()).collect();
    scores(&mut record.scores, &raw.severity.0);
    for (index, one) in raw.affected.0.into_iter().enumerate() {
        entry(&mut record, one, || format!("/affected/{index}"))?;
    }
    if let Some(own) = raw.database_specific.0 {
        specific(&mut record, own)?;
    }
    Ok(record)
}

/// What the database says in its own field.
fn specific(record: &mut Record, own: Own<'_>) -> Result<(), FormatFault> {
    record.remedy = own.remedy.owned();
    record.workaround = own.workaround.owned();
    record.notice = own.notice.owned();
    let named = own.cwes.0.iter().filter_map(|one| one.0.as_ref()?.cwe_id.get());
    for cwe in own.cwe_ids.0.iter().filter_map(LooseText::get).chain(named).filter_map(cwe) {
        add_new(&mut record.weaknesses, cwe);
    }
    for (index, one) in own.affected_outside_schema.0.into_iter().enumerate() {
        if let Some(one) = one.0 {
            let place = || format!("/database_specific/affected_outside_schema/{index}");
            entry(record, one, place)?;
        }
    }
    Ok(())
}

fn time(text: &Text<'_>, key: &str) -> Result<Option<Timestamp>, FormatFault> {
    let Some(text) = text.get() else {
        return Ok(None);
    };
    let read = text.parse::<Timestamp>().map(Some);
    read.map_err(|_| {
        FormatFault::new(FORMAT, format!("/{key}"), format!("{} is no RFC 3339 time", quote(text)))
    })
}

fn texts(list: Vec<Text<'_>>) -> Vec<String> {
    list.into_iter().filter_map(Text::owned).collect()
}

/// Adds the vectors; a distribution's own words (`Ubuntu`: `medium`) are none.
fn scores(scores: &mut Vec<Score>, severities: &[Severity<'_>]) {
    for one in severities {
        let vectors = one.kind.get().is_none_or(|kind| kind.starts_with("CVSS"));
        let Some(vector) = one.score.get().filter(|_| vectors) else {
            continue;
        };
        add_new(scores, Score { vector: vector.to_owned(), by: None });
    }
}

/// The number of a `CWE-…`.
fn cwe(text: &str) -> Option<Cwe> {
    text.strip_prefix("CWE-")?.parse().ok().map(Cwe)
}

/// One entry of `affected`.
fn entry(
    record: &mut Record,
    raw: Affected<'_>,
    place: impl Fn() -> String,
) -> Result<(), FormatFault> {
    scores(&mut record.scores, &raw.severity.0);
    let mut ranges = Vec::new();
    let mut commits = Vec::new();
    let fault =
        |key: &str, message| FormatFault::new(FORMAT, format!("{}/{key}", place()), message);
    if raw.ranges.0.len() > RANGES_MAX {
        return Err(fault("ranges", format!("there are more than {RANGES_MAX}")));
    }
    for (index, range) in raw.ranges.0.iter().enumerate() {
        match range.kind.required(FORMAT, || format!("{}/ranges/{index}/type", place()))? {
            "SEMVER" | "ECOSYSTEM" => {
                let read = events::intervals(&range.events.0);
                ranges.push(read.map_err(|message| fault(&format!("ranges/{index}"), message))?);
            }
            "GIT" => commits.push(events::commits(range)),
            _ => {}
        }
    }
    let own = raw.database_specific.0.unwrap_or_default();
    if record.informational.is_none() {
        record.informational = own.informational.owned();
    }
    let basis = match own.basis.get() {
        Some("run") => Some(Basis::Run),
        Some("stated") => Some(Basis::Stated),
        Some(_) | None => None,
    };
    let whole = AffectedRecord {
        package: Package { ecosystem: Ecosystem::Generic, name: String::new() },
        intervals: Vec::new(),
        versions: raw.versions.0.into_iter().filter_map(Text::owned).map(Version).collect(),
        commits: Vec::new(),
        basis,
        stated_by: own.stated_by.owned(),
        tested: own.tested.0.iter().filter_map(|one| tested(one.0.as_ref()?)).collect(),
    };
    match raw.package {
        Some(named) => {
            let at = |key: &str| format!("{}/package/{key}", place());
            let ecosystem = named.ecosystem.required(FORMAT, || at("ecosystem"))?;
            let ecosystem = Ecosystem::from(ecosystem.to_owned());
            let name = named.name.required(FORMAT, || at("name"))?;
            if name.len() > NAME_BYTES_MAX {
                let message = format!("it is longer than {NAME_BYTES_MAX} bytes");
                return Err(fault("package/name", message));
            }
            let package = Package { name: purl::normal_name(&ecosystem, name), ecosystem };
            packages(&mut record.affected, AffectedRecord { package, commits, ..whole }, ranges);
        }
        None => {
            let read = repositories(&whole, commits);
            record.affected.extend(read.map_err(|message| fault("ranges", message))?);
        }
    }
    Ok(())
}

/// Adds a package with its ranges: one record for each, unless they are to be joined.
fn packages(
    affected: &mut Vec<AffectedRecord>,
    mut first: AffectedRecord,
    ranges: Vec<Vec<Interval>>,
) {
    let mut ranges = ranges.into_iter();
    if first.basis.is_some() {
        first.intervals = ranges.by_ref().flatten().collect();
    } else {
        first.intervals = ranges.next().unwrap_or_default();
    }
    let package = first.package.clone();
    affected.push(first);
    affected.extend(ranges.filter(|range| !range.is_empty()).map(|intervals| AffectedRecord {
        package: package.clone(),
        intervals,
        versions: Vec::new(),
        commits: Vec::new(),
        basis: None,
        stated_by: None,
        tested: Vec::new(),
    }));
}

/// An entry without a package by its repositories; its versions are their tags.
fn repositories(
    whole: &AffectedRecord,
    commits: Vec<CommitRange>,
) -> Result<Vec<AffectedRecord>, String> {
    let mut affected: Vec<AffectedRecord> = Vec::new();
    for range in commits {
        if range.repository.len() > NAME_BYTES_MAX {
            return Err(format!("a repository's address is longer than {NAME_BYTES_MAX} bytes"));
        }
        let name = repository_name(&range.repository);
        let full = affected.len() == REPOSITORIES_MAX;
        match affected.iter_mut().find(|one| one.package.name == name) {
            Some(one) => one.commits.push(range),
            None if full => {
                return Err(format!("there are more than {REPOSITORIES_MAX} repositories"));
            }
            None => {
                let package = Package { ecosystem: Ecosystem::Git, name };
                let commits = vec![range];
                affected.push(AffectedRecord { package, commits, ..whole.clone() });
            }
        }
    }
    Ok(affected)
}

fn tested(one: &raw::Tested<'_>) -> Option<Tested> {
    let outcome = match one.outcome.get()? {
        "affected" => Outcome::Affected,
        "unaffected" => Outcome::Unaffected,
        "untested" => Outcome::Untested,
        _ => return None,
    };
    Some(Tested { version: Version::from(one.version.get()?), outcome })
}
