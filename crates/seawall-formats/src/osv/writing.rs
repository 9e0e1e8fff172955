//! Our advisories as OSV records.

use super::{SCHEMA_VERSION, key};
use crate::address;
use crate::csaf::text;
use crate::inventory::purl;
use seawall_domain::package::{Ecosystem, Listed};
use seawall_domain::publication::{AdvisoryNumber, AffectedPackage, Publication};
use seawall_domain::range::{Basis, Interval};
use seawall_domain::time::Timestamp;
use seawall_domain::verdict::Outcome;
use serde_json::{Value, json};

/// Names of records that cover several flaws and so are related, not aliases.
const COLLECTIONS: [&str; 8] =
    ["DSA-", "DLA-", "USN-", "RHSA-", "SUSE-SU-", "ALSA-", "RLSA-", "ELSA-"];

/// The id of an advisory's record: `x_` marks a prefix that is not registered with the schema.
pub fn id(number: AdvisoryNumber) -> String {
    format!("x_{number}")
}

/// Writes the advisory as one OSV record.
pub fn document(publication: &Publication) -> String {
    let (listed, unlisted): (Vec<_>, Vec<_>) =
        publication.affected.iter().partition(|one| is_listed(&one.package.ecosystem));
    let first = publication.revisions.first().map_or(Timestamp::UNIX_EPOCH, |one| one.at);
    let last = publication.revisions.last().map_or(first, |one| one.at);
    let collection = |name: &&String| COLLECTIONS.iter().any(|start| name.starts_with(start));
    let related: Vec<&String> = publication.aliases.iter().filter(collection).collect();
    let aliases = publication.aliases.iter().filter(|name| !collection(name));
    text(json!({
        "affected": listed.into_iter().map(affected).collect::<Vec<_>>(),
        "aliases": aliases.collect::<Vec<_>>(),
        "credits": publication.credits.iter().filter(|name| !name.is_empty())
            .map(|name| json!({"name": name, "type": "FINDER"})).collect::<Vec<_>>(),
        "database_specific": {
            key::CWES: publication.weakness.iter().map(|cwe| cwe.to_string()).collect::<Vec<_>>(),
            key::NOTICE: publication.notice,
            key::REMEDY: publication.remedy,
            key::UNLISTED: unlisted.into_iter().map(outside).collect::<Vec<_>>(),
            key::WORKAROUND: publication.workaround,
        },
        "details": publication.summary,
        "id": id(publication.number),
        "modified": last.to_string(),
        "published": first.to_string(),
        "references": publication.references.iter().filter_map(|link| address::web(link))
            .map(|url| json!({"type": "WEB", "url": url})).collect::<Vec<_>>(),
        "related": related,
        "schema_version": SCHEMA_VERSION,
        "severity": publication.severity.as_deref().and_then(severity),
        "summary": publication.title,
    }))
}

fn is_listed(ecosystem: &Ecosystem) -> bool {
    match ecosystem {
        Ecosystem::PyPi | Ecosystem::Npm | Ecosystem::CratesIo | Ecosystem::Debian(_) => true,
        Ecosystem::Listed(_, release) => release.as_deref() != Some(""),
        Ecosystem::Generic | Ecosystem::Git | Ecosystem::Oci | Ecosystem::Unknown(_) => false,
    }
}

/// How the ecosystem orders its versions, in the schema's word.
fn range_type(ecosystem: &Ecosystem) -> &'static str {
    match ecosystem {
        Ecosystem::Npm | Ecosystem::CratesIo => "SEMVER",
        Ecosystem::Listed(Listed::Go, _) => "SEMVER",
        Ecosystem::PyPi
        | Ecosystem::Debian(_)
        | Ecosystem::Generic
        | Ecosystem::Git
        | Ecosystem::Oci
        | Ecosystem::Listed(..)
        | Ecosystem::Unknown(_) => "ECOSYSTEM",
    }
}

fn affected(one: &AffectedPackage) -> Value {
    let affected = one.tested.iter().filter(|tested| tested.outcome == Outcome::Affected);
    json!({
        "database_specific": basis(one),
        "package": {
            "ecosystem": one.package.ecosystem.to_string(),
            "name": one.package.name,
            "purl": purl::write(&one.package, None),
        },
        "ranges": ranges(one),
        "versions": affected.map(|tested| &tested.version.0).collect::<Vec<_>>(),
    })
}

/// A package that the schema's own list cannot hold.
fn outside(one: &AffectedPackage) -> Value {
    json!({
        "database_specific": basis(one),
        "package": {
            "ecosystem": one.package.ecosystem.to_string(),
            "name": one.package.name,
            "purl": purl::write(&one.package, None),
        },
        "ranges": ranges(one),
    })
}

fn basis(one: &AffectedPackage) -> Value {
    let word = match one.basis {
        Basis::Run => "run",
        Basis::Stated => "stated",
    };
    let tested = one.tested.iter().map(|tested| {
        let outcome = match tested.outcome {
            Outcome::Affected => "affected",
            Outcome::Unaffected => "unaffected",
            Outcome::Untested => "untested",
        };
        json!({"outcome": outcome, "version": tested.version.0})
    });
    json!({
        key::BASIS: word,
        key::STATED_BY: one.stated_by,
        key::TESTED: tested.collect::<Vec<_>>(),
    })
}

/// The intervals as ranges: one for all that end in a fix or not at all, one for those that end in
/// a last affected version, because the schema forbids both kinds of end in one range.
fn ranges(one: &AffectedPackage) -> Vec<Value> {
    let kind = range_type(&one.package.ecosystem);
    let last = |interval: &&Interval| interval.fixed.is_none() && interval.last_affected.is_some();
    let (seen, other): (Vec<_>, Vec<_>) = one.ranges.iter().partition(last);
    let groups = [other, seen].into_iter().filter(|group| !group.is_empty());
    let range = |group: Vec<&Interval>| {
        let events: Vec<Value> = group.into_iter().flat_map(events).collect();
        json!({"events": events, "type": kind})
    };
    groups.map(range).collect()
}

fn events(interval: &Interval) -> Vec<Value> {
    let from = interval.introduced.as_ref().map_or("0", |version| &version.0);
    let end = match (&interval.fixed, &interval.last_affected) {
        (Some(version), _) => Some(json!({"fixed": version.0})),
        (None, Some(version)) => Some(json!({"last_affected": version.0})),
        (None, None) => None,
    };
    std::iter::once(json!({"introduced": from})).chain(end).collect()
}

/// A CVSS vector under the schema's word for its version; none when it has not the form of one.
fn severity(vector: &str) -> Option<Value> {
    let (kind, metrics) = match vector.split_once('/')? {
        ("CVSS:3.0" | "CVSS:3.1", rest) => ("CVSS_V3", rest),
        ("CVSS:4.0", rest) => ("CVSS_V4", rest),
        (first, _) if first.starts_with("AV:") => ("CVSS_V2", vector),
        _ => return None,
    };
    let letters = |text: &str| text.bytes().all(|b| b.is_ascii_alphabetic());
    let formed = metrics.split('/').all(|pair| {
        let parts = pair.split_once(':');
        parts.is_some_and(|(name, value)| {
            !name.is_empty() && !value.is_empty() && letters(name) && letters(value)
        })
    });
    let enough = metrics.split('/').count() >= 6;
    (formed && enough).then(|| json!([{"score": vector, "type": kind}]))
}
