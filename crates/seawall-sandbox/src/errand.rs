//! One program in a sandbox on the way from a registry to the cache: a registry's client with this
//! host's network, or an unpacker without any.
//!
//! A client sees the system, the certificates and its own configuration, and nothing else of this
//! host; what it brings it writes into memory that is bounded, and hands out as one tar stream,
//! which only [`crate::layout`] reads. It never writes to the host. Where such a sandbox cannot be
//! had, that is a fault: no client ever runs outside of one.

use crate::client::Said;
use crate::launch::{How, Job, Mount, Network, launch};
use crate::{LabFault, Laboratory};
use seawall_domain::recipe::Limits;
use std::path::{Path, PathBuf};

/// What a client may use up; its wall clock is a little over four minutes.
const CLIENT: Limits =
    Limits { seconds: 60, memory_mib: 2048, processes: 512, output_kib: 16_384, disk_mib: 2048 };
/// What is brought in one go holds no more than this.
pub(crate) const BROUGHT_BYTES_MAX: u64 = 2 << 30;

/// Runs a command in an empty folder, and prints what it left there as a tar stream. What the
/// command itself prints goes with its complaints.
const PACK: &str = "
mkdir -p /scratch/out && cd /scratch/out || exit 125
exec 3>&1 1>&2
\"$@\" 3>&- || exit $?
exec tar -c -C /scratch/out -f - . >&3
";

/// One program with what it sees.
#[derive(Debug)]
pub(crate) struct Errand {
    words: Vec<String>,
    network: Network,
    environment: Vec<(String, String)>,
    mounts: Vec<Mount>,
    input: Option<PathBuf>,
    limits: Limits,
}

impl Errand {
    /// A program without network.
    pub(crate) fn alone(words: &[&str]) -> Errand {
        Errand {
            words: words.iter().map(|word| (*word).to_owned()).collect(),
            network: Network::None,
            environment: Vec::new(),
            mounts: Vec::new(),
            input: None,
            limits: CLIENT,
        }
    }

    /// A client with this host's network and the settings that clients take from the environment.
    pub(crate) fn client(lab: &Laboratory, words: &[&str]) -> Errand {
        Errand {
            network: Network::Host,
            environment: crate::settings::environment(lab),
            ..Errand::alone(words)
        }
    }

    /// A shell's script and the words that it calls `$1` and so on.
    pub(crate) fn script<'a>(script: &'a str, words: &[&'a str]) -> Vec<&'a str> {
        ["/bin/sh", "-c", script, "sh"].into_iter().chain(words.iter().copied()).collect()
    }

    #[must_use]
    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Errand {
        self.environment.retain(|(other, _)| other != name);
        self.environment.push((name.to_owned(), value.into()));
        self
    }

    #[must_use]
    pub(crate) fn seeing(mut self, host: &Path, inside: &'static str) -> Errand {
        self.mounts.push(Mount { host: host.to_owned(), inside });
        self
    }

    /// With a file on its input.
    #[must_use]
    pub(crate) fn reading(mut self, file: &Path) -> Errand {
        self.input = Some(file.to_owned());
        self
    }

    /// With so many processor seconds in place of the usual.
    #[must_use]
    pub(crate) fn within(mut self, seconds: u32) -> Errand {
        self.limits.seconds = seconds;
        self
    }

    /// Runs it, and gives back what it said.
    pub(crate) fn ask(&self) -> Result<Said, LabFault> {
        self.run(self.words.clone(), None)
    }

    /// Runs it, and keeps what it printed in a file.
    pub(crate) fn pour(&self, file: &Path) -> Result<Said, LabFault> {
        self.run(self.words.clone(), Some(file))
    }

    /// Runs it in an empty folder, and keeps what it left there in a file, as a tar archive.
    pub(crate) fn bring(&self, file: &Path) -> Result<Said, LabFault> {
        let shell = ["/bin/sh", "-c", PACK, "sh"].map(String::from);
        self.run(shell.into_iter().chain(self.words.iter().cloned()).collect(), Some(file))
    }

    fn run(&self, command: Vec<String>, output: Option<&Path>) -> Result<Said, LabFault> {
        let own = self.environment.iter();
        let environment = own.map(|(name, value)| (name.as_str(), value.clone())).collect();
        let job = Job {
            mounts: self.mounts.clone(),
            network: self.network,
            environment,
            input: self.input.clone(),
            stdout_bytes_max: output.map(|_| BROUGHT_BYTES_MAX),
            output: output.map(Path::to_owned),
            ..Job::new(command, &self.limits)
        };
        let ended = launch(&job)?;
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let (stdout, mut stderr) = (text(&ended.stdout), text(&ended.stderr));
        let why = match ended.how {
            How::Exit(_) => "",
            How::Late | How::Busy => "error: the client took too long\n",
            How::Starved => "error: the client used too much memory\n",
            How::Flooded => "error: the client brought or said too much\n",
        };
        stderr.insert_str(0, why);
        Ok(Said { success: ended.how == How::Exit(0), stdout, stderr })
    }
}
