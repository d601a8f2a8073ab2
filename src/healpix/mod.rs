//! The HEALPix pixelisation (Gorski et al. 2005): resolution, orderings, and the face coordinates that both orderings share.
//!
//! Every pixel is a cell of one of twelve base faces, at integer coordinates (`ix`, `iy`) counted from the face's southern corner towards
//! north-east and north-west. RING and NESTED are two ways to number these cells; everything that draws works on the cells themselves.

mod bilinear;
pub mod nested;
mod plane;
pub mod ring;
mod symmetry;

use std::f64::consts::{FRAC_PI_2, PI};
use std::fmt;
use std::ops::Range;
use std::str::FromStr;

use crate::sky::UnitVector;
pub use bilinear::{Weighted, bilinear};
pub use plane::{FaceBlock, PlanePoint, face_blocks};
pub use symmetry::Symmetry;

/// The number of base faces of the sphere.
pub const FACES: usize = 12;

/// Row of each face's southern corner, in units of the face's side from the north pole.
pub(crate) const FACE_ROW: [i64; FACES] = [2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4];
/// Longitude of each face's centre in units of pi/4.
pub(crate) const FACE_COLUMN: [i64; FACES] = [1, 3, 5, 7, 0, 2, 4, 6, 1, 3, 5, 7];

/// The resolution parameter: each base face has `nside` x `nside` pixels. 1 to 2^29.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Hash, serde::Serialize)]
#[serde(transparent)]
pub struct Nside(u32);

/// The largest resolution whose pixel numbers fit the standard's 64-bit integers.
pub const MAX_NSIDE: u32 = 1 << 29;

/// Its order: nside is 2^order.
pub const MAX_ORDER: u32 = MAX_NSIDE.ilog2();

/// An NSIDE that HEALPix does not know.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NsideError {
    /// Zero, negative or above 2^29.
    #[error("NSIDE is {0}: expected 1 to 536870912 (2^29)")]
    OutOfRange(i64),
    /// NESTED ordering at a resolution that is no power of two.
    #[error("NSIDE is {0}, which NESTED ordering does not allow: it has to be a power of two")]
    NotPowerOfTwo(u32),
    /// A number of pixels that is not 12 nside^2.
    #[error("{0} pixels are no full-sky HEALPix map: expected 12 x NSIDE^2")]
    NotFullSky(u64),
}

impl Nside {
    /// Checks a value from a header or a command line.
    ///
    /// # Errors
    /// [`NsideError::OutOfRange`] where it is not 1 to 2^29.
    pub fn new(value: i64) -> Result<Nside, NsideError> {
        match u32::try_from(value) {
            Ok(n) if (1..=MAX_NSIDE).contains(&n) => Ok(Nside(n)),
            _ => Err(NsideError::OutOfRange(value)),
        }
    }

    /// The resolution of a full-sky map with this many pixels.
    ///
    /// # Errors
    /// [`NsideError::NotFullSky`] where that is not 12 nside^2 for any.
    pub fn from_npix(npix: u64) -> Result<Nside, NsideError> {
        let side = ((npix / 12) as f64).sqrt().round() as u64;
        if side == 0 || side > u64::from(MAX_NSIDE) || 12 * side * side != npix {
            return Err(NsideError::NotFullSky(npix));
        }
        Ok(Nside(side as u32))
    }

    /// The number of pixels along a face's side.
    pub const fn get(self) -> u32 {
        self.0
    }

    /// The number of pixels on the whole sphere, 12 nside^2.
    pub const fn npix(self) -> u64 {
        12 * (self.0 as u64) * (self.0 as u64)
    }

    /// The solid angle of a pixel in steradians.
    pub fn pixel_area(self) -> f64 {
        4.0 * PI / self.npix() as f64
    }

    /// Whether NESTED ordering exists at this resolution.
    pub const fn is_power_of_two(self) -> bool {
        self.0.is_power_of_two()
    }

