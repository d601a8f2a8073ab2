//! Nothing on a figure overlaps or leaves the page, whatever the options; and its bytes are steady.

mod room;

use super::*;
use crate::colormap::{Colormap, Rgba};
use crate::draw::{Page, Pixmap, Rect, Script};
use crate::projection::{Bounds, Flip, Grid, Kind, View};
use crate::scale::{Normalization, Scale};
use crate::sky::{Frame, LonLat};
use proptest::prelude::*;

const PLANE: Bounds = Bounds { x: [-2.0, 2.0], y: [-1.0, 1.0] };

fn ellipse() -> Outline {
    Outline::Ellipse { center: [0.0, 0.0], radii: [2.0, 1.0] }
}

/// A figure of rising values with some bad pixels.
fn figure(spec: &FigureSpec, outline: Outline, bounds: Bounds, bar: &ColorbarSpec) -> Figure {
    let plan = plan(spec, &outline, &bounds).expect("a plan");
    let (width, height) = plan.raster;
    let grid = Grid::spanning(bounds, width, height);
    let mut palette = bar.colormap.table().to_vec();
    let blank = palette.len() as u16;
    palette.push(Rgba::TRANSPARENT);
    let inside = |x: f64, y: f64| match outline {
        Outline::Ellipse { radii: [a, b], .. } => (x / a).powi(2) + (y / b).powi(2) <= 1.0,
        _ => true,
    };
    let index = |i: usize| {
        let (column, row) = (i % width, i / width);
        let (x, y) = (grid.x(column as f64), grid.y((height - 1 - row) as f64));
        if inside(x, y) { ((column + row) % usize::from(blank)) as u16 } else { blank }
    };
    let indices = (0..width * height).map(index).collect();
    let pixmap = Pixmap { width, height, palette, indices };
    let sky = Sky { pixmap, blank, extent: grid.extent(), outline: outline.clone() };
    Figure::new(plan, spec, sky, Some(bar)).expect("a figure")
}

fn bar(scale: Scale, min: f64, max: f64, extend: Extend) -> ColorbarSpec {
    ColorbarSpec {
        normalization: Normalization::new(scale, min, max).expect("limits"),
        colormap: Colormap::by_name("planck").expect("a colormap"),
        under: Rgba::rgb(0, 0, 255),
        over: Rgba::rgb(100, 0, 0),
        extend,
    }
}

fn full_spec() -> FigureSpec {
    FigureSpec {
        pixels: 600,
        title: RichText::plain("Temperature"),
        left_label: RichText::plain("143 GHz"),
        right_label: RichText::plain("\u{2609} I"),
        units: Unit::parse("K_CMB"),
        ..FigureSpec::default()
    }
}

fn bytes(figure: &Figure, format: Format) -> Vec<u8> {
    let metadata = Metadata {
        title: Some("T \u{0} \u{e9}".to_owned()),
        creator: "map2fig".to_owned(),
        command: Some("map2fig \u{3b1}.fits <&>".to_owned()),
        date: None,
    };
    let mut bytes = Vec::new();
    figure.write(format, &metadata, &mut bytes).expect("a file");
    bytes
}

#[test]
fn a_bar_at_the_right_leaves_as_much_blank_as_there_is_at_the_left() {
    let numbers = [(None, 1.0), (NumberFormat::parse("%.3e").ok(), 1.0), (None, 123_456.0)];
    for (tick_format, max) in numbers {
        let spec =
            FigureSpec { colorbar: ColorbarPosition::Right, tick_format, ..FigureSpec::default() };
        let bar = bar(Scale::Linear, -max, max, Extend::None);
        let figure = figure(&spec, ellipse(), PLANE, &bar);
        let texts = figure.colorbar().expect("a bar").texts();
        let end = texts.iter().map(|text| text.bounds().right()).fold(0.0, f64::max);
        let (left, page) = (figure.plan.sky.x, figure.plan.page);
        let blank = [left + figure.shift(), page.width - end - figure.shift()];
        assert!((blank[0] - blank[1]).abs() < 3.0 / page.density(), "{max}: {blank:?}");
        let height = texts.iter().map(|text| text.bounds().height).fold(0.0, f64::max);
        assert!(height > 0.65 * spec.sizes.tick, "numbers have their size: {height}");
    }
}

