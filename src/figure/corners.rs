//! The labels at the left and the right above the sky: in its corners, or on lines of their own.

use super::fit;
use super::layout::{ASCENT, DESCENT, LEAST_SIZE, MARGIN, PlacedText, Planner};
use super::outline::Placement;
use crate::draw::{DrawError, Rect, RichText, TypesetText};

/// Lines of a label that is long.
const LABEL_LINES: usize = 2;

/// Lines of a label, one below the other.
#[derive(Clone)]
struct Block {
    lines: Vec<TypesetText>,
    size: f64,
}

impl Block {
    fn width(&self) -> f64 {
        self.lines.iter().map(|line| line.ink.width).fold(0.0, f64::max)
    }

    /// From the top to the first baseline.
    fn ascent(&self) -> f64 {
        self.lines.first().map_or(0.0, TypesetText::height).max(ASCENT * self.size)
    }

    /// From one baseline to the next.
    fn pitch(&self) -> f64 {
        let height = |line: &TypesetText| line.height() + line.depth();
        self.lines.iter().map(height).fold((ASCENT + DESCENT) * self.size, f64::max)
            + 0.15 * self.size
    }

    /// From the first baseline to the bottom.
    fn below(&self) -> f64 {
        let after = self.lines.len().saturating_sub(1) as f64;
        let depth = self.lines.last().map_or(0.0, TypesetText::depth);
        after * self.pitch() + depth.max(DESCENT * self.size)
    }

    fn height(&self) -> f64 {
        match self.lines.as_slice() {
            [line] => line.ink.height.max(self.size),
            _ => self.ascent() + self.below(),
        }
    }

    /// The lines from a first baseline on, at the left (0) or the right (1) of two ends.
    fn at(self, ends: [f64; 2], side: usize, baseline: f64) -> impl Iterator<Item = PlacedText> {
        let pitch = self.pitch();
        self.lines.into_iter().enumerate().map(move |(k, text)| {
            let x = match side {
                0 => ends[0] - text.ink.x,
                _ => ends[1] - text.ink.right(),
            };
            PlacedText { text, origin: [x, baseline + k as f64 * pitch], upright: false }
        })
    }
}

impl Planner<'_> {
    /// The labels that there are, with the side of each: left (0) or right (1).
    fn labels(&self) -> impl Iterator<Item = (usize, &RichText)> {
        let labels = [&self.spec.left_label, &self.spec.right_label];
        labels.into_iter().enumerate().filter(|(_, label)| !label.is_blank())
    }

    /// The labels in the sky's upper corners, if the outline leaves room for them.
    pub(super) fn corner_labels(
        &self,
        size: f64,
        sky: &Rect,
    ) -> Result<Option<Vec<PlacedText>>, DrawError> {
        let placement = Placement { extent: *self.bounds, rect: *sky };
        let set = |label: &RichText, size: f64| -> Result<Block, DrawError> {
            let lines = fit::given_lines(label);
            let lines = lines.iter().map(|line| self.set(line, size)).collect::<Result<_, _>>()?;
            Ok(Block { lines, size })
        };
        let mut shrunk = 1.0f64;
        for (side, label) in self.labels() {
            let block = set(label, size)?;
            let free = placement.free_corners(self.outline, block.height() + 0.4 * size);
            let room = free.get(side).copied().unwrap_or(0.0) - 0.5 * size;
            shrunk = shrunk.min(room / block.width());
        }
        if shrunk < LEAST_SIZE {
            return Ok(None);
        }
        let mut placed = Vec::new();
        for (side, label) in self.labels() {
            let block = set(label, size * shrunk)?;
            let baseline = sky.y + block.ascent();
            placed.extend(block.at([sky.x, sky.right()], side, baseline));
        }
        Ok(Some(placed))
    }

    /// The labels on the line of the title if they fit there, else on lines of their own; returns the
    /// sky's top.
    pub(super) fn labels_above(
        &self,
        texts: &mut Vec<PlacedText>,
        size: f64,
        sky: &Rect,
    ) -> Result<f64, DrawError> {
        let y = sky.y;
        let gap = size;
        let both = self.labels().count() > 1;
        // Beside a narrow sky there is more room than above it.
        let (margin, middle) = (MARGIN * self.scale, sky.center()[0]);
        let end = self.spec.width - self.column() - margin;
        let mut blocks = Vec::new();
        for (side, label) in self.labels() {
            let room = match (both, side) {
                (true, _) => (middle - margin).min(end - middle).max(0.5 * sky.width) - 0.5 * gap,
                (false, 0) => end - sky.x,
                (false, _) => sky.right() - margin,
            };
            let (lines, size) = self.fit(label, size, room, LABEL_LINES)?;
            let block = Block { lines, size };
            let inner = middle + if side == 0 { -0.5 * gap } else { 0.5 * gap };
            let ends = match both {
                true => [sky.x.min(inner - block.width()), sky.right().max(inner + block.width())],
                false => [sky.x, sky.right()],
            };
            blocks.push((side, ends, block));
        }
        if let [title] = texts.as_slice() {
            let (bounds, baseline) = (title.bounds(), title.origin[1]);
            let beside = |(side, ends, block): &(usize, [f64; 2], Block)| {
                block.clone().at(*ends, *side, baseline)
            };
            let clear = |label: &PlacedText| {
                let label = label.bounds();
                let aside = label.right() + gap < bounds.x || bounds.right() + gap < label.x;
                aside && label.y > 0.5 * margin && label.bottom() < y
            };
            let beside: Vec<PlacedText> = blocks.iter().flat_map(beside).collect();
            if beside.iter().all(clear) {
                texts.extend(beside);
                return Ok(y);
            }
        }
        let most = |of: fn(&Block) -> f64| blocks.iter().map(|(.., b)| of(b)).fold(0.0, f64::max);
        let baseline = y + most(Block::ascent).max(ASCENT * size);
        let bottom = baseline + most(Block::below).max(DESCENT * size) + 0.2 * size;
        for (side, ends, block) in blocks {
            texts.extend(block.at(ends, side, baseline));
        }
        Ok(self.snapped(bottom))
    }
}
