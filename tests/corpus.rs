//! Real files of many instruments and programs: what each of them is, as astropy and numpy alone find it. The files lie in a folder beside
//! the repository that most machines do not have.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use std::path::Path;

use Expected::{Map, Refused};
use common::npy;
use common::sandbox::Sandbox;
use map2fig::fits::FitsFile;
use map2fig::healpix::{MAX_NSIDE, Nside, Ordering};
use map2fig::map::{CellNames, MapSource, is_valid};
use map2fig::sky::Frame;
use map2fig::stages::assemble::{Assembled, assemble};
use map2fig::stages::load::{Choice, LoadedMap, Pick, load};

/// What becomes of a file.
enum Expected {
    /// It is a map.
    Map(Facts),
    /// It is none, and the message says these words.
    Refused(&'static [&'static str]),
}

/// What a map is. Counts are of pixels or cells as the file has them; NaN, infinite and UNSEEN ones are bad.
#[derive(Clone, Debug, PartialEq)]
struct Facts {
    nside: u32,
    /// None for multi-order maps.
    ordering: Option<Ordering>,
    frame: Option<Frame>,
    indexing: Indexing,
    column: &'static str,
    good: u64,
    bad: u64,
    min: f32,
    max: f32,
    warnings: usize,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Indexing {
    Full,
    Pixels,
    Channel,
    Uniq,
    Blocks,
}

const NO_FRAME: Option<Frame> = None;
const GAL: Option<Frame> = Some(Frame::Galactic);
const EQU: Option<Frame> = Some(Frame::Equatorial);
const RING: Option<Ordering> = Some(Ordering::Ring);
const NEST: Option<Ordering> = Some(Ordering::Nested);

/// A full-sky map whose header says all there is to know.
fn full(
    nside: u32,
    ordering: Option<Ordering>,
    frame: Option<Frame>,
    column: &'static str,
    bad: u64,
    (min, max): (f32, f32),
) -> Facts {
    let good = 12 * u64::from(nside) * u64::from(nside) - bad;
    Facts {
        nside,
        ordering,
        frame,
        indexing: Indexing::Full,
        column,
        good,
        bad,
        min,
        max,
        warnings: 0,
    }
}

/// A map of named cells, all good.
fn sparse(
    indexing: Indexing,
    nside: u32,
    ordering: Option<Ordering>,
    frame: Option<Frame>,
    column: &'static str,
    good: u64,
    (min, max): (f32, f32),
) -> Facts {
    let (bad, warnings) = (0, 0);
    Facts { nside, ordering, frame, indexing, column, good, bad, min, max, warnings }
}

/// Every file, the column that is asked for, and what it is.
fn table() -> Vec<(&'static str, Option<&'static str>, Expected)> {
    use Indexing::{Blocks, Channel, Pixels, Uniq};
    let warned = |facts: Facts| Map(Facts { warnings: 1, ..facts });
    let rows = [
        (
            "HEASARC_cfitsio/testprog.std",
            None,
            Refused(&["no HEALPix map", "a binary table (HDU 1)", "an ASCII table (HDU 3)"]),
        ),
        (
            "LSST-TVSSC_software_tools/priority_GalPlane_footprint_alt_map_data_g.fits",
            None,
            warned(full(64, RING, NO_FRAME, "combined_map", 0, (3.367_567e-6, 1.0))),
        ),
        (
            "LSSTDESC_NaMaster/sel_quaia.fits",
            None,
            Map(full(64, RING, NO_FRAME, "T", 0, (0.0, 0.961_386_3))),
        ),
        (
            "WorldWideTelescope_toasty/earth_healpix_equ.fits",
            None,
            Map(full(64, RING, NO_FRAME, "I", 0, (24.0, 255.0))),
        ),
        (
            "astro-informatics_s2let/wmap_mcmc_base_k_synch_stk_q_9yr_v5.fits",
            None,
            Map(full(64, NEST, GAL, "BESTFIT", 0, (-2.427_6, 1.218_7))),
        ),
        (
            "astronomy-commons_hats/small_sky_skymap_explicit_nside1024.fits",
            None,
            Map(sparse(Pixels, 1024, NEST, EQU, "VALUE", 129, (1.0, 2.0))),
        ),
        (
            "astropy_astropy-data/ligo_simulated.fits.gz",
            None,
            Map(full(2048, NEST, EQU, "PROB", 0, (9.253_32e-40, 1.043_601_8e-4))),
        ),
        (
            "auggiemarignier_pxmcmc/ETOPO1_Ice_hpx_256.fits",
            None,
            Map(full(256, RING, NO_FRAME, "T", 0, (-9_807.137, 6_093.013))),
        ),
        (
            "bthorne93_PySM_public/check11therm_353p0_64.fits",
            None,
            Map(full(64, RING, GAL, "I_STOKES", 0, (6.142_964, 30_343.865))),
        ),
        (
            "cds-astro_cds-healpix-rust/skymap.2mass.depth6.fits",
            None,
            Map(full(64, NEST, EQU, "T", 0, (798.0, 151_557.0))),
        ),
        (
            "cds-astro_cds-moc-rust/CDS-I-125A-catalog_MOC.fits",
            None,
            Map(sparse(Uniq, 256, None, EQU, "", 8336, (1.0, 1.0))),
        ),
        (
            "cds-astro_cds-moc-rust/bayestar.multiorder.fits",
            None,
            // The smallest density, 3e-78, is not zero: in float32, it is the smallest number that there is.
            Map(sparse(Uniq, 2048, None, EQU, "PROBDENSITY", 19_200, (1e-45, 364.647_6))),
        ),
        (
            "cds-astro_cds-moc-rust/bayestar.multiorder.fits",
            Some("DISTMU"),
            Map(Facts {
                bad: 286,
                ..sparse(Uniq, 2048, None, EQU, "DISTMU", 18_914, (-2_347.020_7, 951.387_15))
            }),
        ),
        (
            "cositools_cosipy/ics_isotropic_healpix_54_0780000f.gz",
            None,
            warned(full(2, RING, NO_FRAME, "Spectra[0]", 0, (0.033_842_49, 0.809_944_75))),
        ),
        (
            "cositools_cosipy/ics_isotropic_healpix_54_0780000f.gz",
            Some("Spectra[39]"),
            Map(full(2, RING, NO_FRAME, "Spectra[39]", 0, (1.945_217_9e-10, 6.549_878e-9))),
        ),
        (
            "desihub_desisim/releases_info.fits",
            None,
            Map(sparse(Pixels, 16, NEST, NO_FRAME, "MIDZ_DENS", 307, (0.0, 20.776_4))),
        ),
        (
            "desihub_desisim/releases_info.fits",
            Some("PROB_NUMOBS[7]"),
            Map(Facts {
                bad: 1,
                ..sparse(Pixels, 16, NEST, NO_FRAME, "PROB_NUMOBS[7]", 306, (0.0, 0.0))
            }),
        ),
        (
            "erykoff_redmapper/redmagic_test_mask_hs.fit",
            None,
            Map(Facts { bad: 810, ..sparse(Blocks, 512, NEST, NO_FRAME, "", 214, (1.0, 1.0)) }),
        ),
        (
            "erykoff_redmapper/test_dr8_depth.fit",
            None,
            Map(sparse(Pixels, 2048, RING, NO_FRAME, "EXPTIME", 4096, (63.208_01, 115.207_306))),
        ),
        (
            "erykoff_redmapper/test_dr8_depth_hs.fit",
            None,
            Map(sparse(Blocks, 2048, NEST, NO_FRAME, "exptime", 4096, (63.208_01, 115.207_306))),
        ),
        (
            "gammapy_gammapy-fermi-lat-data/fermi_2fhl_counts_cube_hpx.fits.gz",
            None,
            Map(full(32, RING, GAL, "CHANNEL1", 0, (0.0, 72.0))),
        ),
        (
            "gammapy_gammapy-fermi-lat-data/fermi_2fhl_counts_cube_hpx.fits.gz",
            Some("CHANNEL3"),
            Map(full(32, RING, GAL, "CHANNEL3", 0, (0.0, 46.0))),
        ),
        (
            "healpy_healpixmirror/mask.fits",
            None,
            Map(full(16, RING, NO_FRAME, "Binary Mask", 0, (0.0, 1.0))),
        ),
        (
            "healpy_healpixmirror/test_2.ds",
            None,
            Map(full(2, NEST, NO_FRAME, "NSLCOVEQU", 0, (3205.0, 26_847.0))),
        ),
        (
            "healpy_healpy/cl_wmap_band_iqumap_r9_7yr_W_v4_udgraded32_IQU_lmax64_rmmono_3iter.fits",
            None,
            Refused(&["ASCII table", "power spectra"]),
        ),
        (
            "healpy_healpy/wmap_band_iqumap_r9_7yr_W_v4_udgraded32_masked.fits",
            None,
            Map(full(32, RING, NO_FRAME, "I_STOKES", 4686, (-0.188_428_52, 0.244_456_16))),
        ),
        (
            "healpy_healpy/wmap_band_iqumap_r9_7yr_W_v4_udgraded32_masked_smoothed10deg_fortran.fits",
            None,
            warned(full(32, RING, NO_FRAME, "TEMPERATURE", 0, (-0.063_380_27, 0.084_432_75))),
        ),
        (
            "lpsinger_observing-scenarios-simulations/GW170817_skymap.fits",
            None,
            Map(sparse(Uniq, 1024, None, EQU, "PROBDENSITY", 15_030, (0.0, 486.786_93))),
        ),
        (
            "lpsinger_observing-scenarios-simulations/GW170817_skymap.fits.gz",
            None,
            Map(full(1024, NEST, EQU, "PROB", 0, (0.0, 4.861_47e-4))),
        ),
        (
            "open-gamma-ray-astro_gamma-astro-data-formats/hpx_ccube_sparse0.fits",
            None,
            warned(sparse(Channel, 16, NEST, GAL, "CHANNEL0", 29, (1.0, 2.0))),
        ),
        (
            "open-gamma-ray-astro_gamma-astro-data-formats/hpx_ccube_sparse0.fits",
            Some("3"),
            Map(sparse(Channel, 16, NEST, GAL, "CHANNEL3", 33, (1.0, 3.0))),
        ),
        (
            "open-gamma-ray-astro_gamma-astro-data-formats/hpx_cmap_explicit.fits",
            None,
            Map(sparse(Pixels, 32, NEST, GAL, "CHANNEL0", 91, (0.0, 4.0))),
        ),
        (
            "qubicsoft_qubic/syn256_pol.fits",
            None,
            Map(full(256, RING, NO_FRAME, "I_STOKES", 0, (-276.715_76, 313.236_63))),
        ),
        (
            "simonsobs_BBPower/masks_ones.fits.gz",
            None,
            Map(full(64, RING, NO_FRAME, "II", 0, (1.0, 1.0))),
        ),
        (
            "simonsobs_mapsims/total_hits_SAC_classical.fits.gz",
            None,
            Map(full(256, NEST, NO_FRAME, "T", 0, (0.0, 717.396_9))),
        ),
        (
            "skyportal_gwemopt/G268713.fits",
            None,
            Map(full(256, NEST, EQU, "PROB", 0, (1.297_775_8e-24, 1.189_161_9e-4))),
        ),
        (
            "skyportal_gwemopt/G268713.fits",
            Some("DISTMU"),
            Map(full(256, NEST, EQU, "DISTMU", 152_128, (-10_590.438, 1_745.506_2))),
        ),
        (
            "tomas-cabrera_healpix-painter/S230922g.Bilby.multiorder.fits",
            None,
            Map(sparse(Uniq, 512, None, EQU, "PROBDENSITY", 21_504, (0.0, 25.945_538))),
        ),
        (
            "ziotom78_Healpix.jl/int_map.fits",
            None,
            Map(full(1, RING, NO_FRAME, "I", 0, (0.0, 11.0))),
        ),
        (
            "ziotom78_Healpix.jl/many_columns.fits",
            None,
            Map(full(1, RING, NO_FRAME, "Empty", 0, (0.0, 0.0))),
        ),
        (
            "ziotom78_Healpix.jl/many_columns.fits",
            Some("i"),
            Map(full(1, RING, NO_FRAME, "I", 0, (0.0, 11.0))),
        ),
    ];
    rows.into()
}

fn indexing(source: &MapSource) -> Indexing {
    match source {
        MapSource::FullSky(_) => Indexing::Full,
        MapSource::Sparse(map) => match map.cells {
            CellNames::All(_) => Indexing::Full,
            CellNames::Pixels(_) => Indexing::Pixels,
            CellNames::Channel { .. } => Indexing::Channel,
            CellNames::Uniq(_) => Indexing::Uniq,
            CellNames::Blocks(_) => Indexing::Blocks,
        },
    }
}

/// Numbers of good and bad values, and the range of the good ones.
struct Statistics {
    nside: u32,
    good: u64,
    bad: u64,
    min: f32,
    max: f32,
}

fn range(values: impl Iterator<Item = f32>) -> (f32, f32) {
    values.fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), v| (low.min(v), high.max(v)))
}

