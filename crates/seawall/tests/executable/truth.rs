//! The frozen truth of `SEAWALL_DATA/matching`: the installed set answers every inventory with
//! exactly the findings that others found, and every source of the data is read.

use crate::corridor::PROGRAM;
use crate::house::seawall;
use seawall_testkit::database::Fresh;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The data, or the test's name said.
fn data(test: &str) -> Option<PathBuf> {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    let folder = std::env::var("SEAWALL_DATA").unwrap_or_else(|_| default.to_owned());
    let folder = PathBuf::from(folder);
    if !folder.join("matching").is_dir() {
        println!("skipped: {test}: no SEAWALL_DATA");
        return None;
    }
    Some(folder)
}

fn unpacked(archive: &Path, into: &Path) {
    std::fs::create_dir_all(into).unwrap();
    let status =
        Command::new("tar").args(["--zstd", "-xf"]).arg(archive).arg("-C").arg(into).status();
    assert!(status.unwrap().success(), "{}", archive.display());
}

fn lines(file: &Path) -> Vec<Value> {
    let output = Command::new("zstd").arg("-dc").arg(file).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn run(arguments: &[&str]) -> std::process::Output {
    seawall(Path::new(PROGRAM), arguments)
}

/// Who hits what, and by which rules.
type Findings = BTreeMap<(String, String), BTreeSet<String>>;

fn findings(all: &Value, purl: &str, id: &str, by: &str) -> Findings {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    all.as_array()
        .unwrap()
        .iter()
        .map(|one| {
            let rules = one[by].as_array().unwrap().iter().map(text).collect();
            ((text(&one[purl]), text(&one[id])), rules)
        })
        .collect()
}

#[test]
fn every_inventory_has_exactly_the_findings_of_the_truth() {
    let Some(data) = data("every_inventory_has_exactly_the_findings_of_the_truth") else { return };
    let home = Fresh::sqlite();
    let at = |name: &str| home.dir().join(name);
    let installed = at("installed").display().to_string();
    let source = |name: &str| data.join(format!("osv/{name}.jsonl.zst")).display().to_string();
    let imported = run(&[
        "advisories",
        "--data",
        &installed,
        "import",
        &source("rustsec"),
        &source("pypa"),
        &source("go"),
    ]);
    assert_eq!(imported.status.code(), Some(0), "{imported:?}");
    unpacked(&data.join("matching/lock-sboms.tar.zst"), &at("lock"));
    unpacked(&data.join("matching/synthetic-sboms.tar.zst"), &at("synthetic"));
    for name in ["bom-shelter-spdx", "spdx-examples", "cyclonedx-bom-examples"] {
        unpacked(&data.join(format!("sbom/{name}.tar.zst")), &at(&format!("real-sbom/{name}")));
    }
    let mut compared = 0;
    let mut differ = Vec::new();
    for kind in ["lock", "synthetic", "real-sbom"] {
        for truth in lines(&data.join(format!("matching/{kind}-expected.jsonl.zst"))) {
            let name = truth["sbom"].as_str().unwrap().replacen(':', "/", 1);
            let file = at(kind).join(&name).display().to_string();
            let output = run(&["match", &file, "--data", &installed, "--json"]);
            let told: Value = serde_json::from_slice(&output.stdout)
                .unwrap_or_else(|_| panic!("{name}: {}", String::from_utf8_lossy(&output.stderr)));
            let wanted = findings(&truth["findings"], "purl", "id", "by");
            let found = findings(&told["findings"], "component_purl", "advisory_id", "matched_by");
            compared += wanted.len();
            if wanted != found {
                let keys = |all: &Findings| all.keys().cloned().collect::<BTreeSet<_>>();
                let (wanted, found) = (keys(&wanted), keys(&found));
                let missing: Vec<_> = wanted.difference(&found).take(3).collect();
                let extra: Vec<_> = found.difference(&wanted).take(3).collect();
                differ.push(format!("{name}: missing {missing:?}, extra {extra:?}"));
            }
        }
    }
    println!("{compared} findings compared");
    assert_eq!(compared, 12_368);
    assert!(differ.is_empty(), "{differ:#?}");
}

#[test]
fn every_source_is_read_and_the_set_is_made_anew_from_itself() {
    let test = "every_source_is_read_and_the_set_is_made_anew_from_itself";
    let Some(data) = data(test) else { return };
    let home = Fresh::sqlite();
    let installed = home.dir().display().to_string();
    let place = |name: &str| data.join(name).display().to_string();
    let sources = [
        place("osv/haskell.jsonl.zst"),
        place("kev/known_exploited_vulnerabilities.json"),
        place("epss/synthetic-epss_scores.csv.gz"),
        place("cve/cve-records.jsonl.zst"),
        place("csaf-cisa/cisa-csaf-white.tar.zst"),
        place("openvex/vexhub-rancher.tar.zst"),
    ];
    let mut arguments = vec!["advisories", "--data", &installed, "--json", "import"];
    arguments.extend(sources.iter().map(String::as_str));
    let output = run(&arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    let many = |kind: &str| {
        let sources = told["sources"].as_array().unwrap().iter();
        sources.filter_map(|source| source["records"][kind].as_u64()).sum::<u64>()
    };
    let kinds = ["osv", "kev", "epss", "cve", "csaf"].map(many);
    assert_eq!(kinds, [35, 1404, 3000, 1714, 1528], "{told}");
    let statements: u64 =
        told["sources"].as_array().unwrap().iter().filter_map(|s| s["statements"].as_u64()).sum();
    assert!(statements > 500, "{told}");
    assert_eq!(told["unread"], 0, "{told}");
    // One more source: the rest comes from the set itself, and one that was there is replaced.
    let again = ["advisories", "--data", &installed, "--json", "import", &sources[1]];
    let output = run(&again);
    let anew: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(anew["records"], told["records"], "{anew}");
    assert_eq!(anew["sources"].as_array().unwrap().len(), sources.len());
    let checked = run(&["advisories", "--data", &installed, "check"]);
    assert_eq!(checked.status.code(), Some(0), "{checked:?}");
}

#[test]
fn a_damaged_set_is_refused_with_a_reason() {
    let home = Fresh::sqlite();
    let at = |name: &str| home.dir().join(name).display().to_string();
    let record = r#"{"id":"X-1","modified":"2026-01-01T00:00:00Z","affected":[{"package":
        {"ecosystem":"npm","name":"door"},"versions":["1.0.0"]}]}"#;
    std::fs::write(at("x.json"), record).unwrap();
    std::fs::write(at("list.txt"), "").unwrap();
    let inventory = r#"{"bomFormat":"CycloneDX","specVersion":"1.5","components":[
        {"type":"library","name":"door","version":"1.0.0","purl":"pkg:npm/door@1.0.0"}]}"#;
    std::fs::write(at("bom.json"), inventory).unwrap();
    let data = at("data");
    let imported = run(&["advisories", "--data", &data, "import", &at("x.json")]);
    assert_eq!(imported.status.code(), Some(0), "{imported:?}");
    let set = home.dir().join("data/advisories.set");
    let whole = std::fs::read(&set).unwrap();
    let matched = |bytes: &[u8]| {
        std::fs::write(&set, bytes).unwrap();
        let output = run(&["match", &at("bom.json"), "--data", &data]);
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(matched(&whole).0, Some(1));
    let mut flipped = whole.clone();
    flipped[whole.len() / 2] ^= 1;
    let mut older = whole.clone();
    let layout = whole.len() - 16;
    older[layout] = 0;
    for (bytes, says) in [
        (&whole[..whole.len() - 1], "cut off"),
        (&flipped[..], "damaged"),
        (&older[..], "import the advisories again"),
        (&b"{}"[..], "not a compiled advisory set"),
    ] {
        let (status, said) = matched(bytes);
        assert_eq!(status, Some(2), "{said}");
        assert!(said.contains(says), "{said}");
    }
}
