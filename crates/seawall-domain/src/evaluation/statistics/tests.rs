//! Figures against independent references, and properties that hold for every input.

mod made;
mod properties;
mod reference;
mod simulation;

use super::bootstrap::{self, Draws};
use super::bound::{Estimand, effective, effective_for, largest_error};
use super::budget::{Outcome, Point, Spent, Trend, curve, trend};
use super::clustered::{score, stderr_clt, stderr_clustered, stderr_fixed_battery};
use super::design::{Design, Weighting};
use super::horizon::{Horizon, Method};
use super::irt::{Item, ability};
use super::kappa::agreement;
use super::missing::{count, worst_and_best};
use super::paired::Paired;
use super::pass::{pass_all, pass_at};
use super::proportion::{clopper_pearson, wilson};
use super::range::progress;
use super::special::{normal_quantile, t_quantile, t_tail};
use super::summary::{Settings, Summary};
use super::{Alpha, Undefined, holm};
use made::{Made, Numbers, battery, of_counts};

fn alpha(level: f64) -> Alpha {
    Alpha::new(level).unwrap()
}

#[track_caller]
fn near(what: &str, value: f64, expected: f64, within: f64) {
    let off = (value - expected).abs();
    assert!(off <= within, "{what}: {value:e} instead of {expected:e}, off by {off:e}");
}

/// Within a share of the expected figure.
#[track_caller]
fn close(what: &str, value: f64, expected: f64, share: f64) {
    near(what, value, expected, share * expected.abs());
}

fn design(battery: &super::super::battery::Battery) -> Design {
    Design::of(battery, Weighting::Given).unwrap()
}

#[test]
fn the_bound_for_these_tasks_only_is_what_the_hand_computes() {
    #[track_caller]
    fn check(tasks: &[(u32, u32, f64)], expected: (f64, f64, f64)) {
        let mut battery = of_counts(&[("one", &[])]);
        for (number, (passes, attempts, weight)) in (0..).zip(tasks) {
            let mut task = made::task(number, "one", *passes, *attempts);
            task.weight = Some(*weight);
            battery.tasks.push(task);
        }
        let design = Design::of(&battery, Weighting::Given).unwrap();
        let found = effective_for(&design, alpha(0.05), Estimand::FixedBattery).unwrap();
        near("n_eff", found.n_eff, expected.0, 1e-12);
        near("lower", found.bounds.lower, expected.1, 1e-12);
        near("upper", found.bounds.upper, expected.2, 1e-12);
    }
    // S(1-S)/V = 18 of at most 20, eighteen degrees of freedom.
    let even = (18.0, 0.310_829_569_478_240_6, 1.0 - 0.310_829_569_478_240_6);
    check(&[(5, 10, 1.0), (5, 10, 1.0)], even);
    // Weights 1, 2, 1: S(1-S)/V would be 12.87, the most is 1/(1/80 + 1/16 + 1/96).
    let uneven = (11.707_317_073_170_731, 0.288_903_409_159_023_46, 0.750_425_475_788_855_4);
    check(&[(3, 5, 1.0), (1, 4, 2.0), (6, 6, 1.0)], uneven);
}

#[test]
fn batteries_agree_with_regressions() {
    for (seed, tasks, families, attempts, weighted, level, expected) in reference::BATTERIES {
        let made = Made { seed, tasks, families, attempts };
        let battery = if weighted { made.weighted() } else { made.equal() };
        let design = design(&battery);
        let what = |figure: &str| format!("battery {seed}: {figure}");
        let [mean, clt, clustered, n_eff, low, high, t_low, t_high, at, all, ..] = expected;
        near(&what("mean"), score(&design), mean, 1e-12);
        near(&what("clt"), stderr_clt(&design).unwrap(), clt, 1e-12);
        near(&what("clustered"), stderr_clustered(&design).unwrap(), clustered, 1e-12);
        let bound = effective(&design, alpha(level)).unwrap();
        close(&what("n_eff"), bound.n_eff, n_eff, 1e-10);
        near(&what("lower"), bound.bounds.lower, low, 1e-10);
        near(&what("upper"), bound.bounds.upper, high, 1e-10);
        let bound = largest_error(&design, alpha(level)).unwrap();
        near(&what("t lower"), bound.lower, t_low, 1e-10);
        near(&what("t upper"), bound.upper, t_high, 1e-10);
        let settings = Settings {
            alpha: alpha(level),
            draws: Draws { count: 0, seed: 0 },
            weighting: Weighting::Given,
        };
        let summary = Summary::of(&battery, settings).unwrap();
        let k = attempts.min(2) as usize - 1;
        near(&what("pass_at"), summary.pass_at[k].unwrap(), at, 1e-12);
        near(&what("pass_all"), summary.pass_all[k].unwrap(), all, 1e-12);
    }
}

