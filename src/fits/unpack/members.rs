//! Formats whose files may be several compressed streams one after the other.

use std::io::{self, Read};

use bzip2::bufread::BzDecoder;
use flate2::bufread::GzDecoder;
use ruzstd::decoding::{FrameDecoder, StreamingDecoder};

use super::ZSTD_WINDOW;
use super::input::Input;

/// How to decode one stream of a format.
pub struct Format<D> {
    /// What each stream begins with.
    magic: &'static [u8],
    start: fn(Input) -> io::Result<D>,
    /// Checks the stream that has been read, and gives the input back.
    finish: fn(D) -> io::Result<Input>,
}

pub const GZIP: Format<GzDecoder<Input>> = Format {
    magic: b"\x1f\x8b",
    start: |input| Ok(GzDecoder::new(input)),
    finish: |decoder| Ok(decoder.into_inner()),
};

pub const BZIP2: Format<BzDecoder<Input>> = Format {
    magic: b"BZh",
    start: |input| Ok(BzDecoder::new(input)),
    finish: |decoder| Ok(decoder.into_inner()),
};

pub const ZSTD: Format<StreamingDecoder<Input, FrameDecoder>> = Format {
    magic: b"\x28\xb5\x2f\xfd",
    start: |input| {
        StreamingDecoder::new_with_max_window_size(input, ZSTD_WINDOW).map_err(io::Error::other)
    },
    finish: |decoder| {
        let (input, frame) = decoder.into_parts();
        match frame.get_checksum_from_data() {
            stored @ Some(_) if stored != frame.get_calculated_checksum() => {
                Err(io::Error::new(io::ErrorKind::InvalidData, "its checksum does not match"))
            }
            _ => Ok(input),
        }
    },
};

/// Decodes streams of one format until something else follows.
pub struct Members<D> {
    format: Format<D>,
    current: Option<D>,
}

impl<D> Members<D> {
    pub fn new(input: Input, format: Format<D>) -> io::Result<Members<D>> {
        let current = Some((format.start)(input)?);
        Ok(Members { format, current })
    }
}

impl<D: Read> Read for Members<D> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        while let Some(decoder) = &mut self.current {
            let count = decoder.read(buf)?;
            if count > 0 || buf.is_empty() {
                return Ok(count);
            }
            if let Some(decoder) = self.current.take() {
                let input = (self.format.finish)(decoder)?;
                if input.continues_with(self.format.magic)? {
                    self.current = Some((self.format.start)(input)?);
                }
            }
        }
        Ok(0)
    }
}
