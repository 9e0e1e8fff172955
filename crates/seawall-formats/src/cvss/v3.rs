//! CVSS 3.0 (specification, section 8) and 3.1 (section 7 and appendix A).

use super::decimal::Decimal;
use super::vector::{Metric, Vector, optional, required};
use super::{CvssVersion, Points, Score, Severity};

/// Requirements for confidentiality, integrity and availability.
const REQUIREMENTS: &[&str] = &["X", "L", "M", "H"];

/// What is lost of them, as modified.
const MODIFIED: &[&str] = &["X", "N", "L", "H"];

/// The metrics, the same in both versions.
pub(super) const METRICS: [Metric; 22] = [
    required("AV", &["N", "A", "L", "P"]),
    required("AC", &["L", "H"]),
    required("PR", &["N", "L", "H"]),
    required("UI", &["N", "R"]),
    required("S", &["U", "C"]),
    required("C", &["N", "L", "H"]),
    required("I", &["N", "L", "H"]),
    required("A", &["N", "L", "H"]),
    optional("E", &["X", "U", "P", "F", "H"]),
    optional("RL", &["X", "O", "T", "W", "U"]),
    optional("RC", &["X", "U", "R", "C"]),
    optional("CR", REQUIREMENTS),
    optional("IR", REQUIREMENTS),
    optional("AR", REQUIREMENTS),
    optional("MAV", &["X", "N", "A", "L", "P"]),
    optional("MAC", &["X", "L", "H"]),
    optional("MPR", &["X", "N", "L", "H"]),
    optional("MUI", &["X", "N", "R"]),
    optional("MS", &["X", "U", "C"]),
    optional("MC", MODIFIED),
    optional("MI", MODIFIED),
    optional("MA", MODIFIED),
];

/// The environmental metrics.
const ENVIRONMENTAL: [&str; 11] =
    ["CR", "IR", "AR", "MAV", "MAC", "MPR", "MUI", "MS", "MC", "MI", "MA"];

/// The last number of the version.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(super) enum Minor {
    /// 3.0.
    Zero,
    /// 3.1.
    One,
}

/// Whether the effect stays within the authority that holds the flaw (metric `S`).
#[derive(Clone, Copy, Eq, PartialEq)]
enum Scope {
    Unchanged,
    Changed,
}

fn scope(value: &str) -> Scope {
    if value == "C" { Scope::Changed } else { Scope::Unchanged }
}

/// The weight of a value in ten-thousandths; what is not defined weighs one.
fn weight(metric: &str, value: &str, scope: Scope) -> Decimal {
    Decimal::parts(match (metric, value) {
        ("AV", "N") => 8_500,
        ("AV", "A") => 6_200,
        ("AV", "L") => 5_500,
        ("AV", "P") => 2_000,
        ("AC", "L") => 7_700,
        ("AC", "H") => 4_400,
        ("PR" | "UI", "N") => 8_500,
        ("PR", "L") if scope == Scope::Changed => 6_800,
        ("PR", "H") if scope == Scope::Changed => 5_000,
        ("PR", "L") => 6_200,
        ("PR", "H") => 2_700,
        ("UI", "R") => 6_200,
        ("C" | "I" | "A", "H") => 5_600,
        ("C" | "I" | "A", "L") => 2_200,
        ("C" | "I" | "A", "N") => 0,
        ("E", "U") => 9_100,
        ("E", "P") => 9_400,
        ("E", "F") => 9_700,
        ("RL", "O") => 9_500,
        ("RL", "T") => 9_600,
        ("RL", "W") => 9_700,
        ("RC", "U") => 9_200,
        ("RC", "R") => 9_600,
        ("CR" | "IR" | "AR", "L") => 5_000,
        ("CR" | "IR" | "AR", "H") => 15_000,
        _ => 10_000,
    })
}

