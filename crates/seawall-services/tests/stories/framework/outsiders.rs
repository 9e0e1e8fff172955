//! Whoever does not take part sees the same, to the byte, whether anybody does (MISSION C56).

use super::hidden;
use seawall_domain::access::Actor;
use seawall_domain::id::{EngagementId, EvaluationId, PartnerId};
use seawall_services::evaluation::docket;
use seawall_services::{
    advisory, case, engagement, exposure, finding, inventory, log, partner, scan, statistics,
    today, work,
};
use seawall_testkit::world::life::{self, Extras, Left};
use seawall_testkit::world::{Cast, Framework, World, each, must};
use std::collections::BTreeMap;
use std::fmt::Debug;
use uuid::Uuid;

fn told<T: Debug, E: Debug>(result: Result<T, E>) -> String {
    format!("{result:?}")
}

#[derive(Clone, Copy)]
struct Asked {
    engagement: EngagementId,
    evaluation: EvaluationId,
    partner: PartnerId,
}

/// Everything that one outsider gets to see, by the service that was asked.
async fn answers(world: &World, actor: &Actor, asked: Asked) -> BTreeMap<&'static str, String> {
    let desk = &world.desk;
    let shown = must(log::show(desk, 100).await);
    let Asked { engagement: id, evaluation, partner: application } = asked;
    BTreeMap::from([
        ("findings", told(finding::list(desk, actor, 100).await)),
        ("cases", told(case::list(desk, actor, 100).await)),
        ("advisories", told(advisory::list_out(desk, 100).await)),
        ("exposures", told(exposure::list(desk, actor).await)),
        ("inventories", told(inventory::list(desk, actor).await)),
        ("scans", told(scan::list(desk, actor, 100).await)),
        ("statistics", told(statistics::figures(desk, actor).await)),
        ("today", told(today::today(desk, actor).await.map(|list| list.today))),
        ("due", told(today::due(desk, actor).await)),
        ("work", told(work::board(desk, actor).await)),
        ("public log", format!("{} {} {:?}", shown.size, shown.checkpoint, shown.entries)),
        ("public folder", format!("{:?}", World::files(&desk.settings.public).len())),
        ("counts", told(engagement::counts(desk).await)),
        ("engagements", told(engagement::list(desk, actor, 100).await)),
        ("engagement", told(engagement::show(desk, actor, id).await)),
        ("letters", told(engagement::letters(desk, actor, id).await)),
        ("certificates", told(engagement::certificates(desk, actor, id).await)),
        ("crossing", told(engagement::cross(desk, actor, id).await)),
        ("withdrawal", told(engagement::withdraw(desk, actor, id).await)),
        ("evaluations", told(docket::list(desk, actor, 100).await)),
        ("evaluation", told(docket::show(desk, actor, evaluation).await)),
        ("applications", told(partner::list(desk, actor, 100).await)),
        ("application", told(partner::dossier(desk, actor, application).await)),
        ("ties", told(partner::ties(desk, actor).await)),
    ])
}

async fn everybody(world: &World, people: &[(&'static str, Actor)], asked: Asked) -> Vec<String> {
    let mut said = Vec::new();
    for (role, actor) in people {
        for (service, answer) in answers(world, actor, asked).await {
            said.push(format!("{role} asks for {service}: {answer}"));
        }
    }
    said
}

#[track_caller]
fn same(before: &[String], after: &[String], name: &str) {
    assert_eq!(before.len(), after.len(), "{name}");
    for (before, after) in before.iter().zip(after) {
        assert_eq!(before, after, "{name}");
    }
}

#[tokio::test]
async fn an_outsider_sees_the_same_whether_anybody_takes_part() {
    each("outsiders", |mut world| async move {
        let cast = Cast::enter(&world).await;
        let framework = Framework::enter(&world).await;
        let more = Extras::enter(&world, &framework).await;
        let mut people = cast.everybody();
        people.push(("bystander", more.bystander.1.clone()));
        // A developer and a partner who do not take part are outsiders too.
        let rival = framework.rival.1.clone();
        people.push(("rival", rival));
        let nothing = Asked {
            engagement: EngagementId::new(Uuid::from_u128(1)),
            evaluation: EvaluationId::new(Uuid::from_u128(2)),
            partner: PartnerId::new(Uuid::from_u128(3)),
        };
        world.until_idle().await;
        let before = everybody(&world, &people, nothing).await;
        let desk = world.desk.clone();
        // Everything that may happen between those who take part happens.
        let mut left = Left::default();
        life::questions(&world, &framework, &mut left).await;
        life::dockets(&world, &framework, &mut left).await;
        life::windows(&world, &framework, &mut left).await;
        life::applications(&world, &framework, &more, &mut left).await;
        world.until_idle().await;
        for (name, engagement) in &left.engagements {
            let evaluation = left.evaluations[0].1;
            let asked = Asked { engagement: *engagement, evaluation, partner: left.partners[0].1 };
            same(&before, &everybody(&world, &people, asked).await, name);
        }
        for (name, partner) in &left.partners {
            let asked = Asked { partner: *partner, ..nothing };
            same(&before, &everybody(&world, &people, asked).await, name);
        }
        let engaged = left.engagement("covered");
        // The test can see: whoever takes part does.
        let developer = &framework.developer.1;
        let own = must(engagement::list(&desk, developer, 100).await).len();
        assert_eq!(own, left.engagements.len());
        hidden(engagement::show(&desk, &framework.partner.1, engaged).await);
    })
    .await;
}
