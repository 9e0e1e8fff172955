//! Sealing by files: a protocol into a commitment, signatures under it, and back by its shares.

use super::papers::{self, Readers};
use crate::command::gateway::papers::secret;
use crate::command::{print_json, say};
use anyhow::{Context, bail};
use aws_lc_rs::aead::{AES_256_GCM, Aad, Nonce, RandomizedNonceKey};
use jiff::Timestamp;
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::protocol::FIELDS;
use seawall_ledger::canonical::{canonical, read_canonical};
use seawall_ledger::shares::{self, Share};
use seawall_services::evaluation::determination::{Published, SIGNATURES_MIN, TokenBook};
use seawall_services::evaluation::sealing;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The names of what sealing makes.
const COMMITMENT: &str = "commitment.json";
const TOKENS: &str = "tokens.json";
const OPENING: &str = "opening.json";
const SEALED: &str = "opening.sealed";

/// What a sealed opening says of itself.
const SCHEMA: &str = "seawall/sealed-opening/v1";

/// Which protocol, and where everything goes.
#[derive(clap::Args)]
pub struct SealArguments {
    /// The protocol, as JSON.
    protocol: PathBuf,
    /// A folder for what is made; it is made as well.
    #[arg(long)]
    out: PathBuf,
    /// Split the key of the opening among so many custodians, and keep no opening.
    #[arg(long, requires = "threshold")]
    shares: Option<usize>,
    /// How many of them open it together.
    #[arg(long, requires = "shares")]
    threshold: Option<usize>,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Seals.
pub(super) fn seal(arguments: &SealArguments) -> anyhow::Result<ExitCode> {
    let bytes = papers::read(&arguments.protocol)?;
    let protocol = seawall_formats::protocol::read(&bytes)
        .with_context(|| format!("cannot seal {}", arguments.protocol.display()))?;
    let salts = FIELDS.iter().map(|_| papers::chance()).collect::<anyhow::Result<Vec<_>>>()?;
    let commitment = sealing::commit(&protocol, &salts)?;
    let draft = sealing::draft(&protocol, &commitment, None)?;
    let published = Published::of(&draft, Timestamp::now());
    let root = published.root()?;
    let tokens = TokenBook::open(&draft, &published, papers::chance()?)?;
    std::fs::create_dir_all(&arguments.out)
        .with_context(|| format!("cannot make {}", arguments.out.display()))?;
    let place = |name: &str| arguments.out.join(name);
    papers::keep(&place(COMMITMENT), &published.to_bytes()?, Readers::Anybody)?;
    papers::keep(&place(TOKENS), &tokens.to_bytes()?, Readers::Owner)?;
    let opening = commitment.opening()?;
    let mut secret = vec![TOKENS.to_owned()];
    match (arguments.shares, arguments.threshold) {
        (Some(custodians), Some(quorum)) => {
            let names = split(&arguments.out, root, &opening, quorum, custodians)?;
            secret.extend(names);
        }
        _ => {
            papers::keep(&place(OPENING), &opening, Readers::Owner)?;
            secret.push(OPENING.to_owned());
        }
    }
    if arguments.json {
        print_json(&json!({"root": root, "public": [COMMITMENT], "secret": secret}))?;
    } else {
        say!("root {root}");
        say!("to be signed by {SIGNATURES_MIN} people and published: {COMMITMENT}");
        say!("secret: {}", secret.join(", "));
    }
    Ok(ExitCode::SUCCESS)
}

/// An opening under a key that is split.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SealedOpening {
    schema: String,
    root: Digest,
    /// What tells the right key from a wrong one.
    check: Digest,
    quorum: usize,
    /// Nonce and ciphertext (AES-256-GCM), in hexadecimal digits.
    sealed: String,
}

fn split(
    folder: &Path,
    root: Digest,
    opening: &[u8],
    quorum: usize,
    custodians: usize,
) -> anyhow::Result<Vec<String>> {
    let key = papers::chance()?;
    let parts = shares::split(&key, quorum, custodians, papers::chance()?)?;
    let cipher = RandomizedNonceKey::new(&AES_256_GCM, &key);
    let cipher = cipher.map_err(|_| anyhow::anyhow!("cannot encrypt the opening"))?;
    let mut text = opening.to_vec();
    let nonce = cipher.seal_in_place_append_tag(Aad::from(root.bytes()), &mut text);
    let nonce = nonce.map_err(|_| anyhow::anyhow!("cannot encrypt the opening"))?;
    let sealed = SealedOpening {
        schema: SCHEMA.to_owned(),
        root,
        check: Digest::new(shares::check(&key)),
        quorum,
        sealed: papers::hex(&[nonce.as_ref().as_slice(), &text].concat()),
    };
    let bytes = canonical(&serde_json::to_value(sealed)?)?;
    papers::keep(&folder.join(SEALED), &bytes, Readers::Owner)?;
    let mut names = vec![SEALED.to_owned()];
    for part in parts {
        let name = format!("share-{}.txt", part.number());
        let line = format!("{}\n", part.text());
        papers::keep(&folder.join(&name), line.as_bytes(), Readers::Owner)?;
        names.push(name);
    }
    Ok(names)
}

