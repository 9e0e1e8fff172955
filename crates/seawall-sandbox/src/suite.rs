//! Tests of a target: which of them pass, read from what their commands print.

use crate::launch::{Ended, How};
use seawall_domain::recipe::TestReport;
use std::collections::BTreeSet;

/// No suite is read further.
const TESTS_MAX: usize = 20_000;

/// The names of the tests that passed in one command.
pub(crate) fn passed(report: TestReport, command: usize, ended: &Ended) -> BTreeSet<String> {
    let whole = || format!("command {}", command + 1);
    let finished = matches!(ended.how, How::Exit(_));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let names: Vec<String> = match report {
        TestReport::Status => return (ended.how == How::Exit(0)).then(whole).into_iter().collect(),
        TestReport::Tap => text(&ended.stdout).lines().filter_map(tap).collect(),
        TestReport::Libtest => text(&ended.stdout).lines().filter_map(libtest).collect(),
        TestReport::Unittest => text(&ended.stderr).lines().filter_map(unittest).collect(),
    };
    // A command that was ended from outside proves nothing for those that it did not come to.
    let names = names.into_iter().take(TESTS_MAX).filter(|_| finished);
    names.map(|name| format!("{}: {name}", whole())).collect()
}

/// `ok 3 - name # time=1ms` of the Test Anything Protocol (version 14); what is to be done or is
/// skipped has not passed.
fn tap(line: &str) -> Option<String> {
    let rest = line.trim_start().strip_prefix("ok ")?;
    let (name, directive) = rest.split_once(" # ").unwrap_or((rest, ""));
    let directive = directive.to_ascii_lowercase();
    let counts = !directive.starts_with("skip") && !directive.starts_with("todo");
    counts.then(|| name.trim_start_matches(|c: char| c.is_ascii_digit()).trim().to_owned())
}

/// `test path::name ... ok` of Rust's test harness.
fn libtest(line: &str) -> Option<String> {
    let rest = line.strip_prefix("test ")?;
    rest.strip_suffix(" ... ok").map(str::to_owned)
}

/// `name (place) ... ok` of Python's unittest.
fn unittest(line: &str) -> Option<String> {
    line.strip_suffix(" ... ok").map(str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn check(report: TestReport, how: How, stdout: &str, stderr: &str, expected: &[&str]) {
        let (cpu, wall) = (Duration::ZERO, Duration::ZERO);
        let (stdout, stderr) = (stdout.into(), stderr.into());
        let ended = Ended { how, stdout, stderr, cpu, wall, peak_mib: 0 };
        let expected: BTreeSet<String> = expected.iter().map(|name| (*name).to_owned()).collect();
        assert_eq!(passed(report, 0, &ended), expected);
    }

    #[test]
    fn names_are_read_as_each_harness_writes_them() {
        let tap =
            "TAP version 14\nok 1 - a\nnot ok 2 - b\nok 3 - c # SKIP no\n    ok 1 - d # t=1\n";
        check(TestReport::Tap, How::Exit(1), tap, "", &["command 1: - a", "command 1: - d"]);
        let rust = "running 2 tests\ntest a::b ... ok\ntest c ... FAILED\ntest result: ok. 1\n";
        check(TestReport::Libtest, How::Exit(101), rust, "", &["command 1: a::b"]);
        let python = "test_a (m.T.test_a) ... ok\ntest_b (m.T.test_b) ... FAIL\n";
        let expected = ["command 1: test_a (m.T.test_a)"];
        check(TestReport::Unittest, How::Exit(1), "", python, &expected);
        check(TestReport::Unittest, How::Late, "", python, &[]);
        check(TestReport::Status, How::Exit(0), "", "", &["command 1"]);
        check(TestReport::Status, How::Exit(1), "", "", &[]);
    }
}
