//! What this machine lacks, why it is needed, and how to get it.
//!
//! This is the only place in the repository that installs system packages: through `apt-get`, as
//! root or with a `sudo` that asks nothing. Otherwise it prints the line to run.

use crate::run::{run, succeeds};
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode, Stdio};

/// How to tell that a package is there.
enum Probe {
    Program(&'static str),
    File(&'static str),
    /// The command ends with status 0.
    Command(&'static [&'static str]),
    PostgreSql,
}

/// One system package that a task needs.
pub struct Need {
    package: &'static str,
    why: &'static str,
    probe: Probe,
}

/// What `seawall demo` needs besides Rust.
const DEMO: [Need; 7] = [
    Need { package: "gcc", why: "builds the C target", probe: Probe::Program("gcc") },
    Need {
        package: "libc6-dev",
        why: "the C target's headers",
        probe: Probe::File("/usr/include/stdio.h"),
    },
    Need { package: "python3", why: "runs the PyPI targets", probe: Probe::Program("python3") },
    Need {
        package: "python3-venv",
        why: "a private folder for pip",
        probe: Probe::Command(&["python3", "-c", "import ensurepip, venv"]),
    },
    Need {
        package: "python3-pip",
        why: "fetches the PyPI targets",
        probe: Probe::Command(&["python3", "-m", "pip", "--version"]),
    },
    Need { package: "nodejs", why: "runs the npm targets", probe: Probe::Program("node") },
    Need {
        package: "npm",
        why: "fetches the npm targets and the pages' style sheets",
        probe: Probe::Program("npm"),
    },
];

/// What the tests need on top of that.
const TEST: [Need; 7] = [
    Need {
        package: "postgresql",
        why: "every store test runs on both databases",
        probe: Probe::PostgreSql,
    },
    Need { package: "chromium", why: "browser tests", probe: Probe::Program("chromium") },
    Need {
        package: "chromium-driver",
        why: "browser tests",
        probe: Probe::Program("chromedriver"),
    },
    Need { package: "zstd", why: "unpacks the shared test data", probe: Probe::Program("zstd") },
    Need {
        package: "strace",
        why: "shows that matching sends nothing",
        probe: Probe::Program("strace"),
    },
    Need { package: "curl", why: "a client of other people's", probe: Probe::Program("curl") },
    Need { package: "gnupg", why: "checks our OpenPGP signatures", probe: Probe::Program("gpg") },
];

/// What the slow tests need on top of the demo.
const CORPUS: [Need; 4] = [
    Need { package: "g++", why: "builds the C++ recipes", probe: Probe::Program("g++") },
    Need {
        package: "default-jdk-headless",
        why: "builds and runs the Java recipes",
        probe: Probe::Program("javac"),
    },
    Need {
        package: "qemu-system-x86",
        why: "runs the microVMs of one slow test",
        probe: Probe::Program("qemu-system-x86_64"),
    },
    Need {
        package: "xz-utils",
        why: "unpacks the kernel of the microVMs",
        probe: Probe::Program("xz"),
    },
];

/// Which task a machine is prepared for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Purpose {
    Demo,
    Test,
    Corpus,
}

/// `cargo xtask system`: says what is missing; with `--install`, installs it.
pub fn main(_root: &Path, arguments: &[String]) -> ExitCode {
    let missing = missing(Purpose::Test);
    if missing.is_empty() {
        eprintln!("nothing is missing");
        return ExitCode::SUCCESS;
    }
    if arguments.iter().any(|argument| argument == "--install") {
        return match provide(Purpose::Test) {
            Ok(()) => ExitCode::SUCCESS,
            Err(why) => {
                eprintln!("{why}");
                ExitCode::from(2)
            }
        };
    }
    eprint!("{}", list(&missing));
    eprintln!("to install: {}", line(&missing));
    ExitCode::FAILURE
}

