//! Stacks against the reports of CASR: the places where programs crashed are the clusters.
//!
//! CASR's sets hold one crash each, seen by gdb, by AddressSanitizer and by Python; all of them
//! together show that clusters are not only large.

use crate::support::read;
use seawall_domain::crash::{Crash, Frame, Notation, Severity};
use seawall_matching::stack::{Policy, Signature, clusters, severity};
use serde_json::Value;
use std::collections::BTreeMap;
use std::time::Instant;

/// A frame as CASR keeps it; what the documents' reader does in the product.
fn frame(line: &str) -> Frame {
    if let Some((_, function)) = line.split_once(", in ").filter(|_| line.starts_with("File ")) {
        let function = Some(function.to_owned());
        return Frame { notation: Notation::Python, function, ..Frame::default() };
    }
    let told = line.trim_start().split_once(' ').map_or("", |(_, told)| told).trim_start();
    let told = told.split_once(" in ").filter(|_| told.starts_with("0x")).map_or(told, |(_, t)| t);
    let (notation, function, file) = match told.split_once(" (") {
        Some((function, rest)) if rest.contains(") at ") || rest.contains(") from ") => {
            let file = rest.rsplit_once(") at ").map(|(_, file)| file.to_owned());
            (Notation::Debugger, function, file)
        }
        Some(_) | None => match told.rsplit_once(' ') {
            Some((function, file)) if file.contains('/') => {
                (Notation::Sanitizer, function, Some(file.to_owned()))
            }
            Some(_) | None => (Notation::Sanitizer, told, None),
        },
    };
    let function = Some(function.to_owned()).filter(|name| !name.starts_with("0x"));
    Frame { notation, function, file, ..Frame::default() }
}

struct Report {
    set: String,
    label: Option<String>,
    signature: Signature,
}

fn reports(test: &str) -> Option<Vec<Report>> {
    let text = read(test, &["zstd", "-dc"], "crash/casr-reports.jsonl.zst")?;
    let reports = text.lines().map(|line| {
        let report: Value = serde_json::from_str(line).unwrap();
        let stack = report["stack"].as_array().unwrap();
        let frames: Vec<Frame> = stack.iter().map(|line| frame(line.as_str().unwrap())).collect();
        // A sanitizer's place has a column as well, gdb's has none; the place is the line.
        let label = report["crash_line"].as_str().map(|place| {
            let parts: Vec<&str> = place.split(':').take(2).collect();
            parts.join(":")
        });
        let set = report["set"].as_str().unwrap().to_owned();
        Report { set, label, signature: Signature::of_frames(&frames) }
    });
    Some(reports.collect())
}

/// How well groups fit labels, by pairs: precision, recall and the adjusted Rand index.
fn fit(groups: &[Vec<usize>], labels: &[&str]) -> (f64, f64, f64) {
    let pairs = |n: usize| n as f64 * (n as f64 - 1.0) / 2.0;
    let (mut both, mut found) = (0.0, 0.0);
    for group in groups {
        let mut by_label: BTreeMap<&str, usize> = BTreeMap::new();
        for place in group {
            *by_label.entry(labels[*place]).or_default() += 1;
        }
        found += pairs(group.len());
        both += by_label.values().map(|count| pairs(*count)).sum::<f64>();
    }
    let mut by_label: BTreeMap<&str, usize> = BTreeMap::new();
    for label in labels {
        *by_label.entry(label).or_default() += 1;
    }
    let wanted: f64 = by_label.values().map(|count| pairs(*count)).sum();
    let chance = found * wanted / pairs(labels.len());
    let most = f64::midpoint(found, wanted);
    let adjusted = if most == chance { 1.0 } else { (both - chance) / (most - chance) };
    (both / found, both / wanted, adjusted)
}

#[test]
fn clusters_are_the_places_where_programs_crashed() {
    let Some(reports) = reports("clusters_are_the_places_where_programs_crashed") else { return };
    assert_eq!(reports.len(), 694);
    let labelled: Vec<&Report> = reports.iter().filter(|report| report.label.is_some()).collect();
    let labels: Vec<&str> =
        labelled.iter().map(|report| report.label.as_deref().unwrap_or_default()).collect();
    let stacks: Vec<Signature> = labelled.iter().map(|report| report.signature.clone()).collect();
    let before = Instant::now();
    let groups = clusters(&stacks);
    let took = before.elapsed();
    let (precision, recall, adjusted) = fit(&groups, &labels);
    println!(
        "{} reports, {} clusters: precision {precision:.4}, recall {recall:.4}, \
         adjusted Rand {adjusted:.4}, {took:?}",
        labelled.len(),
        groups.len(),
    );
    assert!(precision >= 0.999 && recall >= 0.999 && adjusted >= 0.999);
}

#[test]
fn unlabelled_sets_are_parted_as_their_stacks_are() {
    let Some(reports) = reports("unlabelled_sets_are_parted_as_their_stacks_are") else { return };
    let mut sets: BTreeMap<&str, Vec<Signature>> = BTreeMap::new();
    for report in reports.iter().filter(|report| report.label.is_none()) {
        sets.entry(&report.set).or_default().push(report.signature.clone());
    }
    let counted: BTreeMap<&str, usize> =
        sets.iter().map(|(set, stacks)| (*set, clusters(stacks).len())).collect();
    println!("{counted:?}");
    for (set, stacks) in &sets {
        let groups = clusters(stacks).len();
        assert!(groups > 1 && groups <= stacks.len(), "{set}: {groups}");
    }
}

/// The class in an OSV record of OSS-Fuzz, `Heap-buffer-overflow READ 1`, as reports have it.
fn class(details: &str) -> Option<String> {
    let (_, rest) = details.split_once("Crash type: ")?;
    let class = rest.lines().next()?;
    let sized = [" READ ", " WRITE "].iter().find_map(|verb| class.find(verb));
    Some(match sized {
        Some(at) => format!("{}\n{}", &class[..at], &class[at + 1..]),
        None => class.to_owned(),
    })
}

#[test]
fn severities_are_those_that_oss_fuzz_publishes() {
    let test = "severities_are_those_that_oss_fuzz_publishes";
    let Some(text) = read(test, &["zstd", "-dc"], "osv/oss-fuzz.jsonl.zst") else { return };
    let (mut compared, mut equal) = (0_u32, 0_u32);
    for line in text.lines() {
        let record: Value = serde_json::from_str(line).unwrap();
        let Some(class) = class(record["details"].as_str().unwrap_or_default()) else { continue };
        let published = match record["affected"][0]["ecosystem_specific"]["severity"].as_str() {
            Some("HIGH") => Severity::High,
            Some("MEDIUM") => Severity::Medium,
            Some("LOW") => Severity::Low,
            Some(_) | None => continue,
        };
        let crash = Crash { class, ..Crash::default() };
        compared += 1;
        equal += u32::from(severity(&crash, Policy::default()) == Some(published));
    }
    println!("{compared} published severities, {equal} equal");
    // The rest was raised or lowered by a person who knew more than the class.
    assert!(compared > 3_000 && f64::from(equal) / f64::from(compared) > 0.96);
}
