//! Ranges of Conan (its documentation, "Version ranges"). A trailing hyphen, as in `<2-`, keeps
//! the pre-releases of the end outside.

use super::bumps::Numbers;
use super::{Comparator, Terms, between, comparator};

/// The oldest version, from which on every version lies in `*`.
const FIRST: &str = "0.0.0";

/// Options behind a comma (`include_prerelease`) say nothing about the order of versions. An empty
/// range has no comparison.
pub(super) fn terms(range: &str) -> Terms {
    let range = range.trim_start_matches('[').trim_end_matches(']');
    let expression = range.split(',').next().unwrap_or_default();
    let mut terms = Vec::new();
    for part in expression.split("||").flat_map(str::split_whitespace) {
        let part = part.strip_suffix('-').unwrap_or(part);
        terms.extend(one(part)?);
    }
    Ok(terms)
}

fn one(part: &str) -> Terms {
    if matches!(part, "" | "*") {
        return Ok(vec![(Comparator::GreaterOrEqual, FIRST.to_owned())]);
    }
    let end = part.find(|c| !"<>=!~^".contains(c)).ok_or("a comparison has no version")?;
    let (operator, version) = part.split_at(end);
    match operator {
        "~" => {
            let numbers = Numbers::new(version)?;
            Ok(between(version, numbers.bumped(1)? + "-"))
        }
        "^" => {
            let numbers = Numbers::new(version)?;
            Ok(between(version, numbers.bumped(numbers.first_counting())? + "-"))
        }
        operator => {
            let comparator = comparator(operator).ok_or("it has an unknown operator")?;
            Ok(vec![(comparator, version.to_owned())])
        }
    }
}
