//! What people sign for a gateway, but leases: keys, grants, and who is cut off; and its journal
//! verified.

use super::random;
use super::word::Said;
use crate::command::{print_json, say};
use anyhow::{Context, bail};
use jiff::{SignedDuration, Timestamp};
use seawall_domain::digest::Digest;
use seawall_domain::engagement::grant::{Bearer, Grant, Purpose};
use seawall_domain::id::{PartyId, PersonId, ScanId};
use seawall_domain::recipient::Recipient;
use seawall_gateway::Summary;
use seawall_gateway::control::{CUT, CutWord};
use seawall_gateway::credential;
use seawall_gateway::kept::{self, Unlike, Vouched};
use seawall_gateway::record::CutOff;
use seawall_gateway::settings::Settings;
use seawall_ledger::note::VerifierKey;
use seawall_ledger::recipient::Keeper;
use seawall_ledger::sign::SigningKey;
use seawall_services::partner::holder;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// A new key.
#[derive(clap::Args)]
pub struct KeyArguments {
    /// Where the secret half goes; only its owner may read it.
    file: PathBuf,
    /// One JSON document on standard output: the key, and the SHA-256 by which a protocol names it.
    #[arg(long)]
    json: bool,
}

/// Makes a key.
pub fn key(arguments: &KeyArguments) -> anyhow::Result<ExitCode> {
    let seed = random();
    let hex: String = seed.iter().map(|byte| format!("{byte:02x}")).collect();
    new(&arguments.file, format!("{hex}\n").as_bytes())?;
    let public = SigningKey::from_seed(seed).public();
    match arguments.json {
        true => print_json(&json!({"key": public.to_string(), "sha256": public.digest_hex()}))?,
        false => say!("{public}"),
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads a secret half.
pub fn secret(path: &Path) -> anyhow::Result<SigningKey> {
    let text =
        crate::command::read_text(path).with_context(|| format!("reading {}", path.display()))?;
    let seed: Digest = match text.trim().parse() {
        Ok(seed) => seed,
        // What is in the file is never repeated.
        Err(_) => bail!("{} holds no key of `seawall gateway key`", path.display()),
    };
    Ok(SigningKey::from_seed(*seed.bytes()))
}

/// A new key to which things are encrypted.
#[derive(clap::Args)]
pub struct KeeperArguments {
    /// Where the secret half goes; only its owner may read it.
    file: PathBuf,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Makes a key to which things are encrypted.
pub fn keeper_made(arguments: &KeeperArguments) -> anyhow::Result<ExitCode> {
    let keeper = Keeper::from_seed(random())?;
    new(&arguments.file, format!("{}\n", keeper.text()).as_bytes())?;
    let public = Recipient::new(keeper.public());
    match arguments.json {
        true => print_json(&json!({"key": public.to_string()}))?,
        false => say!("{public}"),
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads the private half of a key to which things are encrypted.
pub fn keeper(path: &Path) -> anyhow::Result<Keeper> {
    let text =
        crate::command::read_text(path).with_context(|| format!("reading {}", path.display()))?;
    Keeper::read(&text).with_context(|| format!("cannot use {}", path.display()))
}

/// Makes a file that only its owner may read; one that is there is never written over.
pub fn new(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    let shown = path.display();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .with_context(|| format!("making {shown}"))?;
    file.write_all(bytes).and_then(|()| file.sync_all()).with_context(|| format!("writing {shown}"))
}

/// Somebody who is cut off.
#[derive(clap::Args)]
pub struct CutArguments {
    #[command(flatten)]
    said: Said,
    /// A person.
    #[arg(long, group = "who")]
    person: Option<PersonId>,
    /// A party, with everybody in it.
    #[arg(long, group = "who")]
    party: Option<PartyId>,
    /// The public half of a key that was lost (`ed25519:` and base64), or the thumbprint of a
    /// certificate (`x5t#S256:` and base64url).
    #[arg(long, group = "who")]
    lost_key: Option<String>,
}

/// Cuts somebody off.
pub async fn cut(arguments: CutArguments) -> anyhow::Result<ExitCode> {
    let settings = Settings::read(&arguments.said.settings)?;
    let who = match (arguments.person, arguments.party, &arguments.lost_key) {
        (Some(person), _, _) => CutOff::Person(person),
        (None, Some(party), _) => CutOff::Party(party),
        (None, None, Some(key)) => CutOff::Key(holder(key)?.0),
        (None, None, None) => bail!("say who: --person, --party or --lost-key"),
    };
    let word = CutWord { window: settings.window.id, who };
    arguments.said.send(&settings, CUT, &word, None).await?;
    say!("cut off");
    Ok(ExitCode::SUCCESS)
}

/// A grant.
#[derive(clap::Args)]
pub struct GrantArguments {
    /// The gateway's settings: they name the window and its terms.
    #[arg(long)]
    settings: PathBuf,
    /// The file with the clearinghouse's key.
    #[arg(long)]
    key: PathBuf,
    /// The public half of the holder's key (`ed25519:` and base64), or the thumbprint of its
    /// certificate (`x5t#S256:` and base64url).
    #[arg(long)]
    holder: String,
    /// The person who answers for what is asked.
    #[arg(long)]
    person: PersonId,
    /// The party.
    #[arg(long)]
    party: PartyId,
    /// SHA-256 of the name of a machine that the person answers for.
    #[arg(long)]
    workload: Option<Digest>,
    /// What for; several times for several.
    #[arg(long = "purpose", required = true, value_parser = purpose)]
    purposes: Vec<Purpose>,
    /// A scan claim that may be looked at, for as long as the grant lasts; several times for
    /// several.
    #[arg(long = "claim")]
    claims: Vec<ScanId>,
    /// How long it lasts, in seconds.
    #[arg(long, default_value_t = 900)]
    seconds: i64,
}

fn purpose(word: &str) -> Result<Purpose, String> {
    serde_json::from_value(serde_json::Value::String(word.to_owned())).map_err(|_| {
        "there is find_own, find_agreed, patch, detect, respond and evaluate".to_owned()
    })
}

/// Writes an access token.
pub fn grant(arguments: &GrantArguments) -> anyhow::Result<ExitCode> {
    let settings = Settings::read(&arguments.settings)?;
    let issuer = secret(&arguments.key)?;
    let (key, proof) = holder(&arguments.holder)?;
    let life = SignedDuration::from_secs(arguments.seconds);
    if !life.is_positive() || life > credential::life_max() {
        bail!("a grant lasts at most {} seconds", credential::life_max().as_secs());
    }
    let from = Timestamp::from_second(Timestamp::now().as_second())?;
    let until = from + life;
    let bearer = match arguments.workload {
        Some(name) => Bearer::Workload { name, sponsor: arguments.person },
        None => Bearer::Person { person: arguments.person },
    };
    let grant = Grant {
        bearer,
        party: arguments.party,
        window: settings.window.id,
        key,
        proof,
        purposes: arguments.purposes.iter().copied().collect::<BTreeSet<_>>(),
        claims: arguments.claims.iter().map(|claim| (*claim, until)).collect::<BTreeMap<_, _>>(),
        terms: settings.window.terms,
        from,
        until,
    };
    say!("{}", credential::issue(&issuer, &grant)?);
    Ok(ExitCode::SUCCESS)
}

/// What is verified.
#[derive(clap::Args)]
pub struct VerifyArguments {
    /// The journal: the file, or the gateway's folder.
    journal: PathBuf,
    /// A checkpoint that somebody kept, with `--signer`.
    #[arg(long, requires = "signer")]
    checkpoint: Option<PathBuf>,
    /// A folder of checkpoints that somebody kept (`--checkpoints` of `lease` and `attach`): the
    /// first place is named that differs.
    #[arg(long)]
    kept: Option<PathBuf>,
    /// The gateway's key as verifiers write it (C2SP signed-note).
    #[arg(long)]
    signer: Option<VerifierKey>,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// The journal of a gateway's folder, or the file itself. A gateway without one was never there.
pub(super) fn journal(place: &Path) -> anyhow::Result<PathBuf> {
    let journal = match place.is_dir() {
        true => place.join(seawall_gateway::journal::FILE),
        false => place.to_owned(),
    };
    if !journal.exists() {
        bail!("there is no journal {}", journal.display());
    }
    Ok(journal)
}

/// Verifies, and answers with status 1 when something does not hold.
pub fn verify(arguments: &VerifyArguments) -> anyhow::Result<ExitCode> {
    let journal = journal(&arguments.journal)?;
    let note = arguments.checkpoint.as_ref().map(std::fs::read).transpose()?;
    let checkpoint = note.as_deref().zip(arguments.signer.as_ref());
    let hold = |folder: &PathBuf| kept::hold(&journal, folder, arguments.signer.as_ref());
    let vouched = match arguments.kept.as_ref().map(hold).transpose() {
        Ok(vouched) => vouched,
        Err(nothing @ Unlike::Nothing(_)) => bail!("cannot verify: {nothing}"),
        Err(unlike) => {
            say!("DOES NOT HOLD: {unlike}");
            return Ok(ExitCode::from(1));
        }
    };
    match seawall_gateway::verify(&journal, checkpoint) {
        Ok(summary) if arguments.json => {
            let mut told = serde_json::to_value(&summary)?;
            if let Some(vouched) = vouched {
                told["kept"] = serde_json::to_value(vouched)?;
            }
            crate::command::print_json(&told)?;
        }
        Ok(summary) => {
            say!("lines      {}", summary.lines);
            say!("sent on    {}", summary.sent);
            say!("told       {} lists of models", summary.told);
            say!("refused    {}", summary.refused);
            for (purpose, number) in &summary.purposes {
                say!("for        {purpose}: {number}");
            }
            for (ended, number) in &summary.ended {
                say!("ended      {ended}: {number}");
            }
            marked(&summary);
            if let Some(lines) = summary.vouched {
                say!("signed     the first {lines} lines");
            }
            if let Some(Vouched { checkpoints, lines }) = vouched {
                say!("kept       {checkpoints} checkpoints, the last over {lines} lines");
            }
            if let Some(kept) = summary.escrow {
                say!("escrowed   {} whole, {} without an end", kept.whole, kept.unended);
                if kept.destroyed > 0 {
                    say!("destroyed by the certificate: {} escrowed requests", kept.destroyed);
                }
                if kept.absent > 0 {
                    say!("not looked at, for they are not here: {} escrowed requests", kept.absent);
                }
            }
            if let Some(gone) = &summary.destroyed {
                say!("destroyed  {} objects, at {}, by {}", gone.objects, gone.at, gone.signer);
            }
            say!("everything holds");
        }
        Err(unbelieved) => {
            say!("DOES NOT HOLD: {unbelieved}");
            return Ok(ExitCode::from(1));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// What somebody should look at, and why.
fn marked(summary: &Summary) {
    if summary.overruns.requests > 0 {
        let number = summary.overruns.requests;
        say!("overrun    {number} used more than was set aside: ask the provider why");
    }
    if summary.alarms > 0 {
        say!("unusual    {} times somebody used far more than is usual", summary.alarms);
    }
}