    /// The resolution coarser by `factor`, when that divides the face's side.
    pub fn coarser(self, factor: u32) -> Option<Nside> {
        (factor > 0 && self.0.is_multiple_of(factor)).then(|| Nside(self.0 / factor))
    }
}

impl Nside {
    /// The resolution 2^order, for orders 0 to 29; the finest for larger ones.
    pub const fn of_order(order: u32) -> Nside {
        Nside(if order > 29 { MAX_NSIDE } else { 1 << order })
    }

    /// The coarsest resolution that divides this one evenly by a power of two and still has at least `wanted` pixels along a face's side;
    /// this one where it is coarser than that.
    pub fn coarsened_to(self, wanted: u32) -> Nside {
        let mut side = self.0;
        while side.is_multiple_of(2) && side / 2 >= wanted {
            side /= 2;
        }
        Nside(side)
    }
}

impl fmt::Display for Nside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// How the pixels of a map are numbered.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, serde::Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Ordering {
    /// Along rings of constant latitude, north to south, any nside.
    Ring,
    /// Along a z-order curve within each base face; nside is a power of two.
    Nested,
}

impl Ordering {
    /// The ordering that a header value or a command-line word names: `RING`, `NESTED` or `NEST`, in any case.
    pub fn from_name(name: &str) -> Option<Ordering> {
        match name.trim().to_ascii_lowercase().as_str() {
            "ring" => Some(Ordering::Ring),
            "nest" | "nested" => Some(Ordering::Nested),
            _ => None,
        }
    }

    /// The cell of a pixel number below `nside.npix()`.
    pub fn cell(self, nside: Nside, pixel: u64) -> Cell {
        match self {
            Ordering::Ring => ring::cell(nside, pixel),
            Ordering::Nested => nested::cell(nside, pixel),
        }
    }

    /// Tells the directions of the centres of consecutive pixels.
    pub fn centers(self, nside: Nside, pixels: Range<u64>, tell: impl FnMut(UnitVector)) {
        match self {
            Ordering::Ring => ring::centers(nside, pixels, tell),
            Ordering::Nested => nested::centers(nside, pixels, tell),
        }
    }

    /// The number of a cell.
    pub fn pixel(self, nside: Nside, cell: Cell) -> u64 {
        match self {
            Ordering::Ring => ring::pixel(nside, cell),
            Ordering::Nested => nested::pixel(nside, cell),
        }
    }
}

impl fmt::Display for Ordering {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Ordering::Ring => "RING",
            Ordering::Nested => "NESTED",
        })
    }
}

/// An ordering that is neither RING nor NESTED.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown ordering '{0}': expected ring or nested")]
pub struct UnknownOrdering(String);

impl FromStr for Ordering {
    type Err = UnknownOrdering;

    fn from_str(text: &str) -> Result<Self, UnknownOrdering> {
        Ordering::from_name(text).ok_or_else(|| UnknownOrdering(text.to_string()))
    }
}

/// A pixel by its number.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Pixel {
    /// Resolution.
    pub nside: Nside,
    /// How pixels are numbered.
    pub ordering: Ordering,
    /// The number, below `nside.npix()`.
    pub number: u64,
}

impl Pixel {
    /// Its cell.
    pub fn cell(self) -> Cell {
        self.ordering.cell(self.nside, self.number)
    }

    /// The direction of its centre.
    pub fn center(self) -> UnitVector {
        self.cell().center(self.nside)
    }
}

/// A pixel as a cell of a base face: `face` 0 to 11, `ix` and `iy` 0 to nside - 1.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub struct Cell {
    /// The base face, 0 to 3 north, 4 to 7 equator, 8 to 11 south.
    pub face: u8,
    /// Column, counted from the southern corner towards north-east.
    pub ix: u32,
    /// Row, counted from the southern corner towards north-west.
    pub iy: u32,
}

