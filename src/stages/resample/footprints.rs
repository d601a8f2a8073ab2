//! The footprints of picture pixels on a map, cell by cell, and the averages of a map over them.

use std::ops::Range;

use super::Whole;
use super::coverage::{Coverage, Edges, Part, Parts, Vertex};
use super::mesh::{CellBox, Mesh, Patch, Shape};
use super::mirror::Mirror;
use crate::healpix::{Cell, Nside, face_runs};
use crate::map::{CellRect, CellValues, Region, UNSEEN};

/// The footprints of a rectangle of picture pixels.
#[derive(Default)]
pub struct Footprints {
    boxes: Vec<BoxOfCells>,
    /// The pixels that lie in boxes, box by box.
    pixels: Vec<Pixel>,
    /// Their parts in the boxes' cells.
    parts: Parts,
    /// The pixels that are taken apart.
    apart: Vec<Pixel>,
    /// Their parts.
    cells: Vec<(Cell, f32)>,
}

/// A rectangle of cells of the unfolded sphere, and the pixels that lie in it.
struct BoxOfCells {
    bounds: CellBox,
    /// Where they end in the list of pixels.
    end: usize,
}

/// A pixel, by its place in the rectangle row by row, and where its parts end.
#[derive(Clone, Copy)]
struct Pixel {
    place: u32,
    end: u32,
}

impl Footprints {
    /// Gives back memory that is not used.
    pub fn shrink(&mut self) {
        self.boxes.shrink_to_fit();
        self.pixels.shrink_to_fit();
        self.parts.shrink_to_fit();
        self.apart.shrink_to_fit();
        self.cells.shrink_to_fit();
    }

    fn clear(&mut self) {
        let Footprints { boxes, pixels, parts, apart, cells } = self;
        boxes.clear();
        pixels.clear();
        parts.clear();
        apart.clear();
        cells.clear();
    }

    /// Adds the cells of their images in a mirror to a region.
    pub fn touch(&self, nside: Nside, mirror: &Mirror, region: &mut Region) {
        let mut include = |face: u8, rect: CellRect| {
            if let Some(region) = region.get_mut(usize::from(face)) {
                region.include(&rect);
            }
        };
        let side = i64::from(nside.get());
        for BoxOfCells { bounds, .. } in &self.boxes {
            let CellBox { columns, rows } = mirror.image(nside, bounds).bounds;
            // The rows of the plane that go through the same faces, of which `iy` falls as they rise.
            let mut row = rows.start;
            while row < rows.end {
                let end = (row - row.rem_euclid(side) + side).min(rows.end);
                for run in face_runs(nside, row, columns.clone()) {
                    if let Some(face) = run.face {
                        let y = run.iy + 1 - (end - row) as u32..run.iy + 1;
                        include(face, CellRect { x: run.ix, y });
                    }
                }
                row = end;
            }
        }
        for (cell, _) in &self.cells {
            let Cell { face, ix, iy } = mirror.symmetry.cell(nside, *cell);
            include(face, CellRect { x: ix..ix + 1, y: iy..iy + 1 });
        }
    }

    /// Averages maps over the footprints' images, one in each of the mirrors; `put` takes the place of each pixel and its averages, UNSEEN where
    /// there is nothing good. Pixels that show no sky are left out.
    pub fn average<M: CellValues, const N: usize>(
        &self,
        maps: &[&M; N],
        mirrors: &[Mirror; N],
        values: &mut BoxValues<N>,
        mut put: impl FnMut(usize, [f32; N]),
    ) {
        let mut pixels = self.pixels.as_slice();
        let mut parts = self.parts.as_slice();
        let (mut pixel, mut part) = (0, 0);
        for BoxOfCells { bounds, end } in &self.boxes {
            let cells = values.read(maps, bounds, mirrors);
            let (inside, rest) = pixels.split_at(end - pixel);
            (pixels, pixel) = (rest, *end);
            for Pixel { place, end } in inside {
                let (own, rest) = parts.split_at(*end as usize - part);
                (parts, part) = (rest, *end as usize);
                put(*place as usize, mean(own, cells));
            }
        }
        let mut cells = self.cells.as_slice();
        let mut cell = 0;
        for Pixel { place, end } in &self.apart {
            let (own, rest) = cells.split_at(*end as usize - cell);
            (cells, cell) = (rest, *end as usize);
            let means = std::array::from_fn(|k| {
                let (map, mirror) = (maps[k], mirrors[k]);
                let image = |cell| map.value(mirror.symmetry.cell(map.nside(), cell));
                let mut mean = Mean::default();
                own.iter().for_each(|(cell, weight)| mean.add(image(*cell), *weight));
                mean.value()
            });
            put(*place as usize, means);
        }
    }
}

