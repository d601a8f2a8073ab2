//! Averages of maps over footprints, from sums along rows of cells.
//!
//! What a map adds up to within an outline is found along the outline alone (Green 1828): at each of its points stands the sum of the row's
//! cells on the left of it, which is added up as the outline goes up and taken off as it goes down. What lies on the left of the footprint
//! comes in twice and leaves nothing, or what rounding leaves: small sums beside large ones are found cell by cell instead. Where some
//! cells are bad, the good ones are counted in the same way.

use super::coverage::{Coverage, area, range};
use super::mirror::Mirror;
use super::outline::{Edge, Lattice, Vertex};
use super::pieces::CellBox;
use crate::healpix::face_blocks;
use crate::map::{CellValues, UNSEEN};

/// The values in a box's cells, for each of its images in the mirrors, and the averages over footprints in it; memory that is used again
/// and again.
#[derive(Default)]
pub struct Averages<const N: usize> {
    columns: usize,
    /// Row by row; what is bad is NaN.
    cells: Vec<[f32; N]>,
    /// What the cells add up to, if all are good.
    sums: Sums<N, 1>,
    /// If some are bad, what the good ones add up to, and how many they are.
    counted: Sums<N, 2>,
    some_bad: bool,
    /// Of one map, as they lie in a face.
    lines: Vec<f32>,
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
        let Averages { cells, lines, columns, .. } = self;
        *columns = bounds.columns();
        cells.resize(bounds.columns() * bounds.rows(), [f32::NAN; N]);
        for (k, (map, mirror)) in maps.iter().zip(mirrors).enumerate() {
            let image = mirror.image(map.nside(), bounds);
            for block in face_blocks(map.nside(), &image.bounds.columns, &image.bounds.rows) {
                let ix = block.ix(block.columns.start)..block.ix(block.columns.end);
                let len = ix.len();
                lines.resize(len * block.rows.clone().count(), f32::NAN);
                // All rows are fetched before the first one is put in its place: the processor then waits for many of them at a time.
                for (row, values) in block.rows.clone().zip(lines.chunks_exact_mut(len)) {
                    match block.face {
                        Some(face) => map.copy_row(face, block.iy(row), ix.clone(), values),
                        None => values.fill(f32::NAN),
                    }
                }
                for (row, values) in block.rows.clone().zip(lines.chunks_exact(len)) {
                    image.put_back(row, &block.columns, values, cells, |cell, v| cell[k] = v);
                }
            }
        }
        self.add_up();
    }

    /// Adds the values up along the rows.
    fn add_up(&mut self) {
        let Averages { columns, cells, sums, counted, some_bad, .. } = self;
        let [all] = sums.add_up(*columns, cells, |value| [value]);
        // What is bad is NaN, and so is any sum with it.
        *some_bad = all.iter().any(|sum| sum.is_nan());
        if *some_bad {
            let count = |value: f32| if value.is_nan() { [0.0, 0.0] } else { [value, 1.0] };
            counted.add_up(*columns, cells, count);
        }
    }

    /// Goes along the edges of a patch's pixels.
    pub fn follow(&mut self, lattice: &Lattice) {
        match self.some_bad {
            true => self.counted.follow(lattice, self.columns + 1),
            false => self.sums.follow(lattice, self.columns + 1),
        }
    }

    /// The averages over what is good of a pixel's footprint; UNSEEN where there is nothing.
    #[inline(always)]
    pub fn mean(&mut self, lattice: &Lattice, pixel: [usize; 2]) -> [f32; N] {
        self.means_of(lattice, pixel, 1.0).map(|mean| mean.value())
    }

    /// Adds a part, this share of it, to a pixel that is taken apart.
    pub fn add(&mut self, number: usize, lattice: &Lattice, pixel: [usize; 2], share: f64) {
        let parts = self.means_of(lattice, pixel, share);
        let means = self.means[number].iter_mut();
        means.zip(parts).for_each(|(mean, part)| mean.add(part));
    }

    /// Adds a point to a pixel that is taken apart, of which it stands for this share.
    pub fn add_point(&mut self, number: usize, values: [f32; N], share: f32) {
        let means = self.means[number].iter_mut();
        means.zip(values).for_each(|(mean, value)| mean.add(Mean::of(value, f64::from(share))));
    }

    /// The averages over what is good of the pixels that are taken apart.
    pub fn taken_apart(&self) -> impl Iterator<Item = [f32; N]> {
        self.means.iter().map(|means| means.map(|mean| mean.value()))
    }

    /// The averages over what is good of a footprint that is `share` in weight.
    #[inline(always)]
    fn means_of(&mut self, lattice: &Lattice, pixel: [usize; 2], share: f64) -> [Mean; N] {
        let means = self.means_along(lattice, pixel, share);
        match means.iter().all(Option::is_some) {
            true => means.map(Option::unwrap_or_default),
            false => self.complete(means, lattice.corners(pixel), share),
        }
    }

    /// The same from the sums along its outline; nothing where rounding would show.
    #[inline(always)]
    fn means_along(&self, lattice: &Lattice, pixel: [usize; 2], share: f64) -> [Option<Mean>; N] {
        let edges = lattice.around(pixel);
        let per_cell = share / area(lattice.corners(pixel));
        let mean = |sum, weight| Mean { sum: sum * per_cell, weight };
        if self.some_bad {
            let [sums, counts] = self.counted.around(edges);
            let [least, fewest] = self.counted.least;
            std::array::from_fn(|k| {
                let is_exact = sums[k].abs() >= least && counts[k].abs() >= fewest;
                is_exact.then(|| mean(sums[k], counts[k] * per_cell))
            })
        } else {
            let [sums] = self.sums.around(edges);
            let [least] = self.sums.least;
            sums.map(|sum| (sum.abs() >= least).then(|| mean(sum, share)))
        }
    }

    /// These, and what is missing from the cells' values.
    #[inline(never)]
    fn complete(
        &mut self,
        mut means: [Option<Mean>; N],
        corners: [&Vertex; 4],
        share: f64,
    ) -> [Mean; N] {
        for (k, mean) in means.iter_mut().enumerate().filter(|(_, mean)| mean.is_none()) {
            *mean = self.shared_value(k, corners).map(|value| Mean::of(value, share));
        }
        match means.iter().all(Option::is_some) {
            true => means.map(Option::unwrap_or_default),
            false => {
                let by_cells = self.means_by_cells(corners, share);
                std::array::from_fn(|k| means[k].unwrap_or(by_cells[k]))
            }
        }
    }

    /// The value of all cells about a footprint, where they are alike: large parts of a sky may be bad, or zero.
    fn shared_value(&self, k: usize, corners: [&Vertex; 4]) -> Option<f32> {
        let [columns, rows] = [corners.map(|v| v.column), corners.map(|v| v.row)]
            .map(|cells| range(cells).start as usize..range(cells).end as usize);
        let first = self.cells[rows.start * self.columns + columns.start][k];
        let mut lines =
            rows.into_iter().map(|row| &self.cells[row * self.columns..][columns.clone()]);
        let is_alike = |value: f32| value == first || value.is_nan() && first.is_nan();
        lines.all(|line| line.iter().all(|values| is_alike(values[k]))).then_some(first)
    }

    /// The averages cell by cell.
    fn means_by_cells(&mut self, corners: [&Vertex; 4], share: f64) -> [Mean; N] {
        let mut means = [Mean::default(); N];
        for part in self.coverage.parts(corners, self.columns as u32, share) {
            let values = &self.cells[part.cell as usize];
            for (mean, value) in means.iter_mut().zip(values) {
                mean.add(Mean::of(*value, f64::from(part.weight)));
            }
        }
        means
    }
}

