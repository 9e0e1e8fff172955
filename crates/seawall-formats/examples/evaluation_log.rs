//! Reading a log of an evaluation: processor seconds and peak memory, against their bars.
//!
//! `evaluation_log` makes a log of 1,000 samples with 201 messages each (about 110 MB packed, 260
//! MB of JSON) and reads it, every member to its end, everything computed again: a process for each
//! reading, so that its peak is its own. `--peers` has inspect-ai's `read_eval_log` read the same
//! file in between, where `cargo xtask test` installed it. Then the headers of 1,000 small logs are
//! read, as `seawall evaluation list` does. `--large` reads a log of 1.1 GB besides (5 GB of space
//! are enough). `evaluation_log LOG` reads a log that is there.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark that cannot run has failed"
)]

use seawall_domain::evaluation::report::Report;
use seawall_formats::inspect;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

#[path = "evaluation_log/made.rs"]
mod made;

use made::{Size, write};

/// The log that is read in rounds.
const USUAL: Size = Size { samples: 1_000, messages: 201 };
/// The log of `--large`: about 1.1 GB packed.
const LARGE: Size = Size { samples: 10_000, messages: 201 };
/// Each of the logs of which only the header is read.
const SMALL: Size = Size { samples: 20, messages: 20 };
const LISTED: usize = 1_000;
const ROUNDS: usize = 5;

// The bars of BARS row P9.
const CPU_SECONDS_MAX: f64 = 2.5;
const MEGABYTES_MAX: f64 = 100.0;
// Those of FRONTIER section 6.
const LARGE_MEGABYTES_MAX: f64 = 150.0;
const LIST_SECONDS_MAX: f64 = 5.0;

/// What a peer does with the same log.
const PEER: &str = "
import resource, sys
from inspect_ai.log import read_eval_log
log = read_eval_log(sys.argv[1])
used = resource.getrusage(resource.RUSAGE_SELF)
print(f'{used.ru_utime + used.ru_stime:.2f} CPU s, {used.ru_maxrss // 1024} MB, {len(log.samples)}')
";

fn main() {
    let words: Vec<String> = std::env::args().skip(1).collect();
    match words.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        ["read", log] => read(Path::new(log)),
        ["list", folder] => list(Path::new(folder)),
        ["--large", ..] => large(),
        ["--peers", rest @ ..] => bench(rest, true),
        rest => bench(rest, false),
    }
}

/// A log of a gigabyte, read once.
fn large() {
    let path = temporary("large.eval");
    let unpacked = write(&path, LARGE);
    let packed = path.metadata().unwrap().len();
    println!("log: {} MB packed, {} MB of JSON", packed / 1_000_000, unpacked / 1_000_000);
    let told = said(Command::new(std::env::current_exe().unwrap()).arg("read").arg(&path));
    std::fs::remove_file(&path).unwrap();
    println!("seawall: {told}");
    let megabytes = told.split(' ').filter_map(|word| word.parse().ok()).nth(1).unwrap();
    bar("MB", megabytes, LARGE_MEGABYTES_MAX);
}

/// Many logs, of which the headers are read.
fn headers() {
    let folder = temporary("logs");
    std::fs::create_dir(&folder).unwrap();
    (0..LISTED).for_each(|at| _ = write(&folder.join(format!("{at}.eval")), SMALL));
    let told = said(Command::new(std::env::current_exe().unwrap()).arg("list").arg(&folder));
    std::fs::remove_dir_all(&folder).unwrap();
    println!("seawall: {told}");
    let seconds = told.split(' ').find_map(|word| word.parse().ok()).unwrap();
    bar("seconds for the headers", seconds, LIST_SECONDS_MAX);
}

/// Reads the header of every log in a folder, and tells what that took.
fn list(folder: &Path) {
    let began = Instant::now();
    let logs = folder.read_dir().unwrap().map(|entry| File::open(entry.unwrap().path()).unwrap());
    let tasks: u64 = logs.map(|log| inspect::read_header(log).unwrap().spec.size.unwrap()).sum();
    let seconds = began.elapsed().as_secs_f64();
    println!("{seconds:.3} s for {LISTED} headers that name {tasks} tasks, {} MB at most", peak());
}

fn temporary(name: &str) -> PathBuf {
    std::env::temp_dir().join(format!("evaluation-{}-{name}", std::process::id()))
}

fn bench(rest: &[&str], peers: bool) {
    // A number is how long another benchmark of the same run is to last.
    let given = rest.iter().find(|word| word.parse::<u64>().is_err()).map(PathBuf::from);
    let made = temporary("usual.eval");
    let path = given.clone().unwrap_or_else(|| made.clone());
    if given.is_none() {
        let unpacked = write(&path, USUAL);
        let packed = path.metadata().unwrap().len();
        println!("log: {} MB packed, {} MB of JSON", packed / 1_000_000, unpacked / 1_000_000);
    }
    let own = std::env::current_exe().unwrap();
    let python = own.ancestors().nth(3).unwrap().join("inspect/bin/python");
    let is_there = peers && python.is_file();
    if peers && !is_there {
        println!("inspect-ai is not installed (`cargo xtask test` does that): not compared");
    }
    let mut worst: (f64, f64) = (0.0, 0.0);
    for round in 0..ROUNDS {
        let told = said(Command::new(&own).arg("read").arg(&path));
        println!("seawall: {told}");
        let mut figures = told.split(' ').filter_map(|word| word.parse::<f64>().ok());
        let (seconds, megabytes) = (figures.next().unwrap(), figures.next().unwrap());
        worst = (worst.0.max(seconds), worst.1.max(megabytes));
        if is_there && round == 0 {
            println!("inspect-ai: {}", said(Command::new(&python).args(["-c", PEER]).arg(&path)));
        }
    }
    if given.is_none() {
        std::fs::remove_file(&made).unwrap();
        bar("CPU seconds", worst.0, CPU_SECONDS_MAX);
        bar("MB", worst.1, MEGABYTES_MAX);
        headers();
    }
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn bar(name: &str, value: f64, most: f64) {
    let kept = if value <= most { "kept" } else { "missed" };
    println!("bar: {name} at most {most}, is {value} at worst: {kept}");
}

/// Reads a log, and tells what that took.
fn read(path: &Path) {
    let before = spent();
    let report = Report::of(&inspect::read(File::open(path).unwrap()).unwrap());
    let seconds = spent() - before;
    let (attempts, sound) = (report.attempts.len(), report.can_serve());
    println!("{seconds:.2} CPU s, {} MB at most, {attempts} attempts, sound: {sound}", peak());
}

/// The processor time of this process so far, in seconds (proc(5): `utime` and `stime`).
fn spent() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat.rsplit(") ").next().unwrap().split(' ').collect();
    let ticks: f64 = fields[11].parse::<f64>().unwrap() + fields[12].parse::<f64>().unwrap();
    ticks / 100.0
}

/// The most memory that this process held, in MB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    line.trim().trim_end_matches(" kB").parse::<u64>().unwrap() / 1024
}
