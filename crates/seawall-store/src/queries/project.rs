//! Projects.

use crate::db::{StoreFault, Tx};
use crate::subjects::select;
use seawall_domain::package::Package;
use seawall_domain::project::Project;

impl Tx {
    /// The project that publishes a package, when it is registered here.
    pub async fn project_by_package(
        &mut self,
        package: &Package,
    ) -> Result<Option<Project>, StoreFault> {
        let package = package.to_string();
        Ok(self.values(select!(project, "WHERE package = $1"), vec![package.into()]).await?.pop())
    }
}
