//! Version specifiers of PyPI (PEP 440, "Version specifiers"), in the normal spelling of versions.

use super::bumps::{Numbers, joined};
use super::{Comparator, Terms, Written, any, between, comparator, scan};
use crate::version::canonical_pypi;

pub(super) fn terms(range: &str) -> Terms {
    let range = range.trim_start_matches('(').trim_end_matches(')');
    if range.trim().is_empty() {
        return Ok(vec![any()]);
    }
    let mut terms = Vec::new();
    let found = scan(range, |c| c == ',')?;
    let alone = found.len() == 1;
    for Written { operator, version, .. } in found {
        match (operator, version.strip_suffix(".*")) {
            ("==", Some(prefix)) => terms.extend(beginning(prefix)?),
            ("!=", Some(prefix)) if alone => {
                let [(_, first), (_, end)] =
                    <[_; 2]>::try_from(beginning(prefix)?).map_err(|_| "it has no two ends")?;
                terms.push((Comparator::Less, first));
                terms.push((Comparator::GreaterOrEqual, end));
            }
            (_, Some(_)) => return Err("`.*` stands behind another operator than `==`"),
            ("~=", None) => terms.extend(compatible(version)?),
            ("" | "=", None) => return Err("it has an unknown operator"),
            ("===", None) => terms.push((Comparator::Equal, version.to_owned())),
            (operator, None) => {
                let comparator = comparator(operator).ok_or("it has an unknown operator")?;
                let version = canonical_pypi(version).ok_or("a version is none of PEP 440")?;
                terms.push((comparator, version));
            }
        }
    }
    Ok(terms)
}

/// All versions that begin so, with their pre-releases and without those of the next.
fn beginning(prefix: &str) -> Terms {
    let numbers = Numbers::new(prefix)?;
    if !numbers.rest.is_empty() {
        return Err("`.*` stands behind something else than numbers");
    }
    let end = numbers.bumped(numbers.numbers.len() - 1)?;
    Ok(between(joined(&numbers.numbers) + ".dev0", end + ".dev0"))
}

/// `~=2.2` is `>=2.2, ==2.*`.
fn compatible(version: &str) -> Terms {
    let numbers = Numbers::new(version)?;
    let place = numbers.numbers.len().checked_sub(2).ok_or("`~=` needs two numbers")?;
    let first = canonical_pypi(version).ok_or("a version is none of PEP 440")?;
    Ok(between(first, numbers.bumped(place)? + ".dev0"))
}
