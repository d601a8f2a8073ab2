//! A monopole and a dipole: what a map has besides its structure.

use crate::sky::{LonLat, UnitVector};

/// A monopole and a dipole: the value towards v is `monopole + dipole . v`.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct LowMultipoles {
    /// The monopole.
    pub monopole: f64,
    /// The dipole along the axes of the map's frame.
    pub dipole: [f64; 3],
}

impl LowMultipoles {
    /// The value towards a direction of the map's frame.
    pub fn at(&self, v: UnitVector) -> f64 {
        let [x, y, z] = self.dipole;
        self.monopole + x * v.x + y * v.y + z * v.z
    }

    /// The dipole's amplitude, and where it is largest in the map's frame.
    pub fn amplitude(&self) -> (f64, LonLat) {
        let [x, y, z] = self.dipole;
        let size = (x * x + y * y + z * z).sqrt();
        let unit = if size > 0.0 { [x / size, y / size, z / size] } else { [1.0, 0.0, 0.0] };
        (size, UnitVector::new(unit[0], unit[1], unit[2]).into())
    }
}
