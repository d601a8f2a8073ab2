//! Interpolation between pixel centres: linear in longitude along the two rings about a direction, and in colatitude between them.

use std::f64::consts::{FRAC_PI_2, PI};

use super::{Nside, ring};
use crate::sky::UnitVector;

/// A pixel in RING order and its weight, 0 to 1.
pub type Weighted = (u64, f64);

/// The four pixels about a direction whose values are interpolated between, and their weights, which add up to 1: those of HEALPix's
/// `get_interpol`, which healpy's `get_interp_val` calls. A pixel may be named twice.
pub fn bilinear(nside: Nside, v: UnitVector) -> [Weighted; 4] {
    let rings = ring::count(nside);
    let above = ring_above(nside, v.z);
    let turns = v.y.atan2(v.x) / FRAC_PI_2;
    let quarters = if turns < 0.0 { turns + 4.0 } else { turns };
    let colatitude = v.x.hypot(v.y).atan2(v.z);
    if above == 0 {
        let first = on_ring(nside, 1, quarters);
        return over_pole(first, colatitude / ring_colatitude(nside, 1), 0);
    }
    if above == rings {
        let last = on_ring(nside, rings, quarters);
        let part = (PI - colatitude) / (PI - ring_colatitude(nside, rings));
        return over_pole(last, part, nside.npix() - 4);
    }
    let (upper, lower) = (ring_colatitude(nside, above), ring_colatitude(nside, above + 1));
    let down = (colatitude - upper) / (lower - upper);
    let [a, b] = on_ring(nside, above, quarters);
    let [c, d] = on_ring(nside, above + 1, quarters);
    [(a.0, a.1 * (1.0 - down)), (b.0, b.1 * (1.0 - down)), (c.0, c.1 * down), (d.0, d.1 * down)]
}

/// The last ring that does not lie south of this height: 0 where there is none, or one of 1 to 4 nside - 1.
fn ring_above(nside: Nside, z: f64) -> u64 {
    let side = f64::from(nside.get());
    if z.abs() <= 2.0 / 3.0 {
        return (side * (2.0 - 1.5 * z)) as u64;
    }
    let from_pole = (side * (3.0 * (1.0 - z.abs())).sqrt()) as u64;
    if z > 0.0 { from_pole } else { ring::count(nside) - from_pole }
}

/// The colatitude of a ring's pixel centres in radians (Gorski et al. 2005, equations 4 and 8).
fn ring_colatitude(nside: Nside, index: u64) -> f64 {
    let side = f64::from(nside.get());
    let cap = |index: u64| 2.0 * (index as f64 / (side * 6.0f64.sqrt())).asin();
    let n = u64::from(nside.get());
    if index < n {
        cap(index)
    } else if index > 3 * n {
        PI - cap(4 * n - index)
    } else {
        ((2.0 - index as f64 / side) * (2.0 / 3.0)).acos()
    }
}

/// The two pixels of a ring about a longitude in quarter turns, 0 to 4.
fn on_ring(nside: Nside, index: u64, quarters: f64) -> [Weighted; 2] {
    let ring = ring::ring(nside, index);
    let n = u64::from(nside.get());
    // Where the first pixel's centre lies, in pixels.
    let in_belt = index >= n && index <= 3 * n;
    let first = if in_belt && (index - n) & 1 == 1 { 0.0 } else { 0.5 };
    let place = quarters * (ring.len / 4) as f64 - first;
    let west = place.floor();
    let part = place - west;
    let pixel = |k: i64| ring.start + k.rem_euclid(ring.len as i64) as u64;
    [(pixel(west as i64), 1.0 - part), (pixel(west as i64 + 1), part)]
}

