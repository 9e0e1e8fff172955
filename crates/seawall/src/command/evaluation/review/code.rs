//! A coder's queue as pages on this machine: one attempt after the other, each answer kept at once,
//! and the sheet signed at the end.

use super::super::papers::{self, Readers};
use super::{beside, bundle, put_signature};
use crate::command::gateway::papers::secret;
use crate::command::{block_on, say, told_to_end};
use anyhow::{Context, bail};
use seawall_domain::digest::Digest;
use seawall_formats::review::{self as papers_of, Noted};
use seawall_ledger::sign::SigningKey;
use seawall_server::coding::{self, Hands, Queue};
use seawall_server::listen;
use seawall_services::evaluation::determination::hash;
use serde_json::json;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// How long pages that are under way are waited for at the end.
const ENDING_TIME_MAX: Duration = Duration::from_secs(5);

/// Which sheet, whose, and where it is shown.
#[derive(clap::Args)]
pub struct Arguments {
    /// The sheet, or the folder beside it with what was said.
    sheet: PathBuf,
    /// The file with the coder's own key, made by `seawall gateway key`; it signs at the end.
    #[arg(long)]
    key: PathBuf,
    /// The folder with what was said, where it does not lie beside the sheet under its name.
    #[arg(long, value_name = "FOLDER")]
    said: Option<PathBuf>,
    /// Where the answers go, in place of the sheet itself; what is there already goes on.
    #[arg(long, value_name = "SHEET")]
    to: Option<PathBuf>,
    /// Where it is shown: an address of this machine alone; port 0 is any that is free.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// One JSON document a line on standard output.
    #[arg(long)]
    json: bool,
}

/// Shows the queue until it is signed or stopped.
pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if !arguments.listen.ip().is_loopback() {
        bail!("cannot show a queue at {}: only on this machine's loopback", arguments.listen);
    }
    let key = secret(&arguments.key)?;
    let (sheet, beside_it) = match arguments.sheet.is_dir() {
        true => (arguments.sheet.with_extension("csv"), arguments.sheet.clone()),
        false => (arguments.sheet.clone(), arguments.sheet.with_extension("")),
    };
    let said = arguments.said.clone().unwrap_or(beside_it);
    let path = arguments.to.clone().unwrap_or_else(|| sheet.clone());
    if beside(&path).exists() {
        bail!("cannot go on with {}: it is signed already", path.display());
    }
    let (noted, bytes) = begun(&sheet, &path)?;
    for at in 0..noted.sheet.lines.len() {
        bundle::begins(&noted.sheet, at, &said)?;
    }
    let kept = Kept { path, bytes: Mutex::new(hash(&bytes)) };
    block_on(serve(arguments, noted, said, kept, key))
}

/// The sheet as far as it is filled in, in the file to which the answers go.
fn begun(sheet: &Path, path: &Path) -> anyhow::Result<(Noted, Vec<u8>)> {
    let read = |path: &Path| {
        let bytes = papers::read(path)?;
        let noted = papers_of::read_noted(&bytes);
        let noted = noted.with_context(|| format!("cannot use {}", path.display()))?;
        anyhow::Ok((noted, bytes))
    };
    let (drawn, bytes) = read(sheet)?;
    if path == sheet {
        return Ok((drawn, bytes));
    }
    if !path.exists() {
        papers::keep(path, &bytes, Readers::Owner)?;
        return Ok((drawn, bytes));
    }
    let (noted, bytes) = read(path)?;
    let places = |noted: &Noted| {
        noted.sheet.lines.iter().map(|(place, _)| place.clone()).collect::<Vec<_>>()
    };
    if noted.sheet.coder != drawn.sheet.coder || places(&noted) != places(&drawn) {
        bail!("cannot go on with {}: it is of another sheet", path.display());
    }
    Ok((noted, bytes))
}

/// The file with the answers, as this program last wrote it.
struct Kept {
    path: PathBuf,
    bytes: Mutex<Digest>,
}

