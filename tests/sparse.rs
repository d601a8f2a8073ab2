//! Maps that name their own cells: partial, multi-order, HealSparse and sparse cubes; and every way that headers spell out what a map is.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use std::sync::Arc;

use common::fits::{
    Column, Data, HealpixFile, Table, Value, card, healsparse_with, image_extension,
    integer_image_extension,
};
use common::sandbox::Sandbox;
use map2fig::fits::{FitsFile, MemorySource};
use map2fig::healpix::{MAX_NSIDE, Nside, Ordering};
use map2fig::map::{CellValues, MapSource, PolarConvention};
use map2fig::sky::Frame;
use map2fig::stages::assemble::{Assembled, assemble};
use map2fig::stages::load::{Choice, LoadedMap, Pick, load};

fn open(bytes: Vec<u8>) -> FitsFile {
    FitsFile::from_source("test.fits", Arc::new(MemorySource(bytes))).unwrap()
}

fn column(name: &str) -> Choice {
    Choice { column: Some(Pick::parse(name)), ..Choice::default() }
}

fn find(file: &HealpixFile, choice: &Choice) -> Result<LoadedMap, String> {
    load(&open(file.bytes()), choice).map_err(|e| e.to_string())
}

/// The cells of a map at their own resolution.
fn cells_of(map: &LoadedMap) -> Result<Assembled, String> {
    let MapSource::Sparse(source) = &map.source else { return Err("a full-sky map".into()) };
    assemble(source, MAX_NSIDE, (1.0, 0.0), &|_| ()).map_err(|e| e.to_string())
}

fn cells(file: &HealpixFile) -> Result<Assembled, String> {
    cells_of(&find(file, &Choice::default())?)
}

/// The value of a pixel at the map's own resolution.
fn value(cells: &Assembled, ordering: Ordering, pixel: u64) -> f32 {
    cells.map.value(ordering.cell(cells.nside, pixel))
}

/// The drawn values of a full-sky map.
fn full_sky(map: &LoadedMap) -> Vec<f32> {
    let MapSource::FullSky(sky) = &map.source else { panic!("not a full-sky map") };
    let mut values = vec![0f32; sky.column.len() as usize];
    sky.column.read(0..sky.column.len(), &mut values).unwrap();
    values
}

fn counting(count: usize) -> Vec<f32> {
    (0..count).map(|n| n as f32).collect()
}

#[test]
fn partial_maps_of_every_resolution_and_order() {
    for (nside, ordering) in [
        (8, Ordering::Ring),
        (8, Ordering::Nested),
        (7, Ordering::Ring),
        (1 << 20, Ordering::Nested),
        (1 << 29, Ordering::Ring),
    ] {
        let last = 12 * nside * nside - 1;
        let pixels = vec![last, 0, last / 2, 1, last / 3];
        let file = HealpixFile::partial(nside, pixels.clone())
            .ordering(&ordering.to_string())
            .column(Column::f32("I", vec![5.0, 0.0, f32::NAN, 1.0, 3.0]))
            .column(Column::f64("Q", vec![-5.0; 5]));
        let found = cells(&file).unwrap();
        assert_eq!((found.good, found.bad, found.warnings.len()), (4, 1, 0));
        assert_eq!(found.nside.get(), nside as u32);
        for (pixel, expected) in pixels.iter().zip([5.0, 0.0, f32::NAN, 1.0, 3.0]) {
            let found = value(&found, ordering, *pixel as u64);
            assert_eq!(found.to_bits(), f32::to_bits(expected), "{ordering} {nside}: {pixel}");
        }
        assert!(value(&found, ordering, 2).is_nan());
    }
}

#[test]
fn a_hundred_pixels_take_the_memory_of_a_hundred_pixels() {
    let sandbox = Sandbox::new();
    for order in [20, 29] {
        let nside = 1i64 << order;
        let pixels: Vec<i64> =
            (0..100).map(|n| (n * 7919) % 83 * (nside * nside / 7) + n).collect();
        let file = HealpixFile::partial(nside, pixels)
            .ordering("NESTED")
            .column(Column::f32("I", counting(100)));
        sandbox.write("deep.fits", file.bytes());
        for sampling in ["area", "nearest", "bilinear"] {
            let line = format!("deep.fits -o deep.npy --sampling {sampling} --profile=json");
            let run = sandbox.run_line(&line).success();
            let key = "\"peak_memory_bytes\":";
            let Some(at) = run.stderr.find(key) else { continue };
            let digits: String = run.stderr[at + key.len()..]
                .chars()
                .skip_while(|c| c.is_whitespace())
                .take_while(char::is_ascii_digit)
                .collect();
            let peak: u64 = digits.parse().unwrap();
            assert!(peak < 100 << 20, "{sampling} at nside 2^{order}: {peak} bytes");
        }
    }
}

