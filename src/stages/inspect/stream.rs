//! One pass over the data of an HDU, in parallel, all its columns at once, with memory that does not grow with the file.

use std::ops::Range;

use rayon::prelude::*;

use crate::fits::{BinTable, Column, ColumnReader, FitsError};
use crate::map::BadValues;
use crate::tasks::in_order;

/// A column to be counted.
pub struct Series {
    /// Its elements.
    pub column: Column,
    /// Position of its cell in a row of the table, in bytes.
    pub offset: usize,
    /// Elements of a cell.
    pub repeat: u64,
    /// Which values are bad.
    pub bad: BadValues,
}

/// The data of one HDU.
pub struct Data {
    /// What is counted.
    pub series: Vec<Series>,
    /// The table, where the columns share rows that are short enough to be read whole; otherwise each column is read by itself.
    table: Option<BinTable>,
}

/// Bytes that are read at a time.
const BUFFER: u64 = 256 << 10;

/// Most tasks that a pass is cut into: enough for any number of threads to be busy to the end.
const MAX_TASKS: u64 = 1024;

/// Elements read together for the sample.
const RUN: u64 = 128;

/// Runs that the sample is made of, evenly spread over the column.
const RUNS: u64 = 512;

/// Columns that may have samples of [`RUN`] x [`RUNS`] elements each; of more columns the samples are smaller.
const FULLY_SAMPLED: u64 = 64;

/// Appends the keys of a series' packed elements to a list.
pub type KeysOf<'a> = &'a (dyn Fn(usize, &[u8], &mut Vec<u64>) + Sync);

/// A part of the data that one thread works through.
enum Task {
    /// Rows of the table, with all their columns.
    Rows(Range<u64>),
    /// Elements of one series.
    Elements(usize, Range<u64>),
}

/// What a thread needs for reading.
struct Buffers {
    readers: Vec<ColumnReader>,
    rows: Vec<u8>,
    raw: Vec<u8>,
}

impl Data {
    /// The columns of a table, or what is in an image.
    pub fn new(table: Option<BinTable>, series: Vec<Series>) -> Data {
        Data { table: table.filter(|table| (1..=BUFFER).contains(&table.row_bytes())), series }
    }

    /// Streams all elements of the series that are `wanted`. Each thread has a state of its own for each of them, made by `new` and
    /// changed by `add`, which gets packed big-endian elements and returns what is to be summed. The states are put together by
    /// `merge`, in no certain order; the sums in the order of the file, so that they do not depend on the number of threads.
    pub fn stream<S: Send>(
        &self,
        wanted: &(dyn Fn(usize) -> bool + Sync),
        new: &(dyn Fn(usize) -> S + Sync),
        add: &(dyn Fn(usize, &mut S, &[u8]) -> f64 + Sync),
        merge: &dyn Fn(&mut S, S),
    ) -> Result<Vec<(S, f64)>, FitsError> {
        let local = || {
            let states: Vec<S> = (0..self.series.len()).map(new).collect();
            (self.buffers(), states, Vec::new())
        };
        let done = in_order(
            self.tasks(wanted).iter().enumerate(),
            local,
            |(buffers, states, done), (number, task)| {
                let mut sums = vec![0.0; self.series.len()];
                self.visit(task, wanted, buffers, &mut |index, raw| {
                    if let (Some(state), Some(sum)) = (states.get_mut(index), sums.get_mut(index)) {
                        *sum += add(index, state, raw);
                    }
                })?;
                done.push((number, sums));
                Ok(())
            },
        )?;
        let mut total: Vec<(S, f64)> = (0..self.series.len()).map(|i| (new(i), 0.0)).collect();
        let mut all_sums = Vec::new();
        for (_, states, sums) in done {
            total.iter_mut().zip(states).for_each(|((sum, _), state)| merge(sum, state));
            all_sums.extend(sums);
        }
        all_sums.sort_unstable_by_key(|(number, _)| *number);
        for (_, sums) in all_sums {
            total.iter_mut().zip(sums).for_each(|((_, total), sum)| *total += sum);
        }
        Ok(total)
    }

    /// Reads samples of at most 65 536 elements, evenly spread over the series, or whole series that are no longer. Their keys come
    /// in ascending order.
    pub fn sample(&self, keys: KeysOf) -> Result<Vec<Vec<u64>>, FitsError> {
        let local = || (self.buffers(), vec![Vec::new(); self.series.len()]);
        let parts = in_order(self.sample_tasks().iter(), local, |(buffers, samples), task| {
            self.visit(task, &|_| true, buffers, &mut |index, raw| {
                let (Some(sample), Some(series)) = (samples.get_mut(index), self.series.get(index))
                else {
                    return;
                };
                let mut part = Vec::new();
                keys(index, raw, &mut part);
                let whole = self.is_sampled_whole(series);
                let step = part.len().div_ceil(self.run_elements() as usize).max(1);
                sample.extend(part.into_iter().step_by(if whole { 1 } else { step }));
            })
        })?;
        let mut samples = vec![Vec::new(); self.series.len()];
        for (_, part) in parts {
            samples.iter_mut().zip(part).for_each(|(sample, part)| sample.extend(part));
        }
        samples.par_iter_mut().for_each(|sample| sample.sort_unstable());
        Ok(samples)
    }

