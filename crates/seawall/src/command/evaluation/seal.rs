//! Sealing by files: a protocol into a commitment, and signatures under it.

use super::custody;
use super::papers::{self, Readers};
use crate::command::gateway::papers::secret;
use crate::command::{print_json, say};
use anyhow::{Context, bail};
use jiff::Timestamp;
use seawall_domain::evaluation::protocol::FIELDS;
use seawall_domain::recipient::Recipient;
use seawall_services::evaluation::determination::{Published, SIGNATURES_MIN, TokenBook, hash};
use seawall_services::evaluation::sealing;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// The names of what sealing makes.
const COMMITMENT: &str = "commitment.json";
const TOKENS: &str = "tokens.json";
const OPENING: &str = "opening.json";
const SEALED: &str = "opening.sealed";

/// The list of what was shown of an opening, beside it.
const DISCLOSURES: &str = "disclosures.jsonl";

/// Which protocol, and where everything goes.
#[derive(clap::Args)]
pub struct SealArguments {
    /// The protocol, as JSON.
    protocol: PathBuf,
    /// A folder for what is made; it is made as well.
    #[arg(long)]
    out: PathBuf,
    /// A custodian's key, `x25519:…` as `seawall evaluation custodian` prints it; once for each.
    #[arg(long = "custodian", value_name = "KEY", requires = "threshold")]
    #[arg(required_unless_present = "rehearsal")]
    custodians: Vec<Recipient>,
    /// How many of them open it together.
    #[arg(long, requires = "custodians")]
    threshold: Option<usize>,
    /// Keep the opening in plain, for practice: whoever has it knows every threshold.
    #[arg(long, conflicts_with = "custodians")]
    rehearsal: bool,
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
    let opening = commitment.opening()?;
    let (kept, opening) = match arguments.threshold {
        Some(quorum) => (SEALED, custody::seal(root, &opening, quorum, &arguments.custodians)?),
        None => (OPENING, opening),
    };
    let papers = [
        (kept, opening, Readers::Owner),
        (TOKENS, tokens.to_bytes()?, Readers::Owner),
        (COMMITMENT, published.to_bytes()?, Readers::Anybody),
    ];
    lay(&arguments.out, &papers)?;
    let secret = [TOKENS, kept];
    if arguments.json {
        print_json(&json!({"root": root, "public": [COMMITMENT], "secret": secret}))?;
    } else {
        say!("root {root}");
        say!("to be signed by {SIGNATURES_MIN} people and published: {COMMITMENT}");
        say!("secret: {}", secret.join(", "));
    }
    Ok(ExitCode::SUCCESS)
}

/// Lays what was made into a folder that holds nothing of another sealing. The opening comes first
/// and the commitment last: what can be signed can be opened, whatever went wrong on the way.
fn lay(folder: &Path, papers: &[(&str, Vec<u8>, Readers)]) -> anyhow::Result<()> {
    let shown = folder.display();
    std::fs::create_dir_all(folder).with_context(|| format!("cannot make {shown}"))?;
    let names = [COMMITMENT, TOKENS, SEALED, OPENING];
    if let Some(name) = names.into_iter().find(|name| folder.join(name).exists()) {
        bail!("cannot seal into {shown}: it has {name} of another sealing; name a new folder");
    }
    for (name, bytes, readers) in papers {
        papers::keep(&folder.join(name), bytes, *readers)?;
    }
    Ok(())
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

/// Makes what shows one field and no other. It is written down first.
pub(super) fn disclose(arguments: &DiscloseArguments) -> anyhow::Result<ExitCode> {
    let root = commitment(&arguments.commitment)?.root()?;
    let opened = sealing::open(&papers::read(&arguments.opening)?, root);
    let opened = opened.with_context(|| format!("cannot use {}", arguments.opening.display()))?;
    let Ok(disclosure) = opened.disclose(&arguments.field) else {
        bail!("there is no such field; there is {}", FIELDS.join(", "));
    };
    let bytes = disclosure.to_bytes()?;
    let line = json!({
        "at": Timestamp::now(), "root": root, "field": disclosure.path(), "sha256": hash(&bytes),
    });
    custody::note(&arguments.opening, DISCLOSURES, &line)?;
    papers::keep(&arguments.out, &bytes, Readers::Owner)?;
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
