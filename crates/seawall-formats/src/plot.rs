//! A picture of a battery's figures, as SVG 1.1: success by budget, success by human minutes with
//! the fitted horizon, and the score with its interval.
//!
//! It shows what was observed and nothing that is sealed: no threshold, no task's name. Texts come
//! from here alone, save the title, which is escaped; what is no finite number is left out.

/// The most points of one curve that are drawn.
pub const POINTS_MAX: usize = 2_000;

const WIDTH: f64 = 720.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 20.0;
const PANEL: f64 = 180.0;
const GAP: f64 = 70.0;
const TOP: f64 = 64.0;
const STRIP: f64 = 40.0;

/// Colours that are told apart by people who see no red or green, and in print.
const INK: &str = "#1b1b1b";
const FAINT: &str = "#a9aeb1";
const LINE: &str = "#005ea2";
const BAND: &str = "#d9e8f6";
const FIT: &str = "#b50909";

/// Writes into a text.
macro_rules! put {
    ($into:expr, $($what:tt)*) => {
        $into.push_str(&format!($($what)*))
    };
}

/// What is shown.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picture {
    /// What it is of, in one line.
    pub title: String,
    /// Success by budget: tokens, and the share of attempts that passed within them.
    pub budget: Vec<(f64, f64)>,
    /// Each task that has a length: human minutes, and the share of its attempts that passed.
    pub tasks: Vec<(f64, f64)>,
    /// The fitted horizon, where there is one.
    pub fit: Option<Fit>,
    /// The score.
    pub score: f64,
    /// Its interval, where there is one.
    pub interval: Option<(f64, f64)>,
    /// The interval's level in words, such as `90 %`.
    pub level: String,
}

/// The fitted curve: `logit P = intercept + slope · log2(minutes)`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Fit {
    /// Its intercept.
    pub intercept: f64,
    /// Its slope, below zero.
    pub slope: f64,
    /// The minutes at which half passes.
    pub half: Option<f64>,
    /// The interval of these.
    pub half_interval: Option<(f64, f64)>,
}

/// Writes the picture.
pub fn svg(picture: &Picture) -> String {
    let mut out = Svg::default();
    let height = TOP + 2.0 * (PANEL + GAP) + STRIP + 40.0;
    let title = escaped(&picture.title);
    let described = escaped(&words(picture));
    put!(
        out.0,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" \
         aria-labelledby=\"title desc\" font-family=\"sans-serif\" font-size=\"12\">\
         <title id=\"title\">{title}</title><desc id=\"desc\">{described}</desc>\
         <rect width=\"{WIDTH}\" height=\"{height}\" fill=\"#ffffff\"/>"
    );
    out.text((LEFT, 26.0), "start", 16, &title);
    by_budget(&mut out, picture, TOP);
    by_minutes(&mut out, picture, TOP + PANEL + GAP);
    score(&mut out, picture, TOP + 2.0 * (PANEL + GAP));
    out.0.push_str("</svg>\n");
    out.0
}

/// The same in words, for whoever does not see it.
pub fn words(picture: &Picture) -> String {
    if !picture.score.is_finite() {
        return "There is no score.".to_owned();
    }
    let mut said = format!("The score is {}", share(picture.score));
    if let Some((low, high)) = finite(picture.interval) {
        put!(said, ", {} interval {} to {}", picture.level, share(low), share(high));
    }
    if let Some((tokens, last)) = picture.budget.last().filter(|it| it.0.is_finite()) {
        put!(said, ". Within {} tokens {} passed", count(*tokens), share(*last));
    }
    if let Some(half) = picture.fit.and_then(|fit| fit.half).filter(|half| half.is_finite()) {
        put!(said, ". Half pass at {} human minutes", count(half));
    }
    said + "."
}

fn by_budget(out: &mut Svg, picture: &Picture, top: f64) {
    out.text((LEFT, top - 10.0), "start", 13, "Share of attempts passed, by tokens");
    let points: Vec<(f64, f64)> =
        picture.budget.iter().copied().filter(drawable).take(POINTS_MAX).collect();
    let Some(axis) = Axis::over(points.iter().map(|point| point.0), 10.0) else {
        return out.nothing(top);
    };
    axis.draw(out, top);
    // The share stays what it was until the next attempt passes.
    let mut path = String::new();
    let mut last = None;
    for (tokens, passed) in &points {
        let (x, y) = (axis.place(*tokens), height_of(top, *passed));
        match last {
            None => put!(path, "M{x:.1} {y:.1}"),
            Some(_) => put!(path, "H{x:.1}V{y:.1}"),
        }
        last = Some(x);
    }
    put!(out.0, "<path d=\"{path}\" fill=\"none\" stroke=\"{LINE}\" stroke-width=\"2\"/>");
    for (tokens, passed) in points.iter().rev().take(1) {
        out.dot((axis.place(*tokens), height_of(top, *passed)), 3.5);
    }
}

