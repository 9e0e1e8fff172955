//! Custody of an opening: encrypted under a key that is split, each share for one custodian.
//!
//! Nobody holds the opening, and nobody the key: whoever seals forgets both. A custodian takes the
//! own share out of the sealed opening by a private key (RFC 9180), and a quorum of shares opens
//! it; fewer give nothing (FRONTIER 3.4, F14). Every opening is written down before it is made.

use super::papers::{self, Readers};
use super::seal::commitment;
use crate::command::gateway::papers::keeper;
use crate::command::{count, print_json, say};
use anyhow::{Context, bail};
use jiff::Timestamp;
use seawall_domain::digest::Digest;
use seawall_domain::recipient::Recipient;
use seawall_formats::custody::{SealedOpening, SealedShare};
use seawall_ledger::recipient::Keeper;
use seawall_ledger::shares::Share;
use seawall_services::evaluation::custody::{self, Drawn};
use seawall_services::evaluation::sealing;
use serde_json::json;
use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The list of what was opened, beside what was opened.
const OPENINGS: &str = "openings.jsonl";

/// Encrypts an opening under a new key, and splits that among the custodians.
pub(super) fn seal(
    root: Digest,
    opening: &[u8],
    quorum: usize,
    custodians: &[Recipient],
) -> anyhow::Result<Vec<u8>> {
    let mut nonce = [0; 12];
    nonce.iter_mut().zip(papers::chance()?).for_each(|(byte, drawn)| *byte = drawn);
    let drawn = Drawn { key: papers::chance()?, seed: papers::chance()?, nonce };
    let sealed = custody::seal(root, opening, (quorum, custodians), &drawn)?;
    Ok(sealed.opening.to_bytes()?)
}

/// Whose share, and of what.
#[derive(clap::Args)]
pub struct ShareArguments {
    /// The sealed opening, or the share that a docket gave you.
    #[arg(long)]
    sealed: PathBuf,
    /// The file with your secret half, made by `seawall evaluation custodian`.
    #[arg(long)]
    key: PathBuf,
    /// Where the share goes; only its owner may read it. It is of this opening and of no other.
    #[arg(long)]
    out: PathBuf,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Takes a share out.
pub(super) fn share(arguments: &ShareArguments) -> anyhow::Result<ExitCode> {
    let keeper = keeper(&arguments.key)?;
    let shown = arguments.sealed.display();
    let sealed = own(&papers::read(&arguments.sealed)?, &keeper);
    let taken = match sealed.with_context(|| format!("cannot use {shown}"))? {
        Some(sealed) => {
            let share = custody::share(&sealed, &keeper).transpose();
            share.with_context(|| format!("cannot use {shown}"))?.map(|share| (share, sealed))
        }
        None => None,
    };
    let Some((share, sealed)) = taken else {
        match arguments.json {
            true => print_json(&json!({"taken": false, "error": "none of its shares is yours"}))?,
            false => say!("none of its shares is yours"),
        }
        return Ok(ExitCode::from(1));
    };
    let line = format!("{}\n", share.text());
    papers::keep(&arguments.out, line.as_bytes(), Readers::Owner)?;
    let (root, quorum) = (sealed.root, sealed.quorum);
    let number = share.number();
    match arguments.json {
        true => print_json(&json!({"taken": true, "root": root, "share": number}))?,
        false => say!("share {number} of {root}; {quorum} such shares open it"),
    }
    Ok(ExitCode::SUCCESS)
}

/// The share of whoever has that key, in a sealed opening or as a docket gives it out alone.
fn own(bytes: &[u8], keeper: &Keeper) -> anyhow::Result<Option<SealedShare>> {
    if let Ok(share) = SealedShare::read(bytes) {
        return Ok(Some(share));
    }
    let sealed = SealedOpening::read(bytes)?;
    let mut shares = sealed.shares.iter();
    let mine = shares.find(|share| *share.to.bytes() == keeper.public());
    Ok(mine.map(|mine| sealed.share(mine)))
}

/// The shares, and what they open.
#[derive(clap::Args)]
pub struct OpenArguments {
    /// The custodians' shares, one file each.
    #[arg(required = true)]
    shares: Vec<PathBuf>,
    /// The sealed opening.
    #[arg(long)]
    sealed: PathBuf,
    /// What was published.
    #[arg(long)]
    commitment: PathBuf,
    /// Where the opening goes; only its owner may read it.
    #[arg(long)]
    out: PathBuf,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Opens.
pub(super) fn open(arguments: &OpenArguments) -> anyhow::Result<ExitCode> {
    let shown = arguments.sealed.display();
    let sealed = SealedOpening::read(&papers::read(&arguments.sealed)?);
    let sealed = sealed.with_context(|| format!("cannot use {shown}"))?;
    let root = commitment(&arguments.commitment)?.root()?;
    if sealed.root != root {
        bail!("cannot use {shown}: it is not that of this commitment");
    }
    let parts = arguments.shares.iter().map(|path| part(path)).collect::<Result<Vec<_>, _>>()?;
    let key = match custody::joined(&sealed, &parts) {
        Ok(key) => key,
        Err(fault) => {
            match arguments.json {
                true => print_json(&json!({"opened": false, "error": fault.to_string()}))?,
                false => say!("{fault}"),
            }
            return Ok(ExitCode::from(1));
        }
    };
    let opening = custody::deciphered(&sealed, &key);
    let opening = opening.with_context(|| format!("cannot open {shown}"))?;
    sealing::reopen(&opening, root)?;
    let by: Vec<u8> = parts.iter().map(Share::number).collect();
    note(
        &arguments.sealed,
        OPENINGS,
        &json!({"at": Timestamp::now(), "root": root, "shares": by}),
    )?;
    papers::keep(&arguments.out, &opening, Readers::Owner)?;
    match arguments.json {
        true => print_json(&json!({"opened": true, "root": root, "shares": parts.len()}))?,
        false => say!("opened {root} with {}", count(parts.len(), "share")),
    }
    Ok(ExitCode::SUCCESS)
}

/// Writes down beside a file what is opened or shown of it, before anybody has it.
pub(super) fn note(of: &Path, list: &str, line: &serde_json::Value) -> anyhow::Result<()> {
    let path = of.with_file_name(list);
    let written = || format!("writing down in {} what is opened", path.display());
    let mut options = File::options();
    let file = options.create(true).append(true).mode(0o600).open(&path);
    let mut file = file.with_context(written)?;
    let line = format!("{line}\n");
    file.write_all(line.as_bytes()).and_then(|()| file.sync_all()).with_context(written)
}

fn part(path: &Path) -> anyhow::Result<Share> {
    let bytes = papers::read(path)?;
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    Share::parse(text.trim_end()).with_context(|| format!("cannot use {}", path.display()))
}
