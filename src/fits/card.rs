//! One header card: its keyword, its value and its comment (FITS 4.0, section 4).

/// Bytes of a header record.
pub(super) const CARD_BYTES: usize = 80;

/// A header card, with the CONTINUE records that lengthen it already joined in.
#[derive(Clone, Debug, PartialEq)]
pub struct Card {
    /// The keyword in upper case, without blanks around it. For the HIERARCH convention the words
    /// that follow HIERARCH, as `ESO TEL ALT`. Empty on a blank card.
    pub keyword: String,
    /// The value, [`Value::Commentary`] where the card cannot have one.
    pub value: Value,
    /// The text behind the slash; on commentary cards all the text.
    pub comment: String,
}

/// The value of a card.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// No value indicator: COMMENT, HISTORY, blank and unknown commentary cards.
    Commentary,
    /// A value indicator with nothing behind it.
    Undefined,
    /// `T` or `F`.
    Logical(bool),
    /// An integer that fits 64 bits.
    Integer(i64),
    /// A real number, or an integer too large for 64 bits.
    Float(f64),
    /// A character string: quotes resolved, trailing blanks removed.
    Text(String),
    /// Anything else, as it stands: complex numbers and values that break the standard, such as
    /// text without quotes.
    Unparsed(String),
}

impl Value {
    /// The value as the header spells it, without quotes and blanks around it; `None` where there
    /// is no value.
    pub fn to_text(&self) -> Option<String> {
        match self {
            Value::Commentary | Value::Undefined => None,
            Value::Logical(true) => Some("T".to_owned()),
            Value::Logical(false) => Some("F".to_owned()),
            Value::Integer(value) => Some(value.to_string()),
            Value::Float(value) => Some(value.to_string()),
            Value::Text(text) | Value::Unparsed(text) => Some(text.trim().to_owned()),
        }
    }

    /// The value as an integer, also where it is written as an integer-valued real number or as
    /// such a number in quotes.
    pub fn to_int(&self) -> Option<i64> {
        match self {
            Value::Integer(value) => Some(*value),
            // 2^63 itself is a float; every smaller integer-valued float converts exactly.
            Value::Float(value) if value.fract() == 0.0 && value.abs() < 2f64.powi(63) => {
                Some(*value as i64)
            }
            Value::Text(text) => match parse_token(text.trim()) {
                number @ (Value::Integer(_) | Value::Float(_)) => number.to_int(),
                _ => None,
            },
            _ => None,
        }
    }

    /// The value as a real number, also where the number is written in quotes; `NaN` and `Inf`,
    /// which the standard does not know, are understood too.
    pub fn to_float(&self) -> Option<f64> {
        match self {
            Value::Integer(value) => Some(*value as f64),
            Value::Float(value) => Some(*value),
            Value::Text(text) | Value::Unparsed(text) => match parse_token(text.trim()) {
                Value::Integer(value) => Some(value as f64),
                Value::Float(value) => Some(value),
                _ => text.trim().parse().ok(),
            },
            _ => None,
        }
    }

    /// The value as a truth value, also where it is written as 0 or 1 or in quotes.
    pub fn to_bool(&self) -> Option<bool> {
        match self {
            Value::Logical(value) => Some(*value),
            Value::Integer(0) => Some(false),
            Value::Integer(1) => Some(true),
            Value::Text(text) | Value::Unparsed(text) => {
                let text = text.trim();
                let is = |word: &str| text.eq_ignore_ascii_case(word);
                if is("T") || is("TRUE") {
                    Some(true)
                } else if is("F") || is("FALSE") {
                    Some(false)
                } else {
                    None
                }
            }
            _ => None,
        }
    }
}

/// Printable text of header bytes; what the standard forbids there becomes `?`.
pub(super) fn printable(bytes: &[u8]) -> String {
    bytes.iter().map(|b| if matches!(b, 0x20..=0x7e) { char::from(*b) } else { '?' }).collect()
}

