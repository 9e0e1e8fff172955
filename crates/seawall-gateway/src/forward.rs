//! One request: proven, admitted, read, set aside, written down, sent on, and watched.
//!
//! In this order, so that whoever may not know anything learns nothing: first the credential, then
//! the grant, the gate, the scope, the policy, the quota. The body that is sent on is written anew
//! from what was read, so that what was checked is what is sent.

use crate::body::{Answer, Sent, Watch, Watched};
use crate::credential::{Bound, Unproven};
use crate::escrow;
use crate::escrow::file::Writing;
use crate::gateway::Gateway;
use crate::policy::Question;
use crate::problem::{document, problem, refusal};
use crate::record::{Allowed, By, Ended, Event, Why};
use crate::replay;
use bytes::Bytes;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::header::{AUTHORIZATION, HeaderMap};
use hyper::http::request::Parts;
use hyper::{Request, Response, StatusCode};
use seawall_domain::engagement::grant::{Denied, Grant, Shown};
use seawall_domain::engagement::lease::Closed;
use seawall_domain::engagement::price::Price;
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
    certificate: Option<[u8; 32]>,
) -> Response<Answer> {
    match admitted(gateway, endpoint, request, certificate).await {
        Ok(response) => response,
        Err(refusal) => *refusal,
    }
}

/// Answers a request to no interface of the provider's, or by another method: refused, and written
/// down when somebody's credential is good.
pub(crate) async fn elsewhere(
    gateway: &Arc<Gateway>,
    endpoint: Option<Endpoint>,
    request: &Request<Incoming>,
    certificate: Option<[u8; 32]>,
) -> Response<Answer> {
    let (headers, uri) = (request.headers(), request.uri());
    let caller =
        Caller { headers, method: request.method().as_str(), path: uri.path(), certificate };
    if let Some(now) = gateway.now()
        && let Ok((by, _)) = bearer(gateway, &caller, now).await
    {
        let reason =
            if endpoint.is_some() { "method: another method" } else { "path: no such path" };
        gateway.refused(by, endpoint, Why { kind: "scope".into(), reason: reason.into() });
    }
    match endpoint {
        Some(_) => problem(StatusCode::METHOD_NOT_ALLOWED, "Another method", "not by this one"),
        None => problem(StatusCode::NOT_FOUND, "Nothing here", "this gateway has no such path"),
    }
}

async fn admitted(
    gateway: &Arc<Gateway>,
    endpoint: Endpoint,
    request: Request<Incoming>,
    certificate: Option<[u8; 32]>,
) -> Reply {
    if gateway.journal.is_full() {
        let detail = "more waits to be written down than can be";
        return Err(refusal(StatusCode::SERVICE_UNAVAILABLE, "Busy", detail));
    }
    let now = gateway.now().ok_or_else(|| closed(&Closed::NoClock))?;
    let (head, body) = request.into_parts();
    let (by, grant) = proven(gateway, endpoint, (&head, certificate), now).await?;
    let refuse = |why: Why| gateway.refused(by, Some(endpoint), why);
    let shut = |why: Closed| {
        let refusal = closed(&why);
        refuse(why.into());
        refusal
    };
    gateway.passes().map_err(shut)?;
    let body = whole(body).await.map_err(|(status, detail)| {
        refuse(Why { kind: "scope".into(), reason: detail.into() });
        refusal(status, "No body", detail)
    })?;
    if endpoint == Endpoint::Models {
        return told(gateway, by, (head, body));
    }
    // Asked again: a body can take its time.
    let (read, lease) = gateway.under(|scope| read((head, body), scope)).map_err(shut)?;
    let mut outgoing = read.map_err(|denial| outside(gateway, (by, endpoint), &denial))?;
    let body = Bytes::from(std::mem::take(&mut outgoing.body));
    let fault =
        || refusal(StatusCode::SERVICE_UNAVAILABLE, "Closed", "the journal cannot be written");
    let answer = gateway.hasher.clone();
    let mut asked = answer.clone();
    asked.update(&body);
    let price = gateway.settings.prices.get(&outgoing.alias).copied();
    let reserved = at_most(body.len(), outgoing.output_tokens_max, price);
    let request = gateway.random();
    let policy = allowed(gateway, by, (endpoint, &outgoing), (request, lease, now), &reserved);
    let policy = policy.await.map_err(|why| {
        let refusal = refusal(StatusCode::FORBIDDEN, "Not allowed by policy", &why.reason);
        refuse(why);
        refusal
    })?;
    let model = outgoing.alias;
    let mut escrow = escrow::begin(gateway, &by, request, &body).await.map_err(|why| {
        refuse(why);
        refusal(StatusCode::SERVICE_UNAVAILABLE, "Closed", "it cannot be kept, as was agreed")
    })?;
    let (ticket, receipt) = gateway
        .reserve((by.person, by.party), reserved, |entry| {
            let (body, escrow) = (asked.keyed(), escrow.as_deref_mut().map(Writing::tell));
            Event::Intent { request, by, endpoint, model, lease, body, policy, escrow, entry }
        })
        .map_err(|refused| {
            refuse(refused.into());
            quota(&refused)
        })?;
    let gateway = Arc::clone(gateway);
    let (status, end) = (None, None);
    let mut sent = Sent { gateway, request, ticket, reserved, price, status, answer, end, escrow };
    if let Err(error) = receipt.durable().await {
        tracing::error!(%error, "a request is not sent");
        sent.end = Some((Ended::Failed, Amount::default()));
        return Err(fault());
    }
    let watch = Watch::new(&sent.gateway, by, grant.until);
    send(sent, watch, endpoint, (&outgoing.headers, body)).await
}

