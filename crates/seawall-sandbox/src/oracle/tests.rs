use super::*;
use Outcome::*;
use std::time::Duration;

fn ended(how: How, stdout: &str, stderr: &str, cpu_ms: u64) -> Ended {
    Ended {
        how,
        stdout: stdout.into(),
        stderr: stderr.into(),
        cpu: Duration::from_millis(cpu_ms),
        wall: Duration::ZERO,
        peak_mib: 0,
    }
}

const SEEN: &str = "noise\nseawall-canary t0 seen\n";
const ABSENT: &str = "seawall-canary t0 absent";

#[test]
fn a_canary_needs_a_clear_word_from_both() {
    let fine = How::Exit(0);
    for (attack, control, how, expected) in [
        (SEEN, ABSENT, fine.clone(), Affected),
        (ABSENT, ABSENT, fine.clone(), Unaffected),
        (SEEN, SEEN, fine.clone(), Untested),
        (ABSENT, SEEN, fine.clone(), Untested),
        ("", ABSENT, fine.clone(), Untested),
        (SEEN, "", fine.clone(), Untested),
        ("seawall-canary t1 seen", ABSENT, fine.clone(), Untested),
        ("x seawall-canary t0 seen", ABSENT, fine.clone(), Untested),
        (&format!("{SEEN}{ABSENT}"), ABSENT, fine, Untested),
        (SEEN, ABSENT, How::Exit(1), Untested),
        (ABSENT, ABSENT, How::Late, Untested),
        (ABSENT, ABSENT, How::Flooded, Untested),
    ] {
        let attack = ended(how, attack, "", 1);
        let control = ended(How::Exit(0), control, "", 1);
        assert_eq!(canary(&attack, &control, "t0").outcome, expected, "{attack:?} {control:?}");
    }
}

const REPORT: &str = "\
=================================================================
==4==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602 at pc 0x7f bp 0x7ff sp 0x7ff
READ of size 4294967272 at 0x602 thread T0
    #0 0x7f in __interceptor_memcpy ../../../../src/libsanitizer/sanitizer_common.inc:827
    #1 0x55 in inflate /target/src/inflate.c:761
    #2 0x55 in feed /target/src/feed.c:20
    #3 0x55 in main /recipe/probe.c:40
    #4 0x7f in __libc_start_main_impl ../csu/libc-start.c:389

0x602 is located 0 bytes to the right of 32-byte region
    #0 0x7f in __interceptor_malloc
";

#[test]
fn a_sanitizer_must_report_this_kind_in_this_function() {
    let other = REPORT.replace("heap-buffer-overflow", "stack-buffer-overflow");
    let elsewhere = REPORT.replace("in inflate ", "in deflate ");
    let refused = "==3==ERROR: AddressSanitizer failed to allocate 0xdfff0001000 bytes";
    let outside =
        REPORT.replace("in inflate ", "in x ").replace("malloc\n", "malloc\n #1 0x in inflate\n");
    for (attack, how, control, expected) in [
        (REPORT, How::Exit(1), "", Affected),
        ("", How::Exit(0), "", Unaffected),
        ("warning", How::Exit(0), "", Unaffected),
        ("", How::Exit(1), "", Untested),
        ("", How::Exit(139), "", Untested),
        (&other, How::Exit(1), "", Untested),
        (&elsewhere, How::Exit(1), "", Untested),
        (&outside, How::Exit(1), "", Untested),
        (refused, How::Exit(1), "", Untested),
        (REPORT, How::Exit(1), REPORT, Untested),
    ] {
        let attack = ended(how, "", attack, 1);
        let control = ended(How::Exit(0), "", control, 1);
        let judgement = sanitizer::sanitizer(&attack, &control, "heap-buffer-overflow", "inflate");
        assert_eq!(judgement.outcome, expected, "{judgement:?}");
    }
}

#[test]
fn the_key_of_a_crash_has_no_address_line_or_number() {
    let attack = ended(How::Exit(1), "", REPORT, 1);
    let clean = ended(How::Exit(0), "", "", 1);
    let judgement = sanitizer::sanitizer(&attack, &clean, "heap-buffer-overflow", "inflate");
    assert_eq!(judgement.effect, "heap-buffer-overflow: inflate < feed");
}
