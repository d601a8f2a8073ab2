//! Pictures whose halves show mirrored parts of the pixelisation.

use std::ops::Range;

use super::pieces::CellBox;
use crate::healpix::{Nside, Symmetry};
use crate::projection::{Grid, View};

/// A reflection of the picture, and the one of the sphere that shows in it: the footprint of a mirrored pixel is the mirrored footprint.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Mirror {
    /// Whether columns are counted from the other side.
    pub columns: bool,
    /// Whether rows are.
    pub rows: bool,
    /// Where the sphere's pixels go.
    pub symmetry: Symmetry,
}

/// Points along each side of a picture that are compared with their images, and the distance in radians that these may be off.
const PROBES: usize = 12;
const CLOSE: f64 = 1e-9;
/// The fewest of them that must show sky.
const ENOUGH: usize = 12;

/// The reflections of a picture, itself the first, that show mirrored skies: one, two or four.
pub fn mirrors(view: &View, grid: &Grid) -> Vec<Mirror> {
    let across = |columns, rows| Mirror::find(view, grid, columns, rows);
    let (columns, rows) = (across(true, false), across(false, true));
    let both = (columns.is_some() && rows.is_some()).then(|| across(true, true)).flatten();
    let itself = Mirror::default();
    match (columns, rows, both) {
        (Some(columns), Some(rows), Some(both)) => vec![itself, columns, rows, both],
        (Some(mirror), _, _) | (None, Some(mirror), _) => vec![itself, mirror],
        (None, None, _) => vec![itself],
    }
}

impl Mirror {
    /// The reflection of the picture across its middle column, middle row or both, if the sky behind it is mirrored as well.
    pub fn find(view: &View, grid: &Grid, columns: bool, rows: bool) -> Option<Mirror> {
        let (width, height) = (grid.width as f64, grid.height as f64);
        let pair = |k: usize| {
            // Off the middle and off any regular lines.
            let part = |k: usize, n: f64| (k as f64 + 0.387) / PROBES as f64 * n - 0.5;
            let (x, y) = (part(k % PROBES, width), part(k / PROBES, height));
            let x_there = if columns { width - 1.0 - x } else { x };
            let y_there = if rows { height - 1.0 - y } else { y };
            let shown = |x: f64, y: f64| view.inverse([grid.x(x), grid.y(y)]);
            (shown(x, y), shown(x_there, y_there))
        };
        let pairs: Vec<_> = (0..PROBES * PROBES).map(pair).collect();
        let on_sky = pairs.iter().filter(|(here, _)| here.is_some()).count();
        let fits = |symmetry: &Symmetry| {
            on_sky >= ENOUGH
                && pairs.iter().all(|pair| match *pair {
                    (Some(here), Some(there)) => symmetry.direction(here).angle_to(there) < CLOSE,
                    (here, there) => here.is_none() && there.is_none(),
                })
        };
        let symmetry = Symmetry::all().find(fits)?;
        Some(Mirror { columns, rows, symmetry })
    }

    /// The image of a rectangle of cells.
    pub fn image(&self, nside: Nside, bounds: &CellBox) -> Image {
        let at = |column, row| self.symmetry.plane_cell(nside, column, row);
        let (low, high) = (
            at(bounds.columns.start, bounds.rows.start),
            at(bounds.columns.end - 1, bounds.rows.end - 1),
        );
        let next = at(bounds.columns.start + 1, bounds.rows.start);
        let span = |a: i64, b: i64| a.min(b)..a.max(b) + 1;
        let image = CellBox { columns: span(low.0, high.0), rows: span(low.1, high.1) };
        let turned = next.0 == low.0;
        let backwards = if turned { next.1 < low.1 } else { next.0 < low.0 };
        Image { bounds: image, size: [bounds.columns(), bounds.rows()], turned, backwards }
    }
}

/// The image of a rectangle of cells, and how to get back from it.
pub struct Image {
    pub bounds: CellBox,
    /// Columns and rows of the rectangle.
    size: [usize; 2],
    /// Whether the image's rows are the rectangle's columns, and whether both are counted from the other end.
    turned: bool,
    backwards: bool,
}

