//! CVSS 4.0: the set of vectors a vector belongs to, and its place in that set (specification,
//! section 8).
//!
//! A vector's six equivalence classes (EQ) name its set, and the set has a score. Within the set
//! the score falls from that towards the next lower set's, by how far the vector stands from the
//! set's most severe one.

mod scores;

use super::vector::{Metric, Vector, optional, required};
use super::{CvssVersion, Nomenclature, Points, Score, Severity};
use scores::SCORES;

/// Losses, and how severe each is.
const LOSS: &[&str] = &["H", "L", "N"];

/// Requirements.
const REQUIREMENT: &[&str] = &["X", "H", "M", "L"];

/// Losses as modified, in the vulnerable system.
const MODIFIED: &[&str] = &["X", "H", "L", "N"];

/// Losses as modified, in subsequent systems, where people's safety counts too.
const MODIFIED_SAFETY: &[&str] = &["X", "S", "H", "L", "N"];

/// The metrics (sections 2 to 5), in the order of section 7.
pub(super) const METRICS: [Metric; 32] = [
    required("AV", &["N", "A", "L", "P"]),
    required("AC", &["L", "H"]),
    required("AT", &["N", "P"]),
    required("PR", &["N", "L", "H"]),
    required("UI", &["N", "P", "A"]),
    required("VC", LOSS),
    required("VI", LOSS),
    required("VA", LOSS),
    required("SC", LOSS),
    required("SI", LOSS),
    required("SA", LOSS),
    optional("E", &["X", "A", "P", "U"]),
    optional("CR", REQUIREMENT),
    optional("IR", REQUIREMENT),
    optional("AR", REQUIREMENT),
    optional("MAV", &["X", "N", "A", "L", "P"]),
    optional("MAC", &["X", "L", "H"]),
    optional("MAT", &["X", "N", "P"]),
    optional("MPR", &["X", "N", "L", "H"]),
    optional("MUI", &["X", "N", "P", "A"]),
    optional("MVC", MODIFIED),
    optional("MVI", MODIFIED),
    optional("MVA", MODIFIED),
    optional("MSC", MODIFIED),
    optional("MSI", MODIFIED_SAFETY),
    optional("MSA", MODIFIED_SAFETY),
    optional("S", &["X", "N", "P"]),
    optional("AU", &["X", "N", "Y"]),
    optional("R", &["X", "A", "U", "I"]),
    optional("V", &["X", "D", "C"]),
    optional("RE", &["X", "L", "M", "H"]),
    optional("U", &["X", "Clear", "Green", "Amber", "Red"]),
];

/// The environmental metrics.
const ENVIRONMENTAL: [&str; 14] =
    ["CR", "IR", "AR", "MAV", "MAC", "MAT", "MPR", "MUI", "MVC", "MVI", "MVA", "MSC", "MSI", "MSA"];

/// How severe each value of the metrics is, from zero on, the less severe the more.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Levels {
    /// Attack vector, privileges required, user interaction.
    reach: [u8; 3],
    /// Attack complexity, attack requirements.
    ease: [u8; 2],
    /// Losses in the vulnerable system, then the requirements for the same.
    losses: [u8; 6],
    /// Losses in subsequent systems; zero is safety.
    onward: [u8; 3],
    /// Exploit maturity.
    threat: u8,
}

/// The place of a value in the order of severity.
fn level(order: &[&str], value: &str) -> u8 {
    let place = order.iter().position(|known| *known == value).unwrap_or(0);
    u8::try_from(place).unwrap_or(0)
}

impl Levels {
    fn of(vector: &Vector) -> Levels {
        let effective =
            |name, modified, order: &[&str]| level(order, vector.modified(name, modified));
        // What is not defined counts as most severe, which is the first of each order.
        let stated = |name: &str, order: &[&str]| level(order, vector.value(name));
        let onward = &["S", "H", "L", "N"];
        let requirement = &["H", "M", "L"];
        Levels {
            reach: [
                effective("AV", "MAV", &["N", "A", "L", "P"]),
                effective("PR", "MPR", &["N", "L", "H"]),
                effective("UI", "MUI", &["N", "P", "A"]),
            ],
            ease: [effective("AC", "MAC", &["L", "H"]), effective("AT", "MAT", &["N", "P"])],
            losses: [
                effective("VC", "MVC", LOSS),
                effective("VI", "MVI", LOSS),
                effective("VA", "MVA", LOSS),
                stated("CR", requirement),
                stated("IR", requirement),
                stated("AR", requirement),
            ],
            onward: [
                effective("SC", "MSC", onward),
                effective("SI", "MSI", onward),
                effective("SA", "MSA", onward),
            ],
            threat: stated("E", &["A", "P", "U"]),
        }
    }

