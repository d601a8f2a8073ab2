//! A forward reader over a source of bytes, for decompressors.

use std::io::{self, BufRead, Read};
use std::sync::Arc;

use super::super::ReadAt;

/// Compressed bytes that are fetched at a time.
const BUFFER_BYTES: usize = 128 * 1024;

/// Reads a source from its start.
pub struct Input {
    bytes: Arc<dyn ReadAt>,
    buffer: Vec<u8>,
    /// The part of the buffer that has not been consumed.
    unread: std::ops::Range<usize>,
    /// Position in the source of what comes after the buffer.
    next: u64,
}

impl Input {
    pub fn new(bytes: Arc<dyn ReadAt>) -> Input {
        Input { bytes, buffer: Vec::new(), unread: 0..0, next: 0 }
    }

    /// Whether the bytes to be read next are these.
    pub fn continues_with(&self, magic: &[u8]) -> io::Result<bool> {
        let mut found = [0; 8];
        let found = found.get_mut(..magic.len()).unwrap_or_default();
        let count = self.bytes.read_at(found, self.next - self.unread.len() as u64)?;
        Ok(found.get(..count) == Some(magic))
    }
}

impl BufRead for Input {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.unread.is_empty() {
            self.buffer.resize(BUFFER_BYTES, 0);
            let count = self.bytes.read_at(&mut self.buffer, self.next)?;
            self.next += count as u64;
            self.unread = 0..count;
        }
        Ok(self.buffer.get(self.unread.clone()).unwrap_or_default())
    }

    fn consume(&mut self, amount: usize) {
        self.unread.start = (self.unread.start + amount).min(self.unread.end);
    }
}

impl Read for Input {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buf)?;
        self.consume(count);
        Ok(count)
    }
}
