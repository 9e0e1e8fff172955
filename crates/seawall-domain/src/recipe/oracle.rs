//! Oracles: what tells an affected release from an unaffected one.

use super::TestReport;
use crate::package::Version;
use serde::{Deserialize, Serialize};

/// What tells an affected release from an unaffected one. Each is judged over the attack and over
/// its benign control, which must stay silent; what lies between is *untested*.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Oracle {
    /// A random mark is where it must not be.
    Canary(Canary),
    /// What the attack uses up grows with its size, and the control's use does not.
    Growth(Demand),
    /// A sanitizer (address, undefined behaviour, memory, thread, leak) reports this kind of error.
    Sanitizer {
        /// The kind as the sanitizer prints it, such as `heap-buffer-overflow`, `data race` or
        /// `signed integer overflow`.
        kind: String,
        /// A function on the first stack of the report, such as `inflate`.
        function: String,
    },
    /// The attack ends by this signal; the control ends with status 0.
    Signal {
        /// Its name, such as `SIGSEGV`.
        name: String,
    },
    /// The attack ends with this status; the control ends with status 0.
    Exit {
        /// The status, from 1 to 127.
        status: u8,
    },
    /// The attack prints this and the control does not; both end with status 0.
    Output {
        /// A piece of a line of standard output, as it stands.
        says: String,
    },
    /// The attack behaves otherwise than in a release that is fixed, while the control behaves
    /// alike: compared are status and standard output.
    Differential {
        /// The release that is fixed.
        fixed: Version,
    },
    /// The service answers the attack's request so, and the control's request not.
    Http {
        /// The file with the attack's request, as it goes over the wire (RFC 9112).
        attack: String,
        /// The file with the control's request.
        control: String,
        /// The status of the answer that shows the flaw.
        status: Option<u16>,
        /// What the answer's head or body holds that shows the flaw.
        says: Option<String>,
    },
}

/// Where the canary is put, and who looks for it.
#[derive(Clone, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Canary {
    /// The harness looks: it prints exactly one of the lines `seawall-canary TOKEN seen` and
    /// `seawall-canary TOKEN absent`, where `TOKEN` is `SEAWALL_CANARY`, and ends with status 0.
    Harness,
    /// The token stands in the file `/canary/secret`, which the attack makes the target tell; the
    /// harness does not know the token. Both end with status 0.
    File,
    /// The token stands in the variable `SEAWALL_SECRET`, and the same holds.
    Environment,
    /// The attack makes the target write `SEAWALL_CANARY` to this file below `/scratch`.
    Written {
        /// The path, such as `/scratch/outside/mark`.
        path: String,
    },
    /// The attack makes the target connect to the sandbox's loopback and say the token there:
    /// `SEAWALL_CALLBACK` is `http://127.0.0.1:PORT/TOKEN`.
    Callback,
}

/// What growth is measured, and how much is demanded.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq, Serialize, Deserialize)]
pub struct Demand {
    /// What is measured.
    #[serde(default)]
    pub measure: Measure,
    /// The smaller size, in the harness's own unit (`SEAWALL_SIZE`).
    pub small: u32,
    /// The larger size.
    pub large: u32,
    /// At the larger size, the attack takes at least so many times what the control takes.
    pub over_control: u32,
    /// What the attack takes beyond the control grows at least so many times between sizes.
    pub over_size: u32,
}

/// What is measured from outside; what is printed does not matter.
#[derive(Clone, Copy, Debug, Default, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Measure {
    /// Processor time of the whole tree.
    #[default]
    Time,
    /// The most memory that the whole tree held at one time.
    Memory,
}

impl Oracle {
    /// The name of the kind, as recipes write it.
    pub fn kind(&self) -> &'static str {
        match self {
            Oracle::Canary(_) => "canary",
            Oracle::Growth(_) => "growth",
            Oracle::Sanitizer { .. } => "sanitizer",
            Oracle::Signal { .. } => "signal",
            Oracle::Exit { .. } => "exit",
            Oracle::Output { .. } => "output",
            Oracle::Differential { .. } => "differential",
            Oracle::Http { .. } => "http",
        }
    }

    /// Whether the laboratory saw the effect itself, rather than being told by the recipe's own
    /// harness, which may be wrong.
    pub fn is_observed(&self) -> bool {
        match self {
            Oracle::Canary(Canary::Harness) | Oracle::Output { .. } | Oracle::Exit { .. } => false,
            Oracle::Canary(
                Canary::File | Canary::Environment | Canary::Written { .. } | Canary::Callback,
            )
            | Oracle::Growth(_)
            | Oracle::Sanitizer { .. }
            | Oracle::Signal { .. }
            | Oracle::Differential { .. }
            | Oracle::Http { .. } => true,
        }
    }
}

impl Canary {
    /// The name, as recipes write it.
    pub fn name(&self) -> &'static str {
        match self {
            Canary::Harness => "harness",
            Canary::File => "file",
            Canary::Environment => "environment",
            Canary::Written { .. } => "written",
            Canary::Callback => "callback",
        }
    }
}

impl Measure {
    /// The name, as recipes write it.
    pub fn name(self) -> &'static str {
        match self {
            Measure::Time => "time",
            Measure::Memory => "memory",
        }
    }
}

impl TestReport {
    /// The name, as recipes write it.
    pub fn name(self) -> &'static str {
        TestReport::ALL.iter().find(|(way, _)| *way == self).map_or("status", |(_, name)| name)
    }
}
