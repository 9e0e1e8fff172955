//! The papers of a review for cheating: sheets for people, as CSV, and what came of them, as JSON.
//!
//! A sheet is filled in with any program for tables, and signed by whoever filled it in. A task's
//! id stands in it as JSON, so that `4` and `"4"` stay different and no id can pass for a formula.
//! There is no name and no score on it.

use crate::csv;
use crate::determination::Signed;
use crate::fault::{FormatFault, quote};
use crate::json;
use seawall_domain::digest::Digest;
use seawall_domain::evaluation::attempt::TaskId;
use seawall_domain::evaluation::determination::Figure;
use seawall_domain::evaluation::review::{Coder, Item, Opinion, Review, Sheet};
use serde::{Deserialize, Serialize};

/// What a joined review says of itself.
pub const SCHEMA: &str = "seawall/review/v1";

/// The largest sheet or review in bytes.
pub const REVIEW_BYTES_MAX: usize = 128 << 20;

/// The first line of a sheet.
pub const HEAD: [&str; 6] = ["sheet", "log", "epoch", "task", "opinion", "note"];

const SHEET: &str = "a review's sheet";
const FORMAT: &str = "a review";

/// The longest note on a line, in characters; the rest is cut.
pub const NOTE_LEN_MAX: usize = 2_000;

/// A sheet with what its coder noted beside each opinion.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Noted {
    /// The sheet.
    pub sheet: Sheet,
    /// The notes, one for each line of the sheet; empty where there is none.
    pub notes: Vec<String>,
}

/// Writes a sheet for a person.
pub fn sheet(sheet: &Sheet) -> String {
    written(sheet, &[])
}

/// Writes a sheet with its notes. A note cannot pass for a formula either.
pub fn noted(noted: &Noted) -> String {
    written(&noted.sheet, &noted.notes)
}

fn written(sheet: &Sheet, notes: &[String]) -> String {
    let mut text = HEAD.join(",") + "\r\n";
    let number = sheet.coder.number();
    for (at, ((log, task, epoch), opinion)) in sheet.lines.iter().enumerate() {
        let id = match task {
            TaskId::Number(number) => number.to_string(),
            // What is no text never comes out of this.
            TaskId::Text(text) => serde_json::to_string(text).unwrap_or_default(),
        };
        let id = id.replace('"', "\"\"");
        let opinion = opinion.map(Opinion::word).unwrap_or_default();
        let note = notes.get(at).map(|note| cell(note)).unwrap_or_default();
        text += &format!("{number},{log},{epoch},\"{id}\",{opinion},{note}\r\n");
    }
    text
}

/// A note in quotes, if there is one.
fn cell(note: &str) -> String {
    if note.is_empty() {
        return String::new();
    }
    let plain = |letter: char| match letter {
        '\n' | '\t' => letter,
        letter if letter.is_control() => ' ',
        letter => letter,
    };
    let note: String = note.chars().take(NOTE_LEN_MAX).map(plain).collect();
    let guard = if begins_formula(&note) { "'" } else { "" };
    format!("\"{guard}{}\"", note.replace('"', "\"\""))
}

/// Whether programs for tables would take a text for a formula, or its guard for a part of it.
fn begins_formula(note: &str) -> bool {
    note.trim_start_matches('\'').trim_start().starts_with(['=', '+', '-', '@'])
}

/// Reads a sheet that a person filled in; notes are theirs and are passed over.
pub fn read_sheet(bytes: &[u8]) -> Result<Sheet, FormatFault> {
    read_noted(bytes).map(|noted| noted.sheet)
}

