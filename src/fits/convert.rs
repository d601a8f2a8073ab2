//! Conversion of a column's raw bytes to native numbers.

use bytemuck::Pod;

use super::{Column, Element, FitsError, RawType, with_raw_type};

/// A native type that columns can be read into: `u8 u16 u32 u64 i16 i32 i64 f32 f64`.
pub trait FromColumn: Pod + Send + sealed::Sealed {
    /// The raw elements that are such values already, but for the order of their bytes.
    #[doc(hidden)]
    const SAME: Option<RawType>;

    /// Converts `raw`, the packed bytes of the column's elements from number `first` on.
    #[doc(hidden)]
    fn convert(column: &Column, raw: &[u8], first: u64, out: &mut [Self]) -> Result<(), FitsError>;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! from_column_real {
    ($($T:ident $direct:ident $same:expr),*) => {$(
        impl sealed::Sealed for $T {}

        impl FromColumn for $T {
            const SAME: Option<RawType> = $same;

            fn convert(
                column: &Column,
                raw: &[u8],
                _first: u64,
                out: &mut [Self],
            ) -> Result<(), FitsError> {
                fn kernel<R: Element>(column: &Column, raw: &[u8], out: &mut [$T]) {
                    let (scale, zero) = column.scaling();
                    let null = column.tnull().and_then(R::from_tnull);
                    let scaled = |value: R| (value.to_f64() * scale + zero) as $T;
                    let plain = (scale, zero) == (1.0, 0.0);
                    match null {
                        None if plain => fill(raw, out, R::$direct),
                        None => fill(raw, out, scaled),
                        Some(null) => fill(raw, out, |value: R| {
                            let known = scaled(value);
                            if value == null { $T::NAN } else { known }
                        }),
                    }
                }
                with_raw_type!(column.raw_type(), R => kernel::<R>(column, raw, out));
                Ok(())
            }
        }
    )*};
}

from_column_real!(f32 to_f32 Some(RawType::F32), f64 to_f64 Some(RawType::F64));

/// Converts element by element.
#[inline(always)]
fn fill<R: Element, T>(raw: &[u8], out: &mut [T], convert: impl Fn(R) -> T) {
    for (value, element) in out.iter_mut().zip(R::elements(raw)) {
        *value = convert(element);
    }
}

macro_rules! from_column_integer {
    ($($T:ident $same:expr),*) => {$(
        impl sealed::Sealed for $T {}

        impl FromColumn for $T {
            const SAME: Option<RawType> = $same;

            fn convert(
                column: &Column,
                raw: &[u8],
                first: u64,
                out: &mut [Self],
            ) -> Result<(), FitsError> {
                /// Where every sum fits the target, arithmetic that wraps around is exact.
                macro_rules! add_offset {
                    ($R:ident) => {{
                        let zero = integer_offset(column, stringify!($T))?;
                        let fits = |value: i128| $T::try_from(value).is_ok();
                        if fits($R::MIN as i128 + zero) && fits($R::MAX as i128 + zero) {
                            fill(raw, out, |value: $R| (value as $T).wrapping_add(zero as $T));
                            return Ok(());
                        }
                        add_checked::<$R, $T>(raw, zero, out).map_err(|(at, value)| {
                            let problem = format!("element {} is {value}", first + at as u64);
                            column.conversion_error(stringify!($T), problem)
                        })
                    }};
                }
                match column.raw_type() {
                    RawType::U8 => add_offset!(u8),
                    RawType::I16 => add_offset!(i16),
                    RawType::I32 => add_offset!(i32),
                    RawType::I64 => add_offset!(i64),
                    RawType::U64 => add_offset!(u64),
                    RawType::F32 | RawType::F64 => {
                        let problem = "it holds real numbers";
                        Err(column.conversion_error(stringify!($T), problem.to_owned()))
                    }
                }
            }
        }
    )*};
}

from_column_integer!(
    u8 Some(RawType::U8),
    i16 Some(RawType::I16),
    i32 Some(RawType::I32),
    i64 Some(RawType::I64),
    u64 Some(RawType::U64),
    u16 None,
    u32 None
);

/// Adds `zero` to each element; `Err` holds the index and the value of the first that does not fit.
fn add_checked<R, T>(raw: &[u8], zero: i128, out: &mut [T]) -> Result<(), (usize, i128)>
where
    R: Element + Into<i128>,
    T: TryFrom<i128>,
{
    for (at, (slot, element)) in out.iter_mut().zip(R::elements(raw)).enumerate() {
        let value = element.into() + zero;
        *slot = T::try_from(value).map_err(|_| (at, value))?;
    }
    Ok(())
}

/// The offset of a column that is not scaled otherwise, as an integer.
fn integer_offset(column: &Column, wanted: &'static str) -> Result<i128, FitsError> {
    let (scale, zero) = column.scaling();
    if scale == 1.0 && zero.fract() == 0.0 && zero.abs() < 2f64.powi(64) {
        return Ok(zero as i128);
    }
    let (scale, zero) = (short(scale), short(zero));
    let problem = format!("it is scaled by {scale} and shifted by {zero}; read it as f32 or f64");
    Err(column.conversion_error(wanted, problem))
}

/// A number without hundreds of digits.
fn short(value: f64) -> String {
    if value.abs() < 1e16 { value.to_string() } else { format!("{value:e}") }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{card, file, primary, table};
    use super::super::{BinTable, Column, RawType};
    use super::FromColumn;

    fn column(tform: &str, extra: &[String], data: &[u8]) -> Column {
        let file = file(&[primary(), table(&[tform], extra, data)]);
        BinTable::new(&file, file.hdu(1).unwrap()).unwrap().column(0).unwrap()
    }

    fn read<T: FromColumn + Default>(column: &Column) -> Vec<T> {
        let mut values = vec![T::default(); column.len() as usize];
        column.read(0..column.len(), &mut values).unwrap();
        let bytes = bytemuck::cast_slice::<T, u8>;
        assert_eq!(bytes(&column.values().unwrap()), bytes(&values));
        assert_eq!(bytes(&column.read_all().unwrap()), bytes(&values));
        values
    }

    fn problem<T: FromColumn + Default>(column: &Column) -> String {
        let mut values = vec![T::default(); column.len() as usize];
        column.read(0..column.len(), &mut values).unwrap_err().to_string()
    }

    fn bytes<const N: usize>(values: &[[u8; N]]) -> Vec<u8> {
        values.concat()
    }

    #[test]
    fn plain_numbers_of_every_type() {
        assert_eq!(read::<f32>(&column("B", &[], &[0, 7, 255])), [0.0, 7.0, 255.0]);
        let i16s = column("I", &[], &bytes(&[i16::MIN, -1, 300].map(i16::to_be_bytes)));
        assert_eq!(read::<f64>(&i16s), [-32768.0, -1.0, 300.0]);
        assert_eq!(read::<i64>(&i16s), [-32768, -1, 300]);
        assert_eq!(read::<i16>(&i16s), [i16::MIN, -1, 300]);
        let i64s = column("K", &[], &bytes(&[i64::MIN, i64::MAX].map(i64::to_be_bytes)));
        assert_eq!(read::<i64>(&i64s), [i64::MIN, i64::MAX]);
        let f32s = column("E", &[], &bytes(&[1.5f32, -1.6375e30].map(f32::to_be_bytes)));
        assert_eq!(read::<f32>(&f32s), [1.5, -1.6375e30]);
        assert_eq!(read::<f64>(&f32s), [1.5, f64::from(-1.6375e30f32)]);
        let f64s = column("D", &[], &bytes(&[0.1f64, f64::INFINITY].map(f64::to_be_bytes)));
        assert_eq!(read::<f64>(&f64s), [0.1, f64::INFINITY]);
        assert_eq!(read::<f32>(&f64s), [0.1, f32::INFINITY]);
        assert_eq!(read::<u8>(&column("2L", &[], b"TF")), [1, 0]);
    }

    #[test]
    fn unsigned_numbers_through_the_offset() {
        let raw = bytes(&[i16::MIN, -1, i16::MAX].map(i16::to_be_bytes));
        let u16s = column("I", &[card("TZERO1", 32768)], &raw);
        assert_eq!(read::<u16>(&u16s), [0, 32767, 65535]);
        assert_eq!(read::<i32>(&u16s), [0, 32767, 65535]);
        assert_eq!(read::<f32>(&u16s), [0.0, 32767.0, 65535.0]);

        let raw = bytes(&[i32::MIN, 0, i32::MAX].map(i32::to_be_bytes));
        let u32s = column("J", &[card("TZERO1", "2147483648.0")], &raw);
        assert_eq!(read::<u32>(&u32s), [0, 1 << 31, u32::MAX]);

        let raw = bytes(&[i64::MIN + 5, -1, i64::MAX].map(i64::to_be_bytes));
        let u64s = column("K", &[card("TZERO1", "9223372036854775808")], &raw);
        assert_eq!((u64s.raw_type(), u64s.scaling()), (RawType::U64, (1.0, 0.0)));
        assert_eq!(read::<u64>(&u64s), [5, (1 << 63) - 1, u64::MAX]);
        assert_eq!(read::<f64>(&u64s), [5.0, 2f64.powi(63), 2f64.powi(64)]);

        let signed_bytes = column("B", &[card("TZERO1", -128)], &[0, 128, 255]);
        assert_eq!(read::<i16>(&signed_bytes), [-128, 0, 127]);
        assert_eq!(read::<f32>(&signed_bytes), [-128.0, 0.0, 127.0]);
    }

    #[test]
    fn scaled_and_undefined_numbers() {
        let extra = [card("TSCAL1", "0.5"), card("TZERO1", "10"), card("TNULL1", "-1")];
        let scaled = column("I", &extra, &bytes(&[-2i16, -1, 0, 3].map(i16::to_be_bytes)));
        let values = read::<f32>(&scaled);
        assert_eq!([values[0], values[2], values[3]], [9.0, 10.0, 11.5]);
        assert!(values[1].is_nan() && read::<f64>(&scaled)[1].is_nan());

        let raw = bytes(&[i64::MIN + 5, i64::MIN + 6].map(i64::to_be_bytes));
        let extra = [card("TZERO1", "9223372036854775808"), card("TNULL1", i64::MIN + 5)];
        let values = read::<f64>(&column("K", &extra, &raw));
        assert!(values[0].is_nan());
        assert_eq!(values[1], 6.0);

        let values = read::<f32>(&column("3L", &[], b"T\0F"));
        assert!(values[0] == 1.0 && values[1].is_nan() && values[2] == 0.0);

        let beyond = column("B", &[card("TNULL1", 300)], &[44]);
        assert_eq!(read::<f32>(&beyond), [44.0]);
        let real = column("E", &[card("TSCAL1", 2)], &1.5f32.to_be_bytes());
        assert_eq!(read::<f32>(&real), [3.0]);
    }

    #[test]
    fn integers_that_do_not_fit_are_refused() {
        let i16s = column("I", &[], &bytes(&[1i16, 300, -1].map(i16::to_be_bytes)));
        let expected =
            "column 'A' in HDU 1 of test.fits cannot be read as integers (u8): element 1 is 300";
        assert_eq!(problem::<u8>(&i16s), expected);
        assert!(problem::<u64>(&i16s).ends_with("element 2 is -1"));
        let scaled = column("I", &[card("TSCAL1", "0.5")], &[0; 2]);
        assert!(problem::<i32>(&scaled).contains("scaled by 0.5"));
        assert!(problem::<i32>(&column("E", &[], &[0; 4])).contains("holds real numbers"));
        let shifted = column("K", &[card("TZERO1", "1E30")], &[0; 8]);
        assert!(problem::<i64>(&shifted).contains("scaled by 1 and shifted by 1e30;"));
    }

    #[test]
    fn large_ranges_are_read_in_parts() {
        let count = 3_000_000u32;
        let raw: Vec<u8> = (0..count).flat_map(u32::to_be_bytes).collect();
        let column = column("J", &[], &raw);
        let mut values = vec![0u32; 2_999_990];
        column.read(7..2_999_997, &mut values).unwrap();
        assert!(values.iter().zip(7..).all(|(value, expected)| *value == expected));
        let mut short = vec![0u8; 2_999_990];
        assert!(column.read(7..2_999_997, &mut short).is_err());
    }
}