#[test]
fn fine_cells_of_any_resolution_are_averaged() {
    // No power of two, of which no few divide it, and the finest that there is.
    for (nside, ordering) in [(16_383, "RING"), (536_870_911, "RING"), (1 << 29, "NESTED")] {
        let file = HealpixFile::partial(nside, vec![0i64, 1, 2, 3])
            .ordering(ordering)
            .column(Column::f32("V", vec![1.0, 2.0, 3.0, 4.0]));
        let map = find(&file, &Choice::default()).unwrap();
        let MapSource::Sparse(source) = &map.source else { panic!("no sparse map") };
        for wanted in [1, 100, 1000] {
            let cells = assemble(source, wanted, (1.0, 0.0), &|_| ()).unwrap();
            assert!(cells.map.nside().get() < 5 * wanted + 5, "{nside} {wanted}");
            let values = cells.map.values();
            let mean = values.iter().sum::<f32>() / values.len() as f32;
            assert_eq!((mean, cells.good), (2.5, 4), "{nside} {wanted}: {values:?}");
        }
    }
}

#[test]
fn pixel_numbers_of_every_integer_type() {
    let values = || Column::f32("V", vec![1.0, 2.0, 3.0]);
    let table = |pixels: Column| {
        let table = Table::new().set("NSIDE", 16i64).set("ORDERING", "RING");
        let table = table.set("INDXSCHM", "EXPLICIT").column(pixels).column(values());
        HealpixFile::new(16).edit(|_| table)
    };
    let stored = [
        Column::new("IPIX", Data::U8(vec![7, 200, 9])),
        Column::new("HPXINDEX", Data::I16(vec![7, 200, 9])),
        Column::new("Pix", Data::I32(vec![7, 200, 9])),
        Column::new("HPIX", Data::I16([7, 200, 9].map(|p: i32| (p - 32768) as i16).to_vec()))
            .card("TZERO", 32768i64),
    ];
    for pixels in stored {
        let found = cells(&table(pixels.clone())).unwrap_or_else(|e| panic!("{pixels:?}: {e}"));
        for (pixel, expected) in [(7, 1.0), (200, 2.0), (9, 3.0)] {
            assert_eq!(value(&found, Ordering::Ring, pixel), expected, "{pixels:?}");
        }
    }
    let none = find(&table(Column::f32("PIXEL", vec![1.0; 3])), &Choice::default()).unwrap_err();
    assert!(none.contains("no integer column PIXEL") && none.contains("'PIXEL' (1E)"), "{none}");
}

#[test]
fn undefined_pixel_numbers_are_left_out() {
    let pixels = Column::i64("HPXPIXEL", vec![3, 999_999, 4]).card("TNULL", 999_999i64);
    let table = Table::new().set("NSIDE", 4i64).set("NEST", true).column(pixels);
    let file = HealpixFile::new(4).edit(|_| table.column(Column::f32("V", vec![1.0, 2.0, 3.0])));
    let found = cells(&file).unwrap();
    assert_eq!((found.good, found.bad), (2, 0));
    assert_eq!(value(&found, Ordering::Nested, 4), 3.0);
}

#[test]
fn offsets_beyond_all_numbers_are_refused_briefly() {
    let file = HealpixFile::new(1)
        .set("INDXSCHM", "EXPLICIT")
        .set("OBJECT", "PARTIAL")
        .column(Column::i64("PIXEL", [0, 1]).card("TZERO", 1e300).card("TNULL", 5i64))
        .column(Column::f32("T", [1.0, 2.0]));
    let error = cells(&file).unwrap_err();
    assert!(error.contains("shifted by 1e300") && error.len() < 200, "{error}");
}

#[test]
fn of_repeated_pixels_the_last_counts() {
    let file = HealpixFile::partial(4, vec![9, 5, 9, 9, 5])
        .column(Column::f32("V", vec![1.0, 2.0, 3.0, 4.0, f32::NAN]));
    let found = cells(&file).unwrap();
    assert_eq!((found.good, found.bad), (1, 1));
    assert_eq!(value(&found, Ordering::Ring, 9), 4.0);
    assert!(value(&found, Ordering::Ring, 5).is_nan());
    assert!(found.warnings[0].contains("3 rows name pixels"), "{:?}", found.warnings);
}