/// The scores of a vector.
pub(super) fn score(vector: &Vector, minor: Minor) -> Score {
    let base = base(vector, minor);
    let temporal = temporal(vector, base, minor);
    let environmental = vector
        .defines(&ENVIRONMENTAL)
        .then(|| self::temporal(vector, modified(vector, minor), minor));
    let version = match minor {
        Minor::Zero => CvssVersion::V30,
        Minor::One => CvssVersion::V31,
    };
    Score {
        version,
        base,
        temporal: Some(temporal),
        environmental,
        severity: Severity::of(version, base),
        nomenclature: None,
        macrovector: None,
    }
}

fn base(vector: &Vector, minor: Minor) -> Points {
    let scope = scope(vector.value("S"));
    let weigh = |name: &str| weight(name, vector.value(name), scope);
    let losses = [weigh("C"), weigh("I"), weigh("A")];
    let loss = losses.into_iter().fold(Decimal::ONE, |kept, loss| kept * loss.rest()).rest();
    let impact = match scope {
        Scope::Unchanged => Decimal::parts(64_200) * loss,
        Scope::Changed => changed(loss, (loss - Decimal::parts(200)).power(15)),
    };
    let ease = ["AV", "AC", "PR", "UI"].map(weigh);
    together(impact, ease, scope, minor)
}

/// The environmental score before temporal metrics (3.1: "Modified" formulas).
fn modified(vector: &Vector, minor: Minor) -> Points {
    let scope = scope(vector.modified("S", "MS"));
    let weigh =
        |name: &'static str, modified: &str| weight(name, vector.modified(name, modified), scope);
    let need = |name: &str| weight(name, vector.value(name), scope);
    let losses = [("C", "MC", "CR"), ("I", "MI", "IR"), ("A", "MA", "AR")];
    let losses = losses.map(|(loss, modified, wanted)| weigh(loss, modified) * need(wanted));
    let loss = losses.into_iter().fold(Decimal::ONE, |kept, loss| kept * loss.rest()).rest();
    let loss = loss.min(Decimal::parts(9_150));
    let impact = match (scope, minor) {
        (Scope::Unchanged, _) => Decimal::parts(64_200) * loss,
        (Scope::Changed, Minor::Zero) => changed(loss, (loss - Decimal::parts(200)).power(15)),
        (Scope::Changed, Minor::One) => {
            changed(loss, (loss * Decimal::parts(9_731) - Decimal::parts(200)).power(13))
        }
    };
    let ease = [("AV", "MAV"), ("AC", "MAC"), ("PR", "MPR"), ("UI", "MUI")];
    together(impact, ease.map(|(name, modified)| weigh(name, modified)), scope, minor)
}

/// The impact in a changed scope.
fn changed(loss: Decimal, less: Decimal) -> Decimal {
    Decimal::parts(75_200) * (loss - Decimal::parts(290)) - Decimal::parts(32_500) * less
}

/// The score of impact and ease of exploiting.
fn together(impact: Decimal, ease: [Decimal; 4], scope: Scope, minor: Minor) -> Points {
    if impact <= Decimal::ZERO {
        return Decimal::ZERO.nearest();
    }
    let ease = ease.into_iter().fold(Decimal::parts(82_200), |product, weight| product * weight);
    let sum = match scope {
        Scope::Unchanged => impact + ease,
        Scope::Changed => Decimal::parts(10_800) * (impact + ease),
    };
    upwards(sum.min(Decimal::parts(100_000)), minor)
}

fn temporal(vector: &Vector, base: Points, minor: Minor) -> Points {
    let weigh = |name: &str| weight(name, vector.value(name), Scope::Unchanged);
    upwards(Decimal::of(base) * weigh("E") * weigh("RL") * weigh("RC"), minor)
}

fn upwards(number: Decimal, minor: Minor) -> Points {
    match minor {
        Minor::Zero => number.upwards(),
        Minor::One => number.upwards_of_five(),
    }
}
