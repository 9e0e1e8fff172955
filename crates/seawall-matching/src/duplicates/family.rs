//! Families of weaknesses: classes of the CWE list that two people choose for one flaw.

use seawall_domain::claim::Cwe;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A family of weakness classes.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Family {
    /// Work or memory that grows out of proportion to the input.
    Complexity,
    /// Leaving a directory by a path or a link.
    Path,
    /// Reading or writing outside a buffer.
    MemoryBounds,
    /// Using memory after it was given back, or giving it back twice.
    MemoryLifetime,
    /// Numbers that wrap around or are cut.
    Arithmetic,
    /// Changing the prototype or other attributes of objects.
    Prototype,
    /// Commands, code or queries made from input.
    Injection,
    /// Script or markup in a page.
    Script,
    /// Objects made from untrusted bytes.
    Deserialization,
    /// Who may do what.
    Authorization,
    /// Proving who one is, and keeping secrets.
    Authentication,
    /// Making the server ask another one, or follow a reference.
    Request,
    /// A class so broad that it says nothing (such as CWE-20); it goes with every family.
    General,
    /// A class by itself.
    Alone(Cwe),
}

const MEMBERS: [(Family, &[u32]); 13] = [
    (Family::Complexity, &[185, 400, 405, 407, 409, 674, 730, 770, 834, 835, 1050, 1176, 1333]),
    (Family::Path, &[22, 23, 24, 25, 26, 27, 29, 35, 36, 41, 59, 61, 62, 64, 65, 73, 706]),
    (
        Family::MemoryBounds,
        &[
            118, 119, 120, 121, 122, 123, 124, 125, 126, 127, 129, 130, 131, 193, 466, 680, 786,
            787, 788, 805, 806, 823, 824,
        ],
    ),
    (Family::MemoryLifetime, &[415, 416, 590, 672, 761, 762, 763, 825, 826]),
    (Family::Arithmetic, &[190, 191, 192, 194, 195, 196, 197, 681, 682]),
    (Family::Prototype, &[471, 913, 915, 1321]),
    (Family::Injection, &[74, 77, 78, 88, 89, 90, 91, 94, 95, 96, 917, 943, 1336]),
    (Family::Script, &[79, 80, 83, 87, 116, 692]),
    (Family::Deserialization, &[502]),
    (Family::Authorization, &[269, 276, 284, 285, 639, 732, 862, 863, 1220]),
    (Family::Authentication, &[287, 288, 290, 294, 295, 303, 304, 306, 307, 521, 522, 798]),
    (Family::Request, &[352, 441, 601, 610, 611, 776, 918]),
    (Family::General, &[20, 664, 684, 691, 693, 697, 703, 707, 710, 754, 1284, 1286]),
];

impl Family {
    /// The family of a class.
    pub fn of(weakness: Cwe) -> Self {
        let found = MEMBERS.iter().find(|(_, members)| members.contains(&weakness.0));
        found.map_or(Family::Alone(weakness), |(family, _)| *family)
    }

    /// The family that two classes share, if they do; a general class shares every family.
    pub(super) fn shared(a: Cwe, b: Cwe) -> Option<Self> {
        match (Family::of(a), Family::of(b)) {
            (Family::General, family) | (family, Family::General) => Some(family),
            (a, b) => (a == b).then_some(a),
        }
    }
}

impl fmt::Display for Family {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Family::Complexity => "algorithmic complexity",
            Family::Path => "path and link",
            Family::MemoryBounds => "memory bounds",
            Family::MemoryLifetime => "memory lifetime",
            Family::Arithmetic => "arithmetic",
            Family::Prototype => "prototype pollution",
            Family::Injection => "injection",
            Family::Script => "script in a page",
            Family::Deserialization => "deserialization",
            Family::Authorization => "authorization",
            Family::Authentication => "authentication",
            Family::Request => "request forgery and references",
            Family::General => "unspecific",
            Family::Alone(weakness) => return weakness.fmt(f),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    fn check(a: u32, b: u32, expected: Option<Family>) {
        assert_eq!(Family::shared(Cwe(a), Cwe(b)), expected, "{a} {b}");
        assert_eq!(Family::shared(Cwe(b), Cwe(a)), expected, "{b} {a}");
    }

    #[test]
    fn siblings_share_a_family() {
        check(400, 1333, Some(Family::Complexity));
        check(400, 407, Some(Family::Complexity));
        check(22, 59, Some(Family::Path));
        check(61, 59, Some(Family::Path));
        check(120, 787, Some(Family::MemoryBounds));
        check(125, 122, Some(Family::MemoryBounds));
        check(1321, 915, Some(Family::Prototype));
        check(1321, 20, Some(Family::Prototype));
        check(20, 20, Some(Family::General));
        check(476, 476, Some(Family::Alone(Cwe(476))));
        check(400, 787, None);
        check(416, 787, None);
        check(476, 617, None);
    }

    #[test]
    fn no_class_is_in_two_families() {
        let mut seen = BTreeSet::new();
        for (family, members) in MEMBERS {
            assert!(members.is_sorted(), "{family}");
            for member in members {
                assert!(seen.insert(*member), "{member} of {family}");
            }
        }
    }
}
