//! The folder of everything public: the CSAF provider's files where the standard wants them, the
//! OSV records and the public log. Files as they lie there, nothing else, no directory walking.

use crate::extract::Name;
use crate::refuse::Refused;
use crate::site::Site;
use axum::Router;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use seawall_domain::time::SignedDuration;
use seawall_formats::csaf;
use std::path::PathBuf;

/// The routes of everything public.
pub fn router() -> Router<Site> {
    Router::new()
        .route("/.well-known/csaf/{*path}", get(csaf_file))
        .route("/.well-known/security.txt", get(security_txt))
        .route("/public/{*path}", get(public_file))
}

async fn csaf_file(State(site): State<Site>, Name(path): Name) -> Result<Response, Refused> {
    file(site.desk.settings.public.join("csaf"), path).await
}

async fn public_file(State(site): State<Site>, Name(path): Name) -> Result<Response, Refused> {
    file(site.desk.settings.public.clone(), path).await
}

async fn security_txt(State(site): State<Site>) -> Response {
    let expires = site.desk.now() + SignedDuration::from_hours(24 * 180);
    let text = csaf::security_txt(&site.desk.settings.publisher, expires);
    ([(header::CONTENT_TYPE, "text/plain; charset=utf-8")], text).into_response()
}

/// One file of a folder. A path may only name plain parts: no `..`, nothing hidden, nothing
/// that is about to be put in place.
async fn file(folder: PathBuf, path: String) -> Result<Response, Refused> {
    let plain = path.split('/').all(|part| {
        !part.is_empty()
            && !part.starts_with('.')
            && !part.ends_with(".unready")
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-+".contains(&b))
    });
    if !plain {
        return Err(Refused::hidden());
    }
    let bytes = tokio::fs::read(folder.join(&path)).await.map_err(|_| Refused::hidden())?;
    let media_type = match path.rsplit_once('.').map(|(_, ending)| ending) {
        Some("json") => "application/json",
        Some("csv") => "text/csv; charset=utf-8",
        Some("txt" | "asc" | "sha256" | "sha512") => "text/plain; charset=utf-8",
        _ if path.ends_with("checkpoint") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    };
    let head = [(header::CONTENT_TYPE, media_type), (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*")];
    Ok((head, bytes).into_response())
}
