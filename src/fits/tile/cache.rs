//! The tiles that have been decompressed last.

use std::collections::{HashMap, VecDeque};
use std::io;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// Bytes of tiles that are kept, and the latest tile however large it is.
const CACHE_BYTES: usize = 64 << 20;

type Cell = Arc<OnceLock<Result<Vec<u8>, (io::ErrorKind, String)>>>;

/// Decompressed tiles by number. A tile is decompressed by one thread, and others that want it
/// wait.
#[derive(Default)]
pub struct Cache(Mutex<Tiles>);

#[derive(Default)]
struct Tiles {
    cells: HashMap<u64, Cell>,
    /// Numbers and sizes, the oldest first.
    order: VecDeque<(u64, usize)>,
    bytes: usize,
}

impl Cache {
    /// Gives the bytes of a tile to `take`, after `decode` if they are not there. The tile has
    /// `size` bytes.
    pub fn with<T>(
        &self,
        tile: u64,
        size: usize,
        decode: impl FnOnce() -> io::Result<Vec<u8>>,
        take: impl FnOnce(&[u8]) -> T,
    ) -> io::Result<T> {
        let cell = self.0.lock().unwrap_or_else(PoisonError::into_inner).cell(tile, size);
        let bytes =
            cell.get_or_init(|| decode().map_err(|error| (error.kind(), error.to_string())));
        match bytes {
            Ok(bytes) => Ok(take(bytes)),
            Err((kind, text)) => Err(io::Error::new(*kind, text.as_str())),
        }
    }
}

impl Tiles {
    fn cell(&mut self, tile: u64, size: usize) -> Cell {
        if let Some(cell) = self.cells.get(&tile) {
            return Arc::clone(cell);
        }
        self.bytes += size;
        while self.bytes > CACHE_BYTES
            && let Some((old, size)) = self.order.pop_front()
        {
            self.cells.remove(&old);
            self.bytes -= size;
        }
        self.order.push_back((tile, size));
        Arc::clone(self.cells.entry(tile).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_tiles_go() {
        let cache = Cache::default();
        let mut decoded = Vec::new();
        let size = CACHE_BYTES / 2;
        for tile in [1, 2, 1, 3, 2, 1] {
            let decode = || {
                decoded.push(tile);
                Ok(vec![tile as u8])
            };
            assert_eq!(cache.with(tile, size, decode, |bytes| bytes[0]).unwrap(), tile as u8);
        }
        assert_eq!(decoded, [1, 2, 3, 1]);
        assert_eq!(cache.0.lock().unwrap().bytes, CACHE_BYTES);
        assert!(cache.with(9, 1, || Err(io::Error::other("no")), |_| ()).is_err());
        assert!(cache.with(8, CACHE_BYTES * 3, || Ok(vec![]), |bytes| bytes.is_empty()).unwrap());
    }
}
