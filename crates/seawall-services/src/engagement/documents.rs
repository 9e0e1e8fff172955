//! What people wrote about an engagement: terms, opinions, reasons. Facts hold their digests.

use crate::desk::Desk;
use crate::outcome::Outcome;
use seawall_domain::access::{Action, Actor};
use seawall_domain::digest::Digest;
use seawall_domain::engagement::Engagement;
use seawall_domain::id::EngagementId;
use seawall_domain::refusal::Refusal;

/// What a text is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum What {
    /// The terms of the offer that stands, or of its window.
    Terms,
    /// An opinion, which binds nobody.
    Opinion,
    /// Why the official differs; not for the developer.
    Reasons,
}

/// The texts that the actor may read, each with its digest.
pub async fn documents(
    desk: &Desk,
    actor: &Actor,
    id: EngagementId,
) -> Outcome<Vec<(What, Digest, String)>> {
    let mut tx = desk.begin("engagement_documents").await?;
    let guarded = tx.load::<Engagement>(id.uuid()).await?;
    let (engagement, _) = guarded.open(actor, Action::ReadEngagement)?;
    let mut texts = Vec::new();
    for (what, digest) in named(&engagement, actor) {
        let owner = format!("engagement/{id}");
        let found = desk.store.blobs().find(&mut tx, &owner, &digest).await?;
        let address = found.ok_or(Refusal::Hidden)?;
        texts.push((what, digest, desk.text(&mut tx, &address).await?));
    }
    Ok(texts)
}

fn named(engagement: &Engagement, actor: &Actor) -> Vec<(What, Digest)> {
    let terms = engagement.window.offer().map(|offer| (What::Terms, offer.terms));
    let advice = engagement.advice.iter().map(|digest| (What::Opinion, *digest));
    let own = actor.party == Some(engagement.developer);
    let reasons = engagement.determination.reasons().filter(|_| !own);
    let reasons = reasons.map(|reasons| (What::Reasons, reasons));
    terms.into_iter().chain(advice).chain(reasons).collect()
}
