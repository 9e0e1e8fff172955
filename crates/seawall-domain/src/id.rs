//! Identifiers: one type per subject, always random (an ordered id betrays how many secrets exist).

use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// The text is not an identifier of this subject.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("cannot read {subject} id `{text}`: it must be a UUID")]
pub struct NotAnId {
    /// The subject whose id was expected.
    pub subject: &'static str,
    /// What was found, cut to a readable length.
    pub text: String,
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $subject:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Uuid);

        impl $name {
            /// Makes the id from a random (version 4) or derived (version 5) UUID.
            pub const fn new(uuid: Uuid) -> Self {
                Self(uuid)
            }

            /// The UUID itself.
            pub const fn uuid(self) -> Uuid {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                Uuid::try_parse(text).map(Self).map_err(|_| NotAnId {
                    subject: $subject,
                    text: text.chars().take(60).collect(),
                })
            }
        }
    )*};
}

ids! {
    /// A party: an organisation with roles.
    PartyId = "party";
    /// An account: a person or a machine that acts for a party.
    AccountId = "account";
    /// A project: a piece of software that findings are about.
    ProjectId = "project";
    /// A scan lease.
    ScanId = "scan";
    /// A finding: one claim by one finder.
    FindingId = "finding";
    /// A reproduction: what running a finding's proof showed.
    ReproductionId = "reproduction";
    /// A case: the coordination of one flaw.
    CaseId = "case";
    /// A fix that a maintainer announced.
    FixId = "fix";
    /// An advisory, before and after it has a number.
    AdvisoryId = "advisory";
    /// An inventory: what an operator runs.
    InventoryId = "inventory";
    /// A statement about a product by its vendor or distributor (VEX).
    StatementId = "statement";
    /// An exposure: an advisory meets an inventory.
    ExposureId = "exposure";
    /// A natural person: whatever accounts and roles somebody has, there is one of these.
    PersonId = "person";
    /// A run of an evaluation under a sealed protocol.
    RunId = "run";
    /// An evaluation: everything that happens under the protocols of one model line.
    EvaluationId = "evaluation";
    /// An engagement: a developer's voluntary dealings about one model.
    EngagementId = "engagement";
    /// An access window, from its offer on.
    WindowId = "window";
    /// A tie between a person and a party, in the register of conflicts.
    TieId = "tie";
    /// A trusted partner, from its application on.
    PartnerId = "partner";
    /// A fact, once recorded.
    FactId = "fact";
    /// A job in the queue.
    JobId = "job";
}
