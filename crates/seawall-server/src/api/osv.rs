//! The query interface of OSV, version 1, byte-compatible: what speaks of a package in a version,
//! and a record by its id. Anybody may ask.
//!
//! Documents go out as they are stored. Errors are the interface's own (a gRPC status as JSON) and
//! no problem documents; an empty result is `{}`.

mod answer;
mod asked;

use self::answer::{Error, batch, page};
use self::asked::{Batch, read_batch, read_query};
use crate::extract::{Name, Whole};
use crate::refuse::Refused;
use crate::site::Site;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use seawall_services::osv::{self, Named};
use serde::Serialize;
use utoipa::ToSchema;

/// The largest query, in bytes.
const QUERY_BYTES_MAX: usize = 64 * 1024;
/// The largest batch, in bytes: a thousand queries by package URL stay far below.
const BATCH_BYTES_MAX: usize = 8 * 1024 * 1024;
/// The longest id, in bytes.
const ID_BYTES_MAX: usize = 100;

/// Why a request failed: a gRPC status.
#[derive(Serialize, ToSchema)]
#[schema(as = RpcStatus)]
pub struct Status {
    /// gRPC's number of the kind of error: 3 bad, 5 not found, 13 internal, 14 not now.
    code: u8,
    /// What was wrong.
    message: String,
}

/// The records that speak of a package in a version, or of a commit.
#[utoipa::path(post, path = "/v1/query", tag = "osv",
    request_body(content((Object = "application/json"))),
    responses((status = 200, description = "OSV records under `vulns`; nothing found is `{}`"),
              (status = 400, body = Status), (status = 413, body = Status),
              (status = 415, body = Status), (status = 503, body = Status)))]
pub async fn query(
    State(site): State<Site>,
    body: Result<Whole<QUERY_BYTES_MAX>, Refused>,
) -> Result<Response, Error> {
    let asked = read_query(&body?.0)?;
    let answer = site.desk.advisories.ask(|holding| {
        let after = asked.after.as_deref();
        page(&osv::query(holding, &asked.question, after)?)
    });
    Ok(json(answer?))
}

/// The same for up to a thousand queries at once, by id and time of change only.
#[utoipa::path(post, path = "/v1/querybatch", tag = "osv",
    request_body(content((Object = "application/json"))),
    responses((status = 200, description = "one result a query, in the same order"),
              (status = 400, body = Status), (status = 413, body = Status),
              (status = 415, body = Status), (status = 503, body = Status)))]
pub async fn query_batch(
    State(site): State<Site>,
    body: Result<Whole<BATCH_BYTES_MAX>, Refused>,
) -> Result<Response, Error> {
    let body = body?.0;
    // A thousand searches are too long for a thread that others wait for.
    let done = tokio::task::spawn_blocking(move || {
        let Batch(queries) = read_batch(&body)?;
        Ok::<_, Error>(site.desk.advisories.ask(|holding| batch(holding, &queries))?)
    });
    Ok(json(done.await.map_err(|_| Error::internal())??))
}

/// A record by its id, withdrawn or not.
#[utoipa::path(get, path = "/v1/vulns/{id}", tag = "osv", params(("id" = String, Path)),
    responses((status = 200, description = "an OSV record"), (status = 400, body = Status),
              (status = 404, body = Status), (status = 503, body = Status)))]
pub async fn vulnerability(
    State(site): State<Site>,
    id: Result<Name, Refused>,
) -> Result<Response, Error> {
    let Ok(Name(id)) = id else { return Err(Error::not_found(&[])) };
    if id.len() > ID_BYTES_MAX {
        return Err(Error::bad("ID is too long"));
    }
    let answer = site.desk.advisories.ask(|holding| {
        Ok(match osv::named(holding, &id)? {
            Named::Record(found) => Ok(found.document()?.into_owned()),
            Named::Aliased(aliases) => Err(Error::not_found(&aliases)),
            Named::Nothing => Err(Error::not_found(&[])),
        })
    });
    Ok(json(answer??))
}

fn json(body: Vec<u8>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], body).into_response()
}
