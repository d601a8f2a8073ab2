//! World coordinates of a picture's pixels, as FITS headers state them (Calabretta & Greisen 2002).

use super::{Flip, Grid, View};
use crate::sky::{Frame, LonLat, UnitVector};

/// The celestial coordinate system of a picture: the values of its WCS keywords, angles in degrees.
#[derive(Clone, PartialEq, Debug)]
pub struct Wcs {
    /// CTYPE1 and CTYPE2.
    pub ctype: [String; 2],
    /// CRPIX1 and CRPIX2, counted from 1.
    pub crpix: [f64; 2],
    /// CDELT1 and CDELT2.
    pub cdelt: [f64; 2],
    /// CRVAL1 and CRVAL2: the point of the sky in the projection's centre.
    pub crval: [f64; 2],
    /// LONPOLE: native longitude of the celestial pole.
    pub lonpole: f64,
    /// LATPOLE: native latitude of the celestial pole.
    pub latpole: f64,
    /// RADESYS, for equatorial and ecliptic frames.
    pub radesys: Option<&'static str>,
}

impl Wcs {
    /// The world coordinates of a grid as a view shows it; nothing where FITS has no such projection.
    pub fn new(view: &View, grid: &Grid) -> Option<Wcs> {
        let (code, degrees) = view.projection().wcs()?;
        let (names, radesys) = match view.frame() {
            Frame::Galactic => (["GLON-", "GLAT-"], None),
            Frame::Equatorial => (["RA---", "DEC--"], Some("ICRS")),
            Frame::Ecliptic => (["ELON-", "ELAT-"], Some("ICRS")),
        };
        let east = match view.flip() {
            Flip::Astro => -1.0,
            Flip::Geo => 1.0,
        };
        // The celestial pole in native coordinates: where it lies on the native axis its longitude is free, and 0 or 180 is what
        // makes longitudes grow eastwards there.
        let pole = view.centering().apply(UnitVector::new(0.0, 0.0, 1.0));
        let off_axis = pole.x.hypot(pole.y) > 1e-12;
        let native = LonLat::from(pole);
        let center = view.center();
        Some(Wcs {
            ctype: names.map(|name| format!("{name}{code}")),
            crpix: [0, 1].map(|axis| 1.0 - grid.origin[axis] / grid.step[axis]),
            cdelt: [east * grid.step[0] * degrees[0], grid.step[1] * degrees[1]],
            crval: [center.lon.to_degrees().rem_euclid(360.0), center.lat.to_degrees()],
            lonpole: if off_axis { native.lon.to_degrees() } else { 0.0 },
            latpole: native.lat.to_degrees(),
            radesys,
        })
    }
}