/// Between the ring about a pole, of four pixels from number `start` on, and the pole, which is the mean of them. `part` is the way from
/// the pole to the ring.
fn over_pole(ring: [Weighted; 2], part: f64, start: u64) -> [Weighted; 4] {
    let mean = (1.0 - part) * 0.25;
    let opposite = |pixel: u64| start + (pixel - start + 2) % 4;
    let [a, b] = ring;
    [
        (a.0, a.1 * part + mean),
        (b.0, b.1 * part + mean),
        (opposite(a.0), mean),
        (opposite(b.0), mean),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    /// Resolution, height, longitude, and the pixels and weights of healpy's `get_interp_weights` (healpy 1.20).
    const HEALPY: &[(i64, f64, f64, [Weighted; 4])] = &[
        (
            1,
            0.6100058474907605,
            2.4087777189814505,
            [(1, 0.868962203), (2, 0.030096459), (5, 0.047091605), (6, 0.053849733)],
        ),
        (
            1,
            0.9864174418292665,
            1.4734710535155595,
            [(2, 0.200953600), (3, 0.200953600), (0, 0.311201901), (1, 0.286890898)],
        ),
        (
            1,
            -0.7306967175674355,
            3.097754987396611,
            [(9, 0.498297364), (10, 0.448428587), (11, 0.026637024), (8, 0.026637024)],
        ),
        (
            1,
            0.7085806418120406,
            0.4034712090287632,
            [(1, 0.017167754), (2, 0.017167754), (3, 0.243613179), (0, 0.722051313)],
        ),
        (
            1,
            -0.6127804531975662,
            0.11634710999531439,
            [(4, 0.089015713), (5, 0.007120717), (11, 0.384983631), (8, 0.518879939)],
        ),
        (
            2,
            0.4149911346743548,
            2.0416748500735267,
            [(6, 0.203459450), (7, 0.022491410), (14, 0.309974823), (15, 0.464074317)],
        ),
        (
            2,
            0.9762660934446632,
            5.019884870945101,
            [(0, 0.117256010), (1, 0.117256010), (2, 0.278801217), (3, 0.486686763)],
        ),
        (
            2,
            -0.9400090355458786,
            1.4840514771789783,
            [(44, 0.508454336), (45, 0.414931064), (46, 0.038307300), (47, 0.038307300)],
        ),
        (
            2,
            0.937970720589444,
            5.975453622239574,
            [(1, 0.034703589), (2, 0.034703589), (3, 0.634009633), (0, 0.296583189)],
        ),
        (
            2,
            -0.6258578329972186,
            4.237315547889538,
            [(33, 0.082995625), (34, 0.054213924), (40, 0.090491430), (41, 0.772299021)],
        ),
        (
            3,
            0.36841042476919655,
            4.349360825350828,
            [(32, 0.449217564), (33, 0.198692972), (43, 0.068070408), (44, 0.284019056)],
        ),
        (
            3,
            0.9874495824804103,
            5.013566469225512,
            [(0, 0.104769902), (1, 0.104769902), (2, 0.283847010), (3, 0.506613186)],
        ),
        (
            3,
            -0.9795827398611563,
            4.546992010376636,
            [(106, 0.513427908), (107, 0.357289273), (104, 0.064641410), (105, 0.064641410)],
        ),
        (
            3,
            0.9390497521018135,
            3.4761725212272974,
            [(1, 0.206627932), (2, 0.513330419), (7, 0.020722993), (8, 0.259318656)],
        ),
        (
            3,
            -0.6999080210889133,
            2.640097294687968,
            [(88, 0.385841984), (89, 0.457002348), (98, 0.021769788), (99, 0.135385880)],
        ),
        (
            8,
            0.26287221226458013,
            1.1791964270073356,
            [(245, 0.075545277), (246, 0.077256068), (278, 0.842455962), (279, 0.004742692)],
        ),
        (
            8,
            0.9992628461542935,
            5.207491862178469,
            [(0, 0.155982717), (1, 0.155982717), (2, 0.225483194), (3, 0.462551372)],
        ),
        (
            8,
            -0.9987899617332048,
            0.6676641588027962,
            [(767, 0.165654299), (764, 0.575267057), (765, 0.129539322), (766, 0.129539322)],
        ),
        (
            8,
            0.6229034386862995,
            1.226223438654381,
            [(117, 0.118319066), (118, 0.345867845), (150, 0.404482788), (151, 0.131330302)],
        ),
        (
            8,
            -0.6545240181417417,
            4.190840893133693,
            [(613, 0.099290449), (614, 0.052015601), (644, 0.132585173), (645, 0.716108777)],
        ),
        (
            100,
            0.7175098049197082,
            4.633641710797614,
            [
                (17014, 0.105632553),
                (17015, 0.836250988),
                (17385, 0.009431279),
                (17386, 0.048685180),
            ],
        ),
        (
            100,
            0.9999792767268638,
            0.9364353247231252,
            [(2, 0.052880606), (3, 0.052880606), (0, 0.765543506), (1, 0.128695282)],
        ),
        (
            100,
            -0.9999985310325474,
            5.567374435355974,
            [
                (119999, 0.398144414),
                (119996, 0.206818424),
                (119997, 0.197518581),
                (119998, 0.197518581),
            ],
        ),
        (
            100,
            0.8721367132184523,
            5.9122139974395225,
            [(7549, 0.059268951), (7550, 0.006132865), (7796, 0.133082657), (7797, 0.801515527)],
        ),
        (
            100,
            -0.676935109626116,
            5.472740556592682,
            [
                (100544, 0.258877206),
                (100545, 0.188565897),
                (100936, 0.034603853),
                (100937, 0.517953044),
            ],
        ),
        (
            1048576,
            0.01021050620074428,
            0.3169892978372095,
            [
                (6529707358867, 0.094557989),
                (6529707358868, 0.643066938),
                (6529711553172, 0.164822055),
                (6529711553173, 0.097553018),
            ],
        ),
        (
            1048576,
            0.9999999999998554,
            3.499004177185963,
            [(3, 0.077372033), (0, 0.077372033), (1, 0.265512181), (2, 0.579743753)],
        ),
        (
            1048576,
            -0.9999999999998009,
            3.0899692466636925,
            [
                (13194139533309, 0.479210347),
                (13194139533310, 0.425948946),
                (13194139533311, 0.047420354),
                (13194139533308, 0.047420354),
            ],
        ),
        (
            1048576,
            0.8689547273645115,
            6.222659889313664,
            [
                (864513852478, 0.090241266),
                (864513852479, 0.056752286),
                (864516482330, 0.556539597),
                (864516482331, 0.296466851),
            ],
        ),
        (
            1048576,
            -0.6738561445521983,
            0.2933720716733583,
            [
                (11042540930914, 0.005411376),
                (11042540930915, 0.282738488),
                (11042545079742, 0.146318083),
                (11042545079743, 0.565532053),
            ],
        ),
    ];

    #[test]
    fn pixels_and_weights_are_those_of_healpy() {
        for &(side, z, lon, expected) in HEALPY {
            let nside = Nside::new(side).unwrap();
            let radius = ((1.0 - z) * (1.0 + z)).sqrt();
            let found = bilinear(nside, UnitVector::new(radius * lon.cos(), radius * lon.sin(), z));
            for (pixel, weight) in expected {
                let own: f64 = found.iter().filter(|(p, _)| *p == pixel).map(|(_, w)| w).sum();
                let near = (own - weight).abs() < 1e-6 * side.max(10) as f64;
                assert!(near, "{side} {z} {lon}: {found:?} {expected:?}");
            }
        }
    }

    #[test]
    fn centres_are_their_own() {
        for side in [1, 3, 64, 1 << 20] {
            let nside = Nside::new(side).unwrap();
            for pixel in (0..nside.npix()).step_by((nside.npix() / 97) as usize + 1) {
                let found = bilinear(nside, ring::cell(nside, pixel).center(nside));
                let own: f64 = found.iter().filter(|(p, _)| *p == pixel).map(|(_, w)| w).sum();
                assert!((own - 1.0).abs() < 1e-5, "pixel {pixel} of {side}: {found:?}");
            }
        }
    }
}
