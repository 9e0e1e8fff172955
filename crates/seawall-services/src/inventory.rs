//! Inventories: what operators run. They are needed here only if the operator wants that.

use crate::desk::{Desk, digest};
use crate::outcome::{Fault, Outcome};
use seawall_domain::access::{Action, Actor, scope};
use seawall_domain::component::Component;
use seawall_domain::id::InventoryId;
use seawall_domain::inventory::Inventory;
use seawall_domain::refusal::Refusal;
use seawall_formats::inventory;
use seawall_store::db::Tx;
use seawall_store::record::Mandate;

/// The longest name of a system, in bytes.
pub const LABEL_BYTES_MAX: usize = 64;

/// Takes in an inventory. The same bytes for the same system again are the same inventory.
pub async fn receive(
    desk: &Desk,
    actor: &Actor,
    label: &str,
    media_type: Option<&str>,
    bytes: &[u8],
) -> Outcome<Inventory> {
    let now = desk.now();
    let id = InventoryId::new(desk.uuid());
    let mandate = Mandate::<Inventory>::start(id.uuid(), actor, Action::SendInventory)?;
    let operator = actor.party.ok_or(Refusal::Hidden)?;
    let label = label.trim();
    if label.is_empty() || label.len() > LABEL_BYTES_MAX || label.chars().any(char::is_control) {
        let why = format!("cannot use this label: it must be 1 to {LABEL_BYTES_MAX} bytes of text");
        return Err(Refusal::Unreadable(why).into());
    }
    let read = inventory::read(label, media_type, bytes)
        .map_err(|fault| Refusal::Unreadable(fault.to_string()))?;
    let mut tx = desk.begin("inventory_receive").await?;
    tx.lock(&format!("inventory/{operator}/{label}")).await?;
    let before = tx.inventory_list_of(operator, label).await?;
    if let Some(same) = before.first().filter(|latest| latest.digest == digest(bytes)) {
        return Ok(same.clone());
    }
    let known = read.components.iter().filter(|c| c.package.is_some() && c.version.is_some());
    let new = Inventory {
        id,
        operator,
        label: label.to_owned(),
        serial: before.first().map_or(1, |latest| latest.serial + 1),
        document: desk.keep(&mut tx, &format!("inventory/{operator}"), bytes).await?,
        digest: digest(bytes),
        shape: read.kind.name().to_owned(),
        components: u32::try_from(read.components.len()).unwrap_or(u32::MAX),
        known: u32::try_from(known.count()).unwrap_or(u32::MAX),
        received_at: now,
    };
    let (inventory, fact) = Inventory::receive(new, now)
        .ok_or_else(|| Fault::inconsistent("take in an inventory", "its fact did not apply"))?;
    let _ = tx.record(mandate, &inventory, fact, now).await?;
    tx.commit().await?;
    Ok(inventory)
}

/// The components of a kept inventory.
pub(crate) async fn components(
    desk: &Desk,
    tx: &mut Tx,
    inventory: &Inventory,
) -> Outcome<Vec<Component>> {
    let bytes = desk.bytes(tx, &inventory.document).await?;
    let read = inventory::read(&inventory.label, None, &bytes)
        .map_err(|fault| Fault::inconsistent("read a kept inventory", fault))?;
    Ok(read.components)
}

/// The current inventory of each system the actor may know of.
pub async fn list(desk: &Desk, actor: &Actor) -> Outcome<Vec<Inventory>> {
    let mut tx = desk.begin("inventory_list").await?;
    Ok(tx.inventory_list_current(scope(actor, Action::ReadInventory)).await?)
}
