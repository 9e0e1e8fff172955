//! `seawall gateway follow`: what happens to a window and to seats at the clearinghouse reaches the
//! gateway at once, over whichever network there is between them.
//!
//! It asks again and again, and hands on what the clearinghouse signed: that the window is over, or
//! who is stopped; and, where the gateway's settings let them follow, quotas of seats given later
//! and a later end that the developer signed. It needs no key of its own for that, and cannot say
//! anything else. With `--key` it says by that key what it was told, once each: then it can only
//! close and cut off. When the clearinghouse cannot be reached, the developer's leases go on
//! deciding.

mod carried;

use super::unusual;
use super::word::{Heard, Said, hand_in};
use crate::command::clearinghouse::Client;
use crate::command::say;
use seawall_domain::digest::Digest;
use seawall_domain::id::{EngagementId, PartyId, PersonId, WindowId};
use seawall_gateway::control::{CLOSING, CUT, Closing, CutWord};
use seawall_gateway::record::CutOff;
use seawall_gateway::settings::Settings;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{Duration, Instant};

/// How often the gateway is asked for unusual volume: each list that is handed on is a line of its
/// journal.
const ALARMS_TIME: Duration = Duration::from_secs(60);

/// Whom to follow, and where to say it.
#[derive(clap::Args)]
pub struct FollowArguments {
    /// The gateway's settings: they name the window.
    #[arg(long)]
    settings: PathBuf,
    /// A file with a key that signs, where the settings name no key of the clearinghouse's own.
    #[arg(long)]
    key: Option<PathBuf>,
    /// The gateway's address; without one, that of the settings.
    #[arg(long)]
    gateway: Option<String>,
    /// The clearinghouse's address.
    #[arg(long)]
    server: String,
    /// The file with the key of a machine's account there.
    #[arg(long)]
    account_key: PathBuf,
    /// The engagement.
    #[arg(long)]
    engagement: EngagementId,
    /// How long to wait between two questions, in milliseconds.
    #[arg(long, default_value_t = 500)]
    #[arg(value_parser = clap::value_parser!(u64).range(50..=60_000))]
    every: u64,
}

/// What the clearinghouse tells.
#[derive(Debug, Deserialize)]
struct Stops {
    window: Option<WindowId>,
    people: BTreeSet<PersonId>,
    parties: BTreeSet<PartyId>,
    keys: BTreeSet<Digest>,
    signed: Option<serde_json::Value>,
}

impl Stops {
    fn each(&self) -> BTreeSet<CutOff> {
        let people = self.people.iter().map(|person| CutOff::Person(*person));
        let parties = self.parties.iter().map(|party| CutOff::Party(*party));
        people.chain(parties).chain(self.keys.iter().map(|key| CutOff::Key(*key))).collect()
    }
}

/// Who speaks to the gateway.
enum Voice {
    /// The clearinghouse, by what it signed.
    Clearinghouse,
    /// Whoever holds a key.
    Own(Said),
}