/// Splits a record into keyword and what follows the value indicator; `Err` holds the text of a
/// commentary card.
fn split(record: &[u8]) -> (String, Result<&[u8], &[u8]>) {
    let (name, rest) = record.split_at_checked(8).unwrap_or((record, b""));
    let keyword = printable(name.trim_ascii()).to_ascii_uppercase();
    if keyword == "HIERARCH"
        && let Some(equals) = rest.iter().position(|byte| *byte == b'=')
    {
        let (name, value) = rest.split_at(equals);
        let keyword = printable(name.trim_ascii()).to_ascii_uppercase();
        return (keyword, Ok(value.get(1..).unwrap_or(b"")));
    }
    let commentary = matches!(keyword.as_str(), "" | "COMMENT" | "HISTORY" | "CONTINUE");
    match rest.strip_prefix(b"=") {
        Some(value) if !commentary => (keyword, Ok(value)),
        _ => (keyword, Err(rest)),
    }
}

/// The keyword of a HIERARCH record.
pub(super) fn hierarch_keyword(record: &[u8]) -> String {
    split(record).0
}

/// Parses the record that `records` begins with, and the CONTINUE records that belong to it.
/// Returns the card and the number of records it takes.
pub(super) fn parse(records: &[u8]) -> (Card, usize) {
    let mut records = records.chunks(CARD_BYTES);
    let (keyword, rest) = split(records.next().unwrap_or(b""));
    let field = match rest {
        Ok(field) => field,
        Err(text) => {
            let comment = printable(text.trim_ascii_end());
            return (Card { keyword, value: Value::Commentary, comment }, 1);
        }
    };
    let (mut value, mut comment) = parse_field(field);
    let mut used = 1;
    if let Value::Text(text) = &mut value {
        while text.ends_with('&') {
            let Some(more) = records.next().and_then(|record| record.strip_prefix(b"CONTINUE"))
            else {
                break;
            };
            let (Value::Text(more_text), more_comment) = parse_field(more) else {
                break;
            };
            text.pop();
            text.push_str(&more_text);
            if !more_comment.is_empty() && !comment.is_empty() {
                comment.push(' ');
            }
            comment.push_str(&more_comment);
            used += 1;
        }
    }
    (Card { keyword, value, comment }, used)
}

/// Parses what follows the value indicator: value, slash, comment.
fn parse_field(field: &[u8]) -> (Value, String) {
    let field = field.trim_ascii_start();
    if let Some(quoted) = field.strip_prefix(b"'") {
        let (text, rest) = parse_string(quoted);
        return (Value::Text(text), parse_comment(rest));
    }
    let end = field.iter().position(|byte| *byte == b'/').unwrap_or(field.len());
    let (token, rest) = field.split_at(end);
    (parse_token(&printable(token.trim_ascii_end())), parse_comment(rest))
}

/// The comment in what follows a value.
fn parse_comment(rest: &[u8]) -> String {
    let slash = rest.iter().position(|byte| *byte == b'/');
    let text = slash.and_then(|at| rest.get(at + 1..)).unwrap_or(b"");
    printable(text.trim_ascii())
}

/// The string up to its closing quote, and what follows. A string that is never closed takes all.
fn parse_string(quoted: &[u8]) -> (String, &[u8]) {
    let mut text = Vec::new();
    let mut rest = quoted;
    loop {
        let end = rest.iter().position(|byte| *byte == b'\'').unwrap_or(rest.len());
        let (part, tail) = rest.split_at(end);
        text.extend_from_slice(part);
        match tail {
            [b'\'', b'\'', more @ ..] => {
                text.push(b'\'');
                rest = more;
            }
            _ => {
                return (printable(text.trim_ascii_end()), tail.get(1..).unwrap_or(b""));
            }
        }
    }
}

