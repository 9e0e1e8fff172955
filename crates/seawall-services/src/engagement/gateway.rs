//! What a gateway of a window is set up with, and what it is told while the window stands.
//!
//! The clearinghouse signs access tokens and its words by a key of the engagement's own, derived
//! from the installation's: what is signed for one engagement is worth nothing at the gateway of
//! another.

use super::{Hand, show};
use crate::desk::{Desk, digest};
use crate::outcome::{Fault, Outcome};
use seawall_domain::access::{Action, Actor};
use seawall_domain::digest::Digest;
use seawall_domain::engagement::grant::Cut;
use seawall_domain::engagement::lease::LeaseKey;
use seawall_domain::engagement::lease::extension::Extension;
use seawall_domain::engagement::quota::Limit;
use seawall_domain::engagement::token::QUOTA;
use seawall_domain::engagement::window::{self, Ring, Window};
use seawall_domain::engagement::{Engagement, Event};
use seawall_domain::id::{EngagementId, PartyId, WindowId};
use seawall_domain::partner::cut::{cut_of, quotas_of};
use seawall_domain::refusal::Refusal;
use seawall_domain::time::Timestamp;
use seawall_formats::gateway::word::{self, CLOSING, Closing, EXTENSION, QUOTAS, Quota, Quotas};
use seawall_formats::gateway::word::{STOPS, Stops};
use seawall_ledger::dsse::Envelope;
use seawall_ledger::jws;
use seawall_ledger::sign::{SigningKey, VerifyingKey};
use seawall_store::db::Tx;
use serde::Serialize;
use std::collections::BTreeSet;

/// What a gateway of a window is set up with.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The window.
    pub window: WindowId,
    /// For whom it is.
    pub ring: Ring,
    /// The snapshot of the model.
    pub snapshot: Digest,
    /// When it began.
    pub begins: Timestamp,
    /// When it ends.
    pub ends: Timestamp,
    /// SHA-256 of the terms of access.
    pub terms: Digest,
    /// The key by which the developer signs leases, where it has named one.
    pub developer: Option<VerifyingKey>,
    /// The key by which the clearinghouse signs access tokens and its words.
    pub issuer: VerifyingKey,
    /// Whose seats stand, of partners or in the government's window, with the quota to begin with.
    pub quotas: Vec<(PartyId, Limit)>,
    /// The same as a word that the gateway believes (DSSE).
    pub signed: String,
    /// The end, where the developer signed it as a later one, and this clearinghouse after it.
    pub extension: Option<String>,
}

/// What a gateway is told.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Told {
    /// The window that stands, from its offer until its end; none once it is over.
    pub window: Option<WindowId>,
    /// Who is stopped, of all partners for this developer's models.
    pub cut: Cut,
    /// The same as a word that the gateway believes (DSSE): the list, or that the window asked
    /// about is over.
    pub signed: Option<String>,
}

/// The developer names the key by which it signs leases: its public half, as a JWK or as
/// `seawall gateway key` prints it.
pub async fn name_lease_key(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    key: &str,
) -> Outcome<Engagement> {
    let key = jws::read_ed25519(key).map_err(|fault| Refusal::Unreadable(fault.to_string()))?;
    let mut hand = Hand::open(desk, actor, id, "engagement_name_lease_key", Action::Engage).await?;
    hand.step(Event::NameLeaseKey(LeaseKey(Digest::new(key.to_bytes())))).await?;
    hand.done().await
}

/// The developer signs for a later end by the key of its leases too, so that gateways believe it;
/// for the end that the window has already, that word alone is kept.
pub async fn extend_signed(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    until: Timestamp,
    envelope: &str,
) -> Outcome<Engagement> {
    let mut hand = Hand::open(desk, actor, id, "engagement_extend_signed", Action::Engage).await?;
    hand.count_days().await?;
    if hand.engagement.window.due() != Some(until) {
        hand.step(Event::Window(window::Event::Extend { until })).await?;
    }
    let read = Envelope::from_json(envelope.as_bytes());
    let read = read.map_err(|fault| Refusal::Unreadable(fault.to_string()))?;
    if extension(&hand.engagement, &read).is_none() {
        let why = "cannot take this word: it must be signed by the key of the leases, and say this \
                   window, its snapshot, its beginning and the new end";
        return Err(Refusal::ByRule(why.into()).into());
    }
    let bytes = read.to_json();
    desk.keep(&mut hand.tx, &format!("engagement/{id}"), bytes.as_bytes()).await?;
    hand.step(Event::SignExtension(digest(bytes.as_bytes()))).await?;
    hand.done().await
}

/// What an envelope says, if the developer's key signed it and it is the end that the window has.
fn extension(engagement: &Engagement, envelope: &Envelope) -> Option<Extension> {
    let Window::Active { offer, span } = engagement.window else { return None };
    let LeaseKey(key) = engagement.lease_key?;
    let key = VerifyingKey::from_bytes(*key.bytes()).ok()?;
    let verified = envelope.verify(&[key], 1).ok()?;
    if verified.payload_type != EXTENSION {
        return None;
    }
    let said: Extension = word::read(verified.payload).ok()?;
    let Extension { window, snapshot, ring, begins, until, seq: _ } = said;
    let is_so = (window, snapshot, ring) == (offer.window, offer.snapshot, offer.ring)
        && (begins, until) == (span.start, span.end);
    is_so.then_some(said)
}

