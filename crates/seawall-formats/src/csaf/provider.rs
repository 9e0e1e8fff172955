//! What a CSAF trusted provider serves beside the documents (CSAF 2.0, sections 5.1 and 7.1).
//!
//! The layout below `/.well-known/csaf`: `provider-metadata.json`; `white/<year>/<file>` with
//! `.sha256`, `.sha512` and `.asc` beside each file; `white/index.txt`, `white/changes.csv`,
//! `white/csaf-feed-tlp-white.json`; `service.json`, `category.json`; `openpgp/<FINGERPRINT>.asc`.

use super::{Publisher, text, times};
use seawall_domain::publication::{AdvisoryNumber, Publication};
use seawall_domain::time::Timestamp;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256, Sha512};
use std::fmt::Write as _;

/// The name of the feed of public documents.
pub const FEED_FILE: &str = "csaf-feed-tlp-white.json";

/// The address of CSAF's own schema, which feeds name.
const SCHEMA: &str = "https://docs.oasis-open.org/csaf/csaf/v2.0/csaf_json_schema.json";

/// The folder under a publisher's address that everything is in.
pub(super) fn base(namespace: &str) -> String {
    format!("{}/.well-known/csaf", namespace.trim_end_matches('/'))
}

/// What the provider says of itself besides its name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Provider {
    /// When anything that it serves last changed.
    pub updated: Timestamp,
    /// The fingerprint of the OpenPGP key that signs, in hexadecimal; none makes it no trusted one.
    pub fingerprint: Option<String>,
}

/// One public document, as the lists and the feed name it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Listing {
    /// The advisory's number.
    pub number: AdvisoryNumber,
    /// Its title.
    pub title: String,
    /// Its summary.
    pub summary: String,
    /// When its first revision was published.
    pub published: Timestamp,
    /// When its current revision was published.
    pub updated: Timestamp,
}

impl Listing {
    /// The listing of a publication.
    pub fn of(publication: &Publication) -> Listing {
        let (published, updated) = times(publication);
        Listing {
            number: publication.number,
            title: publication.title.clone(),
            summary: publication.summary.clone(),
            published,
            updated,
        }
    }
}

/// The file name of an advisory's document: `sw-2026-0001.json`.
pub fn file_name(number: AdvisoryNumber) -> String {
    file_name_of(&number.to_string())
}

/// The file name for a tracking id by the standard's rule (section 5.1): lower case, every run of
/// other characters than `+`, `-`, `a` to `z` and digits one underscore.
pub fn file_name_of(id: &str) -> String {
    let mut name = String::with_capacity(id.len() + 5);
    for letter in id.to_lowercase().chars() {
        match letter {
            '+' | '-' | 'a'..='z' | '0'..='9' => name.push(letter),
            _ if name.ends_with('_') => {}
            _ => name.push('_'),
        }
    }
    name.push_str(".json");
    name
}

/// The path of a document below its TLP folder: `2026/sw-2026-0001.json`. The year is the UTC year
/// of the first publication (requirement 11).
pub fn directory_path(listing: &Listing) -> String {
    let year = listing.published.to_zoned(jiff::tz::TimeZone::UTC).year();
    format!("{year:04}/{}", file_name(listing.number))
}

/// The metadata document, the same bytes on every address that serves it.
pub fn provider_metadata(publisher: &Publisher, provider: &Provider) -> String {
    let base = base(&publisher.namespace);
    let key = provider.fingerprint.as_ref().map(|fingerprint| fingerprint.to_uppercase());
    let keys = key
        .iter()
        .map(|key| json!({"fingerprint": key, "url": format!("{base}/openpgp/{key}.asc")}));
    let role = match key {
        Some(_) => "csaf_trusted_provider",
        None => "csaf_provider",
    };
    text(json!({
        "canonical_url": format!("{base}/provider-metadata.json"),
        "distributions": [
            {"directory_url": format!("{base}/white/")},
            {"rolie": {
                "categories": [format!("{base}/category.json")],
                "feeds": [{
                    "summary": "All public advisories",
                    "tlp_label": "WHITE",
                    "url": format!("{base}/white/{FEED_FILE}"),
                }],
                "services": [format!("{base}/service.json")],
            }},
        ],
        "last_updated": provider.updated.to_string(),
        "list_on_CSAF_aggregators": true,
        "metadata_version": "2.0",
        "mirror_on_CSAF_aggregators": true,
        "public_openpgp_keys": keys.collect::<Vec<_>>(),
        "publisher": {
            "category": "coordinator",
            "contact_details": publisher.contact,
            "name": publisher.name,
            "namespace": publisher.namespace,
        },
        "role": role,
    }))
}

/// Newest change first; equal times by number, so that the lists are the same every time.
fn newest_first(listings: &[Listing]) -> Vec<&Listing> {
    let mut sorted: Vec<&Listing> = listings.iter().collect();
    sorted.sort_by_key(|listing| (std::cmp::Reverse(listing.updated), listing.number));
    sorted
}

