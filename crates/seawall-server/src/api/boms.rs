//! Inventories from build pipelines, by the interface of Dependency-Track, so that the plug-ins
//! that projects have already send to us: `X-Api-Key`, both verbs, and the calls made around them.
//!
//! A project's version is one of the operator's systems. A document is taken in before it is
//! answered for, so nothing is ever in progress. Errors are the interface's own.

mod refused;
mod sent;

use self::refused::Error;
use self::sent::{Bom, Project, of_json, of_parts};
use crate::auth::Known;
use crate::extract::{Asked, Name, Whole, refuse_encoded};
use crate::site::{BODY_BYTES_MAX, Site};
use axum::Json;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::HeaderName;
use axum::response::IntoResponse;
use seawall_domain::inventory::Inventory;
use seawall_services::inventory::{self, Creation, System};
use serde::{Deserialize, Serialize};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The version whose interface this is: clients choose by it what they send.
const VERSION: &str = "4.14.3";
/// What every answer says of it; the plug-in for Jenkins reads it.
const POWERED_BY: &str = "Dependency-Track v4.14.3";
/// How many projects one page has, when the request does not say fewer.
const PAGE_LEN_MAX: usize = 500;

/// The routes, each with its part of the OpenAPI document.
pub fn router() -> OpenApiRouter<Site> {
    let name = HeaderName::from_static("x-powered-by");
    let value = axum::http::HeaderValue::from_static(POWERED_BY);
    OpenApiRouter::new()
        .routes(routes!(put, post))
        .routes(routes!(event))
        .routes(routes!(progress))
        .routes(routes!(version))
        .routes(routes!(lookup))
        .routes(routes!(projects))
        .layer(SetResponseHeaderLayer::overriding(name, value))
}

/// That a document was taken in.
#[derive(Serialize, ToSchema)]
#[schema(as = BomReceipt)]
pub struct Receipt {
    /// The upload.
    token: String,
    /// The project's version.
    #[serde(rename = "projectUuid")]
    project_uuid: String,
}

/// Takes a document in: JSON with the document in base64.
#[utoipa::path(put, path = "/api/v1/bom", tag = "boms",
    request_body(content((Object = "application/json"))),
    responses((status = 200, body = Receipt), (status = 401),
              (status = 404, description = "no such project, and none is to be made")))]
async fn put(
    State(site): State<Site>,
    known: Known,
    Whole(body): Whole<BODY_BYTES_MAX>,
) -> Result<Json<Receipt>, Error> {
    take(&site, &known, of_json(&body)?).await
}

/// Takes a document in: a form with the document in the part `bom`.
#[utoipa::path(post, path = "/api/v1/bom", tag = "boms",
    request_body(content((String = "multipart/form-data"))),
    responses((status = 200, body = Receipt), (status = 401),
              (status = 404, description = "no such project, and none is to be made")))]
async fn post(
    State(site): State<Site>,
    known: Known,
    request: Request,
) -> Result<Json<Receipt>, Error> {
    refuse_encoded(request.headers())?;
    let parts = Multipart::from_request(request, &site).await;
    let parts =
        parts.map_err(|rejection| Error::text(rejection.status(), rejection.body_text()))?;
    let bom = of_parts(parts).await?;
    take(&site, &known, bom).await
}

async fn take(site: &Site, known: &Known, bom: Bom) -> Result<Json<Receipt>, Error> {
    let system = match &bom.project {
        Project::Id(id) => System::Id(*id),
        Project::Named { name, version } => System::Label(inventory::label(name, version)),
    };
    let creation = if bom.auto_create { Creation::Allowed } else { Creation::KnownOnly };
    let (desk, actor) = (&site.desk, &known.0.actor);
    let taken = inventory::receive_for(desk, actor, system, creation, None, &bom.document).await;
    let inventory = taken?.ok_or_else(Error::no_project)?;
    Ok(Json(Receipt {
        token: site.desk.uuid().to_string(),
        project_uuid: inventory::system_id(&inventory).to_string(),
    }))
}

/// Whether an upload is still worked on.
#[derive(Serialize, ToSchema)]
#[schema(as = BomProgress)]
pub struct Progress {
    /// It never is; nor is what is not known.
    processing: bool,
}

