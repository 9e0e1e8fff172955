//! `seawall engagement`: a developer's voluntary dealings about a model, over the clearinghouse's
//! own interface.
//!
//! Withdrawing asks nothing and needs nothing but the key of an account of the developer's.

mod seat;

use crate::command::clearinghouse::{
    Asking, Client, Column, bytes, instant, json_in, rows, step, text,
};
use crate::command::say;
use clap::{Subcommand, ValueEnum};
use jiff::Timestamp;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::window;
use seawall_domain::id::{EngagementId, WindowId};
use seawall_gateway::control::{EXTENSION, Extension};
use seawall_ledger::dsse::Envelope;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What is done.
#[derive(clap::Args)]
pub struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(clap::Args)]
struct One {
    /// The engagement.
    id: EngagementId,
    #[command(flatten)]
    asking: Asking,
}

/// For whom a window is.
#[derive(Clone, Copy, ValueEnum)]
enum Ring {
    /// The government, for thirty days at most.
    Government,
    /// Trusted partners.
    Partners,
}

/// To whom a model is released.
#[derive(Clone, Copy, ValueEnum)]
enum To {
    /// Other trusted partners.
    Partners,
    /// Everybody.
    Everybody,
}

/// Who has the weights.
#[derive(Clone, Copy, ValueEnum)]
enum Weights {
    /// The developer holds them.
    Held,
    /// They are open to everybody.
    Open,
}

