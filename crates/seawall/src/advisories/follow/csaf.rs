//! Following a CSAF provider (CSAF 2.0, section 7.3): its metadata, then its feeds, or else its
//! folders, then each document that changed, checked against what is listed beside it.
//!
//! Feeds and folders that are not for everybody (TLP:AMBER and above) need credentials and are left
//! out. A list that gives no times (`index.txt` without `changes.csv`) is fetched whole each time.

mod proof;

use self::proof::{Keys, Proofs};
use super::address::Source;
use super::client::{Client, Got, address};
use super::download::Validator;
use super::singles::{self, Single};
use super::state::{Folder, Known, State};
use super::{Came, Delivery, Take};
use anyhow::{Context, bail, ensure};
use jiff::Timestamp;
use reqwest::Url;
use seawall_formats::csaf::following::{
    LISTED_MAX, LISTING_BYTES_MAX, ProviderMetadata, read_changes, read_feed, read_index,
    read_provider_metadata,
};
use std::collections::BTreeMap;
use std::sync::Arc;

/// The longest `security.txt` that is read, in bytes.
const SECURITY_TXT_BYTES_MAX: u64 = 1 << 20;

/// How many feeds and folders of one provider are followed.
const LISTS_MAX: usize = 200;

/// Where the metadata of a domain stands (section 7.1.9).
const WELL_KNOWN: &str = "/.well-known/csaf/provider-metadata.json";

/// One document that a provider lists.
struct Listed {
    url: Url,
    updated: Option<Timestamp>,
    proofs: Proofs,
}

/// Fetches what changed.
pub async fn fetch(
    client: &Client,
    source: &Source,
    folder: &Folder,
    state: &State,
    take: Take,
) -> anyhow::Result<Came> {
    let metadata = metadata(client, source).await?;
    let mut next = state.clone();
    let mut wanted = BTreeMap::new();
    let (mut notes, mut places) = (Vec::new(), Vec::new());
    let lists = lists(&metadata)?;
    for list in &lists {
        let known = match take {
            Take::Changes => state.lists.get(list.url()).cloned().unwrap_or_default(),
            Take::Whole => Known::default(),
        };
        let Some((listed, validator, unread)) = list.read(client, &metadata, &known).await? else {
            continue;
        };
        if unread > 0 {
            notes.push(format!("{}: {unread} entries cannot be used", list.url()));
        }
        // What is listed no longer is no longer remembered; the set keeps what it has of it.
        let mut documents = BTreeMap::new();
        for one in listed {
            let name = one.url.to_string();
            match (one.updated, known.documents.get(&name)) {
                (Some(updated), Some(before)) if updated == *before => {
                    documents.insert(name, updated);
                }
                _ => {
                    places.push((list.url().to_owned(), name.clone(), one.updated));
                    wanted.insert(name, one);
                }
            }
        }
        ensure!(wanted.len() <= LISTED_MAX, "it lists more than {LISTED_MAX} documents");
        let known = Known { list: validator, documents, ..Known::default() };
        next.lists.insert(list.url().to_owned(), known);
    }
    let keys = match wanted.is_empty() {
        true => Keys::default(),
        false => Keys::fetch(client, &metadata, &mut notes).await,
    };
    let keys = Arc::new(keys);
    client.progress().set_message(format!("{} documents", wanted.len()));
    let jobs = wanted.into_values().map(|one| {
        let place = folder.document(one.url.as_str(), one.updated);
        proof::document(client.clone(), keys.clone(), one.url, one.proofs, place)
    });
    let singles = singles::side_by_side(jobs).await?;
    Ok(came(singles, next, &places, notes))
}

/// What the documents come to. One that is refused or missing is asked for again next time, so
/// the lists that name it are read again as well.
fn came(
    singles: Vec<Single>,
    mut next: State,
    places: &[(String, String, Option<Timestamp>)],
    mut notes: Vec<String>,
) -> Came {
    let (mut files, mut refused) = (Vec::new(), Vec::new());
    let mut taken = BTreeMap::new();
    let mut unchecked: BTreeMap<String, u64> = BTreeMap::new();
    for single in singles {
        match single {
            Single::Here { name, place, unchecked: why } => {
                taken.insert(name, ());
                files.push(place);
                if let Some(why) = why {
                    *unchecked.entry(why).or_default() += 1;
                }
            }
            Single::Missing { name } => refused.push(format!("{name}: it is listed and missing")),
            Single::Refused { name, why } => refused.push(format!("{name}: {why}")),
        }
    }
    for (list, name, updated) in places {
        let Some(known) = next.lists.get_mut(list) else { continue };
        match (taken.contains_key(name), updated) {
            (true, Some(updated)) => drop(known.documents.insert(name.clone(), *updated)),
            (true, None) => {}
            (false, _) => known.list = Validator::default(),
        }
    }
    notes.extend(unchecked.into_iter().map(|(why, many)| format!("{many} documents: {why}")));
    Came { refused, notes, ..Came::new(Delivery::Documents(files), next) }
}

