//! Versions as vendors write them: exact ones, bounds with signs, and words for "all" and "none".
//!
//! A text becomes a bound only where its reading is certain; anything else stays a text, so that a
//! reader sees it and no rule guesses.

use crate::bounded::cut;
use seawall_domain::package::Version;
use seawall_domain::range::Interval;
use seawall_domain::record::ProductVersions;

/// The longest text that is taken for a version, in bytes.
const VERSION_BYTES_MAX: usize = 64;

/// The longest text about versions that is kept, in characters.
const TEXT_LEN_MAX: usize = 2_000;

/// How many comparators one text may hold.
const COMPARATORS_MAX: usize = 1_000;

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
        } else if is_version(text) {
            self.versions.push(Version::from(text));
        } else if let Some((intervals, versions)) = comparators(plain(text)) {
            self.intervals.extend(intervals);
            self.versions.extend(versions);
        } else if let Some(interval) = worded(text) {
            self.intervals.push(interval);
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
            all.push(ProductVersions::Text(cut(&self.texts.join("; "), TEXT_LEN_MAX)));
        }
        all
    }
}

/// A text without the words that say "all versions" before a sign.
fn plain(text: &str) -> &str {
    let sign = text.find(['<', '>']).filter(|at| {
        let words = text.get(..*at).unwrap_or_default().split_ascii_whitespace();
        words.clone().count() <= 3
            && words.clone().all(|word| {
                ["all", "versions", "version", "firmware"]
                    .contains(&word.to_ascii_lowercase().as_str())
            })
    });
    sign.and_then(|at| text.get(at..)).unwrap_or(text)
}

/// The interval that holds one version.
pub(crate) fn exactly(version: Version) -> Interval {
    Interval { introduced: Some(version.clone()), fixed: None, last_affected: Some(version) }
}

/// The interval that holds every version.
pub(crate) fn everything() -> Interval {
    Interval { introduced: None, fixed: None, last_affected: None }
}

