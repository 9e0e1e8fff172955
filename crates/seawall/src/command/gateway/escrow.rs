//! Joint escrow: keys, the consent that both sides sign, and opening one request together.

use super::papers;
use crate::command::{print_json, say};
use anyhow::{Context, bail};
use clap::Subcommand;
use jiff::Timestamp;
use seawall_domain::id::PartyId;
use seawall_formats::escrow::{PART_BYTES_MAX, Part};
use seawall_gateway::escrow::opening::{self, End, Opened, Refused};
use seawall_gateway::escrow::{CONSENT, Consent, FOLDER, file};
use seawall_gateway::journal;
use seawall_gateway::record::{Escrowed, Event};
use seawall_gateway::settings::Settings;
use seawall_ledger::dsse::Envelope;
use serde_json::json;
use std::fs::File;
use std::io::{BufReader, BufWriter, Read as _, Seek as _, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use uuid::Uuid;

/// The list of what was opened, in the folder of the files.
const OPENINGS: &str = "openings.jsonl";

/// The longest reason for an opening, in bytes.
const REASON_BYTES_MAX: usize = 400;

/// What is done.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Make a key to which content is encrypted: the secret half into a file, the public half on
    /// standard output.
    Key(papers::KeeperArguments),
    /// Write the consent that the settings ask for, for both sides to sign.
    Consent {
        /// The gateway's settings: they name the window and the keys.
        #[arg(long)]
        settings: PathBuf,
        /// Whose content.
        #[arg(long)]
        party: PartyId,
        /// Where it goes.
        #[arg(long)]
        out: PathBuf,
    },
    /// As the developer or the partner: say what a consent says, and sign it.
    Sign {
        /// The consent; the signature is added to the file.
        consent: PathBuf,
        /// The file with the key that signs, made by `seawall gateway key`.
        #[arg(long)]
        key: PathBuf,
    },
    /// As one side: make your part of the key of one request. It opens nothing alone.
    Part {
        /// The gateway's folder, or a copy of it.
        folder: PathBuf,
        /// The request, as the journal names it.
        #[arg(long)]
        request: Uuid,
        /// The file with your secret half, made by `seawall gateway escrow key`.
        #[arg(long)]
        key: PathBuf,
        /// Where the part goes; only its owner may read it.
        #[arg(long)]
        out: PathBuf,
    },
    /// Open one request, by both parts or both keys. What is opened is written down first.
    ///
    /// Ends with status 1 when it does not open.
    Open(OpenArguments),
}

#[derive(clap::Args)]
struct OpenArguments {
    /// The gateway's folder, or a copy of it.
    folder: PathBuf,
    /// The request, as the journal names it.
    #[arg(long)]
    request: Uuid,
    /// A part that a side made; once for each.
    #[arg(long = "part")]
    parts: Vec<PathBuf>,
    /// A side's secret half in place of its part.
    #[arg(long = "key")]
    keys: Vec<PathBuf>,
    /// Why it is opened.
    #[arg(long)]
    reason: String,
    /// A folder for `asked` and `answered`; it is made as well.
    #[arg(long)]
    out: PathBuf,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Does one of them.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    match &arguments.what {
        What::Key(arguments) => papers::keeper_made(arguments),
        What::Consent { settings, party, out } => consent(settings, *party, out),
        What::Sign { consent, key } => sign(consent, key),
        What::Part { folder, request, key, out } => part(folder, *request, key, out),
        What::Open(arguments) => open(arguments),
    }
}

fn consent(settings: &Path, party: PartyId, out: &Path) -> anyhow::Result<ExitCode> {
    let settings = Settings::read(settings)?;
    let Some(consent) = Consent::of(&settings, party) else {
        bail!("the settings name no escrow for {party}");
    };
    let envelope = Envelope::new(CONSENT, serde_json::to_vec(&consent)?);
    papers::new(out, format!("{}\n", envelope.to_json()).as_bytes())?;
    say!("to be signed by the developer and by the partner: {}", out.display());
    Ok(ExitCode::SUCCESS)
}

fn sign(path: &Path, key: &Path) -> anyhow::Result<ExitCode> {
    let shown = path.display();
    let bytes = std::fs::read(path).with_context(|| format!("reading {shown}"))?;
    let mut envelope = Envelope::from_json(&bytes)?;
    let consent = match envelope.unverified_payload_type() {
        CONSENT => serde_json::from_slice::<Consent>(envelope.unverified_payload()).ok(),
        _ => None,
    };
    let Some(consent) = consent else { bail!("{shown} is no consent to escrow") };
    envelope.sign(&papers::secret(key)?);
    let beside = path.with_extension("new");
    papers::new(&beside, format!("{}\n", envelope.to_json()).as_bytes())?;
    std::fs::rename(&beside, path).with_context(|| format!("writing {shown}"))?;
    say!("window     {}", consent.window);
    say!("snapshot   {}", consent.snapshot);
    say!("party      {}", consent.party);
    say!("terms      {}", consent.terms);
    say!("developer  {}", consent.developer);
    say!("partner    {}", consent.partner);
    say!("signed; {} of 2 signatures are there", envelope.signature_count());
    Ok(ExitCode::SUCCESS)
}

