//! Inventories and statements.

use crate::db::{StoreFault, Tx};
use crate::queries::bounds;
use crate::subjects::select;
use seawall_domain::access::Scope;
use seawall_domain::digest::Digest;
use seawall_domain::id::PartyId;
use seawall_domain::inventory::Inventory;
use seawall_domain::statement::Statement;

impl Tx {
    /// The newest inventory of each of the operators' systems within a scope.
    pub async fn inventory_list_current(
        &mut self,
        scope: Scope,
    ) -> Result<Vec<Inventory>, StoreFault> {
        let [all, party] = bounds(scope);
        self.values(
            select!(
                inventory,
                "WHERE ($1 = 1 OR operator = $2) AND serial = (SELECT MAX(newest.serial) \
                 FROM inventory AS newest WHERE newest.operator = inventory.operator \
                 AND newest.label = inventory.label) ORDER BY operator, label"
            ),
            vec![all, party],
        )
        .await
    }

    /// Every system, with the number of its newest inventory; no inventory is read.
    pub async fn inventory_systems(&mut self) -> Result<Vec<(PartyId, String, i64)>, StoreFault> {
        let rows = self
            .fetch(
                "SELECT operator, label, MAX(serial) AS serial FROM inventory \
                 GROUP BY operator, label ORDER BY operator, label",
                Vec::new(),
            )
            .await?;
        rows.iter()
            .map(|row| Ok((row.parsed("operator")?, row.text("label")?, row.int("serial")?)))
            .collect()
    }

    /// One inventory of a system, by its number.
    pub async fn inventory_at(
        &mut self,
        operator: PartyId,
        label: &str,
        serial: i64,
    ) -> Result<Option<Inventory>, StoreFault> {
        Ok(self
            .values(
                select!(inventory, "WHERE operator = $1 AND label = $2 AND serial = $3"),
                vec![operator.to_string().into(), label.into(), serial.into()],
            )
            .await?
            .pop())
    }

    /// The newest inventory of one of an operator's systems.
    pub async fn inventory_newest(
        &mut self,
        operator: PartyId,
        label: &str,
    ) -> Result<Option<Inventory>, StoreFault> {
        Ok(self
            .values(
                select!(
                    inventory,
                    "WHERE operator = $1 AND label = $2 ORDER BY serial DESC LIMIT 1"
                ),
                vec![operator.to_string().into(), label.into()],
            )
            .await?
            .pop())
    }

    /// Every inventory of one of an operator's systems, newest first.
    pub async fn inventory_list_of(
        &mut self,
        operator: PartyId,
        label: &str,
    ) -> Result<Vec<Inventory>, StoreFault> {
        self.values(
            select!(inventory, "WHERE operator = $1 AND label = $2 ORDER BY serial DESC"),
            vec![operator.to_string().into(), label.into()],
        )
        .await
    }

    /// The statement that an issuer sent in these bytes.
    pub async fn statement_resent(
        &mut self,
        issuer: PartyId,
        digest: &Digest,
    ) -> Result<Option<Statement>, StoreFault> {
        Ok(self
            .values(
                select!(statement, "WHERE issuer = $1 AND digest = $2"),
                vec![issuer.to_string().into(), digest.to_string().into()],
            )
            .await?
            .pop())
    }
}