#[test]
fn pixels_beyond_the_sky_are_refused_with_their_row() {
    for (pixel, nside) in [(-1, 4), (192, 4), (i64::MAX, 1 << 29), (i64::MIN, 1)] {
        let file = HealpixFile::partial(nside, vec![0, 1, pixel, 2])
            .column(Column::f32("V", vec![0.0; 4]));
        let error = cells(&file).unwrap_err();
        let expected = format!("row 2 (counted from 0) has pixel {pixel}, but NSIDE {nside}");
        assert!(error.contains(&expected), "{error}");
    }
}

#[test]
fn pixel_numbers_may_start_at_one() {
    let file = |pixels: Vec<i64>| {
        HealpixFile::partial(1, pixels).column(Column::f32("V", vec![1.0, 2.0])).set("FIRSTPIX", 1)
    };
    let map = find(&file(vec![1, 12]), &Choice::default()).unwrap();
    assert!(map.warnings.iter().any(|w| w.contains("FIRSTPIX is 1")), "{:?}", map.warnings);
    let found = cells_of(&map).unwrap();
    assert_eq!([0, 11].map(|p| value(&found, Ordering::Ring, p)), [1.0, 2.0]);
    assert!(cells(&file(vec![0, 12])).unwrap_err().contains("the pixels 1 to 12"));
    // With another LASTPIX these are the lowest and highest numbers in the table.
    let found = cells(&file(vec![1, 4]).set("LASTPIX", 4)).unwrap();
    assert_eq!(value(&found, Ordering::Ring, 1), 1.0);
}

#[test]
fn the_ordering_of_partial_maps() {
    let file = HealpixFile::partial(4, vec![3]).column(Column::f32("V", vec![1.0]));
    let bare = file.clone().remove("ORDERING");
    let with = |file: &HealpixFile| {
        let map = find(file, &Choice::default()).unwrap();
        (map.source.ordering().unwrap(), map.warnings.len())
    };
    assert_eq!(with(&bare.clone().set("NEST", 1)), (Ordering::Nested, 0));
    assert_eq!(with(&bare.clone().set("NEST", 0)), (Ordering::Ring, 0));
    assert_eq!(with(&bare.clone().set("NEST", true)), (Ordering::Nested, 0));
    assert_eq!(with(&bare), (Ordering::Ring, 1));
    assert_eq!(with(&file.clone().ordering("nest")), (Ordering::Nested, 0));
    let nested = Choice { ordering: Some(Ordering::Nested), ..Choice::default() };
    assert_eq!(find(&bare, &nested).unwrap().source.ordering(), Some(Ordering::Nested));
    let error = find(&file.ordering("spiral"), &Choice::default()).unwrap_err();
    assert!(error.contains("ORDERING is 'spiral'"), "{error}");
}

#[test]
fn columns_are_counted_without_the_pixel_column() {
    let table = Table::new().set("NSIDE", 4i64).set("ORDERING", "RING").set("OBJECT", "PARTIAL");
    let table = table
        .column(Column::f32("A", vec![1.0]))
        .column(Column::i64("PIXEL", vec![0]))
        .column(Column::f32("B", vec![2.0]));
    let file = HealpixFile::new(4).edit(|_| table);
    let name = |pick: &str| find(&file, &column(pick)).map(|map| map.name);
    assert_eq!(find(&file, &Choice::default()).unwrap().name, "A");
    assert_eq!([name("0"), name("1"), name("b")], ["A", "B", "B"].map(|n| Ok(n.into())));
    assert!(name("2").unwrap_err().contains("no data column 2; it has 0 'A', 1 'B'"));
    assert!(name("PIXEL").is_err());
}

/// A multi-order file: UNIQ numbers and densities.
#[test]
fn names_of_columns_that_only_case_tells_apart() {
    let named = |name: &str| Column::f32(name, counting(12));
    let file = HealpixFile::new(1).column(named("Map")).column(named("map")).column(named("I"));
    for (wanted, found, warns) in
        [("Map", "Map", false), ("map", "map", false), ("MAP", "Map", true), ("i", "I", false)]
    {
        for suffix in ["", "[0]"] {
            let map = find(&file, &column(&format!("{wanted}{suffix}"))).unwrap();
            assert_eq!((map.name.as_str(), map.warnings.len()), (found, usize::from(warns)));
            let names = |warning: &String| warning.contains("'MAP'") && warning.contains("'Map'");
            assert!(map.warnings.iter().all(names), "{:?}", map.warnings);
        }
    }
}

fn multi_order(uniq: Vec<i64>, values: Vec<f64>) -> HealpixFile {
    HealpixFile::multi_order(uniq).column(Column::f64("PROBDENSITY", values))
}

