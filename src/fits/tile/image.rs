//! Tile-compressed images (FITS 4.0, sections 10.1 and 10.2).

use std::io;

use super::super::{ElementType, Hdu, ReadAt, source};
use super::quantize::{Dither, Quantization};
use super::{
    Algorithm, BadTile, BinTable, Cache, FitsError, Header, MOST_TILE_BYTES, Numbers, Pieces,
    error_in_tile,
};

/// The uncompressed bytes of an image.
pub struct TileImage {
    grid: Grid,
    element: ElementType,
    algorithm: Algorithm,
    tiles: Tiles,
    quantizer: Quantizer,
    /// Whether what the tiles have is more by 2^15 than the pixels: masks of unsigned 16-bit
    /// integers, since PLIO_1 knows no negative numbers.
    is_offset: bool,
    hdu: usize,
    cache: Cache,
}

/// Where the data of each tile are: compressed as the header says, or, where that is empty,
/// compressed by gzip or not at all.
struct Tiles {
    compressed: Option<Pieces>,
    gzipped: Option<Pieces>,
    plain: Option<Pieces>,
}

/// How real numbers became integers, tile by tile.
struct Quantizer {
    dither: Dither,
    first_seed: i64,
    scales: PerTile,
    zeros: PerTile,
    blanks: PerTile,
}

/// A number that is the same for all tiles, or that each has of its own, or that is not there.
enum PerTile {
    Nothing,
    Same(f64),
    Each(Vec<f64>),
}

impl PerTile {
    /// What a column has, or else a keyword.
    fn read(table: &BinTable, name: &str) -> Result<PerTile, FitsError> {
        if table.find(name).is_ok() {
            return Ok(PerTile::Each(table.column_by_name(name)?.read_all()?));
        }
        let value = table.hdu().header.get_float(name)?;
        Ok(value.map_or(PerTile::Nothing, PerTile::Same))
    }

    fn of(&self, tile: u64) -> Option<f64> {
        match self {
            PerTile::Nothing => None,
            PerTile::Same(value) => Some(*value),
            PerTile::Each(values) => values.get(tile as usize).copied(),
        }
    }
}

impl TileImage {
    /// Reads where the tiles of an image are, whose pixels are of type `element` and whose
    /// header is that of `table`.
    pub fn new(
        table: &BinTable,
        axes: &[u64],
        element: ElementType,
    ) -> Result<TileImage, FitsError> {
        let Hdu { header, index, .. } = table.hdu();
        let algorithm = Algorithm::of_image(header).ok_or_else(|| {
            let expected = "RICE_1, GZIP_1, GZIP_2, HCOMPRESS_1, PLIO_1 or NOCOMPRESS";
            match header.get("ZCMPTYPE") {
                Some(_) => header.bad_value("ZCMPTYPE", expected),
                None => header.missing("ZCMPTYPE"),
            }
        })?;
        let grid = Grid::read(header, axes)?;
        let working_bytes = algorithm.working_bytes(element.bits() / 8);
        if grid.tile_pixels().checked_mul(working_bytes).is_none_or(|n| n > MOST_TILE_BYTES) {
            let expected = "tiles that are decompressed in 1 GiB of memory at most";
            return Err(header.bad_value("ZTILE1", expected));
        }
        if grid.count() > table.rows() {
            return Err(header.bad_value("NAXIS2", "a row for each tile"));
        }
        let tiles = Tiles {
            compressed: Pieces::named(table, "COMPRESSED_DATA")?,
            gzipped: Pieces::named(table, "GZIP_COMPRESSED_DATA")?,
            plain: Pieces::named(table, "UNCOMPRESSED_DATA")?,
        };
        let quantizer = Quantizer {
            dither: dither(header)?,
            first_seed: header.get_int("ZDITHER0")?.unwrap_or(1),
            scales: PerTile::read(table, "ZSCALE")?,
            zeros: PerTile::read(table, "ZZERO")?,
            blanks: match PerTile::read(table, "ZBLANK")? {
                PerTile::Nothing => PerTile::read(table, "BLANK")?,
                found => found,
            },
        };
        let is_offset = algorithm == Algorithm::Plio
            && element == ElementType::I16
            && header.get_float("BZERO")? == Some(32768.0);
        let (hdu, cache) = (*index, Cache::default());
        Ok(TileImage { grid, element, algorithm, tiles, quantizer, is_offset, hdu, cache })
    }

