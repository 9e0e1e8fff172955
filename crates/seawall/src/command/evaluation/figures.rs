//! The figures of a battery as a document.

use seawall_domain::evaluation::battery::{Battery, Task};
use seawall_domain::evaluation::statistics::bootstrap::{Drawn, Draws};
use seawall_domain::evaluation::statistics::horizon::Method;
use seawall_domain::evaluation::statistics::missing::worst_and_best;
use seawall_domain::evaluation::statistics::summary::{Horizons, Settings, Summary};
use seawall_domain::evaluation::statistics::{Bounds, Undefined};
use serde_json::{Map, Value, json};

/// The lines of the figures for people: what they are called, and where they stand.
const LINES: [(&str, &[&str]); 17] = [
    ("score", &["/mean"]),
    ("with unknown attempts failed, passed", &["/worst", "/best"]),
    ("standard error, tasks independent", &["/stderr_clt"]),
    ("standard error, clustered by family", &["/stderr_clustered"]),
    ("bounds", &["/bound/lower", "/bound/upper"]),
    ("effective tasks", &["/bound/n_eff"]),
    ("secondary bounds", &["/bound_t/lower", "/bound_t/upper"]),
    (
        "one of 1, 2, 4, 8 attempts passes",
        &["/pass_at/1", "/pass_at/2", "/pass_at/4", "/pass_at/8"],
    ),
    ("each does", &["/pass_all/1", "/pass_all/2", "/pass_all/4", "/pass_all/8"]),
    ("horizon: half passed, minutes", &["/horizon/h50_minutes"]),
    ("  bootstrap interval", &["/horizon/bootstrap_h50/0", "/horizon/bootstrap_h50/1"]),
    ("  standard error of its log2", &["/horizon/se_log2_h50_clustered"]),
    ("  four fifths passed, minutes", &["/horizon/h80_minutes"]),
    ("METR's: half passed, minutes", &["/horizon_metr/h50_minutes"]),
    ("  bootstrap interval", &["/horizon_metr/bootstrap_h50/0", "/horizon_metr/bootstrap_h50/1"]),
    ("  standard error of its log2", &["/horizon_metr/se_log2_h50_clustered"]),
    ("  four fifths passed, minutes", &["/horizon_metr/h80_minutes"]),
];

/// The figures as lines for people.
pub(super) fn text(document: &Value) -> String {
    let count = |name: &str| document.get(name).and_then(Value::as_u64).unwrap_or_default();
    let [tasks, families, attempts] = ["tasks", "families", "attempts"].map(count);
    let [refused, unknown] = ["refused", "unknown"].map(count);
    let alpha = document.get("alpha").and_then(Value::as_f64).unwrap_or_default();
    let mut said = format!(
        "{tasks} tasks in {families} families, {attempts} attempts, of them {refused} refused and \
         {unknown} of unknown outcome; each bound at {alpha}\n\n"
    );
    for (name, places) in LINES {
        let figure = |place: &&str| match document.pointer(place).and_then(Value::as_f64) {
            Some(figure) => format!("{figure:>11.4}"),
            None => format!("{:>11}", "-"),
        };
        let line = format!("{name:<38}{}", places.iter().map(figure).collect::<String>());
        said += line.trim_end();
        said.push('\n');
    }
    for place in ["/horizon/undefined", "/horizon_metr/undefined"] {
        if let Some(why) = document.pointer(place).and_then(Value::as_str) {
            said +=
                &format!("\n{} not defined: {why}", place.split('/').nth(1).unwrap_or_default());
        }
    }
    said.push('\n');
    said
}

/// The figures; what is not defined is null, and where that is a whole fit it says why.
pub(super) fn document(battery: &Battery, summary: &Summary, settings: Settings) -> Value {
    let sum = |count: fn(&Task) -> u32| -> u64 {
        battery.tasks.iter().map(|task| u64::from(count(task))).sum()
    };
    let ends_unknown = worst_and_best(battery).ok();
    let bound = summary.bound.ok().map(|bound| {
        json!({
            "n_eff": bound.n_eff, "lower": bound.bounds.lower, "upper": bound.bounds.upper,
        })
    });
    json!({
        "mean": summary.mean,
        "tasks": summary.tasks,
        "families": summary.families,
        "attempts": sum(|task| task.attempts),
        "refused": sum(|task| task.refused),
        "unknown": sum(|task| task.unknown),
        "worst": ends_unknown.map(|(worst, _)| worst),
        "best": ends_unknown.map(|(_, best)| best),
        "alpha": settings.alpha.level(),
        "stderr_clt": summary.stderr_clt.ok(),
        "stderr_clustered": summary.stderr_clustered.ok(),
        "stderr_fixed_battery": summary.stderr_fixed_battery.ok(),
        "bound_t": summary.bound_t.ok().map(ends),
        "bound": bound,
        "pass_at": by_k(&summary.pass_at),
        "pass_all": by_k(&summary.pass_all),
        "horizon": horizon(summary.horizon, Method::Likelihood, settings.draws),
        "horizon_metr": horizon(summary.horizon_metr, Method::Metr, settings.draws),
    })
}

fn ends(bounds: Bounds) -> Value {
    json!({"lower": bounds.lower, "upper": bounds.upper})
}

fn by_k(figures: &[Result<f64, Undefined>]) -> Value {
    let entry = |(k, figure): (u32, &Result<f64, Undefined>)| (k.to_string(), json!(figure.ok()));
    Value::Object((1..).zip(figures).map(entry).collect::<Map<String, Value>>())
}

fn horizon(found: Result<Horizons, Undefined>, method: Method, draws: Draws) -> Value {
    let mut said = match found {
        Ok(found) => fitted(found, draws),
        Err(why) => json!({"undefined": why.to_string()}),
    };
    match method {
        Method::Likelihood => {}
        Method::Metr => said["regularization"] = json!(method.regularization()),
    }
    said
}

fn fitted(found: Horizons, draws: Draws) -> Value {
    let outside = |minutes: Result<f64, Undefined>| {
        minutes.ok().map(|minutes| found.fit.is_extrapolated(minutes))
    };
    let interval = |drawn: Drawn| json!([drawn.lower, drawn.upper]);
    let mut said = json!({
        "intercept": found.fit.curve.intercept,
        "slope_log2_minutes": found.fit.curve.slope,
        "h50_minutes": found.h50_minutes.ok(),
        "h80_minutes": found.h80_minutes.ok(),
        "h50_extrapolated": outside(found.h50_minutes),
        "h80_extrapolated": outside(found.h80_minutes),
        "se_log2_h50_clustered": found.fit.stderr_log2_h50.ok(),
        "bootstrap_h50": found.h50_drawn.ok().map(interval),
        "bootstrap_draws": draws.count,
        "bootstrap_seed": draws.seed,
        "bootstrap_undefined": found.h50_drawn.ok().map(|drawn| drawn.undefined),
        "tasks": found.fit.tasks,
        "minutes": [found.fit.minutes.0, found.fit.minutes.1],
    });
    if let Err(why) = found.h50_minutes {
        said["undefined"] = json!(why.to_string());
    }
    said
}
