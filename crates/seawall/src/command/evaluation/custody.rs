//! Custody of an opening: encrypted under a key that is split, each share for one custodian.
//!
//! Nobody holds the opening, and nobody the key: whoever seals forgets both. A custodian takes the
//! own share out of the sealed opening by a private key (RFC 9180), and a quorum of shares opens
//! it; fewer give nothing (FRONTIER 3.4, F14). Every opening is written down before it is made.

use super::papers::{self, Readers};
use super::seal::commitment;
use crate::command::gateway::papers::{keeper, keeper_made};
use crate::command::{print_json, say};
use anyhow::{Context, bail};
use aws_lc_rs::aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey};
use jiff::Timestamp;
use seawall_domain::digest::Digest;
use seawall_gateway::recipient::{Enclosed, Recipient};
use seawall_ledger::canonical::{canonical, read_canonical};
use seawall_ledger::shares::{self, CUSTODIANS_MAX, Share};
use seawall_services::evaluation::sealing;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use std::fs::File;
use std::io::Write as _;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What a sealed opening says of itself.
const SCHEMA: &str = "seawall/sealed-opening/v2";

/// What a share is encrypted for.
const SHARE: &[u8] = b"seawall/sealed-opening/v2/share";

/// The list of what was opened, beside what was opened.
const OPENINGS: &str = "openings.jsonl";

/// An opening under a key that is split among custodians.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SealedOpening {
    schema: String,
    root: Digest,
    /// What tells the right key from a wrong one.
    check: Digest,
    quorum: usize,
    /// Each custodian's share, encrypted to that custodian alone.
    shares: Vec<Enclosed>,
    /// Nonce and ciphertext (AES-256-GCM), in hexadecimal digits.
    sealed: String,
}

impl SealedOpening {
    fn read(path: &Path) -> anyhow::Result<SealedOpening> {
        let shown = path.display();
        let tree = read_canonical(&papers::read(path)?);
        let tree = tree.with_context(|| format!("cannot use {shown}"))?;
        let sealed = serde_json::from_value::<SealedOpening>(tree).ok();
        let fits = |sealed: &SealedOpening| {
            sealed.schema == SCHEMA && sealed.shares.len() <= CUSTODIANS_MAX
        };
        match sealed.filter(fits) {
            Some(sealed) => Ok(sealed),
            None => bail!("cannot use {shown}: it is no sealed opening"),
        }
    }

    /// What a share belongs to.
    fn about(&self) -> Vec<u8> {
        about(&self.root, &self.check)
    }
}

fn about(root: &Digest, check: &Digest) -> Vec<u8> {
    [root.bytes().as_slice(), check.bytes()].concat()
}

/// Encrypts an opening under a new key, and splits that among the custodians.
pub(super) fn seal(
    root: Digest,
    opening: &[u8],
    quorum: usize,
    custodians: &[Recipient],
) -> anyhow::Result<Vec<u8>> {
    if custodians.iter().collect::<BTreeSet<_>>().len() != custodians.len() {
        bail!("a custodian is named twice: each has one share");
    }
    let key = papers::chance()?;
    let parts = shares::split(&key, quorum, custodians.len(), papers::chance()?)?;
    let cipher = RandomizedNonceKey::new(&AES_256_GCM, &key);
    let cipher = cipher.map_err(|_| anyhow::anyhow!("cannot encrypt the opening"))?;
    let mut text = opening.to_vec();
    let nonce = cipher.seal_in_place_append_tag(Aad::from(root.bytes()), &mut text);
    let nonce = nonce.map_err(|_| anyhow::anyhow!("cannot encrypt the opening"))?;
    let check = Digest::new(shares::check(&key));
    let about = about(&root, &check);
    let enclosed = custodians
        .iter()
        .zip(&parts)
        .map(|(custodian, part)| custodian.enclose(SHARE, &about, part.text().as_bytes()));
    let sealed = SealedOpening {
        schema: SCHEMA.to_owned(),
        root,
        check,
        quorum,
        shares: enclosed.collect::<Result<_, _>>()?,
        sealed: papers::hex(&[nonce.as_ref().as_slice(), &text].concat()),
    };
    Ok(canonical(&serde_json::to_value(sealed)?)?)
}

/// A new key.
#[derive(clap::Args)]
pub struct CustodianArguments {
    /// Where the secret half goes; only its owner may read it.
    file: PathBuf,
}

/// Makes a custodian's key.
pub(super) fn custodian(arguments: &CustodianArguments) -> anyhow::Result<ExitCode> {
    keeper_made(&arguments.file)
}

