//! Names of files, folders and modules: one noun each, and none that means everything.

use super::Complaint;
use super::source::{Source, is_name};

/// Words that say nothing about what is inside.
const EMPTY_NAMES: [&str; 8] =
    ["util", "utils", "common", "helper", "helpers", "misc", "manager", "managers"];

/// Complains of a file's or folder's name.
pub fn path(path: &str) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    if path.ends_with("/mod.rs") {
        let advice = "put `foo.rs` beside the folder `foo` instead";
        complaints.push(Complaint::new(path, 1, "mod.rs", advice));
    }
    for part in path.split('/') {
        let stem = part.split('.').next().unwrap_or_default();
        complaints.extend(empty(path, 1, stem));
    }
    complaints
}

/// Complains of the modules that a file declares.
pub fn modules(path: &str, source: &Source) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for (index, line) in source.code.lines().enumerate() {
        let declared = line.trim().trim_start_matches("pub(crate) ").trim_start_matches("pub ");
        let Some(rest) = declared.strip_prefix("mod ") else {
            continue;
        };
        let name: String = rest.chars().take_while(|character| is_name(*character)).collect();
        complaints.extend(empty(path, index + 1, &name));
    }
    complaints
}

fn empty(path: &str, line: usize, name: &str) -> Option<Complaint> {
    let last = name.rsplit(['_', '-']).next().unwrap_or_default();
    EMPTY_NAMES.contains(&last).then(|| {
        let advice = format!("`{name}` says nothing; name the subject it is about");
        Complaint::new(path, line, "names", advice)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_mean_everything_are_refused() {
        let check = |name: &str, expected: usize| assert_eq!(path(name).len(), expected, "{name}");
        check("crates/seawall-store/src/case.rs", 0);
        check("crates/seawall-store/src/utils.rs", 1);
        check("crates/seawall-store/src/case_helpers.rs", 1);
        check("crates/seawall-common/src/lib.rs", 1);
        check("crates/seawall-store/src/case/mod.rs", 1);
        check("crates/seawall-store/src/manageress.rs", 0);
    }

    #[test]
    fn modules_are_judged_where_they_are_declared() {
        let check = |text: &str, expected: usize| {
            assert_eq!(modules("a.rs", &Source::read(text)).len(), expected, "{text}");
        };
        check("pub mod case;\nmod tests {}", 0);
        check("pub(crate) mod misc;", 1);
        check("mod lease_manager {", 1);
        check("// mod misc;", 0);
    }
}
