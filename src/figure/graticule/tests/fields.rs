//! Grids of thin and of turned fields.

use super::*;

/// The grid of a rectangular part of a cartesian view, from west to east and from south to north in degrees from the middle.
fn grid(extent: [f64; 4], roll: f64) -> Graticule {
    let line = Stroke { color: Rgba::rgb(90, 90, 90), width: 0.4 };
    let spec = GraticuleSpec {
        coordinates: Coordinates::Frame(Frame::Galactic),
        parallels: None,
        meridians: None,
        format: AngleFormat::Degrees,
        labels: true,
        line,
        text: line.color,
        second: false,
    };
    let [west, east, south, north] = extent.map(f64::to_radians);
    let view = view(Kind::Cartesian, false, [0.0, 0.0], roll);
    let shown = Bounds { x: [west, east], y: [south, north] };
    Graticule::new(&spec, &view, &shown).expect("a grid")
}

#[test]
fn thin_fields_have_as_many_lines_across_as_have_room() {
    let labels =
        |lines: &[GridLine]| lines.iter().map(|line| line.label.to_plain()).collect::<Vec<_>>();
    let wide = grid([-180.0, 180.0, -8.0, 8.0], 0.0);
    assert_eq!(labels(&wide.parallels), ["0\u{b0}"]);
    assert!(wide.meridians.len() >= 6);
    let tall = grid([-5.0, 5.0, -60.0, 60.0], 0.0);
    assert_eq!(labels(&tall.meridians), ["0\u{b0}"]);
    assert!(tall.parallels.len() >= 3);
    let off = grid([-180.0, 180.0, 33.0, 49.0], 0.0);
    assert_eq!(off.parallels.len(), 1, "one at least");
    // A line on the frame is none.
    for extent in [[100.0, 170.0, 20.0, 24.0], [10.0, 170.0, 20.0, 24.0], [20.0, 24.0, -40.0, 40.0]]
    {
        let field = grid(extent, 0.0);
        let lines = if extent[0] == 20.0 { &field.meridians } else { &field.parallels };
        let is_inside = |label: &String| !["20\u{b0}", "24\u{b0}"].contains(&label.as_str());
        assert!(labels(lines).iter().any(is_inside), "{:?}", labels(lines));
    }
    let square = grid([-8.0, 8.0, -8.0, 8.0], 0.0);
    assert!(square.parallels.len() >= 4 && square.meridians.len() >= 4);
}

#[test]
fn turned_fields_have_labels_at_all_their_sides() {
    for roll in [0.3, 0.7, 1.1] {
        let kind = Kind::Gnomonic;
        let field = Field::Angle(20f64.to_radians());
        let view = view(kind, false, [40.0, 30.0], roll).showing(field);
        let labels = said(&view, 5.0, 5.0);
        let inside = labels.iter().filter(|label| label.inside).count();
        assert_eq!(inside, 0, "{roll}");
        let extent = view.bounds(600);
        let beyond = |label: &Said| {
            let [x, y] = label.at;
            [x < extent.x[0], x > extent.x[1], y < extent.y[0], y > extent.y[1]]
        };
        for side in 0..4 {
            let count = labels.iter().filter(|label| beyond(label)[side]).count();
            assert!(count >= 1, "{roll}: {count} at side {side}");
        }
    }
}
