//! `cargo xtask bench frontier`: what the gateway costs, beside nginx and LiteLLM in one run.
//!
//! One provider that answers the same 0.8 kB, one gateway with everything on (proofs, scope, quota,
//! a journal that is synced before each request is sent), each a process of one thread (the journal
//! has its own). The same client asks the provider directly, through nginx and LiteLLM (where they
//! are installed; `--peers` installs LiteLLM) and through the gateway, once by client certificates
//! and once by signed proofs: requests a second, processor time of the proxy a request, what it
//! adds at the median and the 99th percentile. A sync of the disk is measured beside it, because a
//! request waits for one. Then a thousand open streams: memory, and how long they live after a
//! withdrawal.
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

use client::{Address, Measured, first_piece, measure};
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
    words.first().map_or(5, |text| text.parse().expect("a number of seconds"))
}

/// The peers, in the run that they were measured in.
struct Peers {
    direct: Measured,
    nginx: Option<Measured>,
    litellm: Option<Measured>,
    alone: Measured,
    sync_micros: f64,
}

fn bench(seconds: u64) {
    let time = Duration::from_secs(seconds);
    let folder = tempfile::tempdir().unwrap();
    let provider = Process::begin(&["provide"]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let asked =
        |of: &Process, connections| runtime.block_on(measure(of, connections, time, &papers::bare));
    let direct = asked(&provider, CONNECTIONS);
    said("the provider itself", &direct, None);
    let upstream = &provider.address.text;
    let nginx = nginx::begin(upstream, folder.path()).map(|nginx| asked(&nginx, CONNECTIONS));
    nginx.iter().for_each(|through| said("through nginx", through, Some(&direct)));
    let litellm = litellm::begin(upstream, folder.path());
    let litellm = litellm.map(|litellm| asked(&litellm, CONNECTIONS));
    litellm.iter().for_each(|through| said("through LiteLLM", through, Some(&direct)));
    let alone = asked(&provider, 1);
    said("one at a time, direct", &alone, None);
    let sync_micros = disk::sync_micros(folder.path());
    println!("a line appended and synced: p50 {sync_micros:.0} µs");
    let peers = Peers { direct, nginx, litellm, alone, sync_micros };
    for certified in [true, false] {
        let papers = Papers::write(&folder.path().join(certified.to_string()), upstream, certified);
        let by = if certified {
            "client certificates over TLS (RFC 8705)"
        } else {
            "a signed proof for each request (RFC 9449)"
        };
        println!("\nthe gateway, by {by}:");
        gateway(&runtime, time, (&provider, &peers), &papers);
    }
}

/// Everything of one gateway, against its bars.
fn gateway(
    runtime: &tokio::runtime::Runtime,
    time: Duration,
    (provider, peers): (&Process, &Peers),
    papers: &Papers,
) {
    let gate = Process::begin(&["gate", papers.settings.to_str().unwrap()]);
    let gate = gate.over(papers.tls.clone());
    let address = &gate.address;
    runtime.block_on(papers.lease(address, 600));
    let request = || papers.proven(address);
    let asked = |connections| runtime.block_on(measure(&gate, connections, time, &request));
    let ours = asked(CONNECTIONS);
    said("through the gateway", &ours, Some(&peers.direct));
    beside("nginx", &ours, peers.nginx.as_ref(), OF_NGINX_MIN);
    beside("LiteLLM", &ours, peers.litellm.as_ref(), OF_LITELLM_MIN);
    let one = asked(1);
    said("one at a time, gateway", &one, Some(&peers.alone));
    let sync = peers.sync_micros;
    let (p50, p99) =
        (one.p50_micros - peers.alone.p50_micros, one.p99_micros - peers.alone.p99_micros);
    bar("added p50 in µs, with one sync,", p50, ADDED_P50_MAX + sync);
    bar("added p99 in µs, with two,", p99, ADDED_P99_MAX + 2.0 * sync);
    let first = |address: &Address, before: &dyn Fn() -> Vec<u8>, request: &dyn Fn() -> Vec<u8>| {
        runtime.block_on(first_piece(address, before, request))
    };
    let direct = first(&provider.address, &papers::bare, &papers::bare_stream);
    let added = first(address, &request, &|| papers.streamed(address)) - direct;
    bar("first piece of a stream, added p50 in µs, with one sync,", added, ADDED_P50_MAX + sync);
    let streams = runtime.block_on(client::streams(papers, &gate, STREAMS));
    bar("resident MiB with all streams open", streams.resident_mib, RESIDENT_MIB_MAX);
    bar("streams ended behind their lease by ms", streams.late_millis, ENDED_MILLIS_MAX);
    bar("streams ended behind a withdrawal by ms", streams.withdrawn_millis, ENDED_MILLIS_MAX);
}

fn bar(name: &str, value: f64, most: f64) {
    let kept = if value <= most { "kept" } else { "missed" };
    println!("bar: {name} at most {most:.0}, is {value:.0}: {kept}");
}

fn beside(name: &str, ours: &Measured, peer: Option<&Measured>, least: f64) {
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
