//! Inventories: what operators run. They are needed here only if the operator wants that.

use crate::desk::{Desk, digest};
use crate::outcome::{Denied, Fault, Outcome};
use seawall_domain::access::{Action, Actor, scope};
use seawall_domain::component::Component;
use seawall_domain::id::InventoryId;
use seawall_domain::inventory::Inventory;
use seawall_domain::refusal::Refusal;
use seawall_formats::inventory;
use seawall_store::db::{StoreFault, Tx};
use seawall_store::record::Mandate;
use uuid::Uuid;

/// The longest name of a system, in bytes.
pub const LABEL_BYTES_MAX: usize = 64;

/// What stands between the name and the version of a project in a label.
const JOINT: char = '@';
/// How many hexadecimal digits of a digest stand for what was cut off a label.
const CUT_DIGITS: usize = 16;

/// Takes in an inventory. The same bytes for the same system again are the same inventory.
pub async fn receive(
    desk: &Desk,
    actor: &Actor,
    label: &str,
    media_type: Option<&str>,
    bytes: &[u8],
) -> Outcome<Inventory> {
    let system = System::Label(label.to_owned());
    let taken = receive_for(desk, actor, system, Creation::Allowed, media_type, bytes).await?;
    taken.ok_or_else(|| Fault::inconsistent("take in an inventory", "its system is new").into())
}

/// Which of the operator's systems an inventory is of.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum System {
    /// The one with a label.
    Label(String),
    /// The one that an earlier inventory made, by [`system_id`].
    Id(Uuid),
}

/// Whether an inventory may be the first one of its system.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Creation {
    /// It may.
    Allowed,
    /// It may not: the system must be known.
    KnownOnly,
}

/// Takes in an inventory of a system; none when it would be the first one and may not.
pub async fn receive_for(
    desk: &Desk,
    actor: &Actor,
    system: System,
    creation: Creation,
    media_type: Option<&str>,
    bytes: &[u8],
) -> Outcome<Option<Inventory>> {
    let now = desk.now();
    let id = InventoryId::new(desk.uuid());
    let mandate = Mandate::<Inventory>::start(id.uuid(), actor, Action::SendInventory)?;
    let operator = actor.party.ok_or(Refusal::Hidden)?;
    let label = match system {
        System::Label(label) => usable(&label)?.to_owned(),
        System::Id(id) => match list(desk, actor).await?.into_iter().find(|i| system_id(i) == id) {
            Some(known) => known.label,
            None => return Ok(None),
        },
    };
    let read = inventory::read(&label, media_type, bytes)
        .map_err(|fault| Refusal::Unreadable(fault.to_string()))?;
    let mut tx = desk.begin("inventory_receive").await?;
    tx.lock(&format!("inventory/{operator}/{label}")).await?;
    let before = tx.inventory_list_of(operator, &label).await?;
    if before.is_empty() && creation == Creation::KnownOnly {
        return Ok(None);
    }
    if let Some(same) = before.first().filter(|latest| latest.digest == digest(bytes)) {
        return Ok(Some(same.clone()));
    }
    let known = read.components.iter().filter(|c| c.package.is_some() && c.version.is_some());
    let new = Inventory {
        id,
        operator,
        label,
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
    Ok(Some(inventory))
}

/// A label that can be used, trimmed.
fn usable(label: &str) -> Result<&str, Refusal> {
    let label = label.trim();
    if label.is_empty() || label.len() > LABEL_BYTES_MAX || label.chars().any(char::is_control) {
        let why = format!("cannot use this label: it must be 1 to {LABEL_BYTES_MAX} bytes of text");
        return Err(Refusal::Unreadable(why));
    }
    Ok(label)
}

/// The label of a project's version: `NAME@VERSION`. One that is too long for a label is cut, and
/// a digest of the whole tells it from others that begin alike.
pub fn label(name: &str, version: &str) -> String {
    let (name, version) = (name.trim(), version.trim());
    let whole = match version {
        "" => name.to_owned(),
        version => format!("{name}{JOINT}{version}"),
    };
    if whole.len() <= LABEL_BYTES_MAX {
        return whole;
    }
    let sum: String = digest(whole.as_bytes()).to_string().chars().take(CUT_DIGITS).collect();
    let end = whole.floor_char_boundary(LABEL_BYTES_MAX - CUT_DIGITS - 1);
    format!("{}~{sum}", whole.get(..end).unwrap_or_default())
}

/// The name and the version of a project that [`label`] was given; of a cut label, what is left.
pub fn name_and_version(label: &str) -> (&str, Option<&str>) {
    match label.rsplit_once(JOINT) {
        Some((name, version)) if !name.is_empty() => (name, Some(version)),
        Some(_) | None => (label, None),
    }
}

/// The id of the system that an inventory is of: the same for every upload of one operator's label.
pub fn system_id(inventory: &Inventory) -> Uuid {
    Uuid::new_v5(&inventory.operator.uuid(), inventory.label.as_bytes())
}

/// The components of a kept inventory; none when it was erased, so that nothing can be said of it.
pub(crate) async fn components(
    desk: &Desk,
    tx: &mut Tx,
    inventory: &Inventory,
) -> Outcome<Option<Vec<Component>>> {
    let bytes = match desk.bytes(tx, &inventory.document).await {
        Err(Denied::Broken(Fault::Store(StoreFault::BlobErased { .. }))) => return Ok(None),
        bytes => bytes?,
    };
    let read = inventory::read(&inventory.label, None, &bytes)
        .map_err(|fault| Fault::inconsistent("read a kept inventory", fault))?;
    Ok(Some(read.components))
}

/// The current inventory of each system the actor may know of.
pub async fn list(desk: &Desk, actor: &Actor) -> Outcome<Vec<Inventory>> {
    let mut tx = desk.begin("inventory_list").await?;
    Ok(tx.inventory_list_current(scope(actor, Action::ReadInventory)).await?)
}
