//! Positioned reads of a compressed file: a decoder that runs forward, and what it put out last.

use std::collections::HashMap;
use std::io::{self, Read};
use std::ops::Range;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, ThreadId};
use std::time::Duration;

use super::super::{ReadAt, source};
use super::Compression;

/// Decompressed bytes that are kept behind the decoder.
const WINDOW: u64 = 32 << 20;

/// Bytes that are decompressed at a time, a block of the window.
const BLOCK: u64 = 128 << 10;

/// How long bytes are kept for threads that have not read them yet, when room is needed and
/// nobody reads.
const PATIENCE: Duration = Duration::from_millis(20);

/// Bytes that are decompressed beyond those asked for. The last bytes of a file's data are
/// followed by padding to 2880 bytes and then by the checksum, which is to be looked at.
const AHEAD: u64 = 16 << 10;

/// A compressed file as the bytes that it stands for.
///
/// Decompression runs forward and keeps the last 32 MiB. Reads at or after them cost what lies
/// between; a read before them starts again from the beginning of the file, which is right but
/// slow. A thread that is far ahead of others is held back as long as they read on, so that the
/// file is decompressed only once in whatever order they take up its parts. Little more is
/// ever decompressed than what is asked for and what fills the last block behind it, and the file may
/// not stand for more bytes than its format can hold, whatever its headers promise.
pub struct Unpacked {
    packed: Arc<dyn ReadAt>,
    compression: Compression,
    window: u64,
    patience: Duration,
    state: Mutex<Forward>,
    moved: Condvar,
}

/// The decoder, and what it has put out.
struct Forward {
    decoder: Option<Box<dyn Read + Send>>,
    /// The byte at position p of the output lies at p modulo the window.
    window: Vec<u8>,
    /// Where each thread reads, or read last and can be expected to read on.
    cursors: HashMap<ThreadId, u64>,
    /// Bytes put out so far: whole blocks, but at the end.
    position: u64,
    /// Total length, once the decoder has come to the end.
    length: Option<u64>,
    failure: Option<Failure>,
    /// Number of reads done so far.
    reads: u64,
}

/// Why the decoder cannot go on.
#[derive(Clone)]
struct Failure {
    kind: io::ErrorKind,
    text: String,
}

impl Unpacked {
    /// The file whose compressed bytes are `packed`. Nothing is read yet.
    pub fn new(packed: Arc<dyn ReadAt>, compression: Compression) -> Unpacked {
        Unpacked::with_window(packed, compression, WINDOW, PATIENCE)
    }

    /// As [`Unpacked::new`], with a window of whole blocks, two at least.
    fn with_window(
        packed: Arc<dyn ReadAt>,
        compression: Compression,
        window: u64,
        patience: Duration,
    ) -> Unpacked {
        let state = Mutex::new(Forward {
            decoder: None,
            window: Vec::new(),
            cursors: HashMap::new(),
            position: 0,
            length: None,
            failure: None,
            reads: 0,
        });
        Unpacked { packed, compression, window, patience, state, moved: Condvar::new() }
    }

    /// The format.
    pub fn compression(&self) -> Compression {
        self.compression
    }

    fn lock(&self) -> MutexGuard<'_, Forward> {
        self.state.lock().unwrap_or_else(|poisoned| self.reset(poisoned.into_inner()))
    }

    /// Begins anew after a decoder has panicked: its state is worth nothing, the file is.
    fn reset<'a>(&self, mut state: MutexGuard<'a, Forward>) -> MutexGuard<'a, Forward> {
        state.restart();
        self.state.clear_poison();
        state
    }

    /// The block of the window that has to go for the decoder to go on.
    fn oldest(&self, state: &Forward) -> Range<u64> {
        state.position.checked_sub(self.window).map_or(0..0, |start| start..start + BLOCK)
    }

    /// Whether another thread is going to read from the oldest block.
    fn is_held_back(&self, state: &Forward) -> bool {
        let oldest = self.oldest(state);
        let me = thread::current().id();
        state.cursors.iter().any(|(thread, cursor)| *thread != me && oldest.contains(cursor))
    }

    /// Waits until others have read. If nobody does any more, gives up on those who are behind.
    fn wait_for_others<'a>(&self, state: MutexGuard<'a, Forward>) -> MutexGuard<'a, Forward> {
        let reads = state.reads;
        let (mut state, result) =
            self.moved.wait_timeout(state, self.patience).unwrap_or_else(|poisoned| {
                let (state, result) = poisoned.into_inner();
                (self.reset(state), result)
            });
        if result.timed_out() && state.reads == reads {
            let oldest = self.oldest(&state);
            state.cursors.retain(|_, cursor| !oldest.contains(cursor));
            self.moved.notify_all();
        }
        state
    }

    /// Makes the decoder put out the next few bytes; false at the end.
    fn step(&self, state: &mut Forward) -> io::Result<bool> {
        if state.length == Some(state.position) {
            return state.failure.as_ref().map_or(Ok(false), |failure| Err(failure.error()));
        }
        if state.window.is_empty() {
            state.window = vec![0; self.window as usize];
        }
        let result = state.step(|| self.compression.decoder(&self.packed));
        result.map_err(|error| {
            let failure = self.failure(&error, state.position);
            let error = failure.error();
            state.decoder = None;
            if failure.is_end() {
                state.length = Some(state.position);
            }
            state.failure = Some(failure);
            error
        })
    }

    fn failure(&self, error: &io::Error, position: u64) -> Failure {
        let name = self.compression.name();
        if is_end(error) {
            let text = format!("the {name} data break off after {position} bytes of output");
            return Failure { kind: io::ErrorKind::UnexpectedEof, text };
        }
        let mut text = format!("the {name} data are damaged after {position} bytes of output");
        // The messages of our own decoder are made for users; those of the others describe their internals.
        if self.compression == Compression::Compress {
            text.push_str(&format!(": {error}"));
        }
        Failure { kind: io::ErrorKind::InvalidData, text }
    }
}

