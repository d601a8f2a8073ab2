//! Directions on the sky: unit vectors, longitude and latitude, the three reference frames and rotations between them.

use std::f64::consts::{PI, TAU};
use std::fmt;
use std::ops::Mul;
use std::str::FromStr;

/// A direction as a vector of length 1: x towards (lon 0, lat 0), y towards (lon 90 deg, lat 0), z towards the north pole.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct UnitVector {
    /// Component towards longitude 0 on the equator.
    pub x: f64,
    /// Component towards longitude 90 degrees on the equator.
    pub y: f64,
    /// Component towards the north pole.
    pub z: f64,
}

impl UnitVector {
    /// The vector with these components, which must already have length 1.
    pub const fn new(x: f64, y: f64, z: f64) -> Self {
        UnitVector { x, y, z }
    }

    /// The scalar product: the cosine of the angle between two directions.
    pub fn dot(self, other: UnitVector) -> f64 {
        self.x * other.x + self.y * other.y + self.z * other.z
    }

    /// The angle to another direction in radians, 0 to pi, accurate for small and large angles alike.
    pub fn angle_to(self, other: UnitVector) -> f64 {
        let cross = [
            self.y * other.z - self.z * other.y,
            self.z * other.x - self.x * other.z,
            self.x * other.y - self.y * other.x,
        ];
        let sine = (cross[0] * cross[0] + cross[1] * cross[1] + cross[2] * cross[2]).sqrt();
        sine.atan2(self.dot(other))
    }
}

impl From<LonLat> for UnitVector {
    fn from(p: LonLat) -> Self {
        let (sin_lon, cos_lon) = p.lon.sin_cos();
        let (sin_lat, cos_lat) = p.lat.sin_cos();
        UnitVector::new(cos_lat * cos_lon, cos_lat * sin_lon, sin_lat)
    }
}

/// A direction as longitude and latitude in radians.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LonLat {
    /// Longitude in radians, counted eastwards.
    pub lon: f64,
    /// Latitude in radians, -pi/2 to pi/2.
    pub lat: f64,
}

impl LonLat {
    /// The direction at these degrees.
    pub fn from_degrees(lon: f64, lat: f64) -> Self {
        LonLat { lon: lon.to_radians(), lat: lat.to_radians() }
    }
}

impl From<UnitVector> for LonLat {
    /// Longitude comes out in [0, 2 pi).
    fn from(v: UnitVector) -> Self {
        let lon = v.y.atan2(v.x);
        let lat = v.z.atan2(v.x.hypot(v.y));
        let turned = if lon < 0.0 { lon + TAU } else { lon };
        // Of tiny negative angles the sum is TAU itself.
        LonLat { lon: if turned >= TAU { 0.0 } else { turned }, lat }
    }
}

/// Brings an angle in radians into [-pi, pi).
pub fn wrap_pi(angle: f64) -> f64 {
    let turned = (angle + PI).rem_euclid(TAU) - PI;
    // rem_euclid may round up to TAU itself for tiny negative input.
    if turned >= PI { -PI } else { turned }
}

/// The reference frame that longitudes and latitudes are given in, all at epoch J2000.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Frame {
    /// Galactic longitude and latitude (IAU 1958, as realised by Hipparcos).
    Galactic,
    /// Right ascension and declination (ICRS).
    Equatorial,
    /// Barycentric mean ecliptic longitude and latitude.
    Ecliptic,
}

impl Frame {
    /// The one-letter code of HEALPix's COORDSYS keyword: G, C (celestial) or E.
    pub fn code(self) -> char {
        match self {
            Frame::Galactic => 'G',
            Frame::Equatorial => 'C',
            Frame::Ecliptic => 'E',
        }
    }

