//! Measures the reverse direction: one advisory against many million postings.
//!
//! `cargo run --release -p seawall-matching --example reverse -- [MILLIONS…] [--fleet] [--json]`
//!
//! The inventories are made up: 500 versions an asset, drawn by popularity (Zipf, s = 1, over the
//! packages and over the versions of each, newest first), the same in every run. With `--fleet`, 64
//! neighbours share nine tenths of their versions. 2,000 million postings need about 8 GB.
//! Answers are compared with a plain count over the same inventories before anything is timed.

// A measurement that cannot go on says so by its panic.
#![allow(clippy::expect_used)]

#[path = "reverse/chance.rs"]
mod chance;
#[path = "reverse/world.rs"]
mod world;

use nix::time::ClockId;
use seawall_domain::range::{Basis, Interval};
use seawall_matching::exposure::AffectedRange;
use seawall_matching::postings::{Builder, Journal, Postings, VersionId};
use serde_json::{Value, json};
use std::hint::black_box;
use world::{Image, PER_ASSET, World};

/// Advisories that are compared with the plain count.
const CHECKED: usize = 64;
/// Advisories that are timed.
const TIMED: usize = 2_000;
/// Assets that are made before any is added, so that making them is timed apart.
const BATCH: u32 = 512;
/// Postings of the plain array that is scanned; longer scans are computed from it.
const SCANNED_MAX: u64 = 100_000_000;
/// Components of an inventory that is added.
const ADDED: usize = 200;
const MILLION: u64 = 1_000_000;

#[derive(Clone, Copy, Eq, PartialEq)]
enum Output {
    Table,
    Json,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let mut sizes: Vec<u64> =
        arguments.iter().filter_map(|argument| argument.parse().ok()).collect();
    if sizes.is_empty() {
        sizes = vec![10, 100];
    }
    let image = if has("--fleet") { Image::Fleet } else { Image::Own };
    let output = if has("--json") { Output::Json } else { Output::Table };
    let results: Vec<Value> =
        sizes.iter().map(|millions| measured(*millions, image, output)).collect();
    if output == Output::Json {
        println!("{}", Value::Array(results));
    }
}

/// An advisory for the versions `from..to` of a package, counted over all packages.
struct Case {
    range: AffectedRange<u32>,
    from: u32,
    to: u32,
    count: u64,
    sum: u64,
}

fn measured(millions: u64, image: Image, output: Output) -> Value {
    let mut world = World::new(millions * MILLION, image);
    let mut cases: Vec<Case> = (0..CHECKED).map(|number| case(&mut world, number)).collect();
    let mut result = json!({ "postings": millions * MILLION, "assets": world.assets });
    let (postings, numbers) = built(&mut world, &mut cases, &mut result);
    for case in &cases {
        compare(case, &postings);
    }
    eprintln!("{CHECKED} advisories agree with a plain count of all inventories");
    let sizes = postings.sizes();
    let len = postings.snapshot_len() as f64;
    result["dictionary_bytes"] = sizes.dictionary_bytes.into();
    result["holders_bytes_per_posting"] = (sizes.holders_bytes as f64 / len).into();
    result["components_bytes_per_posting"] = (sizes.components_bytes as f64 / len).into();
    queries(&mut world, &postings, &mut result);
    scan(&mut world, &numbers, &postings, &mut result);
    let mut postings = postings;
    additions(&mut world, &mut postings, &mut result);
    if millions <= 200 {
        renewals(postings, &mut result);
    }
    if output == Output::Table {
        print(&result);
    }
    result
}

fn case(world: &mut World, number: usize) -> Case {
    // The most widespread package in all its versions comes first.
    let package = if number == 0 { 0 } else { world.package() };
    let (first, end) = (world.first[package as usize], world.first[package as usize + 1]);
    let (mut from, mut to) = (first, end);
    if number > 0 {
        from = first + world.chance.below(end - first);
        to = from + 1 + world.chance.below(end - from);
    }
    let version = |id: u32| Some(world.named(id).1);
    let interval = Interval {
        introduced: if from == first { None } else { version(from) },
        fixed: if to == end { None } else { version(to) },
        last_affected: None,
    };
    let package = world.named(first).0;
    let range = AffectedRange::new(0, package, vec![interval], Basis::Run);
    Case { range, from, to, count: 0, sum: 0 }
}