/// The file of a request.
fn sealed(folder: &Path, request: Uuid) -> anyhow::Result<BufReader<File>> {
    let path = file::path(&folder.join(FOLDER), request);
    let file = File::open(&path).with_context(|| format!("cannot open {}", path.display()))?;
    Ok(BufReader::new(file))
}

fn part(folder: &Path, request: Uuid, key: &Path, out: &Path) -> anyhow::Result<ExitCode> {
    let (head, digest) = opening::head(&mut sealed(folder, request)?)?;
    if head.request != request {
        bail!("the file is of another request");
    }
    let part = opening::part((&head, digest), &papers::keeper(key)?)?;
    papers::new(out, format!("{}\n", serde_json::to_string(&part)?).as_bytes())?;
    say!("your part of request {request}, and of no other: {}", out.display());
    Ok(ExitCode::SUCCESS)
}

/// What the journal says of a request's file.
fn said(folder: &Path, request: Uuid) -> anyhow::Result<Option<(Escrowed, End)>> {
    let mut said = None;
    journal::read(&folder.join(journal::FILE), |line| match line.event {
        Event::Intent { request: of, escrow: Some(escrow), .. } if of == request => {
            said = Some((escrow, End::Unknown));
        }
        Event::Outcome { request: of, escrow: Some(escrow), .. } if of == request => {
            said = Some((escrow, End::Known));
        }
        Event::Intent { .. }
        | Event::Outcome { .. }
        | Event::Gate { .. }
        | Event::Quota { .. }
        | Event::Told { .. }
        | Event::Quotas { .. }
        | Event::Refused { .. }
        | Event::Volume { .. }
        | Event::Alarm { .. }
        | Event::Cut { .. }
        | Event::Stops { .. } => {}
    })?;
    Ok(said)
}

fn open(arguments: &OpenArguments) -> anyhow::Result<ExitCode> {
    let (folder, request) = (&arguments.folder, arguments.request);
    let reason = arguments.reason.trim();
    if reason.is_empty() || reason.len() > REASON_BYTES_MAX || reason.contains(char::is_control) {
        bail!("say why in one line of at most {REASON_BYTES_MAX} bytes: --reason");
    }
    let mut file = sealed(folder, request)?;
    let Some((said, end)) = said(folder, request)? else {
        bail!("the journal tells of no escrow of request {request}");
    };
    if !opening::holds(&mut file, &said, end)? {
        say!("does not hold: the file is not the one of which the journal tells");
        return Ok(ExitCode::from(1));
    }
    file.rewind()?;
    let (head, digest) = opening::head(&mut file)?;
    file.rewind()?;
    let mut parts = Vec::new();
    for path in &arguments.parts {
        let mut bytes = Vec::new();
        let shown = || format!("cannot use {}", path.display());
        let limit = PART_BYTES_MAX as u64 + 1;
        File::open(path).with_context(shown)?.take(limit).read_to_end(&mut bytes)?;
        parts.push(Part::read(&bytes).with_context(shown)?);
    }
    for path in &arguments.keys {
        parts.push(opening::part((&head, digest), &papers::keeper(path)?)?);
    }
    let line = json!({
        "at": Timestamp::now(), "request": request, "sha256": said.sha256, "reason": reason,
        "parts": parts.iter().map(|part| part.side).collect::<Vec<_>>(),
    });
    note(&folder.join(FOLDER).join(OPENINGS), &line)?;
    match into(&arguments.out, &mut file, &parts) {
        Ok(opened) if arguments.json => print_json(&opened)?,
        Ok(opened) => {
            say!("asked      {} bytes", opened.asked);
            say!("answered   {} bytes", opened.answered);
            if !opened.whole {
                say!("it breaks off there: the gateway stopped, or could not write on");
            }
        }
        Err(refused) => {
            say!("does not open: {refused}");
            return Ok(ExitCode::from(1));
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes an opening down, before anything is opened.
fn note(path: &Path, line: &serde_json::Value) -> anyhow::Result<()> {
    let written = || format!("writing down in {} what is opened", path.display());
    let mut options = File::options();
    let file = options.create(true).append(true).mode(0o600).open(path);
    let mut file = file.with_context(written)?;
    let line = format!("{line}\n");
    file.write_all(line.as_bytes()).and_then(|()| file.sync_all()).with_context(written)
}

/// Opens it into a folder; of one that does not open nothing stays.
fn into(out: &Path, file: &mut BufReader<File>, parts: &[Part]) -> Result<Opened, Refused> {
    std::fs::create_dir_all(out)?;
    let made = |name: &str| {
        let mut options = File::options();
        let file = options.write(true).create_new(true).mode(0o600).open(out.join(name))?;
        Ok::<_, std::io::Error>(BufWriter::new(file))
    };
    let mut asked = made("asked")?;
    let mut answered = made("answered")?;
    let opened = opening::open(file, parts, (&mut asked, &mut answered))
        .and_then(|opened| Ok((asked.flush()?, answered.flush()?, opened).2));
    if opened.is_err() {
        for name in ["asked", "answered"] {
            std::fs::remove_file(out.join(name))?;
        }
    }
    opened
}
