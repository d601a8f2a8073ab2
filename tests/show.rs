//! `--show` finds out what a terminal understands and sends it that; `--watch` draws again when a file changes.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot be set up has failed")]

mod common;

use std::process::Stdio;
use std::time::{Duration, Instant};

use common::fits::{Column, HealpixFile};
use common::sandbox::Sandbox;

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::new();
    map(1.0).write(sandbox.folder(), "map.fits");
    sandbox
}

fn map(factor: f32) -> HealpixFile {
    let values: Vec<f32> = (0..768).map(|n| n as f32 * factor).collect();
    HealpixFile::new(8).column(Column::f32("SIGNAL", values).unit("mK"))
}

#[test]
fn a_pipe_is_no_terminal_unless_asked() {
    let sandbox = sandbox();
    sandbox.run_line("map.fits --show").failure(2).says(&["no terminal", "--show=blocks"]);
    for (form, begin) in [
        ("kitty", "\x1b_Ga=T,f=100,q=2,c=70,r=22,"),
        ("iterm", "\x1b]1337;File=inline=1;"),
        ("sixel", "\x1bP0;1q\"1;1;"),
        ("blocks", "\x1b[0m"),
    ] {
        let shown = sandbox.run_line(&format!("map.fits --show={form}")).success();
        assert!(shown.text().starts_with(begin), "{form}: {:?}", &shown.text()[..60]);
        assert_eq!(shown.stderr, "");
    }
    assert_eq!(sandbox.names(), ["map.fits"], "nothing is written");
}

#[test]
fn blocks_fill_lines_and_tell_the_range() {
    let sandbox = sandbox();
    let shown = sandbox.run_line("map.fits --show=blocks --min 0 --max 700").success();
    let lines: Vec<&str> = shown.text().lines().collect();
    assert!((15..=22).contains(&(lines.len() - 1)), "{} lines", lines.len());
    assert_eq!(lines.last(), Some(&"SIGNAL  0 to 700  mK"));
    let signs = |line: &str| line.matches(['▀', '▄', ' ']).count();
    assert!(lines[..lines.len() - 1].iter().all(|line| signs(line) <= 80));
}

#[test]
fn an_output_is_written_besides() {
    let sandbox = sandbox();
    sandbox.run_line("map.fits -o sky.pdf --show=sixel").success();
    sandbox.run_line("map.fits -o sky.npy -w 64 --show=blocks").success();
    assert_eq!(sandbox.names(), ["map.fits", "sky.npy", "sky.pdf"]);
    let plain = std::fs::read(sandbox.path("sky.pdf")).unwrap();
    sandbox.run_line("map.fits -o sky.pdf").success();
    assert!(plain == std::fs::read(sandbox.path("sky.pdf")).unwrap(), "the file is the same");
    sandbox
        .run_line("map.fits -o - --format png --show=sixel")
        .failure(2)
        .says(&["--show", "-o -"]);
}

#[test]
fn a_quiet_watch_tells_errors() {
    let sandbox = sandbox();
    sandbox.write("cut.fits", &map(1.0).bytes()[..7000]);
    let log = std::fs::File::create(sandbox.path("log")).unwrap();
    let mut command = sandbox.command();
    command.args(["cut.fits", "-o", "sky.png", "-w", "64", "--watch", "--quiet"]);
    let mut child = command.stdout(Stdio::null()).stderr(log).spawn().unwrap();
    let said = || std::fs::read_to_string(sandbox.path("log")).unwrap();
    until("an error", || said().contains("error: HDU 1 of cut.fits is truncated"));
    child.kill().unwrap();
    child.wait().unwrap();
}

#[cfg(target_os = "linux")]
mod terminal {
    use std::fs::File;
    use std::io::{Read, Write};
    use std::os::fd::OwnedFd;
    use std::process::{Command, Stdio};

    use rustix::pty::{OpenptFlags, grantpt, ioctl_tiocgptpeer, openpt, unlockpt};
    use rustix::termios::{Winsize, tcsetwinsize};

    use super::*;

    /// Both ends of a terminal of 100 x 30 characters.
    fn open() -> (OwnedFd, OwnedFd) {
        let flags = OpenptFlags::RDWR | OpenptFlags::NOCTTY;
        let master = openpt(flags).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let terminal = ioctl_tiocgptpeer(&master, flags).unwrap();
        let size = Winsize { ws_row: 30, ws_col: 100, ws_xpixel: 900, ws_ypixel: 540 };
        tcsetwinsize(&terminal, size).unwrap();
        (master, terminal)
    }

