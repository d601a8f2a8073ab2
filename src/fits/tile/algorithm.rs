//! The algorithms that tiles are compressed with, by the names that the standard gives them.

use super::super::{ElementType, Header};
use super::{BadTile, gzip, hcompress, plio, rice};

/// How the tiles of an image or of a column are compressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// Not at all.
    None,
    /// `GZIP_1`.
    Gzip,
    /// `GZIP_2`.
    ShuffledGzip,
    /// `RICE_1`, with the width of the integers in bytes and the number of them in a block.
    Rice { width: usize, block: usize },
    /// `HCOMPRESS_1`.
    Hcompress { smooth: bool },
    /// `PLIO_1`.
    Plio,
}

/// What comes out of a tile: the numbers themselves, or their bytes (big-endian).
pub enum Numbers {
    Integers(Vec<i32>),
    Bytes(Vec<u8>),
}

/// Most pixels that a tile of HCOMPRESS_1 or PLIO_1 may have whatever its compressed size: a constant needs almost no data.
const MOST_FREE_PIXELS: usize = 1 << 24;

/// Most pixels of larger tiles for a byte of HCOMPRESS_1 data.
const HCOMPRESS_EXPANSION: usize = 1_024;

/// Most pixels that two bytes of PLIO_1 data stand for.
const PLIO_EXPANSION: usize = 4_095;

/// Longest block of RICE_1 that is believed; the standard knows 16 and 32.
const MOST_RICE_BLOCK: usize = 4_096;

/// Most bytes that a byte of gzip data stands for, rounded up.
const GZIP_EXPANSION: usize = 1_100;

impl Algorithm {
    /// The algorithm of a tile-compressed image (ZCMPTYPE, ZNAMEi and ZVALi).
    pub fn of_image(header: &Header) -> Option<Algorithm> {
        Some(match header.get_str("ZCMPTYPE")?.to_ascii_uppercase().as_str() {
            "NOCOMPRESS" => Algorithm::None,
            "GZIP_1" => Algorithm::Gzip,
            "GZIP_2" => Algorithm::ShuffledGzip,
            "RICE_1" | "RICE_ONE" => Algorithm::Rice {
                width: parameter(header, "BYTEPIX").unwrap_or(4),
                block: parameter(header, "BLOCKSIZE").unwrap_or(32),
            },
            "HCOMPRESS_1" => {
                Algorithm::Hcompress { smooth: parameter(header, "SMOOTH").is_some_and(|s| s > 0) }
            }
            "PLIO_1" => Algorithm::Plio,
            _ => return None,
        })
    }

    /// The algorithm of a table's column of this type, by its name (ZCTYPn).
    pub fn of_column(name: &str, element: ElementType) -> Option<Algorithm> {
        Some(match name.to_ascii_uppercase().as_str() {
            "NOCOMPRESS" => Algorithm::None,
            "GZIP_1" => Algorithm::Gzip,
            "GZIP_2" => Algorithm::ShuffledGzip,
            "RICE_1" | "RICE_ONE" => Algorithm::Rice { width: rice_width(element)?, block: 32 },
            _ => return None,
        })
    }

    /// Bytes that are in use for each number of `width` bytes of a tile while it is decompressed.
    pub fn working_bytes(self, width: u64) -> u64 {
        match self {
            Algorithm::None | Algorithm::Gzip | Algorithm::ShuffledGzip => width,
            Algorithm::Rice { .. } | Algorithm::Plio => width.max(4),
            // The coefficients, and those of the level that is put in order; the pixels come when these are gone.
            Algorithm::Hcompress { .. } => 16,
        }
    }