fn by_minutes(out: &mut Svg, picture: &Picture, top: f64) {
    let title = "Share of each task's attempts passed, by human minutes";
    out.text((LEFT, top - 10.0), "start", 13, title);
    let tasks: Vec<(f64, f64)> =
        picture.tasks.iter().copied().filter(drawable).take(POINTS_MAX).collect();
    let Some(axis) = Axis::over(tasks.iter().map(|task| task.0), 2.0) else {
        return out.nothing(top);
    };
    let fit = picture.fit.filter(|fit| fit.intercept.is_finite() && fit.slope.is_finite());
    if let Some((low, high)) = fit.and_then(|fit| finite(fit.half_interval)) {
        let (from, to) = (axis.place(low), axis.place(high));
        let (width, middle) = ((to - from).max(0.0), (from + to) / 2.0);
        put!(
            out.0,
            "<rect x=\"{from:.1}\" y=\"{top:.1}\" width=\"{width:.1}\" height=\"{PANEL}\" \
             fill=\"{BAND}\"/>"
        );
        let said = format!("half pass: {} to {} minutes", count(low), count(high));
        out.text((middle.clamp(LEFT + 90.0, WIDTH - 110.0), top + 14.0), "middle", 11, &said);
    }
    axis.draw(out, top);
    tasks.iter().for_each(|task| out.dot((axis.place(task.0), height_of(top, task.1)), 4.0));
    let Some(fit) = fit else { return };
    let mut path = String::new();
    for step in 0..=100_u32 {
        let log2 = axis.low + (axis.high - axis.low) * f64::from(step) / 100.0;
        let odds = fit.intercept + fit.slope * log2 * axis.base.log2();
        let (x, y) = (axis.at(log2), height_of(top, 1.0 / (1.0 + (-odds).exp())));
        put!(path, "{}{x:.1} {y:.1}", if step == 0 { 'M' } else { 'L' });
    }
    put!(
        out.0,
        "<path d=\"{path}\" fill=\"none\" stroke=\"{FIT}\" stroke-width=\"2\" \
         stroke-dasharray=\"6 3\"/>"
    );
    if let Some(half) = fit.half.filter(|half| half.is_finite() && *half > 0.0) {
        let x = axis.place(half);
        let (from, to) = (height_of(top, 0.5), top + PANEL);
        out.line((x, from), (x, to), FIT);
    }
}

fn score(out: &mut Svg, picture: &Picture, top: f64) {
    let title = format!("Score and its {} interval", escaped(&picture.level));
    out.text((LEFT, top - 10.0), "start", 13, &title);
    let along = |value: f64| LEFT + (WIDTH - LEFT - RIGHT) * value.clamp(0.0, 1.0);
    let middle = top + STRIP / 2.0;
    out.line((LEFT, middle), (WIDTH - RIGHT, middle), FAINT);
    for tenth in [0.0, 0.25, 0.5, 0.75, 1.0] {
        out.line((along(tenth), middle - 3.0), (along(tenth), middle + 3.0), FAINT);
        out.text((along(tenth), top + STRIP + 12.0), "middle", 11, &share(tenth));
    }
    if let Some((low, high)) = finite(picture.interval) {
        let (from, width) = (along(low), along(high) - along(low));
        let (y, width) = (middle - 6.0, width.max(0.0));
        put!(
            out.0,
            "<rect x=\"{from:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"12\" \
             fill=\"{BAND}\" stroke=\"{LINE}\"/>"
        );
    }
    if picture.score.is_finite() {
        out.dot((along(picture.score), middle), 5.0);
    }
}

/// A logarithmic axis.
struct Axis {
    base: f64,
    low: f64,
    high: f64,
}

impl Axis {
    /// From below the smallest to above the largest, in whole powers of the base.
    fn over(values: impl Iterator<Item = f64>, base: f64) -> Option<Axis> {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for value in values {
            let place = value.log2() / base.log2();
            (low, high) = (low.min(place), high.max(place));
        }
        let (low, high) = (low.floor(), high.ceil());
        let within = low.is_finite() && high.is_finite() && high - low < 2_200.0;
        within.then(|| Axis { base, low, high: high.max(low + 1.0) })
    }

    fn at(&self, place: f64) -> f64 {
        let along = ((place - self.low) / (self.high - self.low)).clamp(0.0, 1.0);
        LEFT + (WIDTH - LEFT - RIGHT) * along
    }

    fn place(&self, value: f64) -> f64 {
        self.at(value.log2() / self.base.log2())
    }

    /// The frame of a panel: shares up, the axis along.
    fn draw(&self, out: &mut Svg, top: f64) {
        for quarter in [0.0, 0.25, 0.5, 0.75, 1.0] {
            let y = height_of(top, quarter);
            out.line((LEFT, y), (WIDTH - RIGHT, y), FAINT);
            out.text((LEFT - 8.0, y + 4.0), "end", 11, &share(quarter));
        }
        // At most some ten marks.
        let step = ((self.high - self.low) / 10.0).ceil().max(1.0);
        let mut power = self.low;
        while power <= self.high {
            let x = self.at(power);
            out.line((x, top + PANEL), (x, top + PANEL + 5.0), INK);
            out.text((x, top + PANEL + 19.0), "middle", 11, &count(self.base.powf(power)));
            power += step;
        }
    }
}

