//! Parties: who takes part.

use crate::desk::Desk;
use crate::outcome::Outcome;
use seawall_domain::access::{Action, Actor};
use seawall_domain::id::PartyId;
use seawall_domain::party::{Party, Role};
use seawall_store::record::Mandate;
use std::collections::BTreeMap;

/// Registers a party with its roles.
pub async fn register(desk: &Desk, actor: &Actor, name: &str, roles: &[Role]) -> Outcome<Party> {
    let now = desk.now();
    let id = PartyId::new(desk.uuid());
    let mandate = Mandate::<Party>::start(id.uuid(), actor, Action::RegisterParty)?;
    let (party, fact) = Party::register(id, name, roles.iter().copied(), now);
    let mut tx = desk.begin("party_register").await?;
    let _ = tx.record(mandate, &party, fact, now).await?;
    tx.commit().await?;
    Ok(party)
}

/// The parties of these ids, for pages that name them to those who may know of what they did.
pub async fn known(
    desk: &Desk,
    ids: impl IntoIterator<Item = PartyId>,
) -> Outcome<BTreeMap<PartyId, Party>> {
    let mut tx = desk.begin("party_known").await?;
    let mut known = BTreeMap::new();
    for id in ids {
        if !known.contains_key(&id)
            && let Some(party) = tx.party(id).await?
        {
            known.insert(id, party);
        }
    }
    Ok(known)
}

/// The name of a party, for whoever may know of what it did.
pub(crate) async fn name(tx: &mut seawall_store::db::Tx, id: PartyId) -> Outcome<String> {
    let party = tx.party(id).await?;
    Ok(party.map_or_else(|| "a party that is not registered".to_owned(), |party| party.name))
}
