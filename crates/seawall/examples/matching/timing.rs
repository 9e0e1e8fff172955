//! Programs, timed from outside: wall time, processor time and peak memory of each run.

use nix::sys::resource::{Usage, UsageWho, getrusage};
use nix::sys::time::TimeVal;
use serde_json::{Value, json};
use std::process::{Command, Stdio};
use std::time::Instant;

/// The first argument that makes this program run and time another one.
pub const MEASURE: &str = "__measure";

/// One run of a program.
#[derive(Clone, Copy, Debug)]
pub struct Run {
    pub wall_ms: f64,
    pub cpu_ms: f64,
    pub peak_mib: f64,
    pub status: i32,
}

/// A program with its arguments.
#[derive(Clone, Debug)]
pub struct Job {
    pub name: &'static str,
    pub line: Vec<String>,
}

impl Job {
    pub fn new(name: &'static str, line: &[&str]) -> Self {
        Job { name, line: line.iter().map(|word| (*word).to_owned()).collect() }
    }

    /// What it says on standard output, with its status.
    pub fn output(&self) -> (Option<i32>, Vec<u8>) {
        let (program, arguments) = self.line.split_first().expect("a job has a program");
        let told = Command::new(program).args(arguments).stdin(Stdio::null()).output();
        let told = told.unwrap_or_else(|error| panic!("cannot start `{program}`: {error}"));
        (told.status.code(), told.stdout)
    }

    /// Runs it once. The clock stands in a small process of its own, so that neither this
    /// program's memory nor its other children count.
    pub fn run(&self) -> Run {
        let own = std::env::current_exe().expect("this program lies somewhere");
        let told = Command::new(own).arg(MEASURE).args(&self.line).output();
        let told = told.expect("this program can be started again");
        let text = String::from_utf8_lossy(&told.stdout);
        let words: Vec<f64> = text.split_whitespace().filter_map(|w| w.parse().ok()).collect();
        let [wall_ms, cpu_ms, peak_mib, status] = words[..] else {
            panic!("cannot measure `{}`: {}", self.name, String::from_utf8_lossy(&told.stderr));
        };
        Run { wall_ms, cpu_ms, peak_mib, status: status as i32 }
    }
}

/// Runs the program named by the arguments and prints its figures.
pub fn measure(line: &[String]) {
    let (program, arguments) = line.split_first().expect("there is a program to measure");
    let mut command = Command::new(program);
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let begun = Instant::now();
    let status = command.status().expect("the program can be started");
    let wall_ms = begun.elapsed().as_secs_f64() * 1e3;
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN).expect("the kernel keeps accounts");
    let cpu_ms = milliseconds(usage);
    let peak_mib = usage.max_rss() as f64 / 1024.0;
    println!("{wall_ms} {cpu_ms} {peak_mib} {}", status.code().unwrap_or(-1));
}

/// Processor time, the kernel's share too.
pub fn milliseconds(usage: Usage) -> f64 {
    let of = |time: TimeVal| time.tv_sec() as f64 * 1e3 + time.tv_usec() as f64 / 1e3;
    of(usage.user_time()) + of(usage.system_time())
}

/// A median between the least and the most.
#[derive(Clone, Copy, Debug)]
pub struct Spread {
    pub median: f64,
    pub min: f64,
    pub max: f64,
}

impl Spread {
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let median = values.get(values.len() / 2).copied().unwrap_or(f64::NAN);
        let end = |value: Option<&f64>| value.copied().unwrap_or(f64::NAN);
        Spread { median, min: end(values.first()), max: end(values.last()) }
    }

    pub fn json(&self) -> Value {
        json!({ "median": self.median, "min": self.min, "max": self.max })
    }
}

/// All rounds of one job.
#[derive(Clone, Copy, Debug)]
pub struct Timed {
    pub wall_ms: Spread,
    pub cpu_ms: Spread,
    pub peak_mib: f64,
}

impl Timed {
    pub fn json(&self) -> Value {
        json!({
            "wall_ms": self.wall_ms.json(), "cpu_ms": self.cpu_ms.json(),
            "peak_mib": self.peak_mib,
        })
    }
}

/// Runs every job once a round, one after the other; a first round warms the caches and does not
/// count. A job that ends with another status in a later round is not measured but broken.
pub fn interleaved(jobs: &[Job], rounds: usize) -> Vec<Timed> {
    let mut runs: Vec<Vec<Run>> = vec![Vec::new(); jobs.len()];
    let warm: Vec<Run> = jobs.iter().map(Job::run).collect();
    for _ in 0..rounds {
        for ((job, runs), warm) in jobs.iter().zip(&mut runs).zip(&warm) {
            let run = job.run();
            assert_eq!(run.status, warm.status, "{} ends the same every time", job.name);
            runs.push(run);
        }
    }
    runs.into_iter()
        .map(|runs| Timed {
            wall_ms: Spread::of(runs.iter().map(|run| run.wall_ms).collect()),
            cpu_ms: Spread::of(runs.iter().map(|run| run.cpu_ms).collect()),
            peak_mib: runs.iter().map(|run| run.peak_mib).fold(0.0, f64::max),
        })
        .collect()
}

/// The load of the machine over the last minute.
pub fn load() -> f64 {
    let text = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    text.split(' ').next().and_then(|word| word.parse().ok()).unwrap_or(f64::NAN)
}
