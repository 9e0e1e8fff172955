//! One step of an engagement, as it is sent.

use seawall_domain::access::Actor;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::Engagement;
use seawall_domain::engagement::release::Report;
use seawall_domain::engagement::window::Ring;
use seawall_domain::evaluation::decision::Outcome;
use seawall_domain::id::{AccountId, EngagementId, PersonId, WindowId};
use seawall_domain::time::Timestamp;
use seawall_services::desk::Desk;
use seawall_services::engagement::{self, Offered};
use seawall_services::outcome::Outcome as Done;
use serde::Deserialize;
use utoipa::ToSchema;

/// To whom a model is released.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum To {
    /// To other trusted partners.
    Partners,
    /// To everybody.
    Everybody,
}

/// A step; who can take it is said in brackets.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = EngagementStep)]
pub enum Step {
    /// Ask whether the model is a covered frontier model (developer).
    Submit {
        /// Until when an answer is awaited.
        #[schema(value_type = String)]
        answer_by: Timestamp,
    },
    /// End everything at once (developer; in every state).
    Withdraw,
    /// Take the question back (developer; in every state).
    WithdrawQuestion,
    /// Take the offer back, or end the window (developer; in every state).
    WithdrawWindow,
    /// Offer a window (developer).
    Offer {
        /// `government` or `partners`.
        #[schema(value_type = String)]
        ring: Ring,
        /// How long at most, in seconds.
        seconds: i64,
        /// SHA-256 of the snapshot.
        #[schema(value_type = String)]
        snapshot: Digest,
        /// The terms of access.
        terms: String,
        /// Until when the offer stands.
        #[schema(value_type = String)]
        answer_by: Timestamp,
    },
    /// Begin the window that was accepted (developer).
    Begin,
    /// Sign for a later end (developer).
    Extend {
        /// The new end.
        #[schema(value_type = String)]
        until: Timestamp,
        /// The same, signed by the key of your leases (DSSE), so that gateways believe it.
        #[schema(value_type = Option<Object>)]
        signed: Option<serde_json::Value>,
    },
    /// Report a release, past or planned (developer; in every state).
    Report {
        /// To whom.
        to: To,
        /// When.
        #[schema(value_type = String)]
        at: Timestamp,
    },
    /// Name another snapshot of the same model (developer).
    AddSnapshot {
        /// SHA-256 of it.
        #[schema(value_type = String)]
        snapshot: Digest,
    },
    /// Say that the weights are open: from then on there is advice only (developer).
    OpenWeights,
    /// Name the key by which you sign leases (developer).
    NameLeaseKey {
        /// Its public half: `ed25519:` and base64, as `seawall gateway key` prints it.
        key: String,
    },
    /// Name the key by which a gateway of a window signs what it counted and what it destroyed
    /// (developer, official: each for the gateway on its side; both see it).
    NameGateway {
        /// Its public half: `ed25519:` and base64, as `seawall gateway count --show-key` prints it.
        key: String,
        /// For which window; without it, for the one that is offered or open, or was the last.
        #[schema(value_type = Option<String>)]
        window: Option<WindowId>,
    },
    /// Seat a person of the evaluating body in the government's window (official).
    SeatPerson {
        /// An account of that person.
        #[schema(value_type = String)]
        account: AccountId,
    },
    /// Refuse or stop a person there (developer), or stop one (official, duty officer).
    StopPerson {
        /// Whom.
        #[schema(value_type = String)]
        person: PersonId,
    },
    /// End such a stop: the developer its own; two people of the clearinghouse one of theirs.
    LiftStop {
        /// Whom.
        #[schema(value_type = String)]
        person: PersonId,
    },
    /// Accept the terms of the government's window (a person who is seated).
    AcceptTerms {
        /// The window.
        #[schema(value_type = String)]
        window: WindowId,
        /// SHA-256 of its terms.
        #[schema(value_type = String)]
        terms: Digest,
    },
    /// Report a key lost (developer, official, duty officer, a person who is seated).
    LoseKey {
        /// Its thumbprint (RFC 7638) in hexadecimal, as tokens on record show it.
        #[schema(value_type = String)]
        key: Digest,
    },
    /// Find a place for the runs (evaluator).
    Schedule,
    /// Name the sealed protocol (evaluator).
    NameProtocol {
        /// Its root.
        #[schema(value_type = String)]
        root: Digest,
    },
    /// Begin the runs (evaluator).
    Start,
    /// The statistic is computed (evaluator).
    Analyse,
    /// Give an opinion, which binds nobody (evaluator).
    Advise {
        /// The opinion.
        opinion: String,
    },
    /// Sign what the rule found (official).
    Issue {
        /// `covered`, `not_covered` or `inconclusive`.
        #[schema(value_type = String)]
        outcome: Outcome,
        /// Written reasons, where the official differs.
        differs: Option<String>,
    },
    /// There is no room for the runs (official).
    DeclineQuestion,
    /// Take the offer up (official).
    Accept,
    /// The window is not wanted, or no longer (official).
    DeclineOffer,
    /// The window's terms were broken (official, duty officer).
    BreakWindow,
    /// Sign that everything held in a window is gone (official, duty officer).
    Certify {
        /// The window.
        #[schema(value_type = String)]
        window: WindowId,
    },
}

