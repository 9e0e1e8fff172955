//! What was measured, beside the bars: a table for people, one JSON document for programs.

use serde_json::{Value, json};

/// A bar, and which side of it is good.
#[derive(Clone, Copy, Debug)]
pub enum Bar {
    AtMost(f64),
    AtLeast(f64),
    /// Nothing is asked: the figure stands for comparison.
    None,
}

impl Bar {
    fn is_met(self, value: f64) -> Option<bool> {
        match self {
            Bar::AtMost(bar) => Some(value <= bar),
            Bar::AtLeast(bar) => Some(value >= bar),
            Bar::None => None,
        }
    }
}

/// The lines of a report.
#[derive(Default)]
pub struct Report {
    lines: Vec<Value>,
}

impl Report {
    /// A figure with its unit, its bar, and what stands behind it.
    pub fn add(&mut self, name: &str, value: f64, unit: &str, bar: Bar, detail: Value) {
        let asked = match bar {
            Bar::AtMost(bar) => format!("<= {}", shown(bar)),
            Bar::AtLeast(bar) => format!(">= {}", shown(bar)),
            Bar::None => String::new(),
        };
        let verdict = match bar.is_met(value) {
            Some(true) => "met",
            Some(false) => "not met",
            None => "",
        };
        println!("{name:<46} {:>12} {unit:<14} {asked:>14} {verdict}", shown(value));
        self.lines.push(json!({
            "name": name, "value": value, "unit": unit, "bar": asked, "met": bar.is_met(value),
            "detail": detail,
        }));
    }

    /// Something that could not be measured, by name.
    pub fn skip(&mut self, name: &str, why: &str) {
        println!("{name:<46} {:>12} {why}", "-");
        self.lines.push(json!({ "name": name, "skipped": why }));
    }

    /// A headline of the table.
    pub fn part(&self, title: &str) {
        println!("\n{title}");
    }

    pub fn json(self) -> Value {
        Value::Array(self.lines)
    }
}

/// A number with as many digits as say something.
fn shown(value: f64) -> String {
    match value.abs() {
        size if size >= 1e6 => format!("{:.2} M", value / 1e6),
        size if size >= 1e4 => format!("{:.1} k", value / 1e3),
        size if size >= 100.0 => format!("{value:.0}"),
        size if size >= 10.0 => format!("{value:.1}"),
        _ => format!("{value:.3}"),
    }
}
