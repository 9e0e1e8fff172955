//! Findings in brief: one line each, as a queue shows them.

use super::kept_claim;
use crate::desk::Desk;
use crate::outcome::Outcome;
use crate::party;
use seawall_domain::access::{Action, Actor, visible};
use seawall_domain::finding::Finding;

/// One finding in a queue.
#[derive(Clone, Debug)]
pub struct Brief {
    /// The finding.
    pub finding: Finding,
    /// What it claims, in the finder's words.
    pub title: String,
    /// The finder's name.
    pub finder: String,
}

/// The newest findings the actor may know of; hidden from those who may know of none.
pub async fn briefs(desk: &Desk, actor: &Actor, limit: i64) -> Outcome<Vec<Brief>> {
    let within = visible(actor, Action::ReadReport)?;
    let mut tx = desk.begin("finding_briefs").await?;
    let mut briefs = Vec::new();
    for finding in tx.finding_list(within, limit).await? {
        let title = kept_claim(desk, &mut tx, &finding).await?.claim.title;
        let finder = party::name(&mut tx, finding.finder).await?;
        briefs.push(Brief { finding, title, finder });
    }
    Ok(briefs)
}
