//! What the program says on standard output: listings, documents, help.

use std::io::{self, ErrorKind, Write};

use super::terminal::Terminal;
use super::{DONE, FAILED};

/// Writes all of a text.
///
/// # Errors
/// What writing meets; `BrokenPipe` where the reader has seen enough.
pub fn write(text: &[u8]) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text)?;
    out.flush()
}

/// The exit code after writing; says what went wrong. A reader that has seen enough is no failure.
pub fn outcome(written: io::Result<()>) -> u8 {
    match written {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Terminal::new(false, false).error(&format!("standard output: {error}"), None);
            FAILED
        }
        _ => DONE,
    }
}
