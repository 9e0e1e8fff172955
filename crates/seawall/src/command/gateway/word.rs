//! Words to a gateway: signed, handed in, and what it answers.

use super::papers::secret;
use anyhow::{Context, bail};
use seawall_domain::recipient::Recipient;
use seawall_formats::gateway::lease::{SEALING, Sealing};
use seawall_formats::gateway::word;
use seawall_gateway::checkpoints::{KEPT, Told};
use seawall_gateway::record::{Alarms, Overruns};
use seawall_gateway::settings::Settings;
use seawall_ledger::dsse::Envelope;
use seawall_ledger::note::VerifierKey;
use serde::Deserialize;
use std::path::PathBuf;
use std::time::Duration;

/// The longest answer of a gateway, in bytes.
const ANSWER_BYTES_MAX: usize = 64 << 10;
/// How long it may take.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(20);

/// Where a word goes, and who says it.
#[derive(clap::Args)]
pub struct Said {
    /// The gateway's settings: they name the window and its terms.
    #[arg(long)]
    pub settings: PathBuf,
    /// The file with the key that signs.
    #[arg(long)]
    key: PathBuf,
    /// The gateway's address; without one, that of the settings.
    #[arg(long)]
    pub gateway: Option<String>,
}

impl Said {
    /// The same without a command line.
    pub fn new(settings: PathBuf, key: PathBuf, gateway: Option<String>) -> Said {
        Said { settings, key, gateway }
    }

    /// Signs a word and sends it to the gateway. Says over how many lines of its journal the last
    /// checkpoint is that was kept.
    pub async fn send(
        &self,
        settings: &Settings,
        kind: &str,
        word: &impl serde::Serialize,
        kept: Option<u64>,
    ) -> anyhow::Result<Heard> {
        let mut envelope = Envelope::new(kind, serde_json::to_vec(word)?);
        envelope.sign(&secret(&self.key)?);
        hand_in(self.gateway.as_deref(), settings, envelope.to_json(), kept).await
    }
}

/// What a gateway answers to a word that it took.
#[derive(Debug, Default, Deserialize)]
pub struct Heard {
    /// For which requests the provider counted more than was set aside.
    #[serde(default)]
    pub overruns: Overruns,
    /// Who used more than is usual for them.
    #[serde(default)]
    pub alarms: Alarms,
    /// The newest checkpoint of its journal.
    pub journal: Option<Told>,
}

/// The gateway was reached, and refuses the word.
#[derive(Debug)]
pub struct Untaken(String);

impl std::fmt::Display for Untaken {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the gateway did not take it: {}", self.0)
    }
}

impl std::error::Error for Untaken {}

/// Hands a signed word in at the gateway.
pub async fn hand_in(
    gateway: Option<&str>,
    settings: &Settings,
    envelope: String,
    kept: Option<u64>,
) -> anyhow::Result<Heard> {
    let (client, gateway) = client(gateway, settings)?;
    let mut request = client
        .post(format!("{gateway}/gateway/word"))
        .header("content-type", "application/json")
        .body(envelope);
    if let Some(lines) = kept {
        request = request.header(KEPT, lines);
    }
    let (status, text) = answered(request, &gateway).await?;
    if status.is_success() {
        return Ok(serde_json::from_str(&text).unwrap_or_default());
    }
    let detail = serde_json::from_str::<serde_json::Value>(&text).ok();
    let detail = detail.and_then(|told| Some(told.get("detail")?.as_str()?.to_owned()));
    let detail = detail.unwrap_or_else(|| status.to_string());
    match status.is_server_error() {
        true => bail!("the gateway could not take it: {detail}"),
        false => Err(Untaken(detail).into()),
    }
}

/// What a gateway says of itself, to anybody.
#[derive(Deserialize)]
pub struct State {
    sealing: Option<String>,
}

/// Asks a gateway for its state.
pub async fn state(gateway: Option<&str>, settings: &Settings) -> anyhow::Result<State> {
    let (client, gateway) = client(gateway, settings)?;
    let (status, text) = answered(client.get(format!("{gateway}/gateway/state")), &gateway).await?;
    if !status.is_success() {
        bail!("the gateway does not say its state: {status}");
    }
    serde_json::from_str(&text).context("reading the gateway's state")
}

/// The key to which a gateway takes the provider's key next, if this key signed that.
pub async fn sealing(
    gateway: Option<&str>,
    settings: &Settings,
    signer: &VerifierKey,
) -> anyhow::Result<Recipient> {
    let Some(sealing) = state(gateway, settings).await?.sealing else {
        bail!("the gateway takes the provider's key from a file: its settings do not say otherwise")
    };
    let envelope = Envelope::from_json(sealing.as_bytes())?;
    let said = envelope.verify(&[signer.key()], 1).context("the gateway's key for secrets")?;
    let sealing: Sealing = word::read(said.payload)?;
    if said.payload_type != SEALING || sealing.window != settings.window.id {
        bail!("the gateway names a key for another window");
    }
    Ok(sealing.to)
}

fn client(gateway: Option<&str>, settings: &Settings) -> anyhow::Result<(reqwest::Client, String)> {
    let own = settings.own_address(settings.listen);
    let gateway = gateway.unwrap_or(&own).trim_end_matches('/').to_owned();
    let mut client = reqwest::Client::builder().timeout(ANSWER_TIME_MAX);
    // Whoever has the settings has the gateway's certificate too, if it signed that itself.
    if let Some(pem) = settings.tls.as_ref().and_then(|tls| std::fs::read(&tls.certificate).ok()) {
        client = client.tls_certs_merge(reqwest::Certificate::from_pem_bundle(&pem)?);
    }
    Ok((client.build()?, gateway))
}

async fn answered(
    request: reqwest::RequestBuilder,
    gateway: &str,
) -> anyhow::Result<(reqwest::StatusCode, String)> {
    let answer = request.send().await;
    let mut answer = answer.with_context(|| format!("reaching the gateway {gateway}"))?;
    let (status, mut text) = (answer.status(), Vec::new());
    while let Ok(Some(piece)) = answer.chunk().await {
        if text.len() + piece.len() > ANSWER_BYTES_MAX {
            bail!("the gateway's answer is too long");
        }
        text.extend_from_slice(&piece);
    }
    Ok((status, String::from_utf8_lossy(&text).into_owned()))
}
