//! A CSAF document with what proves it: its hash and its signature (CSAF 2.0, sections 7.1.18 to
//! 7.1.20). Both are checked before the document is taken; what is listed and wrong refuses it.

use crate::advisories::follow::address::Kind;
use crate::advisories::follow::client::{Client, Got};
use crate::advisories::follow::download::Validator;
use crate::advisories::follow::singles::Single;
use crate::advisories::follow::state::replace_file;
use crate::advisories::follow::whole::judge;
use crate::advisories::gather::document_name;
use anyhow::Context;
use aws_lc_rs::digest::{Algorithm, SHA256, SHA512, digest};
use reqwest::Url;
use seawall_formats::csaf::CSAF_BYTES_MAX;
use seawall_formats::csaf::following::ProviderMetadata;
use seawall_ledger::Fault;
use seawall_ledger::openpgp::{ARMOR_BYTES_MAX, verify_detached};
use std::path::PathBuf;
use std::sync::Arc;

/// How many keys of one provider are used.
const KEYS_MAX: usize = 20;

/// The longest file with a hash, in bytes.
const HASH_BYTES_MAX: u64 = 10_000;

/// Where what proves a document is.
#[derive(Clone, Debug)]
pub enum Proofs {
    /// A feed says where.
    Listed {
        /// The files with hashes.
        hashes: Vec<String>,
        /// The file with the signature.
        signature: Option<String>,
    },
    /// In files beside the document, by the standard's rule.
    Beside,
}

/// A provider's keys.
#[derive(Debug, Default)]
pub struct Keys(Vec<(Option<String>, String)>);

impl Keys {
    /// Fetches the keys that the metadata names; one that cannot be had is told.
    pub async fn fetch(
        client: &Client,
        metadata: &ProviderMetadata,
        notes: &mut Vec<String>,
    ) -> Keys {
        let mut keys = Vec::new();
        for (fingerprint, url) in metadata.keys.iter().take(KEYS_MAX) {
            let fetched = match Url::parse(url) {
                Ok(url) => client.body(&url, ARMOR_BYTES_MAX as u64).await,
                Err(error) => Err(error.into()),
            };
            match fetched.and_then(|bytes| Ok(String::from_utf8(bytes)?)) {
                Ok(armored) => keys.push((fingerprint.clone(), armored)),
                Err(error) => notes.push(format!("cannot get the key {url}: {error:#}")),
            }
        }
        Keys(keys)
    }

    /// Verifies a signature by any of the keys.
    fn verify(&self, bytes: &[u8], signature: &str) -> Verdict {
        let mut verdict = Verdict::Unchecked("the provider's keys could not be had");
        for (stated, armored) in &self.0 {
            match verify_detached(armored, bytes, signature) {
                Ok(own) => match stated {
                    Some(stated) if !is_same(stated, &own) => {
                        verdict = Verdict::Wrong("its key has another fingerprint".to_owned());
                    }
                    Some(_) | None => return Verdict::Right,
                },
                // What cannot be read may be of a kind that others can.
                Err(Fault::Unreadable { .. } | Fault::Impossible { .. }) => {
                    if !matches!(verdict, Verdict::Wrong(_)) {
                        verdict = Verdict::Unchecked("their signatures cannot be read here");
                    }
                }
                Err(fault @ Fault::Unproven { .. }) => verdict = Verdict::Wrong(fault.to_string()),
            }
        }
        verdict
    }
}

fn is_same(stated: &str, own: &str) -> bool {
    let digits: String = stated.chars().filter(|letter| !letter.is_whitespace()).collect();
    digits.eq_ignore_ascii_case(own)
}

