//! CVSS 2.0: "A Complete Guide to the Common Vulnerability Scoring System", section 3.2.

use super::decimal::Decimal;
use super::vector::{Metric, Vector, optional, required};
use super::{CvssVersion, Score, Severity};

/// Requirements for confidentiality, integrity and availability.
const REQUIREMENTS: &[&str] = &["L", "M", "H", "ND"];

/// The metrics (section 2).
pub(super) const METRICS: [Metric; 14] = [
    required("AV", &["L", "A", "N"]),
    required("AC", &["H", "M", "L"]),
    required("Au", &["M", "S", "N"]),
    required("C", &["N", "P", "C"]),
    required("I", &["N", "P", "C"]),
    required("A", &["N", "P", "C"]),
    optional("E", &["U", "POC", "F", "H", "ND"]),
    optional("RL", &["OF", "TF", "W", "U", "ND"]),
    optional("RC", &["UC", "UR", "C", "ND"]),
    optional("CDP", &["N", "L", "LM", "MH", "H", "ND"]),
    optional("TD", &["N", "L", "M", "H", "ND"]),
    optional("CR", REQUIREMENTS),
    optional("IR", REQUIREMENTS),
    optional("AR", REQUIREMENTS),
];

/// The weight of a value in ten-thousandths; what is not defined weighs one, damage nothing.
fn weight(metric: &str, value: &str) -> Decimal {
    Decimal::parts(match (metric, value) {
        ("AV", "L") => 3_950,
        ("AV", "A") => 6_460,
        ("AC", "H") => 3_500,
        ("AC", "M") => 6_100,
        ("AC", "L") => 7_100,
        ("Au", "M") => 4_500,
        ("Au", "S") => 5_600,
        ("Au", "N") => 7_040,
        ("C" | "I" | "A", "N") => 0,
        ("C" | "I" | "A", "P") => 2_750,
        ("C" | "I" | "A", "C") => 6_600,
        ("E", "U") => 8_500,
        ("E", "POC") => 9_000,
        ("E", "F") => 9_500,
        ("RL", "OF") => 8_700,
        ("RL", "TF") => 9_000,
        ("RL", "W") => 9_500,
        ("RC", "UC") => 9_000,
        ("RC", "UR") => 9_500,
        ("CDP", "L") => 1_000,
        ("CDP", "LM") => 3_000,
        ("CDP", "MH") => 4_000,
        ("CDP", "H") => 5_000,
        ("CDP", _) => 0,
        ("TD", "N") => 0,
        ("TD", "L") => 2_500,
        ("TD", "M") => 7_500,
        ("CR" | "IR" | "AR", "L") => 5_000,
        ("CR" | "IR" | "AR", "H") => 15_100,
        _ => 10_000,
    })
}

/// The scores of a vector.
pub(super) fn score(vector: &Vector) -> Score {
    let weigh = |name: &str| weight(name, vector.value(name));
    let base = base(vector, impact([weigh("C"), weigh("I"), weigh("A")]));
    let temporal = vector.defines(&["E", "RL", "RC"]).then(|| temporal(vector, base));
    let environmental = vector.defines(&["CDP", "TD", "CR", "IR", "AR"]).then(|| {
        let adjusted = [("C", "CR"), ("I", "IR"), ("A", "AR")];
        let adjusted = impact(adjusted.map(|(loss, need)| weigh(loss) * weigh(need)));
        let adjusted = self::base(vector, adjusted.min(Decimal::parts(100_000)));
        let adjusted = Decimal::of(self::temporal(vector, adjusted));
        let damage = (Decimal::parts(100_000) - adjusted) * weigh("CDP");
        ((adjusted + damage) * weigh("TD")).nearest()
    });
    Score {
        version: CvssVersion::V2,
        base,
        temporal,
        environmental,
        severity: Severity::of(CvssVersion::V2, base),
        nomenclature: None,
        macrovector: None,
    }
}

/// The impact of three losses.
fn impact(losses: [Decimal; 3]) -> Decimal {
    let kept = losses.into_iter().fold(Decimal::ONE, |kept, loss| kept * loss.rest());
    Decimal::parts(104_100) * kept.rest()
}

/// The base score of an impact.
fn base(vector: &Vector, impact: Decimal) -> super::Points {
    if impact == Decimal::ZERO {
        return Decimal::ZERO.nearest();
    }
    let weigh = |name: &str| weight(name, vector.value(name));
    // 20 times the three weights, of which four tenths count.
    let ease = Decimal::parts(80_000) * weigh("AV") * weigh("AC") * weigh("Au");
    let sum = Decimal::parts(6_000) * impact + ease - Decimal::parts(15_000);
    (sum * Decimal::parts(11_760)).nearest()
}

/// The temporal score of a base score.
fn temporal(vector: &Vector, base: super::Points) -> super::Points {
    let weigh = |name: &str| weight(name, vector.value(name));
    (Decimal::of(base) * weigh("E") * weigh("RL") * weigh("RC")).nearest()
}
