//! Texts with their escapes (RFC 8259, section 7), of which at most a bound is kept.

use super::{Kind, Scan, Scanned, Text, plain_length};
use std::io::Read;

impl<R: Read> Scan<R> {
    /// Reads a text, of which at most `bytes_max` are kept.
    pub(super) fn text_of(&mut self, bytes_max: usize) -> Scanned<Text> {
        self.at += 1;
        let mut text = Vec::new();
        let mut whole = true;
        loop {
            let rest = self.rest()?;
            let plain = plain_length(rest);
            let room = if whole { bytes_max.saturating_sub(text.len()) } else { 0 };
            let kept = plain.min(room);
            whole &= kept == plain;
            text.extend_from_slice(rest.get(..kept).unwrap_or_default());
            let after = rest.get(plain).copied();
            self.at += plain;
            match after {
                None => {}
                Some(b'"') => {
                    self.at += 1;
                    return self.told(text, whole);
                }
                Some(b'\\') => {
                    for letter in self.escape()?.into_iter().flatten() {
                        whole &= text.len() + letter.len_utf8() <= bytes_max;
                        if whole {
                            text.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
                        }
                    }
                }
                Some(_) => return Err(self.fault("a control character stands in a text")),
            }
        }
    }

    /// Reads a text of any length, giving its parts one after the other, without escapes; anything
    /// else is passed over.
    pub(in super::super) fn each_piece(&mut self, take: &mut dyn FnMut(&[u8])) -> Scanned<()> {
        if self.kind()? != Kind::Text {
            return self.skip();
        }
        self.at += 1;
        loop {
            let rest = self.rest()?;
            let plain = plain_length(rest);
            take(rest.get(..plain).unwrap_or_default());
            let after = rest.get(plain).copied();
            self.at += plain;
            match after {
                None => {}
                Some(b'"') => {
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    for letter in self.escape()?.into_iter().flatten() {
                        take(letter.encode_utf8(&mut [0; 4]).as_bytes());
                    }
                }
                Some(_) => return Err(self.fault("a control character stands in a text")),
            }
        }
    }

    fn told(&self, mut text: Vec<u8>, whole: bool) -> Scanned<Text> {
        if !whole {
            // What was cut may end within a letter.
            let kept = match std::str::from_utf8(&text) {
                Err(error) if error.error_len().is_none() => error.valid_up_to(),
                Ok(_) | Err(_) => text.len(),
            };
            text.truncate(kept);
        }
        match String::from_utf8(text) {
            Ok(start) => Ok(Text { start, whole }),
            Err(_) => Err(self.fault("a text is not UTF-8")),
        }
    }

    /// Reads an escape. Half of a pair, which Python may write, becomes a mark of replacement, and
    /// another escape that follows it is the second letter.
    fn escape(&mut self) -> Scanned<[Option<char>; 2]> {
        self.at += 1;
        match self.byte()? {
            b'u' => self.unicode(),
            byte => Ok([Some(self.plain_escape(byte)?), None]),
        }
    }

    fn plain_escape(&self, byte: u8) -> Scanned<char> {
        match byte {
            b'"' | b'\\' | b'/' => Ok(char::from(byte)),
            b'b' => Ok('\u{8}'),
            b'f' => Ok('\u{c}'),
            b'n' => Ok('\n'),
            b'r' => Ok('\r'),
            b't' => Ok('\t'),
            _ => Err(self.fault("an escape in a text is not known")),
        }
    }

    fn unicode(&mut self) -> Scanned<[Option<char>; 2]> {
        let lone = Some(char::REPLACEMENT_CHARACTER);
        let first = self.four()?;
        if !(0xd800..0xdc00).contains(&first) {
            return Ok([char::from_u32(first).or(lone), None]);
        }
        if self.look()? != Some(b'\\') {
            return Ok([lone, None]);
        }
        self.at += 1;
        let byte = self.byte()?;
        if byte != b'u' {
            return Ok([lone, Some(self.plain_escape(byte)?)]);
        }
        let second = self.four()?;
        if !(0xdc00..0xe000).contains(&second) {
            return Ok([lone, char::from_u32(second).or(lone)]);
        }
        let both = 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
        Ok([char::from_u32(both).or(lone), None])
    }

    fn four(&mut self) -> Scanned<u32> {
        let mut number = 0;
        for _ in 0..4 {
            let byte = self.byte()?;
            let Some(digit) = char::from(byte).to_digit(16) else {
                return Err(self.fault("an escape in a text lacks its four figures"));
            };
            number = number * 16 + digit;
        }
        Ok(number)
    }

    pub(super) fn byte(&mut self) -> Scanned<u8> {
        let Some(byte) = self.look()? else {
            return Err(self.fault("it ends too early"));
        };
        self.at += 1;
        Ok(byte)
    }
}
