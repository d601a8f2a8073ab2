#!/usr/bin/env python3
"""Time reading FITS images and columns into native memory beside CFITSIO and astropy, and write a dated table into results/.

usage: fits_io.py [options]      (needs: Rust, what `make build` needs, numpy, GNU time; for the peers libcfitsio-dev with a C compiler, astropy, fitsio)

Each program opens the file, reads the headers and fills memory that it has asked for: once in each of several processes, in memory that is
really new (the median), and several times in one process, where it may use its memory again (the fastest). The files are in the page
cache. Memory is the peak resident set of the process that read once. A peer that the machine does not have is left out."""
import argparse
import datetime
import importlib.metadata
import importlib.util
import os
import platform
import re
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
RESULTS = HERE / "results" / f"{datetime.date.today():%Y-%m-%d}-fits.md"
TYPES = {  # name: big-endian type, BITPIX, TFORM, scaling
    "uint8": (">u1", 8, "B", None),
    "int16": (">i2", 16, "I", None),
    "int32": (">i4", 32, "J", None),
    "float32": (">f4", -32, "E", None),
    "float64": (">f8", -64, "D", None),
    "int16, scaled": (">i2", 16, "I", (0.25, 100.5)),
}


def sh(*command):
    print("+", *command, file=sys.stderr)
    subprocess.run([str(word) for word in command], check=True)


# ---- files ----


def header(*cards):
    text = "".join(f"{key:<8}= {value:>20}".ljust(80) for key, value in cards) + "END".ljust(80)
    return text.ljust(-(-len(text) // 2880) * 2880).encode()


def image(side, bitpix, scaling, more=0):
    """The header of an image, with so many cards more than it needs."""
    cards = [("SIMPLE", "T"), ("BITPIX", bitpix), ("NAXIS", 2), ("NAXIS1", side), ("NAXIS2", side)]
    extra = [(f"KEY{number}", f"{number / 7:.9f}") for number in range(more)]
    return header(*cards, *zip(("BSCALE", "BZERO"), scaling or ()), *extra)


def column(rows, width, letter, scaling):
    primary = header(("SIMPLE", "T"), ("BITPIX", 8), ("NAXIS", 0), ("EXTEND", "T"))
    cards = [("XTENSION", "'BINTABLE'"), ("BITPIX", 8), ("NAXIS", 2), ("NAXIS1", width), ("NAXIS2", rows), ("PCOUNT", 0)]
    cards += [("GCOUNT", 1), ("TFIELDS", 1), ("TTYPE1", "'VALUE   '"), ("TFORM1", f"'{letter:<8}'")]
    return primary + header(*cards, *zip(("TSCAL1", "TZERO1"), scaling or ()))


def write(path, head, count, dtype):
    values = np.random.default_rng(7).integers(0, 100, count).astype(dtype).tobytes()
    path.write_bytes(head + values + bytes(-len(values) % 2880))
    return len(values)


# ---- programs ----


def programs(folder):
    sh("cargo", "build", "--release", "--locked", "--example", "read_column", "--manifest-path", ROOT / "Cargo.toml")
    target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).resolve()
    ours = [target / "release/examples/read_column", "{file}", "{runs}"]
    cores = len(os.sched_getaffinity(0))
    found = {"map2fig, 1 thread": ours + [1], f"map2fig, {cores} threads": ours + [cores]}
    flags = subprocess.run(["pkg-config", "--cflags", "--libs", "cfitsio"], capture_output=True, text=True) if shutil.which("pkg-config") else None
    if flags and flags.returncode == 0:
        peer = folder / "read_column"
        sh("cc", "-O2", "-o", peer, HERE / "read_column.c", *shlex.split(flags.stdout))
        version = subprocess.run(["pkg-config", "--modversion", "cfitsio"], capture_output=True, text=True).stdout.strip()
        found[f"CFITSIO {version}"] = [peer, "{file}", "{runs}"]
    for name in ["fitsio", "astropy"]:
        if importlib.util.find_spec(name):
            title = f"{name} {importlib.metadata.version(name)} (Python)"
            found[title] = [sys.executable, HERE / f"{name}_column.py", "{file}", "{runs}"]
    return found


def read(command, file, runs):
    """Seconds of the fastest of some readings in a process, and its peak memory in MB."""
    words = [str(word).format(file=file, runs=runs) for word in command]
    # By a small program in between: a process starts with the peak of the one that it was forked from.
    timed = ["time", "--format=%M", *words]
    done = subprocess.run(timed, check=True, capture_output=True, text=True)
    return float(done.stdout), float(done.stderr.split()[-1]) * 1024 / 1e6


def measure(commands, file, runs):
    """For each program the first reading's milliseconds, those of a later one, and the peak memory in MB, as text."""
    # In turns, so that whatever else the machine does meets all of them.
    first = [[read(command, file, 1) for command in commands] for _ in range(runs)]
    cells = []
    for command, found in zip(commands, zip(*first)):
        times, memory = [1e3 * seconds for seconds, _ in found], max(memory for _, memory in found)
        again = 1e3 * read(command, file, runs)[0]
        cells.append(f"{statistics.median(times):.3g} / {again:.3g} ms, {memory:.0f} MB")
    return cells


def machine():
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text())
    memory = int(re.search(r"MemTotal: *([0-9]+)", Path("/proc/meminfo").read_text())[1]) / 2**20
    cores = len(os.sched_getaffinity(0))
    return f"{model[1] if model else platform.machine()}, {cores} cores, {memory:.0f} GiB of memory, {platform.system()} {platform.release()}"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=9, help="readings of each file by each program")
    parser.add_argument("--rows", type=int, default=12_000_000, help="of the columns")
    parser.add_argument("--note", default="", help="a remark for the table, such as what else the machine did")
    parser.add_argument("--output", type=Path, default=RESULTS, help="the table, or - for standard output")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        peers = programs(folder)
        lines = ["# Reading FITS into native memory", ""]
        lines += [f"Milliseconds of the first reading in a process (the median of {chosen.runs}) and of a later one (the fastest of {chosen.runs}), and peak memory"]
        lines += [f"in MB, by `fits_io.py` on {datetime.date.today():%Y-%m-%d}. {chosen.note}".strip()]
        lines += [f"Machine: {machine()}.", ""]
        lines += [f"| what | MB | {' | '.join(peers)} |", "|---|---:|" + "---:|" * len(peers)]

        def add(label, head, count, dtype):
            file = folder / "file.fits"
            size = write(file, head, count, dtype)
            cells = measure(peers.values(), file, chosen.runs)
            lines.append(f"| {label} | {size / 1e6:.0f} | {' | '.join(cells)} |")
            print(lines[-1], file=sys.stderr)

        for label, (dtype, bitpix, letter, scaling) in TYPES.items():
            width = np.dtype(dtype).itemsize
            for side in (1000, 4000):
                add(f"{label}, image {side} x {side}", image(side, bitpix, scaling), side * side, dtype)
            add(f"{label}, column of {chosen.rows / 1e6:g} M rows", column(chosen.rows, width, letter, scaling), chosen.rows, dtype)
        add("a header of 200 cards", image(10, -32, None, more=195), 100, ">f4")
    text = "\n".join(lines) + "\n"
    if str(chosen.output) == "-":
        print(text, end="")
    else:
        chosen.output.parent.mkdir(exist_ok=True)
        chosen.output.write_text(text)
        print(f"wrote {chosen.output}", file=sys.stderr)


if __name__ == "__main__":
    main()
