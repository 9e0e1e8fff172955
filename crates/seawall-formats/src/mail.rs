//! Correspondence with maintainers, who need no account: plain mails out, plain mails in.
//!
//! What is written is RFC 5322 with one `text/plain` part in UTF-8, 7-bit or quoted-printable. No
//! field can smuggle in a header: a control character in it is refused. What is read is reduced to
//! the plain text; the sender's address is what the mail claims, and proves nothing. What a
//! maintainer asks for stands in [`commands`].

mod command;
mod write;

pub use command::{COMMANDS_LEN_MAX, Command, commands};

use crate::fault::FormatFault;
use crate::intake::mail::plain_text;
use mail_parser::{Address, HeaderValue, MessageParser};

/// The largest mail that is read or written, in bytes.
pub const LETTER_BYTES_MAX: usize = 1024 * 1024;

/// The most message ids of `References` that are kept; the newest count.
pub const REFERENCES_LEN_MAX: usize = 50;

/// The longest header field, in bytes.
pub const FIELD_BYTES_MAX: usize = 998;

/// One mail, as far as coordination needs it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Letter {
    /// Its id, without angle brackets.
    pub message_id: String,
    /// The id of the mail that it answers.
    pub in_reply_to: Option<String>,
    /// The ids of the thread, oldest first.
    pub references: Vec<String>,
    /// When it was sent, in microseconds since 1970; mails keep whole seconds only.
    pub date_micros: i64,
    /// The sender's address; when written, also `Name <address>`.
    pub from: String,
    /// The recipient's address; when written, also `Name <address>`.
    pub to: String,
    /// The subject.
    pub subject: String,
    /// The plain text, with lines ending in `\n`.
    pub body: String,
}

/// Writes a letter; a field with a line break or another control character is refused.
pub fn write(letter: &Letter) -> Result<Vec<u8>, FormatFault> {
    write::letter(letter)
}

/// Reads a mail.
pub fn read(bytes: &[u8]) -> Result<Letter, FormatFault> {
    if bytes.len() > LETTER_BYTES_MAX {
        return Err(fault("the message", format!("it is larger than {LETTER_BYTES_MAX} bytes")));
    }
    let message = MessageParser::default()
        .parse(bytes)
        .filter(|message| !message.headers().is_empty())
        .ok_or_else(|| fault("the message", "there are no mail headers"))?;
    let from = address(message.from()).ok_or_else(|| fault("From", "there is no address"))?;
    let date = message.date().filter(|date| date.is_valid());
    let seconds = date.map_or(0, |date| date.to_timestamp());
    let mut references = ids(message.references());
    let surplus = references.len().saturating_sub(REFERENCES_LEN_MAX);
    references.drain(..surplus);
    let body = plain_text(&message);
    Ok(Letter {
        message_id: message.message_id().map(clean).unwrap_or_default(),
        in_reply_to: ids(message.in_reply_to()).into_iter().next(),
        references,
        date_micros: seconds.saturating_mul(1_000_000),
        from,
        to: address(message.to()).unwrap_or_default(),
        subject: message.subject().map(clean).unwrap_or_default(),
        body: body.ok_or_else(|| fault("the body", "there is no plain text"))?,
    })
}

fn address(addresses: Option<&Address<'_>>) -> Option<String> {
    let first = addresses.and_then(|addresses| addresses.first()?.address());
    first.map(clean).filter(|address| !address.is_empty())
}

fn ids(value: &HeaderValue<'_>) -> Vec<String> {
    let ids: Vec<String> = match value {
        HeaderValue::Text(id) => vec![clean(id)],
        HeaderValue::TextList(ids) => ids.iter().map(|id| clean(id)).collect(),
        _ => Vec::new(),
    };
    ids.into_iter().filter(|id| !id.is_empty()).collect()
}

/// A field's text as it may be shown or written again: one bounded line.
fn clean(text: &str) -> String {
    let mut line = String::new();
    for c in text.trim().chars() {
        if line.len() + c.len_utf8() > FIELD_BYTES_MAX {
            break;
        }
        line.push(if c.is_control() { ' ' } else { c });
    }
    // A control character at an end has become a blank.
    line.trim().to_owned()
}

fn fault(place: impl Into<String>, message: impl Into<String>) -> FormatFault {
    FormatFault::new("mail", place, message)
}

#[cfg(test)]
mod tests;
