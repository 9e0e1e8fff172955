//! Letters to the developer, written anew from the facts each time; and the file that crosses.

use super::{record, show};
use crate::desk::{Desk, digest};
use crate::log;
use crate::outcome::{Fault, Outcome};
use seawall_domain::access::Actor;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::certificate::DESTRUCTION_DAYS;
use seawall_domain::engagement::crossing::Crossing;
use seawall_domain::engagement::custody::CustodyFact;
use seawall_domain::engagement::determination::DeterminationFact;
use seawall_domain::engagement::letter::{self, Extent, Letter, Logged, Subject};
use seawall_domain::engagement::window::WindowFact;
use seawall_domain::engagement::{Engagement, EngagementFact};
use seawall_domain::fact::{Aggregate, Fact};
use seawall_domain::id::{EngagementId, FactId, WindowId};
use seawall_domain::refusal::Refusal;
use seawall_domain::time::{SignedDuration, Timestamp};
use seawall_formats::crossing::{self, Signed};
use seawall_ledger::dsse;
use seawall_ledger::sign::{Signature, VerifyingKey};
use seawall_store::db::Tx;
use seawall_store::record::Leaf;

/// The letters of an engagement, oldest first.
pub async fn letters(desk: &Desk, actor: &Actor, id: EngagementId) -> Outcome<Vec<Letter>> {
    show(desk, actor, id).await?;
    let mut tx = desk.begin("engagement_letters").await?;
    let mut letters = Vec::new();
    let mut engagement: Option<Engagement> = None;
    for entry in history(&mut tx, id).await? {
        let before = engagement.clone();
        engagement = Engagement::apply(engagement, &entry.fact, entry.at);
        let subject = match (&entry.fact, &before) {
            (EngagementFact::ProtocolNamed { root }, _) => {
                committed(desk, &mut tx, *root, &entry).await?
            }
            (EngagementFact::RecordKept { letter, .. }, _) => {
                Some(record::told(desk, &mut tx, id, letter).await?)
            }
            (EngagementFact::DestructionBrought { of }, _) => {
                engagement.as_ref().and_then(|after| gone(after, of.window))
            }
            (
                EngagementFact::CustodyMoved { fact: CustodyFact::Certified { window, .. } },
                Some(_),
            ) => engagement.as_ref().and_then(|after| {
                // The first of two signatures makes no certificate.
                let is_made =
                    after.custody.certificates().iter().any(|made| made.window == *window);
                is_made.then(|| gone(after, *window)).flatten()
            }),
            (fact, Some(before)) => caused(fact, before, &entry, id),
            (_, None) => None,
        };
        letters.extend(subject.map(|subject| Letter { engagement: id, at: entry.at, subject }));
    }
    Ok(letters)
}

/// One fact of an engagement as the log has it.
struct Entry {
    id: FactId,
    fact: EngagementFact,
    at: Timestamp,
    digest: Digest,
    body: String,
}

async fn history(tx: &mut Tx, id: EngagementId) -> Outcome<Vec<Entry>> {
    let mut entries = Vec::new();
    for body in tx.fact_bodies_of(id.uuid()).await? {
        let leaf: Leaf = serde_json::from_str(&body)
            .map_err(|error| Fault::inconsistent("read a fact", error))?;
        if let Fact::Engagement(fact) = leaf.what {
            let digest = digest(body.as_bytes());
            entries.push(Entry { id: leaf.id, fact, at: leaf.at, digest, body });
        }
    }
    Ok(entries)
}

/// What became of what was held in a window, once it is over.
fn gone(after: &Engagement, window: WindowId) -> Option<Subject> {
    after.destroyed(window).map(|told| Subject::Destroyed { told })
}

/// What a letter says because of a fact; most facts cause none.
fn caused(
    fact: &EngagementFact,
    before: &Engagement,
    entry: &Entry,
    id: EngagementId,
) -> Option<Subject> {
    match fact {
        EngagementFact::DeterminationMoved { fact } => match fact {
            DeterminationFact::Submitted { answer_by } => {
                Some(Subject::Received { receipt: entry.digest, answer_by: *answer_by })
            }
            fact => {
                // Withdrawing again what has ended is recorded, and brings no second letter.
                before.determination.answer_by()?;
                letter::caused(fact, entry.at, id).map(|letter| letter.subject)
            }
        },
        EngagementFact::WindowMoved { fact: WindowFact::Ended { window, why, at } } => {
            let began = before.lineage.uses().iter().any(|it| it.window == *window);
            let takes = SignedDuration::from_hours(24 * DESTRUCTION_DAYS);
            let destroyed_by = at.checked_add(takes).unwrap_or(Timestamp::MAX);
            began.then_some(Subject::WindowEnded { window: *window, why: *why, destroyed_by })
        }
        EngagementFact::Opened { .. }
        | EngagementFact::WindowMoved { .. }
        | EngagementFact::ReleaseReported { .. }
        | EngagementFact::SnapshotAdded { .. }
        | EngagementFact::WeightsOpened
        | EngagementFact::Advised { .. }
        | EngagementFact::ProtocolNamed { .. }
        | EngagementFact::RecordKept { .. }
        | EngagementFact::LeaseKeyNamed { .. }
        | EngagementFact::ExtensionSigned { .. }
        | EngagementFact::GatewayNamed { .. }
        | EngagementFact::CountBrought { .. }
        | EngagementFact::CheckpointBrought { .. }
        | EngagementFact::DestructionBrought { .. }
        | EngagementFact::SeatMoved { .. }
        | EngagementFact::CustodyMoved { .. }
        | EngagementFact::DaysCounted { .. } => None,
    }
}