/// A direction in the continuous coordinates of a base face: `x` towards north-east and `y` towards north-west, both in [0, 1].
/// Multiplied by nside and truncated they are the cell, at any resolution.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct FacePoint {
    /// The base face, 0 to 11.
    pub face: u8,
    /// Fraction of the face's side from the southern corner towards north-east.
    pub x: f64,
    /// Fraction of the face's side from the southern corner towards north-west.
    pub y: f64,
}

impl FacePoint {
    /// Where on which face a direction lies (Gorski et al. 2005, section 5.3).
    #[inline]
    pub fn of(v: UnitVector) -> FacePoint {
        let quarter_turns = v.y.atan2(v.x) * (1.0 / FRAC_PI_2);
        let quarters = if quarter_turns < 0.0 { quarter_turns + 4.0 } else { quarter_turns };
        if v.z.abs() <= 2.0 / 3.0 {
            equatorial_face(quarters, v.z)
        } else {
            polar_face(quarters, v)
        }
    }

    /// The cell that holds this point.
    #[inline]
    pub fn cell(self, nside: Nside) -> Cell {
        let n = nside.get();
        let truncate = |t: f64| ((t * f64::from(n)) as u32).min(n - 1);
        Cell { face: self.face, ix: truncate(self.x), iy: truncate(self.y) }
    }

    /// The direction of this point.
    pub fn direction(self) -> UnitVector {
        let face = usize::from(self.face);
        let row = FACE_ROW[face] as f64 - self.x - self.y;
        let (z, sin_theta, width) = latitude(row);
        let offset = if width > 0.0 { (self.x - self.y) / width } else { 0.0 };
        let (sin_phi, cos_phi) = ((FACE_COLUMN[face] as f64 + offset) * (PI / 4.0)).sin_cos();
        UnitVector::new(sin_theta * cos_phi, sin_theta * sin_phi, z)
    }
}

/// Where the ring that is so many sides of a face away from the north pole, 0 to 4, lies: sine and cosine of its latitude, and what
/// fraction of a quarter turn it spans in one face.
#[inline]
fn latitude(row: f64) -> (f64, f64, f64) {
    if row < 1.0 {
        let t = row * row / 3.0;
        (1.0 - t, (t * (2.0 - t)).sqrt(), row)
    } else if row > 3.0 {
        let t = (4.0 - row) * (4.0 - row) / 3.0;
        (t - 1.0, (t * (2.0 - t)).sqrt(), 4.0 - row)
    } else {
        let z = (2.0 - row) * (2.0 / 3.0);
        (z, (1.0 - z * z).sqrt(), 1.0)
    }
}

#[inline]
fn equatorial_face(quarters: f64, z: f64) -> FacePoint {
    let jp = 0.5 + quarters - z * 0.75;
    let jm = 0.5 + quarters + z * 0.75;
    let (p, m) = (jp as u8, jm as u8);
    let face = match p.cmp(&m) {
        std::cmp::Ordering::Equal => 4 | (p & 3),
        std::cmp::Ordering::Less => p & 3,
        std::cmp::Ordering::Greater => 8 + (m & 3),
    };
    FacePoint { face, x: jm - f64::from(m), y: 1.0 - (jp - f64::from(p)) }
}

#[inline]
fn polar_face(quarters: f64, v: UnitVector) -> FacePoint {
    let quadrant = (quarters as u8).min(3);
    let within = quarters - f64::from(quadrant);
    let radius = polar_radius(v);
    let jp = (within * radius).min(1.0);
    let jm = ((1.0 - within) * radius).min(1.0);
    if v.z > 0.0 {
        FacePoint { face: quadrant, x: 1.0 - jm, y: 1.0 - jp }
    } else {
        FacePoint { face: quadrant + 8, x: jp, y: jm }
    }
}

