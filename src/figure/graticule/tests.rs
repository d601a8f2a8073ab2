//! Labels of grids keep clear of everything, in any view.

mod fields;

use proptest::prelude::*;

use super::*;
use crate::colormap::Colormap;
use crate::draw::{Fonts, Rect};
use crate::figure::overlay::{Overlay, OverlaySpec};
use crate::figure::{
    Colorbar, ColorbarPosition, ColorbarSpec, Extend, FigureSpec, PlacedText, Placement,
};
use crate::projection::{Field, Flip, Kind};
use crate::scale::{Normalization, Scale};

/// A label on a page: what it says, where its middle is in the view's plane, and whether it is on the sky.
struct Said {
    text: String,
    /// The number of degrees in the text.
    degrees: f64,
    at: Point,
    inside: bool,
}

fn view(kind: Kind, half_sky: bool, center: [f64; 2], roll: f64) -> View {
    let projection = kind.build(half_sky, false, Flip::Astro);
    let frames = (Frame::Galactic, Frame::Galactic);
    View::new(projection, frames, LonLat::from_degrees(center[0], center[1]), roll, Flip::Astro)
}

/// The labels of a grid with steps in degrees, ten points large on a sky that is 500 wide.
fn said(view: &View, parallels: f64, meridians: f64) -> Vec<Said> {
    let line = Stroke { color: Rgba::rgb(90, 90, 90), width: 0.4 };
    let spec = GraticuleSpec {
        coordinates: Coordinates::Frame(Frame::Galactic),
        parallels: Some(parallels.to_radians()),
        meridians: Some(meridians.to_radians()),
        format: AngleFormat::Degrees,
        labels: true,
        line,
        text: line.color,
        second: false,
    };
    let extent = view.bounds(600);
    let outline = view.outline(&extent);
    let grid = Graticule::new(&spec, view, &extent).expect("not too many lines");
    let fonts = Fonts::of_thread(None).expect("fonts");
    let rect = Rect::new(100.0, 100.0, 500.0, 500.0 * extent.height() / extent.width());
    let placement = Placement { extent, rect };
    let mut labels = Labels {
        fonts: &fonts,
        size: 10.0,
        to_page: &|p| placement.to_page(p),
        rings: placement.rings(&outline),
        rectangular: matches!(outline, Outline::Rectangle(_)),
        shared: false,
        page: Rect::new(0.0, 0.0, 700.0, 700.0),
        taken: Vec::new(),
        placed: Vec::new(),
    };
    labels.place(&grid).expect("labels");
    let said = |label: &GridLabel| {
        let set = |line: &&GridLine| fonts.typeset(&line.label, 10.0).expect("text");
        let line = grid.lines().find(|line| set(line) == label.text.text).expect("a line's label");
        let text = line.label.to_plain();
        let degrees = text.replace('\u{2212}', "-").replace('\u{b0}', "").parse().expect("degrees");
        let ink = label.text.bounds();
        let right = (ink.x + 0.5 * ink.width - rect.x) / rect.width;
        let down = (ink.y + 0.5 * ink.height - rect.y) / rect.height;
        let at = [extent.x[0] + right * extent.width(), extent.y[1] - down * extent.height()];
        Said { text, degrees, at, inside: label.inside }
    };
    labels.placed.iter().map(said).collect()
}

/// The distance of a value from the nearest multiple of a step.
fn off(value: f64, step: f64) -> f64 {
    (value - step * (value / step).round()).abs()
}

/// The meridians that have their labels on the sky.
fn meridians_inside(view: &View, labels: &[Said]) -> Vec<f64> {
    let on_meridian = |label: &&Said| {
        let at = LonLat::from(view.inverse(label.at).expect("on the sky"));
        off(at.lon.to_degrees() - label.degrees, 360.0) < 1e-6
    };
    labels.iter().filter(|l| l.inside).filter(on_meridian).map(|label| label.degrees).collect()
}

/// Whether some longitudes are at equal steps all around.
fn are_even(longitudes: &[f64]) -> bool {
    let mut sorted = longitudes.to_vec();
    sorted.sort_by(f64::total_cmp);
    let step = 360.0 / sorted.len() as f64;
    sorted.iter().enumerate().all(|(k, lon)| (lon - k as f64 * step).abs() < 1e-9)
}