/// Which commitment, and who signs.
#[derive(clap::Args)]
pub struct SignArguments {
    /// The commitment; the signature is added to the file.
    commitment: PathBuf,
    /// The file with the key that signs, made by `seawall gateway key`.
    #[arg(long)]
    key: PathBuf,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Signs.
pub(super) fn sign(arguments: &SignArguments) -> anyhow::Result<ExitCode> {
    let _turn = papers::turn(&arguments.commitment)?;
    let published = commitment(&arguments.commitment)?;
    let signed = published.sign(&secret(&arguments.key)?)?;
    papers::replace(&arguments.commitment, &signed.to_bytes()?, Readers::Anybody)?;
    let (count, root) = (signed.signatures.len(), signed.root()?);
    match arguments.json {
        true => print_json(&json!({"root": root, "signed_by": signed.signed_by()?}))?,
        false => say!("{count} of at least {SIGNATURES_MIN} people have signed {root}"),
    }
    Ok(ExitCode::SUCCESS)
}

/// Reads a published commitment.
pub(super) fn commitment(path: &Path) -> anyhow::Result<Published> {
    let published = Published::read(&papers::read(path)?);
    published.with_context(|| format!("cannot use {}", path.display()))
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
    let tree = read_canonical(&papers::read(&arguments.sealed)?);
    let tree = tree.with_context(|| format!("cannot use {shown}"))?;
    let Ok(sealed) = serde_json::from_value::<SealedOpening>(tree) else {
        bail!("cannot use {shown}: it is no sealed opening");
    };
    let root = commitment(&arguments.commitment)?.root()?;
    if sealed.schema != SCHEMA || sealed.root != root {
        bail!("cannot use {shown}: it is not that of this commitment");
    }
    let parts = arguments.shares.iter().map(|path| share(path)).collect::<Result<Vec<_>, _>>()?;
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
    papers::keep(&arguments.out, &opening, Readers::Owner)?;
    match arguments.json {
        true => print_json(&json!({"opened": true, "root": root, "shares": parts.len()}))?,
        false => say!("opened {root} with {} shares", parts.len()),
    }
    Ok(ExitCode::SUCCESS)
}

fn share(path: &Path) -> anyhow::Result<Share> {
    let bytes = papers::read(path)?;
    let text = std::str::from_utf8(&bytes).unwrap_or_default();
    Share::parse(text.trim_end()).with_context(|| format!("cannot use {}", path.display()))
}

fn decipher(key: &[u8; 32], root: Digest, sealed: &str) -> Option<Vec<u8>> {
    let bytes = papers::from_hex(sealed)?;
    let (nonce, text) = bytes.split_at_checked(aws_lc_rs::aead::NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let cipher = RandomizedNonceKey::new(&AES_256_GCM, key).ok()?;
    let mut text = text.to_vec();
    let length = cipher.open_in_place(nonce, Aad::from(root.bytes()), &mut text).ok()?.len();
    text.truncate(length);
    Some(text)
}

/// Which field, and of what.
#[derive(clap::Args)]
pub struct DiscloseArguments {
    /// The opening.
    opening: PathBuf,
    /// What was published.
    #[arg(long)]
    commitment: PathBuf,
    /// The field, as a JSON pointer such as `/rule/tau_1`.
    #[arg(long)]
    field: String,
    /// Where the disclosure goes; only its owner may read it.
    #[arg(long)]
    out: PathBuf,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Makes what shows one field and no other.
pub(super) fn disclose(arguments: &DiscloseArguments) -> anyhow::Result<ExitCode> {
    let root = commitment(&arguments.commitment)?.root()?;
    let opened = sealing::open(&papers::read(&arguments.opening)?, root);
    let opened = opened.with_context(|| format!("cannot use {}", arguments.opening.display()))?;
    let Ok(disclosure) = opened.disclose(&arguments.field) else {
        bail!("there is no such field; there is {}", FIELDS.join(", "));
    };
    papers::keep(&arguments.out, &disclosure.to_bytes()?, Readers::Owner)?;
    match arguments.json {
        true => print_json(&json!({"field": disclosure.path(), "root": root}))?,
        false => say!("shows {} of {root}, and no other field", disclosure.path()),
    }
    Ok(ExitCode::SUCCESS)
}

/// Which disclosure, and what it is held against.
#[derive(clap::Args)]
pub struct ShowArguments {
    /// The disclosure.
    disclosure: PathBuf,
    /// What was published.
    #[arg(long)]
    commitment: PathBuf,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Holds a disclosure against what was published, and shows the field.
pub(super) fn show(arguments: &ShowArguments) -> anyhow::Result<ExitCode> {
    let root = commitment(&arguments.commitment)?.root()?;
    let (field, value) = match sealing::shown(&papers::read(&arguments.disclosure)?, root) {
        Ok(shown) => shown,
        Err(fault) => {
            match arguments.json {
                true => print_json(&json!({"verified": false, "error": fault.to_string()}))?,
                false => say!("{fault}"),
            }
            return Ok(ExitCode::from(1));
        }
    };
    match arguments.json {
        true => print_json(&json!({"verified": true, "field": field, "value": value}))?,
        false => say!("{field} = {value}"),
    }
    Ok(ExitCode::SUCCESS)
}
