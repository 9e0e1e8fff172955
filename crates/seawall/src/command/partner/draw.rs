//! A side's part in the draw of a panel: it commits to a number that nobody can guess, and reveals
//! it once all have committed (FRONTIER 5).

use super::One;
use crate::command::gateway::{papers, random};
use anyhow::{Context, bail};
use seawall_domain::digest::Digest;
use seawall_domain::id::PartyId;
use seawall_domain::partner::lottery::commitment;
use seawall_services::desk::digest;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Which number, and whose.
#[derive(clap::Args)]
pub struct Number {
    /// The file with the number; only its owner may read it. One that is not there is made, with a
    /// number by chance.
    #[arg(long)]
    number: PathBuf,
    /// Your party: it is part of what is committed to.
    #[arg(long)]
    party: PartyId,
}

/// Which number.
#[derive(clap::Args)]
pub struct Revealed {
    /// The file with the number, as it was committed to.
    #[arg(long)]
    number: PathBuf,
}

/// Commits. A number that is in the file already is taken: it was not sent, or may not have been.
pub async fn commit(one: &One, of: &Number) -> anyhow::Result<()> {
    sides(one, of.party).await?;
    if !of.number.exists() {
        papers::new(&of.number, format!("{}\n", Digest::new(random())).as_bytes())?;
    }
    let number = read(&of.number)?;
    let to = commitment(of.party, number.bytes(), digest);
    one.step("commit_draw", json!({ "to": to })).await
}

/// Reveals.
pub async fn reveal(one: &One, of: &Revealed) -> anyhow::Result<()> {
    one.step("reveal_draw", json!({ "nonce": read(&of.number)? })).await
}

/// Whether a party is one of the draw's: whoever commits under another's name could never reveal.
async fn sides(one: &One, party: PartyId) -> anyhow::Result<()> {
    let told = one.asking.client()?.get(&one.path("")).await?;
    let sides = told["draw"]["unrevealed"].as_array().context("no draw is under way")?;
    let sides: Vec<&str> = sides.iter().filter_map(Value::as_str).collect();
    if !sides.contains(&party.to_string().as_str()) {
        bail!("this draw is between {}; `--party` names yours", sides.join(" and "));
    }
    Ok(())
}

fn read(path: &Path) -> anyhow::Result<Digest> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {shown}"))?;
    // What is in the file is never repeated.
    text.trim().parse().map_err(|_| anyhow::anyhow!("{shown} holds no number of 64 digits"))
}
