//! The maps that the tests draw, and what can be seen in the pictures.

use std::process::Command;

use map2fig::healpix::{Nside, Ordering};
use map2fig::sky::UnitVector;

use crate::common::fits::{Column, HealpixFile};
use crate::common::npy::{self, Array};
use crate::common::picture::Picture;
use crate::common::sandbox::{Outcome, Sandbox};
use crate::common::{UNSEEN, noise};

pub type Rgb = [u8; 3];
pub const BLACK: Rgb = [0, 0, 0];
pub const WHITE: Rgb = [255, 255, 255];
pub const RED: Rgb = [255, 0, 0];
pub const LIME: Rgb = [0, 255, 0];
pub const BLUE: Rgb = [0, 0, 255];

/// A folder with the galactic maps `noise.fits` and `coarse.fits` (numbers between -1 and 1; the former without data in the south),
/// `flat.fits` (of ones) and `xyz.fits` (the pixels' own directions, column by column).
pub struct Looks(pub Sandbox);

/// The centres of the pixels of an nside, as vectors.
pub fn centers(nside: i64) -> Vec<UnitVector> {
    let nside = Nside::new(nside).unwrap();
    (0..nside.npix()).map(|p| Ordering::Ring.cell(nside, p).center(nside)).collect()
}

/// A direction from degrees.
pub fn direction(lon: f64, lat: f64) -> [f64; 3] {
    let (lon, lat) = (lon.to_radians(), lat.to_radians());
    [lat.cos() * lon.cos(), lat.cos() * lon.sin(), lat.sin()]
}

/// The angle between two directions in degrees.
pub fn between(a: [f64; 3], b: [f64; 3]) -> f64 {
    let chord: f64 = (0..3).map(|i| (a[i] - b[i]).powi(2)).sum::<f64>().sqrt();
    2.0 * (chord / 2.0).asin().to_degrees()
}

impl Looks {
    pub fn new() -> Looks {
        let sandbox = Sandbox::new();
        let values = noise(3, 12 * 16 * 16).into_iter().map(|v| (2.0 * v - 1.0) as f32);
        let holes = |(v, at): (f32, &UnitVector)| if at.z < -0.9 { UNSEEN } else { v };
        let noise: Vec<f32> = values.zip(&centers(16)).map(holes).collect();
        let map = |nside| HealpixFile::new(nside).coordsys("G");
        let coarse: Vec<f32> =
            crate::common::noise(4, 192).iter().map(|v| (2.0 * v - 1.0) as f32).collect();
        map(4).column(Column::f32("T", coarse)).write(sandbox.folder(), "coarse.fits");
        map(16).column(Column::f32("T", noise).unit("mJy")).write(sandbox.folder(), "noise.fits");
        map(16).column(Column::f32("T", vec![1.0; 3072])).write(sandbox.folder(), "flat.fits");
        let axis =
            |of: fn(&UnitVector) -> f64| -> Vec<f64> { centers(128).iter().map(of).collect() };
        map(128)
            .column(Column::f64("X", axis(|v| v.x)))
            .column(Column::f64("Y", axis(|v| v.y)))
            .column(Column::f64("Z", axis(|v| v.z)))
            .write(sandbox.folder(), "xyz.fits");
        Looks(sandbox)
    }

    /// Runs the program on a line without blanks in any word.
    #[track_caller]
    pub fn run(&self, line: &str) -> Outcome {
        self.0.run_line(line).success()
    }

    /// The picture that a line makes, as seen on white paper.
    #[track_caller]
    pub fn draw(&self, line: &str) -> Picture {
        self.run(&format!("{line} -o x.png"));
        Picture::read(&self.0.path("x.png")).over_white()
    }

    /// The projected values that a line makes.
    #[track_caller]
    pub fn values(&self, line: &str) -> Array {
        self.run(&format!("{line} -o x.npy"));
        npy::read(&self.0.path("x.npy"))
    }

