//! The picture of a battery's figures: what was observed, and nothing that is sealed.

use seawall_domain::evaluation::attempt::{Attempt, Evidence};
use seawall_domain::evaluation::battery::{Battery, Task};
use seawall_domain::evaluation::statistics::budget::{Outcome, Spent, curve};
use seawall_domain::evaluation::statistics::design::{Design, Weighting};
use seawall_domain::evaluation::statistics::summary::{Settings, Summary};
use seawall_formats::plot::{Fit, POINTS_MAX, Picture};

/// What is drawn of a battery.
pub(super) fn picture(
    title: String,
    battery: &Battery,
    attempts: &[Attempt],
    summary: &Summary,
    settings: Settings,
) -> Picture {
    let fit = summary.horizon.ok().map(|found| Fit {
        intercept: found.fit.curve.intercept,
        slope: found.fit.curve.slope,
        half: found.h50_minutes.ok(),
        half_interval: found.h50_drawn.ok().map(|drawn| (drawn.lower, drawn.upper)),
    });
    let level = 100.0 * (1.0 - 2.0 * settings.alpha.level());
    Picture {
        title,
        budget: by_budget(attempts),
        tasks: by_minutes(battery),
        fit,
        score: summary.mean,
        interval: summary.bound.ok().map(|bound| (bound.bounds.lower, bound.bounds.upper)),
        level: format!("{level:.0} %"),
    }
}

/// The share of observed attempts that had passed within so many tokens, wherever it rises.
fn by_budget(attempts: &[Attempt]) -> Vec<(f64, f64)> {
    let spent: Vec<Spent> = attempts
        .iter()
        .filter(|attempt| attempt.class.evidence() != Evidence::Nothing)
        .map(|attempt| Spent {
            outcome: match attempt.class.evidence() {
                Evidence::Success => Outcome::Passed,
                Evidence::Failure | Evidence::Refusal | Evidence::Nothing => Outcome::Failed,
            },
            tokens: attempt.tokens,
        })
        .collect();
    let mut budgets: Vec<u64> = spent.iter().map(|one| one.tokens).collect();
    budgets.sort_unstable();
    budgets.dedup();
    // Thinned evenly where there are many, and the last one stays.
    let step = budgets.len().div_ceil(POINTS_MAX - 1).max(1);
    let thinned: Vec<u64> =
        budgets.iter().copied().step_by(step).chain(budgets.last().copied()).collect();
    let points = curve(&spent, &thinned).unwrap_or_default();
    points.into_iter().map(|point| (point.tokens as f64, point.share)).collect()
}

fn by_minutes(battery: &Battery) -> Vec<(f64, f64)> {
    let point = |task: &Task| {
        let alone = Battery { tasks: vec![task.clone()] };
        let design = Design::of(&alone, Weighting::Given).ok()?;
        Some((task.minutes?, design.rows().first()?.rate()))
    };
    battery.tasks.iter().filter_map(point).collect()
}
