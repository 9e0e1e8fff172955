//! What a journal tells by purpose and by asset, and of nothing else.

use crate::world::{CANARY, World, body, claim, party, whole};
use hyper::StatusCode;
use seawall_domain::engagement::grant::Purpose;
use seawall_domain::id::{PartyId, ScanId};
use seawall_gateway::purposes::{Asset, Row};
use seawall_gateway::usage::usage;
use std::collections::BTreeSet;
use uuid::Uuid;

const PATH: &str = "/v1/chat/completions";

/// Another claim that the grant names.
fn second() -> ScanId {
    ScanId::new(Uuid::from_u128(0x45))
}

/// A request with a purpose and a claim in its headers, as they are written there.
async fn ask(world: &World, purpose: &str, named: Option<String>, expected: StatusCode) {
    let token = world.token_with(600, Purpose::Patch, |grant| {
        grant.purposes = BTreeSet::from([Purpose::Patch, Purpose::FindOwn, Purpose::Evaluate]);
        grant.claims.insert(second(), grant.until);
    });
    let mut headers = world.proof(&token, PATH);
    headers.retain(|(name, _)| !name.starts_with("seawall-"));
    headers.push(("seawall-purpose".into(), purpose.into()));
    headers.extend(named.clone().map(|named| ("seawall-claim".into(), named)));
    let (status, text) = world.ask("POST", PATH, &headers, body(CANARY)).await;
    assert_eq!(status, expected, "{purpose} {named:?}: {text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn purposes_claims_and_refusals_are_counted_and_no_content() {
    let world = World::new(|_, _| whole(5, 10)).await;
    assert_eq!(world.lease(600).await, StatusCode::OK);
    let (first, second) = (claim().to_string(), second().to_string());
    let other = ScanId::new(Uuid::from_u128(0x99)).to_string();
    let (passes, not) = (StatusCode::OK, StatusCode::FORBIDDEN);
    for (purpose, named, expected) in [
        ("patch", Some(&second), passes),
        ("patch", Some(&second), passes),
        ("patch", Some(&first), passes),
        ("find_own", Some(&second), passes),
        ("evaluate", None, passes),
        ("evaluate", Some(&first), passes),
        // No claim, or none of the grant's: refused.
        ("patch", None, not),
        ("find_own", Some(&other), not),
        ("patch", Some(&CANARY.to_owned()), not),
        ("detect", Some(&first), not),
        (CANARY, Some(&first), not),
    ] {
        ask(&world, purpose, named.cloned(), expected).await;
    }
    world.until_written(r#""kind":"outcome""#, 6).await;
    world.until_written(r#""kind":"refused""#, 5).await;
    let folder = world.journal().parent().unwrap().to_owned();
    let told = usage(&folder, None).unwrap();
    let row = |purpose, requests, with_claim, refused| {
        let (tokens_in, tokens_out) = (5 * requests, 10 * requests);
        Row { purpose, requests, tokens_in, tokens_out, with_claim, refused }
    };
    let expected = [
        row(Some(Purpose::FindOwn), 1, 1, 1),
        row(Some(Purpose::FindAgreed), 0, 0, 0),
        row(Some(Purpose::Patch), 3, 3, 2),
        row(Some(Purpose::Detect), 0, 0, 1),
        row(Some(Purpose::Respond), 0, 0, 0),
        row(Some(Purpose::Evaluate), 2, 1, 0),
        row(None, 0, 0, 1),
    ];
    assert_eq!(told.report.purposes, expected);
    let asset = |claim, requests| Asset { claim, requests };
    assert_eq!(told.report.assets, [asset(self::second(), 3), asset(claim(), 2)]);
    assert_eq!(told.report.other_assets, 0);
    // As many as the party's quota says.
    assert_eq!(told.quotas[0].account.settled.requests, 6);
    let text = format!("{told:?}{}", serde_json::to_string(&told.report).unwrap());
    assert!(!text.contains(CANARY) && !text.contains(&other), "{text}");
    assert_eq!(usage(&folder, Some(party())).unwrap(), told);
    let nobody = usage(&folder, Some(PartyId::new(Uuid::from_u128(0x23)))).unwrap();
    assert!(nobody.quotas.is_empty() && nobody.report.assets.is_empty(), "{nobody:?}");
    assert!(nobody.report.purposes.iter().all(|row| row.requests + row.refused == 0));
}
