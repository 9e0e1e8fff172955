//! `seawall partner`: trusted partners, their seats, and access tokens from them, over the
//! clearinghouse's own interface.

mod basis;
mod draw;
pub mod seat;

use crate::command::clearinghouse::{Asking, Column, json_in, step, text};
use clap::Subcommand;
use seat::Place;
use seawall_domain::digest::Digest;
use seawall_domain::id::{AccountId, PartnerId, PartyId, PersonId, TieId, WindowId};
use serde_json::{Value, json};
use std::path::PathBuf;
use std::process::ExitCode;

/// What is done.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Args)]
struct One {
    /// The partner: the id of its application, which is that of its seat too.
    id: PartnerId,
    #[command(flatten)]
    asking: Asking,
}

#[derive(Subcommand)]
enum What {
    /// Those that you may know of.
    List {
        #[command(flatten)]
        asking: Asking,
    },
    /// One of them: its application, its seat.
    Show {
        #[command(flatten)]
        one: One,
    },
    /// Apply for one developer's models.
    Apply {
        /// The developer's party.
        #[arg(long)]
        developer: PartyId,
        /// Who owns you in the end: a party, yourself or another.
        #[arg(long)]
        parent: PartyId,
        /// What you are in, such as water.
        #[arg(long)]
        sector: String,
        /// small, medium or large.
        #[arg(long)]
        size: String,
        /// A group of operators that you protect; several times for several.
        #[arg(long = "protects")]
        protects: Vec<u32>,
        /// The file with what shows that the gates are met.
        #[arg(long)]
        evidence: PathBuf,
        #[command(flatten)]
        asking: Asking,
    },
    /// What is judged and counted by: rubrics, numbers of operators, days off; reach, shares.
    #[command(flatten)]
    Basis(basis::What),
    /// As a side of the draw of a panel, the developer or the official: commit to a number.
    Commit {
        #[command(flatten)]
        one: One,
        #[command(flatten)]
        of: draw::Number,
    },
    /// As a side of the draw: reveal the number, once all have committed.
    Reveal {
        #[command(flatten)]
        one: One,
        #[command(flatten)]
        of: draw::Revealed,
    },
    /// Sign the decision, as the developer or the official.
    Sign {
        #[command(flatten)]
        one: One,
    },
    /// As the partner: name the people who take the seat.
    Seat {
        #[command(flatten)]
        one: One,
        /// Their ids.
        #[arg(required = true)]
        people: Vec<PersonId>,
    },
    /// As a person of the seat: the windows that are open to it, with their terms.
    Windows {
        #[command(flatten)]
        one: One,
    },
    /// As a person of the seat: accept the terms of a window.
    Accept {
        #[command(flatten)]
        one: One,
        /// The window.
        #[arg(long)]
        window: WindowId,
        /// SHA-256 of the terms, as `windows` shows it: you have read these.
        #[arg(long)]
        terms: Digest,
    },
    /// As a person of the seat: answer for a machine of yours, which gets tokens from then on.
    Sponsor {
        #[command(flatten)]
        one: One,
        /// The machine's account.
        machine: AccountId,
    },
    /// As whoever answers for a machine: do so no longer.
    Dismiss {
        #[command(flatten)]
        one: One,
        /// The machine's account.
        machine: AccountId,
    },
    /// As a person or machine of the seat: get an access token for minutes, and print it alone.
    Token {
        #[command(flatten)]
        one: One,
        #[command(flatten)]
        wanted: seat::Wanted,
        /// The public half of the holder's key (`ed25519:` and base64), or the thumbprint of its
        /// certificate (`x5t#S256:` and base64url).
        #[arg(long)]
        holder: String,
    },
    /// What became of what was held in the windows that were open to the seat, as gateways signed
    /// it.
    Destructions {
        #[command(flatten)]
        one: One,
    },
    /// As somebody of the panel: what is to be filed, by the rubric of the application, with every
    /// answer `no` and every mark 0; to fill in, and to send by `step`.
    Filing {
        #[command(flatten)]
        one: One,
    },
    /// Which tokens were given, to whom, for which key and until when.
    Tokens {
        #[command(flatten)]
        one: One,
    },
    /// Stop a person or everybody at once, alone: developer, partner or duty officer.
    Stop {
        #[command(flatten)]
        one: One,
        #[command(flatten)]
        whom: seat::Whom,
    },
    /// Sign for starting again what is stopped; the second person's signature does it.
    Resume {
        #[command(flatten)]
        one: One,
        #[command(flatten)]
        whom: seat::Whom,
    },
    /// Sign for stopping for good; the second person's signature does it.
    Revoke {
        #[command(flatten)]
        one: One,
        #[command(flatten)]
        whom: seat::Whom,
    },
    /// Report a key lost: it is good for nothing any more, and the seat goes on.
    Lost {
        #[command(flatten)]
        one: One,
        /// The public half of the key (`ed25519:` and base64), the thumbprint of a certificate
        /// (`x5t#S256:` and base64url), or 64 hexadecimal digits as `tokens` shows them.
        key: String,
    },
    /// As the partner: give the yearly word that everything still holds.
    Attest {
        #[command(flatten)]
        one: One,
    },
    /// The register of ties, or what is your own of it.
    Ties {
        #[command(flatten)]
        asking: Asking,
    },
    /// Put a tie into the register: your own, or anybody's where you keep it.
    Tie {
        /// Who.
        #[arg(long)]
        person: PersonId,
        /// To whom.
        #[arg(long)]
        party: PartyId,
        /// What kind, such as equity or employment.
        #[arg(long)]
        kind: String,
        #[command(flatten)]
        asking: Asking,
    },
    /// Record that a tie has ended.
    EndTie {
        /// The tie.
        id: TieId,
        #[command(flatten)]
        asking: Asking,
    },
    /// Any other step, as the document that `/v1/openapi.json` describes.
    Step {
        #[command(flatten)]
        one: One,
        /// The file with the document; `-` for the standard input.
        document: PathBuf,
    },
}

