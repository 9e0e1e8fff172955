//! What a scorer gave for an attempt, and what it counts as.
//!
//! Inspect's scorers give `C`, `I`, `P` and `N` (1, 0, 0.5 and 0), numbers, truth values, lists,
//! and several named values at once. A value that is not a number (NaN) means "not scored": it is
//! neither 0 nor absent.

use super::word::Word;

/// One simple value.
#[derive(Clone, Debug, PartialEq)]
pub enum Scalar {
    /// Nothing.
    Null,
    /// A number; NaN means that there is no score, and it may be infinite.
    Number(f64),
    /// True or false.
    Flag(bool),
    /// A text.
    Text(Word),
}

impl Scalar {
    /// The number that it stands for; none where it stands for none, or for none that is finite.
    pub fn number(&self) -> Option<f64> {
        match self {
            Scalar::Null => None,
            Scalar::Number(number) => Some(*number),
            Scalar::Flag(flag) => Some(f64::from(u8::from(*flag))),
            Scalar::Text(text) => number_of(text),
        }
        .filter(|number| number.is_finite())
    }

    /// The number that Inspect takes it for: whatever it cannot read counts as 0 there.
    pub fn harness_number(&self) -> f64 {
        match self {
            Scalar::Number(number) => *number,
            Scalar::Null | Scalar::Flag(_) | Scalar::Text(_) => self.number().unwrap_or(0.0),
        }
    }

    /// Whether it says that there is no score.
    pub fn is_unscored(&self) -> bool {
        matches!(self, Scalar::Number(number) if number.is_nan())
    }

    /// Whether two places of a log say the same; older logs write NaN as nothing.
    pub fn agrees(&self, other: &Scalar) -> bool {
        let empty = |one: &Scalar| one.is_unscored() || *one == Scalar::Null;
        self == other || (empty(self) && empty(other))
    }

    /// Whether Inspect counts them as one and the same vote: `1`, `1.0` and `true` are.
    pub fn is_same_vote(&self, other: &Scalar) -> bool {
        match (self, other) {
            (Scalar::Text(one), Scalar::Text(other)) => one == other,
            (Scalar::Null, Scalar::Null) => true,
            (Scalar::Number(_) | Scalar::Flag(_), Scalar::Number(_) | Scalar::Flag(_)) => {
                self.harness_number() == other.harness_number()
            }
            (
                Scalar::Null | Scalar::Number(_) | Scalar::Flag(_) | Scalar::Text(_),
                Scalar::Null | Scalar::Number(_) | Scalar::Flag(_) | Scalar::Text(_),
            ) => false,
        }
    }
}

/// The letters, then the words, then a number in figures.
fn number_of(text: &str) -> Option<f64> {
    match text {
        "C" => return Some(1.0),
        "P" => return Some(0.5),
        "I" | "N" => return Some(0.0),
        _ => {}
    }
    match text.to_lowercase().as_str() {
        "yes" | "true" => Some(1.0),
        "no" | "false" => Some(0.0),
        figures => figures.trim().parse().ok(),
    }
}

/// What a scorer gave.
#[derive(Clone, Debug, PartialEq)]
pub enum Given {
    /// One value.
    One(Scalar),
    /// A list of values, which count as no number.
    List(Vec<Scalar>),
    /// Several values by name, in the log's order; each is a score of its own.
    Named(Vec<(Word, Scalar)>),
}

impl Given {
    /// The value of a column: the one value, or the one by its name.
    pub fn part(&self, key: Option<&str>) -> Option<&Scalar> {
        match (self, key) {
            (Given::One(value), None) => Some(value),
            (Given::Named(parts), Some(key)) => {
                parts.iter().find(|(name, _)| **name == *key).map(|(_, value)| value)
            }
            // Not scored as a whole is not scored in each part.
            (Given::One(value), Some(_)) if value.is_unscored() => Some(value),
            (Given::One(_), Some(_)) | (Given::Named(_), None) | (Given::List(_), _) => None,
        }
    }

