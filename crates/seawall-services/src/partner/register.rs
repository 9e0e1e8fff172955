//! The register of ties: who must stay out of what. None is taken out; it ends.

use crate::desk::Desk;
use crate::outcome::{Fault, Outcome};
use seawall_domain::access::{Action, Actor, Scope, visible};
use seawall_domain::fact::Aggregate;
use seawall_domain::id::{PartyId, PersonId, TieId};
use seawall_domain::partner::conflict::{Entry, Tie, TieFact, TieKind};
use seawall_domain::refusal::Refusal;
use seawall_store::record::Mandate;

/// The most ties of one person: nobody fills the register alone, which every draw reads.
pub const TIES_OF_ONE_MAX: usize = 1_000;

/// Puts a tie into the register: one's own, or, for those who keep the register, anybody's.
pub async fn declare(
    desk: &Desk,
    actor: &Actor,
    person: PersonId,
    party: PartyId,
    kind: TieKind,
) -> Outcome<Entry> {
    let now = desk.now();
    let id = TieId::new(desk.uuid());
    let action = match actor.person == Some(person) {
        true => Action::DeclareOwnTie,
        false => Action::DeclareTie,
    };
    let mandate = Mandate::<Entry>::start(id.uuid(), actor, action)?;
    let mut tx = desk.begin("tie_declare").await?;
    tx.party(party).await?.ok_or(Refusal::Hidden)?;
    if tx.tie_list_of(person).await?.len() >= TIES_OF_ONE_MAX {
        let bound = TIES_OF_ONE_MAX as u64;
        return Err(Refusal::Full { what: "ties of one person", bound }.into());
    }
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

/// The register, or what is one's own of it; hidden from those who may know of none.
pub async fn ties(desk: &Desk, actor: &Actor) -> Outcome<Vec<Entry>> {
    let within = visible(actor, Action::ReadTies)?;
    let mut tx = desk.begin("tie_list").await?;
    Ok(match (within, actor.person) {
        (Scope::All, _) => tx.tie_list(within).await?,
        (Scope::Own(_), Some(person)) => tx.tie_list_of(person).await?,
        (Scope::Own(_), None) | (Scope::Participant(_) | Scope::Nothing, _) => Vec::new(),
    })
}
