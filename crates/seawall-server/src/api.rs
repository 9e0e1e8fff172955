//! The interfaces for machines, under `/v1/` and where other bodies' contracts put them.
//!
//! A wire type lives beside its handler and is never a domain type.

mod advisories;
pub(crate) mod basis;
mod boms;
mod cases;
mod claims;
mod document;
pub(crate) mod engagements;
pub(crate) mod evaluations;
mod exposures;
mod findings;
mod framework;
mod inventories;
mod osv;
pub(crate) mod partners;
mod reports;
mod scans;
mod statements;
mod work;

use crate::site::Site;
use axum::http::header;
use axum::response::IntoResponse;
use std::sync::Arc;
use utoipa::OpenApi;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

#[derive(OpenApi)]
#[openapi(info(
    title = "Seawall",
    description = "The AI-cybersecurity clearinghouse: reports in; reproduced findings, \
                   coordinated cases, signed advisories and what to fix today out."
))]
struct Document;

/// Every route for machines, each with its part of the OpenAPI document.
pub fn router() -> OpenApiRouter<Site> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(reports::submit))
        .routes(routes!(reports::status))
        .routes(routes!(reports::import))
        .routes(routes!(scans::claim, scans::list))
        .routes(routes!(scans::end))
        .routes(routes!(claims::check))
        .routes(routes!(findings::list))
        .routes(routes!(findings::show))
        .routes(routes!(work::show))
        .routes(routes!(cases::list))
        .routes(routes!(cases::show))
        .routes(routes!(cases::invite))
        .routes(routes!(cases::state_range))
        .routes(routes!(advisories::list))
        .routes(routes!(advisories::show))
        .routes(routes!(inventories::receive, inventories::list))
        .routes(routes!(statements::receive))
        .routes(routes!(exposures::list))
        .routes(routes!(exposures::today))
        .routes(routes!(exposures::due))
        .routes(routes!(osv::query))
        .routes(routes!(osv::query_batch))
        .routes(routes!(osv::vulnerability))
        .merge(boms::router())
        .merge(framework())
}

/// The routes of the framework for models.
fn framework() -> OpenApiRouter<Site> {
    OpenApiRouter::new()
        .routes(routes!(framework::counts))
        .routes(routes!(basis::rubric, basis::publish_rubric))
        .routes(routes!(basis::waiting))
        .routes(routes!(basis::days_off, basis::name_days_off))
        .routes(routes!(basis::operators, basis::bring_operators))
        .routes(routes!(basis::reach))
        .routes(routes!(basis::concentration))
        .routes(routes!(engagements::list, engagements::open))
        .routes(routes!(engagements::show))
        .routes(routes!(engagements::step))
        .routes(routes!(engagements::withdraw))
        .routes(routes!(engagements::letters))
        .routes(routes!(engagements::certificates))
        .routes(routes!(engagements::documents))
        .routes(routes!(engagements::gateway::stops))
        .routes(routes!(engagements::gateway::setup))
        .routes(routes!(engagements::seat::windows))
        .routes(routes!(engagements::seat::give, engagements::seat::issued))
        .routes(routes!(engagements::count::counts, engagements::count::bring_count))
        .routes(routes!(engagements::destruction::gateways))
        .routes(routes!(engagements::destruction::bring))
        .routes(routes!(engagements::destruction::bring_checkpoint))
        .routes(routes!(engagements::destruction::for_partner))
        .routes(routes!(engagements::hold))
        .routes(routes!(engagements::record, engagements::receive_record))
        .routes(routes!(engagements::cross, engagements::receive_crossing))
        .routes(routes!(evaluations::list, evaluations::open))
        .routes(routes!(evaluations::show))
        .routes(routes!(evaluations::commit))
        .routes(routes!(evaluations::step))
        .routes(routes!(evaluations::commitment))
        .routes(routes!(evaluations::book, evaluations::issue))
        .routes(routes!(evaluations::reveal))
        .routes(routes!(evaluations::share))
        .routes(routes!(partners::list, partners::apply))
        .routes(routes!(partners::show))
        .routes(routes!(partners::evidence))
        .routes(routes!(partners::step))
        .routes(routes!(partners::token::windows))
        .routes(routes!(partners::token::give, partners::token::issued))
        .routes(routes!(partners::ties, partners::declare))
        .routes(routes!(partners::end_tie))
}

/// The word by which something is written, where it has one.
pub(crate) fn word(of: &impl serde::Serialize) -> String {
    let value = serde_json::to_value(of).unwrap_or_default();
    value.as_str().unwrap_or_default().to_owned()
}

/// The OpenAPI 3.1 document, generated from the routes themselves.
pub fn document(routes: &utoipa::openapi::OpenApi) -> Arc<str> {
    let generated = serde_json::to_value(routes).unwrap_or_default();
    format!("{:#}", document::complete(generated)).into()
}

/// Shows the document.
pub async fn show_document(text: Arc<str>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], text.to_string())
}
