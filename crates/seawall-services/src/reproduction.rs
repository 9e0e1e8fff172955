//! Reproductions: running proofs, finding ranges, and the evidence of both.

mod again;
mod bundle;
mod history;

pub use again::try_again;
pub use bundle::{
    BUNDLE_BYTES_MAX, Bundle, Evidence, KEY, PinnedRelease, Predicate, check, read_bundle, seal,
};
pub use history::{find_range, test_newest, watch};

use crate::desk::{Desk, LabFault, LabRun, Surroundings, digest};
use crate::finding::{kept_claim, owner, recipe_text};
use crate::outcome::{Denied, Fault, Outcome};
use crate::party;
use seawall_domain::access::{Action, Actor};
use seawall_domain::digest::Digest;
use seawall_domain::finding::{Finding, Standing};
use seawall_domain::id::{FindingId, ReproductionId};
use seawall_domain::independence::{Origin, independent, lines};
use seawall_domain::package::{Package, Version};
use seawall_domain::recipe::Doubt;
use seawall_domain::reproduction::{Conclusion, RUNS, Reproduction};
use seawall_domain::verdict::{Grade, Outcome as Seen, Run, Verdict, over};
use seawall_store::db::Tx;
use seawall_store::record::Mandate;
use serde_json::json;

/// Evidence goes by letter, and a letter holds 1 MiB as text: two releases of this size fit with
/// their transcripts.
const LETTER_ARCHIVE_BYTES_MAX: usize = 128 * 1024;

/// Runs the proof of a group's lead in isolation and concludes with signed evidence.
pub async fn reproduce(desk: &Desk, id: FindingId) -> Outcome<()> {
    let mut tx = desk.begin("reproduction_start").await?;
    let guarded = tx.load::<Finding>(id.uuid()).await?;
    let (finding, _) = guarded.open(&Actor::clerk(), Action::ReadReport)?;
    if !matches!(finding.standing, Standing::Leading { .. }) {
        return Ok(());
    }
    let Some(recipe) = recipe_text(desk, &mut tx, &finding).await? else {
        return Err(Fault::inconsistent("reproduce", "the gate let a gap pass").into());
    };
    must_be_independent(desk, &mut tx, &finding).await?;
    let reproduction = match tx.reproduction_of(id).await? {
        Some(known) if known.conclusion.is_some() => return Ok(()),
        Some(known) => known,
        None => start(desk, &mut tx, &finding).await?,
    };
    tx.commit().await?;
    let runs = run(desk, &recipe, &reproduction.version, RUNS).await?;
    let surroundings = surroundings(desk, &recipe, &reproduction.version, &runs).await?;
    conclude(desk, &finding, reproduction.id, &recipe, runs, surroundings).await
}

/// Refuses to verify what was found by the same party or by a model of the same line; the job
/// waits for another worker then.
async fn must_be_independent(desk: &Desk, tx: &mut Tx, finding: &Finding) -> Outcome<()> {
    let claim = kept_claim(desk, tx, finding).await?.claim;
    let finder = Origin {
        party: Some(party::name(tx, finding.finder).await?),
        lines: claim.tooling.tool.as_deref().map(lines).unwrap_or_default(),
    };
    let independent = independent(&finder, &desk.settings.verifier);
    independent.map_err(|dependence| Fault::Laboratory(LabFault::Dependent(dependence)).into())
}

async fn start(desk: &Desk, tx: &mut Tx, finding: &Finding) -> Outcome<Reproduction> {
    let now = desk.now();
    let id = ReproductionId::new(desk.uuid());
    let essence = finding.essence.clone();
    let (Some(package), Some(version), Some(recipe)) =
        (essence.package, essence.version, finding.recipe)
    else {
        return Err(Fault::inconsistent("reproduce", "the gate let a gap pass").into());
    };
    let mandate = Mandate::<Reproduction>::start(id.uuid(), &Actor::clerk(), Action::Work)?;
    let (reproduction, fact) = Reproduction::start(id, finding.id, recipe, (package, version), now)
        .ok_or_else(|| Fault::inconsistent("start a reproduction", "its fact is unfit"))?;
    let _ = tx.record(mandate, &reproduction, fact, now).await?;
    Ok(reproduction)
}

/// Runs a recipe against a release. A release that does not exist or a recipe that cannot be used
/// is an environment that cannot be made; a registry that is down is a fault, and tried again.
pub(crate) async fn run(
    desk: &Desk,
    recipe: &str,
    version: &Version,
    runs: u32,
) -> Outcome<Vec<LabRun>> {
    let (recipe, version) = (recipe.to_owned(), version.clone());
    let ran = desk.in_laboratory(move |lab| lab.run(&recipe, &version, runs)).await;
    match ran {
        Err(Denied::Broken(Fault::Laboratory(
            fault @ (LabFault::NoSuchRelease { .. } | LabFault::Recipe(_)),
        ))) => Ok(vec![LabRun {
            outcome: Seen::Untested,
            transcript: fault.to_string(),
            ..LabRun::default()
        }]),
        other => other,
    }
}

