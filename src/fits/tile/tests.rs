//! Tile-compressed files as a whole.

use std::io::Write;

use proptest::prelude::*;

use super::super::testing::{card, file, header, open, pad, primary};
use super::super::{Column, FitsFile, Image, RawType};
use super::*;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn shuffle(bytes: &[u8], width: usize) -> Vec<u8> {
    (0..width).flat_map(|n| bytes.iter().skip(n).step_by(width).copied()).collect()
}

/// A binary table of array descriptors, whose rows are these arrays of bytes.
fn tiles(columns: &[&str], rows: &[Vec<Vec<u8>>], extra: &[String]) -> Vec<u8> {
    let (mut main, mut heap) = (Vec::new(), Vec::new());
    for array in rows.iter().flatten() {
        main.extend((array.len() as u32).to_be_bytes());
        main.extend((heap.len() as u32).to_be_bytes());
        heap.extend(array);
    }
    let mut cards = vec![
        card("XTENSION", "'BINTABLE'"),
        card("BITPIX", 8),
        card("NAXIS", 2),
        card("NAXIS1", columns.len() * 8),
        card("NAXIS2", rows.len()),
        card("PCOUNT", heap.len()),
        card("GCOUNT", 1),
        card("TFIELDS", columns.len()),
    ];
    for (n, name) in columns.iter().enumerate() {
        cards.push(card(&format!("TTYPE{}", n + 1), format!("'{name}'")));
        cards.push(card(&format!("TFORM{}", n + 1), "'1PB'"));
    }
    cards.extend_from_slice(extra);
    [header(&cards), pad([main, heap].concat(), 0)].concat()
}

/// The cards of a compressed image.
fn image_cards(algorithm: &str, bitpix: i32, axes: &[usize], tile: &[usize]) -> Vec<String> {
    let mut cards = vec![
        card("ZIMAGE", "T"),
        card("ZBITPIX", bitpix),
        card("ZNAXIS", axes.len()),
        card("ZCMPTYPE", format!("'{algorithm}'")),
    ];
    for (n, (axis, size)) in axes.iter().zip(tile).enumerate() {
        cards.push(card(&format!("ZNAXIS{}", n + 1), axis));
        cards.push(card(&format!("ZTILE{}", n + 1), size));
    }
    cards
}

fn image(file: &FitsFile) -> Result<Column, FitsError> {
    Image::new(file, file.hdu(1)?)?.column()
}

fn values(column: &Column) -> Vec<f64> {
    let mut values = vec![0.0; column.len() as usize];
    column.read(0..column.len(), &mut values).unwrap();
    values
}

/// A one-dimensional image of two tiles of 8 pixels in these columns.
fn two_tiles(columns: &[&str], rows: &[Vec<Vec<u8>>], bitpix: i32, extra: &[String]) -> FitsFile {
    let cards = image_cards("RICE_1", bitpix, &[16], &[8]);
    file(&[primary(), tiles(columns, rows, &[&cards, extra].concat())])
}

const RICE: [u8; 21] =
    [0, 0, 3, 232, 124, 0, 8, 0, 208, 1, 224, 0, 7, 11, 32, 240, 235, 0, 2, 0, 0];

#[test]
fn an_image_of_integers() {
    let extra = [card("BZERO", "-5.0"), card("BSCALE", "2.0"), card("BLANK", 999)];
    let rows = [vec![RICE.to_vec()], vec![RICE.to_vec()]];
    let file = two_tiles(&["COMPRESSED_DATA"], &rows, 32, &extra);
    let hdu = file.hdu(1).unwrap();
    assert_eq!((hdu.is_image(), hdu.is_table(), hdu.tiling), (true, false, Some(Tiling::Image)));
    assert_eq!(hdu.describe(), "a tile-compressed image");
    let error = BinTable::new(&file, hdu).unwrap_err().to_string();
    assert!(error.ends_with("is a tile-compressed image, expected a binary table"), "{error}");
    let column = image(&file).unwrap();
    assert_eq!((column.len(), column.raw_type()), (16, RawType::I32));
    let values = values(&column);
    assert_eq!(values[8..10], [1995.0, 2001.0]);
    assert!(values[2].is_nan() && values[12] == 79_995.0);
}

