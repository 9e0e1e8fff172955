//! Version ranges in VERS notation, such as `vers:npm/>=1.0.0|<1.3.6` (package-url/vers-spec,
//! "Core specification" and "How to parse and validate VERS").
//!
//! [`Range::parse`] is strict: the standard wants every other spelling refused. [`Range::read`]
//! takes what people write, and puts it in order. Neither asks whether a version exists.

mod native;
#[cfg(test)]
mod tests;
mod text;

pub use self::native::{NATIVE_BYTES_MAX, from_native};
pub(crate) use self::text::written;

use crate::version::{Key, Scheme, canonical_nuget, quoted, same_release};
use std::cmp::Ordering;
use std::fmt;

/// The longest range that is read, in bytes: some ten thousand versions, more than any package has.
pub const RANGE_BYTES_MAX: usize = 1 << 20;

/// Why a text is not a range, or cannot become one.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Fault {
    /// It has not the shape of a range.
    #[error("cannot read `{}` as VERS: {reason}", quoted(text))]
    Syntax {
        /// The range.
        text: String,
        /// What is wrong.
        reason: &'static str,
    },
    /// It is not spelt as the standard wants it.
    #[error("non-canonical VERS: {0}")]
    NonCanonical(&'static str),
    /// No rule is known for the versions of this type.
    #[error("cannot order versions of unknown VERS type `{}`", quoted(.0))]
    UnknownType(String),
    /// The type does not allow such a version.
    #[error("cannot read `{}` as a version of VERS type `{vers_type}`", quoted(text))]
    Version {
        /// The version.
        text: String,
        /// The type.
        vers_type: String,
    },
    /// A range in the words of an ecosystem that cannot be read or has no counterpart in VERS.
    #[error("cannot read `{}` as a range of `{vers_type}`: {reason}", quoted(text))]
    Native {
        /// The range.
        text: String,
        /// The type.
        vers_type: String,
        /// What is wrong.
        reason: &'static str,
    },
}

/// How a constraint compares.
// INVARIANT: the variants stand in the order in which constraints on one version are sorted.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Comparator {
    /// Any version (`*`).
    Any,
    /// All but this version.
    NotEqual,
    /// Older versions.
    Less,
    /// This version and older ones.
    LessOrEqual,
    /// This version.
    Equal,
    /// Newer versions.
    Greater,
    /// This version and newer ones.
    GreaterOrEqual,
}

impl Comparator {
    /// The characters of the comparator; `=` is not written in a range.
    pub fn symbol(self) -> &'static str {
        match self {
            Comparator::Any => "*",
            Comparator::NotEqual => "!=",
            Comparator::Less => "<",
            Comparator::LessOrEqual => "<=",
            Comparator::Equal => "=",
            Comparator::Greater => ">",
            Comparator::GreaterOrEqual => ">=",
        }
    }

    fn is_upper(self) -> bool {
        matches!(self, Comparator::Less | Comparator::LessOrEqual)
    }

    fn is_lower(self) -> bool {
        matches!(self, Comparator::Greater | Comparator::GreaterOrEqual)
    }
}

/// One constraint of a range.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Constraint {
    comparator: Comparator,
    version: String,
    key: Key,
}

impl Constraint {
    /// How it compares.
    pub fn comparator(&self) -> Comparator {
        self.comparator
    }

    /// The version, decoded; empty for `*`.
    pub fn version(&self) -> &str {
        &self.version
    }
}

/// A range: a type and constraints, sorted by version.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Range {
    vers_type: String,
    scheme: Scheme,
    constraints: Vec<Constraint>,
}

/// The type of the range that holds no version.
const NONE: &str = "none";

impl Range {
    /// Reads a range that is spelt as the standard wants it.
    ///
    /// # Errors
    ///
    /// Everything else, with the rule that it breaks; a type without known order.
    pub fn parse(text: &str) -> Result<Range, Fault> {
        let range = text::strict(text)?;
        range.check_order()?;
        range.check_sequence()?;
        Ok(range)
    }

