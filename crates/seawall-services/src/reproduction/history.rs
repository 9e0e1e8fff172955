//! Which releases are affected: by running them, never by reading a database.

use super::run;
use crate::desk::Desk;
use crate::finding::recipe_text;
use crate::outcome::Outcome;
use crate::project::visible;
use seawall_domain::access::{Action, Actor};
use seawall_domain::case::Case;
use seawall_domain::finding::Finding;
use seawall_domain::id::{ProjectId, ReproductionId};
use seawall_domain::package::{Ecosystem, Version};
use seawall_domain::project::Project;
use seawall_domain::range::{Interval, Tested};
use seawall_domain::reproduction::Reproduction;
use seawall_domain::verdict::{Outcome as Seen, Verdict, over};
use seawall_matching::history::{History, after_fix};

/// How many releases are run side by side.
pub const WIDTH: usize = 2;

/// A reproduction with the recipe and the releases that count as existing.
struct Ground {
    reproduction: Reproduction,
    recipe: String,
    releases: Vec<Version>,
    ecosystem: Ecosystem,
}

async fn ground(desk: &Desk, id: ReproductionId) -> Outcome<Option<Ground>> {
    let mut tx = desk.begin("reproduction_ground").await?;
    let guarded = tx.load::<Reproduction>(id.uuid()).await?;
    let (reproduction, _) = guarded.open(&Actor::clerk(), Action::Work)?;
    let guarded = tx.load::<Finding>(reproduction.finding.uuid()).await?;
    let (finding, _) = guarded.open(&Actor::clerk(), Action::ReadReport)?;
    let Some(recipe) = recipe_text(desk, &mut tx, &finding).await? else { return Ok(None) };
    let project = tx.project_by_package(&reproduction.package).await?;
    drop(tx);
    let horizon = project.and_then(|project| project.horizon);
    let releases = visible(desk, &reproduction.package, horizon.as_ref()).await?;
    let ecosystem = reproduction.package.ecosystem.clone();
    Ok(Some(Ground { reproduction, recipe, releases, ecosystem }))
}

/// Runs one release once and says what it showed.
async fn probe(desk: &Desk, recipe: &str, version: &Version) -> Outcome<Tested> {
    let runs = run(desk, recipe, version, 1).await?;
    let outcomes: Vec<Seen> = runs.iter().map(|run| run.outcome).collect();
    let outcome = match over(&outcomes) {
        Verdict::Reproduced | Verdict::Flaky => Seen::Affected,
        Verdict::NotReproduced => Seen::Unaffected,
        Verdict::EnvironmentFailed => Seen::Untested,
    };
    Ok(Tested { version: version.clone(), outcome })
}

/// Runs several releases side by side.
async fn probes(desk: &Desk, recipe: &str, versions: &[Version]) -> Outcome<Vec<Tested>> {
    let mut tasks = Vec::new();
    for version in versions {
        let (desk, recipe, version) = (desk.clone(), recipe.to_owned(), version.clone());
        tasks.push(tokio::spawn(async move { probe(&desk, &recipe, &version).await }));
    }
    let mut tested = Vec::new();
    for task in tasks {
        let done = task.await;
        tested.push(done.map_err(|e| crate::outcome::Fault::inconsistent("finish a probe", e))??);
    }
    Ok(tested)
}

/// Records a step of a reproduction, from whatever state it is in by then.
async fn record(
    desk: &Desk,
    id: ReproductionId,
    step: impl FnOnce(Reproduction) -> seawall_domain::reproduction::Decided,
) -> Outcome<Reproduction> {
    let now = desk.now();
    let mut tx = desk.begin("reproduction_probe").await?;
    let guarded = tx.load::<Reproduction>(id.uuid()).await?;
    let (reproduction, mandate) = guarded.open(&Actor::clerk(), Action::Work)?;
    let (reproduction, fact) = step(reproduction)?;
    let _ = tx.record(mandate, &reproduction, fact, now).await?;
    tx.commit().await?;
    Ok(reproduction)
}

/// Runs the proof on the newest release that counts as existing: is it fixed already?
pub async fn test_newest(desk: &Desk, id: ReproductionId) -> Outcome<()> {
    let Some(Ground { reproduction, recipe, releases, ecosystem }) = ground(desk, id).await? else {
        return Ok(());
    };
    if reproduction.newest.is_some() {
        return Ok(());
    }
    let stable = releases
        .iter()
        .rev()
        .find(|release| !seawall_matching::version::is_prerelease(&ecosystem, release));
    let newest = stable.or(releases.last()).cloned().unwrap_or(reproduction.version.clone());
    let tested = match reproduction.outcome(&newest) {
        Some(outcome) => Tested { version: newest, outcome },
        None => probe(desk, &recipe, &newest).await?,
    };
    let now = desk.now();
    record(desk, id, |reproduction| reproduction.test_newest(tested, now)).await?;
    Ok(())
}