/// Tells the models that callers may name.
fn told(gateway: &Gateway, by: By, request: (Parts, Bytes)) -> Reply {
    let endpoint = Endpoint::Models;
    let list = |scope: &Scope| read(request, scope).map(|_| gateway::models(scope));
    let (list, _) = gateway.under(list).map_err(|why| closed(&why))?;
    let list = list.map_err(|denial| outside(gateway, (by, endpoint), &denial))?;
    gateway.told(by, endpoint);
    let list = String::from_utf8_lossy(&list).into_owned();
    Ok(document(StatusCode::OK, "application/json", list))
}

/// Refuses what is outside the scope, and writes that down.
fn outside(gateway: &Gateway, (by, endpoint): (By, Endpoint), denial: &Denial) -> Refusal {
    gateway.refused(by, Some(endpoint), Why::from(denial));
    refusal(status(denial.code), "Outside the scope", &denial.to_string())
}

/// Asks the policy service, where there is one; nobody's word is needed where there is none.
async fn allowed(
    gateway: &Gateway,
    by: By,
    (endpoint, outgoing): (Endpoint, &Outgoing),
    (request, lease, at): (uuid::Uuid, u64, Timestamp),
    reserved: &Amount,
) -> Result<Option<Allowed>, Why> {
    let Some(policy) = &gateway.policy else { return Ok(None) };
    let question = Question {
        request,
        at,
        window: gateway.settings.window.id,
        by,
        endpoint,
        model: &outgoing.alias,
        streaming: outgoing.streaming,
        lease,
        body_bytes: reserved.tokens_in,
        output_tokens_max: outgoing.output_tokens_max,
        cost_micros_max: reserved.cost_micros,
    };
    policy.allows(&question).await.map(|()| Some(Allowed::Allowed))
}

