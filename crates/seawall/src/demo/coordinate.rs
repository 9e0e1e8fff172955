//! Act three: one mail per flaw, the distributor's word, and the maintainers' answers by mail.

use super::client::{Pass, list, text};
use super::statements::{DEBIAN_FIXED, DEBIAN_PACKAGE};
use super::{Play, cast, wait};
use anyhow::{Context, Result, ensure};
use seawall_formats::mail::Letter;
use serde_json::json;

/// How the subject of a letter that holds the bundle begins.
const BUNDLE_SUBJECT: &str = "Evidence for";

/// A distributor is invited to the case about zlib and states the range of its own package.
pub async fn invite_distributor(play: &mut Play<'_>) -> Result<()> {
    let Some(case) = case_of(play, cast::RELAPSES).await? else { return Ok(()) };
    let (party, pass) = play.cast.distributor.clone();
    let cases = play.client.get(&pass, "/v1/cases").await?;
    ensure!(list(&cases, "")?.is_empty(), "the distributor knows of a case before its invitation");
    let analyst = Pass::Session(play.cast.analysts[0].1.clone());
    let invitation = json!({ "party": party.to_string() });
    play.client.post(&analyst, &format!("/v1/cases/{case}/participants"), &invitation).await?;
    let stated = json!({
        "package": DEBIAN_PACKAGE,
        "ranges": [{ "introduced": null, "fixed": DEBIAN_FIXED }],
    });
    play.client.post(&pass, &format!("/v1/cases/{case}/ranges"), &stated).await?;
    play.say("A distributor takes part in the case about zlib and states its own range.");
    Ok(())
}

/// The case about a package, as an analyst finds it at the interface.
async fn case_of(play: &Play<'_>, purl: &str) -> Result<Option<String>> {
    let analyst = Pass::Session(play.cast.analysts[0].1.clone());
    let findings = play.client.get(&analyst, "/v1/findings").await?;
    let cases = play.client.get(&analyst, "/v1/cases").await?;
    for case in list(&cases, "")? {
        let finding = text(case, "/finding")?;
        let about = list(&findings, "")?.iter().any(|one| {
            let package = one["package"].as_str().unwrap_or_default();
            one["id"].as_str() == Some(finding) && package.starts_with(&format!("{purl}@"))
        });
        if about {
            return Ok(Some(text(case, "/id")?.to_owned()));
        }
    }
    Ok(None)
}

/// The maintainers read their mail and answer it, first with what they want, then with the fix.
pub async fn answer(play: &mut Play<'_>) -> Result<()> {
    let reports = reports(play)?;
    let cases = list(&play.client.get(&analyst(play), "/v1/cases").await?, "")?.len();
    ensure!(reports.len() == cases, "{cases} cases led to {} reports", reports.len());
    bundles_follow_the_policies(play, &reports)?;
    if reports.is_empty() {
        return Ok(());
    }
    play.say(&format!("Cases: {cases}, each with one plain-text mail to its maintainer."));
    for (target, letter) in &reports {
        play.mailbox.answer(letter, 1, target.first_answer)?;
    }
    wait::until_quiet(play.stage, &play.mailbox, "the maintainers answer").await?;
    let asked = reports.iter().filter(|(target, _)| target.first_answer.contains("reproducer"));
    for (target, _) in asked {
        ensure!(has_bundle(play, target)?, "{} asked for the reproducer in vain", target.contact);
    }
    for (target, letter) in &reports {
        if let Some(version) = target.fixed_in {
            play.mailbox.answer(letter, 2, &format!("fixed in {version}"))?;
        }
    }
    wait::until_quiet(play.stage, &play.mailbox, "the proofs run on the fixed releases").await?;
    play.say("The maintainers named their fixed releases; the proofs no longer work on them.");
    Ok(())
}

fn analyst(play: &Play<'_>) -> Pass {
    Pass::Session(play.cast.analysts[0].1.clone())
}

/// The report of each case with the target that it is about.
fn reports(play: &Play<'_>) -> Result<Vec<(cast::Target, Letter)>> {
    let mut reports: Vec<(cast::Target, Letter)> = Vec::new();
    for letter in play.mailbox.sent()? {
        if !letter.subject.starts_with("Security report for ") {
            continue;
        }
        let target = target(&letter)?;
        let twice = reports.iter().any(|(known, _)| known.purl == target.purl);
        ensure!(!twice, "two reports went to {}", target.contact);
        reports.push((target, letter));
    }
    Ok(reports)
}

/// The target that a letter is about: its subject names the package and nothing of the flaw.
fn target(letter: &Letter) -> Result<cast::Target> {
    let name = letter.subject.rsplit(' ').next().unwrap_or_default();
    let found = cast::TARGETS.iter().find(|target| target.purl.rsplit('/').next() == Some(name));
    found.copied().with_context(|| format!("`{}` is about nothing of ours", letter.subject))
}

/// Where a policy releases the reproducer it was sent, and where it withholds it nothing was.
fn bundles_follow_the_policies(play: &Play<'_>, reports: &[(cast::Target, Letter)]) -> Result<()> {
    use seawall_domain::project::ReproducerHandling;
    for (target, report) in reports {
        ensure!(report.body.contains("SHA-256"), "a report names no digest of its bundle");
        let expected = match target.reproducer {
            ReproducerHandling::Release => true,
            ReproducerHandling::Withhold => false,
        };
        let found = has_bundle(play, target)?;
        ensure!(found == expected, "the bundle for {} left: {found}", target.contact);
    }
    Ok(())
}

/// How many letters told the maintainer of a package that its advisory is out.
pub fn notices(play: &Play<'_>, purl: &str) -> Result<usize> {
    let target = cast::TARGETS.iter().find(|target| target.purl == purl);
    let contact = target.map(|target| target.contact).unwrap_or_default();
    let told = |letter: &&Letter| letter.to == contact && letter.subject.contains("is public");
    Ok(play.mailbox.sent()?.iter().filter(told).count())
}

fn has_bundle(play: &Play<'_>, target: &cast::Target) -> Result<bool> {
    let name = target.purl.rsplit('/').next().unwrap_or_default();
    Ok(play
        .mailbox
        .sent()?
        .iter()
        .any(|letter| letter.subject.starts_with(BUNDLE_SUBJECT) && letter.subject.ends_with(name)))
}
