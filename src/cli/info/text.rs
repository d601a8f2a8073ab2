//! The description of a file for people: aligned, and no wider than a terminal where that can be.

use std::fmt::Write;

use super::number::{count, digits, number, percent, size};
use super::{Described, FileReport};
use crate::number::real;
use crate::stages::inspect::{
    BadCounts, ColumnReport, HduReport, Healpix, Kind, Number, PERCENTS, Scheme, Statistics,
};

/// Longest line, where there is a choice.
const WIDTH: usize = 96;

/// Column names in tables are cut to this length.
const NAME_WIDTH: usize = 16;

/// Where the text of an HDU begins.
const INDENT: &str = "         ";

/// All of a file.
pub fn file(report: &FileReport) -> String {
    let mut text = report.file.clone();
    if let Some(bytes) = report.bytes {
        _ = write!(text, "  {}", size(bytes));
    }
    text.push('\n');
    for Described { report, header } in &report.hdus {
        _ = writeln!(text, "  {:<7}{}", format!("HDU {}", report.hdu), heading(report));
        match header {
            Some(cards) => cards.iter().for_each(|card| _ = writeln!(text, "{card}")),
            None => body(report, &mut text),
        }
    }
    if let Some(error) = &report.error {
        _ = writeln!(text, "  damaged: {error}");
    }
    text
}

/// One line that says what the HDU is.
fn heading(hdu: &HduReport) -> String {
    let kind = match hdu.kind {
        Kind::Empty => "no data",
        Kind::Image => "image",
        Kind::Table => "table",
        Kind::CompressedImage => "compressed image",
        Kind::CompressedTable => "compressed table",
        Kind::AsciiTable => "text table",
        Kind::Other => "other extension",
    };
    let mut text = kind.to_string();
    if !hdu.name.is_empty() {
        _ = write!(text, " '{}'", hdu.name);
    }
    if let Some(axes) = &hdu.axes {
        let axes: Vec<String> = axes.iter().map(|axis| count(*axis)).collect();
        _ = write!(text, ", {} pixels", axes.join(" x "));
        if let Some(pixels) = hdu.columns.first() {
            _ = write!(text, " of {}", pixels.element);
        }
    }
    if let Some(rows) = hdu.rows {
        _ = write!(text, ", {} row{}", count(rows), if rows == 1 { "" } else { "s" });
    }
    if let Some(bytes) = hdu.row_bytes {
        _ = write!(text, " of {} bytes", count(bytes));
    }
    text
}

/// What follows the heading.
fn body(hdu: &HduReport, text: &mut String) {
    if let Some(healpix) = &hdu.healpix {
        _ = writeln!(text, "{INDENT}{}", facts(healpix));
    }
    for column in hdu.columns.iter().filter(|column| column.index.is_none()) {
        _ = writeln!(text, "{INDENT}{}", pixel_column(column));
    }
    hdu.notes.iter().for_each(|note| _ = writeln!(text, "{INDENT}note: {note}"));
    if let Some(problem) = &hdu.problem {
        _ = writeln!(text, "{INDENT}damaged: {problem}");
    }
    let columns: Vec<&ColumnReport> = hdu.columns.iter().filter(|c| c.index.is_some()).collect();
    if columns.iter().any(|column| column.statistics.is_some()) {
        text.push_str(&table(&declarations(&columns)));
        text.push_str(&table(&statistics(&columns)));
    } else if hdu.kind == Kind::Table {
        list(&columns, text);
    }
}

