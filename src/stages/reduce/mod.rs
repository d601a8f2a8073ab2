//! Streams a full-sky column once, in parallel, and averages it down to the resolution that the picture needs.
//!
//! The work is cut into tasks by position in the file alone, and partial sums meet in a fixed order, so the result does not depend on
//! the number of threads. Each task reads a part of limited size at a time: memory does not grow with the file.

#[cfg(target_arch = "x86_64")]
mod avx512;
mod elements;
mod extremes;
mod faces;
mod nested;
mod periods;
mod ring;
mod runs;
mod simd;
mod sum;
mod survey;
mod values;
mod window;

pub use survey::Survey;
pub use window::reduce_region;

use elements::Elements;

use super::Progress;
use crate::fits::FitsError;
use crate::healpix::{Nside, Ordering};
use crate::map::{Affine, FullSky, HealpixMap};

/// Bytes that a task reads at a time.
const BUFFER: u64 = 512 << 10;

/// Averages the good pixels of a map to the resolution `target`, which must divide the map's. Values come out as
/// `physical value * scale + offset`; a coarse pixel without good children is NaN.
///
/// # Errors
/// What reading the file meets.
pub fn reduce(
    source: &FullSky,
    target: Nside,
    scale: (f64, f64),
    progress: Progress,
) -> Result<HealpixMap, FitsError> {
    reduce_and_survey(source, target, scale, None, progress)
}

/// Does what [`reduce`] does, and takes all values up in a survey of the same map and scaling.
///
/// # Errors
/// What reading the file meets.
pub fn reduce_and_survey(
    source: &FullSky,
    target: Nside,
    (scale, offset): (f64, f64),
    survey: Option<&Survey>,
    progress: Progress,
) -> Result<HealpixMap, FitsError> {
    let affine = source.affine(scale, offset);
    let elements = &*elements::elements(source);
    let job = Job { source, elements, target, affine, survey, progress };
    let cells = match source.ordering {
        Ordering::Nested => nested::reduce(&job),
        Ordering::Ring => ring::reduce(&job),
    }?;
    Ok(HealpixMap::new(target, cells))
}

/// What the two orderings need alike.
struct Job<'a> {
    source: &'a FullSky,
    elements: &'a dyn Elements,
    target: Nside,
    affine: Affine,
    survey: Option<&'a Survey>,
    progress: Progress<'a>,
}

