//! A clearinghouse with its router, asked without a network.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, header};
use seawall_domain::access::Actor;
use seawall_domain::id::AccountId;
use seawall_server::auth::COOKIE;
use seawall_server::site::{Site, router};
use seawall_services::account;
use seawall_testkit::database::Fresh;
use seawall_testkit::world::{Cast, Framework, Story, World, must};
use std::sync::Arc;
use tower::ServiceExt;

/// A body of an answer is never longer.
const ANSWER_BYTES_MAX: usize = 8 * 1024 * 1024;

/// A clearinghouse in which everybody is there.
pub struct House {
    pub world: World,
    pub cast: Cast,
    pub framework: Framework,
    pub router: Router,
}

impl House {
    pub async fn open() -> House {
        let world = World::open(Arc::new(Fresh::sqlite())).await;
        let cast = Cast::enter(&world).await;
        let framework = Framework::enter(&world).await;
        let router = router(Site { desk: world.desk.clone(), claim_check_salt: None });
        House { world, cast, framework, router }
    }

    /// The same, with projects, and releases on their shelves: what others do can be done.
    pub async fn staged() -> House {
        let world = World::open(Arc::new(Fresh::sqlite())).await;
        let cast = Story::stage(&world).await.cast;
        let framework = Framework::enter(&world).await;
        let router = router(Site { desk: world.desk.clone(), claim_check_salt: None });
        House { world, cast, framework, router }
    }

    /// A login link of an account.
    pub async fn link(&self, actor: &Actor) -> String {
        let account: AccountId = actor.account.expect("an account acts");
        must(account::invite(&self.world.desk, &Actor::administrator(), account).await)
    }

    /// The session of an account, as its cookie; empty for the public.
    pub async fn cookie(&self, actor: &Actor) -> String {
        if actor.account.is_none() {
            return String::new();
        }
        let link = self.link(actor).await;
        let session = must(account::sign_in(&self.world.desk, &link).await);
        format!("{COOKIE}={}", session.secret)
    }

    /// The whole answer: status, headers, body.
    pub async fn ask(&self, line: &str, accept: &str, cookie: &str, body: &str) -> String {
        let (method, path) = line.split_once(' ').expect("a method and a path");
        let mut request = Request::builder().method(method).uri(path);
        request = request.header(header::ACCEPT, accept).header(header::HOST, "h.invalid");
        if !cookie.is_empty() {
            request = request.header(header::COOKIE, cookie);
        }
        if !body.is_empty() {
            // A body that begins with a boundary is a form's, and anything else a document.
            let is_form = body.starts_with("--b\r\n");
            let media = ["application/json", "multipart/form-data; boundary=b"];
            request = request.header(header::CONTENT_TYPE, media[usize::from(is_form)]);
        }
        let request = request.body(Body::from(body.to_owned())).expect("the request is sound");
        let answer = self.router.clone().oneshot(request).await.expect("it answers everything");
        let (parts, body) = answer.into_parts();
        let bytes = to_bytes(body, ANSWER_BYTES_MAX).await.expect("the body is bounded");
        let text = String::from_utf8_lossy(&bytes).into_owned();
        format!("{} {:?}\n{text}", parts.status, parts.headers)
    }
}