/// The HEALPix facts in one line.
fn facts(healpix: &Healpix) -> String {
    let mut parts = Vec::new();
    match (healpix.nside, healpix.max_order) {
        (Some(nside), _) => {
            let pixels = healpix.sky_pixels.map(count).unwrap_or_default();
            let side = healpix.pixel_arcmin.map(angle).unwrap_or_default();
            parts.push(format!("nside {nside} ({pixels} pixels of {side})"));
        }
        (None, Some(order)) => parts.push(format!("orders up to {order}")),
        (None, None) => parts.push("nside unknown".to_string()),
    }
    // What the header leaves open is told by the notes.
    parts.extend(healpix.ordering.clone());
    parts.extend(healpix.frame.map(|frame| frame.0.to_string()));
    let scheme = match healpix.scheme {
        Scheme::FullSky => "full sky",
        Scheme::Explicit => "listed pixels",
        Scheme::MultiOrder => "multi-order cells",
        Scheme::Coverage => "coverage map (MOC) without values",
        Scheme::Channels => "listed pixels and channels",
        Scheme::HealsparseCoverage => "HealSparse coverage",
        Scheme::HealsparsePixels => "HealSparse pixels",
    };
    parts.push(match healpix.sky_fraction {
        Some(fraction) => format!("{scheme} ({} % of the sky)", real(100.0 * fraction, 3)),
        None => scheme.to_string(),
    });
    format!("HEALPix {}", parts.join(", "))
}

/// An angle given in arcminutes.
fn angle(arcmin: f64) -> String {
    match arcmin {
        60.0.. => format!("{} deg", real(arcmin / 60.0, 3)),
        1.0.. => format!("{}'", real(arcmin, 3)),
        _ => format!("{}\"", real(arcmin * 60.0, 3)),
    }
}

/// The column that says which pixels the others belong to.
fn pixel_column(column: &ColumnReport) -> String {
    let what = match column.name.trim() {
        name if name.eq_ignore_ascii_case("CHANNEL") => "channel numbers",
        name if name.eq_ignore_ascii_case("UNIQ") => "cell numbers",
        _ => "pixel numbers",
    };
    let mut text = format!("{what} in {} ({})", column.name, type_of(column));
    if let Some(statistics) = &column.statistics
        && let (Some(min), Some(max)) = (statistics.min, statistics.max)
    {
        let exact = |value| match value {
            Number::Integer(value) => count(value),
            Number::Real(value) => real(value, 10),
        };
        _ = write!(text, ": {} to {}", exact(min), exact(max));
        if statistics.bad > 0 {
            _ = write!(text, ", {} bad", count(statistics.bad));
        }
    }
    text
}

/// Type of the elements, with TFORM and TDIM.
fn type_of(column: &ColumnReport) -> String {
    let mut text = column.element.to_string();
    if let Some(tform) = &column.tform {
        _ = write!(text, " [{tform}]");
    }
    if let Some(shape) = column.shape.as_ref().filter(|shape| shape.len() > 1) {
        let shape: Vec<String> = shape.iter().map(u64::to_string).collect();
        _ = write!(text, " ({})", shape.join(" x "));
    }
    text
}

fn name_of(column: &ColumnReport) -> String {
    match column.name.as_str() {
        "" if column.tform.is_none() => "(pixels)".to_string(),
        "" => "(no name)".to_string(),
        name if name.chars().count() <= NAME_WIDTH => name.to_string(),
        name => name.chars().take(NAME_WIDTH - 3).chain("...".chars()).collect(),
    }
}

/// A table's cells: whether each column is aligned to the right, and the rows, the first being the heads.
struct Cells {
    right: Vec<bool>,
    rows: Vec<Vec<String>>,
}

/// What the columns are, and how many of their elements are good.
fn declarations(columns: &[&ColumnReport]) -> Cells {
    let heads = ["", "column", "type", "unit", "good", "bad", ""].map(str::to_string);
    let mut rows = vec![heads.to_vec()];
    for column in columns {
        let (good, bad, reasons) = match &column.statistics {
            Some(s) => (count(s.good), count(s.bad), reasons(s)),
            None => Default::default(),
        };
        let index = column.index.map(|index| index.to_string()).unwrap_or_default();
        let unit = column.unit.clone().unwrap_or_default();
        rows.push(vec![index, name_of(column), type_of(column), unit, good, bad, reasons]);
    }
    Cells { right: vec![true, false, false, false, true, true, false], rows }
}

