//! Builds FITS files in memory for tests.

use std::fmt::Display;
use std::sync::Arc;

use super::{FitsFile, MemorySource, TForm};

/// A card with a value in the fixed format, or wherever the value's own spelling puts it.
pub fn card(keyword: &str, value: impl Display) -> String {
    format!("{keyword:<8}= {value:>20}")
}

/// A header block of these cards, END and padding.
pub fn header<S: AsRef<str>>(cards: &[S]) -> Vec<u8> {
    let mut text: String = cards.iter().map(|card| format!("{:<80}", card.as_ref())).collect();
    text.push_str(&format!("{:<80}", "END"));
    pad(text.into_bytes(), b' ')
}

/// `bytes` filled up to whole blocks.
pub fn pad(mut bytes: Vec<u8>, filler: u8) -> Vec<u8> {
    bytes.resize(bytes.len().next_multiple_of(2880), filler);
    bytes
}

/// A primary HDU without data.
pub fn primary() -> Vec<u8> {
    header(&[card("SIMPLE", "T"), card("BITPIX", 8), card("NAXIS", 0)])
}

/// An image, as an extension unless `first` is its SIMPLE card.
pub fn image(first: &str, bitpix: i32, axes: &[u64], extra: &[String], data: &[u8]) -> Vec<u8> {
    let mut cards = vec![first.to_owned(), card("BITPIX", bitpix), card("NAXIS", axes.len())];
    cards.extend(axes.iter().enumerate().map(|(n, size)| card(&format!("NAXIS{}", n + 1), size)));
    cards.extend_from_slice(extra);
    [header(&cards), pad(data.to_vec(), 0)].concat()
}

/// A binary table whose columns have these TFORMs and are named `A`, `B`, ...
pub fn table(tforms: &[&str], extra: &[String], data: &[u8]) -> Vec<u8> {
    let parsed = tforms.iter().map(|text| text.parse::<TForm>().unwrap());
    let row_bytes: u64 = parsed.map(|tform| tform.bytes()).sum();
    let mut cards = vec![
        card("XTENSION", "'BINTABLE'"),
        card("BITPIX", 8),
        card("NAXIS", 2),
        card("NAXIS1", row_bytes),
        card("NAXIS2", (data.len() as u64).checked_div(row_bytes).unwrap_or(0)),
        card("PCOUNT", 0),
        card("GCOUNT", 1),
        card("TFIELDS", tforms.len()),
    ];
    for (n, tform) in tforms.iter().enumerate() {
        let name = char::from(b'A' + n as u8);
        cards.push(card(&format!("TTYPE{}", n + 1), format!("'{name}'")));
        cards.push(card(&format!("TFORM{}", n + 1), format!("'{tform}'")));
    }
    cards.extend_from_slice(extra);
    [header(&cards), pad(data.to_vec(), 0)].concat()
}

/// The file that these HDUs make.
pub fn file(hdus: &[Vec<u8>]) -> FitsFile {
    open(hdus.concat()).unwrap()
}

/// Opens bytes as the file `test.fits`.
pub fn open(bytes: Vec<u8>) -> Result<FitsFile, super::FitsError> {
    FitsFile::from_source("test.fits", Arc::new(MemorySource(bytes)))
}
