//! A side's part in the draw of a panel: it commits to a number that nobody can guess, and reveals
//! it once all have committed (FRONTIER 5).

use super::One;
use crate::command::gateway::{papers, random};
use anyhow::Context;
use seawall_domain::digest::Digest;
use seawall_domain::id::PartyId;
use seawall_domain::partner::lottery::commitment;
use seawall_services::desk::digest;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Which number.
#[derive(clap::Args)]
pub struct Number {
    /// The file with the number; only its owner may read it. One that is not there is made, with a
    /// number by chance.
    #[arg(long)]
    number: PathBuf,
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
    let side = side(one).await?;
    if !of.number.exists() {
        papers::new(&of.number, format!("{}\n", Digest::new(random())).as_bytes())?;
    }
    let number = read(&of.number)?;
    let to = commitment(side, number.bytes(), digest);
    one.step("commit_draw", json!({ "to": to })).await
}

/// Reveals.
pub async fn reveal(one: &One, of: &Revealed) -> anyhow::Result<()> {
    one.step("reveal_draw", json!({ "nonce": read(&of.number)? })).await
}

/// The own party, which is part of what is committed to.
async fn side(one: &One) -> anyhow::Result<PartyId> {
    let told = one.asking.client()?.get(&one.path("")).await?;
    let draw = told.get("draw").filter(|draw| !draw.is_null());
    let own = draw.context("no draw is under way")?["own"].as_str();
    Ok(own.context("your party is no side of this draw")?.parse()?)
}

fn read(path: &Path) -> anyhow::Result<Digest> {
    let shown = path.display();
    let text = std::fs::read_to_string(path).with_context(|| format!("reading {shown}"))?;
    // What is in the file is never repeated.
    text.trim().parse().map_err(|_| anyhow::anyhow!("{shown} holds no number of 64 digits"))
}
