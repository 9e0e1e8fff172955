//! Letters to bytes (RFC 5322, RFC 2045, RFC 2047).

use super::{FIELD_BYTES_MAX, LETTER_BYTES_MAX, Letter, REFERENCES_LEN_MAX, fault};
use crate::fault::FormatFault;
use crate::intake::text::is_mail_address;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// Where header lines are folded (RFC 5322, section 2.1.1).
const LINE_LEN: usize = 76;

/// The longest line of a body that goes out as it is (RFC 5322, section 2.1.1).
const BODY_LINE_LEN_MAX: usize = 900;

/// How many bytes of text one encoded word holds, so that the word stays under 75 characters.
const WORD_BYTES_MAX: usize = 42;

pub(super) fn letter(letter: &Letter) -> Result<Vec<u8>, FormatFault> {
    let mut head = String::new();
    head.push_str(&format!("Date: {}\r\n", date(letter.date_micros)?));
    head.push_str(&format!("From: {}\r\n", mailbox("From", &letter.from)?));
    head.push_str(&format!("To: {}\r\n", mailbox("To", &letter.to)?));
    plain("Subject", &letter.subject)?;
    head.push_str(&folded("Subject", &words(&letter.subject)));
    head.push_str(&folded("Message-ID", &[id("Message-ID", &letter.message_id)?]));
    if let Some(parent) = &letter.in_reply_to {
        head.push_str(&folded("In-Reply-To", &[id("In-Reply-To", parent)?]));
    }
    let surplus = letter.references.len().saturating_sub(REFERENCES_LEN_MAX);
    let thread = letter.references.iter().skip(surplus);
    let thread: Vec<String> = thread.map(|one| id("References", one)).collect::<Result<_, _>>()?;
    if !thread.is_empty() {
        head.push_str(&folded("References", &thread));
    }
    let (encoding, body) = body(&letter.body);
    head.push_str("MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n");
    head.push_str(&format!("Content-Transfer-Encoding: {encoding}\r\n\r\n"));
    head.push_str(&body);
    if head.len() > LETTER_BYTES_MAX {
        let message = format!("the letter is larger than {LETTER_BYTES_MAX} bytes");
        return Err(fault("the body", message));
    }
    Ok(head.into_bytes())
}

fn date(micros: i64) -> Result<String, FormatFault> {
    let at = Timestamp::from_microsecond(micros)
        .map_err(|_| fault("Date", "the time is out of range"))?
        .to_zoned(TimeZone::UTC);
    jiff::fmt::rfc2822::to_string(&at).map_err(|_| fault("Date", "the year is out of range"))
}

/// Refuses what could end a header and begin another one.
fn plain(field: &'static str, text: &str) -> Result<(), FormatFault> {
    if text.chars().any(char::is_control) {
        return Err(fault(field, "a line break or control character in a header field"));
    }
    if text.len() > FIELD_BYTES_MAX {
        return Err(fault(field, format!("longer than {FIELD_BYTES_MAX} bytes")));
    }
    Ok(())
}

/// `address`, or `Name <address>`.
fn mailbox(field: &'static str, text: &str) -> Result<String, FormatFault> {
    plain(field, text)?;
    let text = text.trim();
    let (name, address) = match text.strip_suffix('>').and_then(|rest| rest.rsplit_once('<')) {
        Some((name, address)) => (name.trim(), address.trim()),
        None => ("", text),
    };
    if !is_mail_address(address) || !address.is_ascii() {
        return Err(fault(field, "not one mail address"));
    }
    let atoms = |c: char| c.is_ascii_alphanumeric() || " !#$%&'*+-/=?^_`{|}~".contains(c);
    if name.is_empty() {
        Ok(address.to_owned())
    } else if name.chars().all(atoms) && name.len() < LINE_LEN && !name.contains("=?") {
        Ok(format!("{name} <{address}>"))
    } else {
        Ok(format!("{}\r\n <{address}>", encoded(name).join("\r\n ")))
    }
}

