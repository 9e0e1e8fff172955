//! Memory with keys in it: locked where the process may, and served without where it may not.

use super::place::{Gate, until};
use std::process::Command;

/// How much memory of the process is locked, in KiB.
fn locked(gate: &Gate) -> u64 {
    let pid = gate.serving.as_ref().unwrap().id();
    let status = std::fs::read_to_string(format!("/proc/{pid}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmLck:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

/// Whether this process may lock memory whatever its limit is (CAP_IPC_LOCK).
fn may_lock() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let held = status.lines().find_map(|line| line.strip_prefix("CapEff:")).unwrap();
    u64::from_str_radix(held.trim(), 16).unwrap() & 1 << 14 != 0
}

fn gate() -> Gate {
    let gate = Gate::new("key_file = \"provider.key\"", "");
    gate.folder.keep("provider.key", "provider-key");
    gate
}

#[test]
fn memory_with_keys_is_locked_where_the_process_may() {
    let name = "memory_with_keys_is_locked_where_the_process_may";
    if !may_lock() {
        println!("skipped: {name}: this process may not lock memory");
        return;
    }
    let mut gate = gate();
    gate.serve();
    assert!(locked(&gate) > 0, "its memory is locked");
    gate.stop();
}

#[test]
fn where_it_may_not_it_serves_and_says_so_if_there_is_a_swap() {
    let name = "where_it_may_not_it_serves_and_says_so_if_there_is_a_swap";
    // Without the right, and with a limit that what it maps later would cross.
    let without = ["--bounding-set", "-ipc_lock", "prlimit", "--memlock=65536"];
    let tried = Command::new("setpriv").args(without).arg("true").status();
    if !tried.is_ok_and(|status| status.success()) {
        println!("skipped: {name}: no right can be given up, or there is no setpriv");
        return;
    }
    let mut gate = gate();
    let serve = gate.folder.command("gateway serve --settings @gateway.toml");
    let mut command = Command::new("setpriv");
    command.args(without).arg(serve.get_program()).args(serve.get_args());
    gate.serve_by(command);
    assert_eq!(locked(&gate), 0);
    gate.developer("lease --seconds 600", 0);
    until("it serves", || gate.state().contains("open"));
    let swaps = std::fs::read_to_string("/proc/swaps").unwrap();
    let said = gate.folder.text("serving-1.said");
    assert_eq!(said.contains("may be written to a swap"), swaps.lines().count() > 1, "{said}");
    gate.stop();
}
