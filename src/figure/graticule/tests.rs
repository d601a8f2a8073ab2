//! Labels of grids keep clear of everything, in any view.

use proptest::prelude::*;

use super::*;
use crate::colormap::Colormap;
use crate::draw::Fonts;
use crate::figure::overlay::{Overlay, OverlaySpec};
use crate::figure::{
    Colorbar, ColorbarPosition, ColorbarSpec, Extend, FigureSpec, PlacedText, Placement,
};
use crate::projection::{Field, Flip, Kind};
use crate::scale::{Normalization, Scale};

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
        let page = crate::draw::Rect::new(0.0, 0.0, plan.page.width, plan.page.height);
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
