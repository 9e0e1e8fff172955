//! A service that is asked for each request whether it may pass, where the settings name one.
//!
//! It is told who, for what, which model and how much, and never a word of what is asked. Only a
//! whole answer that says `allow`, in time, lets a request pass: whatever is late, unreachable,
//! too long, of another status or not to be understood refuses it (FRONTIER 4.3). It is asked over
//! TLS or on the loopback, and a redirection is no answer.

use crate::record::{By, Why};
use crate::settings;
use crate::tls::Trust;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use hyper::{Method, Request, StatusCode, Uri};
use hyper_rustls::HttpsConnector;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use seawall_domain::engagement::scope::{Endpoint, Streaming};
use seawall_domain::id::WindowId;
use seawall_domain::time::Timestamp;
use seawall_formats::gateway::verdict::{self, Verdict};
use serde::Serialize;
use std::net::IpAddr;
use std::time::Duration;
use uuid::Uuid;

/// The shortest and the longest time that its answer may be given, in milliseconds.
const TIME_MS: std::ops::RangeInclusive<u64> = 1..=60_000;

/// The service.
pub(crate) struct Policy {
    client: Client<HttpsConnector<HttpConnector>, Full<Bytes>>,
    address: Uri,
    key: Option<HeaderValue>,
    patience: Duration,
}

impl std::fmt::Debug for Policy {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Policy({})", self.address)
    }
}

/// What it is asked: names and figures, and nothing that was written by whoever asks the model.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Question<'q> {
    pub request: Uuid,
    pub at: Timestamp,
    pub window: WindowId,
    /// Who, for what, on which claim, with which key.
    #[serde(flatten)]
    pub by: By,
    pub endpoint: Endpoint,
    /// The model's name for callers.
    pub model: &'q str,
    pub streaming: Streaming,
    /// The number of the lease under which it would pass.
    pub lease: u64,
    /// How many bytes would be sent on.
    pub body_bytes: u64,
    /// How many tokens the answer can have at most.
    pub output_tokens_max: u64,
    /// What it could cost at most, in millionths of a dollar.
    pub cost_micros_max: u64,
}

/// Whether an address is one of this machine's own.
pub(crate) fn is_loopback(address: &Uri) -> bool {
    let host = address.host().unwrap_or_default();
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host.parse::<IpAddr>().is_ok_and(|host| host.is_loopback())
}

impl Policy {
    /// Reads where it is, and what it knows us by.
    pub fn new(settings: &settings::Policy) -> Result<Policy, String> {
        let bad = |why: &str| format!("policy.address `{}`: {why}", settings.address);
        let address: Uri = settings.address.parse().map_err(|_| bad("it is no address"))?;
        address.host().ok_or_else(|| bad("it names no host"))?;
        match address.scheme_str() {
            Some("https") => {}
            Some("http") if is_loopback(&address) => {}
            Some(_) | None => return Err(bad("it must be https, or http on a loopback address")),
        }
        if !TIME_MS.contains(&settings.timeout_ms) {
            let (least, most) = (TIME_MS.start(), TIME_MS.end());
            return Err(format!("policy.timeout_ms must be from {least} to {most}"));
        }
        let key = settings.key_file.as_ref().map(|path| {
            let said =
                |why: &str| format!("cannot read the policy's key {}: {why}", path.display());
            let text = std::fs::read_to_string(path).map_err(|error| said(&error.to_string()))?;
            let mut value = HeaderValue::try_from(format!("Bearer {}", text.trim()))
                .map_err(|_| said("it is no header"))?;
            value.set_sensitive(true);
            Ok::<_, String>(value)
        });
        let patience = Duration::from_millis(settings.timeout_ms);
        Ok(Policy {
            client: crate::upstream::client(Trust::default())?,
            address,
            key: key.transpose()?,
            patience,
        })
    }

    /// Asks, and says why the request does not pass.
    pub async fn allows(&self, question: &Question<'_>) -> Result<(), Why> {
        let asked = tokio::time::timeout(self.patience, self.ask(question)).await;
        let reason = match asked {
            Ok(Ok(Verdict::Allow {})) => return Ok(()),
            Ok(Ok(Verdict::Deny { reason })) => format!("denied: {reason}"),
            Ok(Err(why)) => format!("no answer: {why}"),
            Err(_) => "no answer: it did not come in time".to_owned(),
        };
        Err(Why { kind: "policy".into(), reason })
    }

    async fn ask(&self, question: &Question<'_>) -> Result<Verdict, &'static str> {
        let text = serde_json::to_vec(question).map_err(|_| "the question cannot be written")?;
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(self.address.clone())
            .header(CONTENT_TYPE, "application/json")
            .header(ACCEPT, "application/json");
        if let Some(key) = &self.key {
            request = request.header(AUTHORIZATION, key);
        }
        let request = request.body(Full::new(Bytes::from(text)));
        let request = request.map_err(|_| "the question cannot be sent")?;
        let answer = self.client.request(request).await.map_err(|_| "it cannot be reached")?;
        if answer.status() != StatusCode::OK {
            return Err("it answered with another status than 200");
        }
        let body = Limited::new(answer.into_body(), verdict::VERDICT_BYTES_MAX).collect().await;
        let body = body.map_err(|_| "its answer broke off, or is too long")?.to_bytes();
        verdict::read(&body).map_err(|_| "its answer is no verdict")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_asked_over_tls_or_on_the_loopback_and_nowhere_else() {
        fn check(address: &str, timeout_ms: u64, expected: bool) {
            let settings = settings::Policy { address: address.into(), timeout_ms, key_file: None };
            assert_eq!(Policy::new(&settings).is_ok(), expected, "{address} {timeout_ms}");
        }
        check("https://policy.example/ask", 500, true);
        check("http://127.0.0.1:9000/ask", 500, true);
        check("http://[::1]:9000", 500, true);
        check("http://policy.example/ask", 500, false);
        check("http://localhost:9000", 500, false);
        check("http://127.0.0.1.example:9000", 500, false);
        check("http://10.0.0.1/", 500, false);
        check("ftp://127.0.0.1/", 500, false);
        check("/ask", 500, false);
        check("", 500, false);
        check("https://policy.example/ask", 0, false);
        check("https://policy.example/ask", 60_001, false);
    }
}