#[test]
fn what_finds_no_room_beside_the_bar_is_told() {
    let swatch = |label: &str| Swatch { color: Rgba::rgb(9, 9, 9), label: RichText::plain(label) };
    let spec = FigureSpec {
        ticks: TickSet::At(vec![-1.0, -0.5, -0.49, 0.0, 1.0, 7.0]),
        swatches: vec![swatch("no data"), swatch("a label that is longer than its room")],
        ..FigureSpec::default()
    };
    let figure = figure(&spec, ellipse(), PLANE, &bar(Scale::Linear, -1.0, 1.0, Extend::None));
    let lost = figure.colorbar().expect("a bar").lost();
    assert_eq!(lost.ticks, [-0.49]);
    assert_eq!(lost.swatches, ["a label that is longer than its room"]);
    assert_eq!((&lost.caption, figure.cut_texts().count()), (&None, 0));
}

#[test]
fn texts_that_are_cut_and_labels_that_are_alike_are_told() {
    let long = RichText::plain("a long text that has no end ".repeat(20));
    let spec = FigureSpec {
        title: long.clone(),
        left_label: long.clone(),
        bar_label: long,
        tick_format: NumberFormat::parse("%.0f").ok(),
        ..FigureSpec::default()
    };
    let figure = figure(&spec, ellipse(), PLANE, &bar(Scale::Linear, 0.0, 1e-4, Extend::None));
    assert_eq!(figure.cut_texts().count(), 2);
    let lost = figure.colorbar().expect("a bar").lost();
    assert!(lost.caption.is_some());
    assert_eq!(lost.repeated.as_deref(), Some("0"));
}

#[test]
fn the_same_figure_has_the_same_bytes() {
    let bar = bar(Scale::Linear, -3e-4, 3e-4, Extend::Both);
    let figure = || figure(&full_spec(), ellipse(), PLANE, &bar);
    for format in Format::ALL {
        let first = bytes(&figure(), format);
        assert_eq!(first, bytes(&figure(), format), "{format:?}");
        let other = std::thread::spawn({
            let figure = figure();
            move || bytes(&figure, format)
        });
        assert_eq!(first, other.join().expect("a thread"), "{format:?}");
    }
}

#[test]
fn every_format_has_its_signature_and_the_metadata() {
    let bar = bar(Scale::Log, 1e-3, 1e3, Extend::Max);
    let figure = figure(&full_spec(), ellipse(), PLANE, &bar);
    let pdf = bytes(&figure, Format::Pdf);
    assert!(pdf.starts_with(b"%PDF-1.4"));
    assert!(!pdf.windows(13).any(|w| w == b"/CreationDate"));
    assert!(bytes(&figure, Format::Png).starts_with(b"\x89PNG"));
    let svg = String::from_utf8(bytes(&figure, Format::Svg)).expect("UTF-8");
    assert!(svg.contains("<desc>map2fig \u{3b1}.fits &lt;&amp;&gt;</desc>"));
    assert!(svg.contains(">143 GHz</tspan>") && svg.contains(">CMB</tspan>"));
    let page = figure.plan.page;
    let size = format!("\n%%HiResBoundingBox: 0 0 {:.3} {:.3}\n", page.width, page.height);
    for format in [Format::Eps, Format::Ps] {
        assert!(String::from_utf8_lossy(&bytes(&figure, format)).contains(&size), "{format:?}");
    }
}

/// The pixels of a PNG file as RGBA.
fn decoded(png: &[u8]) -> (Vec<u8>, usize, usize) {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(png::Transformations::EXPAND | png::Transformations::ALPHA);
    let mut reader = decoder.read_info().expect("a header");
    let mut pixels = vec![0; reader.output_buffer_size().expect("a size")];
    let info = reader.next_frame(&mut pixels).expect("pixels");
    (pixels, info.width as usize, info.height as usize)
}

