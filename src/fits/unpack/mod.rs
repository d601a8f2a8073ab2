//! Compressed files: tells the format by its first bytes and decompresses it as a stream.
//!
//! A compressed file is a [`ReadAt`] like any other, see [`Unpacked`], but its bytes are only
//! there in order. Whoever reads forward finds them decompressed just once.

mod input;
mod lzw;
mod members;
mod stream;

use std::io::{self, Read};
use std::sync::Arc;

use super::{ReadAt, Signature};
use input::Input;
use lzw::LzwReader;
use members::Members;
pub use stream::Unpacked;

/// A format of compressed files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Compression {
    /// gzip (RFC 1952), of one or more members.
    Gzip,
    /// bzip2, of one or more streams.
    Bzip2,
    /// Zstandard (RFC 8878), of one or more frames.
    Zstd,
    /// xz, of one or more streams.
    Xz,
    /// The Unix program `compress`: adaptive Lempel-Ziv-Welch coding.
    Compress,
}

/// Dictionary that an xz file may ask for, in KiB; those of `xz -9` are 64 MiB.
const XZ_MEMORY_KIB: u32 = 256 << 10;

/// Window that a Zstandard file may ask for, in bytes: that of `zstd --long`.
const ZSTD_WINDOW: u64 = 128 << 20;

impl Compression {
    /// The format that a file's first bytes announce.
    pub fn of(signature: Signature) -> Option<Compression> {
        Some(match signature {
            Signature::Gzip => Compression::Gzip,
            Signature::Bzip2 => Compression::Bzip2,
            Signature::Zstd => Compression::Zstd,
            Signature::Xz => Compression::Xz,
            Signature::Compress => Compression::Compress,
            _ => return None,
        })
    }