/// The distance of a direction of a polar cap from its pole, as a part of that of the cap's edge on the unfolded sphere.
#[inline]
fn polar_radius(v: UnitVector) -> f64 {
    let height = v.z.abs();
    // Near the pole 1 - |z| cancels; the distance from the axis does not.
    if height > 0.99 {
        (v.x * v.x + v.y * v.y).sqrt() * (3.0 / (1.0 + height)).sqrt()
    } else {
        (3.0 * (1.0 - height)).sqrt()
    }
}

impl Cell {
    /// The direction of the pixel's centre.
    pub fn center(self, nside: Nside) -> UnitVector {
        let side = f64::from(nside.get());
        FacePoint {
            face: self.face,
            x: (f64::from(self.ix) + 0.5) / side,
            y: (f64::from(self.iy) + 0.5) / side,
        }
        .direction()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sky::LonLat;
    use proptest::prelude::*;

    const SIDES: [i64; 7] = [1, 2, 3, 7, 24, 64, 100];

    #[test]
    fn nside_limits() {
        assert!(Nside::new(0).is_err() && Nside::new(-4).is_err());
        assert!(Nside::new(1 << 29).is_ok() && Nside::new((1 << 29) + 1).is_err());
        assert_eq!(Nside::from_npix(12 * 24 * 24).unwrap().get(), 24);
        assert!(Nside::from_npix(49153).is_err() && Nside::from_npix(0).is_err());
        assert!(Nside::from_npix(u64::MAX).is_err());
    }

    #[test]
    fn coarser_resolutions() {
        let coarsened = |side, wanted| Nside::new(side).unwrap().coarsened_to(wanted).get();
        assert_eq!(
            [coarsened(2048, 500), coarsened(2048, 512), coarsened(64, 500)],
            [512, 512, 64]
        );
        assert_eq!([coarsened(96, 5), coarsened(96, 2), coarsened(8, 0)], [6, 3, 1]);
    }

    #[test]
    fn centre_of_every_pixel_is_in_that_pixel() {
        for side in SIDES {
            let nside = Nside::new(side).unwrap();
            for pixel in 0..nside.npix() {
                let cell = Ordering::Ring.cell(nside, pixel);
                let found = FacePoint::of(cell.center(nside)).cell(nside);
                assert_eq!(found, cell, "nside {side} ring pixel {pixel}");
            }
        }
    }

    #[test]
    fn orderings_invert() {
        for side in SIDES {
            let nside = Nside::new(side).unwrap();
            for pixel in 0..nside.npix() {
                let cell = Ordering::Ring.cell(nside, pixel);
                assert_eq!(Ordering::Ring.pixel(nside, cell), pixel);
                if nside.is_power_of_two() {
                    let cell = Ordering::Nested.cell(nside, pixel);
                    assert_eq!(Ordering::Nested.pixel(nside, cell), pixel);
                }
            }
        }
    }

    #[test]
    fn known_pixels_agree_with_healpy() {
        // healpy.nest2ring(8, [0, 1, 100, 400, 767])
        let nside = Nside::new(8).unwrap();
        for (nest, ring) in [(0, 340), (1, 308), (100, 155), (400, 482), (767, 428)] {
            assert_eq!(Ordering::Ring.pixel(nside, Ordering::Nested.cell(nside, nest)), ring);
        }
    }

    proptest! {
        #[test]
        fn face_points_invert(lon in 0.0..std::f64::consts::TAU, z in -1.0f64..1.0) {
            let v = UnitVector::from(LonLat { lon, lat: z.asin() });
            prop_assert!(FacePoint::of(v).direction().angle_to(v) < 1e-7);
        }

        #[test]
        fn high_resolutions_invert(pixel in 0u64..12 << 58) {
            let nside = Nside::new(1 << 29).unwrap();
            prop_assert_eq!(Ordering::Ring.pixel(nside, Ordering::Ring.cell(nside, pixel)), pixel);
            prop_assert_eq!(Ordering::Nested.pixel(nside, Ordering::Nested.cell(nside, pixel)), pixel);
        }
    }
}
