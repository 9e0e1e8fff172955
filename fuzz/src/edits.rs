//! Edits of a sound file: where checksums guard a format, changed bytes get further than noise.

/// How many edits one input makes.
const EDITS_MAX: usize = 64;

/// What the edited file's checksums are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Sums {
    /// Those of the file before the edits, so that damage must be found.
    Kept,
    /// Those of the file as it is, so that whoever forged it gets past them.
    Mended,
}

/// An input as edits: a first byte that says what becomes of the checksums, then three bytes for
/// each edit, where (16 bits, little-endian) and what is put there.
pub fn apply(input: &[u8], file: &mut Vec<u8>) -> Option<Sums> {
    let (first, edits) = input.split_first()?;
    let (edits, _) = edits.as_chunks::<3>();
    for [low, high, byte] in edits.iter().take(EDITS_MAX) {
        let place = usize::from(u16::from_le_bytes([*low, *high]));
        match file.get_mut(place) {
            Some(old) => *old = *byte,
            None => file.truncate(file.len().saturating_sub(1)),
        }
    }
    Some(if first & 1 == 0 { Sums::Kept } else { Sums::Mended })
}