    /// Whether the sample of a series is all of it.
    pub fn is_sampled_whole(&self, series: &Series) -> bool {
        let rows_taken = match &self.table {
            Some(table) => table.rows() <= RUNS * self.run_rows(),
            None => true,
        };
        rows_taken && series.column.len() <= RUNS * self.run_elements()
    }

    /// Elements that a sample has from each run.
    fn run_elements(&self) -> u64 {
        (RUN * FULLY_SAMPLED / (self.series.len() as u64).max(FULLY_SAMPLED)).max(1)
    }

    /// Rows that the sample takes together: those that make a run in the longest vector column.
    fn run_rows(&self) -> u64 {
        let longest = self.series.iter().map(|series| series.repeat).max().unwrap_or(1);
        (RUN / longest.max(1)).max(1)
    }

    fn sample_tasks(&self) -> Vec<Task> {
        match &self.table {
            Some(table) => runs(table.rows(), self.run_rows()).map(Task::Rows).collect(),
            None => {
                let series = self.series.iter().enumerate();
                let tasks = series.flat_map(|(index, series)| {
                    runs(series.column.len(), RUN).map(move |run| Task::Elements(index, run))
                });
                tasks.collect()
            }
        }
    }

    fn tasks(&self, wanted: &dyn Fn(usize) -> bool) -> Vec<Task> {
        match &self.table {
            Some(table) => parts(table.rows(), table.row_bytes()).map(Task::Rows).collect(),
            None => {
                let series = self.series.iter().enumerate().filter(|(index, _)| wanted(*index));
                let tasks = series.flat_map(|(index, series)| {
                    let width = series.column.raw_type().width() as u64;
                    parts(series.column.len(), width).map(move |part| Task::Elements(index, part))
                });
                tasks.collect()
            }
        }
    }

    fn buffers(&self) -> Buffers {
        let readers = self.series.iter().map(|series| series.column.reader()).collect();
        Buffers { readers, rows: Vec::new(), raw: Vec::new() }
    }

    /// Hands the elements of a task to `use_raw`, piece by piece.
    fn visit(
        &self,
        task: &Task,
        wanted: &dyn Fn(usize) -> bool,
        buffers: &mut Buffers,
        use_raw: &mut dyn FnMut(usize, &[u8]),
    ) -> Result<(), FitsError> {
        let Buffers { readers, rows, raw } = buffers;
        match (task, &self.table) {
            (Task::Rows(range), Some(table)) => {
                for piece in pieces(range, (BUFFER / table.row_bytes()).max(1)) {
                    table.read_rows(piece, rows)?;
                    let series = self.series.iter().zip(readers.iter_mut()).enumerate();
                    for (index, (series, reader)) in series.filter(|(index, _)| wanted(*index)) {
                        reader.unpack(rows.get(series.offset..).unwrap_or(&[]), raw);
                        use_raw(index, raw);
                    }
                }
            }
            (Task::Elements(index, range), _) => {
                if let Some(reader) = readers.get_mut(*index) {
                    let width = reader.column().raw_type().width() as u64;
                    for piece in pieces(range, BUFFER / width) {
                        reader.read_raw(piece, raw)?;
                        use_raw(*index, raw);
                    }
                }
            }
            (Task::Rows(_), None) => {}
        }
        Ok(())
    }
}

/// The ranges of `size` that make up a range.
fn pieces(range: &Range<u64>, size: u64) -> impl Iterator<Item = Range<u64>> + use<> {
    let end = range.end;
    range.clone().step_by(size as usize).map(move |start| start..end.min(start + size))
}

/// Tasks for `count` items of `bytes` bytes: several buffers each, and not too many.
fn parts(count: u64, bytes: u64) -> impl Iterator<Item = Range<u64>> {
    let size = (4 * BUFFER / bytes.max(1)).max(count.div_ceil(MAX_TASKS)).max(1);
    pieces(&(0..count), size)
}

/// [`RUNS`] ranges of `length` items each, evenly spread over `count`; all items where they are no more than that.
fn runs(count: u64, length: u64) -> impl Iterator<Item = Range<u64>> {
    let whole = count <= RUNS * length;
    let spread = (count.saturating_sub(length)) as f64 / (RUNS - 1) as f64;
    (0..RUNS).map(move |run| {
        let start = if whole { run * length } else { (run as f64 * spread) as u64 };
        start.min(count)..(start + length).min(count)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_and_whole_samples_cover_everything_once() {
        for (count, bytes) in
            [(0, 4), (1, 4), (1_000_000, 4), (u64::from(u32::MAX), 8), (7, 1 << 18)]
        {
            let parts: Vec<_> = parts(count, bytes).collect();
            assert!(parts.len() as u64 <= MAX_TASKS);
            assert_eq!(parts.iter().map(|part| part.end - part.start).sum::<u64>(), count);
            assert!(parts.windows(2).all(|pair| pair[0].end == pair[1].start));
        }
        for count in [0, 1, 511, 513, 65_536] {
            assert_eq!(runs(count, RUN).map(|run| run.end - run.start).sum::<u64>(), count);
        }
    }

    #[test]
    fn samples_reach_from_end_to_end() {
        let runs: Vec<_> = runs(100_000_000_000, RUN).collect();
        assert_eq!(runs.len() as u64, RUNS);
        assert_eq!((runs[0].start, runs[511].end), (0, 100_000_000_000));
        assert!(runs.iter().all(|run| run.end - run.start == RUN));
        assert!(runs.windows(2).all(|pair| pair[0].end < pair[1].start));
    }
}
