//! Doors of the kernel and of the file system: every one is shut, and says so in its own way.

use crate::stage::{stage, tight, turn};
use seawall_sandbox::launch::How;

#[test]
fn doors_of_the_kernel_are_shut() {
    let _turn = turn();
    for program in [
        "keyrings",
        "uring",
        "bpf",
        "faults",
        "perf",
        "namespaces",
        "entering",
        "clocks",
        "machine",
        "doubles",
        "messages",
        "terminals",
        "rights",
        "limits",
    ] {
        stage().held(&["kernel", program]);
    }
}

#[test]
fn the_numbers_of_another_architecture_end_the_process() {
    let _turn = turn();
    // SIGSYS.
    stage().ended(&["kernel", "other"], &[How::Exit(128 + 31)]);
}

#[test]
fn a_crash_starts_nothing_on_the_host() {
    let _turn = turn();
    // SIGABRT, as on a host: the first process of the namespace is another one.
    let ended = stage().ended(&["kernel", "core"], &[How::Exit(128 + 6)]);
    assert_eq!(crate::stage::text(&ended), "");
}

#[test]
fn the_view_of_files_has_no_way_out() {
    let _turn = turn();
    for program in [
        "mounts",
        "unmounts",
        "pivots",
        "chroots",
        "facts",
        "writing",
        "itself",
        "nodes",
        "setuid",
        "inherited",
        "handles",
    ] {
        stage().held(&["files", program]);
    }
    let own = env!("CARGO_MANIFEST_DIR");
    let folder = stage().folder.to_string_lossy().into_owned();
    let home = std::env::var("HOME").unwrap_or_else(|_| "/root".into());
    let home = format!("{home}/.ssh");
    let words = ["files", "host", own, &folder, &home];
    let ended = stage().run(&words, tight());
    // The mark that every program gets is no path, so it is absent too.
    assert_eq!(crate::stage::text(&ended).trim(), "held");
}
