//! Tells from its first bytes what a file is.

use std::fmt;

/// What the first bytes of a file say that it is.
///
/// Displayed as the end of a sentence that begins with "it": `is gzip-compressed, ...`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Signature {
    /// A FITS file: `SIMPLE  =` with the value `T` (FITS 4.0, section 4.4.1).
    Fits,
    /// `SIMPLE  =` with another value: the file says itself that it departs from the standard.
    NonStandardFits,
    /// No bytes at all.
    Empty,
    /// A gzip stream (RFC 1952).
    Gzip,
    /// A bzip2 stream.
    Bzip2,
    /// A zstd frame (RFC 8878).
    Zstd,
    /// An xz stream.
    Xz,
    /// A stream of the Unix `compress` program.
    Compress,
    /// A ZIP archive, or a NumPy `.npz`.
    Zip,
    /// An HDF5 file.
    Hdf5,
    /// A NumPy `.npy` array.
    Npy,
    /// A Parquet table.
    Parquet,
    /// A PNG picture.
    Png,
    /// A JPEG picture.
    Jpeg,
    /// A PDF document.
    Pdf,
    /// A web page: most often what a server sent in place of the file.
    Html,
    /// An XML document, such as a VOTable.
    Xml,
    /// A Git LFS pointer: the file itself was never fetched.
    GitLfs,
    /// Some other text.
    Text,
    /// Some other bytes.
    Unknown,
}

/// Bytes at the start of a file that [`Signature::of`] wants to see.
pub const SIGNATURE_BYTES: usize = 512;

const MAGIC: [(&[u8], Signature); 13] = [
    (b"\x1f\x8b", Signature::Gzip),
    (b"BZh", Signature::Bzip2),
    (b"\x28\xb5\x2f\xfd", Signature::Zstd),
    (b"\xfd7zXZ\0", Signature::Xz),
    (b"\x1f\x9d", Signature::Compress),
    (b"PK\x03\x04", Signature::Zip),
    (b"\x89HDF\r\n\x1a\n", Signature::Hdf5),
    (b"\x93NUMPY", Signature::Npy),
    (b"PAR1", Signature::Parquet),
    (b"\x89PNG\r\n\x1a\n", Signature::Png),
    (b"\xff\xd8\xff", Signature::Jpeg),
    (b"%PDF-", Signature::Pdf),
    (b"version https://git-lfs", Signature::GitLfs),
];

impl Signature {
    /// Judges a file by its first bytes; [`SIGNATURE_BYTES`] of them are plenty.
    pub fn of(start: &[u8]) -> Signature {
        if start.is_empty() {
            return Signature::Empty;
        }
        if let Some(rest) = start.strip_prefix(b"SIMPLE  =") {
            let value = rest.iter().find(|byte| **byte != b' ');
            return if value == Some(&b'T') { Signature::Fits } else { Signature::NonStandardFits };
        }
        if let Some((_, found)) = MAGIC.iter().find(|(magic, _)| start.starts_with(magic)) {
            return *found;
        }
        let text = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
        let opens_with =
            |tag: &[u8]| text.get(..tag.len()).is_some_and(|head| head.eq_ignore_ascii_case(tag));
        if opens_with(b"<!doctype html") || opens_with(b"<html") {
            Signature::Html
        } else if opens_with(b"<?xml") || opens_with(b"<votable") {
            Signature::Xml
        } else if start.iter().all(|byte| matches!(byte, b'\t' | b'\n' | b'\r' | 0x20..=0x7e)) {
            Signature::Text
        } else {
            Signature::Unknown
        }
    }
}

impl Signature {
    /// Whether the words for it say what to do.
    pub(super) fn names_way_out(self) -> bool {
        self.to_string().contains(';')
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Signature::Fits => "is FITS",
            Signature::NonStandardFits => {
                "begins with SIMPLE but its value is not T, so it does not follow the standard"
            }
            Signature::Empty => "is empty",
            Signature::Gzip => "is gzip-compressed; decompress it with gunzip first",
            Signature::Bzip2 => "is bzip2-compressed; decompress it with bunzip2 first",
            Signature::Zstd => "is zstd-compressed; decompress it with unzstd first",
            Signature::Xz => "is xz-compressed; decompress it with unxz first",
            Signature::Compress => "is compressed (.Z); decompress it with uncompress first",
            Signature::Zip => "is a ZIP archive; unpack it first",
            Signature::Hdf5 => "is an HDF5 file",
            Signature::Npy => "is a NumPy array",
            Signature::Parquet => "is a Parquet table",
            Signature::Png => "is a PNG picture",
            Signature::Jpeg => "is a JPEG picture",
            Signature::Pdf => "is a PDF document",
            Signature::Html => {
                "is a web page, perhaps a server's error message; download the file again"
            }
            Signature::Xml => "is an XML document",
            Signature::GitLfs => "is a Git LFS pointer; fetch the file with git lfs pull",
            Signature::Text => "is plain text",
            Signature::Unknown => "does not begin with SIMPLE  = T",
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_bytes_tell_the_kind() {
        let cases: [(&[u8], Signature); 14] = [
            (b"", Signature::Empty),
            (b"SIMPLE  =                    T", Signature::Fits),
            (b"SIMPLE  = T", Signature::Fits),
            (b"SIMPLE  =                    F", Signature::NonStandardFits),
            (b"\x1f\x8b\x08\0", Signature::Gzip),
            (b"BZh91AY", Signature::Bzip2),
            (b"\x28\xb5\x2f\xfd", Signature::Zstd),
            (b"\x89HDF\r\n\x1a\n\0", Signature::Hdf5),
            (b"\x89PNG\r\n\x1a\n", Signature::Png),
            (b"\n <!DOCTYPE HTML><html>", Signature::Html),
            (b"\xef\xbb\xbf<?xml version='1.0'?>", Signature::Xml),
            (b"version https://git-lfs.github.com/spec/v1\n", Signature::GitLfs),
            (b"SIMPLE\n", Signature::Text),
            (b"\0\0\0\0", Signature::Unknown),
        ];
        for (bytes, expected) in cases {
            assert_eq!(Signature::of(bytes), expected, "{}", bytes.escape_ascii());
        }
    }
}
