//! What holds for every input: order, range, monotony, and an end.

use super::alpha;
use crate::evaluation::attempt::TaskId;
use crate::evaluation::battery::{Battery, Task};
use crate::evaluation::statistics::bootstrap::Draws;
use crate::evaluation::statistics::bound::{Towards, effective, largest_error, probability};
use crate::evaluation::statistics::clustered::score;
use crate::evaluation::statistics::design::{Design, Weighting};
use crate::evaluation::statistics::irt::{Item, ability};
use crate::evaluation::statistics::missing::worst_and_best;
use crate::evaluation::statistics::pass::{pass_all, pass_at};
use crate::evaluation::statistics::proportion::{clopper_pearson, wilson};
use crate::evaluation::statistics::special::{t_quantile, t_tail};
use crate::evaluation::statistics::summary::{Settings, Summary};
use crate::evaluation::statistics::{Alpha, Bounds};
use proptest::prelude::*;

fn level() -> impl Strategy<Value = Alpha> {
    prop_oneof![0.001..=0.5f64, Just(0.5), Just(f64::MIN_POSITIVE), 1e-12..1e-3f64].prop_map(alpha)
}

fn count() -> impl Strategy<Value = u32> {
    prop_oneof![0..8u32, 0..1000u32, any::<u32>(), Just(u32::MAX)]
}

/// Any task whatsoever, sensible or not.
fn task() -> impl Strategy<Value = Task> {
    let figure = || prop_oneof![0.1..1000.0f64, any::<f64>()];
    let counts = (count(), count(), count(), count(), count());
    (any::<i64>(), 0..6u8, proptest::option::of(figure()), proptest::option::of(figure()), counts)
        .prop_map(
            |(id, family, minutes, weight, (passes, attempts, refused, unknown, fallbacks))| Task {
                id: TaskId::Number(id),
                family: family.to_string(),
                minutes,
                weight,
                passes,
                attempts,
                refused,
                unknown,
                fallbacks,
                own_limits: 0,
                steps: None,
            },
        )
}

/// A battery whose figures exist.
fn sensible() -> impl Strategy<Value = Battery> {
    let one = (0..12u8, 0..10u32, 1..12u32, 0..4u32, 0.5..500.0f64);
    proptest::collection::vec(one, 2..40).prop_map(|tasks| {
        let task = |(number, (family, passes, observed, unknown, minutes))| Task {
            id: TaskId::Number(number),
            family: u8::to_string(&family),
            minutes: Some(minutes),
            weight: None,
            passes: u32::min(passes, observed),
            attempts: observed + unknown,
            refused: 0,
            unknown,
            fallbacks: 0,
            own_limits: 0,
            steps: None,
        };
        Battery { tasks: (0..).zip(tasks).map(task).collect() }
    })
}

fn ordered(bounds: Bounds, around: f64) {
    assert!(
        0.0 <= bounds.lower && bounds.lower <= around && around <= bounds.upper,
        "{bounds:?} {around}"
    );
    assert!(bounds.upper <= 1.0, "{bounds:?}");
}