/// The provider's metadata (section 7.3.1).
async fn metadata(client: &Client, source: &Source) -> anyhow::Result<ProviderMetadata> {
    let Some(domain) = source.domain() else {
        let bytes = client.body(source.url(), LISTING_BYTES_MAX as u64).await?;
        return Ok(read_provider_metadata(&bytes)?);
    };
    let none = Validator::default();
    let well_known = source.url().join(WELL_KNOWN)?;
    if let Got::Body(bytes, _) = client.get(&well_known, &none, LISTING_BYTES_MAX as u64).await? {
        return Ok(read_provider_metadata(&bytes)?);
    }
    let security = source.url().join("/.well-known/security.txt")?;
    if let Got::Body(bytes, _) = client.get(&security, &none, SECURITY_TXT_BYTES_MAX).await? {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let field = |line: &str| {
            line.split_once(':').map(|(key, at)| (key.to_owned(), at.trim().to_owned()))
        };
        let mut fields = text.lines().filter_map(field);
        if let Some((_, at)) = fields.find(|(key, _)| key.trim().eq_ignore_ascii_case("csaf")) {
            let url = Url::parse(&at).context("security.txt names no usable address")?;
            let bytes = client.body(&url, LISTING_BYTES_MAX as u64).await?;
            return Ok(read_provider_metadata(&bytes)?);
        }
    }
    let by_name = Url::parse(&format!("https://csaf.data.security.{domain}"))?;
    let bytes = client.body(&by_name, LISTING_BYTES_MAX as u64).await;
    let bytes = bytes.with_context(|| format!("{domain} names no CSAF provider"))?;
    Ok(read_provider_metadata(&bytes)?)
}

/// A list of documents.
enum List {
    /// A ROLIE feed.
    Feed(String),
    /// A folder with `changes.csv` and `index.txt`.
    Folder(String),
}

/// The lists that are for everybody: feeds where there are any (section 7.3.2).
fn lists(metadata: &ProviderMetadata) -> anyhow::Result<Vec<List>> {
    let is_open = |label: &Option<String>| {
        let label = label.as_deref().unwrap_or_default();
        !label.eq_ignore_ascii_case("red") && !label.to_ascii_lowercase().starts_with("amber")
    };
    let feeds = metadata.feeds.iter().filter(|(_, label)| is_open(label));
    let mut lists: Vec<List> = feeds.map(|(url, _)| List::Feed(url.clone())).collect();
    if lists.is_empty() {
        lists.extend(metadata.directories.iter().cloned().map(List::Folder));
    }
    ensure!(!lists.is_empty(), "the provider names neither a feed nor a folder for everybody");
    ensure!(lists.len() <= LISTS_MAX, "the provider names more than {LISTS_MAX} lists");
    Ok(lists)
}

impl List {
    fn url(&self) -> &str {
        match self {
            List::Feed(url) | List::Folder(url) => url,
        }
    }

    /// What is in it, what the server calls it, and how many entries cannot be used; none when it
    /// is as it was.
    async fn read(
        &self,
        client: &Client,
        metadata: &ProviderMetadata,
        known: &Known,
    ) -> anyhow::Result<Option<(Vec<Listed>, Validator, usize)>> {
        let base = Url::parse(self.url()).context("a list has no usable address")?;
        match self {
            List::Feed(_) => feed(client, &base, known).await,
            List::Folder(_) => directory(client, base, metadata, known).await,
        }
    }
}

type Contents = Option<(Vec<Listed>, Validator, usize)>;

async fn feed(client: &Client, base: &Url, known: &Known) -> anyhow::Result<Contents> {
    let (bytes, validator) = match client.get(base, &known.list, LISTING_BYTES_MAX as u64).await? {
        Got::Unchanged => return Ok(None),
        Got::Missing => bail!("there is no {base}"),
        Got::Body(bytes, validator) => (bytes, validator),
    };
    let feed = read_feed(&bytes).with_context(|| format!("cannot use {base}"))?;
    let (mut listed, mut unread) = (Vec::new(), feed.unread);
    for entry in feed.entries {
        match address(base, &entry.url) {
            Ok(url) => listed.push(Listed {
                url,
                updated: entry.updated,
                proofs: Proofs::Listed { hashes: entry.hashes, signature: entry.signature },
            }),
            Err(_) => unread += 1,
        }
    }
    Ok(Some((listed, validator, unread)))
}

async fn directory(
    client: &Client,
    mut base: Url,
    metadata: &ProviderMetadata,
    known: &Known,
) -> anyhow::Result<Contents> {
    if !base.path().ends_with('/') {
        base.set_path(&format!("{}/", base.path()));
    }
    let changes = base.join("changes.csv")?;
    let (found, validator) =
        match client.get(&changes, &known.list, LISTING_BYTES_MAX as u64).await? {
            Got::Unchanged => return Ok(None),
            Got::Body(bytes, validator) => (read_changes(&bytes), validator),
            Got::Missing => {
                let bytes = client.body(&base.join("index.txt")?, LISTING_BYTES_MAX as u64).await?;
                (read_index(&bytes), Validator::default())
            }
        };
    let (found, unread) = found.with_context(|| format!("cannot use {base}"))?;
    // A folder lists no proofs; a trusted provider has them beside each document (7.1.18, 7.1.19).
    let proofs = match metadata.role.as_deref() {
        Some("csaf_trusted_provider") => Proofs::Beside,
        Some(_) | None => Proofs::Listed { hashes: Vec::new(), signature: None },
    };
    let one = |listed: seawall_formats::csaf::following::Listed| {
        let url = base.join(&listed.path)?;
        anyhow::Ok(Listed { url, updated: listed.updated, proofs: proofs.clone() })
    };
    let listed = found.into_iter().map(one).collect::<anyhow::Result<Vec<Listed>>>()?;
    Ok(Some((listed, validator, unread)))
}
