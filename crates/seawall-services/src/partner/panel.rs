//! From the draw of a panel to a decision that both sides signed.

use super::basis::{current, rubric_by};
use super::{Hand, is_developer, person};
use crate::desk::{Desk, digest};
use crate::outcome::Outcome;
use seawall_domain::access::{Action, Actor, Role, Scope};
use seawall_domain::digest::Digest;
use seawall_domain::id::{PartnerId, PartyId, PersonId};
use seawall_domain::partner::assessment::Filing;
use seawall_domain::partner::conflict::{Register, TIES_MAX, Tie};
use seawall_domain::partner::decision::{Rivalry, Side, Stated};
use seawall_domain::partner::lot::Bench;
use seawall_domain::partner::{Application, Partner, Refused};
use seawall_domain::party;
use seawall_domain::refusal::Refusal;
use seawall_store::db::Tx;
use std::collections::BTreeSet;

/// From whom a panel is drawn.
#[derive(Clone, Debug)]
pub struct Drawing {
    /// The people, before anybody commits to a number.
    pub pool: BTreeSet<PersonId>,
    /// How many are drawn.
    pub wanted: u8,
}

/// The official begins the draw of a panel; the register decides who of the pool stays out.
pub async fn begin_draw(
    desk: &Desk,
    actor: &Actor,
    id: PartnerId,
    drawing: Drawing,
) -> Outcome<Partner> {
    let mut hand = Hand::open(desk, actor, id, "partner_begin_draw", Action::DecidePartner).await?;
    let house = actor.party.ok_or(Refusal::Hidden)?;
    let bench = bench(&mut hand.tx, &hand.partner.application).await?;
    let Drawing { pool, wanted } = drawing;
    hand.take(hand.partner.begin_draw(house, pool, wanted, &bench, hand.now)).await?;
    hand.done().await
}

/// A side commits to its number, by a digest.
pub async fn commit_draw(
    desk: &Desk,
    actor: &Actor,
    id: PartnerId,
    to: Digest,
) -> Outcome<Partner> {
    let mut hand = Hand::open(desk, actor, id, "partner_commit_draw", Action::DrawPanel).await?;
    let side = side(actor)?;
    hand.take(hand.partner.commit_draw(side, to, hand.now)).await?;
    hand.done().await
}

/// A side reveals its number; with the last one the panel is drawn.
pub async fn reveal_draw(
    desk: &Desk,
    actor: &Actor,
    id: PartnerId,
    nonce: Digest,
) -> Outcome<Partner> {
    let mut hand = Hand::open(desk, actor, id, "partner_reveal_draw", Action::DrawPanel).await?;
    let side = side(actor)?;
    hand.take(hand.partner.reveal_draw(side, nonce, digest, hand.now)).await?;
    let lot = hand.partner.lot().map_err(Refusal::from)?;
    if lot.draw.silent().is_empty() {
        let bench = bench(&mut hand.tx, &hand.partner.application).await?;
        hand.take(hand.partner.draw_lot(&bench, digest, hand.now)).await?;
    }
    hand.done().await
}

/// One more person looks, because marks are too far apart: the next whom the same draw gave.
pub async fn join(desk: &Desk, actor: &Actor, id: PartnerId) -> Outcome<Partner> {
    let mut hand = Hand::open(desk, actor, id, "partner_join", Action::DecidePartner).await?;
    let bench = bench(&mut hand.tx, &hand.partner.application).await?;
    let rubric = rubric_by(desk, &mut hand.tx, hand.partner.application.rubric).await?;
    hand.take(hand.partner.join(&rubric, &bench, hand.now)).await?;
    hand.done().await
}

/// Somebody of the panel files its marks; afterwards it cannot change them.
pub async fn mark(desk: &Desk, actor: &Actor, id: PartnerId, filing: Filing) -> Outcome<Partner> {
    let mut hand = Hand::open(desk, actor, id, "partner_mark", Action::FileMarks).await?;
    let by = person(actor)?;
    let rubric = rubric_by(desk, &mut hand.tx, hand.partner.application.rubric).await?;
    hand.take(hand.partner.mark(by, filing, &rubric, hand.now)).await?;
    hand.done().await
}

