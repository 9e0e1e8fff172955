//! The evidence bundle: one file with which anybody can check and repeat a verdict offline.
//!
//! It is JSON: an in-toto statement v1 in a DSSE envelope, signed by the laboratory's key, and the
//! files it speaks of: the recipe, the release it ran against, and a transcript of each run. Every
//! file is a subject of the statement by its SHA-256; the predicate holds target, verdict, grade,
//! doubts, runs and what else an outcome can depend on. The text of a bundle has one form only, and
//! any other is refused, so that no byte of it can be changed (capability C18).

use crate::desk::{Desk, LabRun, Surroundings, digest};
use crate::outcome::{Fault, Outcome};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use seawall_domain::digest::{Address, Digest};
use seawall_domain::package::{Package, Version};
use seawall_domain::recipe::Doubt;
use seawall_domain::verdict::{Grade, Run, Verdict};
use seawall_ledger::dsse::{Envelope, IN_TOTO};
use seawall_ledger::sign::{SigningKey, VerifyingKey};
use seawall_sandbox::CrashKey;
use seawall_store::db::Tx;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// The predicate's type: our own, versioned by its URI.
pub const PREDICATE: &str = "https://seawall.invalid/attestation/reproduction/v2";
/// The purpose from which the laboratory's key is derived.
pub const KEY: &str = "laboratory";
/// No bundle is larger.
pub const BUNDLE_BYTES_MAX: usize = 64 * 1024 * 1024;
const FORMAT: &str = "seawall-evidence/2";
const RECIPE: &str = "recipe.toml";
/// Files with this ending are bytes, and stand in base 64.
const ARCHIVE: &str = ".tar.gz";

/// A bundle.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bundle {
    /// The format: `seawall-evidence/2`.
    pub format: String,
    /// The laboratory's public key; whether to trust it is for the reader to decide.
    pub key: String,
    /// The signed statement: a DSSE envelope, as its own JSON text.
    pub envelope: Value,
    /// The files, by name: as text, or in base 64 where the name ends in `.tar.gz`.
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
    /// How much it proves, when it reproduced.
    pub grade: Option<Grade>,
    /// What speaks against the claim.
    pub doubts: Vec<Doubt>,
    /// SHA-256 that repeats on another machine.
    pub digest: Digest,
    /// The runs.
    pub runs: Vec<Run>,
    /// What crashed, where a report of a crash was read.
    pub crash: Option<CrashKey>,
    /// What else an outcome can depend on, by name.
    pub environment: BTreeMap<String, String>,
    /// The releases that were run, with the digests of their contents.
    pub releases: Vec<PinnedRelease>,
}

/// A release that was run.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct PinnedRelease {
    /// Its version.
    pub version: Version,
    /// The digest over every path and every byte of it.
    pub digest: Digest,
    /// The file of the bundle that holds it; none when it was too large.
    pub file: Option<String>,
}

/// Everything that a bundle is made of.
pub struct Evidence<'a> {
    /// The target.
    pub target: (&'a Package, &'a Version),
    /// The recipe's text.
    pub recipe: &'a str,
    /// The verdict over the runs.
    pub verdict: Verdict,
    /// How much it proves.
    pub grade: Option<Grade>,
    /// The digest that repeats.
    pub digest: &'a Digest,
    /// The runs.
    pub runs: &'a [LabRun],
    /// What they ran in.
    pub surroundings: &'a Surroundings,
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
        self.files.get(RECIPE).map(String::as_str)
    }

    /// What the statement says, unchecked: for a bundle that we kept ourselves.
    pub fn stated(&self) -> Option<Predicate> {
        let envelope = Envelope::from_json(self.envelope.to_string().as_bytes()).ok()?;
        let statement: Value = serde_json::from_slice(envelope.unverified_payload()).ok()?;
        serde_json::from_value(statement.get("predicate")?.clone()).ok()
    }

    /// The bytes of a file.
    pub fn file(&self, name: &str) -> Option<Vec<u8>> {
        bytes_of(name, self.files.get(name)?).ok()
    }

    /// Its one form.
    fn text(&self) -> Result<Vec<u8>, String> {
        let mut text = serde_json::to_vec_pretty(self).map_err(|error| error.to_string())?;
        text.push(b'\n');
        Ok(text)
    }
}

