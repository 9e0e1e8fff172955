//! `seawall gateway follow`: what happens to a window and to seats at the clearinghouse reaches the
//! gateway at once, over whichever network there is between them.
//!
//! It asks again and again, and says each thing to the gateway once. It can only close and cut off;
//! when the clearinghouse cannot be reached, the developer's leases go on deciding.

use super::papers::Said;
use crate::command::say;
use anyhow::{Context, bail};
use seawall_domain::digest::Digest;
use seawall_domain::id::{EngagementId, PartyId, PersonId, WindowId};
use seawall_gateway::control::{CLOSING, CUT, Closing, CutWord};
use seawall_gateway::record::CutOff;
use seawall_gateway::settings::Settings;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

/// How long an answer of the clearinghouse may take.
const ANSWER_TIME_MAX: Duration = Duration::from_secs(10);

/// Whom to follow, and where to say it.
#[derive(clap::Args)]
pub struct FollowArguments {
    #[command(flatten)]
    said: Said,
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
}

impl Stops {
    fn each(&self) -> impl Iterator<Item = CutOff> + '_ {
        let people = self.people.iter().map(|person| CutOff::Person(*person));
        let parties = self.parties.iter().map(|party| CutOff::Party(*party));
        people.chain(parties).chain(self.keys.iter().map(|key| CutOff::Key(*key)))
    }
}

/// Follows until the window is over or it is interrupted.
pub async fn follow(arguments: FollowArguments) -> anyhow::Result<ExitCode> {
    let settings = Settings::read(&arguments.said.settings)?;
    let key = std::fs::read_to_string(&arguments.account_key).context("reading the key")?;
    let client = reqwest::Client::builder().timeout(ANSWER_TIME_MAX).build()?;
    let until = crate::command::told_to_end()?;
    let mut until = std::pin::pin!(until);
    let mut told: Vec<CutOff> = Vec::new();
    loop {
        let asked = ask(&client, &arguments, key.trim()).await;
        match asked {
            Ok(stops) => {
                if say_new(&arguments, &settings, &stops, &mut told).await? {
                    return Ok(ExitCode::SUCCESS);
                }
            }
            Err(error) => say!("the clearinghouse did not answer: {error:#}"),
        }
        tokio::select! {
            () = &mut until => return Ok(ExitCode::SUCCESS),
            () = tokio::time::sleep(Duration::from_millis(arguments.every)) => {}
        }
    }
}

/// Says what is new to the gateway; whether the window is over.
async fn say_new(
    arguments: &FollowArguments,
    settings: &Settings,
    stops: &Stops,
    told: &mut Vec<CutOff>,
) -> anyhow::Result<bool> {
    let window = settings.window.id;
    if stops.window != Some(window) {
        arguments.said.send(settings, CLOSING, &Closing { window }).await?;
        say!("the window is over: nothing passes any more");
        return Ok(true);
    }
    for who in stops.each() {
        if !told.contains(&who) {
            arguments.said.send(settings, CUT, &CutWord { window, who }).await?;
            say!("cut off");
            told.push(who);
        }
    }
    Ok(false)
}

async fn ask(
    client: &reqwest::Client,
    arguments: &FollowArguments,
    key: &str,
) -> anyhow::Result<Stops> {
    let server = arguments.server.trim_end_matches('/');
    let address = format!("{server}/v1/engagements/{}/stops", arguments.engagement);
    let answer = client.get(address).bearer_auth(key).send().await?;
    if !answer.status().is_success() {
        bail!("it says {}", answer.status());
    }
    Ok(answer.json().await?)
}
