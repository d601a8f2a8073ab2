//! Labels on the sky, each on its line halfway between two lines of the other family.

use super::labels::{APART, Labels};
use super::polygon::{holds_all, middle, widened};
use super::{Family, Graticule, GridLine};
use crate::draw::{Point, Rect, TypesetText};
use crate::figure::layout::PlacedText;

/// Room that labels of one family leave beside and above each other on the sky, in ems.
const ROOM: [f64; 2] = [1.5, 1.0];
/// How far from a label those of the other family are not taken for its neighbours, and how much farther from the middle is as bad as to touch
/// one, both in ems.
const FAR: f64 = 5.0;
const DETOUR: f64 = 20.0;
/// A line that is seen along less than this part of the outline is told by its neighbours: one that is closed, and one that is not.
const SHORT: [f64; 2] = [0.25, 0.35];
/// Where fewer lines of a family than this part have no label at the outline, their neighbours tell them too, but closed ones.
const FEW: f64 = 1.0 / 3.0;

/// Labels in a row, and all lines that have a place there: those without a label are told by their neighbours.
#[derive(Default)]
struct Row {
    labels: Vec<(usize, PlacedText)>,
    lines: Vec<usize>,
}

/// The distance between two rectangles.
fn gap(a: &Rect, b: &Rect) -> f64 {
    let across = (a.x - b.right()).max(b.x - a.right()).max(0.0);
    across.hypot((a.y - b.bottom()).max(b.y - a.bottom()).max(0.0))
}

