//! Scan leases.

use crate::db::{StoreFault, Tx};
use crate::queries::bounds;
use crate::subjects::select;
use seawall_domain::access::Scope;
use seawall_domain::package::Package;
use seawall_domain::scan::Scan;
use seawall_domain::time::Timestamp;

impl Tx {
    /// The leases on a package that have not run out.
    pub async fn scan_list_on(
        &mut self,
        scope: Scope,
        package: &Package,
        now: Timestamp,
    ) -> Result<Vec<Scan>, StoreFault> {
        let [all, party] = bounds(scope);
        self.values(
            select!(
                scan,
                "WHERE ($1 = 1 OR party = $2) AND package = $3 AND ends > $4 ORDER BY id"
            ),
            vec![all, party, package.to_string().into(), now.into()],
        )
        .await
    }

    /// The newest leases.
    pub async fn scan_list(&mut self, scope: Scope, limit: i64) -> Result<Vec<Scan>, StoreFault> {
        let [all, party] = bounds(scope);
        self.values(
            select!(scan, "WHERE ($1 = 1 OR party = $2) ORDER BY ends DESC, id LIMIT $3"),
            vec![all, party, limit.into()],
        )
        .await
    }
}
