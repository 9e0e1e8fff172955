//! The field on the official's page by which the record of a determination comes in.

use super::asking::House;
use seawall_domain::evaluation::decision::Outcome;
use seawall_services::engagement;
use seawall_testkit::world::life::sealed;
use seawall_testkit::world::{in_days, must};

const FIELD: &str = "name=\"record\"";

/// The token of a page's forms.
fn token(page: &str) -> String {
    let (_, rest) = page.split_once("name=\"csrf\" value=\"").expect("there is a form");
    rest.split('"').next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn the_official_has_a_field_for_the_record_once_there_is_an_outcome() {
    let house = House::open().await;
    let (desk, cast) = (&house.world.desk, &house.framework);
    let (developer, evaluator) = (&cast.developer.1, &cast.evaluators[0]);
    let official = &cast.officials.1[0];
    let id = cast.engage(&house.world, 1).await.id;
    let path = format!("GET /engagements/{id}");
    let cookie = house.cookie(official).await;
    must(engagement::submit(desk, developer, id, in_days(&house.world, 60)).await);
    must(engagement::schedule(desk, evaluator, id).await);
    let root = sealed(&house.world, cast).await.1;
    must(engagement::name_protocol(desk, evaluator, id, root).await);
    must(engagement::start(desk, evaluator, id).await);
    must(engagement::analyse(desk, evaluator, id).await);
    assert!(!house.ask(&path, "text/html", &cookie, "").await.contains(FIELD), "too early");
    must(engagement::issue(desk, official, id, Outcome::Inconclusive, None).await);
    let page = house.ask(&path, "text/html", &cookie, "").await;
    assert!(page.contains(FIELD) && page.contains("type=\"file\""), "{page}");
    let untold = "is not kept yet, and no letter was sent";
    assert!(page.contains(untold), "{page}");
    for other in [developer, evaluator, &cast.duty, &cast.auditor] {
        let cookie = house.cookie(other).await;
        let page = house.ask(&path, "text/html", &cookie, "").await;
        assert!(!page.contains(FIELD) && page.contains(untold), "{page}");
        let asked = format!("GET /v1/engagements/{id}");
        let answer = house.ask(&asked, "application/json", &cookie, "").await;
        assert!(answer.contains(untold) || !answer.starts_with("200"), "{answer}");
    }
    let form = format!(
        "--b\r\nContent-Disposition: form-data; name=\"csrf\"\r\n\r\n{}\r\n--b\r\n\
         Content-Disposition: form-data; name=\"record\"; filename=\"final.json\"\r\n\
         Content-Type: application/json\r\n\r\n{{}}\r\n--b--\r\n",
        token(&page)
    );
    let sent = format!("POST /engagements/{id}/record");
    let answer = house.ask(&sent, "text/html", &cookie, &form).await;
    assert!(answer.starts_with("409"), "{answer}");
    assert!(answer.contains("its protocol is not opened"), "{answer}");
}
