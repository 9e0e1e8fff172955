//! What a seat gives: windows that are open to it, tokens, and who is stopped.

use crate::command::clearinghouse::{Asking, Client, Column};
use crate::command::say;
use anyhow::bail;
use seawall_domain::digest::Digest;
use seawall_domain::id::{EngagementId, PartnerId, PersonId, ScanId, WindowId};
use serde::Deserialize;
use serde_json::{Value, json};

/// The columns of tokens that were given.
pub const TOKENS: [Column; 7] = [
    ("given", "at"),
    ("person", "person"),
    ("machine", "machine"),
    ("window", "window"),
    ("until", "until"),
    ("for", "purposes"),
    ("key", "key"),
];

/// What a token is for.
#[derive(clap::Args, Clone, Debug)]
pub struct Wanted {
    /// The window; without one, the only one that is open to the seat.
    #[arg(long)]
    pub window: Option<WindowId>,
    /// What for: find_own, find_agreed, patch, detect, respond, evaluate; several times for
    /// several.
    #[arg(long = "purpose", required = true)]
    pub purposes: Vec<String>,
    /// A scan claim of yours that may be looked at; several times for several.
    #[arg(long = "claim")]
    pub claims: Vec<ScanId>,
}

/// A token as it is told.
#[derive(Debug, Deserialize)]
pub struct Given {
    /// The token.
    pub token: String,
    /// Until when it is good.
    pub until: jiff::Timestamp,
}

/// Where a seat is.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// A partner's.
    Partner(PartnerId),
    /// In the government's window of an engagement.
    Engagement(EngagementId),
}

impl Place {
    fn path(self, rest: &str) -> String {
        match self {
            Place::Partner(id) => format!("/v1/partners/{id}{rest}"),
            Place::Engagement(id) => format!("/v1/engagements/{id}{rest}"),
        }
    }
}

/// Gets a token from a seat.
pub async fn ask(
    client: &Client,
    seat: Place,
    wanted: &Wanted,
    holder: &str,
) -> anyhow::Result<Given> {
    let window = match wanted.window {
        Some(window) => window.to_string(),
        None => only_window(client, seat).await?,
    };
    let asked = json!({
        "window": window, "key": holder, "purposes": wanted.purposes, "claims": wanted.claims,
    });
    Ok(serde_json::from_value(client.post(&seat.path("/tokens"), &asked).await?)?)
}

async fn only_window(client: &Client, seat: Place) -> anyhow::Result<String> {
    let open = client.get(&seat.path("/windows")).await?;
    let ids = open.as_array().into_iter().flatten();
    let ids: Vec<&str> = ids.filter_map(|it| it.get("window")?.as_str()).collect();
    match ids.as_slice() {
        [id] => Ok((*id).to_owned()),
        [] => bail!("no window is open to this seat"),
        several => bail!("say which window (--window): {}", several.join(", ")),
    }
}

/// Prints a token alone, for a file.
pub async fn token(
    asking: &Asking,
    seat: Place,
    wanted: &Wanted,
    holder: &str,
) -> anyhow::Result<()> {
    let given = ask(&asking.client()?, seat, wanted, holder).await?;
    match asking.json {
        true => crate::command::print_json(&json!({
            "token": given.token, "until": given.until,
        }))?,
        false => say!("{}", given.token),
    }
    Ok(())
}

/// Prints the windows that are open, each with its terms.
pub async fn windows(asking: &Asking, seat: Place) -> anyhow::Result<()> {
    let open = asking.client()?.get(&seat.path("/windows")).await?;
    if asking.json {
        return crate::command::print_json(&open);
    }
    let list = open.as_array().map(Vec::as_slice).unwrap_or_default();
    let columns = [("window", "window"), ("ends", "ends"), ("accepted", "accepted")];
    crate::command::print_text(&crate::command::clearinghouse::rows(list, &columns))?;
    for it in list {
        let of = |name: &str| it.get(name).and_then(Value::as_str).unwrap_or_default();
        say!("\nterms {} of window {}:\n{}", of("terms"), of("window"), of("text").trim_end());
    }
    Ok(())
}

/// Who is stopped, or starts again.
#[derive(clap::Args)]
pub struct Whom {
    /// A person; without one, everybody of the partner.
    #[arg(long)]
    person: Option<PersonId>,
    /// Why: credential_lost, terms_broken, other_purpose, leak_suspected, incident_untold,
    /// person_left, unstated.
    #[arg(long, default_value = "unstated")]
    why: String,
}

impl Whom {
    /// As the interface writes it.
    pub fn extent(&self) -> Value {
        match self.person {
            Some(person) => json!({ "whole": "person", "person": person }),
            None => json!({ "whole": "organisation" }),
        }
    }

    /// Why.
    pub fn why(&self) -> &str {
        &self.why
    }
}

/// The thumbprint of a key or certificate, by which it is told lost.
pub fn print(key: &str) -> anyhow::Result<Digest> {
    // As tokens on record show it, or as its holder has it.
    match key.trim().parse() {
        Ok(print) => Ok(print),
        Err(_) => Ok(seawall_services::partner::holder(key)?.0),
    }
}