#[test]
fn sky_pixels_keep_their_exact_colours() {
    let spec = FigureSpec { pixels: 301, ..full_spec() };
    let figure = figure(&spec, ellipse(), PLANE, &bar(Scale::Linear, 0.0, 1.0, Extend::None));
    let (pixels, width, height) = decoded(&bytes(&figure, Format::Png));
    assert_eq!((width, height), figure.plan.page.pixels);
    let density = width as f64 / figure.plan.page.width;
    let (left, top) = (figure.plan.sky.x * density, figure.plan.sky.y * density);
    let (raster, map) = (figure.plan.raster, &figure.sky.pixmap);
    for row in raster.1 / 4..raster.1 * 3 / 4 {
        for column in raster.0 / 4..raster.0 * 3 / 4 {
            let wanted = map.color(map.indices[row * raster.0 + column]);
            let at = 4 * ((row + top.round() as usize) * width + column + left.round() as usize);
            assert_eq!(pixels[at..at + 4], [wanted.r, wanted.g, wanted.b, 255]);
        }
    }
}

#[test]
fn a_transparent_page_is_clear_and_nothing_else_is() {
    let spec = FigureSpec { theme: Theme::light().transparent(), ..full_spec() };
    let figure = figure(&spec, ellipse(), PLANE, &bar(Scale::Linear, 0.0, 1.0, Extend::None));
    let (pixels, width, height) = decoded(&bytes(&figure, Format::Png));
    let alpha = |x: usize, y: usize| pixels[4 * (y * width + x) + 3];
    assert_eq!(alpha(0, 0), 0);
    assert_eq!(alpha(width - 1, height - 1), 0);
    let sky = figure.plan.sky.center();
    let density = width as f64 / figure.plan.page.width;
    assert_eq!(alpha((sky[0] * density) as usize, (sky[1] * density) as usize), 255);
}

#[test]
fn the_resolution_does_not_move_anything() {
    let at = |pixels| {
        let spec = FigureSpec { pixels, ..full_spec() };
        plan(&spec, &ellipse(), &PLANE).expect("a plan")
    };
    let (coarse, fine) = (at(300), at(20_000));
    let pixel = coarse.page.width / 300.0;
    assert!((coarse.page.height - fine.page.height).abs() < 3.0 * pixel);
    for (a, b) in coarse.texts.iter().zip(&fine.texts) {
        assert!((a.origin[0] - b.origin[0]).abs() < 2.0 * pixel);
        assert!((a.origin[1] - b.origin[1]).abs() < 2.0 * pixel);
        assert!((a.text.advance - b.text.advance).abs() < 0.5);
    }
    assert_eq!(coarse.raster.0, 2 * coarse.raster.1);
}

#[test]
fn room_for_labels_is_taken_where_they_are() {
    for colorbar in [ColorbarPosition::Bottom, ColorbarPosition::Right] {
        let at = |left, right| {
            let rim = Rim { left, right, ..Rim::default() };
            let spec = FigureSpec { rim, colorbar, ..full_spec() };
            plan(&spec, &ellipse(), &PLANE).expect("a plan")
        };
        let [none, left, both] = [at(0.0, 0.0), at(30.0, 0.0), at(30.0, 30.0)];
        let pixel = none.page.width / none.page.pixels.0 as f64;
        let near = |a: f64, b: f64| (a - b).abs() < 1.5 * pixel;
        assert!(near(none.sky.width - left.sky.width, 30.0));
        assert!(near(none.sky.width - both.sky.width, 60.0));
        assert!(near(left.sky.right(), none.sky.right()));
        for plan in [none, left, both] {
            let middle = plan.sky.center();
            assert!(near(plan.texts[0].bounds().center()[0], middle[0]));
            let strip = plan.colorbar.expect("a bar").strip.center();
            match colorbar {
                ColorbarPosition::Right => assert!(near(strip[1], middle[1])),
                _ => assert!(near(strip[0], middle[0])),
            }
        }
    }
}

