//! Borders of HEALPix pixels, as the curves that they are (Gorski et al. 2005, section 5).

use super::overlay::OverlayError;
use crate::healpix::{FACES, FacePoint, Nside};
use crate::projection::{Bounds, Point, View};

/// Points along each side of the picture that are looked at for pixels.
const PROBES: usize = 160;
/// Pixels side by side in the picture at most: more would hide the map.
const MOST_ACROSS: f64 = 400.0;
/// Pieces in which a border along a whole face is first looked at, and at least.
const PIECES: [f64; 2] = [8.0, 48.0];

/// The borders, in the plane, of all pixels that are shown.
pub(super) fn lines(
    nside: Nside,
    view: &View,
    shown: &Bounds,
) -> Result<Vec<Vec<Point>>, OverlayError> {
    let n = f64::from(nside.get());
    let side = (std::f64::consts::PI / 3.0).sqrt() / n;
    let across = shown.width() / (side * view.projection().radius());
    if across > MOST_ACROSS {
        let minutes = side.to_degrees() * 60.0;
        return Err(OverlayError::TooFine { nside: nside.get(), across, minutes });
    }
    let mut lines = Vec::new();
    let turn = view.from_map();
    for (face, range) in (0u8..).zip(faces(view, shown)) {
        let Some([x, y]) = range else { continue };
        // A little beyond what was seen, since the points looked at are apart.
        let widened = |[low, high]: [f64; 2]| {
            let rim = 0.05 * (high - low) + 2.0 / n;
            [(low - rim).max(0.0), (high + rim).min(1.0)]
        };
        let (x, y) = (widened(x), widened(y));
        let numbers = |[low, high]: [f64; 2]| (low * n).ceil() as u32..=(high * n).floor() as u32;
        let pieces = |[low, high]: [f64; 2]| ((high - low) * PIECES[1]).max(PIECES[0]) as usize;
        let along = |[low, high]: [f64; 2], t: f64| low + t * (high - low);
        for k in numbers(x) {
            let at = f64::from(k) / n;
            let curve = |t: f64| FacePoint { face, x: at, y: along(y, t) }.direction();
            lines.extend(view.trace(&turn, &curve, pieces(y), shown));
        }
        for k in numbers(y) {
            let at = f64::from(k) / n;
            let curve = |t: f64| FacePoint { face, x: along(x, t), y: at }.direction();
            lines.extend(view.trace(&turn, &curve, pieces(x), shown));
        }
    }
    Ok(lines)
}

/// The part of each base face that is shown.
fn faces(view: &View, shown: &Bounds) -> [Option<[[f64; 2]; 2]>; FACES] {
    let mut found = [None; FACES];
    let along = |[low, high]: [f64; 2], k: usize| {
        let part = k as f64 / (PROBES - 1) as f64;
        low + (high - low) * (1e-9 + (1.0 - 2e-9) * part)
    };
    for k in 0..PROBES * PROBES {
        let p = [along(shown.x, k % PROBES), along(shown.y, k / PROBES)];
        let Some(v) = view.inverse(p) else { continue };
        let at = FacePoint::of(v);
        if let Some(face) = found.get_mut(usize::from(at.face)) {
            let [x, y] = face.unwrap_or([[at.x; 2], [at.y; 2]]);
            *face = Some([
                [f64::min(x[0], at.x), f64::max(x[1], at.x)],
                [f64::min(y[0], at.y), f64::max(y[1], at.y)],
            ]);
        }
    }
    found
}
