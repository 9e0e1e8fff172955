//! The evidence gate and the reference check: what needs no foreign code to judge.

use super::{kept_claim, recipe_text};
use crate::desk::{Desk, LabFault};
use crate::outcome::{Denied, Fault, Outcome};
use seawall_domain::access::{Action, Actor};
use seawall_domain::claim::Missing;
use seawall_domain::finding::{Finding, Rejection, Standing};
use seawall_domain::id::FindingId;
use seawall_formats::source::{Language, definition};

/// Runs the evidence gate: names exactly what is missing, or passes.
pub async fn gate(desk: &Desk, id: FindingId) -> Outcome<()> {
    let now = desk.now();
    let mut tx = desk.begin("finding_gate").await?;
    let guarded = tx.load::<Finding>(id.uuid()).await?;
    let (finding, mandate) = guarded.open(&Actor::clerk(), Action::ReadReport)?;
    if finding.standing != Standing::Received {
        return Ok(());
    }
    let claim = kept_claim(desk, &mut tx, &finding).await?.claim;
    let mut missing = claim.missing();
    let recipe = recipe_text(desk, &mut tx, &finding).await?;
    let usable = recipe.is_some_and(|text| seawall_formats::recipe::read(&text).is_ok());
    if !usable && !missing.contains(&Missing::Recipe) {
        missing.push(Missing::Recipe);
    }
    crate::work::weigh(desk, &mut tx, &finding, &claim, None).await?;
    let (finding, fact) = finding.gate(missing, now)?;
    let _ = tx.record(mandate, &finding, fact, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Looks for the named function in the real source: a definition, not a mention.
pub async fn locate(desk: &Desk, id: FindingId) -> Outcome<()> {
    let mut tx = desk.begin("finding_locate").await?;
    let guarded = tx.load::<Finding>(id.uuid()).await?;
    let (finding, _) = guarded.open(&Actor::clerk(), Action::ReadReport)?;
    drop(tx);
    if finding.standing != Standing::Complete {
        return Ok(());
    }
    let verdict = look(desk, &finding).await?;
    let now = desk.now();
    let mut tx = desk.begin("finding_locate").await?;
    let guarded = tx.load::<Finding>(id.uuid()).await?;
    let (finding, mandate) = guarded.open(&Actor::clerk(), Action::Work)?;
    let (finding, fact) = match verdict {
        Ok(line) => finding.locate(line, now)?,
        Err(why) => finding.reject(why, now)?,
    };
    let _ = tx.record(mandate, &finding, fact, now).await?;
    tx.commit().await?;
    Ok(())
}

async fn look(desk: &Desk, finding: &Finding) -> Outcome<Result<u32, Rejection>> {
    let essence = finding.essence.clone();
    let (Some(package), Some(version), Some(file), Some(function)) =
        (essence.package, essence.version, essence.file, essence.function)
    else {
        return Err(Fault::inconsistent("look for a function", "the gate let a gap pass").into());
    };
    let (asked, wanted) = (version.clone(), file.clone());
    let source = desk.in_laboratory(move |lab| lab.source(&package, &asked, &wanted)).await;
    let text = match source {
        Ok(Some(text)) => text,
        Ok(None) => return Ok(Err(Rejection::NoSuchFile { file })),
        Err(Denied::Broken(Fault::Laboratory(LabFault::NoSuchRelease { .. }))) => {
            return Ok(Err(Rejection::NoSuchRelease { version }));
        }
        Err(denied) => return Err(denied),
    };
    // A language without rules here cannot tell: the file is there, and running decides.
    let Some(language) = Language::of(&file) else { return Ok(Ok(0)) };
    let found = definition(language, &text, &function);
    Ok(found.ok_or(Rejection::NoSuchFunction { function }))
}
