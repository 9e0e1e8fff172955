//! The portal, live: the real router in front of a clearinghouse in which much has happened.
//! Who sees which page is one readable table; forms, sessions and refusals are tried by hand.

// A test stops where its own set-up fails.
#![allow(clippy::expect_used)]

#[path = "portal/ask.rs"]
mod ask;
#[path = "portal/stage.rs"]
mod stage;

use ask::token;
use axum::body::Body;
use axum::http::{Request, header};
use seawall_testkit::world::TARGETS;
use stage::Stage;

/// Which page each role gets: `page`, or `-` for the page that says that there is nothing.
const PAGES: &str = "
page                 public   finder   analyst  maint.   distr.   vendor   hospital bank     agency
/                    page     page     page     page     page     page     page     page     page
/login               page     page     page     page     page     page     page     page     page
/advisories          page     page     page     page     page     page     page     page     page
/advisories/NUMBER   page     page     page     page     page     page     page     page     page
/flaws/CVE-2099-0001 page     page     page     page     page     page     page     page     page
/log                 page     page     page     page     page     page     page     page     page
/developers          page     page     page     page     page     page     page     page     page
/framework           page     page     page     page     page     page     page     page     page
/engagements         -        -        -        -        -        -        -        -        -
/evaluations         -        -        -        -        -        -        -        -        -
/partners            -        -        -        -        -        -        -        -        -
/queue               -        page     page     -        -        -        -        -        -
/findings/OWN        -        page     page     -        -        -        -        -        -
/findings/OTHER      -        -        page     -        -        -        -        -        -
/laboratory          -        -        page     -        -        -        -        -        -
/cases               -        -        page     page     page     page     -        -        -
/cases/PLAIN         -        -        page     page     -        -        -        -        -
/cases/INVITED       -        -        page     page     page     -        -        -        -
/drafts/WAITING      -        -        page     -        -        -        -        -        -
/scans               -        page     page     -        -        -        -        -        -
/sources             -        -        page     -        -        -        -        -        -
/today               -        -        -        -        -        -        page     page     page
/today?lang=es       -        -        -        -        -        -        page     page     page
/today?hours=6       -        -        -        -        -        -        page     page     page
/today?hours=six     -        -        -        -        -        -        400      400      400
/today/exposure      -        -        -        -        -        -        page     page     page
/inventory           -        -        -        -        -        -        page     page     page
/due                 -        -        -        -        -        -        -        -        page
/nothing             -        -        -        -        -        -        -        -        -
/findings/ABSENT     -        -        -        -        -        -        -        -        -
/engagements/ABSENT  -        -        -        -        -        -        -        -        -
/partners/ABSENT     -        -        -        -        -        -        -        -        -
/cases/ABSENT        -        -        -        -        -        -        -        -        -
/drafts/ABSENT       -        -        -        -        -        -        -        -        -
/findings/hello      -        -        -        -        -        -        -        -        -
/advisories/hello    -        -        -        -        -        -        -        -        -
/flaws/hello         -        -        -        -        -        -        -        -        -
";

