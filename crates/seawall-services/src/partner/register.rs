//! The register of ties: who must stay out of what. None is taken out; it ends.

use crate::desk::Desk;
use crate::outcome::{Fault, Outcome};
use seawall_domain::access::{Action, Actor, visible};
use seawall_domain::fact::Aggregate;
use seawall_domain::id::{PartyId, PersonId, TieId};
use seawall_domain::partner::conflict::{Entry, Tie, TieFact, TieKind};
use seawall_domain::refusal::Refusal;
use seawall_store::record::Mandate;

/// Puts a tie into the register.
pub async fn declare(
    desk: &Desk,
    actor: &Actor,
    person: PersonId,
    party: PartyId,
    kind: TieKind,
) -> Outcome<Entry> {
    let now = desk.now();
    let id = TieId::new(desk.uuid());
    let mandate = Mandate::<Entry>::start(id.uuid(), actor, Action::DeclareTie)?;
    let mut tx = desk.begin("tie_declare").await?;
    tx.party(party).await?.ok_or(Refusal::Hidden)?;
    let (entry, fact) = Entry::declare(id, Tie { person, party, kind, ended_at: None }, now)
        .ok_or_else(|| Fault::inconsistent("declare a tie", "its fact did not apply"))?;
    let _ = tx.record(mandate, &entry, fact, now).await?;
    tx.commit().await?;
    Ok(entry)
}

/// Records that a tie has ended; it still counts for a while.
pub async fn end(desk: &Desk, actor: &Actor, id: TieId) -> Outcome<Entry> {
    let now = desk.now();
    let mut tx = desk.begin("tie_end").await?;
    let guarded = tx.load::<Entry>(id.uuid()).await?;
    let (entry, mandate) = guarded.open(actor, Action::DeclareTie)?;
    let fact = TieFact::Ended { at: now };
    let refusal = Refusal::NotNow { step: "end", subject: "the tie", state: "over" };
    let entry = Entry::apply(Some(entry), &fact, now).ok_or(refusal)?;
    let _ = tx.record(mandate, &entry, fact, now).await?;
    tx.commit().await?;
    Ok(entry)
}

/// The register; hidden from those who may know of none.
pub async fn ties(desk: &Desk, actor: &Actor) -> Outcome<Vec<Entry>> {
    let within = visible(actor, Action::ReadTies)?;
    let mut tx = desk.begin("tie_list").await?;
    Ok(tx.tie_list(within).await?)
}
