//! Groups of 64 numbers, each written in the same number of bits, lowest bits first.
//!
//! 64 numbers of `w` bits fill exactly `8 w` bytes; a last group may hold fewer numbers and ends
//! with the byte that its last bit falls into.

/// How many numbers one group holds.
pub const GROUP: usize = 64;
/// The widest number.
pub const WIDTH_MAX: u32 = 32;
/// Reading goes by whole words, so up to seven bytes behind a group are looked at.
const SLACK: usize = 8;

/// How many bytes `len` numbers of `width` bits take.
pub fn size_bytes(len: usize, width: u32) -> usize {
    (len * width as usize).div_ceil(8)
}

/// Appends numbers in `width` bits each.
pub fn pack(values: &[u32], width: u32, out: &mut Vec<u8>) {
    let (mut word, mut used) = (0u64, 0);
    for value in values {
        let value = u64::from(*value);
        word |= value << used;
        used += width;
        if used >= u64::BITS {
            out.extend_from_slice(&word.to_le_bytes());
            used -= u64::BITS;
            word = if used == 0 { 0 } else { value >> (width - used) };
        }
    }
    let rest = (used as usize).div_ceil(8);
    out.extend(word.to_le_bytes().iter().take(rest));
}

/// Reads a group's numbers from the front of `bytes`; where there are too few bytes, zeros follow.
/// Numbers beyond those that were packed are of no meaning.
pub fn unpack(width: u32, bytes: &[u8], out: &mut [u32; GROUP]) {
    let needed = size_bytes(GROUP, width);
    if let Some(bytes) = bytes.get(..needed + SLACK) {
        return unpack_words(width, bytes, out);
    }
    let mut padded = [0u8; size_bytes_max() + SLACK];
    let len = bytes.len().min(needed);
    for (to, from) in padded.iter_mut().zip(&bytes[..len]) {
        *to = *from;
    }
    unpack_words(width, &padded, out);
}

const fn size_bytes_max() -> usize {
    GROUP * WIDTH_MAX as usize / 8
}

fn unpack_words(width: u32, bytes: &[u8], out: &mut [u32; GROUP]) {
    macro_rules! by_width {
        ($($width:literal)*) => {
            match width {
                $($width => unpack_of::<$width>(bytes, out),)*
                _ => unpack_of::<32>(bytes, out),
            }
        };
    }
    by_width!(0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31)
}

/// Eight numbers of `W` bits begin at a whole byte, so that all shifts are constants.
fn unpack_of<const W: usize>(bytes: &[u8], out: &mut [u32; GROUP]) {
    let mask = (1u64 << W) - 1;
    for (index, eight) in out.as_chunks_mut::<8>().0.iter_mut().enumerate() {
        let Some(chunk) = bytes.get(index * W..index * W + W + SLACK) else {
            return;
        };
        for (place, value) in eight.iter_mut().enumerate() {
            let bit = place * W;
            if let Some(word) = chunk[bit / 8..].first_chunk() {
                *value = ((u64::from_le_bytes(*word) >> (bit % 8)) & mask) as u32;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_width_is_read_back() {
        for bits in 0..=WIDTH_MAX {
            let top = if bits == 0 { 0 } else { u32::MAX >> (WIDTH_MAX - bits) };
            let values: [u32; GROUP] = std::array::from_fn(|i| {
                top & (0x9e37_79b9u32.wrapping_mul(i as u32 + 1) | 1 << 31)
            });
            for len in [1, 7, 8, 63, GROUP] {
                let mut bytes = Vec::new();
                pack(&values[..len], bits, &mut bytes);
                assert_eq!(bytes.len(), size_bytes(len, bits), "{bits} {len}");
                for slack in [0, 3, 300] {
                    bytes.resize(size_bytes(len, bits) + slack, 0xff);
                    let mut read = [0; GROUP];
                    unpack(bits, &bytes, &mut read);
                    assert_eq!(read[..len], values[..len], "{bits} {len}");
                }
            }
        }
    }
}
