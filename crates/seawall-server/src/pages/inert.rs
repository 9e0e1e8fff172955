//! The escaper of all pages: whatever it lets through is text, and is visible.
//!
//! Beside the five characters of HTML it also handles characters that show nothing but change what
//! a person reads: direction overrides, zero-width marks, control characters, tag characters. Each
//! becomes its code point in brackets. (Mission: text from reports is rendered inert.)

use askama::filters::Escaper;
use std::fmt::{Result, Write};

/// Makes any text inert inside HTML text and quoted attributes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Inert;

impl Escaper for Inert {
    fn write_escaped_str<W: Write>(&self, mut dest: W, string: &str) -> Result {
        for character in string.chars() {
            match character {
                '&' => dest.write_str("&amp;")?,
                '<' => dest.write_str("&lt;")?,
                '>' => dest.write_str("&gt;")?,
                '"' => dest.write_str("&quot;")?,
                '\'' => dest.write_str("&#39;")?,
                hidden if hides(hidden) => write!(dest, "[U+{:04X}]", u32::from(hidden))?,
                shown => dest.write_char(shown)?,
            }
        }
        Ok(())
    }
}

/// Whether a character shows nothing of its own and can mislead about what stands around it.
/// Joiners (U+200C, U+200D) stay: several scripts need them.
fn hides(character: char) -> bool {
    match character {
        '\n' | '\t' | '\r' => false,
        '\u{00ad}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{180e}' | '\u{200b}'
        | '\u{200e}' | '\u{200f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' => true,
        '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' => true,
        '\u{e0000}'..='\u{e01ef}' => true,
        other => other.is_control(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(input: &str, expected: &str) {
        let mut out = String::new();
        assert!(Inert.write_escaped_str(&mut out, input).is_ok());
        assert_eq!(out, expected, "{input:?}");
    }

    #[test]
    fn markup_becomes_text() {
        check(
            "<script>alert('&\"')</script>",
            "&lt;script&gt;alert(&#39;&amp;&quot;&#39;)&lt;/script&gt;",
        );
    }

    #[test]
    fn hidden_characters_become_visible() {
        check("safe\u{202e}gpj.exe", "safe[U+202E]gpj.exe");
        check("a\u{200b}b\u{feff}c\u{ad}d", "a[U+200B]b[U+FEFF]c[U+00AD]d");
        check("bell\u{7} esc\u{1b}[31m", "bell[U+0007] esc[U+001B][31m");
        check("tag\u{e0041}", "tag[U+E0041]");
        check("\u{2066}x\u{2069}", "[U+2066]x[U+2069]");
    }

    #[test]
    fn honest_text_stays_as_it_is() {
        for text in
            ["línea\n\tdos", "שלום עולם", "نمی\u{200c}خواهم", "版本 1.3.5 — “ok” 👩\u{200d}🔬"]
        {
            check(text, text);
        }
    }
}