#[derive(Subcommand)]
enum What {
    /// Those that you may know of.
    List {
        #[command(flatten)]
        asking: Asking,
    },
    /// One of them: the question, the window, the releases, and what is due.
    Show {
        #[command(flatten)]
        one: One,
    },
    /// As the developer: open one about the model of a snapshot. It asks nothing yet.
    Open {
        /// SHA-256 of the snapshot.
        snapshot: Digest,
        /// Who has the weights.
        #[arg(long, default_value = "held")]
        weights: Weights,
        #[command(flatten)]
        asking: Asking,
    },
    /// As the developer: ask whether the model is a covered frontier model.
    Ask {
        #[command(flatten)]
        one: One,
        /// Until when you wait for an answer.
        #[arg(long, value_parser = instant)]
        until: Timestamp,
    },
    /// As the developer: offer a window.
    Offer {
        #[command(flatten)]
        one: One,
        /// For whom.
        #[arg(long)]
        ring: Ring,
        /// How many days at most.
        #[arg(long, value_parser = clap::value_parser!(i64).range(1..=3_650))]
        days: i64,
        /// SHA-256 of the snapshot.
        #[arg(long)]
        snapshot: Digest,
        /// The file with the terms of access.
        #[arg(long)]
        terms: PathBuf,
        /// Until when the offer stands.
        #[arg(long, value_parser = instant)]
        until: Timestamp,
    },
    /// As the official: take the offer up.
    Accept {
        #[command(flatten)]
        one: One,
    },
    /// As the developer: begin the window that was accepted.
    Begin {
        #[command(flatten)]
        one: One,
    },
    /// As the developer: sign for a later end of the window.
    Extend {
        #[command(flatten)]
        one: One,
        /// The new end.
        #[arg(long, value_parser = instant)]
        until: Timestamp,
        /// The file with the key by which you sign leases: gateways that may follow take the new
        /// end by its signature, and not without.
        #[arg(long)]
        key: Option<PathBuf>,
    },
    /// As the developer: name the key by which you sign leases; a gateway's settings take it from
    /// here.
    Key {
        #[command(flatten)]
        one: One,
        /// Its public half, as `seawall gateway key` prints it.
        #[arg(long)]
        public: String,
    },
    /// As the developer or the official: name the key by which the gateway on your side signs what
    /// it counted and what it destroyed.
    Gateway {
        #[command(flatten)]
        one: One,
        /// Its public half, as `seawall gateway count --show-key` prints it.
        #[arg(long)]
        public: String,
        /// For which window; without it, for the one that is offered or open, or was the last.
        #[arg(long)]
        window: Option<WindowId>,
    },
    /// Which gateways there are of each window, and who has certified that what was held is gone.
    Gateways {
        #[command(flatten)]
        one: One,
    },
    /// As the official: bring in the record of the determination. It is computed again, and the
    /// developer gets a letter about it.
    Record {
        #[command(flatten)]
        one: One,
        /// The file that `seawall evaluation concur` wrote.
        record: PathBuf,
    },
    /// As the developer or the official: bring in the certificate that what a gateway held is gone.
    Destruction {
        #[command(flatten)]
        one: One,
        /// The file `destruction.jsonl` that `seawall gateway destroy` wrote.
        certificate: PathBuf,
    },
    /// As the developer or the official: bring in a checkpoint of a gateway's journal; what it
    /// signs later is held against it.
    Checkpoint {
        #[command(flatten)]
        one: One,
        /// The file `checkpoint` of the gateway's folder.
        checkpoint: PathBuf,
    },
    /// As the developer or the official: bring in what a gateway counted.
    Count {
        #[command(flatten)]
        one: One,
        /// The file that `seawall gateway count` wrote; `-` for the standard input.
        count: PathBuf,
    },
    /// What gateways counted, as far as it was brought in.
    Counts {
        #[command(flatten)]
        one: One,
    },
    /// As the developer: end everything at once, in every state and without a reason. Without an
    /// id, everything of every engagement of yours.
    Withdraw {
        /// The engagement.
        id: Option<EngagementId>,
        #[command(flatten)]
        asking: Asking,
    },
    /// As the developer: report a release, past or planned. It is taken in every state.
    Release {
        #[command(flatten)]
        one: One,
        /// To whom.
        #[arg(long)]
        to: To,
        /// When.
        #[arg(long, value_parser = instant)]
        at: Timestamp,
    },
    /// Who is seated in the government's window, and tokens from there.
    #[command(flatten)]
    Seat(seat::What),
    /// The letters, oldest first.
    Letters {
        #[command(flatten)]
        one: One,
    },
    /// The terms of the offer, opinions, and why the official differs.
    Documents {
        #[command(flatten)]
        one: One,
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
    ("engagement", "id"),
    ("determination", "determination"),
    ("outcome", "outcome"),
    ("window", "window"),
    ("ends", "window_due"),
];

const USED: [Column; 4] = [
    ("party", "party"),
    ("requests", "requests"),
    ("tokens in", "tokens_in"),
    ("tokens out", "tokens_out"),
];

/// Does one of them.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    super::block_on(act(arguments.what))
}

