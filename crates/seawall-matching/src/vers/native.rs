//! Ranges in the words of the ecosystems, as VERS.
//!
//! VERS has no "and": its constraints are signposts along the versions. A native range becomes the
//! signposts of all its comparisons, in order; ranges that would need more arithmetic are refused.

mod bumps;
mod conan;
mod intervals;
mod lists;
mod npm;
mod pypi;

use super::{Comparator, Fault, Range};

/// The longest native range that is read, in bytes; people write them.
pub const NATIVE_BYTES_MAX: usize = 1 << 16;

/// One comparison.
type Term = (Comparator, String);

/// Comparisons, or the reason why there are none.
type Terms = Result<Vec<Term>, &'static str>;

/// Writes a range of an ecosystem in VERS notation: `^1.2.9` of npm is `vers:npm/>=1.2.9|<2.0.0`.
///
/// # Errors
///
/// A type without known order, and a range that cannot be read or has no counterpart in VERS.
pub fn from_native(vers_type: &str, range: &str) -> Result<String, Fault> {
    super::scheme(vers_type)?;
    let fault =
        |reason| Fault::Native { text: range.to_owned(), vers_type: vers_type.to_owned(), reason };
    if range.len() > NATIVE_BYTES_MAX {
        return Err(fault("it is too long"));
    }
    let terms = terms(vers_type, range.trim()).map_err(fault)?;
    // Conan's empty range is any version, which the specification's cases write as an empty range
    // of VERS; it cannot be read back (docs/deviations.md).
    if terms.is_empty() && vers_type == "conan" && range.trim().is_empty() {
        return Ok("vers:conan/".to_owned());
    }
    if terms.is_empty() {
        return Err(fault("it has no comparison"));
    }
    if terms.iter().any(|(comparator, _)| *comparator == Comparator::Any) {
        return Ok(format!("vers:{vers_type}/*"));
    }
    if terms.iter().any(|(_, version)| version.is_empty()) {
        return Err(fault("a comparison has no version"));
    }
    Ok(Range::build(vers_type, terms)?.to_string())
}

fn terms(vers_type: &str, range: &str) -> Terms {
    match vers_type {
        "all" | "none" => Ok(vec![any()]),
        "npm" => npm::terms(range),
        "conan" => conan::terms(range),
        "pypi" => pypi::terms(range),
        "gem" => lists::gem(range),
        "cargo" => lists::cargo(range),
        "composer" | "packagist" => lists::composer(range),
        "hex" => lists::hex(range),
        "hackage" => lists::hackage(range),
        "pub" | "dart" => lists::dart(range),
        "maven" | "nuget" => intervals::terms(vers_type, range),
        "nginx" => lists::nginx(range),
        "openssl" => lists::openssl(range),
        _ => lists::comparisons(range),
    }
}

fn any() -> Term {
    (Comparator::Any, String::new())
}

/// The two ends of a range: from the first version on, up to the second but without it.
fn between(first: impl Into<String>, end: impl Into<String>) -> Vec<Term> {
    vec![(Comparator::GreaterOrEqual, first.into()), (Comparator::Less, end.into())]
}

/// The comparator that an ecosystem writes so; rpm's `<>`, Debian's `<<` and `>>` among them.
fn comparator(operator: &str) -> Option<Comparator> {
    Some(match operator {
        "" | "=" | "==" | "===" => Comparator::Equal,
        "!=" | "<>" => Comparator::NotEqual,
        "<" | "<<" => Comparator::Less,
        "<=" | "=<" => Comparator::LessOrEqual,
        ">" | ">>" => Comparator::Greater,
        ">=" | "=>" => Comparator::GreaterOrEqual,
        _ => return None,
    })
}

/// One comparison as it is written.
#[derive(Clone, Copy)]
struct Written<'a> {
    /// May be empty.
    operator: &'a str,
    version: &'a str,
    /// White space stands between the two.
    spaced: bool,
}

/// The comparisons of a list. They stand apart by white space or other separators.
fn scan(range: &str, separates: impl Fn(char) -> bool) -> Result<Vec<Written<'_>>, &'static str> {
    let is_operator = |c: char| "<>=!~^".contains(c);
    let apart = |c: char| separates(c) || c.is_whitespace();
    let mut found = Vec::new();
    let mut rest = range.trim_start_matches(apart);
    while !rest.is_empty() {
        let end = rest.find(|c| !is_operator(c)).unwrap_or(rest.len());
        let (operator, after) = rest.split_at(end);
        let spaced = after.starts_with(char::is_whitespace);
        let after = after.trim_start();
        let end = after.find(|c| apart(c) || matches!(c, '<' | '>')).unwrap_or(after.len());
        let (version, after) = after.split_at(end);
        if version.is_empty() {
            return Err("a comparison has no version");
        }
        found.push(Written { operator, version, spaced });
        rest = after.trim_start_matches(apart);
    }
    Ok(found)
}