    fn width(&self) -> usize {
        (self.element.bits() / 8) as usize
    }

    fn decode(&self, tile: u64) -> io::Result<Vec<u8>> {
        let size = self.grid.pixels_of(tile) as usize * self.width();
        let piece = |pieces: &Option<Pieces>| match pieces {
            Some(pieces) if pieces.len(tile) > 0 => pieces.read(tile, size).map(Some),
            _ => Ok(None),
        };
        let bytes = if let Some(bytes) = piece(&self.tiles.compressed)? {
            self.decompress(tile, bytes)
        } else if let Some(bytes) = piece(&self.tiles.gzipped)? {
            self.restore(tile, Algorithm::Gzip, bytes)
        } else if let Some(bytes) = piece(&self.tiles.plain)? {
            self.restore(tile, Algorithm::None, bytes)
        } else {
            Err(BadTile("it has no data"))
        };
        bytes.map_err(|error| error_in_tile(tile, self.hdu, error))
    }

    /// Decompresses a tile, whose real numbers may have been quantised.
    fn decompress(&self, tile: u64, bytes: Vec<u8>) -> Result<Vec<u8>, BadTile> {
        let scale = self.quantizer.scales.of(tile).filter(|scale| *scale != 0.0);
        let (Some(scale), false) = (scale, self.element.is_integer()) else {
            return self.restore(tile, self.algorithm, bytes);
        };
        let shape = self.grid.shape_of(tile);
        let count = shape.0 * shape.1;
        let integers = self.algorithm.decode(bytes, shape, 4)?.into_integers(count)?;
        let quantization = Quantization {
            dither: self.quantizer.dither,
            seed: self
                .quantizer
                .first_seed
                .saturating_sub(1)
                .saturating_add(tile as i64)
                .rem_euclid(10_000) as usize,
            scale,
            zero: self.quantizer.zeros.of(tile).unwrap_or(0.0),
            blank: self.quantizer.blanks.of(tile).map(|blank| blank as i32),
        };
        let mut out = Vec::with_capacity(count * self.width());
        match self.element {
            ElementType::F32 => quantization
                .restore(&integers, |value| out.extend_from_slice(&(value as f32).to_be_bytes())),
            _ => {
                quantization.restore(&integers, |value| out.extend_from_slice(&value.to_be_bytes()))
            }
        }
        Ok(out)
    }

    /// Decompresses a tile that has the pixels as they are.
    fn restore(&self, tile: u64, algorithm: Algorithm, bytes: Vec<u8>) -> Result<Vec<u8>, BadTile> {
        let shape = self.grid.shape_of(tile);
        let (count, width) = (shape.0 * shape.1, self.width());
        match algorithm.decode(bytes, shape, width)? {
            Numbers::Integers(mut integers) if self.is_offset => {
                integers.iter_mut().for_each(|integer| *integer = integer.wrapping_sub(1 << 15));
                Numbers::Integers(integers).into_bytes(count, width)
            }
            Numbers::Bytes(bytes) if bytes.len() == count * width => Ok(bytes),
            numbers if self.element.is_integer() => numbers.into_bytes(count, width),
            _ => Err(BadTile("it holds integers in place of real numbers, without a ZSCALE")),
        }
    }
}

fn dither(header: &Header) -> Result<Dither, FitsError> {
    match header.get_str("ZQUANTIZ").unwrap_or_default().to_ascii_uppercase().as_str() {
        "" | "NONE" | "NO_DITHER" => Ok(Dither::None),
        "SUBTRACTIVE_DITHER_1" => Ok(Dither::Subtractive),
        "SUBTRACTIVE_DITHER_2" => Ok(Dither::SubtractiveWithZeros),
        _ => {
            let expected = "NONE, NO_DITHER, SUBTRACTIVE_DITHER_1 or SUBTRACTIVE_DITHER_2";
            Err(header.bad_value("ZQUANTIZ", expected))
        }
    }
}

impl ReadAt for TileImage {
    fn byte_len(&self) -> Option<u64> {
        Some(self.grid.pixels() * self.width() as u64)
    }

