//! Pictures inside a terminal: PNG bytes as the escape sequences that terminals understand.

mod blocks;
mod sixel;

use super::DrawError;
use crate::colormap::Rgba;

/// What a terminal understands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Protocol {
    /// The kitty graphics protocol: kitty, Ghostty, Konsole, WezTerm.
    Kitty,
    /// Inline images of iTerm2, which WezTerm, mintty and others know too.
    Iterm,
    /// DEC's sixels: xterm, foot, mlterm, Windows Terminal.
    Sixel,
    /// Half blocks in colours, which every terminal shows.
    Blocks {
        /// Whether any colour may be used, not only the 256 of xterm.
        true_color: bool,
    },
}

/// A terminal to show pictures in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Screen {
    /// How it takes them.
    pub protocol: Protocol,
    /// Characters across.
    pub columns: usize,
    /// Lines.
    pub rows: usize,
    /// Width and height of a character in pixels.
    pub cell: (usize, usize),
}

/// Lines that are left free for the prompt.
const PROMPT_ROWS: usize = 2;

/// Most pixels of a sixel picture: each costs bytes, uncompressed, on a line that may be slow.
const SIXEL_WIDTH: usize = 800;

impl Screen {
    /// The largest size in characters of a picture of these proportions that fits.
    fn fit(&self, width: usize, height: usize) -> (usize, usize) {
        let rows = self.rows.saturating_sub(PROMPT_ROWS).max(1);
        let aspect = height.max(1) as f64 / width.max(1) as f64;
        let cell_aspect = self.cell.1.max(1) as f64 / self.cell.0.max(1) as f64;
        let columns = (self.columns.max(1) as f64).min(rows as f64 * cell_aspect / aspect);
        let rows = (columns * aspect / cell_aspect).round().max(1.0);
        (columns.floor().max(1.0) as usize, rows as usize)
    }

    /// The width in pixels that a picture is best drawn at.
    pub fn pixel_width(&self) -> usize {
        let width = self.columns * self.cell.0;
        match self.protocol {
            Protocol::Kitty | Protocol::Iterm => width.clamp(320, 2000),
            Protocol::Sixel => width.clamp(320, SIXEL_WIDTH),
            // Averaged down, so that lines thinner than a block are seen.
            Protocol::Blocks { .. } => (4 * self.columns).clamp(160, 1200),
        }
    }
}

/// The escape sequences that show a PNG picture and leave the cursor on the line below.
///
/// # Errors
/// Where the bytes are no PNG picture of 8 bits a channel.
pub fn encode(png: &[u8], screen: &Screen) -> Result<Vec<u8>, DrawError> {
    let image = Image::decode(png)?;
    let (columns, rows) = screen.fit(image.width, image.height);
    let mut out = Vec::new();
    match screen.protocol {
        Protocol::Kitty => kitty(png, columns, rows, &mut out),
        Protocol::Iterm => iterm(png, columns, &mut out),
        Protocol::Sixel => {
            let width = (columns * screen.cell.0).min(SIXEL_WIDTH).min(image.width);
            sixel::encode(&image.scaled(width, None), &mut out);
        }
        Protocol::Blocks { true_color } => {
            blocks::encode(&image.scaled(columns, Some(2 * rows)), true_color, &mut out);
        }
    }
    Ok(out)
}

/// Most bytes of base64 that kitty takes in one sequence.
const KITTY_CHUNK: usize = 4096;

/// The PNG as it is, scaled by the terminal; `q=2` keeps it from answering.
fn kitty(png: &[u8], columns: usize, rows: usize, out: &mut Vec<u8>) {
    let text = base64(png);
    let chunks = text.as_bytes().chunks(KITTY_CHUNK);
    let last = chunks.len().saturating_sub(1);
    for (number, chunk) in chunks.enumerate() {
        let more = u8::from(number < last);
        let head = match number {
            0 => format!("\x1b_Ga=T,f=100,q=2,c={columns},r={rows},m={more};"),
            _ => format!("\x1b_Gm={more};"),
        };
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(chunk);
        out.extend_from_slice(b"\x1b\\");
    }
    out.push(b'\n');
}

