//! `cargo xtask bench frontier`: what the gateway costs, beside nginx as a bare proxy in one run.
//!
//! One provider that answers the same 0.8 kB, one gateway with everything on (proofs, scope, quota,
//! a journal that is synced before each request is sent), each a process of one thread. The same
//! client asks the provider directly, through nginx (where it is installed) and through the
//! gateway: requests a second, processor time of the proxy a request, what it adds at the median
//! and the 99th percentile. Then a thousand open streams: memory, and how long they live after a
//! withdrawal.
//!
//! `gateway [SECONDS]`. Loopback only.

// A measurement that cannot go on says so by its panic.
#![allow(clippy::unwrap_used, clippy::expect_used)]
#![allow(clippy::disallowed_methods, reason = "a benchmark stands outside, where time is real")]

#[path = "gateway/client.rs"]
mod client;
#[path = "gateway/nginx.rs"]
mod nginx;
#[path = "gateway/papers.rs"]
mod papers;
#[path = "gateway/process.rs"]
mod process;
#[path = "gateway/provider.rs"]
mod provider;

use client::{Measured, measure};
use papers::Papers;
use process::Process;
use std::time::Duration;

/// Connections of the client.
const CONNECTIONS: usize = 16;
/// Open streams.
const STREAMS: usize = 1000;

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["provide"] => provider::provide(),
        ["gate", settings] => papers::gate(settings),
        [] => bench(5),
        [seconds, ..] => bench(seconds.parse().expect("a number of seconds")),
    }
}

fn bench(seconds: u64) {
    let time = Duration::from_secs(seconds);
    let folder = tempfile::tempdir().unwrap();
    let provider = Process::begin(&["provide"]);
    let papers = Papers::write(folder.path(), &provider.address);
    let gate = Process::begin(&["gate", papers.settings.to_str().unwrap()]);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(papers.lease(&gate.address));
    let direct = runtime.block_on(measure(&provider, CONNECTIONS, time, &|| papers.bare()));
    said("the provider itself", &direct, None);
    let peer = nginx::begin(&provider.address, folder.path()).map(|nginx| {
        let through = runtime.block_on(measure(&nginx, CONNECTIONS, time, &|| papers.bare()));
        said("through nginx", &through, Some(&direct));
        through
    });
    let ours =
        runtime.block_on(measure(&gate, CONNECTIONS, time, &|| papers.proven(&gate.address)));
    said("through the gateway", &ours, Some(&direct));
    match peer {
        Some(nginx) => {
            println!("the gateway makes {:.2} of nginx's requests a second", ours.rate / nginx.rate)
        }
        None => println!("nginx is not installed: not compared"),
    }
    let one = runtime.block_on(measure(&gate, 1, time, &|| papers.proven(&gate.address)));
    let alone = runtime.block_on(measure(&provider, 1, time, &|| papers.bare()));
    said("one at a time, direct", &alone, None);
    said("one at a time, gateway", &one, Some(&alone));
    runtime.block_on(client::streams(&papers, &gate, STREAMS));
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
