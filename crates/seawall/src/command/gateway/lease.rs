//! `seawall gateway lease` and `withdraw`: what keeps a gateway open, and what closes it for good.
//!
//! With `--checkpoints` each answer's checkpoint is held against those that were kept. Where the
//! journal was written anew no further lease is signed, so that the gateway closes by itself; a
//! withdrawal is always sent first, and looked at after.

use super::random;
use super::unusual;
use super::word::{Heard, Said, Untaken, sealing};
use crate::command::say;
use anyhow::Context;
use jiff::{SignedDuration, Timestamp};
use seawall_domain::engagement::lease::{LEASE_SECONDS_MAX, Lease};
use seawall_formats::gateway::lease::Leased;
use seawall_gateway::control::{LEASE, WITHDRAWAL, Withdrawal};
use seawall_gateway::kept::{Kept, Unkept};
use seawall_gateway::record::Overruns;
use seawall_gateway::settings::Settings;
use seawall_gateway::supply;
use seawall_ledger::note::VerifierKey;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;
use zeroize::Zeroizing;

/// How long to wait at most before a lease that did not arrive is sent again.
const AGAIN_AFTER: Duration = Duration::from_secs(5);

/// A lease.
#[derive(clap::Args)]
pub struct LeaseArguments {
    #[command(flatten)]
    said: Said,
    /// How long it lasts, in seconds.
    #[arg(long, default_value_t = 60)]
    #[arg(value_parser = clap::value_parser!(i64).range(1..=LEASE_SECONDS_MAX))]
    seconds: i64,
    /// Go on leasing until interrupted: the gateway closes when this ends.
    #[arg(long)]
    keep: bool,
    #[command(flatten)]
    keeping: Keeping,
    /// The file with the provider's key, and nothing else: it is encrypted to the gateway for each
    /// lease, where its settings say `key = "lease"`. Needs `--signer`.
    #[arg(long, requires = "signer")]
    upstream_key: Option<PathBuf>,
}

/// Where checkpoints of the gateway's journal are kept.
#[derive(clap::Args)]
pub struct Keeping {
    /// A folder in which each new checkpoint of the gateway's journal is kept, once it is shown
    /// that it goes on from the last one. Status 1 where it does not.
    #[arg(long)]
    checkpoints: Option<PathBuf>,
    /// The gateway's key as verifiers write it (`serve` says it); without it the first contact is
    /// believed.
    #[arg(long)]
    signer: Option<VerifierKey>,
}

impl Keeping {
    /// Opens the folder, if there is one.
    fn open(&self, settings: &Settings) -> Result<Option<Kept>, Unkept> {
        let open = |folder| Kept::open(folder, self.signer.as_ref(), Some(settings.window.id));
        self.checkpoints.as_deref().map(open).transpose()
    }
}

/// Signs leases and sends them.
pub async fn lease(arguments: LeaseArguments) -> anyhow::Result<ExitCode> {
    let settings = Settings::read(&arguments.said.settings)?;
    if arguments.upstream_key.is_some() {
        super::memory::close()?;
    }
    let key = arguments.upstream_key.as_deref().map(upstream_key).transpose()?;
    let mut kept = match arguments.keeping.open(&settings) {
        Ok(kept) => kept,
        Err(why) => return Ok(stops(&why)),
    };
    let until = crate::command::told_to_end()?;
    let mut until = std::pin::pin!(until);
    let (mut is_leased, mut overruns, mut alarms) = (false, Overruns::default(), 0);
    loop {
        let lines = kept.as_ref().and_then(Kept::lines);
        let mut rest = Duration::from_secs(arguments.seconds.unsigned_abs()) / 2;
        match once(&arguments, &settings, key.as_ref().map(|key| key.as_slice()), lines).await {
            Ok((not_after, heard)) => {
                is_leased = true;
                say!("leased until {not_after}");
                told(&mut overruns, &heard);
                alarms = unusual::told(alarms, &heard.alarms);
                if let Err(why) = looked(kept.as_mut(), &heard) {
                    return Ok(stops(&why));
                }
            }
            // Whom it never reached, or who refuses it, it was not set up for; another one may
            // come back.
            Err(error) if !arguments.keep || !is_leased || error.is::<Untaken>() => {
                return Err(error);
            }
            Err(error) => {
                say!("not leased: {error:#}");
                rest = rest.min(AGAIN_AFTER);
            }
        }
        if !arguments.keep {
            return Ok(ExitCode::SUCCESS);
        }
        tokio::select! {
            () = &mut until => return Ok(ExitCode::SUCCESS),
            () = tokio::time::sleep(rest) => {}
        }
    }
}

