//! What holds for every projection.

use proptest::prelude::*;

use super::{Field, Flip, Kind, Outline, Point, Projection, View};
use crate::sky::{Frame, LonLat, UnitVector};

/// Every projection in every form.
fn forms() -> Vec<Box<dyn Projection>> {
    let forms = [(false, false), (true, false), (false, true)];
    Kind::ALL
        .into_iter()
        .flat_map(|kind| forms.map(|(half, zoomed)| kind.build(half, zoomed, Flip::Astro)))
        .collect()
}

#[test]
fn names_are_unique_and_known() {
    let mut names: Vec<&str> = Kind::ALL
        .iter()
        .flat_map(|k| std::iter::once(k.name()).chain(k.aliases().to_vec()))
        .collect();
    for kind in Kind::ALL {
        assert_eq!(Kind::from_name(&kind.name().to_uppercase()), Some(kind));
        assert_eq!(kind.build(false, false, Flip::Astro).name(), kind.name());
    }
    assert_eq!(Kind::from_name("molwide"), None);
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
}

#[test]
fn the_center_is_the_origin_at_true_scale() {
    for projection in
        forms().iter().filter(|p| p.inverse([0.0, 0.0]) == Some(UnitVector::new(1.0, 0.0, 0.0)))
    {
        let [x, y] = projection.forward(UnitVector::new(1.0, 0.0, 0.0)).unwrap();
        assert!(x == 0.0 && y.abs() < 1e-15, "{}", projection.name());
        // Equal-area projections may stretch one way and shrink the other, and so may compromises: but not by much.
        let small = 1e-4;
        let east = projection.forward(LonLat { lon: small, lat: 0.0 }.into()).unwrap()[0];
        let north = projection.forward(LonLat { lon: 0.0, lat: small }.into()).unwrap()[1];
        let scale = (east * north).sqrt() / (small * projection.radius());
        assert!((0.89..1.01).contains(&scale), "{}: {scale}", projection.name());
    }
}

#[test]
fn poles_and_far_meridian() {
    for projection in forms() {
        for lat in [90.0, -90.0] {
            let pole: UnitVector = LonLat::from_degrees(0.0, lat).into();
            if let Some(p) = projection.forward(pole) {
                assert!(p[0].is_finite() && p[1].is_finite() && p[1] * lat > 0.0);
            }
        }
        for v in [UnitVector::new(-1.0, 0.0, 0.0), UnitVector::new(-1.0, 1e-17, 0.0)] {
            if let Some(p) = projection.forward(v) {
                assert!(p[0].is_finite() && p[1].is_finite(), "{}", projection.name());
            }
        }
    }
}

#[test]
fn the_sky_fills_its_outline() {
    for projection in forms() {
        let bounds = projection.bounds();
        let outline = projection.outline();
        for i in 0..60 {
            for j in 0..60 {
                let at = |range: [f64; 2], k: i32| {
                    let part = (f64::from(k) + 0.37) / 60.0 * 1.2 - 0.1;
                    range[0] + part * (range[1] - range[0])
                };
                let p = [at(bounds.x, i), at(bounds.y, j)];
                let (sky, margin) = (projection.inverse(p).is_some(), depth(&outline, p));
                assert!(
                    margin.abs() < 1e-5 || sky == (margin > 0.0),
                    "{} {p:?}",
                    projection.name()
                );
            }
        }
    }
}

/// How far inside an outline a point is; negative outside.
fn depth(outline: &Outline, p: Point) -> f64 {
    match outline {
        Outline::Ellipse { center, radii } => {
            1.0 - ((p[0] - center[0]) / radii[0]).hypot((p[1] - center[1]) / radii[1])
        }
        Outline::Rectangle(b) => {
            (p[0] - b.x[0]).min(b.x[1] - p[0]).min(p[1] - b.y[0]).min(b.y[1] - p[1])
        }
        Outline::Polygon(points) => points
            .iter()
            .zip(points.iter().cycle().skip(1))
            .map(|(a, b)| {
                let (dx, dy) = (b[0] - a[0], b[1] - a[1]);
                (dx * (p[1] - a[1]) - dy * (p[0] - a[0])) / dx.hypot(dy)
            })
            .fold(f64::INFINITY, f64::min),
        Outline::Several(parts) => parts.iter().map(|part| depth(part, p)).fold(f64::MIN, f64::max),
    }
}

