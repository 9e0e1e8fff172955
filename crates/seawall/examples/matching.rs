//! `cargo xtask bench match`: the matching of inventories beside its peers, in the same run.
//!
//! Forward: 2,752 crates against a compiled set of 300,000 advisories, as a program that starts,
//! answers and ends, and as a library in a process that stays. Reverse: one advisory against the
//! postings of a whole estate, by the engine's own measurement. Peers, where they are installed
//! (`--peers` installs them below `target/peers`): cargo-audit and Trivy, each with the same
//! advisories about crates. Answers are compared with the frozen data, and with the peers, before
//! anything is timed. All programs take turns.
//!
//! `cargo xtask bench match [--peers] [--full] [--rounds N] [--program PATH] [--json]`; `--full`
//! adds 2,000 million postings, which need about 8 GB; a program that is named is measured as it
//! is instead of being built. It needs `SEAWALL_DATA`, `tar` and `zstd`.

// A measurement that cannot go on says so by its panic.
#![allow(clippy::unwrap_used, clippy::expect_used)]
#![allow(clippy::disallowed_methods, reason = "a benchmark stands outside, where time is real")]

#[path = "matching/bolt.rs"]
mod bolt;
#[path = "matching/inputs.rs"]
mod inputs;
#[path = "../src/memory.rs"]
mod memory;
#[path = "matching/others.rs"]
mod others;
#[path = "matching/peers.rs"]
mod peers;
#[path = "matching/report.rs"]
mod report;
#[path = "matching/resident.rs"]
mod resident;
#[path = "matching/timing.rs"]
mod timing;

use inputs::{ADVISORIES, COMPONENTS, Findings, Inputs};
use peers::{Missing, Peer};
use report::{Bar, Report};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::process::Command;
use timing::{Job, Timed};

/// Rounds in which every program takes its turn, unless `--rounds` says otherwise.
const ROUNDS: usize = 9;
/// What of the floor's rate is asked of a resident reader: one million components a second where
/// the floor does 3.2 million. The ratio holds on any machine, the figures on one.
const RESIDENT_OF_FLOOR_MIN: f64 = 1.0 / 3.2;
/// A machine with more to do than this is judged by processor time.
const LOAD_QUIET_MAX: f64 = 0.5;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let Some((timing::MEASURE, line)) =
        arguments.split_first().map(|(first, rest)| (first.as_str(), rest))
    {
        return timing::measure(line);
    }
    let has = |flag: &str| arguments.iter().any(|argument| argument == flag);
    let after = |flag: &str| arguments.iter().skip_while(|word| *word != flag).nth(1);
    let rounds = after("--rounds");
    let rounds = rounds.map_or(ROUNDS, |text| text.parse().expect("--rounds takes a number"));
    let missing = if has("--peers") { Missing::Install } else { Missing::Skip };
    let target = target();
    let folder = target.join("bench/matching");
    std::fs::create_dir_all(&folder).expect("the folder can be made");
    eprintln!("writing the inputs below {}", folder.display());
    let Some(inputs) = inputs::write(&data(), &folder) else {
        eprintln!("skipped: matching: no SEAWALL_DATA");
        return;
    };
    let program = after("--program").map_or_else(|| built(&target), String::clone);
    let load = timing::load();
    let mut report = Report::default();
    compile(&program, &inputs, &folder, &mut report);
    let peers = peers::ready(&inputs, &target, &folder, missing);
    let bench = Bench { program: &program, inputs: &inputs, folder: &folder, rounds, load };
    bench.agree(&peers);
    bench.forward(peers, &mut report);
    bench.resident(&mut report);
    others::reverse(has("--full"), &mut report);
    others::queries(&mut report);
    println!("\nload of the machine: {load:.2} before, {:.2} after", timing::load());
    if has("--json") {
        println!("{}", json!({ "load": load, "rounds": rounds, "figures": report.json() }));
    }
}

/// The folder of everything that cargo makes: examples lie in `PROFILE/examples` below it.
fn target() -> PathBuf {
    let example = std::env::current_exe().expect("this program lies somewhere");
    example.ancestors().nth(3).expect("examples lie below the target folder").to_owned()
}

fn data() -> PathBuf {
    let default = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data");
    std::env::var_os("SEAWALL_DATA").map_or_else(|| default.into(), PathBuf::from)
}