#[test]
fn horizons_agree_with_general_linear_models() {
    for (seed, tasks, families, attempts, weighted, _, expected) in reference::BATTERIES {
        let made = Made { seed, tasks, families, attempts };
        let battery = if weighted { made.weighted() } else { made.equal() };
        let what = |figure: &str| format!("battery {seed}: {figure}");
        let [.., a, b, h50, h80, se, metr_a, metr_b, metr_h50, metr_h80] = expected;
        let fit = Horizon::of(&design(&battery), Method::Likelihood).unwrap();
        near(&what("intercept"), fit.curve.intercept, a, 1e-8);
        near(&what("slope"), fit.curve.slope, b, 1e-8);
        close(&what("h50"), fit.curve.minutes(0.5).unwrap(), h50, 1e-8);
        close(&what("h80"), fit.curve.minutes(0.8).unwrap(), h80, 1e-8);
        near(&what("se"), fit.stderr_log2_h50.unwrap(), se, 1e-8);
        let diverse = Design::of(&battery, Weighting::Diversity).unwrap();
        let fit = Horizon::of(&diverse, Method::Metr).unwrap();
        near(&what("metr intercept"), fit.curve.intercept, metr_a, 1e-7);
        near(&what("metr slope"), fit.curve.slope, metr_b, 1e-7);
        close(&what("metr h50"), fit.curve.minutes(0.5).unwrap(), metr_h50, 1e-6);
        close(&what("metr h80"), fit.curve.minutes(0.8).unwrap(), metr_h80, 1e-6);
    }
}

#[test]
fn bootstrap_ends_agree_with_another_program() {
    for (seed, tasks, families, attempts, level, ends) in reference::BOOTSTRAPS {
        let design = design(&Made { seed, tasks, families, attempts }.equal());
        let draws = Draws { count: 4000, seed: 3 };
        let [low, high, metr_low, metr_high] = ends;
        for (method, low, high) in
            [(Method::Likelihood, low, high), (Method::Metr, metr_low, metr_high)]
        {
            let drawn = bootstrap::h50(&design, method, alpha(level), draws).unwrap();
            close("lower", drawn.lower, low, 0.05);
            close("upper", drawn.upper, high, 0.05);
            assert_eq!(drawn.defined + drawn.undefined, draws.count);
            let few = Draws { count: 100, seed: 3 };
            let drawn = || bootstrap::h50(&design, method, alpha(level), few).unwrap();
            assert_eq!(drawn(), drawn(), "equal seeds give equal bits");
        }
    }
}

#[test]
fn one_share_has_two_kinds_of_bounds() {
    for (passes, attempts, level, [low, high, exact_low, exact_high]) in reference::PROPORTIONS {
        let what = format!("{passes} of {attempts} at {level}");
        let bounds = wilson(passes, attempts, alpha(level)).unwrap();
        near(&what, bounds.lower, low, 1e-12);
        near(&what, bounds.upper, high, 1e-12);
        let bounds = clopper_pearson(passes, attempts, alpha(level)).unwrap();
        near(&what, bounds.lower, exact_low, 1e-12);
        near(&what, bounds.upper, exact_high, 1e-12);
    }
    let nothing = wilson(0, 0, alpha(0.05));
    assert_eq!(nothing, Err(Undefined::NoAttempts));
    assert_eq!(clopper_pearson(2, 1, alpha(0.05)), Err(Undefined::Passes));
}

