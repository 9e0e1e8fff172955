//! Advisories.

use crate::db::{StoreFault, Tx};
use crate::subjects::select;
use seawall_domain::advisory::Advisory;
use seawall_domain::id::CaseId;
use seawall_domain::publication::AdvisoryNumber;

impl Tx {
    /// The advisory of a case, in any standing.
    pub async fn advisory_of(&mut self, case: CaseId) -> Result<Option<Advisory>, StoreFault> {
        let case = case.to_string();
        Ok(self.values(select!(advisory, "WHERE flaw_case = $1"), vec![case.into()]).await?.pop())
    }

    /// The advisory of a public number.
    pub async fn advisory_by_number(
        &mut self,
        number: AdvisoryNumber,
    ) -> Result<Option<Advisory>, StoreFault> {
        let number = number.to_string();
        Ok(self.values(select!(advisory, "WHERE number = $1"), vec![number.into()]).await?.pop())
    }

    /// Everything that was ever published, newest number first.
    pub async fn advisory_list_out(&mut self, limit: i64) -> Result<Vec<Advisory>, StoreFault> {
        self.values(
            select!(advisory, "WHERE number IS NOT NULL ORDER BY number DESC LIMIT $1"),
            vec![limit.into()],
        )
        .await
    }

    /// The advisories that wait for signatures or for publication.
    pub async fn advisory_list_waiting(&mut self) -> Result<Vec<Advisory>, StoreFault> {
        self.values(select!(advisory, "WHERE standing <> 'published' ORDER BY id"), Vec::new())
            .await
    }

    /// The next free serial of a year; take it under the lock `advisory-number`.
    pub async fn advisory_next_serial(&mut self, year: i16) -> Result<u32, StoreFault> {
        let pattern = format!("SW-{year:04}-%");
        let rows = self
            .fetch(
                "SELECT COUNT(*) AS taken FROM advisory WHERE number LIKE $1",
                vec![pattern.into()],
            )
            .await?;
        let taken = rows.first().map(|row| row.int("taken")).transpose()?.unwrap_or(0);
        Ok(u32::try_from(taken + 1).unwrap_or(u32::MAX))
    }
}
