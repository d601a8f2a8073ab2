//! Fits a monopole, or a monopole and a dipole, to a map by least squares, as healpy's `fit_monopole` and `fit_dipole` do.

use std::ops::ControlFlow;

use crate::fits::{Column, FitsError};
use crate::healpix::{Cell, FACES, Nside, Ordering, nested, ring};
use crate::map::{BadValues, CellValues, FullSky, LowMultipoles, SparseMap};
use crate::sky::{Frame, Rotation, UnitVector};
use crate::stages::Progress;
use crate::tasks;

/// What is fitted.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Multipoles {
    /// The mean.
    Monopole,
    /// The mean and the dipole together.
    Dipole,
}

/// What was fitted, and to how much of the sky.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Fitted {
    /// The monopole and the dipole.
    pub multipoles: LowMultipoles,
    /// The part of the sky that was fitted.
    pub sky: f64,
}

impl Fitted {
    /// The same of the values' multiples by a factor, with something added.
    #[must_use]
    pub fn scaled(self, factor: f64, added: f64) -> Fitted {
        let LowMultipoles { monopole, dipole } = self.multipoles;
        let multipoles = LowMultipoles {
            monopole: monopole * factor + added,
            dipole: dipole.map(|along| along * factor),
        };
        Fitted { multipoles, ..self }
    }
}

/// Why nothing was fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FitError {
    /// There are no good pixels.
    #[error("no pixel is left to fit: all are bad, masked or within the cut")]
    Nothing,
    /// The pixels do not tell the parameters apart.
    #[error("too little of the sky is left to fit a dipole; --remove-monopole needs less")]
    TooLittle,
}

/// Which pixels are fitted: those at least so far from the galactic plane.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Cut {
    pole: UnitVector,
    sine: f64,
}

impl Cut {
    /// Leaves out what is nearer than `latitude` (radians) to the galactic plane, in a map of this frame.
    pub fn new(latitude: f64, frame: Frame) -> Cut {
        let to_map = Rotation::between(Frame::Galactic, frame);
        Cut { pole: to_map.apply(UnitVector::new(0.0, 0.0, 1.0)), sine: latitude.sin() }
    }

    fn keeps(&self, v: UnitVector) -> bool {
        self.sine <= 0.0 || v.dot(self.pole).abs() >= self.sine
    }

    /// Whether its border may go through the pixel about this direction.
    fn may_cross(&self, v: UnitVector, nside: Nside) -> bool {
        /// No corner of a pixel is farther from its centre, in radians, times nside.
        const REACH: f64 = 1.2;
        self.sine > 0.0
            && (v.dot(self.pole).abs() - self.sine).abs() <= REACH / f64::from(nside.get())
    }
}

/// The sums of the normal equations: of products of (1, x, y, z), and of these with the values.
#[derive(Clone, Copy, Default)]
struct Normal {
    matrix: [[f64; 4]; 4],
    right: [f64; 4],
    /// Weight of all cells, in units of one.
    weight: f64,
}

impl Normal {
    fn add(&mut self, v: UnitVector, value: f64, weight: f64) {
        let base = [1.0, v.x, v.y, v.z];
        for (row, a) in base.iter().enumerate() {
            for (column, b) in base.iter().enumerate() {
                self.matrix[row][column] += weight * a * b;
            }
            self.right[row] += weight * a * value;
        }
        self.weight += weight;
    }

    fn merge(mut self, other: Normal) -> Normal {
        for row in 0..4 {
            for column in 0..4 {
                self.matrix[row][column] += other.matrix[row][column];
            }
            self.right[row] += other.right[row];
        }
        self.weight += other.weight;
        self
    }

    fn solve(&self, what: Multipoles, cells: f64) -> Result<Fitted, FitError> {
        if self.weight <= 0.0 {
            return Err(FitError::Nothing);
        }
        let sky = self.weight / cells;
        if what == Multipoles::Monopole {
            let monopole = self.right[0] / self.weight;
            let multipoles = LowMultipoles { monopole, dipole: [0.0; 3] };
            return Ok(Fitted { multipoles, sky });
        }
        let [monopole, x, y, z] = gauss(self.matrix, self.right).ok_or(FitError::TooLittle)?;
        Ok(Fitted { multipoles: LowMultipoles { monopole, dipole: [x, y, z] }, sky })
    }
}