impl Job<'_> {
    /// Takes up the pixels from `first` on, packed in `bytes`, in the survey if there is one.
    fn survey(&self, first: u64, bytes: &[u8]) {
        if let Some(survey) = self.survey {
            survey.add(first, bytes);
        }
    }

    /// Fine pixels along the side of a coarse one.
    fn factor(&self) -> u64 {
        u64::from(self.source.nside.get() / self.target.get())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fits::{BinTable, testing};
    use crate::healpix::Cell;
    use crate::map::{BadValues, CellRect, CellValues, FaceRegion, Region};
    use proptest::prelude::*;

    /// A full-sky map in a FITS file in memory.
    pub(super) fn source(nside: Nside, ordering: Ordering, values: &[f32]) -> FullSky {
        let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_be_bytes()).collect();
        source_of("E", &bytes, nside, ordering, &[])
    }

    /// A full-sky map in a column with this TFORM, which holds the bytes.
    fn source_of(
        tform: &str,
        bytes: &[u8],
        nside: Nside,
        ordering: Ordering,
        cards: &[String],
    ) -> FullSky {
        let file = testing::file(&[testing::primary(), testing::table(&[tform], cards, bytes)]);
        let column = BinTable::new(&file, file.hdus()[1]).unwrap().column(0).unwrap();
        FullSky { column, nside, ordering, bad: BadValues::default() }
    }

    /// The mean of the good children of each coarse cell, the long way.
    fn by_definition(nside: Nside, target: Nside, value: impl Fn(Cell) -> f32) -> Vec<f32> {
        let f = nside.get() / target.get();
        let mut means = Vec::new();
        for face in 0..12 {
            for (y, x) in (0..target.get()).flat_map(|y| (0..target.get()).map(move |x| (y, x))) {
                let children =
                    (0..f * f).map(|k| Cell { face, ix: x * f + k % f, iy: y * f + k / f });
                let good: Vec<f64> =
                    children.map(&value).filter(|v| v.is_finite()).map(f64::from).collect();
                means.push((good.iter().sum::<f64>() / good.len() as f64) as f32);
            }
        }
        means
    }

    fn check(side: u32, factor: u32, ordering: Ordering) {
        let nside = Nside::new(i64::from(side)).unwrap();
        let target = nside.coarser(factor).unwrap();
        let value = |cell: Cell| match (cell.face + 1) * ((cell.ix * 7 + cell.iy * 13) % 11) as u8 {
            v if v % 5 == 0 => f32::NAN,
            v => f32::from(v) + cell.ix as f32 / 64.0,
        };
        let values: Vec<f32> =
            (0..nside.npix()).map(|pixel| value(ordering.cell(nside, pixel))).collect();
        let map = reduce(&source(nside, ordering, &values), target, (1.0, 0.0), &|_| ()).unwrap();
        let expected = by_definition(nside, target, value);
        for (i, (got, want)) in map.values().iter().zip(&expected).enumerate() {
            let same = (got.is_nan() && want.is_nan()) || (got - want).abs() <= 1e-6 * want.abs();
            assert!(
                same,
                "nside {side} / {factor} {ordering}: pixel {i} is {got}, expected {want}"
            );
        }
    }

    #[test]
    fn means_are_those_of_the_definition() {
        for (side, factor) in [(1, 1), (2, 2), (4, 1), (8, 2), (8, 8), (16, 4), (64, 16), (128, 2)]
        {
            check(side, factor, Ordering::Nested);
            check(side, factor, Ordering::Ring);
        }
        for (side, factor) in [(3, 1), (6, 2), (24, 8), (24, 4), (100, 4), (7, 1)] {
            check(side, factor, Ordering::Ring);
        }
    }

    #[test]
    fn a_region_holds_what_the_whole_map_holds() {
        for (side, factor, ordering) in [(64, 4), (128, 128), (256, 1), (256, 2)]
            .into_iter()
            .flat_map(|(side, factor)| {
                [Ordering::Nested, Ordering::Ring].map(|o| (side, factor, o))
            })
            .chain([(24, 8, Ordering::Ring), (300, 2, Ordering::Ring)])
        {
            let nside = Nside::new(side).unwrap();
            let target = nside.coarser(factor).unwrap();
            let value = |p: u64| if p.is_multiple_of(7) { f32::NAN } else { p as f32 };
            let source = source(nside, ordering, &(0..nside.npix()).map(value).collect::<Vec<_>>());
            let whole = reduce(&source, target, (2.0, 1.0), &|_| ()).unwrap();
            let n = target.get();
            let region: Region = std::array::from_fn(|face| match face % 3 {
                0 => CellRect { x: 0..n, y: 0..n }.into(),
                1 => CellRect { x: n / 3..n / 2 + 1, y: n / 4..n / 3 + 1 }.into(),
                _ => FaceRegion::default(),
            });
            let part = reduce_region(&source, target, region.clone(), (2.0, 1.0), &|_| ()).unwrap();
            let rects = (0u8..)
                .zip(&region)
                .flat_map(|(face, region)| region.bands().iter().map(move |rect| (face, rect)));
            for (face, rect) in rects {
                for (ix, iy) in rect.x.clone().flat_map(|x| rect.y.clone().map(move |y| (x, y))) {
                    let (a, b) =
                        (whole.value(Cell { face, ix, iy }), part.value(Cell { face, ix, iy }));
                    let same = (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-6 * a.abs();
                    assert!(same, "nside {side} / {factor} {ordering} {face} {ix} {iy}: {a} {b}");
                }
            }
            assert!(part.value(Cell { face: 2, ix: 0, iy: 0 }).is_nan());
        }
    }

    #[test]
    fn small_integers_are_averaged_as_real_numbers_are() {
        let nside = Nside::new(512).unwrap();
        let hash = |pixel: u64| pixel.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40;
        // Most chunks have no undefined pixel, some have one.
        let undefined = |pixel: u64| hash(pixel).is_multiple_of(9973);
        for (tform, width) in [("B", 1), ("I", 2)] {
            let number = |pixel| match (tform, undefined(pixel)) {
                (_, true) => 77,
                ("B", _) => hash(pixel) as u8 as i16,
                _ => hash(pixel) as i16,
            };
            let numbers = (0..nside.npix()).map(number);
            let bytes: Vec<u8> =
                numbers.clone().flat_map(|v| v.to_be_bytes()[2 - width..].to_vec()).collect();
            let real: Vec<f32> =
                numbers.map(|v| if v == 77 { f32::NAN } else { f32::from(v) }).collect();
            let tnull = [testing::card("TNULL1", 77)];
            for (factor, ordering) in [1, 2, 4, 8, 16, 32, 64, 128]
                .into_iter()
                .flat_map(|f| [Ordering::Nested, Ordering::Ring].map(|o| (f, o)))
            {
                let target = nside.coarser(factor).unwrap();
                let means = |source: &FullSky| {
                    let map = reduce(source, target, (1.0, 0.0), &|_| ()).unwrap();
                    map.values().iter().map(|value| value.to_bits()).collect::<Vec<_>>()
                };
                let found = means(&source_of(tform, &bytes, nside, ordering, &tnull));
                let expected = means(&source(nside, ordering, &real));
                assert!(found == expected, "{tform} {ordering} / {factor}");
            }
        }
    }

    #[test]
    fn scaling_acts_on_the_means() {
        let nside = Nside::new(2).unwrap();
        let values: Vec<f32> = (0..48).map(|i| i as f32).collect();
        let map =
            reduce(&source(nside, Ordering::Nested, &values), nside, (1e6, -1.0), &|_| ()).unwrap();
        assert_eq!(map.value(Cell { face: 0, ix: 1, iy: 0 }), 999_999.0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn orderings_agree(seed in any::<u32>(), order in 0u32..6, step in 0u32..6) {
            let nside = Nside::new(1 << order).unwrap();
            let target = nside.coarser(1 << step.min(order)).unwrap();
            let value = |pixel: u64| (pixel as u32).wrapping_mul(seed | 1) as f32;
            let nested: Vec<f32> = (0..nside.npix()).map(value).collect();
            let ring: Vec<f32> = (0..nside.npix())
                .map(|p| nested[Ordering::Nested.pixel(nside, Ordering::Ring.cell(nside, p)) as usize])
                .collect();
            let a = reduce(&source(nside, Ordering::Nested, &nested), target, (1.0, 0.0), &|_| ()).unwrap();
            let b = reduce(&source(nside, Ordering::Ring, &ring), target, (1.0, 0.0), &|_| ()).unwrap();
            for (a, b) in a.values().iter().zip(b.values()) {
                prop_assert!((a - b).abs() <= 1e-6 * a.abs());
            }
        }
    }
}