/// What the runs ran in; nothing where none got to its end.
async fn surroundings(
    desk: &Desk,
    recipe: &str,
    version: &Version,
    runs: &[LabRun],
) -> Outcome<Surroundings> {
    if runs.iter().all(|run| run.outcome == Seen::Untested) {
        return Ok(Surroundings::default());
    }
    let (recipe, version) = (recipe.to_owned(), version.clone());
    let mut found = desk.in_laboratory(move |lab| lab.surroundings(&recipe, &version)).await?;
    for release in &mut found.releases {
        if release.archive.as_ref().is_some_and(|bytes| bytes.len() > LETTER_ARCHIVE_BYTES_MAX) {
            // It is named by its digest, by which whoever replays brings it from its registry.
            release.archive = None;
        }
    }
    Ok(found)
}

/// The runs as they are recorded: the transcript by its digest.
pub fn recorded(runs: &[LabRun]) -> Vec<Run> {
    runs.iter()
        .map(|run| Run {
            outcome: run.outcome,
            effect: run.effect.clone(),
            transcript: digest(run.transcript.as_bytes()),
        })
        .collect()
}

/// SHA-256 over what must repeat elsewhere: recipe, target, outcomes and normalised effects.
pub fn verdict_digest(recipe: &str, target: (&Package, &Version), runs: &[Run]) -> Outcome<Digest> {
    let effects: Vec<_> =
        runs.iter().map(|run| json!({"outcome": run.outcome, "effect": run.effect})).collect();
    let value = json!({
        "recipe": digest(recipe.as_bytes()),
        "package": target.0.to_string(),
        "version": target.1,
        "runs": effects,
    });
    let bytes = seawall_ledger::canonical::canonical(&value)
        .map_err(|error| Fault::inconsistent("write a verdict", error))?;
    Ok(digest(&bytes))
}

async fn conclude(
    desk: &Desk,
    finding: &Finding,
    id: ReproductionId,
    recipe: &str,
    runs: Vec<LabRun>,
    surroundings: Surroundings,
) -> Outcome<()> {
    let now = desk.now();
    let mut tx = desk.begin("reproduction_conclude").await?;
    let guarded = tx.load::<Reproduction>(id.uuid()).await?;
    let (reproduction, mandate) = guarded.open(&Actor::clerk(), Action::Work)?;
    if reproduction.conclusion.is_some() {
        return Ok(());
    }
    let recorded = recorded(&runs);
    let outcomes: Vec<Seen> = recorded.iter().map(|run| run.outcome).collect();
    let verdict = over(&outcomes);
    let target = (&reproduction.package, &reproduction.version);
    let digested = verdict_digest(recipe, target, &recorded)?;
    let grade = grade(recipe, verdict, &surroundings.doubts);
    let evidence = Evidence {
        target,
        recipe,
        verdict,
        grade,
        digest: &digested,
        runs: &runs,
        surroundings: &surroundings,
    };
    let bundle = bundle::make(desk, &evidence)?;
    let address = desk.keep(&mut tx, &owner(finding.id), &bundle).await?;
    let conclusion = Conclusion {
        verdict,
        digest: digested,
        bundle: Some(address),
        bundle_digest: Some(digest(&bundle)),
        grade,
        doubts: surroundings.doubts,
    };
    let (reproduction, fact) = reproduction.conclude(recorded, conclusion, now)?;
    let _ = tx.record(mandate, &reproduction, fact, now).await?;
    tx.commit().await?;
    Ok(())
}

/// How much a verdict proves, by the oracle of its recipe.
pub fn grade(recipe: &str, verdict: Verdict, doubts: &[Doubt]) -> Option<Grade> {
    let recipe = seawall_formats::recipe::read(recipe).ok()?;
    Grade::of(verdict, &recipe.oracle, doubts)
}

/// Tells a finding what its reproduction showed.
pub async fn settle(desk: &Desk, id: ReproductionId) -> Outcome<()> {
    let now = desk.now();
    let mut tx = desk.begin("reproduction_settle").await?;
    let guarded = tx.load::<Reproduction>(id.uuid()).await?;
    let (reproduction, _) = guarded.open(&Actor::clerk(), Action::Work)?;
    let guarded = tx.load::<Finding>(reproduction.finding.uuid()).await?;
    let (finding, mandate) = guarded.open(&Actor::clerk(), Action::Work)?;
    // One that waits was told already; it is tried again from its evidence on, not from here.
    if !matches!(finding.standing, Standing::Leading { .. }) {
        return Ok(());
    }
    let Some(verdict) = reproduction.verdict() else { return Ok(()) };
    let newest = reproduction.newest.filter(|newest| newest.outcome == Seen::Unaffected);
    let (finding, fact) = match (verdict, newest) {
        (Verdict::Reproduced, Some(newest)) => finding.found_fixed(newest.version, now)?,
        (verdict, _) => finding.conclude(verdict, now)?,
    };
    let _ = tx.record(mandate, &finding, fact, now).await?;
    tx.commit().await?;
    Ok(())
}
