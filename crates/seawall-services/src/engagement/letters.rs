//! Letters to the developer, written anew from the facts each time; and the file that crosses.

use super::show;
use crate::desk::{Desk, digest};
use crate::outcome::{Fault, Outcome};
use seawall_domain::access::Actor;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::certificate::DESTRUCTION_DAYS;
use seawall_domain::engagement::crossing::Crossing;
use seawall_domain::engagement::determination::{Determination, DeterminationFact};
use seawall_domain::engagement::letter::{self, Extent, Letter, Subject};
use seawall_domain::engagement::window::WindowFact;
use seawall_domain::engagement::{Engagement, EngagementFact};
use seawall_domain::fact::{Aggregate, Fact};
use seawall_domain::id::EngagementId;
use seawall_domain::refusal::Refusal;
use seawall_domain::time::{SignedDuration, Timestamp};
use seawall_formats::crossing;
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
            (EngagementFact::ProtocolNamed { root }, _) => committed(&mut tx, *root).await?,
            (fact, Some(before)) => caused(fact, before, &entry, id),
            (_, None) => None,
        };
        letters.extend(subject.map(|subject| Letter { engagement: id, at: entry.at, subject }));
    }
    Ok(letters)
}

/// One fact of an engagement as the log has it.
struct Entry {
    fact: EngagementFact,
    at: Timestamp,
    digest: Digest,
}

async fn history(tx: &mut Tx, id: EngagementId) -> Outcome<Vec<Entry>> {
    let mut entries = Vec::new();
    for body in tx.fact_bodies_of(id.uuid()).await? {
        let leaf: Leaf = serde_json::from_str(&body)
            .map_err(|error| Fault::inconsistent("read a fact", error))?;
        if let Fact::Engagement(fact) = leaf.what {
            entries.push(Entry { fact, at: leaf.at, digest: digest(body.as_bytes()) });
        }
    }
    Ok(entries)
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
        | EngagementFact::LeaseKeyNamed { .. }
        | EngagementFact::CustodyMoved { .. }
        | EngagementFact::DaysCounted { .. } => None,
    }
}

async fn committed(tx: &mut Tx, root: Digest) -> Outcome<Option<Subject>> {
    let evaluation = tx.evaluation_by_root(&root).await?;
    let kept = evaluation.and_then(|evaluation| evaluation.kept.get(&root).cloned());
    Ok(kept.map(|kept| {
        let tasks = usize::try_from(kept.tasks).unwrap_or(usize::MAX);
        let extent = Extent { domains: kept.domains, tasks };
        Subject::Committed { root, proof: Vec::new(), extent }
    }))
}

/// What crosses to the other side, as a file.
#[derive(Clone, Debug)]
pub struct Crossed {
    /// The three values.
    pub crossing: Crossing,
    /// The bytes of the file.
    pub bytes: Vec<u8>,
}

/// Makes the file that crosses to the other side: the receipt, the root, the outcome.
pub async fn cross(desk: &Desk, actor: &Actor, id: EngagementId) -> Outcome<Crossed> {
    let engagement = show(desk, actor, id).await?;
    let mut tx = desk.begin("engagement_cross").await?;
    let early = || Refusal::ByRule("cannot cross before a sealed protocol is named".into());
    let receipt = receipt(&history(&mut tx, id).await?).ok_or_else(early)?;
    let root = engagement.protocol.ok_or_else(early)?;
    let outcome = match engagement.determination {
        Determination::Issued { outcome, .. } => Some(outcome),
        Determination::Draft { .. }
        | Determination::Submitted { .. }
        | Determination::Scheduled { .. }
        | Determination::Running { .. }
        | Determination::Analysed { .. }
        | Determination::Withdrawn { .. }
        | Determination::Lapsed { .. }
        | Determination::Declined { .. } => None,
    };
    let crossing = Crossing { receipt, root, outcome };
    Ok(Crossed { crossing, bytes: crossing::write(&crossing) })
}

/// Reads a file that crossed, and holds it against what this side has: the receipt that it gave for
/// this engagement, and the root if one was named here.
pub async fn receive_crossing(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    bytes: &[u8],
) -> Outcome<Crossing> {
    let engagement = show(desk, actor, id).await?;
    let crossing = crossing::read(bytes).map_err(|fault| Refusal::Unreadable(fault.to_string()))?;
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
