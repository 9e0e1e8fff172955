//! `cargo xtask bench frontier`: what the gateway costs, beside nginx and LiteLLM in one run.
//!
//! One provider that answers the same 0.8 kB, one gateway with everything on (proofs, scope, quota,
//! a journal that is synced before each request is sent), each a process of one thread (the journal
//! has its own). The same client asks the provider directly, through nginx and LiteLLM (where they
//! are installed; `--peers` installs LiteLLM) and through the gateway: requests a second, processor
//! time of the proxy a request, what it adds at the median and the 99th percentile. A sync of the
//! disk is measured beside it, because a request waits for one. Then a thousand open streams:
//! memory, and how long they live after a withdrawal.
//!
//! `gateway [--peers] [SECONDS]`. Loopback only.

// A measurement that cannot go on says so by its panic.
#![allow(clippy::unwrap_used, clippy::expect_used)]
#![allow(clippy::disallowed_methods, reason = "a benchmark stands outside, where time is real")]

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

use client::{Measured, first_piece, measure};
use papers::Papers;
use process::Process;
use std::time::Duration;

/// Connections of the client.
const CONNECTIONS: usize = 64;
/// Open streams.
const STREAMS: usize = 1000;

// The bars: requests a second beside each peer; what may be added besides the syncs, in
// microseconds; memory with all streams open.
const OF_NGINX_MIN: f64 = 0.25;
const OF_LITELLM_MIN: f64 = 200.0;
const ADDED_P50_MAX: f64 = 200.0;
const ADDED_P99_MAX: f64 = 1000.0;
const RESIDENT_MIB_MAX: f64 = 50.0;

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
    words.first().map_or(5, |text| text.parse().expect("a number of seconds"))
}

fn bench(seconds: u64) {
    let time = Duration::from_secs(seconds);
    let folder = tempfile::tempdir().unwrap();
    let provider = Process::begin(&["provide"]);
    let papers = Papers::write(folder.path(), &provider.address);
    let gate = Process::begin(&["gate", papers.settings.to_str().unwrap()]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(papers.lease(&gate.address));
    let asked = |of: &Process, connections, proven: bool| {
        let request = || match proven {
            true => papers.proven(&of.address),
            false => papers.bare(),
        };
        runtime.block_on(measure(of, connections, time, &request))
    };
    let direct = asked(&provider, CONNECTIONS, false);
    said("the provider itself", &direct, None);
    let nginx = nginx::begin(&provider.address, folder.path()).map(|nginx| {
        let through = asked(&nginx, CONNECTIONS, false);
        said("through nginx", &through, Some(&direct));
        through
    });
    let litellm = litellm::begin(&provider.address, folder.path()).map(|litellm| {
        let through = asked(&litellm, CONNECTIONS, false);
        said("through LiteLLM", &through, Some(&direct));
        through
    });
    let ours = asked(&gate, CONNECTIONS, true);
    said("through the gateway", &ours, Some(&direct));
    beside("nginx", &ours, nginx, OF_NGINX_MIN);
    beside("LiteLLM", &ours, litellm, OF_LITELLM_MIN);
    let alone = asked(&provider, 1, false);
    said("one at a time, direct", &alone, None);
    let one = asked(&gate, 1, true);
    said("one at a time, gateway", &one, Some(&alone));
    let sync = disk::sync_micros(folder.path());
    println!("a line appended and synced: p50 {sync:.0} µs");
    let (p50, p99) = (one.p50_micros - alone.p50_micros, one.p99_micros - alone.p99_micros);
    let bar = |name: &str, value: f64, most: f64| {
        let kept = if value <= most { "kept" } else { "missed" };
        println!("bar: {name} at most {most:.0}, is {value:.0}: {kept}");
    };
    bar("added p50 in µs, with one sync,", p50, ADDED_P50_MAX + sync);
    bar("added p99 in µs, with two,", p99, ADDED_P99_MAX + 2.0 * sync);
    let first = |address: &str, before: &dyn Fn() -> Vec<u8>, request: &dyn Fn() -> Vec<u8>| {
        runtime.block_on(first_piece(address, before, request))
    };
    let direct = first(&provider.address, &|| papers.bare(), &|| papers.bare_stream());
    let address = &gate.address;
    let through = first(address, &|| papers.proven(address), &|| papers.streamed(address));
    let added = through - direct;
    bar("first piece of a stream, added p50 in µs, with one sync,", added, ADDED_P50_MAX + sync);
    let resident = runtime.block_on(client::streams(&papers, &gate, STREAMS));
    bar("resident MiB with all streams open", resident, RESIDENT_MIB_MAX);
}

fn beside(name: &str, ours: &Measured, peer: Option<Measured>, least: f64) {
    let Some(peer) = peer else {
        return println!("{name} is not installed: not compared");
    };
    let (rate, cpu) = (ours.rate / peer.rate, peer.cpu_micros / ours.cpu_micros);
    let kept = if rate >= least { "kept" } else { "missed" };
    println!(
        "bar: requests a second, of {name}'s, at least {least}, is {rate:.2}: {kept}; by processor \
         time {cpu:.2}"
    );
}

fn said(name: &str, measured: &Measured, direct: Option<&Measured>) {
    let Measured { rate, cpu_micros, p50_micros, p99_micros } = measured;
    let added = direct.map_or(String::new(), |direct| {
        format!(
            "; added p50 {:.0} µs, p99 {:.0} µs",
            p50_micros - direct.p50_micros,
            p99_micros - direct.p99_micros
        )
    });
    println!(
        "{name:24} {rate:7.0} requests/s, {cpu_micros:6.1} µs of processor time each, p50 \
         {p50_micros:6.0} µs, p99 {p99_micros:6.0} µs{added}"
    );
}