/// What a check says.
#[derive(Debug)]
enum Verdict {
    Right,
    Unchecked(&'static str),
    Wrong(String),
}

/// Fetches a document with its proofs, unless it waits already, checked.
pub async fn document(
    client: Client,
    keys: Arc<Keys>,
    url: Url,
    proofs: Proofs,
    place: PathBuf,
) -> anyhow::Result<Single> {
    let name = url.to_string();
    if place.exists() {
        return Ok(Single::Here { name, place, unchecked: None });
    }
    let bytes = match client.get(&url, &Validator::default(), CSAF_BYTES_MAX as u64).await? {
        Got::Body(bytes, _) => bytes,
        Got::Missing | Got::Unchanged => return Ok(Single::Missing { name }),
    };
    let mut unchecked = Vec::new();
    for verdict in [
        check_hash(&client, &url, &proofs, &bytes).await?,
        check_signature(&client, &url, &proofs, &keys, &bytes).await?,
    ] {
        match verdict {
            Verdict::Right => {}
            Verdict::Unchecked(why) => unchecked.push(why),
            Verdict::Wrong(why) => return Ok(Single::Refused { name, why }),
        }
    }
    if let Err(why) = judge(Kind::Csaf, &bytes) {
        return Ok(Single::Refused { name, why });
    }
    if document_name(&bytes).is_none() {
        return Ok(Single::Refused { name, why: "it does not say what it is called".to_owned() });
    }
    replace_file(&place, &bytes)?;
    let unchecked = (!unchecked.is_empty()).then(|| unchecked.join(", "));
    Ok(Single::Here { name, place, unchecked })
}

/// The kinds of hash, the strongest first.
const HASHES: [(&str, &Algorithm); 2] = [(".sha512", &SHA512), (".sha256", &SHA256)];

/// Compares the document with the strongest hash that can be had.
async fn check_hash(
    client: &Client,
    url: &Url,
    proofs: &Proofs,
    bytes: &[u8],
) -> anyhow::Result<Verdict> {
    let mut verdict = Verdict::Unchecked("no hash is listed");
    for (end, algorithm) in HASHES {
        let at = match proofs {
            Proofs::Beside => Some(beside(url, end)),
            Proofs::Listed { hashes, .. } => {
                let listed = hashes.iter().find(|url| url.to_ascii_lowercase().ends_with(end));
                listed.map(|text| url.join(text)).transpose()?
            }
        };
        let Some(at) = at else { continue };
        verdict = match client.get(&at, &Validator::default(), HASH_BYTES_MAX).await? {
            Got::Body(text, _) => return Ok(compare(&text, algorithm, bytes, end)),
            Got::Missing | Got::Unchanged => Verdict::Unchecked("their hashes are missing"),
        };
    }
    Ok(verdict)
}

/// Compares a document with the content of a file with its hash: hexadecimal digits first.
fn compare(text: &[u8], algorithm: &'static Algorithm, bytes: &[u8], end: &str) -> Verdict {
    let own = digest(algorithm, bytes);
    let own: String = own.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let text = String::from_utf8_lossy(text);
    let stated = text.split_whitespace().next().unwrap_or_default();
    match stated.eq_ignore_ascii_case(&own) {
        true => Verdict::Right,
        false => Verdict::Wrong(format!("its hash is not that of its {end} file")),
    }
}

async fn check_signature(
    client: &Client,
    url: &Url,
    proofs: &Proofs,
    keys: &Keys,
    bytes: &[u8],
) -> anyhow::Result<Verdict> {
    let at = match proofs {
        Proofs::Beside => beside(url, ".asc"),
        Proofs::Listed { signature: Some(signature), .. } => url.join(signature)?,
        Proofs::Listed { signature: None, .. } => {
            return Ok(Verdict::Unchecked("no signature is listed"));
        }
    };
    let asc = match client.get(&at, &Validator::default(), ARMOR_BYTES_MAX as u64).await? {
        Got::Body(asc, _) => String::from_utf8(asc).context("a signature is not text")?,
        Got::Missing | Got::Unchanged => {
            return Ok(Verdict::Unchecked("their signatures are missing"));
        }
    };
    Ok(keys.verify(bytes, &asc))
}

/// The address of a file beside a document.
fn beside(url: &Url, end: &str) -> Url {
    let mut url = url.clone();
    let path = format!("{}{end}", url.path());
    url.set_path(&path);
    url
}

#[cfg(test)]
mod tests {
    use super::*;
    use seawall_ledger::openpgp::OpenPgpKey;

    #[test]
    fn hashes_are_compared_by_their_first_word() {
        fn check(text: &str, expected: bool) {
            let verdict = compare(text.as_bytes(), &SHA256, b"abc", ".sha256");
            assert_eq!(matches!(verdict, Verdict::Right), expected, "{text}");
        }
        let right = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        check(right, true);
        check(&format!("{}  a.json\n", right.to_uppercase()), true);
        check("", false);
        check(&right.replace('b', "c"), false);
    }

    #[test]
    fn signatures_are_right_wrong_or_unchecked() {
        let key = |seed: u8| OpenPgpKey::generate([seed; 32], "a", 1_780_000_000).unwrap();
        let (own, other) = (key(1), key(2));
        let check = |keys: &[(Option<String>, String)], text: &str, expected: &str| {
            let verdict = match Keys(keys.to_vec()).verify(b"abc", text) {
                Verdict::Right => "right".to_owned(),
                Verdict::Unchecked(why) => format!("unchecked: {why}"),
                Verdict::Wrong(why) => format!("wrong: {why}"),
            };
            assert!(verdict.starts_with(expected), "{verdict}");
        };
        let signature = own.sign_detached(b"abc", 1_780_000_001).unwrap();
        let own_key = (Some(own.fingerprint().to_lowercase()), own.armored_public());
        let other_key = (None, other.armored_public());
        check(&[own_key.clone()], &signature, "right");
        check(&[other_key.clone(), own_key.clone()], &signature, "right");
        check(&[other_key], &signature, "wrong");
        check(&[(Some("ab".into()), own.armored_public())], &signature, "wrong: its key");
        check(&[], &signature, "unchecked: the provider's keys");
        check(&[own_key], "nothing", "unchecked: their signatures");
    }
}
