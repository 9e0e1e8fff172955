//! Where hostile programs appear: compiled once, each run with the host watched.

use crate::host::{Picture, clock_jump, gone, groups};
use seawall_domain::recipe::Limits;
use seawall_sandbox::Laboratory;
use seawall_sandbox::launch::{Ended, How, Job, Mount, launch};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// No program has longer, whatever it does.
const SECONDS_MAX: u64 = 20;

/// Folders of stages are named so, with the number of the process behind it.
const PREFIX: &str = "seawall-hostile-";

/// The programs and a laboratory for them.
pub struct Stage {
    pub folder: PathBuf,
    pub lab: Laboratory,
    programs: PathBuf,
}

/// Limits that make a hostile program end soon.
pub fn tight() -> Limits {
    Limits { seconds: 1, memory_mib: 64, processes: 12, output_kib: 64, disk_mib: 8 }
}

/// One at a time: each wants to find the host as it left it.
pub fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The stage of this test program, with everything compiled.
pub fn stage() -> &'static Stage {
    static STAGE: OnceLock<Stage> = OnceLock::new();
    STAGE.get_or_init(|| {
        sweep();
        let folder = std::env::temp_dir().join(format!("{PREFIX}{}", std::process::id()));
        let programs = folder.join("programs");
        std::fs::create_dir_all(&programs).unwrap();
        std::fs::write(folder.join("watched"), "untouched").unwrap();
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/hostile/programs");
        let compile = |name: &str| {
            Command::new("cc")
                .args(["-O1", "-pthread", "-o"])
                .arg(programs.join(name))
                .arg(source.join(format!("{name}.c")))
                .spawn()
                .unwrap()
        };
        let compilers = ["network", "kernel", "files", "processes"].map(compile);
        for mut compiler in compilers {
            assert!(compiler.wait().unwrap().success());
        }
        let lab = Laboratory { offline: true, ..Laboratory::at(folder.join("cache")) };
        Stage { folder, lab, programs }
    })
}

/// Removes the stages of test programs that are gone: one cannot remove its own, because no test
/// is the last.
fn sweep() {
    for entry in std::fs::read_dir(std::env::temp_dir()).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let pid = name.strip_prefix(PREFIX);
        if pid.is_some_and(|pid| !Path::new("/proc").join(pid).exists()) {
            // Somebody else's stage stays.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

impl Stage {
    /// Runs one hostile program with the host watched; the laboratory must be alive afterwards.
    pub fn run(&self, words: &[&str], limits: Limits) -> Ended {
        let watched = [self.programs.as_path(), self.folder.as_path()];
        let before = Picture::take(&watched);
        let mark = format!("mark-{}-{}", std::process::id(), words.join("-"));
        let (started, wall) = (Instant::now(), now());
        let program = format!("/target/{}", words[0]);
        let command = [program.as_str()].into_iter().chain(words[1..].iter().copied());
        let mut command: Vec<String> = command.map(String::from).collect();
        command.push(mark.clone());
        let ended = self.launch(command, limits);
        let took = started.elapsed();
        assert!(took < Duration::from_secs(SECONDS_MAX), "{words:?} took {took:?}");
        assert!(gone(&mark), "{words:?} is still there");
        assert!(clock_jump(started, wall) < 1.0, "{words:?} moved the clock");
        assert_eq!(groups(), [] as [&Path; 0], "{words:?}");
        assert_eq!(before, Picture::take(&watched), "{words:?}");
        ended
    }

    /// One command in a sandbox that sees the programs.
    pub fn launch(&self, command: Vec<String>, limits: Limits) -> Ended {
        let job = Job {
            mounts: vec![Mount { host: self.programs.clone(), inside: "/target" }],
            ..Job::new(command, &limits)
        };
        launch(&job).unwrap()
    }

    /// The same for one that must find every door shut, and say so.
    pub fn held(&self, words: &[&str]) {
        let ended = self.run(words, tight());
        let said = text(&ended);
        assert_eq!((&ended.how, said.trim()), (&How::Exit(0), "held"), "{words:?}");
    }

    /// The same for one that a limit must end.
    pub fn ended(&self, words: &[&str], expected: &[How]) -> Ended {
        let ended = self.run(words, tight());
        assert!(expected.contains(&ended.how), "{words:?}: {ended:?}");
        // Whatever it did, the next one is served.
        let next = self.launch(["/bin/echo", "served"].map(String::from).to_vec(), tight());
        assert_eq!((next.how, next.stdout.as_slice()), (How::Exit(0), &b"served\n"[..]));
        ended
    }
}

/// Both streams as text.
pub fn text(ended: &Ended) -> String {
    let both = [&ended.stdout[..], &ended.stderr[..]].concat();
    String::from_utf8_lossy(&both).into_owned()
}

#[allow(clippy::disallowed_methods, reason = "the host's clock is what is watched")]
fn now() -> std::time::SystemTime {
    std::time::SystemTime::now()
}
