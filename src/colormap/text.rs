//! Colour tables in text files: a colour on each line.

use super::{Colormap, ColormapError, Rgba};

/// From this many rows on a table is taken as it is; fewer are stops to interpolate between.
const WHOLE: usize = 256;
/// Rows that are read at most.
const MOST: usize = Colormap::MAX_LEN;

impl Colormap {
    /// Reads the text of a colour table: a colour on each line, from that of the lowest values on, as `#rrggbb`, a CSS name or
    /// `r,g,b`, separated by commas, semicolons or spaces. Numbers run from 0 to 255, or from 0 to 1 where none is larger.
    /// Empty lines, lines that begin with `#` and are no colour, and a line of column names before the first colour are passed over.
    ///
    /// Fewer than 256 colours are stops at equal distances (see [`Colormap::from_stops`]), others the rows of the table.
    ///
    /// # Errors
    /// A line that is no colour, or too few or too many colours.
    pub fn from_text(name: &str, text: &str) -> Result<Colormap, ColormapError> {
        let mut rows: Vec<Row> = Vec::new();
        for (number, line) in (1..).zip(text.lines()) {
            let line = line.trim().trim_start_matches('\u{feff}');
            match Row::read(line) {
                Some(_) if rows.len() == MOST => {
                    return Err(ColormapError::Length { name: name.to_owned(), found: MOST + 1 });
                }
                Some(row) => rows.push(row),
                None if line.is_empty() || line.starts_with('#') => {}
                None if rows.is_empty() && is_heading(line) => {}
                None => {
                    let (name, text) = (name.to_owned(), line.chars().take(40).collect());
                    return Err(ColormapError::Line { name, number, text });
                }
            }
        }
        let numbers = rows.iter().filter_map(|row| match row {
            Row::Numbers(numbers) => Some(numbers.iter().copied().fold(0.0, f64::max)),
            Row::Color(_) => None,
        });
        let factor = if numbers.fold(0.0, f64::max) <= 1.0 { 255.0 } else { 1.0 };
        let colors: Vec<Rgba> = rows.iter().map(|row| row.color(factor)).collect();
        match colors.len() {
            WHOLE.. => Colormap::from_table(name, colors),
            _ => Colormap::from_stops(name, &colors),
        }
    }
}

/// Whether a line does not begin with a number.
fn is_heading(line: &str) -> bool {
    let first = line.split(|c: char| c == ',' || c == ';' || c.is_whitespace()).next();
    first.is_some_and(|word| word.parse::<f64>().is_err())
}

/// A line of a table.
enum Row {
    Color(Rgba),
    Numbers([f64; 3]),
}

impl Row {
    fn read(line: &str) -> Option<Row> {
        let mut parts = line
            .split(|c: char| c == ',' || c == ';' || c.is_whitespace())
            .filter(|p| !p.is_empty());
        let numbers: Option<Vec<f64>> = parts.by_ref().map(|part| part.parse().ok()).collect();
        match numbers.and_then(|numbers| <[f64; 3]>::try_from(numbers).ok()) {
            Some(numbers) => {
                numbers.iter().all(|v| (0.0..=255.0).contains(v)).then_some(Row::Numbers(numbers))
            }
            // A single number or pair is no colour; words are looked up whole.
            None => Rgba::parse(line).ok().map(Row::Color),
        }
    }

    fn color(&self, factor: f64) -> Rgba {
        match self {
            Row::Color(color) => *color,
            Row::Numbers(numbers) => {
                let [r, g, b] = numbers.map(|v| (v * factor).round() as u8);
                Rgba::rgb(r, g, b)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn ends(text: &str) -> [Rgba; 2] {
        let map = Colormap::from_text("own.csv", text).expect(text);
        [map.table()[0], map.table()[map.table().len() - 1]]
    }

    #[test]
    fn colours_are_read_as_people_write_them() {
        let expected = [Rgba::rgb(0, 0, 255), Rgba::rgb(255, 128, 0)];
        for text in [
            "0,0,255\n255,128,0\n",
            "0 0 255\n255 128 0",
            "r;g;b\n0;0;255\n\n255;128;0\n",
            "0,0,1\n1.0,0.502,0",
            "# made by hand\n#00f\n#ff8000",
            "\u{feff}0\t0\t255\r\n255\t128\t0\r\n",
            "blue\n#ff8000",
        ] {
            assert_eq!(ends(text), expected, "{text}");
        }
        let rows: String = (0..300).map(|i| format!("{},0,0\n", i % 256)).collect();
        assert_eq!(Colormap::from_text("x", &rows).unwrap().table().len(), 300);
    }

    #[test]
    fn mistakes_name_the_line() {
        let error = |text: &str| Colormap::from_text("own.csv", text).unwrap_err().to_string();
        let found = error("0,0,0\n1,2\n");
        assert!(found.contains("line 2") && found.contains("'1,2'"), "{found}");
        assert!(error("0,0,0\n0,0,300").contains("line 2"));
        assert!(error("300,0,0\n0,0,0\n1,1,1").contains("line 1"));
        assert!(Colormap::from_text("own.csv", "red,green,blue\n0,0,0\n1,1,1").is_ok());
        assert!(error("").contains("2 to"));
        assert!(error(&"1,2,3\n".repeat(3000)).contains("2 to"));
    }

    proptest! {
        #[test]
        fn no_text_panics(text in "[0-9a-z#,. \n]*") {
            let _ = Colormap::from_text("x", &text);
        }
    }
}
