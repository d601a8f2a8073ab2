//! Footprints of pictures, kept for the maps of a run that are shown alike.

use std::sync::{Arc, Mutex, PoisonError};

use crate::healpix::Nside;
use crate::map::{CellValues, SkyRaster};
use crate::projection::{Grid, Identity, View};
use crate::stages::resample::{self, Geometry};

/// Memory that kept footprints may take up, in bytes.
const MOST: u64 = 96 << 20;
/// Pictures that are remembered.
const REMEMBERED: usize = 16;

/// The footprints that the figures of one run have in common: found for the first map, kept from the second one on.
#[derive(Default)]
pub struct Geometries(Mutex<Vec<Known>>);

/// A picture that a map was averaged for, the last used one last.
struct Known {
    key: Key,
    size: u64,
    state: State,
}

#[derive(Clone, PartialEq)]
struct Key {
    view: Identity,
    grid: Grid,
    nside: Nside,
}

#[derive(Clone)]
enum State {
    /// Averaged once.
    Seen,
    /// Another thread finds the footprints. None waits for it, which might be at work on a part of them.
    Sought,
    Kept(Arc<Geometry>),
}

impl Geometries {
    /// Averages a map over the pixels of a grid.
    pub(super) fn average<M: CellValues>(&self, map: &M, view: &View, grid: &Grid) -> SkyRaster {
        let nside = map.nside();
        let size = Geometry::size(view, grid);
        if size > MOST {
            return resample::average(map, view, grid);
        }
        let key = Key { view: view.identity(), grid: *grid, nside };
        match self.visit(&key, size) {
            Some(State::Kept(geometry)) => geometry.average(map),
            Some(State::Seen) => {
                let geometry = Arc::new(Geometry::new(view, grid, nside));
                self.keep(&key, &geometry);
                geometry.average(map)
            }
            Some(State::Sought) | None => resample::average(map, view, grid),
        }
    }

    /// What was known of a picture so far; whoever finds it seen is the one to find the footprints.
    fn visit(&self, key: &Key, size: u64) -> Option<State> {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let place = all.iter().position(|known| known.key == *key);
        let known = place.map(|place| all.remove(place));
        let before = known.map(|known| known.state);
        let state = match &before {
            None => State::Seen,
            Some(State::Seen | State::Sought) => State::Sought,
            Some(State::Kept(geometry)) => State::Kept(Arc::clone(geometry)),
        };
        if all.len() == REMEMBERED {
            all.remove(0);
        }
        all.push(Known { key: key.clone(), size, state });
        before
    }

    /// Keeps footprints in place of those that have not been used for longest.
    fn keep(&self, key: &Key, geometry: &Arc<Geometry>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(place) = all.iter().position(|known| known.key == *key) else { return };
        let mut used = 0;
        for (k, known) in all.iter_mut().enumerate().rev() {
            if k == place {
                known.state = State::Kept(Arc::clone(geometry));
            }
            if let State::Kept(_) = known.state {
                used += known.size;
                if used > MOST {
                    known.state = State::Seen;
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::HealpixMap;
    use crate::projection::{Flip, Kind};
    use crate::sky::{Frame, LonLat};

    #[test]
    fn kept_footprints_give_what_is_found_anew() {
        let geometries = Geometries::default();
        let nside = Nside::of_order(4);
        let frames = (Frame::Galactic, Frame::Galactic);
        for _ in 0..3 {
            for (kind, lon) in
                [(Kind::Mollweide, 0.0), (Kind::Mollweide, 0.2), (Kind::Lambert, 0.0)]
            {
                for factor in [1.0, -2.5] {
                    let values: Vec<_> =
                        (0..nside.npix()).map(|k| factor * (k % 97) as f32).collect();
                    let map = HealpixMap::new(nside, values);
                    let center = LonLat { lon, lat: lon };
                    let projection = kind.build(false, false, Flip::Astro);
                    let view = View::new(projection, frames, center, 0.0, Flip::Astro);
                    let grid = view.array_grid(101);
                    let shared = geometries.average(&map, &view, &grid);
                    let own = resample::average(&map, &view, &grid);
                    let bits = |raster: &SkyRaster| -> Vec<u32> {
                        raster.values.iter().map(|v| v.to_bits()).collect()
                    };
                    assert_eq!(bits(&shared), bits(&own));
                }
            }
        }
        let all = geometries.0.lock().unwrap();
        assert!(all.len() == 3 && all.iter().all(|k| matches!(k.state, State::Kept(_))));
    }
}
