//! CRC-32C (Castagnoli), as in RFC 3720 section 12.1 and its vectors in appendix B.4: it finds
//! every flipped byte and every burst of up to 32 bits. It is no proof against forgery.

/// The polynomial 0x1EDC6F41, reflected.
const POLYNOMIAL: u32 = 0x82f6_3b78;
/// Bytes taken in one step, each through a table of its own.
const STRIDE: usize = 16;

static TABLES: [[u32; 256]; STRIDE] = tables();

const fn tables() -> [[u32; 256]; STRIDE] {
    let mut tables = [[0u32; 256]; STRIDE];
    let mut byte = 0;
    while byte < 256 {
        let mut value = byte as u32;
        let mut bit = 0;
        while bit < 8 {
            value = if value & 1 == 1 { (value >> 1) ^ POLYNOMIAL } else { value >> 1 };
            bit += 1;
        }
        tables[0][byte] = value;
        byte += 1;
    }
    let mut step = 1;
    while step < STRIDE {
        let mut byte = 0;
        while byte < 256 {
            let before = tables[step - 1][byte];
            tables[step][byte] = (before >> 8) ^ tables[0][(before & 0xff) as usize];
            byte += 1;
        }
        step += 1;
    }
    tables
}

/// The checksum of bytes that come in parts.
#[derive(Clone, Copy, Debug)]
pub struct Crc(u32);

impl Crc {
    /// Begins.
    pub fn new() -> Self {
        Crc(!0)
    }

    /// Takes a part in.
    pub fn with(self, bytes: &[u8]) -> Self {
        let (chunks, rest) = bytes.as_chunks::<STRIDE>();
        let mut state = self.0;
        for chunk in chunks {
            let mut chunk = *chunk;
            for (byte, old) in chunk.iter_mut().zip(state.to_le_bytes()) {
                *byte ^= old;
            }
            state = 0;
            for (byte, table) in chunk.iter().zip(TABLES.iter().rev()) {
                state ^= table[usize::from(*byte)];
            }
        }
        for byte in rest {
            state = (state >> 8) ^ TABLES[0][usize::from(state as u8 ^ byte)];
        }
        Crc(state)
    }

    /// The checksum of all that was taken in.
    pub fn sum(self) -> u32 {
        !self.0
    }
}

/// The checksum of bytes.
pub fn crc32c(bytes: &[u8]) -> u32 {
    Crc::new().with(bytes).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_of_rfc_3720_hold() {
        let rising: Vec<u8> = (0..32).collect();
        let falling: Vec<u8> = (0..32).rev().collect();
        for (bytes, expected) in [
            (&b""[..], 0),
            (b"123456789", 0xe306_9283),
            (&[0; 32], 0x8a91_36aa),
            (&[0xff; 32], 0x62a8_ab43),
            (&rising, 0x46dd_794e),
            (&falling, 0x113f_db5c),
        ] {
            assert_eq!(crc32c(bytes), expected, "{bytes:?}");
            let (front, back) = bytes.split_at(bytes.len() / 3);
            assert_eq!(Crc::new().with(front).with(back).sum(), expected, "{bytes:?}");
        }
    }
}
