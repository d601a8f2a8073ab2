//! How much of the projection a picture shows.

/// The part of the plane that a picture shows, about its centre. Angles are radians.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
pub enum Field {
    /// All that the projection shows by default.
    #[default]
    Whole,
    /// A square whose side is this angle, at the scale of the centre.
    Angle(f64),
    /// A square whose pixels have this side, at the scale of the centre.
    Resolution(f64),
    /// A rectangle with these sides.
    Rectangle([f64; 2]),
    /// Ranges of longitude and latitude, counted from the point in the middle: for cylindrical projections.
    Extent {
        /// West and east end; the second is the larger one, by at most a full turn.
        lon: [f64; 2],
        /// South and north end.
        lat: [f64; 2],
    },
}

impl Field {
    /// Whether it is a part of the projection that was asked for.
    pub fn is_zoomed(&self) -> bool {
        *self != Field::Whole
    }
}
