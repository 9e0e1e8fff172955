//! Cases and their fixes.

use crate::db::{StoreFault, Tx};
use crate::queries::bounds;
use crate::subjects::select;
use seawall_domain::access::Scope;
use seawall_domain::case::Case;
use seawall_domain::fix::Fix;
use seawall_domain::id::{CaseId, FindingId, ProjectId};

impl Tx {
    /// The case that a finding led to.
    pub async fn case_of(&mut self, finding: FindingId) -> Result<Option<Case>, StoreFault> {
        let finding = finding.to_string();
        Ok(self.values(select!(flaw_case, "WHERE finding = $1"), vec![finding.into()]).await?.pop())
    }

    /// The cases of a project, oldest first.
    pub async fn case_list_of(&mut self, project: ProjectId) -> Result<Vec<Case>, StoreFault> {
        self.values(
            select!(flaw_case, "WHERE project = $1 ORDER BY opened, id"),
            vec![project.to_string().into()],
        )
        .await
    }

    /// The newest cases within a scope.
    pub async fn case_list(&mut self, scope: Scope, limit: i64) -> Result<Vec<Case>, StoreFault> {
        let [all, party] = bounds(scope);
        self.values(
            select!(
                flaw_case,
                "WHERE ($1 = 1 OR participants LIKE '%' || $2 || '%') \
                 ORDER BY opened DESC, id LIMIT $3"
            ),
            vec![all, party, limit.into()],
        )
        .await
    }

    /// The fixes that were announced for a case.
    pub async fn fix_list_of(&mut self, case: CaseId) -> Result<Vec<Fix>, StoreFault> {
        self.values(select!(fix, "WHERE flaw_case = $1 ORDER BY id"), vec![case.to_string().into()])
            .await
    }
}
