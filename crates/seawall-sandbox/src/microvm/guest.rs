//! Inside the guest: our executable as the first process, which starts the command by the
//! launcher, tells how it ended, and switches the machine off.

use super::question::{self, Question};
use crate::LabFault;
use crate::launch::{Ended, Job, Mount, launch};
use nix::sys::reboot::{RebootMode, reboot};
use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};

/// The hidden subcommand.
pub const SUBCOMMAND: &str = "__guest";
/// Where the host lays the question.
const QUESTION: &str = "/question";

/// Everything that the first process of a guest does: the body of the hidden subcommand.
///
/// It comes back only where there is no guest, or when the machine cannot be switched off.
pub fn live() -> std::io::Result<()> {
    if std::process::id() != 1 || !Path::new("/guest/initrd").exists() {
        return Err(std::io::Error::other("this is no guest of ours"));
    }
    let done = respond();
    if let Err(error) = &done {
        // The console is all that is left to say it on.
        eprintln!("seawall: {error}");
    }
    reboot(RebootMode::RB_AUTOBOOT)?;
    done
}

fn respond() -> std::io::Result<()> {
    let mut port = File::options().write(true).open(port()?)?;
    port.write_all(question::BEGUN)?;
    let answer = question::told(&run()).map_err(std::io::Error::other)?;
    port.write_all(&answer)
}

/// The serial port that leads to the host: the only one there is.
fn port() -> std::io::Result<PathBuf> {
    let mut devices = fs::read_dir("/dev")?.filter_map(|entry| Some(entry.ok()?.path()));
    let is_port = |path: &PathBuf| path.to_string_lossy().starts_with("/dev/vport");
    devices.find(is_port).ok_or_else(|| std::io::Error::other("there is no port to the host"))
}

fn run() -> Result<Ended, LabFault> {
    let question = Question::read(Path::new(QUESTION))?;
    // These texts live as long as the machine.
    let mount = |shown: question::Shown| Mount { host: shown.host, inside: shown.inside.leak() };
    let variable = |(name, value): (String, String)| (&*name.leak(), value);
    launch(&Job {
        mounts: question.mounts.into_iter().map(mount).collect(),
        environment: question.environment.into_iter().map(variable).collect(),
        input: question.input.then(|| Path::new(QUESTION).join(question::INPUT)),
        stdout_bytes_max: question.stdout_bytes_max,
        ..Job::new(question.command, &question.limits)
    })
}
