//! One request: proven, admitted, read, set aside, written down, sent on, and watched.
//!
//! In this order, so that whoever may not know anything learns nothing: first the credential, then
//! the grant, the gate, the scope, the quota. The body that is sent on is written anew from what
//! was read, so that what was checked is what is sent.

use crate::body::{Answer, Sent, Watch, Watched};
use crate::credential::Bound;
use crate::gateway::Gateway;
use crate::problem::{document, refusal};
use crate::record::{By, Ended, Event, Why};
use crate::replay;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, HeaderMap, HeaderValue};
use hyper::{Request, Response, StatusCode};
use seawall_domain::engagement::grant::{Denied, Grant, Shown};
use seawall_domain::engagement::lease::Closed;
use seawall_domain::engagement::quota::{Amount, Refused};
use seawall_domain::engagement::scope::{Endpoint, Scope};
use seawall_domain::time::Timestamp;
use seawall_formats::gateway::{self, Code, Denial, Outgoing};
use std::sync::Arc;
use std::time::Duration;

/// How long a body may take to come.
const BODY_TIME_MAX: Duration = Duration::from_secs(60);

type Refusal = Box<Response<Answer>>;
type Reply = Result<Response<Answer>, Refusal>;

/// Answers a request to one of the provider's interfaces.
pub(crate) async fn forward(
    gateway: &Arc<Gateway>,
    endpoint: Endpoint,
    request: Request<Incoming>,
) -> Response<Answer> {
    match admitted(gateway, endpoint, request).await {
        Ok(response) => response,
        Err(refusal) => *refusal,
    }
}

async fn admitted(gateway: &Arc<Gateway>, endpoint: Endpoint, request: Request<Incoming>) -> Reply {
    let now = gateway.now().ok_or_else(|| closed(&Closed::NoClock))?;
    let (by, grant) = proven(gateway, endpoint, &request, now)?;
    let refuse = |why: Why| gateway.refused(by, endpoint, why);
    let passage = gateway.passage().map_err(|why| {
        refuse(why.into());
        closed(&why)
    })?;
    let outgoing = read(request, &passage.scope).await?.map_err(|denial| {
        refuse(Why::from(&denial));
        refusal(status(denial.code), "Outside the scope", &denial.to_string())
    })?;
    if endpoint == Endpoint::Models {
        let list = String::from_utf8_lossy(&gateway::models(&passage.scope)).into_owned();
        return Ok(document(StatusCode::OK, "application/json", list));
    }
    let reserved = at_most(&outgoing);
    let (ticket, entry) = gateway.reserve((by.person, by.party), reserved).map_err(|refused| {
        refuse(refused.into());
        quota(&refused)
    })?;
    let request = gateway.random();
    let sent = Sent { gateway: Arc::clone(gateway), request, ticket, reserved, status: 0 };
    let intent = Intent { endpoint, by, lease: passage.lease, model: outgoing.alias, entry };
    send(intent, sent, (outgoing.headers, Bytes::from(outgoing.body)), grant.until).await
}

/// What is about to be sent on.
struct Intent {
    endpoint: Endpoint,
    by: By,
    lease: u64,
    model: String,
    entry: seawall_domain::engagement::quota::Entry,
}

async fn send(
    intent: Intent,
    mut sent: Sent,
    (headers, body): (Vec<(&'static str, String)>, Bytes),
    until: Timestamp,
) -> Reply {
    let gateway = Arc::clone(&sent.gateway);
    let fault =
        || refusal(StatusCode::SERVICE_UNAVAILABLE, "Closed", "the journal cannot be written");
    let mut hasher = gateway.hasher().ok_or_else(fault)?;
    let empty = hasher.clone();
    hasher.update(&body);
    let Intent { endpoint, by, lease, model, entry } = intent;
    let (request, keyed) = (sent.request, hasher.keyed());
    let event = Event::Intent { request, by, endpoint, model, lease, body: keyed, entry };
    let durable = match gateway.journal.write(event).await {
        Ok(receipt) => receipt.durable().await,
        Err(fault) => Err(fault),
    };
    if let Err(error) = durable {
        tracing::error!(%error, "a request is not sent");
        sent.settle(Ended::Failed, Amount::default(), &empty);
        return Err(fault());
    }
    let mut watch = Watch::new(&gateway, by, until);
    let answer = tokio::select! {
        biased;
        () = watch.ended() => {
            sent.settle(Ended::Cut, sent.reserved, &empty);
            return Err(closed(&gateway.passage().err().unwrap_or(Closed::Ended)));
        }
        answer = gateway.upstream.send(endpoint, &headers, body) => answer,
    };
    let unreachable = |detail: &str| refusal(StatusCode::BAD_GATEWAY, "No answer", detail);
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            tracing::warn!(%error, "the provider does not answer");
            sent.settle(Ended::Failed, sent.reserved, &empty);
            return Err(unreachable(
                "the provider could not be reached, or did not answer in time",
            ));
        }
    };
    sent.status = answer.status().as_u16();
    if !gateway::status_passes(sent.status) {
        sent.settle(Ended::Failed, Amount { requests: 1, ..Amount::default() }, &empty);
        return Err(unreachable("the provider answered in a way that is not passed on"));
    }
    let (head, inner) = answer.into_parts();
    let mut response =
        Response::new(Answer::Watched(Box::new(Watched::new(inner, watch, empty, sent))));
    *response.status_mut() = head.status;
    pass_on(&head.headers, response.headers_mut());
    Ok(response)
}

