//! `seawall gateway extend`: a later end of a window, where no clearinghouse serves that would
//! carry it. One word, signed by the developer and by whoever issues access tokens, each on their
//! own machine; with both it goes to the gateway, which takes it by the rules of `follow`.

use super::papers::secret;
use super::word::hand_in;
use crate::command::say;
use anyhow::{Context, bail};
use clap::ValueEnum;
use jiff::Timestamp;
use seawall_domain::engagement::window;
use seawall_gateway::control::{EXTENSION, Extension};
use seawall_gateway::settings::Settings;
use seawall_ledger::dsse::Envelope;
use seawall_ledger::sign::VerifyingKey;
use std::path::PathBuf;
use std::process::ExitCode;

/// The largest word that is read.
const WORD_BYTES_MAX: u64 = 64 << 10;

/// A later end.
#[derive(clap::Args)]
pub struct ExtendArguments {
    /// The word: made by whoever signs first, and signed again by the other.
    file: PathBuf,
    /// The gateway's settings: they name the window and both keys.
    #[arg(long)]
    settings: PathBuf,
    /// The file with the key that signs: the developer's, or the issuer's.
    #[arg(long)]
    key: PathBuf,
    /// The new end, where the word is made.
    #[arg(long, requires_all = ["begins", "ring"])]
    until: Option<Timestamp>,
    /// When the window began; its days are counted from then.
    #[arg(long, requires = "until")]
    begins: Option<Timestamp>,
    /// For whom the window is: 30 days for the government, 366 for partners.
    #[arg(long, requires = "until")]
    ring: Option<Ring>,
    /// The gateway's address; without one, that of the settings.
    #[arg(long)]
    gateway: Option<String>,
}

/// For whom a window is.
#[derive(Clone, Copy, Debug, ValueEnum)]
enum Ring {
    Government,
    Partners,
}

/// Makes the word, or signs it too; with both signatures it goes to the gateway.
pub async fn extend(arguments: ExtendArguments) -> anyhow::Result<ExitCode> {
    let settings = Settings::read(&arguments.settings)?;
    let ExtendArguments { file, gateway, .. } = &arguments;
    let both = [settings.window.developer.parse()?, settings.window.issuer.parse()?];
    let key = secret(&arguments.key)?;
    if !both.contains(&key.public()) {
        bail!("the settings name another developer and another issuer than this key");
    }
    let (word, mut envelope) = match arguments.made(&settings)? {
        Some(word) => (word, Envelope::new(EXTENSION, serde_json::to_vec(&word)?)),
        None => read(file, &both)?,
    };
    if word.window != settings.window.id || word.snapshot != settings.window.snapshot {
        bail!("{} is for another window or snapshot", file.display());
    }
    let Extension { window, begins, until, .. } = &word;
    say!("window {window}, which began {begins}, ends {until}");
    envelope.sign(&key);
    let text = envelope.to_json();
    // By two keys, each of which signs; one that is named twice is not two.
    if envelope.verify(&both, both.len()).is_err() {
        write(file, &text)?;
        say!("signed; the other side signs it too, by the same command");
        return Ok(ExitCode::SUCCESS);
    }
    write(file, &text)?;
    hand_in(gateway.as_deref(), &settings, text, None).await?;
    say!("both have signed, and the gateway took it");
    Ok(ExitCode::SUCCESS)
}

impl ExtendArguments {
    /// The word, where it is made here.
    fn made(&self, settings: &Settings) -> anyhow::Result<Option<Extension>> {
        let (Some(until), Some(begins), Some(ring)) = (self.until, self.begins, self.ring) else {
            return Ok(None);
        };
        if self.file.exists() {
            bail!("{} is there already: sign it without --until", self.file.display());
        }
        let ring = match ring {
            Ring::Government => window::Ring::Government,
            Ring::Partners => window::Ring::Partners,
        };
        // The time is the number: it grows from one to the next, from whichever machine they come.
        let seq = u64::try_from(Timestamp::now().as_microsecond()).unwrap_or(0);
        let (window, snapshot) = (settings.window.id, settings.window.snapshot);
        Ok(Some(Extension { window, snapshot, ring, begins, until, seq }))
    }
}

/// Reads a word that one of both has signed.
fn read(file: &PathBuf, both: &[VerifyingKey; 2]) -> anyhow::Result<(Extension, Envelope)> {
    use std::io::Read as _;
    let mut text = Vec::new();
    let opened = std::fs::File::open(file);
    let opened = opened.with_context(|| {
        format!("reading {}: to make it, say --until, --begins and --ring", file.display())
    })?;
    opened.take(WORD_BYTES_MAX).read_to_end(&mut text)?;
    let envelope = Envelope::from_json(&text)?;
    let word = {
        let said = envelope.verify(both, 1).context("nobody signed it who the settings name")?;
        if said.payload_type != EXTENSION {
            bail!("{} is no word of a later end", file.display());
        }
        seawall_formats::gateway::word::read(said.payload)?
    };
    Ok((word, envelope))
}

fn write(file: &PathBuf, text: &str) -> anyhow::Result<()> {
    let new = file.with_extension("new");
    std::fs::write(&new, format!("{text}\n"))
        .and_then(|()| std::fs::rename(&new, file))
        .with_context(|| format!("writing {}", file.display()))
}
