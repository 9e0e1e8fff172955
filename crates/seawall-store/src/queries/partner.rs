//! Partners, and the register of ties.

use crate::db::{StoreFault, Tx};
use crate::queries::bounds;
use crate::subjects::select;
use seawall_domain::access::Scope;
use seawall_domain::id::{PartyId, PersonId};
use seawall_domain::partner::Partner;
use seawall_domain::partner::basis::Basis;
use seawall_domain::partner::conflict::Entry;
use seawall_domain::time::Timestamp;

impl Tx {
    /// The newest partners within a scope: one's own, those for one's models, and those that the
    /// person looks at or has looked at.
    pub async fn partner_list(
        &mut self,
        scope: Scope,
        person: Option<PersonId>,
        limit: i64,
    ) -> Result<Vec<Partner>, StoreFault> {
        let [all, party] = bounds(scope);
        let person = person.map_or_else(|| "nobody".to_owned(), |person| person.to_string());
        self.values(
            select!(
                partner,
                "WHERE ($1 = 1 OR party = $2 OR developer = $2 OR panel LIKE '%' || $3 || '%') \
                 ORDER BY filed DESC, id LIMIT $4"
            ),
            vec![all, party, person.into(), limit.into()],
        )
        .await
    }

    /// The partners that have a seat.
    pub async fn partner_list_seated(&mut self) -> Result<Vec<Partner>, StoreFault> {
        self.values(select!(partner, "WHERE stage = 'seated' ORDER BY filed, id"), Vec::new()).await
    }

    /// The partners that have a seat for a developer's models, or had one.
    pub async fn partner_list_for(
        &mut self,
        developer: PartyId,
    ) -> Result<Vec<Partner>, StoreFault> {
        self.values(
            select!(
                partner,
                "WHERE developer = $1 AND stage IN ('seated', 'over') ORDER BY filed, id"
            ),
            vec![developer.to_string().into()],
        )
        .await
    }

    /// What a party has filed for a developer's models, oldest first.
    pub async fn partner_list_between(
        &mut self,
        party: PartyId,
        developer: PartyId,
    ) -> Result<Vec<Partner>, StoreFault> {
        self.values(
            select!(partner, "WHERE party = $1 AND developer = $2 ORDER BY filed, id"),
            vec![party.to_string().into(), developer.to_string().into()],
        )
        .await
    }

    /// The partners that have a seat, or had one.
    pub async fn partner_list_had_seat(&mut self) -> Result<Vec<Partner>, StoreFault> {
        let sql = select!(partner, "WHERE stage IN ('seated', 'over') ORDER BY filed, id");
        self.values(sql, Vec::new()).await
    }

    /// How many applications were filed before an instant, and by how many parties.
    pub async fn partner_count_before(&mut self, at: Timestamp) -> Result<(i64, i64), StoreFault> {
        let sql = "SELECT COUNT(*) AS partners, COUNT(DISTINCT party) AS parties \
                   FROM partner WHERE filed < $1";
        let row = self.fetch_optional(sql, vec![at.into()]).await?;
        row.map_or(Ok((0, 0)), |row| Ok((row.int("partners")?, row.int("parties")?)))
    }

    /// What the installation judges and counts by; none before anything was brought in.
    pub async fn basis_current(&mut self) -> Result<Option<Basis>, StoreFault> {
        Ok(self.values(select!(basis, "ORDER BY id"), Vec::new()).await?.into_iter().next())
    }

    /// The ties of one person.
    pub async fn tie_list_of(&mut self, person: PersonId) -> Result<Vec<Entry>, StoreFault> {
        let sql = select!(tie, "WHERE person = $1 ORDER BY id");
        self.values(sql, vec![person.to_string().into()]).await
    }

    /// The register of ties, as far as a scope shows it.
    pub async fn tie_list(&mut self, scope: Scope) -> Result<Vec<Entry>, StoreFault> {
        let [all, _] = bounds(scope);
        self.values(select!(tie, "WHERE $1 = 1 ORDER BY id"), vec![all]).await
    }
}
