//! A header: the records of one HDU, kept as they stand and parsed when they are asked for.

use super::card::{self, CARD_BYTES};
use super::source::NamedSource;
use super::{BLOCK_BYTES, Card, FitsError, Place, Value};

/// Longest header that is read: 147 456 cards.
const MAX_BLOCKS: u64 = 4096;

/// Blocks of the first read; headers are most often this short.
const FIRST_BLOCKS: u64 = 2;

/// The header of one HDU.
///
/// Keywords are looked up without regard to case; of a repeated keyword the first card counts.
/// A `HIERARCH` keyword is found by its words, with or without `HIERARCH` before them.
#[derive(Clone, Debug)]
pub struct Header {
    place: Place,
    /// The records before END, one after the other.
    records: Vec<u8>,
    /// The keyword field of each record in upper case, as a big-endian number.
    keys: Vec<u64>,
}

impl Header {
    /// Reads the header that begins at byte `offset`. Returns it and its length in the file,
    /// which is a multiple of 2880 bytes.
    pub(super) fn read(
        source: &NamedSource,
        place: Place,
        offset: u64,
    ) -> Result<(Header, u64), FitsError> {
        let mut header = Header { place, records: Vec::new(), keys: Vec::new() };
        let mut goal = FIRST_BLOCKS * BLOCK_BYTES;
        loop {
            let have = header.records.len();
            header.records.resize(goal as usize, 0);
            let unread = header.records.get_mut(have..).unwrap_or_default();
            let found = source.read_at(unread, offset + have as u64)?.len();
            header.records.truncate(have + found);
            if header.index(offset)? {
                let length = (header.keys.len() as u64 + 1) * CARD_BYTES as u64;
                header.records.truncate(header.keys.len() * CARD_BYTES);
                header.records.shrink_to_fit();
                return Ok((header, length.next_multiple_of(BLOCK_BYTES)));
            }
            let read = header.records.len() as u64;
            if read < goal || goal == MAX_BLOCKS * BLOCK_BYTES {
                return Err(FitsError::Header {
                    place: header.place,
                    offset: offset + read,
                    problem: match read < goal {
                        true => "the file ends before the header's END card".to_owned(),
                        false => format!("no END card in the first {read} bytes of the header"),
                    },
                });
            }
            goal = (goal * 4).min(MAX_BLOCKS * BLOCK_BYTES);
        }
    }

    /// Takes the keywords of the records that have been read since; true once END is found.
    fn index(&mut self, offset: u64) -> Result<bool, FitsError> {
        let done = self.keys.len() * CARD_BYTES;
        let unseen = self.records.get(done..).unwrap_or(&[]);
        for record in unseen.chunks_exact(CARD_BYTES) {
            let Some(field) = record.first_chunk::<8>() else {
                break;
            };
            if let Some(at) = field.iter().position(|byte| !matches!(byte, 0x20..=0x7e)) {
                let byte = field.get(at).copied().unwrap_or(0);
                return Err(FitsError::Header {
                    place: self.place.clone(),
                    offset: offset + (self.keys.len() * CARD_BYTES + at) as u64,
                    problem: format!(
                        "byte {byte:#04x} in a keyword, where only printable ASCII can stand"
                    ),
                });
            }
            let key = u64::from_be_bytes(field.map(|byte| byte.to_ascii_uppercase()));
            if key == END && record.get(8) != Some(&b'=') {
                return Ok(true);
            }
            self.keys.push(key);
        }
        Ok(false)
    }