    /// Decompresses a tile of `shape` (rows, columns) numbers. Whole numbers and their bytes have
    /// at most `width` bytes each.
    pub fn decode(
        self,
        bytes: Vec<u8>,
        shape: (usize, usize),
        width: usize,
    ) -> Result<Numbers, BadTile> {
        let count = shape.0 * shape.1;
        // Nothing is allocated that the compressed data cannot fill.
        let most = match self {
            Algorithm::None => bytes.len(),
            Algorithm::Gzip | Algorithm::ShuffledGzip => bytes.len() * GZIP_EXPANSION,
            Algorithm::Rice { block, .. } => {
                bytes.len().saturating_mul(block.min(MOST_RICE_BLOCK)).saturating_mul(3)
            }
            Algorithm::Hcompress { .. } => {
                (bytes.len() * HCOMPRESS_EXPANSION).max(MOST_FREE_PIXELS)
            }
            Algorithm::Plio => (bytes.len() / 2 * PLIO_EXPANSION).max(MOST_FREE_PIXELS),
        };
        if count > most {
            return Err(BadTile("its compressed data are too short for it"));
        }
        let unzip = |bytes: &[u8]| gzip::decode(bytes, most.min(count * width));
        // Zeros for which the system finds memory when they are written to.
        let mut integers = match self {
            Algorithm::None | Algorithm::Gzip | Algorithm::ShuffledGzip => Vec::new(),
            _ => vec![0; count],
        };
        match self {
            Algorithm::None => return Ok(Numbers::Bytes(bytes)),
            Algorithm::Gzip => return Ok(Numbers::Bytes(unzip(&bytes)?)),
            Algorithm::ShuffledGzip => {
                let shuffled = unzip(&bytes)?;
                let width = shuffled.len() / count.max(1);
                return Ok(Numbers::Bytes(gzip::unshuffle(&shuffled, width)));
            }
            Algorithm::Rice { width, block } => {
                rice::decode(&bytes, width, block, &mut integers)?;
            }
            Algorithm::Hcompress { smooth } => {
                hcompress::decode(&bytes, shape, smooth, &mut integers)?;
            }
            Algorithm::Plio => plio::decode(&bytes, &mut integers)?,
        }
        Ok(Numbers::Integers(integers))
    }
}

/// Bytes of the integers that Rice's code is for.
fn rice_width(element: ElementType) -> Option<usize> {
    match element {
        ElementType::U8 => Some(1),
        ElementType::I16 => Some(2),
        ElementType::I32 => Some(4),
        _ => None,
    }
}

/// The value of a parameter of the algorithm.
fn parameter(header: &Header, name: &str) -> Option<usize> {
    let at = (1..=999).map_while(|n| Some((n, header.get_str(&format!("ZNAME{n}"))?)));
    let (n, _) = at.into_iter().find(|(_, found)| found.eq_ignore_ascii_case(name))?;
    usize::try_from(header.get_int(&format!("ZVAL{n}")).ok()??).ok()
}

impl Numbers {
    /// The numbers as 32-bit integers, `count` of them.
    pub fn into_integers(self, count: usize) -> Result<Vec<i32>, BadTile> {
        let bytes = match self {
            Numbers::Integers(integers) => return Ok(integers),
            Numbers::Bytes(bytes) => bytes,
        };
        match bytes.len().checked_div(count).filter(|width| width * count == bytes.len()) {
            Some(1) => Ok(bytes.iter().map(|byte| i32::from(*byte)).collect()),
            Some(2) => {
                let numbers = bytes.as_chunks().0.iter();
                Ok(numbers.map(|bytes| i32::from(i16::from_be_bytes(*bytes))).collect())
            }
            Some(4) => {
                Ok(bytes.as_chunks().0.iter().map(|bytes| i32::from_be_bytes(*bytes)).collect())
            }
            _ => Err(BadTile(WRONG_LENGTH)),
        }
    }

    /// The numbers as big-endian integers of `width` bytes, `count` of them.
    pub fn into_bytes(self, count: usize, width: usize) -> Result<Vec<u8>, BadTile> {
        match self {
            Numbers::Bytes(bytes) if bytes.len() == count * width => Ok(bytes),
            Numbers::Bytes(_) if width == 8 => Err(BadTile(WRONG_LENGTH)),
            other => {
                let integers = other.into_integers(count)?;
                Ok(match width {
                    1 => integers.iter().map(|integer| *integer as u8).collect(),
                    2 => integers.iter().flat_map(|n| (*n as i16).to_be_bytes()).collect(),
                    4 => integers.iter().flat_map(|n| n.to_be_bytes()).collect(),
                    _ => integers.iter().flat_map(|n| i64::from(*n).to_be_bytes()).collect(),
                })
            }
        }
    }
}

/// What is wrong with a tile of another number of bytes.
pub const WRONG_LENGTH: &str = "its data are longer or shorter than it";
