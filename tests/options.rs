//! Options from files: defaults, `--options`, `[[figure]]` tables, and `--print-options` which gives them back.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use common::fits::{Column, HealpixFile};
use common::sandbox::Sandbox;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    let values = |slope: f32| (0..768).map(|i| 1.0 + slope * i as f32).collect::<Vec<f32>>();
    for name in ["a.fits", "b.fits"] {
        HealpixFile::new(8)
            .coordsys("G")
            .column(Column::f32("I", values(1.0)).unit("K"))
            .column(Column::f32("Q", values(0.5)).unit("K"))
            .write(sandbox.folder(), name);
    }
    sandbox
}

fn same(sandbox: &Sandbox, a: &str, b: &str) -> bool {
    std::fs::read(sandbox.path(a)).unwrap() == std::fs::read(sandbox.path(b)).unwrap()
}

/// The picture of a command line and that of a file with the same options are the same to the last byte.
#[test]
fn a_file_draws_what_the_command_line_draws() {
    let sandbox = sandbox();
    sandbox
        .run_line("a.fits -o typed.pdf -w 200 --log --title T --min 2 --rotate-to 30,-10")
        .success();
    let options = "# a comment\nmap = 'a.fits'\nwidth = 200\nlog = true\nsymmetric = false\n\
                   title = \"T\"\nmin = 2\nrotate_to = [30, -10]\n";
    sandbox.write("run.toml", options);
    sandbox.run_line("--options run.toml -o file.pdf").success();
    assert!(same(&sandbox, "typed.pdf", "file.pdf"));
}

#[test]
fn printed_options_draw_the_same_figure() {
    let sandbox = sandbox();
    let line = "a.fits b.fits -i Q -w 200 --asinh --linthresh 3 --format png,pdf --percentile 2,98 -o {stem}_{col}1.{ext}";
    let printed = sandbox.run_line(&format!("{line} --print-options")).success();
    assert!(printed.text().contains("linthresh = 3\n"), "{}", printed.text());
    assert!(!sandbox.path("a_Q1.png").exists());
    sandbox.run_line(line).success();
    sandbox.write("run.toml", &printed.stdout);
    sandbox.run_line("--options run.toml -o {stem}_{col}2.{ext}").success();
    for name in ["a", "b"] {
        for format in ["png", "pdf"] {
            let [one, two] = [1, 2].map(|i| format!("{name}_Q{i}.{format}"));
            assert!(same(&sandbox, &one, &two), "{one}");
        }
    }
}

#[test]
fn figure_tables_override_what_is_above_them() {
    let sandbox = sandbox();
    sandbox.write(
        "paper.toml",
        "width = 200\nlog = true\nformat = 'png'\n\
         [[figure]]\nmap = 'a.fits'\noutput = 'first.png'\n\
         [[figure]]\nmap = ['a.fits', 'b.fits']\ncol = ['I', 'Q']\nasinh = true\nwidth = 100\n",
    );
    sandbox.run_line("--options paper.toml").success();
    let outputs: Vec<String> =
        sandbox.names().into_iter().filter(|name| name.ends_with(".png")).collect();
    assert_eq!(outputs, ["a_I.png", "a_Q.png", "b_I.png", "b_Q.png", "first.png"]);
    sandbox.run_line("a.fits -w 200 --log -o alone.png").success();
    assert!(same(&sandbox, "alone.png", "first.png"));
    sandbox.run_line("b.fits -i Q -w 100 --asinh -o alone.png").success();
    assert!(same(&sandbox, "alone.png", "b_Q.png"));
    // The figures of a file are printed as such.
    let printed = sandbox.run_line("--options paper.toml --print-options").success();
    assert_eq!(printed.text().matches("[[figure]]").count(), 2);
    sandbox.write("again.toml", &printed.stdout);
    let again = sandbox.run_line("--options again.toml --print-options").success();
    assert_eq!(again.text(), printed.text());
    // What is typed goes for all figures.
    sandbox.run_line("--options paper.toml -w 50 --fail-fast").success();
    assert_eq!(common::picture::Picture::read(&sandbox.path("first.png")).width, 50);
    // Two figures must not have one name.
    sandbox.run_line("--options paper.toml -o x.png").failure(2).says(&["x.png"]);
}

