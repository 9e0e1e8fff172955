//! CSAF 2.0 (ISO/IEC 20153): the advisory as a document, and what a trusted provider serves.
//!
//! One [`Publication`] goes in, one JSON text comes out, keys in alphabetical order, the same bytes
//! every time (capability C35). The layout of the provider's folders is in [`provider`]; signing
//! and storing are done elsewhere.

mod conformance;
mod cwe;
pub mod provider;
mod score;
mod tree;
mod vers;

pub use conformance::{ConformanceFault, faults, remarks};
pub use provider::{
    Listing, Provider, changes_csv, directory_path, file_name, file_name_of, index_txt,
    provider_metadata, rolie_category, rolie_feed, rolie_service, security_txt, sha256_file,
    sha512_file,
};

use crate::address;
use seawall_domain::publication::{AffectedPackage, Publication, Revision};
use seawall_domain::range::Basis;
use seawall_domain::time::Timestamp;
use seawall_domain::verdict::Outcome;
use serde_json::{Map, Value, json};

/// Who publishes: the installation's own name for itself.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Publisher {
    /// The name, such as `Seawall demonstration`.
    pub name: String,
    /// The address under which it publishes, such as `https://seawall.invalid`.
    pub namespace: String,
    /// How to reach it, in words; may be empty.
    pub contact: String,
}

/// Writes the advisory as a CSAF 2.0 document of category `csaf_security_advisory`.
pub fn document(publication: &Publication, publisher: &Publisher) -> String {
    let tree = tree::of(&publication.affected);
    let document = json!({
        "document": head(publication, publisher),
        "product_tree": {"branches": tree.branches},
        "vulnerabilities": [vulnerability(publication, &tree)],
    });
    text(document)
}

/// A JSON document as it is served: keys sorted, nothing empty, a line end at the end.
pub(crate) fn text(value: Value) -> String {
    // Writing a tree of plain values into a string cannot fail; an empty text would be the sign.
    let mut text = serde_json::to_string_pretty(&tidy(value)).unwrap_or_default();
    text.push('\n');
    text
}

