//! Acts four and six: the operators say what they run; after publication they are told who is hit,
//! a vendor speaks, and the bank brings its systems up to date.

use super::client::{Pass, list, text};
use super::inventories::{self, COMPONENTS_MIN, Document, Upload};
use super::{Play, cast, publish, statements, wait};
use anyhow::{Result, ensure};
use serde_json::Value;

/// The component that the bank brings up to date, as exposures name it.
const MENDED: &str = "pkg:npm/ini";

/// The four operators send their inventories.
pub async fn send_inventories(play: &mut Play<'_>) -> Result<()> {
    let cast = play.cast.clone();
    for (pass, document) in [
        (&cast.hospital.0, inventories::hospital()),
        (&cast.bank, inventories::bank(Upload::First)),
        (&cast.water, inventories::water()),
        (&cast.agency.0, inventories::agency()),
    ] {
        let (components, _) = send(play, pass, document).await?;
        ensure!(components >= COMPONENTS_MIN, "an inventory lists only {components} components");
    }
    play.say("A hospital, a bank, a water utility and an agency say what they run.");
    Ok(())
}

/// Sends an inventory; gives the number of its components and its digest.
async fn send(play: &Play<'_>, pass: &Pass, document: Document) -> Result<(usize, String)> {
    let path = format!("/v1/inventories?label={}", document.label);
    let answer = play.client.send(pass, &path, document.media_type, document.body).await?;
    let components = answer["components"].as_u64().unwrap_or_default();
    Ok((usize::try_from(components)?, text(&answer, "/sha256")?.to_owned()))
}

/// After publication: exposures are there, exactly where something is hit.
pub async fn exposed(play: &mut Play<'_>) -> Result<()> {
    let cast = play.cast.clone();
    let mut told = Vec::new();
    for (name, pass, expected) in [
        ("hospital", &cast.hospital.0, 4),
        ("bank", &cast.bank, 2),
        ("water utility", &cast.water, 0),
        ("agency", &cast.agency.0, 1),
    ] {
        let open = exposures(play, pass, "open").await?.len();
        ensure!(!play.is_whole() || open == expected, "{name}: {open} open, not {expected}");
        told.push(format!("{name} {open}"));
    }
    play.say(&format!("Who is hit: {}.", told.join(", ")));
    Ok(())
}

/// Before publication nobody outside of a case can tell that there is anything.
pub async fn nothing_leaks(play: &Play<'_>) -> Result<()> {
    let public = play.client.file("/v1/advisories").await?;
    ensure!(public == b"[]", "an advisory is listed before anybody signed it");
    let cast = &play.cast;
    for pass in [&cast.hospital.0, &cast.bank, &cast.water, &cast.agency.0, &cast.vendor] {
        let cases = play.client.get(pass, "/v1/cases").await?;
        ensure!(list(&cases, "")?.is_empty(), "somebody who takes no part knows of a case");
    }
    for pass in [&cast.hospital.0, &cast.bank, &cast.water, &cast.agency.0] {
        let exposures = play.client.get(pass, "/v1/exposures").await?;
        ensure!(list(&exposures, "")?.is_empty(), "an exposure shows before publication");
    }
    Ok(())
}

