//! A clearinghouse over its own interface: what the commands of a subject ask, and how it is shown.
//!
//! It knows no rule: it sends what was typed, and shows what comes back.

mod table;

pub use table::{Column, cards, rows};

use anyhow::{Context, bail};
use reqwest::{Method, Url};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long an answer may take.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(60);
/// The longest answer that is shown, in bytes.
const ANSWER_BYTES_MAX: usize = 64 << 20;

/// Which clearinghouse, and as whom.
#[derive(clap::Args, Clone, Debug)]
pub struct Asking {
    /// The clearinghouse's address.
    #[arg(long, env = "SEAWALL_SERVER")]
    pub server: String,
    /// The file with the key of an account there.
    #[arg(long, env = "SEAWALL_ACCOUNT_KEY")]
    pub account_key: PathBuf,
    /// JSON on standard output.
    #[arg(long)]
    pub json: bool,
}

impl Asking {
    /// The client.
    pub fn client(&self) -> anyhow::Result<Client> {
        Client::new(&self.server, &self.account_key)
    }

    /// Shows an answer: as JSON, or by its columns.
    pub fn show(&self, answer: &Value, columns: &[Column]) -> anyhow::Result<()> {
        match (self.json, answer) {
            (true, _) => super::print_json(answer),
            (false, Value::Array(list)) => super::print_text(&rows(list, columns)),
            (false, one) => super::print_text(&cards(one)),
        }
    }
}

/// What is sent with a question.
enum Body<'b> {
    Nothing,
    Document(&'b Value),
    /// A file of that media type.
    File(&'b str, Vec<u8>),
}

/// Asks a clearinghouse as somebody.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    server: String,
    key: String,
}

impl Client {
    /// A client that shows the key of that file. A key goes over the network in clear only to this
    /// machine itself.
    pub fn new(server: &str, account_key: &Path) -> anyhow::Result<Client> {
        let address: Url =
            server.parse().with_context(|| format!("`{server}` is no address of a server"))?;
        let here = ["127.0.0.1", "[::1]", "localhost"];
        let is_here = address.host_str().is_some_and(|host| here.contains(&host));
        if address.scheme() != "https" && !(address.scheme() == "http" && is_here) {
            bail!("cannot send a key to {server}: use https");
        }
        let told = std::fs::read_to_string(account_key)
            .with_context(|| format!("reading {}", account_key.display()))?;
        let http = reqwest::Client::builder()
            .timeout(ANSWER_TIME_MAX)
            .redirect(reqwest::redirect::Policy::none())
            .build()?;
        let server = server.trim_end_matches('/').to_owned();
        Ok(Client { http, server, key: key_of(&told).to_owned() })
    }

    /// Asks for something.
    pub async fn get(&self, path: &str) -> anyhow::Result<Value> {
        self.ask(Method::GET, path, Body::Nothing).await
    }

    /// Sends a document.
    pub async fn post(&self, path: &str, document: &Value) -> anyhow::Result<Value> {
        self.ask(Method::POST, path, Body::Document(document)).await
    }

    /// Sends a file as it is.
    pub async fn send(&self, path: &str, kind: &str, bytes: Vec<u8>) -> anyhow::Result<Value> {
        self.ask(Method::POST, path, Body::File(kind, bytes)).await
    }

    async fn ask(&self, method: Method, path: &str, body: Body<'_>) -> anyhow::Result<Value> {
        let mut request = self.http.request(method, format!("{}{path}", self.server));
        request = request.bearer_auth(&self.key);
        request = match body {
            Body::Nothing => request,
            Body::Document(document) => request.json(document),
            Body::File(kind, bytes) => request.header("content-type", kind).body(bytes),
        };
        let mut answer =
            request.send().await.with_context(|| format!("reaching {}", self.server))?;
        let status = answer.status();
        let mut body = Vec::new();
        while let Some(piece) = answer.chunk().await.context("reading the answer")? {
            if body.len() + piece.len() > ANSWER_BYTES_MAX {
                bail!("the answer is longer than {ANSWER_BYTES_MAX} bytes");
            }
            body.extend_from_slice(&piece);
        }
        let read = serde_json::from_slice::<Value>(&body);
        if !status.is_success() {
            let detail = read.ok().and_then(|told| Some(told.get("detail")?.as_str()?.to_owned()));
            bail!("the clearinghouse says no: {}", detail.unwrap_or_else(|| status.to_string()));
        }
        read.context("the answer is not JSON")
    }
}