#[test]
fn quantiles_agree_with_tables() {
    for (p, degrees, expected) in reference::T_QUANTILES {
        close(
            &format!("t at {p} with {degrees}"),
            t_quantile(p, degrees).unwrap(),
            expected,
            1e-11,
        );
    }
    for (p, expected) in reference::NORMAL_QUANTILES {
        close(&format!("z at {p}"), normal_quantile(p).unwrap(), expected, 1e-12);
    }
    near("tail", t_tail(2.131_846_786_326_649, 4.0), 0.05, 1e-14);
    near("lower tail", t_tail(-2.131_846_786_326_649, 4.0), 0.95, 1e-14);
    for (p, degrees, why) in [
        (0.0, 3.0, Undefined::Probability),
        (1.0, 3.0, Undefined::Probability),
        (f64::NAN, 3.0, Undefined::Probability),
        (0.5, 0.0, Undefined::Degrees),
        (0.5, f64::INFINITY, Undefined::Degrees),
        (0.5, f64::NAN, Undefined::Degrees),
        (1e-300, 1.0, Undefined::TooLarge),
        (0.01, 1e-9, Undefined::TooLarge),
    ] {
        assert_eq!(t_quantile(p, degrees), Err(why), "{p} {degrees}");
    }
}

#[test]
fn chances_over_several_attempts() {
    let check = |passes, attempts, k, at: Option<f64>, all: Option<f64>| {
        let what = format!("{passes} of {attempts}, {k}");
        match (at, all) {
            (Some(at), Some(all)) => {
                near(&what, pass_at(passes, attempts, k).unwrap(), at, 1e-15);
                near(&what, pass_all(passes, attempts, k).unwrap(), all, 1e-15);
            }
            _ => assert_eq!(pass_at(passes, attempts, k), Err(Undefined::FewAttempts), "{what}"),
        }
    };
    check(1, 4, 1, Some(0.25), Some(0.25));
    check(1, 4, 2, Some(0.5), Some(0.0));
    check(2, 4, 2, Some(5.0 / 6.0), Some(1.0 / 6.0));
    check(0, 4, 4, Some(0.0), Some(0.0));
    check(4, 4, 4, Some(1.0), Some(1.0));
    check(4, 4, 5, None, None);
    check(0, 0, 1, None, None);
    check(3, 10, 5, Some(1.0 - 21.0 / 252.0), Some(0.0));
    check(8, 10, 5, Some(1.0), Some(56.0 / 252.0));
    assert_eq!(pass_at(2, 1, 1), Err(Undefined::Passes));
    assert_eq!(pass_all(2, 1, 1), Err(Undefined::Passes));
}

#[test]
fn ability_agrees_with_an_optimizer() {
    for (seed, n, [theta, stderr, fit]) in reference::ABILITIES {
        let mut numbers = Numbers::seeded(seed);
        let mut item = || Item {
            discrimination: 0.5 + f64::from(numbers.next() % 1000) / 500.0,
            difficulty: -2.0 + f64::from(numbers.next() % 1000) / 250.0,
            passes: u32::from(numbers.next() % 1000 < 500),
            attempts: 1,
        };
        let items: Vec<Item> = (0..n).map(|_| item()).collect();
        let ability = ability(&items).unwrap();
        near("theta", ability.theta, theta, 1e-9);
        near("stderr", ability.stderr, stderr, 1e-9);
        near("person fit", ability.person_fit.unwrap(), fit, 1e-9);
    }
    let item = Item { discrimination: 1.0, difficulty: 0.0, passes: 1, attempts: 1 };
    let failed = Item { passes: 0, ..item };
    assert_eq!(ability(&[item]), Err(Undefined::AllPassed));
    assert_eq!(ability(&[failed]), Err(Undefined::AllFailed));
    assert_eq!(ability(&[]), Err(Undefined::NoAttempts));
    assert_eq!(ability(&[Item { discrimination: 0.0, ..item }]), Err(Undefined::Items));
    assert_eq!(ability(&[Item { difficulty: f64::NAN, ..item }]), Err(Undefined::Items));
    // Easy failed and hard passed: no ability fits.
    let at = |difficulty, passes| Item { discrimination: 2.0, difficulty, passes, attempts: 1 };
    let odd = [at(-2.0, 0), at(-1.5, 0), at(-1.0, 0), at(1.0, 1), at(1.5, 1), at(2.0, 1)];
    assert!(ability(&odd).unwrap().person_fit.unwrap() < -2.0);
}

