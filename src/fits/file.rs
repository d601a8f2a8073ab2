//! An open FITS file: the walk along its HDUs.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use super::source::NamedSource;
use super::{
    BLOCK_BYTES, Compression, FileSource, FitsError, Hdu, Header, Place, ReadAt, SIGNATURE_BYTES,
    Signature, Unpacked, spool,
};
use crate::spelling;

/// An open FITS file and its HDUs, which are looked for as far as they are asked for: the first
/// ones of a compressed file can be read without decompressing the others.
#[derive(Debug)]
pub struct FitsFile {
    source: NamedSource,
    first: Link,
    damage: OnceLock<FitsError>,
}

/// An HDU and the one behind it.
#[derive(Debug)]
struct Link {
    hdu: Hdu,
    next: OnceLock<Option<Box<Link>>>,
}

impl Drop for Link {
    /// Drops the chain link by link, since it can be longer than the stack is deep.
    fn drop(&mut self) {
        let mut next = self.next.take().flatten();
        while let Some(mut link) = next {
            next = link.next.take().flatten();
        }
    }
}

impl Link {
    fn new(hdu: Hdu) -> Link {
        Link { hdu, next: OnceLock::new() }
    }

    /// Where the next HDU would begin.
    fn end(&self) -> u64 {
        self.hdu.data_offset + self.hdu.data_len.next_multiple_of(BLOCK_BYTES)
    }
}

impl FitsFile {
    /// Opens a file by name and reads its primary header. `-` is standard input; pipes will do
    /// too, and compressed files (see [`FitsFile::from_source`]) whatever they are called.
    ///
    /// # Errors
    /// Those of [`FitsFile::from_source`], and [`FitsError::Read`] where the file cannot be opened.
    pub fn open(path: impl AsRef<Path>) -> Result<FitsFile, FitsError> {
        let path = path.as_ref();
        let (name, bytes) = if path == Path::new("-") {
            ("standard input".to_string(), spool::standard_input())
        } else if spool::is_pipe(path) {
            (spelling::name(path), spool::pipe(path))
        } else {
            let bytes = FileSource::open(path).map(|file| Arc::new(file) as Arc<dyn ReadAt>);
            (spelling::name(path), bytes)
        };
        match bytes {
            Ok(bytes) => FitsFile::from_source(&name, bytes),
            Err(reason) => Err(FitsError::Read { file: name.into(), reason }),
        }
    }

    /// Reads the primary header of a file that something else gives the bytes of; `name` is what
    /// error messages call it. Bytes that begin as a compressed file does ([`Compression`]) are
    /// decompressed while they are read.
    ///
    /// An HDU whose data run past the end of the file is kept, with [`Hdu::missing_bytes`] set.
    /// What follows the last HDU and is no extension is ignored, as the standard wants.
    ///
    /// # Errors
    /// [`FitsError::NotFits`] for other files, and errors that name the keyword for a primary
    /// header that is damaged. For damage further on see [`FitsFile::damage`].
    pub fn from_source(name: &str, bytes: Arc<dyn ReadAt>) -> Result<FitsFile, FitsError> {
        let mut source = NamedSource { name: name.into(), bytes };
        let mut found = signature(&source)?;
        if let Some(compression) = Compression::of(found) {
            source.bytes = Arc::new(Unpacked::new(source.bytes, compression));
            found = signature(&source)?;
            if found != Signature::Fits {
                let file = format!("{name} (decompressed)").into();
                return Err(FitsError::NotFits { file, found });
            }
        }
        if found != Signature::Fits {
            return Err(FitsError::NotFits { file: source.name, found });
        }
        let first = Link::new(read_hdu(&source, 0, 0)?);
        Ok(FitsFile { source, first, damage: OnceLock::new() })
    }

    /// The name that the file was opened by.
    pub fn name(&self) -> &str {
        &self.source.name
    }

    /// The primary HDU.
    pub fn primary(&self) -> &Hdu {
        &self.first.hdu
    }

    /// The HDUs in order, the primary one first, each looked for when it is asked for.
    pub fn walk(&self) -> impl Iterator<Item = &Hdu> {
        // No `successors` here: it looks for the next one before it gives out this one.
        let mut last: Option<&Link> = None;
        std::iter::from_fn(move || {
            let next = match last {
                None => Some(&self.first),
                Some(link) => self.after(link),
            };
            last = next.or(last);
            Some(&next?.hdu)
        })
    }

    /// All HDUs in order, the primary one first; there is always one. The whole file is walked
    /// along for them, which takes its time where it is compressed.
    pub fn hdus(&self) -> Vec<&Hdu> {
        self.walk().collect()
    }

