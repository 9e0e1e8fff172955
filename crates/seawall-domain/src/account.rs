//! An account: a person or a machine that acts for a party, and its keys.

use crate::digest::Digest;
use crate::fact::{Aggregate, Subject, becomes, begun, facts_of};
use crate::id::{AccountId, PartyId, PersonId};
use crate::party::Standing;
use crate::refusal::Refusal;
use crate::time::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Who stands behind an account.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Holder {
    /// A person, who signs in by a one-time link.
    Person,
    /// A machine, which names its model and harness; a human of the party answers for it.
    Machine {
        /// The model, as the party names it.
        model: String,
        /// The program that drives it.
        harness: String,
    },
}

/// A key of a machine: only its digest is kept.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Key {
    /// SHA-256 of the key's text.
    pub digest: Digest,
    /// When it ends by itself, at most a year after it was issued.
    pub expires_at: Timestamp,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
}

/// The longest life of a key in days (TAP Intake API, section 2).
pub const KEY_DAYS_MAX: i64 = 365;

/// An account.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Account {
    /// Its id.
    pub id: AccountId,
    /// The party it acts for.
    pub party: PartyId,
    /// What others see: a role, never a person's name.
    pub label: String,
    /// Person or machine.
    pub holder: Holder,
    /// The natural person, where it has other accounts too: said when the account is opened, and
    /// never changed, so that nobody can be two people one after the other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// The Ed25519 key with which it signs, as 64 hexadecimal digits.
    pub public_key: String,
    /// Its keys.
    pub keys: Vec<Key>,
    /// Whether it may act.
    pub standing: Standing,
}

/// What happens to an account.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields are those of the state they change")]
pub enum AccountFact {
    Opened {
        id: AccountId,
        party: PartyId,
        label: String,
        holder: Holder,
        public_key: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        person: Option<PersonId>,
    },
    KeyIssued {
        digest: Digest,
        expires_at: Timestamp,
    },
    KeyRevoked {
        digest: Digest,
    },
    Suspended,
}
facts_of!(AccountFact in Account);

impl Account {
    /// Opens an account for a party; `person` where its holder has other accounts.
    pub fn open(
        (id, party): (AccountId, PartyId),
        label: &str,
        holder: Holder,
        person: Option<PersonId>,
        public_key: String,
        now: Timestamp,
    ) -> Option<(Account, AccountFact)> {
        let label = label.to_owned();
        begun(AccountFact::Opened { id, party, label, holder, public_key, person }, now)
    }

    /// The natural person behind it. Without another word it stands for a person of its own; a
    /// machine stands for nobody.
    pub fn natural(&self) -> Option<PersonId> {
        match self.holder {
            Holder::Person => Some(self.person.unwrap_or(PersonId::new(self.id.uuid()))),
            Holder::Machine { .. } => None,
        }
    }

    /// Issues a key that ends by itself.
    pub fn issue_key(
        self,
        digest: Digest,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<(Account, AccountFact), Refusal> {
        let life = expires_at.duration_since(now);
        if !life.is_positive() || life > SignedDuration::from_hours(KEY_DAYS_MAX * 24) {
            return Err(Refusal::LeaseOutOfBounds { days_max: KEY_DAYS_MAX });
        }
        let refusal = Refusal::NotNow { step: "issue a key", subject: "account", state: "closed" };
        becomes(self, AccountFact::KeyIssued { digest, expires_at }, now, refusal)
    }

    /// Closes it: it acts for nobody any more, by no key and no session.
    pub fn close(self, now: Timestamp) -> Result<(Account, AccountFact), Refusal> {
        let refusal = Refusal::NotNow { step: "close it", subject: "account", state: "closed" };
        match self.standing {
            Standing::Active => becomes(self, AccountFact::Suspended, now, refusal),
            Standing::Suspended => Err(refusal),
        }
    }

    /// Whether it may act.
    pub fn is_open(&self) -> bool {
        self.standing == Standing::Active
    }

    /// Whether the key of this digest lets the account in now.
    pub fn admits(&self, digest: &Digest, now: Timestamp) -> bool {
        self.standing == Standing::Active
            && self.keys.iter().any(|key| {
                key.digest == *digest && key.revoked_at.is_none() && now < key.expires_at
            })
    }
}

impl Aggregate for Account {
    const SUBJECT: Subject = Subject::Account;
    type Fact = AccountFact;

    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }

    fn apply(prior: Option<Self>, fact: &AccountFact, at: Timestamp) -> Option<Self> {
        match (prior, fact.clone()) {
            (None, AccountFact::Opened { id, party, label, holder, public_key, person }) => {
                Some(Account {
                    id,
                    party,
                    label,
                    holder,
                    person,
                    public_key,
                    keys: Vec::new(),
                    standing: Standing::Active,
                })
            }
            (Some(mut account), AccountFact::KeyIssued { digest, expires_at }) => {
                account.keys.push(Key { digest, expires_at, revoked_at: None });
                Some(account)
            }
            (Some(mut account), AccountFact::KeyRevoked { digest }) => {
                account.keys.iter_mut().filter(|key| key.digest == digest).for_each(|key| {
                    key.revoked_at.get_or_insert(at);
                });
                Some(account)
            }
            (Some(account), AccountFact::Suspended) => {
                Some(Account { standing: Standing::Suspended, ..account })
            }
            (None, _) | (Some(_), AccountFact::Opened { .. }) => None,
        }
    }
}

#[cfg(test)]
mod tests;