    /// Reads a range however it is spelt: with spaces, in any order, with redundant constraints.
    /// [`Display`](fmt::Display) writes it in order; [`Range::simplified`] drops what is redundant.
    ///
    /// # Errors
    ///
    /// A text without the shape of a range, or a type without known order.
    pub fn read(text: &str) -> Result<Range, Fault> {
        let mut range = text::lenient(text)?;
        range.sort();
        Ok(range)
    }

    /// Builds a range from its parts, in any order; equal constraints count once.
    ///
    /// # Errors
    ///
    /// A type without known order; a version that the type does not allow.
    pub fn build(vers_type: &str, parts: Vec<(Comparator, String)>) -> Result<Range, Fault> {
        let scheme = scheme(vers_type)?;
        let constraints: Vec<Constraint> = parts
            .into_iter()
            .map(|(comparator, version)| {
                let key = Key::by(scheme, &version);
                Constraint { comparator, version, key }
            })
            .collect();
        let unread = |it: &&Constraint| it.comparator != Comparator::Any && !it.key.is_read();
        if scheme == Scheme::DateTime
            && let Some(unread) = constraints.iter().find(unread)
        {
            let (text, vers_type) = (unread.version.clone(), vers_type.to_owned());
            return Err(Fault::Version { text, vers_type });
        }
        let mut range = Range { vers_type: vers_type.to_owned(), scheme, constraints };
        range.sort();
        range.constraints.dedup_by(|b, a| (a.comparator, &a.key) == (b.comparator, &b.key));
        Ok(range)
    }

    /// The type, such as `npm`.
    pub fn vers_type(&self) -> &str {
        &self.vers_type
    }

    /// The constraints, sorted by version.
    pub fn constraints(&self) -> &[Constraint] {
        &self.constraints
    }

    /// Tells whether a version lies in the range ("Checking if a version is contained within a
    /// range"). Redundant constraints count as if [`Range::simplified`] had dropped them.
    pub fn contains(&self, version: &str) -> bool {
        if self.vers_type == NONE {
            return false;
        }
        let key = Key::by(self.scheme, version);
        let order = |constraint: &Constraint| order(self.scheme, (version, &key), constraint);
        let equals = |constraint: &&Constraint| order(constraint).is_eq();
        let mut equal = self.constraints.iter().filter(equals).map(|found| found.comparator);
        let mut inside = false;
        for comparator in equal.by_ref() {
            match comparator {
                Comparator::NotEqual => return false,
                Comparator::Equal | Comparator::LessOrEqual | Comparator::GreaterOrEqual => {
                    inside = true;
                }
                Comparator::Any | Comparator::Less | Comparator::Greater => {}
            }
        }
        inside || self.is_between(order)
    }

    /// Tells whether a version, given by its order towards each constraint, lies in one of the
    /// intervals. A second lower bound in a row is redundant, and so is a first upper one.
    fn is_between(&self, order: impl Fn(&Constraint) -> Ordering) -> bool {
        let mut above = true;
        let mut below = None;
        let mut bounds = 0;
        let mut picked = false;
        for constraint in &self.constraints {
            match constraint.comparator {
                Comparator::Any => return true,
                Comparator::Equal => picked = true,
                Comparator::NotEqual => {}
                Comparator::Less | Comparator::LessOrEqual => {
                    below = Some(order(constraint).is_lt());
                    bounds += 1;
                }
                Comparator::Greater | Comparator::GreaterOrEqual => {
                    if above && below == Some(true) {
                        return true;
                    }
                    if bounds == 0 || below.is_some() {
                        above = order(constraint).is_gt();
                        below = None;
                    }
                    bounds += 1;
                }
            }
        }
        // Nothing but exclusions holds everything else.
        if bounds == 0 { !picked } else { above && below.unwrap_or(true) }
    }

    /// The range without redundant constraints ("Constraints simplification").
    pub fn simplified(&self) -> Range {
        let mut kept: Vec<Constraint> = Vec::new();
        let mut unequal = Vec::new();
        for constraint in self.constraints.iter().cloned() {
            let comparator = constraint.comparator;
            if comparator == Comparator::NotEqual {
                unequal.push(constraint);
                continue;
            }
            if comparator.is_upper() {
                while kept.last().is_some_and(|last| !last.comparator.is_lower()) {
                    kept.pop();
                }
            }
            match kept.last_mut() {
                Some(last) if last.comparator.is_lower() && !comparator.is_upper() => {
                    // Of two bounds at one version the wider one counts.
                    if comparator == Comparator::GreaterOrEqual && last.key == constraint.key {
                        *last = constraint;
                    }
                }
                Some(_) | None => kept.push(constraint),
            }
        }
        kept.extend(unequal);
        let mut range = Range { constraints: kept, ..self.clone() };
        range.sort();
        range.constraints.dedup_by(|b, a| (a.comparator, &a.key) == (b.comparator, &b.key));
        range
    }

