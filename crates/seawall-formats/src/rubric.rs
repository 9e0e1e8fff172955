//! A rubric that an installation writes itself: TOML or JSON, the whole of it.
//!
//! It names its gates and criteria, each once, in words of its own: what is asked and what shows
//! it, what each mark from 0 to 4 means, how much it weighs, and from which score on an applicant
//! is admitted. They may be the framework's, others, or both. `GET /v1/rubric` gives one to begin
//! with (FRONTIER 5).

use crate::fault::FormatFault;
use crate::json;
use seawall_domain::partner::rubric::{Rubric, RubricText};

/// The largest rubric in bytes.
pub const RUBRIC_BYTES_MAX: usize = 256 << 10;

const FORMAT: &str = "rubric";

/// Reads a rubric.
pub fn read(bytes: &[u8]) -> Result<Rubric, FormatFault> {
    if bytes.len() > RUBRIC_BYTES_MAX {
        return Err(whole(&format!("more than {RUBRIC_BYTES_MAX} bytes")));
    }
    let text = match bytes.trim_ascii_start().first() {
        Some(b'{') => from_json(bytes)?,
        Some(_) | None => from_toml(bytes)?,
    };
    Rubric::try_from(text).map_err(|unfit| whole(&unfit.to_string()))
}

fn whole(message: &str) -> FormatFault {
    FormatFault::new(FORMAT, "the document", message)
}

fn from_json(bytes: &[u8]) -> Result<RubricText, FormatFault> {
    let document = json::read(FORMAT, bytes, RUBRIC_BYTES_MAX)?;
    serde_json::from_value(document).map_err(|error| whole(&plain(&error.to_string())))
}

fn from_toml(bytes: &[u8]) -> Result<RubricText, FormatFault> {
    let text = std::str::from_utf8(bytes).map_err(|_| whole("it is not UTF-8"))?;
    toml::from_str(text).map_err(|error| {
        let before = error.span().and_then(|span| text.get(..span.start));
        let place = before.map(|before| format!("line {}", before.matches('\n').count() + 1));
        let place = place.unwrap_or_else(|| "the document".to_owned());
        FormatFault::new(FORMAT, place, plain(error.message()))
    })
}

/// A message of a reader, on one line and not endless: it may repeat what was sent.
fn plain(message: &str) -> String {
    let shown = message.chars().take(MESSAGE_LEN_MAX);
    shown.map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

/// The longest message that is repeated, in characters.
const MESSAGE_LEN_MAX: usize = 300;

#[cfg(test)]
mod tests;
