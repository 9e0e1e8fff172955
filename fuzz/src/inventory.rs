//! Inventories of every family, told apart by the names under which they come.

use crate::{is_one_line, refused};
use seawall_formats::exposure::{self, Line};
use seawall_formats::inventory::{self, COMPONENTS_MAX, TEXT_LEN_MAX, WARNINGS_MAX, cyclonedx};
use seawall_formats::purl;
use std::collections::HashSet;

/// CycloneDX as JSON.
pub fn cyclonedx_json(bytes: &[u8]) {
    listed("bom.json", Some("application/vnd.cyclonedx+json"), bytes);
}

/// CycloneDX as XML.
pub fn cyclonedx_xml(bytes: &[u8]) {
    listed("bom.xml", Some("application/vnd.cyclonedx+xml"), bytes);
}

/// SPDX 2 as JSON.
pub fn spdx_json(bytes: &[u8]) {
    listed("a.spdx.json", Some("application/spdx+json"), bytes);
}

/// SPDX 2 as tags and values.
pub fn spdx_tags(bytes: &[u8]) {
    listed("a.spdx", Some("text/spdx"), bytes);
}

/// SPDX 3 as JSON-LD.
pub fn spdx_graph(bytes: &[u8]) {
    listed("a.spdx3.json", Some("application/spdx+json"), bytes);
}

/// The names of the lock files and manifests of the ecosystems.
const LOCK_FILES: [&str; 12] = [
    "Cargo.lock",
    "package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "poetry.lock",
    "requirements.txt",
    "Pipfile.lock",
    "uv.lock",
    "go.sum",
    "go.mod",
    "Gemfile.lock",
    "composer.lock",
];

/// Lock files: the first byte picks the name, the rest is the file.
pub fn lock_file(bytes: &[u8]) {
    let Some((first, rest)) = bytes.split_first() else { return };
    listed(LOCK_FILES[usize::from(*first) % LOCK_FILES.len()], None, rest);
}

/// Lists of installed packages.
pub fn package_list(bytes: &[u8]) {
    listed("packages.txt", Some("text/plain"), bytes);
    let release = inventory::read_for(Some("12"), "status", None, bytes);
    if let Ok(list) = release {
        assert!(list.components.len() <= COMPONENTS_MAX);
    }
}

/// Tables of products.
pub fn table(bytes: &[u8]) {
    listed("products.csv", Some("text/csv"), bytes);
}

/// How many faults the rules tell of one document.
const CHECK_FAULTS_MAX: usize = 50;

/// The rules of CycloneDX, JSON and XML.
pub fn cyclonedx_check(bytes: &[u8]) {
    let Err(faults) = cyclonedx::check(bytes) else { return };
    assert!(!faults.is_empty(), "refused without a reason");
    assert!(faults.len() <= CHECK_FAULTS_MAX, "{} faults", faults.len());
    faults.iter().for_each(refused);
}

/// Exposures written for other tools: what we write, we would take. The texts of one line stand one
/// after the other with a zero between them.
pub fn exposure(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let mut texts = text.split('\0').map(str::to_owned);
    let mut next = || texts.next().unwrap_or_default();
    let line = Line {
        file: next(),
        component: next(),
        purl: Some(next()).filter(|purl| !purl.is_empty()),
        version: Some(next()).filter(|version| !version.is_empty()),
        advisory: next(),
        aliases: vec![next()],
        summary: next(),
        fixed: vec![next()],
        reason: next(),
        ..Line::default()
    };
    let lines = [line];
    let written = exposure::cyclonedx(&lines, "1.0");
    if let Err(faults) = cyclonedx::check(written.as_bytes()) {
        panic!("written, and refused: {} in {written}", faults[0]);
    }
    let sarif: Result<serde_json::Value, _> = serde_json::from_str(&exposure::sarif(&lines, "1.0"));
    assert!(sarif.is_ok());
    drop(exposure::csv(&lines));
}

fn listed(name: &str, media_type: Option<&str>, bytes: &[u8]) {
    let list = match inventory::read(name, media_type, bytes) {
        Ok(list) => list,
        Err(fault) => return refused(&fault),
    };
    assert!(list.components.len() <= COMPONENTS_MAX);
    // One more may say that nothing is listed, and a last one how many more there were.
    assert!(list.warnings.len() <= WARNINGS_MAX + 2, "{} warnings", list.warnings.len());
    list.warnings.iter().for_each(|warning| is_one_line(warning));
    let mut seen = HashSet::new();
    for component in &list.components {
        assert!(seen.insert(component), "listed twice: {component:?}");
        let chars = component.label.chars().count();
        assert!(chars <= 2 * TEXT_LEN_MAX + 1, "a label of {chars} characters");
        if let Some(package) = &component.package {
            let written = purl::write(package, component.version.as_ref());
            assert!(purl::write(package, component.version.as_ref()) == written);
        }
    }
}
