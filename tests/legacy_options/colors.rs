//! Colours of values, of bad pixels and of the page.

use crate::looks::{BLUE, LIME, Looks, RED, Rgb, WHITE, count, is};

const DARK: Rgb = [68, 1, 84];
const YELLOW: Rgb = [253, 231, 37];

#[test]
fn colour_tables_by_name() {
    let looks = Looks::new();
    let ends = |line: &str| {
        let line = format!("noise.fits -w 100 --fast-render --min 2 --max 3 {line}");
        looks.draw(&line)
    };
    // The first colours of matplotlib's viridis and of its reverse.
    for (line, color) in [("--cmap viridis", DARK), ("-c viridis_r", YELLOW), ("-c Viridis", DARK)]
    {
        let pixel = ends(line).at(50, 25);
        assert!((0..3).all(|i| pixel[i].abs_diff(color[i]) <= 1), "{line}: {pixel:?}");
    }
    assert!(!is(&ends(""), 50, 25, DARK));
}

#[test]
fn bad_pixels_and_the_page_have_their_colours() {
    let looks = Looks::new();
    let line = "noise.fits -w 300 --cmap white,white --no-border --no-text";
    let plain = looks.draw(line);
    assert_eq!((count(&plain, RED), count(&plain, LIME)), (0, 0));
    let picture = looks.draw(&format!("{line} --bad-color red --bg-color lime"));
    assert!(is(&picture, 0, 0, LIME));
    let south = (0..picture.height).rev().find(|row| is(&picture, 150, *row, RED)).unwrap();
    assert!(south > 100, "bad pixels are about the south pole");
    assert_eq!(picture.at(150, 60)[..3], WHITE);
    // Of a sphere, 5 % lies beyond sin(lat) = -0.9.
    let part = count(&picture, RED) as f64 / (count(&picture, RED) + count(&picture, WHITE)) as f64;
    assert!((0.02..0.06).contains(&part), "{part}");
}

#[test]
fn transparent_pages_let_everything_through() {
    use crate::common::picture::Picture;
    let looks = Looks::new();
    let line = "noise.fits -w 300";
    let plain = looks.draw(line);
    let over_white = looks.draw(&format!("{line} --transparent"));
    let picture = Picture::read(&looks.0.path("x.png"));
    assert_eq!(picture.at(0, 0)[3], 0);
    assert_eq!(picture.at(150, 80)[3], 255, "the sky is opaque");
    let differ = |(a, b): (&[u8; 4], &[u8; 4])| (0..3).any(|i| a[i].abs_diff(b[i]) > 2);
    let changed = plain.pixels.iter().zip(&over_white.pixels).filter(|pair| differ(*pair)).count();
    assert_eq!(changed, 0, "on white paper it is the same figure");
}

#[test]
fn arrows_at_the_ends_of_the_bar() {
    let looks = Looks::new();
    for (extend, under, over) in
        [("none", false, false), ("min", true, false), ("max", false, true), ("both", true, true)]
    {
        let picture = looks.draw(&format!(
            "flat.fits -w 300 --min 0 --max 2 --cmap white,white --under-color red --over-color blue --extend {extend}"
        ));
        assert_eq!(count(&picture, RED) > 0, under, "{extend}");
        assert_eq!(count(&picture, BLUE) > 0, over, "{extend}");
        let first =
            |color| (0..300).find(|c| (0..picture.height).any(|row| is(&picture, *c, row, color)));
        assert!(first(RED).is_none_or(|c| c < 150) && first(BLUE).is_none_or(|c| c > 150));
    }
}
