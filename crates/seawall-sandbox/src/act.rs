//! One act: the attack or its control, in a new sandbox, with what the laboratory lays out for it.
//!
//! A service, a connection that is waited for, a file that must not appear and a request over HTTP
//! need somebody inside. That is [`SUPERVISOR`], a script of ours: it starts the service, runs the
//! command, ends everything else, and says on the last line of its output what it saw. Nothing of
//! the recipe runs any more when it speaks.

use crate::LabFault;
use crate::bench::Bench;
use crate::cache::random_hex;
use crate::launch::{Ended, How, Mount};
use crate::transcript::Transcript;
use crate::{inner, tree};
use seawall_domain::recipe::{Canary, Oracle};
use serde::{Deserialize, Serialize};
use std::fs;
use std::path::Path;

/// The script that runs inside when the laboratory has to look from there.
const SUPERVISOR: &str = include_str!("act/supervisor.py");
/// The folder in which the sandbox sees it.
const PLACE: &str = "/seawall";
/// Of an answer over HTTP, so much is looked at.
const ANSWER_BYTES_MAX: u32 = 256 * 1024;

/// What happened in one act.
pub(crate) struct Act {
    /// How the command ended, what it printed, what all of it used up.
    pub ended: Ended,
    /// What the supervisor saw.
    pub seen: Seen,
}

/// What the supervisor saw.
#[derive(Clone, Debug, Default, Deserialize)]
pub(crate) struct Seen {
    /// The status of the command, as a shell tells it.
    status: i32,
    /// Whether the service listened in time.
    #[serde(default)]
    pub ready: Option<bool>,
    /// Whether somebody connected and said the token.
    #[serde(default)]
    pub called: bool,
    /// Whether the file was there and held the token.
    #[serde(default)]
    pub written: bool,
    /// What the service answered, when it was asked.
    #[serde(default)]
    pub answer: Option<String>,
}

/// What the supervisor is told to do.
#[derive(Serialize)]
struct Plan<'a> {
    command: Vec<String>,
    service: Option<&'a [String]>,
    port: u16,
    ready_seconds: u32,
    callback: bool,
    written: Option<&'a str>,
    request: Option<String>,
    answer_bytes: u32,
    token: &'a str,
}

/// One run of a recipe: its acts share a token.
pub(crate) struct Turn<'a> {
    bench: &'a Bench<'a>,
    token: String,
}