#[test]
fn pairs_agree_with_a_reference() {
    for (seed, n, [statistic, probability, upper]) in reference::PAIRS {
        let mut numbers = Numbers::seeded(seed);
        let mut list =
            || -> Vec<f64> { (0..n).map(|_| f64::from(numbers.next() % 100) / 100.0).collect() };
        let (first, second) = (list(), list());
        let differences: Vec<f64> = first.iter().zip(&second).map(|(a, b)| a - b).collect();
        let paired = Paired::of(&differences).unwrap();
        near("statistic", paired.statistic(0.0).unwrap(), statistic, 1e-12);
        near("probability", paired.probability_greater(0.0).unwrap(), probability, 1e-12);
        near("upper", paired.upper(alpha(0.05)).unwrap(), upper, 1e-12);
    }
    assert_eq!(Paired::of(&[0.1]), Err(Undefined::FewAttempts));
    assert_eq!(Paired::of(&[f64::NAN, 1.0]), Err(Undefined::TooLarge));
    let same = Paired::of(&[0.5, 0.5]).unwrap();
    assert_eq!(same.statistic(0.0), Err(Undefined::Constant));
    assert_eq!(same.upper(alpha(0.05)), Ok(0.5));
}

#[test]
fn coders_agree_beyond_chance() {
    for (table, expected) in reference::kappas() {
        near("kappa", agreement(&table).unwrap().kappa, expected, 1e-14);
    }
    assert_eq!(agreement(&[]), Err(Undefined::NoAttempts));
    assert_eq!(agreement(&[vec![1, 2]]), Err(Undefined::Unequal));
    assert_eq!(agreement(&[vec![5, 0], vec![0, 0]]), Err(Undefined::Constant));
}

#[test]
fn several_tests_step_down() {
    for (probabilities, expected) in reference::holm() {
        for (value, expected) in holm::adjusted(&probabilities).into_iter().zip(expected) {
            near("adjusted", value, expected, 1e-15);
        }
    }
    assert_eq!(holm::hold(&[0.01, 0.04, 0.03, 0.005], 0.05), [true, false, false, true]);
    assert_eq!(holm::adjusted(&[f64::NAN]), [1.0]);
}

#[test]
fn the_developer_log_has_its_planned_figures() {
    // Passes by task, four attempts each: `dev-plain.eval` of the example logs.
    let battery = of_counts(&[
        ("crypto", &[(3, 4), (2, 4), (1, 4)]),
        ("forensics", &[(0, 4), (1, 4), (3, 4)]),
        ("pwn", &[(3, 4), (2, 4), (1, 4)]),
        ("rev", &[(4, 4), (4, 4), (0, 4)]),
        ("web", &[(4, 4), (4, 4), (0, 4)]),
    ]);
    let design = design(&battery);
    near("mean", score(&design), 0.533_333_333_333_333_3, 1e-15);
    near("clt", stderr_clt(&design).unwrap(), 0.100_198_216_250_003_87, 1e-15);
    // Inspect's own `stderr(cluster=…)` corrects for a finite number of clusters by C/(C-1), just
    // as the variance here; what the paper that it cites prints is without.
    let clustered = stderr_clustered(&design).unwrap();
    near("clustered", clustered, 0.062_360_956_446_232_366, 1e-15);
    near("uncorrected", clustered * (4.0f64 / 5.0).sqrt(), 0.055_777_335_102_271_7, 1e-15);
    let settings = Settings {
        alpha: alpha(0.05),
        draws: Draws { count: 0, seed: 0 },
        weighting: Weighting::Given,
    };
    let summary = Summary::of(&battery, settings).unwrap();
    let at: Vec<f64> = summary.pass_at.iter().map(|at| at.unwrap()).collect();
    let all: Vec<f64> = summary.pass_all.iter().map(|all| all.unwrap()).collect();
    for (value, expected) in at.iter().zip([8.0 / 15.0, 61.0 / 90.0, 0.75, 0.8]) {
        near("pass_at", *value, expected, 1e-15);
    }
    for (value, expected) in all.iter().zip([8.0 / 15.0, 7.0 / 18.0, 19.0 / 60.0, 4.0 / 15.0]) {
        near("pass_all", *value, expected, 1e-15);
    }
    assert_eq!((at.len(), all.len()), (4, 4));
    assert_eq!(summary.horizon, Err(Undefined::NoMinutes));
}

