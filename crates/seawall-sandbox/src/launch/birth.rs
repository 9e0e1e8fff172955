//! A sandbox as the laboratory holds it: born, told its command, and ended whatever happens.

use super::child::{self, Stage, WORD_BYTES, Word};
use super::kernel;
use super::plan::Plan;
use super::view::View;
use super::{Job, Loss};
use crate::LabFault;
use crate::cgroup::Cgroup;
use nix::sys::signal::{SigSet, SigmaskHow, Signal, kill};
use nix::sys::wait::waitpid;
use nix::unistd::Pid;
use seawall_domain::recipe::Limits;
use std::fs::File;
use std::io::{PipeReader, Read, Write, pipe};
use std::marker::PhantomData;
use std::os::fd::{AsRawFd, OwnedFd, RawFd};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::{Duration, Instant};

/// All walls stand within milliseconds; a host that takes so long is broken.
const STANDING_SECONDS_MAX: u64 = 60;

/// One sandbox, from its birth on.
#[derive(Debug)]
pub(super) struct Sandbox {
    pub pid: Pid,
    /// Readable when its first process has ended.
    pub handle: OwnedFd,
    pub socket: UnixStream,
    pub stdout: PipeReader,
    pub stderr: PipeReader,
    pub group: Cgroup,
    pub limits: Limits,
    pub stdout_bytes_max: Option<u64>,
    /// Where its standard output goes, when not back to whoever asked.
    pub output: Option<File>,
    /// When its command was handed over.
    pub started: Instant,
    /// What stands in the way of its command, when that is no program.
    pub no_program: Option<String>,
    /// The first word of its command.
    name: String,
    view: View,
    losses: Vec<Loss>,
    stands: bool,
    gone: bool,
    /// It dies with the thread that bore it, so it must not wander to another.
    _here: PhantomData<*const ()>,
}

/// Every signal waits while this lives: a copy of this thread must not run our handlers.
struct Quiet(SigSet);

impl Quiet {
    fn make() -> Result<Quiet, LabFault> {
        let all = SigSet::all().thread_swap_mask(SigmaskHow::SIG_SETMASK);
        all.map(Quiet).map_err(|error| LabFault::io("holding signals back", error))
    }
}

impl Drop for Quiet {
    fn drop(&mut self) {
        // The set is one that the kernel gave us; it cannot refuse it.
        let _ = self.0.thread_set_mask();
    }
}

impl Sandbox {
    /// Lets a sandbox come into being; it stands a moment later.
    pub(super) fn bear(
        mut plan: Plan,
        group: Cgroup,
        limits: Limits,
        job: &Job<'_>,
    ) -> Result<Sandbox, LabFault> {
        let fault = |error| LabFault::io("laying out the streams of a sandbox", error);
        let input = File::open(job.input.as_deref().unwrap_or(Path::new("/dev/null")))
            .map_err(|error| LabFault::io("opening the input of a sandbox", error))?;
        let output = job.output.as_deref().map(File::create).transpose();
        let output = output.map_err(|error| LabFault::io("making an output file", error))?;
        let (stdout, stdout_inside) = pipe().map_err(fault)?;
        let (stderr, stderr_inside) = pipe().map_err(fault)?;
        let (socket, socket_inside) = UnixStream::pair().map_err(fault)?;
        let patience = Some(Duration::from_secs(STANDING_SECONDS_MAX));
        socket.set_read_timeout(patience).map_err(fault)?;
        socket.set_write_timeout(patience).map_err(fault)?;
        plan.streams = [input.as_raw_fd(), stdout_inside.as_raw_fd(), stderr_inside.as_raw_fd()];
        plan.socket = socket_inside.as_raw_fd();
        let doors = group.doors()?;
        plan.doors = doors.files.iter().map(AsRawFd::as_raw_fd).collect();
        let birthplace = doors.birthplace.as_ref();
        let birthplace = birthplace.map(|(folder, door)| (folder.as_raw_fd(), door.as_raw_fd()));
        let (pid, handle) = divide(&mut plan, birthplace)?;
        let losses = match &plan.landlock {
            None => vec![Loss::Landlock],
            Some(law) if law.scoped == 0 => vec![Loss::Scopes],
            Some(_) => Vec::new(),
        };
        Ok(Sandbox {
            pid,
            handle,
            socket,
            stdout,
            stderr,
            group,
            limits,
            stdout_bytes_max: job.stdout_bytes_max,
            output,
            started: Instant::now(),
            no_program: None,
            name: plan.command.name,
            view: plan.view,
            losses,
            stands: false,
            gone: false,
            _here: PhantomData,
        })
    }