fn iterm(png: &[u8], columns: usize, out: &mut Vec<u8>) {
    let size = png.len();
    let head = format!("\x1b]1337;File=inline=1;size={size};width={columns};height=auto:");
    out.extend_from_slice(head.as_bytes());
    out.extend_from_slice(base64(png).as_bytes());
    out.extend_from_slice(b"\x07\n");
}

/// Base64 of RFC 4648, padded.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let digit = |bits: u32| char::from(DIGITS.get(bits as usize & 63).copied().unwrap_or(b'='));
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits =
            (0..3).fold(0, |bits, n| bits << 8 | u32::from(three.get(n).copied().unwrap_or(0)));
        for n in 0..4 {
            text.push(if n <= three.len() { digit(bits >> (18 - 6 * n)) } else { '=' });
        }
    }
    text
}

/// A figure as pixels, row 0 at the top.
pub struct Pixels(Image);

impl Pixels {
    /// The pixels of a PNG picture.
    ///
    /// # Errors
    /// Where the bytes are no PNG picture of 8 bits a channel.
    pub fn decode(png: &[u8]) -> Result<Pixels, DrawError> {
        Image::decode(png).map(Pixels)
    }

    /// Pixels across.
    pub fn width(&self) -> usize {
        self.0.width
    }

    /// Pixels down.
    pub fn height(&self) -> usize {
        self.0.height
    }

    /// Red, green, blue and opacity of a pixel, 0 to 255, not premultiplied; nothing beyond the edges.
    pub fn at(&self, x: usize, y: usize) -> Option<[u8; 4]> {
        let inside = x < self.0.width && y < self.0.height;
        inside.then(|| self.0.pixels.get(y * self.0.width + x).copied().map(channels))?
    }

    /// All pixels, row after row from the top.
    pub fn rgba(&self) -> impl Iterator<Item = [u8; 4]> {
        self.0.pixels.iter().copied().map(channels)
    }
}

fn channels(color: Rgba) -> [u8; 4] {
    [color.r, color.g, color.b, color.a]
}

/// A picture in memory, row 0 at the top.
struct Image {
    width: usize,
    height: usize,
    pixels: Vec<Rgba>,
}

impl Image {
    fn decode(png: &[u8]) -> Result<Image, DrawError> {
        let failed = |e: png::DecodingError| DrawError::Encode(e.to_string());
        let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
        decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::ALPHA);
        let mut reader = decoder.read_info().map_err(failed)?;
        let size = reader.output_buffer_size().unwrap_or(0);
        let mut bytes = vec![0; size];
        let info = reader.next_frame(&mut bytes).map_err(failed)?;
        let pixels = match info.color_type {
            png::ColorType::Rgba => {
                bytes.chunks_exact(4).map(|p| Rgba { r: p[0], g: p[1], b: p[2], a: p[3] }).collect()
            }
            png::ColorType::GrayscaleAlpha => {
                bytes.chunks_exact(2).map(|p| Rgba { r: p[0], g: p[0], b: p[0], a: p[1] }).collect()
            }
            other => return Err(DrawError::Encode(format!("a PNG picture of {other:?}"))),
        };
        Ok(Image { width: info.width as usize, height: info.height as usize, pixels })
    }

    /// The picture averaged to another width, and to a height that keeps its proportions where none is given.
    fn scaled(&self, width: usize, height: Option<usize>) -> Image {
        let width = width.max(1);
        let height = height.unwrap_or(self.height * width / self.width.max(1)).max(1);
        let edge = |at: usize, of: usize, size: usize| at * size / of;
        let mut pixels = Vec::with_capacity(width * height);
        for y in 0..height {
            let top = edge(y, height, self.height);
            let bottom = edge(y + 1, height, self.height).max(top + 1);
            for x in 0..width {
                let left = edge(x, width, self.width);
                let right = edge(x + 1, width, self.width).max(left + 1);
                pixels.push(self.average(left..right, top..bottom));
            }
        }
        Image { width, height, pixels }
    }

    fn average(&self, across: std::ops::Range<usize>, down: std::ops::Range<usize>) -> Rgba {
        let (mut sums, mut count) = ([0u64; 4], 0);
        for y in down {
            let start = y * self.width;
            let row = self.pixels.get(start + across.start..start + across.end).unwrap_or_default();
            for pixel in row {
                // Of transparent pixels the colour does not count.
                let alpha = u64::from(pixel.a);
                let [r, g, b] = [pixel.r, pixel.g, pixel.b].map(|c| u64::from(c) * alpha);
                sums = [sums[0] + r, sums[1] + g, sums[2] + b, sums[3] + alpha];
                count += 1;
            }
        }
        let [r, g, b, alpha] = sums;
        let channel = |sum: u64| sum.checked_div(alpha).unwrap_or(0) as u8;
        let a = alpha.checked_div(count).unwrap_or(0) as u8;
        Rgba { r: channel(r), g: channel(g), b: channel(b), a }
    }
}

