//! OSV records of any database, read tolerantly: unknown fields are ignored, wrong types are not.

use super::{OSV_BYTES_MAX, key};
use crate::fault::{FormatFault, quote};
use crate::inventory::purl;
use crate::json::{self, Spot};
use seawall_domain::claim::Cwe;
use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_domain::range::{Basis, Interval, Tested};
use seawall_domain::time::Timestamp;
use seawall_domain::verdict::Outcome;
use serde::{Deserialize, Serialize};
use serde_json::Value;

const FORMAT: &str = "OSV";

/// A record, as far as matching and showing it need.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Advisory {
    /// Its id in its own database.
    pub id: String,
    /// When it last changed.
    pub modified: Timestamp,
    /// When it was published.
    pub published: Option<Timestamp>,
    /// When it was withdrawn; a withdrawn record matches nothing.
    pub withdrawn: Option<Timestamp>,
    /// Other names of the same flaw.
    pub aliases: Vec<String>,
    /// The records it passes on, where its database is downstream of another.
    pub upstream: Vec<String>,
    /// One line.
    pub summary: String,
    /// What is wrong.
    pub details: String,
    /// The packages it affects.
    pub affected: Vec<Affected>,
    /// What an operator should do, where the record says it.
    pub remedy: Option<String>,
    /// What to do without an update, where the record says it.
    pub workaround: Option<String>,
    /// What every reader must know first, where the record says it.
    pub notice: Option<String>,
    /// The first weakness class it names.
    pub weakness: Option<Cwe>,
    /// The severity vectors, as given.
    pub severity: Vec<String>,
    /// The links.
    pub references: Vec<String>,
}

/// One package that a record affects.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Affected {
    /// The package; its name is normalised as those of inventories are.
    pub package: Package,
    /// The affected intervals, of the ranges in the package's own version order.
    pub intervals: Vec<Interval>,
    /// The versions named one by one; they are affected whatever the intervals say.
    pub versions: Vec<Version>,
    /// How it is known, where the record says it.
    pub basis: Option<Basis>,
    /// Who stated it, where the record says it.
    pub stated_by: Option<String>,
    /// The releases that were run, where the record says it.
    pub tested: Vec<Tested>,
}

/// Reads one record. Ranges over commits and packages without a name are left out.
pub fn read(bytes: &[u8]) -> Result<Advisory, FormatFault> {
    let value = json::read(FORMAT, bytes, OSV_BYTES_MAX)?;
    let top = Spot::top(FORMAT, &value)?;
    let modified = time(&top, "modified")?
        .ok_or_else(|| top.fault_at("modified", "it is missing or empty"))?;
    let own = top.object("database_specific").ok().flatten();
    let own_text = |key: &str| {
        let text = own.as_ref().and_then(|own| own.text(key).ok().flatten());
        text.map(str::to_owned)
    };
    let mut packages = Vec::new();
    for one in top.objects("affected")? {
        packages.extend(affected(&one)?);
    }
    if let Some(own) = &own {
        for one in own.objects(key::UNLISTED).unwrap_or_default() {
            packages.extend(affected(&one)?);
        }
    }
    Ok(Advisory {
        id: top.required_text("id")?.to_owned(),
        modified,
        published: time(&top, "published")?,
        withdrawn: time(&top, "withdrawn")?,
        aliases: top.texts("aliases")?,
        upstream: top.texts("upstream")?,
        summary: top.text("summary")?.unwrap_or_default().to_owned(),
        details: top.text("details")?.unwrap_or_default().to_owned(),
        affected: packages,
        remedy: own_text(key::REMEDY),
        workaround: own_text(key::WORKAROUND),
        notice: own_text(key::NOTICE),
        weakness: own.as_ref().and_then(weakness),
        severity: list(&top, "severity", "score")?,
        references: list(&top, "references", "url")?,
    })
}