/// Makes sure that everything for `purpose` is there; the error is for a person to read.
pub fn provide(purpose: Purpose) -> Result<(), String> {
    let wanted = missing(purpose);
    if wanted.is_empty() {
        return Ok(());
    }
    eprint!("this machine lacks:\n{}", list(&wanted));
    let Some(prefix) = authority() else {
        return Err(format!("not installed (neither root nor sudo); run: {}", line(&wanted)));
    };
    let packages: Vec<&str> = wanted.iter().map(|need| need.package).collect();
    eprintln!("installing: {}", packages.join(" "));
    install(&prefix, &packages).map_err(|why| format!("{why}; run: {}", line(&wanted)))?;
    let left = missing(purpose);
    if left.is_empty() {
        return Ok(());
    }
    Err(format!("installed, yet still missing:\n{}", list(&left)))
}

fn missing(purpose: Purpose) -> Vec<&'static Need> {
    let extra: &'static [Need] = match purpose {
        Purpose::Demo => &[],
        Purpose::Test => &TEST,
        Purpose::Corpus => &CORPUS,
    };
    DEMO.iter().chain(extra).filter(|need| !present(&need.probe)).collect()
}

fn present(probe: &Probe) -> bool {
    match probe {
        Probe::Program(name) => program(name).is_some(),
        Probe::File(path) => Path::new(path).exists(),
        Probe::Command(words) => succeeds(Command::new(words[0]).args(&words[1..])),
        Probe::PostgreSql => crate::postgres::programs().is_some(),
    }
}

/// Where a program lies on the search path (administrators' folders included).
pub fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let admin = ["/usr/sbin", "/sbin"].map(PathBuf::from);
    let found = std::env::split_paths(&path).chain(admin).map(|folder| folder.join(name));
    found.into_iter().find(|file| file.is_file())
}

/// What must stand before `apt-get`: nothing for root, `sudo -n` where it asks nothing.
fn authority() -> Option<Vec<&'static str>> {
    if is_root() {
        Some(Vec::new())
    } else if succeeds(Command::new("sudo").args(["-n", "true"])) {
        Some(vec!["sudo", "-n"])
    } else {
        None
    }
}

/// Whether we run as root.
pub fn is_root() -> bool {
    use std::os::unix::fs::MetadataExt;
    // The owner of our own entry in /proc is our effective user.
    std::fs::metadata("/proc/self").is_ok_and(|data| data.uid() == 0)
}

fn install(prefix: &[&str], packages: &[&str]) -> Result<(), String> {
    let apt = |arguments: &[&str]| {
        let words = [prefix, &["env", "DEBIAN_FRONTEND=noninteractive", "apt-get"], arguments];
        let words = words.concat();
        // The program's own stdout may be a JSON document: apt-get's goes to stderr.
        let stderr = Stdio::from(std::io::stderr());
        run(Command::new(words[0]).args(&words[1..]).stdin(Stdio::null()).stdout(stderr))
    };
    apt(&["update", "--quiet"])?;
    apt(&[&["install", "--yes", "--quiet", "--no-install-recommends"], packages].concat())
}

fn list(needs: &[&Need]) -> String {
    needs.iter().map(|need| format!("  {:<16} {}\n", need.package, need.why)).collect()
}

/// The line a person can run instead of us.
fn line(needs: &[&Need]) -> String {
    let packages: Vec<&str> = needs.iter().map(|need| need.package).collect();
    format!("apt-get install --no-install-recommends {} (as root)", packages.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probe_tells_present_from_absent() {
        let check = |probe: Probe, expected: bool| assert_eq!(present(&probe), expected);
        check(Probe::Program("sh"), true);
        check(Probe::Program("no-such-program-here"), false);
        check(Probe::File("/proc/self"), true);
        check(Probe::File("/proc/no-such-file"), false);
        check(Probe::Command(&["true"]), true);
        check(Probe::Command(&["false"]), false);
        check(Probe::Command(&["no-such-program-here"]), false);
    }

    #[test]
    fn the_line_to_run_names_every_missing_package_once() {
        let needs: Vec<&Need> = DEMO.iter().chain(&TEST).chain(&CORPUS).collect();
        let line = line(&needs);
        for need in needs {
            let count = line.split(' ').filter(|word| *word == need.package).count();
            assert_eq!(count, 1, "{}", need.package);
        }
    }
}
