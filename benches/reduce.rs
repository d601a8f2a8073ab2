//! Times the averaging of full-sky maps, beside reading the same bytes and adding them up.
#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up fails")]

mod common;

use common::{Sample, full_sky, one_thread};
use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use map2fig::healpix::{Nside, Ordering};
use map2fig::stages::reduce;

fn main() {
    divan::main();
}

/// The resolution of a map, and that which it is averaged down to.
const SIZES: [(u32, u32); 2] = [(1024, 256), (512, 128)];
/// Bytes that the plain sum reads at a time, as a reduction does.
const BUFFER: u64 = 512 << 10;

fn bench<T: Sample>(bencher: Bencher, (nside, target): (u32, u32), ordering: Ordering) {
    let source = full_sky::<T>(nside, ordering);
    let target = Nside::new(target.into()).unwrap();
    let pool = one_thread();
    bencher.counter(BytesCount::new(source.nside.npix() * size_of::<T>() as u64)).bench_local(
        || pool.install(|| reduce::reduce(&source, target, (1.0, 0.0), &|_| ()).unwrap()),
    );
}

#[divan::bench(types = [f32, f64, i16, i32, u8], args = SIZES, sample_count = 20)]
fn nested<T: Sample>(bencher: Bencher, sizes: (u32, u32)) {
    bench::<T>(bencher, sizes, Ordering::Nested);
}

#[divan::bench(types = [f32, f64, i16, i32, u8], args = SIZES, sample_count = 20)]
fn ring<T: Sample>(bencher: Bencher, sizes: (u32, u32)) {
    bench::<T>(bencher, sizes, Ordering::Ring);
}

/// The yardstick: the bytes go through a buffer of the same size and are added up as 64-bit words.
#[divan::bench(types = [f32, f64, i16, i32, u8], args = [1024, 512], sample_count = 20)]
fn plain_sum<T: Sample>(bencher: Bencher, nside: u32) {
    let column = full_sky::<T>(nside, Ordering::Nested).column;
    let step = BUFFER / size_of::<T>() as u64;
    bencher.counter(BytesCount::new(column.len() * size_of::<T>() as u64)).bench_local(|| {
        let (mut reader, mut bytes, mut sum) = (column.reader(), Vec::new(), 0u64);
        for first in (0..column.len()).step_by(step as usize) {
            reader.read_raw(first..column.len().min(first + step), &mut bytes).unwrap();
            let words = bytes.as_chunks::<8>().0.iter().map(|word| u64::from_ne_bytes(*word));
            sum = words.fold(sum, u64::wrapping_add);
        }
        black_box(sum)
    });
}