/// Signs one lease and sends it; says until when it is.
async fn once(
    arguments: &LeaseArguments,
    settings: &Settings,
    key: Option<&[u8]>,
    kept: Option<u64>,
) -> anyhow::Result<(Timestamp, Heard)> {
    let LeaseArguments { said, keeping, .. } = arguments;
    let mut to = None;
    if let (Some(_), Some(signer)) = (key, &keeping.signer) {
        to = Some(sealing(said.gateway.as_deref(), settings, signer).await?);
    }
    let now = Timestamp::now();
    let not_after = now + SignedDuration::from_secs(arguments.seconds);
    // The time is the number: it grows from lease to lease, from whichever machine they come.
    let seq = u64::try_from(now.as_microsecond()).unwrap_or(0);
    let (window, snapshot) = (settings.window.id, settings.window.snapshot);
    let lease = Lease { window, snapshot, scope: settings.scope.clone(), not_after, seq };
    let supplied = key.zip(to).map(|(key, to)| supply(to, &lease, key, random()));
    let leased = Leased { upstream_key: supplied.transpose()?, lease };
    let heard = said.send(settings, LEASE, &leased, kept).await?;
    Ok((not_after, heard))
}

/// Reads the provider's key; it is written over once it is not needed.
fn upstream_key(path: &Path) -> anyhow::Result<Zeroizing<Vec<u8>>> {
    let bytes = std::fs::read(path).with_context(|| format!("reading {}", path.display()))?;
    let bytes = Zeroizing::new(bytes);
    Ok(Zeroizing::new(bytes.trim_ascii().to_vec()))
}

/// A withdrawal.
#[derive(clap::Args)]
pub struct WithdrawArguments {
    #[command(flatten)]
    said: Said,
    #[command(flatten)]
    keeping: Keeping,
}

/// Withdraws, and then looks at the journal's last checkpoint.
pub async fn withdraw(arguments: WithdrawArguments) -> anyhow::Result<ExitCode> {
    let settings = Settings::read(&arguments.said.settings)?;
    let withdrawal = Withdrawal { window: settings.window.id };
    // Whatever is wrong with what was kept, it is sent.
    let kept = arguments.keeping.open(&settings);
    let lines = kept.as_ref().ok().and_then(|kept| kept.as_ref()?.lines());
    let heard = arguments.said.send(&settings, WITHDRAWAL, &withdrawal, lines).await?;
    say!("withdrawn: nothing passes any more");
    told(&mut Overruns::default(), &heard);
    unusual::told(0, &heard.alarms);
    match kept.and_then(|mut kept| looked(kept.as_mut(), &heard)) {
        Ok(()) => Ok(ExitCode::SUCCESS),
        Err(why) => {
            say!("DOES NOT HOLD: {why}");
            Ok(ExitCode::from(1))
        }
    }
}

/// Holds an answer's checkpoint against those that were kept, and keeps it.
fn looked(kept: Option<&mut Kept>, heard: &Heard) -> Result<(), Unkept> {
    let Some(kept) = kept else { return Ok(()) };
    let Some(told) = &heard.journal else {
        return Err(Unkept::Unsigned("the gateway gave none".into()));
    };
    kept.take(told, Timestamp::now()).map(drop)
}

/// Says for how many requests the provider counted more than was set aside, when there are more.
fn told(before: &mut Overruns, heard: &Heard) {
    let Overruns { requests, by } = heard.overruns;
    if requests > before.requests {
        let (tokens_in, tokens_out) = (by.tokens_in, by.tokens_out);
        say!(
            "the provider counted more than was set aside for {requests} requests: {tokens_in} \
             tokens in and {tokens_out} out, which nobody bounded; ask the provider why"
        );
    }
    *before = heard.overruns;
}

/// Says why no further lease is signed.
fn stops(why: &Unkept) -> ExitCode {
    say!("DOES NOT HOLD: {why}");
    say!("no further lease is signed, and the gateway closes by itself; `withdraw` closes it now");
    ExitCode::from(1)
}
