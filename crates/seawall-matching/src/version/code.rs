//! Sort keys: a version as bytes whose plain order (that of `memcmp`) is the order of versions.
//!
//! Every rule writes its version as a sequence of marks, numbers and words, each of which can be
//! told apart from its first byte on: marks lie below [`NUMBER`], numbers from it upwards. No
//! written version is the beginning of another, so the order is total whatever the rule.

use std::cmp::Ordering;
use std::hash::{Hash, Hasher};

/// The first byte of numbers; everything below is a mark of the rule that writes.
pub(super) const NUMBER: u8 = 0x20;
/// Numbers up to this one take a single byte.
const SMALL_MAX: u64 = 0xBF;
/// First byte of numbers of one to eight bytes, plus the count of bytes.
const LONG: u8 = 0xE0;
/// First byte of numbers beyond 64 bits: their count of digits and their digits follow.
const HUGE: u8 = 0xF0;
/// Keys up to this length lie in the value itself.
const INLINE_LEN: usize = 29;
/// Keys up to this length are written without asking for memory.
const BUFFER_LEN: usize = 64;

/// A finished sort key.
#[derive(Clone, Debug)]
pub(super) enum Code {
    Inline { prerelease: bool, len: u8, bytes: [u8; INLINE_LEN] },
    Long { prerelease: bool, bytes: Box<[u8]> },
}

impl Code {
    pub(super) fn bytes(&self) -> &[u8] {
        match self {
            Code::Inline { len, bytes, .. } => &bytes[..usize::from(*len)],
            Code::Long { bytes, .. } => bytes,
        }
    }

    pub(super) fn is_prerelease(&self) -> bool {
        match self {
            Code::Inline { prerelease, .. } | Code::Long { prerelease, .. } => *prerelease,
        }
    }
}

impl Ord for Code {
    fn cmp(&self, other: &Self) -> Ordering {
        self.bytes().cmp(other.bytes())
    }
}

impl PartialOrd for Code {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Code {
    fn eq(&self, other: &Self) -> bool {
        self.bytes() == other.bytes()
    }
}

impl Eq for Code {}

impl Hash for Code {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.bytes().hash(state);
    }
}

/// A sort key being written.
pub(super) struct Writer {
    buffer: [u8; BUFFER_LEN],
    len: usize,
    /// Everything written, once the buffer is too small.
    spill: Vec<u8>,
    prerelease: bool,
}

impl Writer {
    pub(super) fn new() -> Self {
        Writer { buffer: [0; BUFFER_LEN], len: 0, spill: Vec::new(), prerelease: false }
    }

    /// Forgets everything written so far.
    pub(super) fn clear(&mut self) {
        self.len = 0;
        self.spill.clear();
        self.prerelease = false;
    }

    /// Notes that the version comes before the release it is named after.
    pub(super) fn prerelease(&mut self) {
        self.prerelease = true;
    }

    pub(super) fn len(&self) -> usize {
        if self.spill.is_empty() { self.len } else { self.spill.len() }
    }

    /// Takes back what was written after the first `len` bytes.
    pub(super) fn truncate(&mut self, len: usize) {
        if self.spill.is_empty() {
            self.len = self.len.min(len);
        } else if len == 0 {
            self.spill.clear();
            self.len = 0;
        } else {
            self.spill.truncate(len);
        }
    }

    /// What was written from `start` on, to be changed in place.
    pub(super) fn tail(&mut self, start: usize) -> &mut [u8] {
        let bytes = match self.spill.is_empty() {
            true => &mut self.buffer[..self.len],
            false => &mut self.spill[..],
        };
        bytes.get_mut(start..).unwrap_or_default()
    }

    pub(super) fn push(&mut self, byte: u8) {
        if self.spill.is_empty() {
            if self.len < BUFFER_LEN {
                self.buffer[self.len] = byte;
                self.len += 1;
                return;
            }
            self.spill.extend_from_slice(&self.buffer);
        }
        self.spill.push(byte);
    }

    pub(super) fn extend(&mut self, bytes: &[u8]) {
        if self.spill.is_empty() {
            if let Some(free) = self.buffer.get_mut(self.len..self.len + bytes.len()) {
                free.copy_from_slice(bytes);
                self.len += bytes.len();
                return;
            }
            self.spill.extend_from_slice(&self.buffer[..self.len]);
        }
        self.spill.extend_from_slice(bytes);
    }

