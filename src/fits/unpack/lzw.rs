//! The format of the Unix program `compress` (files named `.Z`): adaptive Lempel-Ziv-Welch coding
//! (Welch 1984) with codes of 9 to 16 bits.

use std::io::{self, BufRead, Read};

/// Codes start with this many bits.
const FIRST_WIDTH: u32 = 9;

/// Most bits of a code.
const MOST_WIDTH: u32 = 16;

/// The code that empties the table, in files that use it.
const CLEAR: usize = 256;

/// Bytes that are decoded at a time, at least.
const OUTPUT_BYTES: usize = 64 * 1024;

/// Decodes a file of the `compress` program.
pub struct LzwReader<R> {
    input: R,
    codes: Codes,
    /// The string of a code is that of its prefix with one byte more.
    prefixes: Vec<u16>,
    last_bytes: Vec<u8>,
    /// First code that has no string yet.
    free: usize,
    /// Whether [`CLEAR`] is a code of its own.
    clears: bool,
    /// The code before, and the first byte of its string.
    before: Option<(u16, u8)>,
    output: Vec<u8>,
    served: usize,
}

/// Cuts the input into codes, lowest bit first.
///
/// Codes are written in groups of eight, so that a group of codes of w bits takes w bytes; when
/// the width changes, what is left of the group is filled up and lost.
struct Codes {
    width: u32,
    most: u32,
    bits: u64,
    held: u32,
    /// Codes read since the last group began.
    in_group: u32,
}

impl Codes {
    /// The next code; `None` at the input's end.
    fn next(&mut self, input: &mut impl BufRead) -> io::Result<Option<usize>> {
        while self.held < self.width {
            let Some(byte) = next_byte(input)? else { return Ok(None) };
            self.bits |= u64::from(byte) << self.held;
            self.held += 8;
        }
        let code = self.bits & ((1 << self.width) - 1);
        self.bits >>= self.width;
        self.held -= self.width;
        self.in_group = (self.in_group + 1) % 8;
        Ok(Some(code as usize))
    }

    /// Goes over to another width, at the next group's start.
    fn change_width(&mut self, width: u32, input: &mut impl BufRead) -> io::Result<()> {
        while self.in_group != 0 {
            if self.next(input)?.is_none() {
                break;
            }
        }
        (self.bits, self.held, self.in_group) = (0, 0, 0);
        self.width = width;
        Ok(())
    }
}

fn next_byte(input: &mut impl BufRead) -> io::Result<Option<u8>> {
    let byte = input.fill_buf()?.first().copied();
    if byte.is_some() {
        input.consume(1);
    }
    Ok(byte)
}

fn damaged(problem: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, problem)
}

impl<R: BufRead> LzwReader<R> {
    /// Reads the three bytes that such a file begins with.
    pub fn new(mut input: R) -> io::Result<LzwReader<R>> {
        let mut start = [0; 3];
        input.read_exact(&mut start)?;
        let [0x1f, 0x9d, flags] = start else {
            return Err(damaged("it is no file of the program compress"));
        };
        let most = u32::from(flags & 0x1f);
        if !(FIRST_WIDTH..=MOST_WIDTH).contains(&most) {
            return Err(damaged("its codes are longer or shorter than the program compress can"));
        }
        let clears = flags & 0x80 != 0;
        Ok(LzwReader {
            input,
            codes: Codes { width: FIRST_WIDTH, most, bits: 0, held: 0, in_group: 0 },
            prefixes: vec![0; 1 << most],
            last_bytes: (0..1u32 << most).map(|code| code as u8).collect(),
            free: CLEAR + usize::from(clears),
            clears,
            before: None,
            output: Vec::new(),
            served: 0,
        })
    }

    /// Decodes one code more into the output; false at the end.
    fn step(&mut self) -> io::Result<bool> {
        if self.free >= 1 << self.codes.width && self.codes.width < self.codes.most {
            self.codes.change_width(self.codes.width + 1, &mut self.input)?;
        }
        let Some(code) = self.codes.next(&mut self.input)? else { return Ok(false) };
        if code == CLEAR && self.clears {
            self.codes.change_width(FIRST_WIDTH, &mut self.input)?;
            (self.free, self.before) = (CLEAR + 1, None);
            return Ok(true);
        }
        let first = match self.before {
            Some((before, before_first)) if code >= self.free => {
                if code > self.free {
                    return Err(damaged("it has a code that has not been defined"));
                }
                // The code being defined just now: the string before and its own first byte.
                let first = self.append_string(usize::from(before));
                self.output.push(before_first);
                first
            }
            None if code >= CLEAR => return Err(damaged("it does not begin with a plain byte")),
            _ => self.append_string(code),
        };
        if let Some((before, _)) = self.before {
            let free = self.free;
            if let (Some(prefix), Some(last)) =
                (self.prefixes.get_mut(free), self.last_bytes.get_mut(free))
            {
                (*prefix, *last) = (before, first);
                self.free += 1;
            }
        }
        self.before = Some((code as u16, first));
        Ok(true)
    }

    /// Appends the string of a known code to the output; returns its first byte.
    fn append_string(&mut self, mut code: usize) -> u8 {
        let start = self.output.len();
        // A prefix is always older than its code, so this comes to an end.
        while code >= CLEAR {
            self.output.push(self.last_bytes.get(code).copied().unwrap_or(0));
            code = self.prefixes.get(code).copied().map_or(0, usize::from);
        }
        self.output.push(code as u8);
        if let Some(string) = self.output.get_mut(start..) {
            string.reverse();
        }
        code as u8
    }
}

