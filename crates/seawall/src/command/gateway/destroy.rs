//! `seawall gateway destroy`: what a gateway held is deleted once its window is over, each object
//! named before, and a certificate says that it is gone.

use crate::command::clearinghouse::{Asking, bytes};
use crate::command::{engagement, say};
use anyhow::{Context as _, bail};
use jiff::Timestamp;
use seawall_domain::id::EngagementId;
use seawall_gateway::destruction::{self, Undestroyed, certificate};
use std::path::{Path, PathBuf};
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
    #[command(flatten)]
    send: Destination,
}

/// Where the certificate is brought in afterwards.
#[derive(clap::Args)]
struct Destination {
    /// Bring the certificate into this engagement, as the developer or the official. Where it was
    /// written before, it is only sent.
    #[arg(long, value_name = "ENGAGEMENT", requires = "server", requires = "account_key")]
    send: Option<EngagementId>,
    /// The clearinghouse's address.
    #[arg(long, requires = "send")]
    server: Option<String>,
    /// The file with the key of an account there.
    #[arg(long, requires = "send")]
    account_key: Option<PathBuf>,
}

impl Destination {
    /// Sends the certificate in a gateway's folder, where that was asked for.
    async fn deliver(&self, folder: &Path, json: bool) -> anyhow::Result<()> {
        let Destination { send: Some(id), server: Some(server), account_key: Some(key) } = self
        else {
            return Ok(());
        };
        let asking = Asking { server: server.clone(), account_key: key.clone(), json };
        let sent = bytes(&folder.join(certificate::FILE))?;
        engagement::deliver(&asking, *id, sent).await
    }
}

/// Names what goes, asks, deletes it, and writes the certificate.
pub async fn destroy(arguments: DestroyArguments) -> anyhow::Result<ExitCode> {
    let DestroyArguments { folder, yes, json, send } = &arguments;
    let plan = match destruction::plan(folder, Timestamp::now()) {
        Err(Undestroyed::Done) if send.send.is_some() => {
            send.deliver(folder, *json).await?;
            return Ok(ExitCode::SUCCESS);
        }
        plan => plan?,
    };
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
        true if send.send.is_some() => {}
        true => crate::command::print_json(&told)?,
        false => {
            say!("gone: {} objects", told.objects);
            say!("the certificate is {}", folder.join(certificate::FILE).display());
            say!("whoever has it verifies it by {}", told.signer);
        }
    }
    send.deliver(folder, *json).await?;
    Ok(ExitCode::SUCCESS)
}
