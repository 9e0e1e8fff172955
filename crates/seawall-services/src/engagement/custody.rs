//! What is held of a developer's in a window: kept under a key of the window's own, erased with it,
//! and certified by two people (MISSION C59).

use super::{Hand, step};
use crate::desk::{Desk, digest};
use crate::outcome::{Fault, Outcome};
use seawall_domain::access::{Action, Actor};
use seawall_domain::digest::Digest;
use seawall_domain::engagement::certificate::Certificate;
use seawall_domain::engagement::{Engagement, Event, custody};
use seawall_domain::id::{EngagementId, WindowId};
use seawall_domain::refusal::Refusal;
use seawall_ledger::dsse::Envelope;

/// The largest object that is held, in bytes.
pub const OBJECT_BYTES_MAX: usize = 64_000_000;

/// What a certificate's envelope says that it holds.
const CERTIFICATE_TYPE: &str = "application/vnd.seawall.destruction+json";

/// Holds an object that came in while the window is open.
pub async fn hold(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    bytes: &[u8],
) -> Outcome<Engagement> {
    if bytes.is_empty() || bytes.len() > OBJECT_BYTES_MAX {
        let what = "bytes of one object";
        return Err(Refusal::Full { what, bound: OBJECT_BYTES_MAX as u64 }.into());
    }
    let mut hand = Hand::open(desk, actor, id, "engagement_hold", Action::Evaluate).await?;
    let window = hand.engagement.admits(hand.now);
    hand.step(Event::Custody(custody::Event::Hold(digest(bytes)))).await?;
    if let Some(window) = window {
        desk.keep(&mut hand.tx, &owner(id, window), bytes).await?;
    }
    hand.done().await
}

/// The digests of what is still there.
pub async fn holding(desk: &Desk, actor: &Actor, id: EngagementId) -> Outcome<Vec<Digest>> {
    let engagement = super::show(desk, actor, id).await?;
    Ok(engagement.custody.held().into_iter().collect())
}

/// Erases what was held in windows that are over: their keys are thrown away, and each object is
/// recorded as gone.
pub async fn destroy(desk: &Desk, id: EngagementId) -> Outcome<()> {
    let clerk = Actor::clerk();
    let mut hand = Hand::open(desk, &clerk, id, "engagement_destroy", Action::Work).await?;
    let mut files = Vec::new();
    let mut objects = Vec::new();
    for due in hand.engagement.custody.due() {
        files.extend(desk.store.blobs().erase(&mut hand.tx, &owner(id, due.window)).await?);
        objects.extend(due.left().copied());
    }
    for object in objects {
        hand.step(Event::Custody(custody::Event::Destroy(object))).await?;
    }
    hand.done().await?;
    Ok(desk.store.blobs().remove_files(&files).await?)
}

/// A person signs that everything held in a window is gone; the second one makes the certificate.
pub async fn certify(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    window: WindowId,
) -> Outcome<Engagement> {
    let event = Event::Custody(custody::Event::Certify(window));
    step(desk, actor, id, ("engagement_certify", Action::EndWindow), event).await
}

/// Every certificate, each in an envelope signed by this installation (DSSE).
pub async fn certificates(desk: &Desk, actor: &Actor, id: EngagementId) -> Outcome<Vec<String>> {
    let engagement = super::show(desk, actor, id).await?;
    engagement.custody.certificates().iter().map(|it| signed(desk, it)).collect()
}

fn signed(desk: &Desk, certificate: &Certificate) -> Outcome<String> {
    let unwritten =
        |error: &dyn std::error::Error| Fault::inconsistent("write a certificate", error);
    let value = serde_json::to_value(certificate).map_err(|error| unwritten(&error))?;
    let bytes = seawall_ledger::canonical::canonical(&value).map_err(|error| unwritten(&error))?;
    let mut envelope = Envelope::new(CERTIFICATE_TYPE, bytes);
    envelope.sign(&desk.signing_key("engagement/certificate"));
    Ok(envelope.to_json())
}

/// The owner of what is held in one window: its key is thrown away with it.
fn owner(id: EngagementId, window: WindowId) -> String {
    format!("engagement/{id}/{window}")
}