/// The program under test, built now.
fn built(target: &Path) -> String {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".into());
    let built = Command::new(cargo).args(["build", "--release", "--package", "seawall"]).status();
    assert!(built.expect("cargo can be started").success(), "the program builds");
    target.join("release/seawall").display().to_string()
}

/// Compiles the advisories into the installed set, as an operator does.
fn compile(program: &str, inputs: &Inputs, folder: &Path, report: &mut Report) {
    let place = folder.join("data").display().to_string();
    let advisories = inputs.advisories.display().to_string();
    let line =
        [program, "advisories", "import", "--fresh", "--json", "--data", &place, &advisories];
    let run = Job::new("import", &line).run();
    assert_eq!(run.status, 0, "every advisory can be read");
    let show = Job::new("show", &[program, "advisories", "show", "--json", "--data", &place]);
    let told: Value = serde_json::from_slice(&show.output().1).expect("it is JSON");
    assert_eq!(told["records"], ADVISORIES, "every advisory is in the set");
    let bytes = |path: PathBuf| std::fs::metadata(path).map_or(f64::NAN, |meta| meta.len() as f64);
    report.part(&format!("set compile: {ADVISORIES} advisories, one JSON text a line"));
    let detail = json!({
        "wall_s": run.wall_ms / 1e3, "input_bytes": bytes(inputs.advisories.clone()),
        "set_bytes": bytes(folder.join("data/advisories.set")),
    });
    report.add("set compile", run.cpu_ms / 1e3, "CPU-s", Bar::None, detail.clone());
    report.add("set compile, wall", run.wall_ms / 1e3, "s", Bar::None, Value::Null);
    let rate = ADVISORIES as f64 / run.cpu_ms * 1e3;
    report.add("set compile, rate", rate, "records/CPU-s", Bar::None, Value::Null);
    report.add("set compile, peak memory", run.peak_mib, "MiB", Bar::None, Value::Null);
    let set = detail["set_bytes"].as_f64().unwrap_or(f64::NAN) / 1_048_576.0;
    report.add("set, on disk", set, "MiB", Bar::None, Value::Null);
}

struct Bench<'a> {
    program: &'a str,
    inputs: &'a Inputs,
    folder: &'a Path,
    rounds: usize,
    load: f64,
}

