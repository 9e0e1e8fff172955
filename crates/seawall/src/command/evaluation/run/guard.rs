//! The attending process, from the side of whoever started it.

use super::attend::{INTERRUPT, SUBCOMMAND, Word};
use super::plan::Plan;
use anyhow::{Context, bail};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use std::process::Stdio;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, Lines};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};

/// A run under way. Dropped, it ends.
pub(super) struct Guard {
    /// Kept so that it is waited for.
    _process: Child,
    /// While it is open, the run may go on.
    input: Option<ChildStdin>,
    words: Lines<BufReader<ChildStdout>>,
    group: Option<Pid>,
}

impl Guard {
    pub(super) fn start(plan: &Plan) -> anyhow::Result<Guard> {
        let own = std::env::current_exe().context("cannot find this executable")?;
        let said = plan.console()?;
        let mut process = Command::new(own)
            .arg(SUBCOMMAND)
            .arg("--")
            .args(plan.command())
            .env_clear()
            .envs(plan.environment().iter().map(|(name, value)| (name, value)))
            .current_dir(plan.private())
            // A key that is pressed here is not for them: they are told.
            .process_group(0)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(said)
            .spawn()
            .context("cannot start the run")?;
        let output = process.stdout.take().context("cannot listen to the run")?;
        let input = process.stdin.take();
        let words = BufReader::new(output).lines();
        Ok(Guard { _process: process, input, words, group: None })
    }

    /// Waits until nothing of the run is left: Inspect's status, and how many were left behind.
    /// Nothing is lost when this is dropped and asked again.
    pub(super) async fn ended(&mut self) -> (Option<i32>, usize) {
        loop {
            let line = self.words.next_line().await.ok().flatten();
            let Some(line) = line else {
                // Whoever attended it is gone without a word.
                if let Some(group) = self.group {
                    let _ = killpg(group, Signal::SIGKILL);
                }
                return (None, 0);
            };
            match serde_json::from_str(&line) {
                Ok(Word::Started(group)) => self.group = Some(Pid::from_raw(group)),
                Ok(Word::Ended { status, left }) => return (status, left),
                Ok(Word::Failed(_)) | Err(_) => return (Some(127), 0),
            }
        }
    }

    /// Asks it to end, so that it can write its log.
    pub(super) async fn interrupt(&mut self) {
        if let Some(input) = &mut self.input {
            // It may have ended by itself meanwhile.
            let _ = input.write_all(&[INTERRUPT]).await;
            let _ = input.flush().await;
        }
    }

    /// Ends it at once.
    pub(super) fn kill(&mut self) {
        self.input = None;
    }
}

/// Finds a program as a shell does.
pub(super) fn find(program: &std::path::Path) -> anyhow::Result<std::path::PathBuf> {
    let named = program.components().count() > 1;
    let found = match named {
        true => Some(std::path::absolute(program)?),
        false => std::env::var_os("PATH").and_then(|path| {
            let folders = std::env::split_paths(&path).map(|folder| folder.join(program));
            folders.into_iter().find(|file| file.is_file())
        }),
    };
    match found.filter(|file| file.is_file()) {
        Some(file) => Ok(file),
        None => bail!(
            "cannot find `{}`: install it (`pip install inspect-ai`) or name it by --inspect",
            program.display()
        ),
    }
}
