//! JSON read as a stream: one value after the other, only what is wanted is kept.
//!
//! Inspect writes JSON (RFC 8259) with the bare words `NaN`, `Infinity` and `-Infinity` in it, in
//! members of gigabytes, nested up to some 250 levels. This reader holds one buffer, keeps texts up
//! to a bound, and passes over everything else without building a value: there only brackets and
//! quotes must pair up. Nesting is bounded, and depth costs bits, not stack.

mod pass;
mod text;
mod word;

use crate::fault::{FormatFault, quote};
use pass::{Fitting, Kept, Nothing};
use seawall_domain::evaluation::finding::{Code, Finding};
use seawall_domain::evaluation::value::Scalar;
use std::hash::{BuildHasher, RandomState};
use std::io::{self, Read};

/// How deep arrays and objects may nest.
pub(super) const DEPTH_MAX: usize = 512;

/// How much is read at once, in bytes.
const BUFFER_BYTES: usize = 64 * 1024;

/// How much of a name is kept, in bytes; no known name is that long.
const NAME_BYTES_MAX: usize = 1_024;

/// The longest number or bare word, in bytes.
const WORD_BYTES_MAX: usize = 1_024;

/// In how many names of one object the same is looked for; no known object has that many.
const NAMES_MAX: usize = 256;

/// How many names that stand twice are told of one stream.
const TWICE_MAX: usize = 50;

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
    twice: Vec<String>,
}

pub(super) type Scanned<T> = Result<T, FormatFault>;

impl<R: Read> Scan<R> {
    /// Begins to read `source`, which is called `place` in messages.
    pub(super) fn new(source: R, place: impl Into<String>) -> Self {
        let buffer = vec![0; BUFFER_BYTES].into_boxed_slice();
        Scan {
            source,
            buffer,
            at: 0,
            end: 0,
            passed: 0,
            depth: 0,
            place: place.into(),
            twice: Vec::new(),
        }
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

    /// The same as [`Scan::object`], of an object in which each name stands once, as Inspect writes
    /// them: one that stands there again is noted, for readers differ in what they make of it (RFC
    /// 8259, section 4).
    pub(super) fn once(
        &mut self,
        each: &mut dyn FnMut(&mut Self, &str) -> Scanned<()>,
    ) -> Scanned<()> {
        let (hash, mut names) = (RandomState::new(), Vec::new());
        self.object(&mut |scan, name| {
            let known = hash.hash_one(name);
            match names.contains(&known) {
                true if scan.twice.len() < TWICE_MAX => scan.twice.push(name.to_owned()),
                false if names.len() < NAMES_MAX => names.push(known),
                true | false => {}
            }
            each(scan, name)
        })
    }

    /// What stands in what was read, and is to be told of it.
    pub(super) fn findings(&mut self) -> Vec<Finding> {
        let twice = std::mem::take(&mut self.twice);
        let told = |name: String| {
            let what = format!("{} stands twice in {}", quote(&name), quote(&self.place));
            let last = format!("{what}; the last counts");
            [Finding::new(Code::DuplicateMember, last), Finding::new(Code::UnsupportedShape, what)]
        };
        twice.into_iter().flat_map(told).collect()
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
            Kind::Text => Ok(Some(Scalar::Text(self.text_of(bytes_max)?.start.into()))),
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

    /// Takes one value as it stands, without spaces: at most `bytes_max` of JSON, in which the
    /// words that are not JSON are texts after [`MARK`].
    pub(super) fn capture(&mut self, bytes_max: usize) -> Scanned<Vec<u8>> {
        let mut kept = Kept { bytes: Vec::new(), bytes_max };
        self.pass(&mut kept)?;
        if kept.bytes.len() > bytes_max {
            return Err(self.fault(format!("it is longer than the {bytes_max} bytes allowed")));
        }
        Ok(kept.bytes)
    }

    /// Takes one value as it stands, as [`Scan::capture`] does; one that is longer is passed over.
    pub(super) fn capture_within(&mut self, bytes_max: usize) -> Scanned<Option<Vec<u8>>> {
        let mut fitting = Fitting { bytes: Some(Vec::new()), bytes_max };
        self.pass(&mut fitting)?;
        Ok(fitting.bytes)
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