fn built(
    world: &mut World,
    cases: &mut [Case],
    result: &mut Value,
) -> (Postings<'static>, Vec<VersionId>) {
    let start = cpu_seconds();
    let dictionary = world.dictionary();
    result["dictionary_cpu_s"] = (cpu_seconds() - start).into();
    let numbers = world.numbers(&dictionary);
    let mut builder = Builder::new(dictionary);
    let (mut versions, mut own, mut building) = (Vec::new(), Vec::new(), 0.0);
    let mut asset = 0;
    while asset < world.assets {
        versions.clear();
        let end = (asset + BATCH).min(world.assets);
        for asset in asset..end {
            world.inventory(asset, &mut own);
            for case in cases.iter_mut() {
                let at = own.partition_point(|id| *id < case.from);
                if own.get(at).is_some_and(|id| *id < case.to) {
                    case.count += 1;
                    case.sum += u64::from(asset);
                }
            }
            versions.extend(own.iter().map(|id| numbers[*id as usize]));
        }
        let start = cpu_seconds();
        for (asset, versions) in (asset..end).zip(versions.chunks_exact(PER_ASSET)) {
            builder.push(asset, versions).expect("assets come in order");
        }
        building += cpu_seconds() - start;
        asset = end;
    }
    result["peak_pushed_bytes"] = peak_bytes().into();
    let start = cpu_seconds();
    let postings = builder.finish().expect("blocks are small enough");
    building += cpu_seconds() - start;
    result["build_cpu_s"] = building.into();
    result["peak_bytes"] = peak_bytes().into();
    result["versions"] = postings.versions_len().into();
    (postings, numbers)
}

fn compare(case: &Case, postings: &Postings<'_>) {
    let found = postings.affected(&case.range).expect("nothing is damaged");
    let (mut sum, mut count) = (0, 0);
    found.each(|asset| {
        sum += u64::from(asset);
        count += 1;
    });
    assert_eq!(found.len(), case.count, "{:?}", case.range);
    assert_eq!((count, sum), (case.count, case.sum), "{:?}", case.range);
}

fn queries(world: &mut World, postings: &Postings<'_>, result: &mut Value) {
    let mut hottest = Vec::new();
    let whole = case(world, 0).range;
    for _ in 0..9 {
        let start = cpu_seconds();
        black_box(count(&whole, postings));
        hottest.push((cpu_seconds() - start) * 1e3);
    }
    let cases: Vec<Case> = (0..TIMED).map(|number| case(world, number)).collect();
    let (mut listed, mut listing, mut whole_time) = (0, 0.0, 0.0);
    for case in cases.iter().take(TIMED / 4) {
        let start = cpu_seconds();
        let found = postings.affected(&case.range).expect("nothing is damaged");
        let middle = cpu_seconds();
        let ids = found.to_vec();
        listing += cpu_seconds() - middle;
        whole_time += cpu_seconds() - start;
        listed += black_box(ids).len();
    }
    result["count_ms"] = counted(&cases, postings);
    let (p50, _, max) = percentiles(&mut hottest);
    result["hottest_package_ms"] = json!({ "p50": p50, "max": max });
    result["ids_listed_per_s"] = (listed as f64 / listing).into();
    result["ids_found_and_listed_per_s"] = (listed as f64 / whole_time).into();
}

fn count(range: &AffectedRange<u32>, postings: &Postings<'_>) -> u64 {
    let selection = postings.select(range);
    postings.count(&selection.affected).expect("nothing is damaged")
}