    /// Where this header is.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Number of records, END not counted. A long string takes several.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether there is no record before END.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// All cards in order.
    pub fn cards(&self) -> impl Iterator<Item = Card> + '_ {
        let mut at = 0;
        std::iter::from_fn(move || {
            let records = self.records_from(at).filter(|records| !records.is_empty())?;
            let (card, used) = card::parse(records);
            at += used;
            Some(card)
        })
    }

    /// The records as they stand in the file: one line of 80 characters each, END not included.
    /// Bytes that the standard forbids become `?`.
    pub fn text(&self) -> String {
        let mut text = String::with_capacity(self.keys.len() * (CARD_BYTES + 1));
        for record in self.records.chunks(CARD_BYTES) {
            text.push_str(&card::printable(record));
            text.push('\n');
        }
        text
    }

    /// The value of `keyword`; `None` where there is no such card.
    pub fn get(&self, keyword: &str) -> Option<Value> {
        Some(card::parse(self.records_from(self.find(keyword)?)?).0.value)
    }

    /// The value of `keyword` as an integer; `64.0` and `'64'` will do for 64.
    ///
    /// # Errors
    /// [`FitsError::Keyword`] where the value is not an integer.
    pub fn get_int(&self, keyword: &str) -> Result<Option<i64>, FitsError> {
        self.get_as(keyword, Value::to_int, "an integer")
    }

    /// The value of `keyword` as a real number.
    ///
    /// # Errors
    /// [`FitsError::Keyword`] where the value is not a number.
    pub fn get_float(&self, keyword: &str) -> Result<Option<f64>, FitsError> {
        self.get_as(keyword, Value::to_float, "a number")
    }

    /// The value of `keyword` as a truth value; 0 and 1 will do for `F` and `T`.
    ///
    /// # Errors
    /// [`FitsError::Keyword`] where the value is none.
    pub fn get_bool(&self, keyword: &str) -> Result<Option<bool>, FitsError> {
        self.get_as(keyword, Value::to_bool, "T or F")
    }

    /// The value of `keyword` as text without blanks around it, whether it is quoted or not.
    pub fn get_str(&self, keyword: &str) -> Option<String> {
        self.get(keyword)?.to_text()
    }

    /// An error that says that `keyword` has a value that cannot be.
    pub fn bad_value(&self, keyword: &str, expected: &'static str) -> FitsError {
        let found = match self.get(keyword) {
            Some(Value::Text(text)) => format!("'{text}'"),
            value => value.and_then(|v| v.to_text()).unwrap_or_else(|| "without a value".into()),
        };
        FitsError::Keyword {
            place: self.place.clone(),
            keyword: keyword.to_owned(),
            found,
            expected,
        }
    }

    /// An error that says that the standard demands `keyword`.
    pub(super) fn missing(&self, keyword: &str) -> FitsError {
        FitsError::MissingKeyword { place: self.place.clone(), keyword: keyword.to_owned() }
    }

    /// The integer that the standard demands under `keyword`, no less than 0.
    pub(super) fn require_size(&self, keyword: &str) -> Result<u64, FitsError> {
        let value = self.get_int(keyword)?.ok_or_else(|| self.missing(keyword))?;
        u64::try_from(value).map_err(|_| self.bad_value(keyword, "0 or more"))
    }

    fn get_as<T>(
        &self,
        keyword: &str,
        convert: impl Fn(&Value) -> Option<T>,
        expected: &'static str,
    ) -> Result<Option<T>, FitsError> {
        match self.get(keyword) {
            None | Some(Value::Commentary | Value::Undefined) => Ok(None),
            Some(value) => match convert(&value) {
                Some(value) => Ok(Some(value)),
                None => Err(self.bad_value(keyword, expected)),
            },
        }
    }

    fn records_from(&self, index: usize) -> Option<&[u8]> {
        self.records.get(index * CARD_BYTES..)
    }

    /// Index of the first record with this keyword.
    fn find(&self, keyword: &str) -> Option<usize> {
        let name = keyword.trim().to_ascii_uppercase();
        let name = name.strip_prefix("HIERARCH ").unwrap_or(&name).trim_start();
        let plain = key_of(name).and_then(|key| self.keys.iter().position(|k| *k == key));
        plain.or_else(|| {
            let mut records = self.records.chunks(CARD_BYTES).zip(&self.keys);
            records.position(|(record, key)| {
                *key == HIERARCH && card::hierarch_keyword(record) == name
            })
        })
    }
}

const END: u64 = u64::from_be_bytes(*b"END     ");
const HIERARCH: u64 = u64::from_be_bytes(*b"HIERARCH");