/// Sums along the rows of a box's cells, and from them along the edges of a patch's pixels: `M` of each of `N` maps.
struct Sums<const N: usize, const M: usize> {
    /// Of the cells before each, row by row, and of all at the end of the row.
    rows: Vec<[[f64; N]; M]>,
    /// Edge by edge.
    edges: Vec<[[f64; N]; M]>,
    /// The smallest sums over a footprint that rounding leaves alone.
    least: [f64; M],
}

impl<const N: usize, const M: usize> Default for Sums<N, M> {
    fn default() -> Self {
        Sums { rows: Vec::new(), edges: Vec::new(), least: [0.0; M] }
    }
}

impl<const N: usize, const M: usize> Sums<N, M> {
    /// Adds up, row by row, what is to be added of each cell's values. Gives the sums of all.
    #[inline(always)]
    fn add_up(
        &mut self,
        columns: usize,
        cells: &[[f32; N]],
        terms: impl Fn(f32) -> [f32; M],
    ) -> [[f64; N]; M] {
        /// How much rounding may change a sum, and what is the rounding error of a map's values.
        const ERROR: f64 = 16.0 * f64::EPSILON;
        const EXACT: f64 = f32::EPSILON as f64;
        let count = cells.len() / columns;
        self.rows.resize((columns + 1) * count, [[0.0; N]; M]);
        let mut most = [[0f32; N]; M];
        let mut all = [[0.0; N]; M];
        let lines = self.rows.chunks_exact_mut(columns + 1);
        for (sums, line) in lines.zip(cells.chunks_exact(columns)) {
            let mut total = [[0.0; N]; M];
            for (sum, values) in sums.iter_mut().zip(line) {
                *sum = total;
                for k in 0..N {
                    let terms = terms(values[k]);
                    for m in 0..M {
                        total[m][k] += f64::from(terms[m]);
                        let size = terms[m].abs();
                        most[m][k] = if size > most[m][k] { size } else { most[m][k] };
                    }
                }
            }
            sums[columns] = total;
            for m in 0..M {
                (0..N).for_each(|k| all[m][k] += total[m][k]);
            }
        }
        let part = (columns * (columns + count)) as f64 * (ERROR / EXACT);
        self.least = most.map(|most| f64::from(most.into_iter().fold(0.0, f32::max)) * part);
        all
    }

