//! Start to end of `true`, interleaved in one run: a bare process, bubblewrap with namespaces
//! alone, our sandbox with everything, and our sandbox when it was prepared before.
//!
//! `startup [ROUNDS] [BALLAST_MIB] [ours]`; the ballast makes this process as large as a laboratory
//! that holds so much, because a sandbox begins as a copy of it. Then as many starts as one and
//! two threads make in a few seconds, with the processor time that they and what they started
//! used, which is what counts on a busy machine. With `ours` only our sandbox is started, for a
//! profile. Bubblewrap is left out by name where it is not installed.

use nix::sys::resource::{UsageWho, getrusage};
use seawall_domain::recipe::Limits;
use seawall_sandbox::launch::{How, Job, launch, prepare};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// How long starts are counted.
const COUNTING: Duration = Duration::from_secs(3);
const WARM_UP: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let mut words = std::env::args().skip(1);
    let rounds: usize = words.next().map_or(Ok(200), |text| text.parse())?;
    let ballast_mib: usize = words.next().map_or(Ok(0), |text| text.parse())?;
    let ballast = vec![1u8; ballast_mib << 20];
    let ours_alone = words.next().is_some_and(|word| word == "ours");
    // Before the sandboxes find out where their own groups go.
    used()?;
    if ours_alone {
        starts("our sandbox", 1, one)?;
        leave();
        return Ok(());
    }
    let bubblewrap = bare("bwrap", &["--version"]).is_ok();
    if !bubblewrap {
        println!("skipped: bubblewrap: the program `bwrap` is not installed");
    }
    interleaved(rounds, bubblewrap)?;
    for threads in [1, 2] {
        starts("our sandbox", threads, one)?;
        starts("bare process", threads, || bare("true", &[]).map(|_| ()))?;
        if bubblewrap {
            starts("bare bubblewrap", threads, || bare("bwrap", &BUBBLE).map(|_| ()))?;
        }
    }
    drop(ballast);
    leave();
    Ok(())
}

const BUBBLE: [&str; 11] = [
    "--unshare-all",
    "--ro-bind",
    "/",
    "/",
    "--proc",
    "/proc",
    "--dev",
    "/dev",
    "--tmpfs",
    "/tmp",
    "true",
];

/// One process of the host from start to end.
fn bare(program: &str, words: &[&str]) -> Result<Duration, Box<dyn Error>> {
    let start = Instant::now();
    let mut command = Command::new(program);
    command.args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let status = command.status()?;
    let took = start.elapsed();
    if status.success() { Ok(took) } else { Err(format!("`{program}` failed").into()) }
}

fn job<'a>(limits: &'a Limits) -> Job<'a> {
    Job::new(vec!["true".into()], limits)
}

fn one() -> Result<(), Box<dyn Error>> {
    let ended = launch(&job(&Limits::default()))?;
    if ended.how == How::Exit(0) { Ok(()) } else { Err(format!("{ended:?}").into()) }
}

fn interleaved(rounds: usize, bubble: bool) -> Result<(), Box<dyn Error>> {
    let limits = Limits::default();
    let mut all: [(&str, Vec<Duration>); 5] = [
        ("bare process", vec![]),
        ("bare bubblewrap", vec![]),
        ("our sandbox", vec![]),
        ("prepared, to running", vec![]),
        ("prepared, to its end", vec![]),
    ];
    for round in 0..rounds + WARM_UP {
        let process = bare("true", &[])?;
        let peer = if bubble { Some(bare("bwrap", &BUBBLE)?) } else { None };
        let start = Instant::now();
        one()?;
        let ours = start.elapsed();
        let mut prepared = prepare(&job(&limits))?;
        prepared.stand()?;
        let start = Instant::now();
        let running = prepared.start()?;
        let handed = start.elapsed();
        running.wait()?;
        let took = [Some(process), peer, Some(ours), Some(handed), Some(start.elapsed())];
        if round >= WARM_UP {
            all.iter_mut().zip(took).for_each(|((_, times), took)| times.extend(took));
        }
    }
    let middle = all.iter_mut().map(|(name, times)| told(name, times)).collect::<Vec<_>>();
    if let [_, Some(peer), Some(ours), ..] = middle.as_slice() {
        println!("our sandbox takes {:.2} times bare bubblewrap's median", ours / peer);
    }
    Ok(())
}

