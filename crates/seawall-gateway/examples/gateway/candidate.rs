//! Who is measured, turn by turn.

use crate::client::{Measured, first_piece, measure};
use crate::papers::{self, Papers};
use crate::process::Process;
use std::fmt;
use std::time::Duration;

/// How long a gateway is open for one turn.
const LEASE_SECONDS: i64 = 600;

/// The median of several rounds, with the lowest and the highest.
pub struct Span {
    pub median: f64,
    lowest: f64,
    highest: f64,
}

impl Span {
    pub fn of(mut values: Vec<f64>) -> Span {
        values.sort_by(f64::total_cmp);
        let (lowest, highest) = (values[0], values[values.len() - 1]);
        Span { median: values[values.len() / 2], lowest, highest }
    }
}

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.0} ({:.0}-{:.0})", self.median, self.lowest, self.highest)
    }
}

/// One process that is asked, and what was measured of it so far.
pub struct Candidate<'p> {
    pub name: &'static str,
    process: &'p Process,
    /// What a request to a gateway needs; a peer takes a bare one.
    papers: Option<&'p Papers>,
    by_many: Vec<Measured>,
    by_one: Vec<Measured>,
    /// How long the first piece of a stream took, in microseconds; empty where that is not asked,
    /// because a peer may keep a piece until there are more.
    first: Vec<f64>,
    is_streamed: bool,
}

impl<'p> Candidate<'p> {
    /// A peer.
    pub fn peer(name: &'static str, process: &'p Process) -> Candidate<'p> {
        let (by_many, by_one, first) = (Vec::new(), Vec::new(), Vec::new());
        Candidate { name, process, papers: None, by_many, by_one, first, is_streamed: false }
    }

    /// The provider itself.
    pub fn provider(process: &'p Process) -> Candidate<'p> {
        Candidate { is_streamed: true, ..Candidate::peer("the provider itself", process) }
    }

    /// A gateway.
    pub fn gateway(name: &'static str, process: &'p Process, papers: &'p Papers) -> Candidate<'p> {
        Candidate { papers: Some(papers), is_streamed: true, ..Candidate::peer(name, process) }
    }

    /// Is asked by so many connections for so long, then by one, then for streams.
    pub async fn turn(&mut self, connections: usize, time: Duration) {
        let address = &self.process.address;
        if let Some(papers) = self.papers {
            papers.lease(address, LEASE_SECONDS).await;
        }
        let request = || self.papers.map_or_else(papers::bare, |it| it.proven(address));
        let stream = || self.papers.map_or_else(papers::bare_stream, |it| it.streamed(address));
        self.by_many.push(measure(self.process, connections, time, &request).await);
        self.by_one.push(measure(self.process, 1, time, &request).await);
        if self.is_streamed {
            self.first.push(first_piece(address, &request, &stream).await);
        }
    }

    /// One figure of what was asked by many.
    pub fn crowd(&self, figure: fn(&Measured) -> f64) -> Span {
        Span::of(self.by_many.iter().map(figure).collect())
    }

    fn alone(&self, figure: fn(&Measured) -> f64) -> Span {
        Span::of(self.by_one.iter().map(figure).collect())
    }

    /// What it adds to whoever asks alone: at the median and at the 99th percentile.
    pub fn added(&self, direct: &Candidate<'_>) -> (f64, f64) {
        let added = |figure| self.alone(figure).median - direct.alone(figure).median;
        (added(|it| it.p50_micros), added(|it| it.p99_micros))
    }

    /// What it adds to the first piece of a stream, at the median.
    pub fn first_added(&self, direct: &Candidate<'_>) -> f64 {
        Span::of(self.first.clone()).median - Span::of(direct.first.clone()).median
    }

    /// Prints what was measured.
    pub fn said(&self, direct: &Candidate<'_>) {
        let (p50, p99) = self.added(direct);
        println!(
            "{:22} {} requests/s, {} µs of processor time each; alone p50 {} µs (added {p50:.0}), \
             p99 {} µs (added {p99:.0})",
            self.name,
            self.crowd(|it| it.rate),
            self.crowd(|it| it.cpu_micros),
            self.alone(|it| it.p50_micros),
            self.alone(|it| it.p99_micros),
        );
        if self.is_streamed {
            let (first, added) = (Span::of(self.first.clone()), self.first_added(direct));
            println!("{:22} first piece {first} µs (added {added:.0})", "");
        }
    }
}