/// Solves a symmetric system by elimination with pivots; nothing where it has no single solution to speak of.
fn gauss(mut matrix: [[f64; 4]; 4], mut right: [f64; 4]) -> Option<[f64; 4]> {
    /// Pivots smaller than this beside the first are rounding errors.
    const SINGULAR: f64 = 1e-10;
    let scale = matrix[0][0];
    for step in 0..4 {
        let pivot =
            (step..4).max_by(|&a, &b| matrix[a][step].abs().total_cmp(&matrix[b][step].abs()))?;
        if matrix[pivot][step].abs() <= SINGULAR * scale {
            return None;
        }
        matrix.swap(step, pivot);
        right.swap(step, pivot);
        for row in step + 1..4 {
            let factor = matrix[row][step] / matrix[step][step];
            let above = matrix[step];
            for (entry, above) in matrix[row].iter_mut().zip(above).skip(step) {
                *entry -= factor * above;
            }
            right[row] -= factor * right[step];
        }
    }
    let mut solution = [0.0; 4];
    for row in (0..4).rev() {
        let known: f64 = (row + 1..4).map(|column| matrix[row][column] * solution[column]).sum();
        solution[row] = (right[row] - known) / matrix[row][row];
    }
    Some(solution)
}

/// Pixels that are read at a time: a whole number of the squares of `FINEST`.
const CHUNK: u64 = 1 << 16;

/// Fits the good pixels of a map outside of the cut, all with the same weight. The inner result tells whether they are enough.
///
/// # Errors
/// What reading the file meets.
pub fn fit(
    source: &FullSky,
    what: Multipoles,
    cut: &Cut,
    progress: Progress,
) -> Result<Result<Fitted, FitError>, FitsError> {
    let pixels = source.nside.npix();
    // Values are taken relative to one of them: sums then keep the digits in which they differ.
    let Some(first) = first_good(&source.column, &source.bad)? else {
        return Ok(Err(FitError::Nothing));
    };
    let width = source.column.raw_type().width() as u64;
    let begin = || (source.column.reader(), vec![0.0; CHUNK as usize], Vec::new());
    let states = tasks::in_order(0..pixels.div_ceil(CHUNK), begin, |(reader, values, sums), k| {
        let range = k * CHUNK..pixels.min((k + 1) * CHUNK);
        let values = &mut values[..(range.end - range.start) as usize];
        reader.read(range.clone(), values)?;
        for value in values.iter_mut() {
            *value = if source.bad.is_bad(*value) { f64::NAN } else { *value - first };
        }
        sums.push((k, sums_of(source.nside, source.ordering, range.start, values, cut)));
        progress((range.end - range.start) * width);
        Ok::<(), FitsError>(())
    })?;
    // In their order: the same bits with any number of threads.
    let mut sums: Vec<(u64, Normal)> = states.into_iter().flat_map(|(.., sums)| sums).collect();
    sums.sort_unstable_by_key(|(k, _)| *k);
    let sums = sums.into_iter().fold(Normal::default(), |all, (_, sums)| all.merge(sums));
    Ok(sums.solve(what, pixels as f64).map(|fitted| fitted.scaled(1.0, first)))
}

/// The sums of consecutive pixels of a map from number `start` on, of which those that are NaN do not count.
fn sums_of(nside: Nside, ordering: Ordering, start: u64, values: &[f64], cut: &Cut) -> Normal {
    let mut sums = Normal::default();
    let mut add = |v: UnitVector, value: f64, weight: f64| {
        if !value.is_nan() && cut.keeps(v) {
            sums.add(v, value, weight);
        }
    };
    let pixels = start..start + values.len() as u64;
    if ordering == Ordering::Ring {
        let mut values = values.iter();
        ring::centers(nside, pixels, |v| add(v, values.next().copied().unwrap_or(f64::NAN), 1.0));
        return sums;
    }
    // Across pixels of `FINEST` a dipole is even: finer ones, which follow each other, count together towards their middle, where none is
    // missing.
    let coarse = nside.coarsened_to(FINEST.min(nside.get()));
    let children = nside.npix() / coarse.npix();
    let firsts = (start..).step_by(children as usize);
    let mut squares = firsts.zip(values.chunks(children as usize));
    nested::centers(coarse, pixels.start / children..pixels.end / children, |middle| {
        let Some((first, values)) = squares.next() else { return };
        if children > 1 && (cut.may_cross(middle, coarse) || values.iter().any(|v| v.is_nan())) {
            let mut values = values.iter();
            nested::centers(nside, first..first + children, |center| {
                add(center, values.next().copied().unwrap_or(f64::NAN), 1.0);
            });
        } else {
            let count = values.len() as f64;
            add(middle, values.iter().sum::<f64>() / count, count);
        }
    });
    sums
}

/// What is known of a column's good values.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Extent {
    /// The first of them.
    pub first: f64,
    /// The largest size that one of them has.
    pub most: f64,
}