/// What an outside source says of a flaw in something that nobody here runs.
const OUTSIDE: &str = r#"{"id": "CVE-2099-0001", "modified": "2026-01-01T00:00:00Z",
    "affected": [{"package": {"ecosystem": "PyPI", "name": "nobody-has-it"},
    "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}]}]}"#;

const ABSENT: &str = "00000000-0000-4000-8000-000000000000";

/// The addresses of the table's pages, and their names in it.
async fn addresses(stage: &Stage) -> Vec<(String, String)> {
    let own = stage.finding_of(&stage.story.cast.finders[2]).await.to_string();
    let other = stage.finding_of(&stage.story.cast.finders[0]).await.to_string();
    let number = stage.story.advisory(&stage.world, &TARGETS[0]).await.number;
    let number = number.expect("it is out").to_string();
    let (plain, invited) = (stage.case(1).await.to_string(), stage.case(3).await.to_string());
    let waiting = stage.draft().await.to_string();
    let names = PAGES.lines().skip(2).filter_map(|line| line.split_whitespace().next());
    let address = |name: &str| {
        [
            ("OWN", own.as_str()),
            ("OTHER", other.as_str()),
            ("NUMBER", number.as_str()),
            ("PLAIN", plain.as_str()),
            ("INVITED", invited.as_str()),
            ("WAITING", waiting.as_str()),
            ("ABSENT", ABSENT),
        ]
        .iter()
        .fold(name.to_owned(), |path, (mark, real)| path.replace(mark, real))
    };
    names.map(|name| (name.to_owned(), address(name))).collect()
}

#[tokio::test]
async fn each_role_gets_its_pages_and_nothing_else() {
    let stage = Stage::full().await;
    stage.world.records.install(&[OUTSIDE]);
    stage.world.desk.advisories.refresh();
    let everybody = stage.story.cast.everybody();
    let people = everybody.iter().filter(|(role, _)| *role != "administrator");
    let mut columns: Vec<(String, String)> = Vec::new();
    for (role, actor) in people {
        let short = ["maint.", "distr."].into_iter().find(|s| role.starts_with(&s[..5]));
        let cookie = match actor.account {
            Some(_) => stage.cookie(actor).await,
            None => String::new(),
        };
        columns.push((short.unwrap_or(role).to_owned(), cookie));
    }
    let heads: Vec<&str> = columns.iter().map(|(role, _)| role.as_str()).collect();
    let mut table = format!("\n{}\n", row("page", &heads));
    let mut nothing = vec![String::new(); columns.len()];
    for (name, address) in addresses(&stage).await {
        let mut cells = Vec::new();
        for (column, (role, cookie)) in columns.iter().enumerate() {
            let answer = stage.open(&address, cookie).await;
            assert_eq!(answer.kind, "text/html; charset=utf-8", "{name} for {role}");
            assert_eq!(answer.cache, "no-store", "{name} for {role}");
            if answer.status == 404 {
                // What is forbidden and what is not there are the same bytes.
                let known = &mut nothing[column];
                if known.is_empty() {
                    known.clone_from(&answer.body);
                }
                assert!(*known == answer.body, "{name} for {role} betrays something");
            }
            cells.push(match answer.status {
                200 => "page".to_owned(),
                404 => "-".to_owned(),
                other => other.to_string(),
            });
        }
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        table.push_str(&row(&name, &cells));
        table.push('\n');
    }
    assert!(table == PAGES, "{table}");
}

fn row(name: &str, cells: &[&str]) -> String {
    let cells: String = cells.iter().map(|cell| format!("{cell:<9}")).collect();
    format!("{name:<21}{cells}").trim_end().to_owned()
}

#[tokio::test]
async fn a_link_signs_in_once_and_only_by_its_button() {
    let stage = Stage::empty().await;
    let cast = &stage.story.cast;
    let starts = [
        (&cast.analysts[0], "/queue"),
        (&cast.finders[0], "/queue"),
        (&cast.maintainer.1, "/cases"),
        (&cast.vendor.1, "/cases"),
        (&cast.hospital.1, "/today"),
        (&cast.agency.1, "/due"),
    ];
    for (actor, start) in starts {
        let link = format!("/login/{}", stage.link(actor).await);
        for _ in 0..2 {
            // Opened twice by a preview, it still works.
            assert_eq!(stage.open(&link, "").await.status, 200);
        }
        let answer = stage.post(&link, "", "csrf=").await;
        assert_eq!((answer.status, answer.location.as_str()), (303, start));
        let cookie = answer.cookie;
        for part in ["Path=/", "HttpOnly", "SameSite=Strict", "Max-Age=43200"] {
            assert!(cookie.contains(part), "{part} in {part}");
        }
        assert!(!cookie.contains("Secure"), "plain HTTP on loopback has no Secure");
        let cookie = cookie.split(';').next().unwrap_or_default().to_owned();
        assert_eq!(stage.open(start, &cookie).await.status, 200, "{start}");
        assert_eq!(stage.post(&link, "", "csrf=").await.status, 404, "a used link");
        let csrf = token(&stage.open(start, &cookie).await.body);
        let out = stage.post("/logout", &cookie, &format!("csrf={csrf}")).await;
        assert_eq!((out.status, out.location.as_str()), (303, "/"));
        assert!(out.cookie.contains("Max-Age=0"));
        assert_eq!(stage.open(start, &cookie).await.status, 404, "the session is over");
    }
    for strange in ["/login/never-was", "/login/..%2fqueue", "/login/%00"] {
        assert_eq!(stage.post(strange, "", "csrf=").await.status, 404, "{strange}");
    }
}

#[tokio::test]
async fn a_form_is_taken_only_with_the_token_of_its_session() {
    let stage = Stage::full().await;
    let [one, two] = &stage.story.cast.analysts;
    let (cookie, other) = (stage.cookie(one).await, stage.cookie(two).await);
    let draft = stage.draft().await;
    let page = stage.open(&format!("/drafts/{draft}"), &cookie).await.body;
    let csrf = token(&page);
    let foreign = token(&stage.open(&format!("/drafts/{draft}"), &other).await.body);
    assert!(csrf.len() > 20 && csrf != foreign);
    let digest = page.split_once("name=\"digest\" value=\"").expect("it is to be signed").1;
    let digest = digest.split('"').next().unwrap_or_default();
    let path = format!("/drafts/{draft}/sign");
    for (cookie, form, status) in [
        (cookie.as_str(), format!("digest={digest}"), 403),
        (&cookie, format!("digest={digest}&csrf="), 403),
        (&cookie, format!("digest={digest}&csrf={foreign}"), 403),
        ("", format!("digest={digest}&csrf={csrf}"), 401),
        (&cookie, format!("digest=x&csrf={csrf}"), 422),
        (&cookie, format!("digest={}&csrf={csrf}", "0".repeat(64)), 409),
        (&cookie, format!("digest={digest}&csrf={csrf}"), 303),
        (&cookie, format!("digest={digest}&csrf={csrf}"), 409),
        (&other, format!("digest={digest}&csrf={foreign}"), 303),
    ] {
        let answer = stage.post(&path, cookie, &form).await;
        assert_eq!(answer.status, status, "{}", answer.body);
    }
    let request = Request::post(&path)
        .header(header::COOKIE, &cookie)
        .header(header::ORIGIN, "https://elsewhere.invalid")
        .header(header::HOST, "seawall.invalid")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from(format!("digest={digest}&csrf={csrf}")));
    let answer = stage.send(request.expect("the request is sound")).await;
    assert_eq!(answer.status, 403, "a form from elsewhere");
}

#[tokio::test]
async fn decisions_of_an_analyst_move_the_case_and_the_group() {
    let mut stage = Stage::full().await;
    let cookie = stage.cookie(&stage.story.cast.analysts[0]).await;
    let case = stage.case(1).await;
    let page = stage.open(&format!("/cases/{case}"), &cookie).await.body;
    let csrf = token(&page);
    assert!(page.contains("Release the reproducer"), "its policy withholds it");
    let path = |verb: &str| format!("/cases/{case}/{verb}");
    let back = format!("/cases/{case}");
    for (verb, form, shows) in [
        ("keep-private", "keep=yes", "kept private"),
        ("keep-private", "keep=no", "published"),
        ("release-bundle", "", "published"),
    ] {
        let answer = stage.post(&path(verb), &cookie, &format!("{form}&csrf={csrf}")).await;
        assert_eq!((answer.status, answer.location.as_str()), (303, back.as_str()), "{verb}");
        stage.world.until_quiet().await;
        let page = stage.open(&back, &cookie).await.body;
        assert!(page.contains(shows), "{verb}: {shows}");
    }
    let page = stage.open(&back, &cookie).await.body;
    assert!(!page.contains("Release the reproducer") && page.contains("left out here"));
    let queue = stage.open("/queue?state=joined", &cookie).await.body;
    let joined = queue.split("href=\"/findings/").nth(1).expect("some joined");
    let joined = joined.split('"').next().unwrap_or_default().to_owned();
    let there = format!("/findings/{joined}");
    assert!(stage.open(&there, &cookie).await.body.contains("The lead of the group"));
    let answer = stage.post(&format!("{there}/unjoin"), &cookie, &format!("csrf={csrf}")).await;
    assert_eq!((answer.status, answer.location.as_str()), (303, there.as_str()));
    assert!(!stage.open(&there, &cookie).await.body.contains("The lead of the group"));
}

#[tokio::test]
async fn what_could_not_be_run_and_what_was_given_up_are_tried_again_by_a_button() {
    let mut stage = Stage::full().await;
    let (id, given_up) = stage.stuck().await;
    let cookie = stage.cookie(&stage.story.cast.analysts[0]).await;
    let page = stage.open("/laboratory", &cookie).await.body;
    let csrf = format!("csrf={}", token(&page));
    for part in ["Could not be run", "Given up", "the disk is full", "Over the newest 2 runs"] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let shown = stage.open(&format!("/findings/{id}"), &cookie).await.body;
    let path = format!("/findings/{id}/try-again");
    assert!(shown.contains(&path), "the finding's own page has the button too");
    let job = format!("/laboratory/{given_up}/try-again");
    assert!(page.contains(&path) && page.contains(&job));
    let other = stage.cookie(&stage.story.cast.finders[0]).await;
    let foreign = format!("csrf={}", token(&stage.open("/queue", &other).await.body));
    for (path, cookie, form, status, location) in [
        (&path, &other, &foreign, 404, String::new()),
        (&job, &other, &foreign, 404, String::new()),
        (&path, &cookie, &"csrf=".to_owned(), 403, String::new()),
        (&path, &cookie, &csrf, 303, format!("/findings/{id}")),
        (&path, &cookie, &csrf, 409, String::new()),
        (&job, &cookie, &csrf, 303, "/laboratory".to_owned()),
        (&job, &cookie, &csrf, 404, String::new()),
    ] {
        let answer = stage.post(path, cookie, form).await;
        assert_eq!((answer.status, answer.location), (status, location), "{path}");
    }
    let page = stage.open("/laboratory", &cookie).await.body;
    assert!(!page.contains("Given up") && !page.contains("Could not be run"), "{page}");
    stage.world.until_quiet().await;
    assert!(stage.open("/laboratory", &cookie).await.body.contains("Nothing waits."));
}

#[tokio::test]
async fn an_inventory_comes_as_a_file_or_pasted() {
    let mut stage = Stage::full().await;
    let cookie = stage.cookie(&stage.story.cast.bank.1).await;
    let csrf = token(&stage.open("/inventory", &cookie).await.body);
    let text = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[]}"#;
    let pasted = format!("csrf={csrf}&name=pasted&text={}", text.replace('"', "%22"));
    assert_eq!(stage.post("/inventory", &cookie, &pasted).await.status, 303);
    let unread = format!("csrf={csrf}&name=pasted&text=%7B%22x");
    let answer = stage.post("/inventory", &cookie, &unread).await;
    assert!(answer.status == 422 && answer.body.contains("Error 422"), "{}", answer.body);
    let part = |name: &str, value: &str| {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    let file = stage::hospital().to_string();
    let file = format!(
        "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.json\"\r\n\
         Content-Type: application/json\r\n\r\n{file}\r\n--b--\r\n"
    );
    let body = format!("{}{}{file}", part("csrf", &csrf), part("name", "by file"));
    let request = Request::post("/inventory")
        .header(header::COOKIE, &cookie)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b")
        .body(Body::from(body));
    assert_eq!(stage.send(request.expect("the request is sound")).await.status, 303);
    stage.world.until_quiet().await;
    let page = stage.open("/inventory", &cookie).await.body;
    for shown in ["by file", "pasted", "libz-sys", "branch systems"] {
        assert!(page.contains(shown), "{shown}");
    }
}

/// Opens a page as the hospital and expects these words and not those.
async fn check(stage: &Stage, path: &str, has: &[&str], has_not: &[&str]) {
    let cookie = stage.cookie(&stage.story.cast.hospital.1).await;
    let page = stage.open(path, &cookie).await.body;
    for words in has {
        assert!(page.contains(words), "{path}: {words}: {page}");
    }
    for words in has_not {
        assert!(!page.contains(words), "{path}: {words}");
    }
}

#[tokio::test]
async fn the_list_says_how_long_and_plans_the_hours_there_are() {
    let stage = Stage::full().await;
    let list = ["Estimate: 1–4 hours.", "Take the page or job that uses it off the open internet"];
    check(&stage, "/today", &list, &["What to do in that time"]).await;
    let plan = ["you can do 1 of 4 things", "So far: 4 hours", "What is left, and why"];
    check(&stage, "/today?hours=6", &plan, &["role=\"alert\""]).await;
    check(&stage, "/today?hours=6", &["href=\"/today?hours=6&amp;lang=es\""], &[]).await;
    let spanish =
        ["Qué hacer en ese tiempo", "puede hacer 1 de 4 cosas", "href=\"/today?hours=6.5\""];
    check(&stage, "/today?lang=es&hours=6,5", &spanish, &["What to do"]).await;
    for hours in ["six", "169", "-1", "%22%3E%3Cscript%3E"] {
        let path = format!("/today?hours={hours}");
        check(&stage, &path, &["role=\"alert\""], &["What to do in that time", "<script"]).await;
    }
    check(&stage, "/today?hours=&window=", &["How long"], &["What to do in that time"]).await;
}

#[tokio::test]
async fn the_interview_keeps_nothing_but_its_address() {
    let stage = Stage::full().await;
    let at = |query: &str| format!("/today/exposure{query}");
    let doubt = "?network=yes&open_to_all=no&cloud=unknown&cloud_rule=unknown";
    for (query, has, has_not) in [
        ("", &["Question 1", "Is it joined to any network"][..], &["What you said"][..]),
        ("?network=yes", &["Question 2", "name=\"network\" value=\"yes\""], &["--exposed"]),
        ("?network=no", &["Strangers cannot reach it.", "--today --exposed no"], &["Question"]),
        ("?network=yes&open_to_all=yes", &["--today --exposed yes"], &["Question"]),
        (doubt, &["counts as open to all", "does not keep the answer yet"], &["--exposed"]),
        ("?network=maybe&ward=yes", &["Question 1"], &["ward", "maybe"]),
        ("?lang=es&network=no", &["No llegan extraños a él.", "aún no guarda"], &["Strangers"]),
        ("?lang=es", &["Pregunta 1", "name=\"lang\" value=\"es\""], &["Question"]),
    ] {
        check(&stage, &at(query), has, has_not).await;
    }
}

#[tokio::test]
async fn machines_get_problems_and_files_are_kept() {
    let stage = Stage::empty().await;
    let get = |path: &str, accept: &str| {
        let request = Request::get(path).header(header::ACCEPT, accept).body(Body::empty());
        request.expect("the request is sound")
    };
    for (path, accept, kind) in [
        ("/nothing", "text/html", "text/html; charset=utf-8"),
        ("/nothing", "*/*", "application/problem+json"),
        ("/queue", "application/json", "application/problem+json"),
        ("/v1/nothing", "text/html", "application/problem+json"),
        ("/public/none.json", "text/html", "text/html; charset=utf-8"),
    ] {
        let answer = stage.send(get(path, accept)).await;
        assert_eq!((answer.status, answer.kind.as_str()), (404, kind), "{path} {accept}");
    }
    let address = seawall_server::assets::address("seawall.css");
    let answer = stage.send(get(&address, "*/*")).await;
    assert_eq!((answer.status, answer.kind.as_str()), (200, "text/css; charset=utf-8"));
    assert!(answer.cache.contains("immutable"));
    let etag = seawall_server::assets::find("seawall.css").expect("it is embedded").etag;
    let known = Request::get("/assets/seawall.css").header(header::IF_NONE_MATCH, etag);
    let answer = stage.send(known.body(Body::empty()).expect("the request is sound")).await;
    assert_eq!((answer.status, answer.body.as_str()), (304, ""));
}
