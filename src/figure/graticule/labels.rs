//! Where a grid's labels go: at the outline where lines end there, else on their lines; never on top of anything.

use super::{Family, Graticule, GridLine, MOST_LINES};
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
/// Space around labels, in ems.
const APART: f64 = 0.25;
/// Room that labels of one family leave beside and above each other, in ems, at the outline and on the sky.
const ROOM_OUTSIDE: [f64; 2] = [1.0, 0.4];
const ROOM_INSIDE: [f64; 2] = [1.5, 1.0];
/// How far from the outline, in points, a line still ends on it.
const ON_RIM: f64 = 0.6;
/// How much a side of a rectangle faces its own way, as a cosine: wholly, but for rounding.
const FACES: f64 = 0.9;
/// No direction, which all sides face alike.
const ANYWHERE: Point = [0.0; 2];
/// Lines that end in one point, if most of them do: it is no place for their labels.
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
        self.across(grid, Family::Meridian, &texts[1]);
        self.across(grid, Family::Parallel, &texts[0]);
        Ok(())
    }

    /// Whether a place on the page is free.
    fn free(&self, bounds: &Rect) -> bool {
        let wide = widened(bounds, [APART * self.size; 2]);
        self.page.contains(bounds) && !self.taken.iter().any(|taken| taken.overlaps(&wide))
    }

    /// Keeps a label.
    fn keep(&mut self, text: PlacedText, inside: bool) {
        self.taken.push(text.bounds());
        self.placed.push(GridLabel { text, inside });
    }

    /// The ends of a line that are on those sides of the outline that face somewhere, at least so much.
    fn exits(&self, line: &GridLine, toward: Point, least: f64) -> Vec<Exit> {
        let firsts = line.parts.iter().filter_map(|part| Some([part.first()?, part.get(1)?]));
        let lasts =
            line.parts.iter().filter_map(|part| Some([part.last()?, part.iter().nth_back(1)?]));
        let ends = firsts.chain(lasts);
        ends.filter_map(|ends| {
            let [end, before] = ends.map(|&p| (self.to_page)(p));
            let exit = self.exit(end, toward, least)?;
            let step = [end[0] - before[0], end[1] - before[1]];
            let out = step[0] * exit.outward[0] + step[1] * exit.outward[1];
            // A line along a straight side has no end there.
            (!self.rectangular || out.abs() > 1e-3 * step[0].hypot(step[1])).then_some(exit)
        })
        .collect()
    }

    /// The nearest of those sides, if a point is on it.
    fn exit(&self, at: Point, toward: Point, least: f64) -> Option<Exit> {
        let mut nearest: Option<(f64, Point)> = None;
        for ring in &self.rings {
            let winding = area(ring).signum();
            for (a, b) in ring.iter().zip(ring.iter().cycle().skip(1)) {
                let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
                let length = dx.hypot(dy);
                let outward = [winding * dy / length, -winding * dx / length];
                if length == 0.0 || outward[0] * toward[0] + outward[1] * toward[1] <= least {
                    continue;
                }
                let along = ((at[0] - a[0]) * dx + (at[1] - a[1]) * dy) / (length * length);
                let part = along.clamp(0.0, 1.0);
                let off = (at[0] - a[0] - part * dx).hypot(at[1] - a[1] - part * dy);
                if nearest.is_none_or(|(distance, _)| off < distance) {
                    nearest = Some((off, outward));
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

    /// The ends of a family's lines as `exits` finds them, without those that are bundled in one point.
    fn open_exits(&self, lines: &[GridLine], toward: Point, least: f64) -> Vec<Vec<Exit>> {
        let exits = |line| self.exits(line, toward, least);
        let all: Vec<Vec<Exit>> = lines.iter().map(exits).collect();
        let ending = all.iter().filter(|exits| !exits.is_empty()).count();
        let bundled = |exit: &Exit| {
            let near = |other: &Exit| {
                (exit.at[0] - other.at[0]).hypot(exit.at[1] - other.at[1]) < 0.5 * self.size
            };
            let count = all.iter().filter(|exits| exits.iter().any(near)).count();
            count >= BUNDLE && 2 * count > ending
        };
        all.iter()
            .map(|exits| exits.iter().filter(|exit| !bundled(exit)).copied().collect())
            .collect()
    }

    /// Labels a family's lines at their ends: parallels once, meridians at each, for the one that is farthest away is at both edges of the sky.
    fn at_ends(
        &mut self,
        grid: &Graticule,
        family: Family,
        texts: &mut [Option<TypesetText>],
        exits: &[Vec<Exit>],
    ) {
        let mut labels: Vec<(usize, PlacedText)> = Vec::new();
        for (line, (text, exits)) in texts.iter().zip(exits).enumerate() {
            let Some(text) = text else { continue };
            let first = labels.len();
            for label in exits.iter().filter_map(|exit| self.outside(text, exit)) {
                let bounds = label.bounds();
                let mut others = labels[first..].iter().map(|(_, other)| other.bounds());
                let enough = match family {
                    Family::Parallel => others.next().is_some(),
                    Family::Meridian => others.any(|o| self.crowded(&o, &bounds, ROOM_OUTSIDE)),
                };
                if !enough {
                    labels.push((line, label));
                }
            }
        }
        self.keep_evenly(grid, family, texts, labels);
    }

    /// Labels at the sides of a rectangle: parallels at the left and meridians below, or the other way where that is how they end; what
    /// ends at neither is labelled at the right and above.
    fn along_sides(&mut self, grid: &Graticule, texts: &mut [Vec<Option<TypesetText>>; 2]) {
        let (left, right, above, below) = ([-1.0, 0.0], [1.0, 0.0], [0.0, -1.0], [0.0, 1.0]);
        let (upright, level) = if grid.spec.second { (right, above) } else { (left, below) };
        let ends = |family: Family, side: Point| {
            let exits = self.open_exits(grid.family(family), side, FACES);
            exits.iter().filter(|exits| !exits.is_empty()).count()
        };
        let most = |side: Point, family: Family, other: Family| {
            if ends(family, side) >= ends(other, side) { family } else { other }
        };
        let first = most(upright, Family::Parallel, Family::Meridian);
        let second = most(level, Family::Meridian, Family::Parallel);
        self.at_side(grid, texts, first, upright);
        self.at_side(grid, texts, second, level);
        if grid.spec.second {
            return;
        }
        for (family, side) in [(Family::Parallel, right), (Family::Meridian, above)] {
            // A few lines that miss their side are told by their neighbours.
            let texts_left = texts[family as usize].iter().flatten().count();
            if 2 * texts_left > texts[family as usize].len() {
                self.at_side(grid, texts, family, side);
            }
        }
    }

    /// Labels the lines of a family that end at one side.
    fn at_side(
        &mut self,
        grid: &Graticule,
        texts: &mut [Vec<Option<TypesetText>>; 2],
        family: Family,
        side: Point,
    ) {
        let mut exits = self.open_exits(grid.family(family), side, FACES);
        // Lines that end twice are labelled at the lower or left end, so that circles about a pole are in order.
        for exits in &mut exits {
            exits.sort_by(|a, b| (b.at[1] - b.at[0]).total_cmp(&(a.at[1] - a.at[0])));
        }
        self.at_ends(grid, family, &mut texts[family as usize], &exits);
    }

    /// Labels around a rounded outline: parallels at their leftmost end, meridians below where most of them end there.
    fn around(&mut self, grid: &Graticule, texts: &mut [Vec<Option<TypesetText>>; 2]) {
        let side = if grid.spec.second { 1.0 } else { -1.0 };
        let label = |(k, line): (usize, &GridLine)| {
            let text = texts[0][k].as_ref()?;
            let mut exits = self.exits(line, ANYWHERE, -1.0);
            exits.retain(|exit| exit.outward[0] * side > 0.15);
            exits.sort_by(|a, b| (side * b.at[0]).total_cmp(&(side * a.at[0])));
            exits.iter().find_map(|exit| self.outside(text, exit)).map(|label| (k, label))
        };
        let labels = grid.parallels.iter().enumerate().filter_map(label).collect();
        self.keep_evenly(grid, Family::Parallel, &mut texts[0], labels);
        let below = self.open_exits(&grid.meridians, [0.0, 1.0], 0.95);
        let count = below.iter().filter(|exits| !exits.is_empty()).count();
        if 2 * count > below.len() && !grid.spec.second {
            self.at_ends(grid, Family::Meridian, &mut texts[1], &below);
        }
    }

    /// Labels what is left of a family on its lines, in each part of the outline.
    fn across(&mut self, grid: &Graticule, family: Family, open: &[Option<TypesetText>]) {
        // Where a family has its labels at the outline, single ones in the middle would only disturb.
        if 2 * open.iter().flatten().count() <= open.len() {
            return;
        }
        for ring in 0..self.rings.len() {
            for (_, label) in self.best_row(grid, family, open, &self.rings[ring]) {
                self.keep(label, true);
            }
        }
    }

    /// The labels of a family in that row between two lines of the other one where most find a place: meridians preferably at the equator,
    /// where they are farthest apart, parallels in the middle.
    fn best_row(
        &self,
        grid: &Graticule,
        family: Family,
        open: &[Option<TypesetText>],
        ring: &[Point],
    ) -> Vec<(usize, PlacedText)> {
        let center = middle(ring);
        let mut best = (f64::INFINITY, Vec::new());
        for (row, places) in grid.halfway[family as usize].iter().enumerate() {
            let mut labels = Vec::new();
            let mut nearest = f64::INFINITY;
            for (line, (text, place)) in open.iter().zip(places).enumerate() {
                let (Some(text), Some(at)) = (text, place.map(self.to_page)) else { continue };
                if let Some(label) = self.on_line(text, at, ring) {
                    nearest = nearest.min((at[0] - center[0]).hypot(at[1] - center[1]));
                    labels.push((line, label));
                }
            }
            let labels = self.evenly(grid, family, labels, ROOM_INSIDE);
            let off = match family {
                Family::Parallel => nearest,
                Family::Meridian => (row as f64 - grid.equator).abs(),
            };
            if labels.len() > best.1.len() || labels.len() == best.1.len() && off < best.0 {
                best = (off, labels);
            }
        }
        best.1
    }

    /// A label with its middle on its line, so that no other line can be meant, wholly on a part of the sky.
    fn on_line(&self, text: &TypesetText, at: Point, ring: &[Point]) -> Option<PlacedText> {
        let ink = text.ink;
        let origin = [at[0] - 0.5 * ink.width - ink.x, at[1] - 0.5 * ink.height - ink.y];
        let placed = PlacedText { text: text.clone(), origin, upright: false };
        let bounds = placed.bounds();
        let wide = widened(&bounds, [APART * self.size; 2]);
        (self.free(&bounds) && holds_all(ring, &wide)).then_some(placed)
    }

    /// Whether two labels of one family leave less room between them than they need, in ems.
    fn crowded(&self, a: &Rect, b: &Rect, room: [f64; 2]) -> bool {
        widened(a, room.map(|room| room * self.size)).overlaps(b)
    }

    /// The labels of all lines of a family, or of every second one, every third: of the most that leave each other room. Lines are counted
    /// from 0, and those kept are at equal steps all around.
    fn evenly(
        &self,
        grid: &Graticule,
        family: Family,
        mut labels: Vec<(usize, PlacedText)>,
        room: [f64; 2],
    ) -> Vec<(usize, PlacedText)> {
        let lines = grid.family(family);
        let is_kept = |&(line, _): &(usize, PlacedText), step: i64| lines[line].number % step == 0;
        let fits = |step: &i64| {
            let kept = labels.iter().filter(|label| is_kept(label, *step));
            let kept: Vec<Rect> = kept.map(|(_, text)| text.bounds()).collect();
            let clear = |(k, a)| !kept[k + 1..].iter().any(|b| self.crowded(a, b, room));
            !kept.is_empty() && kept.iter().enumerate().all(clear)
        };
        let turn = grid.turn.filter(|_| family == Family::Meridian);
        let closes = |step: &i64| turn.is_none_or(|turn| turn % step == 0);
        match (1..=MOST_LINES as i64).filter(closes).find(fits) {
            Some(step) => labels.retain(|label| is_kept(label, step)),
            None => labels.truncate(1),
        }
        labels
    }

    /// Keeps labels of a family at the outline, thinned evenly: the lines between are told by their neighbours.
    fn keep_evenly(
        &mut self,
        grid: &Graticule,
        family: Family,
        texts: &mut [Option<TypesetText>],
        labels: Vec<(usize, PlacedText)>,
    ) {
        for (line, _) in &labels {
            texts[*line] = None;
        }
        for (_, label) in self.evenly(grid, family, labels, ROOM_OUTSIDE) {
            self.keep(label, false);
        }
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

/// The middle of what a polygon reaches over.
fn middle(ring: &[Point]) -> Point {
    let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
    for p in ring {
        low = [low[0].min(p[0]), low[1].min(p[1])];
        high = [high[0].max(p[0]), high[1].max(p[1])];
    }
    [0.5 * (low[0] + high[0]), 0.5 * (low[1] + high[1])]
}

/// A rectangle with some room on each side.
fn widened(r: &Rect, [x, y]: [f64; 2]) -> Rect {
    Rect::new(r.x - x, r.y - y, r.width + 2.0 * x, r.height + 2.0 * y)
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
