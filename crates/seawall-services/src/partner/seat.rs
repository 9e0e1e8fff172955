//! Seats: given once both sides have signed, stopped at once, started again by two.

use super::{Hand, is_developer, person};
use crate::desk::Desk;
use crate::outcome::Outcome;
use seawall_domain::access::{Action, Actor, Role};
use seawall_domain::digest::Digest;
use seawall_domain::id::{PartnerId, PersonId};
use seawall_domain::partner::left::Left;
use seawall_domain::partner::seat::{By, Change, Extent, Why};
use seawall_domain::partner::token::KeyUse;
use seawall_domain::partner::{Application, Partner, Stage};
use seawall_domain::refusal::Refusal;
use std::collections::BTreeSet;

/// The partner names the people who take the seat. Whom its seats before stopped, and which keys
/// were lost there, comes over with it.
pub async fn seat(
    desk: &Desk,
    actor: &Actor,
    id: PartnerId,
    people: BTreeSet<PersonId>,
) -> Outcome<Partner> {
    let mut hand = Hand::open(desk, actor, id, "partner_seat", Action::AnswerAsPartner).await?;
    belong(&mut hand, &people).await?;
    let seats = beside(&mut hand).await?;
    let left = Left::by(&seats, hand.now);
    hand.take(hand.partner.seat(people, left, hand.now)).await?;
    hand.done().await
}

/// Stops a person or everybody at once: the developer, the partner or the duty officer, alone.
pub async fn suspend(
    desk: &Desk,
    actor: &Actor,
    id: PartnerId,
    extent: Extent,
    why: Why,
) -> Outcome<Partner> {
    let mut hand = Hand::open(desk, actor, id, "partner_suspend", Action::StopPartner).await?;
    let by = by(actor, &hand.partner)?;
    hand.take(hand.partner.suspend(extent, by, why, hand.now)).await?;
    hand.done().await
}

/// Signs for what takes two: starting again, or stopping for good. The second signature does it.
pub async fn change(desk: &Desk, actor: &Actor, id: PartnerId, change: Change) -> Outcome<Partner> {
    let mut hand = Hand::open(desk, actor, id, "partner_change", Action::StopPartner).await?;
    let by = by(actor, &hand.partner)?;
    hand.take(hand.partner.change(change, by, hand.now)).await?;
    hand.done().await
}

/// A key was lost: it is good for nothing any more, and the seat goes on. Every token that was
/// given is on record with its key, and a key without one is refused: it opens nothing, and would
/// only fill the list that gateways read.
pub async fn lose_key(desk: &Desk, actor: &Actor, id: PartnerId, key: Digest) -> Outcome<Partner> {
    let mut hand = Hand::open(desk, actor, id, "partner_lose_key", Action::StopPartner).await?;
    let by = by(actor, &hand.partner)?;
    let used = key_use(&mut hand, key).await?;
    hand.take(hand.partner.lose_key(key, used, by, hand.now)).await?;
    hand.done().await
}

/// The partner gives its yearly word that everything still holds.
pub async fn attest(desk: &Desk, actor: &Actor, id: PartnerId) -> Outcome<Partner> {
    let mut hand = Hand::open(desk, actor, id, "partner_attest", Action::AnswerAsPartner).await?;
    person(actor)?;
    hand.take(hand.partner.attest(hand.now)).await?;
    hand.done().await
}

/// Looks whether a draw, the time to answer an appeal, or a seat has come to its end, and records
/// it. What a seat leaves comes over to those of the party's that stand beside it.
pub async fn end_seat(desk: &Desk, id: PartnerId) -> Outcome<()> {
    let clerk = Actor::clerk();
    let mut hand = Hand::open(desk, &clerk, id, "partner_end_seat", Action::Work).await?;
    match &hand.partner.stage {
        Stage::Filed { lot: Some(lot), .. } if hand.now >= lot.until => {
            hand.take(hand.partner.void_draw(hand.now)).await?;
        }
        Stage::Seated { seat, .. } if hand.now >= seat.expires_at => {
            let seats = beside(&mut hand).await?;
            hand.take(hand.partner.expire(hand.now)).await?;
            hand_on(&mut hand, &clerk, &seats).await?;
        }
        Stage::Filed { .. }
        | Stage::Assessed { .. }
        | Stage::Decided { .. }
        | Stage::Seated { .. }
        | Stage::Over { .. } => {}
    }
    let appeal = hand.partner.unanswered();
    if appeal.is_some_and(|it| it.is_overdue(hand.now) && it.missed_at.is_none()) {
        hand.take(hand.partner.miss_answer(hand.now)).await?;
    }
    hand.done().await.map(|_| ())
}

/// Refuses people who are none of the party's: no seat is taken for whoever could not use it.
async fn belong(hand: &mut Hand, people: &BTreeSet<PersonId>) -> Outcome<()> {
    let party = hand.partner.application.party;
    let accounts = hand.tx.account_list_with_role(seawall_domain::party::Role::Partner).await?;
    let own = accounts.iter().filter(|(account, of)| of.id == party && account.is_open());
    let own: BTreeSet<PersonId> =
        own.filter_map(|(account, of)| Actor::of(account, of).person).collect();
    match people.difference(&own).next() {
        None => Ok(()),
        Some(other) => Err(Refusal::ByRule(format!(
            "cannot seat {other}: it is no person with an open account of your party"
        ))
        .into()),
    }
}

/// The party's other applications for the same developer's models. From here on no seat of theirs
/// is taken or ends beside this one.
async fn beside(hand: &mut Hand) -> Outcome<Vec<Partner>> {
    let Application { id, party, developer, .. } = hand.partner.application;
    hand.tx.lock(&format!("seats/{party}/{developer}")).await?;
    let mut seats = hand.tx.partner_list_between(party, developer).await?;
    seats.retain(|it| it.application.id != id);
    Ok(seats)
}

/// Whether a token was given for a key in this seat, or in another one of the same party for the
/// same developer's models.
async fn key_use(hand: &mut Hand, key: Digest) -> Outcome<KeyUse> {
    let Application { party, developer, .. } = hand.partner.application;
    for partner in hand.tx.partner_list_between(party, developer).await? {
        if hand.tx.token_was_given(partner.application.id.uuid(), &key).await? {
            return Ok(KeyUse::Given);
        }
    }
    Ok(KeyUse::Never)
}

/// What a seat left comes over to those that stand beside it.
async fn hand_on(hand: &mut Hand, clerk: &Actor, seats: &[Partner]) -> Outcome<()> {
    let left = hand.partner.left();
    let standing = seats.iter().filter(|it| it.seated().is_ok() && !left.is_empty());
    for id in standing.map(|it| it.application.id) {
        let guarded = hand.tx.load::<Partner>(id.uuid()).await?;
        let (partner, mandate) = guarded.open(clerk, Action::Work)?;
        let (next, fact) = partner.take_over(left.clone(), hand.now).map_err(Refusal::from)?;
        let _ = hand.tx.record(mandate, &next, fact, hand.now).await?;
    }
    Ok(())
}

/// For which of the three sides somebody stops or starts.
fn by(actor: &Actor, partner: &Partner) -> Result<By, Refusal> {
    let person = person(actor)?;
    if is_developer(actor, partner) {
        return Ok(By::Developer(person));
    }
    let own = actor.party == Some(partner.application.party);
    match own && actor.roles.contains(&Role::Partner) {
        true => Ok(By::Partner(person)),
        false => Ok(By::DutyOfficer(person)),
    }
}
