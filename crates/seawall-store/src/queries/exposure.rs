//! Exposures.

use crate::db::{StoreFault, Tx};
use crate::queries::bounds;
use crate::subjects::select;
use seawall_domain::access::Scope;
use seawall_domain::exposure::{Exposure, Spot};
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

    /// The exposures to one advisory.
    pub async fn exposure_list_to(
        &mut self,
        advisory: AdvisoryId,
    ) -> Result<Vec<Exposure>, StoreFault> {
        self.values(
            select!(exposure, "WHERE advisory = $1 ORDER BY id"),
            vec![advisory.to_string().into()],
        )
        .await
    }

    /// The exposure at a spot, when there is one.
    pub async fn exposure_at(&mut self, spot: &Spot) -> Result<Option<Exposure>, StoreFault> {
        Ok(self
            .values(
                select!(
                    exposure,
                    "WHERE operator = $1 AND label = $2 AND advisory = $3 AND component = $4"
                ),
                vec![
                    spot.operator.to_string().into(),
                    spot.label.as_str().into(),
                    spot.advisory.to_string().into(),
                    spot.component.as_str().into(),
                ],
            )
            .await?
            .pop())
    }
}
