//! What a provider of CSAF documents publishes about them (CSAF 2.0, section 7.1): who it is, which
//! feeds and folders it has, and which documents are in them.
//!
//! Addresses and paths are read as they stand and followed elsewhere. Only `https` addresses are
//! kept, and only paths that stay inside their folder.

use crate::fault::{FormatFault, quote};
use crate::json::typed::{self, List, Loose, LooseList, LooseText, Text};
use crate::{csv, when};
use seawall_domain::time::Timestamp;
use serde::Deserialize;

const FORMAT: &str = "a CSAF provider's listing";

/// The largest listing that is read, in bytes; feeds of large vendors have some 20 MB.
pub const LISTING_BYTES_MAX: usize = 128 * 1024 * 1024;

/// How many documents one listing may name.
pub const LISTED_MAX: usize = 500_000;

/// The longest path in a listing, in bytes.
const PATH_BYTES_MAX: usize = 1_000;

/// A provider, by its `provider-metadata.json`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ProviderMetadata {
    /// The address at which the metadata says it stands.
    pub canonical_url: String,
    /// `csaf_publisher`, `csaf_provider` or `csaf_trusted_provider`.
    pub role: Option<String>,
    /// The publisher's name.
    pub name: String,
    /// The publisher's namespace.
    pub namespace: String,
    /// When the metadata last changed.
    pub last_updated: Option<Timestamp>,
    /// The OpenPGP keys: fingerprint, where it is given, and address.
    pub keys: Vec<(Option<String>, String)>,
    /// The feeds: address, and the TLP level of what is in it.
    pub feeds: Vec<(String, Option<String>)>,
    /// The folders that have `index.txt` and `changes.csv`.
    pub directories: Vec<String>,
}

/// A ROLIE feed (RFC 8322, in JSON as CSAF 2.0 has it).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Feed {
    /// Its id.
    pub id: String,
    /// When it last changed.
    pub updated: Option<Timestamp>,
    /// The documents in it, as listed.
    pub entries: Vec<FeedEntry>,
    /// How many entries name no usable address or have no id.
    pub unread: usize,
}

/// One document of a feed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct FeedEntry {
    /// The document's id.
    pub id: String,
    /// When it last changed.
    pub updated: Option<Timestamp>,
    /// Where it is.
    pub url: String,
    /// Where its hashes are (`.sha256`, `.sha512`).
    pub hashes: Vec<String>,
    /// Where its signature is.
    pub signature: Option<String>,
}

/// One document of a folder.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Listed {
    /// Its path below the folder.
    pub path: String,
    /// When it last changed, where the listing says it.
    pub updated: Option<Timestamp>,
}

macro_rules! fields {
    ($($name:ident { $($field:ident: $kind:ty $(= $written:literal)?,)* })*) => {
        $(#[derive(Debug, Default, Deserialize)]
        #[serde(default)]
        struct $name<'a> {
            $(#[serde(borrow $(, rename = $written)?)] $field: $kind,)*
        })*
    };
}

fields! {
    RawProvider {
        canonical_url: Text<'a>,
        role: LooseText<'a>,
        last_updated: LooseText<'a>,
        publisher: Loose<RawPublisher<'a>>,
        public_openpgp_keys: LooseList<Loose<RawKey<'a>>>,
        distributions: LooseList<Loose<RawDistribution<'a>>>,
    }
    RawPublisher {
        name: LooseText<'a>,
        namespace: LooseText<'a>,
    }
    RawKey {
        fingerprint: LooseText<'a>,
        url: LooseText<'a>,
    }
    RawDistribution {
        directory_url: LooseText<'a>,
        directory: Loose<RawFeedAddress<'a>>,
        rolie: Loose<RawRolie<'a>>,
    }
    RawRolie {
        feeds: LooseList<Loose<RawFeedAddress<'a>>>,
    }
    RawFeedAddress {
        url: LooseText<'a>,
        tlp_label: LooseText<'a>,
    }
    RawFeedFile {
        feed: Option<RawFeed<'a>>,
    }
    RawFeed {
        id: Text<'a>,
        updated: LooseText<'a>,
        entry: List<RawEntry<'a>>,
    }
    RawEntry {
        id: LooseText<'a>,
        updated: LooseText<'a>,
        content: Loose<RawContent<'a>>,
        link: LooseList<Loose<RawLink<'a>>>,
    }
    RawContent {
        src: LooseText<'a>,
    }
    RawLink {
        rel: LooseText<'a>,
        href: LooseText<'a>,
    }
}

/// An address that may be followed.
fn secure(text: &LooseText<'_>) -> Option<String> {
    text.get().filter(|url| url.starts_with("https://")).map(str::to_owned)
}