    /// The format's name.
    pub fn name(self) -> &'static str {
        match self {
            Compression::Gzip => "gzip",
            Compression::Bzip2 => "bzip2",
            Compression::Zstd => "zstd",
            Compression::Xz => "xz",
            Compression::Compress => "compress",
        }
    }

    /// How many bytes one byte of a compressed file can stand for at most, rounded up: deflate
    /// has 258 bytes in 2 bits, bzip2 a block of 900 000 runs of 51 bytes in about 45, Zstandard
    /// a block of 128 KiB in 4, LZMA 273 bytes in 0.3 bits, and LZW a string of 2^16 bytes in 2.
    pub fn most_expansion(self) -> u64 {
        match self {
            Compression::Gzip => 1_100,
            Compression::Bzip2 => 1_200_000,
            Compression::Zstd => 33_000,
            Compression::Xz => 10_000,
            Compression::Compress => 33_000,
        }
    }

    /// A decoder of the compressed `bytes`, from their start. It takes data that follow the
    /// compressed ones for padding, as the formats' own programs do.
    fn decoder(self, bytes: &Arc<dyn ReadAt>) -> io::Result<Box<dyn Read + Send>> {
        let input = Input::new(Arc::clone(bytes));
        Ok(match self {
            Compression::Gzip => Box::new(Members::new(input, members::GZIP)?),
            Compression::Bzip2 => Box::new(Members::new(input, members::BZIP2)?),
            Compression::Zstd => Box::new(Members::new(input, members::ZSTD)?),
            Compression::Xz => {
                Box::new(lzma_rust2::XzReader::new_mem_limit(input, true, XZ_MEMORY_KIB))
            }
            Compression::Compress => Box::new(LzwReader::new(input)?),
        })
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use proptest::prelude::*;

    use super::super::testing::{card, open, primary, table};
    use super::super::{BinTable, FitsError};
    use super::*;

    const FORMATS: [Compression; 5] = [
        Compression::Gzip,
        Compression::Bzip2,
        Compression::Zstd,
        Compression::Xz,
        Compression::Compress,
    ];

    fn compress(compression: Compression, bytes: &[u8]) -> Vec<u8> {
        match compression {
            Compression::Gzip => {
                let level = flate2::Compression::default();
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
                encoder.write_all(bytes).unwrap();
                encoder.finish().unwrap()
            }
            Compression::Bzip2 => {
                let level = bzip2::Compression::default();
                let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), level);
                encoder.write_all(bytes).unwrap();
                encoder.finish().unwrap()
            }
            Compression::Zstd => {
                let level = ruzstd::encoding::CompressionLevel::Fastest;
                ruzstd::encoding::compress_to_vec(bytes, level)
            }
            Compression::Xz => {
                let options = lzma_rust2::XzOptions::with_preset(1);
                let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
                encoder.write_all(bytes).unwrap();
                encoder.finish().unwrap()
            }
            Compression::Compress => lzw::tests::compress(bytes, 16, Some(1000)),
        }
    }

    /// A table of 32-bit integers, and another behind it.
    fn sample() -> Vec<u8> {
        let data: Vec<u8> =
            (0..20_000u32).flat_map(|n| (n.wrapping_mul(n) >> 8).to_be_bytes()).collect();
        let named = [card("EXTNAME", "'LAST'")];
        [primary(), table(&["1000J"], &[], &data), table(&["E"], &named, &[1; 400])].concat()
    }

    /// The sum over the first table.
    fn sum(bytes: Vec<u8>) -> Result<f64, FitsError> {
        let file = open(bytes)?;
        let column = BinTable::new(&file, file.hdu(1)?)?.column(0)?;
        let mut values = vec![0f64; column.len() as usize];
        column.read(0..column.len(), &mut values)?;
        Ok(values.iter().sum())
    }

    #[test]
    fn every_format_reads_as_the_file_itself() {
        let expected = sum(sample()).unwrap();
        for format in FORMATS {
            let packed = compress(format, &sample());
            assert_eq!(Compression::of(Signature::of(&packed)), Some(format));
            assert_eq!(sum(packed.clone()).unwrap(), expected, "{format:?}");
            let file = open(packed).unwrap();
            assert_eq!(file.hdu_by_name("last").unwrap().data_len, 400);
            assert_eq!((file.hdus().len(), file.damage().is_none()), (3, true));
        }
    }

    #[test]
    fn several_streams_in_one_file() {
        let expected = sum(sample()).unwrap();
        for format in [Compression::Gzip, Compression::Bzip2, Compression::Zstd, Compression::Xz] {
            let parts = sample().chunks(30_011).map(|part| compress(format, part)).collect();
            let parts: Vec<Vec<u8>> = parts;
            assert_eq!(sum(parts.concat()).unwrap(), expected, "{format:?}");
        }
    }

    #[test]
    fn what_follows_the_compressed_data_is_padding() {
        for format in [Compression::Gzip, Compression::Bzip2, Compression::Zstd] {
            for padding in [&[0; 1000][..], b"\x1f", b"something else"] {
                let file = open([&compress(format, &sample()), padding].concat()).unwrap();
                assert_eq!((file.hdus().len(), file.damage().is_none()), (3, true), "{format:?}");
            }
        }
    }

    #[test]
    fn compressed_files_that_are_cut_off_say_so() {
        for format in FORMATS {
            let mut packed = compress(format, &sample()[..60_000]);
            let error = sum(packed.clone()).unwrap_err().to_string();
            let expected = "HDU 1 of test.fits is truncated: 25760 bytes missing of 80000; copy or \
                            download it again";
            assert_eq!(error, expected, "{format:?}");
            packed.truncate(packed.len() - 100);
            let error = sum(packed).unwrap_err().to_string();
            // A bzip2 block is whole or nothing.
            let said = ["HDU 1 of test.fits is truncated", "break off after 0 bytes"];
            assert!(said.iter().any(|text| error.contains(text)), "{format:?}: {error}");
            let error = sum(compress(format, &sample())[..40].to_vec()).unwrap_err().to_string();
            assert!(error.contains("test.fits"), "{format:?}: {error}");
        }
    }

    #[test]
    fn a_wrong_checksum_is_damage() {
        let single = [primary(), table(&["1000J"], &[], &[7; 80_000])].concat();
        for (format, from_end) in [(Compression::Gzip, 6), (Compression::Bzip2, 3)] {
            let mut packed = compress(format, &single);
            let at = packed.len() - from_end;
            packed[at] ^= 0x10;
            let error = sum(packed).unwrap_err().to_string();
            let expected = format!("the {} data are damaged after ", format.name());
            assert!(error.contains(&expected), "{error}");
        }
    }

    #[test]
    fn other_things_that_are_compressed() {
        let error = sum(compress(Compression::Gzip, b"words")).unwrap_err().to_string();
        assert_eq!(error, "test.fits (decompressed) is not a FITS file: it is plain text");
        let twice = compress(Compression::Gzip, &compress(Compression::Bzip2, &sample()));
        let error = sum(twice).unwrap_err().to_string();
        assert!(error.contains("it is bzip2-compressed; decompress it"), "{error}");
    }

    #[test]
    fn a_small_file_that_promises_much_is_refused() {
        let header = table(&["1000J"], &[], &[0; 400_000]);
        let mut bytes = [primary(), header].concat();
        let at = bytes.windows(9).rposition(|w| w == b"NAXIS2  =").unwrap();
        bytes.splice(at..at + 30, card("NAXIS2", 1_000_000_000).into_bytes());
        for format in FORMATS {
            let packed = compress(format, &bytes);
            let most = packed.len() as u64 * format.most_expansion();
            let file = open(packed).unwrap();
            let error = file.damage().unwrap().to_string();
            let expected = format!(
                "HDU 1 of test.fits promises 4000000000000 bytes of data, but the compressed file \
                 cannot hold more than {most}; copy or download it again"
            );
            assert_eq!(error, expected);
        }
    }

    #[test]
    fn runs_of_one_byte_stay_below_the_bound() {
        let zeros = vec![0; 20_000_000];
        for format in FORMATS {
            let packed = compress(format, &zeros).len() as u64;
            assert!(packed * format.most_expansion() > zeros.len() as u64, "{format:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(200))]

        #[test]
        fn damaged_streams_end_in_errors(
            format in prop::sample::select(&FORMATS[..]),
            changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
            end in any::<prop::sample::Index>(),
            cut in any::<bool>(),
        ) {
            let mut packed = compress(format, &sample());
            for (at, byte) in changes {
                let at = at.index(packed.len());
                packed[at] = byte;
            }
            if cut {
                packed.truncate(end.index(packed.len()));
            }
            let _ = sum(packed.clone());
            if let Ok(file) = open(packed) {
                let _ = (file.hdus().len(), file.damage().map(ToString::to_string));
            }
        }
    }
}
