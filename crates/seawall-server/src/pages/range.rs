//! The affected range as a picture: a line of releases in version order, and the same as a table.
//!
//! Neighbouring releases with the same outcome form a stretch. Colour never speaks alone: affected
//! stretches are solid, unaffected ones hollow, untested ones hatched.

use crate::pages::Piece;
use askama::Template;

/// What running one release showed.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Outcome {
    /// The effect was seen.
    Affected,
    /// The proof ran and nothing was seen.
    Unaffected,
    /// It could not be run here, which says nothing.
    #[default]
    Untested,
}

impl Outcome {
    /// The words for people.
    pub const fn words(self) -> &'static str {
        match self {
            Outcome::Affected => "affected",
            Outcome::Unaffected => "not affected",
            Outcome::Untested => "could not be run",
        }
    }

    /// The word that the style sheet knows it by.
    pub const fn class(self) -> &'static str {
        match self {
            Outcome::Affected => "affected",
            Outcome::Unaffected => "unaffected",
            Outcome::Untested => "untested",
        }
    }
}

/// One release and its outcome.
#[derive(Clone, Debug, Default)]
pub struct Release {
    /// Its version.
    pub version: String,
    /// What running it showed.
    pub outcome: Outcome,
}

/// The picture of one package's range.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "piece/range.html")]
pub struct RangePicture {
    /// An id, unique on its page: letters, digits and `-`.
    pub id: String,
    /// The package, for the title.
    pub package: String,
    /// The intervals in words: `from 1.0.0 until fixed in 1.3.6`.
    pub intervals: Vec<String>,
    /// The releases in version order.
    pub releases: Vec<Release>,
}

impl Piece for RangePicture {}

/// The width of the drawing, in its own units: a phone's column, so that text stays readable.
const WIDTH: usize = 360;
/// The height of one row of stretches with its labels.
const ROW_HEIGHT: usize = 46;
/// More stretches than this do not fit on one row with their labels.
const ROW_STRETCHES_MAX: usize = 5;
/// A stretch is never drawn narrower, or its label would run into the next.
const STRETCH_WIDTH_MIN: usize = 52;
/// A longer version is cut in the drawing; the table has it whole.
const LABEL_CHARS_MAX: usize = 9;
/// Releases closer together than this are not drawn one by one.
const TICK_GAP_MIN: usize = 4;

/// Neighbouring releases with one outcome, as drawn.
struct Stretch {
    outcome: Outcome,
    first: String,
    last: String,
    count: usize,
    x: usize,
    y: usize,
    width: usize,
    ticks: Vec<usize>,
}

impl Stretch {
    /// The label under its left end.
    fn label(&self) -> String {
        short(&self.first)
    }

    /// In words, for the description and for those who can't see it.
    fn words(&self) -> String {
        let word = self.outcome.words();
        if self.count == 1 {
            format!("{}: {word}", self.first)
        } else {
            format!("{} to {}: {word} ({} releases)", self.first, self.last, self.count)
        }
    }
}

impl RangePicture {
    fn width(&self) -> usize {
        WIDTH
    }

    /// The height of the drawing: its rows and the legend.
    fn height(&self) -> usize {
        let rows = self.runs().len().div_ceil(ROW_STRETCHES_MAX).max(1);
        rows * ROW_HEIGHT + 22
    }

    fn legend_y(&self) -> usize {
        self.height() - 14
    }

    /// The runs of equal outcome: index of the first release and how many.
    fn runs(&self) -> Vec<(usize, usize)> {
        let mut runs: Vec<(usize, usize)> = Vec::new();
        let mut before = None;
        for (index, release) in self.releases.iter().enumerate() {
            match runs.last_mut() {
                Some(run) if before == Some(release.outcome) => run.1 += 1,
                _ => runs.push((index, 1)),
            }
            before = Some(release.outcome);
        }
        runs
    }

    /// The stretches with their places, row by row.
    fn stretches(&self) -> Vec<Stretch> {
        let runs = self.runs();
        let rows = runs.chunks(ROW_STRETCHES_MAX).enumerate();
        rows.flat_map(|(row, runs)| self.row(row, runs)).collect()
    }

