//! `seawall evaluation docket`: an evaluation as an installation has it, over its own interface.

use crate::command::clearinghouse::{Asking, Column, json_in, step};
use crate::command::gateway::papers::keeper;
use anyhow::bail;
use clap::Subcommand;
use seawall_domain::digest::Digest;
use seawall_domain::id::{EvaluationId, PersonId};
use seawall_domain::recipient::Recipient;
use seawall_formats::custody::SealedShare;
use seawall_ledger::canonical::canonical;
use seawall_services::evaluation::custody;
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
    /// The evaluation.
    id: EvaluationId,
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
    /// One of them: duties, what is sealed, tokens.
    Show {
        #[command(flatten)]
        one: One,
    },
    /// As the official: open one.
    Open {
        #[command(flatten)]
        asking: Asking,
    },
    /// As the official: give a person a duty.
    Give {
        #[command(flatten)]
        one: One,
        /// The person.
        #[arg(long)]
        person: PersonId,
        /// set_threshold, countersign, run, score, custody or audit.
        #[arg(long)]
        duty: String,
    },
    /// As whoever sets the threshold: commit to a protocol.
    Commit {
        #[command(flatten)]
        one: One,
        /// The file with the protocol; `-` for the standard input.
        protocol: PathBuf,
        /// How many of the custodians open it together; each has brought a key.
        #[arg(long, required_unless_present = "rehearsal", conflicts_with = "rehearsal")]
        threshold: Option<usize>,
        /// Keep it under the installation's own key, for practice: whoever has the installation can
        /// read every threshold.
        #[arg(long)]
        rehearsal: bool,
    },
    /// As a custodian: name the key to which your part of the next protocol is encrypted.
    Key {
        #[command(flatten)]
        one: One,
        /// The public half, `x25519:…` as `seawall evaluation custodian` prints it.
        #[arg(long)]
        key: Recipient,
    },
    /// As a custodian: agree to the opening, and bring your part of the key.
    Agree {
        #[command(flatten)]
        one: One,
        /// The file with your secret half, made by `seawall evaluation custodian`. It stays here.
        #[arg(long)]
        key: Option<PathBuf>,
    },
    /// Sign the protocol that was committed to; the second person's signature seals it.
    Sign {
        #[command(flatten)]
        one: One,
        /// Its root.
        #[arg(long)]
        root: Digest,
    },
    /// As whoever runs: get a token that binds a run to the sealed protocol.
    Token {
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

const COLUMNS: [Column; 3] = [("evaluation", "id"), ("seal", "seal"), ("root", "root")];

/// Does one of them.
pub fn run(arguments: Arguments) -> anyhow::Result<ExitCode> {
    crate::prepare();
    crate::command::block_on(async {
        match arguments.what {
            What::List { asking } => {
                asking.show(&asking.client()?.get("/v1/evaluations").await?, &COLUMNS)?;
            }
            What::Open { asking } => {
                let opened = asking.client()?.post("/v1/evaluations", &json!({})).await?;
                asking.show(&opened, &COLUMNS)?;
            }
            What::Show { one } => {
                let answer = one.asking.client()?.get(&one.path("")).await?;
                one.asking.show(&answer, &COLUMNS)?;
            }
            What::Give { one, person, duty } => {
                one.send("/steps", &step("give", json!({ "person": person, "duty": duty })))
                    .await?;
            }
            What::Commit { one, protocol, threshold, rehearsal: _ } => {
                let terms = json_in(&protocol)?;
                let kept = match threshold {
                    Some(quorum) => format!("quorum={quorum}"),
                    None => "rehearsal=true".to_owned(),
                };
                one.send(&format!("/protocols?{kept}"), &terms).await?;
            }
            What::Key { one, key } => {
                one.send("/steps", &step("bring_key", json!({ "key": key }))).await?;
            }
            What::Agree { one, key } => {
                let share = match key {
                    Some(key) => Some(one.share(&key).await?),
                    None => None,
                };
                one.send("/steps", &step("agree", json!({ "share": share }))).await?;
            }
            What::Sign { one, root } => {
                one.send("/steps", &step("sign", json!({ "root": root }))).await?;
            }
            What::Token { one } => one.send("/tokens", &json!({})).await?,
            What::Step { one, document } => {
                one.send("/steps", &json_in(&document)?).await?;
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

impl One {
    fn path(&self, rest: &str) -> String {
        format!("/v1/evaluations/{}{rest}", self.id)
    }

    /// The own share, taken out here by a key that goes nowhere.
    async fn share(&self, key: &Path) -> anyhow::Result<String> {
        let keeper = keeper(key)?;
        let sealed = self.asking.client()?.get(&self.path("/share")).await?;
        let sealed = SealedShare::read(&canonical(&sealed)?)?;
        match custody::share(&sealed, &keeper) {
            Some(share) => Ok(share?.text()),
            None => bail!("your share is encrypted to another key, {}", sealed.share.to),
        }
    }

    async fn send(&self, rest: &str, document: &Value) -> anyhow::Result<()> {
        let answer = self.asking.client()?.post(&self.path(rest), document).await?;
        self.asking.show(&answer, &COLUMNS)
    }
}