const COLUMNS: [Column; 5] = [
    ("partner", "id"),
    ("stage", "stage"),
    ("outcome", "outcome"),
    ("seat ends", "seat_expires_at"),
    ("stopped", "seat_stopped"),
];
const TIES: [Column; 5] = [
    ("tie", "id"),
    ("person", "person"),
    ("party", "party"),
    ("kind", "kind"),
    ("ended", "ended_at"),
];

/// Does one of them.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    super::block_on(async {
        match arguments.what {
            What::Basis(what) => basis::act(what).await?,
            What::List { asking } => list(&asking, "/v1/partners", &COLUMNS).await?,
            What::Ties { asking } => list(&asking, "/v1/ties", &TIES).await?,
            What::Apply { developer, parent, sector, size, protects, evidence, asking } => {
                let application = json!({
                    "developer": developer, "parent": parent, "sector": sector, "size": size,
                    "protects": protects, "evidence": text(&evidence)?,
                });
                let filed = asking.client()?.post("/v1/partners", &application).await?;
                asking.show(&filed, &COLUMNS)?;
            }
            What::Tie { person, party, kind, asking } => {
                let tie = json!({ "person": person, "party": party, "kind": kind });
                asking.show(&asking.client()?.post("/v1/ties", &tie).await?, &TIES)?;
            }
            What::EndTie { id, asking } => {
                let path = format!("/v1/ties/{id}/end");
                asking.show(&asking.client()?.post(&path, &json!({})).await?, &TIES)?;
            }
            other => of_one(other).await?,
        }
        Ok(ExitCode::SUCCESS)
    })
}