/// Whose share, and of what.
#[derive(clap::Args)]
pub struct ShareArguments {
    /// The sealed opening.
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
    let sealed = SealedOpening::read(&arguments.sealed)?;
    let keeper = keeper(&arguments.key)?;
    let Some(mine) = sealed.shares.iter().find(|share| share.to == keeper.public()) else {
        match arguments.json {
            true => print_json(&json!({"taken": false, "error": "none of its shares is yours"}))?,
            false => say!("none of its shares is yours"),
        }
        return Ok(ExitCode::from(1));
    };
    let shown = arguments.sealed.display();
    let text = keeper.open(SHARE, &sealed.about(), mine);
    let text = text.with_context(|| format!("cannot use {shown}: it was altered"))?;
    let share = Share::parse(std::str::from_utf8(&text).unwrap_or_default())?;
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
    let sealed = SealedOpening::read(&arguments.sealed)?;
    let root = commitment(&arguments.commitment)?.root()?;
    if sealed.root != root {
        bail!("cannot use {shown}: it is not that of this commitment");
    }
    let parts = arguments.shares.iter().map(|path| part(path)).collect::<Result<Vec<_>, _>>()?;
    let key = match shares::combine(&parts, sealed.check.bytes()) {
        Ok(key) => key,
        Err(fault) => {
            match arguments.json {
                true => print_json(&json!({"opened": false, "error": fault.to_string()}))?,
                false => say!("{fault}"),
            }
            return Ok(ExitCode::from(1));
        }
    };
    let opening = decipher(&key, root, &sealed.sealed);
    let opening = opening.with_context(|| format!("cannot open {shown}: it was altered"))?;
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
        false => say!("opened {root} with {} shares", parts.len()),
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

fn decipher(key: &[u8; 32], root: Digest, sealed: &str) -> Option<Vec<u8>> {
    let bytes = papers::from_hex(sealed)?;
    let (nonce, text) = bytes.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let cipher = RandomizedNonceKey::new(&AES_256_GCM, key).ok()?;
    let mut text = text.to_vec();
    let length = cipher.open_in_place(nonce, Aad::from(root.bytes()), &mut text).ok()?.len();
    text.truncate(length);
    Some(text)
}

#[cfg(test)]
mod tests {
    use super::*;
    use seawall_gateway::recipient::Keeper;

    fn keepers() -> Vec<Keeper> {
        (1..=3).map(|seed| Keeper::from_seed([seed; 32]).unwrap()).collect()
    }

    fn sealed() -> SealedOpening {
        let custodians: Vec<Recipient> = keepers().iter().map(Keeper::public).collect();
        let bytes = seal(Digest::new([7; 32]), b"the opening", 2, &custodians).unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    /// The shares that these custodians take out.
    fn taken(sealed: &SealedOpening, numbers: &[usize]) -> Vec<Share> {
        let share = |number: &usize| {
            let text = keepers()[*number].open(SHARE, &sealed.about(), &sealed.shares[*number]);
            Share::parse(std::str::from_utf8(&text.unwrap()).unwrap()).unwrap()
        };
        numbers.iter().map(share).collect()
    }

    #[test]
    fn a_quorum_opens_and_fewer_have_nothing() {
        let sealed = sealed();
        let check = |numbers: &[usize], expected: bool| {
            let key = shares::combine(&taken(&sealed, numbers), sealed.check.bytes());
            let opening = key.ok().and_then(|key| decipher(&key, sealed.root, &sealed.sealed));
            assert_eq!(opening.as_deref() == Some(b"the opening"), expected, "{numbers:?}");
        };
        check(&[0, 1], true);
        check(&[2, 0], true);
        check(&[0, 1, 2], true);
        check(&[1], false);
        check(&[1, 1], false);
        check(&[], false);
    }

    #[test]
    fn a_share_is_for_one_custodian_and_one_opening() {
        let (one, other) = (sealed(), sealed());
        let keepers = keepers();
        assert!(keepers[1].open(SHARE, &one.about(), &one.shares[0]).is_err());
        assert!(keepers[0].open(SHARE, &other.about(), &one.shares[0]).is_err());
        let mixed = [taken(&one, &[0]), taken(&other, &[1])].concat();
        assert!(shares::combine(&mixed, one.check.bytes()).is_err());
        assert!(decipher(&[0; 32], one.root, &one.sealed).is_none());
    }

    #[test]
    fn a_custodian_has_one_share() {
        let one = keepers()[0].public();
        assert!(seal(Digest::new([7; 32]), b"", 2, &[one, one, keepers()[1].public()]).is_err());
        assert!(seal(Digest::new([7; 32]), b"", 2, &[one]).is_err(), "fewer than the quorum");
        assert!(seal(Digest::new([7; 32]), b"", 1, &[one, keepers()[1].public()]).is_err());
    }
}