/// Whether the decoder ran out of input: some wrap the error that says so.
fn is_end(error: &io::Error) -> bool {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            if error.kind() == io::ErrorKind::UnexpectedEof {
                return true;
            }
            cause = error.get_ref().map(|inner| inner as _);
        } else {
            cause = error.source();
        }
    }
    false
}

impl Failure {
    fn error(&self) -> io::Error {
        io::Error::new(self.kind, self.text.as_str())
    }

    /// Whether what came before is sound, only that there is no more.
    fn is_end(&self) -> bool {
        self.kind == io::ErrorKind::UnexpectedEof
    }
}

impl Forward {
    fn restart(&mut self) {
        (self.decoder, self.position) = (None, 0);
    }

    /// Puts out a block; false at the end.
    fn step(
        &mut self,
        start: impl FnOnce() -> io::Result<Box<dyn Read + Send>>,
    ) -> io::Result<bool> {
        let decoder = match &mut self.decoder {
            Some(decoder) => decoder,
            none => none.insert(start()?),
        };
        let at = (self.position % self.window.len().max(1) as u64) as usize;
        let part = self.window.get_mut(at..at + BLOCK as usize).unwrap_or_default();
        let position = &mut self.position;
        let wanted = part.len();
        let found = source::fill(part, |rest, _| {
            let count = decoder.read(rest)?;
            *position += count as u64;
            Ok(count)
        })?;
        if found < wanted {
            self.length = Some(self.position);
            self.decoder = None;
        }
        Ok(found > 0)
    }

    /// Copies what there is of the output from `offset` on; returns the number of bytes.
    fn copy(&self, buf: &mut [u8], offset: u64) -> usize {
        let count = self.position.saturating_sub(offset).min(buf.len() as u64) as usize;
        let mut done = 0;
        while done < count {
            let at = ((offset + done as u64) % self.window.len().max(1) as u64) as usize;
            let part = (self.window.len() - at).min(count - done);
            if let (Some(to), Some(from)) =
                (buf.get_mut(done..done + part), self.window.get(at..at + part))
            {
                to.copy_from_slice(from);
            }
            done += part;
        }
        count
    }
}

impl ReadAt for Unpacked {
    fn byte_len(&self) -> Option<u64> {
        self.lock().length
    }

    fn most_bytes(&self) -> u64 {
        let most = self.packed.most_bytes().saturating_mul(self.compression.most_expansion());
        self.byte_len().unwrap_or(most)
    }

    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut state = self.lock();
        if let Some(failure) = state.failure.as_ref().filter(|failure| !failure.is_end()) {
            return Err(failure.error());
        }
        state.cursors.insert(thread::current().id(), offset);
        self.moved.notify_all();
        let enough = offset.saturating_add(buf.len() as u64).saturating_add(AHEAD);
        let mut done = 0;
        let result = loop {
            let from = offset.saturating_add(done as u64);
            if from.saturating_add(self.window) < state.position && done < buf.len() {
                state.restart();
            }
            done += state.copy(buf.get_mut(done..).unwrap_or_default(), from);
            let held_back = self.is_held_back(&state);
            if done == buf.len() && (state.position >= enough || held_back) {
                break Ok(done);
            }
            if held_back {
                state = self.wait_for_others(state);
                continue;
            }
            match self.step(&mut state) {
                Ok(true) => self.moved.notify_all(),
                Ok(false) => break Ok(done),
                Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => {
                    // Sound bytes are handed out, even if nothing comes after them.
                    let from = offset.saturating_add(done as u64);
                    done += state.copy(buf.get_mut(done..).unwrap_or_default(), from);
                    break if done > 0 { Ok(done) } else { Err(error) };
                }
                Err(error) => break Err(error),
            }
        };
        state.reads += 1;
        state.cursors.insert(thread::current().id(), offset.saturating_add(done as u64));
        drop(state);
        self.moved.notify_all();
        result
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;
    use std::sync::atomic::{AtomicU64, Ordering};

