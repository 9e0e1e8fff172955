//! Following an OSV dump: the whole archive once, then the records that `modified_id.csv` names.

use super::address::{Kind, Source};
use super::client::{Client, Got};
use super::download::{Download, Downloaded, Validator};
use super::singles::{self, Single};
use super::state::{Folder, Known, State};
use super::whole::{self, is_past};
use super::{Delivery, Take};
use anyhow::{Context, bail};
use jiff::Timestamp;
use reqwest::Url;
use seawall_formats::osv;
use std::collections::BTreeMap;

/// How many records are fetched one by one; when more changed, the archive is quicker.
const CHANGES_MAX: usize = 2_000;

/// The longest list of changes that is read, in bytes; the whole one of 2026 has 40 MB.
const LIST_BYTES_MAX: u64 = 256 << 20;

/// Fetches what changed.
pub async fn fetch(
    client: &Client,
    source: &Source,
    folder: &Folder,
    state: &State,
    take: Take,
) -> anyhow::Result<super::Came> {
    let list = source.below(None, "modified_id.csv")?;
    let known = state.lists.get(list.as_str()).filter(|known| known.newest.is_some());
    if let (Some(known), Take::Changes) = (known, take)
        && let Some(came) = changes(client, source, folder, state, &list, known).await?
    {
        return Ok(came);
    }
    let url = source.below(None, "all.zip")?;
    let download = Download::new(client, folder, &url);
    let before = match take {
        Take::Changes => state.whole.clone(),
        Take::Whole => Validator::default(),
    };
    let mut state = state.clone();
    state.whole = match download.run(&before).await? {
        Downloaded::Unchanged => return Ok(super::Came::unchanged(state)),
        Downloaded::Missing => bail!("there is no {url}"),
        Downloaded::Whole(validator) => validator,
    };
    let reached = whole::check(Kind::Osv, download.whole());
    let known = reached.inspect_err(|_| drop(download.discard()))?;
    state.lists.insert(list.to_string(), known);
    Ok(super::Came::new(Delivery::Whole(download.whole().to_owned()), state))
}

/// One record that changed.
struct Change {
    /// As the list writes it.
    name: String,
    id: String,
    ecosystem: Option<String>,
    modified: Option<Timestamp>,
}

/// The records that changed; none when only the archive will do.
async fn changes(
    client: &Client,
    source: &Source,
    folder: &Folder,
    state: &State,
    list: &Url,
    known: &Known,
) -> anyhow::Result<Option<super::Came>> {
    // What was refused is asked for again even if nothing else changed.
    let unless = match known.again.is_empty() {
        true => known.list.clone(),
        false => Validator::default(),
    };
    let reaches = |bytes: &[u8]| reaches(bytes, known.newest);
    let (bytes, validator) = match client.get_until(list, &unless, LIST_BYTES_MAX, &reaches).await?
    {
        Got::Unchanged => return Ok(Some(super::Came::unchanged(state.clone()))),
        Got::Missing => return Ok(None),
        Got::Body(bytes, validator) => (bytes, validator),
    };
    let text = std::str::from_utf8(lines(&bytes)).context("the list of changes is not UTF-8")?;
    let (wanted, mut known) = wanted(text, known, Timestamp::now());
    if wanted.len() > CHANGES_MAX {
        return Ok(None);
    }
    let mut jobs = Vec::new();
    for change in wanted {
        let url = source.below(change.ecosystem.as_deref(), &format!("{}.json", change.id))?;
        let place = folder.document(url.as_str(), change.modified);
        jobs.push(singles::record(client.clone(), url, change.name, change.id, place));
    }
    client.progress().set_message(format!("{} records", jobs.len()));
    let (mut files, mut refused) = (Vec::new(), Vec::new());
    for single in singles::side_by_side(jobs).await? {
        match single {
            Single::Here { place, .. } => files.push(place),
            // The list and the records do not fit: the archive has them all.
            Single::Missing { .. } => return Ok(None),
            Single::Refused { name, why } => {
                refused.push(format!("{name}: {why}"));
                known.again.push(name);
            }
        }
    }
    known.list = validator;
    let mut state = state.clone();
    state.lists.insert(list.to_string(), known);
    Ok(Some(super::Came { refused, ..super::Came::new(Delivery::Documents(files), state) }))
}

