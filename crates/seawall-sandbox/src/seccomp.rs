//! The system call filter: a list of what programs need; everything else is not there.
//!
//! What is not listed answers as if the kernel did not have it (`ENOSYS`), so that thread and C
//! libraries take their older call; that includes every call that is yet to be invented. A few
//! calls are allowed with certain arguments only, and two are told a success that did not happen:
//! switching off core dumps, which would let the host's own handler of them start, and writing
//! out every disk of the host. Who has the host's network has no sockets between processes, which
//! might lead to services of this host, and cannot be connected to. A call by the numbers of
//! another architecture ends the process.

use crate::launch::Network;
use nix::libc;
use std::sync::OnceLock;

mod assembly;
mod calls;

use assembly::assemble;
pub(crate) use assembly::{Rule, Test};

/// Who counts the memory of a run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Memory {
    /// A control group, whoever holds it.
    Counted,
    /// We, from outside, by what processes show; memory in nameless files does not show.
    Watched,
}

/// The filter as the kernel reads it, compiled once; an empty one means that this architecture
/// has none, and the launcher then refuses to start.
pub(crate) fn program(memory: Memory, network: Network) -> &'static [libc::sock_filter] {
    static PROGRAMS: [OnceLock<Vec<libc::sock_filter>>; 4] = [const { OnceLock::new() }; 4];
    let [counted, watched, counted_host, watched_host] = &PROGRAMS;
    let program = match (memory, network) {
        (Memory::Counted, Network::None) => counted,
        (Memory::Watched, Network::None) => watched,
        (Memory::Counted, Network::Host) => counted_host,
        (Memory::Watched, Network::Host) => watched_host,
    };
    program.get_or_init(|| match architecture() {
        Some(here) => assemble(here, &calls::rules(memory, network)).unwrap_or_default(),
        None => Vec::new(),
    })
}

/// The kernel's name for this architecture (`AUDIT_ARCH_…`), where we have a list for it.
fn architecture() -> Option<u32> {
    match std::env::consts::ARCH {
        "x86_64" => Some(0xC000_003E),
        "aarch64" => Some(0xC000_00B7),
        _ => None,
    }
}
