//! Asking over HTTP: patient, bounded, and only where the operator said.
//!
//! What passes (5xx, 429, a cut connection) is tried again after a pause that doubles or that the
//! server names (RFC 9110, section 10.2.3); everything else is final. Redirects are followed as
//! long as they stay within the source (RFC 9110, section 15.4). A proxy is taken from the
//! environment.

use super::address::Source;
use super::download::Validator;
use anyhow::{Context, anyhow, bail, ensure};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::Timestamp;
use reqwest::header::{CONTENT_LENGTH, HeaderMap, HeaderName, RETRY_AFTER};
use reqwest::redirect::Policy;
use reqwest::{Response, StatusCode, Url};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// How many redirects are followed.
const REDIRECTS_MAX: usize = 5;
/// How long a connection may take to stand.
const CONNECT_TIME_MAX: Duration = Duration::from_secs(30);
/// How long an answer may pause.
const SILENCE_TIME_MAX: Duration = Duration::from_secs(60);
/// How long one answer may take in all: what is cut off then goes on in a further try.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(4 * 3_600);
/// The longest pause between two tries; a server that asks for a longer one is left for later.
const PAUSE_MAX: Duration = Duration::from_secs(300);

/// How often, and after what pause, something is tried again.
#[derive(Clone, Copy, Debug)]
pub struct Retry {
    /// How many further tries there are.
    pub times: u32,
    /// The pause before the first of them; each further one is twice as long.
    pub pause: Duration,
}

/// Asks one source.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    source: Arc<Source>,
    retry: Retry,
    bar: ProgressBar,
    fetched_bytes: Arc<AtomicU64>,
}

/// Why a try failed.
#[derive(Debug)]
pub enum Trouble {
    /// It may pass.
    Passing {
        /// What happened.
        error: anyhow::Error,
        /// The pause that the server asks for.
        after: Option<Duration>,
    },
    /// It will not.
    Final(anyhow::Error),
}

impl Trouble {
    /// Trouble with a request or with the body of an answer.
    pub fn of(error: reqwest::Error) -> Trouble {
        let is_final = error.is_builder() || error.is_redirect();
        match is_final {
            true => Trouble::Final(error.into()),
            false => Trouble::Passing { error: error.into(), after: None },
        }
    }
}

impl From<anyhow::Error> for Trouble {
    fn from(error: anyhow::Error) -> Trouble {
        Trouble::Final(error)
    }
}

/// What was got.
#[derive(Debug)]
pub enum Got {
    /// It is as it was.
    Unchanged,
    /// There is nothing there.
    Missing,
    /// Its bytes, and what the server calls them.
    Body(Vec<u8>, Validator),
}

/// The tries that are left.
pub struct Patience {
    left: u32,
    next: Duration,
}

impl Patience {
    /// Waits before the next try, or fails when there is none.
    pub async fn bear(&mut self, trouble: Trouble) -> anyhow::Result<()> {
        let (error, after) = match trouble {
            Trouble::Final(error) => return Err(error),
            Trouble::Passing { error, after } => (error, after),
        };
        let pause = after.unwrap_or(self.next);
        if pause > PAUSE_MAX {
            let seconds = pause.as_secs();
            return Err(error.context(format!("it asks to be left alone for {seconds} s")));
        }
        self.left = match self.left.checked_sub(1) {
            Some(left) => left,
            None => return Err(error),
        };
        self.next = self.next.saturating_mul(2).min(PAUSE_MAX);
        tokio::time::sleep(pause).await;
        Ok(())
    }
}

impl Client {
    /// A client that asks this source and nobody else.
    pub fn new(source: &Source, retry: Retry, bar: ProgressBar) -> anyhow::Result<Client> {
        let source = Arc::new(source.clone());
        let within = source.clone();
        let policy = Policy::custom(move |attempt| {
            if attempt.previous().len() > REDIRECTS_MAX {
                return attempt.error(format!("it leads on more than {REDIRECTS_MAX} times"));
            }
            let is_less_safe = attempt.url().scheme() != "https"
                && attempt.previous().iter().any(|url| url.scheme() == "https");
            if is_less_safe {
                return attempt.error("it leads from https to http");
            }
            match within.may_ask(attempt.url()) {
                Ok(()) => attempt.follow(),
                Err(error) => attempt.error(error.to_string()),
            }
        });
        let http = reqwest::Client::builder()
            .user_agent(concat!("seawall/", env!("CARGO_PKG_VERSION")))
            .redirect(policy)
            .referer(false)
            .connect_timeout(CONNECT_TIME_MAX)
            .read_timeout(SILENCE_TIME_MAX)
            .timeout(ANSWER_TIME_MAX)
            .build()
            .context("cannot make an HTTP client")?;
        Ok(Client { http, source, retry, bar, fetched_bytes: Arc::default() })
    }

    /// A bar that tells how a source is fetched, shown where standard error is a terminal.
    pub fn bar(source: &Source) -> ProgressBar {
        let style = "{prefix}  {bytes} of {total_bytes}  {bytes_per_sec}  {msg}";
        let bar = ProgressBar::no_length();
        if let Ok(style) = ProgressStyle::with_template(style) {
            bar.set_style(style);
        }
        bar.set_prefix(source.to_string());
        bar
    }

