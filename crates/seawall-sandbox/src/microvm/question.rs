//! What the guest is asked, in a file, and what it answers, by a serial port.
//!
//! An answer is the word `begun`, one line of JSON, and the bytes of both streams. Whoever took
//! over the guest's kernel can forge it, which gives them no more than their own verdict: its
//! length is bounded, and nothing in it is believed about the host.

use crate::LabFault;
use crate::launch::{Ended, How};
use seawall_domain::recipe::Limits;
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The file of the question, and the one of the command's input.
const QUESTION: &str = "question.json";
pub(super) const INPUT: &str = "input";
/// No question is longer: a recipe's own words are.
const QUESTION_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// The guest's kernel runs and the command is about to.
pub(super) const BEGUN: &[u8] = b"begun\n";
/// What the console said last is kept for a fault.
const CONSOLE_CHARACTERS: usize = 400;
/// A command whose guest was lost under it ends so.
const EXIT_LOST: i32 = 125;

/// A job as it travels.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Question {
    pub mounts: Vec<Shown>,
    pub environment: Vec<(String, String)>,
    pub command: Vec<String>,
    /// Whether there is a file of input.
    pub input: bool,
    pub limits: Limits,
    pub stdout_bytes_max: Option<u64>,
}

/// A folder of the guest and where the command sees it.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Shown {
    pub host: PathBuf,
    pub inside: String,
}

impl Question {
    pub(super) fn write(&self, folder: &Path) -> Result<(), LabFault> {
        let fault = |reason: String| LabFault::io("writing the question to a guest", reason);
        let text = serde_json::to_vec(self).map_err(|error| fault(error.to_string()))?;
        fs::write(folder.join(QUESTION), text).map_err(|error| fault(error.to_string()))
    }

    pub(super) fn read(folder: &Path) -> Result<Question, LabFault> {
        let fault = |reason: String| LabFault::io("reading the question in a guest", reason);
        let mut text = Vec::new();
        fs::File::open(folder.join(QUESTION))
            .and_then(|file| file.take(QUESTION_BYTES_MAX).read_to_end(&mut text))
            .map_err(|error| fault(error.to_string()))?;
        serde_json::from_slice(&text).map_err(|error| fault(error.to_string()))
    }
}

/// The line of an answer.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Head {
    Ended { how: How, cpu_us: u64, peak_mib: u32, stdout: usize, stderr: usize },
    Fault(LabFault),
}

/// What the guest says at the end.
pub(super) fn told(result: &Result<Ended, LabFault>) -> serde_json::Result<Vec<u8>> {
    let head = match result {
        Ok(ended) => Head::Ended {
            how: ended.how.clone(),
            cpu_us: u64::try_from(ended.cpu.as_micros()).unwrap_or(u64::MAX),
            peak_mib: ended.peak_mib,
            stdout: ended.stdout.len(),
            stderr: ended.stderr.len(),
        },
        Err(fault) => Head::Fault(fault.clone()),
    };
    let mut bytes = serde_json::to_vec(&head)?;
    bytes.push(b'\n');
    if let Ok(ended) = result {
        bytes.extend_from_slice(&ended.stdout);
        bytes.extend_from_slice(&ended.stderr);
    }
    Ok(bytes)
}

/// What a command did, out of what the machine did that it ran in.
pub(super) fn answer(machine: Ended) -> Result<Ended, LabFault> {
    let Some(rest) = machine.stdout.strip_prefix(BEGUN) else {
        let console = String::from_utf8_lossy(&machine.stderr);
        let count = console.chars().count().saturating_sub(CONSOLE_CHARACTERS);
        let last: String = console.chars().skip(count).collect();
        let last = last.split_whitespace().collect::<Vec<_>>().join(" ");
        let reason = format!("the microVM did not start ({:?}): `{last}`", machine.how);
        return Err(LabFault::Isolation { reason });
    };
    match parts(rest) {
        Some((Head::Ended { how, cpu_us, peak_mib, .. }, stdout, stderr)) => Ok(Ended {
            how,
            stdout: stdout.to_vec(),
            stderr: stderr.to_vec(),
            cpu: Duration::from_micros(cpu_us),
            wall: machine.wall,
            peak_mib,
        }),
        Some((Head::Fault(fault), ..)) => Err(fault),
        None => Ok(lost(machine)),
    }
}

