//! Where a grid's labels go: at the outline where lines end there, else where two lines cross; never on top of anything.

use super::{Family, Graticule, GridLine};
use crate::draw::{DrawError, Fonts, Point, Rect, RichText, TypesetText};
use crate::figure::layout::PlacedText;

/// A label in its place.
#[derive(Clone, PartialEq, Debug)]
pub(in crate::figure) struct GridLabel {
    pub(in crate::figure) text: PlacedText,
    /// Whether it is on the sky.
    pub(in crate::figure) inside: bool,
}

/// Space between the outline and a label, in ems.
const GAP: f64 = 0.38;
/// Space between a crossing and the label in one of its corners, in ems.
const CORNER: f64 = 0.22;
/// Space around labels, in ems.
const APART: f64 = 0.25;
/// How far from the outline, in points, a line still ends on it.
const ON_RIM: f64 = 0.6;
/// Lines that end in one point, which is no place for their labels.
const BUNDLE: usize = 3;

/// A place at the outline where a line ends.
#[derive(Clone, Copy)]
struct Exit {
    at: Point,
    /// Unit vector away from the sky.
    outward: Point,
}

/// Finds places for labels, and keeps what is taken.
pub(in crate::figure) struct Labels<'a> {
    pub(in crate::figure) fonts: &'a Fonts,
    /// Size of the text in points.
    pub(in crate::figure) size: f64,
    /// From the plane to the page.
    pub(in crate::figure) to_page: &'a dyn Fn(Point) -> Point,
    /// The outline's parts as polygons on the page.
    pub(in crate::figure) rings: Vec<Vec<Point>>,
    /// Whether the outline is an upright rectangle.
    pub(in crate::figure) rectangular: bool,
    /// Where labels may be.
    pub(in crate::figure) page: Rect,
    /// Where other things are.
    pub(in crate::figure) taken: Vec<Rect>,
    /// What has been placed.
    pub(in crate::figure) placed: Vec<GridLabel>,
}

