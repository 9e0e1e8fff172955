//! Reading a log of an evaluation: processor seconds and peak memory, against their bars.
//!
//! `evaluation_log` makes a log of 1,000 samples with 201 messages each (about 110 MB packed, 260
//! MB of JSON) and reads it, every member to its end, everything computed again: a process for each
//! reading, so that its peak is its own. `--peers` has inspect-ai's `read_eval_log` read the same
//! file in between, where `cargo xtask test` installed it. `evaluation_log LOG` reads a log that is
//! there.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    reason = "a benchmark that cannot run has failed"
)]

use seawall_domain::evaluation::report::Report;
use seawall_formats::inspect;
use serde_json::{Value, json};
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::Command;

const SAMPLES: usize = 1_000;
const MESSAGES: usize = 201;
const WORDS: usize = 190;
const ROUNDS: usize = 5;

// The bars of BARS row P9.
const CPU_SECONDS_MAX: f64 = 2.5;
const MEGABYTES_MAX: f64 = 100.0;

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
        ["--peers", rest @ ..] => bench(rest, true),
        rest => bench(rest, false),
    }
}

fn bench(rest: &[&str], peers: bool) {
    // A number is how long another benchmark of the same run is to last.
    let given = rest.iter().find(|word| word.parse::<u64>().is_err()).map(PathBuf::from);
    let made = std::env::temp_dir().join(format!("evaluation-{}.eval", std::process::id()));
    let path = given.clone().unwrap_or_else(|| made.clone());
    if given.is_none() {
        let unpacked = write(&path);
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
        bar("MB at most", worst.1, MEGABYTES_MAX);
    }
}

