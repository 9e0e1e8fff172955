//! Bytes of which every page is checked once, when it is first looked at.
//!
//! A set is mapped, not read: looking at a few packages touches a few pages. Each page has a
//! CRC-32C (RFC 3720, appendix B.4) in the set's own table, so that a damaged page is found
//! exactly when an answer would rest on it.

use super::fault::SetFault;
use std::ops::Range;
use std::sync::atomic::{AtomicU64, Ordering};

/// The size of a page in bytes.
pub const PAGE_BYTES: usize = 16 * 1024;

/// Pages and their sums.
#[derive(Debug)]
pub(super) struct Pages {
    sums: Vec<u32>,
    checked: Vec<AtomicU64>,
}

impl Pages {
    /// Pages with these sums, none of which was looked at yet.
    pub(super) fn new(sums: Vec<u32>) -> Self {
        let checked = (0..sums.len().div_ceil(64)).map(|_| AtomicU64::new(0)).collect();
        Pages { sums, checked }
    }

    /// The bytes of a range, after the pages it lies in were checked.
    pub(super) fn slice<'a>(
        &self,
        bytes: &'a [u8],
        range: Range<usize>,
    ) -> Result<&'a [u8], SetFault> {
        let outside = SetFault::Inconsistent { part: "table of contents" };
        let found = bytes.get(range.clone()).ok_or(outside)?;
        if !found.is_empty() {
            let (first, last) = (range.start / PAGE_BYTES, (range.end - 1) / PAGE_BYTES);
            for page in first..last + 1 {
                if !self.is_checked(page) {
                    self.check(bytes, page)?;
                }
            }
        }
        Ok(found)
    }

    /// Checks every page; says how many there are.
    pub(super) fn check_all(&self, bytes: &[u8]) -> Result<usize, SetFault> {
        let mut unseen = (0..self.sums.len()).filter(|page| !self.is_checked(*page));
        unseen.try_for_each(|page| self.check(bytes, page))?;
        Ok(self.sums.len())
    }

    /// Whether a page was checked; the bit only saves work, whoever misses it checks again.
    #[inline]
    fn is_checked(&self, page: usize) -> bool {
        let word = self.checked.get(page / 64);
        word.is_some_and(|word| word.load(Ordering::Relaxed) & (1 << (page % 64)) != 0)
    }

    fn check(&self, bytes: &[u8], page: usize) -> Result<(), SetFault> {
        let offset = page * PAGE_BYTES;
        let damaged = || SetFault::Damaged { offset: offset as u64 };
        let (Some(sum), Some(word)) = (self.sums.get(page), self.checked.get(page / 64)) else {
            return Err(damaged());
        };
        let end = bytes.len().min(offset + PAGE_BYTES);
        let held = bytes.get(offset..end).ok_or_else(damaged)?;
        if crc32c::crc32c(held) != *sum {
            return Err(damaged());
        }
        word.fetch_or(1 << (page % 64), Ordering::Relaxed);
        Ok(())
    }
}

/// Sums pages while their bytes are written, whatever the sizes of the pieces.
#[derive(Clone, Debug, Default)]
pub(super) struct Summer {
    sums: Vec<u32>,
    sum: u32,
    in_page: usize,
    length: u64,
}

impl Summer {
    /// Takes the next bytes.
    pub(super) fn add(&mut self, mut bytes: &[u8]) {
        self.length += bytes.len() as u64;
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(PAGE_BYTES - self.in_page));
            self.sum = crc32c::crc32c_append(self.sum, now);
            self.in_page += now.len();
            if self.in_page == PAGE_BYTES {
                self.sums.push(std::mem::take(&mut self.sum));
                self.in_page = 0;
            }
            bytes = later;
        }
    }

    /// How many bytes came so far.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// The sums of all pages, the last one short.
    pub(super) fn finish(mut self) -> Vec<u32> {
        if self.in_page > 0 {
            self.sums.push(self.sum);
        }
        self.sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn summed(pieces: &[&[u8]]) -> Vec<u32> {
        let mut summer = Summer::default();
        pieces.iter().for_each(|piece| summer.add(piece));
        summer.finish()
    }

    #[test]
    fn a_page_is_checked_when_it_is_looked_at() {
        let mut bytes = vec![7; 2 * PAGE_BYTES + 5];
        let sums = summed(&[&bytes[..100], &bytes[100..]]);
        assert_eq!(sums.len(), 3);
        let pages = Pages::new(sums.clone());
        assert_eq!(pages.check_all(&bytes), Ok(3));
        bytes[PAGE_BYTES] = 8;
        let pages = Pages::new(sums);
        assert_eq!(pages.slice(&bytes, 0..10), Ok(&[7; 10][..]));
        let damaged = SetFault::Damaged { offset: PAGE_BYTES as u64 };
        assert_eq!(pages.slice(&bytes, PAGE_BYTES - 1..PAGE_BYTES + 1), Err(damaged));
        assert!(pages.slice(&bytes, 2 * PAGE_BYTES..2 * PAGE_BYTES + 5).is_ok());
        assert!(pages.slice(&bytes, 2 * PAGE_BYTES..2 * PAGE_BYTES + 6).is_err());
    }

    proptest! {
        #[test]
        fn pieces_do_not_matter(cuts in prop::collection::vec(0usize..40_000, 0..6)) {
            let bytes: Vec<u8> = (0..40_000u32).map(|n| (n % 251) as u8).collect();
            let mut cuts = cuts;
            cuts.extend([0, bytes.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts.windows(2).map(|cut| &bytes[cut[0]..cut[1]]).collect();
            prop_assert_eq!(summed(&pieces), summed(&[&bytes]));
        }
    }
}