    fn sort(&mut self) {
        self.constraints.sort_by(|a, b| (&a.key, a.comparator).cmp(&(&b.key, b.comparator)));
    }

    /// "Constraints are sorted by version" and "versions are unique".
    fn check_order(&self) -> Result<(), Fault> {
        for pair in self.constraints.windows(2) {
            match pair[0].key.cmp(&pair[1].key) {
                Ordering::Less => {}
                Ordering::Equal => return Err(Fault::NonCanonical("duplicate version")),
                Ordering::Greater => {
                    return Err(Fault::NonCanonical("constraints are not sorted by version"));
                }
            }
        }
        Ok(())
    }

    /// The rules for the comparators of contiguous constraints.
    fn check_sequence(&self) -> Result<(), Fault> {
        let compare = self.constraints.iter().map(|constraint| constraint.comparator);
        let counted: Vec<Comparator> =
            compare.filter(|comparator| *comparator != Comparator::NotEqual).collect();
        for pair in counted.windows(2) {
            if pair[0] == Comparator::Equal && pair[1].is_upper() {
                return Err(Fault::NonCanonical("`=` is followed by `<` or `<=`"));
            }
        }
        let bounds: Vec<bool> = counted
            .iter()
            .filter(|comparator| **comparator != Comparator::Equal)
            .map(|comparator| comparator.is_upper())
            .collect();
        match bounds.windows(2).any(|pair| pair[0] == pair[1]) {
            true => Err(Fault::NonCanonical("lower and upper bounds do not alternate")),
            false => Ok(()),
        }
    }
}

impl fmt::Display for Range {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let constraints = self.constraints.iter();
        let parts = constraints.map(|it| (it.comparator, it.version.as_str()));
        f.write_str(&text::written(&self.vers_type, parts))
    }
}

/// The rule of a VERS type. `all` and `none` hold `*` only, so any rule will do.
fn scheme(vers_type: &str) -> Result<Scheme, Fault> {
    let special = matches!(vers_type, "all" | NONE).then_some(Scheme::Natural);
    let known = special.or_else(|| Scheme::named(vers_type));
    known.ok_or_else(|| Fault::UnknownType(vers_type.to_owned()))
}

/// The order of a version towards that of a constraint.
fn order(scheme: Scheme, (version, key): (&str, &Key), constraint: &Constraint) -> Ordering {
    if scheme == Scheme::Alpm {
        let (version, other) = same_release(version, &constraint.version);
        return Key::by(scheme, version).cmp(&Key::by(scheme, other));
    }
    key.cmp(&constraint.key)
}

/// Sorts versions by the rule of a VERS type, oldest first, each in the spelling of its type.
/// Equal ones keep their order.
///
/// # Errors
///
/// A type without known order.
pub fn sort(vers_type: &str, versions: &[String]) -> Result<Vec<String>, Fault> {
    let scheme = scheme(vers_type)?;
    let spelt = |version: &String| {
        let canonical = (scheme == Scheme::NuGet).then(|| canonical_nuget(version)).flatten();
        canonical.unwrap_or_else(|| version.clone())
    };
    let mut sorted: Vec<String> = versions.iter().map(spelt).collect();
    sorted.sort_by_cached_key(|version| Key::by(scheme, version));
    Ok(sorted)
}

/// Tells whether two versions are equal by the rule of a VERS type.
///
/// # Errors
///
/// A type without known order.
pub fn equal(vers_type: &str, left: &str, right: &str) -> Result<bool, Fault> {
    let scheme = scheme(vers_type)?;
    let (left, right) =
        if scheme == Scheme::Alpm { same_release(left, right) } else { (left, right) };
    Ok(Key::by(scheme, left) == Key::by(scheme, right))
}
