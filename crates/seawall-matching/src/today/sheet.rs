//! The list on one printed sheet, as lines of plain text (capability C71).
//!
//! The measure is the smaller of A4 and US Letter in each direction, with margins of 12 mm, in a
//! typewriter face of 8.5 points on 9.5 points: 103 columns of 5.1 points and 76 lines.

use super::words::Language;
use super::{Kind, Today, playbook};
use jiff::Timestamp;

/// The most lines of a sheet.
pub const SHEET_LINES_MAX: usize = 76;

/// The most letters of a line.
pub const SHEET_COLUMNS_MAX: usize = 103;

/// The list as it is printed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Sheet {
    /// The lines; at most [`SHEET_LINES_MAX`], each of at most [`SHEET_COLUMNS_MAX`] letters.
    pub lines: Vec<String>,
    /// The kinds whose playbook found no room, the most urgent first.
    pub left_out: Vec<Kind>,
}

pub(super) fn sheet<K>(today: &Today<K>, now: Timestamp, language: Language) -> Sheet {
    let mut lines = wrapped(&today.headline(language), "");
    lines.push(String::new());
    for item in &today.items {
        lines.extend(wrapped(&item.text(language), &format!("{:>2}. ", item.number)));
    }
    let ages = today.ages(now, language).join(" ");
    let foot = if ages.is_empty() { Vec::new() } else { wrapped(&ages, "") };
    let room = SHEET_LINES_MAX.saturating_sub(foot.len());
    let (mut left_out, mut heading) = (Vec::new(), true);
    for kind in kinds(today) {
        let steps = playbook(kind, language).map(|line| line.text).join(" ");
        let mut paragraph = wrapped(&format!("{}: {steps}", kind.label(language)), "- ");
        if heading {
            let cannot = ["If you cannot fix it:", "Si no puede arreglarlo:"];
            paragraph.splice(..0, [String::new(), language.pick(cannot).to_owned()]);
        }
        // A line stays free for the kinds that find no room.
        if lines.len() + paragraph.len() < room {
            lines.extend(paragraph);
            heading = false;
        } else {
            left_out.push(kind);
        }
    }
    if !left_out.is_empty() && lines.len() < room {
        lines.push(
            language.pick(["More steps are on screen.", "Hay más pasos en pantalla."]).into(),
        );
    }
    lines.extend(foot);
    lines.truncate(SHEET_LINES_MAX);
    Sheet { lines, left_out }
}

/// The kinds of the items, each once, the most urgent first.
fn kinds<K>(today: &Today<K>) -> Vec<Kind> {
    let mut kinds = Vec::new();
    for item in &today.items {
        if !kinds.contains(&item.kind) {
            kinds.push(item.kind);
        }
    }
    kinds
}

/// A text in lines; the first begins with the mark, the others are set in by its width.
fn wrapped(text: &str, mark: &str) -> Vec<String> {
    let indent = mark.chars().count();
    let (mut lines, mut line, mut length) = (Vec::new(), mark.to_owned(), indent);
    for word in text.split_whitespace() {
        let width = word.chars().count();
        let space = usize::from(length > indent);
        if length > indent && length + space + width > SHEET_COLUMNS_MAX {
            lines.push(std::mem::replace(&mut line, " ".repeat(indent)));
            length = indent;
        } else if space == 1 {
            line.push(' ');
            length += 1;
        }
        line.push_str(word);
        length += width;
    }
    lines.push(line);
    lines
}
