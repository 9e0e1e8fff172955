//! The figures and the verdict of a record: every number of floating point as a text.

use seawall_domain::evaluation::attempt::Class;
use seawall_domain::evaluation::battery::Battery;
use seawall_domain::evaluation::decision::{Decision, Look};
use seawall_domain::evaluation::determination::{Range, Reading, Table, Verdict};
use seawall_domain::evaluation::protocol::Domain;
use seawall_domain::evaluation::statistics::bootstrap::{Draws, WORK_MAX};
use seawall_domain::evaluation::statistics::bound::{Effective, Estimand, effective_for};
use seawall_domain::evaluation::statistics::budget::Point;
use seawall_domain::evaluation::statistics::design::{Design, Weighting};
use seawall_domain::evaluation::statistics::missing::worst_and_best;
use seawall_domain::evaluation::statistics::summary::{Horizons, Settings, Summary};
use seawall_domain::evaluation::statistics::{Alpha, Bounds, Undefined};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

use super::Sweep;

/// The level of error of every bound among the figures. It is a convention and no secret; the
/// verdict's own bounds are at the sealed levels.
pub const LEVEL: f64 = 0.05;

/// Draws of the bootstrap, where the battery is not too large for as many.
pub const DRAWS: u32 = 1_000;

/// The figures of a table: they need nothing that is sealed. `tokens` is the budget of an attempt,
/// `seed` that of the bootstrap.
pub fn figures(table: &Table, tokens: Option<u64>, seed: u64) -> Value {
    let of = |reading: Reading| of_battery(&table.battery(None, Look::Second, reading), seed);
    let mut classes: BTreeMap<Class, u64> = BTreeMap::new();
    for tried in table.tried() {
        *classes.entry(tried.class_in(Reading::Clean)).or_default() += 1;
    }
    let classes = classes.iter().map(|(class, count)| (class.word().to_owned(), json!(count)));
    let by_budget = match table.by_budget(tokens) {
        Ok((points, trend)) => {
            let point = |at: &Point| json!({"tokens": at.tokens, "share": text(at.share)});
            let points: Vec<Value> = points.iter().map(point).collect();
            json!({"points": points, "trend": Sweep::from(trend)})
        }
        Err(why) => undefined(why),
    };
    let as_scored = table.is_reviewed().then(|| of(Reading::Scored));
    let mut figures = json!({
        "classes": classes.collect::<Map<String, Value>>(),
        "tally": table.tally(),
        "by_budget": by_budget,
        "clean": of(Reading::Clean),
        "as_scored": as_scored,
    });
    let ranges = Alpha::new(LEVEL).map(|alpha| table.ranges(Reading::Clean, alpha));
    let ranges: Vec<Value> = ranges.unwrap_or_default().iter().map(range).collect();
    if let Some(figures) = figures.as_object_mut().filter(|_| !ranges.is_empty()) {
        figures.insert("ranges".to_owned(), json!(ranges));
    }
    figures
}

/// How far attempts came at a task of steps, and how often to the end.
fn range(range: &Range) -> Value {
    let (task, steps, attempts) = (range.task, range.steps, range.attempts);
    match &range.progress {
        Ok(progress) => json!({
            "task": task, "steps": steps, "attempts": attempts,
            "mean_fraction": text(progress.mean_fraction),
            "complete": text(progress.complete),
            "complete_bounds": ends(progress.complete_bounds),
            "survival": progress.survival.iter().map(|share| text(*share)).collect::<Vec<_>>(),
        }),
        Err(why) => {
            json!({"task": task, "steps": steps, "attempts": attempts, "progress": undefined(*why)})
        }
    }
}

/// What the rule found.
pub fn verdict(verdict: &Verdict) -> Value {
    let decision = |decision: &Decision| decided(decision, &verdict.parts);
    json!({
        "look": verdict.look,
        "rule": decision(&verdict.decision),
        "first_look": verdict.first.as_ref().map(decision),
        "as_scored": verdict.as_scored.as_ref().map(decision),
        "grade": verdict.grade,
        "lacking": verdict.lacking,
        "easy_share": verdict.easy_share.map(text),
    })
}

