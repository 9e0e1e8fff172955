//! What gateways certify after a window: that what they held is gone; and checkpoints of their
//! journals on the way there.
//!
//! The clearinghouse's own certificate is about what was sent to it ([`super::certificates`]).
//! These are the gateways', each signed by the gateway's key; together they say who held something
//! and has destroyed it (MISSION C59).

use super::{Hand, step};
use crate::desk::{Desk, digest};
use crate::outcome::Outcome;
use seawall_domain::access::{Action, Actor};
use seawall_domain::digest::Digest;
use seawall_domain::engagement::count::GatewayKey;
use seawall_domain::engagement::gateways::{Emptied, Head, Stated};
use seawall_domain::engagement::{self as rules, Engagement, Event};
use seawall_domain::id::{EngagementId, PartnerId, WindowId};
use seawall_domain::partner::Partner;
use seawall_domain::refusal::Refusal;
use seawall_formats::gateway::destruction::{self, CERTIFICATE, CHECKPOINT_BYTES_MAX};
use seawall_ledger::checkpoint::Checkpoint;
use seawall_ledger::dsse::Envelope;
use seawall_ledger::jws;
use seawall_ledger::note::{KeyKind, KeyName, Note, VerifierKey};
use seawall_ledger::sign::VerifyingKey;
use seawall_store::db::Tx;

/// The developer or the official names the key by which a gateway of a window signs: its public
/// half, as `seawall gateway count --show-key` tells it. Without a window it is the last one.
pub async fn name_gateway(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    key: &str,
    window: Option<WindowId>,
) -> Outcome<Engagement> {
    let key = jws::read_ed25519(key).map_err(|fault| Refusal::Unreadable(fault.to_string()))?;
    let what = ("engagement_name_gateway", Action::BringCounts);
    let key = GatewayKey(Digest::new(key.to_bytes()));
    step(desk, actor, id, what, Event::NameGateway { key, window }).await
}

/// Takes the certificate that `seawall gateway destroy` wrote: it is kept as it was brought.
pub async fn bring_destruction(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    file: &[u8],
) -> Outcome<Engagement> {
    let (name, action) = ("engagement_bring_destruction", Action::BringCounts);
    let mut hand = Hand::open(desk, actor, id, name, action).await?;
    let (key, stated) = certified(file)?;
    let brought = (key, stated);
    let taken = hand.engagement.bring_destruction(brought, digest(file), hand.who, hand.now);
    let (engagement, fact) = taken.map_err(Refusal::from)?;
    desk.keep(&mut hand.tx, &format!("engagement/{id}"), file).await?;
    hand.record(engagement, fact).await?;
    hand.done().await
}

/// Takes a checkpoint of a gateway's journal, as the gateway serves and writes it.
pub async fn bring_checkpoint(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
    note: &[u8],
) -> Outcome<Engagement> {
    let (name, action) = ("engagement_bring_checkpoint", Action::BringCounts);
    let mut hand = Hand::open(desk, actor, id, name, action).await?;
    if note.len() > CHECKPOINT_BYTES_MAX {
        let what = "bytes of one checkpoint";
        return Err(Refusal::Full { what, bound: CHECKPOINT_BYTES_MAX as u64 }.into());
    }
    let (key, window, head) = checkpoint(note, &hand.engagement)?;
    let taken = hand.engagement.bring_checkpoint((key, window), head, hand.who, hand.now);
    let (engagement, fact) = taken.map_err(Refusal::from)?;
    hand.record(engagement, fact).await?;
    hand.done().await
}

/// What a gateway certified, and the line that its key signed (DSSE).
pub struct Certified {
    /// The window, the gateway, and what it certified.
    pub emptied: Emptied,
    /// The signed line of the certificate.
    pub signed: String,
}

/// The certificates that gateways of an engagement's windows gave.
pub async fn destructions(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
) -> Outcome<(Engagement, Vec<Certified>)> {
    let mut tx = desk.begin("engagement_destructions").await?;
    let guarded = tx.load::<Engagement>(id.uuid()).await?;
    let (engagement, _) = guarded.open(actor, Action::ReadGateway)?;
    let all = |_: WindowId| true;
    let certified = kept(desk, &mut tx, &engagement, &all).await?;
    Ok((engagement, certified))
}

/// An engagement, which of its windows were open to a partner, and what their gateways certified.
pub type ForPartner = (Engagement, Vec<WindowId>, Vec<Certified>);

/// The windows that were open while a partner had its seat, by engagement.
pub async fn windows_had(
    desk: &Desk,
    actor: &Actor,
    id: PartnerId,
) -> Outcome<Vec<(Engagement, Vec<WindowId>)>> {
    let mut tx = desk.begin("partner_windows_had").await?;
    had(&mut tx, actor, id).await
}

