//! JSON read as a stream: one value after the other, only what is wanted is kept.
//!
//! Inspect writes JSON (RFC 8259) with the bare words `NaN`, `Infinity` and `-Infinity` in it, in
//! members of gigabytes, nested up to some 250 levels. This reader holds one buffer, keeps texts up
//! to a bound, and passes over everything else without building a value: there only brackets and
//! quotes must pair up. Nesting is bounded, and depth costs bits, not stack.

use crate::fault::{FormatFault, quote};
use seawall_domain::evaluation::value::Scalar;
use std::io::{self, Read};

/// How deep arrays and objects may nest.
pub(super) const DEPTH_MAX: usize = 512;

/// How much is read at once, in bytes.
const BUFFER_BYTES: usize = 64 * 1024;

/// How much of a name is kept, in bytes; no known name is that long.
const NAME_BYTES_MAX: usize = 1_024;

/// The longest number or bare word, in bytes.
const WORD_BYTES_MAX: usize = 1_024;

/// What stands in a captured value, which must be JSON, before the words that are not.
pub(super) const MARK: &str = "\0";

/// A text of which at most a bound was kept.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub(super) struct Text {
    /// The text, or its beginning.
    pub(super) start: String,
    /// Whether that is all of it.
    pub(super) whole: bool,
}

/// What kind of value comes next.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Object,
    List,
    Text,
    /// A number, a bare word.
    Word,
}

/// A stream of JSON.
pub(super) struct Scan<R> {
    source: R,
    buffer: Box<[u8]>,
    at: usize,
    end: usize,
    /// The bytes before the buffer.
    passed: u64,
    depth: usize,
    place: String,
}

pub(super) type Scanned<T> = Result<T, FormatFault>;

impl<R: Read> Scan<R> {
    /// Begins to read `source`, which is called `place` in messages.
    pub(super) fn new(source: R, place: impl Into<String>) -> Self {
        let buffer = vec![0; BUFFER_BYTES].into_boxed_slice();
        Scan { source, buffer, at: 0, end: 0, passed: 0, depth: 0, place: place.into() }
    }

    /// A fault at this point.
    pub(super) fn fault(&self, message: impl Into<String>) -> FormatFault {
        let at = self.passed.saturating_add(self.at as u64);
        FormatFault::new(super::FORMAT, format!("{} byte {at}", self.place), message)
    }

    /// What kind of value comes next.
    pub(super) fn kind(&mut self) -> Scanned<Kind> {
        match self.next()? {
            b'{' => Ok(Kind::Object),
            b'[' => Ok(Kind::List),
            b'"' => Ok(Kind::Text),
            b'-' | b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' => Ok(Kind::Word),
            _ => Err(self.fault("there is no value where one must be")),
        }
    }

    /// Reads an object, giving each name to `each`, which must read the value. Anything else is
    /// passed over, and `each` is never called.
    pub(super) fn object(
        &mut self,
        each: &mut dyn FnMut(&mut Self, &str) -> Scanned<()>,
    ) -> Scanned<()> {
        if self.kind()? != Kind::Object {
            return self.skip();
        }
        self.enter()?;
        if self.next()? == b'}' {
            return self.leave();
        }
        loop {
            if self.next()? != b'"' {
                return Err(self.fault("a member of an object must begin with its name"));
            }
            let name = self.text_of(NAME_BYTES_MAX)?.start;
            if self.next()? != b':' {
                return Err(self.fault(format!("{} lacks its colon", quote(&name))));
            }
            self.at += 1;
            each(self, &name)?;
            match self.next()? {
                b',' => self.at += 1,
                b'}' => return self.leave(),
                _ => return Err(self.fault("an object must go on with a comma, or end")),
            }
        }
    }

    /// Reads a list, calling `each` for every item, which it must read. Anything else is passed
    /// over, and `each` is never called.
    pub(super) fn list(&mut self, each: &mut dyn FnMut(&mut Self) -> Scanned<()>) -> Scanned<()> {
        if self.kind()? != Kind::List {
            return self.skip();
        }
        self.enter()?;
        if self.next()? == b']' {
            return self.leave();
        }
        loop {
            each(self)?;
            match self.next()? {
                b',' => self.at += 1,
                b']' => return self.leave(),
                _ => return Err(self.fault("a list must go on with a comma, or end")),
            }
        }
    }

