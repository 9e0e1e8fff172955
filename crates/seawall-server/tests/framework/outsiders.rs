//! Two installations, one in which developers and partners take part and one in which nobody does:
//! every outsider gets the same bytes from every route and every page (MISSION C56).

use super::asking::House;
use seawall_domain::access::Actor;
use seawall_domain::partner::Declared;
use seawall_domain::partner::concentration::{Sector, Size};
use seawall_domain::time::Timestamp;
use seawall_services::evaluation::docket;
use seawall_services::{engagement, partner};
use seawall_testkit::world::{in_days, must};
use std::collections::BTreeSet;

const ABSENT: &str = "00000000-0000-4000-8000-000000000000";

/// Pages beside the routes for machines.
const PAGES: [&str; 29] = [
    "/",
    "/developers",
    "/framework",
    "/login",
    "/queue",
    "/laboratory",
    "/cases",
    "/scans",
    "/today",
    "/today/exposure",
    "/due",
    "/inventory",
    "/advisories",
    "/sources",
    "/log",
    "/engagements",
    "/engagements/ENGAGEMENT",
    "/engagements/ENGAGEMENT/figures",
    "/engagements/ENGAGEMENT/figures.svg",
    "/evaluations",
    "/evaluations/EVALUATION",
    "/partners",
    "/partners/PARTNER",
    "/reach",
    "/nothing",
    "/v1/openapi.json",
    "/.well-known/security.txt",
    "/.well-known/csaf/provider-metadata.json",
    "/log/checkpoint",
];

