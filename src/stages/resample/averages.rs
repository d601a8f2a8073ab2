//! Averages of maps over footprints, from sums along rows of cells.
//!
//! What a map adds up to within an outline is found along the outline alone (Green 1828): at each of its points stands the sum of the row's
//! cells on the left of it, which is added up as the outline goes up and taken off as it goes down. What lies on the left of the footprint
//! comes in twice and leaves nothing, or what rounding leaves: small sums beside large ones are found cell by cell instead.

use super::coverage::{Coverage, area, range};
use super::mesh::CellBox;
use super::mirror::Mirror;
use super::outline::{Edge, Lattice, Vertex};
use crate::healpix::face_blocks;
use crate::map::{CellValues, UNSEEN};

/// The values in a box's cells, for each of its images in the mirrors, and the averages over footprints in it; memory that is used again
/// and again.
#[derive(Default)]
pub struct Averages<const N: usize> {
    columns: usize,
    /// Row by row; what is bad is NaN.
    cells: Vec<[f32; N]>,
    /// The sum of the good cells before each, row by row, and that of all at the end of the row.
    sums: Vec<[f64; N]>,
    /// The smallest sum over a footprint that rounding leaves alone.
    least: f64,
    /// A bit for each cell, row by row, in words: those with something bad are set; empty if there is none.
    bad: Vec<u64>,
    /// What the maps add up to along each edge of a patch.
    edges: Vec<[f64; N]>,
    line: Vec<f32>,
    coverage: Coverage,
    /// Of the pixels that are taken apart.
    means: Vec<[Mean; N]>,
}

impl<const N: usize> Averages<N> {
    /// Begins with so many pixels that are taken apart.
    pub fn begin(&mut self, apart: usize) {
        self.means.clear();
        self.means.resize(apart, [Mean::default(); N]);
    }

    /// Reads the values of a box's cells.
    pub fn read<M: CellValues>(&mut self, maps: &[&M; N], bounds: &CellBox, mirrors: &[Mirror; N]) {
        let Averages { cells, line, columns, .. } = self;
        *columns = bounds.columns();
        cells.resize(bounds.columns() * bounds.rows(), [f32::NAN; N]);
        line.resize(bounds.columns().max(bounds.rows()), f32::NAN);
        for (k, (map, mirror)) in maps.iter().zip(mirrors).enumerate() {
            let image = mirror.image(map.nside(), bounds);
            for block in face_blocks(map.nside(), &image.bounds.columns, &image.bounds.rows) {
                let ix = block.ix(block.columns.start)..block.ix(block.columns.end);
                let values = &mut line[..ix.len()];
                for row in block.rows.clone() {
                    match block.face {
                        Some(face) => map.copy_row(face, block.iy(row), ix.clone(), values),
                        None => values.fill(f32::NAN),
                    }
                    image.put_back(row, &block.columns, values, cells, |cell, v| cell[k] = v);
                }
            }
        }
        self.add_up();
    }

    /// Adds the values up along the rows.
    fn add_up(&mut self) {
        /// How much rounding may change a sum, and what is the rounding error of a map's values.
        const ERROR: f64 = 16.0 * f64::EPSILON;
        const EXACT: f64 = f32::EPSILON as f64;
        let Averages { columns, cells, sums, least, bad, .. } = self;
        let (columns, rows) = (*columns, cells.len() / *columns);
        bad.clear();
        sums.resize((columns + 1) * rows, [0.0; N]);
        let mut most = [0f32; N];
        let lines = cells.chunks_exact(columns).zip(sums.chunks_exact_mut(columns + 1));
        for (row, (line, sums)) in lines.enumerate() {
            let mut total = [0.0; N];
            for (values, sum) in line.iter().zip(sums.iter_mut()) {
                *sum = total;
                for k in 0..N {
                    total[k] += f64::from(values[k]);
                    most[k] = if values[k].abs() > most[k] { values[k].abs() } else { most[k] };
                }
            }
            // What is bad is NaN, and so is any sum with it.
            if total.iter().any(|total| total.is_nan()) {
                bad.resize(words(columns) * rows, 0);
                total = add_up_good(line, sums, &mut bad[row * words(columns)..]);
            }
            sums[columns] = total;
        }
        let most = f64::from(most.into_iter().fold(0.0, f32::max));
        *least = most * (columns * (columns + rows)) as f64 * (ERROR / EXACT);
    }

    /// Goes along the edges of a patch's pixels.
    pub fn follow(&mut self, lattice: &Lattice) {
        let Averages { columns, sums, edges, .. } = self;
        let stride = *columns + 1;
        edges.clear();
        // Some at a time are looked at before they are followed: nobody foresees how far each of them goes.
        let mut next = [Edge::default(); 16];
        let mut count = 0;
        let mut follow = |next: &[Edge]| {
            edges.extend(next.iter().map(|edge| {
                let mut integral = [0.0; N];
                edge.follow(|step| {
                    let Some([here, next]) = sums.get(step.place..step.place + 2) else { return };
                    for k in 0..N {
                        integral[k] += step.rise * (here[k] + step.along * (next[k] - here[k]));
                    }
                });
                integral
            }));
        };
        lattice.edges(|a, b| {
            next[count] = Edge::new(a, b, stride);
            count += 1;
            if count == next.len() {
                follow(&next);
                count = 0;
            }
        });
        follow(&next[..count]);
    }

