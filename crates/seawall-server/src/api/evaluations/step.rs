//! One step in a docket, as it is sent.

use seawall_domain::access::Actor;
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::Evaluation;
use seawall_domain::evaluation::sealing::Duty;
use seawall_domain::evaluation::token::Reason;
use seawall_domain::id::{EvaluationId, PersonId, RunId};
use seawall_domain::recipient::Recipient;
use seawall_domain::time::Timestamp;
use seawall_services::desk::Desk;
use seawall_services::evaluation::docket::{self, Fate, Returned};
use seawall_services::outcome::Outcome;
use serde::Deserialize;
use utoipa::ToSchema;

/// A step; which duty it takes is said in brackets.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = EvaluationStep)]
pub enum Step {
    /// Give a person a duty (official).
    Give {
        /// The person.
        #[schema(value_type = String)]
        person: PersonId,
        /// Which duty.
        #[schema(value_type = String)]
        duty: Duty,
    },
    /// Sign the root that waits (set_threshold, countersign).
    Sign {
        /// The root that the person saw.
        #[schema(value_type = String)]
        root: Digest,
    },
    /// Take a log in by its token (run, score): `seawall evaluation token return --out` writes it.
    Take {
        /// The token that the log carries.
        token: String,
        /// When the run began, as the log says.
        #[schema(value_type = String)]
        created: Timestamp,
        /// SHA-256 of the log's bytes.
        #[schema(value_type = String)]
        log: Digest,
    },
    /// The run counts (score).
    Complete {
        /// The run.
        #[schema(value_type = String)]
        run: RunId,
    },
    /// The run ended, and does not count (score).
    Fail {
        /// The run.
        #[schema(value_type = String)]
        run: RunId,
        /// Why.
        #[schema(value_type = String)]
        why: Reason,
    },
    /// There is no log, and none will be taken (run, score).
    Abandon {
        /// The run.
        #[schema(value_type = String)]
        run: RunId,
        /// Why.
        #[schema(value_type = String)]
        why: Reason,
    },
    /// Name the key to which the own part of the next protocol is encrypted (custody).
    BringKey {
        /// The public half, as `seawall evaluation custodian` prints it.
        #[schema(value_type = String)]
        key: Recipient,
    },
    /// Ask for the protocol to be opened (score, audit).
    AskOpening {
        /// How many custodians must agree, where the key is not split among them. Where it is,
        /// their number was said when the protocol was committed to.
        #[serde(default)]
        quorum: Option<usize>,
    },
    /// Agree to the opening (custody).
    Agree {
        /// The own share of the key, where it is split. It is secret: `seawall evaluation share`
        /// takes it out of what `…/share` answers.
        #[serde(default)]
        share: Option<String>,
    },
}

impl Step {
    /// Has the step taken.
    pub async fn take(self, desk: &Desk, actor: &Actor, id: EvaluationId) -> Outcome<Evaluation> {
        match self {
            Step::Give { person, duty } => docket::give(desk, actor, id, person, duty).await,
            Step::Sign { root } => docket::sign(desk, actor, id, root).await,
            Step::Take { token, created, log } => {
                let returned = Returned { token: &token, created, log };
                docket::take(desk, actor, id, returned).await
            }
            Step::Complete { run } => docket::close(desk, actor, id, run, Fate::Completed).await,
            Step::Fail { run, why } => docket::close(desk, actor, id, run, Fate::Failed(why)).await,
            Step::Abandon { run, why } => {
                docket::close(desk, actor, id, run, Fate::Abandoned(why)).await
            }
            Step::AskOpening { quorum } => docket::ask_opening(desk, actor, id, quorum).await,
            Step::BringKey { key } => docket::bring_key(desk, actor, id, key).await,
            Step::Agree { share } => docket::agree(desk, actor, id, share.as_deref()).await,
        }
    }
}
