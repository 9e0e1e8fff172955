//! What developers and duty officers tell a gateway: leases, a withdrawal, who is cut off.
//!
//! Each is a DSSE envelope that the developer signed (or, for cutting somebody off and for the end
//! of the window, the clearinghouse, which alone signs the lists of who is stopped and of who may
//! use how much; a later end takes both): whoever cannot sign it cannot say it, wherever they
//! stand. A withdrawal needs no reason and no answer from
//! anybody.

use crate::body::Answer;
use crate::checkpoints;
use crate::gateway::Gateway;
use crate::journal::JournalFault;
use crate::off;
use crate::problem::{document, problem, refusal};
use crate::record::CutOff;
use http_body_util::{BodyExt as _, Limited};
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};
use seawall_domain::id::WindowId;
use seawall_formats::gateway::lease::{self, Leased};
use seawall_formats::gateway::word;
use seawall_ledger::dsse::Envelope;
use seawall_ledger::sign::VerifyingKey;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;

pub use seawall_domain::engagement::lease::extension::Extension;
pub use seawall_formats::gateway::word::{CLOSING, Closing, EXTENSION, QUOTAS, Quota, Quotas};
pub use seawall_formats::gateway::word::{STOPS, Stops};

/// The payload type of a lease.
pub const LEASE: &str = "application/vnd.seawall.lease+json";
/// The payload type of a withdrawal.
pub const WITHDRAWAL: &str = "application/vnd.seawall.withdrawal+json";
/// The payload type of what cuts somebody off.
pub const CUT: &str = "application/vnd.seawall.cut+json";

/// A word in base64, in its envelope.
const BODY_BYTES_MAX: usize = 2 << 20;
const BODY_TIME_MAX: Duration = Duration::from_secs(10);

/// A developer's withdrawal.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct Withdrawal {
    /// From which window.
    pub window: WindowId,
}

/// The word that somebody is cut off.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
pub struct CutWord {
    /// From which window.
    pub window: WindowId,
    /// Who.
    pub who: CutOff,
}

/// Takes an envelope.
pub(crate) async fn take(gateway: &Arc<Gateway>, request: Request<Incoming>) -> Response<Answer> {
    let kept = checkpoints::kept(&request);
    let body = Limited::new(request.into_body(), BODY_BYTES_MAX).collect();
    let Ok(Ok(body)) = tokio::time::timeout(BODY_TIME_MAX, body).await else {
        let detail = "the body broke off, is too long, or did not come in time";
        return problem(StatusCode::BAD_REQUEST, "No body", detail);
    };
    match Envelope::from_json(&body.to_bytes()) {
        Ok(envelope) => heard(gateway, &envelope, kept).await,
        Err(fault) => problem(StatusCode::BAD_REQUEST, "Not an envelope", &fault.to_string()),
    }
}

async fn heard(gateway: &Arc<Gateway>, envelope: &Envelope, kept: Option<u64>) -> Response<Answer> {
    let window = gateway.settings.window.id;
    let other = || problem(StatusCode::CONFLICT, "Not taken", "it is for another window");
    match envelope.unverified_payload_type() {
        LEASE => match signed(envelope, LEASE, gateway.developer).and_then(leased) {
            Ok(leased) => match gateway.lease(leased).await {
                Ok(Ok(())) => reported(gateway, "open", kept).await,
                Ok(Err(why)) => problem(StatusCode::CONFLICT, "Not taken", &why.to_string()),
                Err(fault) => unwritten(&fault.to_string()),
            },
            Err(refusal) => *refusal,
        },
        WITHDRAWAL => {
            match signed(envelope, WITHDRAWAL, gateway.developer).and_then(read::<Withdrawal>) {
                Ok(withdrawal) if withdrawal.window != window => other(),
                Ok(_) => match gateway.withdraw().await {
                    Ok(()) => reported(gateway, "withdrawn", kept).await,
                    Err(fault) => in_force(&fault),
                },
                Err(refusal) => *refusal,
            }
        }
        CLOSING => {
            let word = signed(envelope, CLOSING, gateway.issuer)
                .or_else(|_| signed(envelope, CLOSING, gateway.developer));
            match word.and_then(said::<Closing>) {
                Ok(closing) if closing.window != window => other(),
                Ok(_) => match gateway.withdraw().await {
                    Ok(()) => done("closed"),
                    Err(fault) => in_force(&fault),
                },
                Err(refusal) => *refusal,
            }
        }
        CUT => {
            let word = signed(envelope, CUT, gateway.issuer)
                .or_else(|_| signed(envelope, CUT, gateway.developer));
            match word.and_then(read::<CutWord>) {
                Ok(word) if word.window != window => other(),
                Ok(word) => match gateway.cut_off(word.who).await {
                    Ok(()) => done("cut off"),
                    Err(fault) => in_force(&fault),
                },
                Err(refusal) => *refusal,
            }
        }
        STOPS => stops(gateway, envelope).await,
        QUOTAS => quotas(gateway, envelope).await,
        EXTENSION => extension(gateway, envelope).await,
        _ => problem(StatusCode::BAD_REQUEST, "Not known", "there is no such word to a gateway"),
    }
}

/// Who is stopped. Whoever hands on a list of now hears who used more than is usual; by an old one
/// nobody learns anything.
async fn stops(gateway: &Gateway, envelope: &Envelope) -> Response<Answer> {
    let list = match signed(envelope, STOPS, gateway.issuer).and_then(said::<Stops>) {
        Ok(list) => list,
        Err(refusal) => return *refusal,
    };
    if list.window != gateway.settings.window.id {
        return problem(StatusCode::CONFLICT, "Not taken", "it is for another window");
    }
    let is_of_now = off::is_of_now(list.at, gateway.now());
    match gateway.stops(list).await {
        Ok(()) if is_of_now => document_of(&json!({ "state": "told", "alarms": gateway.alarms() })),
        Ok(()) => done("told"),
        Err(fault) => in_force(&fault),
    }
}