    /// Runs a command in a terminal that answers as told when it is asked what it is; returns what it was sent.
    fn run(mut command: Command, answer: &str) -> Vec<u8> {
        let (master, terminal) = open();
        command.stdin(Stdio::from(terminal.try_clone().unwrap()));
        command.stdout(Stdio::from(terminal)).stderr(Stdio::null());
        let mut child = command.spawn().unwrap();
        // The terminal ends when nobody has it open any more.
        drop(command);
        let mut master = File::from(master);
        let (mut sent, mut part, mut asked) = (Vec::new(), [0; 4096], false);
        while let Ok(count @ 1..) = master.read(&mut part) {
            sent.extend_from_slice(&part[..count]);
            if !asked && sent.ends_with(b"\x1b[c") {
                asked = true;
                sent.clear();
                master.write_all(answer.as_bytes()).unwrap();
            }
        }
        assert!(child.wait().unwrap().success());
        sent
    }

    #[test]
    fn a_terminal_gets_no_bytes_that_it_cannot_show() {
        if openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).is_err() {
            return println!("skipped: no pseudo terminals here");
        }
        let sandbox = sandbox();
        let (_master, terminal) = open();
        let mut command = sandbox.command();
        command.args(["map.fits", "-o", "-", "--format", "png"]);
        command.stdin(Stdio::null()).stdout(Stdio::from(terminal)).stderr(Stdio::piped());
        let outcome = command.spawn().unwrap().wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&outcome.stderr);
        assert_eq!(outcome.status.code(), Some(2), "{said}");
        assert!(said.contains("terminal") && said.contains("-o /dev/stdout"), "{said}");
    }

    #[test]
    fn each_terminal_gets_what_it_understands() {
        if openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).is_err() {
            return println!("skipped: no pseudo terminals here");
        }
        let sandbox = sandbox();
        for (answer, variables, begin) in [
            ("\x1b_Gi=31;OK\x1b\\\x1b[?62;4c", &[][..], "\x1b_Ga=T,f=100,q=2,c=89,r=28,"),
            ("\x1b[?62;4;22c", &[], "\x1bP0;1q\"1;1;"),
            ("\x1b[?1;2c", &[], "\x1b[0m"),
            ("\x1b[?1;2c", &[("COLORTERM", "truecolor")], "\x1b[0m"),
            ("", &[("TERM_PROGRAM", "iTerm.app")], "\x1b]1337;File=inline=1;"),
            ("", &[("TERM", "dumb")], "\x1b[0m"),
        ] {
            let mut command = sandbox.command();
            for name in ["COLORTERM", "TERM_PROGRAM", "LC_TERMINAL"] {
                command.env_remove(name);
            }
            command.env("TERM", "xterm-256color").envs(variables.iter().copied());
            command.args(["map.fits", "--show"]);
            let sent = run(command, answer);
            let text = String::from_utf8_lossy(&sent);
            assert!(text.starts_with(begin), "{answer:?} {variables:?}: {:?}", &text[..80]);
            let is_true = variables.iter().any(|(name, _)| *name == "COLORTERM");
            assert_eq!(text.contains("\x1b[38;2;"), is_true);
        }
        assert_eq!(sandbox.names(), ["map.fits"]);
    }
}

/// Waits until this is so.
#[track_caller]
fn until(what: &str, is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(60), "{what} never came");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn a_watched_file_is_drawn_again() {
    let sandbox = sandbox();
    sandbox.run_line("map.fits --watch -").failure(2);
    let log = std::fs::File::create(sandbox.path("log")).unwrap();
    let mut command = sandbox.command();
    command.args(["map.fits", "-o", "sky.npy", "-w", "64", "--sampling", "nearest", "--watch"]);
    let mut child = command.stdout(Stdio::null()).stderr(log).spawn().unwrap();
    let middle = || {
        let bytes = std::fs::read(sandbox.path("sky.npy")).ok()?;
        let at = bytes.len() - 4 * (64 * 16 + 32);
        Some(f32::from_le_bytes(bytes[at..at + 4].try_into().ok()?))
    };
    until("the first figure", || middle().is_some());
    let first = middle().unwrap();
    // Half a file is waited for; the old figure stays.
    let whole = map(2.0).bytes();
    std::fs::write(sandbox.path("map.fits"), &whole[..7000]).unwrap();
    let said = || std::fs::read_to_string(sandbox.path("log")).unwrap();
    until("a note", || said().contains("note: not drawn: HDU 1 of map.fits is truncated"));
    assert_eq!(middle(), Some(first));
    std::fs::write(sandbox.path("map.fits"), &whole).unwrap();
    until("the second figure", || middle() == Some(2.0 * first));
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(!said().contains("error:"), "{}", said());
}
