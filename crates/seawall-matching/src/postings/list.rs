//! One list of ascending numbers as bytes: packed when it is short, a bitmap when it is long.
//!
//! | bytes | meaning |
//! |---|---|
//! | LEB128 | how many numbers, doubled; odd for a bitmap |
//! | packed: per group of 64 | one byte width, then the gaps less one in that many bits |
//! | bitmap: LEB128, LEB128, words | number of the first word, of words; 64 numbers a word |
//!
//! Gaps adapt to clusters: neighbours of one fleet that all have the component cost no bits at all.
//! A bitmap takes over where a number costs at most [`BITS_MAX`] bits in it, because a bitmap
//! is united with others as fast as memory is read.

use super::assets::Bits;
use super::packing::{self, GROUP, WIDTH_MAX};
use super::wire;

/// Bits that one number may cost in a bitmap before packing is preferred. Packed, such a number
/// costs about eight; the difference buys time where lists are longest.
const BITS_MAX: usize = 32;

/// A list, read where it lies.
#[derive(Clone, Copy, Debug)]
pub struct List<'a> {
    len: u32,
    body: Body<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Body<'a> {
    Packed(&'a [u8]),
    Bitmap { first: u32, words: &'a [u8] },
}

/// Appends ascending numbers, each at most once, as a list.
pub fn encode(ids: &[u32], out: &mut Vec<u8>) {
    let (Some(first), Some(last)) = (ids.first(), ids.last()) else {
        return out.push(0);
    };
    let words = (last / u64::BITS - first / u64::BITS + 1) as usize;
    let is_bitmap = ids.len() >= GROUP && words * u64::BITS as usize <= ids.len() * BITS_MAX;
    wire::put_varint(out, (ids.len() as u64) << 1 | u64::from(is_bitmap));
    if is_bitmap {
        encode_bitmap(ids, first / u64::BITS, words, out)
    } else {
        encode_packed(ids, out)
    }
}

fn encode_bitmap(ids: &[u32], first: u32, words: usize, out: &mut Vec<u8>) {
    wire::put_varint(out, u64::from(first));
    wire::put_varint(out, words as u64);
    let (mut at, mut word) = (first, 0u64);
    for id in ids {
        while at < id / u64::BITS {
            out.extend_from_slice(&word.to_le_bytes());
            (at, word) = (at + 1, 0);
        }
        word |= 1 << (id % u64::BITS);
    }
    out.extend_from_slice(&word.to_le_bytes());
}

fn encode_packed(ids: &[u32], out: &mut Vec<u8>) {
    let mut gaps = [0; GROUP];
    let mut next = 0u32;
    for group in ids.chunks(GROUP) {
        for (gap, id) in gaps.iter_mut().zip(group) {
            *gap = id.wrapping_sub(next);
            next = id.wrapping_add(1);
        }
        let gaps = &gaps[..group.len()];
        let width = packing::width(gaps);
        out.push(width as u8);
        packing::pack(gaps, width, out);
    }
}

impl<'a> List<'a> {
    /// The list without a number.
    pub const EMPTY: List<'static> = List { len: 0, body: Body::Packed(&[]) };

    /// Reads the head of a list; `None` for what is none.
    pub fn read(mut bytes: &'a [u8]) -> Option<List<'a>> {
        let head = wire::take_varint(&mut bytes)?;
        let len = u32::try_from(head >> 1).ok()?;
        if head & 1 == 0 {
            return Some(List { len, body: Body::Packed(bytes) });
        }
        let first = wire::take_varint_u32(&mut bytes)?;
        let count = usize::try_from(wire::take_varint(&mut bytes)?).ok()?;
        let words = wire::take(&mut bytes, count.checked_mul(8)?)?;
        let end = u64::from(first) + count as u64;
        let fits = end <= u64::from(u32::MAX / u64::BITS) + 1;
        fits.then_some(List { len, body: Body::Bitmap { first, words } })
    }

    /// How many numbers the list holds, as its head says.
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Shows the numbers, ascending, in groups of any size; `None` where the bytes are damaged.
    pub fn each_group(&self, mut visit: impl FnMut(&[u32])) -> Option<()> {
        let (first, words) = match self.body {
            Body::Packed(bytes) => return each_packed(bytes, self.len as usize, visit),
            Body::Bitmap { first, words } => (first, words),
        };
        let mut ids = [0; GROUP];
        for (word, at) in words.as_chunks().0.iter().zip(first..) {
            let (mut word, mut len) = (u64::from_le_bytes(*word), 0);
            while word != 0 {
                ids[len % GROUP] = at * u64::BITS + word.trailing_zeros();
                len += 1;
                word &= word - 1;
            }
            visit(&ids[..len]);
        }
        Some(())
    }

    /// Appends the numbers to `out`.
    pub fn extend(&self, out: &mut Vec<u32>) -> Option<()> {
        self.each_group(|ids| out.extend_from_slice(ids))
    }

    /// Marks the numbers in `bits`; `None` where the bytes are damaged or a number is too high.
    pub fn mark(&self, bits: &mut Bits) -> Option<()> {
        match self.body {
            Body::Bitmap { first, words } => bits.mark_words(first, words),
            Body::Packed(_) => {
                let mut fits = true;
                self.each_group(|ids| fits &= bits.mark_all(ids))?;
                fits.then_some(())
            }
        }
    }

    /// Marks the numbers in `bits` but those in `gone`, which ascends.
    pub fn mark_without(&self, gone: impl Iterator<Item = u32>, bits: &mut Bits) -> Option<()> {
        let mut gone = gone.peekable();
        let mut fits = true;
        self.each_group(|ids| {
            for id in ids {
                while gone.next_if(|gone| gone < id).is_some() {}
                if gone.peek() != Some(id) {
                    fits &= bits.mark(*id);
                }
            }
        })?;
        fits.then_some(())
    }
}

fn each_packed(mut bytes: &[u8], mut left: usize, mut visit: impl FnMut(&[u32])) -> Option<()> {
    let mut ids = [0; GROUP];
    // One less than the lowest number that may follow.
    let mut last = u64::MAX;
    while left > 0 {
        let len = left.min(GROUP);
        let (width, rest) = bytes.split_first()?;
        let width = u32::from(*width);
        let size = packing::size_bytes(len, width);
        if width > WIDTH_MAX || rest.len() < size {
            return None;
        }
        packing::unpack(width, rest, &mut ids);
        for id in &mut ids[..len] {
            last = last.wrapping_add(u64::from(*id) + 1);
            *id = last as u32;
        }
        if last > u64::from(u32::MAX) {
            return None;
        }
        visit(&ids[..len]);
        bytes = &rest[size..];
        left -= len;
    }
    Some(())
}
