//! Batteries for tests, made from a formula that any other program can follow.

use crate::evaluation::attempt::TaskId;
use crate::evaluation::battery::{Battery, Task};

/// Knuth's linear congruential generator modulo 2^64; each number is its upper 31 bits.
pub struct Numbers(u64);

impl Numbers {
    pub fn seeded(seed: u64) -> Numbers {
        Numbers(seed)
    }

    pub fn next(&mut self) -> u32 {
        let multiplied = self.0.wrapping_mul(6_364_136_223_846_793_005);
        self.0 = multiplied.wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as u32
    }
}

/// Task `t` belongs to family `t mod families`, has level `t mod 9` and takes `1.5 · 2^level`
/// minutes. Each attempt passes when the next number modulo 1000 is below
/// `950 - 110 · level + 40 · ((t mod families) mod 3)`; then the next number modulo 5, plus one, is
/// the weight, if there are weights.
#[derive(Clone, Copy)]
pub struct Made {
    pub seed: u64,
    pub tasks: u32,
    pub families: u32,
    pub attempts: u32,
}

impl Made {
    pub fn equal(self) -> Battery {
        self.with(|_| None)
    }

    pub fn weighted(self) -> Battery {
        self.with(|numbers| Some(f64::from(1 + numbers.next() % 5)))
    }

    fn with(self, weight: impl Fn(&mut Numbers) -> Option<f64>) -> Battery {
        let mut numbers = Numbers::seeded(self.seed);
        let mut tasks = Vec::new();
        for t in 0..self.tasks {
            let (family, level) = (t % self.families, t % 9);
            let below = 950 - 110 * level + 40 * (family % 3);
            let passes = (0..self.attempts).filter(|_| numbers.next() % 1000 < below).count();
            let mut task = task(t, &family.to_string(), passes as u32, self.attempts);
            task.minutes = Some(1.5 * f64::from(1u32 << level));
            task.weight = weight(&mut numbers);
            tasks.push(task);
        }
        Battery { tasks }
    }
}

pub fn task(number: u32, family: &str, passes: u32, attempts: u32) -> Task {
    Task {
        id: TaskId::Number(i64::from(number)),
        family: family.to_owned(),
        minutes: None,
        weight: None,
        passes,
        attempts,
        refused: 0,
        unknown: 0,
        fallbacks: 0,
        own_limits: 0,
        steps: None,
    }
}

/// Families with the counts of their tasks.
pub fn of_counts(families: &[(&str, &[(u32, u32)])]) -> Battery {
    let mut tasks = Vec::new();
    for (family, counts) in families {
        for (passes, attempts) in *counts {
            tasks.push(task(tasks.len() as u32, family, *passes, *attempts));
        }
    }
    Battery { tasks }
}

/// Tasks of families of their own: minutes, passes, attempts.
pub fn battery(tasks: &[(f64, u32, u32)]) -> Battery {
    let task = |(number, (minutes, passes, attempts)): (u32, &(f64, u32, u32))| {
        let mut task = task(number, &number.to_string(), *passes, *attempts);
        task.minutes = Some(*minutes);
        task
    };
    Battery { tasks: (0..).zip(tasks).map(task).collect() }
}