    /// The averages over what is good of a pixel's footprint; UNSEEN where there is nothing.
    #[inline(always)]
    pub fn mean(&mut self, lattice: &Lattice, pixel: [usize; 2]) -> [f32; N] {
        match self.mean_of_all(lattice, pixel) {
            Some(means) => means.map(|mean| mean as f32),
            None => self.means_by_cells(lattice, pixel, 1.0).map(|mean| mean.value()),
        }
    }

    /// Adds a part, this share of it, to a pixel that is taken apart.
    pub fn add(&mut self, number: usize, lattice: &Lattice, pixel: [usize; 2], share: f64) {
        let parts = match self.mean_of_all(lattice, pixel) {
            Some(means) => means.map(|mean| Mean { sum: mean * share, weight: share }),
            None => self.means_by_cells(lattice, pixel, share),
        };
        for (mean, part) in self.means[number].iter_mut().zip(parts) {
            mean.sum += part.sum;
            mean.weight += part.weight;
        }
    }

    /// Adds a point to a pixel that is taken apart, of which it stands for this share.
    pub fn add_point(&mut self, number: usize, values: [f32; N], share: f32) {
        let means = self.means[number].iter_mut();
        means.zip(values).for_each(|(mean, value)| mean.add(value, share));
    }

    /// The averages over what is good of the pixels that are taken apart.
    pub fn taken_apart(&self) -> impl Iterator<Item = [f32; N]> {
        self.means.iter().map(|means| means.map(|mean| mean.value()))
    }

    /// The averages over a footprint; nothing if some of it is bad, or if rounding would show.
    #[inline(always)]
    fn mean_of_all(&self, lattice: &Lattice, pixel: [usize; 2]) -> Option<[f64; N]> {
        let corners = lattice.corners(pixel);
        let [bottom, right, top, left] = lattice.around(pixel).map(|k| &self.edges[k]);
        let sums: [f64; N] = std::array::from_fn(|k| bottom[k] + right[k] - top[k] - left[k]);
        if !sums.iter().all(|sum| sum.abs() >= self.least) || self.meets_bad(corners) {
            return None;
        }
        let share = area(corners).recip();
        // Without a sign where it is zero.
        Some(sums.map(|sum| sum * share + 0.0))
    }

    /// Whether there may be something bad in a footprint.
    #[inline(always)]
    fn meets_bad(&self, corners: [&Vertex; 4]) -> bool {
        if self.bad.is_empty() {
            return false;
        }
        let columns = range(corners.map(|v| v.column));
        let rows = range(corners.map(|v| v.row));
        let (start, end) = (columns.start as usize, columns.end as usize);
        rows.into_iter().any(|row| {
            let row = &self.bad[row as usize * words(self.columns)..];
            (start / WORD..words(end)).any(|word| {
                let from = start.saturating_sub(word * WORD);
                let count = (end - word * WORD).min(WORD) - from;
                row[word] & (u64::MAX >> (WORD - count) << from) != 0
            })
        })
    }

    /// The averages over a footprint cell by cell, of `share` in weight.
    #[inline(never)]
    fn means_by_cells(&mut self, lattice: &Lattice, pixel: [usize; 2], share: f64) -> [Mean; N] {
        let mut means = [Mean::default(); N];
        for part in self.coverage.parts(lattice.corners(pixel), self.columns as u32, share) {
            let values = &self.cells[part.cell as usize];
            means.iter_mut().zip(values).for_each(|(mean, value)| mean.add(*value, part.weight));
        }
        means
    }
}

/// Adds up what is good of a row's values, and sets the bits of the others. Gives the sum of all.
#[cold]
fn add_up_good<const N: usize>(
    line: &[[f32; N]],
    sums: &mut [[f64; N]],
    bad: &mut [u64],
) -> [f64; N] {
    let mut total = [0.0; N];
    for (column, (values, sum)) in line.iter().zip(sums).enumerate() {
        *sum = total;
        for (total, value) in total.iter_mut().zip(values) {
            if value.is_nan() {
                bad[column / WORD] |= 1 << (column % WORD);
            } else {
                *total += f64::from(*value);
            }
        }
    }
    total
}

/// Cells in a word of bits, and words for a row of cells.
const WORD: usize = u64::BITS as usize;

fn words(columns: usize) -> usize {
    columns.div_ceil(WORD)
}

/// A mean of good values over an area.
#[derive(Clone, Copy, Default, Debug)]
struct Mean {
    sum: f64,
    weight: f64,
}

