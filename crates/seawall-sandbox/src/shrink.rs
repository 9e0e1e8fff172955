//! Making an input smaller while it still shows what it shows: delta debugging.
//!
//! This is `ddmin` of Zeller and Hildebrandt ("Simplifying and Isolating Failure-Inducing Input",
//! IEEE Transactions on Software Engineering 28(2), 2002): parts are left out, large ones first and
//! then ever smaller ones, until no part of the smallest size can be left out. Of the two kinds of
//! tests in the paper only the complements are run, since their answers alone make the end
//! 1-minimal; and after a success it goes on where it stands.
//!
//! A text is cut into lines, then into words, then into what stands between brackets, then into
//! bytes; other input into bytes at once. Then bytes are made plain (a letter to `a`, a digit to
//! `0`, any byte of other input to zero) where it still shows. The steps are repeated until none
//! does anything more.

mod parts;

pub(crate) use parts::is_text;

use sha2::{Digest, Sha256};
use std::collections::HashSet;
use std::ops::Range;

/// An input is cut into no more parts than this: far more than any budget of tests.
const PARTS_MAX: usize = 64 * 1024;

/// What was tested before is not run again, but looked up: so often for each test at most.
const REPEATS_PER_TEST: u32 = 16;

/// The smaller input.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Shrunk {
    /// What still shows; never longer than the input.
    pub bytes: Vec<u8>,
    /// How many inputs were tested.
    pub tests: u32,
    /// Whether every single byte was left out in vain: the result is 1-minimal.
    pub complete: bool,
}

/// Makes an input that shows something smaller, with at most so many tests. The input itself is
/// taken to show it and is not tested; a fault of a test ends everything.
pub(crate) fn shrink<E>(
    input: &[u8],
    budget: u32,
    shows: impl FnMut(&[u8]) -> Result<bool, E>,
) -> Result<Shrunk, E> {
    let repeats_left = budget.saturating_mul(REPEATS_PER_TEST);
    let bytes = input.to_vec();
    let mut search = Search { shows, bytes, left: budget, repeats_left, in_vain: HashSet::new() };
    let complete = match search.all() {
        Ok(()) => true,
        Err(Stop::Spent) => false,
        Err(Stop::Fault(fault)) => return Err(fault),
    };
    Ok(Shrunk { tests: budget - search.left, bytes: search.bytes, complete })
}

/// Why a search ends early.
enum Stop<E> {
    /// The budget is spent.
    Spent,
    /// A test could not be run.
    Fault(E),
}

struct Search<T> {
    shows: T,
    /// The smallest that shows, up to now.
    bytes: Vec<u8>,
    left: u32,
    repeats_left: u32,
    /// Digests of what was tested and does not show; no larger than the budget.
    in_vain: HashSet<[u8; 32]>,
}

impl<E, T: FnMut(&[u8]) -> Result<bool, E>> Search<T> {
    /// Ends when no byte can be left out and none can be made plainer.
    fn all(&mut self) -> Result<(), Stop<E>> {
        if parts::is_text(&self.bytes) {
            self.leave_out(parts::lines)?;
            self.leave_out(parts::words)?;
        }
        loop {
            if parts::is_text(&self.bytes) {
                self.leave_out_brackets()?;
            }
            let before = self.bytes.len();
            self.leave_out(parts::bytes)?;
            // What is so long was cut into larger parts than bytes.
            let coarse = before > PARTS_MAX;
            if coarse && self.bytes.len() == before {
                return Err(Stop::Spent);
            }
            if !coarse && !self.make_plain()? {
                return Ok(());
            }
        }
    }

    /// Tests other bytes, and keeps them when they show.
    fn keeps(&mut self, bytes: Vec<u8>) -> Result<bool, Stop<E>> {
        let digest: [u8; 32] = Sha256::digest(&bytes).into();
        if self.in_vain.contains(&digest) {
            self.repeats_left = self.repeats_left.checked_sub(1).ok_or(Stop::Spent)?;
            return Ok(false);
        }
        self.left = self.left.checked_sub(1).ok_or(Stop::Spent)?;
        let shows = (self.shows)(&bytes).map_err(Stop::Fault)?;
        if shows {
            self.bytes = bytes;
        } else {
            self.in_vain.insert(digest);
        }
        Ok(shows)
    }