impl<R: BufRead> Read for LzwReader<R> {
    fn read(&mut self, buf: &mut [u8]) -> io::Result<usize> {
        if self.served == self.output.len() {
            self.output.clear();
            self.served = 0;
            while self.output.len() < OUTPUT_BYTES && self.step()? {}
        }
        let mut unserved = self.output.get(self.served..).unwrap_or_default();
        let count = unserved.read(buf)?;
        self.served += count;
        Ok(count)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use std::collections::HashMap;

    use proptest::prelude::*;

    use super::*;

    /// Writes codes as the program does: in groups of eight, filled up where the width changes.
    struct Writer {
        bytes: Vec<u8>,
        group: Vec<usize>,
        width: u32,
    }

    impl Writer {
        fn push(&mut self, code: usize) {
            self.group.push(code);
            if self.group.len() == 8 {
                self.flush(8);
            }
        }

        fn flush(&mut self, codes: usize) {
            let mut bits = 0u128;
            for (n, code) in self.group.drain(..).enumerate() {
                bits |= (code as u128) << (n as u32 * self.width);
            }
            let bytes = (codes as u32 * self.width).div_ceil(8) as usize;
            self.bytes.extend(bits.to_le_bytes().iter().chain(&[0, 0]).take(bytes));
        }

        fn change_width(&mut self, width: u32) {
            if !self.group.is_empty() {
                self.flush(8);
            }
            self.width = width;
        }
    }

    /// Compresses; with `clear_at`, empties the full table after so many more codes.
    pub fn compress(bytes: &[u8], most: u32, clear_after: Option<usize>) -> Vec<u8> {
        let clears = clear_after.is_some();
        let mut out = Writer {
            bytes: vec![0x1f, 0x9d, most as u8 | u8::from(clears) << 7],
            group: Vec::new(),
            width: 9,
        };
        let mut table: HashMap<(usize, u8), usize> = HashMap::new();
        let mut free = 256 + usize::from(clears);
        let mut since_full = 0;
        let mut current: Option<usize> = None;
        for &byte in bytes {
            let Some(prefix) = current else {
                current = Some(usize::from(byte));
                continue;
            };
            if let Some(code) = table.get(&(prefix, byte)) {
                current = Some(*code);
                continue;
            }
            out.push(prefix);
            if free >= 1 << out.width && out.width < most {
                out.change_width(out.width + 1);
            }
            if free < 1 << most {
                table.insert((prefix, byte), free);
                free += 1;
            } else if clear_after.is_some_and(|limit| since_full == limit) {
                out.push(CLEAR);
                out.change_width(9);
                table.clear();
                (free, since_full) = (257, 0);
            } else {
                since_full += 1;
            }
            current = Some(usize::from(byte));
        }
        out.group.extend(current);
        let last = out.group.len();
        out.flush(last);
        out.bytes
    }

    fn decompress(bytes: &[u8]) -> io::Result<Vec<u8>> {
        let mut output = Vec::new();
        LzwReader::new(bytes)?.read_to_end(&mut output)?;
        Ok(output)
    }

    #[test]
    fn a_file_that_other_programs_read() {
        // What gzip -d makes TOBEORNOTTOBEORTOBEORNOT of.
        let packed = [
            0x1f, 0x9d, 0x90, 0x54, 0x9e, 0x08, 0x29, 0xf2, 0x44, 0x8a, 0x93, 0x27, 0x54, 0x02,
            0x0e, 0x2c, 0xa8, 0x90, 0xa0, 0x41, 0x84,
        ];
        assert_eq!(compress(b"TOBEORNOTTOBEORTOBEORNOT", 16, Some(0)), packed);
        assert_eq!(decompress(&packed).unwrap(), b"TOBEORNOTTOBEORTOBEORNOT");
    }

    #[test]
    fn long_input_with_and_without_clearing() {
        let bytes: Vec<u8> = (0..400_000u32).map(|n| (n.wrapping_mul(n) >> 7) as u8).collect();
        for (most, clear) in [(16, Some(1000)), (16, None), (12, Some(17)), (10, None)] {
            assert!(decompress(&compress(&bytes, most, clear)).unwrap() == bytes, "{most}");
        }
        let same = vec![7; 1_000_000];
        assert!(decompress(&compress(&same, 16, Some(0))).unwrap() == same);
    }

    #[test]
    fn damage_is_an_error() {
        assert!(decompress(b"\x1f\x9d").is_err());
        assert!(decompress(b"\x1f\x8b\x90").is_err());
        assert!(decompress(b"\x1f\x9d\x88\0\0").is_err());
        assert!(decompress(b"\x1f\x9d\x90\xff\xff\xff").is_err());
        assert_eq!(decompress(b"\x1f\x9d\x90").unwrap(), b"");
    }

    proptest! {
        #[test]
        fn any_bytes_decode_or_fail(bytes in prop::collection::vec(any::<u8>(), 0..2000)) {
            let packed = [&b"\x1f\x9d\x90"[..], &bytes].concat();
            let _ = decompress(&packed);
        }
    }
}
