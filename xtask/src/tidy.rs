//! `cargo xtask tidy`: the house rules that a program can check, as complaints with a remedy.
//!
//! A rule that stands in the style page and can be checked is checked here, so that reviews can
//! be about meaning. Everything works on the text of the files that git knows or would add.

mod arrows;
mod names;
mod shape;
mod source;
mod subjects;
mod text;
mod threats;
mod words;

use std::fmt;
use std::path::Path;
use std::process::{Command, ExitCode};

/// One broken rule at one place, with what to do about it.
#[derive(Clone, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Complaint {
    pub path: String,
    pub line: usize,
    pub rule: &'static str,
    pub advice: String,
}

impl Complaint {
    fn new(path: &str, line: usize, rule: &'static str, advice: impl Into<String>) -> Complaint {
        Complaint { path: path.to_string(), line, rule, advice: advice.into() }
    }
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}: {}", self.path, self.line, self.rule, self.advice)
    }
}

/// A file that git knows or would add.
struct File {
    /// Relative to the repository, with `/`.
    path: String,
    size_bytes: u64,
    /// Absent for what is not UTF-8 text.
    text: Option<String>,
}

/// Prints every complaint.
pub fn main(root: &Path, _arguments: &[String]) -> ExitCode {
    match all(root) {
        Ok(complaints) if complaints.is_empty() => {
            eprintln!("tidy");
            ExitCode::SUCCESS
        }
        Ok(complaints) => {
            complaints.iter().for_each(|complaint| println!("{complaint}"));
            eprintln!("{} complaints", complaints.len());
            ExitCode::FAILURE
        }
        Err(why) => {
            eprintln!("cannot tidy: {why}");
            ExitCode::from(2)
        }
    }
}

/// Every complaint about the repository, in the order of files and lines.
pub fn all(root: &Path) -> Result<Vec<Complaint>, String> {
    let files = files(root)?;
    let mut complaints = Vec::new();
    for file in &files {
        complaints.extend(names::path(&file.path));
        complaints.extend(text::size(&file.path, file.size_bytes));
        if let Some(text) = &file.text {
            complaints.extend(of_text(&file.path, text));
        }
    }
    let texts: Vec<(&str, &str)> =
        files.iter().filter_map(|file| Some((file.path.as_str(), file.text.as_deref()?))).collect();
    complaints.extend(threats::held(&texts));
    complaints.extend(verbs(&texts, &crate::help()));
    complaints.sort();
    complaints.dedup();
    Ok(complaints)
}

/// Every complaint about one file alone.
fn of_text(path: &str, text: &str) -> Vec<Complaint> {
    let mut complaints = text::places(path, text);
    if path.ends_with("Cargo.toml") {
        complaints.extend(arrows::manifest(path, text));
    }
    if path.ends_with(".rs") {
        let source = source::Source::read(text);
        complaints.extend(names::modules(path, &source));
        complaints.extend(shape::sizes(path, &source));
        complaints.extend(subjects::order(path, &source));
        complaints.extend(subjects::listed(path, &source));
        complaints.extend(words::forbidden(path, &source));
        complaints.extend(text::unfinished(path, &source.comments));
    } else if text::has_comments(path) {
        complaints.extend(text::unfinished(path, text));
        complaints.extend(shape::columns(path, text));
    }
    complaints
}

/// The help and the page for contributors name every task; `VERBS` in `main.rs` is the table.
fn verbs(texts: &[(&str, &str)], help: &str) -> Vec<Complaint> {
    let page = "CONTRIBUTING.md";
    let text = texts.iter().find(|(path, _)| *path == page).map_or("", |(_, text)| *text);
    let listed = help.lines().filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    listed
        .filter(|verb| !text.contains(&format!("cargo xtask {verb}")))
        .map(|verb| {
            let advice = format!("say what `cargo xtask {verb}` does");
            Complaint::new(page, 1, "tasks", advice)
        })
        .collect()
}

fn files(root: &Path) -> Result<Vec<File>, String> {
    let mut command = Command::new("git");
    command.current_dir(root).args(["ls-files", "-z", "--cached", "--others"]);
    let output = command.arg("--exclude-standard").output();
    let output = output.map_err(|error| format!("cannot start git: {error}"))?;
    if !output.status.success() {
        return Err(format!("git ls-files: {}", String::from_utf8_lossy(&output.stderr).trim()));
    }
    let list = String::from_utf8_lossy(&output.stdout).into_owned();
    let mut files = Vec::new();
    for path in list.split('\0').filter(|path| !path.is_empty()) {
        // A file deleted but not yet committed is listed and no longer there; so is a link's end.
        let Ok(bytes) = std::fs::read(root.join(path)) else {
            continue;
        };
        let size_bytes = bytes.len() as u64;
        files.push(File {
            path: path.to_string(),
            size_bytes,
            text: String::from_utf8(bytes).ok(),
        });
    }
    files.sort_by(|one, other| one.path.cmp(&other.path));
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_that_contributors_are_not_told_of_is_named() {
        let page = [("CONTRIBUTING.md", "`cargo xtask tidy` tidies")];
        let complaints = verbs(&page, "cargo xtask VERB\n\n  tidy       x\n  bench [N]  y\n");
        let said: Vec<String> = complaints.iter().map(Complaint::to_string).collect();
        assert_eq!(said, ["CONTRIBUTING.md:1: tasks: say what `cargo xtask bench` does"]);
    }

    #[test]
    fn reading_never_panics_on_broken_sources() {
        for text in ["", "\"", "'", "r#\"", "/*", "fn", "fn x(", "fn x() {", "use crate::{", "}}}"]
        {
            for path in ["crates/seawall-domain/src/case.rs", "xtask/src/x.rs"] {
                of_text(path, text);
            }
        }
    }
}
