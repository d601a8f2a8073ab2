//! Column formats: the TFORM keyword of binary tables (FITS 4.0, section 7.3.1).

use std::fmt;
use std::str::FromStr;

/// The type of a table's or image's elements.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ElementType {
    /// `L`: logical, a byte that is `T`, `F` or 0 for undefined.
    Logical,
    /// `X`: bits, packed eight to a byte, the most significant first.
    Bit,
    /// `B`: unsigned 8-bit integer.
    U8,
    /// `I`: signed 16-bit integer.
    I16,
    /// `J`: signed 32-bit integer.
    I32,
    /// `K`: signed 64-bit integer.
    I64,
    /// `A`: character.
    Char,
    /// `E`: 32-bit real number.
    F32,
    /// `D`: 64-bit real number.
    F64,
    /// `C`: pair of 32-bit real numbers.
    Complex32,
    /// `M`: pair of 64-bit real numbers.
    Complex64,
    /// `P`: two 32-bit integers that point at an array in the heap.
    Descriptor32,
    /// `Q`: two 64-bit integers that point at an array in the heap.
    Descriptor64,
}

impl ElementType {
    /// The type that a TFORM letter stands for.
    pub fn from_letter(letter: char) -> Option<ElementType> {
        Some(match letter.to_ascii_uppercase() {
            'L' => ElementType::Logical,
            'X' => ElementType::Bit,
            'B' => ElementType::U8,
            'I' => ElementType::I16,
            'J' => ElementType::I32,
            'K' => ElementType::I64,
            'A' => ElementType::Char,
            'E' => ElementType::F32,
            'D' => ElementType::F64,
            'C' => ElementType::Complex32,
            'M' => ElementType::Complex64,
            'P' => ElementType::Descriptor32,
            'Q' => ElementType::Descriptor64,
            _ => return None,
        })
    }

    /// The TFORM letter.
    pub fn letter(self) -> char {
        match self {
            ElementType::Logical => 'L',
            ElementType::Bit => 'X',
            ElementType::U8 => 'B',
            ElementType::I16 => 'I',
            ElementType::I32 => 'J',
            ElementType::I64 => 'K',
            ElementType::Char => 'A',
            ElementType::F32 => 'E',
            ElementType::F64 => 'D',
            ElementType::Complex32 => 'C',
            ElementType::Complex64 => 'M',
            ElementType::Descriptor32 => 'P',
            ElementType::Descriptor64 => 'Q',
        }
    }

    /// Bits of one element in the file.
    pub fn bits(self) -> u64 {
        match self {
            ElementType::Bit => 1,
            ElementType::Logical | ElementType::U8 | ElementType::Char => 8,
            ElementType::I16 => 16,
            ElementType::I32 | ElementType::F32 => 32,
            ElementType::I64
            | ElementType::F64
            | ElementType::Complex32
            | ElementType::Descriptor32 => 64,
            ElementType::Complex64 | ElementType::Descriptor64 => 128,
        }
    }

    /// Whether the elements are integers, which TNULL and the unsigned convention apply to.
    pub fn is_integer(self) -> bool {
        matches!(self, ElementType::U8 | ElementType::I16 | ElementType::I32 | ElementType::I64)
    }

    /// Whether a [`Column`](super::Column) can have elements of this type: real numbers, and what
    /// counts as such.
    pub fn is_readable(self) -> bool {
        self.is_integer()
            || matches!(
                self,
                ElementType::Logical | ElementType::Bit | ElementType::F32 | ElementType::F64
            )
    }

    /// The type in words, in the plural: "32-bit real numbers".
    pub fn describe(self) -> &'static str {
        match self {
            ElementType::Logical => "truth values",
            ElementType::Bit => "bits",
            ElementType::U8 => "unsigned bytes",
            ElementType::I16 => "16-bit integers",
            ElementType::I32 => "32-bit integers",
            ElementType::I64 => "64-bit integers",
            ElementType::Char => "text",
            ElementType::F32 => "32-bit real numbers",
            ElementType::F64 => "64-bit real numbers",
            ElementType::Complex32 => "32-bit complex numbers",
            ElementType::Complex64 => "64-bit complex numbers",
            ElementType::Descriptor32 | ElementType::Descriptor64 => "arrays of variable length",
        }
    }
}

/// The format of a binary table's column: `rTa`, where the repeat count `r` defaults to 1 and `a`
/// is free text that only the array descriptors use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TForm {
    /// Elements in one cell.
    pub repeat: u64,
    /// Type of each.
    pub kind: ElementType,
    /// What follows the letter: for `1PE(42)` the `E(42)`.
    pub extra: String,
}

impl TForm {
    /// Bytes of one cell.
    pub fn bytes(&self) -> u64 {
        (u128::from(self.repeat) * u128::from(self.kind.bits())).div_ceil(8) as u64
    }
}

/// The text is not a binary table's format.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a format such as 1024E, J or 15A")]
pub struct BadTForm;

impl FromStr for TForm {
    type Err = BadTForm;

    /// Parses a TFORM value; blanks before and behind do not matter.
    fn from_str(text: &str) -> Result<TForm, BadTForm> {
        let text = text.trim();
        let digits = text.bytes().take_while(u8::is_ascii_digit).count();
        let (count, rest) = text.split_at_checked(digits).ok_or(BadTForm)?;
        let mut letters = rest.trim_start().chars();
        let kind = letters.next().and_then(ElementType::from_letter).ok_or(BadTForm)?;
        // A cell has to lie in a file, whose positions are below 2^63; its bits need not fit.
        let repeat = match count {
            "" => 1,
            _ => count.parse().map_err(|_| BadTForm)?,
        };
        if u128::from(repeat) * u128::from(kind.bits()) > 8 * (i64::MAX as u128) {
            return Err(BadTForm);
        }
        Ok(TForm { repeat, kind, extra: letters.as_str().trim().to_owned() })
    }
}

impl fmt::Display for TForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", self.repeat, self.kind.letter(), self.extra)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> TForm {
        text.parse().unwrap()
    }

    #[test]
    fn the_grammar() {
        assert_eq!(parse("1024E").repeat, 1024);
        assert_eq!(
            parse("       J"),
            TForm { repeat: 1, kind: ElementType::I32, extra: "".into() }
        );
        assert_eq!(parse("d ").kind, ElementType::F64);
        assert_eq!(parse("0A").bytes(), 0);
        assert_eq!(parse("16X").bytes(), 2);
        assert_eq!(parse("17X").bytes(), 3);
        assert_eq!(parse("1PE(42)").extra, "E(42)");
        assert_eq!(parse("1PE(42)").bytes(), 8);
        assert_eq!(parse("3M").bytes(), 48);
        assert_eq!(parse("J").to_string(), "1J");
        assert_eq!(parse("1QD(7)").to_string(), "1QD(7)");
    }

    #[test]
    fn letters_go_both_ways() {
        for letter in "LXBIJKAEDCMPQ".chars() {
            assert_eq!(ElementType::from_letter(letter).map(ElementType::letter), Some(letter));
        }
    }

    #[test]
    fn what_is_no_format() {
        let too_large = ["18446744073709551616E", "18446744073709551615D", "9223372036854775807I"];
        for text in ["", " ", "12", "Z", "-1E", "1.5E", "µ"] {
            assert_eq!(text.parse::<TForm>(), Err(BadTForm), "{text}");
        }
        for text in too_large {
            assert_eq!(text.parse::<TForm>(), Err(BadTForm), "{text}");
        }
    }
}
