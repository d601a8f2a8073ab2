//! Chooses a column among those of a table that hold data, and an element of its cells.

use super::keywords::Keywords;
use super::{LoadError, Pick, Role};
use crate::fits::{BinTable, Column, ColumnInfo, ElementType};
use crate::healpix::Nside;
use crate::spelling;

/// The columns of a table that hold data: all but those that name the cells.
pub(super) struct DataColumns<'a> {
    table: &'a BinTable,
    keywords: &'a Keywords<'a>,
    data: Vec<&'a ColumnInfo>,
}

/// A column, and which element of its cells is meant.
#[derive(Clone, Copy)]
pub(super) struct Chosen<'a> {
    info: &'a ColumnInfo,
    element: Option<u64>,
}

impl Chosen<'_> {
    /// Position in the table, counted from 0.
    pub fn index(&self) -> usize {
        self.info.index
    }

    /// Elements of a cell, where no element is named.
    pub fn repeat(&self) -> u64 {
        self.element.map_or(self.info.tform.repeat, |_| 1)
    }
}

impl<'a> DataColumns<'a> {
    /// All columns but those at positions `names`.
    pub fn new(table: &'a BinTable, keywords: &'a Keywords<'a>, names: &[usize]) -> Self {
        let data = table.columns().iter().filter(|c| !names.contains(&c.index)).collect();
        DataColumns { table, keywords, data }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.data.is_empty()
    }

