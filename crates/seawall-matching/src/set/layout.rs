//! Where the parts of a set stand in its file.
//!
//! ```text
//! mark | documents … | index: the parts, in the order of `Part` | sums of the pages | footer
//! ```
//!
//! The footer stands last, so that a set is written in one pass: documents as they are read, the
//! index when all are there. Whatever is cut off loses the footer and is refused.

use super::code::{Eye, Pen};
use super::fault::SetFault;
use std::ops::Range;

/// The layout this edition writes and reads. Any change of what bytes mean changes the number.
pub(super) const LAYOUT: u32 = 2;

/// What a set starts with.
pub(super) const MARK: &[u8; 16] = b"seawall advisory";

/// What a set ends with.
const END: &[u8; 8] = b"sw-set\r\n";

/// The length of the footer in bytes: two words a part, the total, the layout, a sum, the mark.
pub(super) const FOOTER_BYTES: usize = 16 * Part::ALL.len() + 8 + 4 + 4 + END.len();

/// The parts of a set.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Part {
    /// The records' own documents, as they came.
    Documents,
    /// Where the sources are from, as JSON.
    Sources,
    /// Of each document: where it starts, how long it is, from which source; three words each.
    DocumentPlaces,
    /// From ecosystem and name to a shelf.
    Packages,
    /// The shelves.
    Shelves,
    /// From vendor and name to a product shelf.
    Products,
    /// The product shelves.
    ProductShelves,
    /// From ecosystem and name to what issuers state of a package.
    VexPackages,
    /// The shelves of statements.
    VexShelves,
    /// From a repository's name to the ranges over its commits.
    Repositories,
    /// The shelves of ranges over commits.
    CommitShelves,
    /// Where each record starts, as little-endian words of 64 bits, and where the last ends.
    RecordPlaces,
    /// The records.
    Records,
    /// Where each flaw starts.
    FlawPlaces,
    /// The flaws.
    Flaws,
    /// From a name to records (even places) and flaws (odd places).
    Names,
    /// The sums of all pages before them.
    Sums,
}

impl Part {
    /// All of them, in the order of the file.
    pub(super) const ALL: [Part; 17] = [
        Part::Documents,
        Part::Sources,
        Part::DocumentPlaces,
        Part::Packages,
        Part::Shelves,
        Part::Products,
        Part::ProductShelves,
        Part::VexPackages,
        Part::VexShelves,
        Part::Repositories,
        Part::CommitShelves,
        Part::RecordPlaces,
        Part::Records,
        Part::FlawPlaces,
        Part::Flaws,
        Part::Names,
        Part::Sums,
    ];
}

/// Where each part stands.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Contents {
    ranges: [Range<usize>; Part::ALL.len()],
}

impl Contents {
    /// The parts one after the other, by their lengths, the first one starting at `start`.
    pub(super) fn new(start: usize, lengths: [usize; Part::ALL.len()]) -> Self {
        let mut at = start;
        let ranges = lengths.map(|length| {
            let range = at..at + length;
            at = range.end;
            range
        });
        Contents { ranges }
    }

    /// The range of a part.
    pub(super) fn range(&self, part: Part) -> Range<usize> {
        self.ranges[part as usize].clone()
    }

    /// Writes the footer.
    pub(super) fn footer(&self, sums: &[u8]) -> Vec<u8> {
        let mut pen = Pen::default();
        for range in &self.ranges {
            pen.0.extend_from_slice(&(range.start as u64).to_le_bytes());
            pen.0.extend_from_slice(&(range.len() as u64).to_le_bytes());
        }
        let total = self.range(Part::Sums).end + FOOTER_BYTES;
        pen.0.extend_from_slice(&(total as u64).to_le_bytes());
        pen.0.extend_from_slice(&LAYOUT.to_le_bytes());
        // One sum over the footer and the sums of the pages: nothing is left unchecked.
        let sum = crc32c::crc32c_append(crc32c::crc32c(sums), &pen.0);
        pen.0.extend_from_slice(&sum.to_le_bytes());
        pen.0.extend_from_slice(END);
        pen.0
    }

    /// Reads the footer of a whole set.
    pub(super) fn read(bytes: &[u8]) -> Result<Contents, SetFault> {
        if bytes.get(..MARK.len()) != Some(MARK) {
            return Err(SetFault::NotASet);
        }
        let found = bytes.len();
        let start = found.checked_sub(FOOTER_BYTES).ok_or(SetFault::CutOff)?;
        let (_, footer) = bytes.split_at(start);
        let mut eye = Eye::new(footer, "footer");
        let word = |eye: &mut Eye<'_>| {
            let bytes = eye.bytes(8)?.try_into().map_err(|_| eye.fault())?;
            Ok::<u64, SetFault>(u64::from_le_bytes(bytes))
        };
        let half = |eye: &mut Eye<'_>| {
            let bytes = eye.bytes(4)?.try_into().map_err(|_| eye.fault())?;
            Ok::<u32, SetFault>(u32::from_le_bytes(bytes))
        };
        let mut ranges = [const { 0..0 }; Part::ALL.len()];
        let mut words = [(0, 0); Part::ALL.len()];
        for words in &mut words {
            *words = (word(&mut eye)?, word(&mut eye)?);
        }
        let wanted = word(&mut eye)?;
        let layout = half(&mut eye)?;
        let sum = half(&mut eye)?;
        if eye.bytes(END.len())? != END {
            return Err(SetFault::CutOff);
        }
        if layout != LAYOUT {
            return Err(SetFault::Layout { found: layout, wanted: LAYOUT });
        }
        if wanted != found as u64 {
            return Err(SetFault::Length { found: found as u64, wanted });
        }
        for (range, (start, length)) in ranges.iter_mut().zip(words) {
            let start = usize::try_from(start).map_err(|_| eye.fault())?;
            let length = usize::try_from(length).map_err(|_| eye.fault())?;
            let end = start.checked_add(length).filter(|end| *end <= found);
            *range = start..end.ok_or_else(|| eye.fault())?;
        }
        let contents = Contents { ranges };
        let sums = bytes.get(contents.range(Part::Sums)).ok_or_else(|| eye.fault())?;
        let (unsummed, _) = footer.split_at(FOOTER_BYTES - END.len() - 4);
        if crc32c::crc32c_append(crc32c::crc32c(sums), unsummed) != sum {
            return Err(SetFault::Damaged { offset: start as u64 });
        }
        Ok(contents)
    }
}
