//! Where jobs stand in the line: about which finding they are, whose turn they take, how urgent
//! they are. It follows from the subject whose fact caused them.

use crate::args;
use crate::db::{Row, StoreFault, Tx};
use seawall_domain::fact::Subject;
use seawall_domain::id::{FindingId, PartyId};
use seawall_domain::job::Job;
use seawall_domain::job::line::Known;
use seawall_domain::time::Timestamp;
use std::str::FromStr;
use uuid::Uuid;

/// Where a job stands in the line.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Place {
    /// Its number ([`seawall_domain::job::line::Urgency::rank`]): lower comes first.
    pub rank: i64,
    /// The finding that it is about, where there is one.
    pub finding: Option<FindingId>,
    /// The party whose turn it takes, where there is one.
    pub party: Option<PartyId>,
}

impl Place {
    /// Reads the columns of a job's row.
    pub(super) fn restore(row: &Row) -> Result<Place, StoreFault> {
        Ok(Place {
            rank: row.int("priority")?,
            finding: named(row, "finding")?,
            party: named(row, "party")?,
        })
    }
}

/// An id in a column that is empty where there is none.
pub(super) fn named<T: FromStr>(row: &Row, column: &str) -> Result<Option<T>, StoreFault>
where
    T::Err: std::fmt::Display,
{
    match row.text(column)?.is_empty() {
        true => Ok(None),
        false => row.parsed(column).map(Some),
    }
}

/// Whose the jobs of a subject are, and what is known of the finding that they are about.
pub(crate) struct Ground {
    finding: Option<FindingId>,
    party: Option<PartyId>,
    known: Known,
}

impl Ground {
    /// The place of a job that a fact about this subject causes.
    pub(crate) fn place(&self, job: &Job) -> Place {
        let rank = job.urgency(&self.known).rank();
        Place { rank, finding: self.finding, party: self.party }
    }
}

/// A query for the finding of a subject; the second part says how to get from the subject to it.
macro_rules! of_finding {
    ($id:literal) => {
        concat!(
            "SELECT finding.id AS finding, finding.finder AS party, urgency.attacked, ",
            "urgency.embargo_until FROM finding ",
            "LEFT JOIN urgency ON urgency.finding = finding.id WHERE finding.id = ",
            $id
        )
    };
}

/// How to get from a subject's id to the finding and the party; none for what is nobody's.
fn query(subject: Subject) -> Option<&'static str> {
    Some(match subject {
        Subject::Finding => of_finding!("$1"),
        Subject::Reproduction => {
            of_finding!("(SELECT reproduction.finding FROM reproduction WHERE id = $1)")
        }
        Subject::Case => of_finding!("(SELECT flaw_case.finding FROM flaw_case WHERE id = $1)"),
        Subject::Fix => of_finding!(
            "(SELECT flaw_case.finding FROM fix \
             JOIN flaw_case ON flaw_case.id = fix.flaw_case WHERE fix.id = $1)"
        ),
        Subject::Advisory => of_finding!(
            "(SELECT flaw_case.finding FROM advisory \
             JOIN flaw_case ON flaw_case.id = advisory.flaw_case WHERE advisory.id = $1)"
        ),
        Subject::Inventory => {
            "SELECT '' AS finding, operator AS party, NULL AS attacked, \
             CAST(NULL AS BIGINT) AS embargo_until FROM inventory WHERE id = $1"
        }
        Subject::Statement => {
            "SELECT '' AS finding, issuer AS party, NULL AS attacked, \
             CAST(NULL AS BIGINT) AS embargo_until FROM statement WHERE id = $1"
        }
        Subject::Party
        | Subject::Account
        | Subject::Project
        | Subject::Scan
        | Subject::Exposure
        | Subject::Evaluation
        | Subject::Engagement
        | Subject::Tie
        | Subject::Basis
        | Subject::Partner => return None,
    })
}

/// The ground on which the jobs of a subject stand.
pub(crate) async fn ground(tx: &mut Tx, subject: Subject, id: Uuid) -> Result<Ground, StoreFault> {
    let nobody = Ground { finding: None, party: None, known: Known::default() };
    let Some(sql) = query(subject) else { return Ok(nobody) };
    let Some(row) = tx.fetch_optional(sql, args![id.to_string()]).await? else {
        return Ok(nobody);
    };
    let none = row.columns().iter().any(|(name, value)| name == "attacked" && value.is_null());
    let attacked = !none && row.bool("attacked")?;
    let known = Known { attacked, embargo_until: row.opt_timestamp("embargo_until")? };
    Ok(Ground { finding: named(&row, "finding")?, party: named(&row, "party")?, known })
}

impl Tx {
    /// Keeps what makes the jobs about a finding urgent, and moves those that are open in the line.
    pub async fn urgency_set(
        &mut self,
        finding: FindingId,
        known: &Known,
    ) -> Result<(), StoreFault> {
        let id = finding.to_string();
        let Known { attacked, embargo_until } = *known;
        let sql = "INSERT INTO urgency (finding, attacked, embargo_until) VALUES ($1, $2, $3) \
                   ON CONFLICT (finding) DO UPDATE SET attacked = excluded.attacked, \
                   embargo_until = excluded.embargo_until";
        self.execute(sql, args![&id, attacked, embargo_until]).await?;
        let sql = "SELECT id, payload, priority FROM job \
                   WHERE finding = $1 AND state IN ('ready', 'leased')";
        for row in self.fetch(sql, args![&id]).await? {
            // What cannot be read stays where it is; whoever claims it says so.
            let Ok(job) = serde_json::from_str::<Job>(&row.text("payload")?) else { continue };
            let rank = job.urgency(known).rank();
            if rank != row.int("priority")? {
                let sql = "UPDATE job SET priority = $1 WHERE id = $2";
                self.execute(sql, args![rank, row.text("id")?]).await?;
            }
        }
        Ok(())
    }

    /// The findings about which jobs are open, with what is known of each.
    pub async fn urgency_list(
        &mut self,
        limit: u32,
    ) -> Result<Vec<(FindingId, Known)>, StoreFault> {
        let sql = "SELECT DISTINCT job.finding, urgency.attacked, urgency.embargo_until FROM job \
                   JOIN urgency ON urgency.finding = job.finding \
                   WHERE job.state IN ('ready', 'leased') ORDER BY job.finding LIMIT $1";
        let rows = self.fetch(sql, args![limit]).await?;
        let each = |row: &Row| -> Result<(FindingId, Known), StoreFault> {
            let embargo_until: Option<Timestamp> = row.opt_timestamp("embargo_until")?;
            let known = Known { attacked: row.bool("attacked")?, embargo_until };
            Ok((row.parsed("finding")?, known))
        };
        rows.iter().map(each).collect()
    }
}