impl Bench<'_> {
    fn matching(&self, name: &'static str, inventory: &Path) -> Job {
        let place = self.folder.join("data").display().to_string();
        let inventory = inventory.display().to_string();
        Job::new(name, &[self.program, "match", &inventory, "--json", "--data", &place])
    }

    /// Compares the answers with the frozen data and with the peers; a wrong answer ends it all.
    fn agree(&self, peers: &[Peer]) {
        let found = |inventory: &Path| {
            let (status, output) = self.matching("match", inventory).output();
            assert_eq!(status, Some(1), "something is affected");
            inputs::told(&output)
        };
        let rust = found(&self.inputs.rust);
        same("crates, as the frozen data says", &rust, &self.inputs.expected.rust);
        same(
            "mixed, as the frozen data says",
            &found(&self.inputs.mixed),
            &self.inputs.expected.mixed,
        );
        for peer in peers {
            match peer.job.name {
                // Trivy has rules of its own about pre-releases; it is told, not judged.
                peers::TRIVY => {
                    let (more, less) = (peer.findings.difference(&rust).count(), rust.len());
                    let both = peer.findings.intersection(&rust).count();
                    eprintln!("trivy: {both} of {less} findings, {more} others");
                    assert!(both * 10 >= less * 9, "trivy reads the advisories");
                }
                name => same(name, &rust, &peer.findings),
            }
        }
    }

    fn forward(&self, peers: Vec<Peer>, report: &mut Report) {
        let mut jobs = vec![
            Job::new("fork and exec", &["true"]),
            Job::new("seawall --version", &[self.program, "--version"]),
            self.matching("seawall match, one crate", &self.inputs.one),
            self.matching("seawall match, mixed", &self.inputs.mixed),
            self.matching("seawall match", &self.inputs.rust),
        ];
        jobs.extend(peers.into_iter().map(|peer| peer.job));
        let timed = timing::interleaved(&jobs, self.rounds);
        let of = |name: &str| jobs.iter().zip(&timed).find(|(job, _)| job.name == name);
        let busy = self.load > LOAD_QUIET_MAX;
        let judged = if busy { "processor time: the machine is busy" } else { "wall time" };
        report.part(&format!("forward, one shot: {COMPONENTS} crates; judged by {judged}"));
        for (job, timed) in jobs.iter().zip(&timed) {
            let value = timed.wall_ms.median;
            report.add(&format!("{}, wall", job.name), value, "ms", Bar::None, timed.json());
            let value = timed.cpu_ms.median;
            report.add(&format!("{}, processor", job.name), value, "ms", Bar::None, Value::Null);
            report.add(
                &format!("{}, peak", job.name),
                timed.peak_mib,
                "MiB",
                Bar::None,
                Value::Null,
            );
        }
        let value = |timed: &Timed| if busy { timed.cpu_ms.median } else { timed.wall_ms.median };
        let mut ratio =
            |name: &str, of_this: &str, to_that: &str, bar| match (of(of_this), of(to_that)) {
                (Some((_, this)), Some((_, that))) => {
                    let detail = json!({
                        "wall": this.wall_ms.median / that.wall_ms.median,
                        "cpu": this.cpu_ms.median / that.cpu_ms.median,
                        "peak": this.peak_mib / that.peak_mib,
                    });
                    report.add(name, value(this) / value(that), "x", bar, detail);
                }
                _ => report.skip(name, "the peer is not installed (`--peers`)"),
            };
        let (own, one) = ("seawall match", "seawall match, one crate");
        ratio("P1 match / trivy", own, peers::TRIVY, Bar::AtMost(0.1));
        ratio("P1 match / cargo-audit", own, peers::AUDIT, Bar::AtMost(0.5));
        let none = "fork and exec";
        ratio("P1 start-up / fork and exec", "seawall --version", none, Bar::AtMost(3.0));
        ratio("P1 match, one crate / fork and exec", one, none, Bar::None);
        let peak = of("seawall match").map_or(f64::NAN, |(_, timed)| timed.peak_mib);
        report.add("P1 peak memory", peak, "MiB", Bar::AtMost(40.0), Value::Null);
    }

    fn resident(&self, report: &mut Report) {
        memory::keep_what_is_freed();
        report.part(&format!("forward, resident: {COMPONENTS} components at a time"));
        let path = self.folder.join("data/advisories.set");
        let bytes = std::fs::read(path).expect("the set was compiled");
        let set = seawall_matching::set::Set::open(bytes).expect("the set is whole");
        let Inputs { rust, mixed, expected, .. } = self.inputs;
        // The floor reads versions as crates have them, so it is one for the first alone.
        let asked = Bar::AtLeast(RESIDENT_OF_FLOOR_MIN);
        let inventories =
            [("crates", rust, &expected.rust, asked), ("mixed", mixed, &expected.mixed, Bar::None)];
        for (name, path, findings, asked) in inventories {
            let floor = resident::Floor::below(findings);
            let told = resident::measured(&set, path, &floor, self.rounds);
            let share = told.read_and_assess.median / told.floor.median;
            let title = format!("P1 resident, {name}: read and assess / floor");
            report.add(&title, share, "x", asked, Value::Null);
            let figures = [
                ("floor", told.floor, Bar::None),
                ("read and assess", told.read_and_assess, Bar::None),
                ("read alone", told.read, Bar::None),
                ("assess alone", told.assess, Bar::None),
                ("which records hit, alone", told.answer, Bar::None),
                ("assess, two readers together", told.two_readers, Bar::None),
            ];
            for (what, spread, bar) in figures {
                let name = format!("P1 resident, {name}: {what}");
                report.add(&name, spread.median, "components/s", bar, spread.json());
            }
        }
    }
}

/// Ends it all when two sets of findings differ.
fn same(what: &str, found: &Findings, expected: &Findings) {
    let show =
        |findings: Vec<&(String, String)>| format!("{:?}", &findings[..findings.len().min(5)]);
    let more: Vec<_> = found.difference(expected).collect();
    let less: Vec<_> = expected.difference(found).collect();
    let (many, few) = (more.len(), less.len());
    assert!(
        more.is_empty() && less.is_empty(),
        "{what}: {many} more: {}; {few} less: {}",
        show(more),
        show(less)
    );
    eprintln!("{what}: the same {} findings", found.len());
}
