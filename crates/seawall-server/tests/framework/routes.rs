//! The router's own table of routes, so that a new route is looked at without being listed here.

use axum::Router;
use std::collections::BTreeSet;

/// A method that something answers, and its path as it was written.
pub type Route = (&'static str, String);

/// The methods that a router may answer, as it writes them.
const METHODS: [(&str, &str); 5] = [
    ("get: Route", "GET"),
    ("post: Route", "POST"),
    ("put: Route", "PUT"),
    ("delete: Route", "DELETE"),
    ("patch: Route", "PATCH"),
];

/// Every route of a router. There is no other way to ask it than what it says of itself for
/// debugging, so whatever cannot be read ends the test.
pub fn routes(router: &Router) -> BTreeSet<Route> {
    let said = format!("{router:?}");
    let (own, _) = said.split_once(", fallback_router:").expect("the routes stand first");
    let (answers, paths) = own.split_once("node: Node { paths: {").expect("then the paths");
    let entry = |part: &'_ str| {
        let (number, rest) = part.split_once("): ").expect("a number and what it stands for");
        (number.parse::<u32>().expect("a number"), rest.to_owned())
    };
    let paths: Vec<(u32, String)> = paths.split("RouteId(").skip(1).map(entry).collect();
    let mut all = BTreeSet::new();
    for (number, answer) in answers.split("RouteId(").skip(1).map(entry) {
        let path = paths.iter().find(|(known, _)| *known == number).expect("it has a path");
        let path = path.1.split('"').nth(1).expect("a path in quotes");
        let methods = METHODS.iter().filter(|(written, _)| answer.contains(written));
        let before = all.len();
        all.extend(methods.map(|(_, method)| (*method, path.to_owned())));
        assert!(all.len() > before, "{path} answers nothing: {answer}");
    }
    assert_eq!(paths.len(), answers.matches("RouteId(").count());
    all
}

/// What routes and pages of these subjects begin with; everything else is somebody else's.
const OWN: [&str; 13] = [
    "/v1/engagements",
    "/v1/evaluations",
    "/v1/partners",
    "/v1/ties",
    "/v1/reach",
    "/v1/concentration",
    "/v1/operators",
    "/v1/basis",
    "/engagements",
    "/evaluations",
    "/partners",
    "/reach",
    // Its counts are public; that they tell of nobody has a test of its own.
    "/v1/framework",
];

/// Whether a path is the framework's own, and so is something else for those who take part.
pub fn is_own(path: &str) -> bool {
    OWN.iter().any(|own| path == *own || path.starts_with(&format!("{own}/")))
        || path == "/framework"
}

#[tokio::test]
async fn the_table_has_every_route_that_is_documented() {
    let house = super::asking::House::open().await;
    let table = routes(&house.router);
    let document = house.ask("GET /v1/openapi.json", "*/*", "", "").await;
    let (_, body) = document.split_once('\n').expect("it has a body");
    let document: serde_json::Value = serde_json::from_str(body).expect("it is JSON");
    for (path, operations) in document["paths"].as_object().expect("there are paths") {
        for method in operations.as_object().expect("there are operations").keys() {
            let known = |(known, at): &Route| known.eq_ignore_ascii_case(method) && at == path;
            assert!(table.iter().any(known), "{method} {path}");
        }
    }
    for page in ["/", "/framework", "/engagements/{id}", "/public/{*path}", "/osv/{*path}"] {
        assert!(table.contains(&("GET", page.to_owned())), "{page}");
    }
    assert!(table.len() > 125, "{}", table.len());
}