/// The values in a box's cells, row by row, for each of its images; memory that is used again and again.
#[derive(Default)]
pub struct BoxValues<const N: usize> {
    cells: Vec<[f32; N]>,
    line: Vec<f32>,
}

impl<const N: usize> BoxValues<N> {
    fn read<M: CellValues>(
        &mut self,
        maps: &[&M; N],
        bounds: &CellBox,
        mirrors: &[Mirror; N],
    ) -> &[[f32; N]] {
        let BoxValues { cells, line } = self;
        cells.resize(bounds.columns() * bounds.rows(), [f32::NAN; N]);
        for (k, (map, mirror)) in maps.iter().zip(mirrors).enumerate() {
            let image = mirror.image(map.nside(), bounds);
            line.resize(image.bounds.columns(), f32::NAN);
            for (row, number) in image.bounds.rows.clone().zip(0..) {
                let mut rest = line.as_mut_slice();
                for run in face_runs(map.nside(), row, image.bounds.columns.clone()) {
                    let (places, after) = rest.split_at_mut(run.ix.len());
                    match run.face {
                        Some(face) => map.copy_row(face, run.iy, run.ix, places),
                        None => places.fill(f32::NAN),
                    }
                    rest = after;
                }
                image.put_back(number, line, cells, |cell, value| cell[k] = value);
            }
        }
        cells
    }
}

/// The averages over what is good of a footprint.
#[inline(always)]
fn mean<const N: usize>(parts: &[Part], cells: &[[f32; N]]) -> [f32; N] {
    let (mut sums, mut area) = ([0.0; N], 0.0);
    for Part { cell, weight } in parts {
        let weight = f64::from(*weight);
        let values = &cells[*cell as usize];
        for (sum, value) in sums.iter_mut().zip(values) {
            *sum += f64::from(*value) * weight;
        }
        area += weight;
    }
    // What is bad is NaN, and so is any sum with it.
    if sums.iter().any(|sum| sum.is_nan()) {
        return mean_of_good(parts, cells);
    }
    sums.map(|sum| (sum / area) as f32)
}

/// The averages over what is good of a footprint where something is bad.
#[inline(never)]
fn mean_of_good<const N: usize>(parts: &[Part], cells: &[[f32; N]]) -> [f32; N] {
    let mut means = [Mean::default(); N];
    for Part { cell, weight } in parts {
        let values = &cells[*cell as usize];
        means.iter_mut().zip(values).for_each(|(mean, value)| mean.add(*value, *weight));
    }
    means.map(|mean| mean.value())
}

/// A mean of good values over an area.
#[derive(Clone, Copy, Default, Debug)]
struct Mean {
    sum: f64,
    weight: f64,
}

impl Mean {
    #[inline(always)]
    fn add(&mut self, value: f32, weight: f32) {
        let (good, weight) = (!value.is_nan(), f64::from(weight));
        self.sum += if good { f64::from(value) * weight } else { 0.0 };
        self.weight += if good { weight } else { 0.0 };
    }

    /// The mean, or UNSEEN where there was nothing good.
    #[inline(always)]
    fn value(&self) -> f32 {
        if self.weight > 0.0 { (self.sum / self.weight) as f32 } else { UNSEEN }
    }
}

/// Finds footprints, with memory that is used again and again.
pub struct Surveyor {
    nside: Nside,
    outlines: Outlines,
    /// Parts of a part of a pixel.
    parts: Parts,
    /// The parts of the pixels that are being taken apart, by the pixel's place, and one of no weight for each pixel.
    cells: Vec<(u32, Cell, f32)>,
    found: Footprints,
}

/// The outlines of the pixels between two lines of corners.
#[derive(Default)]
struct Outlines {
    coverage: Coverage,
    low: Vec<Vertex>,
    high: Vec<Vertex>,
    /// The edges along the lower and the upper line, and those that go up between them.
    bottom: Edges,
    top: Edges,
    up: Edges,
}

