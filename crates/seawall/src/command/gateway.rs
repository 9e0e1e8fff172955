//! `seawall gateway`: a developer's model behind leases, for those who were granted access.
//!
//! One command for each person: the operator serves, the developer leases and withdraws, the
//! clearinghouse grants and cuts off, the partner attaches, and whoever doubts verifies.

mod attach;
mod certificate;
mod count;
mod destroy;
mod escrow;
mod extend;
mod follow;
mod lease;
mod memory;
pub(super) mod papers;
mod setup;
mod unusual;
mod usage;
mod word;

use crate::command::say;
use anyhow::{Context, bail};
use clap::Subcommand;
use seawall_gateway::settings::Settings;
use seawall_gateway::{Chance, Clock, Gateway};
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

/// What is done.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Serve a window: closed until a lease comes, and whenever there is none.
    Serve {
        /// The settings, TOML (docs/gateway.md).
        #[arg(long)]
        settings: PathBuf,
    },
    /// As the developer or the official: write the settings of a gateway from an engagement whose
    /// window is open, on standard output.
    Settings(setup::SettingsArguments),
    /// Make a key: the secret half into a file, the public half on standard output.
    Key(papers::KeyArguments),
    /// Make a key with a certificate: for a partner whose connections prove it (RFC 8705), or for a
    /// gateway of one's own.
    Certificate(certificate::CertificateArguments),
    /// As the developer: sign a lease and send it, again and again with `--keep`.
    Lease(lease::LeaseArguments),
    /// As the developer: withdraw. It takes effect at once and needs no reason.
    Withdraw(lease::WithdrawArguments),
    /// As the developer and as the clearinghouse, where no clearinghouse serves: let the window end
    /// later. Both sign one word; then it goes to the gateway.
    Extend(extend::ExtendArguments),
    /// As the clearinghouse: write an access token for one person or machine, for minutes.
    Grant(papers::GrantArguments),
    /// As the clearinghouse or the developer: cut off a person, a party or a key.
    Cut(papers::CutArguments),
    /// As the clearinghouse or the developer: watch the clearinghouse, and tell the gateway at once
    /// when the window is over or somebody is stopped.
    Follow(follow::FollowArguments),
    /// As a partner: a local address that any client can use, which proves your key.
    Attach(Box<attach::AttachArguments>),
    /// What is asked and answered, kept so that only developer and partner together can read it.
    Escrow(escrow::Arguments),
    /// What was used, from a gateway's journal: of each quota, by purpose, and by asset.
    Usage(usage::UsageArguments),
    /// Once the window is over: delete the window's key and the files of joint escrow, and write a
    /// certificate that they are gone.
    Destroy(destroy::DestroyArguments),
    /// Sum up what passed, by party, and sign it by the gateway's own key: for `seawall engagement
    /// count`.
    Count(count::CountArguments),
    /// Hold a gateway's journal against itself, and against a checkpoint that somebody kept.
    Verify(papers::VerifyArguments),
}

/// Does one of them.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    match arguments.what {
        What::Serve { settings } => super::block_on(serve(settings)),
        What::Settings(arguments) => super::block_on(setup::settings(arguments)),
        What::Key(arguments) => papers::key(&arguments),
        What::Certificate(arguments) => certificate::make(&arguments),
        What::Lease(arguments) => super::block_on(lease::lease(arguments)),
        What::Withdraw(arguments) => super::block_on(lease::withdraw(arguments)),
        What::Extend(arguments) => super::block_on(extend::extend(arguments)),
        What::Grant(arguments) => papers::grant(&arguments),
        What::Cut(arguments) => super::block_on(papers::cut(arguments)),
        What::Follow(arguments) => super::block_on(follow::follow(arguments)),
        What::Attach(arguments) => super::block_on(attach::attach(*arguments)),
        What::Escrow(arguments) => escrow::run(&arguments),
        What::Usage(arguments) => usage::usage(&arguments),
        What::Destroy(arguments) => super::block_on(destroy::destroy(arguments)),
        What::Count(arguments) => count::count(&arguments),
        What::Verify(arguments) => papers::verify(&arguments),
    }
}

async fn serve(settings: PathBuf) -> anyhow::Result<ExitCode> {
    memory::close()?;
    let settings = Settings::read(&settings)?;
    let until = super::told_to_end()?;
    let listener = tokio::net::TcpListener::bind(settings.listen)
        .await
        .with_context(|| format!("listening on {}", settings.listen))?;
    let listen = listener.local_addr()?;
    if !listen.ip().is_loopback() && settings.address.is_none() {
        bail!(
            "cannot serve on {listen} without a name: give `address` as callers write it, and \
             `[tls]`, or listen on 127.0.0.1 behind a proxy that speaks TLS"
        );
    }
    let address = settings.own_address(listen);
    let (gateway, journal) = Gateway::begin(settings, address.clone(), clock(), chance())?;
    say!("the gateway listens on {listen} as {address}; it is closed until a lease comes");
    say!("whoever keeps its checkpoints verifies them by {}", gateway.verifier());
    seawall_gateway::serve(listener, gateway, until).await?;
    // The journal's thread ends once everything is written.
    let _ = tokio::task::spawn_blocking(move || journal.join()).await;
    Ok(ExitCode::SUCCESS)
}

/// The system's clock.
fn clock() -> Clock {
    Arc::new(|| Some(jiff::Timestamp::now()))
}

/// The system's randomness.
fn chance() -> Chance {
    Arc::new(random)
}

/// 32 random bytes; where the generator fails, from three random ids, which hold 366 random bits.
pub(super) fn random() -> [u8; 32] {
    use sha2::Digest as _;
    let mut bytes = [0; 32];
    if aws_lc_rs::rand::fill(&mut bytes).is_ok() {
        return bytes;
    }
    let ids = [uuid::Uuid::new_v4(), uuid::Uuid::new_v4(), uuid::Uuid::new_v4()];
    sha2::Sha256::digest(ids.map(uuid::Uuid::into_bytes).concat()).into()
}
