//! A clearinghouse in which much has happened, with the real router in front of it.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, header};
use seawall_domain::access::Actor;
use seawall_domain::id::{AccountId, AdvisoryId, CaseId, FindingId};
use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_domain::range::Interval;
use seawall_domain::time::SignedDuration;
use seawall_server::auth::COOKIE;
use seawall_server::site::{Site, router};
use seawall_services::{account, case, inventory, scan};
use seawall_testkit::database::Fresh;
use seawall_testkit::world::{Story, TARGETS, World, must};
use serde_json::{Value, json};
use std::sync::Arc;
use tower::ServiceExt;

/// A body of an answer is never longer.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The stage of a test.
pub struct Stage {
    pub world: World,
    pub story: Story,
    pub router: Router,
}

/// What came back.
pub struct Answer {
    pub status: u16,
    pub location: String,
    pub cookie: String,
    pub kind: String,
    pub cache: String,
    pub body: String,
}

impl Stage {
    /// Nothing has happened yet; everybody is there.
    pub async fn empty() -> Stage {
        let world = World::open(Arc::new(Fresh::sqlite())).await;
        let story = Story::stage(&world).await;
        let router = router(Site { desk: world.desk.clone(), claim_check_salt: None });
        Stage { world, story, router }
    }

    /// Thirteen reports came, four advisories are out, the fifth waits for two signatures, and
    /// operators have sent their inventories.
    pub async fn full() -> Stage {
        let Stage { mut world, story, router } = Stage::empty().await;
        scans(&world, &story).await;
        story.intake(&mut world, 1).await;
        for target in &TARGETS[..4] {
            if target.package.1 == "libz-sys" {
                state_range(&world, &story).await;
            }
            story.fix(&mut world, target).await;
            story.publish(&mut world, target).await;
        }
        inventories(&world, &story).await;
        world.until_quiet().await;
        story.fix(&mut world, &TARGETS[4]).await;
        Stage { world, story, router }
    }

    /// The session of an account, as its cookie.
    pub async fn cookie(&self, actor: &Actor) -> String {
        let link = self.link(actor).await;
        let session = must(account::sign_in(&self.world.desk, &link).await);
        format!("{COOKIE}={}", session.secret)
    }

    /// A login link of an account.
    pub async fn link(&self, actor: &Actor) -> String {
        let account: AccountId = actor.account.expect("an account acts");
        must(account::invite(&self.world.desk, &Actor::administrator(), account).await)
    }