    /// Reads a simple value, of a text at most `bytes_max`; none for objects and lists, which are
    /// passed over.
    pub(super) fn scalar(&mut self, bytes_max: usize) -> Scanned<Option<Scalar>> {
        match self.kind()? {
            Kind::Object | Kind::List => self.skip().map(|()| None),
            Kind::Text => Ok(Some(Scalar::Text(self.text_of(bytes_max)?.start))),
            Kind::Word => self.word().map(|word| Some(word.scalar)),
        }
    }

    /// Reads a text of which at most `bytes_max` are kept; none for any other value.
    pub(super) fn text(&mut self, bytes_max: usize) -> Scanned<Option<Text>> {
        match self.kind()? {
            Kind::Text => self.text_of(bytes_max).map(Some),
            Kind::Object | Kind::List | Kind::Word => self.skip().map(|()| None),
        }
    }

    /// Reads a whole number; none for any other value.
    pub(super) fn whole(&mut self) -> Scanned<Option<i64>> {
        match self.kind()? {
            Kind::Word => Ok(self.word()?.whole),
            Kind::Object | Kind::List | Kind::Text => self.skip().map(|()| None),
        }
    }

    /// Reads a count; none for any other value.
    pub(super) fn count(&mut self) -> Scanned<Option<u64>> {
        Ok(self.whole()?.and_then(|number| u64::try_from(number).ok()))
    }

    /// Passes over `null`; false if another value is there, which stays to be read.
    pub(super) fn null(&mut self) -> Scanned<bool> {
        if self.kind()? != Kind::Word || self.next()? != b'n' {
            return Ok(false);
        }
        self.word().map(|_| true)
    }

    /// Passes over one value.
    pub(super) fn skip(&mut self) -> Scanned<()> {
        self.pass(&mut Nothing)
    }

    /// Takes one value as it stands, without spaces: at most `bytes_max` of JSON, in which the words
    /// that are not JSON are texts after [`MARK`].
    pub(super) fn capture(&mut self, bytes_max: usize) -> Scanned<Vec<u8>> {
        let mut kept = Kept { bytes: Vec::new(), bytes_max };
        self.pass(&mut kept)?;
        if kept.bytes.len() > bytes_max {
            return Err(self.fault(format!("it is longer than the {bytes_max} bytes allowed")));
        }
        Ok(kept.bytes)
    }

    /// Nothing but spaces may be left.
    pub(super) fn end(&mut self) -> Scanned<()> {
        match self.blank()? {
            None => Ok(()),
            Some(_) => Err(self.fault("there is more after the end")),
        }
    }

    fn enter(&mut self) -> Scanned<()> {
        self.at += 1;
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.fault(format!("it is nested deeper than {DEPTH_MAX} levels")));
        }
        Ok(())
    }

    fn leave(&mut self) -> Scanned<()> {
        self.at += 1;
        self.depth = self.depth.saturating_sub(1);
        Ok(())
    }

    /// The next byte that is no space, which stays to be read.
    fn next(&mut self) -> Scanned<u8> {
        match self.blank()? {
            Some(byte) => Ok(byte),
            None => Err(self.fault("it ends too early")),
        }
    }

    fn blank(&mut self) -> Scanned<Option<u8>> {
        while let Some(byte) = self.look()? {
            if !matches!(byte, b' ' | b'\n' | b'\r' | b'\t') {
                return Ok(Some(byte));
            }
            self.at += 1;
        }
        Ok(None)
    }

    /// The next byte; none at the end.
    fn look(&mut self) -> Scanned<Option<u8>> {
        if self.at == self.end && !self.fill()? {
            return Ok(None);
        }
        Ok(self.buffer.get(self.at).copied())
    }

    fn fill(&mut self) -> Scanned<bool> {
        self.passed = self.passed.saturating_add(self.end as u64);
        (self.at, self.end) = (0, 0);
        loop {
            match self.source.read(&mut self.buffer) {
                Ok(count) => self.end = count.min(self.buffer.len()),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(self.fault(error.to_string())),
            }
            return Ok(self.end > 0);
        }
    }

    /// What was read and is not used yet.
    fn rest(&mut self) -> Scanned<&[u8]> {
        if self.at == self.end && !self.fill()? {
            return Err(self.fault("it ends too early"));
        }
        Ok(self.buffer.get(self.at..self.end).unwrap_or_default())
    }
}

