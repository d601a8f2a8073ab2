//! The library draws what the program draws.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use common::fits::{Column, HealpixFile};
use common::sandbox::Sandbox;
use map2fig::{Plot, PlotError};

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    let values: Vec<f32> = (0..768).map(|n| n as f32 - 300.0).collect();
    let file = HealpixFile::new(8).column(Column::f32("SIGNAL", values.clone()));
    file.column(Column::f32("-ODD NAME-", values)).write(sandbox.folder(), "map.fits");
    sandbox
}

#[test]
fn the_same_bytes_as_the_program() {
    let sandbox = sandbox();
    let plot = Plot::of(sandbox.path("map.fits"));
    let plot = plot.range(-1e2, 100.0).with("rotate-to", "-30,-20").switch("no-border").width(200);
    for format in ["png", "pdf", "svg", "npy"] {
        let line = format!(
            "map.fits -o x.{format} --min=-100 --max=100 --rotate-to=-30,-20 --no-border -w 200"
        );
        sandbox.run_line(&line).success();
        let drawn = plot.bytes(format).unwrap();
        assert!(drawn.warnings.is_empty());
        assert!(
            drawn.bytes == std::fs::read(sandbox.path(&format!("x.{format}"))).unwrap(),
            "{format}"
        );
        plot.save(sandbox.path(&format!("y.{format}"))).unwrap();
        assert!(drawn.bytes == std::fs::read(sandbox.path(&format!("y.{format}"))).unwrap());
    }
}

#[test]
fn pixels_are_those_of_the_picture() {
    let sandbox = sandbox();
    let pixels =
        Plot::of(sandbox.path("map.fits")).width(128).switch("fast-render").pixels().unwrap();
    assert_eq!((pixels.width(), pixels.height()), (128, 64));
    assert_eq!(pixels.rgba().count(), 128 * 64);
    assert_eq!(pixels.at(0, 0), Some([255, 255, 255, 255]), "the page in the corner");
    assert_ne!(pixels.at(64, 32), pixels.at(0, 0));
    assert_eq!(pixels.at(128, 0), None);
}

#[test]
fn errors_say_what_is_wrong() {
    let sandbox = sandbox();
    let plot = || Plot::of(sandbox.path("map.fits"));
    for (plot, words) in [
        (plot().with("frobnicate", 1), "--frobnicate"),
        (plot().range(2.0, 1.0), "--min 2 is not below --max 1"),
        (plot().with("col", 0).with("col", 1), "expected one figure"),
        (plot().with("grid", "2x2"), "--grid"),
        (plot().with("threads", 2), "--threads"),
        (plot().with("output", "x.png"), "--output"),
        (plot().with("format", "pdf"), "--format: a plot decides that itself"),
        (plot().switch("no-config"), "--no-config: a plot decides that itself"),
    ] {
        match plot.bytes("png") {
            Err(PlotError::Options { message, .. }) => {
                assert!(message.contains(words), "{message}")
            }
            other => panic!("{other:?}"),
        }
    }
    let error = plot().bytes("gif").unwrap_err().to_string();
    assert!(error.contains("gif") && error.contains("png"), "{error}");
    let error = plot().column("SINGAL").bytes("png").unwrap_err();
    assert!(matches!(error, PlotError::Drawing(_)));
    assert!(error.to_string().contains("did you mean 'SIGNAL'?"), "{error}");
    // A hint comes with mistakes in options and with what a file lacks, and not where the message says it all.
    let error = plot().with("theme", "neon").bytes("png").unwrap_err();
    assert!(error.hint().is_some_and(|hint| hint.contains("light, dark")), "{error}");
    let error = plot().column("SINGAL").bytes("png").unwrap_err();
    assert!(error.hint().is_some_and(|hint| hint.contains("number or name")), "{error}");
    assert_eq!(plot().range(2.0, 1.0).bytes("png").unwrap_err().hint(), None);
    let error = plot().with("colormap", "red").bytes("png").unwrap_err();
    assert!(error.hint().is_some_and(|hint| hint.contains("--help")), "{error}");
    assert!(plot().column("-ODD NAME-").width(64).bytes("png").is_ok());
    assert!(
        Plot::of("no/such.fits").bytes("png").unwrap_err().to_string().contains("no/such.fits")
    );
}

#[test]
fn only_a_file_that_is_written_can_replace_the_map() {
    let sandbox = sandbox();
    let map = sandbox.path("map.fits");
    let plot = Plot::of(&map).width(64);
    // In memory there is nothing to be replaced.
    assert!(plot.bytes("fits").is_ok());
    let before = std::fs::read(&map).unwrap();
    let error = plot.save(&map).unwrap_err().to_string();
    assert!(error.contains("would replace the map"), "{error}");
    assert!(std::fs::read(&map).unwrap() == before);
}

#[test]
fn assumptions_are_returned() {
    let sandbox = Sandbox::new();
    let file = HealpixFile::new(8).column(Column::f32("T", vec![1.0; 768]));
    file.remove("ORDERING").write(sandbox.folder(), "map.fits");
    let plot = Plot::of(sandbox.path("map.fits")).width(64).with("maskfill-color", "red");
    let drawn = plot.bytes("png").unwrap();
    for word in ["ORDERING", "--maskfill-color has no effect without --mask-file"] {
        assert!(drawn.warnings.iter().any(|w| w.contains(word)), "{:?}", drawn.warnings);
    }
}

#[test]
fn what_was_fitted_is_returned() {
    let sandbox = Sandbox::new();
    let map = HealpixFile::new(8).column(Column::f32("T", vec![2.5; 768]).unit("mK"));
    map.write(sandbox.folder(), "map.fits");
    let plot = Plot::of(sandbox.path("map.fits")).width(64);
    assert_eq!(plot.bytes("npy").unwrap().results, Vec::<String>::new());
    let results = plot.switch("remove-monopole").bytes("npy").unwrap().results;
    assert!(results.len() == 1 && results[0].contains("monopole of 2.5 mK"), "{results:?}");
}
