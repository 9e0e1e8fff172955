//! What a gateway of a window is set up with, and what it is told while the window stands.
//!
//! The clearinghouse signs access tokens and its words by a key of the engagement's own, derived
//! from the installation's: what is signed for one engagement is worth nothing at the gateway of
//! another.

use super::{Hand, show};
use crate::desk::Desk;
use crate::outcome::{Fault, Outcome};
use seawall_domain::access::{Action, Actor};
use seawall_domain::digest::Digest;
use seawall_domain::engagement::grant::Cut;
use seawall_domain::engagement::lease::LeaseKey;
use seawall_domain::engagement::quota::Limit;
use seawall_domain::engagement::token::QUOTA;
use seawall_domain::engagement::window::Ring;
use seawall_domain::engagement::{Engagement, Event};
use seawall_domain::id::{EngagementId, PartyId, WindowId};
use seawall_domain::refusal::Refusal;
use seawall_domain::time::Timestamp;
use seawall_formats::gateway::word::{CLOSING, Closing, STOPS, Stops};
use seawall_ledger::dsse::Envelope;
use seawall_ledger::jws;
use seawall_ledger::sign::{SigningKey, VerifyingKey};
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
    let key = jws::read_key(key).map_err(|fault| Refusal::Unreadable(fault.to_string()))?;
    let mut hand = Hand::open(desk, actor, id, "engagement_name_lease_key", Action::Engage).await?;
    hand.step(Event::NameLeaseKey(LeaseKey(Digest::new(key.to_bytes())))).await?;
    hand.done().await
}

/// What a gateway of the window that is open is set up with.
pub async fn setup(desk: &Desk, actor: &Actor, id: EngagementId) -> Outcome<Setup> {
    let now = desk.now();
    let mut tx = desk.begin("engagement_gateway").await?;
    let guarded = tx.load::<Engagement>(id.uuid()).await?;
    let (engagement, _) = guarded.open(actor, Action::ReadGateway)?;
    let open = engagement
        .admits(now)
        .and_then(|_| engagement.window.offer().copied().zip(engagement.window.due()));
    let early = || Refusal::ByRule("cannot set up a gateway: no window is open".into());
    let (offer, ends) = open.ok_or_else(early)?;
    let mut quotas = Vec::new();
    match offer.ring {
        Ring::Partners => {
            for partner in tx.partner_list_for(engagement.developer).await? {
                quotas.extend(partner.quota(now).map(|limit| (partner.application.party, limit)));
            }
        }
        Ring::Government => {
            let parties: BTreeSet<PartyId> =
                engagement.seats.people().map(|(_, party)| party).collect();
            quotas.extend(parties.into_iter().map(|party| (party, QUOTA)));
        }
    }
    let unread = |error| Fault::inconsistent("read the developer's key", error);
    let developer =
        engagement.lease_key.map(|LeaseKey(key)| VerifyingKey::from_bytes(*key.bytes()));
    Ok(Setup {
        window: offer.window,
        ring: offer.ring,
        snapshot: offer.snapshot,
        ends,
        terms: offer.terms,
        developer: developer.transpose().map_err(unread)?,
        issuer: issuer(desk, id).public(),
        quotas,
    })
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
    let mut cut = engagement.seats.cut();
    for partner in tx.partner_list_for(engagement.developer).await? {
        let more = partner.cut(now);
        cut.people.extend(more.people);
        cut.parties.extend(more.parties);
        cut.keys.extend(more.keys);
    }
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
