//! Rows against facts: each stored value must be what its facts lead to, column by column, and
//! each stored fact must be the entry that the log has.

use super::Report;
use crate::desk::Desk;
use crate::outcome::Outcome;
use seawall_domain::account::Account;
use seawall_domain::advisory::Advisory;
use seawall_domain::case::Case;
use seawall_domain::engagement::Engagement;
use seawall_domain::evaluation::Evaluation;
use seawall_domain::exposure::Exposure;
use seawall_domain::fact::replay;
use seawall_domain::finding::Finding;
use seawall_domain::fix::Fix;
use seawall_domain::inventory::Inventory;
use seawall_domain::partner::Partner;
use seawall_domain::partner::basis::Basis;
use seawall_domain::partner::conflict::Entry as Tie;
use seawall_domain::party::Party;
use seawall_domain::project::Project;
use seawall_domain::reproduction::Reproduction;
use seawall_domain::scan::Scan;
use seawall_domain::statement::Statement;
use seawall_domain::time::Timestamp;
use seawall_store::db::Tx;
use seawall_store::record::{Folded, Held, Leaf, differing};
use std::collections::{BTreeMap, BTreeSet};
use uuid::Uuid;

/// The facts of every subject, by its id, oldest first.
type History = BTreeMap<Uuid, Vec<Leaf>>;

mod facts;

pub(super) async fn check(desk: &Desk, log: &[Vec<u8>], report: &mut Report) -> Outcome<()> {
    let mut tx = desk.begin("verify_rows").await?;
    let history = facts::check(&mut tx, log, report).await?;
    compare::<Party>(&mut tx, &history, report).await?;
    compare::<Account>(&mut tx, &history, report).await?;
    compare::<Project>(&mut tx, &history, report).await?;
    compare::<Scan>(&mut tx, &history, report).await?;
    compare::<Finding>(&mut tx, &history, report).await?;
    compare::<Reproduction>(&mut tx, &history, report).await?;
    compare::<Case>(&mut tx, &history, report).await?;
    compare::<Fix>(&mut tx, &history, report).await?;
    compare::<Advisory>(&mut tx, &history, report).await?;
    compare::<Inventory>(&mut tx, &history, report).await?;
    compare::<Statement>(&mut tx, &history, report).await?;
    compare::<Exposure>(&mut tx, &history, report).await?;
    compare::<Evaluation>(&mut tx, &history, report).await?;
    compare::<Engagement>(&mut tx, &history, report).await?;
    compare::<Tie>(&mut tx, &history, report).await?;
    compare::<Basis>(&mut tx, &history, report).await?;
    compare::<Partner>(&mut tx, &history, report).await
}

/// Compares every row of a subject with its replayed facts, and every history with its row.
async fn compare<T: Folded>(tx: &mut Tx, history: &History, report: &mut Report) -> Outcome<()> {
    let place = |column: &str, id: &str| format!("table {}, column {column}, id {id}", T::TABLE);
    let mut seen = BTreeSet::new();
    for row in tx.rows(T::EVERY).await? {
        let id = row.text("id")?;
        let uuid = id.parse::<Uuid>().ok();
        let leaves = uuid.and_then(|uuid| history.get(&uuid));
        match leaves.and_then(|leaves| replayed::<T>(leaves)) {
            Some(held) => {
                if let Some(column) = differing(&row, &held)? {
                    let place = place(&column, &id);
                    report.faults.push(format!("{place}: not what its facts lead to"));
                }
            }
            None => report.faults.push(format!("{}: no history leads to it", place("id", &id))),
        }
        seen.extend(uuid);
        report.rows += 1;
    }
    let is_own = |leaf: &Leaf| T::own(leaf.what.clone()).is_some();
    for (id, leaves) in history.iter().filter(|(id, _)| !seen.contains(*id)) {
        if leaves.first().is_some_and(is_own) {
            report.faults.push(format!("{}: the row is missing", place("id", &id.to_string())));
        }
    }
    Ok(())
}

fn replayed<T: Folded>(leaves: &[Leaf]) -> Option<Held<T>> {
    let first = leaves.first()?;
    let facts: Option<Vec<(T::Fact, Timestamp)>> =
        leaves.iter().map(|leaf| Some((T::own(leaf.what.clone())?, leaf.at))).collect();
    let value = replay::<T>(first.of, facts?).ok().flatten()?;
    Some(Held { value, version: i64::try_from(leaves.len()).ok()? })
}