#[test]
fn an_attempt_of_unknown_outcome_is_bounded_and_not_counted() {
    let mut battery = of_counts(&[("a", &[(1, 2), (2, 4)]), ("b", &[(0, 2), (0, 2)])]);
    battery.tasks[1].unknown = 2;
    battery.tasks[3].unknown = 2;
    let design = design(&battery);
    assert_eq!(design.rows().len(), 3, "a task without observed attempts has no share");
    near("observed", score(&design), (0.5 + 1.0 + 0.0) / 3.0, 1e-15);
    assert_eq!(count(&battery), 4);
    let (worst, best) = worst_and_best(&battery).unwrap();
    near("worst", worst, (0.5 + 0.5) / 4.0, 1e-15);
    near("best", best, (0.5 + 1.0 + 0.0 + 1.0) / 4.0, 1e-15);
}

#[test]
fn a_battery_that_makes_no_sense_is_told() {
    let check = |counts: &[(&str, &[(u32, u32)])], change: &dyn Fn(&mut Changed), why| {
        let mut made = Changed { battery: of_counts(counts) };
        change(&mut made);
        assert_eq!(Design::of(&made.battery, Weighting::Given), Err(why));
    };
    check(&[], &|_| {}, Undefined::NoAttempts);
    check(&[("a", &[(0, 0)])], &|_| {}, Undefined::NoAttempts);
    check(&[("a", &[(2, 1)])], &|_| {}, Undefined::Passes);
    let two: &[(&str, &[(u32, u32)])] = &[("a", &[(1, 2), (1, 2)])];
    for weight in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        check(two, &|made| made.weigh(weight, 1.0), Undefined::Weights);
    }
    check(two, &|made| made.weigh(f64::MAX, f64::MAX), Undefined::Weights);
    check(two, &|made| made.battery.tasks[0].weight = Some(1.0), Undefined::Weights);
    for minutes in [0.0, -1.0, f64::NAN, f64::INFINITY] {
        check(two, &|made| made.battery.tasks[0].minutes = Some(minutes), Undefined::Minutes);
    }
}

struct Changed {
    battery: super::super::battery::Battery,
}

impl Changed {
    fn weigh(&mut self, first: f64, second: f64) {
        self.battery.tasks[0].weight = Some(first);
        self.battery.tasks[1].weight = Some(second);
    }
}

#[test]
fn one_family_has_no_bound() {
    let design = design(&of_counts(&[("a", &[(1, 2), (0, 2)])]));
    assert_eq!(stderr_clustered(&design), Err(Undefined::OneFamily));
    assert_eq!(effective(&design, alpha(0.05)), Err(Undefined::OneFamily));
    assert_eq!(largest_error(&design, alpha(0.05)), Err(Undefined::OneFamily));
    near("fixed", stderr_fixed_battery(&design).unwrap(), 0.25, 1e-15);
}

#[test]
fn fits_that_do_not_exist_say_why() {
    let check = |tasks: &[(f64, u32, u32)], plain: Undefined, metr: Option<Undefined>| {
        let design = design(&battery(tasks));
        assert_eq!(Horizon::of(&design, Method::Likelihood), Err(plain), "{tasks:?}");
        assert_eq!(Horizon::of(&design, Method::Metr).err(), metr, "{tasks:?}");
    };
    let all = Some(Undefined::AllPassed);
    check(&[(1.0, 2, 2), (4.0, 2, 2)], Undefined::AllPassed, all);
    check(&[(1.0, 0, 2), (4.0, 0, 2)], Undefined::AllFailed, Some(Undefined::AllFailed));
    check(&[(4.0, 1, 2), (4.0, 0, 2)], Undefined::OneLength, None);
    check(&[(1.0, 2, 2), (4.0, 0, 2)], Undefined::Separated, None);
    check(&[(1.0, 0, 2), (4.0, 2, 2)], Undefined::Separated, None);
    check(&[(1.0, 2, 2), (2.0, 1, 2), (4.0, 0, 2)], Undefined::Separated, None);
    let none = design(&of_counts(&[("a", &[(1, 2)])]));
    assert_eq!(Horizon::of(&none, Method::Likelihood), Err(Undefined::NoMinutes));
    // A curve that rises has no horizon, and extreme lengths still settle.
    let rising = design(&battery(&[(1.0, 1, 4), (8.0, 3, 4)]));
    let fit = Horizon::of(&rising, Method::Likelihood).unwrap();
    assert_eq!(fit.curve.minutes(0.5), Err(Undefined::Rising));
    assert_eq!(fit.stderr_log2_h50, Err(Undefined::Rising));
    let extreme = design(&battery(&[(1e-300, 3, 4), (1.0, 2, 4), (1e300, 1, 4)]));
    let fit = Horizon::of(&extreme, Method::Likelihood).unwrap();
    near("h50", fit.curve.log2_minutes(0.5).unwrap(), 0.0, 1e-6);
    assert!(fit.is_extrapolated(f64::INFINITY) && !fit.is_extrapolated(1.0));
}

