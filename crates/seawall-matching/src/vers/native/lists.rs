//! Ranges that are lists of comparisons, with the shorthands of each ecosystem.

use super::bumps::Numbers;
use super::{Comparator, Terms, Written, any, between, comparator, scan};

const UNKNOWN_OPERATOR: &str = "it has an unknown operator";

/// Plain comparisons with spaces, commas or `||` between them; a package's name before brackets,
/// as in `libc6 (>= 2.36)`, does not count. This is what Debian, rpm, Go and advisories write.
pub(super) fn comparisons(range: &str) -> Terms {
    if matches!(range, "" | "*") {
        return Ok(vec![any()]);
    }
    let mut terms = Vec::new();
    for relation in range.split([',', '|']).map(str::trim).filter(|part| !part.is_empty()) {
        let relation = relation.split_once('(').map_or(relation, |(_, inside)| inside);
        for Written { operator, version, .. } in scan(relation.trim_end_matches(')'), |_| false)? {
            terms.push((comparator(operator).ok_or(UNKNOWN_OPERATOR)?, version.to_owned()));
        }
    }
    Ok(terms)
}

/// RubyGems ("Patterns"): `~> 2.0.8` counts up the last number but one.
pub(super) fn gem(range: &str) -> Terms {
    let range = range.trim_start_matches('(').trim_end_matches(')');
    let mut terms = Vec::new();
    for Written { operator, version, .. } in scan(range, |c| matches!(c, ',' | '\'' | '"'))? {
        if operator == "~>" {
            let numbers = Numbers::new(version)?;
            let place = numbers.numbers.len().saturating_sub(2);
            terms.extend(between(version, numbers.bumped(place)?));
        } else {
            terms.push((comparator(operator).ok_or(UNKNOWN_OPERATOR)?, version.to_owned()));
        }
    }
    match terms.is_empty() {
        true => Ok(vec![(Comparator::GreaterOrEqual, "0".to_owned())]),
        false => Ok(terms),
    }
}

/// Cargo ("Specifying dependencies"): a bare version is one with a caret.
pub(super) fn cargo(range: &str) -> Terms {
    let mut terms = Vec::new();
    for Written { operator, version, .. } in scan(range, |c| c == ',')? {
        let (kept, open) = without_star(version);
        if kept.is_empty() {
            return Ok(vec![any()]);
        }
        let numbers = Numbers::new(kept)?;
        let last = numbers.numbers.len().min(3) - 1;
        match operator {
            "" | "=" if open => {
                terms.extend(between(numbers.three(), numbers.bumped_three(last)?));
            }
            "" | "^" => {
                let place = numbers.first_counting().min(2);
                terms.extend(between(numbers.three(), numbers.bumped_three(place)?));
            }
            "~" => terms.extend(between(numbers.three(), numbers.bumped_three(last.min(1))?)),
            _ => {
                let comparator = comparator(operator).ok_or(UNKNOWN_OPERATOR)?;
                terms.push((comparator, numbers.three()));
            }
        }
    }
    Ok(terms)
}

/// A version without `.*` at its end, and whether it had it.
fn without_star(version: &str) -> (&str, bool) {
    let kept = version.trim_end_matches(['*', 'x', 'X', '.']);
    (kept, kept.len() < version.len())
}

/// Composer ("Versions and constraints"): a tilde counts up the last number but one.
pub(super) fn composer(range: &str) -> Terms {
    let mut terms = Vec::new();
    for alternative in range.split('|').map(str::trim).filter(|part| !part.is_empty()) {
        if let Some((first, last)) = alternative.split_once(" - ") {
            terms.push((Comparator::GreaterOrEqual, first.trim().to_owned()));
            let numbers = Numbers::new(last.trim())?;
            let count = numbers.numbers.len();
            terms.push(match count < 3 {
                true => (Comparator::Less, numbers.bumped(count - 1)?),
                false => (Comparator::LessOrEqual, last.trim().to_owned()),
            });
            continue;
        }
        for Written { operator, version, .. } in scan(alternative, |c| c == ',')? {
            let version = version.split_once('@').map_or(version, |(version, _)| version);
            let (kept, open) = without_star(version);
            if kept.is_empty() {
                return Ok(vec![any()]);
            }
            let numbers = || Numbers::new(kept);
            match operator {
                "" | "=" | "==" if open => {
                    terms.extend(between(kept, numbers()?.bumped(usize::MAX)?));
                }
                "^" => {
                    let numbers = numbers()?;
                    terms.extend(between(kept, numbers.bumped(numbers.first_counting())?));
                }
                "~" => {
                    let numbers = numbers()?;
                    let place = numbers.numbers.len().saturating_sub(2);
                    terms.extend(between(kept, numbers.bumped(place)?));
                }
                _ => {
                    let comparator = comparator(operator).ok_or(UNKNOWN_OPERATOR)?;
                    terms.push((comparator, version.to_owned()));
                }
            }
        }
    }
    match terms.is_empty() {
        true => Ok(vec![any()]),
        false => Ok(terms),
    }
}