impl Step {
    /// Has the step taken.
    pub async fn take(self, desk: &Desk, actor: &Actor, id: EngagementId) -> Done<Engagement> {
        match self {
            Step::Submit { answer_by } => engagement::submit(desk, actor, id, answer_by).await,
            Step::Withdraw => engagement::withdraw(desk, actor, id).await,
            Step::WithdrawQuestion => engagement::withdraw_question(desk, actor, id).await,
            Step::WithdrawWindow => engagement::withdraw_window(desk, actor, id).await,
            Step::Offer { ring, seconds, snapshot, terms, answer_by } => {
                let offered = Offered { ring, seconds, snapshot, terms: &terms, answer_by };
                engagement::offer(desk, actor, id, offered).await
            }
            Step::Begin => engagement::begin(desk, actor, id).await,
            Step::Extend { until, signed: None } => {
                engagement::extend(desk, actor, id, until).await
            }
            Step::Extend { until, signed: Some(word) } => {
                engagement::extend_signed(desk, actor, id, until, &word.to_string()).await
            }
            Step::Report { to, at } => {
                let report = match to {
                    To::Partners => Report::Partners { at },
                    To::Everybody => Report::Everybody { at },
                };
                engagement::report(desk, actor, id, report).await
            }
            Step::AddSnapshot { snapshot } => {
                engagement::add_snapshot(desk, actor, id, snapshot).await
            }
            Step::OpenWeights => engagement::open_weights(desk, actor, id).await,
            Step::NameLeaseKey { key } => engagement::name_lease_key(desk, actor, id, &key).await,
            Step::NameGateway { key, window } => {
                engagement::name_gateway(desk, actor, id, &key, window).await
            }
            Step::SeatPerson { account } => engagement::seat_person(desk, actor, id, account).await,
            Step::StopPerson { person } => engagement::stop_person(desk, actor, id, person).await,
            Step::LiftStop { person } => engagement::lift_stop(desk, actor, id, person).await,
            Step::AcceptTerms { window, terms } => {
                engagement::accept_terms(desk, actor, id, window, terms).await
            }
            Step::LoseKey { key } => engagement::lose_key(desk, actor, id, key).await,
            Step::Schedule => engagement::schedule(desk, actor, id).await,
            Step::NameProtocol { root } => engagement::name_protocol(desk, actor, id, root).await,
            Step::Start => engagement::start(desk, actor, id).await,
            Step::Analyse => engagement::analyse(desk, actor, id).await,
            Step::Advise { opinion } => engagement::advise(desk, actor, id, &opinion).await,
            Step::Issue { outcome, differs } => {
                engagement::issue(desk, actor, id, outcome, differs.as_deref()).await
            }
            Step::DeclineQuestion => engagement::decline_question(desk, actor, id).await,
            Step::Accept => engagement::accept(desk, actor, id).await,
            Step::DeclineOffer => engagement::decline_offer(desk, actor, id).await,
            Step::BreakWindow => engagement::break_window(desk, actor, id).await,
            Step::Certify { window } => engagement::certify(desk, actor, id, window).await,
        }
    }
}
