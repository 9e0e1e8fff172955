//! The memory of a process that holds keys: no core of it is written, nobody but root attaches to
//! it, and where the process may, none of it is written to a swap.

use crate::command::say;
use anyhow::Context;
use nix::libc;
use nix::sys::mman::{MlockAllFlags, mlockall};
use nix::sys::resource::{RLIM_INFINITY, Resource, getrlimit};

/// The number of the right to lock memory beyond any limit (capabilities(7)).
const CAP_IPC_LOCK: u32 = 14;

/// Keeps the memory of this process to it. Where it cannot be locked and the machine has a swap,
/// that is said.
pub(super) fn close() -> anyhow::Result<()> {
    nix::sys::prctl::set_dumpable(false).context("keeping the memory of this process to it")?;
    // A limit that what is mapped later could cross would end the process: then nothing is locked.
    let is_locked = may_lock() && mlockall(whenever_used()).is_ok();
    let swaps = std::fs::read_to_string("/proc/swaps").ok();
    if !is_locked && swaps.is_none_or(|swaps| names_swap(&swaps)) {
        say!(
            "memory with keys in it may be written to a swap, for this process may not lock it: \
             turn the swap off, encrypt it, or give the process CAP_IPC_LOCK or no limit of locked \
             memory (LimitMEMLOCK=infinity)"
        );
    }
    Ok(())
}

/// Whatever is mapped, now and later, is locked once it is used, so that nothing more is held than
/// without (`MCL_ONFAULT`, for which nix has no name).
fn whenever_used() -> MlockAllFlags {
    let on_fault = MlockAllFlags::from_bits_retain(libc::MCL_ONFAULT);
    MlockAllFlags::MCL_CURRENT | MlockAllFlags::MCL_FUTURE | on_fault
}

fn may_lock() -> bool {
    let limit = getrlimit(Resource::RLIMIT_MEMLOCK);
    let is_unlimited = limit.is_ok_and(|(soft, _)| soft == RLIM_INFINITY);
    is_unlimited
        || std::fs::read_to_string("/proc/self/status").is_ok_and(|status| has_right(&status))
}

/// Whether a process may lock memory beyond its limit, by what `/proc/PID/status` says.
fn has_right(status: &str) -> bool {
    let held = status.lines().find_map(|line| line.strip_prefix("CapEff:"));
    let held = held.and_then(|held| u64::from_str_radix(held.trim(), 16).ok());
    held.is_some_and(|held| held >> CAP_IPC_LOCK & 1 == 1)
}

/// Whether a machine has a swap, by what `/proc/swaps` says: a line for each behind its head.
fn names_swap(swaps: &str) -> bool {
    swaps.lines().skip(1).any(|line| !line.trim().is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_may_lock() {
        fn check(status: &str, expected: bool) {
            assert_eq!(has_right(status), expected, "{status}");
        }
        check("Name:\tseawall\nCapEff:\t000001ffffffffff\nSeccomp:\t0\n", true);
        check("CapEff:\t0000000000004000\n", true);
        check("CapEff:\t000001ffffffbfff\n", false);
        check("CapEff:\t0000000000000000\n", false);
        check("CapPrm:\t000001ffffffffff\n", false);
        check("CapEff:\tno number\n", false);
        check("", false);
    }

    #[test]
    fn whether_there_is_a_swap() {
        let head = "Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n";
        assert!(!names_swap(head) && !names_swap(""));
        assert!(names_swap(&format!("{head}/dev/sda2 partition\t1048572\t\t0\t\t-2\n")));
    }
}
