//! The CSAF trusted provider over HTTP (CSAF 2.0, section 7.1), as its clients walk it: from
//! security.txt to the metadata, the feed, each document, its hashes and its signature.

use crate::office::{Answer, Office};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

const BASE: &str = "https://seawall.invalid";

/// Gets a file of the provider by its public address; anybody may, from any page.
async fn fetch(office: &Office, url: &str, media: &str) -> Answer {
    let path = url.strip_prefix(BASE).unwrap_or(url);
    let answer = office.get("public", path).await;
    assert_eq!(answer.status, 200, "{url}");
    assert_eq!(answer.header("content-type"), media, "{url}");
    assert_eq!(answer.header("access-control-allow-origin"), "*", "{url}");
    answer
}

fn links<'a>(of: &'a Value, rel: &str) -> Vec<&'a str> {
    let links = of["link"].as_array().unwrap().iter().filter(|link| link["rel"] == rel);
    links.map(|link| link["href"].as_str().unwrap()).collect()
}

async fn provider() -> Office {
    let office = Office::new().await;
    for name in ["door", "gate"] {
        office.open_case(name).await;
        office.publish().await;
    }
    office
}

const TEXT: &str = "text/plain; charset=utf-8";
const JSON: &str = "application/json";

#[tokio::test]
async fn a_client_finds_every_document_with_its_hashes_and_signature() {
    let office = provider().await;
    let security = office.get("public", "/.well-known/security.txt").await;
    let security = security.text();
    let metadata = security.lines().find_map(|line| line.strip_prefix("CSAF: ")).expect(&security);
    assert_eq!(metadata, format!("{BASE}/.well-known/csaf/provider-metadata.json"));
    let metadata = fetch(&office, metadata, JSON).await.json();
    assert_eq!(metadata["role"], "csaf_trusted_provider");
    assert_eq!(metadata["metadata_version"], "2.0");
    let key = metadata["public_openpgp_keys"][0].clone();
    let armored = fetch(&office, key["url"].as_str().unwrap(), TEXT).await;
    let fingerprint = key["fingerprint"].as_str().unwrap().to_owned();

    let distributions = metadata["distributions"].as_array().unwrap();
    let feeds: Vec<&Value> =
        distributions.iter().filter_map(|d| d["rolie"]["feeds"].as_array()).flatten().collect();
    assert_eq!(feeds.len(), 1);
    assert_eq!(feeds[0]["tlp_label"], "WHITE");
    let feed = fetch(&office, feeds[0]["url"].as_str().unwrap(), JSON).await.json();
    let entries = feed["feed"]["entry"].as_array().unwrap();
    assert_eq!(entries.len(), 2);
    let mut listed = BTreeSet::new();
    for entry in entries {
        let document = links(entry, "self")[0];
        assert_eq!(entry["content"]["src"], document);
        let bytes = fetch(&office, document, JSON).await.body;
        let parsed: Value = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(parsed["document"]["tracking"]["id"], entry["id"]);
        listed.insert(document.split("/white/").nth(1).unwrap().to_owned());
        let hashes = links(entry, "hash");
        assert_eq!(hashes.len(), 2);
        for hash in hashes {
            let stated = fetch(&office, hash, TEXT).await.text();
            let program = if hash.ends_with("512") { "sha512sum" } else { "sha256sum" };
            assert_eq!(stated.split(' ').next().unwrap(), hashed(program, &bytes), "{hash}");
        }
        let signature = links(entry, "signature")[0];
        let signature = fetch(&office, signature, TEXT).await.body;
        check_signature(&armored.body, &fingerprint, &bytes, &signature);
    }
    // What the older way lists is the same set: changes.csv by time, index.txt by name.
    let folder = "/.well-known/csaf/white";
    let index = fetch(&office, &format!("{folder}/index.txt"), TEXT).await.text();
    assert_eq!(index.lines().map(str::to_owned).collect::<BTreeSet<_>>(), listed);
    let media = "text/csv; charset=utf-8";
    let changes = fetch(&office, &format!("{folder}/changes.csv"), media).await.text();
    let rows: Vec<Vec<&str>> = changes
        .lines()
        .map(|line| line.split(',').map(|field| field.trim_matches('"')).collect())
        .collect();
    assert_eq!(rows.iter().map(|row| row[0].to_owned()).collect::<BTreeSet<_>>(), listed);
    assert!(rows.windows(2).all(|pair| pair[0][1] >= pair[1][1]), "newest first: {changes}");
    for path in ["service.json", "category.json"] {
        fetch(&office, &format!("/.well-known/csaf/{path}"), JSON).await;
    }
}

