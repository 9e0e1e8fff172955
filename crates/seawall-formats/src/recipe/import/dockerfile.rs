//! What an OSS-Fuzz project's Dockerfile prepares, as far as it can be done without network: where
//! files are copied to and where the build starts. Everything else is told.

use super::super::reach::shell::{commands, from_program, program};
use crate::fault::quote;

/// No Dockerfile of a project is longer; what is beyond is not read.
const LINES_MAX: usize = 2000;
/// So much is told of one file.
const WARNINGS_MAX: usize = 20;

/// What a Dockerfile prepares.
#[derive(Debug, Default, Eq, PartialEq)]
pub(super) struct Prepared {
    /// The folder below `$SRC` into which the main repository is cloned.
    pub clone: Option<String>,
    /// The folder below `$SRC` in which the build starts; empty for `$SRC` itself.
    pub workdir: Option<String>,
    /// Sources below the project's folder, and the folder below `$SRC` that they go to.
    pub copies: Vec<(String, String)>,
    pub warnings: Vec<String>,
}

/// Reads a Dockerfile; `main_repo` is the address of the repository that the recipe's target is.
pub(super) fn read(text: &str, main_repo: &str) -> Prepared {
    let mut prepared = Prepared::default();
    let mut logical = String::new();
    for line in text.lines().take(LINES_MAX) {
        let line = line.trim();
        if line.starts_with('#') || (line.is_empty() && logical.is_empty()) {
            continue;
        }
        match line.strip_suffix('\\') {
            Some(part) => {
                logical.push_str(part);
                logical.push(' ');
            }
            None => {
                logical.push_str(line);
                instruction(&mut prepared, &logical, main_repo);
                logical.clear();
            }
        }
    }
    instruction(&mut prepared, &logical, main_repo);
    prepared.warnings.truncate(WARNINGS_MAX);
    prepared
}

fn instruction(prepared: &mut Prepared, line: &str, main_repo: &str) {
    let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
    let rest = rest.trim();
    match word.to_ascii_uppercase().as_str() {
        "RUN" => {
            for one in commands(rest) {
                run(prepared, from_program(&one.words), main_repo);
            }
        }
        "WORKDIR" => match below(rest, prepared.workdir.as_deref()) {
            Some(folder) => prepared.workdir = Some(folder),
            None => prepared.warnings.push(format!("WORKDIR {} is passed over", quote(rest))),
        },
        "COPY" | "ADD" => copy(prepared, rest),
        "ENV" | "ARG" => {
            prepared
                .warnings
                .push(format!("the image sets {}; the build here does not", quote(rest)));
        }
        // The base image, its labels, and what is started in it.
        _ => {}
    }
}

fn run(prepared: &mut Prepared, words: &[String], main_repo: &str) {
    let Some((first, rest)) = words.split_first() else { return };
    let has = |wanted: &str| rest.iter().any(|word| word == wanted);
    let plain = || rest.iter().filter(|word| !word.starts_with('-'));
    match program(first) {
        "apt-get" | "apt" if has("install") => {
            let packages: Vec<&str> =
                plain().map(String::as_str).filter(|word| *word != "install").take(40).collect();
            prepared.warnings.push(format!(
                "the image installs by apt: {}; the host must have it, since a recipe cannot",
                packages.join(" ").chars().take(300).collect::<String>()
            ));
        }
        "apt-get" | "apt" | "mkdir" | "cd" | "set" | "true" => {}
        "git" if has("clone") => {
            let mut words = plain().skip_while(|word| !word.contains("://") && !word.contains('@'));
            let address = words.next().map_or("", String::as_str);
            if same_repository(address, main_repo) {
                let folder = words.next().map_or_else(|| stem(address), String::as_str);
                prepared.clone = below(folder, prepared.workdir.as_deref());
            } else {
                prepared.warnings.push(format!(
                    "the image clones {} besides; it is not there, so the build may miss it",
                    quote(address)
                ));
            }
        }
        _ => {
            let said = words.join(" ");
            prepared
                .warnings
                .push(format!("the image runs {}; the build here does not", quote(&said)));
        }
    }
}

