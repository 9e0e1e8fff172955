//! The text of a vector against the metrics of its version.

use crate::fault::quote;

/// A metric of one version: its name, its values, and whether a vector must have it.
#[derive(Debug)]
pub(super) struct Metric {
    pub name: &'static str,
    pub values: &'static [&'static str],
    pub need: Need,
}

/// Whether a vector must have a metric.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Need {
    Required,
    Optional,
}

/// A metric that every vector has.
pub(super) const fn required(name: &'static str, values: &'static [&'static str]) -> Metric {
    Metric { name, values, need: Need::Required }
}

/// A metric that a vector may leave out.
pub(super) const fn optional(name: &'static str, values: &'static [&'static str]) -> Metric {
    Metric { name, values, need: Need::Optional }
}

/// The largest number of metrics that a version has.
const METRICS_LEN_MAX: usize = 32;

/// A vector as read: one value or none for each metric of its version.
#[derive(Debug)]
pub(super) struct Vector {
    metrics: &'static [Metric],
    values: [Option<&'static str>; METRICS_LEN_MAX],
}

impl Vector {
    /// Reads metrics that are separated by `/`; each stands there once at most.
    pub(super) fn read(metrics: &'static [Metric], text: &str) -> Result<Vector, String> {
        let mut vector = Vector { metrics, values: [None; METRICS_LEN_MAX] };
        for part in text.split('/') {
            let Some((name, value)) = part.split_once(':') else {
                return Err("a metric is not written `name:value`".to_owned());
            };
            let Some((metric, slot)) = vector.slot(name) else {
                return Err(format!("{} is no metric of this version", quote(name)));
            };
            let Some(value) = metric.values.iter().find(|known| **known == value) else {
                let value = quote(value);
                return Err(format!("the metric `{}` has no value {value}", metric.name));
            };
            if slot.replace(*value).is_some() {
                return Err(format!("the metric `{}` stands there twice", metric.name));
            }
        }
        for (metric, value) in metrics.iter().zip(&vector.values) {
            if metric.need == Need::Required && value.is_none() {
                return Err(format!("the metric `{}` is missing", metric.name));
            }
        }
        Ok(vector)
    }

    fn slot(&mut self, name: &str) -> Option<(&'static Metric, &mut Option<&'static str>)> {
        self.metrics.iter().zip(&mut self.values).find(|(metric, _)| metric.name == name)
    }

    /// The value of a metric; `X` where it is left out or not defined (`ND`).
    pub(super) fn value(&self, name: &str) -> &'static str {
        let found = self.metrics.iter().zip(&self.values).find(|(metric, _)| metric.name == name);
        match found.and_then(|(_, value)| *value) {
            None | Some("ND") => "X",
            Some(value) => value,
        }
    }

    /// The value of a metric, unless its modified form, `M` before its name, is defined.
    pub(super) fn modified(&self, name: &'static str, modified: &str) -> &'static str {
        match self.value(modified) {
            "X" => self.value(name),
            value => value,
        }
    }

    /// Whether one of these metrics is defined.
    pub(super) fn defines(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.value(name) != "X")
    }
}