    /// The search proper, over parts that follow one another and are the whole.
    fn leave_out(&mut self, cut: fn(&[u8]) -> Vec<Range<usize>>) -> Result<(), Stop<E>> {
        let mut parts = merged(cut(&self.bytes));
        let mut size = parts.len().div_ceil(2);
        while size > 0 && !parts.is_empty() {
            let mut any = false;
            // From the end: what comes later needs what comes earlier more often than the reverse.
            let mut end = parts.len();
            let mut in_vain = 0..0;
            while end > 0 {
                let start = end.saturating_sub(size);
                let span = span(&parts, start..end);
                if self.is_same_as_next(&span, &in_vain) {
                    in_vain = span;
                } else if self.keeps(without(&self.bytes, &parts, start..end))? {
                    parts = closed_up(&parts, start..end);
                    in_vain = 0..0;
                    any = true;
                } else {
                    in_vain = span;
                }
                end = start;
            }
            if size == 1 && !any {
                return Ok(());
            }
            // Only at the smallest size is it asked again: a larger one comes to the same.
            size = if size == 1 { 1 } else { size.div_ceil(2) };
        }
        Ok(())
    }

    /// Whether leaving out this comes to the same as leaving out what follows it.
    fn is_same_as_next(&self, span: &Range<usize>, next: &Range<usize>) -> bool {
        span.end == next.start
            && !next.is_empty()
            && self.bytes.get(span.clone()) == self.bytes.get(next.clone())
    }

    /// Leaves out pairs of brackets or quotes, with what is between them or without it.
    fn leave_out_brackets(&mut self) -> Result<(), Stop<E>> {
        let mut nth = 0;
        // Each turn either takes something away or goes on, so this ends.
        while let Some(pair) = parts::brackets(&self.bytes).get(nth).cloned() {
            let (open, close) = (pair.start, pair.end - 1);
            let whole = without(&self.bytes, std::slice::from_ref(&pair), 0..1);
            let ends = [open..open + 1, close..close + 1];
            let taken = self.keeps(whole)? || self.keeps(without(&self.bytes, &ends, 0..2))?;
            nth = if taken { nth } else { nth + 1 };
        }
        Ok(())
    }

    /// Makes bytes plain, many at a time and then fewer; tells whether any was.
    fn make_plain(&mut self) -> Result<bool, Stop<E>> {
        let plain = if parts::is_text(&self.bytes) { parts::plain_text } else { parts::zero };
        let mut any = false;
        let mut size = self.bytes.len();
        while size > 0 {
            let mut start = 0;
            while start < self.bytes.len() {
                let end = (start + size).min(self.bytes.len());
                let mut bytes = self.bytes.clone();
                bytes.iter_mut().take(end).skip(start).for_each(|byte| *byte = plain(*byte));
                if bytes != self.bytes {
                    any |= self.keeps(bytes)?;
                }
                start = end;
            }
            size /= 2;
        }
        Ok(any)
    }
}

/// The same in fewer parts, where there are too many.
fn merged(parts: Vec<Range<usize>>) -> Vec<Range<usize>> {
    if parts.len() <= PARTS_MAX {
        return parts;
    }
    let many = parts.len().div_ceil(PARTS_MAX);
    (0..parts.len())
        .step_by(many)
        .map(|at| span(&parts, at..(at + many).min(parts.len())))
        .collect()
}

/// From the first of some parts to the last.
fn span(parts: &[Range<usize>], range: Range<usize>) -> Range<usize> {
    match parts.get(range).unwrap_or_default() {
        [] => 0..0,
        [one] => one.clone(),
        [first, .., last] => first.start..last.end,
    }
}

/// The bytes without some of their parts.
fn without(bytes: &[u8], parts: &[Range<usize>], left_out: Range<usize>) -> Vec<u8> {
    let mut rest = Vec::with_capacity(bytes.len());
    let mut at = 0;
    for part in parts.get(left_out).unwrap_or_default() {
        rest.extend_from_slice(bytes.get(at..part.start).unwrap_or_default());
        at = part.end;
    }
    rest.extend_from_slice(bytes.get(at..).unwrap_or_default());
    rest
}

/// Where the other parts stand once some are left out.
fn closed_up(parts: &[Range<usize>], left_out: Range<usize>) -> Vec<Range<usize>> {
    let gone: usize = parts.get(left_out.clone()).unwrap_or_default().iter().map(Range::len).sum();
    let before = parts.iter().take(left_out.start).cloned();
    let after = parts.iter().skip(left_out.end);
    before.chain(after.map(|part| part.start - gone..part.end - gone)).collect()
}

#[cfg(test)]
mod tests;
