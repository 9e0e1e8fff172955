//! The words that would make a voluntary framework something else, and whether a text says one.
//!
//! This file uses nothing but the standard library, so that a test below this crate can take it in.

/// Parts of words that are never said of a model, in whatever form: approve, disapproval; licence,
/// licensing; clearance; permit, permission; review, reviewer.
pub const NEVER: [&str; 5] = ["approv", "licen", "clearance", "permi", "review"];

/// Which of these words a text says, each with the first line that does.
pub fn said(text: &str) -> Vec<(&'static str, String)> {
    let text = text.to_lowercase();
    let line = |word: &str| text.lines().find(|line| says(line, word)).map(str::to_owned);
    NEVER.into_iter().filter_map(|word| Some((word, line(word)?))).collect()
}

/// Whether a line in lower case has that part of a word; a preview is no review.
fn says(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| !(word == "review" && line[..at].ends_with('p')))
}