/// Reads a `provider-metadata.json`, 2.0 or 2.1.
pub fn read_provider_metadata(bytes: &[u8]) -> Result<ProviderMetadata, FormatFault> {
    let raw: RawProvider<'_> = typed::read(FORMAT, bytes, LISTING_BYTES_MAX)?;
    let canonical_url = raw.canonical_url.required(FORMAT, || "/canonical_url".to_owned())?;
    let publisher = raw.publisher.0.unwrap_or_default();
    let mut metadata = ProviderMetadata {
        canonical_url: canonical_url.to_owned(),
        role: raw.role.owned(),
        name: publisher.name.owned().unwrap_or_default(),
        namespace: publisher.namespace.owned().unwrap_or_default(),
        last_updated: raw.last_updated.get().and_then(when::read),
        keys: Vec::new(),
        feeds: Vec::new(),
        directories: Vec::new(),
    };
    for key in raw.public_openpgp_keys.0.into_iter().filter_map(|key| key.0) {
        metadata.keys.extend(secure(&key.url).map(|url| (key.fingerprint.owned(), url)));
    }
    for one in raw.distributions.0.into_iter().filter_map(|one| one.0) {
        metadata.directories.extend(secure(&one.directory_url));
        metadata.directories.extend(one.directory.0.and_then(|directory| secure(&directory.url)));
        for feed in one.rolie.0.unwrap_or_default().feeds.0.into_iter().filter_map(|feed| feed.0) {
            metadata.feeds.extend(secure(&feed.url).map(|url| (url, feed.tlp_label.owned())));
        }
    }
    Ok(metadata)
}

/// Reads a ROLIE feed.
pub fn read_feed(bytes: &[u8]) -> Result<Feed, FormatFault> {
    let raw: RawFeedFile<'_> = typed::read(FORMAT, bytes, LISTING_BYTES_MAX)?;
    let raw = raw.feed.ok_or_else(|| FormatFault::new(FORMAT, "/feed", "it is missing"))?;
    let mut feed = Feed {
        id: raw.id.required(FORMAT, || "/feed/id".to_owned())?.to_owned(),
        updated: raw.updated.get().and_then(when::read),
        entries: Vec::new(),
        unread: 0,
    };
    if raw.entry.0.len() > LISTED_MAX {
        return Err(too_many("/feed/entry"));
    }
    for entry in raw.entry.0 {
        match read_entry(entry) {
            Some(entry) => feed.entries.push(entry),
            None => feed.unread += 1,
        }
    }
    Ok(feed)
}

fn read_entry(raw: RawEntry<'_>) -> Option<FeedEntry> {
    let links: Vec<_> = raw.link.0.into_iter().filter_map(|link| link.0).collect();
    let of = |rel: &'static str| {
        let fitting = links.iter().filter(move |link| link.rel.get() == Some(rel));
        fitting.filter_map(|link| secure(&link.href))
    };
    let source = raw.content.0.and_then(|content| secure(&content.src));
    Some(FeedEntry {
        url: source.or_else(|| of("self").next())?,
        hashes: of("hash").collect(),
        signature: of("signature").next(),
        updated: raw.updated.get().and_then(when::read),
        id: raw.id.owned()?,
    })
}

/// Reads a `changes.csv`: paths with their times, newest first. The second value counts lines
/// that could not be read.
pub fn read_changes(bytes: &[u8]) -> Result<(Vec<Listed>, usize), FormatFault> {
    let mut unread = 0;
    let mut listed = Vec::new();
    for row in csv::rows(text(bytes)?).filter(|row| row.iter().any(|field| !field.is_empty())) {
        let read = match row.as_slice() {
            [path, updated] => path_within(path).zip(when::read(updated.trim())),
            _ => None,
        };
        match read {
            Some((path, updated)) => listed.push(Listed { path, updated: Some(updated) }),
            None => unread += 1,
        }
        if listed.len() + unread > LISTED_MAX {
            return Err(too_many("the document"));
        }
    }
    Ok((listed, unread))
}

/// Reads an `index.txt`: a path a line. The second value counts lines that could not be read.
pub fn read_index(bytes: &[u8]) -> Result<(Vec<Listed>, usize), FormatFault> {
    let mut unread = 0;
    let mut listed = Vec::new();
    for line in text(bytes)?.lines().filter(|line| !line.trim().is_empty()) {
        match path_within(line) {
            Some(path) => listed.push(Listed { path, updated: None }),
            None => unread += 1,
        }
        if listed.len() + unread > LISTED_MAX {
            return Err(too_many("the document"));
        }
    }
    Ok((listed, unread))
}

