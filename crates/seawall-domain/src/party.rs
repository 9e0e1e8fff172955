//! A party: an organisation that takes part, with its roles.

use crate::fact::{Aggregate, Subject, facts_of};
use crate::id::PartyId;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use uuid::Uuid;

/// What a party is in coordinated disclosure (CERT Guide to CVD; DESIGN section 2).
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Finds and reports.
    Finder,
    /// Coordinates: the clearinghouse's own analysts.
    Coordinator,
    /// Maintains a project.
    Maintainer,
    /// Ships products that contain it.
    Vendor,
    /// Distributes packages of it.
    Distributor,
    /// Runs it.
    Operator,
    /// A federal agency, which runs it under directives.
    Agency,
    /// Develops models.
    Developer,
    /// Evaluates models, and looks at applications of partners.
    Evaluator,
    /// Makes determinations and takes up offers, for the government.
    Official,
    /// Answers at the clearinghouse at any hour.
    DutyOfficer,
    /// Is a trusted partner, or wants to become one.
    Partner,
    /// Looks at what was done, afterwards.
    Auditor,
}

/// A party.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Party {
    /// Its id.
    pub id: PartyId,
    /// Its name.
    pub name: String,
    /// What it does here.
    pub roles: BTreeSet<Role>,
    /// Whether it may act.
    pub standing: Standing,
    /// When it joined.
    pub since: Timestamp,
}

/// Whether a party or an account may act.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It may.
    Active,
    /// It may not; what it did before stays.
    Suspended,
}

/// What happens to a party.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields are those of the state they change")]
pub enum PartyFact {
    Registered { id: PartyId, name: String, roles: BTreeSet<Role> },
    Suspended,
}
facts_of!(PartyFact in Party);

impl Party {
    /// Registers a party.
    pub fn register(
        id: PartyId,
        name: &str,
        roles: impl IntoIterator<Item = Role>,
        now: Timestamp,
    ) -> (Party, PartyFact) {
        let (name, roles) = (name.to_owned(), roles.into_iter().collect::<BTreeSet<_>>());
        let fact = PartyFact::Registered { id, name: name.clone(), roles: roles.clone() };
        (Party { id, name, roles, standing: Standing::Active, since: now }, fact)
    }
}

impl Aggregate for Party {
    const SUBJECT: Subject = Subject::Party;
    type Fact = PartyFact;

    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }

    fn apply(prior: Option<Self>, fact: &PartyFact, at: Timestamp) -> Option<Self> {
        match (prior, fact) {
            (None, PartyFact::Registered { id, name, roles }) => {
                Some(Party::register(*id, name, roles.iter().copied(), at).0)
            }
            (Some(party), PartyFact::Suspended) => {
                Some(Party { standing: Standing::Suspended, ..party })
            }
            (None, PartyFact::Suspended) | (Some(_), PartyFact::Registered { .. }) => None,
        }
    }
}