fn statistics(source: &MapSource) -> Result<Statistics, String> {
    match source {
        MapSource::FullSky(map) => {
            let (mut good, mut low, mut high) = (0, f32::INFINITY, f32::NEG_INFINITY);
            let mut values = Vec::new();
            for start in (0..map.column.len()).step_by(1 << 20) {
                let end = map.column.len().min(start + (1 << 20));
                values.resize((end - start) as usize, 0f64);
                map.column.read(start..end, &mut values).map_err(|e| e.to_string())?;
                let drawn = values.iter().filter(|v| !map.bad.is_bad(**v)).map(|v| *v as f32);
                let (least, most) = range(drawn.clone());
                (good, low, high) = (good + drawn.count() as u64, low.min(least), high.max(most));
            }
            let bad = map.column.len() - good;
            Ok(Statistics { nside: map.nside.get(), good, bad, min: low, max: high })
        }
        MapSource::Sparse(map) => {
            let Assembled { map, nside, good, bad, warnings, .. } =
                assemble(map, MAX_NSIDE, (1.0, 0.0), &|_| ()).map_err(|e| e.to_string())?;
            assert!(warnings.is_empty(), "{warnings:?}");
            assert_eq!(map.values().len() as u64, good);
            let (min, max) = range(map.values().iter().copied());
            Ok(Statistics { nside: nside.get(), good, bad, min, max })
        }
    }
}