/// A value without quotes.
fn parse_token(token: &str) -> Value {
    match token {
        "" => return Value::Undefined,
        "T" => return Value::Logical(true),
        "F" => return Value::Logical(false),
        _ => {}
    }
    if let Ok(value) = token.parse::<i64>() {
        return Value::Integer(value);
    }
    let letters = |b: u8| matches!(b, b'0'..=b'9' | b'+' | b'-' | b'.' | b'E' | b'e' | b'D' | b'd');
    if token.bytes().all(letters)
        && let Ok(value) = token.replace(['D', 'd'], "E").parse()
    {
        return Value::Float(value);
    }
    Value::Unparsed(token.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn value(text: &str) -> Value {
        parse(format!("{:<80}", format!("KEY     = {text}")).as_bytes()).0.value
    }

    #[test]
    fn values_of_every_kind() {
        assert_eq!(value("                   T"), Value::Logical(true));
        assert_eq!(value("F / free format"), Value::Logical(false));
        assert_eq!(value("-0012"), Value::Integer(-12));
        assert_eq!(value("9223372036854775807"), Value::Integer(i64::MAX));
        assert_eq!(value("9223372036854775808"), Value::Float(2f64.powi(63)));
        assert_eq!(value("-1.6375D+30"), Value::Float(-1.6375e30));
        assert_eq!(value("1.e-4"), Value::Float(1e-4));
        assert_eq!(value(""), Value::Undefined);
        assert_eq!(value(" / nothing"), Value::Undefined);
        assert_eq!(value("(1.0, 2.0) / pair"), Value::Unparsed("(1.0, 2.0)".into()));
        assert_eq!(value("NESTED / no quotes"), Value::Unparsed("NESTED".into()));
        assert_eq!(value("NaN"), Value::Unparsed("NaN".into()));
        assert_eq!(value("1-2"), Value::Unparsed("1-2".into()));
    }

    #[test]
    fn strings_keep_leading_blanks_and_doubled_quotes() {
        assert_eq!(value("' O''HARA  ' / who"), Value::Text(" O'HARA".into()));
        assert_eq!(value("'a/b'"), Value::Text("a/b".into()));
        assert_eq!(value("''"), Value::Text(String::new()));
        assert_eq!(value("'''quoted'''"), Value::Text("'quoted'".into()));
        assert_eq!(value("'never closed"), Value::Text("never closed".into()));
    }

    #[test]
    fn forbidden_bytes_become_question_marks() {
        let mut record = format!("{:<80}", "TUNIT1  = 'xK'").into_bytes();
        record[11] = 0xb5;
        assert_eq!(parse(&record).0.value, Value::Text("?K".into()));
    }

    #[test]
    fn continued_strings_are_joined() {
        let lines = ["LONG    = 'one &' / first", "CONTINUE  'two&'", "CONTINUE  '' / last"];
        let records: String = lines.iter().map(|line| format!("{line:<80}")).collect();
        let (card, used) = parse(records.as_bytes());
        assert_eq!(card.value, Value::Text("one two".into()));
        assert_eq!(card.comment, "first last");
        assert_eq!(used, 3);

        let records = format!("{:<80}{:<80}", "KEY     = 'R&'", "NEXT    = 1");
        assert_eq!(parse(records.as_bytes()).0.value, Value::Text("R&".into()));
    }

    #[test]
    fn commentary_has_no_value() {
        for line in ["COMMENT = not a value", "HISTORY made by hand", "NSIDE   64", ""] {
            let (card, _) = parse(format!("{line:<80}").as_bytes());
            assert_eq!(card.value, Value::Commentary, "{line}");
        }
        assert_eq!(parse(b"HISTORY made by hand").0.comment, "made by hand");
    }

    #[test]
    fn hierarch_keywords() {
        let (card, _) = parse(b"HIERARCH ESO TEL Alt = 12.5 / [deg]");
        assert_eq!(card.keyword, "ESO TEL ALT");
        assert_eq!(card.value, Value::Float(12.5));
        assert_eq!(card.comment, "[deg]");
    }

    #[test]
    fn lenient_conversions() {
        assert_eq!(value("64.0").to_int(), Some(64));
        assert_eq!(value("'64 '").to_int(), Some(64));
        assert_eq!(value("64.5").to_int(), None);
        assert_eq!(value("1E30").to_int(), None);
        assert_eq!(value("9223372036854775808").to_int(), None);
        assert_eq!(value("' 1.5D2'").to_float(), Some(150.0));
        assert!(value("NaN").to_float().is_some_and(f64::is_nan));
        assert_eq!(value("'RING'").to_float(), None);
        assert_eq!(value("1").to_bool(), Some(true));
        assert_eq!(value("'false'").to_bool(), Some(false));
        assert_eq!(value("2").to_bool(), None);
        assert_eq!(value("' NEST '").to_text(), Some("NEST".into()));
        assert_eq!(value("nest").to_text(), Some("nest".into()));
    }
}
