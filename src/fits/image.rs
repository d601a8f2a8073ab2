//! Images: primary arrays and IMAGE extensions (FITS 4.0, sections 3.3 and 7.1), and
//! tile-compressed ones (section 10.1).

use std::sync::Arc;

use super::column::{Layout, Parts};
use super::hdu::axis_count;
use super::source::NamedSource;
use super::tile::TileImage;
use super::{BinTable, Column, ElementType, FitsError, FitsFile, Hdu, ReadAt};

/// An image: the type and shape of its pixels.
#[derive(Clone, Debug)]
pub struct Image {
    source: NamedSource,
    hdu: Hdu,
    /// The table that the tiles of a compressed image are in.
    tiles: Option<BinTable>,
    element: ElementType,
    axes: Vec<u64>,
    pixels: u64,
    scale: (f64, f64),
    blank: Option<i64>,
    unit: Option<String>,
}

impl Image {
    /// Reads the description of an image from its header. A truncated one is accepted, but its
    /// pixels are refused.
    ///
    /// # Errors
    /// [`FitsError::WrongKind`] for other HDUs, and errors that name the keyword where the header
    /// breaks the standard.
    pub fn new(file: &FitsFile, hdu: &Hdu) -> Result<Image, FitsError> {
        let header = &hdu.header;
        if !hdu.is_image() {
            return Err(hdu.wrong_kind("an image"));
        }
        // A tile-compressed image has its own description under names that begin with Z.
        let tiles = match hdu.tiling {
            Some(_) => Some(BinTable::stored(file, hdu)?),
            None => None,
        };
        let key = |name: &str| format!("{}{name}", if tiles.is_some() { "Z" } else { "" });
        let element = match header.get_int(&key("BITPIX"))? {
            Some(8) => ElementType::U8,
            Some(16) => ElementType::I16,
            Some(32) => ElementType::I32,
            Some(64) => ElementType::I64,
            Some(-32) => ElementType::F32,
            Some(-64) => ElementType::F64,
            _ => return Err(header.bad_value(&key("BITPIX"), "8, 16, 32, 64, -32 or -64")),
        };
        let axes: Vec<u64> = (1..=axis_count(header, &key("NAXIS"))?)
            .map(|axis| header.require_size(&key(&format!("NAXIS{axis}"))))
            .collect::<Result<_, _>>()?;
        let product = axes.iter().try_fold(1u64, |product, axis| product.checked_mul(*axis));
        let pixels = if axes.is_empty() { 0 } else { product.unwrap_or(u64::MAX) };
        let bytes = pixels.checked_mul(element.bits() / 8).filter(|n| *n <= i64::MAX as u64);
        match bytes {
            None if tiles.is_some() => {
                return Err(header.bad_value("ZNAXIS1", "an image that fits in a file"));
            }
            Some(bytes) if tiles.is_some() || bytes <= hdu.data_len => {}
            _ => return Err(header.bad_value("GCOUNT", "1, as every image has")),
        }
        let blank = match (element.is_integer(), header.get_int("BLANK")?) {
            (false, _) => None,
            (true, None) if tiles.is_some() => header.get_int("ZBLANK")?,
            (true, found) => found,
        };
        Ok(Image {
            source: file.source().clone(),
            hdu: hdu.clone(),
            tiles,
            element,
            axes,
            pixels,
            scale: (
                header.get_float("BSCALE")?.unwrap_or(1.0),
                header.get_float("BZERO")?.unwrap_or(0.0),
            ),
            blank,
            unit: header.get_str("BUNIT").filter(|unit| !unit.is_empty()),
        })
    }

    /// The HDU that the image is in.
    pub fn hdu(&self) -> &Hdu {
        &self.hdu
    }

    /// Type of the pixels, from BITPIX.
    pub fn element_type(&self) -> ElementType {
        self.element
    }

    /// Lengths of the axes, NAXIS1 first: the axis along which pixels are neighbours in the file.
    /// Empty where there is no image at all.
    pub fn axes(&self) -> &[u64] {
        &self.axes
    }

    /// Number of pixels.
    pub fn len(&self) -> u64 {
        self.pixels
    }

    /// Whether there are no pixels.
    pub fn is_empty(&self) -> bool {
        self.pixels == 0
    }

