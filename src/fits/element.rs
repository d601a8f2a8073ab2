//! The numbers that raw column bytes hold, and their conversion to native ones.

/// Type of the packed big-endian elements that a column's raw reads deliver.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RawType {
    /// Unsigned byte; also truth values (0, 1, 255 for undefined) and unpacked bits (0, 1).
    U8,
    /// Signed 16-bit integer.
    I16,
    /// Signed 32-bit integer.
    I32,
    /// Signed 64-bit integer.
    I64,
    /// Unsigned 64-bit integer, from the TZERO = 2^63 convention. It is resolved in the raw bytes
    /// because adding 2^63 in floating point would lose the low 10 bits.
    U64,
    /// 32-bit real number.
    F32,
    /// 64-bit real number.
    F64,
}

impl RawType {
    /// Bytes of one element.
    pub const fn width(self) -> usize {
        match self {
            RawType::U8 => 1,
            RawType::I16 => 2,
            RawType::I32 | RawType::F32 => 4,
            RawType::I64 | RawType::U64 | RawType::F64 => 8,
        }
    }
}

/// Calls a generic kernel with the element type that a [`RawType`] stands for:
/// `with_raw_type!(column.raw_type(), T => sum::<T>(&bytes))`.
macro_rules! with_raw_type {
    ($raw:expr, $T:ident => $body:expr) => {
        match $raw {
            $crate::fits::RawType::U8 => {
                type $T = u8;
                $body
            }
            $crate::fits::RawType::I16 => {
                type $T = i16;
                $body
            }
            $crate::fits::RawType::I32 => {
                type $T = i32;
                $body
            }
            $crate::fits::RawType::I64 => {
                type $T = i64;
                $body
            }
            $crate::fits::RawType::U64 => {
                type $T = u64;
                $body
            }
            $crate::fits::RawType::F32 => {
                type $T = f32;
                $body
            }
            $crate::fits::RawType::F64 => {
                type $T = f64;
                $body
            }
        }
    };
}
pub(crate) use with_raw_type;

/// A number as it lies in a FITS file: big-endian.
pub trait Element: Copy + PartialEq + Send + Sync + 'static {
    /// Bytes of one element.
    const WIDTH: usize;
    /// The raw type that this is the element of.
    const RAW: RawType;

    /// The element in the first [`Self::WIDTH`] bytes; zero where there are fewer.
    fn from_be(bytes: &[u8]) -> Self;

    /// The value as a 64-bit real number; exact but for integers beyond 2^53.
    fn to_f64(self) -> f64;

    /// The value as a 32-bit real number, rounded once.
    fn to_f32(self) -> f32;

    /// The raw value that a column's TNULL (or an image's BLANK) marks as undefined; `None` where
    /// no element can have it. For `u64` the convention's offset is applied.
    fn from_tnull(tnull: i64) -> Option<Self>;

    /// The elements of packed big-endian bytes.
    fn elements(bytes: &[u8]) -> impl ExactSizeIterator<Item = Self> + '_ {
        bytes.chunks_exact(Self::WIDTH).map(Self::from_be)
    }
}

macro_rules! element {
    ($T:ident, $raw:ident, $tnull:expr) => {
        impl Element for $T {
            const WIDTH: usize = size_of::<$T>();
            const RAW: RawType = RawType::$raw;

            #[inline(always)]
            fn from_be(bytes: &[u8]) -> Self {
                bytes.first_chunk().map_or(Default::default(), |b| $T::from_be_bytes(*b))
            }

            #[inline(always)]
            fn to_f64(self) -> f64 {
                self as f64
            }

            #[inline(always)]
            fn to_f32(self) -> f32 {
                self as f32
            }

            #[inline]
            fn from_tnull(tnull: i64) -> Option<Self> {
                let convert: fn(i64) -> Option<$T> = $tnull;
                convert(tnull)
            }
        }
    };
}

element!(u8, U8, |n| n.try_into().ok());
element!(i16, I16, |n| n.try_into().ok());
element!(i32, I32, |n| n.try_into().ok());
element!(i64, I64, Some);
element!(u64, U64, |n| Some(n as u64 ^ SIGN_BIT));
element!(f32, F32, |_| None);
element!(f64, F64, |_| None);

/// What the TZERO = 2^63 convention adds to a 64-bit integer, as a bit to flip.
pub(super) const SIGN_BIT: u64 = 1 << 63;