fn copy(prepared: &mut Prepared, rest: &str) {
    let words: Vec<&str> = rest.split_whitespace().filter(|word| !word.starts_with("--")).collect();
    let plain = |word: &str| {
        word.chars().all(|c| c.is_ascii_alphanumeric() || "._/*-".contains(c))
            && !word.contains("..")
    };
    let Some((to, sources)) = words.split_last() else { return };
    let Some(folder) = below(to, prepared.workdir.as_deref()) else {
        prepared.warnings.push(format!("COPY {} is passed over", quote(rest)));
        return;
    };
    for source in sources {
        // Everything lies in `$SRC` already; only other places are of interest.
        if folder.is_empty() || folder == *source {
            continue;
        }
        if plain(source) && !source.starts_with('/') {
            prepared.copies.push(((*source).to_owned(), folder.clone()));
        } else {
            prepared.warnings.push(format!("COPY {} is passed over", quote(rest)));
        }
    }
}

/// A folder of the image as one below `$SRC`; `None` for one elsewhere.
fn below(path: &str, workdir: Option<&str>) -> Option<String> {
    let path = path.trim_matches('"').trim_end_matches('/');
    let rooted = ["$SRC", "${SRC}", "/src"].iter().find_map(|root| {
        let rest = path.strip_prefix(root)?;
        (rest.is_empty() || rest.starts_with('/')).then(|| rest.trim_start_matches('/').to_owned())
    });
    let joined = match rooted {
        Some(rooted) => rooted,
        None if path.starts_with(['/', '$']) => return None,
        None => {
            let inner = path.trim_start_matches("./").trim_start_matches('.');
            match workdir.filter(|workdir| !workdir.is_empty()) {
                Some(workdir) if inner.is_empty() => workdir.to_owned(),
                Some(workdir) => format!("{workdir}/{inner}"),
                None => inner.to_owned(),
            }
        }
    };
    (joined.is_empty() || super::parts::is_plain_path(&joined)).then_some(joined)
}

/// Whether two addresses name one repository: without scheme, user, `.git` and capitals.
fn same_repository(one: &str, other: &str) -> bool {
    let bare = |address: &str| {
        let address = address.split_once("://").map_or(address, |(_, rest)| rest);
        let address = address.rsplit('@').next().unwrap_or(address).replace(':', "/");
        address.trim_end_matches('/').trim_end_matches(".git").to_ascii_lowercase()
    };
    bare(one) == bare(other)
}

/// The folder that git clones an address into.
pub(super) fn stem(address: &str) -> &str {
    let address = address.trim_end_matches('/');
    let last = address.rsplit(['/', ':']).next().unwrap_or(address);
    last.strip_suffix(".git").unwrap_or(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_prepared_is_found_and_the_rest_is_told() {
        let text = "FROM gcr.io/oss-fuzz-base/base-builder\n# a\nRUN apt-get update && \\\n    \
                    apt-get install -y make autoconf\nRUN git clone --depth 1 \
                    https://github.com/madler/zlib.git\nRUN git clone https://a.example/seeds s\n\
                    WORKDIR zlib\nCOPY build.sh $SRC/\nCOPY *_fuzzer.c $SRC/fuzz/\n\
                    ADD x.tar /opt/\n\
                    ENV A=b\nRUN ./configure\n";
        let read = read(text, "https://github.com/madler/zlib");
        assert_eq!(read.clone.as_deref(), Some("zlib"));
        assert_eq!(read.workdir.as_deref(), Some("zlib"));
        assert_eq!(read.copies, [("*_fuzzer.c".to_owned(), "fuzz".to_owned())]);
        let said = read.warnings.join("\n");
        assert_eq!(read.warnings.len(), 5, "{said}");
        for words in ["make autoconf", "a.example/seeds", "x.tar /opt/", "A=b", "./configure"] {
            assert!(said.contains(words), "{words}: {said}");
        }
    }

    #[test]
    fn folders_are_taken_below_the_sources() {
        for (path, workdir, expected) in [
            ("$SRC", None, Some("")),
            ("$SRC/a/", None, Some("a")),
            ("${SRC}/a", Some("b"), Some("a")),
            ("/src/a", None, Some("a")),
            ("/srcs/a", None, None),
            ("a", Some("b"), Some("b/a")),
            (".", Some("b"), Some("b")),
            ("./", None, Some("")),
            ("../a", Some("b"), None),
            ("/opt", None, None),
            ("$OUT/a", None, None),
            ("a;b", None, None),
        ] {
            assert_eq!(below(path, workdir).as_deref(), expected, "{path}");
        }
    }
}