#[test]
fn multi_order_maps_unsorted_and_with_gaps() {
    // Order 0, pixel 11; order 2, pixels 5 and 4; order 1, pixel 3.
    let file = multi_order(vec![4 + 11, 64 + 5, 16 + 3, 64 + 4], vec![11.0, 5.0, 3.0, f64::NAN]);
    let found = cells(&file).unwrap();
    assert_eq!((found.nside.get(), found.good, found.bad), (4, 3, 1));
    for (pixel, expected) in [(5, 5.0), (12, 3.0), (15, 3.0), (11 * 16, 11.0), (191, 11.0)] {
        assert_eq!(value(&found, Ordering::Nested, pixel), expected);
    }
    assert!([4, 0, 16, 100].iter().all(|p| value(&found, Ordering::Nested, *p).is_nan()));
}

#[test]
fn densities_are_averaged_by_area() {
    let file = multi_order(vec![16, 64 + 4, 64 + 5, 64 + 6], vec![2.0, 8.0, 8.0, f64::NAN]);
    let MapSource::Sparse(source) = find(&file, &Choice::default()).unwrap().source else {
        panic!("not sparse")
    };
    let coarse = assemble(&source, 1, (10.0, 1.0), &|_| ()).unwrap();
    // Area 4 of value 2 and twice area 1 of value 8.
    assert_eq!(coarse.map.nside().get(), 1);
    assert_eq!(coarse.map.values(), [(10.0 * 24.0 / 6.0 + 1.0) as f32]);
    assert_eq!((coarse.nside.get(), coarse.good, coarse.bad), (4, 3, 1));
}

#[test]
fn unsigned_and_narrow_cell_numbers() {
    const TZERO: &str = "TZERO1  =  9223372036854775808";
    let stored = Column::i64("UNIQ", [4, 16 + 47].map(|u| u + i64::MIN).to_vec());
    let narrow = Column::new("uniq", Data::I32(vec![4, 16 + 47]));
    for (numbers, unsigned) in [(stored, true), (narrow, false)] {
        let table = Table::new().set("ORDERING", "NUNIQ").column(numbers);
        let file = HealpixFile::new(1).edit(|_| table.column(Column::f32("V", vec![1.0, 2.0])));
        let file = if unsigned { file.verbatim(TZERO) } else { file };
        let found = cells(&file).unwrap();
        assert_eq!(value(&found, Ordering::Nested, 47), 2.0);
        assert_eq!(value(&found, Ordering::Nested, 3), 1.0);
    }
    // The last cell of the deepest order.
    let found = cells(&multi_order(vec![(16 << 58) - 1], vec![1.5])).unwrap();
    assert_eq!(value(&found, Ordering::Nested, (12 << 58) - 1), 1.5);
}

#[test]
fn numbers_that_are_no_cells_are_refused_with_their_row() {
    for uniq in [0, 1, 2, 3, -1, -5, i64::MIN, 16 << 58, i64::MAX] {
        let error = cells(&multi_order(vec![4, uniq], vec![1.0; 2])).unwrap_err();
        assert!(error.contains(&format!("row 1 (counted from 0) has UNIQ {uniq}")), "{error}");
    }
}

#[test]
fn overlapping_cells_are_refused_by_name() {
    // Order 1, pixel 3 holds order 2, pixel 13.
    let error = cells(&multi_order(vec![64 + 13, 16, 16 + 3], vec![1.0; 3])).unwrap_err();
    let expected = "the cells UNIQ 19 (order 1, pixel 3) and UNIQ 77 (order 2, pixel 13) overlap";
    assert!(error.contains(expected), "{error}");
    assert!(cells(&multi_order(vec![16, 16], vec![1.0; 2])).is_err());
}

#[test]
fn the_column_of_a_multi_order_map() {
    let file = HealpixFile::multi_order(vec![4])
        .column(Column::f64("DISTMU", vec![1.0]))
        .column(Column::f64("PROBDENSITY", vec![2.0]).unit("sr-1"));
    let map = find(&file, &Choice::default()).unwrap();
    assert_eq!((map.name.as_str(), map.unit.as_deref()), ("PROBDENSITY", Some("sr-1")));
    assert_eq!(find(&file, &column("distmu")).unwrap().name, "DISTMU");
    assert_eq!(find(&file, &column("0")).unwrap().name, "DISTMU");
}

