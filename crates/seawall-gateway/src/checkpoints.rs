//! Checkpoints of the journal, given to those who keep them: to the developer with the answer to
//! each lease, to partners when they ask.
//!
//! Whoever says how many lines the last one is over that they kept gets the proof that those lines
//! are still the beginning (RFC 6962 section 2.1.2). So nobody can write the journal anew alone
//! (FRONTIER 4.3): [`crate::kept`] is the other side. A partner proves itself as for a request of
//! the model; it counts as none, and is bounded by [`ASKED_MAX`] in a minute.

use crate::body::Answer;
use crate::forward::{Caller, bearer};
use crate::gateway::Gateway;
use crate::journal::{JournalFault, Signed};
use crate::problem::{document, problem};
use hyper::body::Incoming;
use hyper::{Request, Response, StatusCode};
use seawall_domain::engagement::grant::Shown;
use seawall_domain::engagement::lease::Closed;
use seawall_domain::id::PartyId;
use seawall_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

/// Where partners ask.
pub const PATH: &str = "/gateway/checkpoint";
/// The header that says how many lines the last checkpoint is over that was kept.
pub const KEPT: &str = "seawall-kept";
/// So often may a party ask in a minute.
pub const ASKED_MAX: u32 = 60;

/// A checkpoint, as a gateway gives it out.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Told {
    /// The signed note (C2SP tlog-checkpoint).
    pub checkpoint: String,
    /// The key that signed it, as verifiers write it (C2SP signed-note).
    pub signer: String,
    /// That the lines of the one which was kept are its beginning: hashes in base64.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Vec<String>>,
}

/// How often parties asked in this minute.
#[derive(Debug, Default)]
pub(crate) struct Asked(Mutex<(i64, BTreeMap<PartyId, u32>)>);

impl Asked {
    /// Whether a party may ask once more.
    fn may(&self, party: PartyId, now: Timestamp) -> bool {
        let minute = now.as_second().div_euclid(60);
        let mut inner = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if inner.0 != minute {
            *inner = (minute, BTreeMap::new());
        }
        let asked = inner.1.entry(party).or_default();
        *asked += 1;
        *asked <= ASKED_MAX
    }
}

/// How many lines a request says that it kept a checkpoint over.
pub(crate) fn kept(request: &Request<Incoming>) -> Option<u64> {
    request.headers().get(KEPT)?.to_str().ok()?.parse().ok()
}

/// The checkpoint over everything so far, with its proof.
pub(crate) async fn latest(
    gateway: &Arc<Gateway>,
    kept: Option<u64>,
) -> Result<Told, JournalFault> {
    let Signed { size, note: checkpoint } = gateway.journal.checkpoint().await?;
    let proof = match kept.filter(|kept| *kept <= size) {
        None => None,
        Some(kept) => {
            let gateway = Arc::clone(gateway);
            let made = move || gateway.proofs.consistency(kept, size);
            match tokio::task::spawn_blocking(made).await {
                Ok(Ok(proof)) => Some(proof.iter().map(ToString::to_string).collect()),
                // Whoever asked finds that it is not there.
                Ok(Err(error)) => {
                    tracing::error!(%error, "no proof can be made from the journal");
                    None
                }
                Err(_) => None,
            }
        }
    };
    Ok(Told { checkpoint, signer: gateway.verifier().to_string(), proof })
}

/// Tells a partner.
pub(crate) async fn told(
    gateway: &Arc<Gateway>,
    request: &Request<Incoming>,
    certificate: Option<[u8; 32]>,
) -> Response<Answer> {
    let Some(now) = gateway.now() else { return closed(&Closed::NoClock) };
    let (headers, method) = (request.headers(), request.method().as_str());
    let caller = Caller { headers, method, path: PATH, certificate };
    let (by, grant) = match bearer(gateway, &caller, now).await {
        Ok(proven) => proven,
        Err(why) => return problem(StatusCode::UNAUTHORIZED, "Not proven", &why.to_string()),
    };
    let (key, purpose, claim) = (Some(by.key), by.purpose, by.claim);
    let shown = Shown { window: gateway.settings.window.id, key, purpose, claim };
    let terms = &gateway.settings.window.terms;
    if let Err(why) = grant.admits(&shown, terms, &gateway.cut(), now) {
        gateway.refused(by, None, why.into());
        return problem(StatusCode::FORBIDDEN, "Not granted", &why.to_string());
    }
    if !gateway.asked.may(by.party, now) {
        let detail = "checkpoints were asked for too often; try again in a minute";
        return problem(StatusCode::TOO_MANY_REQUESTS, "Too often", detail);
    }
    match latest(gateway, kept(request)).await.map(|told| serde_json::to_string(&told)) {
        Ok(Ok(text)) => document(StatusCode::OK, "application/json", text),
        Ok(Err(error)) => unsigned(&error),
        Err(fault) => unsigned(&fault),
    }
}

fn closed(why: &Closed) -> Response<Answer> {
    problem(StatusCode::SERVICE_UNAVAILABLE, "Closed", &why.to_string())
}

fn unsigned(why: &dyn std::fmt::Display) -> Response<Answer> {
    tracing::error!(%why, "no checkpoint can be signed");
    problem(StatusCode::SERVICE_UNAVAILABLE, "No checkpoint", "the journal cannot be written")
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn each_party_may_ask_so_often_in_a_minute() {
        let asked = Asked::default();
        let party = |number: u128| PartyId::new(Uuid::from_u128(number));
        let at = |second: i64| Timestamp::from_second(1_800_000_000 + second).unwrap();
        assert!((0..ASKED_MAX).all(|_| asked.may(party(1), at(0))));
        assert!(!asked.may(party(1), at(59)));
        assert!(asked.may(party(2), at(59)));
        assert!(asked.may(party(1), at(60)));
    }
}