/// Reads a sheet that a person filled in, with the notes on it.
pub fn read_noted(bytes: &[u8]) -> Result<Noted, FormatFault> {
    let refuse =
        |line: usize, why: String| Err(FormatFault::new(SHEET, format!("line {line}"), why));
    if bytes.len() > REVIEW_BYTES_MAX {
        return refuse(1, format!("more than {REVIEW_BYTES_MAX} bytes"));
    }
    let Ok(text) = std::str::from_utf8(bytes) else {
        return refuse(1, "it is not UTF-8".to_owned());
    };
    let mut rows = csv::rows(text).zip(1..).filter(|(row, _)| row.iter().any(|it| !it.is_empty()));
    if !rows.next().is_some_and(|(row, _)| row.iter().map(String::as_str).eq(HEAD)) {
        return refuse(1, format!("the first line must be `{}`", HEAD.join(",")));
    }
    let mut coder: Option<Coder> = None;
    let (mut lines, mut notes) = (Vec::new(), Vec::new());
    for (row, line) in rows {
        let Some(read) = Line::of(&row) else {
            return refuse(line, "it is not a line of a sheet".to_owned());
        };
        if *coder.get_or_insert(read.coder) != read.coder {
            return refuse(line, "it is of another sheet than those before".to_owned());
        }
        let opinion = match read.opinion {
            "" => None,
            word => match Opinion::of(word) {
                Some(opinion) => Some(opinion),
                None => {
                    let why = "is no opinion: there is `clean`, `cheating`, `unclear`";
                    return refuse(line, format!("{} {why}", quote(word)));
                }
            },
        };
        lines.push(((read.log, read.task, read.epoch), opinion));
        let note = row.get(5).map_or("", String::as_str);
        notes.push(
            note.strip_prefix('\'').filter(|it| begins_formula(it)).unwrap_or(note).to_owned(),
        );
    }
    match coder {
        Some(coder) => Ok(Noted { sheet: Sheet { coder, lines }, notes }),
        None => refuse(2, "there is no attempt on it".to_owned()),
    }
}

/// One line, as it stands.
struct Line<'a> {
    coder: Coder,
    log: Digest,
    epoch: u32,
    task: TaskId,
    opinion: &'a str,
}

impl Line<'_> {
    fn of(row: &[String]) -> Option<Line<'_>> {
        let [sheet, log, epoch, task, opinion, ..] = row else { return None };
        let number: u8 = sheet.trim().parse().ok()?;
        Some(Line {
            coder: Coder::ALL.into_iter().find(|coder| coder.number() == number)?,
            log: log.trim().parse().ok()?,
            epoch: epoch.trim().parse().ok()?,
            task: serde_json::from_str(task).ok()?,
            opinion: opinion.trim(),
        })
    }
}

/// A joined review as it is written.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    schema: String,
    sheets: Vec<Digest>,
    items: Vec<Item>,
    agreed: u64,
    kappa: Option<Figure>,
    /// Each coder's signature over the sheet at the same place.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    signatures: Vec<Signed>,
}

/// A joined review with its sheets, by their SHA-256, and the signatures over these; whether any
/// signature holds is not looked at here.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Joined {
    /// What was said of each attempt.
    pub review: Review,
    /// The sheets.
    pub sheets: Vec<Digest>,
    /// The signatures, one for each sheet; none at all where nobody signed.
    pub signatures: Vec<Signed>,
}

/// What a joined review comes to, as a document; `sheets` are the SHA-256 of the papers joined.
pub fn document(
    review: &Review,
    sheets: &[Digest],
    signatures: &[Signed],
) -> Result<serde_json::Value, FormatFault> {
    let written = Written {
        schema: SCHEMA.to_owned(),
        sheets: sheets.to_vec(),
        items: review.items.clone(),
        agreed: review.agreed() as u64,
        kappa: review.agreement().ok().map(|agreement| Figure(agreement.kappa)),
        signatures: signatures.to_vec(),
    };
    serde_json::to_value(written)
        .map_err(|_| FormatFault::new(FORMAT, "the document", "it cannot be written"))
}

/// Reads a joined review; what it says of the agreement must be what its items give.
pub fn read(bytes: &[u8]) -> Result<Joined, FormatFault> {
    let refuse = |why: &str| FormatFault::new(FORMAT, "the document", why);
    let value = json::read(FORMAT, bytes, REVIEW_BYTES_MAX)?;
    let written: Written = serde_json::from_value(value)
        .map_err(|_| refuse("a field is missing, not known, or not in its one spelling"))?;
    let review = Review { items: written.items };
    let kappa = review.agreement().ok().map(|agreement| Figure(agreement.kappa));
    let same = written.schema == SCHEMA
        && written.agreed == review.agreed() as u64
        && written.kappa == kappa
        && review.places().len() == review.items.len();
    let signed = written.signatures.len();
    if signed != 0 && signed != written.sheets.len() {
        return Err(refuse("there is not one signature for each sheet"));
    }
    if same {
        Ok(Joined { review, sheets: written.sheets, signatures: written.signatures })
    } else {
        Err(refuse("what it says of the agreement is not what it holds"))
    }
}

#[cfg(test)]
mod tests;
