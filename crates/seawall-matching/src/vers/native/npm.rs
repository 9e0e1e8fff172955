//! Ranges of npm (node-semver, "Ranges").
//!
//! Two readings follow the VERS suite rather than node-semver: a version with missing numbers is
//! filled up with zeros (`2.1` is `2.1.0`), and `>= 1.x` with a space is `1.x`.

use super::bumps::Numbers;
use super::{Comparator, Term, Terms, Written, any, between, comparator, scan};

pub(super) fn terms(range: &str) -> Terms {
    let mut terms = Vec::new();
    for alternative in range.split("||").map(str::trim) {
        if matches!(alternative, "" | "*" | "x" | "X") {
            return Ok(vec![any()]);
        }
        match alternative.split_once(" - ") {
            Some((first, last)) => terms.extend(hyphen(first.trim(), last.trim())?),
            None => {
                for written in scan(alternative, |_| false)? {
                    terms.extend(one(written)?);
                }
            }
        }
    }
    Ok(terms)
}

/// Both ends belong to it; a partial last version stands for all that begin with it.
fn hyphen(first: &str, last: &str) -> Terms {
    let first = (Comparator::GreaterOrEqual, Numbers::new(&partial(first).0)?.three());
    let (last, missing) = partial(last);
    let numbers = Numbers::new(&last)?;
    let count = numbers.numbers.len();
    let last = if missing || count < 3 {
        (Comparator::Less, numbers.bumped_three(count.min(3) - 1)?)
    } else {
        (Comparator::LessOrEqual, numbers.three())
    };
    Ok(vec![first, last])
}

/// A version without its places for any number (`1.x`, `1.2.*`), and whether it had some.
fn partial(version: &str) -> (String, bool) {
    let kept: Vec<&str> =
        version.split('.').take_while(|part| !matches!(*part, "x" | "X" | "*")).collect();
    let kept = kept.join(".");
    let missing = kept.len() < version.len();
    (kept, missing)
}

fn one(written: Written<'_>) -> Terms {
    let Written { operator, version, spaced } = written;
    let (kept, open) = partial(version);
    if kept.is_empty() || kept == "v" {
        return Ok(vec![any()]);
    }
    let numbers = Numbers::new(&kept)?;
    let last = numbers.numbers.len().min(3) - 1;
    match (operator, open) {
        ("~" | "~>", _) => tilde(&numbers),
        ("^", _) => caret(&numbers),
        ("" | "=" | "==", true) => Ok(between(numbers.three(), numbers.bumped_three(last)?)),
        (">=", true) if spaced => Ok(between(numbers.three(), numbers.bumped_three(last)?)),
        (">", true) => Ok(vec![(Comparator::GreaterOrEqual, numbers.bumped_three(last)?)]),
        ("<=", true) => Ok(vec![(Comparator::Less, numbers.bumped_three(last)?)]),
        (operator, _) => {
            let comparator = comparator(operator).ok_or("it has an unknown operator")?;
            Ok(vec![(comparator, numbers.three())])
        }
    }
}

/// `~1.2.3` keeps the minor version, `~1` the major one.
fn tilde(numbers: &Numbers<'_>) -> Terms {
    let place = (numbers.numbers.len() - 1).min(1);
    if !numbers.rest.starts_with('-') {
        return Ok(between(numbers.three(), numbers.bumped_three(place)?));
    }
    // A pre-release opens its own patch version to pre-releases, and the range to releases.
    let released = Numbers { numbers: numbers.numbers.clone(), rest: "" };
    let first_patch = numbers.numbers.get(2).is_none_or(|patch| *patch == 0);
    let end = if first_patch { released.three() } else { released.bumped_three(place)? };
    let mut terms: Vec<Term> = between(numbers.three(), released.bumped_three(2)?);
    terms.extend(between(released.three(), end));
    Ok(terms)
}

/// `^1.2.3` keeps the first number that is not zero.
fn caret(numbers: &Numbers<'_>) -> Terms {
    Ok(between(numbers.three(), numbers.bumped_three(numbers.first_counting().min(2))?))
}
