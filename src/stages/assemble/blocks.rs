//! HealSparse maps: blocks of pixels, read one after the other in the order of the sky.

use super::{AssembleError, Assembled, CHUNK, Job, Values, integers};
use crate::fits::{Column, FitsError};
use crate::map::{BadValues, Blocks, Coarsener, Packing, Sampler};

/// Reads a HealSparse map.
pub(super) fn assemble(job: &Job, blocks: &Blocks) -> Result<Assembled, AssembleError> {
    let nside = blocks.nside;
    let target = nside.coarsened_to(job.wanted);
    let mut coarse = Coarsener::new(nside, target);
    let (mut good, mut bad) = (0, 0);
    let mut sampler = job.keep_values.then(|| Sampler::new(0));
    if let Some(values) = &job.source.values {
        let mut reader = BlockReader::new(job, blocks, values);
        let shape = reader.shape;
        sampler = job.keep_values.then(|| Sampler::new(shape.len));
        let mut starts = Vec::new();
        integers(job, &blocks.coverage, |first, offsets| {
            for (pixel, &offset) in (first..).zip(offsets) {
                let start = i128::from(offset) + i128::from(pixel) * i128::from(shape.pixels);
                // The first block stands for all that is not covered.
                if (0..i128::from(shape.pixels)).contains(&start) {
                    continue;
                }
                let problem = || AssembleError::Block {
                    place: blocks.coverage.place().clone(),
                    pixel,
                    offset: start,
                    len: shape.len,
                    size: shape.pixels,
                };
                let start = u64::try_from(start).map_err(|_| problem())?;
                if start.checked_add(shape.pixels).is_none_or(|end| end > shape.len) {
                    return Err(problem());
                }
                starts.push(start);
                // More blocks than there is room for: no need to read them all.
                if starts.len() as u64 * shape.pixels > shape.len {
                    return disjoint(&mut starts, shape.pixels, &blocks.coverage);
                }
                let first = pixel * shape.pixels;
                reader.read(start, |at, value| {
                    if value.is_nan() {
                        bad += 1
                    } else {
                        good += 1;
                        sampler.iter_mut().for_each(|sampler| sampler.push(value, 1));
                    }
                    coarse.push(first + at, 0, value);
                })?;
            }
            Ok(())
        })?;
        disjoint(&mut starts, shape.pixels, &blocks.coverage)?;
    }
    let values = sampler.map(Sampler::finish);
    Ok(Assembled { map: coarse.finish(), nside, good, bad, values, warnings: Vec::new() })
}

/// Makes sure that no two blocks, which begin at `starts`, share pixels.
fn disjoint(starts: &mut [u64], size: u64, coverage: &Column) -> Result<(), AssembleError> {
    starts.sort_unstable();
    let overlap = starts.windows(2).find(|pair| pair[1] - pair[0] < size);
    overlap.map_or(Ok(()), |pair| {
        let place = coverage.place().clone();
        Err(AssembleError::BlockOverlap { place, first: pair[0], second: pair[1], size })
    })
}

/// Sizes in pixels, which the coverage map counts in, however pixels are packed.
#[derive(Clone, Copy)]
struct Shape {
    /// Pixels of a block.
    pixels: u64,
    /// Pixels of the sparse map.
    len: u64,
}

/// Reads blocks with buffers that are kept.
struct BlockReader<'a> {
    job: &'a Job<'a>,
    shape: Shape,
    packing: Packing,
    column: &'a Column,
    values: Values,
    /// The column that tells pixels without data, where it is another, and by which values.
    primary: Option<(&'a Column, BadValues, Values)>,
}

