//! Affected ranges in vers notation: `vers:pypi/>=0.4.0|<0.4.2`.
//!
//! Several intervals stand in one range, as the vers specification has it: its comparators
//! alternate along the version order. An interval of everything makes the whole range `*`.

use seawall_domain::package::Version;
use seawall_domain::range::Interval;

/// Writes intervals, in version order, as one range of a purl type.
pub(super) fn write(kind: &str, intervals: &[Interval]) -> String {
    let mut parts = Vec::new();
    for interval in intervals {
        let from = interval.introduced.as_ref().map(|version| bound(">=", version));
        let until = match (&interval.fixed, &interval.last_affected) {
            (Some(version), _) => Some(bound("<", version)),
            (None, Some(version)) => Some(bound("<=", version)),
            (None, None) => None,
        };
        if from.is_none() && until.is_none() {
            return format!("vers:{kind}/*");
        }
        parts.extend(from.into_iter().chain(until));
    }
    match parts.is_empty() {
        true => format!("vers:{kind}/*"),
        false => format!("vers:{kind}/{}", parts.join("|")),
    }
}

fn bound(comparator: &str, version: &Version) -> String {
    let mut text = comparator.to_owned();
    for byte in version.0.bytes() {
        match byte {
            byte if byte.is_ascii_alphanumeric() || b".-_~:".contains(&byte) => {
                text.push(char::from(byte));
            }
            byte => text.push_str(&format!("%{byte:02X}")),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(intervals: &[(&str, &str, &str)], expected: &str) {
        let version = |text: &str| Some(Version::from(text)).filter(|_| !text.is_empty());
        let intervals = intervals.iter().map(|(introduced, fixed, last)| Interval {
            introduced: version(introduced),
            fixed: version(fixed),
            last_affected: version(last),
        });
        let intervals: Vec<_> = intervals.collect();
        assert_eq!(write("cargo", &intervals), expected);
    }

    #[test]
    fn intervals_become_alternating_bounds() {
        check(&[("0.4.0", "0.4.2", "")], "vers:cargo/>=0.4.0|<0.4.2");
        check(
            &[("0.1.4", "1.1.9", ""), ("1.1.10", "1.1.14", "")],
            "vers:cargo/>=0.1.4|<1.1.9|>=1.1.10|<1.1.14",
        );
        check(&[("", "1.3.6", "")], "vers:cargo/<1.3.6");
        check(&[("1", "", "")], "vers:cargo/>=1");
        check(&[("1", "", "1.5")], "vers:cargo/>=1|<=1.5");
        check(&[("", "", "")], "vers:cargo/*");
        check(&[], "vers:cargo/*");
        check(&[("", "1:2+deb12u1|x", "")], "vers:cargo/<1:2%2Bdeb12u1%7Cx");
    }
}