#[test]
fn minutes_are_told_as_they_were_read() {
    let check = |shortest: f64, longest: f64| {
        let tasks = [(shortest, 3, 4), (40.0, 2, 4), (longest, 1, 4)];
        let fit = Horizon::of(&design(&battery(&tasks)), Method::Likelihood).unwrap();
        assert_eq!(fit.minutes, (shortest, longest));
        // The ends themselves are covered.
        assert!(!fit.is_extrapolated(shortest) && !fit.is_extrapolated(longest));
    };
    check(0.7, 1760.69);
    check(1.1, 1440.1);
    check(2.3, 333.3);
}

#[test]
fn a_draw_that_separates_has_its_middle() {
    // Every draw passes what is short and fails what is long.
    let design = design(&battery(&[(2.0, 3, 3), (2.0, 3, 3), (8.0, 0, 3), (8.0, 0, 3)]));
    let draws = Draws { count: 200, seed: 1 };
    let drawn = bootstrap::h50(&design, Method::Likelihood, alpha(0.05), draws).unwrap();
    assert_eq!((drawn.lower, drawn.upper), (4.0, 4.0));
    assert!(drawn.undefined > 0, "some draws are all of one kind");
    let rising = design_of(&[(2.0, 0, 3), (8.0, 3, 3)]);
    let none = bootstrap::h50(&rising, Method::Likelihood, alpha(0.05), draws);
    assert_eq!(none, Err(Undefined::FewAttempts));
}

fn design_of(tasks: &[(f64, u32, u32)]) -> Design {
    design(&battery(tasks))
}

#[test]
fn success_by_budget() {
    let spent = |outcome, tokens| Spent { outcome, tokens };
    let attempts = [
        spent(Outcome::Passed, 100),
        spent(Outcome::Passed, 300),
        spent(Outcome::Failed, 50),
        spent(Outcome::Passed, 200),
    ];
    let points = curve(&attempts, &[99, 100, 250, 1000]).unwrap();
    let shares: Vec<f64> = points.iter().map(|point| point.share).collect();
    assert_eq!(shares, [0.0, 0.25, 0.5, 0.75]);
    assert_eq!(curve(&[], &[1]), Err(Undefined::NoAttempts));
    let at = |shares: &[f64]| -> Vec<Point> {
        let point = |(tokens, share): (u64, &f64)| Point { tokens, share: *share };
        (1..).zip(shares).map(point).collect()
    };
    assert_eq!(trend(&at(&[0.1, 0.2, 0.3]), 0.01), Ok(Trend::Rising));
    assert_eq!(trend(&at(&[0.1, 0.3, 0.3]), 0.01), Ok(Trend::Level));
    assert_eq!(trend(&at(&[0.3, 0.1, 0.3]), 0.01), Ok(Trend::Falling));
    assert_eq!(trend(&at(&[0.3]), 0.01), Err(Undefined::Unequal));
}

#[test]
fn progress_over_the_steps_of_a_range() {
    let told = progress(&[0, 2, 4, 4], 4, alpha(0.05)).unwrap();
    assert_eq!(told.survival, [0.75, 0.75, 0.5, 0.5]);
    assert_eq!((told.mean_fraction, told.complete), (0.625, 0.5));
    let exact = clopper_pearson(2, 4, alpha(0.05)).unwrap();
    assert_eq!(told.complete_bounds, exact);
    assert_eq!(progress(&[5], 4, alpha(0.05)), Err(Undefined::Passes));
    assert_eq!(progress(&[], 4, alpha(0.05)), Err(Undefined::NoAttempts));
    assert_eq!(progress(&[0], 0, alpha(0.05)), Err(Undefined::NoAttempts));
    assert_eq!(progress(&[0], u32::MAX, alpha(0.05)), Err(Undefined::TooMany));
}
