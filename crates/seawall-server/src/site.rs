//! What every handler works with, and the router of all of them.

use crate::{api, dumps, public, web};
use axum::Router;
use axum::extract::DefaultBodyLimit;
use seawall_services::desk::Desk;
use std::sync::Arc;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::set_header::SetResponseHeaderLayer;

/// The largest request body of any interface, in bytes (an inventory; reports have their own).
pub const BODY_BYTES_MAX: usize = 32 * 1024 * 1024;

/// What every handler works with.
#[derive(Clone)]
pub struct Site {
    /// The use-cases' desk.
    pub desk: Desk,
    /// The salt of the claim-check, when this installation federates; without one the endpoint
    /// looks as if it did not exist.
    pub claim_check_salt: Option<Arc<str>>,
}

/// Every route: `/v1/…`, the interfaces of others, the public folder and the pages.
pub fn router(site: Site) -> Router {
    let (api, document) = api::router().split_for_parts();
    let document = api::document(&document);
    Router::new()
        .merge(api)
        .merge(public::router())
        .merge(dumps::router())
        .merge(web::router())
        .route("/v1/openapi.json", axum::routing::get(move || api::show_document(document.clone())))
        .method_not_allowed_fallback(crate::refuse::wrong_method)
        .fallback(crate::refuse::nothing_here)
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
        .layer(CatchPanicLayer::custom(crate::refuse::panicked))
        .layer(axum::middleware::from_fn_with_state(site.clone(), web::problem::for_people))
        .layer(header("x-content-type-options", "nosniff"))
        // Not `no-referrer`: with that, browsers send our own forms with `Origin: null`.
        .layer(header("referrer-policy", "same-origin"))
        .layer(header("x-frame-options", "DENY"))
        .layer(header("content-security-policy", POLICY))
        .with_state(site)
}

/// Nothing from elsewhere, no script but our own files, no framing, forms only to us.
const POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'; \
    script-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

fn header(
    name: &'static str,
    value: &'static str,
) -> SetResponseHeaderLayer<axum::http::HeaderValue> {
    let name = axum::http::HeaderName::from_static(name);
    SetResponseHeaderLayer::if_not_present(name, axum::http::HeaderValue::from_static(value))
}
