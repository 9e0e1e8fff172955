//! What of a record is drawn: success by budget and by human minutes, and the score's interval.
//!
//! Nothing sealed is in it; but an interval beside a threshold that somebody knows or guesses is a
//! margin, so a picture is for those who may read the record.

use super::Body;
use crate::plot::{Fit, POINTS_MAX, Picture};
use seawall_domain::evaluation::battery::{Battery, Task};
use seawall_domain::evaluation::decision::Look;
use seawall_domain::evaluation::determination::{Reading, Table};
use seawall_domain::evaluation::run::Placing;
use seawall_domain::evaluation::statistics::design::{Design, Weighting};
use serde_json::Value;

impl Body {
    /// The table that it holds.
    pub fn table(&self) -> Table {
        let place =
            |log: &super::LogEntry| Placing { battery: log.battery as usize, look: log.look };
        Table {
            domains: self.batteries.clone(),
            places: self.logs.iter().map(place).collect(),
            rows: self.tasks.clone(),
        }
    }

    /// The picture of its figures, as it counts: without what was confirmed to be cheated. What it
    /// does not say, or says in another shape, is not drawn.
    pub fn picture(&self) -> Picture {
        let clean = &self.figures["clean"];
        let points = self.figures["by_budget"]["points"].as_array();
        let point =
            |point: &Value| Some((point["tokens"].as_u64()? as f64, number(&point["share"])?));
        let level = number(&clean["level"]).map(|level| 100.0 * (1.0 - 2.0 * level));
        Picture {
            title: self.model.name.clone(),
            budget: points.into_iter().flatten().filter_map(point).take(POINTS_MAX).collect(),
            tasks: by_minutes(&self.table()),
            fit: fit(&clean["horizon"]),
            score: number(&clean["mean"]).unwrap_or(f64::NAN),
            interval: ends(&clean["bound"]),
            level: level.map(|level| format!("{level:.0} %")).unwrap_or_default(),
        }
    }
}

/// The share of each task that has a length, shortest first.
fn by_minutes(table: &Table) -> Vec<(f64, f64)> {
    let point = |task: &Task| {
        let alone = Battery { tasks: vec![task.clone()] };
        let design = Design::of(&alone, Weighting::Given).ok()?;
        Some((task.minutes?, design.rows().first()?.rate()))
    };
    let battery = table.battery(None, Look::Second, Reading::Clean);
    let mut points: Vec<(f64, f64)> = battery.tasks.iter().filter_map(point).collect();
    points.sort_by(|one, other| one.0.total_cmp(&other.0).then(one.1.total_cmp(&other.1)));
    points
}

fn fit(horizon: &Value) -> Option<Fit> {
    Some(Fit {
        intercept: number(&horizon["intercept"])?,
        slope: number(&horizon["slope_log2_minutes"])?,
        half: number(&horizon["h50_minutes"]),
        half_interval: ends(&horizon["drawn_h50"]),
    })
}

fn ends(bound: &Value) -> Option<(f64, f64)> {
    Some((number(&bound["lower"])?, number(&bound["upper"])?))
}

/// A figure of a record.
fn number(text: &Value) -> Option<f64> {
    text.as_str()?.parse().ok().filter(|number: &f64| number.is_finite())
}
