//! What gateways of an engagement's windows counted: the sums that they signed.

use super::Hand;
use crate::desk::{Desk, digest};
use crate::outcome::Outcome;
use seawall_domain::access::{Action, Actor};
use seawall_domain::digest::Digest;
use seawall_domain::engagement::count::GatewayKey;
use seawall_domain::engagement::{self as rules, Engagement};
use seawall_domain::id::EngagementId;
use seawall_domain::refusal::Refusal;
use seawall_formats::gateway::count::{self, COUNT, COUNT_BYTES_MAX};
use seawall_ledger::dsse::Envelope;
use seawall_ledger::sign::VerifyingKey;

/// Takes what a gateway counted, as it signed it (DSSE); the newest takes the place of the older
/// one. The statement itself is kept, so that it can be held against the journal.
pub async fn bring_count(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    signed: &[u8],
) -> Outcome<Engagement> {
    let action = Action::BringCounts;
    let mut hand = Hand::open(desk, actor, id, "engagement_bring_count", action).await?;
    if signed.len() > COUNT_BYTES_MAX {
        let what = "bytes of one count";
        return Err(Refusal::Full { what, bound: COUNT_BYTES_MAX as u64 }.into());
    }
    let (key, stated) = verified(signed, &hand.engagement)?;
    let brought = (key, stated.count());
    let statement = digest(signed);
    let taken = hand.engagement.bring_count(brought, statement, hand.who, hand.now);
    let (engagement, fact) = taken.map_err(Refusal::from)?;
    desk.keep(&mut hand.tx, &format!("engagement/{id}"), signed).await?;
    hand.record(engagement, fact).await?;
    hand.done().await
}

/// An engagement with its gateways and what they counted, for the developer and the official.
pub async fn gateways(desk: &Desk, actor: &Actor, id: EngagementId) -> Outcome<Engagement> {
    let mut tx = desk.begin("engagement_gateways").await?;
    let guarded = tx.load::<Engagement>(id.uuid()).await?;
    Ok(guarded.open(actor, Action::ReadGateway)?.0)
}

/// A gateway's key as people read it: `ed25519:` and base64.
pub fn gateway_text(GatewayKey(key): &GatewayKey) -> String {
    let read = VerifyingKey::from_bytes(*key.bytes());
    read.map_or_else(|_| key.to_string(), |key| key.to_string())
}

/// Which of the named gateways signed it, and what it says.
fn verified(signed: &[u8], of: &Engagement) -> Result<(GatewayKey, count::Stated), Refusal> {
    let unreadable = |why: String| Refusal::Unreadable(why);
    let envelope = Envelope::from_json(signed).map_err(|fault| unreadable(fault.to_string()))?;
    let read = |key: &GatewayKey| VerifyingKey::from_bytes(*key.0.bytes()).ok();
    let keys: Vec<VerifyingKey> = of.gateway_keys().iter().filter_map(read).collect();
    let none = || Refusal::from(rules::Refused::NoGateway);
    let held = envelope.verify(&keys, 1).map_err(|_| none())?;
    if held.payload_type != COUNT {
        return Err(unreadable("cannot take this: it is signed, and is no gateway's count".into()));
    }
    let signer = held.signers.first().ok_or_else(none)?;
    let stated = count::read(held.payload).map_err(|fault| unreadable(fault.to_string()))?;
    Ok((GatewayKey(Digest::new(signer.to_bytes())), stated))
}
