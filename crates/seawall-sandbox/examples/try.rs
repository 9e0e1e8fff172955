//! Runs a recipe file against releases, all by default: `try CACHE RECIPE RUNS [VERSION…]`.

use seawall_domain::package::Version;
use seawall_sandbox::{Isolation, Laboratory};
use std::time::Instant;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let usage = "try CACHE RECIPE RUNS [VERSION…]";
    let (cache, file) = (words.next().ok_or(usage)?, words.next().ok_or(usage)?);
    let runs: u32 = words.next().ok_or(usage)?.parse()?;
    let mut versions: Vec<Version> = words.map(Version).collect();
    let recipe = seawall_formats::recipe::read(&std::fs::read_to_string(file)?)
        .map_err(|faults| faults.iter().map(|f| format!("{f}\n")).collect::<String>())?;
    let lab = Laboratory {
        cache: cache.into(),
        local_catalogue: None,
        offline: false,
        isolation: Isolation::Namespaces,
    };
    let verbose = !versions.is_empty();
    let start = Instant::now();
    let package = &recipe.target.package;
    if versions.is_empty() {
        let releases = lab.releases(package)?;
        println!("{} releases in {:.1} s", releases.len(), start.elapsed().as_secs_f32());
        versions = releases.into_iter().map(|release| release.version).collect();
    }
    let start = Instant::now();
    let fetched = lab.fetch_all(package, &versions);
    let there = fetched.iter().filter(|fetched| fetched.is_ok()).count();
    println!("{there} of {} fetched in {:.1} s", versions.len(), start.elapsed().as_secs_f32());
    let start = Instant::now();
    for version in &versions {
        for report in lab.run(&recipe, version, runs)? {
            let (cpu, wall, peak) = (report.cpu_ms, report.wall_ms, report.peak_mib);
            let last = report.transcript.lines().last().unwrap_or_default();
            println!(
                "{version:10} {cpu:6} ms cpu {wall:6} ms {peak:4} MiB  {} / {last}",
                report.effect
            );
            if verbose && runs == 1 {
                println!("{}", report.transcript);
            }
        }
    }
    println!("ran in {:.1} s", start.elapsed().as_secs_f32());
    Ok(())
}
