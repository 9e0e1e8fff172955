//! An inventory: what an operator says it runs, at one moment.

use crate::digest::{Address, Digest};
use crate::fact::{Aggregate, Subject, begun, facts_of};
use crate::id::{InventoryId, PartyId};
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// An inventory. A later one of the same operator and label takes its place; both stay.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Inventory {
    /// Its id.
    pub id: InventoryId,
    /// Whose it is.
    pub operator: PartyId,
    /// Which of the operator's systems: `main` when it says nothing.
    pub label: String,
    /// Which upload of that label, from 1.
    pub serial: u32,
    /// The document as it came.
    pub document: Address,
    /// SHA-256 of the document: the evidence of a closure.
    pub digest: Digest,
    /// The document's shape: `cyclonedx`, `spdx`, `csv`, `debian`.
    pub shape: String,
    /// How many components it lists.
    pub components: u32,
    /// How many of them can be told for certain.
    pub known: u32,
    /// When it came.
    pub received_at: Timestamp,
}

/// What happens to an inventory.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields are those of the state they change")]
pub enum InventoryFact {
    Received(Box<Inventory>),
}
facts_of!(InventoryFact in Inventory);

impl Inventory {
    /// Takes in an inventory.
    pub fn receive(inventory: Inventory, now: Timestamp) -> Option<(Inventory, InventoryFact)> {
        begun(InventoryFact::Received(Box::new(inventory)), now)
    }
}

impl Aggregate for Inventory {
    const SUBJECT: Subject = Subject::Inventory;
    type Fact = InventoryFact;

    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }

    fn apply(prior: Option<Self>, fact: &InventoryFact, _at: Timestamp) -> Option<Self> {
        match (prior, fact) {
            (None, InventoryFact::Received(inventory)) => Some((**inventory).clone()),
            (Some(_), InventoryFact::Received(_)) => None,
        }
    }
}