/// Sorts keys and leaves out what is null, an empty text or an empty list or object.
fn tidy(value: Value) -> Value {
    let said = |value: &Value| match value {
        Value::Null => false,
        Value::Bool(_) | Value::Number(_) => true,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
    };
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(tidy).filter(said).collect()),
        Value::Object(fields) => {
            let fields = fields.into_iter().map(|(key, value)| (key, tidy(value)));
            let mut fields: Vec<_> = fields.filter(|(_, value)| said(value)).collect();
            fields.sort_by(|(a, _), (b, _)| a.cmp(b));
            Value::Object(Map::from_iter(fields))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

/// The first and the last revision's times; the epoch stands for a publication without any.
fn times(publication: &Publication) -> (Timestamp, Timestamp) {
    let at = |revision: Option<&Revision>| revision.map_or(Timestamp::UNIX_EPOCH, |one| one.at);
    let revisions = &publication.revisions;
    (at(revisions.first()), at(revisions.last()))
}

fn head(publication: &Publication, publisher: &Publisher) -> Value {
    let listing = Listing::of(publication);
    let base = provider::base(&publisher.namespace);
    let own = format!("{base}/white/{}", directory_path(&listing));
    json!({
        "acknowledgments": publication.credits.iter().filter(|name| !name.trim().is_empty())
            .map(|name| json!({"organization": name, "summary": "found and reported the flaw"}))
            .collect::<Vec<_>>(),
        "category": "csaf_security_advisory",
        "csaf_version": "2.0",
        "distribution": {
            "text": "Disclosure is not limited.",
            "tlp": {"label": "WHITE", "url": "https://www.first.org/tlp/"},
        },
        "lang": "en",
        "notes": [
            note("general", "Notice", publication.notice.as_deref().unwrap_or_default()),
            note("summary", "Summary", &publication.summary),
        ],
        "publisher": {
            "category": "coordinator",
            "contact_details": publisher.contact,
            "name": publisher.name,
            "namespace": publisher.namespace,
        },
        "references": references(publication, &own),
        "title": some_or(&publication.title, &publication.number.to_string()),
        "tracking": tracking(publication),
    })
}

fn some_or(text: &str, other: &str) -> String {
    let chosen = if text.trim().is_empty() { other } else { text };
    chosen.to_owned()
}

/// A note; one without text is null and so left out.
fn note(category: &str, title: &str, text: &str) -> Value {
    if text.trim().is_empty() {
        return Value::Null;
    }
    json!({"category": category, "text": text, "title": title})
}

fn references(publication: &Publication, own: &str) -> Vec<Value> {
    let own = address::web(own).map(|url| {
        json!({"category": "self", "summary": "This advisory, canonical address", "url": url})
    });
    let links = publication
        .references
        .iter()
        .filter_map(|link| address::web(link));
    let links = links.map(|url| json!({"category": "external", "summary": url, "url": url}));
    own.into_iter().chain(links).collect()
}

fn tracking(publication: &Publication) -> Value {
    let (initial, current) = times(publication);
    let history: Vec<Value> = publication
        .revisions
        .iter()
        .map(|revision| {
            json!({
                "date": revision.at.to_string(),
                "number": revision.number.to_string(),
                "summary": some_or(&revision.summary, "Published."),
            })
        })
        .collect();
    let version = publication
        .revisions
        .last()
        .map_or(1, |revision| revision.number);
    json!({
        "current_release_date": current.to_string(),
        "generator": {"engine": {"name": "Seawall", "version": env!("CARGO_PKG_VERSION")}},
        "id": publication.number.to_string(),
        "initial_release_date": initial.to_string(),
        "revision_history": history,
        "status": "final",
        "version": version.to_string(),
    })
}

/// Whether a name is one of the CVE programme: `CVE-`, a year, at least four digits.
pub(crate) fn is_cve(name: &str) -> bool {
    let parts = name
        .strip_prefix("CVE-")
        .and_then(|rest| rest.split_once('-'));
    parts.is_some_and(|(year, serial)| {
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        year.len() == 4 && serial.len() >= 4 && digits(year) && digits(serial)
    })
}

fn vulnerability(publication: &Publication, tree: &tree::Tree) -> Value {
    let mut cves = publication.aliases.iter().filter(|name| is_cve(name));
    let others = publication
        .aliases
        .iter()
        .filter(|name| !is_cve(name) && !name.is_empty());
    let own = publication.number.to_string();
    let mut ids = vec![json!({"system_name": "Seawall advisory", "text": own})];
    for name in others {
        let id = json!({"system_name": system(name), "text": name});
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    json!({
        "cve": cves.next(),
        "cwe": publication.weakness.and_then(cwe::named),
        "ids": ids,
        "notes": notes(publication),
        "product_status": {
            "first_fixed": tree.fixed(),
            "fixed": tree.fixed(),
            "known_affected": tree.affected(),
        },
        "remediations": remediations(publication, tree),
        "scores": scores(publication, tree),
        "title": some_or(&publication.title, &publication.number.to_string()),
    })
}

/// The system that gave a name, by its prefix.
fn system(name: &str) -> &'static str {
    let prefix = name.split('-').next().unwrap_or_default();
    match prefix {
        "CVE" => "CVE Program (further name)",
        "GHSA" => "GitHub Security Advisory",
        "PYSEC" => "Python Packaging Advisory Database",
        "RUSTSEC" => "RustSec Advisory Database",
        "DSA" | "DLA" => "Debian Security Advisory",
        _ => "other name",
    }
}

fn notes(publication: &Publication) -> Vec<Value> {
    let mut notes = vec![note("description", "What goes wrong", &publication.summary)];
    for affected in &publication.affected {
        let package = &affected.package;
        match affected.basis {
            Basis::Run if affected.tested.is_empty() => {}
            Basis::Run => {
                let title = format!("Releases run: {package}");
                notes.push(note("details", &title, &tested(affected)));
            }
            Basis::Stated => {
                let who = affected.stated_by.as_deref().unwrap_or_default();
                let who = some_or(who, "a participant");
                let text = format!("{package}: stated by {who}, not run here.");
                notes.push(note("other", &format!("Basis: {package}"), &text));
            }
        }
    }
    if let Some(vector) = publication.severity.as_deref()
        && score::of(vector).is_none()
    {
        notes.push(note(
            "other",
            "Severity",
            &format!("Stated severity vector: {vector}"),
        ));
    }
    notes
}

/// What running each release showed, in words.
fn tested(affected: &AffectedPackage) -> String {
    let listed = |outcome: Outcome| {
        let tested = affected.tested.iter().filter(|one| one.outcome == outcome);
        tested.map(|one| one.version.0.as_str()).collect::<Vec<_>>()
    };
    let told = [
        ("affected", listed(Outcome::Affected)),
        ("not affected", listed(Outcome::Unaffected)),
        (
            "could not be run here, so nothing is known",
            listed(Outcome::Untested),
        ),
    ];
    let told = told
        .into_iter()
        .filter(|(_, versions)| !versions.is_empty());
    let told = told.map(|(what, versions)| format!("{what}: {}", versions.join(", ")));
    format!(
        "Run in the sandbox of this clearinghouse. {}.",
        told.collect::<Vec<_>>().join("; ")
    )
}

fn remediations(publication: &Publication, tree: &tree::Tree) -> Vec<Value> {
    let mut remediations = Vec::new();
    let mut unfixed = Vec::new();
    for entry in &tree.entries {
        let fixes: Vec<&str> = entry
            .fixes
            .iter()
            .map(|(version, _)| version.as_str())
            .collect();
        if fixes.is_empty() {
            unfixed.push(entry.affected.clone());
            continue;
        }
        let update = format!("{}: fixed in {}.", entry.name, fixes.join(" and in "));
        let details = match publication.remedy.trim() {
            "" => update,
            remedy => format!("{remedy}\n\n{update}"),
        };
        remediations.push(json!({
            "category": "vendor_fix", "details": details, "product_ids": [entry.affected],
        }));
    }
    if !unfixed.is_empty() {
        let details = some_or(&publication.remedy, "No release with a fix is known yet.");
        remediations.push(json!({
            "category": "none_available", "details": details, "product_ids": unfixed,
        }));
    }
    let everywhere = tree.affected();
    if !publication.workaround.trim().is_empty() && !everywhere.is_empty() {
        remediations.push(json!({
            "category": "workaround",
            "details": publication.workaround,
            "product_ids": everywhere,
        }));
    }
    remediations
}

fn scores(publication: &Publication, tree: &tree::Tree) -> Vec<Value> {
    let products = tree.affected();
    let vector = publication.severity.as_deref();
    match vector.and_then(score::of).filter(|_| !products.is_empty()) {
        Some(score) => vec![json!({"cvss_v3": score, "products": products})],
        None => Vec::new(),
    }
}