/// The line and both streams, when the whole answer is there.
fn parts(answer: &[u8]) -> Option<(Head, &[u8], &[u8])> {
    let end = answer.iter().position(|byte| *byte == b'\n')?;
    let (line, streams) = answer.split_at_checked(end + 1)?;
    let head = serde_json::from_slice(line).ok()?;
    let (stdout, stderr) = match head {
        Head::Ended { stdout, stderr, .. } => (stdout, stderr),
        Head::Fault(_) => (0, 0),
    };
    let (stdout, rest) = streams.split_at_checked(stdout)?;
    (rest.len() == stderr).then_some((head, stdout, rest))
}

/// The command began and nothing more was heard: it outlasted its machine, or brought it down.
fn lost(machine: Ended) -> Ended {
    let how = match machine.how {
        How::Late | How::Busy => How::Late,
        How::Exit(_) | How::Starved | How::Flooded => How::Exit(EXIT_LOST),
    };
    let mut stderr = b"the guest's system ended under this command\n".to_vec();
    stderr.extend_from_slice(&machine.stderr);
    Ended { how, stdout: Vec::new(), stderr, ..machine }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machine(how: How, stdout: &[u8]) -> Ended {
        Ended {
            how,
            stdout: stdout.to_vec(),
            stderr: b"Kernel panic".to_vec(),
            cpu: Duration::from_secs(9),
            wall: Duration::from_secs(10),
            peak_mib: 900,
        }
    }

    #[test]
    fn an_answer_is_read_as_it_was_told() {
        let ended = Ended {
            how: How::Busy,
            stdout: b"a\n{}\0".to_vec(),
            stderr: b"\xff".to_vec(),
            cpu: Duration::from_micros(1234),
            wall: Duration::from_secs(1),
            peak_mib: 5,
        };
        let told = [BEGUN, &told(&Ok(ended)).unwrap()].concat();
        let read = answer(machine(How::Exit(0), &told)).unwrap();
        assert_eq!((read.how, read.cpu.as_micros(), read.peak_mib), (How::Busy, 1234, 5));
        assert_eq!((&read.stdout[..], &read.stderr[..]), (&b"a\n{}\0"[..], &b"\xff"[..]));
        assert_eq!(read.wall, Duration::from_secs(10));
    }

    #[test]
    fn what_is_no_whole_answer_is_never_taken_for_one() {
        let whole = told(&Ok(machine(How::Exit(0), b"out"))).unwrap();
        for (how, said, expected) in [
            (How::Exit(0), &b""[..], How::Exit(EXIT_LOST)),
            (How::Late, b"", How::Late),
            (How::Busy, b"{}", How::Late),
            (How::Flooded, b"no json\n", How::Exit(EXIT_LOST)),
            (How::Exit(0), &whole[..whole.len() - 1], How::Exit(EXIT_LOST)),
            (How::Exit(0), &[&whole[..], b"x"].concat(), How::Exit(EXIT_LOST)),
        ] {
            let read = answer(machine(how, &[BEGUN, said].concat())).unwrap();
            assert_eq!(read.how, expected, "{said:?}");
            assert!(read.stdout.is_empty());
        }
        let fault = answer(machine(How::Exit(0), b"")).unwrap_err().to_string();
        assert!(fault.contains("did not start") && fault.contains("Kernel panic"), "{fault}");
        let own = LabFault::io("doing", "reason");
        let said = [BEGUN, &told(&Err(own.clone())).unwrap()].concat();
        assert_eq!(answer(machine(How::Exit(0), &said)).unwrap_err(), own);
    }
}