#[test]
fn coverage_maps_are_drawn_as_footprints() {
    // A cell inside another says nothing new.
    let found = cells(&HealpixFile::multi_order(vec![4 + 2, 64 + 33, 16])).unwrap();
    assert_eq!((found.good, found.map.values()), (2, &[1.0, 1.0][..]));
    let found = cells(&HealpixFile::partial(4, vec![7])).unwrap();
    assert_eq!(value(&found, Ordering::Ring, 7), 1.0);
    // Nor does it when a mask or limits are applied.
    let sandbox = Sandbox::new();
    HealpixFile::multi_order(vec![4, 16, 5]).write(sandbox.folder(), "moc.fits");
    sandbox.run_line("moc.fits --mask-above 5 --fast-render -w 100 -o moc.png").success();
    let error = find(&HealpixFile::multi_order(vec![4]).ordering("RANGE"), &Choice::default());
    assert!(error.unwrap_err().contains("ORDERING is 'RANGE'"));
}

/// A HealSparse file of coverage nside 1 and nside 4, with blocks for the coarse pixels 7 and 2, in this order: entries are the
/// block's start less 16 times the coarse pixel, here 16 - 112 and 32 - 32.
fn healsparse(sparse: Vec<u8>) -> Vec<u8> {
    let mut coverage: Vec<i32> = (0..12).map(|n| -16 * n).collect();
    (coverage[7], coverage[2]) = (16 - 16 * 7, 0);
    healsparse_with(&coverage, sparse)
}