/// Finds the affected range by running few releases; each batch is recorded, so that a job that
/// was cut short goes on where it was.
pub async fn find_range(desk: &Desk, id: ReproductionId) -> Outcome<()> {
    let Some(Ground { mut reproduction, recipe, releases, ecosystem }) = ground(desk, id).await?
    else {
        return Ok(());
    };
    loop {
        let claimed = reproduction.version.clone();
        let history =
            History::new(ecosystem.clone(), releases.clone(), claimed, &reproduction.tested);
        let wanted = history.next(WIDTH);
        let now = desk.now();
        if wanted.is_empty() {
            let ranges = history.ranges();
            if reproduction.ranges.as_ref() != Some(&ranges) {
                record(desk, id, |reproduction| reproduction.find_range(ranges, now)).await?;
            }
            return Ok(());
        }
        let tested = probes(desk, &recipe, &wanted).await?;
        let now = desk.now();
        reproduction = record(desk, id, |r| r.probe(tested, now)).await?;
    }
}

/// Runs the proofs of a project's published cases on the releases that now exist. A relapse
/// reopens the case, and its advisory gets a new revision.
pub async fn watch(desk: &Desk, id: ProjectId) -> Outcome<()> {
    let mut tx = desk.begin("reproduction_watch").await?;
    let guarded = tx.load::<Project>(id.uuid()).await?;
    let (_, _) = guarded.open(&Actor::clerk(), Action::ReadProject)?;
    let cases = tx.case_list_of(id).await?;
    drop(tx);
    for case in cases.into_iter().filter(|case| case.flaw.public_aware) {
        watch_case(desk, &case).await?;
    }
    Ok(())
}

async fn watch_case(desk: &Desk, case: &Case) -> Outcome<()> {
    let id = case.reproduction;
    let Some(Ground { mut reproduction, recipe, releases, ecosystem }) = ground(desk, id).await?
    else {
        return Ok(());
    };
    let before = reproduction.ranges.clone().unwrap_or_default();
    let fixed = before.iter().filter_map(|interval| interval.fixed.clone()).next_back();
    let Some(fixed) = fixed else { return Ok(()) };
    let later = after_fix(&ecosystem, &releases, &fixed);
    let mut new = later.clone();
    new.retain(|release| reproduction.outcome(release).is_none());
    for batch in new.chunks(WIDTH) {
        let tested = probes(desk, &recipe, batch).await?;
        let now = desk.now();
        reproduction = record(desk, id, |r| r.probe(tested, now)).await?;
    }
    let claimed = reproduction.version.clone();
    let history = History::new(ecosystem.clone(), releases, claimed, &reproduction.tested);
    let ranges = history.ranges();
    if seawall_matching::ranges::equal(&ecosystem, &before, &ranges) {
        return Ok(());
    }
    let relapsed = later.into_iter().find(|v| reproduction.outcome(v) == Some(Seen::Affected));
    outgrow(desk, case, ranges, relapsed).await
}

/// Records the new range and reopens the case in one step: a worker that dies between the two would
/// leave a range that nobody publishes.
async fn outgrow(
    desk: &Desk,
    case: &Case,
    ranges: Vec<Interval>,
    relapsed: Option<Version>,
) -> Outcome<()> {
    let now = desk.now();
    let clerk = Actor::clerk();
    let mut tx = desk.begin("case_reopen").await?;
    let guarded = tx.load::<Reproduction>(case.reproduction.uuid()).await?;
    let (reproduction, mandate) = guarded.open(&clerk, Action::Work)?;
    let (reproduction, fact) = reproduction.find_range(ranges, now)?;
    let _ = tx.record(mandate, &reproduction, fact, now).await?;
    if let Some(version) = relapsed {
        let guarded = tx.load::<Case>(case.id.uuid()).await?;
        let (case, mandate) = guarded.open(&clerk, Action::Work)?;
        let (case, fact) = case.reopen(version, now)?;
        let _ = tx.record(mandate, &case, fact, now).await?;
    }
    tx.commit().await?;
    Ok(())
}