#[test]
fn labels_on_the_sky_are_on_their_own_lines_between_two_others() {
    for kind in [Kind::Mollweide, Kind::Orthographic, Kind::Lambert, Kind::Robinson] {
        let view = view(kind, kind.has_half_sky(), [40.0, 50.0], 0.5);
        let labels = said(&view, 20.0, 30.0);
        let inside: Vec<&Said> = labels.iter().filter(|label| label.inside).collect();
        assert!(inside.len() > 4, "{}", kind.name());
        for Said { text, degrees, at, .. } in inside {
            let at = LonLat::from(view.inverse(*at).expect("on the sky"));
            let (lon, lat) = (at.lon.to_degrees(), at.lat.to_degrees());
            let on_meridian = off(lon - degrees, 360.0) < 1e-6 && off(lat - 10.0, 20.0) < 1e-6;
            let on_parallel = (lat - degrees).abs() < 1e-6 && off(lon - 15.0, 30.0) < 1e-6;
            assert!(on_meridian || on_parallel, "{}: {text} at {lon} {lat}", kind.name());
        }
    }
}

#[test]
fn longitudes_about_a_pole_are_even() {
    let kinds =
        [Kind::Orthographic, Kind::Stereographic, Kind::AzimuthalEquidistant, Kind::Lambert];
    for (kind, lat) in kinds.into_iter().flat_map(|kind| [(kind, 90.0), (kind, -90.0)]) {
        let view = view(kind, true, [0.0, lat], 0.3);
        for step in [2.0, 5.0, 10.0, 15.0, 30.0] {
            let longitudes = meridians_inside(&view, &said(&view, 30.0, step));
            assert!((6..=36).contains(&longitudes.len()), "{} {step}", longitudes.len());
            assert!(are_even(&longitudes), "{} {step}: {longitudes:?}", kind.name());
        }
    }
}

#[test]
fn longitudes_below_are_even_and_the_far_meridian_is_at_both_edges() {
    for kind in [Kind::Cartesian, Kind::Mercator, Kind::Robinson] {
        let view = view(kind, false, [0.0, 0.0], 0.0);
        for step in [5.0, 15.0, 60.0] {
            let labels = said(&view, 90.0, step);
            let bottom = view.bounds(600).y[0];
            let below = labels.into_iter().filter(|label| label.at[1] < bottom);
            let (far, others): (Vec<Said>, Vec<Said>) =
                below.partition(|label| label.text == "180\u{b0}");
            let mut longitudes: Vec<f64> = others.iter().map(|label| label.degrees).collect();
            longitudes.push(180.0);
            assert!(are_even(&longitudes), "{} {step}: {longitudes:?}", kind.name());
            let edges: Vec<f64> = far.iter().map(|label| label.at[0]).collect();
            assert_eq!(edges.len(), 2, "{} {step}", kind.name());
            assert!((edges[0] + edges[1]).abs() < 1e-6, "{} {edges:?}", kind.name());
        }
    }
}

#[test]
fn lines_along_an_edge_have_their_labels_where_they_leave_it() {
    for kind in [Kind::Cartesian, Kind::Mercator] {
        let view = view(kind, false, [0.0, 90.0], 0.0);
        let extent = view.bounds(600);
        for label in said(&view, 30.0, 30.0).iter().filter(|label| !label.inside) {
            if label.at[1] < extent.y[0] {
                let edge = label.at[0].abs() / extent.x[1];
                assert_eq!(label.text, "0\u{b0}", "{}", kind.name());
                assert!(off(edge, 1.0) < 1e-3, "{} {edge}", kind.name());
            }
        }
    }
}

#[test]
fn circles_about_a_pole_are_in_order_along_a_side() {
    let field = Field::Angle(20f64.to_radians());
    for lat in [80.0, 84.0, 86.0, 89.0] {
        let view = view(Kind::Gnomonic, false, [40.0, lat], 0.0).showing(field);
        let left = view.bounds(600).x[0];
        let labels = said(&view, 2.0, 30.0);
        let mut left: Vec<&Said> = labels.iter().filter(|label| label.at[0] < left).collect();
        left.sort_by(|a, b| a.at[1].total_cmp(&b.at[1]));
        assert!(left.len() > 2, "{lat}");
        assert!(left.is_sorted_by(|a, b| a.degrees < b.degrees), "{lat}");
    }
}

#[test]
fn a_line_has_no_label_where_it_runs_along_the_outline_or_is_a_dot() {
    // The equator reaches the corners of the upper edge along that edge.
    let south = view(Kind::Robinson, false, [0.0, -90.0], 0.0);
    let top = south.bounds(600).y[1];
    assert!(said(&south, 30.0, 60.0).iter().all(|label| label.at[1] < top));
    let fonts = Fonts::of_thread(None).expect("fonts");
    let square = vec![[0.0, 0.0], [100.0, 0.0], [100.0, 100.0], [0.0, 100.0]];
    let labels = Labels {
        fonts: &fonts,
        size: 10.0,
        to_page: &|p| p,
        rings: vec![square],
        rectangular: true,
        shared: false,
        page: Rect::new(0.0, 0.0, 100.0, 100.0),
        taken: Vec::new(),
        placed: Vec::new(),
    };
    assert!(!labels.leaves(&[[99.5, 0.0], [100.0, 0.5]], false), "a dot in a corner");
    assert!(labels.leaves(&[[50.0, 0.0], [50.0, 2.0]], false), "the first piece of a line");
    assert!(!labels.leaves(&[[0.0, 0.0], [40.0, 0.0], [60.0, 50.0]], false));
    assert!(labels.leaves(&[[50.0, 0.0], [50.0, 60.0]], false));
    assert!(labels.leaves(&[[0.0, 0.0], [0.0, 50.0], [0.0, 100.0]], true), "a side itself");
}

