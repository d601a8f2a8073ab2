//! Reads FITS files (FITS Standard 4.0, IAU FITS Working Group 2016): headers, binary tables and
//! images, typed and by position, with memory that does not depend on the file's size.
//!
//! ```no_run
//! use map2fig::fits::{BinTable, FitsFile};
//! # fn main() -> Result<(), map2fig::fits::FitsError> {
//! let file = FitsFile::open("map.fits")?;
//! let table = BinTable::new(&file, file.hdu(1)?)?;
//! let column = table.column_by_name("TEMPERATURE")?;
//! let mut values = vec![0f32; 1024];
//! column.read(0..1024, &mut values)?;
//! # Ok(())
//! # }
//! ```
//!
//! Headers are parsed as far as HDUs are asked for; data are read only when a [`Column`] is asked
//! for them, through [`ReadAt`]. Compressed files and files that come through a pipe are read as
//! the others are. Nothing here is trusted: sizes are checked against the file before anything is
//! allocated by them, and a damaged file ends in a [`FitsError`].

mod card;
mod column;
mod computed;
mod convert;
mod element;
mod error;
mod file;
mod hdu;
mod header;
mod image;
mod reader;
mod signature;
mod source;
mod spool;
mod table;
#[cfg(test)]
pub(crate) mod testing;
mod tform;
pub mod tile;
mod unpack;

pub use card::{Card, Value};
pub use column::Column;
pub use computed::Compute;
pub use convert::FromColumn;
pub(crate) use element::with_raw_type;
pub use element::{Element, RawType};
pub use error::{FitsError, Place};
pub use file::FitsFile;
pub use hdu::{Hdu, HduKind};
pub use header::Header;
pub use image::Image;
pub use reader::ColumnReader;
pub use signature::{SIGNATURE_BYTES, Signature};
pub use source::{FileSource, MemorySource, ReadAt};
pub use table::{BinTable, ColumnInfo};
pub use tform::{BadTForm, ElementType, TForm};
pub use tile::Tiling;
pub use unpack::{Compression, Unpacked};