/// The keyword field of a name in upper case; `None` for one that does not fit it.
fn key_of(name: &str) -> Option<u64> {
    let mut field = [b' '; 8];
    field.get_mut(..name.len())?.copy_from_slice(name.as_bytes());
    Some(u64::from_be_bytes(field))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{card, file, header, open, primary};
    use super::*;

    fn with_cards(extra: &[&str]) -> Header {
        let mut cards = vec![card("SIMPLE", "T"), card("BITPIX", 8), card("NAXIS", 0)];
        cards.extend(extra.iter().map(|line| (*line).to_owned()));
        file(&[header(&cards)]).hdus()[0].header.clone()
    }

    #[test]
    fn keywords_are_found_without_regard_to_case() {
        let header =
            with_cards(&["nside   = 64", "HIERARCH map units = 'uK'", "Ordering= 'RING '"]);
        assert_eq!(header.get_int("NSIDE").unwrap(), Some(64));
        assert_eq!(header.get_int(" NSide ").unwrap(), Some(64));
        assert_eq!(header.get_str("MAP UNITS").as_deref(), Some("uK"));
        assert_eq!(header.get_str("hierarch map units").as_deref(), Some("uK"));
        assert_eq!(header.get_str("ORDERING").as_deref(), Some("RING"));
        assert_eq!(header.get("NSIDE2"), None);
        assert_eq!(header.get("MUCH TOO LONG"), None);
        assert_eq!(header.get(""), None);
    }

    #[test]
    fn the_first_of_repeated_keywords_counts() {
        let header = with_cards(&["NSIDE   = 32", "NSIDE   = 64"]);
        assert_eq!(header.get_int("NSIDE").unwrap(), Some(32));
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_an_error_that_names_it() {
        let header = with_cards(&["NSIDE   = 'big'", "NEST    = 3", "EMPTY   ="]);
        let error = header.get_int("NSIDE").unwrap_err().to_string();
        assert_eq!(error, "HDU 0 of test.fits: NSIDE is 'big', expected an integer");
        let error = header.get_bool("NEST").unwrap_err().to_string();
        assert_eq!(error, "HDU 0 of test.fits: NEST is 3, expected T or F");
        assert_eq!(header.get_int("EMPTY").unwrap(), None);
        assert_eq!(header.get_float("ABSENT").unwrap(), None);
    }

    #[test]
    fn text_gives_the_records_back() {
        let header = with_cards(&["COMMENT one", "LONG    = 'a&'", "CONTINUE  'b'"]);
        let lines: Vec<_> = header.text().lines().map(str::to_owned).collect();
        assert_eq!(lines.len(), header.len());
        assert!(lines.iter().all(|line| line.len() == 80));
        assert_eq!(lines[3].trim_end(), "COMMENT one");
        assert_eq!(header.cards().count(), header.len() - 1);
        assert_eq!(header.cards().last().unwrap().value, Value::Text("ab".into()));
    }

    #[test]
    fn headers_of_many_blocks() {
        let lines: Vec<_> = (0..1000).map(|n| format!("KEY{n:<5}= {n}")).collect();
        let lines: Vec<_> = lines.iter().map(String::as_str).collect();
        let header = with_cards(&lines);
        assert_eq!(header.len(), 1003);
        assert_eq!(header.get_int("KEY999").unwrap(), Some(999));
    }

    #[test]
    fn damage_is_reported_with_its_position() {
        let mut bytes = primary();
        bytes.truncate(240);
        let error = open(bytes.clone()).unwrap_err().to_string();
        assert_eq!(
            error,
            "HDU 0 of test.fits: damaged header at byte 240: the file ends before the header's \
             END card"
        );
        bytes[82] = 0xff;
        let error = open(bytes).unwrap_err().to_string();
        assert!(error.contains("at byte 82: byte 0xff in a keyword"), "{error}");
    }

    #[test]
    fn a_header_without_end_is_given_up() {
        let mut bytes = primary();
        bytes.truncate(240);
        bytes.resize(240 + 80 * 200_000, b' ');
        let error = open(bytes).unwrap_err().to_string();
        assert!(error.contains("no END card in the first 11796480 bytes"), "{error}");
    }

    #[test]
    fn the_last_header_block_may_be_short() {
        let mut bytes = primary();
        bytes.truncate(320);
        assert_eq!(open(bytes).unwrap().hdus().len(), 1);
    }
}