async fn had(
    tx: &mut Tx,
    actor: &Actor,
    id: PartnerId,
) -> Outcome<Vec<(Engagement, Vec<WindowId>)>> {
    let guarded = tx.load::<Partner>(id.uuid()).await?;
    let (partner, _) = guarded.open(actor, Action::ReadTokens)?;
    let mut told = Vec::new();
    for engagement in tx.engagement_list_of(partner.application.developer).await? {
        let uses = engagement.lineage.uses().iter().filter(|it| partner.had(it));
        let windows: Vec<WindowId> = uses.map(|it| it.window).collect();
        if !windows.is_empty() {
            told.push((engagement, windows));
        }
    }
    Ok(told)
}

/// The same with what their gateways certified.
pub async fn destructions_for(
    desk: &Desk,
    actor: &Actor,
    id: PartnerId,
) -> Outcome<Vec<ForPartner>> {
    let mut tx = desk.begin("partner_destructions").await?;
    let mut told = Vec::new();
    for (engagement, windows) in had(&mut tx, actor, id).await? {
        let of = |window: WindowId| windows.contains(&window);
        let certified = kept(desk, &mut tx, &engagement, &of).await?;
        told.push((engagement, windows, certified));
    }
    Ok(told)
}

/// The signed lines of the certificates of some windows.
async fn kept(
    desk: &Desk,
    tx: &mut Tx,
    engagement: &Engagement,
    of: &(dyn Fn(WindowId) -> bool + Sync),
) -> Outcome<Vec<Certified>> {
    let mut certified = Vec::new();
    for emptied in engagement.gateways.emptied().iter().filter(|it| of(it.window)) {
        let owner = format!("engagement/{}", engagement.id);
        let found = desk.store.blobs().find(tx, &owner, &emptied.gone.certificate).await?;
        let bytes = desk.bytes(tx, &found.ok_or(Refusal::Hidden)?).await?;
        let parts = destruction::parts(&bytes).map_err(|it| Refusal::Unreadable(it.to_string()))?;
        let signed = String::from_utf8_lossy(parts.signed).into_owned();
        certified.push(Certified { emptied: *emptied, signed });
    }
    Ok(certified)
}

/// By whose key a certificate is signed, and what it says: all of it holds together.
fn certified(file: &[u8]) -> Result<(GatewayKey, Stated), Refusal> {
    let unreadable = |why: &dyn std::fmt::Display| Refusal::Unreadable(why.to_string());
    let parts = destruction::parts(file).map_err(|fault| unreadable(&fault))?;
    let envelope = Envelope::from_json(parts.signed).map_err(|fault| unreadable(&fault))?;
    let said = destruction::read(envelope.unverified_payload());
    let said = said.map_err(|fault| unreadable(&fault))?;
    let named: VerifierKey =
        said.signer.parse().map_err(|fault: seawall_ledger::Fault| unreadable(&fault))?;
    let verified = envelope.verify(&[named.key()], 1).map_err(|fault| unreadable(&fault))?;
    if verified.payload_type != CERTIFICATE {
        let why = "cannot take this: it is signed, and is no gateway's certificate";
        return Err(unreadable(&why));
    }
    let objects = destruction::objects(parts.list).map_err(|fault| unreadable(&fault))?;
    if digest(parts.list) != said.list || objects.len() as u64 != said.objects {
        return Err(unreadable(&"cannot take this: its list is not the one that was signed"));
    }
    let checkpoint = Checkpoint::open(said.checkpoint.as_bytes(), &named);
    let checkpoint = checkpoint.map_err(|fault| unreadable(&fault))?;
    if gateway_of(&checkpoint.origin) != Some(said.window) {
        return Err(unreadable(&"cannot take this: its checkpoint is of another window"));
    }
    let head = Head { lines: checkpoint.size, root: Digest::new(checkpoint.root.0) };
    let stated = Stated { window: said.window, head, objects: said.objects, at: said.at };
    Ok((GatewayKey(Digest::new(named.key().to_bytes())), stated))
}

/// The window that a gateway's name tells.
fn gateway_of(name: &KeyName) -> Option<WindowId> {
    name.to_string().strip_prefix("seawall-gateway/")?.parse().ok()
}

/// Which gateway signed a checkpoint, by the keys that are known here, and what it says.
fn checkpoint(
    note: &[u8],
    engagement: &Engagement,
) -> Result<(GatewayKey, WindowId, Head), Refusal> {
    let unreadable = |why: &dyn std::fmt::Display| Refusal::Unreadable(why.to_string());
    let read = Note::parse(note).map_err(|fault| unreadable(&fault))?;
    let said: Checkpoint =
        read.text().parse().map_err(|fault: seawall_ledger::Fault| unreadable(&fault))?;
    let window = gateway_of(&said.origin);
    let window = window
        .ok_or_else(|| unreadable(&"cannot take this: it is no checkpoint of a gateway's"))?;
    for key in engagement.gateway_keys() {
        let Ok(public) = VerifyingKey::from_bytes(*key.0.bytes()) else { continue };
        let log = VerifierKey::new(said.origin.clone(), KeyKind::Note, public);
        if let Ok(opened) = Checkpoint::open(note, &log) {
            let head = Head { lines: opened.size, root: Digest::new(opened.root.0) };
            return Ok((key, window, head));
        }
    }
    Err(rules::Refused::NoGateway.into())
}