#[test]
fn real_numbers_quantised_or_not() {
    let floats: Vec<u8> = (0..8).flat_map(|n| (n as f32 / 3.0).to_be_bytes()).collect();
    let extra = [card("ZSCALE", "0.5"), card("ZZERO", "-1.0"), card("ZBLANK", 999)];
    let columns = ["COMPRESSED_DATA", "GZIP_COMPRESSED_DATA", "UNCOMPRESSED_DATA"];
    for fallback in [[vec![], gzip(&floats), vec![]], [vec![], vec![], floats.clone()]] {
        let rows = [vec![RICE.to_vec(), vec![], vec![]], fallback.to_vec()];
        let values = values(&image(&two_tiles(&columns, &rows, -32, &extra)).unwrap());
        assert_eq!(values[..2], [499.0, 500.5]);
        assert!(values[2].is_nan());
        assert_eq!(values[15], f64::from(7.0f32 / 3.0));
    }
    let empty = [vec![RICE.to_vec(), vec![], vec![]], vec![vec![], vec![], vec![]]];
    let column = image(&two_tiles(&columns, &empty, -32, &extra)).unwrap();
    let error = column.read(0..16, &mut [0f32; 16]).unwrap_err().to_string();
    assert_eq!(error, "cannot read test.fits: tile 1 of HDU 1 is damaged: it has no data");
}

#[test]
fn a_compressed_table() {
    let ints: Vec<u8> = (0..10i16).flat_map(|n| (n - 5).to_be_bytes()).collect();
    let floats: Vec<u8> = (0..20).flat_map(|n| (n as f32).sqrt().to_be_bytes()).collect();
    let row = |rows: std::ops::Range<usize>| {
        let (ints, floats) =
            (&ints[rows.start * 2..rows.end * 2], &floats[rows.start * 8..rows.end * 8]);
        vec![gzip(ints), gzip(&shuffle(floats, 4)), b"text".to_vec()]
    };
    let cards = [
        card("ZTABLE", "T"),
        card("ZNAXIS1", 15),
        card("ZNAXIS2", 10),
        card("ZTILELEN", 6),
        card("ZFORM1", "'I'"),
        card("ZFORM2", "'2E'"),
        card("ZFORM3", "'5A'"),
        card("ZCTYP1", "'GZIP_1'"),
        card("ZCTYP2", "'GZIP_2'"),
    ];
    let bytes = tiles(&["I", "E", "A"], &[row(0..6), row(6..10)], &cards);
    let file = file(&[primary(), bytes]);
    let hdu = file.hdu(1).unwrap();
    assert_eq!(hdu.describe(), "a tile-compressed binary table");
    let table = BinTable::new(&file, hdu).unwrap();
    assert_eq!((table.rows(), table.row_bytes(), table.columns().len()), (10, 15, 3));
    assert_eq!(values(&table.column(0).unwrap())[4..7], [-1.0, 0.0, 1.0]);
    let column = table.column_by_name("e").unwrap();
    assert_eq!(values(&column)[16], 4.0);
    let mut part = [0f32; 5];
    column.read(9..14, &mut part).unwrap();
    assert_eq!(part, [9f32, 10.0, 11.0, 12.0, 13.0].map(f32::sqrt));
    assert!(matches!(table.column(2), Err(FitsError::NotNumbers { .. })));
}