/// The extent of a column's good values; nothing where none is good.
///
/// # Errors
/// What reading the file meets.
pub fn extent(column: &Column, bad: &BadValues) -> Result<Option<Extent>, FitsError> {
    let mut found: Option<Extent> = None;
    visit_good(column, bad, |value| {
        let known = found.get_or_insert(Extent { first: value, most: 0.0 });
        known.most = known.most.max(value.abs());
        ControlFlow::Continue(())
    })?;
    Ok(found)
}

fn first_good(column: &Column, bad: &BadValues) -> Result<Option<f64>, FitsError> {
    let mut first = None;
    visit_good(column, bad, |value| {
        first = Some(value);
        ControlFlow::Break(())
    })?;
    Ok(first)
}

/// Visits a column's good values in their order until one is enough.
fn visit_good(
    column: &Column,
    bad: &BadValues,
    mut visit: impl FnMut(f64) -> ControlFlow<()>,
) -> Result<(), FitsError> {
    let mut reader = column.reader();
    let mut values = vec![0.0; CHUNK as usize];
    for start in (0..column.len()).step_by(CHUNK as usize) {
        let range = start..column.len().min(start + CHUNK);
        let values = &mut values[..(range.end - range.start) as usize];
        reader.read(range, values)?;
        let mut good = values.iter().copied().filter(|value| !bad.is_bad(*value));
        if good.try_for_each(&mut visit).is_break() {
            break;
        }
    }
    Ok(())
}

/// [`fit`] for a sparse map, whose cells weigh as much as they are large.
///
/// # Errors
/// Nothing to fit, or too little.
pub fn fit_sparse(map: &SparseMap, what: Multipoles, cut: &Cut) -> Result<Fitted, FitError> {
    let mut sums = Normal::default();
    let finest = map.nside().get().min(FINEST);
    for (nside, cell, value) in map.named_cells() {
        add_parts(&mut sums, nside, cell, f64::from(value), cut, finest);
    }
    sums.solve(what, FACES as f64)
}

/// Cells larger than these pixels have no single direction.
const EVEN: u32 = 256;
/// Those on the border of a cut are taken apart down to these.
const FINEST: u32 = 1024;