proptest! {
    #[test]
    fn shares_are_bounded_and_rise_with_passes(n in 1..5000u32, c in 0..5000u32, level in level()) {
        let c = c % n;
        for bounds in [wilson, clopper_pearson] {
            let (less, more) = (bounds(c, n, level).unwrap(), bounds(c + 1, n, level).unwrap());
            ordered(less, f64::from(c) / f64::from(n));
            prop_assert!(less.lower <= more.lower && less.upper <= more.upper);
        }
    }

    #[test]
    fn a_quantile_has_its_probability(p in 1e-9..1.0f64, degrees in 0.1..1e5f64) {
        let t = t_quantile(p, degrees).unwrap();
        prop_assert!((1.0 - t_tail(t, degrees) - p).abs() < 1e-12);
        prop_assert!((t + t_quantile(1.0 - p, degrees).unwrap()).abs() <= 1e-7 * (1.0 + t.abs()));
    }

    #[test]
    fn quantiles_never_panic(p in any::<f64>(), degrees in any::<f64>()) {
        let _ = t_quantile(p, degrees);
    }

    #[test]
    fn bounds_hold_the_score(battery in sensible(), level in level()) {
        let design = Design::of(&battery, Weighting::Given).unwrap();
        let mean = score(&design);
        if let Ok(bound) = effective(&design, level) {
            ordered(bound.bounds, mean);
            prop_assert!(bound.n_eff > 0.0 && bound.n_eff <= design.rows().len() as f64);
            ordered(largest_error(&design, level).unwrap(), mean);
        }
    }

    #[test]
    fn the_probability_inverts_the_bound(battery in sensible(), threshold in 0.01..0.99f64) {
        let design = Design::of(&battery, Weighting::Given).unwrap();
        for towards in [Towards::Above, Towards::Below] {
            let p = probability(&design, threshold, towards).unwrap_or(1.0);
            if p < 0.49 && p > 1e-12 {
                let bounds = effective(&design, alpha(p)).unwrap().bounds;
                let bound = match towards {
                    Towards::Above => bounds.lower,
                    Towards::Below => bounds.upper,
                };
                prop_assert!((bound - threshold).abs() < 1e-9, "{bound} {threshold}");
            }
        }
    }

    #[test]
    fn the_order_of_tasks_does_not_matter(battery in sensible(), turn in 0..40usize) {
        let mut turned = battery.clone();
        let middle = turn % turned.tasks.len();
        turned.tasks.rotate_left(middle);
        let figures = |battery: &Battery| {
            let design = Design::of(battery, Weighting::Given).unwrap();
            (score(&design), effective(&design, alpha(0.05)).map(|bound| bound.bounds.lower))
        };
        let ((a, low), (b, other)) = (figures(&battery), figures(&turned));
        prop_assert!((a - b).abs() < 1e-14);
        prop_assert!((low.unwrap_or(0.0) - other.unwrap_or(0.0)).abs() < 1e-12);
    }

    #[test]
    fn the_unknown_lies_between_its_ends(battery in sensible()) {
        let (worst, best) = worst_and_best(&battery).unwrap();
        prop_assert!(worst <= best && (0.0..=1.0).contains(&worst) && best <= 1.0);
    }

    #[test]
    fn nothing_panics_or_runs_on(tasks in proptest::collection::vec(task(), 0..8)) {
        let battery = Battery { tasks };
        let draws = Draws { count: 3, seed: 1 };
        for weighting in [Weighting::Given, Weighting::Diversity] {
            let _ = Summary::of(&battery, Settings { alpha: alpha(0.05), draws, weighting });
        }
        let _ = worst_and_best(&battery);
    }

    #[test]
    fn abilities_never_panic(
        items in proptest::collection::vec((any::<f64>(), any::<f64>(), count(), count()), 0..8),
        plain in proptest::collection::vec((0.1..5.0f64, -5.0..5.0f64, 0..2u32), 0..20),
    ) {
        let item = |(discrimination, difficulty, passes, attempts)| {
            Item { discrimination, difficulty, passes, attempts }
        };
        let items: Vec<Item> = items.into_iter().map(item).collect();
        let _ = ability(&items);
        let plain: Vec<Item> = plain.into_iter().map(|(a, b, c)| item((a, b, c, 1))).collect();
        if let Ok(ability) = ability(&plain) {
            prop_assert!(ability.theta.is_finite() && ability.stderr > 0.0);
        }
    }
}

proptest! {
    // The longest products have two million factors.
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn chances_are_ordered(c in count(), n in count(), k in count()) {
        if let (Ok(at), Ok(all)) = (pass_at(c, n, k), pass_all(c, n, k)) {
            prop_assert!((0.0..=1.0).contains(&at) && (0.0..=1.0).contains(&all));
            prop_assert!(k == 0 || all <= at + 1e-9, "{at} {all}");
        } else {
            prop_assert!(c > n || k > n);
        }
    }
}

#[test]
fn the_largest_counts_are_answered() {
    let max = u32::MAX;
    for (passes, attempts) in [(0, max), (1, max), (max / 2, max), (max - 1, max), (max, max)] {
        let share = f64::from(passes) / f64::from(attempts);
        ordered(wilson(passes, attempts, alpha(0.05)).unwrap(), share);
        ordered(clopper_pearson(passes, attempts, alpha(0.05)).unwrap(), share);
        for k in [1, 2, max / 2, max] {
            assert!(pass_at(passes, attempts, k).is_ok() && pass_all(passes, attempts, k).is_ok());
        }
    }
}
