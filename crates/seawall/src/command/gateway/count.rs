//! `seawall gateway count`: what passed through a gateway, by party, signed by the gateway's key.
//!
//! It reads the journal and changes nothing. What a request used counts once it has ended; what is
//! under way counts as what was set aside for it, as it would if the gateway stopped now.

use crate::command::say;
use anyhow::{Context, bail};
use seawall_domain::digest::Digest;
use seawall_domain::engagement::count::{PARTIES_MAX, Used};
use seawall_domain::engagement::quota::{Amount, Entry};
use seawall_domain::id::PartyId;
use seawall_formats::gateway::count::{COUNT, Stated};
use seawall_gateway::journal;
use seawall_gateway::record::{Event, Line, Overruns};
use seawall_gateway::settings::Settings;
use seawall_ledger::dsse::Envelope;
use seawall_ledger::sign::SigningKey;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use uuid::Uuid;

/// Of which gateway.
#[derive(clap::Args)]
pub struct CountArguments {
    /// The gateway's settings: they name the window and the folder.
    #[arg(long)]
    settings: PathBuf,
    /// Only print the public half of the gateway's key: for `seawall engagement gateway`.
    #[arg(long)]
    show_key: bool,
}

/// Writes the signed count on standard output.
pub fn count(arguments: &CountArguments) -> anyhow::Result<ExitCode> {
    let settings = Settings::read(&arguments.settings)?;
    let key = gateway_key(&settings.data)?;
    if arguments.show_key {
        say!("{}", key.public());
        return Ok(ExitCode::SUCCESS);
    }
    let mut sums = Sums::default();
    let file = super::papers::journal(&settings.data.join(journal::FILE))?;
    let head = journal::read(&file, |line| sums.take(line))?;
    let stated = Stated {
        window: settings.window.id,
        lines: head.lines,
        root: Digest::new(head.tree.root().0),
        overruns: sums.overruns.requests,
        alarms: sums.alarms,
        parties: sums.parties()?,
    };
    let mut envelope = Envelope::new(COUNT, serde_json::to_vec(&stated)?);
    envelope.sign(&key);
    say!("{}", envelope.to_json());
    Ok(ExitCode::SUCCESS)
}

/// The key in a gateway's folder, by which it signs.
fn gateway_key(folder: &Path) -> anyhow::Result<SigningKey> {
    let file = folder.join("gateway.key");
    let bytes = std::fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
    match <[u8; 32]>::try_from(bytes.as_slice()) {
        Ok(seed) => Ok(SigningKey::from_seed(seed)),
        Err(_) => bail!("{} is not the key of a gateway", file.display()),
    }
}

/// What the lines of a journal add up to.
#[derive(Default)]
struct Sums {
    /// What was set aside for requests that have not ended, and for whom.
    open: BTreeMap<Uuid, (PartyId, Amount)>,
    used: BTreeMap<PartyId, Amount>,
    overruns: Overruns,
    alarms: u64,
}

impl Sums {
    fn take(&mut self, line: Line) {
        match line.event {
            Event::Intent { request, by, entry: Entry::Reserved { amount, .. }, .. } => {
                self.open.insert(request, (by.party, amount));
            }
            Event::Outcome { request, overrun, entry: Entry::Settled { actual, .. }, .. } => {
                self.overruns.count(overrun.as_ref());
                if let Some((party, _)) = self.open.remove(&request) {
                    self.add(party, &actual);
                }
            }
            Event::Alarm { .. } => self.alarms += 1,
            Event::Intent { .. }
            | Event::Outcome { .. }
            | Event::Gate { .. }
            | Event::Quota { .. }
            | Event::Quotas { .. }
            | Event::Told { .. }
            | Event::Refused { .. }
            | Event::Volume { .. }
            | Event::Cut { .. }
            | Event::Stops { .. } => {}
        }
    }

    fn add(&mut self, party: PartyId, amount: &Amount) {
        let used = self.used.entry(party).or_default();
        *used = used.plus(amount);
    }

    fn parties(mut self) -> anyhow::Result<Vec<Used>> {
        for (party, amount) in std::mem::take(&mut self.open).into_values() {
            self.add(party, &amount);
        }
        if self.used.len() > PARTIES_MAX {
            bail!("more than {PARTIES_MAX} parties");
        }
        let used = self.used.into_iter().map(|(party, amount)| Used {
            party,
            requests: amount.requests,
            tokens_in: amount.tokens_in,
            tokens_out: amount.tokens_out,
        });
        Ok(used.collect())
    }
}

#[cfg(test)]
mod tests;