/// Who sends it, when that is proven and the grant allows it.
fn proven(
    gateway: &Gateway,
    endpoint: Endpoint,
    request: &Request<Incoming>,
    now: Timestamp,
) -> Result<(By, Arc<Grant>), Refusal> {
    let unproven = |detail: &str| refusal(StatusCode::UNAUTHORIZED, "Not proven", detail);
    let header = |name: &str| one(request.headers(), name);
    let token = header(AUTHORIZATION.as_str()).and_then(|text| text.strip_prefix("DPoP "));
    let (Some(token), Some(proof)) = (token, header("dpop")) else {
        return Err(unproven(&crate::credential::Unproven::Missing.to_string()));
    };
    let address = format!("{}{}", gateway.address, endpoint.path());
    let bound = Bound { method: request.method().as_str(), address: &address };
    let grant = gateway.registry.proven((token, proof), bound, now);
    let grant = grant.map_err(|why| unproven(&why.to_string()))?;
    let purpose = header("seawall-purpose").and_then(replay::purpose);
    let claim = header("seawall-claim").and_then(|text| text.parse().ok());
    let (person, party, key) = (grant.bearer.person(), grant.party, grant.key);
    let by = By { person, party, key, purpose, claim };
    let shown = Shown { window: gateway.settings.window.id, key: Some(key), purpose, claim };
    let terms = &gateway.settings.window.terms;
    match grant.admits(&shown, terms, &gateway.cut(), now) {
        Ok(()) => Ok((by, grant)),
        Err(why) => {
            gateway.refused(by, endpoint, why.into());
            Err(denied(why))
        }
    }
}

/// Reads the body and holds all of the request against the scope.
async fn read(
    request: Request<Incoming>,
    scope: &Scope,
) -> Result<Result<Outgoing, Denial>, Refusal> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, gateway::BODY_BYTES_MAX).collect();
    let body = match tokio::time::timeout(BODY_TIME_MAX, body).await {
        Ok(Ok(body)) => body.to_bytes(),
        Ok(Err(_)) => {
            let detail = "the body broke off, or is too long";
            return Err(refusal(StatusCode::PAYLOAD_TOO_LARGE, "No body", detail));
        }
        Err(_) => {
            let detail = "the body did not come in time";
            return Err(refusal(StatusCode::REQUEST_TIMEOUT, "No body", detail));
        }
    };
    // A header that is no text is no header that means anything to a provider.
    let text = |value: &'_ HeaderValue| value.to_str().unwrap_or("\u{fffd}").to_owned();
    let headers: Vec<(&str, String)> =
        head.headers.iter().map(|(name, value)| (name.as_str(), text(value))).collect();
    let headers: Vec<(&str, &str)> =
        headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let target = head.uri.path_and_query().map_or("", |target| target.as_str());
    let method = head.method.as_str();
    Ok(gateway::admit(&gateway::Incoming { method, target, headers: &headers, body: &body }, scope))
}

fn status(code: Code) -> StatusCode {
    match code {
        Code::Endpoint | Code::Model | Code::Tools | Code::Streaming => StatusCode::FORBIDDEN,
        Code::Path => StatusCode::NOT_FOUND,
        Code::Method => StatusCode::METHOD_NOT_ALLOWED,
        Code::Header | Code::Body | Code::Field | Code::Value => StatusCode::BAD_REQUEST,
    }
}

/// What a request could use at most: no token is shorter than a byte.
fn at_most(outgoing: &Outgoing) -> Amount {
    Amount {
        requests: 1,
        tokens_in: outgoing.body.len() as u64,
        tokens_out: outgoing.output_tokens_max,
        cost_micros: 0,
    }
}

/// A header that is there once; twice is not at all.
fn one<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let first = values.next()?;
    if values.next().is_some() {
        return None;
    }
    first.to_str().ok()
}

/// The headers of the provider that callers get.
fn pass_on(from: &HeaderMap, to: &mut HeaderMap) {
    for (name, value) in from.iter().filter(|(name, _)| gateway::passes_back(name.as_str())) {
        to.insert(name.clone(), value.clone());
    }
}

fn closed(why: &Closed) -> Refusal {
    refusal(StatusCode::SERVICE_UNAVAILABLE, "Closed", &why.to_string())
}

fn denied(why: Denied) -> Refusal {
    refusal(StatusCode::FORBIDDEN, "Not granted", &why.to_string())
}

fn quota(refused: &Refused) -> Refusal {
    refusal(StatusCode::TOO_MANY_REQUESTS, "No quota left", &refused.to_string())
}