/// A number or a bare word.
struct Word {
    scalar: Scalar,
    whole: Option<i64>,
}

impl<R: Read> Scan<R> {
    fn word(&mut self) -> Scanned<Word> {
        let mut word = [0_u8; WORD_BYTES_MAX];
        let mut length = 0;
        while let Some(byte) = self.look()? {
            if !is_of_word(byte) {
                break;
            }
            let Some(place) = word.get_mut(length) else {
                return Err(self.fault(format!("a number is longer than {WORD_BYTES_MAX} bytes")));
            };
            *place = byte;
            length += 1;
            self.at += 1;
        }
        let word = word.get(..length).unwrap_or_default();
        self.meaning(std::str::from_utf8(word).unwrap_or_default())
    }

    fn meaning(&self, word: &str) -> Scanned<Word> {
        let plain = |scalar| Ok(Word { scalar, whole: None });
        match word {
            "null" => return plain(Scalar::Null),
            "true" => return plain(Scalar::Flag(true)),
            "false" => return plain(Scalar::Flag(false)),
            "NaN" => return plain(Scalar::Number(f64::NAN)),
            "Infinity" => return plain(Scalar::Number(f64::INFINITY)),
            "-Infinity" => return plain(Scalar::Number(f64::NEG_INFINITY)),
            _ => {}
        }
        let figures = word.starts_with(|first: char| first == '-' || first.is_ascii_digit());
        let number = if figures { word.parse::<f64>().ok() } else { None };
        let Some(number) = number.filter(|number| !number.is_nan()) else {
            return Err(self.fault(format!("{} is no value", quote(word))));
        };
        Ok(Word { scalar: Scalar::Number(number), whole: word.parse().ok() })
    }

    /// Reads a text, of which at most `bytes_max` are kept.
    fn text_of(&mut self, bytes_max: usize) -> Scanned<Text> {
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

    fn byte(&mut self) -> Scanned<u8> {
        let Some(byte) = self.look()? else {
            return Err(self.fault("it ends too early"));
        };
        self.at += 1;
        Ok(byte)
    }
}

/// What is done with the bytes of a value that is passed over.
trait Sink {
    fn put(&mut self, bytes: &[u8]);
    /// Whether more would be too much.
    fn is_full(&self) -> bool;
}

struct Nothing;

impl Sink for Nothing {
    fn put(&mut self, _: &[u8]) {}

    fn is_full(&self) -> bool {
        false
    }
}

struct Kept {
    bytes: Vec<u8>,
    bytes_max: usize,
}

impl Sink for Kept {
    fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn is_full(&self) -> bool {
        self.bytes.len() > self.bytes_max
    }
}

/// The brackets that are open: a bit for each, set for an object.
struct Open {
    bits: [u64; DEPTH_MAX / 64],
    count: usize,
}

impl Open {
    fn push(&mut self, is_object: bool) -> bool {
        let Some(word) = self.bits.get_mut(self.count / 64) else {
            return false;
        };
        let bit = 1_u64 << (self.count % 64);
        *word = if is_object { *word | bit } else { *word & !bit };
        self.count += 1;
        true
    }