    fn read_at(&self, buf: &mut [u8], offset: u64) -> io::Result<usize> {
        let width = self.width() as u64;
        source::fill(buf, |rest, done| {
            let at = offset.saturating_add(done);
            let Some(run) = self.grid.run(at / width) else { return Ok(0) };
            let size = (self.grid.pixels_of(run.tile) * width) as usize;
            let skipped = (run.start * width + at % width) as usize;
            let end = ((run.start + run.pixels) * width) as usize;
            if skipped == 0 && end == size && rest.len() >= size {
                // Nobody else needs this tile.
                return self.decode(run.tile).map(|bytes| source::copy(&bytes, rest));
            }
            self.cache.with(
                run.tile,
                size,
                || self.decode(run.tile),
                |bytes| source::copy(bytes.get(skipped..end).unwrap_or_default(), rest),
            )
        })
    }
}

/// How an image is cut into tiles.
struct Grid {
    /// Lengths of the image's axes, the fastest first.
    axes: Vec<u64>,
    /// Lengths of a tile's axes.
    tile: Vec<u64>,
}

/// Pixels that are neighbours in the image and in a tile.
struct Run {
    tile: u64,
    /// Position of the first in the tile.
    start: u64,
    pixels: u64,
}

impl Grid {
    fn read(header: &Header, axes: &[u64]) -> Result<Grid, FitsError> {
        let mut tile = Vec::with_capacity(axes.len());
        for (n, axis) in axes.iter().enumerate() {
            let keyword = format!("ZTILE{}", n + 1);
            let size = match header.get_int(&keyword)? {
                None if n == 0 => *axis,
                None => 1,
                Some(_) => header.require_size(&keyword)?,
            };
            if size == 0 && *axis > 0 {
                return Err(header.bad_value(&keyword, "1 or more"));
            }
            tile.push(size.min(*axis));
        }
        Ok(Grid { axes: axes.to_vec(), tile })
    }

    /// Length of the image and of a tile along each axis.
    fn axes(&self) -> impl DoubleEndedIterator<Item = (u64, u64)> {
        self.axes.iter().copied().zip(self.tile.iter().copied())
    }

    fn pixels(&self) -> u64 {
        if self.axes.is_empty() { 0 } else { self.axes.iter().product() }
    }

    fn tile_pixels(&self) -> u64 {
        self.tile.iter().product()
    }

    /// Number of tiles.
    fn count(&self) -> u64 {
        if self.pixels() == 0 {
            return 0;
        }
        self.axes().map(|(axis, size)| axis.div_ceil(size)).product()
    }

    /// Length of a tile along each axis: those at the end of an axis can be shorter.
    fn sizes_of(&self, mut tile: u64) -> impl Iterator<Item = u64> {
        self.axes().map(move |(axis, size)| {
            let count = axis.div_ceil(size);
            let at = tile % count * size;
            tile /= count;
            size.min(axis - at)
        })
    }

    fn pixels_of(&self, tile: u64) -> u64 {
        self.sizes_of(tile).product()
    }

    /// Rows and columns of a tile. Its columns lie along the first axis that is not of length 1,
    /// since the plane of a two-dimensional tile may be any of a cube.
    fn shape_of(&self, tile: u64) -> (usize, usize) {
        let columns = self.sizes_of(tile).find(|size| *size > 1).unwrap_or(1);
        ((self.pixels_of(tile) / columns) as usize, columns as usize)
    }

    /// The pixels from this one on that are neighbours in a tile too; `None` behind the last.
    fn run(&self, mut pixel: u64) -> Option<Run> {
        if pixel >= self.pixels() {
            return None;
        }
        let (mut tile, mut tiles_before) = (0, 1);
        let (mut start, mut pixels, mut stride) = (0, 1, 1);
        // Whether the tile has all there is along the axes so far.
        let mut whole = true;
        for (axis, size) in self.axes() {
            let at = pixel % axis;
            pixel /= axis;
            let within = at % size;
            let size_here = size.min(axis - (at - within));
            if whole {
                // What is left of this axis; less has been counted along those before.
                pixels += (size_here - 1 - within) * stride;
            }
            whole &= size_here == axis;
            start += within * stride;
            stride *= size_here;
            tile += at / size * tiles_before;
            tiles_before *= axis.div_ceil(size);
        }
        Some(Run { tile, start, pixels })
    }
}
