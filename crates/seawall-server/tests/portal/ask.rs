//! Asking the router without a network: pages opened and forms sent as a browser would.

use crate::stage::Stage;
use axum::body::{Body, to_bytes};
use axum::http::{Request, Response, header};
use seawall_domain::access::Actor;
use seawall_domain::id::FindingId;
use seawall_server::auth::COOKIE;
use seawall_services::account;
use seawall_testkit::world::must;
use tower::ServiceExt;

/// A body of an answer is never longer.
const ANSWER_BYTES_MAX: usize = 4 * 1024 * 1024;

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
    /// The session of an account, as its cookie.
    pub async fn cookie(&self, actor: &Actor) -> String {
        let link = self.link(actor).await;
        let session = must(account::sign_in(&self.world.desk, &link).await);
        format!("{COOKIE}={}", session.secret)
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
