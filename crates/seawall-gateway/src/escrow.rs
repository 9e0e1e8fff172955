//! Joint escrow: what was asked and answered, kept so that only developer and partner together can
//! read it.
//!
//! Off unless both have signed one and the same consent: for which window, snapshot, party and
//! terms, and to which two keys. Then each request of that party has a file beside the journal.
//! Its content key comes of two secrets, one encrypted to each side (RFC 9180), so that either
//! alone has nothing (FRONTIER 4.3, F37). Content is encrypted piece by piece as it streams, and
//! never lies anywhere in plain. Where a piece cannot be written, nothing is sent on: escrow was
//! promised. [`file`] says what a file looks like, [`opening`] how both sides open one together.

pub mod file;
pub mod opening;

use crate::gateway::Gateway;
use crate::record::{By, Ended, Escrowed, Event, Keyed, Why};
use crate::settings::Settings;
use bytes::Bytes;
use file::Writing;
use seawall_domain::digest::Digest;
use seawall_domain::engagement::quota::{Amount, Ticket};
use seawall_domain::id::{PartyId, WindowId};
use seawall_domain::recipient::Recipient;
use seawall_formats::escrow::Kind;
use seawall_ledger::dsse::Envelope;
use seawall_ledger::sign::VerifyingKey;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use std::collections::BTreeMap;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use uuid::Uuid;

/// The payload type of a consent.
pub const CONSENT: &str = "application/vnd.seawall.escrow-consent+json";

/// The folder of the files, in the gateway's own.
pub const FOLDER: &str = "escrow";

/// The largest consent that is read.
const CONSENT_BYTES_MAX: u64 = 64 << 10;

/// What both sides sign before anything is kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consent {
    /// The window.
    pub window: WindowId,
    /// The snapshot of the model.
    pub snapshot: Digest,
    /// The party whose requests are kept.
    pub party: PartyId,
    /// SHA-256 of the terms of access.
    pub terms: Digest,
    /// The developer's key.
    pub developer: Recipient,
    /// The partner's key.
    pub partner: Recipient,
}

/// Under which consent a party's content is kept, and for whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Agreed {
    /// SHA-256 of the consent that was signed.
    pub consent: Digest,
    pub developer: Recipient,
    pub partner: Recipient,
    /// The largest file of one request.
    pub bytes_max: u64,
}

/// Whose content is kept, and where.
#[derive(Debug)]
pub(crate) struct Escrow {
    folder: PathBuf,
    parties: BTreeMap<PartyId, Agreed>,
}

impl Consent {
    /// What is to be signed for a party, by the settings.
    pub fn of(settings: &Settings, party: PartyId) -> Option<Consent> {
        let window = &settings.window;
        let kept = settings.escrow.iter().find(|kept| kept.party == party)?;
        Some(Consent {
            window: window.id,
            snapshot: window.snapshot,
            party,
            terms: window.terms,
            developer: kept.developer,
            partner: kept.partner,
        })
    }

    /// Holds an envelope against what must have been signed, by both; gives its SHA-256.
    pub fn agreed(&self, bytes: &[u8], both: [VerifyingKey; 2]) -> Result<Digest, String> {
        if self.developer == self.partner {
            return Err("both sides name the same key, so that one alone could open".into());
        }
        let envelope = Envelope::from_json(bytes).map_err(|fault| fault.to_string())?;
        let verified = envelope.verify(&both, 2).map_err(|fault| fault.to_string())?;
        let signed: Consent = match verified.payload_type {
            CONSENT => serde_json::from_slice(verified.payload).map_err(|e| e.to_string())?,
            _ => return Err("what both signed is no consent to escrow".into()),
        };
        match signed == *self {
            true => Ok(Digest::new(Sha256::digest(verified.payload).into())),
            false => Err("both signed another window, snapshot, party, terms or key".into()),
        }
    }
}