/// Whether an upload is still worked on.
#[utoipa::path(get, path = "/api/v1/event/token/{uuid}", tag = "boms",
    params(("uuid" = String, Path)), responses((status = 200, body = Progress), (status = 401)))]
async fn event(_: Known, _: Name) -> Json<Progress> {
    Json(Progress { processing: false })
}

/// The same at its older place.
#[utoipa::path(get, path = "/api/v1/bom/token/{uuid}", tag = "boms",
    params(("uuid" = String, Path)), responses((status = 200, body = Progress), (status = 401)))]
async fn progress(_: Known, _: Name) -> Json<Progress> {
    Json(Progress { processing: false })
}

/// What answers here.
#[derive(Serialize, ToSchema)]
#[schema(as = BomVersion)]
pub struct About {
    /// Whose interface it is.
    application: &'static str,
    /// Its version.
    version: &'static str,
    /// What speaks it.
    framework: Framework,
}

/// What speaks the interface.
#[derive(Serialize, ToSchema)]
#[schema(as = BomFramework)]
pub struct Framework {
    /// Its name.
    name: &'static str,
    /// Its version.
    version: &'static str,
}

/// Which version of the interface this is, and what speaks it.
#[utoipa::path(get, path = "/api/version", tag = "boms",
    responses((status = 200, body = About)))]
async fn version() -> Json<About> {
    let framework = Framework { name: "Seawall", version: env!("CARGO_PKG_VERSION") };
    Json(About { application: "Dependency-Track", version: VERSION, framework })
}

/// A project's version.
#[derive(Serialize, ToSchema)]
#[schema(as = BomProject)]
pub struct Shown {
    /// Its id.
    uuid: String,
    /// Its name.
    name: String,
    /// Its version, where it has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    /// It always is.
    active: bool,
    /// When its latest document came, in milliseconds of the Unix epoch.
    #[serde(rename = "lastBomImport")]
    last_bom_import: i64,
    /// The shape of that document.
    #[serde(rename = "lastBomImportFormat")]
    last_bom_import_format: String,
}

fn shown(inventory: &Inventory) -> Shown {
    let (name, version) = inventory::name_and_version(&inventory.label);
    Shown {
        uuid: inventory::system_id(inventory).to_string(),
        name: name.to_owned(),
        version: version.map(str::to_owned),
        active: true,
        last_bom_import: inventory.received_at.as_millisecond(),
        last_bom_import_format: inventory.shape.clone(),
    }
}

/// Which project's version is meant.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct LookupQuery {
    /// The project's name.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
}

/// One's own project by name and version.
#[utoipa::path(get, path = "/api/v1/project/lookup", tag = "boms", params(LookupQuery),
    responses((status = 200, body = Shown), (status = 401),
              (status = 404, description = "no such project")))]
async fn lookup(
    State(site): State<Site>,
    known: Known,
    Asked(query): Asked<LookupQuery>,
) -> Result<Json<Shown>, Error> {
    let label = inventory::label(&query.name, query.version.as_deref().unwrap_or_default());
    let own = inventory::list(&site.desk, &known.0.actor).await?;
    let found = own.iter().find(|inventory| inventory.label == label);
    found.map(|found| Json(shown(found))).ok_or_else(Error::no_project)
}

/// Which page of projects is meant; anything else that clients send is passed over.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many projects a page has.
    pub limit: Option<usize>,
    /// Which page, from 1.
    pub page: Option<usize>,
}

/// One's own projects, page by page.
#[utoipa::path(get, path = "/api/v1/project", tag = "boms", params(PageQuery),
    responses((status = 200, body = Vec<Shown>), (status = 401)))]
async fn projects(
    State(site): State<Site>,
    known: Known,
    Asked(query): Asked<PageQuery>,
) -> Result<impl IntoResponse, Error> {
    let own = inventory::list(&site.desk, &known.0.actor).await?;
    let limit = query.limit.unwrap_or(PAGE_LEN_MAX).clamp(1, PAGE_LEN_MAX);
    let before = query.page.unwrap_or(1).saturating_sub(1).saturating_mul(limit);
    let page: Vec<Shown> = own.iter().skip(before).take(limit).map(shown).collect();
    Ok(([("x-total-count", own.len().to_string())], Json(page)))
}
