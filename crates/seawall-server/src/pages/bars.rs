//! Small pictures of measured values: one bar a run, the oldest at the left, and the same in words.

use crate::pages::Piece;
use askama::Template;

/// The height of the picture's drawing, in its own units.
const HEIGHT: u64 = 48;
/// How far apart two bars begin.
const STEP: usize = 5;
/// For how many bars there is room at least, so that few of them do not become a wall.
const ROOM: usize = 60;

/// A picture of measured values.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "piece/bars.html")]
pub struct Bars {
    /// The id of the picture, from which those of its parts are made.
    pub id: String,
    /// What was measured.
    pub title: String,
    /// The unit, as it stands behind a number.
    pub unit: &'static str,
    /// The values, the oldest first.
    pub values: Vec<u64>,
}

impl Piece for Bars {}

/// One bar.
struct Bar {
    x: usize,
    y: u64,
    height: u64,
}

impl Bars {
    fn width(&self) -> usize {
        self.values.len().max(ROOM) * STEP
    }

    fn bars(&self) -> Vec<Bar> {
        let most = self.values.iter().copied().max().unwrap_or(0).max(1);
        let bar = |(place, value): (usize, &u64)| {
            // Whatever was measured can be seen, however little it is beside the most.
            let height = u128::from(*value) * u128::from(HEIGHT - 2) / u128::from(most);
            let height = u64::try_from(height).unwrap_or(HEIGHT).max(1);
            Bar { x: place * STEP, y: HEIGHT - height, height }
        };
        self.values.iter().enumerate().map(bar).collect()
    }

    /// The picture in words.
    fn words(&self) -> String {
        let mut sorted = self.values.clone();
        sorted.sort_unstable();
        let (Some(least), Some(most)) = (sorted.first(), sorted.last()) else {
            return "Nothing was measured yet.".to_owned();
        };
        let middle = sorted.get(sorted.len() / 2).unwrap_or(most);
        let (count, unit) = (sorted.len(), self.unit);
        let runs = if count == 1 { "run" } else { "runs" };
        format!(
            "Over the newest {count} {runs}: in the middle {middle} {unit}, at least {least} \
             {unit}, at most {most} {unit}."
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(values: &[u64], heights: &[u64], words: &str) {
        let bars = Bars { unit: "ms", values: values.to_vec(), ..Bars::default() };
        assert_eq!(bars.bars().iter().map(|bar| bar.height).collect::<Vec<_>>(), heights);
        assert!(bars.bars().iter().all(|bar| bar.y + bar.height == HEIGHT));
        assert_eq!(bars.words(), words);
    }

    #[test]
    fn bars_are_as_high_as_their_values_and_said_in_words() {
        check(&[], &[], "Nothing was measured yet.");
        let one = "Over the newest 1 run: in the middle 0 ms, at least 0 ms, at most 0 ms.";
        check(&[0], &[1], one);
        let three = "Over the newest 3 runs: in the middle 5 ms, at least 1 ms, at most 10 ms.";
        check(&[5, 10, 1], &[23, 46, 4], three);
        let most = u64::MAX;
        let wide = format!(
            "Over the newest 2 runs: in the middle {most} ms, at least 1 ms, at most {most} ms."
        );
        check(&[most, 1], &[46, 1], &wide);
    }
}