impl Escrow {
    /// Looks for the consent of every party that the settings name. One that is not signed by both
    /// keeps the gateway from beginning: nobody is left in doubt.
    pub fn begin(settings: &Settings, folder: &Path) -> Result<Escrow, String> {
        let mut parties = BTreeMap::new();
        for kept in &settings.escrow {
            let said = |why: String| format!("escrow for {}: {why}", kept.party);
            let key =
                |text: &str| text.parse::<VerifyingKey>().map_err(|fault| said(fault.to_string()));
            let both = [key(&settings.window.developer)?, key(&kept.signer)?];
            let bytes = read(&kept.consent).map_err(|error| {
                said(format!("cannot read the consent {}: {error}", kept.consent.display()))
            })?;
            let consent = Consent::of(settings, kept.party)
                .ok_or_else(|| said("the settings do not name it".into()))?;
            let consent = consent.agreed(&bytes, both).map_err(said)?;
            let (developer, partner, bytes_max) = (kept.developer, kept.partner, kept.bytes_max);
            let agreed = Agreed { consent, developer, partner, bytes_max };
            if parties.insert(kept.party, agreed).is_some() {
                return Err(said("it is named twice".into()));
            }
        }
        let folder = folder.join(FOLDER);
        if !parties.is_empty() {
            let made = std::fs::DirBuilder::new().recursive(true).mode(0o700).create(&folder);
            made.map_err(|error| format!("cannot make {}: {error}", folder.display()))?;
        }
        Ok(Escrow { folder, parties })
    }
}

fn read(path: &Path) -> std::io::Result<Vec<u8>> {
    use std::io::Read as _;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(CONSENT_BYTES_MAX).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Begins the file of a request, with what is asked in it, durable; none where none was agreed.
pub(crate) async fn begin(
    gateway: &Arc<Gateway>,
    by: &By,
    request: Uuid,
    body: &Bytes,
) -> Result<Option<Box<Writing>>, Why> {
    let Some(agreed) = gateway.escrow.parties.get(&by.party).copied() else { return Ok(None) };
    let unkept = || Why {
        kind: "escrow".into(),
        reason: "what is asked cannot be kept, as was agreed".into(),
    };
    let (folder, window) = (gateway.escrow.folder.clone(), gateway.settings.window.id);
    let (secrets, body) = ([gateway.secret(), gateway.secret()], body.clone());
    let written = tokio::task::spawn_blocking(move || {
        let mut writing = Writing::begin(&folder, (window, request), &agreed, secrets)?;
        writing.put(Kind::Asked, &body)?;
        writing.rest()?;
        Ok::<_, std::io::Error>(Box::new(writing))
    });
    match written.await {
        Ok(Ok(writing)) => Ok(Some(writing)),
        Ok(Err(error)) => {
            tracing::error!(%error, "what is asked cannot be kept");
            Err(unkept())
        }
        Err(_) => Err(unkept()),
    }
}

/// A request that has ended, whose file is made whole and durable before its end is written down.
pub(crate) struct Closing {
    pub gateway: Arc<Gateway>,
    pub writing: Box<Writing>,
    pub ticket: Ticket,
    pub actual: Amount,
    pub request: Uuid,
    pub ended: Ended,
    pub status: Option<u16>,
    pub body: Keyed,
}

impl Closing {
    /// Does it where waiting for the disk holds nobody up.
    pub fn close(self) {
        match tokio::runtime::Handle::try_current() {
            // Should the runtime be ending, it is dropped, which does the same.
            Ok(runtime) => drop(runtime.spawn_blocking(move || drop(self))),
            Err(_) => drop(self),
        }
    }
}

impl Drop for Closing {
    fn drop(&mut self) {
        let (ended, escrow): (Ended, Option<Escrowed>) = match self.writing.end() {
            Ok(escrowed) => (self.ended, Some(escrowed)),
            Err(error) => {
                tracing::error!(%error, "what was answered could not be kept");
                (Ended::Unkept, None)
            }
        };
        let (request, status, body) = (self.request, self.status, self.body);
        self.gateway.settle(self.ticket, self.actual, |entry, overrun| Event::Outcome {
            request,
            ended,
            status,
            body,
            escrow,
            overrun,
            entry,
        });
    }
}

#[cfg(test)]
mod tests;