fn decided(decision: &Decision, parts: &[Option<Domain>]) -> Value {
    let found = decision.domains.iter().zip(parts).map(|(found, part)| {
        let name = part.map_or(json!("whole"), |domain| json!(domain));
        let bounds = found.bounds.map(ends);
        json!({
            "part": name, "outcome": found.outcome, "bounds": bounds, "reasons": found.reasons,
        })
    });
    json!({
        "outcome": decision.outcome,
        "alert": decision.alert,
        "next": decision.next,
        "parts": found.collect::<Vec<Value>>(),
    })
}

fn of_battery(battery: &Battery, seed: u64) -> Value {
    let most = WORK_MAX / (battery.tasks.len() as u64).max(1);
    let count = DRAWS.min(u32::try_from(most).unwrap_or(u32::MAX));
    let summary = Alpha::new(LEVEL).and_then(|alpha| {
        let draws = Draws { count, seed };
        let weighting = Weighting::Given;
        let fixed = Design::of(battery, weighting)
            .and_then(|design| effective_for(&design, alpha, Estimand::FixedBattery));
        Ok((Summary::of(battery, Settings { alpha, draws, weighting })?, fixed))
    });
    let (summary, fixed) = match summary {
        Ok(summary) => summary,
        Err(why) => return undefined(why),
    };
    let both = worst_and_best(battery).ok();
    json!({
        "level": text(LEVEL),
        "mean": text(summary.mean),
        "worst": both.map(|(worst, _)| text(worst)),
        "best": both.map(|(_, best)| text(best)),
        "tasks": summary.tasks,
        "families": summary.families,
        "stderr": known(summary.stderr_clt),
        "stderr_clustered": known(summary.stderr_clustered),
        "stderr_fixed_battery": known(summary.stderr_fixed_battery),
        "bound": summary.bound.map_or_else(undefined, effective),
        "bound_t": summary.bound_t.map_or_else(undefined, ends),
        "bound_fixed_battery": fixed.map_or_else(undefined, effective),
        "pass_at": summary.pass_at.into_iter().map(known).collect::<Vec<Value>>(),
        "pass_all": summary.pass_all.into_iter().map(known).collect::<Vec<Value>>(),
        "horizon": horizon(summary.horizon),
        "horizon_metr": horizon(summary.horizon_metr),
    })
}

fn horizon(found: Result<Horizons, Undefined>) -> Value {
    let found = match found {
        Ok(found) => found,
        Err(why) => return undefined(why),
    };
    let drawn = found.h50_drawn.map_or_else(undefined, |drawn| {
        json!({
            "lower": text(drawn.lower), "upper": text(drawn.upper),
            "defined": drawn.defined, "undefined": drawn.undefined,
        })
    });
    json!({
        "intercept": text(found.fit.curve.intercept),
        "slope_log2_minutes": text(found.fit.curve.slope),
        "h50_minutes": known(found.h50_minutes),
        "h80_minutes": known(found.h80_minutes),
        "stderr_log2_h50": known(found.fit.stderr_log2_h50),
        "drawn_h50": drawn,
    })
}

fn effective(bound: Effective) -> Value {
    json!({
        "n_eff": text(bound.n_eff),
        "lower": text(bound.bounds.lower), "upper": text(bound.bounds.upper),
    })
}

fn ends(bounds: Bounds) -> Value {
    json!({"lower": text(bounds.lower), "upper": text(bounds.upper)})
}

fn known(figure: Result<f64, Undefined>) -> Value {
    figure.map_or_else(undefined, |figure| json!(text(figure)))
}

fn undefined(why: Undefined) -> Value {
    json!({"undefined": why})
}

/// The fewest digits that read back as the same bits.
fn text(figure: f64) -> String {
    figure.to_string()
}
