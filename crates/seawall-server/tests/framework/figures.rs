//! The figures of a determination: for whoever scores under its protocol, and hidden from the
//! developer, from partners and from the public as if there were none.

use super::asking::House;
use seawall_domain::access::Actor;
use seawall_domain::evaluation::sealing::Duty;
use seawall_domain::id::{EngagementId, EvaluationId};
use seawall_services::evaluation::docket;
use seawall_testkit::evaluation::{SEALED, TASK};
use seawall_testkit::world::life::{Left, dockets};
use seawall_testkit::world::{must, person_of};

/// An engagement whose determination has figures, and the docket with its protocol.
pub async fn determined(house: &House) -> (EngagementId, EvaluationId) {
    let (world, cast) = (&house.world, &house.framework);
    let mut left = Left::default();
    dockets(world, cast, &mut left).await;
    let docket = left.evaluation("opened");
    let auditor = person_of(&cast.auditor);
    must(docket::give(&world.desk, &cast.officials.1[0], docket, auditor, Duty::Audit).await);
    (left.engagement("with a record"), docket)
}

#[tokio::test]
async fn figures_are_for_whoever_scores_or_audits_and_hidden_from_everybody_outside() {
    let house = House::open().await;
    let (id, evaluation) = determined(&house).await;
    let cast = house.framework.clone();
    let sealed = must(docket::show(&house.world.desk, &cast.auditor, evaluation).await);
    let root = sealed.root().expect("a protocol was sealed");
    let figures = format!("/engagements/{id}/figures");
    let ask = async |actor: &Actor, path: &str| {
        let cookie = house.cookie(actor).await;
        house.ask(&format!("GET {path}"), "text/html", &cookie, "").await
    };
    for reader in [&cast.evaluators[3], &cast.auditor] {
        let page = ask(reader, &figures).await;
        assert!(page.starts_with("200"), "{page}");
        for expected in [
            "The score is 65 %, 90 % interval ",
            "Success by budget",
            "<td>pass</td><td data-label=\"Attempts\">65</td>",
            &format!("src=\"{figures}.svg\""),
            &root.to_string(),
        ] {
            assert!(page.contains(expected), "{expected}: {page}");
        }
        for canary in SEALED.into_iter().chain([TASK]) {
            assert!(!page.contains(canary), "{canary}");
        }
        let picture = ask(reader, &format!("{figures}.svg")).await;
        assert!(picture.contains("image/svg+xml") && picture.contains("<title id="), "{picture}");
        assert!(picture.contains("no-store") && picture.contains("The score is 65 %"));
        let engaged = ask(reader, &format!("/engagements/{id}")).await;
        let docket = ask(reader, &format!("/evaluations/{evaluation}")).await;
        let linked = format!("href=\"{figures}\"");
        assert!(engaged.contains(&linked) && docket.contains(&linked), "{docket}");
    }
    // Those inside without the duty are told so, and no page of theirs names the figures.
    for other in [&cast.evaluators[0], &cast.evaluators[2], &cast.officials.1[0]] {
        let page = ask(other, &figures).await;
        assert!(page.starts_with("409") && page.contains("without the duty"), "{page}");
        assert!(!page.contains("score") && !page.contains("65 %"), "{page}");
        assert!(!ask(other, &format!("/engagements/{id}")).await.contains(&figures));
        assert!(!ask(other, &format!("/evaluations/{evaluation}")).await.contains(&figures));
    }
    // From everybody outside it is hidden like something that is not there.
    let nothing = "/engagements/00000000-0000-0000-0000-000000000001/figures";
    let public = Actor::public();
    for outside in [&cast.developer.1, &cast.rival.1, &cast.partner.1, &public] {
        let cookie = house.cookie(outside).await;
        for end in ["", ".svg"] {
            let lines = [format!("GET {figures}{end}"), format!("GET {nothing}{end}")];
            let there = house.ask(&lines[0], "text/html", &cookie, "").await;
            assert!(there.starts_with("404"), "{there}");
            assert_eq!(there, house.ask(&lines[1], "text/html", &cookie, "").await);
        }
    }
    assert!(!ask(&cast.developer.1, &format!("/engagements/{id}")).await.contains("figures"));
}