/// Every FITS structure is padded to a multiple of this.
pub const BLOCK_BYTES: u64 = 2880;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::testing::{card, image, open, primary, table};
    use super::*;

    /// A file with something of everything.
    fn sample() -> Vec<u8> {
        let scaled = [
            card("TSCAL3", "0.25"),
            card("TZERO4", "2147483648"),
            card("TNULL4", "7"),
            card("TZERO5", "9223372036854775808"),
            card("TDIM7", "'(2,2)'"),
            card("EXTNAME", "'MAP'"),
        ];
        let formats = ["3L", "19X", "2I", "J", "K", "E", "4D", "B", "5A", "1PE(4)"];
        let map: Vec<u8> = (0..72 * 40).map(|n| (n % 255) as u8).collect();
        let blank = [card("BLANK", 3), card("BZERO", "1.5"), card("EXTNAME", "'SKY'")];
        let sky = image(&card("XTENSION", "'IMAGE'"), 16, &[5, 7], &blank, &[1; 70]);
        let tail = table(&["1024E"], &[], &[0; 8192]);
        [primary(), table(&formats, &scaled, &map), sky, tail].concat()
    }

    /// Does with a file all that can be done with it; none of it may panic, and nothing may be
    /// larger than the file allows. Returns the number of elements read.
    fn exercise(bytes: Vec<u8>) -> u64 {
        let most = bytes.len() as u64 * 8;
        let Ok(file) = open(bytes) else { return 0 };
        let mut total = 0;
        for hdu in file.hdus() {
            let _ = (hdu.header.text(), hdu.header.cards().count(), hdu.kind.to_string());
            let columns: Vec<_> = match BinTable::new(&file, hdu) {
                Ok(table) => (0..table.columns().len()).map(|n| table.column(n)).collect(),
                Err(_) => Image::new(&file, hdu).map(|image| image.column()).into_iter().collect(),
            };
            for column in columns.into_iter().flatten() {
                assert!(column.len() <= most);
                total += read_all(&column);
            }
        }
        let _ = file.damage().map(ToString::to_string);
        total
    }

    fn read_all(column: &Column) -> u64 {
        let len = column.len();
        let mut raw = Vec::new();
        column.read_raw(0..len, &mut raw).unwrap();
        assert_eq!(raw.len() as u64, len * column.raw_type().width() as u64);
        column.read_raw(len / 3..len - len / 3, &mut raw).unwrap();
        let mut values = vec![0f32; len as usize];
        column.read(0..len, &mut values).unwrap();
        let mut values = vec![0u16; len as usize];
        let _ = column.read(0..len, &mut values);
        len
    }

    #[test]
    fn a_sound_file_is_read_whole() {
        let per_row = 3 + 19 + 2 + 1 + 1 + 1 + 4 + 1;
        assert_eq!(exercise(sample()), 40 * per_row + 35 + 2048);
    }

    /// Values that headers of hostile files have.
    const VALUES: [&str; 16] = [
        "-1",
        "0",
        "1",
        "2",
        "999",
        "4294967296",
        "9223372036854775807",
        "18446744073709551616",
        "-9223372036854775808",
        "1E308",
        "'NaN'",
        "'9223372036854775807X'",
        "'1073741824D'",
        "'0E'",
        "'&'",
        "T",
    ];

    #[derive(Clone, Debug)]
    enum Mutation {
        Value(prop::sample::Index, &'static str),
        SwapCards(prop::sample::Index, prop::sample::Index),
        Byte(prop::sample::Index, u8),
        Cut(prop::sample::Index),
        Insert(prop::sample::Index, Vec<u8>),
    }

    fn mutation() -> impl Strategy<Value = Mutation> {
        use Mutation::*;
        prop_oneof![
            6 => (any::<prop::sample::Index>(), prop::sample::select(&VALUES[..]))
                .prop_map(|(at, value)| Value(at, value)),
            2 => any::<[prop::sample::Index; 2]>().prop_map(|[a, b]| SwapCards(a, b)),
            2 => any::<(prop::sample::Index, u8)>().prop_map(|(at, byte)| Byte(at, byte)),
            1 => any::<prop::sample::Index>().prop_map(Cut),
            1 => (any::<prop::sample::Index>(), prop::collection::vec(any::<u8>(), 1..100))
                .prop_map(|(at, bytes)| Insert(at, bytes)),
        ]
    }

    /// Positions of the records that have a value.
    fn cards_in(bytes: &[u8]) -> Vec<usize> {
        (0..bytes.len() / 80).map(|n| n * 80).filter(|at| bytes[at + 8] == b'=').collect()
    }

    fn mutate(bytes: &mut Vec<u8>, mutation: &Mutation) {
        let cards = cards_in(bytes);
        if cards.is_empty() {
            return;
        }
        match mutation {
            Mutation::Value(at, value) => {
                let at = cards[at.index(cards.len())] + 10;
                bytes[at..at + 70].copy_from_slice(format!("{value:<70}").as_bytes());
            }
            Mutation::SwapCards(a, b) => {
                let (a, b) = (cards[a.index(cards.len())], cards[b.index(cards.len())]);
                (0..80).for_each(|n| bytes.swap(a + n, b + n));
            }
            Mutation::Byte(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Mutation::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Mutation::Insert(at, more) => {
                let at = at.index(bytes.len());
                bytes.splice(at..at, more.iter().copied());
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn mutated_files_never_panic(mutations in prop::collection::vec(mutation(), 1..6)) {
            let mut bytes = sample();
            mutations.iter().for_each(|mutation| mutate(&mut bytes, mutation));
            exercise(bytes);
        }

        #[test]
        fn random_headers_never_panic(cards in prop::collection::vec("[ -~]{0,80}", 0..40)) {
            let mut lines = vec![card("SIMPLE", "T")];
            lines.extend(cards);
            let mut bytes = testing::header(&lines);
            bytes.extend_from_slice(&[0; 100]);
            exercise(bytes);
        }
    }
}
