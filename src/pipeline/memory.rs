//! How much memory figures need, and how many of them fit at the same time.

use std::path::Path;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::Prepared;
use crate::map::MapSource;
use crate::stages::assemble;

/// Memory shared by figures that are drawn at the same time.
pub(super) struct Budget {
    total: u64,
    used: Mutex<u64>,
    freed: Condvar,
}

/// A figure's part of the budget; given back when dropped.
pub(super) struct Share<'a> {
    budget: &'a Budget,
    bytes: u64,
}

impl Budget {
    /// A budget of so many bytes.
    pub fn new(total: u64) -> Self {
        // Without any memory figures are still drawn one by one.
        Budget { total: total.max(1), used: Mutex::new(0), freed: Condvar::new() }
    }

    /// Waits until there is room; what exceeds the whole budget waits until it is alone.
    pub fn take(&self, bytes: u64) -> Share<'_> {
        let bytes = bytes.clamp(1, self.total);
        let mut used = self.lock();
        while *used > 0 && *used + bytes > self.total {
            used = self.freed.wait(used).unwrap_or_else(PoisonError::into_inner);
        }
        *used += bytes;
        Share { budget: self, bytes }
    }

    fn lock(&self) -> MutexGuard<'_, u64> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Share<'_> {
    fn drop(&mut self) {
        *self.budget.lock() -= self.bytes;
        self.budget.freed.notify_all();
    }
}

/// The part of the free memory that figures may use.
const PART: f64 = 0.7;
/// Where the system does not tell how much is free.
const UNKNOWN: u64 = 2 << 30;

/// The memory that figures may use on this machine, in bytes.
pub(super) fn available() -> u64 {
    let free = [system_free(), group_free()].into_iter().flatten().min();
    free.map_or(UNKNOWN, |free| (PART * free as f64) as u64)
}

/// What Linux can give without swapping.
fn system_free() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("MemAvailable:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}

/// What is left of the limits of a container or of a cluster's job, and of those around it (Linux's control groups, version 2).
fn group_free() -> Option<u64> {
    let all = Path::new("/sys/fs/cgroup");
    let groups = std::fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let own = groups.lines().find_map(|line| line.strip_prefix("0::/")).unwrap_or_default();
    let folder = all.join(own);
    let around = folder.ancestors().take_while(|folder| folder.starts_with(all));
    around.filter_map(free_in_group).min()
}

/// What is left of the limit of one group, where it has one; copies of files that can be dropped at any time count as free.
fn free_in_group(folder: &Path) -> Option<u64> {
    let text = |name: &str| std::fs::read_to_string(folder.join(name)).ok();
    let number = |text: &str| text.trim().parse::<u64>().ok();
    let (most, used) = (number(&text("memory.max")?)?, number(&text("memory.current")?)?);
    let statistics = text("memory.stat").unwrap_or_default();
    let files = statistics.lines().find_map(|line| number(line.strip_prefix("inactive_file ")?));
    Some(most.saturating_sub(used.saturating_sub(files.unwrap_or(0))))
}

/// Bytes for each pixel of the page or the array: its values, sorted for the limits, coloured, drawn, encoded.
const PAGE_PIXEL: u64 = 20;
/// Bytes for each cell of an averaged map, while it is made and sorted.
const CELL: u64 = 24;
/// Bytes for each byte of a sparse map's file, which is held cell by cell.
const SPARSE: u64 = 6;
/// Bytes for fonts, tables and read buffers.
const BASE: u64 = 16 << 20;

/// About how many bytes a figure needs at its peak. The averaged map has a few cells for each pixel of the page, and no more than the
/// map itself has.
pub(super) fn needed(prepared: &Prepared) -> u64 {
    let width = prepared.job.style.width as u64;
    let page = if prepared.job.draws_figure() {
        width.saturating_mul(width)
    } else {
        let grid = prepared.view.array_grid(prepared.job.style.width);
        (grid.width as u64).saturating_mul(grid.height as u64)
    };
    let wanted = page.saturating_mul(4);
    let cells = match &prepared.map.source {
        MapSource::FullSky(map) => {
            map.nside.npix().min(wanted).min(super::sample::most_held(page) * 2) * CELL
        }
        MapSource::Sparse(map) => assemble::bytes(map).saturating_mul(SPARSE),
    };
    BASE.saturating_add(page.saturating_mul(PAGE_PIXEL)).saturating_add(cells)
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU64, Ordering};

    use super::*;

    #[test]
    fn figures_never_exceed_the_budget_together() {
        let budget = Budget::new(100);
        let (now, most) = (AtomicU64::new(0), AtomicU64::new(0));
        std::thread::scope(|scope| {
            for thread in 0..4u64 {
                let (budget, now, most) = (&budget, &now, &most);
                scope.spawn(move || {
                    for step in 0..50 {
                        let bytes = 20 + (thread * 37 + step * 11) % 60;
                        let share = budget.take(bytes);
                        let used = now.fetch_add(bytes, Ordering::SeqCst) + bytes;
                        most.fetch_max(used, Ordering::SeqCst);
                        std::thread::yield_now();
                        now.fetch_sub(bytes, Ordering::SeqCst);
                        drop(share);
                    }
                });
            }
        });
        assert!(most.load(Ordering::SeqCst) <= 100);
    }

    #[test]
    fn what_exceeds_the_budget_goes_alone() {
        let budget = Budget::new(10);
        drop(budget.take(1000));
        drop(budget.take(5));
        assert_eq!(*budget.lock(), 0);
        let nothing = Budget::new(0);
        let share = nothing.take(1000);
        assert_eq!(*nothing.lock(), 1);
        drop(share);
    }
}