/// Prints what there is, and gives back the median in milliseconds.
fn told(name: &str, times: &mut [Duration]) -> Option<f64> {
    times.sort_unstable();
    let at = |part: usize| times.get((times.len() * part / 100).min(times.len().max(1) - 1));
    let ms = |part: usize| at(part).map(|time| time.as_secs_f64() * 1e3);
    let [least, low, middle, high] = [ms(0)?, ms(10)?, ms(50)?, ms(90)?];
    println!("{name:22} median {middle:6.3} ms, least {least:6.3}, p10 {low:6.3}, p90 {high:6.3}");
    Some(middle)
}

/// Starts as fast as these threads can, and the processor time of the machine for each.
fn starts(
    name: &str,
    threads: usize,
    start: impl Fn() -> Result<(), Box<dyn Error>> + Sync,
) -> Result<(), Box<dyn Error>> {
    let (began, before) = (Instant::now(), used()?);
    let count = std::thread::scope(|scope| {
        let count = || {
            let mut done = 0u32;
            while began.elapsed() < COUNTING {
                start().map_err(|error| error.to_string())?;
                done += 1;
            }
            Ok::<u32, String>(done)
        };
        let all: Vec<_> = (0..threads).map(|_| scope.spawn(count)).collect();
        let mut sum = 0;
        for one in all {
            sum += one.join().map_err(|_| "a thread panicked".to_owned())??;
        }
        Ok::<u32, String>(sum)
    })?;
    let (passed, used) = (began.elapsed().as_secs_f64(), used()? - before);
    let each = used * 1e3 / f64::from(count);
    println!(
        "{name:22} {threads} at a time: {:4.0} starts/s, {each:.2} ms of processor time each, so \
         {:.0} starts/s/core",
        f64::from(count) / passed,
        1e3 / each
    );
    Ok(())
}

/// Processor seconds of this process and of everything it started: by a control group where
/// there is one, because bubblewrap does not wait for its own; else of all that were waited for.
fn used() -> Result<f64, Box<dyn Error>> {
    static COUNTER: OnceLock<Option<PathBuf>> = OnceLock::new();
    if let Some(counter) = COUNTER.get_or_init(counter) {
        let nanoseconds: f64 = std::fs::read_to_string(counter)?.trim().parse()?;
        return Ok(nanoseconds / 1e9);
    }
    let mut sum = 0.0;
    for who in [UsageWho::RUSAGE_SELF, UsageWho::RUSAGE_CHILDREN] {
        let usage = getrusage(who)?;
        for time in [usage.user_time(), usage.system_time()] {
            sum += time.tv_sec() as f64 + time.tv_usec() as f64 / 1e6;
        }
    }
    Ok(sum)
}

/// The file in which the kernel counts a group made for this process (version 1 only).
fn counter() -> Option<PathBuf> {
    let own = std::fs::read_to_string("/proc/self/cgroup").ok()?;
    let place = own.lines().find_map(|line| line.split_once(":cpuacct:"))?.1;
    let root = Path::new("/sys/fs/cgroup/cpuacct").join(place.trim_start_matches('/'));
    let group = root.join(format!("seawall-bench-{}", std::process::id()));
    std::fs::create_dir(&group).ok()?;
    std::fs::write(group.join("cgroup.procs"), std::process::id().to_string()).ok()?;
    Some(group.join("cpuacct.usage"))
}

/// Leaves and removes that group.
fn leave() {
    for entry in std::fs::read_dir("/sys/fs/cgroup/cpuacct").into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if name == format!("seawall-bench-{}", std::process::id()) {
            let door = entry.path().join("../cgroup.procs");
            // A group that is left behind holds nothing and hinders nobody.
            let _ = std::fs::write(door, std::process::id().to_string());
            let _ = std::fs::remove_dir(entry.path());
        }
    }
}
