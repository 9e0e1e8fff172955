//! One large file, fetched so that a cut connection or a killed program loses nothing.
//!
//! Bytes go to `NAME.part`; `held.json` says beforehand what the server calls them. A further try
//! asks for the rest, on condition that the file is still the same (RFC 9110, sections 13.1.5 and
//! 14.2), and begins anew when it is not.

use super::client::{Client, Trouble, header, length};
use super::state::{Folder, read_json, remove, replace_file};
use anyhow::{Context, anyhow};
use reqwest::header::{
    CONTENT_RANGE, ETAG, HeaderMap, HeaderName, HeaderValue, IF_MODIFIED_SINCE, IF_NONE_MATCH,
    IF_RANGE, LAST_MODIFIED, RANGE,
};
use reqwest::{Response, StatusCode, Url};
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

/// The largest file that is fetched, in bytes; the largest of 2026 has 1.5 GB.
pub const FILE_BYTES_MAX: u64 = 16 << 30;

/// The longest header that is kept, in bytes.
const HEADER_BYTES_MAX: usize = 500;

/// How many tries one file has in all, however much each of them brings.
const TRIES_MAX: usize = 1_000;

/// What a server calls the present state of something (RFC 9110, section 8.8).
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(default)]
pub struct Validator {
    /// Its entity tag.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub etag: Option<String>,
    /// When it last changed, as the server writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_modified: Option<String>,
}

impl Validator {
    /// What an answer says of itself.
    pub fn of(answer: &Response) -> Validator {
        let kept = |name: HeaderName| {
            let text = header(answer, name)?;
            (text.len() <= HEADER_BYTES_MAX).then(|| text.to_owned())
        };
        Validator { etag: kept(ETAG), last_modified: kept(LAST_MODIFIED) }
    }

    /// Whether it says nothing.
    pub fn is_empty(&self) -> bool {
        self.etag.is_none() && self.last_modified.is_none()
    }

    /// The headers that ask only for something else than this.
    pub fn conditions(&self) -> anyhow::Result<HeaderMap> {
        let mut headers = HeaderMap::new();
        if let Some(etag) = &self.etag {
            headers.insert(IF_NONE_MATCH, HeaderValue::from_str(etag)?);
        } else if let Some(at) = &self.last_modified {
            headers.insert(IF_MODIFIED_SINCE, HeaderValue::from_str(at)?);
        }
        Ok(headers)
    }

    /// What asks for a part only if it is of this; a weak tag cannot.
    fn for_ranges(&self) -> Option<&str> {
        let strong = self.etag.as_deref().filter(|etag| !etag.starts_with("W/"));
        strong.or(self.last_modified.as_deref())
    }
}

/// What the file in the folder is.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
struct Held {
    url: String,
    validator: Validator,
    /// How long the whole is, where the server said so.
    length_bytes: Option<u64>,
}

/// What came of it.
#[derive(Debug)]
pub enum Downloaded {
    /// It is as it was.
    Unchanged,
    /// There is nothing there.
    Missing,
    /// It is here, whole.
    Whole(Validator),
}

/// A file that is fetched into the folder of its source.
pub struct Download<'a> {
    client: &'a Client,
    folder: &'a Folder,
    url: &'a Url,
    whole: PathBuf,
    part: PathBuf,
}

