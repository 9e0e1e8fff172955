//! Access tokens from seats: which windows are open to one, whose terms were accepted, who answers
//! for which machine, and the tokens themselves.
//!
//! A token is signed by the engagement's own key, told once and kept nowhere; that it was given is
//! a fact.

use super::{Hand, person};
use crate::desk::{Desk, digest};
use crate::engagement::{ISSUED, signed, standing, terms};
use crate::outcome::{Fault, Outcome};
use seawall_domain::access::{Action, Actor};
use seawall_domain::account::{Account, Holder};
use seawall_domain::digest::Digest;
use seawall_domain::engagement::Engagement;
use seawall_domain::fact::Fact;
use seawall_domain::id::{AccountId, PartnerId, WindowId};
use seawall_domain::partner::token::{Asker, Refused, Wanted};
use seawall_domain::partner::{self as rules, Partner, PartnerFact};
use seawall_domain::refusal::Refusal;
use seawall_store::db::Tx;
use seawall_store::record::Leaf;

pub use crate::engagement::{Given, Noted, Open, Request, holder};

/// The windows that are open to a seat now, for the people who have it and for their machines.
pub async fn windows(desk: &Desk, actor: &Actor, id: PartnerId) -> Outcome<Vec<Open>> {
    let now = desk.now();
    let mut tx = desk.begin("partner_windows").await?;
    let guarded = tx.load::<Partner>(id.uuid()).await?;
    let (partner, _) = guarded.open(actor, Action::UseSeat)?;
    let Ok(seat) = partner.seated() else { return Ok(Vec::new()) };
    let sponsor = actor.account.and_then(|account| seat.access().sponsor(account));
    let who = actor.person.or(sponsor).filter(|who| seat.holds(*who).is_ok());
    let Some(who) = who.filter(|_| !seat.is_lapsed(now)) else { return Ok(Vec::new()) };
    let mut windows = Vec::new();
    for engagement in tx.engagement_list_of(partner.application.developer).await? {
        let Some((offer, ends)) = partner.open_to(&engagement, now) else { continue };
        let accepted = seat.access().has_accepted(who, &offer.terms);
        let text = terms(desk, &mut tx, engagement.id, &offer.terms).await?;
        windows.push(Open { window: offer.window, ends, terms: offer.terms, text, accepted });
    }
    Ok(windows)
}

/// A person accepts the terms of a window; they are named by their digest, so that it is these.
pub async fn accept_terms(
    desk: &Desk,
    actor: &Actor,
    id: PartnerId,
    window: WindowId,
    terms: Digest,
) -> Outcome<Partner> {
    let mut hand = Hand::open(desk, actor, id, "partner_accept_terms", Action::UseSeat).await?;
    let by = person(actor)?;
    let engagement = engagement_of(&mut hand.tx, &hand.partner, window).await?;
    hand.take(hand.partner.accept_terms(by, terms, &engagement, hand.now)).await?;
    hand.done().await
}

/// A person answers for a machine of its party.
pub async fn sponsor(
    desk: &Desk,
    actor: &Actor,
    id: PartnerId,
    machine: AccountId,
) -> Outcome<Partner> {
    let mut hand = Hand::open(desk, actor, id, "partner_sponsor", Action::UseSeat).await?;
    let by = person(actor)?;
    let party = hand.partner.application.party;
    let is_machine = |account: &Account| matches!(account.holder, Holder::Machine { .. });
    let known = hand.tx.account_with_party(machine).await?;
    known.filter(|(it, of)| of.id == party && is_machine(it)).ok_or(Refusal::Hidden)?;
    hand.take(hand.partner.sponsor(machine, by, hand.now)).await?;
    hand.done().await
}

/// A person no longer answers for a machine.
pub async fn dismiss(
    desk: &Desk,
    actor: &Actor,
    id: PartnerId,
    machine: AccountId,
) -> Outcome<Partner> {
    let mut hand = Hand::open(desk, actor, id, "partner_dismiss", Action::UseSeat).await?;
    let by = person(actor)?;
    hand.take(hand.partner.dismiss(machine, by, hand.now)).await?;
    hand.done().await
}

/// Gives a person of a seat, or a machine for which one answers, a token for minutes.
pub async fn give(
    desk: &Desk,
    actor: &Actor,
    id: PartnerId,
    request: Request<'_>,
) -> Outcome<Given> {
    let Request { window, key, purposes, claims } = request;
    let (key, proof) = holder(key).map_err(|fault| Refusal::Unreadable(fault.to_string()))?;
    let mut hand = Hand::open(desk, actor, id, "partner_give_token", Action::UseSeat).await?;
    let asker = asker(actor)?;
    let party = hand.partner.application.party;
    let claims = standing(&mut hand.tx, actor, party, &claims, hand.now).await?;
    let claims = claims.ok_or_else(|| Refusal::from(rules::Refused::from(Refused::NoClaim)))?;
    let engagement = engagement_of(&mut hand.tx, &hand.partner, window).await?;
    let wanted = Wanted { window, key, proof, purposes, claims };
    let given = hand.partner.give(asker, wanted, &engagement, hand.now);
    let (partner, fact, grant) = given.map_err(Refusal::from)?;
    hand.take(Ok((partner, fact))).await?;
    let token = signed(desk, engagement.id, &grant)?;
    hand.done().await?;
    Ok(Given { token, grant })
}

/// The newest tokens that were given, without the tokens.
pub async fn issued(desk: &Desk, actor: &Actor, id: PartnerId, limit: i64) -> Outcome<Vec<Noted>> {
    let mut tx = desk.begin("partner_issued").await?;
    let guarded = tx.load::<Partner>(id.uuid()).await?;
    let (_, _) = guarded.open(actor, Action::ReadTokens)?;
    let mut noted = Vec::new();
    for body in tx.fact_bodies_newest(id.uuid(), ISSUED, limit).await? {
        let leaf: Leaf = serde_json::from_str(&body)
            .map_err(|error| Fault::inconsistent("read a fact", error))?;
        if let Fact::Partner(PartnerFact::TokenIssued { token }) = leaf.what {
            noted.push(Noted { at: leaf.at, issued: token });
        }
    }
    Ok(noted)
}

fn asker(actor: &Actor) -> Result<Asker, Refusal> {
    match (actor.person, actor.account) {
        (Some(person), _) => Ok(Asker::Person(person)),
        (None, Some(account)) => {
            Ok(Asker::Machine { account, name: digest(account.to_string().as_bytes()) })
        }
        (None, None) => Err(Refusal::Hidden),
    }
}

/// The developer's engagement that has this window.
async fn engagement_of(tx: &mut Tx, partner: &Partner, window: WindowId) -> Outcome<Engagement> {
    let all = tx.engagement_list_of(partner.application.developer).await?;
    let has = |it: &Engagement| it.window.offer().is_some_and(|offer| offer.window == window);
    let none = || Refusal::from(rules::Refused::from(Refused::NotOpen));
    Ok(all.into_iter().find(has).ok_or_else(none)?)
}