fn id(field: &'static str, text: &str) -> Result<String, FormatFault> {
    plain(field, text)?;
    let bare = text.trim().trim_start_matches('<').trim_end_matches('>');
    let fine = |b: u8| b.is_ascii_graphic() && !b"<>()[],;:\\\"".contains(&b);
    let halves = bare
        .split_once('@')
        .is_some_and(|(left, right)| !left.is_empty() && !right.is_empty() && !right.contains('@'));
    if !halves || !bare.bytes().all(fine) || bare.len() > 250 {
        return Err(fault(field, "not a message id of the form `left@right`"));
    }
    Ok(format!("<{bare}>"))
}

/// The words of a subject; encoded ones if plain ones would not come back as they were.
fn words(text: &str) -> Vec<String> {
    let words: Vec<&str> = text.split(' ').collect();
    let regular = words.iter().all(|word| !word.is_empty() && word.len() < LINE_LEN - 12);
    if text.is_empty() || (text.is_ascii() && regular && !text.contains("=?")) {
        words.into_iter().map(str::to_owned).collect()
    } else {
        encoded(text)
    }
}

/// Encoded words (RFC 2047, section 4.1), cut between characters.
fn encoded(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut part = String::new();
    for c in text.chars() {
        if part.len() + c.len_utf8() > WORD_BYTES_MAX {
            words.push(std::mem::take(&mut part));
        }
        part.push(c);
    }
    words.push(part);
    words.iter().map(|part| format!("=?utf-8?B?{}?=", STANDARD.encode(part))).collect()
}

/// A header of several words, folded between them.
fn folded(name: &str, words: &[String]) -> String {
    let mut text = format!("{name}:");
    let mut length = text.len();
    for (number, word) in words.iter().enumerate() {
        if number > 0 && length + 1 + word.len() > LINE_LEN {
            text.push_str("\r\n");
            length = 0;
        }
        text.push(' ');
        text.push_str(word);
        length += 1 + word.len();
    }
    text.push_str("\r\n");
    text
}

/// The body and its encoding; it always ends with a line end.
fn body(text: &str) -> (&'static str, String) {
    let text = text.replace("\r\n", "\n");
    let text = text.strip_suffix('\n').unwrap_or(&text);
    let plain = text.split('\n').all(|line| {
        let bytes = line.bytes().all(|b| b == b'\t' || (b' '..=b'~').contains(&b));
        bytes && line.len() <= BODY_LINE_LEN_MAX && !line.starts_with("From ")
    });
    let mut body = String::with_capacity(text.len() + text.len() / 8);
    for line in text.split('\n') {
        if plain {
            body.push_str(line);
        } else {
            quoted_printable(line, &mut body);
        }
        body.push_str("\r\n");
    }
    (if plain { "7bit" } else { "quoted-printable" }, body)
}

/// One line in quoted-printable (RFC 2045, section 6.7), in soft lines of at most 76 characters.
fn quoted_printable(line: &str, body: &mut String) {
    let bytes = line.as_bytes();
    let mut length = 0;
    for (at, byte) in bytes.iter().enumerate() {
        let last = at + 1 == bytes.len();
        let blank_at_end = last && matches!(byte, b' ' | b'\t');
        // `From ` and a lone dot at the start of a line are touched by some mail systems.
        let risky_start = at == 0 && matches!(byte, b'F' | b'.');
        let literal = matches!(byte, b'\t' | b' '..=b'<' | b'>'..=b'~');
        let piece = if literal && !blank_at_end && !risky_start {
            String::from(char::from(*byte))
        } else {
            format!("={byte:02X}")
        };
        if length + piece.len() > LINE_LEN - 1 {
            body.push_str("=\r\n");
            length = 0;
        }
        length += piece.len();
        body.push_str(&piece);
    }
}