fn transcript_name(run: usize) -> String {
    format!("run-{}.txt", run + 1)
}

fn bytes_of(name: &str, text: &str) -> Result<Vec<u8>, String> {
    match name.ends_with(ARCHIVE) {
        true => STANDARD.decode(text).map_err(|error| format!("cannot read `{name}`: {error}")),
        false => Ok(text.as_bytes().to_vec()),
    }
}

/// Makes a bundle and signs it.
pub fn seal(key: &SigningKey, evidence: &Evidence<'_>) -> Result<Vec<u8>, String> {
    let mut files = BTreeMap::from([(RECIPE.to_owned(), evidence.recipe.to_owned())]);
    let runs = evidence.runs.iter().enumerate();
    files.extend(runs.map(|(run, seen)| (transcript_name(run), seen.transcript.clone())));
    let mut releases = Vec::new();
    for (number, release) in (1..).zip(&evidence.surroundings.releases) {
        let file = release.archive.as_ref().map(|archive| {
            let name = format!("release-{number}{ARCHIVE}");
            files.insert(name.clone(), STANDARD.encode(archive));
            name
        });
        let (version, digest) = (release.version.clone(), release.digest);
        releases.push(PinnedRelease { version, digest, file });
    }
    let predicate = Predicate {
        package: evidence.target.0.clone(),
        version: evidence.target.1.clone(),
        verdict: evidence.verdict,
        grade: evidence.grade,
        doubts: evidence.surroundings.doubts.clone(),
        digest: *evidence.digest,
        runs: super::recorded(evidence.runs),
        crash: evidence.runs.iter().find_map(|run| run.crash.clone()),
        environment: evidence.surroundings.environment.clone(),
        releases,
    };
    let statement = json!({
        "_type": "https://in-toto.io/Statement/v1",
        "subject": subjects(&files)?,
        "predicateType": PREDICATE,
        "predicate": predicate,
    });
    let payload = serde_json::to_vec(&statement).map_err(|error| error.to_string())?;
    let mut envelope = Envelope::new(IN_TOTO, payload);
    envelope.sign(key);
    let envelope = serde_json::from_str(&envelope.to_json()).map_err(|error| error.to_string())?;
    Bundle { format: FORMAT.into(), key: key.public().to_string(), envelope, files }.text()
}

/// Every file as a resource descriptor of the in-toto statement.
fn subjects(files: &BTreeMap<String, String>) -> Result<Vec<Value>, String> {
    files
        .iter()
        .map(|(name, text)| {
            let sha256 = digest(&bytes_of(name, text)?);
            Ok(json!({"name": name, "digest": {"sha256": sha256}}))
        })
        .collect()
}

pub(super) fn make(desk: &Desk, evidence: &Evidence<'_>) -> Outcome<Vec<u8>> {
    seal(&desk.signing_key(KEY), evidence)
        .map_err(|error| Fault::inconsistent("write a bundle", error).into())
}

/// Reads a kept bundle.
pub async fn read_bundle(desk: &Desk, tx: &mut Tx, address: &Address) -> Outcome<Bundle> {
    let bytes = desk.bytes(tx, address).await?;
    serde_json::from_slice(&bytes)
        .map_err(|error| Fault::inconsistent("read a bundle", error).into())
}