    fn row(&self, row: usize, runs: &[(usize, usize)]) -> Vec<Stretch> {
        let total: usize = runs.iter().map(|run| run.1).sum();
        let spare = WIDTH - runs.len() * STRETCH_WIDTH_MIN;
        let mut x = 0;
        let mut stretches = Vec::new();
        for (first, count) in runs {
            let width = STRETCH_WIDTH_MIN + spare * count / total.max(1);
            let members = self.releases.iter().skip(*first).take(*count);
            let versions: Vec<&str> = members.map(|r| r.version.as_str()).collect();
            let gap = width / count;
            let ticks = match gap {
                gap if gap < TICK_GAP_MIN => Vec::new(),
                _ => (0..*count).map(|i| x + width * (2 * i + 1) / (2 * count)).collect(),
            };
            stretches.push(Stretch {
                outcome: self.releases.get(*first).map(|r| r.outcome).unwrap_or_default(),
                first: versions.first().copied().unwrap_or_default().to_owned(),
                last: versions.last().copied().unwrap_or_default().to_owned(),
                count: *count,
                x,
                y: row * ROW_HEIGHT + 2,
                width,
                ticks,
            });
            x += width;
        }
        stretches
    }

    /// The label of the newest release, unless its stretch already starts with it.
    fn newest(&self) -> Option<String> {
        let last = self.stretches().pop()?;
        (last.count > 1 && last.width > 120).then(|| short(&last.last))
    }

    fn newest_y(&self) -> usize {
        self.stretches().last().map_or(0, |last| last.y + 32)
    }

    /// The whole in one sentence.
    fn words(&self) -> String {
        let parts: Vec<String> = self.stretches().iter().map(Stretch::words).collect();
        match parts.is_empty() {
            true => "No release was run.".to_owned(),
            false => format!("{}.", parts.join("; ")),
        }
    }

    fn count(&self, outcome: Outcome) -> usize {
        self.releases.iter().filter(|r| r.outcome == outcome).count()
    }
}

/// A version cut to what fits under its stretch, on a character boundary.
fn short(version: &str) -> String {
    if version.chars().count() <= LABEL_CHARS_MAX {
        return version.to_owned();
    }
    let cut: String = version.chars().take(LABEL_CHARS_MAX - 1).collect();
    format!("{cut}…")
}

#[cfg(test)]
mod tests {
    use super::{Outcome::*, *};

    fn picture(outcomes: &[Outcome]) -> RangePicture {
        let release = |(index, outcome): (usize, &Outcome)| Release {
            version: format!("1.{index}"),
            outcome: *outcome,
        };
        RangePicture {
            id: "r".into(),
            package: "demo".into(),
            intervals: Vec::new(),
            releases: outcomes.iter().enumerate().map(release).collect(),
        }
    }

    fn check(outcomes: &[Outcome], expected: &str) {
        let picture = picture(outcomes);
        assert_eq!(picture.words(), expected);
        for stretch in picture.stretches() {
            assert!(stretch.x + stretch.width <= WIDTH, "{expected}");
            assert!(stretch.y + 40 <= picture.height(), "{expected}");
            assert!(
                stretch.ticks.iter().all(|x| (stretch.x..=stretch.x + stretch.width).contains(x))
            );
        }
        assert!(picture.render().is_ok());
    }

    #[test]
    fn neighbours_with_one_outcome_form_a_stretch() {
        check(&[], "No release was run.");
        check(&[Affected], "1.0: affected.");
        check(
            &[Untested, Unaffected, Affected, Affected, Unaffected],
            "1.0: could not be run; 1.1: not affected; 1.2 to 1.3: affected (2 releases); \
             1.4: not affected.",
        );
    }

    #[test]
    fn a_relapse_shows_as_two_stretches() {
        check(
            &[Affected, Affected, Unaffected, Affected, Unaffected],
            "1.0 to 1.1: affected (2 releases); 1.2: not affected; 1.3: affected; \
             1.4: not affected.",
        );
    }

    #[test]
    fn any_number_of_releases_stays_inside() {
        for count in [2, 5, 6, 7, 50, 200, 1000] {
            let mixed: Vec<Outcome> =
                (0..count).map(|i| [Affected, Unaffected, Untested][i % 3]).collect();
            let words = picture(&mixed).words();
            check(&mixed, &words);
            let same = vec![Affected; count];
            let words = picture(&same).words();
            check(&same, &words);
        }
    }

    #[test]
    fn a_long_version_is_cut_between_characters() {
        assert_eq!(short("2024.10.11-beta"), "2024.10.…");
        assert_eq!(short("版本版本版本版本版本版本"), "版本版本版本版本…");
        assert_eq!(short("1.2.3"), "1.2.3");
    }
}
