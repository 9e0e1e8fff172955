//! Pictures of a case: where its three machines stand, and its clocks on one line.

use crate::pages::{Piece, When};
use askama::Template;

/// How far a step of a machine is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Progress {
    /// It has happened.
    Done,
    /// It is so now.
    Now,
    /// It has not happened.
    #[default]
    Ahead,
}

impl Progress {
    const fn class(self) -> &'static str {
        match self {
            Progress::Done => "done",
            Progress::Now => "now",
            Progress::Ahead => "ahead",
        }
    }

    const fn words(self) -> &'static str {
        match self {
            Progress::Done => "has happened",
            Progress::Now => "is so now",
            Progress::Ahead => "has not happened",
        }
    }
}

/// One step of a machine.
#[derive(Clone, Debug, Default)]
pub struct Step {
    /// One or two short words.
    pub label: String,
    /// How far it is.
    pub progress: Progress,
}

/// How the steps of a machine belong together.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Order {
    /// One after the other, like a report's way: joined by a line.
    #[default]
    Path,
    /// Each on its own, like what is known to whom: not joined.
    Facts,
}

/// One machine (report, embargo or case) and where it stands.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "piece/track.html")]
pub struct Track {
    /// An id, unique on its page: letters, digits and `-`.
    pub id: String,
    /// Its name for people.
    pub name: String,
    /// What it means now, in one sentence.
    pub says: String,
    /// Its steps, at most six.
    pub steps: Vec<Step>,
    /// How they belong together.
    pub order: Order,
}

impl Piece for Track {}

/// The width of the drawing, in its own units: a phone's column.
const WIDTH: usize = 360;

/// A step with its place.
struct Drawn<'a> {
    step: &'a Step,
    x: usize,
    lines: Vec<&'a str>,
}

impl Track {
    fn width(&self) -> usize {
        WIDTH
    }

    fn drawn(&self) -> Vec<Drawn<'_>> {
        let slot = WIDTH / self.steps.len().max(1);
        let place = |(index, step)| Drawn {
            step,
            x: slot * index + slot / 2,
            lines: step.label.splitn(2, ' ').collect(),
        };
        self.steps.iter().enumerate().map(place).collect()
    }

    fn first_x(&self) -> usize {
        self.drawn().first().map_or(0, |drawn| drawn.x)
    }

    fn last_x(&self) -> usize {
        self.drawn().last().map_or(0, |drawn| drawn.x)
    }

    /// The whole in words.
    fn words(&self) -> String {
        let part = |step: &Step| format!("{} {}", step.label, step.progress.words());
        let parts: Vec<String> = self.steps.iter().map(part).collect();
        format!("{}.", parts.join("; "))
    }
}

/// One moment on the line of a case.
#[derive(Clone, Debug, Default)]
pub struct Moment {
    /// What happens then.
    pub label: String,
    /// When.
    pub at: When,
    /// The same in seconds since 1970, for its place on the line.
    pub seconds: i64,
    /// Whether this clock is the one that ends the embargo.
    pub binding: bool,
}

/// The embargo on one line: from its start, past now, to its clocks.
#[derive(Clone, Debug, Default, Template)]
#[template(path = "piece/timeline.html")]
pub struct Timeline {
    /// An id, unique on its page: letters, digits and `-`.
    pub id: String,
    /// The moments, in any order.
    pub moments: Vec<Moment>,
    /// Now, on the same line.
    pub now: Moment,
}

impl Piece for Timeline {}

/// Marks closer together than this would overlap.
const MARK_GAP: i64 = 21;

/// A numbered mark on the line.
struct Mark<'a> {
    number: usize,
    moment: &'a Moment,
    x: i64,
    past: bool,
}

impl Timeline {
    fn marks(&self) -> Vec<Mark<'_>> {
        let mut moments: Vec<&Moment> = self.moments.iter().collect();
        moments.sort_by_key(|moment| moment.seconds);
        let mut marks: Vec<Mark<'_>> = Vec::new();
        for (index, moment) in moments.into_iter().enumerate() {
            let free = marks.last().map_or(0, |mark| mark.x + MARK_GAP);
            marks.push(Mark {
                number: index + 1,
                moment,
                x: self.place(moment.seconds).max(free),
                past: moment.seconds <= self.now.seconds,
            });
        }
        spread_back(&mut marks);
        marks
    }

    fn now_x(&self) -> i64 {
        self.place(self.now.seconds)
    }

    /// The place of a moment between 12 and 348.
    fn place(&self, seconds: i64) -> i64 {
        let all = || self.moments.iter().map(|m| m.seconds).chain([self.now.seconds]);
        let first = i128::from(all().min().unwrap_or(seconds));
        let last = i128::from(all().max().unwrap_or(seconds));
        let span = (last - first).max(1);
        let along = (i128::from(seconds) - first) * 336 / span;
        i64::try_from(along).unwrap_or(0).clamp(0, 336) + 12
    }

    /// The whole in words.
    fn words(&self) -> String {
        let part = |mark: &Mark<'_>| format!("{} {}", mark.moment.label, mark.moment.at.text);
        let parts: Vec<String> = self.marks().iter().map(part).collect();
        format!("{}. Now: {}.", parts.join("; "), self.now.at.text)
    }
}

/// Moves marks that were pushed past the right end back, keeping them apart where there is room.
fn spread_back(marks: &mut [Mark<'_>]) {
    let mut limit = 348;
    for mark in marks.iter_mut().rev() {
        mark.x = mark.x.min(limit).max(12);
        limit = mark.x - MARK_GAP;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(seconds: &[i64], now: i64) {
        let moments =
            seconds.iter().map(|seconds| Moment { seconds: *seconds, ..Moment::default() });
        let timeline = Timeline {
            id: "t".into(),
            moments: moments.collect(),
            now: Moment { seconds: now, ..Moment::default() },
        };
        let marks = timeline.marks();
        assert_eq!(marks.len(), seconds.len());
        assert!(marks.iter().all(|mark| (12..=348).contains(&mark.x)), "{seconds:?}");
        assert!(marks.is_sorted_by_key(|mark| mark.moment.seconds), "{seconds:?}");
        if marks.len() < 16 {
            assert!(marks.windows(2).all(|two| two[1].x - two[0].x >= MARK_GAP), "{seconds:?}");
        }
        assert!(timeline.render().is_ok());
    }

    #[test]
    fn marks_stay_on_the_line_and_apart() {
        check(&[], 0);
        check(&[5], 5);
        check(&[100, 100, 100], 100);
        check(&[300, 100, 200], 150);
        check(&[0, 1, 2, 1_000_000], 999_999);
        check(&[i64::MIN, i64::MAX, 0], i64::MAX);
        check(&[7; 40], 9);
    }

    #[test]
    fn a_track_says_in_words_what_it_draws() {
        let step = |label: &str, progress| Step { label: label.into(), progress };
        let track = Track {
            steps: vec![step("received", Progress::Done), step("valid", Progress::Now)],
            ..Track::default()
        };
        assert_eq!(track.words(), "received has happened; valid is so now.");
        assert!(track.render().is_ok());
        assert!(Track::default().render().is_ok());
    }
}