#[test]
fn defaults_come_from_the_users_folder_and_give_way() {
    let sandbox = sandbox();
    sandbox.write(".config/map2fig/config.toml", "width = 60\ntheme = 'dark'\n");
    let width = |line: &str| {
        sandbox.run_line(&format!("a.fits -o x.png {line}")).success();
        common::picture::Picture::read(&sandbox.path("x.png")).width
    };
    assert_eq!(width(""), 60);
    assert_eq!(width("-w 70"), 70);
    assert_eq!(width("--no-config"), 1200);
    sandbox.write("run.toml", "width = 80\n");
    assert_eq!(width("--options run.toml"), 80);
    // The name of an output that is typed says its format, whatever the defaults are.
    sandbox.write(".config/map2fig/config.toml", "format = 'png'\nwidth = 90\n");
    for line in ["a.fits -o x.svg", "a.fits x.svg", "a.fits --options run.toml -o x.svg"] {
        sandbox.run_line(line).success();
        let bytes = std::fs::read(sandbox.path("x.svg")).unwrap();
        assert!(bytes.starts_with(b"<?xml"), "{line}");
        std::fs::remove_file(sandbox.path("x.svg")).unwrap();
    }
    sandbox.run_line("a.fits").success();
    assert_eq!(common::picture::Picture::read(&sandbox.path("a.png")).width, 90);
    assert_eq!(width("--dpi 10 --figsize 10in"), 100, "--dpi excludes the file's width");
    sandbox.write("conf/map2fig/config.toml", "width = 90\n");
    let mut command = sandbox.command();
    command.args(["a.fits", "-o", "x.png"]).env("XDG_CONFIG_HOME", sandbox.path("conf"));
    common::sandbox::run(command).success();
    assert_eq!(common::picture::Picture::read(&sandbox.path("x.png")).width, 90);
    // Defaults for what is not asked for this time do nothing.
    let defaults = "width = 60\nlinthresh = 3\nmask-alpha = 0.5\npercentile = '2,98'\n";
    sandbox.write(".config/map2fig/config.toml", defaults);
    assert_eq!(width("--min 0 --max 100"), 60);
    for (option, companion) in [
        ("--linthresh 3", "--symlog or --asinh"),
        ("--maskfill-color red", "--mask-file"),
        ("--mask-coord gal", "--mask-file"),
        ("--mask-col 1", "--mask-file"),
        ("--grat-overlay-color red", "--grat-coord-overlay"),
    ] {
        let (name, _) = option.split_once(' ').unwrap();
        let drawn = sandbox.run_line(&format!("a.fits -w 60 -o x.png {option}")).success();
        drawn.says(&[&format!("warning: {name} has no effect without {companion}")]);
    }
    sandbox.write(".config/map2fig/config.toml", "map = 'a.fits'\n");
    sandbox.run_line("a.fits").failure(2).says(&["config.toml:1", "map"]);
    // Other commands have nothing to do with them.
    sandbox.run_line("info a.fits").success();
}

#[test]
fn mistakes_in_a_file_name_the_line() {
    let sandbox = sandbox();
    for (text, words) in [
        (
            "width = 300\nprojektion = 'hammer'",
            &["bad.toml:2", "projektion", "hint: ", "projection"][..],
        ),
        ("cmap = 'jet'\nwidth = 3", &["bad.toml:2", "width", "16"]),
        ("log = 'yes'", &["bad.toml:1", "log", "true or false"]),
        ("range = 'most'", &["bad.toml:1", "range", "auto"]),
        ("width 300", &["bad.toml:1"]),
        ("width = 300\ntheme = 'drak'", &["bad.toml:2", "--theme", "dark"]),
        ("title = '$\\frac{1$'", &["bad.toml:1", "--title"]),
        ("width = 300\nmin = 5\nmax = 1", &["bad.toml:2", "--min 5", "--max 1"]),
    ] {
        sandbox.write("bad.toml", text);
        sandbox.run_line("a.fits --options bad.toml").failure(2).says(words);
    }
    sandbox.run_line("a.fits --options none.toml").failure(2).says(&["none.toml"]);
    sandbox.run_line("--options bad.toml --log").failure(2);
    assert!(!sandbox.path("a.pdf").exists());
}

