//! Reproductions a minute with everything fetched, on two threads, beside the same commands as bare
//! processes without a sandbox; and what one run costs beyond the bare program.
//!
//! `reproductions [SECONDS]`: a canary of a shell script, and one of a Python script; each
//! reproduction is one attack and one control.

use seawall_domain::package::{Ecosystem, Package, Version};
use seawall_domain::recipe::{Canary, Oracle, Recipe, RecipeFile, Target};
use seawall_domain::verdict::Outcome;
use seawall_sandbox::Laboratory;
use std::error::Error;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// Threads, one for each core that the bars speak of.
const THREADS: usize = 2;

type Failure = Box<dyn Error + Send + Sync>;

const SHELL: &str = "word=absent\n[ \"$1\" = attack ] && word=seen\n\
                     echo \"seawall-canary $SEAWALL_CANARY $word\"\n";
const PYTHON: &str = "import os, sys\nword = 'seen' if sys.argv[1] == 'attack' else 'absent'\n\
                      print('seawall-canary', os.environ['SEAWALL_CANARY'], word)\n";

fn main() -> Result<(), Failure> {
    let seconds: u64 = std::env::args().nth(1).map_or(Ok(8), |text| text.parse())?;
    let folder = std::env::temp_dir().join(format!("seawall-bench-{}", std::process::id()));
    std::fs::create_dir_all(folder.join("catalogue/bench/1"))?;
    std::fs::write(folder.join("catalogue/bench/1/release.txt"), "a release\n")?;
    let lab = Laboratory {
        local_catalogue: Some(folder.join("catalogue")),
        offline: true,
        ..Laboratory::at(folder.join("cache"))
    };
    for (name, program, script) in [("shell", "sh", SHELL), ("python", "python3", PYTHON)] {
        let file = folder.join(format!("probe-{name}"));
        std::fs::write(&file, script)?;
        let recipe = recipe(program, script);
        let ours = count(Duration::from_secs(seconds), || reproduce(&lab, &recipe))?;
        let bare = count(Duration::from_secs(seconds), || bare(program, &file))?;
        let per_run = |rate: f64| 60_000.0 * THREADS as f64 / rate / 2.0;
        println!(
            "{name:7} {ours:7.0} reproductions a minute, bare {bare:7.0} (x {:.2}); a command \
             {:.2} ms, bare {:.2}, so {:.2} ms more",
            ours / bare,
            per_run(ours),
            per_run(bare),
            per_run(ours) - per_run(bare)
        );
    }
    std::fs::remove_dir_all(folder)?;
    Ok(())
}

fn recipe(program: &str, script: &str) -> Recipe {
    let words = |kind: &str| [program, "/recipe/probe", kind].map(String::from).to_vec();
    let package = Package { ecosystem: Ecosystem::Generic, name: "bench".into() };
    let target = Target { package, version: Version::from("1") };
    Recipe {
        files: vec![RecipeFile { name: "probe".into(), bytes: script.into() }],
        trigger: words("attack"),
        control: words("benign"),
        ..Recipe::new(target, Oracle::Canary(Canary::Harness))
    }
}

fn reproduce(lab: &Laboratory, recipe: &Recipe) -> Result<(), Failure> {
    // As many runs as a verdict may have: the release is looked up once for all.
    for report in lab.run(recipe, &Version::from("1"), RUNS)? {
        if report.outcome != Outcome::Affected {
            return Err(report.transcript.into());
        }
    }
    Ok(())
}

/// Runs of one verdict.
const RUNS: u32 = 3;

fn bare(program: &str, file: &Path) -> Result<(), Failure> {
    for kind in ["attack", "benign"].repeat(RUNS as usize) {
        let mut command = Command::new(program);
        command.arg(file).arg(kind).env("SEAWALL_CANARY", "token").stdin(Stdio::null());
        // The programs that a sandbox sees, and no wrapper that somebody has in front of them.
        command.env("PATH", "/usr/bin:/bin");
        if !command.output()?.status.success() {
            return Err(format!("`{program}` failed").into());
        }
    }
    Ok(())
}

/// How many reproductions a minute all threads make together.
fn count(time: Duration, act: impl Fn() -> Result<(), Failure> + Sync) -> Result<f64, Failure> {
    act()?;
    let done = AtomicU64::new(0);
    let start = Instant::now();
    std::thread::scope(|scope| {
        let work = || {
            while start.elapsed() < time {
                act()?;
                done.fetch_add(u64::from(RUNS), Ordering::Relaxed);
            }
            Ok::<(), Failure>(())
        };
        let threads: Vec<_> = (0..THREADS).map(|_| scope.spawn(work)).collect();
        let join = |thread: std::thread::ScopedJoinHandle<'_, Result<(), Failure>>| {
            thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        };
        threads.into_iter().try_for_each(join)
    })?;
    Ok(done.into_inner() as f64 * 60.0 / start.elapsed().as_secs_f64())
}