#[test]
fn arrays_have_the_shapes_that_healpy_gives() {
    let shape = |kind: Kind, half_sky: bool, field: Field| {
        let grid = view(kind, half_sky, field).array_grid(401);
        (grid.width, grid.height)
    };
    for kind in Kind::ALL {
        let square = matches!(
            kind,
            Kind::Gnomonic | Kind::AzimuthalEquidistant | Kind::Lambert | Kind::Mercator
        );
        let expected = if square { 401 } else { 200 };
        assert_eq!(shape(kind, false, Field::Whole), (401, expected), "{}", kind.name());
        assert_eq!(shape(kind, false, Field::Resolution(1e-3)), (401, 401));
    }
    assert_eq!(shape(Kind::Orthographic, true, Field::Whole), (401, 401));
    let extent = Field::Extent { lon: [3.0, 3.5], lat: [0.0, 0.25] };
    assert_eq!(shape(Kind::Cartesian, false, extent), (401, 200));
    let gnomonic = view(Kind::Gnomonic, false, Field::Resolution(0.01)).array_grid(5);
    assert!((gnomonic.x(4.0) - 0.02).abs() < 1e-15 && gnomonic.x(2.0).abs() < 1e-15);
}

fn view(kind: Kind, half_sky: bool, field: Field) -> View {
    let projection = kind.build(half_sky, field.is_zoomed(), Flip::Astro);
    let frames = (Frame::Galactic, Frame::Galactic);
    View::new(projection, frames, LonLat::from_degrees(40.0, 20.0), 0.2, Flip::Astro).showing(field)
}

#[test]
fn the_near_hemisphere_is_on_the_left() {
    for flip in [Flip::Astro, Flip::Geo] {
        let frames = (Frame::Galactic, Frame::Galactic);
        let projection = Kind::Orthographic.build(false, false, flip);
        let center = LonLat::from_degrees(40.0, 20.0);
        let view = View::new(projection, frames, center, 0.0, flip);
        let near = view.forward(center.into()).unwrap();
        assert!((near[0] + 1.0).abs() < 1e-12 && near[1].abs() < 1e-12);
    }
}

#[test]
fn a_range_of_longitudes_may_cross_the_far_meridian() {
    let field = Field::Extent { lon: [3.0, 3.4], lat: [-0.1, 0.2] };
    let frames = (Frame::Galactic, Frame::Galactic);
    let center = LonLat { lon: 0.0, lat: 0.0 };
    let projection = Kind::Cartesian.build(false, true, Flip::Geo);
    let view = View::new(projection, frames, center, 0.0, Flip::Geo).showing(field);
    let grid = view.array_grid(401);
    let corner = LonLat::from(view.inverse(grid.center(400, 0)).unwrap());
    assert!((corner.lon - 3.4).abs() < 1e-12 && (corner.lat + 0.1).abs() < 1e-3);
    assert_eq!(view.outline(&view.bounds(401)), Outline::Rectangle(view.bounds(401)));
}

#[test]
fn fine_pixels_of_an_equal_area_picture_have_its_pixels_area() {
    let view = view(Kind::Mollweide, false, Field::Whole);
    let grid = view.array_grid(1000);
    let expected = 2.0 * grid.step[0] * grid.step[1];
    assert!((view.fine_pixel(&grid) / expected - 1.0).abs() < 0.01);
}

proptest! {
    #[test]
    fn forward_and_inverse_are_inverse(lon in -3.1f64..3.1, lat in -1.55f64..1.55) {
        let v = UnitVector::from(LonLat { lon, lat });
        for projection in forms() {
            // Within a degree of the rim of the orthographic disc the sphere is seen edge on.
            let edge_on = projection.name() == "orthographic" && v.x.abs() < 0.02;
            if let Some(p) = projection.forward(v).filter(|_| !edge_on) {
                let back = projection.inverse(p);
                prop_assert!(back.is_some(), "{} {p:?}", projection.name());
                let angle = back.unwrap().angle_to(v);
                prop_assert!(angle < 1e-10, "{} {p:?}: {angle}", projection.name());
            }
        }
    }

    #[test]
    fn inverse_and_forward_are_inverse(u in -1.0f64..1.0, w in -1.0f64..1.0) {
        for projection in forms() {
            let bounds = projection.bounds();
            let p = [u * bounds.x[1], w * bounds.y[1]];
            if let Some(v) = projection.inverse(p) {
                prop_assert!((v.dot(v) - 1.0).abs() < 1e-12);
                let back = projection.forward(v).unwrap();
                // Where the plane bunches up directions, as towards the poles, those lose digits.
                let distance = (back[0] - p[0]).hypot(back[1] - p[1]);
                prop_assert!(distance < 1e-6, "{} {p:?} {back:?}", projection.name());
            }
        }
    }

    #[test]
    fn rows_are_rows_of_points(w in -1.1f64..1.1) {
        for projection in forms() {
            let bounds = projection.bounds();
            let x: Vec<f64> = (0..40).map(|k| bounds.x[1] * (f64::from(k) / 18.0 - 1.07)).collect();
            let y = w * bounds.y[1];
            let mut row = Vec::new();
            projection.inverse_row(y, &x, &mut row);
            let points: Vec<_> = x.iter().map(|&x| projection.inverse([x, y])).collect();
            prop_assert_eq!(row, points);
        }
    }
}
