//! The conditions under which a battery was run, and whether two runs can be compared.
//!
//! Two results say something about each other only if everything that decides what is measured was
//! the same: model snapshot, scaffold, budgets, sampling, attempts, sandbox, grader (FRONTIER 2.4).
//! Whatever else differs is told, and does not stand in the way.

use serde::Serialize;
use std::collections::BTreeMap;

/// Whether a condition decides what is measured.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Weight {
    /// Runs that differ in it are not comparable.
    Binding,
    /// A difference is told only.
    Noted,
}

/// One condition.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Condition {
    /// Its value as canonical JSON, or the digest of that where it is long.
    pub value: String,
    /// Whether it decides what is measured.
    pub weight: Weight,
}

/// The conditions of a run by name; what is not set is absent.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Conditions {
    /// The conditions.
    pub fields: BTreeMap<String, Condition>,
}

/// A condition in which two runs differ.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Difference {
    /// Its name.
    pub field: String,
    /// Its values in the two runs; none where it is not set.
    pub values: [Option<String>; 2],
}

/// What comparing two runs shows.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Comparison {
    /// Binding conditions that differ, by name.
    pub differ: Vec<Difference>,
    /// Others that differ, by name.
    pub noted: Vec<Difference>,
}

impl Conditions {
    /// Sets a condition; `null` means that it is not set.
    pub fn set(&mut self, name: impl Into<String>, value: impl Into<String>, weight: Weight) {
        let (name, value) = (name.into(), value.into());
        if value == "null" {
            self.fields.remove(&name);
        } else {
            self.fields.insert(name, Condition { value, weight });
        }
    }

    /// Compares two runs.
    pub fn compare(&self, other: &Conditions) -> Comparison {
        let mut comparison = Comparison::default();
        let mut names: Vec<&String> = self.fields.keys().chain(other.fields.keys()).collect();
        names.sort();
        names.dedup();
        for name in names {
            let both = [self.fields.get(name), other.fields.get(name)];
            let values = both.map(|one| one.map(|condition| condition.value.clone()));
            if values[0] == values[1] {
                continue;
            }
            let binds = both.into_iter().flatten().any(|one| one.weight == Weight::Binding);
            let list = if binds { &mut comparison.differ } else { &mut comparison.noted };
            list.push(Difference { field: name.clone(), values });
        }
        comparison
    }
}

impl Comparison {
    /// Whether the two runs can be compared.
    pub fn is_comparable(&self) -> bool {
        self.differ.is_empty()
    }

    /// What it shows, in one line: `comparable`, or `not comparable: token_limit, …`.
    pub fn verdict(&self) -> String {
        if self.is_comparable() {
            return "comparable".to_owned();
        }
        let fields: Vec<&str> = self.differ.iter().map(|one| one.field.as_str()).collect();
        format!("not comparable: {}", fields.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conditions(fields: &[(&str, &str, Weight)]) -> Conditions {
        let mut conditions = Conditions::default();
        fields.iter().for_each(|(name, value, weight)| conditions.set(*name, *value, *weight));
        conditions
    }

    #[test]
    fn runs_are_compared_by_what_binds() {
        use Weight::{Binding, Noted};
        let base = [("model", "\"m\"", Binding), ("packages", "{}", Noted)];
        let check = |more: &[(&str, &str, Weight)], verdict: &str, noted: usize| {
            let other = conditions(&[&base[..], more].concat());
            let found = conditions(&base).compare(&other);
            assert_eq!((found.verdict().as_str(), found.noted.len()), (verdict, noted));
            assert_eq!(other.compare(&conditions(&base)).verdict(), verdict);
        };
        check(&[], "comparable", 0);
        check(&[("token_limit", "5", Binding)], "not comparable: token_limit", 0);
        check(&[("token_limit", "null", Binding)], "comparable", 0);
        check(&[("packages", "{\"a\":1}", Noted)], "comparable", 1);
        let both = [("model", "\"n\"", Binding), ("epochs", "2", Binding)];
        check(&both, "not comparable: epochs, model", 0);
    }
}