    use proptest::prelude::*;
    use rayon::prelude::*;

    use super::super::super::MemorySource;
    use super::*;

    /// Counts how often decompression starts.
    struct Counted(MemorySource, AtomicU64);

    impl ReadAt for Counted {
        fn byte_len(&self) -> Option<u64> {
            self.0.byte_len()
        }

        fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
            self.1.fetch_add(u64::from(offset == 0), Ordering::Relaxed);
            self.0.read_at(buf, offset)
        }
    }

    fn numbers(count: u32) -> Vec<u8> {
        (0..count).flat_map(|n| n.wrapping_mul(n).to_be_bytes()).collect()
    }

    fn packed(bytes: &[u8]) -> Arc<Counted> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(bytes).unwrap();
        Arc::new(Counted(MemorySource(encoder.finish().unwrap()), AtomicU64::new(0)))
    }

    #[test]
    fn threads_that_read_in_order_decompress_once() {
        let bytes = numbers(2_000_000);
        let packed = packed(&bytes);
        // Nobody is given up, however busy the machine.
        let patience = Duration::from_secs(600);
        let source = Unpacked::with_window(packed.clone(), Compression::Gzip, 1 << 20, patience);
        // Eight threads, each busy in its own half megabyte.
        let pool = rayon::ThreadPoolBuilder::new().num_threads(8).build().unwrap();
        let tasks: Vec<usize> = (0..bytes.len()).step_by(500_000).collect();
        let next = AtomicU64::new(0);
        let known = std::sync::Barrier::new(8);
        pool.broadcast(|_| {
            // Every thread has read before any runs ahead, as no thread waits for one it has never met.
            source.read_exact_at(&mut [0; 80], 0).unwrap();
            known.wait();
            while let Some(&start) = tasks.get(next.fetch_add(1, Ordering::Relaxed) as usize) {
                for part in (start..start + 500_000).step_by(50_000) {
                    let mut buf = vec![0; 50_000];
                    source.read_exact_at(&mut buf, part as u64).unwrap();
                    assert!(buf == bytes[part..part + 50_000]);
                }
            }
            // One that is done must not seem to be behind.
            source.read_exact_at(&mut [0], bytes.len() as u64 - 1).unwrap();
        });
        assert_eq!(packed.1.load(Ordering::Relaxed), 1);
        assert_eq!(source.byte_len(), Some(bytes.len() as u64));
    }

    #[test]
    fn what_is_gone_is_decompressed_again() {
        let bytes = numbers(200_000);
        let packed = packed(&bytes);
        let source = Unpacked::with_window(packed.clone(), Compression::Gzip, 1 << 18, PATIENCE);
        assert_eq!((source.byte_len(), source.most_bytes() > 800_000), (None, true));
        let mut buf = [0; 1000];
        let read = |buf: &mut [u8], at: usize| {
            source.read_exact_at(buf, at as u64).unwrap();
            assert!(buf == &bytes[at..at + buf.len()]);
        };
        read(&mut buf, 700_000);
        read(&mut buf, 600_000);
        assert_eq!(packed.1.load(Ordering::Relaxed), 1);
        read(&mut buf, 5);
        assert_eq!(packed.1.load(Ordering::Relaxed), 2);
        read(&mut vec![0; 800_000], 0);
        assert_eq!(source.most_bytes(), 800_000);
        assert_eq!(source.read_at(&mut buf, 799_990).unwrap(), 10);
        assert_eq!(source.read_at(&mut buf, 900_000).unwrap(), 0);
        assert!(source.read_exact_at(&mut buf, u64::MAX - 7).is_err());
    }

    proptest! {
        #[test]
        fn any_reads_of_any_thread(
            size in 0u32..100_000,
            reads in prop::collection::vec((any::<prop::sample::Index>(), 0usize..300_000), 0..20),
        ) {
            let bytes = numbers(size);
            let source = Unpacked::with_window(packed(&bytes), Compression::Gzip, 1 << 18, Duration::from_millis(1));
            reads.par_iter().for_each(|(at, length)| {
                let at = at.index(bytes.len() + 1);
                let mut buf = vec![0; *length];
                let found = source.read_at(&mut buf, at as u64).unwrap();
                assert_eq!(found, (bytes.len() - at).min(*length));
                assert!(buf[..found] == bytes[at..at + found]);
            });
        }
    }
}