/// Whether a text can be nothing but a version.
pub(crate) fn is_version(text: &str) -> bool {
    let letters = |byte: u8| byte.is_ascii_alphanumeric() || b"._+~:^-()".contains(&byte);
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

/// Reads comparators as the vers specification has them, in whatever spelling vendors use:
/// `>= 1.0, < 1.2`, `vers:npm/>=1|<2|3`, `>=V3.1 and < V3.3`, `All versions < V2.0`.
///
/// Comparators go in version order: a start and the end that follows it are one interval. A start
/// that is excluded (`> 1.0`) is taken as included, which says one version too much. None where a
/// part is no version, or where two ends or a `!=` leave open what is meant.
fn comparators(text: &str) -> Option<(Vec<Interval>, Vec<Version>)> {
    let vers = text.strip_prefix("vers:").and_then(|rest| rest.split_once('/'));
    let (text, is_vers) = vers.map_or((text, false), |(_, rest)| (rest, true));
    let (mut intervals, mut versions) = (Vec::new(), Vec::new());
    let mut start: Option<Version> = None;
    for (number, (sign, bound)) in parts(text)?.into_iter().enumerate() {
        let bound = if is_vers { decoded(bound) } else { bound.to_owned() };
        let version = is_version(&bound).then_some(Version(bound))?;
        match sign {
            ">=" | ">" => {
                if let Some(introduced) = start.replace(version) {
                    intervals.push(Interval {
                        introduced: Some(introduced),
                        fixed: None,
                        last_affected: None,
                    });
                }
            }
            "<" | "<=" => {
                let introduced = start.take();
                if introduced.is_none() && number > 0 {
                    return None;
                }
                let (fixed, last_affected) =
                    if sign == "<" { (Some(version), None) } else { (None, Some(version)) };
                intervals.push(Interval { introduced, fixed, last_affected });
            }
            "" | "=" | "==" if start.is_none() => versions.push(version),
            _ => return None,
        }
    }
    if let Some(introduced) = start {
        intervals.push(Interval { introduced: Some(introduced), fixed: None, last_affected: None });
    }
    Some((intervals, versions))
}

/// The signs and texts of comparators; a sign begins a new one even where nothing separates them.
fn parts(text: &str) -> Option<Vec<(&str, &str)>> {
    let mut parts = Vec::new();
    for piece in text.split(['|', ',', '&']).flat_map(|piece| piece.split(" and ")) {
        let mut rest = piece.trim();
        loop {
            let bound = rest.trim_start_matches(['<', '>', '=', '!']);
            let sign = rest.get(..rest.len() - bound.len())?;
            let end = bound.find(['<', '>', '=', '!']).unwrap_or(bound.len());
            let (bound, next) = bound.split_at(end);
            parts.push((sign, bound.trim()));
            if next.is_empty() || parts.len() > COMPARATORS_MAX {
                break;
            }
            rest = next;
        }
    }
    (parts.len() <= COMPARATORS_MAX).then_some(parts)
}

/// A version of a vers range, whose odd letters stand as `%20`.
fn decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend(before.bytes());
        let digits = after.get(..2).filter(|digits| digits.bytes().all(|d| d.is_ascii_hexdigit()));
        let letter = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
        bytes.push(letter.unwrap_or(b'%'));
        rest = if letter.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    bytes.extend(rest.bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Words for a bound: `2.1 and prior`, `prior to 3.0`, `1.0 through 1.4`.
fn worded(text: &str) -> Option<Interval> {
    let lower = text.to_ascii_lowercase();
    let mut words: Vec<&str> = lower.split_ascii_whitespace().collect();
    // Versions keep their letters as written; the words beside them do not matter.
    let written: Vec<&str> = text.split_ascii_whitespace().collect();
    let leading = ["all", "versions", "version", "firmware", "software"];
    let skipped = words.iter().take_while(|word| leading.contains(word)).count();
    words.drain(..skipped);
    let version = |at: usize| {
        let word = written.get(skipped + at).map(|word| word.trim_matches([',', ':', ';']))?;
        is_version(word).then(|| Version::from(word))
    };
    let interval =
        |introduced, fixed, last_affected| Some(Interval { introduced, fixed, last_affected });
    let earlier =
        |word: &str| ["prior", "earlier", "below", "older", "previous", "lower"].contains(&word);
    match words.as_slice() {
        [_, "and", word]
        | [_, "and", word, "versions"]
        | [_, "and", "all", word, "versions"]
        | [_, "or", word]
        | [_, "or", word, "versions"]
            if earlier(word) =>
        {
            interval(None, None, Some(version(0)?))
        }
        ["prior", "to", _] => interval(None, Some(version(2)?), None),
        ["before", _] => interval(None, Some(version(1)?), None),
        [_, "through" | "to", _] => interval(Some(version(0)?), None, Some(version(2)?)),
        _ => None,
    }
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
            ("= 3", "listed 1"),
            (
                "2.7 | 3.0.71 | >= 4.0.1 | <= 4.6.4 | 4.7.2",
                "from 4.0.1 up to 4.6.4, no fix yet, from 2.7 up to 2.7, no fix yet, \
                 from 3.0.71 up to 3.0.71, no fix yet, from 4.7.2 up to 4.7.2, no fix yet",
            ),
            ("11.1.0|11.2.0", "listed 2"),
            (">=V3.1.39 and < V3.3", "from V3.1.39 until fixed in V3.3"),
            (">= V2.0 < V2.2.28", "from V2.0 until fixed in V2.2.28"),
            ("All firmware versions < V5.2", "from the first release until fixed in V5.2"),
            ("All versions < V8.2 SP1", "text All versions < V8.2 SP1"),
            ("vers:npm/>=1%2B2|<2|>=3", "from 1+2 until fixed in 2, from 3, no fix yet"),
            ("vers:all/*", "all"),
            ("vers:pypi/!=1", "text vers:pypi/!=1"),
            ("Version 2.1 and prior", "from the first release up to 2.1, no fix yet"),
            ("versions prior to V3.0", "from the first release until fixed in V3.0"),
            ("1.0 through 1.4", "from 1.0 up to 1.4, no fix yet"),
            ("15.2(4)EA7", "listed 1"),
            (">= 8.0.0", "from 8.0.0, no fix yet"),
            ("= 3, < 4", "text = 3, < 4"),
            ("< 3, < 4", "text < 3, < 4"),
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
        fn never_panics(text in r"\PC{0,20}", signs in "(vers:a/)?[<>=!,| 0-9.*é%AF]{0,20}") {
            for text in [text, signs] {
                let mut spans = Spans::default();
                spans.add_text(&text);
                drop((spans, after_branch(&text)));
            }
        }
    }
}
