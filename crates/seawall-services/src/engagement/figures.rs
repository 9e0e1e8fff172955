//! What anybody may see: counts that tell of nobody.
//!
//! A count is as of the end of the last full quarter, rounded down to tens, and not shown below
//! ten. So nothing that one developer or one partner does is seen on the day when it does it, and
//! an installation with a few engagements looks like one with none; and so does one in which one
//! party or two have many (FRONTIER 4.2, I9).

use crate::desk::Desk;
use crate::outcome::{Fault, Outcome};
use seawall_domain::engagement::count::quarter;
use seawall_domain::fact::{Fact, replay};
use seawall_domain::partner::Partner;
use seawall_domain::partner::concentration::{PublicReport, public};
use seawall_domain::time::Timestamp;
use seawall_store::db::Tx;
use seawall_store::record::Leaf;

/// From this number on a count is shown, and in steps of it.
pub const COUNTED_FROM: i64 = 10;

/// How many parties must stand behind a count at least, so that it tells of none of them.
pub const PARTIES_MIN: i64 = 3;

/// The counts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Counts {
    /// As of when: the beginning of the quarter that runs.
    pub as_of: Timestamp,
    /// Engagements that were opened before; none where there are few or none.
    pub engagements: Option<u64>,
    /// Applications of partners that were filed before; none where there are few or none.
    pub applications: Option<u64>,
    /// To whom seats go; none where there are few or none.
    pub concentration: Option<PublicReport>,
}

/// Counts what anybody may see.
pub async fn counts(desk: &Desk) -> Outcome<Counts> {
    let as_of = quarter(desk.now());
    let mut tx = desk.begin("engagement_counts").await?;
    let engagements = shown(tx.engagement_count_before(as_of).await?);
    let applications = shown(tx.partner_count_before(as_of).await?);
    let seated = seated(&mut tx, as_of).await?;
    let holdings = crate::partner::holdings(&mut tx, &seated, as_of).await?;
    let report = public(&holdings);
    let many = i64::try_from(report.parents).unwrap_or(i64::MAX) >= COUNTED_FROM;
    Ok(Counts { as_of, engagements, applications, concentration: many.then_some(report) })
}

/// The partners that had a seat at an instant, as they were then: one that was given since is not
/// among them, and one that has ended since is.
async fn seated(tx: &mut Tx, as_of: Timestamp) -> Outcome<Vec<Partner>> {
    let mut then = Vec::new();
    for partner in tx.partner_list_had_seat().await? {
        let mut facts = Vec::new();
        for body in tx.fact_bodies_of(partner.application.id.uuid()).await? {
            let leaf: Leaf = serde_json::from_str(&body)
                .map_err(|error| Fault::inconsistent("read a fact", error))?;
            match leaf.what {
                Fact::Partner(fact) if leaf.at < as_of => facts.push((fact, leaf.at)),
                _ => {}
            }
        }
        let before = replay::<Partner>(partner.application.id.uuid(), facts)
            .map_err(|broken| Fault::inconsistent("count seats", broken))?;
        then.extend(before.filter(|partner| partner.seated().is_ok()));
    }
    Ok(then)
}

/// A count with the number of parties behind it, as it is shown.
fn shown((count, parties): (i64, i64)) -> Option<u64> {
    if parties < PARTIES_MIN {
        return None;
    }
    let rounded = count / COUNTED_FROM * COUNTED_FROM;
    u64::try_from(rounded).ok().filter(|rounded| *rounded > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_look_like_none() {
        let check = |count: i64, parties: i64, expected: Option<u64>| {
            assert_eq!(shown((count, parties)), expected, "{count} of {parties}");
        };
        check(0, 0, None);
        check(9, 9, None);
        check(10, 3, Some(10));
        check(19, 10, Some(10));
        check(127, 60, Some(120));
        // However many one party or two have, they look like none.
        check(127, 1, None);
        check(127, 2, None);
    }
}
