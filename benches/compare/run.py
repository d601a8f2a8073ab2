#!/usr/bin/env python3
"""Time map2fig beside other programs on the same maps, and write the table RESULTS.md.

usage: run.py [options]      (needs: Rust, Python 3.9 with venv, hyperfine, GNU time, and what `make build` needs; Linux)

Everything it fetches or makes goes into target/compare: map2fig 0.7.8 from crates.io, a Python environment with healpy, astropy
and fitsio, and the maps. Wall time is the median of several runs after a warm-up one, so files come from the page cache;
memory is the peak resident set of one run, mapped file pages included. The yardstick is `plain_read`, which reads the
file with all cores and adds it up. map2fig 0.7.x keeps a cache of reduced maps: every run of it starts with an empty one."""
import argparse
import datetime
import json
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = ROOT / "target" / "compare"
OLD_VERSION = "0.7.8"
PYTHON_PACKAGES = ["healpy", "astropy", "fitsio", "matplotlib", "numpy"]
SLOW = 8.0  # seconds: what takes longer is run fewer times


@dataclass
class Program:
    name: str
    command: list  # {map} and {out} stand for the paths
    suffix: str = ""  # of the output, empty where there is none


def sh(*command, **options):
    print("+", *command, file=sys.stderr)
    return subprocess.run([str(word) for word in command], check=True, **options)


def said(*command):
    """First line of what a command prints, or a dash."""
    try:
        output = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True).stdout
        return output.strip().splitlines()[0]
    except (OSError, subprocess.CalledProcessError, IndexError):
        return "-"


# ---- what is compared ----


def prepare_new():
    sh("cargo", "build", "--release", "--locked", "--bin", "map2fig", "--example", "plain_read", cwd=ROOT)
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
    return target / "release/map2fig", target / "release/examples/plain_read"


def prepare_old():
    binary = WORK / "old/bin/map2fig"
    if not binary.exists():
        sh("cargo", "install", f"map2fig@{OLD_VERSION}", "--locked", "--root", WORK / "old")
    return binary


def prepare_python():
    python = WORK / "venv/bin/python"
    if not python.exists():
        sh(sys.executable, "-m", "venv", WORK / "venv")
        sh(python, "-m", "pip", "install", "--quiet", *PYTHON_PACKAGES)
    return python


def prepare_maps(folder, nsides, orderings, python):
    wanted = {nside: [folder / f"{ordering}{nside}.fits" for ordering in orderings] for nside in nsides}
    missing = [nside for nside, paths in wanted.items() if not all(path.exists() for path in paths)]
    if missing:
        sh(python, HERE / "make_maps.py", folder, *missing)
    return [path for paths in wanted.values() for path in paths]


def programs(new, plain, old, python):
    return [
        Program("plain read", [plain, "{map}"]),
        Program("map2fig, PDF", [new, "{map}", "-o", "{out}"], ".pdf"),
        Program("map2fig, PNG", [new, "{map}", "-o", "{out}"], ".png"),
        Program(f"map2fig {OLD_VERSION}, PDF", [old, "{map}", "{out}"], ".pdf"),
        Program(f"map2fig {OLD_VERSION}, PNG", [old, "{map}", "{out}"], ".png"),
        Program("healpy mollview, PDF", [python, HERE / "healpy_view.py", "{map}", "{out}"], ".pdf"),
        Program("healpy mollview, PNG", [python, HERE / "healpy_view.py", "{map}", "{out}"], ".png"),
        Program("fitsio, read only", [python, HERE / "python_read.py", "fitsio", "{map}"]),
        Program("astropy, read only", [python, HERE / "python_read.py", "astropy", "{map}"]),
    ]


# ---- measuring ----


def environment():
    """The caller's, with folders for caches that are empty at the start of a run."""
    cache = WORK / "cache"
    settings = {"XDG_CACHE_HOME": cache / "xdg", "MPLCONFIGDIR": WORK / "matplotlib"}
    return {**os.environ, **{name: str(path) for name, path in settings.items()}}


def run_once(command):
    """Seconds and peak memory in MiB of one run; None if it fails."""
    shutil.rmtree(WORK / "cache", ignore_errors=True)
    note = WORK / "time.txt"
    with open(WORK / "last.log", "wb") as log:
        timed = ["time", "--format=%e %M", f"--output={note}", *command]
        status = subprocess.run(timed, stdout=log, stderr=log, env=environment()).returncode
    seconds, kilobytes = note.read_text().split()[-2:]
    return None if status else (float(seconds), float(kilobytes) / 1024)


