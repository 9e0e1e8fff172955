//! Why a set of advisories cannot be used.

/// A compiled set is refused: damaged, cut off, or made by another edition of the program.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum SetFault {
    /// It is not a compiled set at all.
    #[error("it is not a compiled advisory set")]
    NotASet,
    /// It was written by an edition with another layout.
    #[error("it has layout {found} and this program reads {wanted}: import the advisories again")]
    Layout {
        /// The layout of the file.
        found: u32,
        /// The layout that is read.
        wanted: u32,
    },
    /// It ends without its table of contents.
    #[error("it was cut off: its end is missing")]
    CutOff,
    /// Its length is not the one it was written with.
    #[error("it is {found} bytes long and was written with {wanted}: it was cut off or grew")]
    Length {
        /// The length of the file.
        found: u64,
        /// The length it was written with.
        wanted: u64,
    },
    /// A page of it does not have the sum it was written with.
    #[error("it is damaged in the {} bytes from byte {offset}", super::pages::PAGE_BYTES)]
    Damaged {
        /// Where the page starts, in bytes.
        offset: u64,
    },
    /// Its parts do not fit together, though their sums do.
    #[error("its {part} does not fit the rest of it")]
    Inconsistent {
        /// Which part.
        part: &'static str,
    },
}