    /// Writes a number.
    pub(super) fn number(&mut self, number: u64) {
        if number <= SMALL_MAX {
            // INVARIANT: `NUMBER + SMALL_MAX` is below `LONG`.
            self.push(NUMBER + u8::try_from(number).unwrap_or_default());
            return;
        }
        let bytes = number.to_be_bytes();
        let zeros = usize::try_from(number.leading_zeros() / 8).unwrap_or_default();
        self.push(LONG + u8::try_from(8 - zeros).unwrap_or_default());
        self.extend(&bytes[zeros..]);
    }

    /// Writes a number of any length, given as digits; no digits are zero.
    pub(super) fn digits(&mut self, digits: &[u8]) {
        match value(digits) {
            Some(number) => self.number(number),
            None => {
                let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
                self.push(HUGE);
                let count = u64::try_from(digits.len() - zeros).unwrap_or(u64::MAX);
                self.extend(&count.to_be_bytes());
                self.extend(&digits[zeros..]);
            }
        }
    }

    /// Writes a word, so that it sorts by its bytes and before all its continuations.
    pub(super) fn word(&mut self, word: &[u8]) {
        if word.iter().all(|byte| *byte > 1) {
            self.extend(word);
        } else {
            word.iter().for_each(|byte| self.letter(*byte));
        }
        self.push(0);
    }

    /// Writes a word in lower case (ASCII).
    pub(super) fn lower_word(&mut self, word: &[u8]) {
        word.iter().for_each(|byte| self.letter(byte.to_ascii_lowercase()));
        self.push(0);
    }

    fn letter(&mut self, byte: u8) {
        match byte {
            0 | 1 => self.extend(&[1, byte + 1]),
            byte => self.push(byte),
        }
    }

    pub(super) fn finish(self) -> Code {
        let prerelease = self.prerelease;
        if !self.spill.is_empty() {
            return Code::Long { prerelease, bytes: self.spill.into_boxed_slice() };
        }
        match u8::try_from(self.len) {
            Ok(len) if self.len <= INLINE_LEN => {
                let mut bytes = [0; INLINE_LEN];
                bytes.copy_from_slice(&self.buffer[..INLINE_LEN]);
                Code::Inline { prerelease, len, bytes }
            }
            Ok(_) | Err(_) => Code::Long { prerelease, bytes: Box::from(&self.buffer[..self.len]) },
        }
    }
}

/// The value of a run of digits, when 64 bits hold it.
pub(super) fn value(digits: &[u8]) -> Option<u64> {
    let digit = |byte: &u8| u64::from(byte.wrapping_sub(b'0'));
    if digits.len() < 19 {
        return Some(digits.iter().fold(0, |sum, byte| sum * 10 + digit(byte)));
    }
    digits.iter().try_fold(0u64, |sum, byte| sum.checked_mul(10)?.checked_add(digit(byte)))
}

/// A text read from the left, byte by byte.
#[derive(Clone, Copy)]
pub(super) struct Cursor<'a>(pub(super) &'a [u8]);

impl<'a> Cursor<'a> {
    pub(super) fn peek(&self) -> Option<u8> {
        self.0.first().copied()
    }

    /// The byte after the next one.
    pub(super) fn second(&self) -> Option<u8> {
        self.0.get(1).copied()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn skip(&mut self, count: usize) {
        self.0 = self.0.get(count..).unwrap_or_default();
    }

    /// Takes the next byte when it is this one.
    pub(super) fn take(&mut self, byte: u8) -> bool {
        let there = self.peek() == Some(byte);
        if there {
            self.skip(1);
        }
        there
    }

    /// Takes the longest run of bytes that belong; it may be empty.
    pub(super) fn run(&mut self, belongs: impl Fn(u8) -> bool) -> &'a [u8] {
        let end = self.0.iter().position(|byte| !belongs(*byte)).unwrap_or(self.0.len());
        let (run, rest) = self.0.split_at(end);
        self.0 = rest;
        run
    }

    /// Takes the longest run of digits; it may be empty.
    pub(super) fn digits(&mut self) -> &'a [u8] {
        self.run(|byte| byte.is_ascii_digit())
    }

    /// Takes this word, in lower or upper case, when it comes next.
    pub(super) fn word(&mut self, word: &str) -> bool {
        let there =
            self.0.get(..word.len()).is_some_and(|next| next.eq_ignore_ascii_case(word.as_bytes()));
        if there {
            self.skip(word.len());
        }
        there
    }
}

/// Tells whether a run of digits is nothing but zeros (or empty).
pub(super) fn is_zero(digits: &[u8]) -> bool {
    digits.iter().all(|digit| *digit == b'0')
}

/// Tells whether a text is digits only, at least one.
pub(super) fn is_number(text: &[u8]) -> bool {
    !text.is_empty() && text.iter().all(u8::is_ascii_digit)
}
