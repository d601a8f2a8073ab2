//! Conversion of a column's raw bytes to native numbers.

use super::{Column, Element, FitsError, RawType, with_raw_type};

/// A native type that columns can be read into: `u8 u16 u32 u64 i16 i32 i64 f32 f64`.
pub trait FromColumn: Copy + sealed::Sealed {
    /// Converts `raw`, the packed bytes of the column's elements from number `first` on.
    #[doc(hidden)]
    fn convert(column: &Column, raw: &[u8], first: u64, out: &mut [Self]) -> Result<(), FitsError>;
}

mod sealed {
    pub trait Sealed {}
}

macro_rules! from_column_real {
    ($($T:ident $direct:ident),*) => {$(
        impl sealed::Sealed for $T {}

        impl FromColumn for $T {
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

from_column_real!(f32 to_f32, f64 to_f64);

/// Converts element by element.
#[inline(always)]
fn fill<R: Element, T>(raw: &[u8], out: &mut [T], convert: impl Fn(R) -> T) {
    for (value, element) in out.iter_mut().zip(R::elements(raw)) {
        *value = convert(element);
    }
}

macro_rules! from_column_integer {
    ($($T:ident),*) => {$(
        impl sealed::Sealed for $T {}

        impl FromColumn for $T {
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
                        let problem = "it holds real numbers; read it as f32 or f64";
                        Err(column.conversion_error(stringify!($T), problem.to_owned()))
                    }
                }
            }
        }
    )*};
}

from_column_integer!(u8, i16, i32, i64, u16, u32, u64);

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
    let problem = format!("it is scaled by {scale} and shifted by {zero}; read it as f32 or f64");
    Err(column.conversion_error(wanted, problem))
}
