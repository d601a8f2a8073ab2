//! Times headers, columns and images from memory into native numbers; `compare/fits_io.py` times files beside other readers.
#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up fails")]

mod common;

use std::sync::Arc;

use common::{Sample, card, header, image, one_thread, table};
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};
use map2fig::fits::{BinTable, Column, FitsFile, FromColumn, Image, MemorySource};

fn main() {
    divan::main();
}

const CARDS: usize = 200;
const ROWS: u64 = 12_000_000;

/// Opens a file of 200 cards and looks up the last of them.
#[divan::bench]
fn open_header(bencher: Bencher) {
    let mut cards = vec![card("SIMPLE", "T"), card("BITPIX", 8), card("NAXIS", 0)];
    let number = |n: usize| format!("KEY{n}");
    cards.extend((cards.len()..CARDS).map(|n| card(&number(n), format!("{n}.25E-3"))));
    let bytes = header(&cards);
    let last = number(CARDS - 1);
    bencher.counter(ItemsCount::new(CARDS)).with_inputs(|| bytes.clone()).bench_local_values(
        |bytes| {
            let file = FitsFile::from_source("bench.fits", Arc::new(MemorySource(bytes))).unwrap();
            file.primary().header.get_float(&last).unwrap()
        },
    );
}

/// Reads all elements into memory that is new each time, as a program that reads a file once has it.
fn bench_read<T: FromColumn + Default>(bencher: Bencher, column: &Column) {
    let pool = one_thread();
    let bytes = column.len() * column.raw_type().width() as u64;
    bencher.counter(BytesCount::new(bytes)).bench_local(|| {
        let mut values = vec![T::default(); column.len() as usize];
        pool.install(|| column.read(0..column.len(), &mut values)).unwrap();
        values
    });
}

fn first_column(file: &FitsFile) -> Column {
    BinTable::new(file, file.hdu(1).unwrap()).unwrap().column(0).unwrap()
}

#[divan::bench(types = [u8, i16, i32, f32, f64], sample_count = 10)]
fn column<T: Sample + FromColumn + Default>(bencher: Bencher) {
    bench_read::<T>(bencher, &first_column(&table::<T>(ROWS, &[])));
}

/// Integers with a factor and an offset, into float32.
#[divan::bench(sample_count = 10)]
fn column_scaled_i16(bencher: Bencher) {
    let scaling = [card("TSCAL1", "0.25"), card("TZERO1", "100.5")];
    bench_read::<f32>(bencher, &first_column(&table::<i16>(ROWS, &scaling)));
}

#[divan::bench(types = [u8, i16, i32, f32, f64], args = [1000, 4000], sample_count = 10)]
fn image_square<T: Sample + FromColumn + Default>(bencher: Bencher, side: u64) {
    let file = image::<T>(side);
    bench_read::<T>(bencher, &Image::new(&file, file.primary()).unwrap().column().unwrap());
}