    /// BSCALE and BZERO.
    pub fn scaling(&self) -> (f64, f64) {
        self.scale
    }

    /// BLANK: the stored integer that means undefined.
    pub fn blank(&self) -> Option<i64> {
        self.blank
    }

    /// BUNIT.
    pub fn unit(&self) -> Option<&str> {
        self.unit.as_deref()
    }

    /// The pixels in the order of the file.
    ///
    /// # Errors
    /// [`FitsError::Truncated`], [`FitsError::Keyword`] where BSCALE is 0, and errors that name the
    /// keyword where a compressed image contradicts itself.
    pub fn column(&self) -> Result<Column, FitsError> {
        self.hdu.check_within(&self.source)?;
        let size = self.pixels * (self.element.bits() / 8);
        let (bytes, start): (Arc<dyn ReadAt>, _) = match &self.tiles {
            Some(tiles) => (Arc::new(TileImage::new(tiles, &self.axes, self.element)?), 0),
            None => (self.source.bytes.clone(), self.hdu.data_offset),
        };
        Column::new(Parts {
            file: &self.source,
            hdu: &self.hdu,
            bytes,
            name: &self.hdu.name,
            label: "of pixels".to_owned(),
            unit: self.unit.clone(),
            element: self.element,
            tform: String::new(),
            layout: Layout {
                start,
                rows: 1,
                row_bytes: size,
                cell_bytes: size,
                repeat: self.pixels,
            },
            scale: self.scale,
            scale_keywords: ("BSCALE".to_owned(), "BZERO".to_owned()),
            null: self.blank,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::super::testing::{card, file, image, open, primary};
    use super::*;

    #[test]
    fn pixels_of_a_scaled_image() {
        let extra = [
            card("BSCALE", "2.0"),
            card("BZERO", "1.0"),
            card("BLANK", "-1"),
            card("BUNIT", "'K'"),
            card("EXTNAME", "'sky'"),
        ];
        let data: Vec<u8> = [5i16, -1, 0, 1, 2, 3].into_iter().flat_map(i16::to_be_bytes).collect();
        let hdu = image(&card("XTENSION", "'IMAGE'"), 16, &[3, 2], &extra, &data);
        let file = file(&[primary(), hdu]);
        let image = Image::new(&file, file.hdu_by_name("SKY").unwrap()).unwrap();
        assert_eq!((image.axes(), image.len(), image.unit()), (&[3, 2][..], 6, Some("K")));
        assert_eq!((image.scaling(), image.blank()), ((2.0, 1.0), Some(-1)));
        let pixels = image.column().unwrap();
        assert_eq!((pixels.name(), pixels.element_type()), ("sky", ElementType::I16));
        let mut values = [0f32; 6];
        pixels.read(0..6, &mut values).unwrap();
        assert!(values[1].is_nan());
        assert_eq!(values[2..], [1.0, 3.0, 5.0, 7.0]);
        assert_eq!(values[0], 11.0);
    }

    #[test]
    fn images_without_pixels() {
        let file = file(&[image(&card("SIMPLE", "T"), 32, &[0], &[], &[])]);
        let primary = Image::new(&file, file.hdu(0).unwrap()).unwrap();
        assert!(primary.is_empty() && primary.column().unwrap().is_empty());
    }

    #[test]
    fn truncated_images_are_described_but_not_read() {
        let mut bytes = image(&card("SIMPLE", "T"), -64, &[100, 100], &[], &[0; 80_000]);
        bytes.truncate(50_000);
        let file = open(bytes).unwrap();
        let image = Image::new(&file, file.hdu(0).unwrap()).unwrap();
        assert_eq!(image.axes(), [100, 100]);
        assert!(matches!(image.column(), Err(FitsError::Truncated { missing: 32_880, .. })));
    }

    #[test]
    fn an_image_that_gcount_takes_away_is_refused() {
        let hdu = image(&card("XTENSION", "'IMAGE'"), 8, &[4], &[card("GCOUNT", 0)], &[]);
        let file = file(&[primary(), hdu]);
        let error = Image::new(&file, file.hdu(1).unwrap()).unwrap_err().to_string();
        assert_eq!(error, "HDU 1 of test.fits: GCOUNT is 0, expected 1, as every image has");
    }
}