/// Checks a bundle from anywhere: its form, its signature, then every file against the statement.
/// Gives the statement's predicate, or what is wrong.
pub fn check(bytes: &[u8]) -> Result<(Bundle, Predicate), String> {
    if bytes.len() > BUNDLE_BYTES_MAX {
        return Err(format!("cannot read bundle: it is larger than {BUNDLE_BYTES_MAX} bytes"));
    }
    let bundle: Bundle =
        serde_json::from_slice(bytes).map_err(|error| format!("cannot read bundle: {error}"))?;
    if bundle.format != FORMAT {
        return Err(format!("cannot read bundle: unknown format `{}`", bundle.format));
    }
    if bundle.text()? != bytes {
        return Err("its text is not as it was written: something was changed".into());
    }
    let key: VerifyingKey =
        bundle.key.parse().map_err(|_| "cannot read bundle: its key is not a key".to_owned())?;
    let envelope = Envelope::from_json(bundle.envelope.to_string().as_bytes())
        .map_err(|error| error.to_string())?;
    let written: Value =
        serde_json::from_str(&envelope.to_json()).map_err(|error| error.to_string())?;
    if written != bundle.envelope {
        return Err("its envelope is not as it was written: something was changed".into());
    }
    // The hint at the key is not signed (DSSE, "keyid"): it must be the one of the key named here.
    let hints = bundle.envelope["signatures"].as_array().map(Vec::as_slice).unwrap_or_default();
    if hints.len() != 1 || hints.iter().any(|hint| hint["keyid"] != key.digest_hex()) {
        return Err("its envelope names another key than the bundle".into());
    }
    let verified = envelope
        .verify(&[key], 1)
        .map_err(|error| format!("the signature does not hold: {error}"))?;
    if verified.payload_type != IN_TOTO {
        return Err(format!("cannot read a statement of type `{}`", verified.payload_type));
    }
    let statement: Value = serde_json::from_slice(verified.payload)
        .map_err(|error| format!("cannot read: {error}"))?;
    if statement["predicateType"] != PREDICATE {
        return Err(format!("cannot read a predicate of type `{}`", statement["predicateType"]));
    }
    let predicate: Predicate = serde_json::from_value(statement["predicate"].clone())
        .map_err(|error| format!("cannot read the predicate: {error}"))?;
    if statement["subject"] != Value::Array(subjects(&bundle.files)?) {
        return Err("a file is not the one that was signed".into());
    }
    if bundle.recipe().is_none() || bundle.transcripts().len() != predicate.runs.len() {
        return Err("the recipe or a transcript is missing".into());
    }
    Ok((bundle, predicate))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::desk::LabRelease;
    use proptest::prelude::*;
    use seawall_domain::package::Ecosystem;
    use seawall_domain::verdict::Outcome as Seen;

    fn bundle() -> Vec<u8> {
        let package = Package { ecosystem: Ecosystem::Npm, name: "ini".into() };
        let version = Version::from("1.3.5");
        let run = LabRun {
            outcome: Seen::Affected,
            effect: "canary".into(),
            transcript: "attack ended with status 0\n".into(),
            ..LabRun::default()
        };
        let release = LabRelease {
            version: version.clone(),
            digest: digest(b"release"),
            archive: Some(vec![1, 2, 3, 255]),
        };
        let surroundings = Surroundings {
            environment: BTreeMap::from([("node".into(), "v20".into())]),
            releases: vec![release],
            doubts: vec![Doubt::Unstated],
        };
        let evidence = Evidence {
            target: (&package, &version),
            recipe: "version = 1\n",
            verdict: Verdict::Reproduced,
            grade: Some(Grade::Doubtful),
            digest: &digest(b"all"),
            runs: &[run],
            surroundings: &surroundings,
        };
        seal(&SigningKey::from_seed([7; 32]), &evidence).unwrap()
    }

    #[test]
    fn a_bundle_is_read_back_whole() {
        let (bundle, predicate) = check(&bundle()).unwrap();
        assert_eq!(bundle.recipe(), Some("version = 1\n"));
        assert_eq!(bundle.transcripts(), ["attack ended with status 0\n"]);
        let file = predicate.releases[0].file.clone().unwrap();
        assert_eq!(bundle.file(&file), Some(vec![1, 2, 3, 255]));
    }

    #[test]
    fn every_single_byte_that_is_flipped_is_seen() {
        let good = bundle();
        for (at, flip) in (0..good.len()).zip([0x01, 0x20, 0x80].into_iter().cycle()) {
            let mut bad = good.clone();
            bad[at] ^= flip;
            let text = String::from_utf8_lossy(&bad[at.saturating_sub(20)..]).into_owned();
            assert!(check(&bad).is_err(), "byte {at} by {flip}: {text:.60}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn nothing_makes_it_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            prop_assert!(check(&bytes).is_err());
        }

        #[test]
        fn nothing_is_left_out_or_put_in(at in 0usize..1000, put in prop::option::of(any::<u8>())) {
            let mut bad = bundle();
            let at = at % bad.len();
            match put {
                Some(byte) => bad.insert(at, byte),
                None => drop(bad.remove(at)),
            }
            prop_assert!(check(&bad).is_err());
        }
    }
}