fn find(path: &Path, column: Option<&str>) -> Result<LoadedMap, String> {
    let file = FitsFile::open(path).map_err(|e| e.to_string())?;
    let choice = Choice { column: column.map(Pick::parse), ..Choice::default() };
    load(&file, &choice).map_err(|e| e.to_string())
}

/// Checks one file; `Err` says what is different.
fn check(path: &Path, column: Option<&str>, expected: &Expected) -> Result<(), String> {
    let found = find(path, column).and_then(|map| Ok((statistics(&map.source)?, map)));
    let (facts, (statistics, map)) = match (expected, found) {
        (Map(facts), Ok(found)) => (facts, found),
        (Map(_), Err(error)) => return Err(format!("refused: {error}")),
        (Refused(_), Ok(_)) => return Err("accepted".to_string()),
        (Refused(words), Err(error)) => {
            let missing = words.iter().find(|word| !error.contains(**word));
            return missing.map_or(Ok(()), |word| Err(format!("no '{word}' in: {error}")));
        }
    };
    let near = |a: f32, b: f32| (a - b).abs() <= 2e-6 * b.abs();
    let name = map.name.clone();
    let found = Facts {
        nside: statistics.nside,
        ordering: map.source.ordering(),
        frame: map.frame,
        indexing: indexing(&map.source),
        column: if name == facts.column { facts.column } else { "another" },
        good: statistics.good,
        bad: statistics.bad,
        min: if near(statistics.min, facts.min) { facts.min } else { statistics.min },
        max: if near(statistics.max, facts.max) { facts.max } else { statistics.max },
        warnings: map.warnings.len(),
    };
    if found == *facts {
        return Ok(());
    }
    Err(format!("found {found:?}, {name}, {:?}\n  expected {facts:?}", map.warnings))
}

