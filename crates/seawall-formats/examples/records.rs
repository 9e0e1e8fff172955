//! How long each reader takes for a record, over the shared test data.
//!
//! `cargo run --release --example records -- FOLDER`, or with the folder in `SEAWALL_DATA`.

use seawall_formats::{archive, csaf, cve, epss, kev, osv, vex};
use std::error::Error;
use std::fs::File;
use std::path::Path;
use std::time::Instant;

/// The documents of one file.
fn documents(folder: &Path, name: &str) -> Result<Vec<Vec<u8>>, Box<dyn Error>> {
    let mut all = Vec::new();
    let file = File::open(folder.join(name))?;
    archive::read(name, file, &mut |_, document| {
        all.push(document.to_vec());
        Ok::<(), String>(())
    })?;
    Ok(all)
}

/// Reads every document of some files and says what it took; `read` gives the number of records.
fn measure(
    what: &str,
    folder: &Path,
    names: &[&str],
    read: impl Fn(&[u8]) -> Option<usize>,
) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let mut all = Vec::new();
    for name in names {
        all.extend(documents(folder, name)?);
    }
    let bytes: usize = all.iter().map(Vec::len).sum();
    let unpacked = start.elapsed();
    let start = Instant::now();
    let (mut records, mut refused) = (0, 0);
    for document in &all {
        match read(document) {
            Some(count) => records += count,
            None => refused += 1,
        }
    }
    let micros = start.elapsed().as_secs_f64() * 1e6;
    println!(
        "{what}: {} documents ({refused} refused), {records} records, {:.2} µs a record, \
         {:.0} MB/s; {:.0} ms to unpack {:.1} MB",
        all.len(),
        micros / records.max(1) as f64,
        bytes as f64 / micros,
        unpacked.as_secs_f64() * 1e3,
        bytes as f64 / 1e6,
    );
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    let folder = std::env::args().nth(1).or_else(|| std::env::var("SEAWALL_DATA").ok());
    let folder = folder
        .unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data").to_owned());
    let folder = Path::new(&folder);
    for database in ["rustsec", "pypa", "go", "oss-fuzz", "haskell"] {
        let name = format!("osv/{database}.jsonl.zst");
        measure(&name, folder, &[&name], |bytes| osv::read(bytes).ok().map(|_| 1))?;
    }
    let cves = ["cve/cve-records.jsonl.zst", "cve/cve-records-bulk.jsonl.zst"];
    measure("cve", folder, &cves, |bytes| cve::read(bytes).ok().map(|_| 1))?;
    let catalogue = ["kev/known_exploited_vulnerabilities.json"];
    measure("kev", folder, &catalogue, |bytes| Some(kev::read(bytes).ok()?.records.len()))?;
    let scores = ["epss/synthetic-epss_scores.csv.gz"];
    measure("epss", folder, &scores, |bytes| Some(epss::read(bytes).ok()?.records().count()))?;
    let advisories = ["csaf-cisa/cisa-csaf-white.tar.zst"];
    measure("csaf", folder, &advisories, |bytes| Some(csaf::read(bytes).ok()?.records.len()))?;
    let statements = [
        "openvex/openvex-samples.tar.zst",
        "openvex/vexhub-aquasecurity.tar.zst",
        "openvex/vexhub-rancher.tar.zst",
    ];
    measure("openvex", folder, &statements, |bytes| Some(vex::read_any(bytes).ok()?.len()))
}