impl Kept {
    /// Puts the sheet as it is into the file, unless somebody else changed that meanwhile.
    fn put(&self, noted: &Noted) -> anyhow::Result<()> {
        let mut known = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let _turn = papers::turn(&self.path)?;
        self.unchanged(*known)?;
        let bytes = papers_of::noted(noted).into_bytes();
        papers::replace(&self.path, &bytes, Readers::Owner)?;
        *known = hash(&bytes);
        Ok(())
    }

    /// Signs the file, as `review sign` does.
    fn sign(&self, key: &SigningKey) -> anyhow::Result<()> {
        let known = self.bytes.lock().unwrap_or_else(PoisonError::into_inner);
        let _turn = papers::turn(&self.path)?;
        let bytes = self.unchanged(*known)?;
        put_signature(&self.path, &bytes, key)
    }

    fn unchanged(&self, known: Digest) -> anyhow::Result<Vec<u8>> {
        let bytes = papers::read(&self.path)?;
        if hash(&bytes) != known {
            bail!("another program changed the sheet; stop this one, and start it again");
        }
        Ok(bytes)
    }
}

async fn serve(
    arguments: &Arguments,
    noted: Noted,
    said: PathBuf,
    kept: Kept,
    key: SigningKey,
) -> anyhow::Result<ExitCode> {
    let told = told_to_end().context("cannot listen for signals")?;
    let listener = TcpListener::bind(arguments.listen).await;
    let listener = listener.with_context(|| format!("cannot listen at {}", arguments.listen))?;
    let address = listener.local_addr().context("cannot listen")?;
    let (sheet, count) = (noted.sheet.clone(), noted.sheet.lines.len());
    let path = kept.path.clone();
    let (kept, signing) = (Arc::new(kept), key);
    let keeper = kept.clone();
    let in_words = |done: anyhow::Result<()>| done.map_err(|error| format!("{error:#}"));
    let hands = Hands {
        read: Box::new(move |at| {
            bundle::read(&sheet, at, &said).map_err(|error| format!("{error:#}"))
        }),
        keep: Box::new(move |noted| in_words(keeper.put(noted))),
        sign: Box::new(move |_| in_words(kept.sign(&signing))),
    };
    let queue = Queue::new(noted, address, token()?, hands);
    announce(arguments.json, &queue, count);
    let (stop, stopped) = oneshot::channel::<()>();
    let until = async {
        // Whoever would tell is gone only at the very end.
        let _ = stopped.await;
    };
    let server = tokio::spawn(listen::serve(listener, None, coding::router(queue.clone()), until));
    let is_signed = tokio::select! {
        () = queue.signed() => true,
        () = told => false,
    };
    drop(stop);
    if let Ok(served) = tokio::time::timeout(ENDING_TIME_MAX, server).await {
        served?.context("cannot serve")?;
    }
    Ok(ended(arguments.json, &path, is_signed, queue.left()))
}

/// 32 bytes that nobody can guess, in hexadecimal digits.
fn token() -> anyhow::Result<String> {
    let mut token = String::new();
    for byte in papers::chance()? {
        write!(token, "{byte:02x}")?;
    }
    Ok(token)
}

fn announce(json: bool, queue: &Queue, count: usize) {
    let (link, left) = (queue.link(), queue.left());
    if json {
        return say!("{}", json!({"event": "open", "at": link, "attempts": count, "left": left}));
    }
    say!("left are {left} of {count} attempts; open this on this machine, and give it to nobody:");
    say!("{link}");
}

fn ended(json: bool, path: &Path, is_signed: bool, left: usize) -> ExitCode {
    let signature = beside(path);
    match (json, is_signed) {
        (true, true) => say!("{}", json!({"event": "signed", "signature": signature})),
        (true, false) => say!("{}", json!({"event": "stopped", "left": left})),
        (false, true) => say!("signed: {}", signature.display()),
        (false, false) => say!("stopped; attempts left: {left}; the same command goes on"),
    }
    ExitCode::from(u8::from(!is_signed))
}
