//! What the partners cover together, and which share of seats and tokens each has: for those who
//! answer for it, all of them; for a developer, those for its own models.

use super::basis::in_force;
use crate::desk::Desk;
use crate::outcome::Outcome;
use seawall_domain::access::{Action, Actor, Scope, visible};
use seawall_domain::engagement::Engagement;
use seawall_domain::engagement::count::known;
use seawall_domain::id::{PartnerId, PartyId};
use seawall_domain::partner::Partner;
use seawall_domain::partner::basis::Brought;
use seawall_domain::partner::concentration::{Holding, Report, report};
use seawall_domain::partner::reach::{Coverage, Group};
use seawall_domain::partner::seat::Extent;
use seawall_domain::time::Timestamp;
use seawall_store::db::Tx;
use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

/// What the partners cover.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reach {
    /// How many partners' seats stand.
    pub partners: usize,
    /// The groups that they cover together.
    pub groups: BTreeSet<Group>,
    /// The table in force, and what of it is covered; none where none was brought in.
    pub known: Option<(Brought, Coverage)>,
}

/// Which share each has.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Concentration {
    /// The shares.
    pub report: Report,
    /// The names of the parents.
    pub names: BTreeMap<PartyId, String>,
}

/// What the partners cover whose seats stand, and what of the table in force nobody does.
pub async fn reach(desk: &Desk, actor: &Actor) -> Outcome<Reach> {
    let within = visible(actor, Action::ReadReach)?;
    let now = desk.now();
    let mut tx = desk.begin("partner_reach").await?;
    let seated = seated(&mut tx, within).await?;
    let protects: BTreeMap<PartnerId, BTreeSet<Group>> = seated
        .into_iter()
        .filter(|partner| stands(partner, now))
        .map(|partner| (partner.application.id, partner.application.declared.protects))
        .collect();
    let known = in_force(desk, &mut tx).await?;
    Ok(Reach {
        partners: protects.len(),
        groups: protects.values().flatten().copied().collect(),
        known: known.map(|(brought, table)| (brought, table.coverage(&protects))),
    })
}

/// Which share of seats, and of tokens where they were counted, goes to which parent, sector, size.
pub async fn concentration(desk: &Desk, actor: &Actor) -> Outcome<Concentration> {
    let within = visible(actor, Action::ReadReach)?;
    let mut tx = desk.begin("partner_concentration").await?;
    let seated = seated(&mut tx, within).await?;
    let report = report(&holdings(&mut tx, &seated, Timestamp::MAX).await?);
    let mut names = BTreeMap::new();
    for parent in report.parents.iter().filter_map(|share| share.group) {
        names.insert(parent, crate::party::name(&mut tx, parent).await?);
    }
    Ok(Concentration { report, names })
}

/// What each partner with a seat has, with the tokens that were counted by an instant.
pub(crate) async fn holdings(
    tx: &mut Tx,
    seated: &[Partner],
    as_of: Timestamp,
) -> Outcome<Vec<Holding>> {
    let mut engagements: BTreeMap<PartyId, Vec<Engagement>> = BTreeMap::new();
    let mut counted: BTreeSet<(PartyId, PartyId)> = BTreeSet::new();
    let mut holdings = Vec::new();
    for partner in seated {
        let Ok(seat) = partner.seated() else { continue };
        let (party, developer) = (partner.application.party, partner.application.developer);
        let of = match engagements.entry(developer) {
            Entry::Occupied(held) => held.into_mut(),
            Entry::Vacant(free) => free.insert(tx.engagement_list_of(developer).await?),
        };
        let tokens = known(of.iter().map(|engagement| engagement.tokens_of(party, as_of)));
        // A party that has two seats for one developer's models used its tokens once.
        let is_first = counted.insert((party, developer));
        let declared = &partner.application.declared;
        holdings.push(Holding {
            parent: declared.parent,
            sector: declared.sector,
            size: declared.size,
            seats: seat.people().len() as u64,
            tokens: tokens.map(|tokens| if is_first { tokens } else { 0 }),
        });
    }
    Ok(holdings)
}

async fn seated(tx: &mut Tx, within: Scope) -> Outcome<Vec<Partner>> {
    Ok(match within {
        Scope::All => tx.partner_list_seated().await?,
        Scope::Participant(developer) => {
            let mut for_own = tx.partner_list_for(developer).await?;
            for_own.retain(|partner| partner.seated().is_ok());
            for_own
        }
        Scope::Own(_) | Scope::Nothing => Vec::new(),
    })
}

/// Whether a seat stands: a partner that is stopped protects nobody with the model.
fn stands(partner: &Partner, now: Timestamp) -> bool {
    partner.seated().is_ok_and(|seat| {
        let mut off = seat.stops().map(|(extent, _)| extent);
        let mut gone = seat.revoked().map(|(extent, _)| extent);
        let everybody = |extent: &&Extent| **extent == Extent::Organisation;
        !seat.is_lapsed(now) && off.find(everybody).is_none() && gone.find(everybody).is_none()
    })
}
