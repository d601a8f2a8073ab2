//! Files that the command line names besides maps: options, themes, colour tables, fonts.

use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

/// Bytes of such a file at most; a font of all scripts takes some 20 MB.
const MOST: u64 = 64 << 20;

/// The bytes of a file.
///
/// # Errors
/// What opening and reading it meet, and files that are too large, as devices may be.
pub fn bytes(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(MOST + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > MOST {
        true => Err(io::Error::new(io::ErrorKind::FileTooLarge, "it has more than 64 MB")),
        false => Ok(bytes),
    }
}

/// The text of a file in UTF-8.
///
/// # Errors
/// As [`bytes`], and bytes that are no text.
pub fn text(path: &Path) -> io::Result<String> {
    String::from_utf8(bytes(path)?)
        .map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is no text in UTF-8"))
}