def measure(program, path, runs):
    out = WORK / ("out" + program.suffix)
    out.unlink(missing_ok=True)
    command = [str(word).format(map=path, out=out) for word in program.command]
    first = run_once(command)
    if first is None or (program.suffix and not out.exists()):
        text = (WORK / "last.log").read_text(errors="replace").strip()
        print(f"{program.name} failed on {path.name}: {text[-300:]}", file=sys.stderr)
        return None
    seconds, memory = first
    export = WORK / "hyperfine.json"
    hyperfine = ["hyperfine", "--shell=none", "--style=none", "--warmup=1", f"--runs={runs if seconds < SLOW else 3}"]
    hyperfine += [f"--prepare={shlex.join(['rm', '-rf', str(WORK / 'cache')])}", f"--export-json={export}"]
    sh(*hyperfine, shlex.join(command), env=environment(), stdout=subprocess.DEVNULL)
    result = json.loads(export.read_text())["results"][0]
    size = out.stat().st_size if program.suffix else None
    return {"median": result["median"], "min": result["min"], "max": result["max"], "memory": memory, "size": size}


# ---- telling ----


def machine():
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal: *([0-9]+)", Path("/proc/meminfo").read_text())[1]) / 2**20
    cores = len(os.sched_getaffinity(0))
    return f"{model[1] if model else platform.machine()}, {cores} cores, {memory:.0f} GiB of memory, Linux"


def number(value):
    """Three significant digits without an exponent."""
    if value >= 100:
        return f"{value:.0f}"
    return f"{value:.{2 if value >= 1 else 3}f}" if value < 10 else f"{value:.1f}"


def table(path, rows):
    gigabytes = path.stat().st_size / 1e9
    yardstick = next((row["median"] for program, row in rows if program.name == "plain read" and row), None)
    lines = [f"## {path.name} ({1e3 * gigabytes:,.1f} MB)", ""]
    lines += ["| program | median, s | range, s | of plain read | GB/s | peak, MiB | output, KB |", "|---|---:|---:|---:|---:|---:|---:|"]
    for program, row in rows:
        if row is None:
            lines.append(f"| {program.name} | failed | | | | | |")
            continue
        ratio = f"{number(row['median'] / yardstick)}x" if yardstick else ""
        spread = f"{number(row['min'])} to {number(row['max'])}"
        size = f"{row['size'] / 1e3:,.0f}" if row["size"] else ""
        cells = [program.name, number(row["median"]), spread, ratio, number(gigabytes / row["median"])]
        lines.append("| " + " | ".join(cells + [f"{row['memory']:,.0f}", size]) + " |")
    return lines + [""]


def heading(new, python):
    packages = f"import {', '.join(PYTHON_PACKAGES)}; print(', '.join(m.__name__ + ' ' + m.__version__ for m in [{', '.join(PYTHON_PACKAGES)}]))"
    commit = said("git", "-C", ROOT, "describe", "--always", "--dirty")
    return [
        "# map2fig beside other programs",
        "",
        f"Measured on {datetime.date.today():%Y-%m-%d} at commit {commit} by `benches/compare/run.py`, which says how.",
        "",
        f"- Machine: {machine()}",
        f"- {said(new, '--version')}, {said('rustc', '--version')}",
        f"- map2fig {OLD_VERSION} with an empty cache folder at every start",
        f"- {said(python, '-c', packages)}, {said(python, '--version')}",
        "",
    ]


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--nside", nargs="+", type=int, default=[128, 512, 2048, 8192], help="maps to take (default: all four)")
    parser.add_argument("--ordering", nargs="+", choices=["nest", "ring"], default=["nest", "ring"])
    parser.add_argument("--maps", type=Path, default=WORK / "maps", help="folder of the maps; those that are missing are made")
    parser.add_argument("--runs", type=int, default=9, help=f"timed runs, three for what takes over {SLOW:.0f} s")
    parser.add_argument("--only", default="", metavar="REGEX", help="programs to take")
    parser.add_argument("--old", type=Path, help=f"a map2fig {OLD_VERSION} that is already installed")
    parser.add_argument("--python", type=Path, help="a Python that already has " + ", ".join(PYTHON_PACKAGES))
    parser.add_argument("--output", type=Path, default=HERE / "RESULTS.md", help="the table, or - for standard output")
    return parser.parse_args()


def main():
    chosen = options()
    for tool in ["hyperfine", "time"]:
        if not shutil.which(tool):
            sys.exit(f"error: {tool} is missing\nhint: apt-get install {tool}")
    WORK.mkdir(parents=True, exist_ok=True)
    new, plain = prepare_new()
    old = chosen.old or prepare_old()
    python = chosen.python or prepare_python()
    maps = prepare_maps(chosen.maps, chosen.nside, chosen.ordering, python)
    lines = heading(new, python)
    for path in maps:
        taken = [program for program in programs(new, plain, old, python) if re.search(chosen.only, program.name)]
        lines += table(path, [(program, measure(program, path, chosen.runs)) for program in taken])
    text = "\n".join(lines)
    if str(chosen.output) == "-":
        print(text)
    else:
        chosen.output.write_text(text)
        print(f"wrote {chosen.output}", file=sys.stderr)


if __name__ == "__main__":
    main()
