//! What is drawn on top of the sky: grids with their labels, reference lines, the frame's name.

mod placed;

use super::graticule::{self, Coordinates, Graticule, GraticuleSpec, GridLabel, Labels};
use super::layout::text_scale;
use super::outline::{Placement, runs_along};
use super::{Colorbar, FigureSpec, PlacedText, Plan, Rim, pixel_borders, plan};
use crate::colormap::Rgba;
use crate::draw::{DrawError, Fonts, Path, Point, Rect, RichText, Stroke};
use crate::healpix::Nside;
use crate::projection::{Bounds, Outline, View};
use crate::sky::Frame;
use placed::PlacedLines;
pub(super) use placed::PlacedOverlay;

/// Why something cannot be drawn on top of the sky.
#[derive(Debug, PartialEq, thiserror::Error)]
pub enum OverlayError {
    /// Nothing would be seen but a grid's lines.
    #[error(
        "--{option} {degrees}: {count} lines in view are more than {most}; use a larger distance",
        most = graticule::MOST_LINES
    )]
    TooMany {
        /// The option that asks for them.
        option: &'static str,
        /// Their distance.
        degrees: f64,
        /// How many lines there would be.
        count: u64,
    },
    /// Nothing would be seen but borders of pixels.
    #[error(
        "--pixel-borders {nside}: {across:.0} pixels of {minutes:.2} arc minutes side by side would hide the map; use a coarser \
         nside or a smaller --fov"
    )]
    TooFine {
        /// The nside of the pixels.
        nside: u32,
        /// How many there would be from left to right.
        across: f64,
        /// The side of one in arc minutes.
        minutes: f64,
    },
}

/// What is to be drawn on top of the sky.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct OverlaySpec {
    /// Coordinate grids.
    pub graticules: Vec<GraticuleSpec>,
    /// Lines along the equators of frames.
    pub equators: Vec<EquatorSpec>,
    /// Borders of the HEALPix pixels of the map's frame, and their looks.
    pub pixel_borders: Option<(Nside, Stroke)>,
    /// Whether the name of the picture's frame is written in a corner.
    pub frame_label: bool,
}

/// A line along the equator of a frame, such as the galactic plane.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct EquatorSpec {
    /// The frame.
    pub frame: Frame,
    /// Looks of the line.
    pub line: Stroke,
    /// Lengths of dashes and of the gaps between them, in points; nothing for an unbroken line.
    pub dash: Option<[f64; 2]>,
}

/// Lines that look alike, in the plane.
#[derive(Clone, PartialEq, Debug)]
struct Layer {
    lines: Vec<Vec<Point>>,
    stroke: Stroke,
    dash: Option<[f64; 2]>,
    /// Whether the lines are set off from the sky.
    cased: bool,
    /// Whether they belong to a grid.
    is_grid: bool,
}

impl Layer {
    /// Small squares about some points of the lines, on the page.
    fn places(&self, placement: &Placement) -> Vec<Rect> {
        /// Points that are left out between two, and the side of the squares in points.
        const STRIDE: usize = 4;
        const SIDE: f64 = 2.0;
        let points = self.lines.iter().flatten().step_by(STRIDE);
        let places = points.map(|&point| placement.to_page(point));
        places.map(|[x, y]| Rect::new(x - 0.5 * SIDE, y - 0.5 * SIDE, SIDE, SIDE)).collect()
    }
}

/// What is on top of the sky of one picture, in the plane.
#[derive(Clone, PartialEq, Debug)]
pub struct Overlay {
    layers: Vec<Layer>,
    graticules: Vec<Graticule>,
    frame: Option<RichText>,
    outline: Outline,
    bounds: Bounds,
}

/// A line of a grid that is nowhere farther from the outline, in points, would look like a part of it.
const ALONG: f64 = 0.5;

/// Size of labels in terms of that of the colour bar's.
const LABEL_SIZE: f64 = 0.86;
/// Blank rim of the page that labels leave, in points.
const MARGIN: f64 = 2.0;

