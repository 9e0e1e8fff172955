//! Engagements.

use crate::db::{StoreFault, Tx};
use crate::queries::bounds;
use crate::subjects::select;
use seawall_domain::access::Scope;
use seawall_domain::engagement::Engagement;
use seawall_domain::id::PartyId;
use seawall_domain::time::Timestamp;

impl Tx {
    /// The newest engagements within a scope.
    pub async fn engagement_list(
        &mut self,
        scope: Scope,
        limit: i64,
    ) -> Result<Vec<Engagement>, StoreFault> {
        let [all, party] = bounds(scope);
        self.values(
            select!(
                engagement,
                "WHERE ($1 = 1 OR developer = $2) ORDER BY opened DESC, id LIMIT $3"
            ),
            vec![all, party, limit.into()],
        )
        .await
    }

    /// Every engagement of a developer, oldest first: among them are those about one model.
    pub async fn engagement_list_of(
        &mut self,
        developer: PartyId,
    ) -> Result<Vec<Engagement>, StoreFault> {
        self.values(
            select!(engagement, "WHERE developer = $1 ORDER BY opened, id"),
            vec![developer.to_string().into()],
        )
        .await
    }

    /// How many engagements were opened before an instant, and by how many developers.
    pub async fn engagement_count_before(
        &mut self,
        at: Timestamp,
    ) -> Result<(i64, i64), StoreFault> {
        let sql = "SELECT COUNT(*) AS engagements, COUNT(DISTINCT developer) AS developers \
                   FROM engagement WHERE opened < $1";
        let row = self.fetch_optional(sql, vec![at.into()]).await?;
        row.map_or(Ok((0, 0)), |row| Ok((row.int("engagements")?, row.int("developers")?)))
    }
}
