//! The process wall: the laboratory as a process of its own, asked in JSON lines.
//!
//! The other side is a hidden subcommand that calls [`serve`] with its standard streams; ours is
//! [`LaboratoryProcess`], which starts it with an environment of almost nothing: a search path, a
//! home, and what the registries' clients need. One question a line, one answer a line, in order.
//! A process that dies, falls silent or talks nonsense is a fault, and the next question starts a
//! new one.

use crate::{
    Environment, Fetched, LabFault, Laboratory, Minimised, PatchReport, Preflight, Rechecked,
    Release, RunReport, Shown, settings,
};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use seawall_domain::digest::Digest;
use seawall_domain::package::{Package, Version};
use seawall_domain::recipe::{Doubt, Recipe};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// The hidden subcommand.
pub const SUBCOMMAND: &str = "__laboratory";
/// No question and no answer is longer.
const LINE_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// Fetching a whole catalogue over a slow line takes this long and not longer.
const SECONDS_MAX: u64 = 1800;

#[derive(Debug, Serialize, Deserialize)]
struct Question {
    laboratory: Laboratory,
    ask: Ask,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Ask {
    Preflight,
    Releases { package: Package },
    Fetch { package: Package, versions: Vec<Version> },
    Commits { package: Package, good: Version, bad: Version },
    Head { package: Package },
    Source { package: Package, version: Version, file: String },
    Run { recipe: Box<Recipe>, version: Version, runs: u32 },
    Examine { recipe: Box<Recipe>, version: Version },
    Minimise { recipe: Box<Recipe>, version: Version, budget: u32 },
    Variants { recipe: Box<Recipe>, version: Version, wanted: u32 },
    CheckPatch { recipe: Box<Recipe>, version: Version, patch: String },
    Recheck { recipe: Box<Recipe>, version: Version, claimed: Option<String> },
    Environment,
    Export { package: Package, version: Version },
    Import { package: Package, version: Version, archive: String, digest: Digest },
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Answer<T> {
    Ok(T),
    Fault(LabFault),
}

impl<T> From<Result<T, LabFault>> for Answer<T> {
    fn from(result: Result<T, LabFault>) -> Self {
        match result {
            Ok(value) => Answer::Ok(value),
            Err(fault) => Answer::Fault(fault),
        }
    }
}

/// Answers questions until the input ends: the body of the hidden subcommand.
pub fn serve(stdin: impl BufRead, mut stdout: impl Write) -> std::io::Result<()> {
    let mut stdin = stdin;
    loop {
        let mut line = Vec::new();
        let read = (&mut stdin).take(LINE_BYTES_MAX).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(());
        }
        let answer = match serde_json::from_slice::<Question>(&line) {
            Ok(question) => answer(&question),
            Err(error) => {
                let reason = format!("cannot read the question: {error}");
                serde_json::to_string(&Answer::<()>::Fault(LabFault::Process { reason }))
            }
        };
        let mut answer = answer?;
        answer.push('\n');
        stdout.write_all(answer.as_bytes())?;
        stdout.flush()?;
    }
}

fn answer(question: &Question) -> serde_json::Result<String> {
    let lab = &question.laboratory;
    match &question.ask {
        Ask::Preflight => serde_json::to_string(&Answer::Ok(lab.preflight())),
        Ask::Releases { package } => serde_json::to_string(&Answer::from(lab.releases(package))),
        Ask::Fetch { package, versions } => {
            let all = lab.fetch_all(package, versions);
            let all: Vec<Answer<Fetched>> = all.into_iter().map(Answer::from).collect();
            serde_json::to_string(&Answer::Ok(all))
        }
        Ask::Commits { package, good, bad } => {
            serde_json::to_string(&Answer::from(lab.commits(package, good, bad)))
        }
        Ask::Head { package } => serde_json::to_string(&Answer::from(lab.head(package))),
        Ask::Source { package, version, file } => {
            serde_json::to_string(&Answer::from(lab.source(package, version, file)))
        }
        Ask::Run { recipe, version, runs } => {
            serde_json::to_string(&Answer::from(lab.run(recipe, version, *runs)))
        }
        Ask::Examine { recipe, version } => {
            serde_json::to_string(&Answer::from(lab.examine(recipe, version)))
        }
        Ask::Minimise { recipe, version, budget } => {
            serde_json::to_string(&Answer::from(lab.minimise(recipe, version, *budget)))
        }
        Ask::Variants { recipe, version, wanted } => {
            serde_json::to_string(&Answer::from(lab.variants(recipe, version, *wanted)))
        }
        Ask::CheckPatch { recipe, version, patch } => {
            let checked = decoded(patch).and_then(|patch| lab.check_patch(recipe, version, &patch));
            serde_json::to_string(&Answer::from(checked))
        }
        Ask::Recheck { recipe, version, claimed } => {
            let claimed = claimed.as_deref().map(decoded).transpose();
            let checked = claimed.and_then(|it| lab.recheck(recipe, version, it.as_deref()));
            serde_json::to_string(&Answer::from(checked))
        }
        Ask::Environment => serde_json::to_string(&Answer::Ok(lab.environment())),
        Ask::Export { package, version } => {
            let packed = lab.export(package, version);
            let packed = packed.map(|packed| packed.map(|bytes| STANDARD.encode(bytes)));
            serde_json::to_string(&Answer::from(packed))
        }
        Ask::Import { package, version, archive, digest } => {
            let taken = decoded(archive).and_then(|a| lab.import(package, version, &a, digest));
            serde_json::to_string(&Answer::from(taken))
        }
    }
}

/// Bytes that went through the wall as base 64.
fn decoded(text: &str) -> Result<Vec<u8>, LabFault> {
    let reason = |error| format!("cannot read bytes: {error}");
    STANDARD.decode(text).map_err(|error| LabFault::Process { reason: reason(error) })
}

/// A laboratory in a process of its own; questions queue, answers block.
#[derive(Debug)]
pub struct LaboratoryProcess {
    exe: PathBuf,
    laboratory: Laboratory,
    patience: Duration,
    child: Mutex<Option<Running>>,
}

#[derive(Debug)]
struct Running {
    child: Child,
    stdin: ChildStdin,
    answers: Receiver<std::io::Result<Vec<u8>>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        // Its sandboxes die with it. It may be gone already, which is as good.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl LaboratoryProcess {
    /// Starts `exe __laboratory` with an environment of almost nothing.
    pub fn spawn(exe: &Path, laboratory: Laboratory) -> Result<LaboratoryProcess, LabFault> {
        let process = LaboratoryProcess {
            exe: exe.to_owned(),
            laboratory,
            patience: Duration::from_secs(SECONDS_MAX),
            child: Mutex::new(None),
        };
        *process.lock() = Some(process.start()?);
        Ok(process)
    }

