//! The threat model in `SECURITY.md`: every numbered threat names the tests that hold it, and
//! they exist; or it says "not yet".
//!
//! A threat is a table row `| T7 | what | held by |`; a test is named in backticks.

use super::Complaint;
use super::source::is_name;

const PAGE: &str = "SECURITY.md";

/// Complains of threats held by nothing, and of tests that are not there.
pub fn held(texts: &[(&str, &str)]) -> Vec<Complaint> {
    let Some((_, page)) = texts.iter().find(|(path, _)| *path == PAGE) else {
        return vec![Complaint::new(PAGE, 1, "threats", "write the threat model")];
    };
    let mut complaints = Vec::new();
    let mut last = 0;
    for (index, line) in page.lines().enumerate() {
        let Some((number, holds)) = threat(line) else {
            continue;
        };
        let mut complain = |advice: String| {
            complaints.push(Complaint::new(PAGE, index + 1, "threats", advice));
        };
        if number != last + 1 {
            complain(format!("T{number} follows T{last}; number threats one by one, never anew"));
        }
        last = number;
        let tests = tests(holds);
        if tests.is_empty() && !holds.contains("not yet") {
            complain(format!("T{number} names no test; name one or say \"not yet\""));
        }
        for test in tests.into_iter().filter(|test| !exists(test, texts)) {
            complain(format!("T{number} is held by `{test}`, and there is no such test"));
        }
    }
    complaints
}

/// The number of the threat in a table row, and what holds it.
fn threat(line: &str) -> Option<(u32, &str)> {
    let mut cells = line.strip_prefix("| T")?.split('|');
    let number = cells.next()?.trim().parse().ok()?;
    Some((number, cells.nth(1)?))
}

/// The names in backticks, without their paths.
fn tests(cell: &str) -> Vec<&str> {
    let quoted = cell.split('`').skip(1).step_by(2);
    let names = quoted.map(|path| path.rsplit("::").next().unwrap_or(path));
    names.filter(|name| !name.is_empty() && name.chars().all(is_name)).collect()
}

fn exists(test: &str, texts: &[(&str, &str)]) -> bool {
    let declared = format!("fn {test}(");
    texts.iter().any(|(path, text)| path.ends_with(".rs") && text.contains(&declared))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: &str, expected: &[&str]) {
        let texts = [(PAGE, rows), ("a.rs", "#[test]\nfn a_test() {}")];
        let said: Vec<String> =
            held(&texts).into_iter().map(|complaint| complaint.advice).collect();
        assert_eq!(said, expected, "{rows}");
    }

    #[test]
    fn every_threat_is_held_by_a_test_that_exists() {
        check("| T1 | a | `domain::a_test` |\n| T2 | b | not yet |\n| other | x | y |", &[]);
        check("| T1 | a | `lost` |", &["T1 is held by `lost`, and there is no such test"]);
        check("| T1 | a | reviews |", &["T1 names no test; name one or say \"not yet\""]);
        check("| T2 | a | not yet |", &["T2 follows T0; number threats one by one, never anew"]);
    }

    #[test]
    fn a_repository_without_the_page_is_told_so() {
        assert_eq!(held(&[]).len(), 1);
    }
}
