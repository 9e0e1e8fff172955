//! Exposures.

use crate::db::{StoreFault, Tx};
use crate::queries::bounds;
use crate::subjects::select;
use seawall_domain::access::Scope;
use seawall_domain::exposure::Exposure;
use seawall_domain::id::{AdvisoryId, PartyId};

impl Tx {
    /// The exposures within a scope, oldest first.
    pub async fn exposure_list(
        &mut self,
        scope: Scope,
        limit: i64,
    ) -> Result<Vec<Exposure>, StoreFault> {
        let [all, party] = bounds(scope);
        self.values(
            select!(exposure, "WHERE ($1 = 1 OR operator = $2) ORDER BY id LIMIT $3"),
            vec![all, party, limit.into()],
        )
        .await
    }

    /// The exposures of one of an operator's systems.
    pub async fn exposure_list_of(
        &mut self,
        operator: PartyId,
        label: &str,
    ) -> Result<Vec<Exposure>, StoreFault> {
        self.values(
            select!(exposure, "WHERE operator = $1 AND label = $2 ORDER BY id"),
            vec![operator.to_string().into(), label.into()],
        )
        .await
    }

    /// The systems that were exposed to an advisory at any time: the operator and the label of
    /// each, once, in order.
    pub async fn exposure_systems(
        &mut self,
        advisory: AdvisoryId,
    ) -> Result<Vec<(PartyId, String)>, StoreFault> {
        let rows = self
            .fetch(
                "SELECT DISTINCT operator, label FROM exposure WHERE cause = $1 \
                 ORDER BY operator, label",
                vec![advisory.to_string().into()],
            )
            .await?;
        rows.iter().map(|row| Ok((row.parsed("operator")?, row.text("label")?))).collect()
    }
}