fn counted(cases: &[Case], postings: &Postings<'_>) -> Value {
    let mut times: Vec<f64> = Vec::new();
    for case in cases {
        let start = cpu_seconds();
        black_box(count(&case.range, postings));
        times.push((cpu_seconds() - start) * 1e3);
    }
    let (p50, p99, max) = percentiles(&mut times);
    json!({ "p50": p50, "p99": p99, "max": max })
}

/// The floor: every posting as a plain number, asset by asset, looked at once.
fn scan(world: &mut World, numbers: &[VersionId], postings: &Postings<'_>, result: &mut Value) {
    let assets = (SCANNED_MAX / PER_ASSET as u64).min(world.assets.into()) as u32;
    let mut plain = Vec::with_capacity(assets as usize * PER_ASSET);
    let mut own = Vec::new();
    for asset in 0..assets {
        world.inventory(asset, &mut own);
        plain.extend_from_slice(&own);
    }
    let (mut times, mut expected) = (Vec::new(), Vec::new());
    for number in 0..7 {
        let case = case(world, number % 2);
        let versions: Vec<VersionId> =
            (case.from..case.to).map(|id| numbers[id as usize]).collect();
        let found = postings.holders(&versions).expect("nothing is damaged");
        let mut below = 0;
        found.each(|asset| below += usize::from(asset < assets));
        let start = cpu_seconds();
        let width = case.to - case.from;
        let hit = |own: &&[u32]| {
            own.iter().fold(false, |hit, id| hit | (id.wrapping_sub(case.from) < width))
        };
        let count = plain.chunks_exact(PER_ASSET).filter(hit).count();
        times.push((cpu_seconds() - start) * 1e3);
        expected.push((count, below));
    }
    assert!(expected.iter().all(|(scanned, found)| scanned == found), "{expected:?}");
    let (p50, _, _) = percentiles(&mut times);
    let scale = postings.snapshot_len() as f64 / plain.len() as f64;
    result["scanned_postings"] = plain.len().into();
    result["full_scan_ms"] = (p50 * scale).into();
    let ratio = |value: &Value| p50 * scale / value.as_f64().unwrap_or(f64::NAN);
    let ratios = [&result["count_ms"]["p50"], &result["count_ms"]["p99"]].map(ratio);
    let hottest = ratio(&result["hottest_package_ms"]["p50"]);
    result["scan_ratio"] = json!({ "p50": ratios[0], "p99": ratios[1], "hottest": hottest });
}

fn additions(world: &mut World, postings: &mut Postings<'_>, result: &mut Value) {
    let mut journal = Journal::new(postings);
    let mut own = Vec::new();
    let mut times = Vec::new();
    for asset in world.assets..world.assets + 1_000 {
        world.inventory(asset, &mut own);
        let every = own.iter().step_by(PER_ASSET / ADDED + 1).chain(own.iter().rev());
        let components: Vec<_> = every.take(ADDED).map(|id| world.named(*id)).collect();
        let start = cpu_seconds();
        black_box(postings.replace(asset, &components, &mut journal)).expect("there is room");
        times.push((cpu_seconds() - start) * 1e6);
    }
    let (p50, p99, max) = percentiles(&mut times);
    result["add_200_us"] = json!({ "p50": p50, "p99": p99, "max": max });
    let mut renewed = Vec::new();
    for asset in (0..world.assets).step_by(world.assets as usize / 1_000 + 1) {
        world.inventory(asset, &mut own);
        let mut components: Vec<_> = own.iter().map(|id| world.named(*id)).collect();
        components.truncate(PER_ASSET - 1);
        let start = cpu_seconds();
        black_box(postings.replace(asset, &components, &mut journal)).expect("there is room");
        renewed.push((cpu_seconds() - start) * 1e6);
    }
    let (p50, p99, _) = percentiles(&mut renewed);
    result["renew_500_us"] = json!({ "p50": p50, "p99": p99 });
    let cases: Vec<Case> = (0..TIMED).map(|number| case(world, number)).collect();
    result["count_changed_ms"] = counted(&cases, postings);
    result["journal_bytes_per_change"] =
        (journal.take().len() as f64 / postings.changes_len() as f64).into();
}