fn hashed(program: &str, bytes: &[u8]) -> String {
    let folder = Folder::new("hash");
    std::fs::write(folder.0.join("bytes"), bytes).unwrap();
    let output = Command::new(program).arg(folder.0.join("bytes")).output().unwrap();
    String::from_utf8(output.stdout).unwrap().split(' ').next().unwrap().to_owned()
}

/// Lets GnuPG judge, when this machine has it.
fn check_signature(key: &[u8], fingerprint: &str, document: &[u8], signature: &[u8]) {
    if Command::new("gpg").arg("--version").output().is_err() {
        println!("skipped: a_client_finds_every_document_with_its_hashes_and_signature: no gpg");
        return;
    }
    let folder = Folder::new("gpg");
    let gpg = |arguments: &[&str]| {
        let mut command = Command::new("gpg");
        command.arg("--homedir").arg(&folder.0).args(["--batch", "--status-fd", "1"]);
        let output = command.args(arguments).current_dir(&folder.0).output().unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    for (name, bytes) in [("key", key), ("document", document), ("signature", signature)] {
        std::fs::write(folder.0.join(name), bytes).unwrap();
    }
    assert!(gpg(&["--import", "key"]).0);
    let (good, said) = gpg(&["--verify", "signature", "document"]);
    assert!(good && said.contains(&fingerprint.to_uppercase()), "{said}");
    let mut altered = document.to_vec();
    altered[10] ^= 1;
    std::fs::write(folder.0.join("document"), altered).unwrap();
    assert!(!gpg(&["--verify", "signature", "document"]).0, "an altered document was accepted");
}

/// A private folder of this test's own.
pub struct Folder(pub std::path::PathBuf);

impl Folder {
    pub fn new(what: &str) -> Folder {
        use std::os::unix::fs::DirBuilderExt;
        use std::sync::atomic::{AtomicU32, Ordering};
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("seawall-{what}-{}-{number}", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::DirBuilder::new().mode(0o700).create(&path).unwrap();
        Folder(path)
    }
}

impl AsRef<Path> for Folder {
    fn as_ref(&self) -> &Path {
        &self.0
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[tokio::test]
async fn what_is_served_is_what_lies_there() {
    let office = provider().await;
    let public = office.desk.settings.public.clone();
    let mut folders = vec![public.clone()];
    let mut files = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            files += 1;
            let name = path.strip_prefix(&public).unwrap().to_str().unwrap();
            let answer = office.get("public", &format!("/public/{name}")).await;
            assert_eq!(answer.status, 200, "{name}");
            assert_eq!(answer.body, std::fs::read(&path).unwrap(), "{name}");
            if name.ends_with(".json") {
                assert_eq!(answer.header("content-type"), JSON, "{name}");
            }
            let head = office.ask("public", &format!("HEAD /public/{name}"), "", "").await;
            assert_eq!((head.status, head.body.len()), (200, 0), "{name}");
        }
    }
    assert!(files > 15, "{files}");
}

#[tokio::test]
async fn what_is_under_embargo_is_on_no_shelf() {
    let office = Office::new().await;
    office.open_case("door").await;
    office.publish().await;
    office.open_case("gate").await;
    let mut folders = vec![office.desk.settings.public.clone()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            match path.is_dir() {
                true => folders.push(path),
                false => {
                    let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
                    assert!(!text.contains("gate"), "{}", path.display());
                }
            }
        }
    }
}