async fn act(what: What) -> anyhow::Result<ExitCode> {
    match what {
        What::List { asking } => {
            let list = asking.client()?.get("/v1/engagements").await?;
            asking.show(&list, &COLUMNS)?;
        }
        What::Open { snapshot, weights, asking } => {
            let opening = json!({ "snapshot": snapshot, "weights": word(weights) });
            let opened = asking.client()?.post("/v1/engagements", &opening).await?;
            asking.show(&opened, &COLUMNS)?;
        }
        What::Withdraw { id, asking } => withdraw(id, &asking).await?,
        What::Seat(what) => seat::act(what).await?,
        What::Show { one } => one.read("").await?,
        What::Letters { one } => one.texts("/letters", "at").await?,
        What::Documents { one } => one.texts("/documents", "what").await?,
        What::Ask { one, until } => one.step("submit", json!({ "answer_by": until })).await?,
        What::Offer { one, ring, days, snapshot, terms, until } => {
            let offer = json!({
                "ring": word(ring), "seconds": days * 86_400, "snapshot": snapshot,
                "terms": text(&terms)?, "answer_by": until,
            });
            one.step("offer", offer).await?;
        }
        What::Accept { one } => one.step("accept", Value::Null).await?,
        What::Begin { one } => one.step("begin", Value::Null).await?,
        What::Extend { one, until, key: None } => {
            one.step("extend", json!({ "until": until })).await?;
        }
        What::Extend { one, until, key: Some(key) } => {
            let signed = one.extension(until, &key).await?;
            one.step("extend", json!({ "until": until, "signed": signed })).await?;
        }
        What::Key { one, public } => one.step("name_lease_key", json!({ "key": public })).await?,
        What::Gateway { one, public, window } => {
            one.step("name_gateway", json!({ "key": public, "window": window })).await?;
        }
        What::Gateways { one } => {
            let told = one.asking.client()?.get(&one.path("/gateways")).await?;
            gateways(&one.asking, &told)?;
        }
        What::Record { one, record } => {
            one.asking.show(&one.bring("/record", JSON, &record).await?, &COLUMNS)?;
        }
        What::Destruction { one, certificate } => {
            deliver(&one.asking, one.id, bytes(&certificate)?).await?;
        }
        What::Checkpoint { one, checkpoint } => {
            gateways(&one.asking, &one.bring("/checkpoints", BYTES, &checkpoint).await?)?;
        }
        What::Count { one, count } => {
            counts(&one.asking, &one.bring("/counts", JSON, &count).await?)?;
        }
        What::Counts { one } => {
            let told = one.asking.client()?.get(&one.path("/counts")).await?;
            counts(&one.asking, &told)?;
        }
        What::Release { one, to, at } => {
            one.step("report", json!({ "to": word(to), "at": at })).await?;
        }
        What::Step { one, document } => {
            one.send(&json_in(&document)?).await?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

/// The media types of what is sent as it is.
const BYTES: &str = "application/octet-stream";
const JSON: &str = "application/json";

/// Brings in a gateway's certificate of destruction, and shows what is known then.
pub async fn deliver(asking: &Asking, id: EngagementId, sent: Vec<u8>) -> anyhow::Result<()> {
    let path = format!("/v1/engagements/{id}/destructions");
    let told = asking.client()?.send(&path, BYTES, sent).await?;
    gateways(asking, &told)
}

/// Shows the gateways of each window, and what became of what was held.
pub fn gateways(asking: &Asking, told: &Value) -> anyhow::Result<()> {
    if asking.json {
        return super::print_json(told);
    }
    for window in told.as_array().into_iter().flatten() {
        let of = |it: &Value, name: &str| match it.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(Value::Null) | None => "-".to_owned(),
            Some(other) => other.to_string(),
        };
        let id = of(window, "window");
        match window.get("is_over").and_then(Value::as_bool) {
            Some(true) => say!(
                "window {id}: {} of {} have certified that what they held is gone \
                 (clearinghouse: {})",
                of(window, "delivered"),
                of(window, "holders"),
                of(window, "clearinghouse").replace('_', " "),
            ),
            _ => say!("window {id}: it is not over, so nothing is to be gone yet"),
        }
        for gateway in window.get("gateways").and_then(Value::as_array).into_iter().flatten() {
            let gone = gateway.get("destruction").map_or("-".to_owned(), |it| of(it, "objects"));
            let (key, standing) = (of(gateway, "key"), of(gateway, "standing"));
            say!("  {key}  {standing} ({})  objects gone: {gone}", of(gateway, "named_by"));
        }
    }
    Ok(())
}

/// Shows what gateways counted, party by party.
fn counts(asking: &Asking, told: &Value) -> anyhow::Result<()> {
    if asking.json {
        return super::print_json(told);
    }
    for count in told.get("counts").and_then(Value::as_array).into_iter().flatten() {
        let of = |name: &str| count.get(name).and_then(Value::as_str).unwrap_or_default();
        say!("window {}, gateway {}, brought in {}", of("window"), of("gateway"), of("at"));
        let parties = count.get("parties").and_then(Value::as_array);
        super::print_text(&rows(parties.map(Vec::as_slice).unwrap_or_default(), &USED))?;
    }
    Ok(())
}

/// Everything ends, and nothing is asked.
async fn withdraw(id: Option<EngagementId>, asking: &Asking) -> anyhow::Result<()> {
    let client = asking.client()?;
    let ids = match id {
        Some(id) => vec![id.to_string()],
        None => own(&client).await?,
    };
    let mut ended = Vec::new();
    for id in &ids {
        let path = format!("/v1/engagements/{id}/withdrawal");
        ended.push(client.post(&path, &json!({})).await?);
        if !asking.json {
            say!("withdrawn: {id}");
        }
    }
    match asking.json {
        true => super::print_json(&ended),
        false => Ok(()),
    }
}

/// Every engagement that the account may know of: a developer knows of its own.
async fn own(client: &Client) -> anyhow::Result<Vec<String>> {
    let list = client.get("/v1/engagements").await?;
    let ids = list.as_array().into_iter().flatten();
    Ok(ids.filter_map(|it| Some(it.get("id")?.as_str()?.to_owned())).collect())
}

impl One {
    fn path(&self, rest: &str) -> String {
        format!("/v1/engagements/{}{rest}", self.id)
    }

    async fn read(&self, rest: &str) -> anyhow::Result<()> {
        let answer = self.asking.client()?.get(&self.path(rest)).await?;
        self.asking.show(&answer, &COLUMNS)
    }

    /// Sends a file as it is; gives what is known then.
    async fn bring(&self, rest: &str, kind: &str, file: &Path) -> anyhow::Result<Value> {
        self.asking.client()?.send(&self.path(rest), kind, bytes(file)?).await
    }

    async fn texts(&self, rest: &str, heading: &str) -> anyhow::Result<()> {
        let answer = self.asking.client()?.get(&self.path(rest)).await?;
        if self.asking.json {
            return super::print_json(&answer);
        }
        for it in answer.as_array().into_iter().flatten() {
            let of = |name: &str| it.get(name).and_then(Value::as_str).unwrap_or_default();
            say!("{}\n\n{}\n", of(heading), of("text").trim_end());
        }
        Ok(())
    }

    /// The new end of the open window, signed by the key of the leases.
    async fn extension(&self, until: Timestamp, key: &Path) -> anyhow::Result<Value> {
        let key = super::gateway::papers::secret(key)?;
        let setup = self.asking.client()?.get(&self.path("/gateway")).await?;
        let begins: Timestamp = serde_json::from_value(setup["begins"].clone())?;
        let window: WindowId = serde_json::from_value(setup["window"].clone())?;
        let snapshot: Digest = serde_json::from_value(setup["snapshot"].clone())?;
        let ring: window::Ring = serde_json::from_value(setup["ring"].clone())?;
        // The time is the number: it grows from one to the next, from whichever machine they come.
        let seq = u64::try_from(Timestamp::now().as_microsecond()).unwrap_or(0);
        let word = Extension { window, snapshot, ring, begins, until, seq };
        let mut envelope = Envelope::new(EXTENSION, serde_json::to_vec(&word)?);
        envelope.sign(&key);
        Ok(serde_json::from_str(&envelope.to_json())?)
    }

    async fn step(&self, name: &str, of: Value) -> anyhow::Result<()> {
        self.send(&step(name, of)).await
    }

    async fn send(&self, document: &Value) -> anyhow::Result<()> {
        let answer = self.asking.client()?.post(&self.path("/steps"), document).await?;
        self.asking.show(&answer, &COLUMNS)
    }
}

/// The word of one of the choices, as the interface writes it.
fn word(choice: impl ValueEnum) -> String {
    let value = choice.to_possible_value();
    value.map(|value| value.get_name().replace('-', "_")).unwrap_or_default()
}
