//! What a gateway must know: whether the window still stands, and who is cut off from it.

use crate::desk::Desk;
use crate::outcome::Outcome;
use seawall_domain::access::{Action, Actor};
use seawall_domain::engagement::Engagement;
use seawall_domain::engagement::grant::Cut;
use seawall_domain::id::{EngagementId, WindowId};

/// What a gateway is told.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Stops {
    /// The window that stands, from its offer until its end; none once it is over.
    pub window: Option<WindowId>,
    /// Who is stopped, of all partners for this developer's models.
    pub cut: Cut,
}

/// What a gateway of this engagement's window must know now.
pub async fn stops(desk: &Desk, actor: &Actor, id: EngagementId) -> Outcome<Stops> {
    let now = desk.now();
    let mut tx = desk.begin("engagement_stops").await?;
    let guarded = tx.load::<Engagement>(id.uuid()).await?;
    let (engagement, _) = guarded.open(actor, Action::ReadEngagement)?;
    let due = engagement.window.due();
    let stands = engagement.window.offer().filter(|_| due.is_some_and(|due| now < due));
    let mut cut = Cut::default();
    for partner in tx.partner_list_for(engagement.developer).await? {
        let more = partner.cut(now);
        cut.people.extend(more.people);
        cut.parties.extend(more.parties);
        cut.keys.extend(more.keys);
    }
    Ok(Stops { window: stands.map(|offer| offer.window), cut })
}