#[test]
fn every_file_is_what_it_is() {
    let Some(folder) = common::corpus() else { return };
    let wrong: Vec<String> = table()
        .iter()
        .filter_map(|(file, column, expected)| {
            let path = folder.join("data").join(file);
            let difference = check(&path, *column, expected).err()?;
            Some(format!("{file} {}: {difference}", column.unwrap_or_default()))
        })
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The picture that the program makes of a file, as projected values.
fn picture(sandbox: &Sandbox, file: &Path, options: &str) -> Vec<f32> {
    let mut arguments = vec![file.as_os_str().to_owned()];
    arguments.extend(options.split_whitespace().map(Into::into));
    arguments.extend(["-o", "sky.npy"].map(Into::into));
    sandbox.run(arguments).success();
    npy::read(&sandbox.path("sky.npy")).values
}

/// Demands that two pictures show the same sky.
fn same_sky(a: &[f32], b: &[f32], factor: f32, tolerance: f32) {
    assert_eq!(a.len(), b.len());
    let peak = a.iter().filter(|v| v.is_finite()).fold(0f32, |m, v| m.max(v.abs()));
    let differ = |(x, y): (&f32, &f32)| {
        if is_valid(*x) && is_valid(*y) {
            (x - y * factor).abs() > tolerance * peak
        } else {
            x.to_bits() != y.to_bits()
        }
    };
    let wrong = a.iter().zip(b).filter(|pair| differ(*pair)).count();
    assert_eq!(wrong, 0, "{wrong} of {} pixels differ", a.len());
}

#[test]
fn two_forms_of_one_map_make_one_picture() {
    let Some(folder) = common::corpus() else { return };
    let data = folder.join("data");
    let sandbox = Sandbox::new();
    let view = "--width 800 --rotate-to 0,0";
    for sampling in ["nearest", "area", "bilinear"] {
        let options = format!("{view} --sampling {sampling}");
        let table = picture(&sandbox, &data.join("erykoff_redmapper/test_dr8_depth.fit"), &options);
        let blocks =
            picture(&sandbox, &data.join("erykoff_redmapper/test_dr8_depth_hs.fit"), &options);
        assert!(table.iter().any(|v| is_valid(*v)));
        same_sky(&table, &blocks, 1.0, 1e-6);

        let events = data.join("lpsinger_observing-scenarios-simulations");
        let cells = picture(&sandbox, &events.join("GW170817_skymap.fits"), &options);
        let flat = picture(&sandbox, &events.join("GW170817_skymap.fits.gz"), &options);
        // PROBDENSITY is PROB for each steradian of its pixels.
        let per_steradian = (1.0 / Nside::new(1024).unwrap().pixel_area()) as f32;
        same_sky(&cells, &flat, per_steradian, 1e-5);
    }
}