/// Hex (Elixir's `Version`, "Requirements"): `~> 2.1` counts up the last number but one.
pub(super) fn hex(range: &str) -> Terms {
    let mut terms = Vec::new();
    let range = range.replace(" and ", " ").replace(" or ", " ");
    for Written { operator, version, .. } in scan(&range, |_| false)? {
        if operator == "~>" {
            let numbers = Numbers::new(version)?;
            let place = numbers.numbers.len().min(3).saturating_sub(2);
            terms.extend(between(numbers.three(), numbers.bumped_three(place)?));
        } else {
            terms.push((comparator(operator).ok_or(UNKNOWN_OPERATOR)?, version.to_owned()));
        }
    }
    Ok(terms)
}

/// Hackage (Cabal, "build-depends"): `^>=1.2.3` keeps the first two numbers.
pub(super) fn hackage(range: &str) -> Terms {
    if range.contains("-any") {
        return Ok(vec![any()]);
    }
    let mut terms = Vec::new();
    for Written { operator, version, .. } in scan(range, |c| matches!(c, '&' | '|' | '(' | ')'))? {
        let (kept, open) = without_star(version);
        match operator {
            "^>=" => {
                let mut numbers = Numbers::new(version)?;
                numbers.numbers.resize(numbers.numbers.len().max(2), 0);
                terms.extend(between(version, numbers.bumped(1)?));
            }
            "==" if open => {
                terms.extend(between(kept, Numbers::new(kept)?.bumped(usize::MAX)?));
            }
            _ => {
                let comparator = comparator(operator).ok_or(UNKNOWN_OPERATOR)?;
                terms.push((comparator, version.to_owned()));
            }
        }
    }
    Ok(terms)
}

/// Dart's pub ("Version constraints"): a caret keeps the first number, or the second after 0.
pub(super) fn dart(range: &str) -> Terms {
    if matches!(range, "" | "any") {
        return Ok(vec![any()]);
    }
    let mut terms = Vec::new();
    for Written { operator, version, .. } in scan(range, |c| matches!(c, '\'' | '"'))? {
        if operator == "^" {
            let numbers = Numbers::new(version)?;
            let place = numbers.first_counting().min(1);
            terms.extend(between(version, numbers.bumped_three(place)?));
        } else {
            terms.push((comparator(operator).ok_or(UNKNOWN_OPERATOR)?, version.to_owned()));
        }
    }
    Ok(terms)
}

/// nginx (its security advisories): versions, ranges with a hyphen, and `1.4.1+` for a version
/// and what follows in its branch. Branches with an even second number are stable and end; the
/// others are the main line and do not.
pub(super) fn nginx(range: &str) -> Terms {
    let compact: String = range.chars().filter(|c| !c.is_whitespace()).collect();
    let compact = compact.to_ascii_lowercase();
    match compact.as_str() {
        "all" => return Ok(vec![any()]),
        "none" => return Err("it holds no version"),
        _ => {}
    }
    let mut terms = Vec::new();
    for part in compact.split(',') {
        let part = part.trim_start_matches("nginx/windows");
        if let Some((first, last)) = part.split_once('-') {
            terms.push((Comparator::GreaterOrEqual, Numbers::new(first)?.three()));
            terms.push((Comparator::LessOrEqual, Numbers::new(last)?.three()));
        } else if let Some(version) = part.strip_suffix('+') {
            let numbers = Numbers::new(version)?;
            let stable = numbers.numbers.get(1).is_none_or(|minor| minor.is_multiple_of(2));
            if stable {
                terms.extend(between(numbers.three(), numbers.bumped_three(1)?));
            } else {
                terms.push((Comparator::GreaterOrEqual, numbers.three()));
            }
        } else {
            terms.push((Comparator::Equal, Numbers::new(part)?.three()));
        }
    }
    Ok(terms)
}

/// OpenSSL (its list of vulnerabilities): releases with commas between them.
pub(super) fn openssl(range: &str) -> Terms {
    if range.contains(['<', '>', '=']) {
        return comparisons(range);
    }
    let compact: String = range.chars().filter(|c| !c.is_whitespace()).collect();
    let releases = compact.to_ascii_lowercase();
    Ok(releases.split(',').map(|release| (Comparator::Equal, release.to_owned())).collect())
}
