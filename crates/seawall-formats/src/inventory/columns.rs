//! Tables that programs print for people: columns of a fixed width under one line of headings.

/// How many columns a table may have.
const COLUMNS_MAX: usize = 32;

/// How many characters of a line are looked at; consoles are narrower.
const WIDTH_MAX: usize = 2_000;

/// The headings of a table, and where their columns begin, in characters.
#[derive(Debug)]
pub(super) struct Columns {
    heads: Vec<(String, usize)>,
}

impl Columns {
    /// The columns under a line of headings: each word that stands after a blank begins one.
    pub(super) fn of(line: &str) -> Columns {
        let mut heads: Vec<(String, usize)> = Vec::new();
        let mut blank = true;
        for (at, letter) in line.chars().take(WIDTH_MAX).enumerate() {
            if letter.is_whitespace() {
                blank = true;
                continue;
            }
            if blank {
                if heads.len() == COLUMNS_MAX {
                    break;
                }
                heads.push((String::new(), at));
            }
            blank = false;
            if let Some((head, _)) = heads.last_mut() {
                head.extend(letter.to_lowercase());
            }
        }
        Columns { heads }
    }

    /// The number of the column under one of these headings.
    pub(super) fn position(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.heads.iter().position(|(head, _)| head == name))
    }

    /// The text of a column in a line, where there is one.
    ///
    /// A cell that is wider than its column moves what follows; so a column ends at a blank.
    pub(super) fn cell<'l>(&self, line: &'l str, column: usize) -> Option<&'l str> {
        let (_, start) = self.heads.get(column)?;
        let end = self.heads.get(column + 1).map(|(_, start)| *start);
        let at = |place: usize| line.char_indices().nth(place).map(|(at, _)| at);
        let start = at(*start)?;
        let end = end.and_then(at).unwrap_or(line.len());
        line.get(start..end).map(str::trim).filter(|text| !text.is_empty())
    }
}

/// Whether a line only underlines the headings.
pub(super) fn is_rule(line: &str) -> bool {
    let line = line.trim();
    line.len() > 2 && line.chars().all(|letter| matches!(letter, '-' | ' ' | '=' | '\t'))
}
