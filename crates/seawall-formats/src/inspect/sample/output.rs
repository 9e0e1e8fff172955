//! What the model's last answer was: filtered, a refusal in words, empty, or something else.

use super::super::scan::{Kind, Scan, Scanned};
use super::{length, words};
use seawall_domain::evaluation::declined::{ANSWER_BYTES_MAX, is_refusal};
use seawall_domain::evaluation::log::Answer;
use std::io::Read;

/// What is found in the model's output.
#[derive(Default)]
struct Output {
    completion: Option<Answer>,
    message: Option<Answer>,
    acts: bool,
    filtered: bool,
}

/// Reads the model's last output: of several choices the first.
pub(super) fn answer<R: Read>(scan: &mut Scan<R>) -> Scanned<Answer> {
    if scan.kind()? != Kind::Object {
        return scan.skip().map(|()| Answer::NotTold);
    }
    let mut output = Output::default();
    scan.object(&mut |scan, name| match name {
        "choices" => {
            let mut first = true;
            scan.list(&mut |scan| {
                if !std::mem::take(&mut first) {
                    return scan.skip();
                }
                choice(scan, &mut output)
            })
        }
        "completion" => {
            let text = scan.text(ANSWER_BYTES_MAX)?;
            output.completion = text.map(|text| of_text(&text.start));
            Ok(())
        }
        _ => scan.skip(),
    })?;
    let empty = |answer: Option<Answer>| answer.is_none_or(|answer| answer == Answer::Empty);
    Ok(match (output.message, output.completion) {
        _ if output.filtered => Answer::Filtered,
        (Some(Answer::Declined), _) | (_, Some(Answer::Declined)) => Answer::Declined,
        (message, completion) if empty(message) && empty(completion) => {
            if output.acts {
                Answer::Given
            } else {
                Answer::Empty
            }
        }
        (Some(_) | None, Some(_) | None) => Answer::Given,
    })
}

fn choice<R: Read>(scan: &mut Scan<R>, output: &mut Output) -> Scanned<()> {
    scan.object(&mut |scan, name| match name {
        "stop_reason" => {
            output.filtered |= words(scan)? == "content_filter";
            Ok(())
        }
        "stop_details" => scan.object(&mut |scan, name| {
            if name != "type" {
                return scan.skip();
            }
            output.filtered |= words(scan)? == "refusal";
            Ok(())
        }),
        "message" => scan.object(&mut |scan, name| match name {
            "content" => {
                output.message = content(scan)?;
                Ok(())
            }
            "tool_calls" => {
                output.acts |= length(scan)? > 0;
                Ok(())
            }
            _ => scan.skip(),
        }),
        _ => scan.skip(),
    })
}

/// Reads a message: a text, or parts of which some are texts. Other parts are no empty answer.
fn content<R: Read>(scan: &mut Scan<R>) -> Scanned<Option<Answer>> {
    if scan.kind()? != Kind::List {
        let text = scan.text(ANSWER_BYTES_MAX)?;
        return Ok(text.map(|text| of_text(&text.start)));
    }
    let mut words = String::new();
    let mut others = false;
    scan.list(&mut |scan| {
        if scan.kind()? == Kind::Text {
            words.push_str(&scan.text(ANSWER_BYTES_MAX)?.unwrap_or_default().start);
            words.truncate(words.floor_char_boundary(ANSWER_BYTES_MAX));
            return Ok(());
        }
        let (mut kind, mut text) = (String::new(), String::new());
        scan.object(&mut |scan, name| {
            match name {
                "type" => kind = super::words(scan)?,
                "text" => {
                    text = scan.text(ANSWER_BYTES_MAX)?.unwrap_or_default().start;
                }
                _ => scan.skip()?,
            }
            Ok(())
        })?;
        match kind.as_str() {
            "text" => words.push_str(&text),
            "reasoning" => {}
            _ => others = true,
        }
        words.truncate(words.floor_char_boundary(ANSWER_BYTES_MAX));
        Ok(())
    })?;
    Ok(Some(match of_text(&words) {
        Answer::Empty if others => Answer::Given,
        answer => answer,
    }))
}

fn of_text(text: &str) -> Answer {
    if text.trim().is_empty() {
        Answer::Empty
    } else if is_refusal(text) {
        Answer::Declined
    } else {
        Answer::Given
    }
}