impl<'a> BlockReader<'a> {
    fn new(job: &'a Job<'a>, blocks: &'a Blocks, column: &'a Column) -> Self {
        let side = u64::from(blocks.nside.get() / blocks.coverage_nside.get());
        let pixels = side * side;
        let len = match blocks.packing {
            Packing::Wide { width, .. } => column.len() / width,
            Packing::Bits => column.len().saturating_mul(8),
            Packing::Plain => {
                blocks.primary.as_ref().map_or(column.len(), |(p, _)| p.len().min(column.len()))
            }
        };
        BlockReader {
            job,
            shape: Shape { pixels, len },
            packing: blocks.packing,
            column,
            values: Values::new(column),
            primary: blocks.primary.as_ref().map(|(p, bad)| (p, *bad, Values::new(p))),
        }
    }

    /// Calls `each` with the position in its block and the drawn value of every pixel of the block that begins at `start`.
    fn read(&mut self, start: u64, mut each: impl FnMut(u64, f32)) -> Result<(), FitsError> {
        let part = match self.packing {
            Packing::Wide { width, .. } => (CHUNK / width.max(1)).max(1),
            Packing::Plain | Packing::Bits => CHUNK,
        };
        let mut at = 0;
        while at < self.shape.pixels {
            let (first, count) = (start + at, part.min(self.shape.pixels - at));
            let each = |k: u64, value: f32| each(at + k, value);
            match self.packing {
                Packing::Plain => self.read_plain(first, count, each)?,
                Packing::Bits => self.read_bits(first, count, each)?,
                Packing::Wide { width, flag } => {
                    self.read_wide(first, count, (width, flag), each)?;
                }
            }
            at += count;
        }
        Ok(())
    }

    fn read_plain(
        &mut self,
        start: u64,
        count: u64,
        mut each: impl FnMut(u64, f32),
    ) -> Result<(), FitsError> {
        let count = count as usize;
        self.job.read(self.column, count);
        let values = self.values.read(start, count)?;
        let bad = &self.job.source.bad;
        let Some((column, unknown, primary)) = &mut self.primary else {
            (0..).zip(values).for_each(|(at, &value)| each(at, self.job.drawn(bad, value)));
            return Ok(());
        };
        self.job.read(column, count);
        for ((at, &value), &key) in (0..).zip(values).zip(primary.read(start, count)?) {
            let known = !unknown.is_bad(key);
            each(at, if known { self.job.drawn(bad, value) } else { f32::NAN });
        }
        Ok(())
    }

    fn read_bits(
        &mut self,
        start: u64,
        count: u64,
        mut each: impl FnMut(u64, f32),
    ) -> Result<(), FitsError> {
        // Blocks begin at whole bytes unless they are smaller than one.
        let (first, last) = (start / 8, (start + count).div_ceil(8));
        self.job.read(self.column, (last - first) as usize);
        let bytes = self.values.read(first, (last - first) as usize)?;
        let set = self.job.drawn(&BadValues::default(), 1.0);
        for at in 0..count {
            let bit = start + at;
            let byte = bytes.get((bit / 8 - first) as usize).map_or(0, |b| *b as u8);
            each(at, if byte >> (bit % 8) & 1 == 1 { set } else { f32::NAN });
        }
        Ok(())
    }

    fn read_wide(
        &mut self,
        start: u64,
        count: u64,
        (width, flag): (u64, Option<u64>),
        mut each: impl FnMut(u64, f32),
    ) -> Result<(), FitsError> {
        let count = (count * width) as usize;
        self.job.read(self.column, count);
        let bytes = self.values.read(start * width, count)?;
        for (at, flags) in (0..).zip(bytes.chunks_exact(width as usize)) {
            let is_set = |flag: u64| {
                flags.get((flag / 8) as usize).is_some_and(|b| *b as u8 >> (flag % 8) & 1 == 1)
            };
            let value = if flags.iter().all(|byte| *byte == 0.0) {
                f32::NAN
            } else {
                let shown = flag.is_none_or(is_set);
                self.job.drawn(&BadValues::default(), f64::from(u8::from(shown)))
            };
            each(at, value);
        }
        Ok(())
    }
}
