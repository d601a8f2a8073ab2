//! Pictures in the terminal: what it understands, how large it is, and the outputs that go there.

use std::io::IsTerminal;

use super::args::{DrawArgs, ShowForm};
use super::resolve::{Figures, UsageError};
use crate::draw::Format;
use crate::draw::preview::{Protocol, Screen};
use crate::figure::ColorbarPosition;
use crate::pipeline::{Job, Output, OutputKind, Target};

/// Where the terminal does not tell how large its characters are.
const CELL: (usize, usize) = (10, 20);
/// Where there is no terminal at all.
const SIZE: (usize, usize) = (80, 24);

/// The terminal that `--show` asks for, if it does.
///
/// # Errors
/// Where it has to be found out what the terminal understands, and there is none; and where figures go to standard output too.
pub fn screen(args: &DrawArgs) -> Result<Option<Screen>, UsageError> {
    let Some(form) = args.output.show else { return Ok(None) };
    if args.output.output.as_ref().is_some_and(|output| output == "-") {
        return Err(UsageError::new("--show and -o - both write to standard output"));
    }
    let is_terminal = std::io::stdout().is_terminal();
    let true_color = is_true_color();
    let protocol = match form {
        ShowForm::Kitty => Protocol::Kitty,
        ShowForm::Iterm => Protocol::Iterm,
        ShowForm::Sixel => Protocol::Sixel,
        ShowForm::Blocks => Protocol::Blocks { true_color },
        ShowForm::Auto if is_terminal => detect().unwrap_or(Protocol::Blocks { true_color }),
        ShowForm::Auto => {
            let message = "--show: standard output is no terminal";
            return Err(UsageError::new(message)
                .hint("--show=blocks, kitty, iterm or sixel writes the picture all the same"));
        }
    };
    let ((columns, rows), cell) = size().unwrap_or((SIZE, CELL));
    Ok(Some(Screen { protocol, columns, rows, cell }))
}

/// Lets the figures be shown besides what they are written to; those that are only shown are drawn to suit the terminal.
pub fn add(figures: &mut Figures, screen: Screen, args: &DrawArgs) {
    let kind = OutputKind::Figure(Format::Png);
    if let Some(sheet) = &mut figures.sheet {
        sheet.outputs.push(Output { target: Target::Terminal(screen), kind });
        return;
    }
    let is_figure = |job: &Job| job.outputs.iter().all(|output| output.kind.is_figure());
    for job in figures.jobs.iter_mut().filter(|job| is_figure(job)) {
        if job.outputs.is_empty() {
            if args.output.width.is_none() && args.output.dpi.is_none() {
                job.style.width = screen.pixel_width();
            }
            if matches!(screen.protocol, Protocol::Blocks { .. }) {
                // Blocks are too coarse for lines and writing; the range is told below the picture.
                job.style.theme = job.style.theme.transparent();
                job.style.border = false;
                job.bar.position = ColorbarPosition::Nowhere;
                job.style.title = None;
                job.style.left_label = None;
                job.style.right_label = None;
            }
        }
        job.outputs.push(Output { target: Target::Terminal(screen), kind });
    }
}

fn variable(name: &str) -> String {
    std::env::var(name).unwrap_or_default()
}

fn is_true_color() -> bool {
    matches!(variable("COLORTERM").as_str(), "truecolor" | "24bit")
        || variable("TERM").ends_with("-direct")
}

/// What the terminal says that it understands, by its name or when it is asked.
fn detect() -> Option<Protocol> {
    if variable("TERM_PROGRAM") == "iTerm.app" || variable("LC_TERMINAL") == "iTerm2" {
        return Some(Protocol::Iterm);
    }
    if matches!(variable("TERM").as_str(), "" | "dumb" | "linux") {
        return None;
    }
    protocol(&answer()?)
}