impl Labels<'_> {
    /// Places a grid's labels.
    pub(in crate::figure) fn place(&mut self, grid: &Graticule) -> Result<(), DrawError> {
        let set = |line: &GridLine| self.fonts.typeset(&line.label, self.size);
        let parallels = grid.parallels.iter().map(set).collect::<Result<Vec<_>, _>>()?;
        let meridians = grid.meridians.iter().map(set).collect::<Result<Vec<_>, _>>()?;
        let mut texts = [parallels, meridians].map(|texts| texts.into_iter().map(Some).collect());
        if self.rectangular {
            self.along_sides(grid, &mut texts);
        } else {
            self.around(grid, &mut texts);
        }
        self.across(grid, &mut texts, Family::Meridian);
        self.across(grid, &mut texts, Family::Parallel);
        Ok(())
    }

    /// Whether a place on the page is free.
    fn free(&self, bounds: &Rect) -> bool {
        let apart = APART * self.size;
        let wide = Rect::new(
            bounds.x - apart,
            bounds.y - apart,
            bounds.width + 2.0 * apart,
            bounds.height + 2.0 * apart,
        );
        self.page.contains(bounds) && !self.taken.iter().any(|taken| taken.overlaps(&wide))
    }

    /// Keeps a label.
    fn keep(&mut self, text: PlacedText, inside: bool) {
        self.taken.push(text.bounds());
        self.placed.push(GridLabel { text, inside });
    }

    /// The ends of a line that are on the outline.
    fn exits(&self, line: &GridLine) -> Vec<Exit> {
        let ends = line.parts.iter().flat_map(|part| [part.first(), part.last()]).flatten();
        ends.filter_map(|&end| self.exit((self.to_page)(end))).collect()
    }

    /// The nearest side of the outline, if a point is on it.
    fn exit(&self, at: Point) -> Option<Exit> {
        let mut nearest: Option<(f64, Point)> = None;
        for ring in &self.rings {
            let winding = area(ring).signum();
            for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
                let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
                let length = dx.hypot(dy);
                if length == 0.0 {
                    continue;
                }
                let along = ((at[0] - a[0]) * dx + (at[1] - a[1]) * dy) / (length * length);
                let part = along.clamp(0.0, 1.0);
                let off = (at[0] - a[0] - part * dx).hypot(at[1] - a[1] - part * dy);
                if nearest.is_none_or(|(distance, _)| off < distance) {
                    nearest = Some((off, [winding * dy / length, -winding * dx / length]));
                }
            }
        }
        nearest.filter(|(off, _)| *off < ON_RIM).map(|(_, outward)| Exit { at, outward })
    }

    /// The label at an exit, wholly on the outer side of the outline.
    fn outside(&self, text: &TypesetText, exit: &Exit) -> Option<PlacedText> {
        let ink = text.ink;
        let half = [0.5 * ink.width, 0.5 * ink.height];
        let [nx, ny] = exit.outward;
        let reach = GAP * self.size + nx.abs() * half[0] + ny.abs() * half[1];
        let center = [exit.at[0] + reach * nx, exit.at[1] + reach * ny];
        let placed = PlacedText {
            text: text.clone(),
            origin: [center[0] - half[0] - ink.x, center[1] - half[1] - ink.y],
            upright: false,
        };
        let bounds = placed.bounds();
        (self.free(&bounds) && self.rings.iter().all(|ring| clear_of(ring, &bounds)))
            .then_some(placed)
    }

    /// Labels at the sides of a rectangle: parallels at the left and meridians below, or the other way where that is how they end; what
    /// ends at neither is labelled at the right and above.
    fn along_sides(&mut self, grid: &Graticule, texts: &mut [Vec<Option<TypesetText>>; 2]) {
        let (left, right, above, below) = ([-1.0, 0.0], [1.0, 0.0], [0.0, -1.0], [0.0, 1.0]);
        let (upright, level) = if grid.spec.second { (right, above) } else { (left, below) };
        let ends = |family: &[GridLine], side: Point| {
            let ends_there =
                |line: &&GridLine| self.exits(line).iter().any(|exit| faces(exit, side));
            family.iter().filter(ends_there).count()
        };
        let counts = |side| [ends(&grid.parallels, side), ends(&grid.meridians, side)];
        let [at_upright, at_level] = [counts(upright), counts(level)];
        let first = if at_upright[0] >= at_upright[1] { 0 } else { 1 };
        let second = if at_level[1] >= at_level[0] { 1 } else { 0 };
        self.at_side(grid, texts, first, upright);
        self.at_side(grid, texts, second, level);
        if grid.spec.second {
            return;
        }
        for family in [0, 1] {
            // A few lines that miss their side are told by their neighbours.
            let left_over = texts[family].iter().flatten().count();
            if 2 * left_over > texts[family].len() {
                self.at_side(grid, texts, family, if family == 0 { right } else { above });
            }
        }
    }

    /// Labels the lines of a family (0: parallels, 1: meridians) that end at one side.
    fn at_side(
        &mut self,
        grid: &Graticule,
        texts: &mut [Vec<Option<TypesetText>>; 2],
        family: usize,
        side: Point,
    ) {
        let lines = if family == 0 { &grid.parallels } else { &grid.meridians };
        for (line, slot) in lines.iter().zip(&mut texts[family]) {
            let Some(text) = slot else { continue };
            let exits = self.exits(line);
            let place = exits
                .iter()
                .filter(|exit| faces(exit, side))
                .find_map(|exit| self.outside(text, exit));
            if let Some(placed) = place {
                self.keep(placed, false);
                *slot = None;
            }
        }
    }

    /// Labels around a rounded outline: parallels at their leftmost end, meridians below where most of them end there.
    fn around(&mut self, grid: &Graticule, texts: &mut [Vec<Option<TypesetText>>; 2]) {
        let side = if grid.spec.second { 1.0 } else { -1.0 };
        for (line, slot) in grid.parallels.iter().zip(&mut texts[0]) {
            let Some(text) = slot else { continue };
            let mut exits = self.exits(line);
            exits.retain(|exit| exit.outward[0] * side > 0.15);
            exits.sort_by(|a, b| (side * b.at[0]).total_cmp(&(side * a.at[0])));
            if let Some(placed) = exits.iter().find_map(|exit| self.outside(text, exit)) {
                self.keep(placed, false);
                *slot = None;
            }
        }
        let all: Vec<Vec<Exit>> = grid.meridians.iter().map(|line| self.exits(line)).collect();
        let bundled = |exit: &Exit| {
            let near = |other: &&Exit| {
                (exit.at[0] - other.at[0]).hypot(exit.at[1] - other.at[1]) < 0.5 * self.size
            };
            all.iter().flatten().filter(near).count() >= BUNDLE
        };
        let below: Vec<Option<Exit>> = all
            .iter()
            .map(|exits| exits.iter().find(|e| e.outward[1] > 0.95 && !bundled(e)).copied())
            .collect();
        if 2 * below.iter().flatten().count() <= below.len() || grid.spec.second {
            return;
        }
        for (exit, slot) in below.iter().zip(&mut texts[1]) {
            let (Some(exit), Some(text)) = (exit, slot.as_ref()) else { continue };
            if let Some(placed) = self.outside(text, exit) {
                self.keep(placed, false);
                *slot = None;
            }
        }
    }

    /// Labels what is left of a family along that line of the other one where most find a place.
    fn across(
        &mut self,
        grid: &Graticule,
        texts: &mut [Vec<Option<TypesetText>>; 2],
        family: Family,
    ) {
        let meridians = family == Family::Meridian;
        let open = &texts[usize::from(meridians)];
        // Where a family has its labels at the outline, single ones in the middle would only disturb.
        if 2 * open.iter().flatten().count() <= open.len() {
            return;
        }
        let others = if meridians { grid.parallels.len() } else { grid.meridians.len() };
        let crossing = |other: usize, line: usize| {
            let (p, m) = if meridians { (other, line) } else { (line, other) };
            grid.crossings.get(p)?.get(m).copied().flatten().map(self.to_page)
        };
        let center = self.center();
        let mut best: Option<(f64, Vec<(usize, PlacedText)>)> = None;
        for other in 0..others {
            let mut trial = Vec::new();
            let mut nearest = f64::INFINITY;
            for (line, text) in open.iter().enumerate() {
                let (Some(text), Some(at)) = (text, crossing(other, line)) else { continue };
                nearest = nearest.min((at[0] - center[0]).hypot(at[1] - center[1]));
                let taken: Vec<Rect> =
                    trial.iter().map(|(_, t): &(usize, PlacedText)| t.bounds()).collect();
                if let Some(placed) = self.at_crossing(text, at, &taken) {
                    trial.push((line, placed));
                }
            }
            let equator = meridians && grid.equator == Some(other);
            let score = trial.len() as f64 + if equator { 0.5 } else { 0.0 } - 1e-3 * nearest;
            if !trial.is_empty() && best.as_ref().is_none_or(|(most, _)| score > *most) {
                best = Some((score, trial));
            }
        }
        for (line, placed) in best.map(|(_, trial)| trial).unwrap_or_default() {
            texts[usize::from(meridians)][line] = None;
            self.keep(placed, true);
        }
    }

    /// A label in a corner of a crossing, wholly on the sky.
    fn at_crossing(&self, text: &TypesetText, at: Point, taken: &[Rect]) -> Option<PlacedText> {
        let ink = text.ink;
        let gap = CORNER * self.size;
        let apart = APART * self.size;
        let corners = [[1.0, -1.0], [-1.0, -1.0], [1.0, 1.0], [-1.0, 1.0]];
        corners.into_iter().find_map(|[right, down]| {
            let center =
                [at[0] + right * (gap + 0.5 * ink.width), at[1] + down * (gap + 0.5 * ink.height)];
            let placed = PlacedText {
                text: text.clone(),
                origin: [center[0] - 0.5 * ink.width - ink.x, center[1] - 0.5 * ink.height - ink.y],
                upright: false,
            };
            let bounds = placed.bounds();
            let wide = Rect::new(
                bounds.x - apart,
                bounds.y - apart,
                bounds.width + 2.0 * apart,
                bounds.height + 2.0 * apart,
            );
            let fits = self.free(&bounds)
                && self.rings.iter().any(|ring| holds_all(ring, &wide))
                && !taken.iter().any(|other| other.overlaps(&wide));
            fits.then_some(placed)
        })
    }

    fn center(&self) -> Point {
        let points = self.rings.iter().flatten();
        let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
        for p in points {
            low = [low[0].min(p[0]), low[1].min(p[1])];
            high = [high[0].max(p[0]), high[1].max(p[1])];
        }
        [0.5 * (low[0] + high[0]), 0.5 * (low[1] + high[1])]
    }

    /// Places a text right-aligned at the lower right of `sky`: in the corner if the outline leaves it free, else below `floor`.
    pub(in crate::figure) fn in_corner(
        &mut self,
        text: &RichText,
        sky: &Rect,
        floor: f64,
    ) -> Result<(), DrawError> {
        let text = self.fonts.typeset(text, self.size)?;
        let ink = text.ink;
        let x = sky.right() - ink.right();
        let corner = [x, sky.bottom() - ink.bottom().max(0.0)];
        let below = [x, floor + GAP * self.size - ink.y];
        for origin in [corner, below] {
            let placed = PlacedText { text: text.clone(), origin, upright: false };
            let bounds = placed.bounds();
            if self.free(&bounds) && self.rings.iter().all(|ring| clear_of(ring, &bounds)) {
                self.keep(placed, false);
                break;
            }
        }
        Ok(())
    }
}

