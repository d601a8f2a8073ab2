//! An open FITS file: the walk along its HDUs.

use std::path::Path;
use std::sync::Arc;

use super::source::NamedSource;
use super::{
    BLOCK_BYTES, FileSource, FitsError, Hdu, Header, Place, ReadAt, SIGNATURE_BYTES, Signature,
};

/// An open FITS file and the list of its HDUs.
#[derive(Debug)]
pub struct FitsFile {
    source: NamedSource,
    hdus: Vec<Hdu>,
    damage: Option<FitsError>,
}

impl FitsFile {
    /// Opens a file by name and reads all of its headers, but no data.
    ///
    /// # Errors
    /// Those of [`FitsFile::from_source`], and [`FitsError::Read`] where the file cannot be opened.
    pub fn open(path: impl AsRef<Path>) -> Result<FitsFile, FitsError> {
        let path = path.as_ref();
        let name = path.to_string_lossy();
        match FileSource::open(path) {
            Ok(source) => FitsFile::from_source(&name, Arc::new(source)),
            Err(source) => Err(FitsError::Read { file: name.as_ref().into(), source }),
        }
    }

    /// Reads all headers of a file that something else gives the bytes of; `name` is what error
    /// messages call it.
    ///
    /// An HDU whose data run past the end of the file is kept, with [`Hdu::missing_bytes`] set.
    /// What follows the last HDU and is no extension is ignored, as the standard wants.
    ///
    /// # Errors
    /// [`FitsError::NotFits`] for other files, and errors that name the keyword for a primary
    /// header that is damaged. For damage further on see [`FitsFile::damage`].
    pub fn from_source(name: &str, bytes: Arc<dyn ReadAt>) -> Result<FitsFile, FitsError> {
        let source = NamedSource { name: name.into(), bytes };
        let mut start = [0; SIGNATURE_BYTES];
        let found = Signature::of(read_up_to(&source, &mut start, 0)?);
        if found != Signature::Fits {
            return Err(FitsError::NotFits { file: source.name, found });
        }
        let mut next = 0;
        let primary = read_hdu(&source, 0, &mut next)?;
        let mut file = FitsFile { source, hdus: vec![primary], damage: None };
        while file.extension_at(next)? {
            match read_hdu(&file.source, file.hdus.len(), &mut next) {
                Ok(hdu) => file.hdus.push(hdu),
                Err(error @ FitsError::Read { .. }) => return Err(error),
                Err(error) => {
                    file.damage = Some(error);
                    break;
                }
            }
        }
        Ok(file)
    }

    /// The name that the file was opened by.
    pub fn name(&self) -> &str {
        &self.source.name
    }

    /// The HDUs in order, the primary one first; there is always one.
    pub fn hdus(&self) -> &[Hdu] {
        &self.hdus
    }

    /// What ended the list of HDUs early: a header after the primary one that cannot be read. The
    /// HDUs before it are sound.
    pub fn damage(&self) -> Option<&FitsError> {
        self.damage.as_ref()
    }

    /// As [`FitsFile::damage`], by value.
    pub fn into_damage(self) -> Option<FitsError> {
        self.damage
    }

    /// The HDU with this number, counted from 0.
    ///
    /// # Errors
    /// [`FitsError::NoSuchHdu`]
    pub fn hdu(&self, index: usize) -> Result<&Hdu, FitsError> {
        self.hdus.get(index).ok_or_else(|| self.no_such_hdu(index.to_string()))
    }

    /// The first HDU with this EXTNAME, upper and lower case being the same.
    ///
    /// # Errors
    /// [`FitsError::NoSuchHdu`]
    pub fn hdu_by_name(&self, name: &str) -> Result<&Hdu, FitsError> {
        let name = name.trim();
        let found = self.hdus.iter().find(|hdu| hdu.name.eq_ignore_ascii_case(name));
        found.ok_or_else(|| self.no_such_hdu(format!("named '{name}'")))
    }

    /// Fills `buf` with the file's bytes from `offset` on.
    ///
    /// # Errors
    /// [`FitsError::Read`]
    pub fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> Result<(), FitsError> {
        self.source.read_exact_at(buf, offset)
    }

    pub(super) fn source(&self) -> &NamedSource {
        &self.source
    }