/// The share of the bad elements and why they are bad.
fn reasons(statistics: &Statistics) -> String {
    let Statistics { good, bad, bad_by_reason, .. } = statistics;
    if *bad == 0 {
        return String::new();
    }
    let BadCounts { nan, inf, unseen, null, bad_data } = *bad_by_reason;
    let all =
        [(nan, "NaN"), (inf, "inf"), (unseen, "UNSEEN"), (null, "null"), (bad_data, "BAD_DATA")];
    let found: Vec<_> = all.into_iter().filter(|(number, _)| *number > 0).collect();
    let words: Vec<String> = match found.as_slice() {
        [(_, word)] => vec![word.to_string()],
        _ => found.iter().map(|(number, word)| format!("{} {word}", count(*number))).collect(),
    };
    format!("{}, {}", percent(*bad, good + bad), words.join(", "))
}

/// The values of the columns that have statistics.
fn statistics(columns: &[&ColumnReport]) -> Cells {
    let mut heads = vec![String::new(), "column".to_string(), "min".to_string()];
    heads.extend(PERCENTS.map(|p| if p == 50.0 { "median".to_string() } else { format!("{p} %") }));
    heads.extend(["max", "mean"].map(str::to_string));
    let mut right = vec![true; heads.len()];
    if let Some(name) = right.get_mut(1) {
        *name = false;
    }
    let mut rows = vec![heads];
    for column in columns {
        let Some(s) = &column.statistics else { continue };
        let digits = digits(s);
        let or_dash = |text: Option<String>| text.unwrap_or_else(|| "-".to_string());
        let index = column.index.map(|index| index.to_string()).unwrap_or_default();
        let mut row = vec![index, name_of(column), or_dash(s.min.map(|v| number(v, digits)))];
        row.extend((0..PERCENTS.len()).map(|at| {
            or_dash(s.percentiles.get(at).map(|percentile| real(percentile.value, digits)))
        }));
        row.push(or_dash(s.max.map(|v| number(v, digits))));
        row.push(or_dash(s.mean.map(|v| real(v, digits))));
        rows.push(row);
    }
    Cells { right, rows }
}

/// Lines up cells. The first column stands in the margin.
fn table(cells: &Cells) -> String {
    let mut widths = vec![0; cells.right.len()];
    for row in &cells.rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    for (place, width) in widths.iter_mut().enumerate() {
        if cells.rows.iter().skip(1).all(|row| row.get(place).is_none_or(String::is_empty)) {
            *width = 0;
        }
    }
    let mut text = String::from("\n");
    for row in &cells.rows {
        let mut line = String::new();
        for (place, ((cell, &width), &right)) in
            row.iter().zip(&widths).zip(&cells.right).enumerate()
        {
            // A column with nothing but its head takes no room.
            match (place, right) {
                (0, _) => _ = write!(line, "{cell:>5}"),
                _ if width == 0 => {}
                (_, true) => _ = write!(line, "  {cell:>width$}"),
                (_, false) => _ = write!(line, "  {cell:<width$}"),
            }
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

/// The columns of a table that is no map, by name and type.
fn list(columns: &[&ColumnReport], text: &mut String) {
    let mut line = INDENT.to_string();
    for (place, column) in columns.iter().enumerate() {
        let unit = column.unit.as_ref().map(|unit| format!(", {unit}")).unwrap_or_default();
        let end = if place + 1 < columns.len() { "," } else { "" };
        let word = format!("{} ({}{unit}){end}", name_of(column), type_of(column));
        if line.len() > INDENT.len() && line.chars().count() + word.chars().count() > WIDTH {
            _ = writeln!(text, "{}", line.trim_end());
            line = INDENT.to_string();
        }
        _ = write!(line, "{word} ");
    }
    if !columns.is_empty() {
        _ = writeln!(text, "{}", line.trim_end());
    }
}