fn sparse_cards(more: &[(&'static str, Value)]) -> Vec<(&'static str, Value)> {
    let mut cards = vec![
        ("EXTNAME", "SPARSE".into()),
        ("PIXTYPE", "HEALSPARSE".into()),
        ("NSIDE", Value::Integer(4)),
    ];
    cards.extend_from_slice(more);
    cards
}

/// An image of bytes.
fn byte_image(values: &[u8], cards: &[(&str, Value)]) -> Vec<u8> {
    let mut text = card("XTENSION", "IMAGE") + &card("BITPIX", 8i64) + &card("NAXIS", 1i64);
    text += &(card("NAXIS1", values.len() as i64) + &card("PCOUNT", 0i64) + &card("GCOUNT", 1i64));
    text.extend(cards.iter().map(|(key, value)| card(key, value.clone())));
    let mut bytes = format!("{text}{:<80}", "END").into_bytes();
    bytes.resize(bytes.len().next_multiple_of(2880), b' ');
    bytes.extend_from_slice(values);
    bytes.resize(bytes.len().next_multiple_of(2880), 0);
    bytes
}

fn healsparse_cells(bytes: Vec<u8>, choice: &Choice) -> Result<Assembled, String> {
    let map = load(&open(bytes), choice).map_err(|e| e.to_string())?;
    assert_eq!(map.source.nside().unwrap().get(), 4);
    cells_of(&map)
}

#[test]
fn healsparse_images() {
    let mut values = vec![-1.6375e30; 16];
    values.extend(counting(32));
    values[20] = -1.6375e30;
    let bytes = healsparse(image_extension(&[48], &values, &sparse_cards(&[])));
    let found = healsparse_cells(bytes, &Choice::default()).unwrap();
    assert_eq!((found.good, found.bad), (31, 1));
    // The first block is pixel 7, the second pixel 2.
    assert_eq!(value(&found, Ordering::Nested, 7 * 16), 0.0);
    assert_eq!(value(&found, Ordering::Nested, 2 * 16 + 15), 31.0);
    assert!(value(&found, Ordering::Nested, 7 * 16 + 4).is_nan());
    assert!(value(&found, Ordering::Nested, 0).is_nan());
    let sentinel = [("SENTINEL", Value::Real(31.0))];
    let bytes = healsparse(image_extension(&[48], &values, &sparse_cards(&sentinel)));
    assert_eq!(healsparse_cells(bytes, &Choice::default()).unwrap().good, 30);
}

#[test]
fn healsparse_bits_and_wide_masks() {
    let cards = sparse_cards(&[("BITPACK", Value::Logical(true)), ("SENTINEL", false.into())]);
    let bytes = healsparse(byte_image(&[0, 0, 0b10, 0x80, 1, 0], &cards));
    let found = healsparse_cells(bytes, &Choice::default()).unwrap();
    assert_eq!((found.good, found.bad), (3, 29));
    let set = [7 * 16 + 1, 7 * 16 + 15, 2 * 16];
    assert!(set.iter().all(|p| value(&found, Ordering::Nested, *p) == 1.0));

    let mut flags = vec![0u8; 96];
    flags[32..36].copy_from_slice(&[1, 0, 0, 2]);
    let cards = sparse_cards(&[("WIDEMASK", Value::Logical(true)), ("WWIDTH", Value::Integer(2))]);
    let bytes = healsparse(byte_image(&flags, &cards));
    let shown = |choice: &Choice| {
        let found = healsparse_cells(bytes.clone(), choice).unwrap();
        [112, 113, 114].map(|pixel| value(&found, Ordering::Nested, pixel))
    };
    assert_eq!(shown(&Choice::default())[..2], [1.0, 1.0]);
    assert_eq!(shown(&column("9"))[..2], [0.0, 1.0]);
    assert!(shown(&column("9"))[2].is_nan());
    let error = healsparse_cells(bytes, &column("16")).unwrap_err();
    assert!(error.contains("a mask of 16 flags"), "{error}");
}

#[test]
fn healsparse_flags_are_plain_bytes() {
    for more in [
        &[("BITPACK", Value::from(true))][..],
        &[("WIDEMASK", true.into()), ("WWIDTH", 1i64.into())],
    ] {
        let wide = integer_image_extension(&[48], &[0; 48], &sparse_cards(more));
        let error = healsparse_cells(healsparse(wide), &Choice::default()).unwrap_err();
        for words in ["HDU 1", "BITPIX 8", "BITPIX 32"] {
            assert!(error.contains(words), "{error}");
        }
        let signed = [more, &[("BZERO", Value::from(-128i64))]].concat();
        let bytes = healsparse(byte_image(&[0; 48], &sparse_cards(&signed)));
        let error = healsparse_cells(bytes, &Choice::default()).unwrap_err();
        assert!(error.contains("BZERO 0, but") && error.contains("BZERO -128"), "{error}");
    }
}

#[test]
fn healsparse_records_are_valid_where_their_primary_column_is() {
    let mut known = vec![-99i16; 16];
    known.extend([1; 32]);
    known[47] = -99;
    let mut values = counting(48);
    values[46] = f32::NAN;
    let table = Table::new()
        .column(Column::f32("mag", values))
        .column(Column::new("n", Data::I16(known)))
        .set("PRIMARY", "n")
        .set("SENTINEL", -99i64);
    let table = sparse_cards(&[]).into_iter().fold(table, |table, (k, v)| table.set(k, v));
    let bytes = healsparse(table.bytes());
    let found = healsparse_cells(bytes.clone(), &Choice::default()).unwrap();
    assert_eq!((found.good, found.bad), (30, 2));
    assert_eq!(value(&found, Ordering::Nested, 7 * 16), 16.0);
    assert_eq!(healsparse_cells(bytes, &column("N")).unwrap().good, 31);
}

#[test]
fn coverage_maps_that_point_at_nothing_are_refused() {
    let values = vec![1.0; 48];
    let sparse = || image_extension(&[48], &values, &sparse_cards(&[]));
    let mut coverage: Vec<i32> = (0..12).map(|n| -16 * n).collect();
    for (offset, start) in [(33 - 48, 33), (i32::MAX, i64::from(i32::MAX) + 48), (-100, -52)] {
        coverage[3] = offset;
        let bytes = healsparse_with(&coverage, sparse());
        let error = healsparse_cells(bytes, &Choice::default()).unwrap_err();
        assert!(error.contains(&format!("puts pixel 3 at {start} of")), "{error}");
    }
}

#[test]
fn blocks_that_overlap_are_refused() {
    let values = vec![1.0; 48];
    let mut coverage: Vec<i32> = (0..12).map(|n| -16 * n).collect();
    (coverage[2], coverage[7]) = (20 - 32, 32 - 112);
    for pixels in 3..8 {
        // Many that lie in one place, and two that share some pixels.
        coverage[3..pixels].iter_mut().zip(3..).for_each(|(entry, n)| *entry = 20 - 16 * n);
        let sparse = image_extension(&[48], &values, &sparse_cards(&[]));
        let bytes = healsparse_with(&coverage, sparse);
        let error = healsparse_cells(bytes, &Choice::default()).unwrap_err();
        assert!(error.contains("overlap, at 20 and at"), "{error}");
    }
}

#[test]
fn channels_of_sparse_cubes() {
    let map = find(&HealpixFile::cube([2, 4]), &Choice::default()).unwrap();
    assert!(map.warnings[0].contains("channels 0, 5"), "{:?}", map.warnings);
    assert_eq!((map.name.as_str(), map.unit.as_deref()), ("CHANNEL0", Some("counts")));
    let found = cells_of(&map).unwrap();
    assert_eq!((found.nside.get(), found.map.values()), (2, &[1.0][..]));
    for pick in ["5", "CHANNEL5", "channel5"] {
        let map = find(&HealpixFile::cube([2, 4]), &column(pick)).unwrap();
        let found = cells_of(&map).unwrap();
        assert!(map.warnings.is_empty());
        assert_eq!((found.nside.get(), found.map.values()), (4, &[2.0, 3.0][..]));
    }
    for pick in ["1", "CHANNEL9", "VALUE"] {
        let error = find(&HealpixFile::cube([2, 4]), &column(pick)).unwrap_err();
        assert!(error.contains("there are 0, 5"), "{error}");
    }
}

#[test]
fn vector_columns_are_one_sky_or_many() {
    // 12 rows of 4: with NSIDE 1 each row is a pixel, with NSIDE 2 the rows follow each other.
    let vectors = Column::f32("S", counting(48)).per_row(4);
    let per_pixel = HealpixFile::new(1).column(vectors.clone());
    let map = find(&per_pixel, &Choice::default()).unwrap();
    assert!(map.warnings[0].contains("4 values for each pixel"), "{:?}", map.warnings);
    assert_eq!((map.name.as_str(), &full_sky(&map)[..3]), ("S[0]", &[0.0, 4.0, 8.0][..]));
    for pick in ["s[3]", "0[3]", " S [ 3 ] "] {
        let map = find(&per_pixel, &column(pick)).unwrap();
        assert!(map.warnings.is_empty(), "{:?}", map.warnings);
        assert_eq!(full_sky(&map)[..3], [3.0, 7.0, 11.0]);
    }
    let error = find(&per_pixel, &column("S[4]")).unwrap_err();
    assert!(error.contains("4 elements for each pixel"), "{error}");
    let flat = HealpixFile::new(2).column(vectors.clone());
    assert_eq!(full_sky(&find(&flat, &Choice::default()).unwrap()), counting(48));
    let neither = HealpixFile::new(4).column(vectors);
    let error = find(&neither, &Choice::default()).unwrap_err();
    assert!(error.contains("NSIDE is 4, which makes 192 pixels, but column 'S' has 48"), "{error}");
}

#[test]
fn vector_columns_of_partial_maps() {
    let file = HealpixFile::partial(4, vec![5, 6])
        .column(Column::f64("P", vec![1.0, 2.0, 3.0, 4.0]).per_row(2));
    let map = find(&file, &column("P[1]")).unwrap();
    assert_eq!(cells_of(&map).unwrap().map.values().len(), 2);
    let found = cells_of(&map).unwrap();
    assert_eq!([5, 6].map(|p| value(&found, Ordering::Ring, p)), [2.0, 4.0]);
    assert_eq!(find(&file, &Choice::default()).unwrap().warnings.len(), 1);
    // Pixel numbers and values may both lie several in a row.
    let table = Table::new().set("NSIDE", 4i64).set("ORDERING", "RING");
    let table = table
        .column(Column::i64("PIXEL", vec![9, 8, 7, 6]).per_row(2))
        .column(Column::f32("V", vec![9.0, 8.0, 7.0, 6.0]).per_row(2));
    let found = cells(&HealpixFile::new(4).edit(|_| table)).unwrap();
    assert_eq!([6, 7, 8, 9].map(|p| value(&found, Ordering::Ring, p)), [6.0, 7.0, 8.0, 9.0]);
}

#[test]
fn images_are_maps_too() {
    let image = |shape: &[usize], cards: &[(&str, Value)]| {
        let mut bytes = HealpixFile::new(1).column(Column::f32("X", vec![0.0])).bytes();
        bytes.truncate(2880);
        bytes.extend(image_extension(shape, &counting(shape.iter().product()), cards));
        load(&open(bytes), &Choice::default()).map_err(|e| e.to_string())
    };
    let map = image(&[48], &[("NSIDE", Value::Integer(2)), ("ORDERING", "NESTED".into())]).unwrap();
    assert_eq!(map.source.ordering(), Some(Ordering::Nested));
    assert_eq!(full_sky(&map), counting(48));
    assert!(image(&[12, 4], &[("NSIDE", Value::Integer(2))]).is_ok());
    // Without a keyword the shape alone has to do, and a photograph may have any.
    assert_eq!(image(&[48], &[]).unwrap().warnings.len(), 2);
    assert!(image(&[8, 6], &[]).unwrap_err().contains("no HEALPix map"));
    assert!(image(&[47], &[]).is_err());
}

#[test]
fn maps_without_any_keyword() {
    let table = |rows: usize| {
        let table = Table::new().column(Column::f32("T", counting(rows)));
        find(&HealpixFile::new(1).edit(|_| table), &Choice::default())
    };
    let map = table(48).unwrap();
    let warnings = map.warnings.join("\n");
    assert!(warnings.contains("no NSIDE: its 48 pixels make it 2"), "{warnings}");
    assert!(warnings.contains("no ORDERING: assuming RING"), "{warnings}");
    assert_eq!((map.source.nside(), map.frame), (Nside::new(2).ok(), None));
    assert!(table(47).unwrap_err().contains("no HEALPix map"));
}

#[test]
fn frames_as_they_are_spelled() {
    let found = |keyword: &str, word: &str| {
        let file = HealpixFile::new(1).remove("COORDSYS").column(Column::f32("T", counting(12)));
        let map = find(&file.set(keyword, word), &Choice::default()).unwrap();
        (map.frame, map.warnings)
    };
    for (frame, words) in [
        (Frame::Galactic, &["G", "GAL", "GALACTIC", "galactic"][..]),
        (Frame::Equatorial, &["C", "CEL", "CELESTIAL", "EQU", "Equatorial", "ICRS", "FK5", "Q"]),
        (Frame::Ecliptic, &["E", "ECL", "ecliptic"]),
    ] {
        for word in words {
            for keyword in ["COORDSYS", "RADECSYS", "RADESYS"] {
                assert_eq!(found(keyword, word), (Some(frame), Vec::new()), "{keyword} {word}");
            }
            let quoted = format!("'{word}'");
            assert_eq!(found("COORDSYS", &quoted), (Some(frame), Vec::new()), "{quoted}");
        }
    }
    for word in ["unknown", "XYZ", "?"] {
        let (frame, warnings) = found("COORDSYS", word);
        assert_eq!(frame, None);
        assert!(warnings[0].contains(&format!("COORDSYS is '{word}'")), "{warnings:?}");
        assert!(warnings[0].contains("names no known frame"), "{warnings:?}");
    }
    assert_eq!(found("COORDSYS", ""), (None, Vec::new()));
    for keyword in ["RADECSYS", "RADESYS"] {
        let (frame, warnings) = found(keyword, "FK4");
        assert_eq!((frame, warnings.len()), (Some(Frame::Equatorial), 1));
        for words in [&format!("{keyword} is 'FK4'"), "equinox is not converted", "--input-coord"] {
            assert!(warnings[0].contains(words), "{warnings:?}");
        }
    }
    let file = HealpixFile::new(1).coordsys("unknown").column(Column::f32("T", counting(12)));
    let map = find(&file.set("RADESYS", "FK5"), &Choice::default()).unwrap();
    assert_eq!((map.frame, map.warnings), (Some(Frame::Equatorial), Vec::new()));
    let file = HealpixFile::new(1).remove("COORDSYS").column(Column::f32("T", counting(12)));
    let long = find(&file.verbatim("HIERARCH COORDTYPE = 'ECL'"), &Choice::default()).unwrap();
    assert_eq!(long.frame, Some(Frame::Ecliptic));
}

#[test]
fn the_polarisation_convention_is_kept() {
    let found = |file: HealpixFile| {
        let file = file.column(Column::f32("U", counting(12)));
        find(&file, &Choice::default()).unwrap().polar_convention
    };
    assert_eq!(found(HealpixFile::new(1).set("POLCCONV", "IAU")), Some(PolarConvention::Iau));
    assert_eq!(found(HealpixFile::new(1).set("POLCCONV", "COSMO")), Some(PolarConvention::Cosmo));
    assert_eq!(found(HealpixFile::new(1)), None);
}

#[test]
fn sizes_that_only_the_header_has_are_not_believed() {
    let huge = 1i64 << 40;
    let partial = HealpixFile::partial(4, vec![1]).column(Column::f32("V", vec![1.0]));
    let multi = multi_order(vec![4], vec![1.0]);
    for file in [partial.set("NAXIS2", huge), multi.set("NAXIS2", huge)] {
        let error = cells(&file).unwrap_err();
        assert!(error.contains("truncated"), "{error}");
    }
    let file = HealpixFile::partial(4, vec![1]).column(Column::f32("V", vec![1.0]).tform("0E"));
    assert!(find(&file, &Choice::default()).is_err());
    let values = Column::f32("V", vec![1.0, 2.0]).per_row(2);
    let lone = HealpixFile::partial(1, vec![1]).column(values).set("NSIDE", 1i64 << 30);
    assert!(find(&lone, &Choice::default()).unwrap_err().contains("NSIDE is 1073741824"));
}