fn text(bytes: &[u8]) -> Result<&str, FormatFault> {
    if bytes.len() > LISTING_BYTES_MAX {
        let message =
            format!("{} bytes are more than the {LISTING_BYTES_MAX} allowed", bytes.len());
        return Err(FormatFault::new(FORMAT, "the document", message));
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_err(|error| {
        let start = String::from_utf8_lossy(bytes.get(..error.valid_up_to()).unwrap_or_default());
        let last = quote(start.lines().last().unwrap_or_default());
        FormatFault::new(FORMAT, "the document", format!("it is not UTF-8 after {last}"))
    })
}

fn too_many(place: &str) -> FormatFault {
    FormatFault::new(FORMAT, place, format!("there are more than {LISTED_MAX} documents"))
}

/// A path that stays inside its folder.
fn path_within(path: &str) -> Option<String> {
    let path = path.trim();
    let inside = path.len() <= PATH_BYTES_MAX
        && !path.contains(['\\', '?', '#', ':'])
        && !path.contains(char::is_control)
        && path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    inside.then(|| path.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(read: Result<(Vec<Listed>, usize), FormatFault>, expected: &str) {
        let told = match read {
            Err(fault) => fault.to_string(),
            Ok((listed, unread)) => {
                let listed = listed.iter().map(|one| {
                    let updated = one.updated.map_or("-".to_owned(), |at| at.to_string());
                    format!("{} {updated}", one.path)
                });
                format!("{} +{unread}", listed.collect::<Vec<_>>().join("; "))
            }
        };
        assert_eq!(told, expected);
    }

    #[test]
    fn listings_of_folders_are_read() {
        check(
            read_index(b"2024/a.json\n\n/x\n../y\r\n2024/b.json\r\n"),
            "2024/a.json -; 2024/b.json - +2",
        );
        check(
            read_changes(
                b"\"2024/a.json\",\"2024-01-02T00:00:00Z\"\n2024/b.json,2024-01-01\n\
                a//b,2024-01-01\nc\nd,now\n",
            ),
            "2024/a.json 2024-01-02T00:00:00Z; 2024/b.json 2024-01-01T00:00:00Z +3",
        );
        let fault = "cannot read a CSAF provider's listing at the document: \
            it is not UTF-8 after `b`";
        check(read_index(b"a\nb\xff"), fault);
    }

    #[test]
    fn metadata_and_feeds_are_read() {
        let metadata = read_provider_metadata(
            br#"{"canonical_url":"https://a.invalid/m.json","role":"csaf_provider",
            "publisher":{"name":"A","namespace":"https://a.invalid"},
            "public_openpgp_keys":[{"fingerprint":"AB","url":"https://a.invalid/k"},{"url":"http://x"}],
            "distributions":[{"directory_url":"https://a.invalid/white"},
              {"directory":{"url":"https://a.invalid/green"}},
              {"rolie":{"feeds":[{"url":"https://a.invalid/f.json","tlp_label":"WHITE"}]}}]}"#,
        )
        .unwrap();
        assert_eq!(metadata.keys.len(), 1);
        assert_eq!(metadata.directories, ["https://a.invalid/white", "https://a.invalid/green"]);
        let feed = ("https://a.invalid/f.json".to_owned(), Some("WHITE".to_owned()));
        assert_eq!(metadata.feeds, [feed]);
        let feed = read_feed(
            br#"{"feed":{"id":"f","updated":"2026-01-01T00:00:00Z","entry":[{"id":"e",
            "content":{"src":"https://a.invalid/e.json"},"link":[
              {"rel":"hash","href":"https://a.invalid/e.json.sha512"},
              {"rel":"signature","href":"https://a.invalid/e.json.asc"}]},
            {"id":"plain","content":{"src":"http://a.invalid"}}, {}]}}"#,
        )
        .unwrap();
        assert_eq!((feed.entries.len(), feed.unread), (1, 2));
        assert_eq!(feed.entries[0].hashes, ["https://a.invalid/e.json.sha512"]);
        assert!(read_feed(b"{}").is_err() && read_provider_metadata(b"{}").is_err());
    }

    proptest! {
        #[test]
        fn never_panics(
            bytes in proptest::collection::vec(any::<u8>(), 0..80),
            text in r#"[a-z0-9/.,"\n\\:-]{0,80}"#,
        ) {
            for bytes in [bytes.as_slice(), text.as_bytes()] {
                drop((read_changes(bytes), read_index(bytes), read_feed(bytes)));
                drop(read_provider_metadata(bytes));
            }
            let listings = [read_index(text.as_bytes()), read_changes(text.as_bytes())];
            for (paths, _) in listings.into_iter().flatten() {
                let climbs = |one: &Listed| one.path.split('/').any(|part| part == "..");
                assert!(!paths.iter().any(|one| one.path.starts_with('/') || climbs(one)));
            }
        }
    }
}
