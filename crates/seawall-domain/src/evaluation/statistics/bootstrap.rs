//! The hierarchical bootstrap of the time horizon: families are drawn anew, in each its tasks, in
//! each its attempts.
//!
//! Chance is a number that the caller gives: the same seed gives the same interval, bit for bit.

use super::design::{Design, Row};
use super::horizon::{Curve, Method, minutes, timed};
use super::logistic::{Point, crossing, fit};
use super::{Alpha, Undefined};
use std::collections::BTreeMap;

/// A bound on draws times tasks: about ten seconds of one processor.
pub const WORK_MAX: u64 = 500_000_000;

/// A bound on the attempts of one task, each of which has an entry in a table.
const ATTEMPTS_MAX: u32 = 10_000;

/// A bound on all entries of these tables together: 80 megabytes.
const TABLE_MAX: usize = 10_000_000;

/// How many draws, and from which seed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Draws {
    /// How many.
    pub count: u32,
    /// The seed.
    pub seed: u64,
}

/// An interval from draws.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawn {
    /// The lower end, in minutes.
    pub lower: f64,
    /// The upper end, in minutes.
    pub upper: f64,
    /// Draws that had a horizon; the ends are quantiles of these.
    pub defined: u32,
    /// Draws without one: success did not fall with length, or everything passed or failed.
    pub undefined: u32,
}

/// The horizon at one half, each end one-sided at `alpha`.
pub fn h50(
    design: &Design,
    method: Method,
    alpha: Alpha,
    draws: Draws,
) -> Result<Drawn, Undefined> {
    let rows = timed(design)?;
    if u64::from(draws.count).saturating_mul(rows.len() as u64) > WORK_MAX {
        return Err(Undefined::TooMany);
    }
    let mut resampling = Resampling::of(&rows, method)?;
    let mut chance = Generator::seeded(draws.seed);
    let mut found = Vec::new();
    let mut undefined = 0;
    for _ in 0..draws.count {
        match resampling.draw(&mut chance) {
            Ok(log2) => found.push(log2),
            Err(_) => undefined += 1,
        }
    }
    found.sort_by(f64::total_cmp);
    Ok(Drawn {
        lower: minutes(quantile(&found, alpha.level())?)?,
        upper: minutes(quantile(&found, 1.0 - alpha.level())?)?,
        defined: draws.count - undefined,
        undefined,
    })
}

/// The quantile of sorted figures, between neighbours in proportion.
fn quantile(sorted: &[f64], at: f64) -> Result<f64, Undefined> {
    let last = sorted.len().checked_sub(1).ok_or(Undefined::FewAttempts)?;
    let place = at * last as f64;
    let below = place.floor();
    let value = |index: usize| sorted.get(index.min(last)).copied().unwrap_or_default();
    let (low, high) = (value(below as usize), value(below as usize + 1));
    Ok(low + (place - below) * (high - low))
}

/// Everything that stays the same from draw to draw.
struct Resampling<'a> {
    rows: &'a [(Row, f64)],
    method: Method,
    /// The rows of each family.
    families: Vec<Vec<usize>>,
    /// For each row, the table from which its passes are drawn.
    tables: Vec<usize>,
    cumulative: Vec<Vec<f64>>,
    points: Vec<Point>,
}

