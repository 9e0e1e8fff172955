//! Sizes: a file, a function, a line. Generated tables and fixtures say so in line one.

use super::Complaint;
use super::source::{self, Source, closing, is_name, is_test_path, line_of};

/// Beyond this a file usually holds a second subject.
const FILE_LINES_MAX: usize = 600;
/// Beyond this a function no longer fits into one look.
const FUNCTION_LINES_MAX: usize = 70;
/// What two files side by side on a screen can show.
const COLUMNS_MAX: usize = 100;

/// Complains of what is too long in a Rust file.
pub fn sizes(path: &str, source: &Source) -> Vec<Complaint> {
    if source.is_exempt() {
        return Vec::new();
    }
    let mut complaints = long_lines(path, source.lines.iter().map(String::as_str));
    if is_test_path(path) {
        return complaints;
    }
    let length = source.product_lines().count();
    if length > FILE_LINES_MAX {
        let advice = format!("{length} lines without tests; look for the second subject in it");
        complaints.push(Complaint::new(path, 1, "file length", advice));
    }
    for (name, line, length) in functions(&source.code) {
        let is_test = source.is_test.get(line - 1).is_some_and(|test| *test);
        if length > FUNCTION_LINES_MAX && !is_test {
            let advice = format!("`{name}` has {length} lines; move straight work into helpers");
            complaints.push(Complaint::new(path, line, "function length", advice));
        }
    }
    complaints
}

/// Complains of long lines in a file that is no Rust.
pub fn columns(path: &str, text: &str) -> Vec<Complaint> {
    let is_ours = [".sql", ".sh"].iter().any(|end| path.ends_with(end));
    if !is_ours || source::is_exempt(text.lines().next().unwrap_or_default()) {
        return Vec::new();
    }
    long_lines(path, text.lines())
}

fn long_lines<'a>(path: &str, lines: impl Iterator<Item = &'a str>) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for (index, line) in lines.enumerate() {
        let columns = line.chars().count();
        // An address cannot be broken; alone on its line it may be as long as it is.
        let is_address = line.contains("://") && line.split_whitespace().count() <= 2;
        if columns > COLUMNS_MAX && !is_address {
            let advice = format!("{columns} columns; break it at {COLUMNS_MAX}");
            complaints.push(Complaint::new(path, index + 1, "line length", advice));
        }
    }
    complaints
}

/// Every function with a body: its name, its first line, and its number of lines.
fn functions(code: &str) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    for (start, word) in code.match_indices("fn ") {
        let before = code.get(..start).and_then(|text| text.chars().next_back());
        let rest = code.get(start + word.len()..).unwrap_or_default().trim_start();
        let name: String = rest.chars().take_while(|character| is_name(*character)).collect();
        if before.is_some_and(is_name) || name.is_empty() {
            continue;
        }
        let Some(open) = body(code, start) else {
            continue;
        };
        let first = line_of(code, start);
        let last = line_of(code, closing(code, open).saturating_sub(1));
        found.push((name, first, last - first + 1));
    }
    found
}

/// Where the body of the function that starts at `start` opens; none for a mere signature.
fn body(code: &str, start: usize) -> Option<usize> {
    let mut depth = 0i32;
    for (offset, byte) in code.bytes().enumerate().skip(start) {
        match byte {
            b'(' | b'[' => depth += 1,
            b')' | b']' => depth -= 1,
            b';' if depth == 0 => return None,
            b'{' if depth == 0 => return Some(offset),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(path: &str, text: &str, expected: &[(usize, &str)]) {
        let complaints = sizes(path, &Source::read(text));
        let said: Vec<(usize, &str)> =
            complaints.iter().map(|complaint| (complaint.line, complaint.rule)).collect();
        assert_eq!(said, expected, "{path}");
    }

    fn function(lines: usize) -> String {
        format!("fn f(a: [u8; 3]) {{\n{}}}\n", "    a;\n".repeat(lines - 2))
    }

    #[test]
    fn long_functions_are_named() {
        check("a.rs", &function(FUNCTION_LINES_MAX), &[]);
        check("a.rs", &function(FUNCTION_LINES_MAX + 1), &[(1, "function length")]);
        check("a.rs", &format!("\n{}", function(80)), &[(2, "function length")]);
        check("a.rs", &format!("trait T {{ fn f(); }}\n{}", "// x\n".repeat(90)), &[]);
        check("a.rs", &format!("type F = fn (u8);\n{}", "// x\n".repeat(90)), &[]);
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", function(80));
        check("a.rs", &tests, &[]);
    }

    #[test]
    fn long_files_are_named_without_their_tests() {
        let line = "const A: u8 = 1;\n";
        check("a.rs", &line.repeat(600), &[]);
        check("a.rs", &line.repeat(601), &[(1, "file length")]);
        check("a.rs", &format!("// Generated by x\n{}", line.repeat(900)), &[]);
        check("tests/a.rs", &line.repeat(900), &[]);
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", line.repeat(900));
        check("a.rs", &tests, &[]);
    }

    #[test]
    fn long_lines_are_counted_in_characters() {
        check("a.rs", &format!("// {}\n", "é".repeat(97)), &[]);
        check("a.rs", &format!("\n// a {}\n", "é".repeat(97)), &[(2, "line length")]);
        check("a.rs", &format!("// https://example.invalid/{}\n", "a".repeat(97)), &[]);
    }
}