/// What is typed is drawn as if the file did not have what contradicts it.
#[test]
fn what_is_typed_wins_over_a_file() {
    let sandbox = sandbox();
    for (file, typed) in [
        ("symmetric = true", "--log -o x.png"),
        ("symmetric = true", "--min 1 --max 3 -o x.png"),
        ("symmetric = true", "--min 7 -o x.png"),
        ("log = true", "--min=-1 -o x.png"),
        ("min = 5", "--max 4 -o x.png"),
        ("max = -5", "--log -o x.png"),
        ("mask-below = 9", "--mask-above 7 -o x.png"),
        ("half-sky = true\nprojection = 'orthographic'", "--projection hammer -o x.png"),
        ("extent = '-9,9,-5,5'\nprojection = 'mercator'", "--projection hammer -o x.png"),
        ("extent = '-9,9,-90,5'\nprojection = 'cartesian'", "--projection mercator -o x.png"),
        ("fov = 600", "--res 20 -o x.png"),
        ("transparent = true", "-o x.jpg"),
        ("bg-color = '#fff8'", "-o x.jpg"),
        ("bg-color = 'transparent'\nformat = 'png'", "--format jpg -o x"),
        ("res = 20\nwidth = 77", "--fov 600 --res 10 --no-text -o x.npy"),
    ] {
        let name = typed.rsplit(' ').next().unwrap();
        let width = if file.contains("width") { "" } else { "-w 100" };
        let draw = |more: &str| {
            sandbox.run_line(&format!("a.fits {width} {typed} {more}")).success();
            std::fs::read(sandbox.path(name)).unwrap()
        };
        sandbox.write(".config/map2fig/config.toml", file);
        assert!(draw("") == draw("--no-config"), "{file} beside {typed}");
    }
    // A figure's own settings win over those above it, and a file over the defaults.
    sandbox.write(".config/map2fig/config.toml", "symmetric = true\n");
    sandbox.write("run.toml", "min = 1\n[[figure]]\nlog = true\nmax = 9\n");
    sandbox.run_line("a.fits --options run.toml -w 100 -o x.png").success();
}

#[test]
fn contradictions_in_one_place_are_told() {
    let sandbox = sandbox();
    for (file, line, words) in [
        (
            "symmetric = true\nlog = true",
            "-o x.png",
            &["config.toml:1", "--symmetric", "--log"][..],
        ),
        ("transparent = true\nformat = 'jpg'", "-o x", &["config.toml:1", "--transparent", "jpg"]),
        ("half-sky = true", "-o x.png", &["config.toml:1", "--half-sky", "mollweide"]),
        ("cmap = 'gray'", "--symmetric --log -o x.png", &["--symmetric", "--log"]),
        ("cmap = 'gray'", "--bg-color transparent -o x.jpg", &["--bg-color", "jpg", "png"]),
        ("projection = 'hammer'", "--half-sky -o x.png", &["--half-sky"]),
    ] {
        sandbox.write(".config/map2fig/config.toml", file);
        let outcome = sandbox.run_line(&format!("a.fits {line}")).failure(2).says(words);
        let is_of_file = words[0].contains("config");
        assert_eq!(outcome.stderr.contains("config.toml"), is_of_file, "{}", outcome.stderr);
    }
    // An output in a file is never dropped.
    sandbox.write("run.toml", "output = 'x.jpg'\n");
    sandbox.write(".config/map2fig/config.toml", "");
    sandbox.run_line("a.fits --options run.toml --transparent").failure(2).says(&["jpg"]);
}

#[test]
fn switches_can_be_turned_off() {
    let sandbox = sandbox();
    let draw = |line: &str| {
        sandbox.run_line(&format!("{line} -w 100 -o x.png")).success();
        std::fs::read(sandbox.path("x.png")).unwrap()
    };
    let plain = draw("a.fits");
    let file = "symmetric = true\nno-border = true\nbad-swatch = true\nmin = 0.5\n";
    sandbox.write(".config/map2fig/config.toml", file);
    let off = "--symmetric=false --no-border=false --bad-swatch=false --no-config=false";
    sandbox.write("run.toml", "min = 0.5");
    assert!(draw(&format!("a.fits {off}")) == draw("a.fits --no-config --options run.toml"));
    sandbox.write(".config/map2fig/config.toml", "");
    assert!(draw("--symmetric a.fits") == draw("a.fits --symmetric=true"));
    assert!(draw("--symmetric a.fits") != plain);
    let wrong = sandbox.run_line("a.fits --symmetric=maybe").failure(2);
    wrong.says(&["--symmetric", "=true or =false", "maybe"]);
    let twice = sandbox.run_line("a.fits --log --log=false").failure(2);
    twice.says(&["--log is given more than once"]);
    assert!(draw("a.fits --log=false --asinh=false") == plain);
}

