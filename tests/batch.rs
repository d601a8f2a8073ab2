//! Many figures in one run: names, failures, order, shares of a list.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use common::fits::{Column, HealpixFile};
use common::sandbox::Sandbox;

/// A sandbox with maps `a.fits`, `b.fits`, ... of nside 8, each with columns I, Q and U.
fn sandbox(maps: &[&str]) -> Sandbox {
    let sandbox = Sandbox::new();
    std::fs::create_dir(sandbox.path("sub")).unwrap();
    for (number, name) in maps.iter().enumerate() {
        map(&sandbox, name, number as f32);
    }
    sandbox
}

fn map(sandbox: &Sandbox, name: &str, shift: f32) {
    let values = |slope: f32| (0..768).map(|i| shift + slope * i as f32).collect::<Vec<f32>>();
    HealpixFile::new(8)
        .coordsys("G")
        .column(Column::f32("I", values(1.0)).unit("K"))
        .column(Column::f32("Q", values(-0.5)).unit("K"))
        .column(Column::f32("U", values(0.25)).unit("K"))
        .write(sandbox.folder(), name);
}

/// Everything in the folder that is neither a map nor the folder `sub`.
fn drawn(sandbox: &Sandbox) -> Vec<String> {
    let is_output = |name: &String| !name.ends_with(".fits") && name != "sub";
    sandbox.names().into_iter().filter(is_output).collect()
}

#[test]
fn every_map_and_column_is_drawn() {
    let sandbox = sandbox(&["a.fits", "b.fits"]);
    let line =
        "a.fits b.fits -i I -i Q -w 100 --format png,svg -o {index:02}-{stem}-{col}-{nside}.{ext}";
    sandbox.run_line(line).success();
    assert_eq!(
        drawn(&sandbox),
        [
            "00-a-I-8.png",
            "00-a-I-8.svg",
            "01-a-Q-8.png",
            "01-a-Q-8.svg",
            "02-b-I-8.png",
            "02-b-I-8.svg",
            "03-b-Q-8.png",
            "03-b-Q-8.svg",
        ]
    );
}

#[test]
fn a_batch_draws_what_single_runs_draw() {
    let sandbox = sandbox(&["a.fits", "b.fits"]);
    let options = "-w 120 --format png,pdf,npy --title T";
    sandbox.run_line(&format!("a.fits b.fits -i Q -i U {options} --jobs 2")).success();
    let together = |name: &str| std::fs::read(sandbox.path(name)).unwrap();
    for (map, col) in [("a", "Q"), ("a", "U"), ("b", "Q"), ("b", "U")] {
        for format in ["png", "pdf", "npy"] {
            let line = format!("{map}.fits -i {col} -w 120 --title T -o alone.{format}");
            sandbox.run_line(&line).success();
            let name = format!("{map}_{col}.{format}");
            assert!(together(&name) == together(&format!("alone.{format}")), "{name}");
        }
    }
}

#[test]
fn default_names_tell_columns_and_formats_apart() {
    let sandbox = sandbox(&["a.fits"]);
    sandbox.run_line("a.fits -w 100").success();
    sandbox.run_line("a.fits -w 100 --format png,npy").success();
    sandbox.run_line("a.fits -w 100 -i 0 -i U").success();
    assert_eq!(drawn(&sandbox), ["a.npy", "a.pdf", "a.png", "a_0.pdf", "a_U.pdf"]);
}

