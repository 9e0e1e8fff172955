//! Seats in a government's window: who is named, refused or stopped, and tokens from them.

use super::One;
use crate::command::partner::seat::{self, Place, TOKENS, Wanted, print};
use clap::Subcommand;
use seawall_domain::digest::Digest;
use seawall_domain::id::{AccountId, PersonId, WindowId};
use serde_json::json;

/// What is done.
#[derive(Subcommand)]
pub enum What {
    /// As the official: seat a person of the evaluating body in the government's window.
    Seat {
        #[command(flatten)]
        one: One,
        /// An account of that person.
        account: AccountId,
    },
    /// As the developer: refuse or stop a person there at once, alone; as the official or the duty
    /// officer: stop one.
    Stop {
        #[command(flatten)]
        one: One,
        /// Whom.
        person: PersonId,
    },
    /// As the developer, end its own stop; as the clearinghouse, sign for ending one: two must.
    Lift {
        #[command(flatten)]
        one: One,
        /// Whom.
        person: PersonId,
    },
    /// Report a key lost that tokens of the government's window name.
    Lost {
        #[command(flatten)]
        one: One,
        /// The public half of the key: `ed25519:` and base64.
        key: String,
    },
    /// As a person who is seated: the government's window that is open to you, with its terms.
    Windows {
        #[command(flatten)]
        one: One,
    },
    /// As a person who is seated: accept its terms. (`accept` takes an offer up, as the official.)
    AcceptTerms {
        #[command(flatten)]
        one: One,
        /// The window.
        #[arg(long)]
        window: WindowId,
        /// SHA-256 of the terms, as `windows` shows it: you have read these.
        #[arg(long)]
        terms: Digest,
    },
    /// As a person who is seated: get an access token for minutes, and print it alone.
    Token {
        #[command(flatten)]
        one: One,
        #[command(flatten)]
        wanted: Wanted,
        /// The public half of the holder's key: `ed25519:` and base64.
        #[arg(long)]
        holder: String,
    },
    /// Which tokens were given for the government's windows, to whom and until when.
    Tokens {
        #[command(flatten)]
        one: One,
    },
}

/// Does one of them.
pub async fn act(what: What) -> anyhow::Result<()> {
    match what {
        What::Seat { one, account } => one.step("seat_person", json!({ "account": account })).await,
        What::Stop { one, person } => one.step("stop_person", json!({ "person": person })).await,
        What::Lift { one, person } => one.step("lift_stop", json!({ "person": person })).await,
        What::Lost { one, key } => one.step("lose_key", json!({ "key": print(&key)? })).await,
        What::Windows { one } => seat::windows(&one.asking, Place::Engagement(one.id)).await,
        What::AcceptTerms { one, window, terms } => {
            one.step("accept_terms", json!({ "window": window, "terms": terms })).await
        }
        What::Token { one, wanted, holder } => {
            seat::token(&one.asking, Place::Engagement(one.id), &wanted, &holder).await
        }
        What::Tokens { one } => {
            let answer = one.asking.client()?.get(&one.path("/tokens")).await?;
            one.asking.show(&answer, &TOKENS)
        }
    }
}
