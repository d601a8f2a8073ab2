//! `--col P` and `--col psi`: polarised intensity and angle of a file that has columns Q and U.

use super::combine::{Formula, combine};
use super::computed::{Operand, computed, with_values};
use super::keywords::Keywords;
use super::stokes::stokes_rank;
use super::{Choice, LoadError, LoadedMap, Pick, plain};
use crate::fits::{BinTable, FitsFile};
use crate::map::{MapSource, PolarConvention};

/// What is made of Q and U.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Wanted {
    /// sqrt(Q^2 + U^2).
    Intensity,
    /// The position angle of the IAU (1973), from north through east.
    Angle,
}

/// The map, where the column asked for is P or psi and Q and U are there; nothing otherwise.
pub(super) fn load(file: &FitsFile, choice: &Choice) -> Result<Option<LoadedMap>, LoadError> {
    let Some(Pick::Name(name)) = &choice.column else { return Ok(None) };
    let wanted = match name.to_ascii_lowercase().as_str() {
        "p" => Wanted::Intensity,
        "psi" => Wanted::Angle,
        _ => return Ok(None),
    };
    let hdu = super::find::hdu(file, choice.hdu.as_ref())?;
    let Ok(table) = BinTable::new(file, hdu) else { return Ok(None) };
    let named = |letter| {
        let ranked = table
            .columns()
            .iter()
            .filter_map(|column| Some((stokes_rank(&column.name, letter)?, column.name.clone())));
        ranked.min_by_key(|(rank, _)| *rank).map(|(_, name)| name)
    };
    let (q, u) = (named('Q'), named('U'));
    let (Some(q), Some(u)) = (q, u) else { return Ok(None) };
    let of =
        |name: String| plain(file, &Choice { column: Some(Pick::Name(name)), ..choice.clone() });
    let (q, u) = (of(q)?, of(u)?);
    if wanted == Wanted::Intensity {
        let map = combine(q, &u, Formula::Intensity)?;
        return Ok(Some(LoadedMap { name: "P".to_string(), ..map }));
    }
    let mut warnings = q.warnings.clone();
    if q.polar_convention.is_none() {
        let place = hdu.header.place();
        let what = match Keywords::new(file, hdu, choice.role).text("POLCCONV") {
            Some(word) => format!("{place}: POLCCONV is '{word}', neither IAU nor COSMO"),
            None => format!("{place} has no POLCCONV"),
        };
        warnings.push(format!("{what}: assuming COSMO for the sign of U"));
    }
    // In HEALPix's own convention U has the other sign than in the IAU's.
    let sign = if q.polar_convention == Some(PolarConvention::Iau) { 1.0 } else { -1.0 };
    Ok(Some(LoadedMap {
        name: "psi".to_string(),
        unit: Some("deg".to_string()),
        angle_with: Some((u.source, sign)),
        warnings,
        ..q
    }))
}

/// The position angle of linear polarisation in degrees, -90 to 90.
pub fn angle(q: f32, u: f32) -> f32 {
    (0.5 * f64::from(u).atan2(f64::from(q))).to_degrees() as f32
}

/// Of a map that is the angle of Q and U, the angle in each of its own pixels. Values of Q and U are `physical value * scale + offset`.
pub fn angles(map: &LoadedMap, (scale, offset): (f64, f64)) -> Option<MapSource> {
    let (u, sign) = map.angle_with.as_ref()?;
    let operands = [Operand::of(&map.source)?, Operand::of(u)?];
    let sign = f64::from(*sign);
    let drawn = move |value: f64| (value * scale + offset) as f32;
    let column = computed(operands, map.unit.clone(), move |q, u| {
        f64::from(angle(drawn(q), (sign * f64::from(drawn(u))) as f32))
    });
    Some(with_values(map.source.clone(), column))
}
