//! One list of ascending numbers as bytes: packed when it is short, a bitmap when it is long.
//!
//! | bytes | meaning |
//! |---|---|
//! | LEB128 | how many numbers, doubled; odd for a bitmap |
//! | packed: LEB128 | the first number |
//! | per group of 64 more: byte | width of the group; 128 is added where it has outliers |
//! | | the gaps less one, each in that many lowest bits |
//! | outliers: byte | how many there are |
//! | per outlier: byte, LEB128 | its place in the group, the bits above the lowest |
//! | bitmap: LEB128, LEB128, words | number of the first word, of words; 64 numbers a word |
//!
//! Gaps adapt to clusters: neighbours of one fleet that all have the component cost next to
//! nothing, and the leap to the next fleet is an outlier that does not widen the others.
//! A bitmap takes over where a number costs at most [`BITS_MAX`] bits in it, because a bitmap
//! is united with others as fast as memory is read.

use super::assets::Bits;
use super::packing::{self, GROUP, WIDTH_MAX};
use super::wire;

/// Bits that one number may cost in a bitmap before packing is preferred. Packed, such a number
/// costs about eight; the difference buys time where lists are longest.
const BITS_MAX: usize = 32;

/// Marks a group's width where outliers follow.
const WITH_OUTLIERS: u8 = 0x80;
/// At most one gap of so many is taken for an outlier.
const OUTLIER_SHARE: usize = 4;

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
    let Some((first, ids)) = ids.split_first() else {
        return;
    };
    wire::put_varint(out, u64::from(*first));
    let mut gaps = [0; GROUP];
    let mut last = *first;
    for group in ids.chunks(GROUP) {
        for (gap, id) in gaps.iter_mut().zip(group) {
            *gap = id.wrapping_sub(last).wrapping_sub(1);
            last = *id;
        }
        encode_group(&mut gaps[..group.len()], out);
    }
}

fn encode_group(gaps: &mut [u32], out: &mut Vec<u8>) {
    let (width, outliers) = chosen(gaps);
    if outliers == 0 {
        out.push(width as u8);
        return packing::pack(gaps, width, out);
    }
    out.push(width as u8 | WITH_OUTLIERS);
    let lowest = (1u32 << width) - 1;
    let mut above = vec![outliers];
    for (gap, place) in gaps.iter_mut().zip(0u8..) {
        if *gap > lowest {
            above.push(place);
            wire::put_varint(&mut above, (*gap >> width).into());
            *gap &= lowest;
        }
    }
    packing::pack(gaps, width, out);
    out.extend_from_slice(&above);
}

/// The width that makes a group smallest, and how many of its gaps are wider.
fn chosen(gaps: &[u32]) -> (u32, u8) {
    let mut by_width = [0u8; WIDTH_MAX as usize + 1];
    let mut widest = 0;
    for gap in gaps {
        let width = WIDTH_MAX - gap.leading_zeros();
        by_width[width as usize] += 1;
        widest = widest.max(width);
    }
    let mut best = (packing::size_bytes(gaps.len(), widest), widest, 0);
    let mut outliers = 0;
    for width in (0..widest).rev() {
        outliers += by_width[width as usize + 1];
        if usize::from(outliers) > gaps.len() / OUTLIER_SHARE {
            break;
        }
        let above = |wider: u32| (1 + (wider - width).div_ceil(7)) as usize;
        let wider = width + 1..=widest;
        let above: usize =
            wider.map(|wider| usize::from(by_width[wider as usize]) * above(wider)).sum();
        let size = packing::size_bytes(gaps.len(), width) + 1 + above;
        if size < best.0 {
            best = (size, width, outliers);
        }
    }
    (best.1, best.2)
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

fn each_packed(mut bytes: &[u8], len: usize, mut visit: impl FnMut(&[u32])) -> Option<()> {
    if len == 0 {
        return Some(());
    }
    let first = wire::take_varint_u32(&mut bytes)?;
    visit(&[first]);
    let mut ids = [0; GROUP];
    let mut last = u64::from(first);
    let mut left = len - 1;
    while left > 0 {
        let len = left.min(GROUP);
        let (head, rest) = bytes.split_first()?;
        let width = u32::from(head & !WITH_OUTLIERS);
        let size = packing::size_bytes(len, width);
        if width > WIDTH_MAX || rest.len() < size {
            return None;
        }
        packing::unpack(width, rest, &mut ids);
        bytes = &rest[size..];
        if head & WITH_OUTLIERS != 0 {
            add_outliers(&mut bytes, width, &mut ids)?;
        }
        for id in &mut ids[..len] {
            last += u64::from(*id) + 1;
            *id = last as u32;
        }
        if last > u64::from(u32::MAX) {
            return None;
        }
        visit(&ids[..len]);
        left -= len;
    }
    Some(())
}

fn add_outliers(bytes: &mut &[u8], width: u32, gaps: &mut [u32; GROUP]) -> Option<()> {
    let [outliers] = wire::take(bytes, 1)? else {
        return None;
    };
    for _ in 0..*outliers {
        let [place] = wire::take(bytes, 1)? else {
            return None;
        };
        let above = u64::from(wire::take_varint_u32(bytes)?) << width;
        *gaps.get_mut(usize::from(*place))? |= u32::try_from(above).ok()?;
    }
    Some(())
}