    /// The column that `pick` names, by default the one called `default`, else the first. `NAME[3]` or `2[3]` is an element of its cells,
    /// counted from 0. With a warning where it is one of several that only case tells apart.
    pub fn choose(
        &self,
        pick: Option<&Pick>,
        default: &str,
        warnings: &mut Vec<String>,
    ) -> Result<Chosen<'a>, LoadError> {
        let first = || self.data.first().copied();
        let whole = |info| Chosen { info, element: None };
        let found = match pick {
            None => self.by_name(default).or_else(first).map(whole),
            Some(Pick::Number(number)) => self.data.get(*number).copied().map(whole),
            Some(Pick::Name(name)) => {
                self.by_name(name).map(whole).or_else(|| self.element_of(name))
            }
        };
        let chosen = found.ok_or_else(|| self.missing(pick))?;
        if let Some(Pick::Name(name)) = pick {
            warnings.extend(self.ambiguity(name, chosen));
        }
        // A map's first column is what it is about; the masks in a file are alternatives.
        if pick.is_none() && self.keywords.role() == Role::Mask && self.data.len() > 1 {
            warnings.push(format!(
                "{}: column {} is the mask, the first of {}; {} chooses another",
                self.keywords.place(),
                chosen.info.label(),
                self.data.len(),
                Role::Mask.column_option()
            ));
        }
        Ok(chosen)
    }

    /// The column that is called exactly so, else the first that is in another case.
    fn by_name(&self, name: &str) -> Option<&'a ColumnInfo> {
        let exact = self.data.iter().find(|column| column.name == name.trim());
        exact.or_else(|| self.data.iter().find(|column| column.is_named(name))).copied()
    }

    /// What is to be said where a name in another case than that of the chosen column is that of others, too.
    fn ambiguity(&self, name: &str, Chosen { info, element }: Chosen) -> Option<String> {
        let name = match element {
            Some(_) => name.rsplit_once('[').map_or(name, |(column, _)| column),
            None => name,
        };
        let alike = self.data.iter().filter(|column| column.is_named(name)).count();
        if alike < 2 || info.name == name.trim() || !info.is_named(name) {
            return None;
        }
        let place = self.keywords.place();
        Some(format!(
            "{place}: {alike} columns are called '{}' but for the case: {} is taken",
            name.trim(),
            info.label()
        ))
    }

    fn element_of(&self, text: &str) -> Option<Chosen<'a>> {
        let (column, index) = text.trim().strip_suffix(']')?.rsplit_once('[')?;
        let element = Some(index.trim().parse().ok()?);
        let by_number = || self.data.get(column.trim().parse::<usize>().ok()?).copied();
        let info = self.by_name(column).or_else(by_number)?;
        Some(Chosen { info, element })
    }

    fn missing(&self, pick: Option<&Pick>) -> LoadError {
        let numbered = self.data.iter().enumerate().map(|(n, column)| numbered(n, column));
        let available = spelling::listed(numbered);
        let wanted = match pick {
            Some(Pick::Name(name)) => format!("'{name}'"),
            Some(Pick::Number(number)) => number.to_string(),
            None => "at all".into(),
        };
        let suggestion = match pick {
            Some(Pick::Name(name)) => {
                let known = self.data.iter().map(|column| column.name.as_str());
                spelling::nearest(name, known).map(|near| format!("'{near}'"))
            }
            _ => None,
        };
        LoadError::NoSuchColumn { place: self.keywords.place(), wanted, suggestion, available }
    }

    /// The column with one value for each row. Of a vector column without an element named that is its first, with a warning.
    pub fn per_row(&self, chosen: Chosen, warnings: &mut Vec<String>) -> Result<Column, LoadError> {
        let Chosen { info, element } = chosen;
        let column = self.table.column(info.index)?;
        if info.tform.repeat == 1 && element.is_none_or(|e| e == 0) {
            return Ok(column);
        }
        let (label, repeat) = (info.label(), info.tform.repeat);
        let Some(found) = column.element(element.unwrap_or(0)) else {
            let problem = match info.tform.kind {
                ElementType::Bit => format!("column {label} holds {repeat} bits for each pixel"),
                _ => format!(
                    "column {label} has {repeat} {} for each pixel, counted from 0: there is no element {}",
                    if repeat == 1 { "element" } else { "elements" },
                    element.unwrap_or(0)
                ),
            };
            return Err(self.keywords.problem(problem));
        };
        if element.is_none() {
            let place = self.keywords.place();
            let number = self.data.iter().position(|data| data.index == info.index);
            let name = match info.name.as_str() {
                "" => number.unwrap_or(info.index).to_string(),
                name => name.to_string(),
            };
            let option = self.keywords.role().column_option();
            warnings.push(format!(
                "{place}: column {label} has {repeat} values for each pixel: the first is taken; \
                 {option} '{name}[1]' takes the second"
            ));
        }
        Ok(found)
    }

    /// The column with one value for each pixel of the sky, and the sky's resolution. Values lie one in a row, or many in a row one
    /// after the other (`1024E`); or each pixel has a row with several values.
    pub fn full_sky(
        &self,
        chosen: Chosen,
        warnings: &mut Vec<String>,
    ) -> Result<(Column, Nside), LoadError> {
        let Chosen { info, element } = chosen;
        let rows = self.table.rows();
        let all = rows.saturating_mul(info.tform.repeat);
        let nside = self.keywords.nside()?;
        let fits = |pixels: u64| match nside {
            Some(nside) => nside.npix() == pixels,
            None => Nside::from_npix(pixels).is_ok(),
        };
        let (column, nside) = if element.is_none() && (fits(all) || !fits(rows)) {
            (self.table.column(info.index)?, self.keywords.nside_or_from(all, warnings)?)
        } else {
            let nside = self.keywords.nside_or_from(rows, warnings)?;
            (self.per_row(chosen, warnings)?, nside)
        };
        let what = format!("column {}", info.label());
        self.keywords.check_pixels(nside, &what, column.len())?;
        Ok((column, nside))
    }
}

/// A data column as messages list it.
fn numbered(number: usize, column: &ColumnInfo) -> String {
    let shape = match column.tform.repeat {
        1 => String::new(),
        repeat => format!(" ({repeat} in a row)"),
    };
    match column.name.as_str() {
        "" => format!("{number}{shape}"),
        name => format!("{number} '{name}'{shape}"),
    }
}