    /// Closes the innermost; none if it is of the other kind, or none is open.
    fn pop(&mut self, is_object: bool) -> Option<()> {
        self.count = self.count.checked_sub(1)?;
        let word = self.bits.get(self.count / 64)?;
        let was_object = word >> (self.count % 64) & 1 == 1;
        (was_object == is_object).then_some(())
    }
}

impl<R: Read> Scan<R> {
    fn pass<S: Sink>(&mut self, sink: &mut S) -> Scanned<()> {
        let mut open = Open { bits: [0; DEPTH_MAX / 64], count: 0 };
        self.kind()?;
        loop {
            let byte = self.next()?;
            match byte {
                b'"' => self.pass_text(sink)?,
                b'{' | b'[' => {
                    if self.depth + open.count >= DEPTH_MAX || !open.push(byte == b'{') {
                        let message = format!("it is nested deeper than {DEPTH_MAX} levels");
                        return Err(self.fault(message));
                    }
                    sink.put(&[byte]);
                    self.at += 1;
                    continue;
                }
                b'}' | b']' => {
                    if open.pop(byte == b'}').is_none() {
                        return Err(self.fault("a bracket closes what is not open"));
                    }
                    sink.put(&[byte]);
                    self.at += 1;
                }
                b',' | b':' if open.count > 0 => {
                    sink.put(&[byte]);
                    self.at += 1;
                    continue;
                }
                byte if is_of_word(byte) => self.pass_word(sink)?,
                _ => return Err(self.fault("there is no value where one must be")),
            }
            if open.count == 0 {
                return Ok(());
            }
            if sink.is_full() {
                return Err(self.fault("it is longer than is allowed"));
            }
        }
    }

    fn pass_text<S: Sink>(&mut self, sink: &mut S) -> Scanned<()> {
        sink.put(b"\"");
        self.at += 1;
        loop {
            let rest = self.rest()?;
            let plain = plain_length(rest);
            sink.put(rest.get(..plain).unwrap_or_default());
            let after = rest.get(plain).copied();
            self.at += plain;
            match after {
                None => {}
                Some(b'"') => {
                    sink.put(b"\"");
                    self.at += 1;
                    return Ok(());
                }
                Some(b'\\') => {
                    self.at += 1;
                    let escaped = self.byte()?;
                    sink.put(&[b'\\', escaped]);
                }
                Some(_) => return Err(self.fault("a control character stands in a text")),
            }
            if sink.is_full() {
                return Err(self.fault("it is longer than is allowed"));
            }
        }
    }

    /// A word within a value that is passed over; only one that is kept is looked at.
    fn pass_word<S: Sink>(&mut self, sink: &mut S) -> Scanned<()> {
        let mut start = [0_u8; 12];
        let mut length = 0;
        loop {
            let Some(byte) = self.look()? else { break };
            if !is_of_word(byte) {
                break;
            }
            if let Some(place) = start.get_mut(length) {
                *place = byte;
            } else {
                if length == start.len() {
                    sink.put(&start);
                }
                sink.put(&[byte]);
            }
            length += 1;
            self.at += 1;
            if length > WORD_BYTES_MAX {
                return Err(self.fault(format!("a number is longer than {WORD_BYTES_MAX} bytes")));
            }
        }
        if let Some(word) = start.get(..length) {
            match word {
                b"NaN" => sink.put(b"\"\\u0000NaN\""),
                b"Infinity" => sink.put(b"\"\\u0000Infinity\""),
                b"-Infinity" => sink.put(b"\"\\u0000-Infinity\""),
                word => sink.put(word),
            }
        }
        Ok(())
    }
}

fn is_of_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'+' | b'.')
}

/// How many bytes are neither a quote, nor a backslash, nor a control character.
fn plain_length(bytes: &[u8]) -> usize {
    const WIDTH: usize = 32;
    let special = |byte: &u8| (*byte == b'"') | (*byte == b'\\') | (*byte < 0x20);
    let mut at = 0;
    // A whole block at a time is compared without a branch for each byte.
    while let Some(block) = bytes.get(at..at + WIDTH) {
        if block.iter().fold(false, |found, byte| found | special(byte)) {
            break;
        }
        at += WIDTH;
    }
    let rest = bytes.get(at..).unwrap_or_default();
    at + rest.iter().position(special).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests;
