//! What one attempt costs: the most memory that reading a log and making its report hold at one
//! time, counted at the allocator, for each attempt.
//!
//! One test in a program of its own, since the count is the whole program's. `SEAWALL_SAMPLES` sets
//! how many attempts there are, for measuring.

#![allow(clippy::unwrap_used, clippy::expect_used)]
#![allow(unsafe_code, reason = "an allocator that counts has no safe words")]

#[allow(dead_code, reason = "of the writer only a part is needed here")]
#[path = "documents/inspect/writer.rs"]
mod writer;

use seawall_domain::evaluation::report::Report;
use seawall_formats::inspect;
use serde_json::{Value, json};
use std::alloc::{GlobalAlloc, Layout, System};
use std::io::Cursor;
use std::sync::atomic::{AtomicUsize, Ordering};
use writer::{Archive, Packing, document, header, sample, start, summary};

/// The system's allocator, with what it gave and the most of that at one time, in bytes.
struct Counting;

static HELD: AtomicUsize = AtomicUsize::new(0);
static MOST: AtomicUsize = AtomicUsize::new(0);

/// What a piece takes: whole blocks of 16 bytes, with 8 for the allocator's own, and at least 32.
fn taken(bytes: usize) -> usize {
    (bytes + 8).next_multiple_of(16).max(32)
}

fn grow(bytes: usize) {
    let held = HELD.fetch_add(bytes, Ordering::Relaxed) + bytes;
    MOST.fetch_max(held, Ordering::Relaxed);
}

// SAFETY: every call goes to the system's allocator as it came; the counts touch no memory of it.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        grow(taken(layout.size()));
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        HELD.fetch_sub(taken(layout.size()), Ordering::Relaxed);
        // SAFETY: `at` is from `alloc` above with this layout, as the caller promises.
        unsafe { System.dealloc(at, layout) }
    }

    unsafe fn realloc(&self, at: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // A large piece is moved by the pages, and never there twice.
        grow(taken(size).saturating_sub(taken(layout.size())));
        HELD.fetch_sub(taken(layout.size()).saturating_sub(taken(size)), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `realloc`.
        unsafe { System.realloc(at, layout, size) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// How many attempts, where nothing else is said.
const ATTEMPTS: u32 = 5_000;

/// What an attempt may hold, in bytes: in an archive without summaries and in one with them, and in
/// a document.
const BYTES_MAX: [u64; 3] = [600, 650, 600];

/// The most that is held at one time while a log is read and its report made, for each attempt.
fn held(bytes: &[u8], attempts: u32) -> u64 {
    let before = HELD.load(Ordering::Relaxed);
    MOST.store(before, Ordering::Relaxed);
    let log = inspect::read(Cursor::new(bytes)).unwrap();
    let read = MOST.load(Ordering::Relaxed) - before;
    let kept = HELD.load(Ordering::Relaxed) - before;
    let report = Report::of(&log);
    assert!(report.can_serve(), "{:?}", report.findings);
    assert_eq!(report.attempts.len(), attempts as usize);
    let most = MOST.load(Ordering::Relaxed) - before;
    let with = HELD.load(Ordering::Relaxed) - before;
    let each = |bytes: usize| bytes as u64 / u64::from(attempts);
    let [read, kept, most, with] = [read, kept, most, with].map(each);
    println!("an attempt: {read} B while reading, {kept} B read, {most} B at most");
    println!("            {with} B with its report");
    most
}

#[test]
fn an_attempt_holds_no_more_than_it_must() {
    let told = std::env::var("SEAWALL_SAMPLES").ok().and_then(|text| text.parse().ok());
    let attempts: u32 = told.unwrap_or(ATTEMPTS);
    let ids: Vec<Value> = (0..attempts).map(|number| json!(format!("task-{number:06}"))).collect();
    let mut header = header(&ids, 1);
    header["results"]["scores"][0]["metrics"] = json!({
        "accuracy": {"name": "accuracy", "value": 1.0, "params": {}},
    });
    let one = |number: usize, id: &Value| {
        let mut one = sample(id.clone(), 1, json!("C"));
        one["metadata"]["task_family"] = json!(format!("family-{}", number % 40));
        one["token_limit"] = json!(100_000);
        one
    };
    header["eval"]["config"]["token_limit"] = json!(100_000);
    let samples: Vec<Value> = ids.iter().enumerate().map(|(at, id)| one(at, id)).collect();
    let archive = |with_summaries: bool| {
        let mut archive = Archive::large(Packing::Stored);
        archive.json("_journal/start.json", &start(&header));
        samples.iter().for_each(|sample| archive.sample(sample));
        if with_summaries {
            archive.json("summaries.json", &samples.iter().map(summary).collect());
        }
        archive.json("header.json", &header);
        archive.finish()
    };
    let logs = [archive(false), archive(true), document(&header, &samples)];
    for (bytes, most) in logs.iter().zip(BYTES_MAX) {
        let found = held(bytes, attempts);
        assert!(found <= most, "an attempt holds {found} B, and {most} B are allowed");
    }
}
