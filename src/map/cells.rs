//! The values of a map's cells, in large memory pages where the system has them.

use std::ops::{Deref, DerefMut};

use memmap2::MmapMut;

/// Bytes from which on large pages pay: the size of one.
const LARGE: usize = 2 << 20;

/// Values, one after the other.
///
/// A picture looks at places all over a map, and small pages are found anew for each, so memory for many values is asked for in large ones.
#[derive(Debug)]
pub struct Cells(Memory);

#[derive(Debug)]
enum Memory {
    Heap(Vec<f32>),
    Pages(MmapMut),
}

impl Cells {
    /// So many zeros.
    pub fn zeros(count: usize) -> Cells {
        let bytes = count.saturating_mul(size_of::<f32>());
        let pages = if bytes >= LARGE { MmapMut::map_anon(bytes).ok() } else { None };
        let Some(pages) = pages else { return Cells(Memory::Heap(vec![0.0; count])) };
        #[cfg(target_os = "linux")]
        // A system without large pages says so; small ones do.
        let _ = pages.advise(memmap2::Advice::HugePage);
        Cells(Memory::Pages(pages))
    }
}

impl Deref for Cells {
    type Target = [f32];

    #[inline]
    fn deref(&self) -> &[f32] {
        match &self.0 {
            Memory::Heap(values) => values,
            Memory::Pages(pages) => bytemuck::cast_slice(pages),
        }
    }
}

impl DerefMut for Cells {
    #[inline]
    fn deref_mut(&mut self) -> &mut [f32] {
        match &mut self.0 {
            Memory::Heap(values) => values,
            Memory::Pages(pages) => bytemuck::cast_slice_mut(pages),
        }
    }
}

impl From<Vec<f32>> for Cells {
    fn from(values: Vec<f32>) -> Cells {
        Cells(Memory::Heap(values))
    }
}

impl Clone for Cells {
    fn clone(&self) -> Cells {
        Cells::from(self.to_vec())
    }
}

impl PartialEq for Cells {
    fn eq(&self, other: &Cells) -> bool {
        **self == **other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_values_are_kept_alike() {
        for count in [0, 1, 1000, LARGE / 4, LARGE / 4 + 1, 1 << 20] {
            let mut cells = Cells::zeros(count);
            assert!(cells.len() == count && cells.iter().all(|v| *v == 0.0));
            cells.iter_mut().zip(0u32..).for_each(|(v, k)| *v = k as f32);
            assert_eq!(cells, Cells::from((0..count).map(|k| k as f32).collect::<Vec<_>>()));
            assert_eq!(cells.clone(), cells);
        }
    }
}