/// The ROLIE feed of public documents, as of the given time when there is no document yet.
pub fn rolie_feed(publisher: &Publisher, listings: &[Listing], empty_at: Timestamp) -> String {
    let base = base(&publisher.namespace);
    let own = format!("{base}/white/{FEED_FILE}");
    let sorted = newest_first(listings);
    let updated = sorted.first().map_or(empty_at, |listing| listing.updated);
    let entries: Vec<Value> = sorted.into_iter().map(|listing| entry(&base, listing)).collect();
    let mut feed = json!({"feed": {
        "category": [{"scheme": "urn:ietf:params:rolie:category:information-type", "term": "csaf"}],
        "id": "csaf-feed-tlp-white",
        "link": [
            {"href": own, "rel": "self"},
            {"href": format!("{base}/service.json"), "rel": "service"},
        ],
        "title": format!("Public advisories of {}", publisher.name),
        "updated": updated.to_string(),
    }});
    if let Some(fields) = feed.get_mut("feed").and_then(Value::as_object_mut) {
        // An empty feed keeps its empty list: a feed without the field is not valid.
        fields.insert("entry".to_owned(), Value::Array(entries));
    }
    let mut text = serde_json::to_string_pretty(&feed).unwrap_or_default();
    text.push('\n');
    text
}

fn entry(base: &str, listing: &Listing) -> Value {
    let document = format!("{base}/white/{}", directory_path(listing));
    let link = |rel: &str, end: &str| json!({"href": format!("{document}{end}"), "rel": rel});
    json!({
        "content": {"src": document, "type": "application/json"},
        "format": {"schema": SCHEMA, "version": "2.0"},
        "id": listing.number.to_string(),
        "link": [
            link("self", ""),
            link("hash", ".sha256"),
            link("hash", ".sha512"),
            link("signature", ".asc"),
        ],
        "published": listing.published.to_string(),
        "summary": {"content": listing.summary},
        "title": listing.title,
        "updated": listing.updated.to_string(),
    })
}

/// The ROLIE service document, which names the feed.
pub fn rolie_service(publisher: &Publisher) -> String {
    let href = format!("{}/white/{FEED_FILE}", base(&publisher.namespace));
    let category = json!({
        "scheme": "urn:ietf:params:rolie:category:information-type", "term": "csaf",
    });
    text(json!({"service": {"workspace": [{
        "collection": [{
            "categories": {"category": [category]},
            "href": href,
            "title": format!("Public advisories of {}", publisher.name),
        }],
        "title": "Public advisories",
    }]}}))
}

/// The ROLIE category document: what the feed's entries are about.
pub fn rolie_category() -> String {
    text(json!({"categories": {"category": [{"term": "CSAF"}, {"term": "coordinator"}]}}))
}

/// `changes.csv`: path and time of the current revision, newest first, without a header.
pub fn changes_csv(listings: &[Listing]) -> String {
    let mut lines = String::new();
    for listing in newest_first(listings) {
        // Writing into a string cannot fail.
        let _ = writeln!(lines, "\"{}\",\"{}\"", directory_path(listing), listing.updated);
    }
    lines
}

/// `index.txt`: the path of every document, one a line, in order.
pub fn index_txt(listings: &[Listing]) -> String {
    let mut paths: Vec<String> = listings.iter().map(directory_path).collect();
    paths.sort();
    paths.dedup();
    paths.into_iter().map(|path| path + "\n").collect()
}

/// `security.txt` (RFC 9116) with the `CSAF` field that leads to the metadata. The contact is the
/// first address found in the publisher's contact; a mail address becomes a `mailto:` link.
pub fn security_txt(publisher: &Publisher, expires: Timestamp) -> String {
    let namespace = publisher.namespace.trim_end_matches('/');
    let words = publisher.contact.split_whitespace();
    let word = |text: &str| text.trim_matches([',', ';', '<', '>', '(', ')']).to_owned();
    let contact = words.map(word).find_map(|word| {
        let link = ["https://", "mailto:", "tel:"].iter().any(|start| word.starts_with(start));
        match (link, word.contains('@')) {
            (true, _) => Some(word),
            (false, true) => Some(format!("mailto:{word}")),
            (false, false) => None,
        }
    });
    let contact = contact.unwrap_or_else(|| format!("{namespace}/"));
    let line = |text: &str| text.replace(['\r', '\n'], " ");
    format!(
        "Contact: {}\nExpires: {expires}\nPreferred-Languages: en\n\
         Canonical: {}/.well-known/security.txt\nCSAF: {}/provider-metadata.json\n",
        line(&contact),
        line(namespace),
        line(&base(namespace)),
    )
}

/// The content of the `.sha256` file beside a file.
pub fn sha256_file(bytes: &[u8], file_name: &str) -> String {
    format!("{}  {file_name}\n", hexadecimal(&Sha256::digest(bytes)))
}

/// The content of the `.sha512` file beside a file.
pub fn sha512_file(bytes: &[u8], file_name: &str) -> String {
    format!("{}  {file_name}\n", hexadecimal(&Sha512::digest(bytes)))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