impl Overlay {
    /// The lines of an overlay in the part of a view's plane that is shown.
    ///
    /// # Errors
    /// A grid has more lines than can be told apart.
    pub fn new(spec: &OverlaySpec, view: &View, shown: &Bounds) -> Result<Self, OverlayError> {
        let graticules = spec
            .graticules
            .iter()
            .map(|grid| Graticule::new(grid, view, shown))
            .collect::<Result<Vec<_>, _>>()?;
        let grids = graticules.iter().map(|grid| Layer {
            lines: grid.lines().flat_map(|line| line.parts.clone()).collect(),
            stroke: grid.spec.line,
            dash: None,
            cased: true,
            is_grid: true,
        });
        let equators = spec.equators.iter().map(|equator| Layer {
            lines: graticule::equator(equator.frame, view, shown),
            stroke: equator.line,
            dash: equator.dash,
            cased: true,
            is_grid: false,
        });
        let mut layers: Vec<Layer> = grids.chain(equators).collect();
        if let Some((nside, stroke)) = spec.pixel_borders {
            let lines = pixel_borders::lines(nside, view, shown)?;
            layers.insert(0, Layer { lines, stroke, dash: None, cased: false, is_grid: false });
        }
        // The one whose numbers are read.
        let labelled = spec.graticules.iter().find(|grid| grid.labels && !grid.second);
        let frame = match labelled.map(|grid| grid.coordinates) {
            Some(Coordinates::Frame(frame)) => frame,
            _ => view.frame(),
        };
        let name = match frame {
            Frame::Galactic => "Galactic",
            Frame::Equatorial => "Equatorial",
            Frame::Ecliptic => "Ecliptic",
        };
        let frame = spec.frame_label.then(|| RichText::plain(name));
        Ok(Overlay { layers, graticules, frame, outline: view.outline(shown), bounds: *shown })
    }

    /// Plans a page with room for the labels around the sky.
    ///
    /// # Errors
    /// An embedded font that cannot be read.
    pub fn plan(&self, spec: &mut FigureSpec) -> Result<Plan, DrawError> {
        // How far labels reach beyond the sky depends on its size, and that on the room for labels.
        for _ in 0..2 {
            let plan = plan(spec, &self.outline, &self.bounds)?;
            spec.rim = self.rim(spec, &plan)?;
        }
        plan(spec, &self.outline, &self.bounds)
    }

    /// The room that the labels take around the sky.
    fn rim(&self, spec: &FigureSpec, plan: &Plan) -> Result<Rim, DrawError> {
        let placement = Placement { extent: self.bounds, rect: plan.sky };
        let everywhere = Rect::new(-1e6, -1e6, 2e6, 2e6);
        let mut rim = Rim::default();
        for (label, _) in self.labels(spec, &placement, everywhere, Vec::new())? {
            let (label, sky) = (label.text.bounds(), &plan.sky);
            rim.left = rim.left.max(sky.x - label.x);
            rim.right = rim.right.max(label.right() - sky.right());
            rim.top = rim.top.max(sky.y - label.y);
            rim.bottom = rim.bottom.max(label.bottom() - sky.bottom());
        }
        Ok(rim)
    }

    /// Size of labels in points.
    fn size(spec: &FigureSpec) -> f64 {
        LABEL_SIZE * spec.sizes.tick * text_scale(spec.width)
    }

    /// All labels and their colours.
    fn labels(
        &self,
        spec: &FigureSpec,
        placement: &Placement,
        page: Rect,
        taken: Vec<Rect>,
    ) -> Result<Vec<(GridLabel, Rgba)>, DrawError> {
        let fonts = Fonts::of_thread(spec.font.as_ref())?;
        let to_page = |p: Point| placement.to_page(p);
        let mut labels = Labels {
            fonts: &fonts,
            size: Self::size(spec),
            to_page: &to_page,
            rings: placement.rings(&self.outline),
            rectangular: matches!(self.outline, Outline::Rectangle(_)),
            shared: self.graticules.iter().any(|grid| grid.spec.labels && grid.spec.second),
            page,
            taken,
            placed: Vec::new(),
        };
        let mut colors = Vec::new();
        for grid in self.graticules.iter().filter(|grid| grid.spec.labels) {
            labels.place(grid)?;
            colors.resize(labels.placed.len(), grid.spec.text);
        }
        if let Some(name) = &self.frame {
            let sky = &placement.rect;
            let bottoms = labels.placed.iter().map(|label| label.text.bounds().bottom());
            let floor = bottoms.fold(sky.bottom(), f64::max);
            labels.in_corner(name, sky, floor)?;
            colors.resize(labels.placed.len(), spec.theme.text);
        }
        Ok(labels.placed.into_iter().zip(colors).collect())
    }

