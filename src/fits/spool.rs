//! Input that has no positions to read at, such as standard input: kept until it is complete.

#[cfg(unix)]
use std::fs;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;
use std::sync::Arc;

use tempfile::{SpooledData, SpooledTempFile};

use super::{Compression, FileSource, MemorySource, ReadAt, SIGNATURE_BYTES, Signature};

/// Input up to this size is kept in memory, more of it in a temporary file.
const MEMORY_BYTES: usize = 64 << 20;

/// Standard input: a redirected file is read where it is, anything else is kept.
///
/// # Errors
/// What the operating system reports, and [`io::ErrorKind::InvalidInput`] where it is a terminal.
pub fn standard_input() -> io::Result<Arc<dyn ReadAt>> {
    let stdin = io::stdin();
    if stdin.is_terminal() {
        let text = "it is a terminal; pipe a FITS file into it";
        return Err(io::Error::new(io::ErrorKind::InvalidInput, text));
    }
    #[cfg(unix)]
    {
        use std::io::Seek;
        use std::os::fd::AsFd;
        let mut file = File::from(stdin.as_fd().try_clone_to_owned()?);
        if file.metadata()?.is_file() && file.stream_position()? == 0 {
            return Ok(Arc::new(FileSource::of(file)?));
        }
    }
    keep(&mut stdin.lock())
}

/// Whether this is the name of a pipe, such as the shell's `<(command)`.
pub fn is_pipe(path: &Path) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        fs::metadata(path).is_ok_and(|metadata| metadata.file_type().is_fifo())
    }
    #[cfg(not(unix))]
    {
        let _ = path;
        false
    }
}

/// What comes through a pipe.
///
/// # Errors
/// What the operating system reports.
pub fn pipe(path: &Path) -> io::Result<Arc<dyn ReadAt>> {
    keep(&mut File::open(path)?)
}

/// Reads input to its end, unless its first bytes say that it is of no use.
fn keep(input: &mut impl Read) -> io::Result<Arc<dyn ReadAt>> {
    let mut start = Vec::new();
    input.by_ref().take(SIGNATURE_BYTES as u64).read_to_end(&mut start)?;
    let found = Signature::of(&start);
    if found != Signature::Fits && Compression::of(found).is_none() {
        return Ok(Arc::new(MemorySource(start)));
    }
    let mut spool = SpooledTempFile::new(MEMORY_BYTES);
    io::copy(&mut start.chain(input), &mut spool)?;
    Ok(match spool.into_inner() {
        SpooledData::InMemory(bytes) => Arc::new(MemorySource(bytes.into_inner())),
        SpooledData::OnDisk(file) => Arc::new(FileSource::of(file)?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn input_is_kept_whole() {
        for size in [3000, MEMORY_BYTES + 1] {
            let mut bytes = b"SIMPLE  =                    T".to_vec();
            bytes.resize(size, 7);
            let source = keep(&mut bytes.as_slice()).unwrap();
            assert_eq!(source.byte_len(), Some(size as u64));
            let mut end = [0; 2];
            source.read_exact_at(&mut end, size as u64 - 2).unwrap();
            assert_eq!(end, [7, 7]);
        }
    }

    #[test]
    fn input_without_end_is_refused_by_its_start() {
        let source = keep(&mut io::repeat(b'y')).unwrap();
        assert_eq!(source.byte_len(), Some(SIGNATURE_BYTES as u64));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_is_one() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(!is_pipe(file.path()));
        assert!(!is_pipe(Path::new("no/such/file")));
    }
}
