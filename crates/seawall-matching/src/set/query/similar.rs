//! Versions that look alike, for texts that no rule orders: tags of repositories, names of builds.
//!
//! Two texts are alike when they are equal; or when their numbers and their words for
//! pre-releases are the same in the same order; or when they are equal in lower case with every
//! run of `-`, `_` and `.` a point. A tag may begin with the name of its repository or of its
//! owner.

use seawall_domain::package::{Ecosystem, Package};

/// The words that count among the numbers.
const WORDS: [&str; 4] = ["rc", "alpha", "beta", "preview"];

/// A text that others are compared with.
#[derive(Clone, Debug)]
pub(super) struct Similar {
    text: String,
    groups: Vec<String>,
    dotted: String,
    starts: Vec<String>,
}

impl Similar {
    /// What is like a version of a package.
    pub(super) fn new(version: &str, package: &Package) -> Self {
        let is_repository = package.ecosystem == Ecosystem::Git;
        let starts: Vec<String> = match is_repository {
            true => {
                let parts = package.name.rsplit('/').take(2).filter(|part| !part.is_empty());
                parts.map(str::to_lowercase).collect()
            }
            false => Vec::new(),
        };
        let bare = without(&starts, version.trim());
        Similar {
            text: version.trim().to_owned(),
            groups: groups(bare).map(str::to_lowercase).collect(),
            dotted: dotted(bare).collect(),
            starts,
        }
    }

    /// Whether a text is like it.
    pub(super) fn knows(&self, text: &str) -> bool {
        let bare = without(&self.starts, text);
        text == self.text
            || !self.dotted.is_empty() && dotted(bare).eq(self.dotted.chars())
            || !self.groups.is_empty() && self.same_groups(bare)
    }

    fn same_groups(&self, text: &str) -> bool {
        let mut own = self.groups.iter();
        let all =
            groups(text).all(|group| own.next().is_some_and(|own| own.eq_ignore_ascii_case(group)));
        all && own.next().is_none()
    }
}

/// The text without the first of these starts that it has, in any case.
fn without<'a>(starts: &[String], text: &'a str) -> &'a str {
    let rest = starts.iter().find_map(|start| {
        let (head, rest) = text.split_at_checked(start.len())?;
        head.eq_ignore_ascii_case(start).then_some(rest)
    });
    rest.unwrap_or(text)
}

/// The runs of digits, and the words that stand behind no letter.
fn groups(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    let mut behind_letter = false;
    std::iter::from_fn(move || {
        while let Some(first) = rest.chars().next() {
            let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            let word = WORDS.iter().find(|word| {
                let head = rest.get(..word.len());
                !behind_letter && head.is_some_and(|head| head.eq_ignore_ascii_case(word))
            });
            let length = match (digits, word) {
                (0, None) => {
                    behind_letter = first.is_ascii_alphabetic();
                    rest = rest.get(first.len_utf8()..).unwrap_or_default();
                    continue;
                }
                (0, Some(word)) => word.len(),
                (digits, _) => digits,
            };
            behind_letter = digits == 0;
            let (group, later) = rest.split_at_checked(length)?;
            rest = later;
            return Some(group);
        }
        None
    })
}

/// The letters in lower case, with each run of joints between others as one point.
fn dotted(text: &str) -> impl Iterator<Item = char> {
    let is_joint = |c: char| matches!(c, '-' | '_' | '.');
    let trimmed = text.trim_matches(|c: char| is_joint(c) || c.is_whitespace());
    let mut joined = false;
    let one = move |c: char| {
        let again = is_joint(c) && joined;
        joined = is_joint(c);
        (!again).then_some(if is_joint(c) { '.' } else { c })
    };
    trimmed.chars().filter_map(one).flat_map(char::to_lowercase)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn package(ecosystem: &str, name: &str) -> Package {
        Package { ecosystem: Ecosystem::from(ecosystem.to_owned()), name: name.into() }
    }

    fn check(version: &str, text: &str, expected: bool) {
        let similar = Similar::new(version, &package("GIT", "github.com/curl/curl"));
        assert_eq!(similar.knows(text), expected, "{version} and {text}");
    }

    #[test]
    fn texts_that_look_alike() {
        for (version, text, expected) in [
            ("1.0", "1.0", true),
            ("1.0", "v1.0", true),
            ("1.0", "release-1_0", true),
            ("1.0", "1.0.0", false),
            ("1.0", "1.0-rc1", false),
            ("1.0-rc1", "1_0_RC_1", true),
            ("1.0-src1", "1.0.1", true),
            ("7.86.0", "curl-7_86_0", true),
            ("curl-7.86.0", "7.86.0", true),
            ("master", "main", false),
            ("master", "Master", true),
            ("Release--A", "release.a", true),
            ("", "", true),
            ("", "1", false),
            ("-", "_", false),
            ("é1", "É1", true),
        ] {
            check(version, text, expected);
        }
        let other = Similar::new("1.0", &package("OSS-Fuzz", "a/curl"));
        assert!(other.knows("curl-1.0") && other.starts.is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_like_itself(text in ".{0,30}", other in ".{0,30}") {
            let similar = Similar::new(&text, &package("GIT", "a/b"));
            prop_assert!(similar.knows(text.trim()));
            similar.knows(&other);
        }
    }
}
