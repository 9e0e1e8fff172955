//! Projects and the contract with their maintainers.

use crate::desk::Desk;
use crate::outcome::{Fault, Outcome};
use seawall_domain::access::{Action, Actor};
use seawall_domain::id::{PartyId, ProjectId};
use seawall_domain::package::{Package, Version};
use seawall_domain::project::{Policy, Project, ProjectFact};
use seawall_store::record::Mandate;

/// What is known of a project when it is registered.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The package it publishes.
    pub package: Package,
    /// Who maintains it.
    pub maintainer: PartyId,
    /// Where its maintainer reads mail.
    pub contact: String,
    /// The contract.
    pub policy: Policy,
    /// In a replay: the newest release that counts as existing.
    pub horizon: Option<Version>,
}

/// Registers a project.
pub async fn register(desk: &Desk, actor: &Actor, new: Registration) -> Outcome<Project> {
    let now = desk.now();
    let id = ProjectId::new(desk.uuid());
    let mandate = Mandate::<Project>::start(id.uuid(), actor, Action::RegisterProject)?;
    let Registration { package, maintainer, contact, policy, horizon } = new;
    let fact = ProjectFact::Registered { id, package, maintainer, contact, policy, horizon };
    let (project, fact) = Project::register(fact, now)
        .ok_or_else(|| Fault::inconsistent("register a project", "its fact did not apply"))?;
    let mut tx = desk.begin("project_register").await?;
    let _ = tx.record(mandate, &project, fact, now).await?;
    tx.commit().await?;
    Ok(project)
}

/// Lets later releases of a project count as existing; `None` opens its whole catalogue.
pub async fn move_horizon(
    desk: &Desk,
    actor: &Actor,
    id: ProjectId,
    horizon: Option<Version>,
) -> Outcome<Project> {
    let now = desk.now();
    let mut tx = desk.begin("project_move_horizon").await?;
    let guarded = tx.load::<Project>(id.uuid()).await?;
    let (project, mandate) = guarded.open(actor, Action::MoveHorizon)?;
    let (project, fact) = project.move_horizon(horizon, now)?;
    let _ = tx.record(mandate, &project, fact, now).await?;
    tx.commit().await?;
    Ok(project)
}

/// The releases of a project's package that count as existing, in version order.
pub(crate) async fn visible(
    desk: &Desk,
    package: &Package,
    horizon: Option<&Version>,
) -> Outcome<Vec<Version>> {
    let asked = package.clone();
    let mut releases = desk.in_laboratory(move |lab| lab.releases(&asked)).await?;
    let ecosystem = &package.ecosystem;
    seawall_matching::version::sort(ecosystem, &mut releases);
    releases.retain(|release| {
        horizon.is_none_or(|horizon| {
            seawall_matching::version::compare(ecosystem, release, horizon).is_le()
        })
    });
    Ok(releases)
}
