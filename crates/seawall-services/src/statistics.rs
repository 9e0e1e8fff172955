//! The figures of the installation, counted from its facts.

use crate::desk::Desk;
use crate::outcome::{Fault, Outcome};
use seawall_domain::access::{Action, Actor, decide};
use seawall_domain::figures::{Count, Figures};
use seawall_store::record::Leaf;

/// The figures, for those who may know even of what is embargoed.
pub async fn figures(desk: &Desk, actor: &Actor) -> Outcome<Figures> {
    decide(actor, Action::ReadStatistics, &[])?;
    Ok(count(desk).await?.figures())
}

/// Counts every fact that is recorded.
pub(crate) async fn count(desk: &Desk) -> Outcome<Count> {
    let mut tx = desk.begin("statistics_count").await?;
    let mut count = Count::default();
    for body in tx.fact_bodies().await? {
        let leaf: Leaf = serde_json::from_str(&body)
            .map_err(|error| Fault::inconsistent("read a fact", error))?;
        count.take(leaf.of, &leaf.what, leaf.at);
    }
    Ok(count)
}