async fn quotas(gateway: &Gateway, envelope: &Envelope) -> Response<Answer> {
    let read = |text: &[u8]| word::read_quotas(text).map_err(|fault| unread(&fault));
    let list = match signed(envelope, QUOTAS, gateway.issuer).and_then(read) {
        Ok(list) => list,
        Err(refusal) => return *refusal,
    };
    if list.window != gateway.settings.window.id {
        return problem(StatusCode::CONFLICT, "Not taken", "it is for another window");
    }
    taken(gateway.quotas(&list).await, "told")
}

/// A later end is the developer's own word, whatever the clearinghouse says; that the days were
/// counted is the clearinghouse's.
async fn extension(gateway: &Gateway, envelope: &Envelope) -> Response<Answer> {
    let both = [gateway.developer, gateway.issuer];
    let said = signed_by(envelope, EXTENSION, &both).and_then(said::<Extension>);
    match said {
        Ok(_) if !gateway.settings.follow.end => {
            let detail = "the settings of this gateway do not let the end follow";
            problem(StatusCode::CONFLICT, "Not taken", detail)
        }
        Ok(extension) => taken(gateway.extend(extension).await, "extended"),
        Err(refusal) => *refusal,
    }
}

fn taken<E: std::fmt::Display>(
    told: Result<Result<(), E>, JournalFault>,
    state: &str,
) -> Response<Answer> {
    match told {
        Ok(Ok(())) => done(state),
        Ok(Err(why)) => problem(StatusCode::CONFLICT, "Not taken", &why.to_string()),
        Err(fault) => unwritten(&fault.to_string()),
    }
}

/// What an envelope says, when this key signed it.
fn signed<'a>(
    envelope: &'a Envelope,
    kind: &str,
    key: VerifyingKey,
) -> Result<&'a [u8], Box<Response<Answer>>> {
    signed_by(envelope, kind, &[key])
}

/// What an envelope says, when each of these keys signed it; one named twice is not two.
fn signed_by<'a>(
    envelope: &'a Envelope,
    kind: &str,
    keys: &[VerifyingKey],
) -> Result<&'a [u8], Box<Response<Answer>>> {
    let other = |why: &str| refusal(StatusCode::FORBIDDEN, "Not signed by who may say it", why);
    let verified = envelope.verify(keys, keys.len()).map_err(|fault| other(&fault.to_string()))?;
    match verified.payload_type == kind {
        true => Ok(verified.payload),
        false => Err(other("it is of another kind")),
    }
}

fn leased(word: &[u8]) -> Result<Leased, Box<Response<Answer>>> {
    lease::read(word).map_err(|fault| unread(&fault))
}

fn said<T: serde::de::DeserializeOwned>(text: &[u8]) -> Result<T, Box<Response<Answer>>> {
    word::read(text).map_err(|fault| unread(&fault))
}

fn read<T: for<'de> Deserialize<'de>>(word: &[u8]) -> Result<T, Box<Response<Answer>>> {
    serde_json::from_slice(word).map_err(|error| unread(&error))
}

fn unread(why: &dyn std::fmt::Display) -> Box<Response<Answer>> {
    refusal(StatusCode::BAD_REQUEST, "Does not read", &why.to_string())
}

/// What the developer is told whose word was taken: the checkpoint, for how many requests the
/// provider counted more than was set aside, and who used more than is usual for them.
async fn reported(gateway: &Arc<Gateway>, state: &str, kept: Option<u64>) -> Response<Answer> {
    let (overruns, alarms) = (gateway.overruns(), gateway.alarms());
    let mut told = json!({ "state": state, "overruns": overruns, "alarms": alarms });
    match checkpoints::latest(gateway, kept).await {
        Ok(checkpoint) => told["journal"] = json!(checkpoint),
        // The word is in force; whoever keeps checkpoints finds that there is none.
        Err(error) => tracing::error!(%error, "no checkpoint can be signed"),
    }
    document_of(&told)
}

/// Whether the gate is open, for anybody: nothing of who uses it, and how. Where the provider's key
/// comes with leases, to which key it is to be encrypted.
pub(crate) fn state(gateway: &Gateway) -> Response<Answer> {
    let mut told = match (gateway.passes(), gateway.journal.is_stuck()) {
        (Ok(()), false) => json!({ "state": "open" }),
        (Ok(()), true) => {
            json!({ "state": "closed", "why": "closed: the journal cannot be written" })
        }
        (Err(closed), _) => json!({ "state": "closed", "why": closed.to_string() }),
    };
    if let Some(sealing) = gateway.sealing() {
        told["sealing"] = json!(sealing.to_json());
    }
    document_of(&told)
}

fn done(state: &str) -> Response<Answer> {
    document_of(&json!({ "state": state }))
}

fn document_of(told: &serde_json::Value) -> Response<Answer> {
    document(StatusCode::OK, "application/json", told.to_string())
}

fn unwritten(why: &str) -> Response<Answer> {
    problem(StatusCode::INTERNAL_SERVER_ERROR, "Not written down", why)
}

/// What takes effect before it is written down, and could not be written down yet.
fn in_force(fault: &JournalFault) -> Response<Answer> {
    unwritten(&format!("it is in force, and is not written down yet: {fault}"))
}