impl Image {
    /// Puts the values of some columns of the image's row where they belong in the rectangle.
    #[inline(always)]
    pub fn put_back<T>(
        &self,
        row: i64,
        columns: &Range<i64>,
        values: &[f32],
        rectangle: &mut [T],
        put: impl Fn(&mut T, f32),
    ) {
        let [width, height] = self.size;
        let CellBox { columns: all, rows } = &self.bounds;
        let (line, first) = ((row - rows.start) as usize, (columns.start - all.start) as usize);
        let (line, first) = match self.backwards {
            true if self.turned => (width - 1 - line, (all.end - columns.end) as usize),
            true => (height - 1 - line, (all.end - columns.end) as usize),
            false => (line, first),
        };
        // Written out for both ways, of which the compiler makes simpler loops.
        let values = values.iter();
        if self.turned {
            let places = rectangle[first * width + line..].iter_mut().step_by(width);
            match self.backwards {
                true => places.zip(values.rev()).for_each(|(place, value)| put(place, *value)),
                false => places.zip(values).for_each(|(place, value)| put(place, *value)),
            }
        } else {
            let places = rectangle[line * width + first..].iter_mut();
            match self.backwards {
                true => places.zip(values.rev()).for_each(|(place, value)| put(place, *value)),
                false => places.zip(values).for_each(|(place, value)| put(place, *value)),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::projection::{Flip, Kind};
    use crate::sky::{Frame, LonLat};

    fn count(kind: Kind, lon: f64, lat: f64, roll: f64) -> usize {
        let frames = (Frame::Galactic, Frame::Galactic);
        let center = LonLat::from_degrees(lon, lat);
        let projection = kind.build(false, false, Flip::Astro);
        let view = View::new(projection, frames, center, f64::to_radians(roll), Flip::Astro);
        mirrors(&view, &view.array_grid(200)).len()
    }

    #[test]
    fn whole_skies_are_mirrored_where_the_pixels_are() {
        for kind in [Kind::Mollweide, Kind::Robinson, Kind::Cartesian, Kind::Lambert] {
            assert_eq!(count(kind, 0.0, 0.0, 0.0), 4, "{}", kind.name());
            assert_eq!(count(kind, 135.0, 0.0, 0.0), 4, "{}", kind.name());
            assert_eq!(count(kind, 33.0, 0.0, 0.0), 2, "{}", kind.name());
            assert_eq!(count(kind, 33.0, 20.0, 5.0), 1, "{}", kind.name());
        }
        assert_eq!(count(Kind::Lambert, 0.0, 90.0, 0.0), 4);
        assert_eq!(count(Kind::Gnomonic, 90.0, 0.0, 0.0), 4);
    }

    #[test]
    fn images_of_boxes_lead_back() {
        let nside = Nside::new(8).unwrap();
        let bounds = CellBox { columns: -3..2, rows: 5..12 };
        for symmetry in Symmetry::all() {
            let image = Mirror { symmetry, ..Mirror::default() }.image(nside, &bounds);
            let mut rectangle = vec![f32::NAN; 5 * 7];
            let value = |column: i64, row: i64| (100 * row + column) as f32;
            let CellBox { columns, rows } = &image.bounds;
            let middle = columns.start + 2;
            for row in rows.clone() {
                for columns in [columns.start..middle, middle..columns.end] {
                    let values: Vec<f32> =
                        columns.clone().map(|column| value(column, row)).collect();
                    image.put_back(row, &columns, &values, &mut rectangle, |place, value| {
                        *place = value;
                    });
                }
            }
            for (place, found) in (0..).zip(rectangle) {
                let (x, y) = (bounds.columns.start + place % 5, bounds.rows.start + place / 5);
                let (column, row) = symmetry.plane_cell(nside, x, y);
                assert_eq!(found, value(column, row));
            }
        }
    }
}
