//! Measures the statistics of evaluations: 10,000 hierarchical bootstraps of the time horizon over
//! 200 tasks with ten attempts each, by both methods, after checking their results.

#![allow(clippy::expect_used)]

use seawall_domain::evaluation::attempt::TaskId;
use seawall_domain::evaluation::battery::{Battery, Task};
use seawall_domain::evaluation::statistics::Alpha;
use seawall_domain::evaluation::statistics::bootstrap::{Draws, Generator, h50};
use seawall_domain::evaluation::statistics::design::{Design, Weighting};
use seawall_domain::evaluation::statistics::horizon::{Horizon, Method};
use std::time::Instant;

const TASKS: u32 = 200;
const FAMILIES: u32 = 20;
const ATTEMPTS: u32 = 10;
const DRAWS: u32 = 10_000;

/// What 10,000 bootstraps may cost, in seconds of one processor.
const CPU_SECONDS_MAX: f64 = 5.0;

fn main() {
    let alpha = Alpha::new(0.05).expect("a level of error");
    let design = Design::of(&battery(), Weighting::Given).expect("a battery with attempts");
    let mut within = true;
    for (name, method) in [("likelihood", Method::Likelihood), ("metr", Method::Metr)] {
        let fit = Horizon::of(&design, method).expect("a fit");
        let middle = fit.curve.minutes(0.5).expect("a horizon");
        let (cpu, wall) = (cpu_seconds(), Instant::now());
        let drawn = h50(&design, method, alpha, Draws { count: DRAWS, seed: 1 }).expect("draws");
        let (cpu, wall) = (cpu_seconds() - cpu, wall.elapsed().as_secs_f64());
        assert!(drawn.lower < middle && middle < drawn.upper, "{drawn:?} {middle}");
        assert_eq!(drawn.defined, DRAWS);
        println!(
            "{DRAWS} bootstraps of {TASKS} x {ATTEMPTS}, {name:10} {cpu:7.3} CPU-s {wall:7.3} s  \
             h50 {middle:.1} min [{:.1}, {:.1}]",
            drawn.lower, drawn.upper
        );
        within &= cpu <= CPU_SECONDS_MAX;
    }
    println!("bar: {CPU_SECONDS_MAX} CPU-s each: {}", if within { "kept" } else { "missed" });
    assert!(within, "the bar is missed");
}

/// Tasks from 1.5 minutes to 13 hours, in families that differ.
fn battery() -> Battery {
    let mut chance = Generator::seeded(7);
    let tasks = (0..TASKS).map(|number| {
        let (family, level) = (number % FAMILIES, number % 10);
        let share = 0.95 - 0.1 * f64::from(level) + 0.03 * f64::from(family % 3);
        Task {
            id: TaskId::Number(i64::from(number)),
            family: family.to_string(),
            minutes: Some(1.5 * f64::from(1u32 << level)),
            weight: None,
            passes: (0..ATTEMPTS).map(|_| u32::from(chance.unit() < share)).sum(),
            attempts: ATTEMPTS,
            refused: 0,
            unknown: 0,
            fallbacks: 0,
            own_limits: 0,
            steps: None,
        }
    });
    Battery { tasks: tasks.collect() }
}

/// Time on a processor so far, of this one thread.
fn cpu_seconds() -> f64 {
    let text = std::fs::read_to_string("/proc/self/schedstat").unwrap_or_default();
    let nanoseconds = text.split_whitespace().next().and_then(|field| field.parse::<u64>().ok());
    nanoseconds.unwrap_or_default() as f64 / 1e9
}
