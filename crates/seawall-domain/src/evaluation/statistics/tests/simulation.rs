//! Coverage: how often the headline bound lies on the right side of the truth, over batteries whose
//! truth is known.

use super::alpha;
use super::made::task;
use crate::evaluation::battery::Battery;
use crate::evaluation::statistics::bootstrap::Generator;
use crate::evaluation::statistics::bound::{Estimand, effective, effective_for};
use crate::evaluation::statistics::design::{Design, Weighting};

const BATTERIES: u32 = 600;

/// The share of batteries whose lower and upper bound at 5 % hold the truth: `families` of four
/// tasks with five attempts. Families differ: half of them are `spread` above the true share, half
/// below; so the mean over families drawn at random is the true share.
fn coverage(families: u32, truth: f64, spread: f64) -> (f64, f64) {
    let mut chance = Generator::seeded(u64::from(families));
    let (mut lower, mut upper) = (0u32, 0u32);
    for _ in 0..BATTERIES {
        let mut tasks = Vec::new();
        for family in 0..families {
            let share = if chance.unit() < 0.5 { truth + spread } else { truth - spread };
            for number in 0..4 {
                let passes = (0..5).filter(|_| chance.unit() < share).count();
                tasks.push(task(4 * family + number, &family.to_string(), passes as u32, 5));
            }
        }
        let design = Design::of(&Battery { tasks }, Weighting::Given).unwrap();
        let bounds = effective(&design, alpha(0.05)).unwrap().bounds;
        lower += u32::from(bounds.lower <= truth);
        upper += u32::from(bounds.upper >= truth);
    }
    (f64::from(lower) / f64::from(BATTERIES), f64::from(upper) / f64::from(BATTERIES))
}

#[test]
fn bounds_hold_the_truth_at_least_as_often_as_they_say() {
    for (families, truth, spread) in
        [(5, 0.5, 0.3), (10, 0.17, 0.15), (10, 0.5, 0.3), (20, 0.83, 0.15), (20, 0.5, 0.0)]
    {
        let (lower, upper) = coverage(families, truth, spread);
        // Three standard errors of 600 batteries below the 95 % that are promised.
        assert!(lower >= 0.923 && upper >= 0.923, "{families} {truth}: {lower} {upper}");
    }
}

/// The same about these tasks alone, whose chances to pass are spread evenly around the true share.
fn coverage_of_these(tasks: u32, attempts: u32, truth: f64, spread: f64) -> (f64, f64) {
    let mut chance = Generator::seeded(u64::from(tasks));
    let (mut lower, mut upper) = (0u32, 0u32);
    for _ in 0..BATTERIES {
        let mut made = Vec::new();
        for number in 0..tasks {
            let away = 2.0 * f64::from(number) / f64::from(tasks - 1) - 1.0;
            let share = truth + spread * away;
            let passes = (0..attempts).filter(|_| chance.unit() < share).count();
            made.push(task(number, &number.to_string(), passes as u32, attempts));
        }
        let design = Design::of(&Battery { tasks: made }, Weighting::Given).unwrap();
        let bound = effective_for(&design, alpha(0.05), Estimand::FixedBattery).unwrap();
        lower += u32::from(bound.bounds.lower <= truth);
        upper += u32::from(bound.bounds.upper >= truth);
    }
    (f64::from(lower) / f64::from(BATTERIES), f64::from(upper) / f64::from(BATTERIES))
}

#[test]
fn bounds_for_these_tasks_only_hold_the_truth_as_often() {
    for (tasks, attempts, truth, spread) in
        [(10, 5, 0.5, 0.0), (10, 5, 0.5, 0.5), (20, 3, 0.17, 0.15), (20, 3, 0.83, 0.15)]
    {
        let (lower, upper) = coverage_of_these(tasks, attempts, truth, spread);
        assert!(lower >= 0.923 && upper >= 0.923, "{tasks} {truth}: {lower} {upper}");
    }
}
