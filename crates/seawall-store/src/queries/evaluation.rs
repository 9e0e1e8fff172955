//! Evaluations.

use crate::db::{StoreFault, Tx};
use crate::queries::bounds;
use crate::subjects::select;
use seawall_domain::access::Scope;
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::Evaluation;

impl Tx {
    /// The evaluations within a scope, in the order of ids.
    pub async fn evaluation_list(
        &mut self,
        scope: Scope,
        limit: i64,
    ) -> Result<Vec<Evaluation>, StoreFault> {
        let [all, _] = bounds(scope);
        self.values(
            select!(evaluation, "WHERE $1 = 1 ORDER BY id LIMIT $2"),
            vec![all, limit.into()],
        )
        .await
    }

    /// The evaluation in which a protocol of that root was committed to.
    pub async fn evaluation_by_root(
        &mut self,
        root: &Digest,
    ) -> Result<Option<Evaluation>, StoreFault> {
        let root = root.to_string();
        Ok(self
            .values(select!(evaluation, "WHERE roots LIKE '%' || $1 || '%'"), vec![root.into()])
            .await?
            .pop())
    }
}