/// Sends on what was written down, and gives the answer back as it comes.
async fn send(
    mut sent: Sent,
    mut watch: Watch,
    endpoint: Endpoint,
    (headers, body): (&[(&'static str, String)], Bytes),
) -> Reply {
    let answer = tokio::select! {
        biased;
        () = watch.ended() => {
            sent.end = Some((Ended::Cut, sent.reserved));
            return Err(closed(&sent.gateway.passes().err().unwrap_or(Closed::Ended)));
        }
        answer = sent.gateway.upstream.send(endpoint, headers, body) => answer,
    };
    let unreachable = |detail: &str| refusal(StatusCode::BAD_GATEWAY, "No answer", detail);
    let answer = match answer {
        Ok(answer) => answer,
        Err(error) => {
            tracing::warn!(%error, "the provider does not answer");
            sent.end = Some((Ended::Failed, sent.reserved));
            let detail = "the provider could not be reached, or did not answer in time";
            return Err(unreachable(detail));
        }
    };
    let status = answer.status();
    sent.status = Some(status.as_u16());
    if !gateway::status_passes(status.as_u16()) {
        sent.end = Some((Ended::Failed, Amount { requests: 1, ..Amount::default() }));
        return Err(unreachable("the provider answered in a way that is not passed on"));
    }
    let (head, inner) = answer.into_parts();
    let mut watched = Watched::new(inner, watch, sent);
    watched.look_ahead().await;
    let mut response = Response::new(Answer::Watched(Box::new(watched)));
    *response.status_mut() = status;
    pass_on(&head.headers, response.headers_mut());
    Ok(response)
}

/// A request, as far as it says who sends it.
pub(crate) struct Caller<'r> {
    pub headers: &'r HeaderMap,
    pub method: &'r str,
    pub path: &'r str,
    pub certificate: Option<[u8; 32]>,
}

/// Who sends it, when that is proven and the grant allows it.
async fn proven(
    gateway: &Gateway,
    endpoint: Endpoint,
    (head, certificate): (&Parts, Option<[u8; 32]>),
    now: Timestamp,
) -> Result<(By, Arc<Grant>), Refusal> {
    let (headers, method, path) = (&head.headers, head.method.as_str(), endpoint.path());
    let caller = Caller { headers, method, path, certificate };
    let (by, grant) = bearer(gateway, &caller, now)
        .await
        .map_err(|why| refusal(StatusCode::UNAUTHORIZED, "Not proven", &why.to_string()))?;
    let By { key, purpose, claim, .. } = by;
    let shown = Shown { window: gateway.settings.window.id, key: Some(key), purpose, claim };
    let terms = &gateway.settings.window.terms;
    match grant.admits(&shown, terms, &gateway.cut(), now) {
        Ok(()) => {
            // What is written of it comes once the body was read.
            gateway.journal.rouse();
            Ok((by, grant))
        }
        Err(why) => {
            gateway.refused(by, Some(endpoint), why.into());
            Err(denied(why))
        }
    }
}

/// Who sends it, when that is proven; what the grant allows is not asked here.
pub(crate) async fn bearer(
    gateway: &Gateway,
    caller: &Caller<'_>,
    now: Timestamp,
) -> Result<(By, Arc<Grant>), Unproven> {
    let header = |name: &str| one(caller.headers, name);
    let credential = header(AUTHORIZATION.as_str()).and_then(|text| text.split_once(' '));
    let grant = match (credential, header("dpop"), caller.certificate) {
        (Some(("DPoP", token)), Some(proof), _) => {
            let address = format!("{}{}", gateway.address, caller.path);
            let bound = Bound { method: caller.method, address: &address };
            gateway.registry.proven((token, proof), bound, now).await
        }
        (Some(("Bearer", token)), None, Some(shown)) => gateway.registry.carried(token, &shown),
        (_, _, _) => Err(Unproven::Missing),
    }?;
    let purpose = header("seawall-purpose").and_then(replay::purpose);
    let claim = header("seawall-claim").and_then(|text| text.parse().ok());
    let (person, party, key) = (grant.bearer.person(), grant.party, grant.key);
    Ok((By { person, party, key, purpose, claim }, grant))
}

/// The whole body, or why there is none.
async fn whole(body: Incoming) -> Result<Bytes, (StatusCode, &'static str)> {
    let body = Limited::new(body, gateway::BODY_BYTES_MAX).collect();
    match tokio::time::timeout(BODY_TIME_MAX, body).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(_)) => Err((StatusCode::PAYLOAD_TOO_LARGE, "the body broke off, or is too long")),
        Err(_) => Err((StatusCode::REQUEST_TIMEOUT, "the body did not come in time")),
    }
}

/// Holds all of the request against the scope.
fn read((head, body): (Parts, Bytes), scope: &Scope) -> Result<Outgoing, Denial> {
    // A header that is no text is no header that means anything to a provider.
    let headers: Vec<(&str, &str)> = head
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.to_str().unwrap_or("\u{fffd}")))
        .collect();
    let target = head.uri.path_and_query().map_or("", |target| target.as_str());
    let method = head.method.as_str();
    gateway::admit(&gateway::Incoming { method, target, headers: &headers, body: &body }, scope)
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
fn at_most(body_bytes: usize, tokens_out: u64, price: Option<Price>) -> Amount {
    let tokens_in = body_bytes as u64;
    let cost_micros = price.map_or(0, |price| price.cost_max(tokens_in, tokens_out));
    Amount { requests: 1, tokens_in, tokens_out, cost_micros }
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
