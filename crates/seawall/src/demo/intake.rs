//! Acts one and two: agents say where they look, then thirteen reports come in and are judged.

use super::client::{list, text};
use super::reports::{Fate, REPORTS, Report, Shape, encode, order};
use super::{Play, wait};
use anyhow::{Result, ensure};
use seawall_domain::time::SignedDuration;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// The target of both scans, as a purl.
const SCANNED: &str = "pkg:pypi/sqlparse";

/// For how long the agents take their leases, in hours.
const LEASE_HOURS: i64 = 48;

/// The leases that were taken: each agent's, in their order.
pub type Leases = [String; 2];

/// An agent takes a lease; a second one on the same target learns of it.
pub async fn scan(play: &mut Play<'_>) -> Result<Leases> {
    let until = (play.stage.desk.now() + SignedDuration::from_hours(LEASE_HOURS)).to_string();
    let wanted = |how: &str| json!({ "target": SCANNED, "technique": how, "until": until });
    let [one, two, _] = play.cast.finders.clone();
    let first = play.client.post(&one, "/v1/scan-claims", &wanted("model review")).await?;
    ensure!(list(&first, "/overlaps")?.is_empty(), "the first lease overlaps with another");
    let second = play.client.post(&two, "/v1/scan-claims", &wanted("fuzzing")).await?;
    let lease = text(&first, "/claim/id")?.to_owned();
    let known = list(&second, "/overlaps")?.iter().any(|o| text(o, "/id").ok() == Some(&lease));
    ensure!(known, "the second agent did not learn of the first one's lease");
    play.say("Two agents want to look at sqlparse; the second one is told of the first.");
    Ok([lease, text(&second, "/claim/id")?.to_owned()])
}

/// The agents end their leases with what came of them.
pub async fn end_scans(play: &mut Play<'_>, leases: Leases) -> Result<()> {
    for (pass, lease) in play.cast.finders.clone().iter().zip(&leases) {
        let path = format!("/v1/scan-claims/{lease}/end");
        play.client.post(pass, &path, &json!({ "findings": 1 })).await?;
    }
    Ok(())
}

/// The agents send their reports in the order that the seed gives, about what can be fetched here.
/// What comes of it is asked for at the interface and compared with the table.
pub async fn report(play: &mut Play<'_>) -> Result<()> {
    let mut receipts: Vec<(Report, String)> = Vec::new();
    for place in order(play.stage.seed) {
        let sent_here = |report: &&Report| match report.fate {
            // What lacks evidence is told so without a look at any release.
            Fate::NeedsInfo => true,
            Fate::True | Fate::AlreadyFixed | Fate::Rejected | Fate::NotReproduced => {
                play.can_run(report.purl)
            }
        };
        let Some(report) = REPORTS.get(place).filter(sent_here) else { continue };
        let pass = play.cast.finders[report.finder].clone();
        let sent = encode(report);
        let answer = play.client.send(&pass, sent.path, sent.media_type, sent.body).await?;
        receipts.push((*report, receipt(&answer)?));
    }
    resend(play, &receipts).await?;
    let shapes: BTreeSet<Shape> = receipts.iter().map(|(report, _)| report.shape).collect();
    play.say(&format!("Reports: {}, in {} shapes.", receipts.len(), shapes.len()));
    wait::until_quiet(play.stage, &play.mailbox, "judging and reproducing").await?;
    let mut states: BTreeMap<String, usize> = BTreeMap::new();
    for (report, receipt) in &receipts {
        let pass = &play.cast.finders[report.finder];
        let answer = play.client.get(pass, &format!("/v1/findings?receipt={receipt}")).await?;
        let state = judged(report, &answer)?;
        *states.entry(state).or_default() += 1;
    }
    let told: Vec<String> = states.iter().map(|(state, n)| format!("{n} {state}")).collect();
    play.say(&format!("What came of them: {}.", told.join(", ").replace('_', " ")));
    if play.is_whole() {
        let expected = [
            ("already_fixed", 1),
            ("joined", 4),
            ("needs_info", 1),
            ("not_reproduced", 1),
            ("rejected", 1),
            ("reproduced", 5),
        ];
        let found: Vec<(&str, usize)> = states.iter().map(|(s, n)| (s.as_str(), *n)).collect();
        ensure!(found == expected, "the reports came to {found:?}, not to {expected:?}");
    }
    Ok(())
}

/// The same bytes from the same member are the same report.
async fn resend(play: &Play<'_>, receipts: &[(Report, String)]) -> Result<()> {
    let Some((report, known)) = receipts.last() else { return Ok(()) };
    let sent = encode(report);
    let pass = &play.cast.finders[report.finder];
    let again = play.client.send(pass, sent.path, sent.media_type, sent.body).await?;
    ensure!(receipt(&again)? == *known, "the same report got a second receipt");
    Ok(())
}

/// The receipt of a report, whichever interface took it.
fn receipt(answer: &Value) -> Result<String> {
    for pointer in ["/receipt", "/receipts/0"] {
        if let Some(receipt) = answer.pointer(pointer).and_then(Value::as_str) {
            return Ok(receipt.to_owned());
        }
    }
    anyhow::bail!("an answer holds no receipt: {answer}")
}

/// The state of the finding that a report became, which must be one that it may come to.
fn judged(report: &Report, answer: &Value) -> Result<String> {
    let state = text(answer, "/0/state")?;
    let expected: &[&str] = match report.fate {
        Fate::True => &["reproduced", "joined"],
        Fate::AlreadyFixed => &["already_fixed"],
        Fate::Rejected => &["rejected"],
        Fate::NotReproduced => &["not_reproduced"],
        Fate::NeedsInfo => &["needs_info"],
    };
    ensure!(expected.contains(&state), "`{}` is {state}, not {expected:?}", report.title);
    match state {
        "needs_info" => {
            let missing = list(answer, "/0/missing")?;
            let named = missing.iter().filter_map(|lack| lack["what"].as_str());
            ensure!(named.eq(["recipe"]), "the gate asked for something else than the recipe");
        }
        "joined" => {
            ensure!(!list(answer, "/0/reasons")?.is_empty(), "a join gives no reason");
        }
        _ => {}
    }
    Ok(state.to_owned())
}