/// The whole lines of what came.
fn lines(bytes: &[u8]) -> &[u8] {
    // A last line without an end may be cut off, unless it reads.
    let end = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
    let (whole, rest) = bytes.split_at(end);
    let reads = std::str::from_utf8(rest).is_ok_and(|rest| osv::changes(rest).any(|c| c.is_ok()));
    if reads { bytes } else { whole }
}

/// Whether the last whole line is older than what is known.
fn reaches(bytes: &[u8], newest: Option<Timestamp>) -> bool {
    let Some(end) = bytes.iter().rposition(|byte| *byte == b'\n') else { return false };
    let before = bytes.get(..end).unwrap_or_default();
    let start = before.iter().rposition(|byte| *byte == b'\n').map_or(0, |start| start + 1);
    let line = before.get(start..).and_then(|line| std::str::from_utf8(line).ok());
    let change = line.and_then(|line| osv::changes(line).next());
    change.is_some_and(|change| change.is_ok_and(|change| Some(change.modified) < newest))
}

/// What changed since what is known, each record once, and what is known then. Lines that cannot
/// be read name nothing that could be fetched.
fn wanted(text: &str, known: &Known, now: Timestamp) -> (Vec<Change>, Known) {
    let mut next = Known { again: Vec::new(), ..known.clone() };
    let mut wanted: BTreeMap<String, Change> = BTreeMap::new();
    let name = |ecosystem: Option<&str>, id: &str| match ecosystem {
        Some(ecosystem) => format!("{ecosystem}/{id}"),
        None => id.to_owned(),
    };
    for again in &known.again {
        let (ecosystem, id) = match again.rsplit_once('/') {
            Some((ecosystem, id)) => (Some(ecosystem.to_owned()), id),
            None => (None, again.as_str()),
        };
        let change =
            Change { name: again.clone(), id: id.to_owned(), ecosystem, modified: Some(now) };
        wanted.insert(id.to_owned(), change);
    }
    for change in osv::changes(text).flatten() {
        if Some(change.modified) < known.newest {
            break;
        }
        if is_past(change.modified, now) {
            next.learn(change.id, change.modified);
        }
        if !known.has(change.id, change.modified) {
            let change = Change {
                name: name(change.ecosystem, change.id),
                id: change.id.to_owned(),
                ecosystem: change.ecosystem.map(str::to_owned),
                modified: Some(change.modified),
            };
            wanted.entry(change.id.clone()).or_insert(change);
        }
    }
    (wanted.into_values().collect(), next)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn what_changed_is_read_from_the_top() {
        let text = "2027-01-01T00:00:00Z,A/future\n2026-01-03T00:00:00Z,A/three\n\
            2026-01-03T00:00:00Z,B/three\nnothing\n2026-01-02T00:00:00Z,A/late\n\
            2026-01-02T00:00:00Z,A/two\n2026-01-01T00:00:00Z,A/one\n";
        let known = Known {
            newest: Some(at("2026-01-02T00:00:00Z")),
            names: vec!["two".into()],
            again: vec!["A/again".into()],
            ..Known::default()
        };
        let (changes, next) = wanted(text, &known, at("2026-06-01T00:00:00Z"));
        let names: Vec<&str> = changes.iter().map(|change| change.name.as_str()).collect();
        assert_eq!(names, ["A/again", "A/future", "A/late", "A/three"]);
        assert_eq!(next.newest, Some(at("2026-01-03T00:00:00Z")));
        assert_eq!((next.names, next.again), (vec!["three".to_owned()], Vec::new()));
    }

    #[test]
    fn reading_ends_where_what_is_known_begins() {
        fn check(text: &str, expected: bool) {
            let newest = Some(at("2026-01-02T00:00:00Z"));
            assert_eq!(reaches(text.as_bytes(), newest), expected, "{text}");
        }
        check("", false);
        check("2026-01-01T00:00:00Z,A", false);
        check("2026-01-02T00:00:00Z,A\n", false);
        check("2026-01-01T00:00:00Z,A\n2026", true);
        check("x\n2026-01-01T00:00:00Z,A\n", true);
        assert_eq!(lines(b"a\nb"), b"a\n");
        assert_eq!(lines(b"a\n2026-01-01T00:00:00Z,b"), b"a\n2026-01-01T00:00:00Z,b");
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            reaches(&bytes, None);
            if let Ok(text) = std::str::from_utf8(lines(&bytes)) {
                wanted(text, &Known::default(), Timestamp::UNIX_EPOCH);
            }
        }
    }
}