    /// Whether nothing is lost anywhere.
    fn is_harmless(&self) -> bool {
        let [confidentiality, integrity, availability, ..] = self.losses;
        [confidentiality, integrity, availability] == [2; 3] && self.onward == [3; 3]
    }

    /// The set (section 8.2, tables 24 to 29).
    fn set(&self) -> Set {
        let [vector, privileges, interaction] = self.reach;
        let eq1 = match self.reach {
            [0, 0, 0] => 0,
            [3, ..] => 2,
            _ if vector == 0 || privileges == 0 || interaction == 0 => 1,
            _ => 2,
        };
        let [vc, vi, va, cr, ir, ar] = self.losses;
        let wanted = (vc == 0 && cr == 0) || (vi == 0 && ir == 0) || (va == 0 && ar == 0);
        let eq36 = match (vc, vi, va) {
            (0, 0, _) if wanted => 0,
            (0, 0, _) => 1,
            (0, ..) | (_, 0, _) | (.., 0) if wanted => 2,
            (0, ..) | (_, 0, _) | (.., 0) => 3,
            _ => 4,
        };
        let [sc, si, sa] = self.onward;
        let eq4 = match () {
            () if si == 0 || sa == 0 => 0,
            () if sc == 1 || si == 1 || sa == 1 => 1,
            () => 2,
        };
        Set { eq1, eq2: u8::from(self.ease != [0, 0]), eq36, eq4, eq5: self.threat }
    }
}

/// A set of vectors, by its equivalence classes. EQ3 and EQ6 depend on each other and are one:
/// 00, 01, 10, 11 and 21 are 0 to 4.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Set {
    eq1: u8,
    eq2: u8,
    eq36: u8,
    eq4: u8,
    eq5: u8,
}

impl Set {
    /// The score of the set in tenths; none where there is no such set.
    fn points(self) -> Option<i64> {
        if self.eq1 > 2 || self.eq2 > 1 || self.eq36 > 4 || self.eq4 > 2 || self.eq5 > 2 {
            return None;
        }
        let row = (usize::from(self.eq1) * 2 + usize::from(self.eq2)) * 5 + usize::from(self.eq36);
        let column = usize::from(self.eq4) * 3 + usize::from(self.eq5);
        SCORES.get(row).and_then(|row| row.get(column)).map(|points| i64::from(*points))
    }

    /// The score of the next lower set by EQ3 and EQ6: of two that are next, the higher.
    fn below_by_losses(self) -> Option<i64> {
        let with = |eq36| Set { eq36, ..self }.points();
        match self.eq36 {
            0 => with(1).max(with(2)),
            1 | 2 => with(3),
            3 => with(4),
            _ => None,
        }
    }

    /// The six classes as digits.
    fn name(self) -> String {
        let (eq3, eq6) = match self.eq36 {
            0 => (0, 0),
            1 => (0, 1),
            2 => (1, 0),
            3 => (1, 1),
            _ => (2, 1),
        };
        format!("{}{}{eq3}{}{}{eq6}", self.eq1, self.eq2, self.eq4, self.eq5)
    }
}

