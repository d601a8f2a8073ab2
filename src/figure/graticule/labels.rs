//! Where a grid's labels go: at the outline where lines end there, else on their lines; never on top of anything.

use super::polygon::{area, clear_of, widened};
use super::{Family, Graticule, GridLine, MOST_LINES};
use crate::draw::{DrawError, Fonts, Point, Rect, RichText, TypesetText};
use crate::figure::layout::PlacedText;
use crate::figure::outline::runs_along;

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
pub(super) const APART: f64 = 0.25;
/// Room that labels of one family leave beside and above each other, in ems, at the outline.
const ROOM_OUTSIDE: [f64; 2] = [1.0, 0.4];
/// How far from the outline, in points, a line still ends on it.
const ON_RIM: f64 = 0.6;
/// How far from the outline, in points, a line still runs along it.
const ALONG: f64 = 0.1;
/// The sine of the least angle between a side of a rectangle and a line that ends there.
const GRAZING: f64 = 0.05;
/// No direction, which all sides face alike.
const ANYWHERE: Point = [0.0; 2];
/// Meridians at equal steps all around that tell those between them.
const ENOUGH: usize = 6;
/// Lines that end in one point, if most of them do: it is no place for their labels.
const BUNDLE: usize = 3;

/// A place at the outline where a line ends.
#[derive(Clone, Copy)]
pub(super) struct Exit {
    pub(super) at: Point,
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
    /// Whether a second grid has labels, too.
    pub(in crate::figure) shared: bool,
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
        let [parallels, meridians] = &mut texts;
        self.across(grid, Family::Meridian, meridians);
        self.across(grid, Family::Parallel, parallels);
        Ok(())
    }

    /// Whether a place on the page is free.
    pub(super) fn free(&self, bounds: &Rect) -> bool {
        let wide = widened(bounds, [APART * self.size; 2]);
        self.page.contains(bounds) && !self.taken.iter().any(|taken| taken.overlaps(&wide))
    }

    /// Keeps a label.
    pub(super) fn keep(&mut self, text: PlacedText, inside: bool) {
        self.taken.push(text.bounds());
        self.placed.push(GridLabel { text, inside });
    }

    /// The ends of a line that are on those sides of the outline that face somewhere, at least so much.
    fn exits(&self, line: &GridLine, toward: Point, least: f64) -> Vec<Exit> {
        let to_page = |part: &Vec<Point>| part.iter().map(|&p| (self.to_page)(p)).collect();
        let parts: Vec<Vec<Point>> = line.parts.iter().map(to_page).collect();
        let is_border = parts.iter().all(|points| runs_along(&self.rings, points, ON_RIM));
        let mut exits = Vec::new();
        for points in &parts {
            let turned: Vec<Point> = points.iter().rev().copied().collect();
            for points in [points, &turned] {
                let [end, next, ..] = points[..] else { continue };
                if !self.leaves(points, is_border) {
                    continue;
                }
                let Some(exit) = self.exit(end, toward, least) else { continue };
                let step = [end[0] - next[0], end[1] - next[1]];
                let out = step[0] * exit.outward[0] + step[1] * exit.outward[1];
                // A line along a straight side has no end there.
                if !self.rectangular || out.abs() > GRAZING * step[0].hypot(step[1]) {
                    exits.push(exit);
                }
            }
        }
        exits
    }

    /// Whether a line that is not all on the outline is off it once it is as far from its first point as a label is high. Where a point of
    /// the sky is drawn as a part of the outline, lines through it begin far from where they are seen.
    pub(super) fn leaves(&self, points: &[Point], is_border: bool) -> bool {
        let Some(first) = points.first() else { return false };
        let away = |p: &Point| (p[0] - first[0]).hypot(p[1] - first[1]);
        let Some(count) = points.iter().position(|p| away(p) > self.size) else {
            // What is as near as that is no more than a dot in a corner.
            return !runs_along(&self.rings, points, ON_RIM);
        };
        let far = points[count];
        let part = self.size / away(&far);
        let mut near = points[..count].to_vec();
        near.push([0, 1].map(|axis| first[axis] + part * (far[axis] - first[axis])));
        is_border || !runs_along(&self.rings, &near, ALONG)
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
    pub(super) fn open_exits(
        &self,
        lines: &[GridLine],
        toward: Point,
        least: f64,
    ) -> Vec<Vec<Exit>> {
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
    pub(super) fn at_ends(
        &mut self,
        grid: &Graticule,
        family: Family,
        texts: &mut [Option<TypesetText>],
        exits: &[Vec<Exit>],
    ) -> Vec<usize> {
        let labels = self.labels_at_ends(family, texts, exits);
        self.keep_evenly(grid, family, texts, labels)
    }

    /// The labels of a family's lines at their ends.
    fn labels_at_ends(
        &self,
        family: Family,
        texts: &[Option<TypesetText>],
        exits: &[Vec<Exit>],
    ) -> Vec<(usize, PlacedText)> {
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
        labels
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
            let labels = self.labels_at_ends(Family::Meridian, &texts[1], &below);
            if self.tell_most(grid, &texts[1], &labels) {
                self.keep_evenly(grid, Family::Meridian, &mut texts[1], labels);
            }
        }
    }

    /// Whether labels of meridians at their ends tell the lines between, or at least as many as labels on the sky would.
    fn tell_most(
        &self,
        grid: &Graticule,
        texts: &[Option<TypesetText>],
        labels: &[(usize, PlacedText)],
    ) -> bool {
        let kept = self.evenly(grid, Family::Meridian, labels.to_vec(), ROOM_OUTSIDE);
        let mut outside: Vec<usize> = kept.into_iter().map(|(line, _)| line).collect();
        outside.dedup();
        outside.len() >= ENOUGH
            || outside.len() >= self.count_in_rows(grid, Family::Meridian, texts)
    }

    /// Whether two labels of one family leave less room between them than they need, in ems.
    pub(super) fn crowded(&self, a: &Rect, b: &Rect, room: [f64; 2]) -> bool {
        widened(a, room.map(|room| room * self.size)).overlaps(b)
    }

    /// The labels of all lines of a family, or of every second one, every third: of the most that leave each other room. Lines are counted
    /// from 0, and those kept are at equal steps all around.
    pub(super) fn evenly(
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

    /// Keeps labels of a family at the outline, thinned evenly: the lines between are told by their neighbours. Says whose labels they are.
    fn keep_evenly(
        &mut self,
        grid: &Graticule,
        family: Family,
        texts: &mut [Option<TypesetText>],
        labels: Vec<(usize, PlacedText)>,
    ) -> Vec<usize> {
        for (line, _) in &labels {
            texts[*line] = None;
        }
        let mut kept = Vec::new();
        for (line, label) in self.evenly(grid, family, labels, ROOM_OUTSIDE) {
            self.keep(label, false);
            kept.push(line);
        }
        kept
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
