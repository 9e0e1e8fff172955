//! Ranges in brackets: Maven ("Version ranges" of the enforcer) and NuGet ("Package versioning").

use super::{Comparator, Terms, any, comparator, lists};
use crate::version::canonical_nuget;

/// A bare version is the oldest that will do.
pub(super) fn terms(vers_type: &str, range: &str) -> Terms {
    let mut terms = if range.starts_with(['[', '(']) {
        intervals(range)?
    } else if range.starts_with(['<', '>', '=', '!', '~', '^']) {
        lists::comparisons(range)?
    } else if range.is_empty() || range.contains(['*', ',']) {
        return Err("it is neither a version nor an interval");
    } else {
        vec![(Comparator::GreaterOrEqual, range.to_owned())]
    };
    if vers_type == "nuget" {
        for (_, version) in &mut terms {
            if let Some(canonical) = canonical_nuget(version) {
                *version = canonical;
            }
        }
    }
    Ok(terms)
}

fn intervals(range: &str) -> Terms {
    let mut terms = Vec::new();
    let compact: String = range.chars().filter(|c| !c.is_whitespace()).collect();
    let mut rest = compact.as_str();
    while !rest.is_empty() {
        let inside = rest.strip_prefix(['[', '(']).ok_or("an interval does not begin")?;
        let end = inside.find([']', ')']).ok_or("an interval does not end")?;
        let (inside, after) = inside.split_at(end);
        terms.extend(interval(rest.starts_with('['), inside, after.starts_with(']'))?);
        rest = after[1..].trim_start_matches(',');
    }
    Ok(terms)
}

fn interval(lower_inside: bool, inside: &str, upper_inside: bool) -> Terms {
    let Some((lower, upper)) = inside.split_once(',') else {
        return match lower_inside && upper_inside && !inside.is_empty() {
            true => Ok(vec![(Comparator::Equal, inside.to_owned())]),
            false => Err("a single version stands in square brackets"),
        };
    };
    if upper.contains(',') {
        return Err("an interval has two ends");
    }
    if lower == upper {
        return Ok(vec![match lower {
            "" => any(),
            _ => (Comparator::Equal, lower.to_owned()),
        }]);
    }
    let ends = [
        (if lower_inside { ">=" } else { ">" }, lower),
        (if upper_inside { "<=" } else { "<" }, upper),
    ];
    let ends = ends.into_iter().filter(|(_, version)| !version.is_empty());
    Ok(ends.filter_map(|(sign, version)| Some((comparator(sign)?, version.to_owned()))).collect())
}
