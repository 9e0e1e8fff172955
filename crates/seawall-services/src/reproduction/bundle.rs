//! The evidence bundle: one file with which anybody can check and repeat a verdict offline.
//!
//! It is JSON: an in-toto statement v1 in a DSSE envelope, signed by the laboratory's key, and the
//! files it speaks of. The subject is the recipe by its SHA-256; the predicate holds the target,
//! the verdict and each run by the SHA-256 of its transcript (capability C18).

use crate::desk::{Desk, LabRun, digest};
use crate::outcome::{Fault, Outcome};
use seawall_domain::digest::{Address, Digest};
use seawall_domain::package::{Package, Version};
use seawall_domain::verdict::{Run, Verdict};
use seawall_ledger::dsse::{Envelope, IN_TOTO};
use seawall_ledger::sign::VerifyingKey;
use seawall_store::db::Tx;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeMap;

/// The predicate's type: our own, versioned by its URI.
pub const PREDICATE: &str = "https://seawall.invalid/attestation/reproduction/v1";
/// The purpose from which the laboratory's key is derived.
const KEY: &str = "laboratory";

/// A bundle.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// The format: `seawall-evidence/1`.
    pub format: String,
    /// The laboratory's public key; whether to trust it is for the reader to decide.
    pub key: String,
    /// The signed statement: a DSSE envelope, as its own JSON text.
    pub envelope: serde_json::Value,
    /// The files, by name, as text.
    pub files: BTreeMap<String, String>,
}

/// What the statement says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Predicate {
    /// The package.
    pub package: Package,
    /// The version.
    pub version: Version,
    /// The verdict.
    pub verdict: Verdict,
    /// SHA-256 that repeats on another machine.
    pub digest: Digest,
    /// The runs.
    pub runs: Vec<Run>,
}

impl Bundle {
    /// The transcripts, in the order of the runs.
    pub fn transcripts(&self) -> Vec<String> {
        let mut transcripts = Vec::new();
        while let Some(text) = self.files.get(&transcript_name(transcripts.len())) {
            transcripts.push(text.clone());
        }
        transcripts
    }

    /// The recipe.
    pub fn recipe(&self) -> Option<&str> {
        self.files.get("recipe.toml").map(String::as_str)
    }
}

fn transcript_name(run: usize) -> String {
    format!("run-{}.txt", run + 1)
}

pub(super) fn make(
    desk: &Desk,
    target: (&Package, &Version),
    recipe: &str,
    verdict: Verdict,
    digested: &Digest,
    runs: &[LabRun],
) -> Outcome<Vec<u8>> {
    let predicate = Predicate {
        package: target.0.clone(),
        version: target.1.clone(),
        verdict,
        digest: *digested,
        runs: super::recorded(runs),
    };
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "recipe.toml", "digest": {"sha256": digest(recipe.as_bytes())}}],
        "predicateType": PREDICATE,
        "predicate": predicate,
    });
    let payload = serde_json::to_vec(&statement)
        .map_err(|error| Fault::inconsistent("write a statement", error))?;
    let key = desk.signing_key(KEY);
    let mut envelope = Envelope::new(IN_TOTO, payload);
    envelope.sign(&key);
    let mut files = BTreeMap::from([("recipe.toml".to_owned(), recipe.to_owned())]);
    files.extend(runs.iter().enumerate().map(|(n, r)| (transcript_name(n), r.transcript.clone())));
    let bundle = Bundle {
        format: "seawall-evidence/1".into(),
        key: key.public().to_string(),
        envelope: serde_json::from_str(&envelope.to_json())
            .map_err(|error| Fault::inconsistent("write an envelope", error))?,
        files,
    };
    serde_json::to_vec_pretty(&bundle)
        .map_err(|error| Fault::inconsistent("write a bundle", error).into())
}

/// Reads a kept bundle.
pub async fn read_bundle(desk: &Desk, tx: &mut Tx, address: &Address) -> Outcome<Bundle> {
    let bytes = desk.bytes(tx, address).await?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Fault::inconsistent("read a bundle", error).into())
}

/// Checks a bundle from anywhere: signature, then every file against the statement. Gives the
/// statement's predicate, or what is wrong.
pub fn check(bytes: &[u8]) -> Result<(Bundle, Predicate), String> {
    let bundle: Bundle =
        serde_json::from_slice(bytes).map_err(|error| format!("cannot read bundle: {error}"))?;
    if bundle.format != "seawall-evidence/1" {
        return Err(format!("cannot read bundle: unknown format `{}`", bundle.format));
    }
    let key: VerifyingKey =
        bundle.key.parse().map_err(|_| "cannot read bundle: its key is not a key".to_owned())?;
    let envelope = Envelope::from_json(bundle.envelope.to_string().as_bytes())
        .map_err(|error| error.to_string())?;
    let verified = envelope
        .verify(&[key], 1)
        .map_err(|error| format!("the signature does not hold: {error}"))?;
    if verified.payload_type != IN_TOTO {
        return Err(format!("cannot read a statement of type `{}`", verified.payload_type));
    }
    let statement: serde_json::Value = serde_json::from_slice(verified.payload)
        .map_err(|error| format!("cannot read: {error}"))?;
    let predicate: Predicate = serde_json::from_value(statement["predicate"].clone())
        .map_err(|error| format!("cannot read the predicate: {error}"))?;
    let recipe = bundle.recipe().ok_or("the recipe is missing")?;
    let claimed = statement["subject"][0]["digest"]["sha256"].as_str().unwrap_or_default();
    if digest(recipe.as_bytes()).to_string() != claimed {
        return Err("the recipe is not the one that was signed".into());
    }
    let transcripts = bundle.transcripts();
    let kept = transcripts.iter().map(|text| digest(text.as_bytes()));
    if !kept.eq(predicate.runs.iter().map(|run| run.transcript))
        || bundle.files.len() != transcripts.len() + 1
    {
        return Err("a transcript is not the one that was signed".into());
    }
    Ok((bundle, predicate))
}