    /// The same with another overall deadline for each question.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> LaboratoryProcess {
        self.patience = patience;
        self
    }

    /// See [`Laboratory::preflight`].
    pub fn preflight(&self) -> Result<Preflight, LabFault> {
        self.ask(Ask::Preflight)
    }

    /// See [`Laboratory::releases`].
    pub fn releases(&self, package: &Package) -> Result<Vec<Release>, LabFault> {
        self.ask(Ask::Releases { package: package.clone() })
    }

    /// See [`Laboratory::fetch`].
    pub fn fetch(&self, package: &Package, version: &Version) -> Result<Fetched, LabFault> {
        let silent = || LabFault::Process { reason: "it gave no answer".into() };
        self.fetch_all(package, std::slice::from_ref(version))?.pop().ok_or_else(silent)?
    }

    /// See [`Laboratory::fetch_all`].
    #[allow(clippy::type_complexity)] // the outer fault is the process, the inner one a release
    pub fn fetch_all(
        &self,
        package: &Package,
        versions: &[Version],
    ) -> Result<Vec<Result<Fetched, LabFault>>, LabFault> {
        let (package, versions) = (package.clone(), versions.to_vec());
        let answers: Vec<Answer<Fetched>> = self.ask(Ask::Fetch { package, versions })?;
        let result = |answer| match answer {
            Answer::Ok(fetched) => Ok(fetched),
            Answer::Fault(fault) => Err(fault),
        };
        Ok(answers.into_iter().map(result).collect())
    }