#[test]
fn collisions_are_refused_before_anything_is_drawn() {
    let sandbox = sandbox(&["a.fits", "b.fits", "sub/a.fits"]);
    for (line, words) in [
        ("a.fits b.fits -o one.pdf", &["a.fits and b.fits", "one.pdf", "{stem}"][..]),
        ("a.fits sub/a.fits", &["sub/a.fits", "a.pdf", "{dir}"]),
        ("a.fits -i I -i Q -o ./{stem}.png", &["columns I and Q", "{col}"]),
        ("a.fits --format png,pdf -o sky", &["two formats", "{ext}"]),
        ("b.fits a.fits -o {stem}.fits", &["replace the map"]),
        ("a.fits --minus b.fits -o b.fits --format png", &["replace the file b.fits"]),
        ("a.fits b.fits -o - --format png", &["-o -", "2"]),
        ("a.fits -o {map}.pdf", &["{map}", "{stem}", "{nside}"]),
        ("a.fits -o {stem.pdf", &["}"]),
        ("a.fits --shard 3/2", &["--shard", "3/2"]),
        ("a.fits --jobs 0", &["--jobs"]),
        ("a.fits --cmap own.csv -o own.csv --format png", &["replace the file own.csv"]),
        ("--options own.toml -o own.toml --format png", &["replace the file own.toml"]),
    ] {
        sandbox.write("own.csv", "0,0,0\n1,1,1\n");
        sandbox.write("own.toml", "map = \"a.fits\"\n");
        sandbox.run_line(line).failure(2).says(words);
    }
    for name in ["own.csv", "own.toml"] {
        std::fs::remove_file(sandbox.path(name)).unwrap();
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("a.fits", sandbox.path("link.fits")).unwrap();
        sandbox.run_line("link.fits -o a.fits").failure(2).says(&["replace the map link.fits"]);
        sandbox.run_line("a.fits -o link.fits").failure(2).says(&["replace the map a.fits"]);
    }
    assert!(drawn(&sandbox).is_empty());
}

/// A folder as people have them: good maps among files that are cut, absent, unreadable, or something else.
fn folder() -> Sandbox {
    let sandbox = sandbox(&["good1.fits", "good2.fits", "good3.fits"]);
    let values = || Column::f32("I", vec![1.0; 768]);
    HealpixFile::new(8).column(values()).truncated(7000).write(sandbox.folder(), "cut.fits");
    sandbox.write("empty.fits", b"");
    sandbox.write("text.fits", b"SIMPLE thoughts, no FITS file");
    std::fs::create_dir(sandbox.path("folder.fits")).unwrap();
    sandbox
}

const FOLDER: &str = "good1.fits cut.fits missing.fits good2.fits empty.fits text.fits folder.fits good3.fits -w 100";

