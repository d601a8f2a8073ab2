//! Reads the first image or column of a FITS file into native memory several times, and prints the seconds of the fastest time.
//!
//! usage: `read_column FILE [RUNS] [THREADS]`. Each run opens the file, reads its headers and fills new memory: integers as they
//! are, scaled ones as float32. `read_column.c` does the same with CFITSIO.

use std::error::Error;
use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use map2fig::fits::{BinTable, Column, FitsFile, FromColumn, Image, RawType};

type Problem = Box<dyn Error + Send + Sync>;

fn main() -> Result<(), Problem> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |at: usize| arguments.get(at).map_or(Ok(1), |text| text.parse::<usize>());
    let path = arguments.first().ok_or("usage: read_column FILE [RUNS] [THREADS]")?;
    let pool = rayon::ThreadPoolBuilder::new().num_threads(number(2)?).build()?;
    let mut best = Duration::MAX;
    for _ in 0..number(1)? {
        let start = Instant::now();
        pool.install(|| read(Path::new(path)))?;
        best = best.min(start.elapsed());
    }
    println!("{:.9}", best.as_secs_f64());
    Ok(())
}

fn read(path: &Path) -> Result<(), Problem> {
    let file = FitsFile::open(path)?;
    let image = Image::new(&file, file.primary())?;
    let column = match image.is_empty() {
        false => image.column()?,
        true => BinTable::new(&file, file.hdu(1)?)?.column(0)?,
    };
    let plain = column.scaling() == (1.0, 0.0);
    match column.raw_type() {
        RawType::U8 if plain => fill::<u8>(&column),
        RawType::I16 if plain => fill::<i16>(&column),
        RawType::I32 if plain => fill::<i32>(&column),
        RawType::I64 | RawType::U64 | RawType::F64 => fill::<f64>(&column),
        _ => fill::<f32>(&column),
    }
}

fn fill<T: FromColumn>(column: &Column) -> Result<(), Problem> {
    black_box(column.values::<T>()?);
    Ok(())
}