impl<'a> Download<'a> {
    /// A file at this address, to be kept under a name in the folder.
    pub fn new(client: &'a Client, folder: &'a Folder, url: &'a Url) -> Download<'a> {
        let name = file_name(url);
        let (whole, part) = (folder.file(&name), folder.file(&format!("{name}.part")));
        Download { client, folder, url, whole, part }
    }

    /// Where it is when it is whole.
    pub fn whole(&self) -> &Path {
        &self.whole
    }

    /// Throws away what is here.
    pub fn discard(&self) -> anyhow::Result<()> {
        for path in [&self.whole, &self.part, &self.held()] {
            remove(std::fs::remove_file(path))?;
        }
        Ok(())
    }

    fn held(&self) -> PathBuf {
        self.folder.file("held.json")
    }

    /// Fetches it unless it is what is `known`.
    pub async fn run(&self, known: &Validator) -> anyhow::Result<Downloaded> {
        let mut patience = self.client.patience();
        for _ in 0..TRIES_MAX {
            let before = self.client.fetched_bytes();
            match self.attempt(known).await {
                Ok(Some(downloaded)) => return Ok(downloaded),
                // What was here is of no use: the next try begins anew.
                Ok(None) => {}
                Err(trouble) => {
                    if self.client.fetched_bytes() > before {
                        patience = self.client.patience();
                    }
                    patience.bear(trouble).await?;
                }
            }
        }
        Err(anyhow!("{} does not end after {TRIES_MAX} tries", self.url))
    }

    async fn attempt(&self, known: &Validator) -> Result<Option<Downloaded>, Trouble> {
        let held: Option<Held> = read_json(&self.held())?;
        let held = held.filter(|held| held.url == self.url.as_str());
        let here = |path: &Path| std::fs::metadata(path).map_or(0, |metadata| metadata.len());
        if let Some(held) = held {
            let part = here(&self.part);
            let is_whole = self.whole.exists() || held.length_bytes == Some(part);
            if is_whole && !held.validator.is_empty() {
                return self.confirm(&held).await.map(Some);
            }
            if let Some(condition) = held.validator.for_ranges().filter(|_| part > 0) {
                return self.resume(&held, part, condition).await;
            }
        }
        let answer = self.client.ask(self.url, known.conditions()?).await?;
        match answer.status() {
            StatusCode::NOT_MODIFIED if !known.is_empty() => Ok(Some(Downloaded::Unchanged)),
            StatusCode::NOT_FOUND | StatusCode::GONE => Ok(Some(Downloaded::Missing)),
            StatusCode::OK => self.begin(answer).await.map(Some),
            status => Err(Trouble::Final(anyhow!("{} answers {status}", self.url))),
        }
    }

    /// All of it came before the program was ended: it is used if it is still what is there.
    async fn confirm(&self, held: &Held) -> Result<Downloaded, Trouble> {
        let answer = self.client.ask(self.url, held.validator.conditions()?).await?;
        match answer.status() {
            StatusCode::NOT_MODIFIED => self.finish(held),
            StatusCode::OK => self.begin(answer).await,
            status => Err(Trouble::Final(anyhow!("{} answers {status}", self.url))),
        }
    }

    async fn resume(
        &self,
        held: &Held,
        from: u64,
        condition: &str,
    ) -> Result<Option<Downloaded>, Trouble> {
        let value = |text: &str| HeaderValue::from_str(text).context("a broken condition");
        let mut headers = HeaderMap::new();
        headers.insert(RANGE, value(&format!("bytes={from}-"))?);
        headers.insert(IF_RANGE, value(condition)?);
        let answer = self.client.ask(self.url, headers).await?;
        match answer.status() {
            StatusCode::OK => self.begin(answer).await.map(Some),
            StatusCode::PARTIAL_CONTENT => {
                let fits = range(&answer).is_some_and(|(start, whole)| {
                    start == from && held.length_bytes.is_none_or(|held| whole == Some(held))
                });
                let own = Validator::of(&answer);
                let is_same = own.etag.is_none() || own.etag == held.validator.etag;
                if !fits || !is_same {
                    self.discard()?;
                    return Ok(None);
                }
                let file = OpenOptions::new().append(true).open(&self.part);
                let file = file.context("cannot go on with a file")?;
                self.take(answer, file, from).await?;
                self.finish(held).map(Some)
            }
            StatusCode::RANGE_NOT_SATISFIABLE => {
                self.discard()?;
                Ok(None)
            }
            status => Err(Trouble::Final(anyhow!("{} answers {status}", self.url))),
        }
    }

    async fn begin(&self, answer: Response) -> Result<Downloaded, Trouble> {
        self.discard()?;
        let held = Held {
            url: self.url.to_string(),
            validator: Validator::of(&answer),
            length_bytes: length(&answer),
        };
        let text = serde_json::to_vec(&held).context("cannot keep the state of a file")?;
        replace_file(&self.held(), &text)?;
        let shown = self.part.display();
        let file = File::create(&self.part).with_context(|| format!("cannot write {shown}"))?;
        self.take(answer, file, 0).await?;
        self.finish(&held)
    }

    /// Writes the body behind what is there.
    async fn take(&self, mut answer: Response, file: File, from: u64) -> Result<(), Trouble> {
        let bar = self.client.progress();
        if let Some(length) = length(&answer) {
            bar.set_length(bar.position().saturating_add(length));
        }
        let mut out = BufWriter::with_capacity(1 << 18, file);
        let mut total = from;
        let result = loop {
            match answer.chunk().await {
                Ok(Some(chunk)) => {
                    self.client.count(chunk.len());
                    total = total.saturating_add(chunk.len() as u64);
                    if total > FILE_BYTES_MAX {
                        let error = anyhow!("{} is over {FILE_BYTES_MAX} bytes", self.url);
                        break Err(Trouble::Final(error));
                    }
                    out.write_all(&chunk).context("cannot write a file")?;
                }
                Ok(None) => break Ok(()),
                Err(error) => break Err(Trouble::of(error)),
            }
        };
        // What came before a cut is kept as well.
        let file = out.into_inner().map_err(|error| anyhow!(error.into_error()))?;
        file.sync_all().context("cannot write a file")?;
        result
    }

    fn finish(&self, held: &Held) -> Result<Downloaded, Trouble> {
        if !self.whole.exists() {
            std::fs::rename(&self.part, &self.whole).context("cannot put a file in its place")?;
        }
        Ok(Downloaded::Whole(held.validator.clone()))
    }
}

/// Where a part begins, and how long the whole is.
fn range(answer: &Response) -> Option<(u64, Option<u64>)> {
    read_range(header(answer, CONTENT_RANGE)?)
}

fn read_range(text: &str) -> Option<(u64, Option<u64>)> {
    let (range, whole) = text.trim().strip_prefix("bytes ")?.split_once('/')?;
    let (start, _) = range.split_once('-')?;
    Some((start.parse().ok()?, whole.parse().ok()))
}

/// The last part of an address, as the name of a file: what a file is called tells what it is.
fn file_name(url: &Url) -> String {
    let last = url.path_segments().and_then(|mut parts| parts.next_back()).unwrap_or_default();
    let fit = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '.' | '-' | '_');
    let name: String = last.chars().filter(|letter| fit(*letter)).collect();
    let cut = name.len().saturating_sub(80);
    format!("whole-{}", name.get(cut..).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_and_names_are_read() {
        for (text, expected) in [
            ("bytes 5-9/10", Some((5, Some(10)))),
            ("bytes 5-9/*", Some((5, None))),
            ("bytes */10", None),
            ("items 1-2/3", None),
            ("bytes x-9/10", None),
        ] {
            assert_eq!(read_range(text), expected, "{text}");
        }
        for (url, expected) in [
            ("https://a.invalid/Go/all.zip?x=1", "whole-all.zip"),
            ("https://a.invalid", "whole-"),
            ("https://a.invalid/%2e%2e%2fx.csv.gz", "whole-2e2e2fx.csv.gz"),
        ] {
            assert_eq!(file_name(&url.parse().unwrap()), expected, "{url}");
        }
    }
}