    /// See [`Laboratory::commits`].
    pub fn commits(
        &self,
        package: &Package,
        good: &Version,
        bad: &Version,
    ) -> Result<Vec<Version>, LabFault> {
        let (package, good, bad) = (package.clone(), good.clone(), bad.clone());
        self.ask(Ask::Commits { package, good, bad })
    }

    /// See [`Laboratory::head`].
    pub fn head(&self, package: &Package) -> Result<Version, LabFault> {
        self.ask(Ask::Head { package: package.clone() })
    }

    /// See [`Laboratory::source`].
    pub fn source(
        &self,
        package: &Package,
        version: &Version,
        file: &str,
    ) -> Result<Option<String>, LabFault> {
        let (package, version, file) = (package.clone(), version.clone(), file.to_owned());
        self.ask(Ask::Source { package, version, file })
    }

    /// See [`Laboratory::run`].
    pub fn run(
        &self,
        recipe: &Recipe,
        version: &Version,
        runs: u32,
    ) -> Result<Vec<RunReport>, LabFault> {
        let recipe = Box::new(recipe.clone());
        self.ask(Ask::Run { recipe, version: version.clone(), runs })
    }

    /// See [`Laboratory::examine`].
    pub fn examine(&self, recipe: &Recipe, version: &Version) -> Result<Vec<Doubt>, LabFault> {
        self.ask(Ask::Examine { recipe: Box::new(recipe.clone()), version: version.clone() })
    }

    /// See [`Laboratory::minimise`].
    pub fn minimise(
        &self,
        recipe: &Recipe,
        version: &Version,
        budget: u32,
    ) -> Result<Minimised, LabFault> {
        let recipe = Box::new(recipe.clone());
        self.ask(Ask::Minimise { recipe, version: version.clone(), budget })
    }

    /// See [`Laboratory::variants`].
    pub fn variants(
        &self,
        recipe: &Recipe,
        version: &Version,
        wanted: u32,
    ) -> Result<Vec<Shown>, LabFault> {
        let recipe = Box::new(recipe.clone());
        self.ask(Ask::Variants { recipe, version: version.clone(), wanted })
    }

    /// See [`Laboratory::check_patch`].
    pub fn check_patch(
        &self,
        recipe: &Recipe,
        version: &Version,
        patch: &[u8],
    ) -> Result<PatchReport, LabFault> {
        let (recipe, version) = (Box::new(recipe.clone()), version.clone());
        self.ask(Ask::CheckPatch { recipe, version, patch: STANDARD.encode(patch) })
    }

    /// See [`Laboratory::recheck`].
    pub fn recheck(
        &self,
        recipe: &Recipe,
        version: &Version,
        claimed: Option<&[u8]>,
    ) -> Result<Rechecked, LabFault> {
        let (recipe, version) = (Box::new(recipe.clone()), version.clone());
        self.ask(Ask::Recheck { recipe, version, claimed: claimed.map(|it| STANDARD.encode(it)) })
    }

    /// See [`Laboratory::environment`].
    pub fn environment(&self) -> Result<Environment, LabFault> {
        self.ask(Ask::Environment)
    }

    /// See [`Laboratory::export`].
    pub fn export(
        &self,
        package: &Package,
        version: &Version,
    ) -> Result<Option<Vec<u8>>, LabFault> {
        let (package, version) = (package.clone(), version.clone());
        let packed: Option<String> = self.ask(Ask::Export { package, version })?;
        packed.map(|packed| decoded(&packed)).transpose()
    }

    /// See [`Laboratory::import`].
    pub fn import(
        &self,
        package: &Package,
        version: &Version,
        archive: &[u8],
        digest: &Digest,
    ) -> Result<Fetched, LabFault> {
        let (package, version, digest) = (package.clone(), version.clone(), *digest);
        self.ask(Ask::Import { package, version, archive: STANDARD.encode(archive), digest })
    }

    /// The number of the process, while there is one.
    pub fn id(&self) -> Option<u32> {
        self.lock().as_ref().map(|running| running.child.id())
    }