    /// The values of `coarse.fits` in view, from 0 to 1 the grey that each is drawn with; bad pixels, which are red, left out.
    #[track_caller]
    pub fn greys(&self, line: &str) -> Vec<(f64, f64)> {
        let line = format!("coarse.fits -w 240 --sampling nearest {line}");
        let values = self.values(&line);
        let sky = "--fast-render --cmap #000000,#ffffff --bad-color red";
        let picture = self.draw(&format!("{line} {sky}"));
        assert_eq!((picture.width, picture.height), (values.width, values.height));
        let mut pairs = Vec::new();
        for row in 1..values.height - 1 {
            for column in 1..values.width - 1 {
                let value = values.at(row, column);
                // Pixels of arrays are centred as healpy's are, which is up to half a pixel from those of pictures.
                let is_inside = (row - 1..=row + 1)
                    .all(|r| (column - 1..=column + 1).all(|c| values.at(r, c) == value));
                let at = (column, values.height - 1 - row);
                if is_inside && !is(&picture, at.0, at.1, RED) {
                    pairs.push((f64::from(value), f64::from(picture.at(at.0, at.1)[0]) / 255.0));
                }
            }
        }
        assert!(pairs.len() > 2000, "{line}: {}", pairs.len());
        pairs
    }

    /// The words on a figure, with their left end, top, width and height in points.
    #[track_caller]
    pub fn words(&self, line: &str) -> Vec<Word> {
        self.run(&format!("{line} -o x.pdf"));
        let mut command = Command::new("pdftotext");
        let output = command.current_dir(self.0.folder()).args(["-bbox", "x.pdf", "-"]).output();
        let output = output.unwrap_or_else(|e| panic!("pdftotext (Debian: poppler-utils): {e}"));
        let text = String::from_utf8(output.stdout).unwrap();
        text.lines().filter_map(Word::parse).collect()
    }
}

/// A word of a page.
#[derive(Debug)]
pub struct Word {
    pub text: String,
    pub left: f64,
    pub top: f64,
    pub height: f64,
}

impl Word {
    /// From a line such as `<word xMin="1" yMin="2" xMax="3" yMax="4">text</word>`.
    fn parse(line: &str) -> Option<Word> {
        let rest = line.trim().strip_prefix("<word ")?;
        let (places, text) = rest.strip_suffix("</word>")?.split_once('>')?;
        let number = |name: &str| -> Option<f64> {
            places.split_once(name)?.1.split('"').nth(1)?.parse().ok()
        };
        let (left, top) = (number("xMin")?, number("yMin")?);
        Some(Word { text: text.to_string(), left, top, height: number("yMax")? - top })
    }
}

/// The word that holds this text.
#[track_caller]
pub fn word<'a>(words: &'a [Word], text: &str) -> &'a Word {
    words.iter().find(|w| w.text.contains(text)).unwrap_or_else(|| panic!("no {text} in {words:?}"))
}

/// How many pixels have a colour, within 30 of each component.
pub fn count(picture: &Picture, color: Rgb) -> usize {
    (0..picture.height).map(|row| in_row(picture, row, color)).sum()
}

/// How many pixels of a row have a colour.
pub fn in_row(picture: &Picture, row: usize, color: Rgb) -> usize {
    (0..picture.width).filter(|column| is(picture, *column, row, color)).count()
}

/// Whether a pixel has a colour, within 30 of each component.
pub fn is(picture: &Picture, column: usize, row: usize, color: Rgb) -> bool {
    let pixel = picture.at(column, row);
    (0..3).all(|i| pixel[i].abs_diff(color[i]) <= 30)
}

/// How many separate stretches of a colour lie along a line of pixels.
pub fn runs(line: impl Iterator<Item = bool>) -> usize {
    let mut before = false;
    line.filter(|now| {
        let starts = *now && !before;
        before = *now;
        starts
    })
    .count()
}
