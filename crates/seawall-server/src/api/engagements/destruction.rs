//! The gateways of an engagement's windows, and that what they held is gone.

use super::word;
use crate::auth::Known;
use crate::extract::{Id, Whole};
use crate::refuse::Refused;
use crate::site::Site;
use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use seawall_domain::engagement::Engagement;
use seawall_domain::engagement::gateways::{Destroyed, Gateway, Gone, Standing};
use seawall_domain::id::{EngagementId, PartnerId, WindowId};
use seawall_formats::gateway::destruction::{CERTIFICATE_BYTES_MAX, CHECKPOINT_BYTES_MAX};
use seawall_services::engagement::{self, Certified};
use serde::Serialize;
use utoipa::ToSchema;

/// A certificate of a gateway's that what it held is gone.
#[derive(Serialize, ToSchema)]
#[schema(as = GatewayDestruction)]
pub struct Emptied {
    /// SHA-256 of the certificate, as it was brought.
    pub certificate: String,
    /// How many objects are gone.
    pub objects: u64,
    /// How many lines the whole journal has.
    pub lines: u64,
    /// The root of the tree over them (RFC 6962), in hexadecimal.
    pub root: String,
    /// When everything was gone, by the gateway's clock.
    pub at: String,
    /// Which side brought it in: `developer` or `clearinghouse`.
    pub brought_by: String,
    /// When it was brought in.
    pub brought_at: String,
    /// The line that the gateway's key signed (DSSE).
    #[schema(value_type = Option<Object>)]
    pub signed: Option<serde_json::Value>,
}

/// A gateway of a window.
#[derive(Serialize, ToSchema)]
#[schema(as = Gateway)]
pub struct OfGateway {
    /// The public half of its key.
    pub key: String,
    /// `named`, `named_for_all` (by earlier versions, for every window), or `first_used`: nobody
    /// named it, and it was the first that came.
    pub standing: &'static str,
    /// Which side named it: `developer` or `clearinghouse`.
    pub named_by: Option<String>,
    /// When.
    pub named_at: Option<String>,
    /// How many lines the newest checkpoint of its journal that was brought in tells.
    pub checkpoint_lines: Option<u64>,
    /// Its certificate that what it held is gone.
    pub destruction: Option<Emptied>,
}

/// A window, its gateways, and what became of what was held.
#[derive(Serialize, ToSchema)]
#[schema(as = GatewaysOfWindow)]
pub struct OfWindow {
    /// The window.
    pub window: String,
    /// Whether it is over.
    pub is_over: bool,
    /// Once it is over: `held_nothing`, `outstanding` or `delivered`, for what was sent to the
    /// clearinghouse.
    pub clearinghouse: Option<String>,
    /// Once it is over: how many must certify that what they held is gone.
    pub holders: Option<usize>,
    /// How many of them have, or held nothing.
    pub delivered: Option<usize>,
    /// Whether all of them have.
    pub all_destroyed: bool,
    /// Its gateways.
    pub gateways: Vec<OfGateway>,
}

fn emptied(it: &Gone, signed: Option<&str>) -> Emptied {
    Emptied {
        certificate: it.certificate.to_string(),
        objects: it.objects,
        lines: it.head.lines,
        root: it.head.root.to_string(),
        at: it.at.to_string(),
        brought_by: word(&it.by),
        brought_at: it.brought_at.to_string(),
        signed: signed.and_then(|line| serde_json::from_str(line).ok()),
    }
}

fn gateway(window: WindowId, it: &Gateway<'_>, certified: &[Certified]) -> OfGateway {
    let (standing, named) = match it.standing {
        Standing::Named { by, at } => ("named", Some((word(&by), at.to_string()))),
        Standing::NamedForAll => ("named_for_all", None),
        Standing::FirstUsed => ("first_used", None),
    };
    let (named_by, named_at) = named.unzip();
    let is_its = |kept: &&Certified| (kept.emptied.window, kept.emptied.key) == (window, it.key);
    let signed = certified.iter().find(is_its);
    OfGateway {
        key: engagement::gateway_text(&it.key),
        standing,
        named_by,
        named_at,
        checkpoint_lines: it.checked.map(|checked| checked.head.lines),
        destruction: it.gone.map(|gone| emptied(gone, signed.map(|kept| kept.signed.as_str()))),
    }
}

