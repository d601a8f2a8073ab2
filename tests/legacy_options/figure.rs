//! What is on the page besides the sky: its outline, the bar, the margins; and its size.

use crate::looks::{BLACK, LIME, Looks, RED, WHITE, count, in_row, is};

#[test]
fn the_width_is_that_of_the_picture() {
    let looks = Looks::new();
    for (line, width) in [("", 1200), ("-w 333", 333), ("--width 400", 400)] {
        assert_eq!(looks.draw(&format!("flat.fits {line}")).width, width, "{line}");
    }
}

#[test]
fn the_border_is_a_line_around_the_sky() {
    let looks = Looks::new();
    let line = "flat.fits -w 400 --cmap white,white --no-cbar --no-text";
    let ink = |picture: &crate::common::picture::Picture| {
        picture.pixels.iter().filter(|p| p[0] < 200).count()
    };
    // An ellipse with axes of 2 to 1 is 4.84 times as long as half its longer one.
    let drawn = ink(&looks.draw(line));
    assert!(drawn > 700, "{drawn}");
    assert_eq!(ink(&looks.draw(&format!("{line} --no-border"))), 0);
}

#[test]
fn the_bar_can_be_left_out() {
    let looks = Looks::new();
    let line = "flat.fits -w 300 --cmap red,red --no-border";
    let (with, without) = (looks.draw(line), looks.draw(&format!("{line} --no-cbar")));
    assert!(without.height < with.height);
    // The lowest red below the sky is the bar.
    let columns = |picture: &crate::common::picture::Picture| {
        let rows: Vec<usize> =
            (0..picture.height).filter(|row| in_row(picture, *row, RED) > 0).collect();
        rows.windows(2).filter(|pair| pair[1] > pair[0] + 1).count()
    };
    assert_eq!((columns(&with), columns(&without)), (1, 0), "sky and bar, or the sky alone");
}

#[test]
fn ticks_inside_or_outside_of_the_bar() {
    let looks = Looks::new();
    let dark = |direction: &str| {
        let line = "flat.fits -w 600 --cmap lime,lime --no-border --min 0 --max 10 --extend none";
        let picture = looks.draw(&format!("{line} --tick-direction {direction}"));
        // Along the middle of the bar's lower half; its ends are its outline.
        let bar: Vec<usize> = (picture.height / 2..picture.height)
            .filter(|r| in_row(&picture, *r, LIME) > 0)
            .collect();
        let gap = bar.windows(2).position(|pair| pair[1] > pair[0] + 1).unwrap();
        let (top, bottom) = (bar[gap + 1], bar[bar.len() - 1]);
        let row = bottom - (bottom - top) / 8;
        let green: Vec<usize> = (0..600).filter(|c| is(&picture, *c, row, LIME)).collect();
        let inside = green[0]..green[green.len() - 1];
        inside.filter(|c| !is(&picture, *c, row, LIME)).count()
    };
    assert_eq!(dark("out"), 0);
    assert!(dark("in") >= 3);
}

#[test]
fn fast_render_is_the_sky_alone() {
    let looks = Looks::new();
    let line = "flat.fits --cmap red,red --title Sky --llabel L --graticule";
    let sky = looks.draw(&format!("{line} --fast-render -w 300"));
    assert_eq!((sky.width, sky.height), (300, 150));
    let (left, right) = (is(&sky, 1, 75, RED), is(&sky, 298, 75, RED));
    assert!(left && right && is(&sky, 150, 1, RED) && is(&sky, 150, 148, RED), "up to the edges");
    assert!([(0, 0), (299, 0), (0, 149), (299, 149)].iter().all(|(c, r)| is(&sky, *c, *r, WHITE)));
    let with_text = looks.draw(&format!("{line} -w 300"));
    assert!(with_text.height > 170);
    assert!(looks.words(&format!("{line} --fast-render -w 300")).is_empty());
    assert_eq!(count(&sky, BLACK), 0, "no outline");
}