/// What an answer to `QUERY` tells.
fn protocol(answer: &[u8]) -> Option<Protocol> {
    let text = String::from_utf8_lossy(answer);
    if text.contains("_Gi=31;OK") {
        return Some(Protocol::Kitty);
    }
    let (_, attributes) = text.rsplit_once("\x1b[?")?;
    let attributes = attributes.strip_suffix('c')?;
    // The first number is the terminal's class; 4 among its features are sixels.
    attributes.split(';').skip(1).any(|number| number == "4").then_some(Protocol::Sixel)
}

#[cfg(unix)]
mod device {
    //! The terminal as a device.

    use std::time::{Duration, Instant};

    use rustix::event::{PollFd, PollFlags, poll};
    use rustix::termios::{OptionalActions, tcgetattr, tcgetwinsize, tcsetattr};

    use super::CELL;

    /// Asks whether a picture of one pixel would be taken (kitty's protocol), then what the terminal is, which all of them answer.
    const QUERY: &[u8] = b"\x1b_Gi=31,s=1,v=1,a=q,t=d,f=24;AAAA\x1b\\\x1b[c";
    /// Longest wait for an answer, over a slow line.
    const PATIENCE: Duration = Duration::from_secs(1);
    const LONGEST: usize = 4096;

    /// What the terminal answers to `QUERY`.
    pub fn answer() -> Option<Vec<u8>> {
        let terminal = std::io::stdout();
        let before = tcgetattr(&terminal).ok()?;
        let mut raw = before.clone();
        raw.make_raw();
        tcsetattr(&terminal, OptionalActions::Flush, &raw).ok()?;
        let answer = ask(&terminal);
        let _ = tcsetattr(&terminal, OptionalActions::Flush, &before);
        answer
    }

    fn ask(terminal: &std::io::Stdout) -> Option<Vec<u8>> {
        if rustix::io::write(terminal, QUERY).ok()? != QUERY.len() {
            return None;
        }
        let start = Instant::now();
        let mut answer = Vec::new();
        while !(answer.ends_with(b"c") && answer.windows(3).any(|part| part == b"\x1b[?")) {
            let left = PATIENCE.checked_sub(start.elapsed())?;
            let mut ready = [PollFd::new(terminal, PollFlags::IN)];
            if poll(&mut ready, Some(&left.try_into().ok()?)).ok()? == 0 || answer.len() > LONGEST {
                return None;
            }
            let mut part = [0; 256];
            let count = rustix::io::read(terminal, &mut part).ok().filter(|count| *count > 0)?;
            answer.extend_from_slice(part.get(..count)?);
        }
        Some(answer)
    }

    /// Columns and lines of the terminal, and the size of a character in pixels.
    pub fn size() -> Option<((usize, usize), (usize, usize))> {
        let found = tcgetwinsize(std::io::stdout()).ok()?;
        let (columns, rows) = (usize::from(found.ws_col), usize::from(found.ws_row));
        if columns == 0 || rows == 0 {
            return None;
        }
        let cell = (usize::from(found.ws_xpixel) / columns, usize::from(found.ws_ypixel) / rows);
        Some(((columns, rows), if cell.0 == 0 || cell.1 == 0 { CELL } else { cell }))
    }
}

#[cfg(not(unix))]
mod device {
    //! Where terminals are no devices that can be asked.

    pub fn answer() -> Option<Vec<u8>> {
        None
    }

    pub fn size() -> Option<((usize, usize), (usize, usize))> {
        None
    }
}

use device::{answer, size};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_of_terminals() {
        for (answer, expected) in [
            ("\x1b_Gi=31;OK\x1b\\\x1b[?62;c", Some(Protocol::Kitty)),
            ("\x1b[?62;4;22c", Some(Protocol::Sixel)),
            ("\x1b[?64;1;2;4c", Some(Protocol::Sixel)),
            ("\x1b_Gi=31;ENOTSUPPORTED\x1b\\\x1b[?4;6c", None),
            ("\x1b[?1;2c", None),
            ("", None),
        ] {
            assert_eq!(protocol(answer.as_bytes()), expected, "{answer:?}");
        }
    }
}
