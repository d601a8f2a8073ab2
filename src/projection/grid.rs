//! The picture's pixels as points of the projection plane.

use super::{Bounds, Point};

/// A regular grid of picture pixels, row 0 at the bottom. Positions are pixel centres; steps are plane units a pixel.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Grid {
    /// Pixels along x.
    pub width: usize,
    /// Pixels along y.
    pub height: usize,
    /// Centre of the lower left pixel.
    pub origin: Point,
    /// Distance between neighbouring pixel centres.
    pub step: [f64; 2],
}

impl Grid {
    /// The grid whose outermost pixel centres lie on the bounds' edges, as healpy places them.
    pub fn spanning(bounds: Bounds, width: usize, height: usize) -> Grid {
        let step = |extent: f64, n: usize| if n > 1 { extent / (n - 1) as f64 } else { extent };
        Grid {
            width,
            height,
            origin: [
                if width > 1 { bounds.x[0] } else { (bounds.x[0] + bounds.x[1]) / 2.0 },
                if height > 1 { bounds.y[0] } else { (bounds.y[0] + bounds.y[1]) / 2.0 },
            ],
            step: [step(bounds.width(), width), step(bounds.height(), height)],
        }
    }

    /// The grid whose outermost pixels end on the bounds' edges.
    pub fn covering(bounds: Bounds, width: usize, height: usize) -> Grid {
        let step = [bounds.width() / width as f64, bounds.height() / height as f64];
        let origin = [bounds.x[0] + step[0] / 2.0, bounds.y[0] + step[1] / 2.0];
        Grid { width, height, origin, step }
    }

    /// The plane coordinate of a (fractional) column: whole numbers are pixel centres.
    #[inline]
    pub fn x(&self, column: f64) -> f64 {
        // Measured from the middle, so that mirrored columns have exactly opposite coordinates.
        let half = (self.width - 1) as f64 / 2.0;
        self.origin[0] + half * self.step[0] + (column - half) * self.step[0]
    }

    /// The plane coordinate of a (fractional) row.
    #[inline]
    pub fn y(&self, row: f64) -> f64 {
        let half = (self.height - 1) as f64 / 2.0;
        self.origin[1] + half * self.step[1] + (row - half) * self.step[1]
    }

    /// The centre of a picture pixel.
    pub fn center(&self, column: usize, row: usize) -> Point {
        [self.x(column as f64), self.y(row as f64)]
    }

    /// The rectangle that the pixels cover, from the outer edges of the outermost ones.
    pub fn extent(&self) -> Bounds {
        Bounds {
            x: [self.x(-0.5), self.x(self.width as f64 - 0.5)],
            y: [self.y(-0.5), self.y(self.height as f64 - 0.5)],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn healpy_grid_of_the_mollweide_ellipse() {
        let bounds = Bounds { x: [-2.0, 2.0], y: [-1.0, 1.0] };
        let grid = Grid::spanning(bounds, 400, 200);
        assert_eq!(grid.x(0.0), -2.0);
        assert_eq!(grid.x(399.0), 2.0);
        assert_eq!(grid.y(199.0), 1.0);
        assert_eq!(grid.x(100.0), -grid.x(299.0));
        assert!(grid.extent().x[0] < -2.0);
    }
}