#[test]
fn all_meridians_about_a_pole_have_labels_at_the_edges() {
    let field = Field::Angle(10f64.to_radians());
    for lat in [89.0, 90.0] {
        let view = view(Kind::Gnomonic, false, [0.0, lat], 0.0).showing(field);
        let mut longitudes: Vec<f64> = said(&view, 1.0, 30.0)
            .iter()
            .filter(|label| !label.inside)
            .map(|label| label.degrees)
            .filter(|degrees| off(*degrees, 30.0) < 1e-9)
            .collect();
        longitudes.sort_by(f64::total_cmp);
        assert!(are_even(&longitudes) && longitudes.len() == 12, "{lat}: {longitudes:?}");
    }
}

#[test]
fn both_hemispheres_have_longitudes() {
    let view = view(Kind::Orthographic, false, [40.0, 50.0], 0.5);
    let labels = said(&view, 30.0, 30.0);
    let (left, right): (Vec<Said>, Vec<Said>) =
        labels.into_iter().partition(|label| label.at[0] < 0.0);
    for side in [left, right] {
        assert!(meridians_inside(&view, &side).len() >= 3);
    }
}

/// How many different numbers of degrees are said.
fn different<'a>(labels: impl IntoIterator<Item = &'a Said>) -> usize {
    let texts: std::collections::BTreeSet<&str> =
        labels.into_iter().map(|label| label.text.as_str()).collect();
    texts.len()
}

#[test]
fn few_meridians_below_are_no_reason_to_have_none_on_the_sky() {
    let tilts = [[30.0, 5.0], [0.0, 10.0], [30.0, 15.0], [30.0, 20.0]];
    let tilted = [Kind::Mollweide, Kind::Hammer, Kind::Aitoff, Kind::McBryde];
    let views = tilted.into_iter().flat_map(|kind| tilts.map(|tilt| (kind, tilt)));
    for (kind, center) in views.chain([(Kind::McBryde, [180.0, 0.0])]) {
        let labels = said(&view(kind, false, center, 0.0), 90.0, 60.0);
        assert!(different(&labels) >= 5, "{} {center:?}: {}", kind.name(), different(&labels));
    }
}

#[test]
fn lines_that_miss_the_labelled_sides_have_labels_on_the_sky() {
    for (center, roll) in [([100.0, 30.0], 0.7), ([266.0, -29.0], 1.05)] {
        let labels = said(&view(Kind::Cartesian, false, center, roll), 30.0, 60.0);
        // Six meridians, five parallels, of which 0 and 60 degrees have the same names as meridians.
        assert_eq!(different(&labels), 9, "{center:?}");
    }
    let half = said(&view(Kind::Orthographic, true, [120.0, 30.0], 0.0), 30.0, 45.0);
    let has = |degrees: f64| half.iter().any(|label| label.degrees == degrees);
    assert!([-30.0, 0.0, 30.0, 60.0].into_iter().all(has));
}

/// A view, as far as chance decides on it.
#[derive(Clone, Copy, Debug)]
struct AnyView {
    kind: Kind,
    half_sky: bool,
    center: LonLat,
    roll: f64,
    field: Field,
}

impl AnyView {
    fn view(self) -> View {
        let half_sky = self.half_sky && self.kind.has_half_sky();
        let projection = self.kind.build(half_sky, self.field.is_zoomed(), Flip::Astro);
        let frames = (Frame::Galactic, Frame::Equatorial);
        View::new(projection, frames, self.center, self.roll, Flip::Astro).showing(self.field)
    }
}

fn any_view() -> impl Strategy<Value = AnyView> {
    let roll = prop_oneof![Just(0.0), -PI..PI];
    let width = (-3.0..0.0f64).prop_map(|power| Field::Angle(10f64.powf(power)));
    let field = prop_oneof![2 => Just(Field::Whole), 1 => width];
    let kinds = proptest::sample::select(Kind::ALL.to_vec());
    (kinds, any::<bool>(), (0.0..TAU, -FRAC_PI_2..FRAC_PI_2), roll, field).prop_map(
        |(kind, half_sky, (lon, lat), roll, field)| {
            let center = LonLat { lon, lat };
            AnyView { kind, half_sky, center, roll, field }
        },
    )
}