#[test]
fn cells_of_another_width_are_refused() {
    let cards = |algorithm: &str, format: &str| {
        [
            card("ZTABLE", "T"),
            card("ZNAXIS1", 4),
            card("ZNAXIS2", 8),
            card("ZTILELEN", 8),
            card("ZFORM1", format!("'{format}'")),
            card("ZCTYP1", format!("'{algorithm}'")),
        ]
    };
    for (algorithm, format) in
        [("GZIP_1", "E"), ("GZIP_2", "E"), ("NOCOMPRESS", "E"), ("GZIP_1", "J")]
    {
        for width in [1, 2] {
            let cells = vec![1; 8 * width];
            let tile = if algorithm == "NOCOMPRESS" { cells } else { gzip(&cells) };
            let bytes = tiles(&["A"], &[vec![tile]], &cards(algorithm, format));
            let file = file(&[primary(), bytes]);
            let table = BinTable::new(&file, file.hdu(1).unwrap()).unwrap();
            let read = table.column(0).unwrap().read(0..8, &mut [0f64; 8]);
            let error = read.unwrap_err().to_string();
            assert!(
                error.contains("tile 0 of HDU 1 is damaged: its data are longer or shorter"),
                "{error}"
            );
        }
    }
}

#[test]
fn headers_that_cannot_be_are_refused() {
    let cases = [
        (card("ZCMPTYPE", "'LZW'"), "ZCMPTYPE is 'LZW', expected RICE_1, GZIP_1"),
        (card("ZTILE1", 0), "ZTILE1 is 0, expected 1 or more"),
        (card("ZTILE1", 3), "NAXIS2 is 2, expected a row for each tile"),
        (card("ZNAXIS1", "9223372036854775807"), "expected an image that fits in a file"),
        (card("ZBITPIX", 7), "ZBITPIX is 7, expected"),
        (card("ZQUANTIZ", "'MORE'"), "ZQUANTIZ is 'MORE', expected NONE"),
        (card("TFORM1", "'8B'"), "TFORM1 is '8B', expected arrays such as 1PB"),
        (card("TFORM1", "'1PX'"), "TFORM1 is '1PX', expected arrays of numbers"),
        (card("THEAP", 5000), "THEAP is 5000, expected a position in the table's data"),
    ];
    let rows = [vec![RICE.to_vec()], vec![RICE.to_vec()]];
    let cards = image_cards("RICE_1", 32, &[16], &[8]);
    let extra = [card("ZQUANTIZ", "'NONE'"), card("THEAP", 16)];
    let whole = tiles(&["COMPRESSED_DATA"], &rows, &[&cards[..], &extra].concat());
    for (card, expected) in cases {
        let mut bytes = whole.clone();
        let at = bytes.windows(10).position(|w| w == &card.as_bytes()[..10]).unwrap();
        bytes.splice(at..at + 80, format!("{card:<80}").into_bytes());
        let error = image(&file(&[primary(), bytes])).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}

#[test]
fn a_tile_that_is_too_long_is_not_read() {
    let rows = [vec![vec![0; 70_000]], vec![RICE.to_vec()]];
    let column = image(&two_tiles(&["COMPRESSED_DATA"], &rows, 32, &[])).unwrap();
    let error = column.read(0..1, &mut [0i32]).unwrap_err().to_string();
    assert!(error.contains("longer than it can need"), "{error}");
    let huge = image_cards("RICE_1", 32, &[200_000_000], &[200_000_000]);
    let bytes = tiles(&["COMPRESSED_DATA"], &[vec![RICE.to_vec()]], &huge);
    let column = image(&file(&[primary(), bytes])).unwrap();
    let error = column.read(0..1, &mut [0i32]).unwrap_err().to_string();
    assert!(error.contains("tile 0 of HDU 1 is damaged: its compressed data are too short"));
}

/// Axes, and the lengths of a tile along them.
fn shape() -> impl Strategy<Value = Vec<(usize, usize)>> {
    prop::collection::vec((1usize..9).prop_flat_map(|axis| (Just(axis), 1..=axis)), 1..5)
}

/// Cuts an image into tiles, by the definition.
fn cut(pixels: &[i16], axes: &[usize], tile: &[usize]) -> Vec<Vec<u8>> {
    let counts: Vec<usize> = axes.iter().zip(tile).map(|(a, t)| a.div_ceil(*t)).collect();
    let mut tiles = vec![Vec::new(); counts.iter().product()];
    for (at, pixel) in pixels.iter().enumerate() {
        let (mut rest, mut index, mut stride) = (at, 0, 1);
        for ((axis, size), count) in axes.iter().zip(tile).zip(&counts) {
            index += rest % axis / size * stride;
            rest /= axis;
            stride *= count;
        }
        tiles[index].extend(pixel.to_be_bytes());
    }
    tiles
}

proptest! {
    #[test]
    fn tiles_of_any_shape_come_together(
        shape in shape(),
        algorithm in prop::sample::select(&["GZIP_1", "GZIP_2", "NOCOMPRESS"][..]),
        ends in any::<[prop::sample::Index; 2]>(),
    ) {
        let (axes, tile): (Vec<usize>, Vec<usize>) = shape.into_iter().unzip();
        let count: usize = axes.iter().product();
        let pixels: Vec<i16> = (0..count as i16).collect();
        let rows: Vec<_> = cut(&pixels, &axes, &tile)
            .iter()
            .map(|bytes| vec![match algorithm {
                "GZIP_1" => gzip(bytes),
                "GZIP_2" => gzip(&shuffle(bytes, 2)),
                _ => bytes.clone(),
            }])
            .collect();
        let cards = image_cards(algorithm, 16, &axes, &tile);
        let file = file(&[primary(), tiles(&["COMPRESSED_DATA"], &rows, &cards)]);
        let column = image(&file).unwrap();
        let ends = ends.map(|end| end.index(count + 1));
        for range in [0..count, ends[0].min(ends[1])..ends[0].max(ends[1])] {
            let mut out = vec![0i16; range.len()];
            column.read(range.start as u64..range.end as u64, &mut out).unwrap();
            prop_assert_eq!(&out, &pixels[range]);
        }
    }

    #[test]
    fn damaged_files_never_panic(
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6),
        number in prop::sample::select(&["0", "1", "-1", "9", "2147483647", "1099511627776"][..]),
        card_at in any::<prop::sample::Index>(),
        algorithm in prop::sample::select(
            &["RICE_1", "GZIP_1", "GZIP_2", "HCOMPRESS_1", "PLIO_1", "NOCOMPRESS"][..],
        ),
        bitpix in prop::sample::select(&[8, 16, 32, 64, -32, -64][..]),
    ) {
        let rows = [vec![RICE.to_vec(), gzip(&[0; 32])], vec![vec![], gzip(&[0; 64])]];
        let mut cards = image_cards(algorithm, bitpix, &[4, 4], &[4, 2]);
        cards.extend([card("ZSCALE", "0.5"), card("THEAP", 32)]);
        let columns = ["COMPRESSED_DATA", "GZIP_COMPRESSED_DATA"];
        let mut bytes = [primary(), tiles(&columns, &rows, &cards)].concat();
        let numbers: Vec<usize> = (36..bytes.len() / 80)
            .map(|n| n * 80)
            .filter(|at| bytes[*at + 8] == b'=' && bytes[*at + 29].is_ascii_digit())
            .collect();
        let at = numbers[card_at.index(numbers.len())] + 10;
        bytes[at..at + 20].copy_from_slice(format!("{number:>20}").as_bytes());
        for (at, byte) in changes {
            let at = at.index(bytes.len() - 5760) + 5760;
            bytes[at] = byte;
        }
        let Ok(file) = open(bytes) else { return Ok(()) };
        if let Ok(column) = image(&file) {
            let count = column.len().min(10_000);
            let _ = column.read(0..count, &mut vec![0f64; count as usize]);
            let _ = column.read(column.len() - count..column.len(), &mut vec![0f64; count as usize]);
        }
    }
}
