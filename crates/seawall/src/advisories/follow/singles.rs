//! Single documents, fetched side by side and kept until they are in the set.

use super::address::Kind;
use super::client::{Client, Got};
use super::download::Validator;
use super::state::replace_file;
use super::whole::judge;
use reqwest::Url;
use seawall_formats::archive::MEMBER_BYTES_MAX;
use std::future::Future;
use std::path::PathBuf;
use tokio::task::JoinSet;

/// How many requests to one source are under way at once.
const SIDE_BY_SIDE: usize = 8;

/// What came of one document.
#[derive(Debug)]
pub enum Single {
    /// It waits here.
    Here {
        /// Its name in the list.
        name: String,
        /// Where it waits.
        place: PathBuf,
        /// What could not be checked about it.
        unchecked: Option<String>,
    },
    /// The list names it, and it is not there.
    Missing {
        /// Its name in the list.
        name: String,
    },
    /// It is not taken, and why.
    Refused {
        /// Its name in the list.
        name: String,
        /// Why.
        why: String,
    },
}

/// Does these, a few at a time; the first that fails ends it, and what came before it is kept.
pub async fn side_by_side<F>(jobs: impl IntoIterator<Item = F>) -> anyhow::Result<Vec<Single>>
where
    F: Future<Output = anyhow::Result<Single>> + Send + 'static,
{
    let mut jobs = jobs.into_iter();
    let mut running = JoinSet::new();
    for job in jobs.by_ref().take(SIDE_BY_SIDE) {
        running.spawn(job);
    }
    let mut done = Vec::new();
    while let Some(single) = running.join_next().await {
        done.push(single??);
        if let Some(job) = jobs.next() {
            running.spawn(job);
        }
    }
    Ok(done)
}

/// Fetches one record of an OSV dump, unless it waits already.
pub async fn record(
    client: Client,
    url: Url,
    name: String,
    id: String,
    place: PathBuf,
) -> anyhow::Result<Single> {
    if place.exists() {
        return Ok(Single::Here { name, place, unchecked: None });
    }
    let bytes = match client.get(&url, &Validator::default(), MEMBER_BYTES_MAX).await? {
        Got::Body(bytes, _) => bytes,
        Got::Missing | Got::Unchanged => return Ok(Single::Missing { name }),
    };
    let other = crate::advisories::gather::document_name(&bytes).filter(|own| *own != id);
    let why = match (judge(Kind::Osv, &bytes), other) {
        (Err(why), _) => why,
        (Ok(()), Some(_)) => "it has another id than the list gives it".to_owned(),
        (Ok(()), None) => {
            replace_file(&place, &bytes)?;
            return Ok(Single::Here { name, place, unchecked: None });
        }
    };
    Ok(Single::Refused { name, why })
}
