//! One step of an application or a seat, as it is sent.

use seawall_domain::access::Actor;
use seawall_domain::digest::Digest;
use seawall_domain::id::{AccountId, PartnerId, PersonId, WindowId};
use seawall_domain::partner::Partner;
use seawall_domain::partner::assessment::Filing;
use seawall_domain::partner::decision::Rivalry;
use seawall_domain::partner::seat::{Change, Extent, Why};
use seawall_services::desk::Desk;
use seawall_services::outcome::Outcome;
use seawall_services::partner::{self, Drawing};
use serde::Deserialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// A step; who can take it is said in brackets.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "step", rename_all = "snake_case", deny_unknown_fields)]
#[schema(as = PartnerStep)]
pub enum Step {
    /// Begin the draw of a panel (official).
    BeginDraw {
        /// From whom is drawn: at least twice as many as are wanted, besides those with a tie.
        #[schema(value_type = Vec<String>)]
        pool: BTreeSet<PersonId>,
        /// How many are drawn.
        wanted: u8,
    },
    /// Commit to a number (developer, official).
    CommitDraw {
        /// SHA-256 of `seawall/lottery/v1/commit`, the party's id and the number.
        #[schema(value_type = String)]
        to: Digest,
    },
    /// Reveal it (developer, official).
    RevealDraw {
        /// The number, as 64 hexadecimal digits.
        #[schema(value_type = String)]
        nonce: Digest,
    },
    /// Have one more person look, because marks are too far apart: the next of the draw (official).
    Join {},
    /// File answers and marks (a person of the panel).
    Mark {
        /// The answer at each gate and the mark for each criterion.
        #[schema(value_type = Object)]
        filing: Filing,
    },
    /// Record what follows from the marks, and from whether it competes (official).
    Conclude {
        /// `none` or `competitor`.
        #[schema(value_type = String)]
        rivalry: Rivalry,
        /// How many days it lasts.
        days: i64,
    },
    /// Sign the decision (developer; an official, but not who stated whether it competes).
    Sign,
    /// Appeal (applicant).
    Appeal,
    /// Name the people who take the seat (applicant).
    Seat {
        /// Who.
        #[schema(value_type = Vec<String>)]
        people: BTreeSet<PersonId>,
    },
    /// Stop a person or everybody at once (developer, partner, duty officer).
    Suspend {
        /// A person, or the organisation.
        #[schema(value_type = Object)]
        extent: Extent,
        /// Why.
        #[schema(value_type = String)]
        why: Why,
    },
    /// Sign for starting again or for stopping for good; the second person does it.
    Change {
        /// What.
        #[schema(value_type = Object)]
        to: Change,
    },
    /// Report a key lost (developer, partner, duty officer).
    LoseKey {
        /// Its thumbprint (RFC 7638) in hexadecimal, as tokens on record show it.
        #[schema(value_type = String)]
        key: Digest,
    },
    /// Give the yearly word (partner).
    Attest,
    /// Accept the terms of a window that is open to the seat (a person of the seat).
    AcceptTerms {
        /// The window.
        #[schema(value_type = String)]
        window: WindowId,
        /// SHA-256 of its terms.
        #[schema(value_type = String)]
        terms: Digest,
    },
    /// Answer for a machine of the partner, which gets tokens from then on (a person of the seat).
    Sponsor {
        /// The machine's account.
        #[schema(value_type = String)]
        machine: AccountId,
    },
    /// Answer for it no longer (whoever does).
    Dismiss {
        /// The machine's account.
        #[schema(value_type = String)]
        machine: AccountId,
    },
}

impl Step {
    /// Has the step taken.
    pub async fn take(self, desk: &Desk, actor: &Actor, id: PartnerId) -> Outcome<Partner> {
        match self {
            Step::BeginDraw { pool, wanted } => {
                partner::begin_draw(desk, actor, id, Drawing { pool, wanted }).await
            }
            Step::CommitDraw { to } => partner::commit_draw(desk, actor, id, to).await,
            Step::RevealDraw { nonce } => partner::reveal_draw(desk, actor, id, nonce).await,
            Step::Join {} => partner::join(desk, actor, id).await,
            Step::Mark { filing } => partner::mark(desk, actor, id, filing).await,
            Step::Conclude { rivalry, days } => {
                partner::conclude(desk, actor, id, rivalry, days).await
            }
            Step::Sign => partner::sign(desk, actor, id).await,
            Step::Appeal => partner::appeal(desk, actor, id).await,
            Step::Seat { people } => partner::seat(desk, actor, id, people).await,
            Step::Suspend { extent, why } => partner::suspend(desk, actor, id, extent, why).await,
            Step::Change { to } => partner::change(desk, actor, id, to).await,
            Step::LoseKey { key } => partner::lose_key(desk, actor, id, key).await,
            Step::Attest => partner::attest(desk, actor, id).await,
            Step::AcceptTerms { window, terms } => {
                partner::accept_terms(desk, actor, id, window, terms).await
            }
            Step::Sponsor { machine } => partner::sponsor(desk, actor, id, machine).await,
            Step::Dismiss { machine } => partner::dismiss(desk, actor, id, machine).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_names_who_joins() {
        let check = |text: &str, expected: bool| {
            let read = serde_json::from_str::<Step>(text);
            assert_eq!(read.is_ok(), expected, "{text}: {read:?}");
        };
        check(r#"{"step":"join"}"#, true);
        check(r#"{"step":"join","person":"00000000-0000-4000-8000-000000000000"}"#, false);
    }
}
