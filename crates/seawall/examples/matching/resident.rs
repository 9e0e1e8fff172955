//! The engine as a library in a process that stays: components a second and core, with and without
//! the reading of the inventory, by one and by two readers of the same set.

use crate::inputs::{COMPONENTS, Findings};
use crate::timing::{self, Spread};
use nix::sys::resource::{UsageWho, getrusage};
use seawall_formats::inventory;
use seawall_matching::assess::{Circumstances, assess};
use seawall_matching::set::{Answer, Set};
use serde::Deserialize;
use std::borrow::Cow;
use std::collections::HashSet;
use std::hint::black_box;
use std::path::Path;
use std::time::Instant;

/// How long one measurement goes on, in seconds.
const SECONDS: f64 = 0.5;

/// What nobody can go below who reads the document at all: the JSON down to the purls, each cut at
/// its version and looked up, and the version read where the name is an affected one.
pub struct Floor<'a> {
    names: HashSet<&'a str>,
}

#[derive(Deserialize)]
struct Bill<'a> {
    #[serde(borrow)]
    components: Vec<Line<'a>>,
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow)]
    purl: Option<Cow<'a, str>>,
}

impl<'a> Floor<'a> {
    /// The floor below matching that finds these.
    pub fn below(findings: &'a Findings) -> Floor<'a> {
        Floor {
            names: findings
                .iter()
                .filter_map(|(purl, _)| purl.split_once('@'))
                .map(|cut| cut.0)
                .collect(),
        }
    }

    fn read(&self, bytes: &[u8]) -> usize {
        let bill: Bill<'_> = serde_json::from_slice(bytes).expect("it is JSON");
        let purls = bill.components.iter().filter_map(|line| line.purl.as_deref());
        let named = purls.filter_map(|purl| purl.split_once('@'));
        let affected = named.filter(|(name, _)| self.names.contains(name));
        affected.filter_map(|(_, version)| semver::Version::parse(version).ok()).count()
    }
}

/// Components a second and core.
pub struct Resident {
    /// The floor, on the same document.
    pub floor: Spread,
    /// Reading the inventory, then assessing it.
    pub read_and_assess: Spread,
    /// Reading it alone.
    pub read: Spread,
    /// Assessing what was read before: hits, flaws, deadlines, statements.
    pub assess: Spread,
    /// Only which records hit.
    pub answer: Spread,
    /// Two readers at once: components a second of both together, by wall time.
    pub two_readers: Spread,
}

pub fn measured(set: &Set<Vec<u8>>, path: &Path, floor: &Floor<'_>, rounds: usize) -> Resident {
    let bytes = std::fs::read(path).expect("the inventory was written");
    let read = || inventory::read("rust.cdx.json", None, black_box(&bytes)).expect("it is read");
    let components = read().components;
    assert_eq!(components.len(), COMPONENTS, "every component is read");
    let circumstances = Circumstances {
        exposed: None,
        detected_at: jiff::Timestamp::now(),
        statements: Vec::new(),
    };
    let assessed = |components: &[_]| {
        assess(set, components, &circumstances).expect("nothing is damaged").affected.len()
    };
    let hits = || {
        let answers = components.iter().map(|one| set.answer(one).expect("nothing is damaged"));
        answers.filter(|answer| matches!(answer, Answer::Hits(_))).count()
    };
    let mut rates: [Vec<f64>; 6] = Default::default();
    for _ in 0..rounds {
        rates[0].push(rate(|| assessed(&read().components)));
        rates[1].push(rate(|| read().components.len()));
        rates[2].push(rate(|| assessed(&components)));
        rates[3].push(rate(hits));
        rates[4].push(at_once(|| assessed(&components)));
        rates[5].push(rate(|| floor.read(black_box(&bytes))));
    }
    let [read_and_assess, read, assess, answer, two_readers, floor] = rates.map(Spread::of);
    Resident { floor, read_and_assess, read, assess, answer, two_readers }
}

/// Components a second of processor time.
fn rate(work: impl Fn() -> usize) -> f64 {
    let (begun, cpu) = (Instant::now(), cpu_seconds());
    let mut times = 0;
    while begun.elapsed().as_secs_f64() < SECONDS {
        black_box(work());
        times += 1;
    }
    (times * COMPONENTS) as f64 / (cpu_seconds() - cpu)
}

/// Components a second of wall time, by two readers.
fn at_once(work: impl Fn() -> usize + Sync) -> f64 {
    let begun = Instant::now();
    let reader = || {
        let mut times = 0;
        while begun.elapsed().as_secs_f64() < SECONDS {
            black_box(work());
            times += 1;
        }
        times
    };
    let times: usize = std::thread::scope(|scope| {
        let readers = [scope.spawn(reader), scope.spawn(reader)];
        readers.into_iter().map(|reader| reader.join().expect("a reader ends well")).sum()
    });
    (times * COMPONENTS) as f64 / begun.elapsed().as_secs_f64()
}

/// Processor time of this thread, in seconds.
fn cpu_seconds() -> f64 {
    let usage = getrusage(UsageWho::RUSAGE_THREAD).expect("the kernel keeps accounts");
    timing::milliseconds(usage) / 1e3
}
