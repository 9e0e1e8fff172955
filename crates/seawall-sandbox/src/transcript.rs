//! Writing down what a run did: what was called, what it printed, what it used up.

use crate::launch::Ended;
use crate::oracle::{Judgement, told};
use crate::run::RunReport;
use seawall_domain::verdict::Outcome;
use std::fmt::Write as _;
use std::time::Duration;

/// What of one stream is kept in a transcript.
const STREAM_BYTES_KEPT: usize = 16 * 1024;

/// A transcript being written.
#[derive(Clone, Default)]
pub(crate) struct Transcript {
    pub text: String,
    cpu: Duration,
    wall: Duration,
    peak_mib: u32,
}

impl Transcript {
    /// Begins with what stands at the head of every run's.
    pub(crate) fn under(head: &str) -> Transcript {
        Transcript { text: head.to_owned(), ..Transcript::default() }
    }

    /// Adds one command; the token of this run is written as `TOKEN`.
    pub(crate) fn add(&mut self, name: &str, size: Option<u32>, ended: &Ended, token: &str) {
        self.cpu += ended.cpu;
        self.wall += ended.wall;
        self.peak_mib = self.peak_mib.max(ended.peak_mib);
        let size = size.map(|size| format!(" at size {size}")).unwrap_or_default();
        // Writing to a string cannot fail.
        let _ = writeln!(
            self.text,
            "\n{name}{size} {}\nprocessor {} ms, passed {} ms, memory {} MiB",
            told(&ended.how),
            ended.cpu.as_millis(),
            ended.wall.as_millis(),
            ended.peak_mib
        );
        for (stream, bytes) in [("stdout", &ended.stdout), ("stderr", &ended.stderr)] {
            if !bytes.is_empty() {
                let kept = bytes.get(..STREAM_BYTES_KEPT).unwrap_or(bytes);
                let mut text = String::from_utf8_lossy(kept).into_owned();
                if !token.is_empty() {
                    text = text.replace(token, "TOKEN");
                }
                let lines = text.lines().map(|line| format!("| {line}\n"));
                let _ = write!(self.text, "{stream}\n{}", lines.collect::<String>());
                if kept.len() < bytes.len() {
                    let _ = writeln!(self.text, "… {} bytes in all", bytes.len());
                }
            }
        }
    }

    /// Adds a remark of the laboratory.
    pub(crate) fn note(&mut self, remark: &str) {
        // Writing to a string cannot fail.
        let _ = writeln!(self.text, "{remark}");
    }

    /// Ends it with what it means.
    pub(crate) fn close(mut self, judgement: Judgement) -> RunReport {
        let word = match judgement.outcome {
            Outcome::Affected => "affected",
            Outcome::Unaffected => "unaffected",
            Outcome::Untested => "untested",
        };
        let _ = writeln!(self.text, "\n{word}: {}", judgement.why);
        RunReport {
            outcome: judgement.outcome,
            effect: judgement.effect,
            transcript: self.text,
            crash: judgement.crash,
            cpu_ms: u64::try_from(self.cpu.as_millis()).unwrap_or(u64::MAX),
            wall_ms: u64::try_from(self.wall.as_millis()).unwrap_or(u64::MAX),
            peak_mib: self.peak_mib,
        }
    }
}
