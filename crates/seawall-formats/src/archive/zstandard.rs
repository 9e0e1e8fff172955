//! The frames of a Zstandard file, one after the other (RFC 8878, section 3.1).

use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};
use std::borrow::BorrowMut;
use std::io::{self, BufRead, Read};

/// How far back a frame may refer, in bytes: `zstd --ultra` reaches 128 MiB.
const WINDOW_BYTES_MAX: u64 = 128 * 1024 * 1024;

/// Unpacks all frames as one stream, and compares their checksums where they have them.
pub(super) struct Frames<R, D = FrameDecoder> {
    source: R,
    decoder: D,
    within: bool,
}

/// A decoder within bounds.
pub(super) fn decoder() -> FrameDecoder {
    let mut decoder = FrameDecoder::new();
    decoder.set_max_window_size(WINDOW_BYTES_MAX);
    decoder
}

impl<R: BufRead> Frames<R> {
    pub(super) fn new(source: R) -> Self {
        Frames::by(decoder(), source)
    }
}

impl<R: BufRead, D: BorrowMut<FrameDecoder>> Frames<R, D> {
    /// Unpacks by a decoder that may have unpacked other files before.
    pub(super) fn by(decoder: D, source: R) -> Self {
        Frames { source, decoder, within: false }
    }

    /// Goes to the next frame; false at the end of the file.
    fn next(&mut self) -> io::Result<bool> {
        while !self.source.fill_buf()?.is_empty() {
            match self.decoder.borrow_mut().init(&mut self.source) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let mut skipped = self.source.by_ref().take(u64::from(length));
                    io::copy(&mut skipped, &mut io::sink())?;
                }
                Err(error) => return Err(io::Error::other(error.to_string())),
            }
        }
        Ok(false)
    }

    fn finished(&self) -> io::Result<()> {
        let decoder: &FrameDecoder = self.decoder.borrow();
        let given = decoder.get_checksum_from_data();
        if given.is_some() && given != decoder.get_calculated_checksum() {
            return Err(io::Error::other("the checksum of a frame is wrong"));
        }
        Ok(())
    }
}

impl<R: BufRead, D: BorrowMut<FrameDecoder>> Read for Frames<R, D> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        loop {
            if into.is_empty() {
                return Ok(0);
            }
            if !self.within {
                self.within = self.next()?;
                if !self.within {
                    return Ok(0);
                }
            }
            let decoder: &mut FrameDecoder = self.decoder.borrow_mut();
            while decoder.can_collect() == 0 && !decoder.is_finished() {
                let step = BlockDecodingStrategy::UptoBlocks(1);
                let decoded = decoder.decode_blocks(&mut self.source, step);
                decoded.map_err(|error| io::Error::other(error.to_string()))?;
            }
            match decoder.read(into)? {
                0 => {
                    self.finished()?;
                    self.within = false;
                }
                count => return Ok(count),
            }
        }
    }
}
