//! CSAF 2.0 (ISO/IEC 20153): the advisory as a document, what a trusted provider serves, and
//! everybody's documents read.
//!
//! One [`Publication`] goes in, one JSON text comes out, keys in alphabetical order, the same bytes
//! every time (capability C35). The layout of the provider's folders is in [`provider`]; signing
//! and storing are done elsewhere.

mod conformance;
mod cwe;
pub mod following;
pub mod provider;
mod reading;
mod score;
mod tree;
mod vers;
mod vulnerability;

pub use conformance::{ConformanceFault, faults, remarks};
pub use provider::{
    Listing, Provider, changes_csv, directory_path, file_name, file_name_of, index_txt,
    provider_metadata, rolie_category, rolie_feed, rolie_service, security_txt, sha256_file,
    sha512_file,
};

pub use reading::{CSAF_BYTES_MAX, FLAWS_MAX, MENTIONS_MAX, Reading, read};

use crate::address;
use seawall_domain::publication::{Publication, Revision};
use seawall_domain::time::Timestamp;
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
        "vulnerabilities": [vulnerability::of(publication, &tree)],
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
    let links = publication.references.iter().filter_map(|link| address::web(link));
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
    let version = publication.revisions.last().map_or(1, |revision| revision.number);
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