    /// Puts everything on a planned page, the labels clear of its text and of the colour bar.
    pub(super) fn placed(
        &self,
        spec: &FigureSpec,
        plan: &Plan,
        extent: &Bounds,
        bar: Option<&Colorbar>,
    ) -> Result<PlacedOverlay, DrawError> {
        let placement = Placement { extent: *extent, rect: plan.sky };
        let rings = placement.rings(&self.outline);
        let line = |layer: &Layer| {
            let (mut straight, mut others) = (Path::new(), Path::new());
            for points in &layer.lines {
                let points: Vec<Point> = points.iter().map(|&p| placement.to_page(p)).collect();
                if spec.border && layer.is_grid && runs_along(&rings, &points, ALONG) {
                    continue;
                }
                match upright(&points) {
                    Some(ends) => straight.extend(Path::polyline(&ends)),
                    None => others.extend(Path::polyline(&points)),
                }
            }
            let Layer { stroke, dash, cased, is_grid, .. } = *layer;
            let places = match cased && !is_grid {
                true => layer.places(&placement),
                false => Vec::new(),
            };
            PlacedLines { straight, others, stroke, dash, cased, places }
        };
        let page = Rect::new(
            MARGIN,
            MARGIN,
            (plan.page.width - 2.0 * MARGIN).max(0.0),
            (plan.page.height - 2.0 * MARGIN).max(0.0),
        );
        let mut taken: Vec<Rect> = plan.texts.iter().map(PlacedText::bounds).collect();
        taken.extend(
            bar.map(|bar| bar.texts().iter().map(PlacedText::bounds)).into_iter().flatten(),
        );
        taken.extend(plan.colorbar.iter().map(|space| {
            let (strip, arrow) = (&space.strip, space.arrow);
            match space.upright {
                true => {
                    Rect::new(strip.x, strip.y - arrow, strip.width, strip.height + 2.0 * arrow)
                }
                false => {
                    Rect::new(strip.x - arrow, strip.y, strip.width + 2.0 * arrow, strip.height)
                }
            }
        }));
        Ok(PlacedOverlay {
            lines: self.layers.iter().map(line).collect(),
            labels: self.labels(spec, &placement, page, taken)?,
            size: Self::size(spec),
        })
    }
}

/// The ends of a line that is level or upright all along.
fn upright(points: &[Point]) -> Option<[Point; 2]> {
    /// As far as a line may be off, in points: by rounding.
    const OFF: f64 = 1e-3;
    let (first, last) = (*points.first()?, *points.last()?);
    let is_along = |axis: usize| points.iter().all(|p| (p[axis] - first[axis]).abs() < OFF);
    match (is_along(0), is_along(1)) {
        (true, false) => Some([first, [first[0], last[1]]]),
        (false, true) => Some([first, [last[0], first[1]]]),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_lines_know_what_they_go_through() {
        let line: Vec<Point> = (0..9).map(|k| [0.1 * f64::from(k), 0.5]).collect();
        let stroke = Stroke { color: Rgba::rgb(0, 0, 0), width: 0.9 };
        let layer = Layer { lines: vec![line], stroke, dash: None, cased: true, is_grid: false };
        let extent = Bounds { x: [0.0, 1.0], y: [0.0, 1.0] };
        let placement = Placement { extent, rect: Rect::new(10.0, 10.0, 200.0, 100.0) };
        let places: Vec<Point> = layer.places(&placement).iter().map(Rect::center).collect();
        assert_eq!(places.len(), 3);
        for (place, x) in places.into_iter().zip([10.0, 90.0, 170.0]) {
            assert!((place[0] - x).abs() < 1e-9 && (place[1] - 60.0).abs() < 1e-9, "{place:?}");
        }
    }

    #[test]
    fn level_and_upright_lines_are_told_from_others() {
        let level = [[1.0, 5.0], [3.0, 5.0 + 1e-9], [9.0, 5.0 + 1e-7]];
        assert_eq!(upright(&level), Some([[1.0, 5.0], [9.0, 5.0]]));
        let turned = level.map(|[x, y]| [y, x]);
        assert_eq!(upright(&turned), Some([[5.0, 1.0], [5.0, 9.0]]));
        assert_eq!(upright(&[[1.0, 5.0], [3.0, 5.1], [9.0, 5.0]]), None);
        assert_eq!(upright(&[]), None);
    }
}
