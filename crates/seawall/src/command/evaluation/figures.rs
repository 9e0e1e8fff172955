//! The figures of a battery as a document.

use seawall_domain::evaluation::statistics::bootstrap::{Drawn, Draws};
use seawall_domain::evaluation::statistics::horizon::Method;
use seawall_domain::evaluation::statistics::summary::{Horizons, Settings, Summary};
use seawall_domain::evaluation::statistics::{Bounds, Undefined};
use serde_json::{Map, Value, json};

/// The figures; what is not defined is null, and where that is a whole fit it says why.
pub(super) fn document(summary: &Summary, settings: Settings) -> Value {
    let bound = summary.bound.ok().map(|bound| {
        json!({
            "n_eff": bound.n_eff, "lower": bound.bounds.lower, "upper": bound.bounds.upper,
        })
    });
    json!({
        "mean": summary.mean,
        "tasks": summary.tasks,
        "families": summary.families,
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
