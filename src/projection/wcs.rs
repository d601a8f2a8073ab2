//! World coordinates of a picture's pixels, as FITS headers state them (Calabretta & Greisen 2002).

use super::{Flip, Grid, Reference, View};
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
    /// CRVAL1 and CRVAL2: the point of the sky at the reference point.
    pub crval: [f64; 2],
    /// Whether the reference point is the native north pole (PV1_1 = 0, PV1_2 = 90) where the projection has its own at (0, 0).
    pub at_native_pole: bool,
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
        let (code, native) = view.projection().wcs()?;
        let degrees = (1.0 / view.projection().radius()).to_degrees();
        let (names, radesys) = match view.frame() {
            Frame::Galactic => (["GLON-", "GLAT-"], None),
            Frame::Equatorial => (["RA---", "DEC--"], Some("ICRS")),
            Frame::Ecliptic => (["ELON-", "ELAT-"], Some("ICRS")),
        };
        let east = match view.flip() {
            Flip::Astro => -1.0,
            Flip::Geo => 1.0,
        };
        let centering = view.centering();
        let pole = UnitVector::new(0.0, 0.0, 1.0);
        // The celestial pole as the projection sees it.
        let pole_seen = centering.apply(pole);
        let latpole = LonLat::from(pole_seen).lat;
        let (at_native_pole, reference, lonpole) = match native {
            // Native longitudes of zenithal projections are counted from below the centre eastwards about it.
            Reference::Pole => (false, view.center(), pole_seen.y.atan2(-pole_seen.z)),
            Reference::Equator => {
                // Where the pole lies on the native axis its longitude is free: 0 is as good as any.
                let from_axis = pole_seen.x.hypot(pole_seen.y);
                let off_axis = from_axis > 1e-12;
                let lonpole = if off_axis { LonLat::from(pole_seen).lon } else { 0.0 };
                // The equations that give the native pole (their section 2.4) divide by the cosine of the pole's native longitude and by
                // the sine of its latitude; the native pole as the reference point needs no equations.
                let degenerate = pole_seen.z.abs() < 1e-3 || pole_seen.x.abs() < 1e-3 * from_axis;
                let at_native_pole = off_axis && degenerate;
                let reference = if at_native_pole {
                    LonLat::from(centering.inverse().apply(pole))
                } else {
                    view.center()
                };
                (at_native_pole, reference, lonpole)
            }
        };
        Some(Wcs {
            ctype: names.map(|name| format!("{name}{code}")),
            crpix: [0, 1].map(|axis| 1.0 - grid.origin[axis] / grid.step[axis]),
            cdelt: [east * grid.step[0] * degrees, grid.step[1] * degrees],
            crval: [reference.lon.to_degrees().rem_euclid(360.0), reference.lat.to_degrees()],
            at_native_pole,
            lonpole: lonpole.to_degrees(),
            latpole: latpole.to_degrees(),
            radesys,
        })
    }
}