async fn committed(
    desk: &Desk,
    tx: &mut Tx,
    root: Digest,
    entry: &Entry,
) -> Outcome<Option<Subject>> {
    let evaluation = tx.evaluation_by_root(&root).await?;
    let kept = evaluation.and_then(|evaluation| evaluation.kept.get(&root).cloned());
    let Some(kept) = kept else { return Ok(None) };
    let tasks = usize::try_from(kept.tasks).unwrap_or(usize::MAX);
    let extent = Extent { domains: kept.domains, tasks };
    let proof = log::inclusion(desk, tx, entry.id, &entry.body).await?;
    let proof = proof.map(|proof| Logged {
        entry: entry.body.clone(),
        index: proof.index,
        size: proof.size,
        root: Digest::new(proof.root.0),
        hashes: proof.hashes.iter().map(|hash| Digest::new(hash.0)).collect(),
    });
    Ok(Some(Subject::Committed { root, proof, extent }))
}

/// What crosses to the other side, as a file.
#[derive(Clone, Debug)]
pub struct Crossed {
    /// The four values.
    pub crossing: Crossing,
    /// The bytes of the file.
    pub bytes: Vec<u8>,
}

/// Makes the file that crosses to the other side: the receipt, the root, and the outcome with
/// whether its record is kept.
pub async fn cross(desk: &Desk, actor: &Actor, id: EngagementId) -> Outcome<Crossed> {
    let engagement = show(desk, actor, id).await?;
    let mut tx = desk.begin("engagement_cross").await?;
    let early = || Refusal::ByRule("cannot cross before a sealed protocol is named".into());
    let receipt = receipt(&history(&mut tx, id).await?).ok_or_else(early)?;
    let crossing = Crossing::of(&engagement, receipt).ok_or_else(early)?;
    let signature = desk.signing_key(CROSSING).sign(&signed_bytes(&crossing)).0;
    Ok(Crossed { crossing, bytes: crossing::write(&Signed { crossing, signature }) })
}

/// The key by which this installation signs what crosses; the other side pins it.
pub fn crossing_key(desk: &Desk) -> VerifyingKey {
    desk.signing_key(CROSSING).public()
}

/// The purpose of that key.
const CROSSING: &str = "crossing";

fn signed_bytes(crossing: &Crossing) -> Vec<u8> {
    dsse::pae(crossing::SIGNED_AS, &crossing::statement(crossing))
}

/// Reads a file that crossed, and holds it against what this side has: the key that it pinned (its
/// own, where it pinned none), the receipt that it gave for this engagement, and the root if one
/// was named here.
pub async fn receive_crossing(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    bytes: &[u8],
) -> Outcome<Crossing> {
    let engagement = show(desk, actor, id).await?;
    let signed = crossing::read(bytes).map_err(|fault| Refusal::Unreadable(fault.to_string()))?;
    let crossing = signed.crossing;
    let key = desk.settings.crossing_signer.unwrap_or_else(|| crossing_key(desk));
    if key.verify(&signed_bytes(&crossing), &Signature(signed.signature)).is_err() {
        let why = "cannot take this file: the other side's key did not sign it";
        return Err(Refusal::ByRule(why.into()).into());
    }
    let mut tx = desk.begin("engagement_receive_crossing").await?;
    let receipt = receipt(&history(&mut tx, id).await?);
    let root_fits = engagement.protocol.is_none_or(|root| root == crossing.root);
    match receipt == Some(crossing.receipt) && root_fits {
        true => Ok(crossing),
        false => {
            let why = "cannot take this file: it is about another question or protocol";
            Err(Refusal::ByRule(why.into()).into())
        }
    }
}

/// The receipt of the question: the digest of the fact that it came in.
fn receipt(history: &[Entry]) -> Option<Digest> {
    let asked = |entry: &&Entry| {
        let EngagementFact::DeterminationMoved { fact } = &entry.fact else { return false };
        matches!(fact, DeterminationFact::Submitted { .. })
    };
    history.iter().find(asked).map(|entry| entry.digest)
}