impl Labels<'_> {
    /// Labels what is left of a family on its lines: most of it in a row in each part of the outline, single lines where there is room.
    pub(super) fn across(
        &mut self,
        grid: &Graticule,
        family: Family,
        open: &mut [Option<TypesetText>],
    ) {
        let left = open.iter().flatten().count() as f64 / open.len().max(1) as f64;
        let inside = self.placed.iter().filter(|label| label.inside);
        let others: Vec<Rect> = inside.map(|label| label.text.bounds()).collect();
        if left > 0.5 {
            let mut told = Vec::new();
            for ring in 0..self.rings.len() {
                let row = self.best_row(grid, family, open, (&self.rings[ring], &others));
                told.extend(row.lines);
                row.labels.into_iter().for_each(|(_, label)| self.keep(label, true));
            }
            told.into_iter().for_each(|line| open[line] = None);
        }
        for (line, text) in open.iter().enumerate() {
            let Some(text) = text else { continue };
            if self.is_worth_a_label(&grid.family(family)[line], left >= FEW)
                && let Some(label) = self.single(grid, family, (line, text), &others)
            {
                self.keep(label, true);
            }
        }
    }

    /// How many lines of a family have labels in the best rows.
    pub(super) fn count_in_rows(
        &self,
        grid: &Graticule,
        family: Family,
        open: &[Option<TypesetText>],
    ) -> usize {
        let count = |ring: &Vec<Point>| self.best_row(grid, family, open, (ring, &[])).labels.len();
        self.rings.iter().map(count).sum()
    }

    /// The labels of a family in that row between two lines of the other one where most find a place: meridians preferably at the equator,
    /// where they are farthest apart, parallels in the middle, but rather not near `others`, labels of the other family.
    fn best_row(
        &self,
        grid: &Graticule,
        family: Family,
        open: &[Option<TypesetText>],
        (ring, others): (&[Point], &[Rect]),
    ) -> Row {
        let center = middle(ring);
        let mut best = (f64::INFINITY, Row::default());
        for (row, places) in grid.halfway[family as usize].iter().enumerate() {
            let mut labels = Vec::new();
            let (mut nearest, mut crowding) = (f64::INFINITY, 0.0f64);
            for (line, (text, place)) in open.iter().zip(places).enumerate() {
                let (Some(text), Some(at)) = (text, place.map(self.to_page)) else { continue };
                if let Some(label) = self.on_line(text, at, ring) {
                    nearest = nearest.min((at[0] - center[0]).hypot(at[1] - center[1]));
                    crowding = crowding.max(self.detour(&label, others));
                    labels.push((line, label));
                }
            }
            let lines = labels.iter().map(|(line, _)| *line).collect();
            let labels = self.evenly(grid, family, labels, ROOM);
            let off = match family {
                Family::Parallel => nearest + crowding,
                Family::Meridian => (row as f64 - grid.equator).abs(),
            };
            let most = best.1.labels.len();
            if labels.len() > most || labels.len() == most && off < best.0 {
                best = (off, Row { labels, lines });
            }
        }
        best.1
    }

    /// Whether a line is seen along much of a part of the outline; one that is not closed only where `many` lines have no label.
    fn is_worth_a_label(&self, line: &GridLine, many: bool) -> bool {
        let size = |points: &[Point]| {
            let side = |axis: usize| {
                let along = points.iter().map(|point| point[axis]);
                let low = along.clone().fold(f64::INFINITY, f64::min);
                along.fold(f64::NEG_INFINITY, f64::max) - low
            };
            side(0).hypot(side(1))
        };
        let points = line.parts.iter().flatten();
        let points: Vec<Point> = points.map(|&point| (self.to_page)(point)).collect();
        let [closed, open] = SHORT;
        let short = match points.as_slice() {
            [first, .., last] if size(&[*first, *last]) < 0.01 * size(&points) => closed,
            _ if many => open,
            _ => return false,
        };
        let least = self.rings.iter().map(|ring| size(ring)).fold(f64::INFINITY, f64::min);
        size(&points) > short * least
    }

    /// The label of one line where it is nearest to the middle of a part of the outline, among the places that are free, and rather not
    /// near `others`, labels of the other family, among which it would look like one of them.
    fn single(
        &self,
        grid: &Graticule,
        family: Family,
        (line, text): (usize, &TypesetText),
        others: &[Rect],
    ) -> Option<PlacedText> {
        let rows = &grid.halfway[family as usize];
        let places = || rows.iter().filter_map(|row| *row.get(line)?).map(self.to_page);
        let place = |at: Point, ring: &Vec<Point>| {
            let center = middle(ring);
            let label = self.on_line(text, at, ring)?;
            let off = (at[0] - center[0]).hypot(at[1] - center[1]);
            Some((off + self.detour(&label, others), label))
        };
        let roomy = |(_, label): &(f64, PlacedText)| {
            let bounds = label.bounds();
            let others = self.placed.iter().filter(|other| other.inside);
            others
                .map(|other| other.text.bounds())
                .all(|other| !self.crowded(&other, &bounds, ROOM))
        };
        let free = self.rings.iter().flat_map(|ring| places().filter_map(|at| place(at, ring)));
        free.filter(roomy).min_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, label)| label)
    }

    /// How much farther from the middle would be as bad as to be so near to others.
    fn detour(&self, label: &PlacedText, others: &[Rect]) -> f64 {
        let bounds = label.bounds();
        let near = others.iter().map(|other| gap(other, &bounds) / self.size);
        DETOUR * self.size * (1.0 - (near.fold(f64::INFINITY, f64::min) / FAR).min(1.0))
    }

    /// A label with its middle on its line, so that no other line can be meant, wholly on a part of the sky.
    fn on_line(&self, text: &TypesetText, at: Point, ring: &[Point]) -> Option<PlacedText> {
        let ink = text.ink;
        let origin = [at[0] - 0.5 * ink.width - ink.x, at[1] - 0.5 * ink.height - ink.y];
        let placed = PlacedText { text: text.clone(), origin, upright: false };
        let bounds: Rect = placed.bounds();
        let wide = widened(&bounds, [APART * self.size; 2]);
        (self.free(&bounds) && holds_all(ring, &wide)).then_some(placed)
    }
}
