//! Versions as vendors write them: exact ones, bounds with signs, and words for "all" and "none".
//!
//! A text becomes a bound only where its reading is certain; anything else stays a text, so that a
//! reader sees it and no rule guesses.

use seawall_domain::package::Version;
use seawall_domain::range::Interval;
use seawall_domain::record::ProductVersions;

/// The longest text that is taken for a version, in bytes.
const VERSION_BYTES_MAX: usize = 64;

/// Words by which sources say that they name no version.
const UNNAMED: [&str; 9] =
    ["n/a", "na", "unspecified", "unknown", "various", "-", "none", "0", "not specified"];

/// Words for every version.
const EVERY: [&str; 6] = ["*", "all", "all versions", "all version", "vers:all/*", "any"];

/// What a source says of the versions of one product, before it is known whose order applies.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spans {
    /// Every version.
    pub(crate) all: bool,
    /// Intervals.
    pub(crate) intervals: Vec<Interval>,
    /// Versions named one by one.
    pub(crate) versions: Vec<Version>,
    /// What no rule reads.
    pub(crate) texts: Vec<String>,
}

impl Spans {
    /// Whether nothing at all was said.
    pub(crate) fn is_empty(&self) -> bool {
        !self.all && self.intervals.is_empty() && self.versions.is_empty() && self.texts.is_empty()
    }

    /// Adds what a text says that stands where one version should.
    pub(crate) fn add_text(&mut self, text: &str) {
        let text = text.trim();
        if is_every(text) {
            self.all = true;
        } else if let Some(interval) = signed(text) {
            self.intervals.push(interval);
        } else if is_version(text) {
            self.versions.push(Version::from(text));
        } else if !text.is_empty() {
            self.texts.push(text.to_owned());
        }
    }

    /// As the versions of a product: what is read in one, what is not in another.
    pub(crate) fn product_versions(self) -> Vec<ProductVersions> {
        let mut all = Vec::new();
        if self.all {
            all.push(ProductVersions::All);
        } else if self.intervals.is_empty() && !self.versions.is_empty() {
            all.push(ProductVersions::Listed(self.versions));
        } else if !self.intervals.is_empty() {
            let mut intervals = self.intervals;
            intervals.extend(self.versions.into_iter().map(exactly));
            all.push(ProductVersions::Within(intervals));
        }
        if !self.texts.is_empty() {
            all.push(ProductVersions::Text(self.texts.join("; ")));
        }
        all
    }
}

/// The interval that holds one version.
pub(crate) fn exactly(version: Version) -> Interval {
    Interval { introduced: Some(version.clone()), fixed: None, last_affected: Some(version) }
}

/// Whether a text can be nothing but a version.
pub(crate) fn is_version(text: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"._+~:^-".contains(&byte);
    text.len() <= VERSION_BYTES_MAX
        && text.bytes().all(letters)
        && text.bytes().any(|byte| byte.is_ascii_digit())
        && !text.ends_with(".x")
        && !text.ends_with(".X")
}

/// Whether a text says that no version is named.
pub(crate) fn is_unnamed(text: &str) -> bool {
    text.is_empty() || UNNAMED.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// Whether a text stands for every version.
pub(crate) fn is_every(text: &str) -> bool {
    EVERY.iter().any(|word| text.eq_ignore_ascii_case(word))
}

/// The version that follows every `1.2.…`: `1.3` for `1.2.*`.
pub(crate) fn after_branch(text: &str) -> Option<Version> {
    let branch = text.strip_suffix(".*").or_else(|| text.strip_suffix(".x"))?;
    let (rest, last) = branch.rsplit_once('.').unwrap_or(("", branch));
    if !branch.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        return None;
    }
    let next = last.parse::<u64>().ok()?.checked_add(1)?;
    Some(Version(if rest.is_empty() { next.to_string() } else { format!("{rest}.{next}") }))
}

/// Bounds with signs: `>= 1.0, < 1.2`, `<=3`, `= 2`, `vers:npm/>=1|<2` without its head. A start that
/// is excluded (`> 1.0`) is taken as included, which says one version too much.
pub(crate) fn signed(text: &str) -> Option<Interval> {
    if !text.starts_with(['<', '>', '=']) {
        return None;
    }
    let mut interval = Interval { introduced: None, fixed: None, last_affected: None };
    let mut exact = false;
    for part in text.split([',', '|', '&']) {
        let part = part.trim();
        let bound = part.trim_start_matches(['<', '>', '=']);
        let sign = part.get(..part.len() - bound.len())?;
        let bound = bound.trim();
        let version = is_version(bound).then(|| Version::from(bound))?;
        let place = match sign {
            ">=" | ">" => &mut interval.introduced,
            "<" => &mut interval.fixed,
            "<=" => &mut interval.last_affected,
            "=" | "==" => {
                exact = true;
                interval.introduced = Some(version.clone());
                &mut interval.last_affected
            }
            _ => return None,
        };
        if place.is_some() {
            return None;
        }
        *place = Some(version);
    }
    let ends = u8::from(interval.fixed.is_some()) + u8::from(interval.last_affected.is_some());
    (ends <= 1 && !(exact && text.contains(','))).then_some(interval)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, expected: &str) {
        let mut spans = Spans::default();
        spans.add_text(text);
        let told: Vec<String> = spans
            .product_versions()
            .into_iter()
            .map(|versions| match versions {
                ProductVersions::All => "all".to_owned(),
                ProductVersions::Listed(list) => format!("listed {}", list.len()),
                ProductVersions::Within(intervals) => {
                    intervals.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
                }
                ProductVersions::Text(text) => format!("text {text}"),
            })
            .collect();
        assert_eq!(told.join("; "), expected, "{text}");
    }

    #[test]
    fn texts_are_read_where_they_are_certain() {
        for (text, expected) in [
            ("1.2.3", "listed 1"),
            ("V2.1", "listed 1"),
            ("All versions", "all"),
            ("< 4.2.1", "from the first release until fixed in 4.2.1"),
            (">= 2.0.0, < 2.3.1", "from 2.0.0 until fixed in 2.3.1"),
            ("<=3", "from the first release up to 3, no fix yet"),
            ("= 3", "from 3 up to 3, no fix yet"),
            (">= 8.0.0", "from 8.0.0, no fix yet"),
            ("= 3, < 4", "text = 3, < 4"),
            ("<8.0.8-RC2, <8.1.4-RC0", "text <8.0.8-RC2, <8.1.4-RC0"),
            ("< all", "text < all"),
            ("7.x", "text 7.x"),
            ("V2.1 prior to patch 7", "text V2.1 prior to patch 7"),
            ("", ""),
        ] {
            check(text, expected);
        }
        for (text, expected) in
            [("4.14.*", "4.15"), ("9.x", "10"), ("a.*", "-"), (".*", "-"), ("1", "-")]
        {
            let told = after_branch(text).map_or("-".to_owned(), |version| version.0);
            assert_eq!(told, expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn never_panics(text in r"\PC{0,20}", signs in "[<>=,| 0-9.*é]{0,20}") {
            for text in [text, signs] {
                drop((signed(&text), after_branch(&text), is_version(&text)));
            }
        }
    }
}
