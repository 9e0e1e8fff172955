//! The demo's own client: it asks the server as anybody would, with a key or with a session.

use anyhow::{Context, Result, anyhow, ensure};
use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;
use std::time::{Duration, Instant};

/// What somebody shows at the door.
#[derive(Clone, Debug)]
pub enum Pass {
    /// A machine's key.
    Key(String),
    /// The secret of a person's session.
    Session(String),
}

/// Asks the server.
#[derive(Clone, Debug)]
pub struct Client {
    http: reqwest::Client,
    base_url: String,
}

/// How long one answer may take.
const ANSWER_SECS_MAX: u64 = 60;

impl Client {
    /// A client of the server at this address.
    pub fn new(base_url: &str) -> Result<Client> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .timeout(Duration::from_secs(ANSWER_SECS_MAX))
            .build()
            .context("cannot make an HTTP client")?;
        Ok(Client { http, base_url: base_url.trim_end_matches('/').to_owned() })
    }

    /// Asks for something and reads the JSON answer.
    pub async fn get(&self, pass: &Pass, path: &str) -> Result<Value> {
        self.ask(Method::GET, Some(pass), path, None).await.and_then(|body| json(path, &body))
    }

    /// Asks for a file that anybody may read.
    pub async fn file(&self, path: &str) -> Result<Vec<u8>> {
        self.ask(Method::GET, None, path, None).await
    }

    /// Asks for something and gives the answer's bytes.
    pub async fn ask_for(&self, pass: &Pass, path: &str) -> Result<Vec<u8>> {
        self.ask(Method::GET, Some(pass), path, None).await
    }

    /// Sends JSON and reads the JSON answer.
    pub async fn post(&self, pass: &Pass, path: &str, value: &Value) -> Result<Value> {
        self.send(pass, path, "application/json", value.to_string().into_bytes()).await
    }

    /// Sends bytes and reads the JSON answer.
    pub async fn send(
        &self,
        pass: &Pass,
        path: &str,
        media_type: &'static str,
        body: Vec<u8>,
    ) -> Result<Value> {
        let body = Some((media_type, body));
        self.ask(Method::POST, Some(pass), path, body).await.and_then(|body| json(path, &body))
    }

    async fn ask(
        &self,
        method: Method,
        pass: Option<&Pass>,
        path: &str,
        body: Option<(&'static str, Vec<u8>)>,
    ) -> Result<Vec<u8>> {
        let named = format!("{method} {path}");
        let mut request = self.http.request(method, format!("{}{path}", self.base_url));
        request = match pass {
            Some(Pass::Key(key)) => request.bearer_auth(key),
            Some(Pass::Session(secret)) => {
                request.header("cookie", format!("{}={secret}", seawall_server::auth::COOKIE))
            }
            None => request,
        };
        if let Some((media_type, bytes)) = body {
            request = request.header("content-type", media_type).body(bytes);
        }
        let (status, bytes) = patiently(request).await.with_context(|| format!("`{named}`"))?;
        ensure!(
            status.is_success(),
            "`{named}` was answered with {status}: {}",
            String::from_utf8_lossy(&bytes).chars().take(ANSWER_SHOWN_MAX).collect::<String>(),
        );
        Ok(bytes)
    }
}

/// For how long a server that does not answer is asked again: it may be starting.
const PATIENCE: Duration = Duration::from_secs(30);
/// How long to wait before asking again.
const AGAIN_AFTER: Duration = Duration::from_millis(150);

/// Asks until there is an answer. Everything the demo sends may be sent twice: the same bytes from
/// the same sender are one report, one inventory, one statement.
async fn patiently(request: RequestBuilder) -> Result<(StatusCode, Vec<u8>)> {
    let begun = Instant::now();
    loop {
        let again = request.try_clone().context("a request cannot be repeated")?;
        let answered = match again.send().await {
            Ok(answer) => {
                let status = answer.status();
                answer.bytes().await.map(|bytes| (status, bytes.to_vec()))
            }
            Err(error) => Err(error),
        };
        match answered {
            Ok((StatusCode::SERVICE_UNAVAILABLE, _)) if begun.elapsed() < PATIENCE => {}
            Ok(answer) => return Ok(answer),
            Err(error) if begun.elapsed() >= PATIENCE => return Err(error.into()),
            Err(_) => {}
        }
        tokio::time::sleep(AGAIN_AFTER).await;
    }
}

/// How much of an unwanted answer is shown, in characters.
const ANSWER_SHOWN_MAX: usize = 600;

fn json(path: &str, body: &[u8]) -> Result<Value> {
    serde_json::from_slice(body).with_context(|| format!("the answer of `{path}` is not JSON"))
}

/// The text of a field of an answer.
pub fn text<'a>(value: &'a Value, pointer: &str) -> Result<&'a str> {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .ok_or_else(|| anyhow!("an answer lacks the text at `{pointer}`"))
}

/// The list that is an answer, or stands in a field of it.
pub fn list<'a>(value: &'a Value, pointer: &str) -> Result<&'a [Value]> {
    value
        .pointer(pointer)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .ok_or_else(|| anyhow!("an answer lacks the list at `{pointer}`"))
}
