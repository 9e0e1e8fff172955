//! `seawall gateway destroy`: what a gateway held is deleted once its window is over, each object
//! named before, and a certificate says that it is gone.

use crate::command::say;
use anyhow::{Context as _, bail};
use jiff::Timestamp;
use seawall_gateway::destruction::{self, certificate};
use std::path::PathBuf;
use std::process::ExitCode;

/// Whose.
#[derive(clap::Args)]
pub struct DestroyArguments {
    /// The gateway's folder. The gateway must not run.
    folder: PathBuf,
    /// Do not ask whether it is meant.
    #[arg(long)]
    yes: bool,
    /// One JSON document on standard output.
    #[arg(long)]
    json: bool,
}

/// Names what goes, asks, deletes it, and writes the certificate.
pub fn destroy(arguments: &DestroyArguments) -> anyhow::Result<ExitCode> {
    let DestroyArguments { folder, yes, json } = arguments;
    let plan = destruction::plan(folder, Timestamp::now())?;
    if !json {
        for object in plan.objects() {
            say!("{}  {} ({} bytes)", object.sha256, object.name, object.bytes);
        }
    }
    if !yes {
        eprintln!("This deletes {} objects for good. Type `yes` to do it:", plan.objects().len());
        let mut answer = String::new();
        std::io::stdin().read_line(&mut answer).context("reading the answer")?;
        if answer.trim() != "yes" {
            bail!("nothing was deleted");
        }
    }
    let told = plan.destroy(Timestamp::now())?;
    match json {
        true => crate::command::print_json(&told)?,
        false => {
            say!("gone: {} objects", told.objects);
            say!("the certificate is {}", folder.join(certificate::FILE).display());
            say!("whoever has it verifies it by {}", told.signer);
        }
    }
    Ok(ExitCode::SUCCESS)
}