    fn lock(&self) -> MutexGuard<'_, Option<Running>> {
        // A thread that panicked while asking left at worst a process that is restarted.
        self.child.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn start(&self) -> Result<Running, LabFault> {
        let fault = |error| LabFault::io("starting the laboratory's process", error);
        let mut child = Command::new(&self.exe)
            .arg(SUBCOMMAND)
            .env_clear()
            .envs(std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(is_passed)))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .map_err(fault)?;
        let broken = || LabFault::Process { reason: "it has no streams".into() };
        let stdin = child.stdin.take().ok_or_else(broken)?;
        let stdout = child.stdout.take().ok_or_else(broken)?;
        let (send, answers) = mpsc::sync_channel(1);
        std::thread::spawn(move || {
            let mut stdout = BufReader::new(stdout);
            loop {
                let mut line = Vec::new();
                let read = (&mut stdout).take(LINE_BYTES_MAX).read_until(b'\n', &mut line);
                let over = !matches!(read, Ok(length) if length > 0);
                if send.send(read.map(|_| line)).is_err() || over {
                    return;
                }
            }
        });
        Ok(Running { child, stdin, answers })
    }

    fn ask<T: DeserializeOwned>(&self, ask: Ask) -> Result<T, LabFault> {
        let mut slot = self.lock();
        let mut running = match slot.take() {
            Some(running) => running,
            None => self.start()?,
        };
        // Only an answer that was read whole puts the process back; any fault below drops it.
        let question = Question { laboratory: self.laboratory.clone(), ask };
        let fault = |reason: String| LabFault::Process { reason };
        let mut line = serde_json::to_vec(&question).map_err(|error| fault(error.to_string()))?;
        line.push(b'\n');
        running
            .stdin
            .write_all(&line)
            .and_then(|()| running.stdin.flush())
            .map_err(|error| fault(format!("it does not listen: {error}")))?;
        let line = match running.answers.recv_timeout(self.patience) {
            Ok(Ok(line)) if !line.is_empty() => line,
            Ok(Ok(_)) | Err(RecvTimeoutError::Disconnected) => {
                return Err(fault("it died before it answered".into()));
            }
            Ok(Err(error)) => return Err(fault(format!("it cannot be heard: {error}"))),
            Err(RecvTimeoutError::Timeout) => {
                return Err(fault(format!("no answer within {} s", self.patience.as_secs())));
            }
        };
        let answer = serde_json::from_slice(&line)
            .map_err(|error| fault(format!("cannot read its answer: {error}")))?;
        *slot = Some(running);
        match answer {
            Answer::Ok(value) => Ok(value),
            Answer::Fault(fault) => Err(fault),
        }
    }
}

/// Whether the laboratory gets this variable: what programs and registries' clients need.
fn is_passed(name: &str) -> bool {
    const OWN: [&str; 8] = [
        "PATH",
        "HOME",
        "LANG",
        "TMPDIR",
        "CARGO_HOME",
        "RUSTUP_HOME",
        "RUSTUP_TOOLCHAIN",
        "PYENV_ROOT",
    ];
    OWN.contains(&name) || settings::is_passed(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_goes_through_the_wall() {
        for (name, expected) in [
            ("PATH", true),
            ("https_proxy", true),
            ("npm_config_registry", true),
            ("PIP_INDEX_URL", true),
            ("SEAWALL_DATABASE_URL", false),
            ("DATABASE_URL", false),
            ("CARGO_REGISTRY_TOKEN", false),
            ("GOPROXY", true),
            ("CURL_CA_BUNDLE", true),
            ("NPM_CONFIG__AUTH", false),
            ("npm_config_//registry/:_authToken", false),
            ("SEAWALL_KEY", false),
            ("LD_PRELOAD", false),
            ("SSH_AUTH_SOCK", false),
        ] {
            assert_eq!(is_passed(name), expected, "{name}");
        }
    }

    #[test]
    fn nonsense_is_answered_and_the_end_of_input_ends_it() {
        let mut said = Vec::new();
        serve(&b"{}\nnot json\n"[..], &mut said).unwrap();
        let text = String::from_utf8(said).unwrap();
        assert_eq!(text.lines().count(), 2);
        assert!(text.lines().all(|line| line.contains("cannot read the question")), "{text}");
    }
}