/// What a gateway of the window that is open is set up with.
pub async fn setup(desk: &Desk, actor: &Actor, id: EngagementId) -> Outcome<Setup> {
    let now = desk.now();
    let mut tx = desk.begin("engagement_gateway").await?;
    let guarded = tx.load::<Engagement>(id.uuid()).await?;
    let (engagement, _) = guarded.open(actor, Action::ReadGateway)?;
    let early = || Refusal::ByRule("cannot set up a gateway: no window is open".into());
    engagement.admits(now).ok_or_else(early)?;
    let Window::Active { offer, span } = engagement.window else { return Err(early().into()) };
    let mut quotas = Vec::new();
    match offer.ring {
        Ring::Partners => {
            let partners = tx.partner_list_for(engagement.developer).await?;
            quotas.extend(quotas_of(&partners, now));
        }
        Ring::Government => {
            let parties: BTreeSet<PartyId> =
                engagement.seats.people().map(|(_, party)| party).collect();
            quotas.extend(parties.into_iter().map(|party| (party, QUOTA)));
        }
    }
    let unread = |error| Fault::inconsistent("read the developer's key", error);
    let key = issuer(desk, id);
    let list = quotas.iter().map(|(party, limit)| Quota { party: *party, limit: *limit });
    let list = Quotas { window: offer.window, at: now, quotas: list.collect() };
    let extension = match engagement.extension {
        Some(word) => countersigned(desk, &mut tx, &engagement, word, &key).await?,
        None => None,
    };
    let developer =
        engagement.lease_key.map(|LeaseKey(key)| VerifyingKey::from_bytes(*key.bytes()));
    Ok(Setup {
        window: offer.window,
        ring: offer.ring,
        snapshot: offer.snapshot,
        begins: span.start,
        ends: span.end,
        terms: offer.terms,
        developer: developer.transpose().map_err(unread)?,
        issuer: key.public(),
        quotas,
        signed: signed(&key, QUOTAS, &list)?,
        extension,
    })
}

/// The end that the developer signed, signed by this clearinghouse too: it counted the days. None
/// where the window has another end by now.
async fn countersigned(
    desk: &Desk,
    tx: &mut Tx,
    engagement: &Engagement,
    kept: Digest,
    key: &SigningKey,
) -> Outcome<Option<String>> {
    let owner = format!("engagement/{}", engagement.id);
    let Some(address) = desk.store.blobs().find(tx, &owner, &kept).await? else { return Ok(None) };
    let text = desk.text(tx, &address).await?;
    let unread = |error| Fault::inconsistent("read the developer's word", error);
    let mut envelope = Envelope::from_json(text.as_bytes()).map_err(unread)?;
    Ok(extension(engagement, &envelope).map(|_| {
        envelope.sign(key);
        envelope.to_json()
    }))
}

/// What a gateway must know now; `of` is the window that it serves, where it says so.
pub async fn stops(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    of: Option<WindowId>,
) -> Outcome<Told> {
    let engagement = show(desk, actor, id).await?;
    let now = desk.now();
    let mut tx = desk.begin("engagement_stops").await?;
    let due = engagement.window.due();
    let stands = engagement.window.offer().filter(|_| due.is_some_and(|due| now < due));
    let window = stands.map(|offer| offer.window);
    let partners = tx.partner_list_for(engagement.developer).await?;
    let cut = cut_of(engagement.seats.cut(), &partners, now);
    let key = issuer(desk, id);
    let signed = match (window, of) {
        (Some(window), None) => Some(list(&key, window, now, &cut)?),
        (Some(window), Some(of)) if window == of => Some(list(&key, window, now, &cut)?),
        (Some(_) | None, Some(of)) => Some(signed(&key, CLOSING, &Closing { window: of })?),
        (None, None) => None,
    };
    Ok(Told { window, cut, signed })
}

fn list(key: &SigningKey, window: WindowId, at: Timestamp, cut: &Cut) -> Outcome<String> {
    signed(key, STOPS, &Stops { window, at, cut: cut.clone() })
}

fn signed(key: &SigningKey, kind: &str, word: &impl Serialize) -> Outcome<String> {
    let bytes = serde_json::to_vec(word);
    let bytes = bytes.map_err(|error| Fault::inconsistent("write a word to a gateway", error))?;
    let mut envelope = Envelope::new(kind, bytes);
    envelope.sign(key);
    Ok(envelope.to_json())
}

/// The key by which the clearinghouse signs for the gateways of an engagement.
pub(crate) fn issuer(desk: &Desk, id: EngagementId) -> SigningKey {
    desk.signing_key(&format!("engagement/{id}/gateway"))
}