/// What is done with one partner.
async fn of_one(what: What) -> anyhow::Result<()> {
    match what {
        What::Show { one } => one.read("", &COLUMNS).await,
        What::Commit { one, of } => draw::commit(&one, &of).await,
        What::Reveal { one, of } => draw::reveal(&one, &of).await,
        What::Sign { one } => one.step("sign", Value::Null).await,
        What::Seat { one, people } => one.step("seat", json!({ "people": people })).await,
        What::Windows { one } => seat::windows(&one.asking, Place::Partner(one.id)).await,
        What::Accept { one, window, terms } => {
            one.step("accept_terms", json!({ "window": window, "terms": terms })).await
        }
        What::Sponsor { one, machine } => one.step("sponsor", json!({ "machine": machine })).await,
        What::Dismiss { one, machine } => one.step("dismiss", json!({ "machine": machine })).await,
        What::Token { one, wanted, holder } => {
            seat::token(&one.asking, Place::Partner(one.id), &wanted, &holder).await
        }
        What::Destructions { one } => {
            let told = one.asking.client()?.get(&one.path("/destructions")).await?;
            super::engagement::gateways(&one.asking, &told)
        }
        What::Filing { one } => super::print_json(&one.filing().await?),
        What::Tokens { one } => one.read("/tokens", &seat::TOKENS).await,
        What::Stop { one, whom } => {
            let (extent, why) = (whom.extent(), whom.why());
            one.step("suspend", json!({ "extent": extent, "why": why })).await
        }
        What::Resume { one, whom } => {
            let to = json!({ "change": "resume", "extent": whom.extent() });
            one.step("change", json!({ "to": to })).await
        }
        What::Revoke { one, whom } => {
            let to = json!({ "change": "revoke", "extent": whom.extent(), "why": whom.why() });
            one.step("change", json!({ "to": to })).await
        }
        What::Lost { one, key } => one.step("lose_key", json!({ "key": seat::print(&key)? })).await,
        What::Attest { one } => one.step("attest", Value::Null).await,
        What::Step { one, document } => one.send(&json_in(&document)?).await,
        What::Basis(_)
        | What::List { .. }
        | What::Ties { .. }
        | What::Apply { .. }
        | What::Tie { .. }
        | What::EndTie { .. } => Ok(()),
    }
}

async fn list(asking: &Asking, path: &str, columns: &[Column]) -> anyhow::Result<()> {
    asking.show(&asking.client()?.get(path).await?, columns)
}

impl One {
    fn path(&self, rest: &str) -> String {
        format!("/v1/partners/{}{rest}", self.id)
    }

    async fn read(&self, rest: &str, columns: &[Column]) -> anyhow::Result<()> {
        list(&self.asking, &self.path(rest), columns).await
    }

    /// The step by which somebody files, with a place for each gate and criterion of the rubric.
    async fn filing(&self) -> anyhow::Result<Value> {
        let client = self.asking.client()?;
        let version = client.get(&self.path("")).await?["rubric"].clone();
        let rubric = client.get(&format!("/v1/rubric?version={version}")).await?;
        let names = |list: &str, name: &str| -> Vec<String> {
            let all = rubric.get(list).and_then(Value::as_array).into_iter().flatten();
            all.filter_map(|it| Some(it.get(name)?.as_str()?.to_owned())).collect()
        };
        let gates = names("gates", "gate").into_iter().map(|name| (name, json!({ "met": "no" })));
        let marks = names("criteria", "criterion").into_iter().map(|name| (name, json!(0)));
        let gates: serde_json::Map<String, Value> = gates.collect();
        let marks: serde_json::Map<String, Value> = marks.collect();
        Ok(step("mark", json!({ "filing": { "gates": gates, "marks": marks } })))
    }

    async fn step(&self, name: &str, of: Value) -> anyhow::Result<()> {
        self.send(&step(name, of)).await
    }

    async fn send(&self, document: &Value) -> anyhow::Result<()> {
        let answer = self.asking.client()?.post(&self.path("/steps"), document).await?;
        self.asking.show(&answer, &COLUMNS)
    }
}