/// Whether an exit is at the side that a direction points to.
fn faces(exit: &Exit, side: Point) -> bool {
    exit.outward[0] * side[0] + exit.outward[1] * side[1] > 0.9
}

/// Twice the area of a polygon, positive if it runs clockwise on the page (y is downwards).
fn area(ring: &[Point]) -> f64 {
    let next = ring.iter().cycle().skip(1);
    ring.iter().zip(next).map(|(a, b)| a[0] * b[1] - b[0] * a[1]).sum()
}

fn corners(r: &Rect) -> [Point; 4] {
    [[r.x, r.y], [r.right(), r.y], [r.right(), r.bottom()], [r.x, r.bottom()]]
}

/// Whether a rectangle lies within a convex polygon.
fn holds_all(ring: &[Point], r: &Rect) -> bool {
    let winding = area(ring).signum();
    ring.iter().zip(ring.iter().cycle().skip(1)).all(|(a, b)| {
        corners(r).iter().all(|p| {
            winding * ((b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0])) >= 0.0
        })
    })
}

/// Whether a rectangle lies wholly beyond a convex polygon: on the outer side of one of its sides, or beside its reach.
fn clear_of(ring: &[Point], r: &Rect) -> bool {
    let winding = area(ring).signum();
    let beyond = |(a, b): (&Point, &Point)| {
        let length = (b[0] - a[0]).hypot(b[1] - a[1]);
        // A side without length has no outer side.
        length > 1e-9
            && corners(r).iter().all(|p| {
                let cross = (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);
                winding * cross <= 1e-6 * length
            })
    };
    let separate = |axis: usize, low: f64, high: f64| {
        ring.iter().all(|p| p[axis] <= low) || ring.iter().all(|p| p[axis] >= high)
    };
    separate(0, r.x, r.right())
        || separate(1, r.y, r.bottom())
        || ring.iter().zip(ring.iter().cycle().skip(1)).any(beyond)
}
