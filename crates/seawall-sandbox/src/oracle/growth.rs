//! Growth: what an attack takes against its control, and against itself at another size.

use super::{Judgement, told};
use crate::launch::{Ended, How};
use seawall_domain::recipe::{Demand, Measure};
use std::time::Duration;

/// Differences smaller than this are what a busy machine does by itself.
const NOISE: Duration = Duration::from_millis(10);
/// What a process holds in memory differs by so much by itself.
const NOISE_MIB: u32 = 8;

/// Attack and control at one size.
pub(crate) struct Pair {
    pub attack: Ended,
    pub control: Ended,
}

impl Pair {
    /// The better of two measurements of the same two commands. What else runs on the machine only
    /// ever adds processor time (cold caches, a shared core): the lesser is nearer to the truth.
    pub(crate) fn lesser(self, other: Pair) -> Pair {
        let lesser = |first: Ended, second: Ended| {
            let is_whole = |ended: &Ended| ended.how == How::Exit(0);
            let is_better = is_whole(&second) && (!is_whole(&first) || second.cpu < first.cpu);
            if is_better { second } else { first }
        };
        Pair {
            attack: lesser(self.attack, other.attack),
            control: lesser(self.control, other.control),
        }
    }

    fn beyond(&self, by: &Demand) -> u64 {
        used(&self.attack, by.measure).saturating_sub(used(&self.control, by.measure))
    }
}

/// What growth measures of a command, in its own unit (milliseconds or MiB).
fn used(ended: &Ended, measure: Measure) -> u64 {
    match measure {
        Measure::Time => u64::try_from(ended.cpu.as_millis()).unwrap_or(u64::MAX),
        Measure::Memory => u64::from(ended.peak_mib),
    }
}

fn noise(measure: Measure) -> u64 {
    match measure {
        Measure::Time => u64::try_from(NOISE.as_millis()).unwrap_or(0),
        Measure::Memory => u64::from(NOISE_MIB),
    }
}

fn unit(measure: Measure) -> &'static str {
    match measure {
        Measure::Time => "ms",
        Measure::Memory => "MiB",
    }
}

/// Judges the larger size alone: `None` means that the smaller size has to be measured as well.
pub(crate) fn large(large: &Pair, by: &Demand) -> Option<Judgement> {
    let Pair { attack, control } = large;
    if control.how != How::Exit(0) {
        return Some(Judgement::untested(format!("the control {}", told(&control.how))));
    }
    // An attack that was ended for its use of what is measured was measured up to there.
    let measured = match (by.measure, &attack.how) {
        (_, How::Exit(0)) => true,
        (Measure::Time, How::Busy | How::Late) | (Measure::Memory, How::Starved) => true,
        // The limit of a single process ends it by a signal of its own.
        (Measure::Time, How::Exit(code)) => *code == 128 + 24 || *code == 128 + 9,
        (Measure::Memory, How::Exit(code)) => *code == 128 + 9,
        (Measure::Time, How::Starved) | (Measure::Memory, How::Busy | How::Late) => false,
        (Measure::Time | Measure::Memory, How::Flooded) => false,
    };
    if !measured {
        return Some(Judgement::untested(format!("the attack {}", told(&attack.how))));
    }
    let (a, c) = (used(attack, by.measure), used(control, by.measure));
    if a >= c.max(noise(by.measure)).saturating_mul(by.over_control.into()) {
        return None;
    }
    let unit = unit(by.measure);
    if attack.how != How::Exit(0) {
        return Some(Judgement::untested(format!(
            "the attack {} at {a} {unit}",
            told(&attack.how)
        )));
    }
    Some(Judgement::unaffected(format!("attack {a} {unit}, control {c} {unit} at the larger size")))
}

/// Whether a busy machine can be why the attack did not stand out from its control: it took more
/// than half of what is demanded.
pub(crate) fn is_near(large: &Pair, by: &Demand) -> bool {
    let a = used(&large.attack, by.measure);
    let c = used(&large.control, by.measure).max(noise(by.measure));
    by.measure == Measure::Time && a.saturating_mul(2) > c.saturating_mul(by.over_control.into())
}

/// Whether what was seen of both sizes falls short by less than half of what is demanded.
pub(crate) fn grows_nearly(small: &Pair, large: &Pair, by: &Demand) -> bool {
    let (s, l) = (small.beyond(by).max(noise(by.measure)), large.beyond(by));
    let wanted = s.saturating_mul(by.over_size.into());
    by.measure == Measure::Time && l < wanted && l.saturating_mul(2) > wanted
}

/// Judges growth from both sizes.
pub(crate) fn both(small: &Pair, large: &Pair, by: &Demand) -> Judgement {
    for ended in [&small.attack, &small.control] {
        if ended.how != How::Exit(0) {
            return Judgement::untested(format!("the smaller size {}", told(&ended.how)));
        }
    }
    let (s, l) = (small.beyond(by), large.beyond(by));
    let unit = unit(by.measure);
    let why = format!(
        "beyond the control, the attack took {s} {unit} at the smaller size and {l} {unit} at the \
         larger"
    );
    if l >= s.max(noise(by.measure)).saturating_mul(by.over_size.into()) {
        let effect = match by.measure {
            Measure::Time => "growth",
            Measure::Memory => "memory growth",
        };
        Judgement::affected(effect, why)
    } else if large.attack.how != How::Exit(0) {
        // How far it would have grown was not seen.
        Judgement::untested(format!("{why}, where it {}", told(&large.attack.how)))
    } else {
        Judgement::unaffected(why)
    }
}

#[cfg(test)]
mod tests;
