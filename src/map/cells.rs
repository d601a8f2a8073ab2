//! The values of a map's cells, in memory that is asked for at once.

use std::ops::{Deref, DerefMut};

use memmap2::MmapMut;
#[cfg(target_os = "linux")]
use rayon::prelude::*;

/// Bytes of a piece of memory that is asked for, those of a large page; fewer come from the heap.
const PIECE: usize = 2 << 20;

/// Values, one after the other.
///
/// The system finds memory when it is first written to, page by page, which for a large map takes as long as averaging it does. So all
/// threads ask for large pieces beforehand.
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
        let pages = if bytes > PIECE { MmapMut::map_anon(bytes).ok() } else { None };
        let Some(pages) = pages else { return Cells(Memory::Heap(vec![0.0; count])) };
        #[cfg(target_os = "linux")]
        populate(&pages);
        Cells(Memory::Pages(pages))
    }
}

/// Asks for all pages, the largest that there are. A system that is too old for the one or the other finds pages when they are written to.
#[cfg(target_os = "linux")]
fn populate(pages: &MmapMut) {
    let _ = pages.advise(memmap2::Advice::HugePage);
    (0..pages.len()).into_par_iter().step_by(PIECE).with_max_len(1).for_each(|start| {
        let len = PIECE.min(pages.len() - start);
        let _ = pages.advise_range(memmap2::Advice::PopulateWrite, start, len);
    });
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
        for count in [0, 1, 1000, PIECE / 4, PIECE / 4 + 1, 1 << 20] {
            let mut cells = Cells::zeros(count);
            assert!(cells.len() == count && cells.iter().all(|v| *v == 0.0));
            cells.iter_mut().zip(0u32..).for_each(|(v, k)| *v = k as f32);
            assert_eq!(cells, Cells::from((0..count).map(|k| k as f32).collect::<Vec<_>>()));
            assert_eq!(cells.clone(), cells);
        }
    }
}
