//! What is no ordinary file, what changes while it is read, and what a killed run leaves behind.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use std::ffi::{OsStr, OsString};
use std::fs::{File, OpenOptions, Permissions};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use common::fits::{Column, HealpixFile};
use common::sandbox::{Sandbox, run};
use map2fig::fits::FitsFile;
use map2fig::map::MapSource;
use map2fig::stages::load::{Choice, load};
use map2fig::stages::reduce;

fn small_map() -> HealpixFile {
    HealpixFile::new(2).column(Column::f32("T", (0..48).map(|n| n as f32).collect::<Vec<_>>()))
}

#[test]
fn what_is_no_map_is_refused() {
    let sandbox = Sandbox::new();
    sandbox.write("empty.fits", b"");
    std::fs::create_dir(sandbox.path("folder.fits")).unwrap();
    for name in ["empty.fits", "folder.fits", "/dev/zero", "/dev/null", "/proc/self/status"] {
        sandbox.run([name, "-o", "out.png"]).failure(1).says(&[name]);
        sandbox.run(["info", name]).failure(1).says(&[name]);
    }
    assert_eq!(sandbox.names(), ["empty.fits", "folder.fits"]);
}

#[test]
fn a_pipe_with_rubbish_is_not_waited_for() {
    let sandbox = Sandbox::new();
    let made = Command::new("mkfifo").arg(sandbox.path("pipe")).status();
    if !made.is_ok_and(|status| status.success()) {
        return println!("skipped: no mkfifo");
    }
    let path = sandbox.path("pipe");
    // Endless, as /dev/zero is; writing fails when the reader has gone.
    let feeder = std::thread::spawn(move || {
        let mut pipe = OpenOptions::new().write(true).open(path).unwrap();
        std::io::copy(&mut File::open("/dev/zero").unwrap(), &mut pipe).is_err()
    });
    sandbox.run(["pipe", "-o", "out.png"]).failure(1);
    assert!(feeder.join().unwrap());
}

#[test]
fn a_theme_from_a_pipe_is_read_once() {
    let sandbox = Sandbox::new();
    small_map().write(sandbox.folder(), "map.fits");
    std::os::unix::fs::symlink("/dev/stdin", sandbox.path("pipe.toml")).unwrap();
    let arguments = ["map.fits", "-o", "x.svg", "-w", "60", "--theme", "pipe.toml"];
    sandbox.run_with_input(arguments, b"text = '#ff8800'\n").success();
    let figure = std::fs::read_to_string(sandbox.path("x.svg")).unwrap();
    assert!(figure.contains("#ff8800"), "{figure}");
}

#[test]
fn a_file_that_may_not_be_read() {
    let sandbox = Sandbox::new();
    let path = small_map().write(sandbox.folder(), "secret.fits");
    std::fs::set_permissions(&path, Permissions::from_mode(0o000)).unwrap();
    if File::open(&path).is_ok() {
        return println!("skipped: everything may be read here");
    }
    sandbox.run(["secret.fits", "-o", "out.png"]).failure(1).says(&["secret.fits"]);
}

#[test]
fn names_of_every_kind() {
    let sandbox = Sandbox::new();
    let names = [OsStr::new("two words.fits"), OsStr::from_bytes(b"caf\xe9.fits")];
    for name in names {
        if std::fs::write(sandbox.folder().join(name), small_map().bytes()).is_err() {
            println!("skipped: the file system does not take {name:?}");
            continue;
        }
        let mut output = OsString::from(name);
        output.push(".png");
        sandbox.run([name, OsStr::new("-o"), &output, OsStr::new("--width=64")]).success();
        assert!(sandbox.folder().join(&output).is_file());
        sandbox.run([OsStr::new("info"), name]).success();
    }
}

#[test]
fn a_file_cut_off_while_it_is_read() {
    let sandbox = Sandbox::new();
    let count = 12 * 1024 * 1024;
    let file = HealpixFile::new(1024).column(Column::f32("T", vec![1.0; count]).per_row(1024));
    let path = file.write(sandbox.folder(), "map.fits");
    let file = FitsFile::open(&path).unwrap();
    let map = load(&file, &Choice::default()).unwrap();
    let MapSource::FullSky(sky) = &map.source else { panic!("a full-sky map") };
    let cut = Arc::new(AtomicBool::new(false));
    // Cut off by whoever has read something first: the rest of the work finds it gone.
    let progress = |_: u64| {
        if !cut.swap(true, Ordering::SeqCst) {
            OpenOptions::new().write(true).open(&path).unwrap().set_len(BEGINNING).unwrap();
        }
    };
    let target = sky.nside.coarsened_to(64);
    let error = reduce::reduce(sky, target, (1.0, 0.0), &progress).unwrap_err().to_string();
    assert!(error.contains("map.fits") && error.contains("shrank while it was read"), "{error}");
}

/// Less of a map than anybody reads at a time.
const BEGINNING: u64 = 10_000;

#[test]
fn a_killed_run_leaves_the_old_result() {
    let sandbox = Sandbox::new();
    small_map().write(sandbox.folder(), "map.fits");
    let drawn = |output: &str| {
        let mut command = sandbox.command();
        command.args(["map.fits", "--width=3000", "-o", output]);
        command
    };
    run(drawn("whole.npy")).success();
    let whole = std::fs::read(sandbox.path("whole.npy")).unwrap();
    sandbox.write("out.npy", b"old");
    for delay in [0, 2, 5, 10, 20, 40, 80] {
        let mut command = drawn("out.npy");
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(delay));
        child.kill().unwrap();
        child.wait().unwrap();
        let found = std::fs::read(sandbox.path("out.npy")).unwrap();
        assert!(found == b"old" || found == whole, "{} bytes of a result", found.len());
        let is_known = |name: &String| {
            ["map.fits", "out.npy", "whole.npy"].contains(&name.as_str())
                || (name.starts_with(".map2fig-") && name.ends_with(".tmp"))
        };
        assert!(sandbox.names().iter().all(is_known), "{:?}", sandbox.names());
    }
    run(drawn("out.npy")).success();
}