/// A step of a subject, with what is said of it.
pub fn step(name: &str, of: Value) -> Value {
    let mut document = serde_json::Map::from_iter([("step".to_owned(), Value::from(name))]);
    if let Value::Object(of) = of {
        document.extend(of.into_iter().filter(|(_, value)| !value.is_null()));
    }
    Value::Object(document)
}

/// A day or an instant as somebody types it; a day is its beginning in UTC.
pub fn instant(text: &str) -> Result<jiff::Timestamp, String> {
    let text = text.trim();
    let instant = text.parse().or_else(|_| format!("{text}T00:00:00Z").parse());
    instant.map_err(|_| "write a day as 2026-12-31, or an instant as 2026-12-31T12:00:00Z".into())
}

/// A JSON document from a file; `-` is the standard input.
pub fn json_in(file: &Path) -> anyhow::Result<Value> {
    let shown = file.display();
    serde_json::from_str(&text(file)?).with_context(|| format!("{shown} is no JSON document"))
}

/// A text from a file; `-` is the standard input.
pub fn text(file: &Path) -> anyhow::Result<String> {
    match file == Path::new("-") {
        true => std::io::read_to_string(std::io::stdin()).context("reading the standard input"),
        false => {
            std::fs::read_to_string(file).with_context(|| format!("reading {}", file.display()))
        }
    }
}

/// The bytes of a file; `-` is the standard input.
pub fn bytes(file: &Path) -> anyhow::Result<Vec<u8>> {
    if file != Path::new("-") {
        return std::fs::read(file).with_context(|| format!("reading {}", file.display()));
    }
    let mut bytes = Vec::new();
    std::io::Read::read_to_end(&mut std::io::stdin(), &mut bytes)
        .context("reading the standard input")?;
    Ok(bytes)
}

/// The key in a file that holds it alone, or all that `seawall admin` printed with it.
fn key_of(told: &str) -> &str {
    told.lines().find_map(|line| line.strip_prefix("key ")).unwrap_or(told).trim()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_step_leaves_out_what_was_not_said() {
        let step = step("suspend", json!({"why": "unstated", "person": null}));
        assert_eq!(step, json!({"step": "suspend", "why": "unstated"}));
    }

    #[test]
    fn a_key_is_found_in_what_was_printed_with_it() {
        assert_eq!(key_of("tap_v1_x\n"), "tap_v1_x");
        assert_eq!(key_of("key tap_v1_x\n"), "tap_v1_x");
        assert_eq!(key_of("account a\nkey tap_v1_x\n/login/y\n"), "tap_v1_x");
        assert_eq!(key_of(""), "");
    }

    #[test]
    fn a_key_goes_in_clear_to_nobody_else() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("account.key");
        std::fs::write(&file, "tap_v1_x\n").unwrap();
        let check = |server: &str, expected: bool| {
            assert_eq!(Client::new(server, &file).is_ok(), expected, "{server}");
        };
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
        check("https://clearinghouse.example", true);
        check("http://127.0.0.1:8080/", true);
        check("http://[::1]:8080", true);
        check("http://clearinghouse.example", false);
        check("http://127.0.0.1.example", false);
        check("http://localhost@clearinghouse.example", false);
        check("file:///etc/passwd", false);
        check("clearinghouse.example", false);
    }

    #[test]
    fn a_day_is_its_beginning() {
        let check = |text: &str, expected: Option<&str>| {
            let told = instant(text).ok().map(|at| at.to_string());
            assert_eq!(told.as_deref(), expected, "{text}");
        };
        check("2026-12-31", Some("2026-12-31T00:00:00Z"));
        check("2026-12-31T12:00:00Z", Some("2026-12-31T12:00:00Z"));
        check("soon", None);
    }
}
