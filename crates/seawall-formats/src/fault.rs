//! Why a document could not be read: one shape for every format of this crate.

/// A document could not be read. It names the format, the place in the document, and the rule.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("cannot read {format} at {place}: {message}")]
pub struct FormatFault {
    /// The format that was expected, by its common name, such as `CycloneDX`.
    pub format: &'static str,
    /// Where in the document: a JSON pointer, a line, or `the document`.
    pub place: String,
    /// What is wrong there, lower case, foreign text cut and in backticks.
    pub message: String,
}

impl FormatFault {
    /// Makes a fault of `format` at `place`, whose foreign keys are cut and lose what would break a
    /// line.
    pub fn new(
        format: &'static str,
        place: impl Into<String>,
        message: impl Into<String>,
    ) -> FormatFault {
        let mut place = place.into();
        if place.len() > PLACE_LEN_MAX || place.chars().any(char::is_control) {
            place = plain(&place, PLACE_LEN_MAX);
        }
        FormatFault { format, place, message: message.into() }
    }
}

/// How many characters of a place a fault repeats.
pub const PLACE_LEN_MAX: usize = 300;

/// How many characters of foreign text a message repeats.
pub const QUOTE_LEN_MAX: usize = 60;

/// Foreign text as a message may show it: cut, in backticks, without control characters.
pub fn quote(text: &str) -> String {
    format!("`{}`", plain(text, QUOTE_LEN_MAX))
}

/// The first characters of a text, without control characters.
fn plain(text: &str, chars_max: usize) -> String {
    let shown = text.chars().take(chars_max);
    let mut shown: String = shown.map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect();
    if text.chars().nth(chars_max).is_some() {
        shown.push('…');
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_where_and_why() {
        let fault = FormatFault::new("OSV", "/id", format!("{} is no id", quote("a\nb")));
        assert_eq!(fault.to_string(), "cannot read OSV at /id: `a\u{fffd}b` is no id");
        assert_eq!(quote(&"é".repeat(61)), format!("`{}…`", "é".repeat(60)));
        let fault = FormatFault::new("OSV", format!("/a\nb/{}", "é".repeat(300)), "no");
        assert_eq!(fault.place, format!("/a\u{fffd}b/{}…", "é".repeat(295)));
    }
}
