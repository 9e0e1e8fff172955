//! `cargo xtask bench frontier`: what the gateway costs, beside nginx and LiteLLM in one run.
//!
//! One provider that answers the same 0.8 kB, one gateway with everything on (proofs, scope, quota,
//! a journal that is synced before each request is sent), each a process of one thread (the journal
//! has its own). The same client asks the provider directly, through nginx and LiteLLM (where they
//! are installed; `--peers` installs LiteLLM) and through the gateway, once by client certificates
//! and once by signed proofs: requests a second, processor time of the proxy a request, what it
//! adds at the median and the 99th percentile. A sync of the disk is measured beside it, because a
//! request waits for one. Then a thousand open streams: memory, and how long they live after a
//! withdrawal. All take turns, in several rounds; a figure is their median, and in brackets stand
//! the lowest and the highest.
//!
//! `gateway [--peers] [SECONDS]`, of each turn. Loopback only.

// A measurement that cannot go on says so by its panic.
#![allow(clippy::unwrap_used, clippy::expect_used)]
#![allow(clippy::disallowed_methods, reason = "a benchmark stands outside, where time is real")]

#[path = "gateway/candidate.rs"]
mod candidate;
#[path = "gateway/client.rs"]
mod client;
#[path = "gateway/disk.rs"]
mod disk;
#[path = "gateway/litellm.rs"]
mod litellm;
#[path = "gateway/nginx.rs"]
mod nginx;
#[path = "gateway/papers.rs"]
mod papers;
#[path = "gateway/process.rs"]
mod process;
#[path = "gateway/provider.rs"]
mod provider;

use candidate::{Candidate, Span};
use papers::Papers;
use process::Process;
use std::time::Duration;

/// Connections of the client.
const CONNECTIONS: usize = 64;
/// How often each has its turn.
const ROUNDS: usize = 5;
/// Open streams.
const STREAMS: usize = 1000;

// The bars: requests a second beside each peer; what may be added besides the syncs, in
// microseconds; memory with all streams open.
const OF_NGINX_MIN: f64 = 0.25;
const OF_LITELLM_MIN: f64 = 200.0;
const ADDED_P50_MAX: f64 = 200.0;
const ADDED_P99_MAX: f64 = 1000.0;
const RESIDENT_MIB_MAX: f64 = 50.0;
// F30, F31: how long a stream may live on.
const ENDED_MILLIS_MAX: f64 = 1000.0;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["provide"] => provider::provide(),
        ["gate", settings] => papers::gate(settings),
        ["--peers", rest @ ..] => {
            litellm::install();
            bench(seconds(rest));
        }
        rest => bench(seconds(rest)),
    }
}

fn seconds(words: &[&str]) -> u64 {
    words.first().map_or(3, |text| text.parse().expect("a number of seconds"))
}

fn bench(seconds: u64) {
    let time = Duration::from_secs(seconds);
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let provider = Process::begin(&["provide"]);
    let upstream = &provider.address.text;
    let nginx = nginx::begin(upstream, folder.path());
    let litellm = litellm::begin(upstream, folder.path());
    let papers = [true, false].map(|certified| {
        Papers::write(&folder.path().join(certified.to_string()), upstream, certified)
    });
    let gates = papers.each_ref().map(|papers| {
        let gate = Process::begin(&["gate", papers.settings.to_str().unwrap()]);
        gate.over(papers.tls.clone())
    });
    let mut direct = Candidate::provider(&provider);
    let mut nginx = nginx.as_ref().map(|nginx| Candidate::peer("through nginx", nginx));
    let mut litellm = litellm.as_ref().map(|litellm| Candidate::peer("through LiteLLM", litellm));
    let mut certified = Candidate::gateway("by client certificates", &gates[0], &papers[0]);
    let mut signed = Candidate::gateway("by signed proofs", &gates[1], &papers[1]);
    let mut sync = Vec::new();
    for round in 1..=ROUNDS {
        eprintln!("round {round} of {ROUNDS}");
        let all = [Some(&mut direct), nginx.as_mut(), litellm.as_mut()];
        for candidate in all.into_iter().flatten().chain([&mut certified, &mut signed]) {
            runtime.block_on(candidate.turn(CONNECTIONS, time));
        }
        sync.push(disk::sync_micros(folder.path()));
    }
    let sync = Span::of(sync);
    for candidate in [Some(&direct), nginx.as_ref(), litellm.as_ref()].into_iter().flatten() {
        candidate.said(&direct);
    }
    certified.said(&direct);
    signed.said(&direct);
    println!("a line appended and synced: p50 {sync} µs");
    for (at, candidate) in [&certified, &signed].into_iter().enumerate() {
        println!("\nthe gateway, {}:", candidate.name);
        beside("nginx", candidate, nginx.as_ref(), OF_NGINX_MIN);
        beside("LiteLLM", candidate, litellm.as_ref(), OF_LITELLM_MIN);
        let (p50, p99) = candidate.added(&direct);
        let sync = sync.median;
        bar("added p50 in µs, with one sync,", p50, ADDED_P50_MAX + sync);
        bar("added p99 in µs, with two,", p99, ADDED_P99_MAX + 2.0 * sync);
        let first = candidate.first_added(&direct);
        bar("first piece, added p50 in µs, with one sync,", first, ADDED_P50_MAX + sync);
        let streams = runtime.block_on(client::streams(&papers[at], &gates[at], STREAMS));
        bar("resident MiB with all streams open", streams.resident_mib, RESIDENT_MIB_MAX);
        bar("streams ended behind their lease by ms", streams.late_millis, ENDED_MILLIS_MAX);
        bar("streams ended behind a withdrawal by ms", streams.withdrawn_millis, ENDED_MILLIS_MAX);
    }
}

fn bar(name: &str, value: f64, most: f64) {
    let kept = if value <= most { "kept" } else { "missed" };
    println!("bar: {name} at most {most:.0}, is {value:.0}: {kept}");
}

fn beside(name: &str, ours: &Candidate<'_>, peer: Option<&Candidate<'_>>, least: f64) {
    let Some(peer) = peer else {
        return println!("{name} is not installed: not compared");
    };
    let rate = ours.crowd(|it| it.rate).median / peer.crowd(|it| it.rate).median;
    let cpu = peer.crowd(|it| it.cpu_micros).median / ours.crowd(|it| it.cpu_micros).median;
    let kept = if rate >= least { "kept" } else { "missed" };
    println!(
        "bar: requests a second, of {name}'s, at least {least}, is {rate:.2}: {kept}; by processor \
         time {cpu:.2}"
    );
}