#[test]
fn bad_files_are_named_and_the_others_drawn() {
    let sandbox = folder();
    let outcome = sandbox.run_line(FOLDER).failure(1);
    let outcome = outcome.says(&["5 of 8 figures failed"]);
    for bad in ["cut", "missing", "empty", "text", "folder"] {
        let told =
            |line: &str| line.starts_with("error: ") && line.contains(&format!("{bad}.fits"));
        assert!(outcome.stderr.lines().any(told), "{}", outcome.stderr);
        assert!(outcome.stderr.contains(&format!("\n  {bad}.fits")), "{}", outcome.stderr);
    }
    assert_eq!(drawn(&sandbox), ["good1.pdf", "good2.pdf", "good3.pdf"]);
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_is_named() {
    use std::os::unix::fs::PermissionsExt;
    let sandbox = sandbox(&["a.fits", "b.fits"]);
    let path = sandbox.path("a.fits");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::File::open(&path).is_ok() {
        println!("skipped: this user may read every file");
        return;
    }
    sandbox.run_line("a.fits b.fits -w 100").failure(1).says(&["a.fits", "1 of 2"]);
    assert_eq!(drawn(&sandbox), ["b.pdf"]);
}

#[test]
fn the_first_failure_ends_a_run_that_is_to_fail_fast() {
    let sandbox = sandbox(&["a.fits", "b.fits", "c.fits"]);
    let line = "missing.fits a.fits b.fits c.fits -w 100 --fail-fast --jobs 1";
    sandbox.run_line(line).failure(1).says(&["1 of 4", "missing.fits", "3 were not tried"]);
    assert!(drawn(&sandbox).is_empty());
}

#[test]
fn an_error_of_a_file_is_told_once_for_all_its_columns() {
    let sandbox = sandbox(&["a.fits"]);
    let outcome = sandbox.run_line("missing.fits a.fits -i I -i Q -w 100").failure(1);
    assert_eq!(outcome.stderr.matches("cannot read missing.fits").count(), 1, "{}", outcome.stderr);
    outcome.says(&["2 of 4", "missing.fits, column I", "missing.fits, column Q"]);
}

#[test]
fn many_figures_end_with_a_table() {
    let sandbox = sandbox(&["a.fits", "b.fits"]);
    let table = sandbox.run_line("a.fits b.fits -w 100").success();
    table.says(&["figures", "failed", "read", "figures/s"]);
    for view in ["", "--fov 600", "--sampling nearest"] {
        let table = sandbox.run_line(&format!("a.fits b.fits -w 100 {view}")).success();
        assert!(!table.stderr.contains(" 0.0 kB"), "{view}: {}", table.stderr);
    }
    let quiet = sandbox.run_line("a.fits b.fits -w 100 --quiet").success();
    assert_eq!(quiet.stderr, "");
}

#[test]
fn shards_share_the_list_out() {
    let maps = ["a.fits", "b.fits", "c.fits", "d.fits", "e.fits"];
    let sandbox = sandbox(&maps);
    let mut seen = Vec::new();
    for shard in 1..=3 {
        let shard_line = format!("a.fits b.fits c.fits d.fits e.fits -w 100 --shard {shard}/3");
        sandbox.run_line(&shard_line).success();
        let now = drawn(&sandbox);
        assert_eq!(now.len() - seen.len(), if shard == 3 { 1 } else { 2 });
        seen = now;
    }
    assert_eq!(seen, ["a.pdf", "b.pdf", "c.pdf", "d.pdf", "e.pdf"]);
    // More tasks than figures leave some with nothing to do.
    sandbox.run_line("a.fits -w 100 --shard 4/9").success();
}

#[test]
fn standard_input_serves_several_columns() {
    let sandbox = sandbox(&["a.fits"]);
    let bytes = std::fs::read(sandbox.path("a.fits")).unwrap();
    for map in if cfg!(unix) { &["-", "/dev/stdin"][..] } else { &["-"] } {
        let line = format!("{map} -i 0 -i 1 -w 200 --grid 1x2 -o sheet.png");
        sandbox.run_with_input(line.split(' '), &bytes).success();
        std::fs::remove_file(sandbox.path("sheet.png")).unwrap();
    }
    let line = "- -i I -i Q -w 100 -o {col}.png";
    let outcome = sandbox.run_with_input(line.split(' '), &bytes);
    outcome.success();
    assert_eq!(drawn(&sandbox), ["I.png", "Q.png"]);
}

#[test]
fn what_can_be_read_once_is_not_read_again() {
    let sandbox = sandbox(&["a.fits", "b.fits"]);
    let bytes = std::fs::read(sandbox.path("a.fits")).unwrap();
    for (line, word) in [
        ("- -i 0 -i 1 --shared-range -o {col}.png", "--shared-range"),
        ("- -o {nside}.png", "{nside}"),
        ("- --grid 1x1 --panel-title {nside} -o x.png", "{nside}"),
        ("a.fits -i 0 -i 1 --mask-file - -o {col}.png", "--mask-file"),
        ("a.fits b.fits --minus - -o {stem}.png", "the other map"),
        ("- --mask-file - -o x.png", "--mask-file"),
    ] {
        let words = ["standard input can be read only once", word];
        sandbox.run_with_input(line.split(' '), &bytes).failure(2).says(&words);
    }
    assert_eq!(drawn(&sandbox), [""; 0]);
    let line = "a.fits --mask-file - -w 60 -o masked.png";
    sandbox.run_with_input(line.split(' '), &bytes).success();
}

#[test]
fn figures_that_share_a_scale_or_a_page_agree() {
    let sandbox = sandbox(&["a.fits"]);
    let run = |shared: &str, first: &str, second: &str| {
        let figures = format!("[[figure]]\n{first}\n[[figure]]\n{second}\n");
        sandbox.write("p.toml", format!("map='a.fits'\nwidth=300\n{shared}\n{figures}"));
        sandbox.run_line("--options p.toml")
    };
    let (first, second) = ("output='1.png'", "output='2.png'");
    let shared = "shared-range=true";
    run(shared, first, &format!("{second}\ncol='Q'")).success();
    for differs in ["log=true", "max=0.1", "percentile='5,95'", "symmetric=true"] {
        let outcome = run(shared, first, &format!("{second}\n{differs}"));
        outcome.failure(2).says(&["--shared-range", "kind or limits"]);
    }
    let sheet = format!("{shared}\ngrid='1x2'\noutput='s.png'");
    run(&sheet, "col='I'", "col='Q'").success();
    run(&sheet, "", "cmap='gray'").failure(2).says(&["--grid", "colours"]);
    for differs in ["theme='dark'", "width=200"] {
        run(&sheet, "", differs).failure(2).says(&["--grid", "size and theme"]);
    }
    run(&sheet, "", second).failure(2).says(&["--grid", "one name"]);
    run(&sheet.replace("s.png", "s.svg"), "panel-title='(a) {col}'\ncol='I'", "panel-title='(b)'")
        .success();
    let svg = std::fs::read_to_string(sandbox.path("s.svg")).unwrap();
    assert!(svg.contains(">(a) I<") && svg.contains(">(b)<"));
    run(&sheet, "", "title='Second'").failure(2).says(&["--grid", "one title"]);
}

#[test]
fn two_names_work_again_over_an_image_of_the_programs_own() {
    let sandbox = sandbox(&["a.fits", "b.fits"]);
    for _ in 0..2 {
        sandbox.run_line("a.fits -w 60 image.fits").success();
    }
    // A map is never taken for an output.
    let before = std::fs::read(sandbox.path("b.fits")).unwrap();
    sandbox.run_line("a.fits -w 60 b.fits").success();
    assert!(std::fs::read(sandbox.path("b.fits")).unwrap() == before);
}

/// When every output was last written.
fn times(sandbox: &Sandbox) -> Vec<(String, std::time::SystemTime)> {
    let time = |name: String| {
        let modified = std::fs::metadata(sandbox.path(&name)).unwrap().modified().unwrap();
        (name, modified)
    };
    drawn(sandbox).into_iter().map(time).collect()
}

#[test]
fn what_is_up_to_date_is_not_drawn_again() {
    let sandbox = sandbox(&["a.fits", "b.fits"]);
    let line = "a.fits b.fits -i I -i Q -w 100 --format png,pdf,svg --title Größe --skip-existing";
    sandbox.run_line(line).success();
    let first = times(&sandbox);
    assert_eq!(first.len(), 12);
    let outcome = sandbox.run_line(line).success();
    assert_eq!(times(&sandbox), first, "{}", outcome.stderr);
    // Other options, another map of the same name, a newer map: each is seen.
    sandbox.run_line(&format!("{line} --asinh")).success();
    let second = times(&sandbox);
    assert!(
        second
            .iter()
            .zip(&first)
            .filter(|(new, _)| !new.0.ends_with(".fits"))
            .all(|(new, old)| new != old)
    );
    let long_ago = std::time::SystemTime::UNIX_EPOCH + std::time::Duration::from_secs(1_000_000);
    map(&sandbox, "a.fits", 5.0);
    std::fs::File::options()
        .append(true)
        .open(sandbox.path("a.fits"))
        .unwrap()
        .set_modified(long_ago)
        .unwrap();
    sandbox.run_line(&format!("{line} --asinh")).success();
    let third = times(&sandbox);
    for (new, old) in third.iter().zip(&second) {
        assert_eq!(new != old, new.0.starts_with("a_"), "{}", new.0);
    }
    let b = std::fs::read(sandbox.path("b.fits")).unwrap();
    std::fs::write(sandbox.path("b.fits"), b).unwrap();
    sandbox.run_line(&format!("{line} --asinh")).success();
    for (new, old) in times(&sandbox).iter().zip(&third) {
        assert_eq!(new != old, new.0.starts_with("b_"), "{}", new.0);
    }
}

#[test]
fn a_changed_colour_table_draws_again() {
    let sandbox = sandbox(&["a.fits"]);
    let line = "a.fits -w 100 --format png --cmap own.csv --skip-existing";
    sandbox.write("own.csv", "0,0,0\n1,1,1\n");
    sandbox.run_line(line).success();
    let first = std::fs::read(sandbox.path("a.png")).unwrap();
    sandbox.write("own.csv", "0,0,0\n1,0,0\n");
    sandbox.run_line(line).success();
    assert!(std::fs::read(sandbox.path("a.png")).unwrap() != first);
}

#[cfg(unix)]
#[test]
fn a_killed_run_is_finished_by_the_next() {
    let sandbox = sandbox(&[]);
    let names: Vec<String> = (0..60).map(|i| format!("m{i:02}.fits")).collect();
    names.iter().enumerate().for_each(|(i, name)| map(&sandbox, name, i as f32));
    let arguments = ["-w", "700", "--format", "png", "--skip-existing", "--jobs", "1"];
    let mut command = sandbox.command();
    command.args(&names).args(arguments).stderr(std::process::Stdio::null());
    let mut child = command.spawn().unwrap();
    while drawn(&sandbox).len() < 5 {
        assert_eq!(child.try_wait().unwrap(), None, "it ended before it was killed");
        std::thread::sleep(std::time::Duration::from_millis(1));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let half = times(&sandbox);
    assert!(half.len() < 60 && half.iter().all(|(name, _)| name.ends_with(".png")), "{half:?}");
    sandbox.run(names.iter().map(String::as_str).chain(arguments)).success();
    let all = times(&sandbox);
    assert_eq!(all.len(), 60);
    assert!(half.iter().all(|old| all.contains(old)), "drawn twice");
}

#[test]
fn a_shared_range_is_that_of_all_figures() {
    let sandbox = sandbox(&["a.fits", "b.fits"]);
    // I of both maps reaches from 0 to 768.
    let options = "-w 100 --sampling nearest";
    let line = format!("a.fits b.fits -i I -i U {options} --range full -o {{stem}}{{col}}.png");
    let pixels = |name: &str| common::picture::Picture::read(&sandbox.path(name)).pixels;
    let single = |name: &str, limits: &str| {
        let (map, col) = name.split_at(1);
        let column = col.trim_end_matches(".png");
        let line = format!("{map}.fits -i {column} {options} {limits} -o alone.png");
        sandbox.run_line(&line).success();
        pixels(name) == pixels("alone.png")
    };
    sandbox.run_line(&format!("{line} --shared-range")).success();
    for name in ["aI.png", "aU.png", "bI.png", "bU.png"] {
        assert!(single(name, "--min 0 --max 768"), "{name}");
    }
    sandbox.run_line(&format!("{line} --shared-range=col")).success();
    assert!(single("aI.png", "--min 0 --max 768") && single("bI.png", "--min 0 --max 768"));
    assert!(single("aU.png", "--min 0 --max 192.75") && single("bU.png", "--min 0 --max 192.75"));
    // A share of the list has the scale of the whole list.
    std::fs::remove_file(sandbox.path("aI.png")).unwrap();
    sandbox.run_line(&format!("{line} --shared-range --shard 1/4")).success();
    assert!(single("aI.png", "--min 0 --max 768"));
    // A file that fails is named, and the others share what is left.
    sandbox.run_line(&format!("missing.fits {line} --shared-range")).failure(1).says(&["2 of 6"]);
}

#[test]
fn a_grid_is_one_page_with_all_figures() {
    let sandbox = sandbox(&["a.fits", "b.fits"]);
    let options = "a.fits b.fits -i I -i Q -i U -w 600";
    sandbox.run_line(&format!("{options} --grid 2x3 -o sheet.png --title Sheet")).success();
    assert_eq!(drawn(&sandbox), ["sheet.png"]);
    let sheet = common::picture::Picture::read(&sandbox.path("sheet.png"));
    assert_eq!(sheet.width, 600);
    let profiled = sandbox.run_line("a.fits b.fits --grid 1x2 -w 200 -o p.png --profile").success();
    assert!(profiled.says(&["the sheet:", "write"]).stderr.contains("draw"));
    // The same panel as a figure of its own, somewhere on the sheet.
    sandbox.run_line(&format!("{options} --grid 2x3 -o one.svg --shared-range")).success();
    let svg = std::fs::read_to_string(sandbox.path("one.svg")).unwrap();
    for title in ["a I", "a U", "b Q"] {
        assert!(svg.contains(&format!(">{title}<")), "{title}");
    }
    sandbox
        .run_line("a.fits b.fits -w 300 --grid 1x2 -o r.png --shared-range --cbar-position right")
        .success()
        .says(&["warning: --cbar-position right"]);
    // Of many panels on a small page the text is too small, which a larger page mends.
    for (size, is_small) in [("9cm", true), ("30cm", false)] {
        let line = format!("{options} -w 300 --grid 1x6 -o t.pdf --figsize {size}");
        let line = line.replacen("-w 600 ", "", 1);
        let told = sandbox.run_line(&line).success().stderr;
        assert_eq!(told.contains("points") && told.contains("--figsize"), is_small, "{told}");
    }
    // A scale of nothing has no numbers.
    let nothing = "a.fits b.fits -w 300 --grid 1x2 -o n.svg --shared-range --mask-below 1e30";
    sandbox.run_line(nothing).success().says(&["no pixel in view holds data"]);
    let svg = std::fs::read_to_string(sandbox.path("n.svg")).unwrap();
    let texts = svg.split('>').filter_map(|part| Some(part.split_once("</text")?.0));
    assert!(texts.clone().count() > 0 && texts.clone().all(|text| text.parse::<f64>().is_err()));
    sandbox.run_line("a.fits b.fits -i I -w 600 --difference --grid 1x3 -o minus.svg").success();
    let svg = std::fs::read_to_string(sandbox.path("minus.svg")).unwrap();
    assert!(svg.contains(">b \u{2212} a<"), "{svg}");
    sandbox.run_line(&format!("{options} --grid 2x2")).failure(2).says(&["6 figures", "4", "3x2"]);
    sandbox.run_line(&format!("{options} --grid 2by3")).failure(2).says(&["--grid", "2by3"]);
    sandbox.run_line(&format!("{options} --grid 2x3 --format npy")).failure(2).says(&["npy"]);
    sandbox
        .run_line("a.fits missing.fits -w 300 --grid 1x2 -o rest.png")
        .failure(1)
        .says(&["missing.fits"]);
    assert!(sandbox.path("rest.png").is_file());
    // The place of a panel that fails stays blank, whichever way its scale is found.
    for shared in ["", "--shared-range"] {
        let line = format!("missing.fits a.fits -w 300 --grid 1x2 -o blank.png {shared}");
        sandbox.run_line(&line).failure(1).says(&["missing.fits"]);
        let sheet = common::picture::Picture::read(&sandbox.path("blank.png"));
        let is_blank = |x: usize| (0..50).all(|y| sheet.at(x, y) == sheet.at(0, 0));
        assert!((0..100).all(is_blank) && !is_blank(225), "{shared}");
    }
    let large = "a.fits b.fits -w 15000 --grid 2x1 -v -o large.webp";
    for line in [large.to_string(), format!("{large} --shared-range")] {
        let outcome = sandbox.run_line(&line).failure(1).says(&["15000 x", "16383", "--width"]);
        // No map has been looked at.
        assert!(!outcome.stderr.contains("nside"), "{}", outcome.stderr);
    }
    let panel = "a.fits b.fits -w 300 --grid 1x2 -o x.png --panel-title {stem}:{name}";
    sandbox.run_line(panel).failure(2).says(&["--panel-title", "{name}", "{stem}"]);
}