fn drawable(point: &(f64, f64)) -> bool {
    point.0.is_finite() && point.0 > 0.0 && point.1.is_finite()
}

fn finite(pair: Option<(f64, f64)>) -> Option<(f64, f64)> {
    pair.filter(|(low, high)| low.is_finite() && high.is_finite() && *low >= 0.0 && low <= high)
}

fn height_of(top: f64, share: f64) -> f64 {
    top + PANEL * (1.0 - share.clamp(0.0, 1.0))
}

/// A share as people read it.
pub fn share(value: f64) -> String {
    format!("{:.0} %", value.clamp(0.0, 1.0) * 100.0)
}

/// A number in few digits, as people read it.
pub fn count(value: f64) -> String {
    match value {
        value if value >= 1e12 => format!("{value:.0e}"),
        value if value >= 1e6 => format!("{} M", rounded(value / 1e6)),
        value if value >= 1e4 => format!("{} k", rounded(value / 1e3)),
        value => rounded(value),
    }
}

fn rounded(value: f64) -> String {
    if value >= 10.0 || value.fract() == 0.0 {
        return format!("{value:.0}");
    }
    if value >= 0.1 { format!("{value:.1}") } else { format!("{value:.0e}") }
}

/// A text that is nothing but a text in XML.
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars().take(200) {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            letter if letter.is_control() => safe.push('\u{fffd}'),
            letter => safe.push(letter),
        }
    }
    safe
}

/// What is written so far.
#[derive(Default)]
struct Svg(String);

impl Svg {
    /// A text that is escaped already.
    fn text(&mut self, (x, y): (f64, f64), anchor: &str, size: u8, text: &str) {
        put!(
            self.0,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" font-size=\"{size}\" \
             fill=\"{INK}\">{text}</text>"
        );
    }

    fn line(&mut self, from: (f64, f64), to: (f64, f64), colour: &str) {
        let ((x1, y1), (x2, y2)) = (from, to);
        put!(
            self.0,
            "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" \
             stroke=\"{colour}\"/>"
        );
    }

    fn dot(&mut self, (x, y): (f64, f64), radius: f64) {
        put!(
            self.0,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius}\" fill=\"{LINE}\" \
             fill-opacity=\"0.7\"/>"
        );
    }

    fn nothing(&mut self, top: f64) {
        self.text((LEFT, top + 24.0), "start", 12, "Nothing is known to draw.");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn picture() -> Picture {
        Picture {
            title: "a <run> & \"more\"".to_owned(),
            budget: vec![(1_000.0, 0.1), (20_000.0, 0.4), (2_500_000.0, 0.6)],
            tasks: vec![(3.0, 1.0), (20.0, 0.5), (480.0, 0.0)],
            fit: Some(Fit {
                intercept: 4.0,
                slope: -1.0,
                half: Some(16.0),
                half_interval: Some((8.0, 40.0)),
            }),
            score: 0.6,
            interval: Some((0.4, 0.75)),
            level: "90 %".to_owned(),
        }
    }

    #[test]
    fn a_picture_says_what_it_shows() {
        let drawn = svg(&picture());
        for expected in [
            "a &lt;run&gt; &amp; &quot;more&quot;",
            "The score is 60 %, 90 % interval 40 % to 75 %.",
            "Within 2.5 M tokens 60 % passed.",
            "Half pass at 16 human minutes.",
            "half pass: 8 to 40 minutes",
        ] {
            assert!(drawn.contains(expected), "{expected}: {drawn}");
        }
        // Three dots for the tasks, one for the curve's end, one for the score.
        assert_eq!(drawn.matches("<circle").count(), 5);
        assert_eq!(drawn.matches("<path").count(), 2);
        assert!(!drawn.contains("NaN") && !drawn.contains("inf\""));
        assert_eq!(drawn.matches("<svg").count(), drawn.matches("</svg>").count());
    }

    #[test]
    fn what_is_not_known_is_not_drawn() {
        let bare =
            Picture { budget: vec![], tasks: vec![], fit: None, interval: None, ..picture() };
        let drawn = svg(&bare);
        assert_eq!(drawn.matches("Nothing is known to draw.").count(), 2);
        assert_eq!((drawn.matches("<path").count(), drawn.matches("<circle").count()), (0, 1));
    }

    proptest! {
        #[test]
        fn whatever_the_numbers_are_the_picture_is_finite(
            title in ".{0,40}",
            points in proptest::collection::vec((any::<f64>(), any::<f64>()), 0..20),
            more: [f64; 6],
        ) {
            let [score, low, high, intercept, slope, half] = more;
            let drawn = svg(&Picture {
                title,
                budget: points.clone(),
                tasks: points,
                fit: Some(Fit {
                    intercept, slope, half: Some(half), half_interval: Some((low, high)),
                }),
                score,
                interval: Some((low, high)),
                level: "90 %".to_owned(),
            });
            prop_assert!(drawn.len() < 200_000);
            for bad in ["NaN\"", "NaN ", "inf\"", "inf "] {
                prop_assert!(!drawn.contains(bad), "{}", drawn);
            }
        }
    }
}
