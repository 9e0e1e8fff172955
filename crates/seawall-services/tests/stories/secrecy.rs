//! What is embargoed reaches nobody: every role asks every service that lists or reads, before
//! there is a secret and while there is one, and must get the same answer to the letter.

use seawall_domain::access::Actor;
use seawall_domain::id::{AdvisoryId, CaseId, FindingId};
use seawall_domain::publication::AdvisoryNumber;
use seawall_services::{
    advisory, case, exposure, finding, inventory, log, scan, statistics, today,
};
use seawall_testkit::world::{Cast, Story, TARGETS, World, each, must};
use std::collections::BTreeMap;
use std::fmt::Debug;
use uuid::Uuid;

/// Ids under which somebody may ask: of the secret, or of nothing at all.
#[derive(Clone, Copy)]
struct Asked {
    finding: FindingId,
    case: CaseId,
    advisory: AdvisoryId,
}

const NOTHING: Asked = Asked {
    finding: FindingId::new(Uuid::from_u128(1)),
    case: CaseId::new(Uuid::from_u128(2)),
    advisory: AdvisoryId::new(Uuid::from_u128(3)),
};

fn told<T: Debug, E: Debug>(result: Result<T, E>) -> String {
    format!("{result:?}")
}

/// Everything that one actor gets to see, by the service that was asked.
async fn answers(world: &World, actor: &Actor, asked: Asked) -> BTreeMap<&'static str, String> {
    let desk = &world.desk;
    let today = today::today(desk, actor).await;
    let today = today.map(|list| (list.today, list.unknown, list.components));
    let shown = must(log::show(desk, 100).await);
    BTreeMap::from([
        ("finding list", told(finding::list(desk, actor, 100).await)),
        ("finding dossier", told(finding::dossier(desk, actor, asked.finding).await)),
        ("finding by receipt", told(finding::by_receipt(desk, actor, "SUB-guess").await)),
        ("finding status", told(finding::status(desk, "SUB-guess").await)),
        ("case list", told(case::list(desk, actor, 100).await)),
        ("case dossier", told(case::dossier(desk, actor, asked.case).await)),
        ("advisory waiting", told(advisory::waiting(desk, actor).await)),
        ("advisory look", told(advisory::look(desk, actor, asked.advisory).await)),
        ("advisory list", told(advisory::list_out(desk, 100).await)),
        ("advisory by number", told(advisory::by_number(desk, AdvisoryNumber::new(2026, 1)).await)),
        ("exposure list", told(exposure::list(desk, actor).await)),
        ("inventory list", told(inventory::list(desk, actor).await)),
        ("scan list", told(scan::list(desk, actor, 100).await)),
        ("statistics", told(statistics::figures(desk, actor).await)),
        ("today", told(today)),
        ("due", told(today::due(desk, actor).await)),
        ("public log", format!("{} {} {:?}", shown.size, shown.checkpoint, shown.entries)),
        ("public folder", format!("{:?}", World::files(&desk.settings.public))),
    ])
}

/// Who may know: the house, its own figures, and the maintainer of the case itself.
fn is_entitled(role: &str, service: &str) -> bool {
    match role {
        "analyst" => true,
        "administrator" => service == "statistics",
        "maintainer" => service == "case list" || service == "case dossier",
        _ => false,
    }
}

async fn everybody(world: &World, cast: &Cast, asked: Asked) -> Vec<(String, String)> {
    let mut said = Vec::new();
    for (role, actor) in cast.everybody() {
        for (service, answer) in answers(world, &actor, asked).await {
            if !is_entitled(role, service) {
                said.push((format!("{role} asks for the {service}"), answer));
            }
        }
    }
    said
}

#[tokio::test]
async fn an_unpublished_case_shows_nowhere_not_even_as_a_count() {
    each("secrecy", |mut world| async move {
        let story = Story::stage(&world).await;
        let purls = ["pkg:npm/ini@1.3.5", "pkg:pypi/sqlparse@0.4.1"];
        for operator in [&story.cast.hospital.1, &story.cast.agency.1] {
            world.inventory(operator, &purls).await;
        }
        // One advisory is out, so that there are lists in which a secret could show.
        let (public, secret) = (&TARGETS[0], &TARGETS[1]);
        world.submit(&story.cast.finders[0], &public.report(0)).await;
        world.until_quiet().await;
        story.fix(&mut world, public).await;
        story.publish(&mut world, public).await;
        let before = everybody(&world, &story.cast, NOTHING).await;

        world.submit(&story.cast.finders[0], &secret.report(0)).await;
        world.wait(1);
        world.submit(&story.cast.finders[1], &secret.report(1)).await;
        world.until_quiet().await;
        let case = story.fix(&mut world, secret).await;
        let draft = story.advisory(&world, secret).await;
        let signer = &story.cast.analysts[0];
        must(advisory::sign(&world.desk, signer, draft.id, &draft.digest).await);
        world.until_quiet().await;
        let asked = Asked { finding: case.finding, case: case.id, advisory: draft.id };
        let after = everybody(&world, &story.cast, asked).await;
        assert_eq!(before.len(), after.len());
        for ((question, before), (_, after)) in before.iter().zip(&after) {
            assert_eq!(before, after, "{question}");
        }
        // The test can see: the analyst does, and so does everybody once it is out.
        let analyst = answers(&world, signer, asked).await;
        assert!(analyst["case list"].contains(&case.id.to_string()));
        story.publish_rest(&mut world, secret).await;
        let out = everybody(&world, &story.cast, asked).await;
        assert!(out.iter().zip(&after).any(|(out, after)| out != after));
    })
    .await;
}
