//! The threat model in `SECURITY.md`: every numbered threat names the tests that hold it, and
//! they exist; or it says "not yet".
//!
//! A threat is a table row `| T7 | what | held by |`; a test is named in backticks, with the crate
//! (without `seawall-`) and the modules in which it stands: `formats::purl::never_panics`.

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

/// The names in backticks, with their paths.
fn tests(cell: &str) -> Vec<&str> {
    let quoted = cell.split('`').skip(1).step_by(2);
    let is_path =
        |name: &&str| name.chars().all(|character| is_name(character) || character == ':');
    quoted.filter(|name| !name.is_empty()).filter(is_path).collect()
}

/// Whether a file along the path declares the test's function.
fn exists(test: &str, texts: &[(&str, &str)]) -> bool {
    let (place, name) = test.rsplit_once("::").unwrap_or(("", test));
    let declared = format!("fn {name}(");
    let mut files = texts.iter().filter(|(path, _)| path.ends_with(".rs") && lies_in(path, place));
    files.any(|(_, text)| text.contains(&declared))
}

/// Whether every module of `place` names a folder or the file of `path`, in their order.
fn lies_in(path: &str, place: &str) -> bool {
    let mut parts = path.split('/').map(|part| part.trim_end_matches(".rs"));
    let mut modules = place.split("::").filter(|module| !module.is_empty() && *module != "tests");
    let named = |part: &str, module: &str| {
        part == module || part.strip_prefix("seawall-").is_some_and(|short| short == module)
    };
    modules.all(|module| parts.any(|part| named(part, module)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(rows: &str, expected: &[&str]) {
        let file = "crates/seawall-formats/src/intake/tap.rs";
        let texts = [(PAGE, rows), (file, "#[test]\nfn a_test() {}")];
        let said: Vec<String> =
            held(&texts).into_iter().map(|complaint| complaint.advice).collect();
        assert_eq!(said, expected, "{rows}");
    }

    #[test]
    fn every_threat_is_held_by_a_test_that_exists() {
        check(
            "| T1 | a | `formats::intake::tap::a_test` |\n| T2 | b | not yet |\n| other | x | y |",
            &[],
        );
        check("| T1 | a | `a_test`, `formats::a_test`, `formats::tap::tests::a_test` |", &[]);
        check("| T1 | a | `lost` |", &["T1 is held by `lost`, and there is no such test"]);
        check(
            "| T1 | a | `formats::mail::a_test` |",
            &["T1 is held by `formats::mail::a_test`, and there is no such test"],
        );
        check("| T1 | a | reviews |", &["T1 names no test; name one or say \"not yet\""]);
        check("| T2 | a | not yet |", &["T2 follows T0; number threats one by one, never anew"]);
    }

    #[test]
    fn a_repository_without_the_page_is_told_so() {
        assert_eq!(held(&[]).len(), 1);
    }
}
