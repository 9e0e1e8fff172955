//! Inventories: CycloneDX, SPDX, CSV and Debian package lists.

use crate::auth::Known;
use crate::extract::{Asked, Whole};
use crate::refuse::Refused;
use crate::site::{BODY_BYTES_MAX, Site};
use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use seawall_domain::inventory::Inventory;
use seawall_services::inventory;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Which of the operator's systems an inventory is of.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct InventoryQuery {
    /// The system's name; `main` when it is not given.
    pub label: Option<String>,
}

/// An inventory.
#[derive(Serialize, ToSchema)]
#[schema(as = Inventory)]
pub struct Shown {
    /// Its id.
    pub id: String,
    /// The system.
    pub label: String,
    /// Which upload of that system, from 1.
    pub serial: u32,
    /// The document's shape.
    pub format: String,
    /// SHA-256 of the document.
    pub sha256: String,
    /// How many components it lists.
    pub components: u32,
    /// How many of them can be told for certain.
    pub known: u32,
    /// When it came.
    pub received_at: String,
}

fn shown(inventory: &Inventory) -> Shown {
    Shown {
        id: inventory.id.to_string(),
        label: inventory.label.clone(),
        serial: inventory.serial,
        format: inventory.shape.clone(),
        sha256: inventory.digest.to_string(),
        components: inventory.components,
        known: inventory.known,
        received_at: inventory.received_at.to_string(),
    }
}

/// Takes in an inventory; its format is told from the bytes.
#[utoipa::path(post, path = "/v1/inventories", tag = "inventories",
    request_body(content((String = "application/json"), (String = "text/csv"),
        (String = "text/plain"))),
    params(InventoryQuery), responses((status = 201, body = Shown), (status = 401),
    (status = 413), (status = 422, description = "cannot be read; says what and where")))]
pub async fn receive(
    State(site): State<Site>,
    known: Known,
    Asked(query): Asked<InventoryQuery>,
    headers: HeaderMap,
    Whole(body): Whole<BODY_BYTES_MAX>,
) -> Result<(StatusCode, Json<Shown>), Refused> {
    let media = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let label = query.label.as_deref().unwrap_or("main");
    let received = inventory::receive(&site.desk, &known.0.actor, label, media, &body).await?;
    Ok((StatusCode::CREATED, Json(shown(&received))))
}

/// The current inventory of each of one's own systems.
#[utoipa::path(get, path = "/v1/inventories", tag = "inventories",
    responses((status = 200, body = Vec<Shown>), (status = 401)))]
pub async fn list(State(site): State<Site>, known: Known) -> Result<Json<Vec<Shown>>, Refused> {
    let inventories = inventory::list(&site.desk, &known.0.actor).await?;
    Ok(Json(inventories.iter().map(shown).collect()))
}