/// What each operator must do today, and the agency's list of what is due, which nobody else has.
pub async fn todays_lists(play: &mut Play<'_>) -> Result<()> {
    let cast = play.cast.clone();
    let today = play.client.get(&cast.hospital.0, "/v1/today").await?;
    let items = list(&today, "/items")?;
    ensure!(items.len() <= ITEMS_MAX, "the hospital's list has {} items", items.len());
    for item in items {
        for part in ["/what", "/why", "/how", "/by_when", "/authority", "/otherwise"] {
            ensure!(!text(item, part)?.trim().is_empty(), "an item lacks `{part}`");
        }
    }
    let first = items.first().map(|item| text(item, "/what")).transpose()?.unwrap_or("nothing");
    let told = format!("To fix today at the hospital: {}, first: {first}", items.len());
    let water = play.client.get(&cast.water, "/v1/today").await?;
    let unknown = list(&water, "/unknown")?.len();
    ensure!(!play.is_whole() || unknown > 0, "nothing of the water utility is unknown");
    let due = play.client.ask_for(&cast.agency.0, "/v1/due.csv").await?;
    // An explanation spans several lines; each row names one advisory.
    let due = String::from_utf8_lossy(&due).matches(",\"SW-").count();
    ensure!(!play.is_whole() || due > 0, "nothing is due for the agency");
    let others = play.client.ask_for(&cast.hospital.0, "/v1/due.csv").await;
    ensure!(others.is_err(), "a directive for agencies was shown to a hospital");
    play.say(&told);
    play.say(&format!(
        "Due at the agency by its directive: {due}. Listed as unknown at the waterworks: {unknown}."
    ));
    Ok(())
}

/// The most items of a list for today.
const ITEMS_MAX: usize = 10;

async fn exposures(play: &Play<'_>, pass: &Pass, state: &str) -> Result<Vec<Value>> {
    let all = play.client.get(pass, "/v1/exposures").await?;
    let wanted = |one: &&Value| one["state"].as_str() == Some(state);
    Ok(list(&all, "")?.iter().filter(wanted).cloned().collect())
}

/// The vendor speaks twice: one of its products is out of reach, another one is affected.
pub async fn vendor_speaks(play: &mut Play<'_>) -> Result<()> {
    let (vendor, now) = (play.cast.vendor.clone(), play.stage.desk.now());
    if let Some(number) = publish::number_of(play, "pkg:cargo/tar").await? {
        let vex = statements::not_affected(&number.to_string(), now);
        play.client.send(&vendor, "/v1/statements", "application/json", vex).await?;
    }
    if let Some(number) = publish::number_of(play, cast::RELAPSES).await? {
        let vex = statements::affected(&number.to_string(), now);
        play.client.send(&vendor, "/v1/statements", "application/json", vex).await?;
    }
    wait::until_quiet(play.stage, &play.mailbox, "applying the vendor's statements").await?;
    if play.is_whole() {
        let hospital = play.cast.hospital.0.clone();
        let cleared = exposures(play, &hospital, "not_affected").await?;
        ensure!(cleared.len() == 1, "{} exposures were cleared", cleared.len());
        ensure!(cleared[0]["evidence"].is_string(), "a cleared exposure names no issuer");
        let water = play.cast.water.clone();
        let opened = exposures(play, &water, "open").await?.len();
        ensure!(opened == 1, "{opened} exposures were opened by the vendor's word");
    }
    play.say("A vendor sends OpenVEX: one exposure is cleared in its name, one is opened by it.");
    Ok(())
}

/// The bank's next inventory closes an exposure, with its digest as the evidence.
pub async fn bank_mends(play: &mut Play<'_>) -> Result<()> {
    let bank = play.cast.bank.clone();
    let (_, digest) = send(play, &bank, inventories::bank(Upload::Next)).await?;
    wait::until_quiet(play.stage, &play.mailbox, "matching the bank's next inventory").await?;
    if play.is_whole() {
        let fixed = exposures(play, &bank, "fixed").await?;
        let mended = fixed.iter().find(|one| one["component"].as_str() == Some(MENDED));
        let evidence = mended.and_then(|one| one["evidence"].as_str());
        ensure!(evidence == Some(&digest), "the bank's exposure closed with {evidence:?}");
    }
    play.say("The bank's next inventory shows ini mended: an exposure closes with that evidence.");
    Ok(())
}

/// After the relapse is known, the bank is hit by it as well.
pub async fn relapse_reaches(play: &mut Play<'_>) -> Result<()> {
    let bank = play.cast.bank.clone();
    let open = exposures(play, &bank, "open").await?;
    let hit = open.iter().any(|one| one["component"].as_str() == Some(cast::RELAPSES));
    ensure!(!play.is_whole() || hit, "the relapse did not reach the bank");
    Ok(())
}