impl Mean {
    #[inline(always)]
    fn add(&mut self, value: f32, weight: f32) {
        let (good, weight) = (!value.is_nan(), f64::from(weight));
        self.sum += if good { f64::from(value) * weight } else { 0.0 };
        self.weight += if good { weight } else { 0.0 };
    }

    /// The mean, or UNSEEN where there was nothing good.
    #[inline(always)]
    fn value(&self) -> f32 {
        if self.weight > 0.0 { (self.sum / self.weight) as f32 } else { UNSEEN }
    }
}

#[cfg(test)]
mod tests {
    use super::super::mesh::{Mesh, Patch};
    use super::super::outline::Outlines;
    use super::*;
    use crate::healpix::Nside;
    use crate::map::HealpixMap;
    use proptest::prelude::*;

    const PIXELS: usize = 6;
    const CELLS: usize = 24;

    /// Averages over slanted pixels, some cells in size, on a map of the first face's values; and the same cell by cell.
    fn averages(values: &[f32], turn: f64, size: f64) -> Vec<(f32, f32)> {
        let nside = Nside::new(CELLS as i64).unwrap();
        let mut all = vec![7.0; nside.npix() as usize];
        all[..values.len()].copy_from_slice(values);
        let map = HealpixMap::new(nside, all);
        let mut mesh = Mesh::blank(PIXELS, PIXELS);
        for k in 0..(PIXELS + 1) * (PIXELS + 1) {
            let side = |k: usize| (k as f64 - PIXELS as f64 / 2.0) * size;
            let (x, y) = (side(k % (PIXELS + 1)), side(k / (PIXELS + 1)));
            let (sin, cos) = turn.sin_cos();
            // In the middle of face 0.
            mesh.x[k] = 1.5 * CELLS as f64 + x * cos - y * sin;
            mesh.y[k] = 0.5 * CELLS as f64 + x * sin + y * cos;
        }
        let side = CELLS as i64;
        let bounds = CellBox { columns: side..2 * side, rows: 0..side };
        let patch = Patch { columns: 0..PIXELS, rows: 0..PIXELS };
        let mut outlines = Outlines::default();
        outlines.add(&mesh, &patch, &bounds);
        let lattice = outlines.lattice(0..outlines.len(), PIXELS);
        let mut averages = Averages::default();
        averages.read(&[&map], &bounds, &[Mirror::default()]);
        averages.follow(&lattice);
        let pixels = (0..PIXELS * PIXELS).map(|k| [k % PIXELS, k / PIXELS]);
        let both = |pixel| {
            let [by_cells] = averages.means_by_cells(&lattice, pixel, 1.0);
            (averages.mean(&lattice, pixel)[0], by_cells.value())
        };
        pixels.map(both).collect()
    }

    fn any_value() -> impl Strategy<Value = f32> {
        prop_oneof![
            4 => -1f32..1.0,
            1 => Just(0.0),
            1 => (-30i32..0).prop_map(|e| 10f32.powi(e)),
            1 => Just(f32::NAN),
        ]
    }

    proptest! {
        #[test]
        fn sums_along_outlines_are_those_of_the_cells(
            values in prop::collection::vec(any_value(), CELLS * CELLS),
            kinds in 0..3,
            turn in -4f64..4.0,
            size in prop_oneof![Just(2.0), 0.01f64..2.8],
        ) {
            let values: Vec<f32> = match kinds {
                // Numbers of one size; with very small ones among them; and with bad ones as well.
                0 => values.iter().map(|v| if v.is_nan() { 2.0 } else { 2.0 + v }).collect(),
                1 => values.iter().map(|v| if v.is_nan() { 0.0 } else { v.abs() }).collect(),
                _ => values,
            };
            for (mean, by_cells) in averages(&values, turn, size) {
                // Cell by cell, parts that are too small are left out. Sums that are smaller than this are found so themselves.
                let small = by_cells.abs() < 4e-6;
                let near = if small { 0.0 } else { 1e-6 + 1e-5 * by_cells.abs() };
                prop_assert!((mean - by_cells).abs() <= near, "{} {}", mean, by_cells);
            }
        }
    }

    #[test]
    fn a_constant_is_its_own_mean_and_nothing_stays_nothing() {
        for value in [0.1f32, -2.7e-12, 3.3e30, 0.0] {
            for (mean, _) in averages(&[value; CELLS * CELLS], 0.3, 1.7) {
                assert_eq!(mean.to_bits(), value.to_bits());
            }
        }
        // Beside a bright cell as well.
        let mut values = [0.0; CELLS * CELLS];
        values[CELLS * CELLS / 2 + CELLS / 2] = 1e20;
        let means = averages(&values, 0.3, 1.7);
        assert!(means.iter().all(|(mean, by_cells)| (*mean == 0.0) == (*by_cells == 0.0)));
        assert!((1..=4).contains(&means.iter().filter(|(mean, _)| *mean > 0.0).count()));
        assert!(averages(&[f32::NAN; CELLS * CELLS], 0.3, 1.7).iter().all(|m| m.0 == UNSEEN));
    }
}