/// Words of letters with accents, raised figures and characters of the fallback font.
fn any_text() -> impl Strategy<Value = RichText> {
    let word = prop_oneof![
        Just("Planck".to_owned()),
        Just("\u{c5}ngstr\u{f6}m".to_owned()),
        Just("\u{2609}\u{4e2d}".to_owned()),
        "[a-zA-Z0-9,()]{1,40}",
    ];
    let formula = prop_oneof![
        Just(r"$T_\mathrm{CMB}$".to_owned()),
        Just(r"$\frac{\sum_i a_i}{\sqrt{b^{c^d}}}$".to_owned()),
        Just(r"$\left(\frac{\nu}{\nu_0}\right)^{\beta_\mathrm{s}}$".to_owned()),
        Just(r"$\displaystyle\int_0^\infty \overbrace{x}^{n}\,dx$".to_owned()),
    ];
    let piece = prop_oneof![
        4 => word.prop_map(|word| (word, Script::Normal)),
        2 => "[a-z0-9]{1,6}".prop_map(|word| (word, Script::Super)),
        1 => formula.prop_map(|source| (source, Script::Normal)),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| {
        let mut text = RichText::default();
        for (piece, script) in pieces {
            match piece.starts_with('$') {
                true => text.append(RichText::parse(&piece).expect("a formula")),
                false => text.push(piece, script),
            }
            text.push(" ", Script::Normal);
        }
        text
    })
}

/// Outlines of every projection, of whole and half skies, and of frames of any shape.
fn any_shape() -> impl Strategy<Value = (Outline, Bounds)> {
    let bounds = (0.2..4.0f64, 0.2..4.0f64).prop_map(|(a, b)| Bounds { x: [-a, a], y: [-b, b] });
    let projected = (proptest::sample::select(Kind::ALL.to_vec()), any::<bool>()).prop_map(
        |(kind, half_sky)| {
            let projection = kind.build(half_sky && kind.has_half_sky(), false, Flip::Astro);
            let frames = (Frame::Galactic, Frame::Galactic);
            let center = LonLat { lon: 0.0, lat: 0.0 };
            let view = View::new(projection, frames, center, 0.0, Flip::Astro);
            let bounds = view.bounds(800);
            (view.outline(&bounds), bounds)
        },
    );
    prop_oneof![
        3 => projected,
        1 => bounds.clone().prop_map(|b| (Outline::Rectangle(b), b)),
        1 => bounds.prop_map(|b| {
            (Outline::Ellipse { center: [0.0, 0.0], radii: [b.x[1], b.y[1]] }, b)
        }),
    ]
}

fn any_sizes() -> impl Strategy<Value = TextSizes> {
    let other = (1.0..72.0f64, 1.0..72.0f64, 1.0..72.0f64, 1.0..72.0f64)
        .prop_map(|(title, label, tick, units)| TextSizes { title, label, tick, units });
    prop_oneof![3 => Just(TextSizes::default()), 1 => other]
}

fn any_position() -> impl Strategy<Value = ColorbarPosition> {
    prop_oneof![
        3 => Just(ColorbarPosition::Bottom),
        3 => Just(ColorbarPosition::Right),
        1 => Just(ColorbarPosition::Nowhere),
    ]
}

fn any_spec() -> impl Strategy<Value = FigureSpec> {
    let units = prop_oneof![
        Just(String::new()),
        Just("K_CMB".to_owned()),
        Just("erg s-1 cm-2 sr-1".to_owned()),
        "[a-z ]{1,80}",
    ];
    let rim = (0.0..0.15f64, 0.0..0.15f64, 0.0..20.0f64, 0.0..20.0f64);
    let size = (1.0..200.0f64, 16..32_000usize, any_sizes(), rim);
    (size, any_text(), any_text(), any_text(), units, any_position(), any::<bool>()).prop_map(
        |(
            (width, pixels, sizes, (left, right, top, bottom)),
            title,
            left_label,
            right_label,
            units,
            colorbar,
            inward,
        )| {
            let width = width * POINTS_PER_CM;
            FigureSpec {
                width,
                pixels,
                title,
                left_label,
                right_label,
                units: Unit::parse(&units),
                colorbar,
                sizes,
                tick_direction: if inward { TickDirection::In } else { TickDirection::Out },
                rim: Rim { left: left * width, right: right * width, top, bottom },
                ..FigureSpec::default()
            }
        },
    )
}