/// Follows until the window is over or it is interrupted.
pub async fn follow(arguments: FollowArguments) -> anyhow::Result<ExitCode> {
    let settings = Settings::read(&arguments.settings)?;
    let client = Client::new(&arguments.server, &arguments.account_key)?;
    let FollowArguments { settings: file, key, gateway, engagement, .. } = &arguments;
    let own = |key: &PathBuf| Said::new(file.clone(), key.clone(), gateway.clone());
    let voice = key.as_ref().map_or(Voice::Clearinghouse, |key| Voice::Own(own(key)));
    let path = format!("/v1/engagements/{engagement}/stops?window={}", settings.window.id);
    let until = crate::command::told_to_end()?;
    let mut until = std::pin::pin!(until);
    // Nothing was told yet: the first list goes to the gateway even when it is empty.
    let mut told: Option<BTreeSet<CutOff>> = None;
    let mut carried = carried::Carried::default();
    let mut alarmed = Alarmed::default();
    loop {
        match ask(&client, &path).await {
            Ok(stops) => {
                let is_over = stops.window != Some(settings.window.id);
                let now = stops.each();
                let before = told.clone().unwrap_or_default();
                let done = match (is_over, told.as_ref() == Some(&now)) {
                    (true, _) => over(&arguments, &settings, &voice, &stops).await,
                    (false, true) => Ok(()),
                    (false, false) => {
                        changed(&arguments, &settings, &voice, (&stops, &before)).await
                    }
                };
                match done {
                    Ok(()) if is_over => {
                        say!("the window is over: nothing passes any more");
                        return Ok(ExitCode::SUCCESS);
                    }
                    Ok(()) => {
                        said(&before, &now);
                        told = Some(now);
                        if let Voice::Clearinghouse = voice {
                            alarmed.ask(&arguments, &settings, &stops).await;
                        }
                    }
                    // Whom it never told anything, it was not set up for; another one comes back.
                    Err(error) if told.is_none() => return Err(error),
                    Err(error) => say!("the gateway was not told: {error:#}"),
                }
            }
            Err(error) => say!("the clearinghouse did not answer: {error:#}"),
        }
        if let (Voice::Clearinghouse, Some(_)) = (&voice, &told) {
            carried.on((&client, *engagement), gateway.as_deref(), &settings).await;
        }
        tokio::select! {
            () = &mut until => return Ok(ExitCode::SUCCESS),
            () = tokio::time::sleep(Duration::from_millis(arguments.every)) => {}
        }
    }
}

async fn ask(client: &Client, path: &str) -> anyhow::Result<Stops> {
    Ok(serde_json::from_value(client.get(path).await?)?)
}

async fn over(
    arguments: &FollowArguments,
    settings: &Settings,
    voice: &Voice,
    stops: &Stops,
) -> anyhow::Result<()> {
    match voice {
        Voice::Own(said) => {
            let closing = Closing { window: settings.window.id };
            said.send(settings, CLOSING, &closing, None).await.map(drop)
        }
        Voice::Clearinghouse => hand_on(arguments, settings, stops).await.map(drop),
    }
}

/// Of how much unusual volume the person who follows was told, and when it was last asked for.
#[derive(Default)]
struct Alarmed {
    told: u64,
    asked: Option<Instant>,
}

impl Alarmed {
    /// Tells of what is new, every [`ALARMS_TIME`]: the gateway says it to whoever hands on what
    /// the clearinghouse signed.
    async fn ask(&mut self, arguments: &FollowArguments, settings: &Settings, stops: &Stops) {
        if self.asked.is_some_and(|asked| asked.elapsed() < ALARMS_TIME) {
            return;
        }
        self.asked = Some(Instant::now());
        // A gateway that cannot be reached is said where it is told something.
        if let Ok(heard) = hand_on(arguments, settings, stops).await {
            self.told = unusual::told(self.told, &heard.alarms);
        }
    }
}

/// Tells the gateway who is stopped now; by a key of one's own, only who is stopped besides.
async fn changed(
    arguments: &FollowArguments,
    settings: &Settings,
    voice: &Voice,
    (stops, before): (&Stops, &BTreeSet<CutOff>),
) -> anyhow::Result<()> {
    let said = match voice {
        Voice::Clearinghouse => return hand_on(arguments, settings, stops).await.map(drop),
        Voice::Own(said) => said,
    };
    for who in stops.each().difference(before) {
        let word = CutWord { window: settings.window.id, who: *who };
        said.send(settings, CUT, &word, None).await?;
    }
    Ok(())
}

/// Hands on what the clearinghouse signed, as it is.
async fn hand_on(
    arguments: &FollowArguments,
    settings: &Settings,
    stops: &Stops,
) -> anyhow::Result<Heard> {
    let signed = stops.signed.as_ref();
    let signed = signed.ok_or_else(|| anyhow::anyhow!("the clearinghouse signed nothing"))?;
    hand_in(arguments.gateway.as_deref(), settings, signed.to_string(), None).await
}

fn said(before: &BTreeSet<CutOff>, now: &BTreeSet<CutOff>) {
    for _ in now.difference(before) {
        say!("cut off");
    }
    for _ in before.difference(now) {
        say!("started again, where the clearinghouse's word does it");
    }
}