    /// The frame that a COORDSYS value or a command-line word names, in any case: `G`, `GAL`, `galactic`; `C`, `Q`, `CEL`, `EQU`,
    /// `celestial`, `equatorial`, `ICRS`, `FK5`, `J2000`; `E`, `ECL`, `ecliptic`.
    pub fn from_name(name: &str) -> Option<Frame> {
        match name.trim().to_ascii_lowercase().as_str() {
            "g" | "gal" | "galactic" => Some(Frame::Galactic),
            "c" | "q" | "eq" | "cel" | "equ" | "celestial" | "equatorial" | "icrs" | "fk5"
            | "j2000" => Some(Frame::Equatorial),
            "e" | "ecl" | "ecliptic" => Some(Frame::Ecliptic),
            _ => None,
        }
    }
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Frame::Galactic => "galactic",
            Frame::Equatorial => "equatorial",
            Frame::Ecliptic => "ecliptic",
        })
    }
}

/// A frame name that is none of the known ones.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown frame '{0}': expected galactic (gal, g), equatorial (eq, c) or ecliptic (ecl, e)")]
pub struct UnknownFrame(String);

impl FromStr for Frame {
    type Err = UnknownFrame;

    fn from_str(text: &str) -> Result<Self, UnknownFrame> {
        Frame::from_name(text).ok_or_else(|| UnknownFrame(text.to_string()))
    }
}

/// A rotation of the sphere, as the 3x3 matrix that multiplies unit vectors from the left.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Rotation([[f64; 3]; 3]);

/// Equatorial (ICRS) to galactic: the matrix of the Hipparcos catalogue (ESA SP-1200, volume 1, equation 1.5.11).
const EQUATORIAL_TO_GALACTIC: Rotation = Rotation([
    [-0.0548755604162154, -0.873437090234885, -0.4838350155487132],
    [0.4941094278755837, -0.4448296299600112, 0.7469822444972188],
    [-0.8676661490190047, -0.1980763734312015, 0.4559837761750669],
]);

/// Ecliptic to equatorial at J2000: a turn about the equinox by the mean obliquity of IAU 2006, with the frame bias of ICRS.
const ECLIPTIC_TO_EQUATORIAL: Rotation = Rotation([
    [0.999_999_999_999_990_6, -8.651_314_6e-8, -9.838_583_5e-8],
    [4.023_865_5e-8, 0.917_482_168_291_650_3, -0.397_776_910_927_280_1],
    [1.246_801_8e-7, 0.397_776_910_927_272_7, 0.917_482_168_291_646_4],
]);

impl Rotation {
    /// No rotation at all.
    pub const IDENTITY: Rotation = Rotation([[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]]);

    /// Turns directions given in one frame into the same directions given in another.
    pub fn between(from: Frame, to: Frame) -> Rotation {
        if from == to {
            return Rotation::IDENTITY;
        }
        let to_equatorial = |frame| match frame {
            Frame::Equatorial => Rotation::IDENTITY,
            Frame::Galactic => EQUATORIAL_TO_GALACTIC.inverse(),
            Frame::Ecliptic => ECLIPTIC_TO_EQUATORIAL,
        };
        to_equatorial(to).inverse() * to_equatorial(from)
    }

    /// Brings `center` to (lon 0, lat 0) and then turns the sky by `roll` radians about it, in the order and with the signs of healpy's
    /// `rot=(lon, lat, psi)`.
    pub fn centering(center: LonLat, roll: f64) -> Rotation {
        let (sin_lon, cos_lon) = center.lon.sin_cos();
        let (sin_lat, cos_lat) = center.lat.sin_cos();
        let (s, c) = roll.sin_cos();
        let ahead = [cos_lat * cos_lon, cos_lat * sin_lon, sin_lat];
        let east = [-sin_lon, cos_lon, 0.0];
        let north = [-sin_lat * cos_lon, -sin_lat * sin_lon, cos_lat];
        let mix = |p: f64, q: f64| {
            [p * east[0] + q * north[0], p * east[1] + q * north[1], p * east[2] + q * north[2]]
        };
        Rotation([ahead, mix(c, s), mix(-s, c)])
    }

    /// The rotation that undoes this one.
    pub fn inverse(self) -> Rotation {
        let m = self.0;
        Rotation([
            [m[0][0], m[1][0], m[2][0]],
            [m[0][1], m[1][1], m[2][1]],
            [m[0][2], m[1][2], m[2][2]],
        ])
    }