    /// How many bytes came so far.
    pub fn fetched_bytes(&self) -> u64 {
        self.fetched_bytes.load(Ordering::Relaxed)
    }

    /// The bar of the source.
    pub fn progress(&self) -> &ProgressBar {
        &self.bar
    }

    /// The tries that one request has.
    pub fn patience(&self) -> Patience {
        Patience { left: self.retry.times, next: self.retry.pause }
    }

    /// Counts bytes that came.
    pub fn count(&self, bytes: usize) {
        self.fetched_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        self.bar.inc(bytes as u64);
    }

    /// Asks once; the answer's status is none that passes.
    pub async fn ask(&self, url: &Url, headers: HeaderMap) -> Result<Response, Trouble> {
        self.source.may_ask(url)?;
        let asked = self.http.get(url.clone()).headers(headers).send().await;
        let answer = asked.map_err(Trouble::of)?;
        let status = answer.status();
        let passes = status.is_server_error()
            || matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::REQUEST_TIMEOUT);
        match passes {
            true => Err(Trouble::Passing {
                error: anyhow!("{url} answers {status}"),
                after: header(&answer, RETRY_AFTER).and_then(pause),
            }),
            false => Ok(answer),
        }
    }

    /// Gets something whole that is no longer than `bytes_max`.
    pub async fn get(&self, url: &Url, known: &Validator, bytes_max: u64) -> anyhow::Result<Got> {
        self.get_until(url, known, bytes_max, &|_| false).await
    }

    /// Gets the start of something: until `enough` is true of what came.
    pub async fn get_until(
        &self,
        url: &Url,
        known: &Validator,
        bytes_max: u64,
        enough: &(dyn Fn(&[u8]) -> bool + Sync),
    ) -> anyhow::Result<Got> {
        let mut patience = self.patience();
        loop {
            match self.try_get(url, known, bytes_max, enough).await {
                Ok(got) => return Ok(got),
                Err(trouble) => patience.bear(trouble).await?,
            }
        }
    }

    async fn try_get(
        &self,
        url: &Url,
        known: &Validator,
        bytes_max: u64,
        enough: &(dyn Fn(&[u8]) -> bool + Sync),
    ) -> Result<Got, Trouble> {
        let mut answer = self.ask(url, known.conditions()?).await?;
        match answer.status() {
            StatusCode::OK => {}
            StatusCode::NOT_MODIFIED if !known.is_empty() => return Ok(Got::Unchanged),
            StatusCode::NOT_FOUND | StatusCode::GONE => return Ok(Got::Missing),
            status => return Err(Trouble::Final(anyhow!("{url} answers {status}"))),
        }
        let validator = Validator::of(&answer);
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await.map_err(Trouble::of)? {
            self.count(chunk.len());
            bytes.extend_from_slice(&chunk);
            if bytes.len() as u64 > bytes_max {
                return Err(Trouble::Final(anyhow!("{url} is over {bytes_max} bytes")));
            }
            if enough(&bytes) {
                break;
            }
        }
        Ok(Got::Body(bytes, validator))
    }

    /// Gets something whole that must be there.
    pub async fn body(&self, url: &Url, bytes_max: u64) -> anyhow::Result<Vec<u8>> {
        match self.get(url, &Validator::default(), bytes_max).await? {
            Got::Body(bytes, _) => Ok(bytes),
            Got::Missing | Got::Unchanged => bail!("there is no {url}"),
        }
    }
}

/// The text of a header.
pub fn header(answer: &Response, name: HeaderName) -> Option<&str> {
    answer.headers().get(name)?.to_str().ok()
}

/// How long the body of an answer is, where it says so.
pub fn length(answer: &Response) -> Option<u64> {
    header(answer, CONTENT_LENGTH)?.parse().ok()
}

/// An address as a document names it, relative or not.
pub fn address(base: &Url, text: &str) -> anyhow::Result<Url> {
    let url = base.join(text)?;
    ensure!(matches!(url.scheme(), "http" | "https"), "{url} is neither http nor https");
    Ok(url)
}

/// The pause that a server asks for, in seconds or as a date.
fn pause(text: &str) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp();
    let seconds = at.as_second() - Timestamp::now().as_second();
    Some(Duration::from_secs(u64::try_from(seconds).unwrap_or(0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_a_number_or_a_date() {
        fn check(text: &str, expected: Option<u64>) {
            assert_eq!(pause(text), expected.map(Duration::from_secs), "{text}");
        }
        check("0", Some(0));
        check(" 120 ", Some(120));
        check("Wed, 21 Oct 2015 07:28:00 GMT", Some(0));
        check("soon", None);
        check("-1", None);
        let far = pause("Fri, 31 Dec 2100 23:59:59 GMT");
        assert!(far.is_some_and(|pause| pause > PAUSE_MAX), "{far:?}");
    }
}
