//! Reads a file once on all cores and adds up its big-endian float32 values: the least that any program can do with a map.
//!
//! usage: `plain_read FILE [THREADS]`. Reads into a buffer of 1 MiB for each thread; prints the sum, the headers taken for values too.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

const BUFFER: usize = 1 << 20;
const LANES: usize = 16;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(path) = arguments.first().map(Path::new) else {
        return Err(io::Error::other("usage: plain_read FILE [THREADS]"));
    };
    let threads = match arguments.get(1) {
        Some(count) => count.parse().map_err(io::Error::other)?,
        None => std::thread::available_parallelism()?.get(),
    };
    let bytes = std::fs::metadata(path)?.len();
    let share = bytes.div_ceil(threads as u64).next_multiple_of(BUFFER as u64);
    let sum = std::thread::scope(|scope| {
        let workers: Vec<_> = (0..threads as u64)
            .map(|i| scope.spawn(move || sum_part(path, i * share, bytes.min((i + 1) * share))))
            .collect();
        workers.into_iter().map(|w| w.join().expect("a reader panicked")).sum::<io::Result<f64>>()
    })?;
    println!("{sum}");
    Ok(())
}

/// The sum of the values in bytes `from..to`, of all that are finite.
fn sum_part(path: &Path, from: u64, to: u64) -> io::Result<f64> {
    let mut file = File::open(path)?;
    file.seek(SeekFrom::Start(from))?;
    let mut buffer = vec![0; BUFFER];
    let mut left = to.saturating_sub(from) as usize;
    let mut sum = 0.0;
    while left > 0 {
        let part = &mut buffer[..left.min(BUFFER)];
        file.read_exact(part)?;
        sum += sum_values(part);
        left -= part.len();
    }
    Ok(sum)
}

fn sum_values(bytes: &[u8]) -> f64 {
    let mut lanes = [0f32; LANES];
    for group in bytes.chunks_exact(4 * LANES) {
        for (lane, word) in lanes.iter_mut().zip(group.as_chunks::<4>().0) {
            let value = f32::from_be_bytes(*word);
            // Also leaves UNSEEN out, whose sum would swallow every other value.
            *lane += if value.abs() < 1e30 { value } else { 0.0 };
        }
    }
    lanes.iter().map(|&lane| f64::from(lane)).sum()
}
