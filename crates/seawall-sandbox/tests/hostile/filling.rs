//! Filling whatever can be filled: processes, memory, disks, names, pipes, output, time.

use crate::stage::{stage, tight, turn};
use seawall_sandbox::launch::How;

#[test]
fn processes_are_counted() {
    let _turn = turn();
    let any = [How::Busy, How::Late, How::Starved, How::Exit(137), How::Exit(152)];
    stage().ended(&["processes", "bomb"], &any);
    stage().held(&["processes", "children"]);
    stage().held(&["processes", "threads"]);
}

#[test]
fn memory_is_counted_whoever_holds_it() {
    let _turn = turn();
    let most = tight().memory_mib + tight().disk_mib + 200;
    for words in [["processes", "hungry"], ["processes", "family"]] {
        let ended = stage().ended(&words, &[How::Starved]);
        assert!(ended.peak_mib <= most, "{words:?}: {}", ended.peak_mib);
    }
}

#[test]
fn memory_that_no_process_holds_is_counted_or_not_to_be_had() {
    let _turn = turn();
    // Without a control group of memory there are no nameless files, and that is told.
    let ends = [How::Starved, How::Busy, How::Exit(137), How::Exit(152), How::Exit(0)];
    for words in [["files", "memory-files"], ["processes", "pipes"]] {
        let ended = stage().ended(&words, &ends);
        let said = crate::stage::text(&ended);
        assert!(ended.how != How::Exit(0) || said.trim() == "held", "{words:?}: {said}");
    }
}

#[test]
fn disks_and_names_are_counted() {
    let _turn = turn();
    let mut limits = tight();
    limits.seconds = 5;
    for program in ["disk", "inodes"] {
        let ended = stage().run(&["files", program], limits);
        let said = crate::stage::text(&ended);
        assert_eq!((&ended.how, said.trim()), (&How::Exit(0), "held"), "{program}");
    }
}

#[test]
fn a_flood_is_stopped() {
    let _turn = turn();
    for stream in ["1", "2"] {
        let ended = stage().ended(&["processes", "flood", stream], &[How::Flooded]);
        assert!(ended.stdout.len() + ended.stderr.len() <= 64 * 1024, "{stream}");
    }
}