/// Records the decision that follows from the marks, and from whether the applicant competes: the
/// official states that, and another one signs.
pub async fn conclude(
    desk: &Desk,
    actor: &Actor,
    id: PartnerId,
    rivalry: Rivalry,
    days: i64,
) -> Outcome<Partner> {
    let mut hand = Hand::open(desk, actor, id, "partner_conclude", Action::DecidePartner).await?;
    let stated = Stated { rivalry, by: person(actor)? };
    untied(&mut hand, stated.by).await?;
    let rubric = rubric_by(desk, &mut hand.tx, hand.partner.application.rubric).await?;
    let calendar = current(&mut hand.tx).await?.calendar;
    hand.take(hand.partner.conclude(&rubric, stated, days, &calendar, hand.now)).await?;
    hand.done().await
}

/// A side signs the decision: the developer for its models, or the official for the clearinghouse.
pub async fn sign(desk: &Desk, actor: &Actor, id: PartnerId) -> Outcome<Partner> {
    let mut hand = Hand::open(desk, actor, id, "partner_sign", Action::SignPartner).await?;
    let person = person(actor)?;
    let side = match is_developer(actor, &hand.partner) {
        true => Side::Developer(person),
        false => {
            untied(&mut hand, person).await?;
            Side::Clearinghouse(person)
        }
    };
    hand.take(hand.partner.sign(side, hand.now)).await?;
    hand.done().await
}

/// The applicant appeals, once; people who had no part in the decision look then.
pub async fn appeal(desk: &Desk, actor: &Actor, id: PartnerId) -> Outcome<Partner> {
    let mut hand = Hand::open(desk, actor, id, "partner_appeal", Action::AnswerAsPartner).await?;
    let calendar = current(&mut hand.tx).await?.calendar;
    hand.take(hand.partner.appeal(&calendar, hand.now)).await?;
    hand.done().await
}

/// Refuses somebody of the clearinghouse who has a tie to those whom it concerns: nobody decides
/// for itself, by whatever account.
async fn untied(hand: &mut Hand, person: PersonId) -> Outcome<()> {
    let application = &hand.partner.application;
    let register = register(&mut hand.tx, application).await?;
    let concerned = application.concerned();
    match register.ties(person, &concerned, hand.now).next() {
        Some(_) => Err(Refusal::from(Refused::Tied).into()),
        None => Ok(()),
    }
}

/// For which side of the draw somebody acts; only sides of it can.
fn side(actor: &Actor) -> Result<PartyId, Refusal> {
    let draws = [Role::Developer, Role::Official].iter().any(|role| actor.roles.contains(role));
    actor.party.filter(|_| draws).ok_or(Refusal::Hidden)
}

/// Who could look now, and who must not.
async fn bench(tx: &mut Tx, application: &Application) -> Outcome<Bench> {
    let accounts = tx.account_list_with_role(party::Role::Evaluator).await?;
    let active = party::Standing::Active;
    let open = accounts.iter().filter(|(it, party)| it.is_open() && party.standing == active);
    let able = open.filter_map(|(account, _)| account.natural()).collect();
    Ok(Bench { register: register(tx, application).await?, able })
}

/// The register of ties as it stands, and what the accounts of those whom an application concerns
/// tell of their people.
async fn register(tx: &mut Tx, application: &Application) -> Outcome<Register> {
    let declared = tx.tie_list(Scope::All).await?.into_iter().map(|entry| entry.tie);
    let mut ties: Vec<Tie> = declared.collect();
    for party in application.concerned() {
        ties.extend(tx.account_list_of(party).await?.iter().filter_map(Tie::of));
    }
    let mut register = Register::default();
    for tie in ties {
        let full = |_| Refusal::Full { what: "ties in the register", bound: TIES_MAX as u64 };
        register.add(tie).map_err(full)?;
    }
    Ok(register)
}
