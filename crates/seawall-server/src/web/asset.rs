//! The files that pages need, as they are embedded.

use crate::assets;
use crate::extract::Name;
use crate::refuse::Refused;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// One embedded file; nothing when the browser has it already.
pub async fn file(Name(path): Name, headers: HeaderMap) -> Result<Response, Refused> {
    let asset = assets::find(&path).ok_or_else(Refused::hidden)?;
    let kept = headers.get(header::IF_NONE_MATCH).and_then(|etag| etag.to_str().ok());
    let head = [
        (header::CONTENT_TYPE, asset.media_type),
        (header::CACHE_CONTROL, asset.keep.cache_control()),
        (header::ETAG, asset.etag),
    ];
    match kept.is_some_and(|kept| kept.split(',').any(|etag| etag.trim() == asset.etag)) {
        true => Ok((StatusCode::NOT_MODIFIED, head).into_response()),
        false => Ok((head, asset.bytes).into_response()),
    }
}