    /// Sends a request to the router.
    pub async fn send(&self, request: Request<Body>) -> Answer {
        let answer = self.router.clone().oneshot(request).await;
        let answer: Response<Body> = answer.expect("the router answers everything");
        let (parts, body) = answer.into_parts();
        let head = |name: header::HeaderName| {
            let value = parts.headers.get(name).and_then(|value| value.to_str().ok());
            value.unwrap_or_default().to_owned()
        };
        let bytes = to_bytes(body, ANSWER_BYTES_MAX).await.expect("the body is bounded");
        Answer {
            status: parts.status.as_u16(),
            location: head(header::LOCATION),
            cookie: head(header::SET_COOKIE),
            kind: head(header::CONTENT_TYPE),
            cache: head(header::CACHE_CONTROL),
            body: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// Opens a page as a browser does.
    pub async fn open(&self, path: &str, cookie: &str) -> Answer {
        let request = Request::get(path)
            .header(header::ACCEPT, "text/html,*/*;q=0.8")
            .header(header::COOKIE, cookie)
            .body(Body::empty());
        self.send(request.expect("the request is sound")).await
    }

    /// Sends a form as a browser does.
    pub async fn post(&self, path: &str, cookie: &str, form: &str) -> Answer {
        let request = Request::post(path)
            .header(header::ACCEPT, "text/html")
            .header(header::COOKIE, cookie)
            .header(header::HOST, "seawall.invalid")
            .header(header::ORIGIN, "http://seawall.invalid")
            .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
            .body(Body::from(form.to_owned()));
        self.send(request.expect("the request is sound")).await
    }

    /// The case of a target.
    pub async fn case(&self, target: usize) -> CaseId {
        self.world.case_on(&TARGETS[target].package()).await.id
    }

    /// The advisory that waits.
    pub async fn draft(&self) -> AdvisoryId {
        self.story.advisory(&self.world, &TARGETS[4]).await.id
    }

    /// A finding that an account sent.
    pub async fn finding_of(&self, actor: &Actor) -> FindingId {
        let found = seawall_services::finding::list(&self.world.desk, actor, 1).await;
        must(found).first().expect("it sent one").id
    }
}

/// The token of the forms on a page.
pub fn token(page: &str) -> String {
    let after = page.split_once("name=\"csrf\" value=\"").map(|(_, rest)| rest);
    after.and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned()
}

async fn scans(world: &World, story: &Story) {
    for (finder, technique) in [(0, "model review"), (1, "fuzzing")] {
        let until = world.now() + SignedDuration::from_hours(48);
        let (actor, package) = (&story.cast.finders[finder], TARGETS[1].package());
        must(scan::claim(&world.desk, actor, package, technique.into(), until).await);
    }
}

async fn state_range(world: &World, story: &Story) {
    let case = world.case_on(&TARGETS[3].package()).await.id;
    let (party, distributor) = &story.cast.distributor;
    must(case::invite(&world.desk, &story.cast.analysts[0], case, party.id).await);
    let package = Package { ecosystem: Ecosystem::Debian(Some("11".into())), name: "zlib".into() };
    let fixed = Some(Version::from("1:1.2.11.dfsg-2+deb11u2"));
    let ranges = vec![Interval { introduced: None, fixed, last_affected: None }];
    must(case::state_range(&world.desk, distributor, case, package, ranges).await);
}

async fn inventories(world: &World, story: &Story) {
    let cast = &story.cast;
    let sent = [
        (&cast.hospital.1, "patient portal", hospital().to_string()),
        (&cast.bank.1, "branch systems", bank().to_string()),
        (&cast.agency.1, "records server", AGENCY.to_owned()),
    ];
    for (actor, label, text) in sent {
        let done = inventory::receive(&world.desk, actor, label, None, text.as_bytes()).await;
        must(done);
    }
}

/// Hits four times; has fixed versions, look-alikes and things that cannot be told.
pub fn hospital() -> Value {
    let mut components = vec![
        library("pkg:npm/ini@1.3.5"),
        library("pkg:pypi/sqlparse@0.4.1"),
        library("pkg:cargo/tar@0.4.35"),
        library("pkg:cargo/libz-sys@1.1.8"),
        library("pkg:npm/tar@0.4.35"),
        library("pkg:npm/ini@2.0.0"),
        library("pkg:pypi/urllib3@1.26.4"),
        json!({"type": "device", "name": "Infusion pump console", "version": "7"}),
        json!({"type": "application", "name": "Ward planner", "version": "2019"}),
    ];
    let others =
        (1..=60).map(|number| library(&format!("pkg:npm/ward-tool-{number}@1.0.{number}")));
    components.extend(others);
    json!({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": components})
}

fn bank() -> Value {
    let components = [library("pkg:npm/ini@1.3.0"), library("pkg:pypi/sqlparse@0.4.2")];
    json!({"bomFormat": "CycloneDX", "specVersion": "1.5", "components": components})
}

fn library(purl: &str) -> Value {
    let (name, version) = purl.rsplit_once('@').unwrap_or((purl, ""));
    let name = name.rsplit('/').next().unwrap_or_default();
    json!({"type": "library", "name": name, "version": version, "purl": purl})
}

const AGENCY: &str = "Package: zlib1g
Status: install ok installed
Architecture: amd64
Source: zlib
Version: 1:1.2.11.dfsg-2

Package: python3-sqlparse
Status: install ok installed
Architecture: all
Source: sqlparse
Version: 0.4.1-1
";
