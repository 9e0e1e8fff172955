//! Agreement of two coders beyond chance: J. Cohen's kappa (1960).

use super::Undefined;

/// More kinds of answer than a coding sheet has.
pub const CATEGORIES_MAX: usize = 256;

/// How well two coders agree.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Agreement {
    /// The share of items on which they agree.
    pub observed: f64,
    /// The share on which they would agree by chance, from how often each gives each answer.
    pub expected: f64,
    /// Kappa: 1 for full agreement, 0 for chance, below 0 for less than chance.
    pub kappa: f64,
}

/// The agreement from a square table: how often the first coder said the row and the second the
/// column. Not defined when both always gave one and the same answer.
pub fn agreement(table: &[Vec<u32>]) -> Result<Agreement, Undefined> {
    let size = table.len();
    if size > CATEGORIES_MAX {
        return Err(Undefined::TooMany);
    }
    if table.iter().any(|row| row.len() != size) {
        return Err(Undefined::Unequal);
    }
    let sum = |row: &[u32]| row.iter().map(|count| u64::from(*count)).sum::<u64>();
    let rows: Vec<u64> = table.iter().map(|row| sum(row)).collect();
    let total = rows.iter().sum::<u64>();
    if total == 0 {
        return Err(Undefined::NoAttempts);
    }
    let cell = |row: usize, column: usize| {
        table.get(row).and_then(|row| row.get(column)).copied().map_or(0, u64::from)
    };
    let agreed: u64 = (0..size).map(|place| cell(place, place)).sum();
    let total = total as f64;
    let mut expected = 0.0;
    for (place, row) in rows.iter().enumerate() {
        let column: u64 = (0..size).map(|other| cell(other, place)).sum();
        expected += (*row as f64 / total) * (column as f64 / total);
    }
    let observed = agreed as f64 / total;
    if expected >= 1.0 {
        return Err(Undefined::Constant);
    }
    Ok(Agreement { observed, expected, kappa: (observed - expected) / (1.0 - expected) })
}
