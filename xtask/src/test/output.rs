//! Reads what `cargo test` says, line by line: what to show, and what to remember for the end.
//!
//! The tests run with `--show-output`, because a test says `skipped: …` on its own output, which
//! is otherwise dropped when it passes. What passing tests say is kept off the screen again.

/// What is remembered of a run.
#[derive(Debug, Default, Eq, PartialEq)]
pub struct Notes {
    /// The `skipped: name: reason` lines, as the tests said them.
    pub skipped: Vec<String>,
    /// The ignored tests, with their reasons.
    pub ignored: Vec<String>,
    pub passed: u64,
    pub failed: u64,
    pub programs: u64,
}

impl Notes {
    pub fn add(&mut self, other: Notes) {
        self.skipped.extend(other.skipped);
        self.ignored.extend(other.ignored);
        self.passed += other.passed;
        self.failed += other.failed;
        self.programs += other.programs;
    }
}

/// Decides line by line what is shown, and takes notes.
#[derive(Debug, Default)]
pub struct Relay {
    pub notes: Notes,
    hides_successes: bool,
    in_successes: bool,
}

impl Relay {
    /// Shows every line.
    pub fn whole() -> Relay {
        Relay::default()
    }

    /// Shows every line but what passing tests said.
    pub fn without_successes() -> Relay {
        Relay { hides_successes: true, ..Relay::default() }
    }

    /// Takes note of a line, and answers whether to show it.
    pub fn show(&mut self, line: &str) -> bool {
        if line.trim_start().starts_with("skipped: ") {
            self.remember(line.trim());
        } else if let Some(name) = ignored(line) {
            self.notes.ignored.push(name);
        } else if let Some((passed, failed)) = counts(line) {
            self.notes.programs += 1;
            self.notes.passed += passed;
            self.notes.failed += failed;
        }
        if line == "successes:" && self.hides_successes {
            self.in_successes = true;
        } else if line == "failures:" || line.starts_with("test result: ") {
            self.in_successes = false;
        }
        !self.in_successes
    }

    fn remember(&mut self, line: &str) {
        if !self.notes.skipped.iter().any(|known| known == line) {
            self.notes.skipped.push(line.to_string());
        }
    }
}

/// Whether a `skipped:` line is about something that CI must have.
pub fn is_for_want_of_equipment(line: &str) -> bool {
    let line = line.to_lowercase();
    ["seawall_data", "postgres", "chrom"].iter().any(|word| line.contains(word))
}

/// `test NAME ... ignored, WHY`
fn ignored(line: &str) -> Option<String> {
    let (name, end) = line.strip_prefix("test ")?.split_once(" ... ignored")?;
    Some(format!("{name}{}", end.replacen(',', ":", 1)))
}

/// `test result: ok. 3 passed; 0 failed; …`
fn counts(line: &str) -> Option<(u64, u64)> {
    let (_, figures) = line.strip_prefix("test result: ")?.split_once(". ")?;
    let figure = |unit: &str| {
        let part = figures.split(';').find(|part| part.trim().ends_with(unit))?;
        part.split_whitespace().next()?.parse().ok()
    };
    Some((figure("passed")?, figure("failed")?))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a test program with one passing, one failing and one ignored test says.
    const SAID: &str = "\
running 3 tests
test a ... ok
test b ... FAILED
test c ... ignored, needs the registries

successes:

---- a stdout ----
chatter
skipped: a: no SEAWALL_DATA


successes:
    a

failures:

---- b stdout ----
why it failed

failures:
    b

test result: FAILED. 1 passed; 1 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.0s
";

    #[test]
    fn failures_and_closing_lines_are_shown_and_skips_remembered() {
        let mut relay = Relay::without_successes();
        let shown: Vec<&str> = SAID.lines().filter(|line| relay.show(line)).collect();
        assert!(shown.contains(&"why it failed"));
        assert!(shown.iter().any(|line| line.starts_with("test result: FAILED")));
        assert!(!shown.contains(&"chatter"));
        let expected = Notes {
            skipped: vec!["skipped: a: no SEAWALL_DATA".to_string()],
            ignored: vec!["c: needs the registries".to_string()],
            passed: 1,
            failed: 1,
            programs: 1,
        };
        assert_eq!(relay.notes, expected);
    }

    #[test]
    fn want_of_equipment_is_told_from_other_skips() {
        let check = |line: &str, expected: bool| {
            assert_eq!(is_for_want_of_equipment(line), expected, "{line}");
        };
        check("skipped: a: no SEAWALL_DATA", true);
        check("skipped: a on PostgreSQL: SEAWALL_TEST_POSTGRES is not set", true);
        check("skipped: a: no chromedriver", true);
        check("skipped: a: no gpg", false);
    }
}
