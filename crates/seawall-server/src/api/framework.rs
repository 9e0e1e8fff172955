//! What anybody may see of the framework for models: counts that tell of nobody.

use crate::refuse::Refused;
use crate::site::Site;
use axum::Json;
use axum::extract::State;
use seawall_services::engagement;
use serde::Serialize;
use utoipa::ToSchema;

/// Counts, as of the beginning of the quarter, in tens; few look like none.
#[derive(Serialize, ToSchema)]
#[schema(as = FrameworkCounts)]
pub struct Counted {
    /// As of when.
    pub as_of: String,
    /// Engagements that were opened before; nothing below ten.
    pub engagements: Option<u64>,
    /// Applications of partners that were filed before; nothing below ten.
    pub applications: Option<u64>,
    /// To whom seats go, where ten parents or more have one.
    #[schema(value_type = Option<Object>)]
    pub concentration: Option<serde_json::Value>,
}

/// The counts, for everybody.
#[utoipa::path(get, path = "/v1/framework", tag = "framework",
    responses((status = 200, body = Counted)))]
pub async fn counts(State(site): State<Site>) -> Result<Json<Counted>, Refused> {
    let counts = engagement::counts(&site.desk).await?;
    Ok(Json(Counted {
        as_of: counts.as_of.to_string(),
        engagements: counts.engagements,
        applications: counts.applications,
        concentration: counts.concentration.and_then(|it| serde_json::to_value(it).ok()),
    }))
}
