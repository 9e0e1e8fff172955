//! What the scorers gave for an attempt, and who edited it since.

use super::super::scan::{Kind, Scan, Scanned};
use super::{Held, NOTES_MAX, SCORES_MAX, VALUE_BYTES_MAX, words};
use seawall_domain::evaluation::log::{Cause, Edits, Provenance, Score};
use seawall_domain::evaluation::value::{Given, Scalar};
use seawall_domain::evaluation::word::Word;
use std::io::Read;

/// Reads what each scorer gave.
pub(super) fn scores<R: Read>(scan: &mut Scan<R>, held: &mut Held) -> Scanned<Vec<Score>> {
    let mut scores: Vec<Score> = Vec::new();
    scan.once(&mut |scan, name| {
        let score = score(scan, name, held)?;
        if scores.len() >= SCORES_MAX {
            return Err(scan.fault(format!("an attempt has more than {SCORES_MAX} scores")));
        }
        // Of two by one name the last counts, as for whoever reads them all.
        scores.retain(|other| other.scorer != score.scorer);
        scores.push(score);
        Ok(())
    })?;
    Ok(scores)
}

fn score<R: Read>(scan: &mut Scan<R>, scorer: &str, held: &mut Held) -> Scanned<Score> {
    let mut score = Score {
        scorer: held.word(scorer),
        value: Given::One(Scalar::Null),
        edited: None,
        cause: Cause::None,
    };
    let mut old_reason = Cause::None;
    let mut history = Vec::new();
    scan.once(&mut |scan, name| {
        match name {
            "value" => score.value = given(scan, held)?,
            "reason" => score.cause = cause(&words(scan)?),
            // Where logs kept the reason before it had a member of its own.
            "metadata" => scan.object(&mut |scan, name| match name {
                "unscored_reason" => {
                    old_reason = cause(&words(scan)?);
                    Ok(())
                }
                _ => scan.skip(),
            })?,
            "history" => history = edits(scan, held)?,
            _ => scan.skip()?,
        }
        Ok(())
    })?;
    if score.cause == Cause::None {
        score.cause = old_reason;
    }
    // What has no provenance is what the scorer gave.
    let mut history = history.into_iter().peekable();
    let mut edited = Edits::default();
    if let Some(first) = history.next_if(|edit| edit.by.is_none()) {
        edited.original = first.value;
    }
    for edit in history {
        edited.cheated |= edit.cheated;
        edited.by.extend(edit.by);
    }
    score.edited = (edited != Edits::default()).then(|| edited.into());
    Ok(score)
}

fn cause(word: &str) -> Cause {
    match word {
        "refusal" => Cause::Refusal,
        "no_response" => Cause::NoResponse,
        _ => Cause::None,
    }
}

/// One step of a score's history.
#[derive(Default)]
struct Edit {
    value: Option<Given>,
    by: Option<Provenance>,
    cheated: bool,
}

fn edits<R: Read>(scan: &mut Scan<R>, held: &mut Held) -> Scanned<Vec<Edit>> {
    let mut edits = Vec::new();
    scan.list(&mut |scan| {
        let mut edit = Edit::default();
        scan.object(&mut |scan, name| {
            match name {
                "value" => edit.value = Some(given(scan, held)?),
                "provenance" => (edit.by, edit.cheated) = provenance(scan)?,
                _ => scan.skip()?,
            }
            Ok(())
        })?;
        if edits.len() < NOTES_MAX {
            edits.push(edit);
        } else if let Some(last) = edits.last_mut() {
            // The last word counts more than those in the middle.
            *last = edit;
        }
        Ok(())
    })?;
    Ok(edits)
}

/// Reads who changed something; and whether they noted `"cheating": "confirmed"` with it.
pub(in super::super) fn provenance<R: Read>(
    scan: &mut Scan<R>,
) -> Scanned<(Option<Provenance>, bool)> {
    if scan.kind()? != Kind::Object {
        return scan.skip().map(|()| (None, false));
    }
    let mut by = Provenance::default();
    let mut cheated = false;
    scan.object(&mut |scan, name| {
        match name {
            "author" => by.author = words(scan)?,
            "timestamp" => by.at = words(scan)?,
            "reason" => by.reason = words(scan)?,
            "metadata" => scan.object(&mut |scan, name| {
                if name != "cheating" {
                    return scan.skip();
                }
                cheated = words(scan)? == "confirmed";
                Ok(())
            })?,
            _ => scan.skip()?,
        }
        Ok(())
    })?;
    Ok((Some(by), cheated))
}

/// Reads what a scorer gave.
pub(super) fn given<R: Read>(scan: &mut Scan<R>, held: &mut Held) -> Scanned<Given> {
    match scan.kind()? {
        Kind::Text | Kind::Word => Ok(Given::One(simple(scan, held)?)),
        Kind::List => {
            let mut items = Vec::new();
            scan.list(&mut |scan| {
                let item = simple(scan, held)?;
                if items.len() < SCORES_MAX {
                    items.push(item);
                }
                Ok(())
            })?;
            Ok(Given::List(items))
        }
        Kind::Object => {
            let mut parts: Vec<(Word, Scalar)> = Vec::new();
            scan.object(&mut |scan, name| {
                let value = simple(scan, held)?;
                if parts.len() >= SCORES_MAX {
                    let message = format!("a score names more than {SCORES_MAX} values");
                    return Err(scan.fault(message));
                }
                parts.retain(|(other, _)| **other != *name);
                parts.push((held.word(name), value));
                Ok(())
            })?;
            parts.shrink_to_fit();
            Ok(Given::Named(parts))
        }
    }
}

fn simple<R: Read>(scan: &mut Scan<R>, held: &mut Held) -> Scanned<Scalar> {
    Ok(held.scalar(scan.scalar(VALUE_BYTES_MAX)?.unwrap_or(Scalar::Null)))
}