#[test]
fn mistakes_on_the_command_line_are_not_the_files() {
    let sandbox = sandbox();
    let defaults = "width = 300\nlog = true\npercentile = '1,99'\nsampling = 'nearest'\n";
    sandbox.write(".config/map2fig/config.toml", defaults);
    for (line, words) in [
        ("--width abc", "--width"),
        ("--width 3", "--width"),
        ("--width abc --percentile 3", "--width"),
        ("--percentile 90,10", "--percentile"),
        ("--sampling nerest", "nearest"),
        ("--min 2 --max 1", "--min 2"),
        ("--title $--width\\frac$", "--title"),
    ] {
        let outcome = sandbox.run_line(&format!("a.fits {line}")).failure(2).says(&[words]);
        assert!(!outcome.stderr.contains("config.toml"), "{line}: {}", outcome.stderr);
    }
}

#[test]
fn defaults_are_a_file() {
    let sandbox = sandbox();
    std::fs::create_dir_all(sandbox.path(".config/map2fig/config.toml")).unwrap();
    sandbox.run_line("a.fits").failure(2).says(&["config.toml", "expected a file", "--no-config"]);
    sandbox.run_line("a.fits -w 100 --no-config").success();
}

/// The picture of a line beside defaults, and that of another without any, are the same.
#[track_caller]
fn assert_drawn_alike(sandbox: &Sandbox, config: &str, line: &str, alone: &str) {
    sandbox.write(".config/map2fig/config.toml", config);
    let draw = |line: &str| {
        sandbox.run_line(&format!("a.fits -w 200 -o x.png {line}")).success();
        common::picture::Picture::read(&sandbox.path("x.png"))
    };
    assert!(draw(line) == draw(&format!("--no-config {alone}")), "{config} {line}");
}

#[test]
fn what_is_typed_is_not_silenced_by_a_file() {
    let sandbox = sandbox();
    sandbox.write("fit.toml", "percentile = '10,20'\n");
    sandbox.write("off.toml", "[[figure]]\ngraticule = false\n");
    for (config, line) in [
        ("no-title = true", "--title X"),
        ("no-text = true", "--llabel X"),
        ("no-cbar = true", "--cbar-position right"),
        ("no-cbar = true", "--ticks 100,200"),
        ("cbar-position = 'none'", "--units Q"),
        ("fast-render = true", "--graticule"),
        ("transparent = true", "--bg-color red"),
    ] {
        assert_drawn_alike(&sandbox, config, line, line);
    }
    // What asks for nothing to be shown leaves the file alone.
    for line in ["--tick-font-size 9", "--no-border"] {
        assert_drawn_alike(&sandbox, "fast-render = true", line, "--fast-render");
    }
    // An option that is turned off is not turned on by its details.
    let grid = "graticule = true\ngrat-par = 10";
    assert_drawn_alike(&sandbox, grid, "--graticule=false", "");
    assert_drawn_alike(&sandbox, grid, "--options off.toml", "");
    let local = "local-graticule = true\nlocal-grat-dlat = 10";
    assert_drawn_alike(&sandbox, local, "--local-graticule=false", "");
    // Of two limits in different layers the lower one gives way.
    let line = "--options fit.toml --max 500";
    assert_drawn_alike(&sandbox, "min = 0", line, "--percentile 10,20 --max 500");
}

#[test]
fn the_second_of_two_names_wins_over_files() {
    let sandbox = sandbox();
    sandbox.write(".config/map2fig/config.toml", "format = 'png'\nwidth = 60\n");
    sandbox.run_line("a.fits new.fits").success();
    assert!(std::fs::read(sandbox.path("new.fits")).unwrap().starts_with(b"SIMPLE"));
    sandbox.run_line("a.fits new.fits").success();
    assert!(std::fs::read(sandbox.path("new.fits")).unwrap().starts_with(b"SIMPLE"));
    sandbox.write(".config/map2fig/config.toml", "output = '{stem}.png'\nwidth = 60\n");
    sandbox.run_line("a.fits x.svg").success();
    assert!(sandbox.path("x.svg").exists() && !sandbox.path("a.png").exists());
}

#[test]
fn profiles_for_programs_hold_the_warnings_of_their_figure() {
    let sandbox = sandbox();
    let line = "a.fits b.fits -o {stem}.png -w 60 --min 1e6 --profile=json";
    let told = sandbox.run_line(line).success().stderr;
    let lines: Vec<&str> = told.lines().collect();
    assert_eq!(lines.len(), 2, "{told}");
    for line in lines {
        let json: serde_json::Value = serde_json::from_str(line).unwrap();
        let name = json["figure"].as_str().unwrap().to_string();
        let warnings = json["warnings"].as_array().unwrap();
        assert!(!warnings.is_empty(), "{told}");
        assert!(warnings.iter().all(|w| w.as_str().unwrap().starts_with(&name)), "{told}");
    }
}
