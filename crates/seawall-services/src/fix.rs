//! Fixes: the proof is run on the release that is said to hold one.

use crate::desk::Desk;
use crate::finding::recipe_text;
use crate::outcome::Outcome;
use crate::reproduction::{recorded, run};
use seawall_domain::access::{Action, Actor};
use seawall_domain::case::Case;
use seawall_domain::finding::Finding;
use seawall_domain::fix::{Fix, Standing};
use seawall_domain::id::FixId;
use seawall_domain::package::Version;
use seawall_domain::project::Project;
use seawall_domain::range::Tested;
use seawall_domain::reproduction::{RUNS, Reproduction};
use seawall_domain::verdict::Outcome as Seen;
use seawall_matching::history::History;
use seawall_store::db::Tx;

/// Runs the proof on an announced fix. When it holds, the range gets its end and the case its fix.
pub async fn check(desk: &Desk, id: FixId) -> Outcome<()> {
    let clerk = Actor::clerk();
    let mut tx = desk.begin("fix_check").await?;
    let guarded = tx.load::<Fix>(id.uuid()).await?;
    let (fix, _) = guarded.open(&clerk, Action::Work)?;
    if fix.standing != Standing::Announced {
        return Ok(());
    }
    let guarded = tx.load::<Case>(fix.case.uuid()).await?;
    let (case, _) = guarded.open(&clerk, Action::ReadCase)?;
    let guarded = tx.load::<Finding>(case.finding.uuid()).await?;
    let (finding, _) = guarded.open(&clerk, Action::ReadReport)?;
    let Some(recipe) = recipe_text(desk, &mut tx, &finding).await? else { return Ok(()) };
    drop(tx);
    let runs = run(desk, &recipe, &fix.version, RUNS).await?;
    let releases = with_fix(desk, &case, &fix.version).await?;

    let now = desk.now();
    let mut tx = desk.begin("fix_check").await?;
    let guarded = tx.load::<Fix>(id.uuid()).await?;
    let (fix, mandate) = guarded.open(&clerk, Action::Work)?;
    let (fix, fact) = fix.check(recorded(&runs), now)?;
    let _ = tx.record(mandate, &fix, fact, now).await?;
    let outcome = match fix.standing {
        Standing::Holds { .. } => Seen::Unaffected,
        Standing::DoesNotHold { .. } => Seen::Affected,
        Standing::Announced | Standing::Untested => Seen::Untested,
    };
    extend_range(desk, &mut tx, &case, &fix.version, outcome, releases).await?;
    if outcome == Seen::Unaffected {
        let guarded = tx.load::<Case>(case.id.uuid()).await?;
        let (case, mandate) = guarded.open(&clerk, Action::Work)?;
        let (case, fact) = case.fix_ready(now)?;
        let _ = tx.record(mandate, &case, fact, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// The releases that count as existing once the announced one does.
async fn with_fix(desk: &Desk, case: &Case, fixed: &Version) -> Outcome<Vec<Version>> {
    let mut tx = desk.begin("fix_check").await?;
    let guarded = tx.load::<Project>(case.project.uuid()).await?;
    let (project, mandate) = guarded.open(&Actor::clerk(), Action::MoveHorizon)?;
    let package = project.package.clone();
    let later = project.horizon.as_ref().is_some_and(|horizon| {
        seawall_matching::version::compare(&package.ecosystem, fixed, horizon).is_gt()
    });
    let horizon = if later { Some(fixed.clone()) } else { project.horizon.clone() };
    if later {
        let now = desk.now();
        let (project, fact) = project.move_horizon(horizon.clone(), now)?;
        let _ = tx.record(mandate, &project, fact, now).await?;
        tx.commit().await?;
    }
    crate::project::visible(desk, &package, horizon.as_ref()).await
}

async fn extend_range(
    desk: &Desk,
    tx: &mut Tx,
    case: &Case,
    version: &Version,
    outcome: Seen,
    releases: Vec<Version>,
) -> Outcome<()> {
    let now = desk.now();
    let guarded = tx.load::<Reproduction>(case.reproduction.uuid()).await?;
    let (reproduction, mandate) = guarded.open(&Actor::clerk(), Action::Work)?;
    let tested = vec![Tested { version: version.clone(), outcome }];
    let (reproduction, fact) = reproduction.probe(tested, now)?;
    let mandate = tx.record(mandate, &reproduction, fact, now).await?;
    let ecosystem = reproduction.package.ecosystem.clone();
    let claimed = reproduction.version.clone();
    let ranges = History::new(ecosystem, releases, claimed, &reproduction.tested).ranges();
    let (reproduction, fact) = reproduction.find_range(ranges, now)?;
    let _ = tx.record(mandate, &reproduction, fact, now).await?;
    Ok(())
}
