//! Reports in: the TAP Intake API, byte-compatible, and other shapes by a path of our own.

use crate::auth::Known;
use crate::extract::{Asked, Name, read, refuse_encoded};
use crate::refuse::Refused;
use crate::site::Site;
use axum::Json;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use seawall_formats::fault::FormatFault;
use seawall_formats::intake::tap::{self, answer};
use seawall_formats::intake::{Intake, REPORT_BYTES_MAX, Shape, mail, sarif, scrutineer, sniff};
use seawall_services::finding::{self, TapStatus};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Takes in one report (Akrites TAP Intake API, sections 1 to 8).
#[utoipa::path(post, path = "/v1/reports", tag = "reports",
    request_body(content((Object = "application/json"), (String = "multipart/mixed"))),
    responses((status = 202, description = "taken in; the body holds the receipt"),
              (status = 400, description = "malformed or invalid"), (status = 401),
              (status = 413, description = "too large"), (status = 415)))]
pub async fn submit(
    State(site): State<Site>,
    headers: HeaderMap,
    known: Known,
    body: Body,
) -> Result<Response, Refused> {
    let content_type = content_type(&headers);
    tap::media(content_type)?;
    refuse_encoded(&headers)?;
    let body = read(body, REPORT_BYTES_MAX).await?;
    let report = tap::read(content_type, &body)?;
    let shape = Shape::Tap.name();
    let receipt = finding::submit(&site.desk, &known.0.actor, shape, &body, report.intake).await?;
    let text = answer::accepted(&receipt, &report.warnings);
    let head = [
        (header::CONTENT_TYPE, "application/json".to_owned()),
        (header::LINK, answer::link(&receipt)),
    ];
    Ok((StatusCode::ACCEPTED, head, text).into_response())
}

fn content_type(headers: &HeaderMap) -> &str {
    headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

/// The status of a report; the receipt is the capability (section 9).
#[utoipa::path(get, path = "/v1/submissions/{receipt}", tag = "reports",
    params(("receipt" = String, Path)), responses((status = 200), (status = 404)))]
pub async fn status(State(site): State<Site>, Name(receipt): Name) -> Result<Response, Refused> {
    let (status, at) = finding::status(&site.desk, &receipt).await?;
    let word = match status {
        TapStatus::Queued => answer::Status::Queued,
        TapStatus::Processing => answer::Status::Processing,
        TapStatus::Done => answer::Status::Done,
    };
    let text = answer::status(&receipt, word, &at.to_string());
    Ok(([(header::CONTENT_TYPE, "application/json")], text).into_response())
}

/// Which shape an imported report has.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ImportQuery {
    /// `sarif`, `scrutineer` or `mail`; told from the bytes when it is not given.
    pub format: Option<String>,
}

/// The receipts of what was imported, one a finding.
#[derive(Serialize, ToSchema)]
pub struct Imported {
    /// The shape that was read.
    pub format: String,
    /// One receipt a finding, in the order of the document.
    pub receipts: Vec<String>,
}

/// Takes in a report in another shape: SARIF 2.1.0, scrutineer JSON, or a plain-text mail.
#[utoipa::path(post, path = "/v1/reports:import", tag = "reports",
    request_body(content((Object = "application/json"), (String = "message/rfc822"))),
    params(ImportQuery), responses((status = 202, body = Imported), (status = 401),
    (status = 413), (status = 422, description = "cannot be read; says what and where")))]
pub async fn import(
    State(site): State<Site>,
    known: Known,
    Asked(query): Asked<ImportQuery>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<Imported>), Refused> {
    refuse_encoded(&headers)?;
    let body = read(body, REPORT_BYTES_MAX).await?;
    let shape = shape(query.format.as_deref(), content_type(&headers), &body)?;
    let intakes = intakes(shape, &body).map_err(unreadable)?;
    let mut receipts = Vec::new();
    for intake in intakes {
        let actor = &known.0.actor;
        receipts.push(finding::submit(&site.desk, actor, shape.name(), &body, intake).await?);
    }
    Ok((StatusCode::ACCEPTED, Json(Imported { format: shape.name().to_owned(), receipts })))
}

fn shape(named: Option<&str>, content_type: &str, body: &[u8]) -> Result<Shape, Refused> {
    let found = match named {
        Some("sarif") => Some(Shape::Sarif),
        Some("scrutineer") => Some(Shape::Scrutineer),
        Some("mail") => Some(Shape::Mail),
        Some(_) => None,
        None => sniff(content_type, body),
    };
    found.filter(|shape| *shape != Shape::Tap).ok_or_else(|| {
        let said = "name the format: `sarif`, `scrutineer` or `mail`";
        Refused::new(StatusCode::UNPROCESSABLE_ENTITY, said)
    })
}

fn intakes(shape: Shape, body: &[u8]) -> Result<Vec<Intake>, FormatFault> {
    match shape {
        Shape::Sarif => sarif::read(body),
        Shape::Scrutineer => scrutineer::read(body),
        Shape::Mail => mail::read(body).map(|intake| vec![intake]),
        Shape::Tap => Ok(Vec::new()),
    }
}

fn unreadable(fault: FormatFault) -> Refused {
    Refused::new(StatusCode::UNPROCESSABLE_ENTITY, fault.to_string())
}