/// Adds a cell, the part of a face that it covers as its weight: in parts where it is large, or on the border of the cut.
fn add_parts(sums: &mut Normal, nside: Nside, cell: Cell, value: f64, cut: &Cut, finest: u32) {
    let center = cell.center(nside);
    let side = nside.get();
    if side < finest && (side < EVEN || cut.may_cross(center, nside)) {
        let finer = Nside::of_order(side.ilog2() + 1);
        for (x, y) in [(0, 0), (1, 0), (0, 1), (1, 1)] {
            let part = Cell { face: cell.face, ix: 2 * cell.ix + x, iy: 2 * cell.iy + y };
            add_parts(sums, finer, part, value, cut, finest);
        }
    } else if cut.keeps(center) {
        sums.add(center, value, (f64::from(side) * f64::from(side)).recip());
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::healpix::Pixel;
    use crate::map::SparseMapBuilder;

    /// A map's values in the two orderings, of which all are fitted, in parts of some pixels.
    fn fit_all(
        n: i64,
        value: impl Fn(UnitVector) -> f64,
        what: Multipoles,
        cut: &Cut,
    ) -> Result<Fitted, FitError> {
        let nside = Nside::new(n).unwrap();
        let [one, other] = [Ordering::Ring, Ordering::Nested].map(|ordering| {
            let pixels = 0..nside.npix();
            let values: Vec<f64> =
                pixels.map(|number| value(Pixel { nside, ordering, number }.center())).collect();
            let parts = values.chunks(48).zip((0..).step_by(48));
            let sums = parts.map(|(part, start)| sums_of(nside, ordering, start, part, cut));
            let sums = sums.fold(Normal::default(), Normal::merge);
            sums.solve(what, nside.npix() as f64)
        });
        match (one, other) {
            (Ok(a), Ok(b)) => {
                assert!(close(a.multipoles.monopole, b.multipoles.monopole));
                assert!(close(a.sky, b.sky));
            }
            (a, b) => assert_eq!(a, b),
        }
        one
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-6
    }

    #[test]
    fn a_dipole_is_found_whatever_is_missing() {
        let truth = LowMultipoles { monopole: 2.5, dipole: [0.1, -0.3, 0.2] };
        let uncut = Cut::new(0.0, Frame::Galactic);
        for hole in [2.0, 0.5, -0.5] {
            let value = |v: UnitVector| if v.x > hole { f64::NAN } else { truth.at(v) };
            let Fitted { multipoles: found, sky } =
                fit_all(16, value, Multipoles::Dipole, &uncut).unwrap();
            assert!(close(found.monopole, truth.monopole), "{found:?}");
            assert!(found.dipole.iter().zip(truth.dipole).all(|(a, b)| close(*a, b)), "{found:?}");
            assert_eq!(sky < 1.0, hole < 1.0);
        }
        let (size, direction) = truth.amplitude();
        assert!(close(size, 0.14f64.sqrt()) && close(direction.lat.sin(), 0.2 / size));
    }

    #[test]
    fn the_cut_follows_the_galactic_plane() {
        for frame in [Frame::Galactic, Frame::Equatorial] {
            let to_galactic = Rotation::between(frame, Frame::Galactic);
            let value =
                |v: UnitVector| if to_galactic.apply(v).z.abs() < 0.3 { 100.0 } else { 1.0 };
            let cut = Cut::new(0.3f64.asin() + 0.05, frame);
            let found = fit_all(32, value, Multipoles::Dipole, &cut).unwrap().multipoles;
            assert!(close(found.monopole, 1.0) && found.dipole.iter().all(|d| close(*d, 0.0)));
            let mean = fit_all(32, value, Multipoles::Monopole, &cut).unwrap().multipoles;
            assert!(close(mean.monopole, 1.0) && mean.dipole == [0.0; 3]);
        }
    }

    #[test]
    fn large_cells_count_by_their_parts() {
        // The same sky in twelve pixels of nside 1 and in the 768 of nside 8 that they are made of.
        let value = |face: u64| (face as f32).sin();
        let (mut coarse, mut fine) =
            [8, 8].map(|n| SparseMapBuilder::new(Nside::new(n).unwrap())).into();
        for face in 0..12 {
            coarse.push(face * 64, 6, value(face));
            (0..64).for_each(|k| fine.push(face * 64 + k, 0, value(face)));
        }
        let (coarse, fine) = (coarse.finish(), fine.finish());
        for latitude in [0.0, 0.35] {
            let cut = Cut::new(latitude, Frame::Equatorial);
            let [a, b] =
                [&coarse, &fine].map(|map| fit_sparse(map, Multipoles::Dipole, &cut).unwrap());
            assert!(close(a.sky, b.sky) && close(a.multipoles.monopole, b.multipoles.monopole));
            let pairs = a.multipoles.dipole.into_iter().zip(b.multipoles.dipole);
            assert!(pairs.into_iter().all(|(a, b)| close(a, b)), "{a:?} {b:?}");
        }
    }

    #[test]
    fn pixels_that_count_together_count_one_by_one() {
        // A part of a face beside the equator, more of it missing the larger its values are.
        let nside = Nside::new(2048).unwrap();
        let start = 4 * 2048 * 2048;
        let values: Vec<f64> = (0..CHUNK)
            .map(|k| if k * 7 % 64 < k / 1024 { f64::NAN } else { (k / 1024) as f64 })
            .collect();
        let place =
            |k: usize| Pixel { nside, ordering: Ordering::Nested, number: start + k as u64 };
        let in_plane = Frame::Galactic;
        let middle = place(CHUNK as usize / 2).center();
        for latitude in [0.0, middle.z.abs().asin()] {
            let cut = Cut::new(latitude, in_plane);
            let found = sums_of(nside, Ordering::Nested, start, &values, &cut);
            let mut truth = Normal::default();
            for (k, value) in values.iter().enumerate().filter(|(_, value)| !value.is_nan()) {
                let v = place(k).center();
                if cut.keeps(v) {
                    truth.add(v, *value, 1.0);
                }
            }
            assert_eq!((found.weight, found.right[0]), (truth.weight, truth.right[0]));
            assert!(truth.weight > 1000.0 && truth.weight < values.len() as f64);
            let pairs = found.right.into_iter().zip(truth.right);
            assert!(pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-6 * truth.right[0]));
        }
    }

    #[test]
    fn too_little_sky_is_refused() {
        let cut = Cut::new(0.0, Frame::Galactic);
        let nothing = |_| f64::NAN;
        assert_eq!(fit_all(4, nothing, Multipoles::Monopole, &cut), Err(FitError::Nothing));
        let nside = Nside::new(4).unwrap();
        let pole = Pixel { nside, ordering: Ordering::Ring, number: 0 }.center();
        let one = |v: UnitVector| if v.dot(pole) > 0.999 { 1.0 } else { f64::NAN };
        assert!(fit_all(4, one, Multipoles::Monopole, &cut).is_ok());
        assert_eq!(fit_all(4, one, Multipoles::Dipole, &cut), Err(FitError::TooLittle));
    }
}