fn any_grids() -> impl Strategy<Value = Vec<GraticuleSpec>> {
    let coordinates = prop_oneof![
        3 => Just(Coordinates::Frame(Frame::Equatorial)),
        1 => Just(Coordinates::Frame(Frame::Galactic)),
        1 => Just(Coordinates::Local),
    ];
    let formats = [AngleFormat::Degrees, AngleFormat::Signed, AngleFormat::Hours];
    let line = Stroke { color: Rgba::rgb(90, 90, 90), width: 0.4 };
    (coordinates, proptest::sample::select(formats.to_vec()), any::<bool>()).prop_map(
        move |(coordinates, format, two)| {
            let first = GraticuleSpec {
                coordinates,
                parallels: None,
                meridians: None,
                format,
                labels: true,
                line,
                text: line.color,
                second: false,
            };
            let coordinates = Coordinates::Frame(Frame::Ecliptic);
            let second = two.then_some(GraticuleSpec { coordinates, second: true, ..first });
            [Some(first), second].into_iter().flatten().collect()
        },
    )
}

fn any_spec() -> impl Strategy<Value = FigureSpec> {
    let positions = [ColorbarPosition::Bottom, ColorbarPosition::Right, ColorbarPosition::Nowhere];
    let texts = (any::<bool>(), any::<bool>());
    (3.0..30.0f64, 4.0..24.0f64, proptest::sample::select(positions.to_vec()), texts).prop_map(
        |(width, tick, colorbar, (title, labels))| {
            let mut spec = FigureSpec {
                width: width * 72.0 / 2.54,
                pixels: 600,
                colorbar,
                ..FigureSpec::default()
            };
            spec.sizes.tick = tick;
            if title {
                spec.title = RichText::plain("A title of some length");
            }
            if labels {
                spec.left_label = RichText::plain("143 GHz");
                spec.right_label = RichText::plain("DR 6");
            }
            spec
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn labels_keep_clear_of_everything(
        view in any_view(),
        graticules in any_grids(),
        frame_label in any::<bool>(),
        spec in any_spec(),
    ) {
        let mut spec = spec;
        let on_top = OverlaySpec { graticules, frame_label, ..OverlaySpec::default() };
        let view = view.view();
        let bounds = view.bounds(spec.pixels);
        let overlay = Overlay::new(&on_top, &view, &bounds).expect("not too many lines");
        let plan = overlay.plan(&mut spec).expect("a plan");
        let bounds = view.bounds(plan.raster.0);
        let overlay = Overlay::new(&on_top, &view, &bounds).expect("not too many lines");
        let bar = ColorbarSpec {
            normalization: Normalization::new(Scale::Linear, -1.0, 1.0).expect("a scale"),
            colormap: Colormap::by_name("viridis").expect("a colour map"),
            under: Rgba::rgb(0, 0, 0),
            over: Rgba::rgb(0, 0, 0),
            extend: Extend::Both,
        };
        let fonts = Fonts::of_thread(None).expect("fonts");
        let colorbar = plan.colorbar.map(|s| Colorbar::new(&s, &spec, &bar, &fonts).expect("a bar"));
        let placed = overlay.placed(&spec, &plan, &bounds, colorbar.as_ref()).expect("labels");
        let mut taken: Vec<_> = plan.texts.iter().map(PlacedText::bounds).collect();
        taken.extend(colorbar.iter().flat_map(|bar| bar.texts().iter().map(PlacedText::bounds)));
        taken.extend(plan.colorbar.iter().map(|space| space.strip));
        let page = Rect::new(0.0, 0.0, plan.page.width, plan.page.height);
        let placement = Placement { extent: bounds, rect: plan.sky };
        let rings = placement.rings(&view.outline(&bounds));
        for (label, _) in &placed.labels {
            let ink = label.text.bounds();
            prop_assert!(page.contains(&ink), "{ink:?} on {page:?}");
            prop_assert!(taken.iter().all(|other| !other.overlaps(&ink)), "{ink:?} among {taken:?}");
            let corners = [
                [ink.x, ink.y],
                [ink.right(), ink.y],
                [ink.right(), ink.bottom()],
                [ink.x, ink.bottom()],
            ];
            for corner in corners {
                let inside = rings.iter().any(|ring| holds(ring, corner));
                prop_assert_eq!(inside, label.inside, "{:?}", ink);
            }
            taken.push(ink);
        }
    }
}

/// Whether a point is inside a polygon: a ray from it meets the sides an odd number of times.
fn holds(ring: &[Point], [x, y]: Point) -> bool {
    let sides = ring.iter().zip(ring.iter().cycle().skip(1));
    let met = sides.filter(|(a, b)| {
        (a[1] > y) != (b[1] > y) && x < a[0] + (y - a[1]) / (b[1] - a[1]) * (b[0] - a[0])
    });
    met.count() % 2 == 1
}