    /// Goes along the edges, in a box of so many sums a row.
    fn follow(&mut self, lattice: &Lattice, stride: usize) {
        let Sums { rows, edges, .. } = self;
        edges.clear();
        // Some at a time are looked at before they are followed: nobody foresees how far each of them goes.
        let mut next = [Edge::default(); 16];
        let mut count = 0;
        let mut follow = |next: &[Edge]| {
            edges.extend(next.iter().map(|edge| {
                let mut integral = [[0.0; N]; M];
                edge.follow(|step| {
                    let Some([here, next]) = rows.get(step.place..step.place + 2) else { return };
                    for m in 0..M {
                        for k in 0..N {
                            let along = step.along * (next[m][k] - here[m][k]);
                            integral[m][k] += step.rise * (here[m][k] + along);
                        }
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

    /// The sums over a footprint with these edges.
    #[inline(always)]
    fn around(&self, edges: [usize; 4]) -> [[f64; N]; M] {
        let [bottom, right, top, left] = edges.map(|k| &self.edges[k]);
        let sum = |m: usize, k: usize| bottom[m][k] + right[m][k] - top[m][k] - left[m][k];
        std::array::from_fn(|m| std::array::from_fn(|k| sum(m, k)))
    }
}

/// A mean of good values over an area.
#[derive(Clone, Copy, Default, Debug)]
struct Mean {
    sum: f64,
    weight: f64,
}

impl Mean {
    /// A value that counts for this weight if it is good.
    #[inline(always)]
    fn of(value: f32, weight: f64) -> Mean {
        match value.is_nan() {
            true => Mean::default(),
            false => Mean { sum: f64::from(value) * weight, weight },
        }
    }

    #[inline(always)]
    fn add(&mut self, part: Mean) {
        self.sum += part.sum;
        self.weight += part.weight;
    }

    /// The mean, or UNSEEN where there was nothing good.
    #[inline(always)]
    fn value(&self) -> f32 {
        // Without a sign where it is zero.
        if self.weight > 0.0 { (self.sum / self.weight + 0.0) as f32 } else { UNSEEN }
    }
}

#[cfg(test)]
mod tests {
    use super::super::mesh::Mesh;
    use super::super::outline::Outlines;
    use super::super::pieces::Patch;
    use super::*;
    use crate::healpix::Nside;
    use crate::map::HealpixMap;
    use proptest::prelude::*;

    const PIXELS: usize = 6;
    const CELLS: usize = 24;

    /// Averages over slanted pixels, some cells in size, on a map of the first face's values; the same cell by cell; and so with all parts,
    /// however small.
    fn averages(values: &[f32], turn: f64, size: f64) -> Vec<[f32; 3]> {
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
        let all = |pixel| {
            // What is too small a part of 1 is none of a million.
            let [by_cells, exact] =
                [1.0, 1e6].map(|share| averages.means_by_cells(lattice.corners(pixel), share)[0]);
            [averages.mean(&lattice, pixel)[0], by_cells.value(), exact.value()]
        };
        pixels.map(all).collect()
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
            for [mean, by_cells, exact] in averages(&values, turn, size) {
                // Sums that are smaller than this are always found cell by cell.
                let is_small = by_cells.abs() < 4e-6;
                let is_near = (mean - exact).abs() <= 1e-6 + 1e-5 * exact.abs();
                prop_assert!(mean == by_cells || is_near && !is_small, "{} {} {}", mean, by_cells, exact);
            }
        }
    }

    #[test]
    fn a_constant_is_its_own_mean_and_nothing_stays_nothing() {
        for value in [0.1f32, -2.7e-12, 3.3e30, 0.0] {
            for [mean, ..] in averages(&[value; CELLS * CELLS], 0.3, 1.7) {
                assert_eq!(mean.to_bits(), value.to_bits());
            }
            // Whatever is bad beside it.
            let good = |k: usize| k % 7 < 2;
            let values: [f32; CELLS * CELLS] =
                std::array::from_fn(|k| if good(k) { value } else { f32::NAN });
            for [mean, ..] in averages(&values, 0.3, 1.7) {
                assert!(mean.to_bits() == value.to_bits() || mean == UNSEEN, "{mean}");
            }
        }
        // Beside a bright cell as well.
        let mut values = [0.0; CELLS * CELLS];
        values[CELLS * CELLS / 2 + CELLS / 2] = 1e20;
        let means = averages(&values, 0.3, 1.7);
        assert!(means.iter().all(|[mean, by_cells, _]| (*mean == 0.0) == (*by_cells == 0.0)));
        assert!((1..=4).contains(&means.iter().filter(|[mean, ..]| *mean > 0.0).count()));
        assert!(averages(&[f32::NAN; CELLS * CELLS], 0.3, 1.7).iter().all(|m| m[0] == UNSEEN));
    }
}
