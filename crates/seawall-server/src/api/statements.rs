//! Statements of vendors and distributors: OpenVEX.

use crate::auth::Known;
use crate::extract::Whole;
use crate::refuse::Refused;
use crate::site::Site;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use seawall_formats::vex::VEX_BYTES_MAX;
use seawall_services::statement;
use serde::Serialize;
use utoipa::ToSchema;

/// A statement that was taken in.
#[derive(Serialize, ToSchema)]
#[schema(as = Statement)]
pub struct Shown {
    /// Its id.
    pub id: String,
    /// SHA-256 of the document.
    pub sha256: String,
    /// How many things it says.
    pub entries: usize,
}

/// Takes in an OpenVEX document in the sender's own name.
#[utoipa::path(post, path = "/v1/statements", tag = "statements", 
    request_body(content((Object = "application/json"))),
    responses((status = 201, body = Shown), (status = 401), (status = 404), (status = 422)))]
pub async fn receive(
    State(site): State<Site>,
    known: Known,
    Whole(body): Whole<VEX_BYTES_MAX>,
) -> Result<(StatusCode, Json<Shown>), Refused> {
    let statement = statement::receive(&site.desk, &known.0.actor, &body).await?;
    let shown = Shown {
        id: statement.id.to_string(),
        sha256: statement.digest.to_string(),
        entries: statement.entries.len(),
    };
    Ok((StatusCode::CREATED, Json(shown)))
}
