//! An advisory: what is published. It is superseded by a new revision, never edited, and leaves
//! only with two people's signatures.

use crate::digest::{Address, Digest};
use crate::fact::{Aggregate, Subject, becomes, begun, facts_of};
use crate::id::{AccountId, AdvisoryId, CaseId};
use crate::publication::AdvisoryNumber;
use crate::refusal::Refusal;
use crate::time::Timestamp;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// How many people must sign what is published (DESIGN section 5, "two signatures").
pub const SIGNATURES: usize = 2;

/// An advisory.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Advisory {
    /// Its id, random: it says nothing about how many there are.
    pub id: AdvisoryId,
    /// The case it comes from.
    pub case: CaseId,
    /// The revision that is being prepared or was published last, from 1.
    pub revision: u32,
    /// What that revision says.
    pub content: Address,
    /// SHA-256 of what it says: this is what people sign.
    pub digest: Digest,
    /// Who signed that revision.
    pub signatures: Vec<Signature>,
    /// Its public name, given out on first publication.
    pub number: Option<AdvisoryNumber>,
    /// What was published, oldest first.
    pub editions: Vec<Edition>,
    /// Where it stands.
    pub standing: Standing,
}

/// Where an advisory stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// Waits for signatures.
    Draft,
    /// Two people signed; it is about to be published.
    Signed,
    /// Its current revision is out.
    Published,
}

/// One person's signature over a revision's digest.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Signature {
    /// Whose.
    pub account: AccountId,
    /// Their Ed25519 public key, 64 hexadecimal digits.
    pub public_key: String,
    /// The signature over the digest's DSSE encoding, hexadecimal.
    pub value: String,
    /// When.
    pub at: Timestamp,
}

/// One published revision: its documents, by digest.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Edition {
    /// The revision, from 1.
    pub revision: u32,
    /// When.
    pub at: Timestamp,
    /// SHA-256 of the CSAF document.
    pub csaf: Digest,
    /// SHA-256 of the OSV record.
    pub osv: Digest,
    /// Where the publication and its documents lie.
    pub kept: Address,
}

/// What happens to an advisory.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(missing_docs, reason = "fields are those of the state they change")]
pub enum AdvisoryFact {
    Drafted { id: AdvisoryId, case: CaseId, content: Address, digest: Digest },
    Revised { content: Address, digest: Digest },
    Signed { account: AccountId, public_key: String, value: String },
    Published { number: AdvisoryNumber, revision: u32, csaf: Digest, osv: Digest, kept: Address },
}
facts_of!(AdvisoryFact in Advisory);

/// An advisory after a decision, with the fact; or the refusal.
pub type Decided = Result<(Advisory, AdvisoryFact), Refusal>;

impl Advisory {
    /// Drafts the first revision.
    pub fn draft(
        id: AdvisoryId,
        case: CaseId,
        content: Address,
        digest: Digest,
        now: Timestamp,
    ) -> Option<(Advisory, AdvisoryFact)> {
        begun(AdvisoryFact::Drafted { id, case, content, digest }, now)
    }

    /// Prepares a new revision; a draft that nobody signed yet is replaced.
    pub fn revise(self, content: Address, digest: Digest, now: Timestamp) -> Decided {
        self.step("be revised", AdvisoryFact::Revised { content, digest }, now)
    }

    /// Signs the revision that was looked at; the same person cannot sign it twice.
    pub fn sign(self, signature: Signature, looked_at: &Digest, now: Timestamp) -> Decided {
        if self.digest != *looked_at {
            let state = "another revision than the one you looked at";
            return Err(Refusal::NotNow { step: "be signed", subject: "advisory", state });
        }
        if self.signatures.iter().any(|known| {
            known.account == signature.account || known.public_key == signature.public_key
        }) {
            return Err(Refusal::SecondPersonNeeded { revision: self.revision });
        }
        let Signature { account, public_key, value, .. } = signature;
        self.step("be signed", AdvisoryFact::Signed { account, public_key, value }, now)
    }

    /// Records the publication of the signed revision, with its number and documents.
    pub fn publish(
        self,
        number: AdvisoryNumber,
        documents: (Digest, Digest, Address),
        now: Timestamp,
    ) -> Decided {
        let (revision, (csaf, osv, kept)) = (self.revision, documents);
        let fact = AdvisoryFact::Published { number, revision, csaf, osv, kept };
        self.step("be published", fact, now)
    }

    fn step(self, step: &'static str, fact: AdvisoryFact, now: Timestamp) -> Decided {
        let state = self.standing.name();
        becomes(self, fact, now, Refusal::NotNow { step, subject: "advisory", state })
    }
}

impl Standing {
    /// The state's name.
    pub fn name(self) -> &'static str {
        match self {
            Standing::Draft => "draft",
            Standing::Signed => "signed",
            Standing::Published => "published",
        }
    }
}

impl Aggregate for Advisory {
    const SUBJECT: Subject = Subject::Advisory;
    type Fact = AdvisoryFact;

    fn uuid(&self) -> Uuid {
        self.id.uuid()
    }

    fn apply(prior: Option<Self>, fact: &AdvisoryFact, at: Timestamp) -> Option<Self> {
        use AdvisoryFact as F;
        use Standing as S;
        match (prior, fact.clone()) {
            (None, F::Drafted { id, case, content, digest }) => Some(Advisory {
                id,
                case,
                revision: 1,
                content,
                digest,
                signatures: Vec::new(),
                number: None,
                editions: Vec::new(),
                standing: S::Draft,
            }),
            (Some(mut advisory), F::Revised { content, digest }) => {
                match advisory.standing {
                    S::Published => advisory.revision += 1,
                    S::Draft => {}
                    S::Signed => return None,
                }
                let signatures = Vec::new();
                Some(Advisory { content, digest, signatures, standing: S::Draft, ..advisory })
            }
            (Some(mut advisory), F::Signed { account, public_key, value }) => {
                let is_second =
                    |known: &Signature| known.account != account && known.public_key != public_key;
                let follows =
                    advisory.standing == S::Draft && advisory.signatures.iter().all(is_second);
                follows.then_some(())?;
                advisory.signatures.push(Signature { account, public_key, value, at });
                if advisory.signatures.len() >= SIGNATURES {
                    advisory.standing = S::Signed;
                }
                Some(advisory)
            }
            (Some(mut advisory), F::Published { number, revision, csaf, osv, kept }) => {
                let known = advisory.number.is_none_or(|known| known == number);
                (advisory.standing == S::Signed && known && revision == advisory.revision)
                    .then_some(())?;
                advisory.number = Some(number);
                advisory.editions.push(Edition { revision, at, csaf, osv, kept });
                Some(Advisory { standing: S::Published, ..advisory })
            }
            (None, _) | (Some(_), F::Drafted { .. }) => None,
        }
    }
}

#[cfg(test)]
mod tests;
