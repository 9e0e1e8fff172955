//! What makes the jobs about a finding urgent: attacks that outside sources tell of, and embargoes
//! with a deadline.

use crate::desk::Desk;
use crate::finding::kept_claim;
use crate::outcome::Outcome;
use crate::outside::Outside;
use seawall_domain::access::{Action, Actor};
use seawall_domain::case::Case;
use seawall_domain::claim::Claim;
use seawall_domain::finding::Finding;
use seawall_domain::job::line::Known;
use seawall_store::db::Tx;

/// How many findings are weighed anew when the advisory set was replaced.
const WEIGHED_LEN_MAX: u32 = 5_000;

/// Keeps how urgent the jobs about a finding are, by what is known now.
pub(crate) async fn weigh(
    desk: &Desk,
    tx: &mut Tx,
    finding: &Finding,
    claim: &Claim,
    case: Option<&Case>,
) -> Outcome<()> {
    let known = known(desk, claim, case);
    Ok(tx.urgency_set(finding.id, &known).await?)
}

fn known(desk: &Desk, claim: &Claim, case: Option<&Case>) -> Known {
    let names = &claim.upstream_ids;
    let flaw = (!names.is_empty()).then(|| Outside::of(desk).flaw(names)).flatten();
    let attacked = flaw.is_some_and(|flaw| flaw.kev.is_some());
    Known { attacked, embargo_until: case.and_then(|case| case.binds_until(desk.now())) }
}

/// Weighs every finding anew about which jobs are open: what is attacked may be known by now.
pub async fn weigh_all(desk: &Desk) -> Outcome<()> {
    let open = desk.store.database().read().await?.urgency_list(WEIGHED_LEN_MAX).await?;
    for (id, before) in open {
        let mut tx = desk.begin("work_weigh").await?;
        let guarded = tx.load::<Finding>(id.uuid()).await?;
        let (finding, _) = guarded.open(&Actor::clerk(), Action::ReadReport)?;
        let claim = kept_claim(desk, &mut tx, &finding).await?.claim;
        let case = tx.case_of(id).await?;
        let now = known(desk, &claim, case.as_ref());
        if now != before {
            tx.urgency_set(id, &now).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}
