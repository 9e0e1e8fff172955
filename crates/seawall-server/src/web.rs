//! The pages, live: each handler asks a service and shapes the answer into a page's struct.
//!
//! Who asks is decided by the session of a login link; what may be seen is decided by services.
//! Everything sent by a form carries the session's token (`sent`). Not for machines: those have
//! `/v1/`, and what a page refuses is told to people on a page (`problem`).

use crate::site::Site;
use axum::Router;
use axum::routing::{get, post};

mod account;
mod advisory;
pub(crate) mod asset;
mod case;
mod draft;
mod engagement;
mod evaluation;
mod exposure;
mod finding;
mod flaws;
mod framework;
pub(crate) mod guest;
mod home;
mod log;
mod matter;
mod partner;
pub mod problem;
mod reach;
mod scan;
mod sent;
mod words;
mod work;

/// The routes of every page, of what its forms send, and of the files it needs.
pub fn router() -> Router<Site> {
    Router::new()
        .route("/", get(home::home))
        .route("/developers", get(home::developers))
        .route("/login", get(account::how))
        .route("/login/{link}", get(account::ask).post(account::sign_in))
        .route("/logout", post(account::sign_out))
        .route("/queue", get(finding::queue))
        .route("/findings/{id}", get(finding::show))
        .route("/findings/{id}/unjoin", post(finding::unjoin))
        .route("/findings/{id}/try-again", post(work::try_finding_again))
        .route("/laboratory", get(work::show))
        .route("/laboratory/{id}/try-again", post(work::try_again))
        .route("/cases", get(case::list))
        .route("/cases/{id}", get(case::show))
        .route("/cases/{id}/release-bundle", post(case::release_bundle))
        .route("/cases/{id}/keep-private", post(case::keep_private))
        .route("/drafts/{id}", get(draft::show))
        .route("/drafts/{id}/sign", post(draft::sign))
        .route("/scans", get(scan::list))
        .route("/today", get(exposure::today))
        .route("/today/exposure", get(exposure::interview))
        .route("/due", get(exposure::due))
        .route("/inventory", get(exposure::inventory).post(exposure::receive))
        .route("/advisories", get(advisory::list))
        .route("/advisories/{number}", get(advisory::show))
        .route("/flaws/{name}", get(flaws::show))
        .route("/sources", get(flaws::sources))
        .route("/log", get(log::show))
        .route("/assets/{*path}", get(asset::file))
        .merge(framework())
}

/// The pages of the framework for models.
fn framework() -> Router<Site> {
    Router::new()
        .route("/framework", get(framework::show))
        .route("/engagements", get(engagement::list).post(engagement::open))
        .route("/engagements/{id}", get(engagement::show))
        .route("/engagements/{id}/figures", get(engagement::figures::show))
        .route("/engagements/{id}/figures.svg", get(engagement::figures::picture))
        .route("/engagements/{id}/{step}", post(engagement::step))
        .route("/evaluations", get(evaluation::list).post(evaluation::open))
        .route("/evaluations/{id}", get(evaluation::show))
        .route("/evaluations/{id}/{step}", post(evaluation::step))
        .route("/reach", get(reach::show))
        .route("/reach/{step}", post(reach::step))
        .route("/partners", get(partner::list).post(partner::apply))
        .route("/partners/{id}", get(partner::show))
        .route("/partners/{id}/{step}", post(partner::step))
}
