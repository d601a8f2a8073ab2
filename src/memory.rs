//! Many values one after the other, in memory that is asked for at once.

use std::marker::PhantomData;
use std::mem;
use std::ops::{Deref, DerefMut};
use std::sync::{Mutex, PoisonError};

use bytemuck::Pod;
use memmap2::MmapMut;
#[cfg(target_os = "linux")]
use rayon::prelude::*;

/// Bytes of the system's large pages, of which memory is made up. Less than a quarter of one comes from the heap.
const PAGE: usize = 2 << 20;
/// The largest memory that is kept when it is no longer used, and how many are.
const KEPT_BYTES: usize = 32 << 20;
const KEPT: usize = 4;

/// What is kept to be used again.
static SPARE: Mutex<Vec<MmapMut>> = Mutex::new(Vec::new());

/// Plain values, one after the other.
///
/// The system finds memory when it is first written to, page by page, which for a large map takes as long as averaging it does. So all
/// threads ask for large pages beforehand, and some that are done with are kept.
#[derive(Debug)]
pub struct Pages<T>(Memory<T>);

#[derive(Debug)]
enum Memory<T> {
    Heap(Vec<T>),
    Mapped { pages: Mapped, bytes: usize, of: PhantomData<T> },
}

impl<T: Pod> Pages<T> {
    /// So many zeros.
    pub fn zeros(count: usize) -> Pages<T> {
        let mut values = Pages::unset(count);
        if let Memory::Mapped { pages: Mapped { is_clean: false, .. }, .. } = values.0 {
            values.fill(T::zeroed());
        }
        values
    }

    /// `count` values of unspecified content, for callers that set all of them.
    pub fn unset(count: usize) -> Pages<T> {
        let bytes = count.saturating_mul(size_of::<T>());
        match Mapped::new(bytes) {
            Some(pages) => Pages(Memory::Mapped { pages, bytes, of: PhantomData }),
            None => vec![T::zeroed(); count].into(),
        }
    }
}

/// Memory from the system.
#[derive(Debug)]
struct Mapped {
    pages: MmapMut,
    /// Whether all of it is zero for sure.
    is_clean: bool,
}

impl Mapped {
    /// Room for so many bytes, if the heap is not the better place for them.
    fn new(bytes: usize) -> Option<Mapped> {
        if bytes < PAGE / 4 {
            return None;
        }
        let len = bytes.checked_next_multiple_of(PAGE)?;
        let mut spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner);
        let fitting = spare.iter().enumerate().filter(|(_, pages)| pages.len() >= len);
        let smallest = fitting.min_by_key(|(_, pages)| pages.len());
        if let Some((place, _)) = smallest {
            return Some(Mapped { pages: spare.swap_remove(place), is_clean: false });
        }
        drop(spare);
        let pages = MmapMut::map_anon(len).ok()?;
        #[cfg(target_os = "linux")]
        populate(&pages);
        Some(Mapped { pages, is_clean: true })
    }
}

impl<T> Drop for Pages<T> {
    fn drop(&mut self) {
        let memory = mem::replace(&mut self.0, Memory::Heap(Vec::new()));
        if let Memory::Mapped { pages: Mapped { pages, .. }, .. } = memory
            && pages.len() <= KEPT_BYTES
        {
            keep(pages);
        }
    }
}

/// Keeps memory to be used again, in place of what has been kept longest where that is enough.
fn keep(pages: MmapMut) {
    let mut spare = SPARE.lock().unwrap_or_else(PoisonError::into_inner);
    let oldest = (spare.len() == KEPT).then(|| spare.remove(0));
    spare.push(pages);
    // Giving memory back takes a while, which nobody need wait for.
    drop(spare);
    drop(oldest);
}

/// Asks for all pages, the largest that there are. A system that is too old for the one or the other finds pages when they are written to.
#[cfg(target_os = "linux")]
fn populate(pages: &MmapMut) {
    let _ = pages.advise(memmap2::Advice::HugePage);
    (0..pages.len()).into_par_iter().step_by(PAGE).with_max_len(1).for_each(|start| {
        let _ = pages.advise_range(memmap2::Advice::PopulateWrite, start, PAGE);
    });
}

impl<T: Pod> Deref for Pages<T> {
    type Target = [T];

    #[inline]
    fn deref(&self) -> &[T] {
        match &self.0 {
            Memory::Heap(values) => values,
            Memory::Mapped { pages, bytes, .. } => bytemuck::cast_slice(&pages.pages[..*bytes]),
        }
    }
}

impl<T: Pod> DerefMut for Pages<T> {
    #[inline]
    fn deref_mut(&mut self) -> &mut [T] {
        match &mut self.0 {
            Memory::Heap(values) => values,
            Memory::Mapped { pages, bytes, .. } => {
                bytemuck::cast_slice_mut(&mut pages.pages[..*bytes])
            }
        }
    }
}

impl<T> From<Vec<T>> for Pages<T> {
    fn from(values: Vec<T>) -> Pages<T> {
        Pages(Memory::Heap(values))
    }
}

impl<T: Pod> Clone for Pages<T> {
    fn clone(&self) -> Pages<T> {
        self.to_vec().into()
    }
}

impl<T: Pod + PartialEq> PartialEq for Pages<T> {
    fn eq(&self, other: &Pages<T>) -> bool {
        **self == **other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn few_and_many_values_are_kept_alike() {
        for count in [0, 1, 1000, PAGE / 16 - 1, PAGE / 16, PAGE / 4 + 1, 1 << 20, 1 << 20] {
            let mut values = Pages::zeros(count);
            assert!(values.len() == count && values.iter().all(|v| *v == 0.0));
            values.iter_mut().zip(0u32..).for_each(|(v, k)| *v = k as f32);
            assert_eq!(values, Pages::from((0..count).map(|k| k as f32).collect::<Vec<_>>()));
            assert_eq!(values.clone(), values);
        }
    }
}