    /// Where a direction goes.
    #[inline]
    pub fn apply(&self, v: UnitVector) -> UnitVector {
        let row = |r: &[f64; 3]| r[0] * v.x + r[1] * v.y + r[2] * v.z;
        UnitVector::new(row(&self.0[0]), row(&self.0[1]), row(&self.0[2]))
    }
}

/// `a * b` turns by `b` first and then by `a`.
impl Mul for Rotation {
    type Output = Rotation;

    fn mul(self, other: Rotation) -> Rotation {
        let columns = other.inverse().0;
        Rotation(self.0.map(|row| {
            columns.map(|column| row[0] * column[0] + row[1] * column[1] + row[2] * column[2])
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn degrees(v: UnitVector) -> (f64, f64) {
        let p = LonLat::from(v);
        (p.lon.to_degrees(), p.lat.to_degrees())
    }

    #[test]
    fn galactic_poles_and_centre_are_where_catalogues_say() {
        let to_equatorial = Rotation::between(Frame::Galactic, Frame::Equatorial);
        let (ra, dec) = degrees(to_equatorial.apply(LonLat::from_degrees(0.0, 90.0).into()));
        assert!((ra - 192.85948).abs() < 1e-4 && (dec - 27.12825).abs() < 1e-4);
        let (ra, dec) = degrees(to_equatorial.apply(LonLat::from_degrees(0.0, 0.0).into()));
        assert!((ra - 266.40499).abs() < 1e-4 && (dec + 28.93617).abs() < 1e-4);
    }

    #[test]
    fn ecliptic_pole_has_the_obliquity() {
        let r = Rotation::between(Frame::Ecliptic, Frame::Equatorial);
        let (ra, dec) = degrees(r.apply(UnitVector::new(0.0, 0.0, 1.0)));
        assert!((ra - 270.0).abs() < 1e-4 && (dec - (90.0 - 23.4392794)).abs() < 1e-5);
    }

    #[test]
    fn centering_matches_healpy() {
        // healpy.Rotator(rot=(30, 20, 10)).mat
        let expected = [
            [0.8137976813493738, 0.46984631039295416, 0.3420201433256687],
            [-0.5438381424823255, 0.823172944645501, 0.16317591116653482],
            [-0.20487412870286215, -0.3187957775971678, 0.9254165783983234],
        ];
        let got = Rotation::centering(LonLat::from_degrees(30.0, 20.0), 10f64.to_radians()).0;
        for (row, want) in got.iter().zip(&expected) {
            for (a, b) in row.iter().zip(want) {
                assert!((a - b).abs() < 1e-15);
            }
        }
    }

    #[test]
    fn frames_are_known_by_many_names() {
        for (name, frame) in [
            ("G", Frame::Galactic),
            ("CEL", Frame::Equatorial),
            ("icrs", Frame::Equatorial),
            ("ECLIPTIC", Frame::Ecliptic),
        ] {
            assert_eq!(name.parse::<Frame>().unwrap(), frame);
        }
        assert!("unknown".parse::<Frame>().is_err());
    }

    #[test]
    fn longitudes_stay_below_a_full_turn() {
        for y in [-1e-20, -1e-17, -f64::MIN_POSITIVE, -1e-15] {
            let lon = LonLat::from(UnitVector::new(1.0, y, 0.0)).lon;
            assert!((0.0..TAU).contains(&lon), "{lon}");
        }
    }

    proptest! {
        #[test]
        fn rotations_invert_and_keep_length(lon in -7.0f64..7.0, lat in -1.57f64..1.57, psi in -4.0f64..4.0) {
            let r = Rotation::centering(LonLat { lon, lat }, psi) * Rotation::between(Frame::Ecliptic, Frame::Galactic);
            let v = UnitVector::from(LonLat { lon: psi, lat: lat / 2.0 });
            let there = r.apply(v);
            prop_assert!((there.dot(there) - 1.0).abs() < 1e-12);
            prop_assert!(r.inverse().apply(there).angle_to(v) < 1e-12);
        }

        #[test]
        fn wrap_pi_stays_in_range(a in -1e3f64..1e3) {
            let w = wrap_pi(a);
            prop_assert!((-PI..PI).contains(&w));
            prop_assert!(((w - a) / TAU - ((w - a) / TAU).round()).abs() < 1e-9);
        }
    }
}