/// The most severe vectors of a class, and how many steps the class is deep (tables 30 and 31).
type Peaks<const N: usize> = (&'static [[u8; N]], i64);

fn reach_peaks(eq1: u8) -> Peaks<3> {
    match eq1 {
        0 => (&[[0, 0, 0]], 1),
        1 => (&[[1, 0, 0], [0, 1, 0], [0, 0, 1]], 4),
        _ => (&[[3, 0, 0], [1, 1, 1]], 5),
    }
}

fn ease_peaks(eq2: u8) -> Peaks<2> {
    match eq2 {
        0 => (&[[0, 0]], 1),
        _ => (&[[1, 0], [0, 1]], 2),
    }
}

fn loss_peaks(eq36: u8) -> Peaks<6> {
    match eq36 {
        0 => (&[[0, 0, 0, 0, 0, 0]], 7),
        1 => (&[[0, 0, 1, 1, 1, 0], [0, 0, 0, 1, 1, 1]], 6),
        2 => (&[[1, 0, 0, 0, 0, 0], [0, 1, 0, 0, 0, 0]], 8),
        3 => (
            &[
                [1, 0, 1, 0, 1, 0],
                [1, 0, 0, 0, 1, 1],
                [0, 1, 0, 1, 0, 1],
                [0, 1, 1, 1, 0, 0],
                [1, 1, 0, 0, 0, 1],
            ],
            8,
        ),
        _ => (&[[1, 1, 1, 0, 0, 0]], 10),
    }
}

fn onward_peaks(eq4: u8) -> Peaks<3> {
    match eq4 {
        0 => (&[[1, 0, 0]], 6),
        1 => (&[[1, 1, 1]], 5),
        _ => (&[[2, 2, 2]], 4),
    }
}

/// How many steps the levels stand below the first peak that is nowhere below them.
fn steps<const N: usize>(levels: [u8; N], peaks: &[[u8; N]]) -> i64 {
    let below = |peak: &[u8; N]| {
        let pairs = levels.iter().zip(peak);
        pairs.map(|(level, top)| level.checked_sub(*top).map(i64::from)).sum::<Option<i64>>()
    };
    peaks.iter().find_map(below).unwrap_or(0)
}

/// A number that every depth of a class divides.
const DEPTHS: i64 = 840;

/// The score of a vector's place in its set.
fn points(levels: &Levels, set: Set) -> Points {
    let Some(top) = set.points() else {
        return Points(0);
    };
    let next = |set: Set| set.points();
    let below = [
        (next(Set { eq1: set.eq1 + 1, ..set }), fall(levels.reach, reach_peaks(set.eq1))),
        (next(Set { eq2: set.eq2 + 1, ..set }), fall(levels.ease, ease_peaks(set.eq2))),
        (set.below_by_losses(), fall(levels.losses, loss_peaks(set.eq36))),
        (next(Set { eq4: set.eq4 + 1, ..set }), fall(levels.onward, onward_peaks(set.eq4))),
        // All vectors of a class of threat are alike.
        (next(Set { eq5: set.eq5 + 1, ..set }), 0),
    ];
    let falls: Vec<i64> =
        below.into_iter().filter_map(|(below, fall)| Some((top - below?) * fall)).collect();
    let count = i64::try_from(falls.len()).unwrap_or(0).max(1);
    let whole = DEPTHS * count;
    let tenths = (top * whole - falls.iter().sum::<i64>()).max(0);
    let rounded = (2 * tenths + whole) / (2 * whole);
    Points(u8::try_from(rounded.min(100)).unwrap_or(0))
}

/// How far levels stand below their class's peak, in parts of [`DEPTHS`].
fn fall<const N: usize>(levels: [u8; N], (peaks, depth): Peaks<N>) -> i64 {
    steps(levels, peaks) * (DEPTHS / depth)
}

/// The score of a vector.
pub(super) fn score(vector: &Vector) -> Score {
    let levels = Levels::of(vector);
    let set = levels.set();
    let base = if levels.is_harmless() { Points(0) } else { points(&levels, set) };
    let nomenclature = match (vector.defines(&["E"]), vector.defines(&ENVIRONMENTAL)) {
        (false, false) => Nomenclature::Base,
        (true, false) => Nomenclature::BaseThreat,
        (false, true) => Nomenclature::BaseEnvironmental,
        (true, true) => Nomenclature::BaseThreatEnvironmental,
    };
    Score {
        version: CvssVersion::V4,
        base,
        temporal: None,
        environmental: None,
        severity: Severity::of(CvssVersion::V4, base),
        nomenclature: Some(nomenclature),
        macrovector: Some(set.name()),
    }
}