    /// Whether an extension begins at this position.
    fn extension_at(&self, offset: u64) -> Result<bool, FitsError> {
        let mut start = [0; 9];
        Ok(read_up_to(&self.source, &mut start, offset)? == b"XTENSION=")
    }

    fn no_such_hdu(&self, wanted: String) -> FitsError {
        let listed = self.hdus.iter().take(MOST_LISTED).map(|hdu| match hdu.name.as_str() {
            "" => hdu.index.to_string(),
            name => format!("{} '{name}'", hdu.index),
        });
        let mut available = listed.collect::<Vec<_>>().join(", ");
        if self.hdus.len() > MOST_LISTED {
            available.push_str(&format!(", ... ({} in all)", self.hdus.len()));
        }
        if let Some(damage) = &self.damage {
            available.push_str(&format!("; the file is damaged behind them ({damage})"));
        }
        FitsError::NoSuchHdu { file: self.source.name.clone(), wanted, available }
    }
}

/// Longest list in an error message.
const MOST_LISTED: usize = 30;

/// As much of `buf` as the source has bytes for at `offset`.
fn read_up_to<'a>(
    source: &NamedSource,
    buf: &'a mut [u8],
    offset: u64,
) -> Result<&'a [u8], FitsError> {
    let available = source.len().saturating_sub(offset).min(buf.len() as u64);
    let part = buf.get_mut(..available as usize).unwrap_or(&mut []);
    if !part.is_empty() {
        source.read_exact_at(part, offset)?;
    }
    Ok(part)
}

/// Reads the HDU at `next` and moves `next` to where the one behind it would begin.
fn read_hdu(source: &NamedSource, index: usize, next: &mut u64) -> Result<Hdu, FitsError> {
    let place = Place { file: source.name.clone(), hdu: index };
    let (header, header_len) = Header::read(source, place, *next)?;
    let hdu = Hdu::new(header, *next + header_len, source.len())?;
    *next = hdu.data_offset + hdu.data_len.next_multiple_of(BLOCK_BYTES);
    Ok(hdu)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{card, file, header, open, primary, table};
    use super::*;

    fn named(name: &str) -> Vec<u8> {
        table(&["E"], &[card("EXTNAME", format!("'{name}'"))], &[0; 8])
    }

    #[test]
    fn the_walk_finds_every_hdu() {
        let file = file(&[primary(), named("MAP"), named("BEAM")]);
        assert_eq!(file.hdus().len(), 3);
        assert_eq!(file.hdus()[2].data_offset, 2880 * 4);
        assert_eq!(file.hdu_by_name(" beam").unwrap().index, 2);
        let error = file.hdu(3).unwrap_err().to_string();
        assert_eq!(error, "test.fits has no HDU 3; it has 0, 1 'MAP', 2 'BEAM'");
        assert!(file.hdu_by_name("x").unwrap_err().to_string().contains("no HDU named 'x'"));
    }

    #[test]
    fn what_follows_the_last_hdu_is_ignored() {
        for junk in [vec![0], vec![b' '; 2880], b"XTENSIO".to_vec()] {
            let file = file(&[primary(), named("MAP"), junk]);
            assert_eq!(file.hdus().len(), 2);
            assert!(file.damage().is_none());
        }
    }

    #[test]
    fn damage_further_on_leaves_what_is_before_it() {
        let broken = header(&[card("XTENSION", "'IMAGE'"), card("BITPIX", 8)]);
        let file = file(&[primary(), named("MAP"), broken]);
        assert_eq!(file.hdus().len(), 2);
        let damage = "HDU 2 of test.fits: the keyword NAXIS is missing from the header";
        assert_eq!(file.damage().unwrap().to_string(), damage);
        assert!(file.hdu(2).unwrap_err().to_string().contains(damage));
        assert!(file.into_damage().is_some());
    }

    #[test]
    fn other_files_are_named_for_what_they_are() {
        let error = open(b"\x1f\x8b\x08".to_vec()).unwrap_err().to_string();
        assert!(
            error.starts_with("test.fits is not a FITS file: it is gzip-compressed"),
            "{error}"
        );
        let error = open(Vec::new()).unwrap_err().to_string();
        assert_eq!(error, "test.fits is not a FITS file: it is empty");
        let error = FitsFile::open("no/such/file.fits").unwrap_err().to_string();
        assert!(error.starts_with("cannot read no/such/file.fits: "), "{error}");
    }
}