impl<'a> Resampling<'a> {
    fn of(rows: &'a [(Row, f64)], method: Method) -> Result<Resampling<'a>, Undefined> {
        let mut families: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        let mut known: BTreeMap<(u32, u32), usize> = BTreeMap::new();
        let (mut tables, mut cumulative) = (Vec::new(), Vec::new());
        let mut entries = 0usize;
        for (place, (row, _)) in rows.iter().enumerate() {
            families.entry(row.family).or_default().push(place);
            let key = (row.passes, row.attempts);
            let table = *known.entry(key).or_insert(cumulative.len());
            if table == cumulative.len() {
                entries = entries.saturating_add(row.attempts as usize);
                if row.attempts > ATTEMPTS_MAX || entries > TABLE_MAX {
                    return Err(Undefined::TooMany);
                }
                cumulative.push(binomial(row.passes, row.attempts));
            }
            tables.push(table);
        }
        let point = |(_, x): &(Row, f64)| Point { x: *x, passes: 0.0, attempts: 0.0 };
        let points = rows.iter().map(point).collect();
        let families = families.into_values().collect();
        Ok(Resampling { rows, method, families, tables, cumulative, points })
    }

    /// One draw: the binary logarithm of its horizon.
    fn draw(&mut self, chance: &mut Generator) -> Result<f64, Undefined> {
        for point in &mut self.points {
            (point.passes, point.attempts) = (0.0, 0.0);
        }
        for _ in 0..self.families.len() {
            let family = chance.below(self.families.len());
            let Some(members) = self.families.get(family) else { continue };
            for _ in 0..members.len() {
                let Some(&place) = members.get(chance.below(members.len())) else { continue };
                let (Some((row, _)), Some(point), Some(table)) = (
                    self.rows.get(place),
                    self.points.get_mut(place),
                    self.tables.get(place).and_then(|table| self.cumulative.get(*table)),
                ) else {
                    continue;
                };
                let unit = chance.unit();
                let passes = table.partition_point(|below| *below <= unit);
                let (passes, attempts) =
                    self.method.counted(row, passes as f64, f64::from(row.attempts));
                point.passes += passes;
                point.attempts += attempts;
            }
        }
        let mut ridge = self.method.regularization();
        if ridge > 0.0 {
            // The penalty is set against weights that sum to one, which a draw's do not.
            ridge *= self.points.iter().map(|point| point.attempts).sum::<f64>();
        }
        match fit(&self.points, ridge) {
            Ok(line) => Curve::of(&line).log2_minutes(0.5),
            // A slope without end still says where success turns into failure; without such draws
            // the interval would know only the blurred ones.
            Err(Undefined::Separated) => crossing(&self.points).ok_or(Undefined::Rising),
            Err(why) => Err(why),
        }
    }
}

/// The chances of at most 0, 1, … passes when as many attempts are drawn with replacement: a
/// binomial distribution, built outwards from its most likely figure. The last entry, one, is left
/// out, so that the search never ends beyond the number of attempts.
fn binomial(passes: u32, attempts: u32) -> Vec<f64> {
    let (n, odds) = (f64::from(attempts), f64::from(passes) / f64::from(attempts - passes));
    let mut chances = vec![0.0; attempts as usize + 1];
    let mut put = |place: u32, value: f64| {
        if let Some(slot) = chances.get_mut(place as usize) {
            *slot = value;
        }
    };
    put(passes, 1.0);
    let mut value = 1.0;
    for k in passes..attempts {
        value *= (n - f64::from(k)) / (f64::from(k) + 1.0) * odds;
        put(k + 1, value);
    }
    value = 1.0;
    for k in (1..=passes).rev().filter(|_| passes < attempts) {
        value *= f64::from(k) / ((n - f64::from(k) + 1.0) * odds);
        put(k - 1, value);
    }
    let sum: f64 = chances.iter().sum();
    let mut below = 0.0;
    for chance in &mut chances {
        below += *chance / sum;
        *chance = below;
    }
    chances.pop();
    chances
}

/// The generator xoshiro256++ of D. Blackman and S. Vigna (2019), seeded by their splitmix64.
#[derive(Clone, Debug)]
pub struct Generator {
    state: [u64; 4],
}

impl Generator {
    /// A generator; equal seeds give equal numbers.
    pub fn seeded(seed: u64) -> Generator {
        let mut seed = seed;
        let mut next = || {
            seed = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (seed ^ (seed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
            mixed ^ (mixed >> 31)
        };
        Generator { state: [next(), next(), next(), next()] }
    }

    /// The next 64 bits.
    pub fn bits(&mut self) -> u64 {
        let [a, b, c, d] = self.state;
        let bits = a.wrapping_add(d).rotate_left(23).wrapping_add(a);
        let (c, d) = (c ^ a, d ^ b);
        let (b_next, a_next) = (b ^ c, a ^ d);
        self.state = [a_next, b_next, c ^ (b << 17), d.rotate_left(45)];
        bits
    }

    /// A number from 0 up to and without 1.
    pub fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / 9_007_199_254_740_992.0)
    }

    /// A whole number below `end`; 0 when that is 0. What it favours is beyond measuring.
    pub fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.bits()) * end as u128) >> 64) as usize
    }
}