    /// Whether it says as a whole that there is no score.
    pub fn is_unscored(&self) -> bool {
        match self {
            Given::One(value) => value.is_unscored(),
            Given::List(_) | Given::Named(_) => false,
        }
    }

    /// Whether two places of a log say the same; the order of names does not matter.
    pub fn agrees(&self, other: &Given) -> bool {
        match (self, other) {
            (Given::One(one), Given::One(other)) => one.agrees(other),
            (Given::List(one), Given::List(other)) => {
                one.len() == other.len() && one.iter().zip(other).all(|(a, b)| a.agrees(b))
            }
            (Given::Named(one), Given::Named(_)) => {
                let alike = |(name, value): &(Word, Scalar)| {
                    other.part(Some(name)).is_some_and(|there| there.agrees(value))
                };
                one.len() == other.parts() && one.iter().all(alike)
            }
            (Given::One(_) | Given::List(_) | Given::Named(_), _) => false,
        }
    }

    fn parts(&self) -> usize {
        match self {
            Given::One(_) => 1,
            Given::List(items) => items.len(),
            Given::Named(parts) => parts.len(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Scalar {
        Scalar::Text(text.into())
    }

    #[test]
    fn values_count_as_the_harness_counts_them() {
        let check = |value: Scalar, ours: Option<f64>, harness: f64| {
            assert_eq!((value.number(), value.harness_number()), (ours, harness), "{value:?}");
        };
        check(text("C"), Some(1.0), 1.0);
        check(text("P"), Some(0.5), 0.5);
        check(text("I"), Some(0.0), 0.0);
        check(text("N"), Some(0.0), 0.0);
        check(text("Yes"), Some(1.0), 1.0);
        check(text("FALSE"), Some(0.0), 0.0);
        check(text(" 2.5e1"), Some(25.0), 25.0);
        check(text("c"), None, 0.0);
        check(text("nan"), None, 0.0);
        check(text("inf"), None, 0.0);
        check(Scalar::Flag(true), Some(1.0), 1.0);
        check(Scalar::Number(0.25), Some(0.25), 0.25);
        check(Scalar::Number(f64::INFINITY), None, f64::INFINITY);
        check(Scalar::Null, None, 0.0);
        assert_eq!(Scalar::Number(f64::NAN).number(), None);
        assert!(Scalar::Number(f64::NAN).harness_number().is_nan());
    }

    #[test]
    fn not_scored_is_the_same_wherever_it_stands() {
        let nan = Scalar::Number(f64::NAN);
        let named = |parts: &[(&str, Scalar)]| {
            let parts = parts.iter().map(|(name, value)| ((*name).into(), value.clone()));
            Given::Named(parts.collect())
        };
        let (one, two) = (Scalar::Number(1.0), Scalar::Number(2.0));
        let check = |a: &Given, b: &Given, same: bool| assert_eq!(a.agrees(b), same, "{a:?} {b:?}");
        check(&Given::One(nan.clone()), &Given::One(Scalar::Null), true);
        check(&Given::One(nan.clone()), &Given::One(Scalar::Number(0.0)), false);
        let a = named(&[("a", one.clone()), ("b", nan.clone())]);
        check(&a, &named(&[("b", Scalar::Null), ("a", one.clone())]), true);
        check(&a, &named(&[("a", two.clone()), ("b", nan.clone())]), false);
        check(&a, &named(&[("a", one.clone())]), false);
        check(&a, &Given::One(one.clone()), false);
        check(&Given::List(vec![one.clone()]), &Given::List(vec![one.clone()]), true);
        check(&Given::List(vec![one.clone()]), &Given::List(vec![]), false);
        assert_eq!(a.part(Some("a")), Some(&one));
        assert!(Given::One(nan).part(Some("a")).is_some_and(Scalar::is_unscored));
        assert_eq!(Given::One(two).part(Some("a")), None);
        assert!(one.is_same_vote(&Scalar::Flag(true)) && !one.is_same_vote(&text("1")));
    }
}
