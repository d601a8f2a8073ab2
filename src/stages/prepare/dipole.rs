//! Fits a monopole, or a monopole and a dipole, to a map by least squares, as healpy's `fit_monopole` and `fit_dipole` do.

use rayon::prelude::*;

use crate::healpix::{Cell, FACES, Nside};
use crate::map::{CellValues, HealpixMap, LowMultipoles, SparseMap};
use crate::sky::{Frame, Rotation, UnitVector};

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

/// Fits the good pixels of a map outside of the cut, all with the same weight.
///
/// # Errors
/// Nothing to fit, or too little.
pub fn fit(map: &HealpixMap, what: Multipoles, cut: &Cut) -> Result<Fitted, FitError> {
    let nside = map.nside();
    let side = nside.get() as usize;
    // Rows of cells, summed one by one and then in order: the same bits with any number of threads.
    let row = |row: usize| {
        let mut sums = Normal::default();
        let (face, iy) = ((row / side) as u8, (row % side) as u32);
        for ix in 0..nside.get() {
            let cell = Cell { face, ix, iy };
            let value = f64::from(map.value(cell));
            let v = cell.center(nside);
            if value.is_finite() && cut.keeps(v) {
                sums.add(v, value, 1.0);
            }
        }
        sums
    };
    let rows: Vec<Normal> = (0..FACES * side).into_par_iter().map(row).collect();
    let sums = rows.into_iter().fold(Normal::default(), Normal::merge);
    sums.solve(what, nside.npix() as f64)
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
    use crate::map::SparseMapBuilder;

    fn map(n: i64, value: impl Fn(UnitVector) -> f32) -> HealpixMap {
        let nside = Nside::new(n).unwrap();
        let cells = (0..12u8).flat_map(|face| {
            (0..nside.get())
                .flat_map(move |iy| (0..nside.get()).map(move |ix| Cell { face, ix, iy }))
        });
        let values = cells.map(|cell| value(cell.center(nside)));
        HealpixMap::new(nside, values.collect::<Vec<_>>())
    }

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-6
    }

    #[test]
    fn a_dipole_is_found_whatever_is_missing() {
        let truth = LowMultipoles { monopole: 2.5, dipole: [0.1, -0.3, 0.2] };
        let uncut = Cut::new(0.0, Frame::Galactic);
        for hole in [2.0, 0.5, -0.5] {
            let map = map(16, |v| if v.x > hole { f32::NAN } else { truth.at(v) as f32 });
            let Fitted { multipoles: found, sky } = fit(&map, Multipoles::Dipole, &uncut).unwrap();
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
            let map = map(32, |v| if to_galactic.apply(v).z.abs() < 0.3 { 100.0 } else { 1.0 });
            let cut = Cut::new(0.3f64.asin() + 0.05, frame);
            let found = fit(&map, Multipoles::Dipole, &cut).unwrap().multipoles;
            assert!(close(found.monopole, 1.0) && found.dipole.iter().all(|d| close(*d, 0.0)));
            let mean = fit(&map, Multipoles::Monopole, &cut).unwrap().multipoles;
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
    fn too_little_sky_is_refused() {
        let cut = Cut::new(0.0, Frame::Galactic);
        let nothing = map(4, |_| f32::NAN);
        assert_eq!(fit(&nothing, Multipoles::Monopole, &cut), Err(FitError::Nothing));
        let mut one = vec![f32::NAN; 192];
        one[7] = 1.0;
        let one = HealpixMap::new(Nside::new(4).unwrap(), one);
        assert!(fit(&one, Multipoles::Monopole, &cut).is_ok());
        assert_eq!(fit(&one, Multipoles::Dipole, &cut), Err(FitError::TooLittle));
    }
}