/// The boxes of a figure that may not touch each other.
fn boxes(plan: &Plan, colorbar: Option<&Colorbar>) -> Vec<Rect> {
    let mut boxes: Vec<Rect> = plan.texts.iter().map(PlacedText::bounds).collect();
    if let (Some(space), Some(bar)) = (&plan.colorbar, colorbar) {
        let mut shape = space.strip;
        if space.upright {
            shape.y -= space.arrow;
            shape.height += 2.0 * space.arrow;
            assert!(!shape.overlaps(&plan.sky));
        } else {
            shape.x -= space.arrow;
            shape.width += 2.0 * space.arrow;
        }
        boxes.push(shape);
        boxes.extend(bar.texts().iter().map(PlacedText::bounds));
        boxes.extend(bar.swatches());
    }
    boxes.retain(|b| b.width > 0.0);
    boxes
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1500))]

    #[test]
    fn nothing_overlaps_and_nothing_leaves_the_page(
        spec in any_spec(),
        (outline, bounds) in any_shape(),
        (low, span) in (-1e3..1e3f64, 1e-6..1e4f64),
        asinh in any::<bool>(),
        (swatches, label) in (0..3usize, any_text()),
    ) {
        let swatch = Swatch { color: Rgba::rgb(9, 9, 9), label: RichText::plain("no data") };
        let spec = FigureSpec { swatches: vec![swatch; swatches], bar_label: label, ..spec };
        let scale = if asinh { Scale::Asinh { linthresh: 1.0 } } else { Scale::Linear };
        let plan = plan(&spec, &outline, &bounds).expect("a plan");
        let page = Rect::new(0.0, 0.0, plan.page.width, plan.page.height);
        let bar = bar(scale, low, low + span, Extend::Both);
        let fonts = Fonts::of_thread(None).expect("fonts");
        let colorbar =
            plan.colorbar.map(|s| Colorbar::new(&s, &spec, &bar, &fonts).expect("a bar"));
        let boxes = boxes(&plan, colorbar.as_ref());
        prop_assert!(page.contains(&plan.sky), "{:?} on {page:?}", plan.sky);
        let Rim { left, right, top, bottom } = spec.rim;
        let pixel = plan.page.width / plan.page.pixels.0 as f64;
        let rim = Rect::new(
            plan.sky.x - left + pixel,
            plan.sky.y - top,
            plan.sky.width + left + right - 2.0 * pixel,
            plan.sky.height + top + bottom,
        );
        prop_assert!(page.contains(&rim), "the rim {rim:?} on {page:?}");
        if let Some(space) = &plan.colorbar {
            prop_assert!(!space.strip.overlaps(&rim), "the colour bar in the rim");
        }
        for (i, a) in boxes.iter().enumerate() {
            prop_assert!(page.contains(a), "{a:?} on {page:?}");
            for b in &boxes[..i] {
                prop_assert!(!a.overlaps(b), "{a:?} {b:?}");
            }
        }
        let placement = Placement { extent: bounds, rect: plan.sky };
        for text in plan.texts.iter().map(PlacedText::bounds) {
            let depth = text.bottom() - plan.sky.y;
            let [left, right] = placement.free_corners(&outline, depth);
            let clear = depth <= 0.0
                || text.right() <= plan.sky.x + left
                || text.x >= plan.sky.right() - right;
            prop_assert!(clear, "{text:?} on the sky {:?}", plan.sky);
        }
        // Pixels fit the raster exactly.
        let density = plan.page.pixels.0 as f64 / plan.page.width;
        for (edge, whole) in [
            (plan.sky.x, None),
            (plan.sky.y, None),
            (plan.sky.width, Some(plan.raster.0)),
            (plan.sky.height, Some(plan.raster.1)),
        ] {
            let pixels = edge * density;
            prop_assert!((pixels - pixels.round()).abs() < 1e-6);
            prop_assert!(whole.is_none_or(|n| n == pixels.round() as usize));
        }
        prop_assert!((plan.page.height * density - plan.page.pixels.1 as f64).abs() < 1e-6);
    }
}
