//! Grids: where their lines are, in which frame, their colour, width and labels.

use crate::common::picture::Picture;
use crate::looks::{Looks, RED, count, runs};

/// A white sky without anything else, on which red is the grid.
const SKY: &str =
    "flat.fits -w 600 --cmap white,white --no-cbar --no-border --grat-color red --no-grat-labels";

/// How many lines a row and a column of a picture meet.
fn crossings(picture: &Picture, column: usize, row: usize) -> [usize; 2] {
    [
        runs((0..picture.width).map(|c| is_reddish(picture, c, row))),
        runs((0..picture.height).map(|r| is_reddish(picture, column, r))),
    ]
}

/// Whether there is any red: thin lines are pale.
fn is_reddish(picture: &Picture, column: usize, row: usize) -> bool {
    let [r, g, b, _] = picture.at(column, row);
    r > 200 && g < 225 && b < 225
}

#[test]
fn grids_have_the_spacing_asked_for() {
    let looks = Looks::new();
    let plain =
        looks.draw(&format!("flat.fits {}", "-w 600 --cmap white,white --no-cbar --no-border"));
    assert_eq!(count(&plain, RED), 0);
    let drawn = looks.draw(&format!("{SKY} --graticule"));
    assert!(drawn.pixels.iter().filter(|p| p[1] < 225).count() > 2000);
    // Between the lines: at longitude about 7 and latitude about 5.
    let cross = |line: &str| {
        let picture = looks.draw(&format!("{SKY} {line}"));
        let (column, row) = (picture.width / 2 - 11, picture.height / 2 - 11);
        crossings(&picture, column, row)
    };
    // The meridian of 180 degrees is the outline, met twice.
    assert_eq!(cross("--grat-par 30 --grat-mer 180")[1], 5 + 2, "parallels at -60, -30, 0, 30, 60");
    assert_eq!(cross("--grat-par 15 --grat-mer 180")[1], 11 + 2);
    let [wide, _] = cross("--grat-par 30 --grat-mer 60");
    let [narrow, _] = cross("--grat-par 30 --grat-mer 30");
    assert!((5..=7).contains(&wide), "{wide}");
    assert!(narrow >= wide + 5, "{narrow} and {wide}");
}

#[test]
fn grids_are_in_the_frame_asked_for() {
    let looks = Looks::new();
    // The celestial equator crosses the galactic plane at l = 32.93 degrees; there is no line of a galactic grid near.
    let view = format!(
        "{SKY} --projection gnomonic --fov 300 --rotate-to 32.932,0 --grat-par 90 --grat-mer 90"
    );
    let near = |picture: &Picture| {
        let (x, y) = (picture.width / 2, picture.height / 2);
        // Above and below the plane, along the celestial equator, which is steep here: 62.87 degrees.
        let at = |dx: i64, dy: i64| {
            is_reddish(picture, (x as i64 + dx) as usize, (y as i64 + dy) as usize)
        };
        let steep = |down: i64| {
            let across = (f64::from(down as i32) / 62.87f64.to_radians().tan()).round() as i64;
            [(-2..=2).any(|d| at(across + d, down)), (-2..=2).any(|d| at(-across + d, down))]
        };
        let (a, b) = (steep(100), steep(-100));
        (a[0] && b[0]) || (a[1] && b[1])
    };
    assert!(!near(&looks.draw(&view)));
    assert!(near(&looks.draw(&format!("{view} --grat-coord eq"))));
    let overlaid = looks.draw(&format!(
        "{} --grat-coord-overlay eq --grat-overlay-color red",
        view.replace("--grat-color red", "--grat-color lime")
    ));
    assert!(near(&overlaid), "the second grid is red");
}

#[test]
fn lines_have_the_width_asked_for() {
    let looks = Looks::new();
    let ink = |points: &str| {
        let picture = looks.draw(&format!("{SKY} --graticule --grat-line-width {points}"));
        picture.pixels.iter().map(|p| f64::from(255 - p[1]) / 255.0).sum::<f64>()
    };
    let ratio = ink("2") / ink("0.5");
    assert!((3.2..4.4).contains(&ratio), "{ratio}");
}

#[test]
fn labels_at_the_lines() {
    let looks = Looks::new();
    let degrees = |line: &str| {
        let words =
            looks.words(&format!("flat.fits -w 600 --no-cbar --grat-par 30 --grat-mer 60 {line}"));
        words.iter().filter(|w| w.text.contains('°')).count()
    };
    assert!(degrees("--grat-labels") >= 6);
    assert_eq!(degrees("--no-grat-labels"), 0);
}

#[test]
fn local_grids_are_degrees_from_the_middle() {
    let looks = Looks::new();
    // Five degrees wide.
    let view =
        format!("{SKY} --projection gnomonic --fov 300 --rotate-to 77.3,41.9 --local-graticule");
    let cross = |line: &str| {
        let picture = looks.draw(&format!("{view} {line}"));
        let between = 600 / 25;
        crossings(&picture, picture.width / 2 + between, picture.height / 2 + between)
    };
    assert_eq!(cross("--local-grat-dlat 1 --local-grat-dlon 1"), [5, 5]);
    assert_eq!(cross("--local-grat-dlat 2 --local-grat-dlon 1"), [5, 3]);
    assert_eq!(cross("--local-grat-dlat 1 --local-grat-dlon 2"), [3, 5]);
    let picture = looks.draw(&view);
    let (x, y) = (picture.width / 2, picture.height / 2);
    assert!((x - 2..x + 2).any(|c| is_reddish(&picture, c, y + 30)), "a meridian in the middle");
}
