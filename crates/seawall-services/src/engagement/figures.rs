//! What anybody may see: counts that tell of nobody.
//!
//! A count is as of the end of the last full quarter, rounded down to tens, and not shown below
//! ten. So nothing that one developer or one partner does is seen on the day when it does it, and
//! an installation with a few engagements looks like one with none (FRONTIER 4.2, I9).

use crate::desk::Desk;
use crate::outcome::Outcome;
use seawall_domain::engagement::count::quarter;
use seawall_domain::partner::concentration::{PublicReport, public};
use seawall_domain::time::Timestamp;

/// From this number on a count is shown, and in steps of it.
pub const COUNTED_FROM: i64 = 10;

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
    let mut seated = tx.partner_list_seated().await?;
    seated.retain(|partner| partner.application.filed_at < as_of);
    let holdings = crate::partner::holdings(&mut tx, &seated, as_of).await?;
    let report = public(&holdings);
    let many = i64::try_from(report.parents).unwrap_or(i64::MAX) >= COUNTED_FROM;
    Ok(Counts { as_of, engagements, applications, concentration: many.then_some(report) })
}

fn shown(count: i64) -> Option<u64> {
    let rounded = count / COUNTED_FROM * COUNTED_FROM;
    u64::try_from(rounded).ok().filter(|rounded| *rounded > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_look_like_none() {
        let check = |count: i64, expected: Option<u64>| {
            assert_eq!(shown(count), expected, "{count}");
        };
        check(0, None);
        check(9, None);
        check(10, Some(10));
        check(19, Some(10));
        check(127, Some(120));
    }
}