/// Steps that an outsider tries on what it cannot know of.
const TRIED: [(&str, &str); 14] = [
    ("POST /v1/engagements/ENGAGEMENT/withdrawal", ""),
    ("POST /v1/engagements/ENGAGEMENT/steps", r#"{"step":"withdraw"}"#),
    ("POST /v1/engagements/ENGAGEMENT/steps", r#"{"step":"advise","opinion":"hm"}"#),
    ("GET /v1/engagements/ENGAGEMENT/record", ""),
    ("POST /v1/engagements/ENGAGEMENT/record", "{}"),
    ("POST /v1/evaluations/EVALUATION/steps", r#"{"step":"agree"}"#),
    ("GET /v1/evaluations/EVALUATION/commitment", ""),
    ("GET /v1/evaluations/EVALUATION/tokens", ""),
    ("GET /v1/evaluations/EVALUATION/share", ""),
    ("POST /v1/evaluations/EVALUATION/tokens", ""),
    ("POST /v1/partners/PARTNER/steps", r#"{"step":"sign"}"#),
    (
        "POST /v1/partners/PARTNER/tokens",
        r#"{"window":"00000000-0000-4000-8000-000000000000","key":"x","purposes":["patch"]}"#,
    ),
    ("POST /v1/query", r#"{"package":{"purl":"pkg:npm/ini"}}"#),
    ("POST /claim-check", r#"{"hash":"00"}"#),
];

/// The ids of what outsiders ask for, there or not.
struct Ids {
    engagement: String,
    evaluation: String,
    partner: String,
}

impl Ids {
    fn nothing() -> Ids {
        let absent = || ABSENT.to_owned();
        Ids { engagement: absent(), evaluation: absent(), partner: absent() }
    }

    fn fill(&self, line: &str) -> String {
        line.replace("ENGAGEMENT", &self.engagement)
            .replace("EVALUATION", &self.evaluation)
            .replace("PARTNER", &self.partner)
    }
}

/// Everything that anybody can ask for: the documented routes that only read, the pages, and steps.
async fn lines(house: &House) -> Vec<(String, String)> {
    let document = house.ask("GET /v1/openapi.json", "*/*", "", "").await;
    let (_, body) = document.split_once('\n').expect("it has a body");
    let document: serde_json::Value = serde_json::from_str(body).expect("it is JSON");
    let mut lines = Vec::new();
    for (path, operations) in document["paths"].as_object().expect("there are paths") {
        if operations.get("get").is_none() {
            continue;
        }
        let id = match path {
            path if path.contains("engagements") => "ENGAGEMENT",
            path if path.contains("evaluations") => "EVALUATION",
            path if path.contains("partners") => "PARTNER",
            _ => ABSENT,
        };
        let mut path = path.replace("{id}", id);
        while let Some((before, rest)) = path.split_once('{') {
            let after = rest.split_once('}').map_or("", |(_, after)| after);
            path = format!("{before}{ABSENT}{after}");
        }
        lines.push((format!("GET {path}"), String::new()));
    }
    lines.extend(PAGES.map(|page| (format!("GET {page}"), String::new())));
    lines.extend(TRIED.map(|(line, body)| (line.to_owned(), body.to_owned())));
    lines
}

async fn answers(house: &House, cookies: &[(&str, String)], ids: &Ids) -> Vec<(String, String)> {
    let mut answers = Vec::new();
    for (line, body) in lines(house).await {
        for (role, cookie) in cookies {
            let accept = if line.contains("/v1/") { "*/*" } else { "text/html" };
            let answer = house.ask(&ids.fill(&line), accept, cookie, &body).await;
            // What was asked for is not repeated in an answer, so nothing needs to be replaced.
            answers.push((format!("{role}: {line}"), answer));
        }
    }
    answers
}

/// Everybody who does not take part, with a session each.
async fn outsiders(house: &House) -> Vec<(&'static str, String)> {
    let mut people = house.cast.everybody();
    people.retain(|(role, _)| *role != "administrator");
    people.push(("rival", house.framework.rival.1.clone()));
    let mut cookies = Vec::new();
    for (role, actor) in people {
        cookies.push((role, house.cookie(&actor).await));
    }
    cookies
}

/// Things happen between a developer, evaluators, an official and a partner.
async fn take_part(house: &mut House) -> Ids {
    let (desk, framework) = (house.world.desk.clone(), house.framework.clone());
    let developer = &framework.developer.1;
    let mut last = String::new();
    for snapshot in 1..=5 {
        let id = framework.engage(&house.world, snapshot).await.id;
        let until = in_days(&house.world, 60);
        must(engagement::submit(&desk, developer, id, until).await);
        must(engagement::schedule(&desk, &framework.evaluators[0], id).await);
        last = id.to_string();
    }
    let evaluation = must(docket::open(&desk, &framework.officials.1[0]).await).id.to_string();
    let (party, applicant): (_, &Actor) = (&framework.partner.0, &framework.partner.1);
    let declared = Declared {
        parent: party.id,
        sector: Sector::Water,
        size: Size::Small,
        protects: BTreeSet::new(),
    };
    let maker = framework.developer.0.id;
    let filed = must(partner::apply(&desk, applicant, maker, declared, b"evidence").await);
    house.world.until_idle().await;
    Ids { engagement: last, evaluation, partner: filed.application.id.to_string() }
}

#[tokio::test]
async fn every_outsider_gets_the_same_bytes_whether_anybody_takes_part() {
    let (mut empty, mut busy) = (House::open().await, House::open().await);
    let (quiet_cookies, busy_cookies) = (outsiders(&empty).await, outsiders(&busy).await);
    empty.world.until_idle().await;
    busy.world.until_idle().await;
    let ids = take_part(&mut busy).await;
    let noon: Timestamp = "2026-03-05T12:00:00Z".parse().expect("an instant");
    for house in [&empty, &busy] {
        house.world.clock.reach(noon);
        house.world.desk.advisories.refresh();
    }
    let without = answers(&empty, &quiet_cookies, &Ids::nothing()).await;
    let with = answers(&busy, &busy_cookies, &ids).await;
    assert_eq!(without.len(), with.len());
    assert!(without.len() > 500, "{}", without.len());
    for ((question, without), (_, with)) in without.iter().zip(&with) {
        assert!(without == with, "{question}:\n{without}\n---\n{with}");
    }
    // The test can see: whoever takes part does get something else.
    let developer = busy.cookie(&busy.framework.developer.1).await;
    let own = busy.ask("GET /engagements", "text/html", &developer, "").await;
    assert!(own.contains("determination: scheduled"), "{own}");
}
