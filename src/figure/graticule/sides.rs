//! At which sides of a rectangle a grid's lines have their labels.

use super::labels::Labels;
use super::{Family, Graticule};
use crate::draw::{Point, TypesetText};

/// How much a side of a rectangle faces its own way, as a cosine: wholly, but for rounding.
const FACES: f64 = 0.9;

impl Labels<'_> {
    /// Labels at the sides of a rectangle: parallels at the left and meridians below, or the other way where that is how they end; what
    /// ends at neither of these is labelled across, at the right or above.
    pub(super) fn along_sides(
        &mut self,
        grid: &Graticule,
        texts: &mut [Vec<Option<TypesetText>>; 2],
    ) {
        let (left, right, above, below) = ([-1.0, 0.0], [1.0, 0.0], [0.0, -1.0], [0.0, 1.0]);
        let (upright, level) = if grid.spec.second { (right, above) } else { (left, below) };
        let ends = |family: Family, side: Point| {
            let exits = self.open_exits(grid.family(family), side, FACES);
            exits.iter().filter(|exits| !exits.is_empty()).count()
        };
        let most = |side: Point, family: Family, other: Family| {
            if ends(family, side) >= ends(other, side) { family } else { other }
        };
        let about_pole = !grid.spec.second && self.is_about_pole(grid, above, below);
        let first = match about_pole {
            true => most(upright, Family::Meridian, Family::Parallel),
            false => most(upright, Family::Parallel, Family::Meridian),
        };
        let other = match first {
            Family::Parallel => Family::Meridian,
            Family::Meridian => Family::Parallel,
        };
        // Two lines tell that side from the first.
        let second = match !about_pole && ends(other, level) > 1 {
            true => other,
            false => most(level, Family::Meridian, Family::Parallel),
        };
        let mut others = vec![above];
        others.extend(
            [left, right, below]
                .into_iter()
                .filter(|&side| most(side, Family::Meridian, Family::Parallel) == Family::Meridian),
        );
        if about_pole {
            let sides = [(upright, first), (level, second)];
            for (side, family) in sides.into_iter().filter(|side| side.1 == Family::Parallel) {
                self.at_side(grid, texts, family, side);
            }
            self.about_pole(grid, texts, &others);
            return;
        }
        self.at_side(grid, texts, first, upright);
        self.at_side(grid, texts, second, level);
        if grid.spec.second {
            return;
        }
        // In a turned field lines that miss their side end at the one across.
        let across = match (first, second) {
            (Family::Meridian, Family::Parallel) => [(first, right), (second, above)],
            _ => [(Family::Parallel, right), (Family::Meridian, above)],
        };
        for (family, side) in across {
            let left = texts[family as usize].iter().flatten().count();
            // Where another grid has those sides, a few lines are told by their neighbours.
            if !self.shared || 2 * left > texts[family as usize].len() {
                self.at_side(grid, texts, family, side);
            }
        }
    }

    /// Whether meridians go in most directions from one point: each side has others then, and none is told by its neighbours.
    fn is_about_pole(&self, grid: &Graticule, above: Point, below: Point) -> bool {
        let count = grid.meridians.len() as i64;
        let [above, below] =
            [above, below].map(|side| self.open_exits(&grid.meridians, side, FACES));
        let both = above.iter().zip(&below).filter(|(a, b)| !a.is_empty() && !b.is_empty());
        let through = both.count() as i64;
        2 * through <= count && grid.turn.is_some_and(|turn| 2 * count >= turn)
    }

    /// Labels meridians at several sides. Those that crowd at the side next to the pole are farther apart where they end at another.
    fn about_pole(
        &mut self,
        grid: &Graticule,
        texts: &mut [Vec<Option<TypesetText>>; 2],
        sides: &[Point],
    ) {
        let family = Family::Meridian as usize;
        let mut told = vec![false; texts[family].len()];
        for &side in sides {
            let open = texts[family].clone();
            let labelled = self.at_side(grid, texts, Family::Meridian, side);
            for (line, text) in open.into_iter().enumerate() {
                // Those left out for want of room are told by their neighbours, unless they end at another side, too.
                if texts[family][line].is_none() && !labelled.contains(&line) {
                    told[line] |= text.is_some();
                    texts[family][line] = text;
                }
            }
        }
        for (text, told) in texts[family].iter_mut().zip(told) {
            *text = text.take().filter(|_| !told);
        }
    }

    /// Labels the lines of a family that end at one side, and says which.
    fn at_side(
        &mut self,
        grid: &Graticule,
        texts: &mut [Vec<Option<TypesetText>>; 2],
        family: Family,
        side: Point,
    ) -> Vec<usize> {
        let mut exits = self.open_exits(grid.family(family), side, FACES);
        // Lines that end twice are labelled at the lower or left end, so that circles about a pole are in order.
        for exits in &mut exits {
            exits.sort_by(|a, b| (b.at[1] - b.at[0]).total_cmp(&(a.at[1] - a.at[0])));
        }
        self.at_ends(grid, family, &mut texts[family as usize], &exits)
    }
}
