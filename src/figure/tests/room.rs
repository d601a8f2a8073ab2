//! What narrow figures and narrow skies keep: two numbers at a bar, labels as they were given.

use super::*;

fn swatch(label: &str) -> Swatch {
    Swatch { color: Rgba::rgb(9, 9, 9), label: RichText::plain(label) }
}

#[test]
fn a_bar_beside_swatches_has_two_numbers_and_all_texts_there_one_size() {
    let scales = [
        (Scale::Linear, -0.37, 6500.0),
        (Scale::Linear, 1000.0, 9000.0),
        (Scale::Linear, -450.0, 450.0),
        (Scale::Log, 0.02, 7000.0),
        (Scale::Log, 300.0, 7000.0),
        (Scale::Asinh { linthresh: 1.0 }, -3.0, 2e4),
        (Scale::Power { gamma: 3.0 }, 800.0, 930.0),
    ];
    for (centimetres, labels) in [(4.0, 1), (6.0, 1), (7.0, 2), (8.8, 2), (12.0, 2)] {
        for (scale, min, max) in scales.clone() {
            let spec = FigureSpec {
                width: centimetres * POINTS_PER_CM,
                units: Unit::parse("uK_CMB"),
                swatches: [swatch("no data"), swatch("masked")][..labels].to_vec(),
                ..FigureSpec::default()
            };
            let bar = bar(scale.clone(), min, max, Extend::Both);
            let figure = figure(&spec, ellipse(), PLANE, &bar);
            let bar = figure.colorbar().expect("a bar");
            let swatches = bar.swatches().count();
            let numbers = bar.texts().len() - swatches - 1;
            assert!(numbers >= 2, "{centimetres} cm, {scale:?}: {numbers}");
            let texts = &bar.texts()[numbers..numbers + swatches];
            let sizes: Vec<f64> = texts.iter().map(|label| label.text.size()).collect();
            assert!(sizes.windows(2).all(|pair| pair[0] == pair[1]), "{centimetres}: {sizes:?}");
        }
    }
}

const TALL: Bounds = Bounds { x: [-1.0, 1.0], y: [-12.0, 12.0] };

#[test]
fn a_bar_at_the_right_of_a_tall_sky_stands_beside_it() {
    let spec = FigureSpec { colorbar: ColorbarPosition::Right, ..full_spec() };
    let bar = bar(Scale::Linear, 0.0, 700.0, Extend::Both);
    let figure = figure(&spec, Outline::Rectangle(TALL), TALL, &bar);
    let (plan, bar) = (&figure.plan, figure.colorbar().expect("a bar"));
    let strip = plan.colorbar.expect("room").strip;
    assert!(strip.x - plan.sky.right() < 8.0, "{strip:?} {:?}", plan.sky);
    let end = bar.texts().iter().map(|text| text.bounds().right()).fold(0.0, f64::max);
    let blank = [plan.sky.x + figure.shift(), plan.page.width - end - figure.shift()];
    assert!((blank[0] - blank[1]).abs() < 3.0 / plan.page.density(), "{blank:?}");
}

#[test]
fn labels_above_a_narrow_sky_are_whole_and_have_their_lines() {
    let spec = FigureSpec {
        left_label: RichText::plain("Planck\n353 GHz"),
        right_label: RichText::plain("thermal dust"),
        ..full_spec()
    };
    for (outline, bounds) in [(Outline::Rectangle(TALL), TALL), (ellipse(), PLANE)] {
        let plan = plan(&spec, &outline, &bounds).expect("a plan");
        let labels: Vec<&PlacedText> = plan.texts.iter().skip(plan.title_lines).collect();
        let words: Vec<String> = labels.iter().map(|label| label.text.to_plain()).collect();
        assert_eq!(words, ["Planck", "353 GHz", "thermal dust"]);
        assert!(labels[0].origin[1] < labels[1].origin[1] - 5.0);
        assert_eq!(labels[0].origin[1], labels[2].origin[1]);
        assert!(labels[1].bounds().right() < labels[2].bounds().x);
        let above = labels[1].bounds().bottom() <= plan.sky.y;
        assert!(above || outline == ellipse());
    }
}

#[test]
fn the_smallest_text_of_a_figure_is_told() {
    let bar = bar(Scale::Linear, 0.0, 1.0, Extend::None);
    let smallest = |centimetres: f64| {
        let spec = FigureSpec { width: centimetres * POINTS_PER_CM, ..full_spec() };
        figure(&spec, ellipse(), PLANE, &bar).smallest_text()
    };
    assert_eq!(smallest(12.0), TextSizes::default().tick);
    assert!(smallest(3.0) < 5.0);
}

#[test]
fn postscript_shows_translucent_colours_as_mixed_with_the_ground() {
    let page = Page { width: 20.0, height: 20.0, pixels: (20, 20), background: Rgba::TRANSPARENT };
    let fonts = Fonts::of_thread(None).expect("fonts");
    let mut file = Vec::new();
    let path = Path::rectangle(Rect::new(5.0, 5.0, 9.0, 9.0));
    draw::render(Format::Eps, &page, &Metadata::default(), &fonts, &mut file, |canvas| {
        canvas.upon(Rgba::rgb(255, 0, 0), |canvas| {
            canvas.fill(&path, Rgba { a: 0x80, ..Rgba::rgb(0, 0, 0) })
        })
    })
    .expect("a file");
    let file = String::from_utf8_lossy(&file);
    assert!(file.contains("0.498039 0 0 rg"), "{file}");
}

#[test]
fn single_letters_have_their_width_in_svg() {
    let spec = FigureSpec { right_label: RichText::plain("I"), ..full_spec() };
    let bar = bar(Scale::Linear, 0.0, 1.0, Extend::None);
    let file = bytes(&figure(&spec, ellipse(), PLANE, &bar), Format::Svg);
    let file = String::from_utf8_lossy(&file);
    let letter = file.split("<tspan").find(|span| span.contains(">I</tspan>"));
    assert!(letter.is_some_and(|span| span.contains("textLength")), "{letter:?}");
}
