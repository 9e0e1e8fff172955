//! A statement: what a vendor or distributor says of its products and a flaw (VEX), with issuer.

use crate::digest::{Address, Digest};
use crate::fact::{Aggregate, Subject, begun, facts_of};
use crate::id::{PartyId, StatementId};
use crate::package::{Package, Version};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What the issuer says (CISA minimum requirements for VEX; OpenVEX 0.2).
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The product is not affected, and why is in the document.
    NotAffected,
    /// The product is affected.
    Affected,
    /// The product version holds a fix.
    Fixed,
    /// The issuer does not know yet.
    UnderInvestigation,
}

/// One thing it says.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Entry {
    /// The flaw, by any of its names.
    pub vulnerability: String,
    /// The product, as the issuer identifies it.
    pub product: String,
    /// The package, where the product's name is a purl.
    pub package: Option<Package>,
    /// Its version; `None` means every version.
    pub version: Option<Version>,
    /// The product whose part it speaks of, when it speaks of a part: it holds only there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Whole>,
    /// What is said.
    pub status: Status,
}

/// A product as a whole, of which a part is spoken.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Whole {
    /// The product; `None` when it is not named by a purl, so that it cannot be told.
    pub package: Option<Package>,
    /// Its version; `None` means every version.
    pub version: Option<Version>,
}

/// A statement document.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Statement {
    /// Its id.
    pub id: StatementId,
    /// The party that sent it, which is the issuer.
    pub issuer: PartyId,
    /// The document as it came.
    pub document: Address,
    /// SHA-256 of the document.
    pub digest: Digest,
    /// What it says.
    pub entries: Vec<Entry>,
    /// When it came.
    pub received_at: Timestamp,
}

/// What happens to a statement.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields are those of the state they change")]
pub enum StatementFact {
    Received(Box<Statement>),
}
facts_of!(StatementFact in Statement);

impl Statement {
    /// Takes in a statement.
    pub fn receive(statement: Statement, now: Timestamp) -> Option<(Statement, StatementFact)> {
        begun(StatementFact::Received(Box::new(statement)), now)
    }
}

impl Aggregate for Statement {
    const SUBJECT: Subject = Subject::Statement;
    type Fact = StatementFact;

    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }

    fn apply(prior: Option<Self>, fact: &StatementFact, _at: Timestamp) -> Option<Self> {
        match (prior, fact) {
            (None, StatementFact::Received(statement)) => Some((**statement).clone()),
            (Some(_), StatementFact::Received(_)) => None,
        }
    }
}