fn time(spot: &Spot<'_>, key: &str) -> Result<Option<Timestamp>, FormatFault> {
    let Some(text) = spot.text(key)? else {
        return Ok(None);
    };
    let read = text.parse::<Timestamp>().map(Some);
    read.map_err(|_| spot.fault_at(key, format!("{} is no RFC 3339 time", quote(text))))
}

/// One text of each object of a list.
fn list(spot: &Spot<'_>, key: &str, field: &str) -> Result<Vec<String>, FormatFault> {
    let mut texts = Vec::new();
    for one in spot.objects(key)? {
        texts.extend(one.text(field)?.map(str::to_owned));
    }
    Ok(texts)
}

/// The first `CWE-…` that a database's own field names, in whatever shape it keeps them.
fn weakness(own: &Spot<'_>) -> Option<Cwe> {
    let cwes = own.value().get(key::CWES)?;
    let first = match cwes {
        Value::Array(items) => items.first()?.as_str()?,
        Value::String(text) => text.as_str(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => return None,
    };
    first.trim().strip_prefix("CWE-")?.parse().ok().map(Cwe)
}

fn affected(spot: &Spot<'_>) -> Result<Option<Affected>, FormatFault> {
    let Some(named) = spot.object("package")? else {
        return Ok(None);
    };
    let ecosystem = Ecosystem::from(named.required_text("ecosystem")?.to_owned());
    let name = purl::normal_name(&ecosystem, named.required_text("name")?);
    let mut intervals = Vec::new();
    for range in spot.objects("ranges")? {
        match range.required_text("type")? {
            "SEMVER" | "ECOSYSTEM" => intervals.extend(pair(&range)?),
            _ => {}
        }
    }
    let own = spot.object("database_specific").ok().flatten();
    let text = |key: &str| own.as_ref().and_then(|own| own.text(key).ok().flatten());
    Ok(Some(Affected {
        package: Package { ecosystem, name },
        intervals,
        versions: spot.texts("versions")?.into_iter().map(Version).collect(),
        basis: match text(key::BASIS) {
            Some("run") => Some(Basis::Run),
            Some("stated") => Some(Basis::Stated),
            Some(_) | None => None,
        },
        stated_by: text(key::STATED_BY).map(str::to_owned),
        tested: own.as_ref().map(tested).unwrap_or_default(),
    }))
}

fn tested(own: &Spot<'_>) -> Vec<Tested> {
    let all = own.objects(key::TESTED).unwrap_or_default();
    let read = all.iter().filter_map(|one| {
        let outcome = match one.text("outcome").ok()?? {
            "affected" => Outcome::Affected,
            "unaffected" => Outcome::Unaffected,
            "untested" => Outcome::Untested,
            _ => return None,
        };
        let version = Version::from(one.text("version").ok()??);
        Some(Tested { version, outcome })
    });
    read.collect()
}

/// Pairs the events of one range, in the order given, into intervals.
///
/// Databases write them in version order, introduced and end in turn (so do all records of the
/// data this was tested on). Where two starts follow each other, the first interval stays open,
/// which may say too much and never too little; an end without a start ends nothing.
fn pair(range: &Spot<'_>) -> Result<Vec<Interval>, FormatFault> {
    let mut intervals = Vec::new();
    let mut open: Option<Interval> = None;
    for event in range.objects("events")? {
        let version = |key: &str| event.text(key).map(|text| text.map(Version::from));
        if let Some(from) = version("introduced")? {
            intervals.extend(open.take());
            open = Some(Interval {
                introduced: Some(from).filter(|version| version.0 != "0"),
                fixed: None,
                last_affected: None,
            });
        }
        let (fixed, last_affected) = (version("fixed")?, version("last_affected")?);
        if (fixed.is_some() || last_affected.is_some())
            && let Some(start) = open.take()
        {
            intervals.push(Interval { introduced: start.introduced, fixed, last_affected });
        }
    }
    intervals.extend(open);
    Ok(intervals)
}