fn renewals(postings: Postings<'_>, result: &mut Value) {
    // The plain array of the scan is gone; the highest mark starts anew where the kernel lets it.
    std::fs::write("/proc/self/clear_refs", "5").ok();
    result["compacting_from_bytes"] = peak_bytes().into();
    let start = cpu_seconds();
    let postings = postings.compact().expect("nothing is damaged");
    result["compact_cpu_s"] = (cpu_seconds() - start).into();
    result["peak_compacted_bytes"] = peak_bytes().into();
    let bytes = postings.to_bytes();
    let start = cpu_seconds();
    let read = Postings::from_bytes(&bytes).expect("nothing is damaged");
    result["open_cpu_s"] = (cpu_seconds() - start).into();
    assert_eq!(read.snapshot_len(), postings.snapshot_len());
}

fn percentiles(times: &mut [f64]) -> (f64, f64, f64) {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
    (at(0.5), at(0.99), at(1.0))
}

/// Processor time of this thread, in seconds: the machine may be busy.
fn cpu_seconds() -> f64 {
    let time = ClockId::CLOCK_THREAD_CPUTIME_ID.now().expect("the kernel keeps accounts");
    time.tv_sec() as f64 + time.tv_nsec() as f64 / 1e9
}

/// The most memory that this process ever held.
fn peak_bytes() -> u64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.trim().split(' ').next()?.parse::<u64>().ok());
    kilobytes.unwrap_or(0) * 1024
}

/// What is printed: a name, where it stands in the result, and its unit.
const LINES: [(&str, &str, &str); 27] = [
    ("postings", "/postings", ""),
    ("assets", "/assets", ""),
    ("package versions", "/versions", ""),
    ("version to assets", "/holders_bytes_per_posting", "B/posting"),
    ("asset to versions", "/components_bytes_per_posting", "B/posting"),
    ("dictionary", "/dictionary_bytes", "B"),
    ("peak memory, all pushed", "/peak_pushed_bytes", "B"),
    ("peak memory, built", "/peak_bytes", "B"),
    ("dictionary built", "/dictionary_cpu_s", "CPU-s"),
    ("built", "/build_cpu_s", "CPU-s"),
    ("affected count p50", "/count_ms/p50", "ms"),
    ("affected count p99", "/count_ms/p99", "ms"),
    ("affected count max", "/count_ms/max", "ms"),
    ("hottest package, all versions", "/hottest_package_ms/p50", "ms"),
    ("affected count p99 over changes", "/count_changed_ms/p99", "ms"),
    ("ids found and listed", "/ids_found_and_listed_per_s", "/s"),
    ("full scan of plain numbers", "/full_scan_ms", "ms"),
    ("full scan / count p99", "/scan_ratio/p99", "x"),
    ("full scan / hottest package", "/scan_ratio/hottest", "x"),
    ("add 200 components p50", "/add_200_us/p50", "us"),
    ("add 200 components p99", "/add_200_us/p99", "us"),
    ("renew 500 components p50", "/renew_500_us/p50", "us"),
    ("journal", "/journal_bytes_per_change", "B/change"),
    ("compacted", "/compact_cpu_s", "CPU-s"),
    ("memory before compacting", "/compacting_from_bytes", "B"),
    ("peak memory, compacted", "/peak_compacted_bytes", "B"),
    ("opened, checksums compared", "/open_cpu_s", "CPU-s"),
];

fn print(result: &Value) {
    for (name, place, unit) in LINES {
        let Some(value) = result.pointer(place) else {
            continue;
        };
        match value.as_u64() {
            Some(whole) => println!("{name:34} {whole:>14} {unit}"),
            None => println!("{name:34} {:>14.3} {unit}", value.as_f64().unwrap_or(f64::NAN)),
        }
    }
    println!();
}
