//! The footprints of picture pixels on a map, cell by cell, and the averages of a map over them.

use std::ops::Range;

use super::Whole;
use super::averages::Averages;
use super::mesh::Mesh;
use super::mirror::Mirror;
use super::outline::Outlines;
use super::pieces::{CellBox, Patch};
use super::shape::Shape;
use crate::healpix::{Cell, Nside, face_blocks};
use crate::map::{CellRect, CellValues, Region};

/// The footprints of a rectangle of picture pixels; memory that is used again and again.
#[derive(Default)]
pub struct Footprints {
    boxes: Vec<BoxOfCells>,
    /// The pixels, and parts of pixels, that lie in boxes, box by box.
    pixels: Vec<Pixel>,
    /// Their outlines in the boxes' cells.
    outlines: Outlines,
    /// The columns and rows of the pixels that are taken apart.
    apart: Vec<[u32; 2]>,
    /// The points that stand for parts of these, by the pixel's number, with their shares of it.
    points: Vec<(u32, Cell, f32)>,
}

/// A rectangle of cells of the unfolded sphere, and a patch of pixels, or of parts of them, that lie in it.
struct BoxOfCells {
    bounds: CellBox,
    patch: Patch,
    /// Where they end in the list of pixels, and where their corners do.
    end: usize,
    corners: usize,
    /// The share of a pixel that each is a part of; none for whole pixels.
    share: Option<f64>,
}

/// A pixel by its column and row in the patch; and if it is a part of one that is taken apart, that one's number.
#[derive(Clone, Copy)]
struct Pixel {
    number: u32,
    column: u16,
    row: u16,
}

impl Footprints {
    /// Gives back memory that is not used.
    pub fn shrink(&mut self) {
        self.boxes.shrink_to_fit();
        self.pixels.shrink_to_fit();
        self.outlines.shrink_to_fit();
        self.apart.shrink_to_fit();
        self.points.shrink_to_fit();
    }

    /// Forgets what was found.
    pub fn clear(&mut self) {
        let Footprints { boxes, pixels, outlines, apart, points } = self;
        boxes.clear();
        pixels.clear();
        outlines.clear();
        apart.clear();
        points.clear();
    }

    /// Takes the footprints of a patch's even pixels, which lie in a box of cells.
    pub fn pixels(&mut self, mesh: &Mesh, patch: &Patch, bounds: &CellBox) {
        self.take(mesh, patch, bounds, None, |_| 0);
    }

    /// Takes those of the even parts of pixels that are taken apart.
    pub fn parts(&mut self, mesh: &Mesh, patch: &Patch, bounds: &CellBox, whole: &Whole) {
        self.take(mesh, patch, bounds, Some(mesh.share()), |column| whole.number(mesh, column));
    }

    fn take(
        &mut self,
        mesh: &Mesh,
        patch: &Patch,
        bounds: &CellBox,
        share: Option<f64>,
        number: impl Fn(usize) -> usize,
    ) {
        let Footprints { boxes, pixels, outlines, .. } = self;
        outlines.add(mesh, patch, bounds);
        for row in patch.rows.clone() {
            let even = patch.columns.clone().filter(|k| mesh.shape(*k, row) == Shape::Even);
            pixels.extend(even.map(|column| Pixel {
                number: number(column) as u32,
                column: (column - patch.columns.start) as u16,
                row: (row - patch.rows.start) as u16,
            }));
        }
        boxes.push(BoxOfCells {
            bounds: bounds.clone(),
            patch: patch.clone(),
            end: pixels.len(),
            corners: outlines.len(),
            share,
        });
    }

    /// Begins with pixels side by side that are taken apart: they show sky. Gives the first one's number.
    pub fn take_apart(&mut self, columns: Range<usize>, row: usize) -> usize {
        let first = self.apart.len();
        self.apart.extend(columns.map(|column| [column as u32, row as u32]));
        first
    }

    /// Takes a point of a pixel that is taken apart, and the share of the pixel that it stands for.
    pub fn point(&mut self, number: usize, cell: Cell, share: f64) {
        self.points.push((number as u32, cell, share as f32));
    }

    /// Adds the cells of their images in a mirror to a region.
    pub fn touch(&self, nside: Nside, mirror: &Mirror, region: &mut Region) {
        let mut include = |face: u8, rect: CellRect| {
            if let Some(region) = region.get_mut(usize::from(face)) {
                region.include(&rect);
            }
        };
        for BoxOfCells { bounds, .. } in &self.boxes {
            let CellBox { columns, rows } = mirror.image(nside, bounds).bounds;
            for block in face_blocks(nside, &columns, &rows) {
                if let Some(face) = block.face {
                    let x = block.ix(block.columns.start)..block.ix(block.columns.end);
                    let y = block.iy(block.rows.end - 1)..block.iy(block.rows.start) + 1;
                    include(face, CellRect { x, y });
                }
            }
        }
        for (_, cell, _) in &self.points {
            let Cell { face, ix, iy } = mirror.symmetry.cell(nside, *cell);
            include(face, CellRect { x: ix..ix + 1, y: iy..iy + 1 });
        }
    }

    /// Averages maps over the footprints' images, one in each of the mirrors; `put` takes the column and row of each pixel and its
    /// averages, UNSEEN where there is nothing good. Pixels that show no sky are left out.
    pub fn average<M: CellValues, const N: usize>(
        &self,
        maps: &[&M; N],
        mirrors: &[Mirror; N],
        averages: &mut Averages<N>,
        mut put: impl FnMut(usize, usize, [f32; N]),
    ) {
        averages.begin(self.apart.len());
        let (mut first, mut corner) = (0, 0);
        for BoxOfCells { bounds, patch, end, corners, share } in &self.boxes {
            let lattice = self.outlines.lattice(corner..*corners, patch.columns.len());
            averages.read(maps, bounds, mirrors);
            averages.follow(&lattice);
            for Pixel { number, column, row } in &self.pixels[first..*end] {
                let pixel = [*column, *row].map(usize::from);
                match share {
                    Some(share) => averages.add(*number as usize, &lattice, pixel, *share),
                    None => {
                        let [column, row] = pixel;
                        let means = averages.mean(&lattice, pixel);
                        put(patch.columns.start + column, patch.rows.start + row, means);
                    }
                }
            }
            (first, corner) = (*end, *corners);
        }
        for (number, cell, share) in &self.points {
            let values = std::array::from_fn(|k| {
                maps[k].value(mirrors[k].symmetry.cell(maps[k].nside(), *cell))
            });
            averages.add_point(*number as usize, values, *share);
        }
        for ([column, row], means) in self.apart.iter().zip(averages.taken_apart()) {
            put(*column as usize, *row as usize, means);
        }
    }
}