    /// What ended the list of HDUs early: a header after the primary one that cannot be read. The
    /// HDUs before it are sound. The whole file is walked along to find out.
    pub fn damage(&self) -> Option<&FitsError> {
        self.walk().last();
        self.damage.get()
    }

    /// The HDU with this number, counted from 0.
    ///
    /// # Errors
    /// [`FitsError::NoSuchHdu`]
    pub fn hdu(&self, index: usize) -> Result<&Hdu, FitsError> {
        self.walk().nth(index).ok_or_else(|| self.no_such_hdu(index.to_string()))
    }

    /// The first HDU with this EXTNAME, upper and lower case being the same.
    ///
    /// # Errors
    /// [`FitsError::NoSuchHdu`]
    pub fn hdu_by_name(&self, name: &str) -> Result<&Hdu, FitsError> {
        let name = name.trim();
        let found = self.walk().find(|hdu| hdu.name.eq_ignore_ascii_case(name));
        found.ok_or_else(|| self.no_such_hdu(format!("named '{name}'")))
    }

    /// Fills `buf` with the file's bytes from `offset` on, decompressed if need be.
    ///
    /// # Errors
    /// [`FitsError::Read`]
    pub fn read_exact_at(&self, buf: &mut [u8], offset: u64) -> Result<(), FitsError> {
        self.source.read_exact_at(buf, offset)
    }

    pub(super) fn source(&self) -> &NamedSource {
        &self.source
    }

    /// The HDU behind this one, from the file if nobody has asked for it yet.
    fn after<'a>(&'a self, link: &'a Link) -> Option<&'a Link> {
        let next = link.next.get_or_init(|| {
            let found = self.read_after(link).unwrap_or_else(|damage| {
                // The first to come is the one: there is only one end of the list.
                let _ = self.damage.set(damage);
                None
            });
            found.map(|hdu| Box::new(Link::new(hdu)))
        });
        next.as_deref()
    }

    fn read_after(&self, link: &Link) -> Result<Option<Hdu>, FitsError> {
        let (index, offset) = (link.hdu.index + 1, link.end());
        let mut start = [0; 9];
        if self.source.read_at(&mut start, offset)? != b"XTENSION=" {
            return Ok(None);
        }
        if index == MOST_HDUS {
            let place = Place { file: self.source.name.clone(), hdu: index };
            let problem = format!("it comes after {MOST_HDUS} others, more than are looked at");
            return Err(FitsError::Header { place, offset, problem });
        }
        read_hdu(&self.source, index, offset).map(Some)
    }

    fn no_such_hdu(&self, wanted: String) -> FitsError {
        let mut available = spelling::listed(self.walk().map(|hdu| match hdu.name.as_str() {
            "" => hdu.index.to_string(),
            name => format!("{} '{name}'", hdu.index),
        }));
        if let Some(damage) = self.damage.get() {
            available.push_str(&format!("; the file is damaged behind them ({damage})"));
        }
        FitsError::NoSuchHdu { file: self.source.name.clone(), wanted, available }
    }
}

/// HDUs that are looked at: a small compressed file could hold headers without end.
const MOST_HDUS: usize = 100_000;

/// What the first bytes say that this is.
fn signature(source: &NamedSource) -> Result<Signature, FitsError> {
    let mut start = [0; SIGNATURE_BYTES];
    Ok(Signature::of(source.read_at(&mut start, 0)?))
}

/// Reads the HDU at this position.
fn read_hdu(source: &NamedSource, index: usize, offset: u64) -> Result<Hdu, FitsError> {
    let place = Place { file: source.name.clone(), hdu: index };
    let (header, header_len) = Header::read(source, place, offset)?;
    Hdu::new(header, offset + header_len, source)
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
    fn headers_are_read_as_far_as_they_are_asked_for() {
        let mut bytes = [primary(), named("MAP"), named("BEAM")].concat();
        let file = open(bytes.clone()).unwrap();
        assert!(file.walk().any(|hdu| hdu.name == "MAP"));
        assert!(file.first.next.get().unwrap().as_ref().unwrap().next.get().is_none());
        assert_eq!(file.walk().last().unwrap().name, "BEAM");

        bytes.extend(named("X").repeat(2000));
        assert_eq!(open(bytes).unwrap().hdus().len(), 2003);
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
    }

    #[test]
    fn other_files_are_named_for_what_they_are() {
        let error = open(b"PK\x03\x04".to_vec()).unwrap_err().to_string();
        assert_eq!(error, "test.fits is not a FITS file: it is a ZIP archive; unpack it first");
        let error = open(Vec::new()).unwrap_err().to_string();
        assert_eq!(error, "test.fits is not a FITS file: it is empty");
        let error = FitsFile::open("no/such/file.fits").unwrap_err().to_string();
        assert!(error.starts_with("cannot read no/such/file.fits: "), "{error}");
    }
}