impl<'a> Turn<'a> {
    pub(crate) fn begin(bench: &'a Bench<'a>) -> Result<Turn<'a>, LabFault> {
        let token = random_hex()?;
        let fault = |error| LabFault::io("laying out a canary", error);
        if bench.recipe().oracle == Oracle::Canary(Canary::File) {
            let folder = bench.scratch().join("canary");
            fs::create_dir_all(&folder).map_err(fault)?;
            fs::write(folder.join("secret"), format!("{token}\n")).map_err(fault)?;
            tree::open_for_reading(&folder)?;
        }
        if is_supervised(bench) {
            let folder = bench.scratch().join("supervisor");
            fs::create_dir_all(&folder).map_err(fault)?;
            fs::write(folder.join("supervisor.py"), SUPERVISOR).map_err(fault)?;
            tree::open_for_reading(&folder)?;
        }
        Ok(Turn { bench, token })
    }

    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    /// Runs the attack or the control, and writes it down.
    pub(crate) fn act(
        &self,
        name: &'static str,
        size: Option<u32>,
        transcript: &mut Transcript,
    ) -> Result<Act, LabFault> {
        let recipe = self.bench.recipe();
        let words = if name == "attack" { &recipe.trigger } else { &recipe.control };
        let supervised = is_supervised(self.bench);
        let mut command = if supervised { self.supervised(name, words)? } else { words.clone() };
        if self.bench.built().is_some() {
            command = inner::after_build(&command);
        }
        let mut job = self.bench.job(command);
        job.input = self.bench.built().map(Path::to_owned);
        if supervised {
            let host = self.bench.scratch().join("supervisor");
            job.mounts.push(Mount { host, inside: PLACE });
            // Its last line must find room, whatever the command printed.
            job.stdout_bytes_max =
                Some(u64::from(recipe.limits.bounded().output_kib) * 1024 + 4 * 1024 * 1024);
        }
        match &recipe.oracle {
            Oracle::Canary(Canary::File) => {
                let host = self.bench.scratch().join("canary");
                job.mounts.push(Mount { host, inside: "/canary" });
            }
            Oracle::Canary(Canary::Environment) => {
                job.environment.push(("SEAWALL_SECRET", self.token.clone()));
            }
            Oracle::Canary(Canary::Harness | Canary::Written { .. } | Canary::Callback)
            | Oracle::Growth(_)
            | Oracle::Sanitizer { .. }
            | Oracle::Signal { .. }
            | Oracle::Exit { .. }
            | Oracle::Output { .. }
            | Oracle::Differential { .. }
            | Oracle::Http { .. } => {
                job.environment.push(("SEAWALL_CANARY", self.token.clone()));
            }
        }
        job.environment.extend(size.map(|size| ("SEAWALL_SIZE", size.to_string())));
        let mut ended = self.bench.launch(&job)?;
        let seen = if supervised { heard(&mut ended) } else { Seen::default() };
        transcript.add(name, size, &ended, &self.token);
        if supervised {
            for remark in seen.remarks(&self.token) {
                transcript.note(&remark);
            }
        }
        Ok(Act { ended, seen })
    }

    fn supervised(&self, name: &str, words: &[String]) -> Result<Vec<String>, LabFault> {
        let recipe = self.bench.recipe();
        let request = match &recipe.oracle {
            Oracle::Http { attack, control, .. } => {
                Some(format!("/recipe/{}", if name == "attack" { attack } else { control }))
            }
            Oracle::Canary(_)
            | Oracle::Growth(_)
            | Oracle::Sanitizer { .. }
            | Oracle::Signal { .. }
            | Oracle::Exit { .. }
            | Oracle::Output { .. }
            | Oracle::Differential { .. } => None,
        };
        let written = match &recipe.oracle {
            Oracle::Canary(Canary::Written { path }) => Some(path.as_str()),
            _ => None,
        };
        let plan = Plan {
            command: words.to_vec(),
            service: recipe.service.as_ref().map(|service| service.run.as_slice()),
            port: recipe.service.as_ref().map_or(0, |service| service.port),
            ready_seconds: recipe.limits.bounded().seconds,
            callback: recipe.oracle == Oracle::Canary(Canary::Callback),
            written,
            request,
            answer_bytes: ANSWER_BYTES_MAX,
            token: &self.token,
        };
        let plan =
            serde_json::to_string(&plan).map_err(|error| LabFault::io("writing a plan", error))?;
        let script = format!("{PLACE}/supervisor.py");
        Ok(vec!["python3".into(), "-I".into(), script, plan])
    }
}

/// Whether the laboratory has to look from inside.
fn is_supervised(bench: &Bench<'_>) -> bool {
    let recipe = bench.recipe();
    recipe.service.is_some()
        || matches!(
            recipe.oracle,
            Oracle::Canary(Canary::Written { .. } | Canary::Callback) | Oracle::Http { .. }
        )
}

/// Takes the supervisor's line off the output, and puts the command's own end in place of its.
fn heard(ended: &mut Ended) -> Seen {
    if ended.how != How::Exit(0) {
        return Seen::default();
    }
    let stdout = &ended.stdout;
    let end = stdout.strip_suffix(b"\n").unwrap_or(stdout);
    let start = end.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1);
    let line = end.get(start..).unwrap_or_default();
    match serde_json::from_slice::<Seen>(line) {
        Ok(seen) => {
            ended.stdout.truncate(start);
            ended.how = How::Exit(seen.status);
            seen
        }
        Err(_) => {
            ended.how = How::Exit(125);
            Seen::default()
        }
    }
}

impl Seen {
    fn remarks(&self, token: &str) -> Vec<String> {
        let mut remarks = Vec::new();
        match self.ready {
            Some(true) => remarks.push("the service listened".to_owned()),
            Some(false) => remarks.push("the service did not listen in time".to_owned()),
            None => {}
        }
        if self.called {
            remarks.push("somebody connected and said the token".to_owned());
        }
        if self.written {
            remarks.push("the file is there and holds the token".to_owned());
        }
        if let Some(answer) = &self.answer {
            remarks.push("answer".to_owned());
            let lines = answer.lines().take(40);
            remarks.extend(lines.map(|line| format!("| {}", line.replace(token, "TOKEN"))));
        }
        remarks
    }
}
