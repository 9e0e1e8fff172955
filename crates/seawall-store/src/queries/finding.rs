//! Findings, their groups and their reproductions.

use crate::db::{StoreFault, Tx};
use crate::queries::bounds;
use crate::subjects::select;
use seawall_domain::access::Scope;
use seawall_domain::digest::Digest;
use seawall_domain::finding::Finding;
use seawall_domain::id::{FindingId, PartyId};
use seawall_domain::package::Package;
use seawall_domain::reproduction::Reproduction;
use seawall_domain::time::Timestamp;

impl Tx {
    /// The findings that came with a receipt, whoever asks: the receipt is the right to know.
    pub async fn finding_by_receipt(
        &mut self,
        receipt: &Digest,
    ) -> Result<Vec<Finding>, StoreFault> {
        let receipt = receipt.to_string();
        self.values(select!(finding, "WHERE receipt = $1 ORDER BY id"), vec![receipt.into()]).await
    }

    /// The finding that the same finder sent in the same bytes since an instant.
    pub async fn finding_resent(
        &mut self,
        finder: PartyId,
        digest: &Digest,
        since: Timestamp,
    ) -> Result<Option<Finding>, StoreFault> {
        let found = self
            .values(
                select!(
                    finding,
                    "WHERE finder = $1 AND digest = $2 AND received > $3 \
                     ORDER BY received, id LIMIT 1"
                ),
                vec![finder.to_string().into(), digest.to_string().into(), since.into()],
            )
            .await?;
        Ok(found.into_iter().next())
    }

    /// Every finding about a package, oldest first: the candidates of a group.
    pub async fn finding_list_on(&mut self, package: &Package) -> Result<Vec<Finding>, StoreFault> {
        self.values(
            select!(finding, "WHERE package = $1 ORDER BY received, id"),
            vec![package.to_string().into()],
        )
        .await
    }

    /// The members that joined a lead, oldest first.
    pub async fn finding_list_joined(
        &mut self,
        lead: FindingId,
    ) -> Result<Vec<Finding>, StoreFault> {
        self.values(
            select!(finding, "WHERE lead = $1 ORDER BY received, id"),
            vec![lead.to_string().into()],
        )
        .await
    }

    /// The newest findings within a scope.
    pub async fn finding_list(
        &mut self,
        scope: Scope,
        limit: i64,
    ) -> Result<Vec<Finding>, StoreFault> {
        let [all, party] = bounds(scope);
        self.values(
            select!(finding, "WHERE ($1 = 1 OR finder = $2) ORDER BY received DESC, id LIMIT $3"),
            vec![all, party, limit.into()],
        )
        .await
    }

    /// The findings of a standing within a scope, the longest waiting first.
    pub async fn finding_list_in(
        &mut self,
        scope: Scope,
        standing: &str,
        limit: i64,
    ) -> Result<Vec<Finding>, StoreFault> {
        let [all, party] = bounds(scope);
        self.values(
            select!(
                finding,
                "WHERE ($1 = 1 OR finder = $2) AND standing = $3 ORDER BY received, id LIMIT $4"
            ),
            vec![all, party, standing.into(), limit.into()],
        )
        .await
    }

    /// The reproduction of a finding, when there is one.
    pub async fn reproduction_of(
        &mut self,
        finding: FindingId,
    ) -> Result<Option<Reproduction>, StoreFault> {
        let finding = finding.to_string();
        Ok(self
            .values(select!(reproduction, "WHERE finding = $1"), vec![finding.into()])
            .await?
            .pop())
    }
}