    /// Which walls this host does not let it have, as far as it has told.
    pub(super) fn losses(&self) -> &[Loss] {
        &self.losses
    }

    /// Waits until every wall stands.
    pub(super) fn stand(&mut self) -> Result<(), LabFault> {
        while !self.stands {
            let word = self.hear()?;
            self.take(word)?;
        }
        Ok(())
    }

    /// Calls the command and waits until it is a program, or is known to be none.
    pub(super) fn call(&mut self) -> Result<(), LabFault> {
        self.started = Instant::now();
        if let Err(error) = self.socket.write_all(b"!") {
            // Whoever does not listen has most likely said why before.
            self.stand()?;
            return Err(LabFault::io("calling a command", error));
        }
        loop {
            let word = self.hear()?;
            self.take(word)?;
            if matches!(word, Word::Started | Word::NoProgram { .. }) {
                return Ok(());
            }
        }
    }

    /// Takes what it told before its end: the status of its command, as `waitpid(2)` gives it.
    pub(super) fn last_word(&mut self) -> Result<i32, LabFault> {
        loop {
            match self.hear()? {
                Word::Ended { status } => return Ok(status),
                word => self.take(word)?,
            }
        }
    }

    /// The next word from inside.
    fn hear(&mut self) -> Result<Word, LabFault> {
        let mut bytes = [0; WORD_BYTES];
        let silence = |reason: String| LabFault::Isolation { reason };
        match self.socket.read_exact(&mut bytes) {
            Ok(()) => {
                let strange = || silence("it says what nobody understands".into());
                Word::read(bytes).ok_or_else(strange)
            }
            Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
                Err(silence("its first process ended without a word".into()))
            }
            Err(error) => Err(silence(format!("its first process is silent: {error}"))),
        }
    }

    fn take(&mut self, word: Word) -> Result<(), LabFault> {
        match word {
            Word::Ready => self.stands = true,
            Word::Loss { stage, .. } if stage == Stage::UserNamespace as u32 => {
                self.losses.push(Loss::UserNamespace);
            }
            Word::Loss { .. } => self.losses.push(Loss::Loopback),
            Word::Fault { stage, step, error } => {
                return Err(LabFault::Isolation { reason: self.reason(stage, step, error) });
            }
            Word::NoProgram { error } => {
                let why = std::io::Error::from_raw_os_error(error);
                self.no_program = Some(format!("cannot run `{}`: {why}\n", self.name));
            }
            Word::Started | Word::Ended { .. } => {}
        }
        Ok(())
    }

    fn reason(&self, stage: u32, step: u32, error: i32) -> String {
        let at = usize::try_from(stage).ok().and_then(|stage| Stage::ALL.get(stage));
        let doing = at.map_or("an unknown step", |(_, name)| name);
        let error = std::io::Error::from_raw_os_error(error);
        if at.is_some_and(|(stage, _)| *stage == Stage::View) {
            let step = usize::try_from(step).unwrap_or(usize::MAX);
            if let Some(step) = self.view.steps().nth(step) {
                return format!("{doing} `{}`: {error}", step.subject().to_string_lossy());
            }
        }
        format!("{doing}: {error}")
    }

    /// Ends its first process, and with it all others; they are gone when the handle says so.
    pub(super) fn end(&self) {
        if !self.gone {
            // It is not waited for before it is marked as gone, so the number is its own.
            let _ = kill(self.pid, Signal::SIGKILL);
        }
    }

    /// Lets go of the process that ended.
    pub(super) fn bury(&mut self) {
        if !self.gone {
            let _ = waitpid(self.pid, None);
            self.gone = true;
        }
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        self.end();
        self.bury();
    }
}

/// Copies this thread into the first process of a sandbox, born in a control group of version 2
/// if there is one, or about to join it.
fn divide(plan: &mut Plan, group: Option<(RawFd, RawFd)>) -> Result<(Pid, OwnedFd), LabFault> {
    let quiet = Quiet::make()?;
    let mut born = kernel::divide(plan.namespaces(), group.map(|(folder, _)| folder));
    if let (Some((_, door)), Err(_)) = (group, &born) {
        plan.doors.push(door);
        born = kernel::divide(plan.namespaces(), None);
    }
    let born = match born {
        Ok((0, _)) => child::live(plan),
        Ok(born) => Ok(born),
        Err(error) => Err(error),
    };
    drop(quiet);
    let refused = |error| {
        let error = std::io::Error::from_raw_os_error(error);
        LabFault::Isolation { reason: format!("making its namespaces: {error}") }
    };
    let (pid, handle) = born.map_err(refused)?;
    Ok((Pid::from_raw(pid), kernel::own(handle)))
}
