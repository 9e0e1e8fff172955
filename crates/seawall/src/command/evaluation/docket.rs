//! `seawall evaluation docket`: an evaluation as an installation has it, over its own interface.

use crate::command::clearinghouse::{Asking, Column, step, text};
use clap::Subcommand;
use seawall_domain::digest::Digest;
use seawall_domain::id::{EvaluationId, PersonId};
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
            What::Commit { one, protocol } => {
                let terms: Value = serde_json::from_str(&text(&protocol)?)?;
                one.send("/protocols", &terms).await?;
            }
            What::Sign { one, root } => {
                one.send("/steps", &step("sign", json!({ "root": root }))).await?;
            }
            What::Token { one } => one.send("/tokens", &json!({})).await?,
            What::Step { one, document } => {
                one.send("/steps", &serde_json::from_str(&text(&document)?)?).await?;
            }
        }
        Ok(ExitCode::SUCCESS)
    })
}

impl One {
    fn path(&self, rest: &str) -> String {
        format!("/v1/evaluations/{}{rest}", self.id)
    }

    async fn send(&self, rest: &str, document: &Value) -> anyhow::Result<()> {
        let answer = self.asking.client()?.post(&self.path(rest), document).await?;
        self.asking.show(&answer, &COLUMNS)
    }
}
