//! Values that are passed over, or taken as they stand: brackets and quotes must pair up, and
//! nothing else is looked at.

use super::{DEPTH_MAX, Scan, Scanned, WORD_BYTES_MAX, is_of_word, plain_length};
use std::io::Read;

/// What is done with the bytes of a value that is passed over.
pub(super) trait Sink {
    fn put(&mut self, bytes: &[u8]);
    /// Whether more would be too much.
    fn is_full(&self) -> bool;
}

pub(super) struct Nothing;

impl Sink for Nothing {
    fn put(&mut self, _: &[u8]) {}

    fn is_full(&self) -> bool {
        false
    }
}

pub(super) struct Kept {
    pub(super) bytes: Vec<u8>,
    pub(super) bytes_max: usize,
}

impl Sink for Kept {
    fn put(&mut self, bytes: &[u8]) {
        self.bytes.extend_from_slice(bytes);
    }

    fn is_full(&self) -> bool {
        self.bytes.len() > self.bytes_max
    }
}

/// What is kept as long as it is not too long.
pub(super) struct Fitting {
    pub(super) bytes: Option<Vec<u8>>,
    pub(super) bytes_max: usize,
}

impl Sink for Fitting {
    fn put(&mut self, bytes: &[u8]) {
        self.bytes = self.bytes.take().filter(|it| it.len() + bytes.len() <= self.bytes_max);
        if let Some(kept) = &mut self.bytes {
            kept.extend_from_slice(bytes);
        }
    }

    fn is_full(&self) -> bool {
        false
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
    pub(super) fn pass<S: Sink>(&mut self, sink: &mut S) -> Scanned<()> {
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
        while let Some(byte) = self.look()?.filter(|byte| is_of_word(*byte)) {
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