fn of_window(it: &Engagement, window: WindowId, certified: &[Certified]) -> OfWindow {
    let told = it.destroyed(window);
    let (holders, delivered) = told.as_ref().map(Destroyed::count).unzip();
    let gateways = it.gateways_of(window);
    OfWindow {
        window: window.to_string(),
        is_over: told.is_some(),
        clearinghouse: told.as_ref().map(|told| word(&told.clearinghouse)),
        holders,
        delivered,
        all_destroyed: told.as_ref().is_some_and(Destroyed::is_all),
        gateways: gateways.iter().map(|it| gateway(window, it, certified)).collect(),
    }
}

fn shown(it: &Engagement, certified: &[Certified]) -> Vec<OfWindow> {
    let begun = it.lineage.uses().iter().map(|it| it.window);
    let offered = it.window.offer().map(|offer| offer.window);
    let mut windows: Vec<WindowId> = begun.collect();
    windows.extend(offered.filter(|window| !windows.contains(window)));
    windows.into_iter().map(|window| of_window(it, window, certified)).collect()
}

/// The gateways of each window, by whose key they sign and who named it, and which of those who
/// held something have certified that it is gone: for the developer and the official.
#[utoipa::path(get, path = "/v1/engagements/{id}/gateways", tag = "engagements",
    params(("id" = String, Path)),
    responses((status = 200, body = Vec<OfWindow>), (status = 401), (status = 404)))]
pub async fn gateways(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EngagementId>,
) -> Result<Json<Vec<OfWindow>>, Refused> {
    let (it, certified) = engagement::destructions(&site.desk, &known.0.actor, id).await?;
    Ok(Json(shown(&it, &certified)))
}

/// Brings in the certificate of a gateway that what it held is gone, as `seawall gateway destroy`
/// wrote and signed it: the signed line, and a line for each object.
#[utoipa::path(post, path = "/v1/engagements/{id}/destructions", tag = "engagements",
    params(("id" = String, Path)), request_body(content((Vec<u8> = "application/octet-stream"))),
    responses((status = 201, body = Vec<OfWindow>), (status = 401), (status = 404), (status = 409),
        (status = 413), (status = 422)))]
pub async fn bring(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EngagementId>,
    Whole(body): Whole<CERTIFICATE_BYTES_MAX>,
) -> Result<(StatusCode, Json<Vec<OfWindow>>), Refused> {
    let after = engagement::bring_destruction(&site.desk, &known.0.actor, id, &body).await?;
    Ok((StatusCode::CREATED, Json(shown(&after, &[]))))
}

/// Brings in a checkpoint of a gateway's journal, as the gateway signs it (C2SP tlog-checkpoint):
/// what the same gateway signs later about its journal is held against it.
#[utoipa::path(post, path = "/v1/engagements/{id}/checkpoints", tag = "engagements",
    params(("id" = String, Path)), request_body(content((Vec<u8> = "application/octet-stream"))),
    responses((status = 201, body = Vec<OfWindow>), (status = 401), (status = 404), (status = 409),
        (status = 413), (status = 422)))]
pub async fn bring_checkpoint(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<EngagementId>,
    Whole(body): Whole<CHECKPOINT_BYTES_MAX>,
) -> Result<(StatusCode, Json<Vec<OfWindow>>), Refused> {
    let after = engagement::bring_checkpoint(&site.desk, &known.0.actor, id, &body).await?;
    Ok((StatusCode::CREATED, Json(shown(&after, &[]))))
}

/// What became of what was held in the partners' windows that were open while this partner had its
/// seat, with what each gateway signed.
#[utoipa::path(get, path = "/v1/partners/{id}/destructions", tag = "partners",
    params(("id" = String, Path)),
    responses((status = 200, body = Vec<OfWindow>), (status = 401), (status = 404)))]
pub async fn for_partner(
    State(site): State<Site>,
    known: Known,
    Id(id): Id<PartnerId>,
) -> Result<Json<Vec<OfWindow>>, Refused> {
    let told = engagement::destructions_for(&site.desk, &known.0.actor, id).await?;
    let windows = told.iter().flat_map(|(it, windows, certified)| {
        windows.iter().map(move |window| of_window(it, *window, certified))
    });
    Ok(Json(windows.collect()))
}
