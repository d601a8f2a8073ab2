//! Where the time of a figure goes: wall time, bytes and pixels of each stage, and the peak memory of the process.

use std::fmt;
use std::time::{Duration, Instant};

use serde::Serialize;

/// The stages of a figure, in order.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Stage {
    /// Opening the file and finding the map in it.
    Open,
    /// Reading a mask.
    Mask,
    /// Fitting what is taken off the map.
    Fit,
    /// Laying out the page.
    Layout,
    /// Streaming the pixels and averaging them down.
    Reduce,
    /// Streaming the pixels for the limits of the colour scale, where nothing else does.
    Survey,
    /// Projecting the map onto the picture's pixels.
    Resample,
    /// Finding the limits of the colour scale.
    Normalise,
    /// Turning values into colours.
    Colourise,
    /// Drawing the figure and encoding it.
    Draw,
    /// Writing the file.
    Write,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Stage::Open => "open",
            Stage::Mask => "mask",
            Stage::Fit => "fit",
            Stage::Layout => "layout",
            Stage::Reduce => "reduce",
            Stage::Survey => "survey",
            Stage::Resample => "resample",
            Stage::Normalise => "normalise",
            Stage::Colourise => "colourise",
            Stage::Draw => "draw",
            Stage::Write => "write",
        })
    }
}

/// How much a stage had to do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Work {
    /// Bytes read or written.
    Bytes(u64),
    /// Picture pixels filled.
    Pixels(u64),
}

struct Entry {
    stage: Stage,
    elapsed: Duration,
    work: Option<Work>,
}

/// The time record of one job.
pub struct Profile {
    start: Instant,
    entries: Vec<Entry>,
    /// Bytes of parts of maps.
    read: u64,
}

impl Default for Profile {
    fn default() -> Self {
        Profile { start: Instant::now(), entries: Vec::new(), read: 0 }
    }
}

impl Profile {
    /// Runs a stage and records how long it took.
    pub fn time<T>(&mut self, stage: Stage, run: impl FnOnce() -> T) -> T {
        let start = Instant::now();
        let result = run();
        let elapsed = start.elapsed();
        // A stage that has several parts, one after the other, is one entry.
        match self.entries.last_mut() {
            Some(last) if last.stage == stage => last.elapsed += elapsed,
            _ => self.entries.push(Entry { stage, elapsed, work: None }),
        }
        result
    }

    /// Says how much the stage that was timed last had to do, besides what was said of its other parts.
    pub fn work(&mut self, work: Work) {
        if let Some(entry) = self.entries.last_mut() {
            entry.work = Some(match (entry.work, work) {
                (Some(Work::Bytes(before)), Work::Bytes(more)) => Work::Bytes(before + more),
                (Some(Work::Pixels(before)), Work::Pixels(more)) => Work::Pixels(before + more),
                _ => work,
            });
        }
    }

    /// Says how many bytes were read of a map that was not read from end to end.
    pub fn read_part(&mut self, bytes: u64) {
        self.read += bytes;
    }

    /// Bytes of maps and masks that were read.
    pub fn bytes_read(&self) -> u64 {
        let of = |entry: &Entry| match (entry.stage, entry.work) {
            (
                Stage::Reduce | Stage::Survey | Stage::Mask | Stage::Fit,
                Some(Work::Bytes(bytes)),
            ) => bytes,
            _ => 0,
        };
        self.read + self.entries.iter().map(of).sum::<u64>()
    }

    /// The figures of the record, as of now.
    pub fn report(&self) -> Report {
        Report {
            stages: self
                .entries
                .iter()
                .map(|e| StageReport {
                    stage: e.stage,
                    seconds: e.elapsed.as_secs_f64(),
                    bytes: e.work.and_then(|w| if let Work::Bytes(n) = w { Some(n) } else { None }),
                    pixels: e
                        .work
                        .and_then(|w| if let Work::Pixels(n) = w { Some(n) } else { None }),
                })
                .collect(),
            total_seconds: self.start.elapsed().as_secs_f64(),
            threads: rayon::current_num_threads(),
            peak_memory_bytes: peak_memory(),
        }
    }
}

/// A profile in numbers; `Display` is the table for people, serde the JSON for programs.
#[derive(Serialize)]
pub struct Report {
    stages: Vec<StageReport>,
    total_seconds: f64,
    threads: usize,
    peak_memory_bytes: Option<u64>,
}

#[derive(Serialize)]
struct StageReport {
    stage: Stage,
    seconds: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pixels: Option<u64>,
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{:<10} {:>10} {:>6}  {:>12}  {:>12}",
            "stage", "time", "share", "work", "rate"
        )?;
        for s in &self.stages {
            let share = 100.0 * s.seconds / self.total_seconds.max(f64::MIN_POSITIVE);
            write!(f, "{:<10} {:>7.1} ms {:>4.0} %", s.stage, s.seconds * 1e3, share)?;
            if let Some(bytes) = s.bytes {
                let rate = bytes as f64 / s.seconds.max(1e-9) / 1e9;
                write!(f, "  {:>12}  {:>7.2} GB/s", size(bytes), rate)?;
            } else if let Some(pixels) = s.pixels {
                let rate = pixels as f64 / s.seconds.max(1e-9) / 1e6;
                write!(f, "  {:>8.2} Mpx  {:>6.0} Mpx/s", pixels as f64 / 1e6, rate)?;
            }
            writeln!(f)?;
        }
        write!(f, "{:<10} {:>7.1} ms", "total", self.total_seconds * 1e3)?;
        write!(f, "  with {} thread{}", self.threads, if self.threads == 1 { "" } else { "s" })?;
        if let Some(peak) = self.peak_memory_bytes {
            write!(f, ", peak memory {}", size(peak))?;
        }
        writeln!(f)
    }
}

/// A number of bytes in decimal units, for people.
pub fn size(bytes: u64) -> String {
    match bytes as f64 {
        b if b >= 1e9 => format!("{:.2} GB", b / 1e9),
        b if b >= 1e6 => format!("{:.1} MB", b / 1e6),
        b => format!("{:.1} kB", b / 1e3),
    }
}

/// The largest resident size that the process has had, where the system tells (Linux).
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
    let kilobytes: u64 = line.split_whitespace().nth(1)?.parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_has_its_stages_in_both_forms() {
        let mut profile = Profile::default();
        profile.time(Stage::Reduce, || std::thread::sleep(Duration::from_millis(1)));
        profile.work(Work::Bytes(4_000_000));
        profile.time(Stage::Resample, || ());
        profile.work(Work::Pixels(720_000));
        profile.time(Stage::Resample, || ());
        profile.work(Work::Pixels(180_000));
        let report = profile.report();
        let table = report.to_string();
        assert!(table.contains("reduce") && table.contains("4.0 MB") && table.contains("0.90 Mpx"));
        let json = serde_json::to_value(&report).unwrap();
        assert_eq!(json["stages"][0]["bytes"], 4_000_000);
        assert!(json["total_seconds"].as_f64().unwrap() >= 1e-3);
    }
}