fn said(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

fn bar(name: &str, value: f64, most: f64) {
    let kept = if value <= most { "kept" } else { "missed" };
    println!("bar: {name} at most {most}, is {value} in the worst of {ROUNDS} rounds: {kept}");
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

/// Numbers that look like chance and are the same each time (SplitMix64).
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut x = self.0;
        x = (x ^ (x >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        x = (x ^ (x >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((x ^ (x >> 31)) >> 1).unwrap() % sides
    }

    fn words(&mut self, vocabulary: &[String], count: usize) -> String {
        let words: Vec<&str> =
            (0..count).map(|_| vocabulary[self.roll(vocabulary.len())].as_str()).collect();
        words.join(" ")
    }
}

/// Writes a log, and says how long it is unpacked.
fn write(path: &Path) -> usize {
    let mut dice = Dice(7);
    let letters: Vec<char> = ('a'..='z').collect();
    let vocabulary: Vec<String> = (0..2_000)
        .map(|_| (0..2 + dice.roll(8)).map(|_| letters[dice.roll(26)]).collect())
        .collect();
    let mut archive = Archive::new(BufWriter::new(File::create(path).unwrap()));
    let header = header();
    archive.add(
        "_journal/start.json",
        &json!({"version": 2, "eval": header["eval"], "plan": header["plan"]}),
    );
    for number in 0..SAMPLES {
        let sample = sample(number, &mut dice, &vocabulary);
        archive.add(&format!("samples/task-{number:04}_epoch_1.json"), &sample);
    }
    archive.add("header.json", &header);
    archive.finish()
}

fn value(number: usize) -> &'static str {
    if number.is_multiple_of(4) { "C" } else { "I" }
}

fn header() -> Value {
    let ids: Vec<String> = (0..SAMPLES).map(|number| format!("task-{number:04}")).collect();
    let metric = json!({"name": "accuracy", "value": 0.25, "params": {}});
    let score = json!({
        "name": "flag", "scorer": "flag", "scored_samples": SAMPLES, "unscored_samples": 0,
        "params": {}, "metrics": {"accuracy": metric},
    });
    json!({
        "version": 2, "status": "success",
        "eval": {
            "eval_id": "e", "run_id": "r", "created": "2026-01-01T00:00:00+00:00", "task": "big",
            "task_id": "t", "model": "mockllm/model",
            "dataset": {"name": "big", "samples": SAMPLES, "sample_ids": ids},
            "config": {"epochs": 1}, "packages": {},
            "scorers": [{"name": "flag", "metrics": [{"name": "inspect_ai/accuracy"}]}],
        },
        "plan": {"steps": []},
        "results": {"total_samples": SAMPLES, "completed_samples": SAMPLES, "scores": [score]},
        "stats": {"started_at": "", "completed_at": ""},
        "invalidated": false,
    })
}

fn sample(number: usize, dice: &mut Dice, vocabulary: &[String]) -> Value {
    let message = |place: usize, dice: &mut Dice| {
        let role = if place.is_multiple_of(2) { "user" } else { "assistant" };
        let id = format!("{:016x}", dice.roll(usize::MAX));
        json!({"id": id, "role": role, "content": dice.words(vocabulary, WORDS)})
    };
    let messages: Vec<Value> = (0..MESSAGES).map(|place| message(place, dice)).collect();
    let answer = json!({"role": "assistant", "content": "I looked."});
    json!({
        "id": format!("task-{number:04}"), "epoch": 1, "input": "Solve it.", "target": "flag",
        "messages": messages,
        "output": {
            "model": "m", "choices": [{"message": answer, "stop_reason": "stop"}],
            "completion": "I looked.",
        },
        "scores": {"flag": {"value": value(number), "history": []}},
        "metadata": {"task_family": format!("f{}", number % 40), "human_minutes": 3.0},
        "store": {}, "events": [],
        "model_usage": {"m": {"input_tokens": 10, "output_tokens": 2, "total_tokens": 12}},
        "error_retries": [], "attachments": {},
    })
}

/// A ZIP archive of Zstandard members.
struct Archive<W> {
    file: W,
    table: Vec<u8>,
    count: u16,
    length: u32,
    unpacked: usize,
}

impl<W: Write> Archive<W> {
    fn new(file: W) -> Self {
        Archive { file, table: Vec::new(), count: 0, length: 0, unpacked: 0 }
    }

    fn put(&mut self, bytes: &[u8]) {
        self.file.write_all(bytes).unwrap();
        self.length += u32::try_from(bytes.len()).unwrap();
    }

    fn add(&mut self, name: &str, content: &Value) {
        let content = content.to_string().into_bytes();
        self.unpacked += content.len();
        let level = ruzstd::encoding::CompressionLevel::Fastest;
        let packed = ruzstd::encoding::compress_to_vec(&content[..], level);
        let mut crc = flate2::Crc::new();
        crc.update(&content);
        let mut head = Vec::new();
        for field in [63_u16, 0x800, 93, 0, 0x5821] {
            head.extend_from_slice(&field.to_le_bytes());
        }
        for field in [crc.sum(), packed.len() as u32, content.len() as u32] {
            head.extend_from_slice(&field.to_le_bytes());
        }
        head.extend_from_slice(&(name.len() as u16).to_le_bytes());
        head.extend_from_slice(&[0; 2]);
        self.table.extend_from_slice(b"PK\x01\x02\x3f\x00");
        self.table.extend_from_slice(&head);
        self.table.extend_from_slice(&[0; 10]);
        self.table.extend_from_slice(&self.length.to_le_bytes());
        self.table.extend_from_slice(name.as_bytes());
        self.count += 1;
        for part in [b"PK\x03\x04", &head[..], name.as_bytes(), &packed] {
            self.put(part);
        }
    }

    fn finish(mut self) -> usize {
        let start = self.length;
        let mut end = std::mem::take(&mut self.table);
        let size = end.len() as u32;
        end.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        end.extend_from_slice(&self.count.to_le_bytes());
        end.extend_from_slice(&self.count.to_le_bytes());
        end.extend_from_slice(&size.to_le_bytes());
        end.extend_from_slice(&start.to_le_bytes());
        end.extend_from_slice(&[0; 2]);
        self.put(&end);
        self.file.flush().unwrap();
        self.unpacked
    }
}
