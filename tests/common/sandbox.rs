//! An empty folder to run the program in, and what a run left behind.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// A folder that is removed when the test ends; every run of the program starts in it.
pub struct Sandbox {
    folder: TempDir,
}

/// What one run of the program did.
#[derive(Debug)]
pub struct Outcome {
    /// Exit code; `None` if a signal ended the program.
    pub status: Option<i32>,
    pub stdout: Vec<u8>,
    pub stderr: String,
}

impl Sandbox {
    pub fn new() -> Self {
        let folder = tempfile::Builder::new().prefix("map2fig-test-").tempdir().unwrap();
        Self { folder }
    }

    /// The folder itself.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// A path inside the folder.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder().join(name)
    }

    /// Puts a file there.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, bytes).unwrap();
        path
    }

    /// Copies a file of the repository there, under its own name.
    pub fn copy(&self, relative: &str) -> PathBuf {
        let source = super::repository_file(relative);
        let target = self.path(source.file_name().unwrap().to_str().unwrap());
        std::fs::copy(&source, &target).unwrap();
        target
    }

    /// The names of everything there, sorted.
    pub fn names(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.folder()).unwrap();
        let mut names: Vec<String> =
            entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    /// The program, ready to run in the folder with nothing of the user's settings.
    pub fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_map2fig"));
        command.current_dir(self.folder()).env("HOME", self.folder());
        for name in ["SOURCE_DATE_EPOCH", "NO_COLOR", "CLICOLOR_FORCE", "COLUMNS", "RUST_LOG"] {
            command.env_remove(name);
        }
        for (name, _) in std::env::vars_os() {
            let name_text = name.to_string_lossy();
            if name_text.starts_with("MAP2FIG_") || name_text.starts_with("XDG_") {
                command.env_remove(&name);
            }
        }
        command
    }

    /// Runs the program with these arguments and nothing on its standard input.
    pub fn run<I, S>(&self, args: I) -> Outcome
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let mut command = self.command();
        command.args(args);
        run(command)
    }

    /// Runs the program with the words of a line as arguments; none of them may hold a blank.
    pub fn run_line(&self, line: &str) -> Outcome {
        self.run(line.split_whitespace())
    }

    /// Runs the program with these bytes on its standard input.
    pub fn run_with_input<I, S>(&self, args: I, input: &[u8]) -> Outcome
    where
        I: IntoIterator<Item = S>,
        S: AsRef<OsStr>,
    {
        let mut command = self.command();
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        let input = input.to_vec();
        // The program may stop reading early, which is its right: only the outcome counts.
        let feeder = std::thread::spawn(move || pipe.write_all(&input).ok());
        let output = child.wait_with_output().unwrap();
        feeder.join().unwrap();
        Outcome::from(output)
    }
}

/// Runs a prepared command with nothing on its standard input.
pub fn run(mut command: Command) -> Outcome {
    Outcome::from(command.stdin(Stdio::null()).output().unwrap())
}

impl From<std::process::Output> for Outcome {
    fn from(output: std::process::Output) -> Self {
        Self {
            status: output.status.code(),
            stdout: output.stdout,
            stderr: String::from_utf8(output.stderr).expect("stderr is UTF-8"),
        }
    }
}

impl Outcome {
    /// Standard output as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).expect("stdout is UTF-8")
    }

    /// Demands exit code 0.
    #[track_caller]
    pub fn success(self) -> Self {
        assert_eq!(self.status, Some(0), "the program failed:\n{}", self.stderr);
        self
    }

    /// Demands this exit code, an `error:` line, and no trace of a panic.
    #[track_caller]
    pub fn failure(self, status: i32) -> Self {
        assert_eq!(self.status, Some(status), "stderr:\n{}", self.stderr);
        assert!(self.stderr.lines().any(|l| l.starts_with("error: ")), "{}", self.stderr);
        assert!(!self.stderr.contains("panicked at"), "{}", self.stderr);
        self
    }

    /// Demands that standard error holds each of these words.
    #[track_caller]
    pub fn says(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.stderr.contains(word), "no {word:?} on stderr:\n{}", self.stderr);
        }
        self
    }
}
