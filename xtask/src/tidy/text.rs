//! What no text of the repository holds: machine paths, registry hosts, unowned promises.

use super::Complaint;
use super::source::has_word;

/// Larger files belong into a package or a data set, not into the history.
const FILE_BYTES_MAX: u64 = 1 << 20;

/// The folders whose names tell about one machine; written in halves, since this file is read too.
const MACHINE_FOLDERS: [&str; 3] =
    [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];

/// Hosts of package registries and their mirrors' usual names: the ecosystem's client knows them.
const REGISTRY_HOSTS: [&str; 8] = [
    concat!("index.", "crates.io"),
    concat!("static.", "crates.io"),
    concat!("registry.", "npmjs."),
    concat!("python", "hosted.org"),
    concat!("pypi.org/", "simple"),
    concat!("deb.", "debian.org"),
    concat!("arti", "factory"),
    concat!("/repos", "itory/npm"),
];

const UNFINISHED: [&str; 3] = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("X", "XX")];

/// Complains of a file that is too large to be tracked.
pub fn size(path: &str, size_bytes: u64) -> Option<Complaint> {
    (size_bytes > FILE_BYTES_MAX).then(|| {
        let advice = format!("{size_bytes} bytes; fetch or generate it instead of tracking it");
        Complaint::new(path, 1, "file size", advice)
    })
}

/// Complains of machine paths and registry hosts.
pub fn places(path: &str, text: &str) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for folder in MACHINE_FOLDERS.iter().filter(|folder| starts_a_path(line, folder)) {
            let advice = format!("`{folder}` exists on one machine only; take the place as input");
            complaints.push(Complaint::new(path, index + 1, "machine path", advice));
        }
        for host in
            REGISTRY_HOSTS.iter().filter(|host| line.contains("://") && line.contains(**host))
        {
            let advice = format!("`{host}` is the package client's business; leave it out");
            complaints.push(Complaint::new(path, index + 1, "registry host", advice));
        }
    }
    complaints
}

/// Whether `folder` begins an absolute path in `line`, rather than lying within a longer one.
fn starts_a_path(line: &str, folder: &str) -> bool {
    line.match_indices(folder).any(|(start, _)| {
        let before = line.get(..start).and_then(|text| text.chars().next_back());
        !before
            .is_some_and(|character| character.is_alphanumeric() || "_-.)}]>*~".contains(character))
    })
}

/// Whether a file that is no Rust has comments in which promises could hide.
pub fn has_comments(path: &str) -> bool {
    [".sql", ".html", ".css", ".toml", ".sh", ".yml", ".yaml"].iter().any(|end| path.ends_with(end))
}

/// Complains of a promise without the number of an issue.
pub fn unfinished(path: &str, text: &str) -> Vec<Complaint> {
    let mut complaints = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let Some(word) = UNFINISHED.iter().find(|word| has_word(line, word)) else {
            continue;
        };
        let is_owned =
            line.split('#').skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        if !is_owned {
            let advice =
                format!("`{word}` without an issue's number (`#12`); open one or do it now");
            complaints.push(Complaint::new(path, index + 1, "unfinished", advice));
        }
    }
    complaints
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machine_paths_are_told_from_longer_ones() {
        let check = |line: &str, expected: usize| {
            assert_eq!(places("a.md", line).len(), expected, "{line}");
        };
        for folder in MACHINE_FOLDERS {
            check(&format!("see {folder}x"), 1);
            check(&format!("`{folder}x` and \"{folder}y\""), 1);
            check(&format!("file://{folder}x"), 1);
            check(&format!("crates{folder}x"), 0);
            check(&format!("..{folder}x"), 0);
        }
    }

    #[test]
    fn registry_hosts_are_for_the_package_client() {
        let check = |line: &str, expected: usize| {
            assert_eq!(places("package-lock.json", line).len(), expected, "{line}");
        };
        check(&format!("\"resolved\": \"https://{}org/x.tgz\"", REGISTRY_HOSTS[2]), 1);
        check("https://crates.io/crates/tar", 0);
        check("registry+https://github.com/rust-lang/crates.io-index", 0);
    }

    #[test]
    fn a_promise_names_its_issue() {
        let check = |line: &str, expected: usize| {
            assert_eq!(unfinished("a.rs", line).len(), expected, "{line}");
        };
        for word in UNFINISHED {
            check(&format!("// {word}: later"), 1);
            check(&format!("// {word} #12: later"), 0);
            check(&format!("// {word}S"), 0);
        }
    }

    #[test]
    fn large_files_are_refused() {
        assert!(size("a.bin", FILE_BYTES_MAX).is_none());
        assert!(size("a.bin", FILE_BYTES_MAX + 1).is_some());
    }
}