impl Outlines {
    /// Finds the parts in a box's cells of a patch's even pixels, each of them `share` altogether. `take` is told each pixel's column and
    /// row after its parts have been added.
    fn survey(
        &mut self,
        mesh: &Mesh,
        patch: &Patch,
        bounds: &CellBox,
        share: f64,
        parts: &mut Parts,
        mut take: impl FnMut(usize, usize, &mut Parts),
    ) {
        self.coverage.begin(bounds.columns(), bounds.rows());
        self.raise(mesh, patch, patch.rows.start, bounds);
        for row in patch.rows.clone() {
            std::mem::swap(&mut self.low, &mut self.high);
            std::mem::swap(&mut self.bottom, &mut self.top);
            self.raise(mesh, patch, row + 1, bounds);
            let Outlines { coverage, low, high, bottom, top, up } = self;
            up.clear();
            low.iter().zip(&*high).for_each(|(a, b)| coverage.edge(*a, *b, up));
            let corners = low.windows(2).zip(high.windows(2)).zip(patch.columns.clone());
            for (k, ((low, high), column)) in corners.enumerate() {
                if mesh.shape(column, row) == Shape::Even {
                    let corners = [low[0], low[1], high[0], high[1]];
                    let edges = [(&*bottom, k), (&*up, k + 1), (&*top, k), (&*up, k)];
                    coverage.parts(corners, edges, share, parts);
                    take(column, row, parts);
                }
            }
        }
    }

    /// Prepares the upper line of corners of a row of pixels.
    fn raise(&mut self, mesh: &Mesh, patch: &Patch, line: usize, bounds: &CellBox) {
        let Outlines { coverage, high, top, .. } = self;
        let (left, low) = (bounds.columns.start as f64, bounds.rows.start as f64);
        let (x, y) = mesh.line(line, &patch.columns);
        high.clear();
        high.extend(x.iter().zip(y).map(|(x, y)| coverage.vertex(x - left, y - low)));
        top.clear();
        high.windows(2).for_each(|ends| coverage.edge(ends[0], ends[1], top));
    }
}

impl Surveyor {
    pub fn new(nside: Nside) -> Surveyor {
        Surveyor {
            nside,
            outlines: Outlines::default(),
            parts: Parts::default(),
            cells: Vec::new(),
            found: Footprints::default(),
        }
    }

    /// The footprints that were looked at.
    pub fn found(&mut self) -> &Footprints {
        self.settle();
        &self.found
    }

    /// Sorts the parts of pixels that were taken apart.
    fn settle(&mut self) {
        self.cells.sort_by_key(|(place, ..)| *place);
        for pixel in self.cells.chunk_by(|a, b| a.0 == b.0) {
            let Some((place, ..)) = pixel.first() else { continue };
            let parts = pixel.iter().filter(|(.., weight)| *weight > 0.0);
            self.found.cells.extend(parts.map(|(_, cell, weight)| (*cell, *weight)));
            let end = self.found.cells.len() as u32;
            self.found.apart.push(Pixel { place: *place, end });
        }
        self.cells.clear();
    }

    /// Gives away the footprints that were looked at.
    pub fn take(&mut self) -> Footprints {
        self.settle();
        std::mem::take(&mut self.found)
    }

    /// Forgets what was found.
    pub fn clear(&mut self) {
        self.found.clear();
    }

    /// Begins anew, in memory that held other footprints.
    pub fn begin(&mut self, memory: Footprints) {
        self.found = memory;
        self.clear();
    }
}

impl Surveyor {
    /// Takes the footprints of a patch's even pixels, which lie in a box of cells.
    pub fn pixels(&mut self, mesh: &Mesh, patch: &Patch, bounds: &CellBox) {
        let Footprints { boxes, pixels, parts, .. } = &mut self.found;
        self.outlines.survey(mesh, patch, bounds, 1.0, parts, |column, row, parts| {
            let place = (row * mesh.width + column) as u32;
            pixels.push(Pixel { place, end: parts.len() as u32 });
        });
        boxes.push(BoxOfCells { bounds: bounds.clone(), end: pixels.len() });
    }

    /// Takes those of the even parts of pixels that are taken apart.
    pub fn parts(&mut self, mesh: &Mesh, patch: &Patch, bounds: &CellBox, whole: &Whole) {
        let Surveyor { nside, outlines, parts, cells, .. } = self;
        let share = whole.share();
        parts.clear();
        outlines.survey(mesh, patch, bounds, share, parts, |column, _, parts| {
            for part in parts.as_slice() {
                if let Some(cell) = bounds.cell(*nside, part.cell) {
                    cells.push((whole.place(column) as u32, cell, part.weight));
                }
            }
            parts.clear();
        });
    }

    /// Takes a point of a pixel that is taken apart, and the share of the pixel that it stands for.
    pub fn point(&mut self, place: usize, cell: Cell, share: f64) {
        self.cells.push((place as u32, cell, share as f32));
    }

    /// Begins with pixels side by side that are taken apart: they show sky.
    pub fn sky(&mut self, pixels: Range<usize>) {
        self.settle();
        let nowhere = Cell { face: 0, ix: 0, iy: 0 };
        self.cells.extend(pixels.map(|place| (place as u32, nowhere, 0.0)));
    }
}