/// Whether so much of the page is missing that the terminal's own ground is shown.
fn is_clear(color: Rgba) -> bool {
    color.a < 128
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32, color: impl Fn(u32, u32) -> [u8; 3]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let mut encoder = png::Encoder::new(&mut bytes, width, height);
        encoder.set_color(png::ColorType::Rgb);
        let mut writer = encoder.write_header().unwrap();
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let data: Vec<u8> = places.flat_map(|(x, y)| color(x, y)).collect();
        writer.write_image_data(&data).unwrap();
        writer.finish().unwrap();
        bytes
    }

    fn screen(protocol: Protocol) -> Screen {
        Screen { protocol, columns: 40, rows: 20, cell: (10, 20) }
    }

    #[test]
    fn base64_is_as_in_the_standard() {
        for (bytes, text) in [
            (b"".as_slice(), ""),
            (b"f", "Zg=="),
            (b"fo", "Zm8="),
            (b"foo", "Zm9v"),
            (b"foobar", "Zm9vYmFy"),
            (b"\xff\xfe\xfd", "//79"),
        ] {
            assert_eq!(base64(bytes), text);
        }
    }

    #[test]
    fn pictures_fit_the_screen() {
        let screen = screen(Protocol::Kitty);
        assert_eq!(screen.fit(200, 100), (40, 10));
        assert_eq!(screen.fit(100, 100), (36, 18));
        assert_eq!(screen.fit(1, 1000), (1, 18));
    }

    #[test]
    fn averages_are_of_whole_areas() {
        let image =
            Image::decode(&png(4, 4, |x, _| [if x < 2 { 100 } else { 200 }, 0, 0])).unwrap();
        let small = image.scaled(2, None);
        assert_eq!((small.width, small.height), (2, 2));
        assert_eq!(small.pixels[0], Rgba::rgb(100, 0, 0));
        assert_eq!(image.scaled(1, Some(1)).pixels[0].r, 150);
        let white =
            Image { width: 400, height: 400, pixels: vec![Rgba::rgb(255, 255, 255); 160_000] };
        assert_eq!(white.scaled(1, Some(1)).pixels[0], Rgba::rgb(255, 255, 255));
    }

    #[test]
    fn kitty_takes_the_png_in_pieces() {
        let speckled = |x: u32, y: u32| {
            let n = x.wrapping_mul(374_761_393).wrapping_add(y.wrapping_mul(668_265_263));
            let n = (n ^ n >> 13).wrapping_mul(1_274_126_177);
            (n ^ n >> 16).to_le_bytes()
        };
        let bytes = png(100, 50, |x, y| {
            let [a, b, c, _] = speckled(x, y);
            [a, b, c]
        });
        let text = String::from_utf8(encode(&bytes, &screen(Protocol::Kitty)).unwrap()).unwrap();
        assert!(text.starts_with("\x1b_Ga=T,f=100,q=2,c=40,r=10,m=1;"));
        let pieces = text.trim_end().split("\x1b\\").filter(|piece| !piece.is_empty());
        let joined: String = pieces.map(|piece| piece.split_once(';').unwrap().1).collect();
        assert_eq!(joined, base64(&bytes));
        assert_eq!(text.matches("m=0").count(), 1);
    }

    #[test]
    fn iterm_takes_it_whole() {
        let bytes = png(2, 1, |_, _| [1, 2, 3]);
        let text = String::from_utf8(encode(&bytes, &screen(Protocol::Iterm)).unwrap()).unwrap();
        assert!(text.starts_with("\x1b]1337;File=inline=1;"), "{text:?}");
        assert!(text.ends_with(&format!(":{}\x07\n", base64(&bytes))), "{text:?}");
    }

    #[test]
    fn what_is_no_png_is_refused() {
        assert!(encode(b"no picture", &screen(Protocol::Sixel)).is_err());
    }
}
