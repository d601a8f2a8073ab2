#!/usr/bin/env python3
"""Time map2fig on maps of growing resolution and at growing picture widths, and write results/DATE-growth.md with a plot.

usage: growth.py [options]      (needs: Rust, Python with healpy, fitsio and matplotlib)

Wall time of the whole program is the least of several runs after a warm-up one, so files come from the page cache; peak memory
is that of `--profile`. A model is fitted to both: a constant, so much for each byte of the map and so much for each pixel of the picture."""
import argparse
import datetime
import json
import subprocess
import sys
import time
from pathlib import Path

import matplotlib
import numpy

matplotlib.use("Agg")
from matplotlib import pyplot  # noqa: E402

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
WORK = ROOT / "target" / "compare"
NSIDES = [64, 128, 256, 512, 1024, 2048, 4096, 8192]
WIDTHS = [300, 600, 1200, 2500, 5000, 10000, 20000]


def run(binary, path, out, width):
    """Seconds, seconds of the stages and peak memory in MB of one run."""
    out.unlink(missing_ok=True)
    command = [binary, path, "-o", out, "--width", str(width), "--profile=json"]
    start = time.perf_counter()
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, check=True)
    seconds = time.perf_counter() - start
    profile = json.loads(done.stderr[done.stderr.index("{"):])
    return seconds, profile


def measure(binary, path, suffix, width, runs):
    out = WORK / f"growth{suffix}"
    all_runs = [run(binary, path, out, width) for _ in range(runs + 1)][1:]
    return min(seconds for seconds, _ in all_runs), max(peak(profile) for _, profile in all_runs), out.stat().st_size


def peak(profile):
    return profile["peak_memory_bytes"] / 1e6


def fitted(rows, key):
    """The model's constants for what is measured: the best by relative error."""
    terms = numpy.array([[1, row["bytes"], row["pixels"]] for row in rows], dtype=float)
    found = numpy.array([row[key] for row in rows])
    return numpy.linalg.lstsq(terms / found[:, None], numpy.ones(len(rows)), rcond=None)[0]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--maps", type=Path, default=WORK / "maps", help="folder of the maps; those that are missing are made")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--binary", type=Path, help="a map2fig that is already built")
    chosen = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    binary = chosen.binary or ROOT / "target/release/map2fig"
    if not chosen.binary:
        subprocess.run(["cargo", "build", "--release", "--locked"], cwd=ROOT, check=True)
    missing = [n for n in NSIDES if not all((chosen.maps / f"{o}{n}.fits").exists() for o in ("nest", "ring"))]
    if missing:
        subprocess.run([sys.executable, HERE / "make_maps.py", chosen.maps, *map(str, missing)], check=True)

    by_nside, by_width = {}, {}
    for ordering in ("nest", "ring"):
        for nside in NSIDES:
            path = chosen.maps / f"{ordering}{nside}.fits"
            seconds, memory, _ = measure(binary, path, ".pdf", 1200, chosen.runs)
            by_nside[ordering, nside] = {"seconds": seconds, "memory": memory, "bytes": path.stat().st_size, "pixels": 1200 * 600}
    for nside in (512, 8192):
        path = chosen.maps / f"nest{nside}.fits"
        for width in WIDTHS:
            runs = chosen.runs if width <= 5000 else 2
            seconds, memory, size = measure(binary, path, ".png", width, runs)
            by_width[nside, width] = {"seconds": seconds, "memory": memory, "size": size, "bytes": path.stat().st_size, "pixels": width * width // 2}

    lines = ["# How cost grows", "", f"By `growth.py` on {datetime.date.today():%Y-%m-%d}: the least wall time of the whole program in {chosen.runs} runs (2 from 10 000 px on), and peak memory.", ""]
    lines += ["## With the map's resolution: 1200 px wide PDF", "", "| nside | map, MB | NESTED, ms | MB | RING, ms | MB |", "|---:|---:|---:|---:|---:|---:|"]
    for nside in NSIDES:
        nest, ring = by_nside["nest", nside], by_nside["ring", nside]
        lines.append(f"| {nside} | {nest['bytes'] / 1e6:,.1f} | {1e3 * nest['seconds']:,.0f} | {nest['memory']:,.0f} | {1e3 * ring['seconds']:,.0f} | {ring['memory']:,.0f} |")
    lines += ["", "## With the picture's width: PNG of NESTED maps", "", "| px | Mpx | nside 512, s | MB | nside 8192, s | MB | Mpx/s |", "|---:|---:|---:|---:|---:|---:|---:|"]
    for width in WIDTHS:
        small, large = by_width[512, width], by_width[8192, width]
        lines.append(f"| {width} | {large['pixels'] / 1e6:,.2f} | {small['seconds']:.3f} | {small['memory']:,.0f} | {large['seconds']:.3f} | {large['memory']:,.0f} | {large['pixels'] / 1e6 / large['seconds']:.0f} |")
    nested = [row for (ordering, _), row in by_nside.items() if ordering == "nest"] + list(by_width.values())
    time_model = fitted(nested, "seconds")
    memory_model = fitted(list(by_width.values()), "memory")
    lines += [
        "", "## The model", "",
        "A run streams the map once, whatever the picture, and then works on picture pixels: cost = constant + bytes of the map + pixels of the picture. Fitted to the NESTED runs:", "",
        f"- time = {1e3 * time_model[0]:.0f} ms + {1e12 * time_model[1]:.0f} ms a GB of the map + {1e9 * time_model[2]:.0f} ns a pixel;",
        f"- memory of a PNG = {memory_model[0]:.0f} MB + {1e9 * memory_model[1]:.1f} MB a GB of the map + {1e6 * memory_model[2]:.1f} MB a megapixel.", "",
        "The map's own memory ends where it is averaged down to about the picture's resolution, which is why memory hardly grows with its size. Where the averaged map would be larger than 100 MB and have more than six cells for each of the picture's pixels, or be larger than 256 MB, the picture is made in pieces of 512 px, each from the part of the map that it shows: bounded memory, at about twice the time a pixel.", "",
        "![the same as a plot](" + f"{datetime.date.today():%Y-%m-%d}-growth.svg)", ""]

    figure, (left, right) = pyplot.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    for ordering, marker in (("nest", "o"), ("ring", "s")):
        rows = [by_nside[ordering, nside] for nside in NSIDES]
        left.loglog(NSIDES, [row["seconds"] for row in rows], marker, label={"nest": "NESTED", "ring": "RING"}[ordering])
    rows = [by_nside["nest", nside] for nside in NSIDES]
    model = lambda row: time_model @ [1, row["bytes"], row["pixels"]]  # noqa: E731
    left.loglog(NSIDES, [model(row) for row in rows], "k-", lw=0.8, label="model")
    left.set(xlabel="nside of the map", ylabel="seconds, 1200 px PDF", xticks=NSIDES, xticklabels=NSIDES)
    for nside, marker in ((512, "o"), (8192, "s")):
        rows = [by_width[nside, width] for width in WIDTHS]
        right.loglog(WIDTHS, [row["seconds"] for row in rows], marker, label=f"nside {nside}")
        right.loglog(WIDTHS, [model(row) for row in rows], "k-", lw=0.8, label="model" if nside == 8192 else None)
    right.set(xlabel="width of the picture, px", ylabel="seconds, PNG", xticks=WIDTHS, xticklabels=WIDTHS)
    right.tick_params(axis="x", rotation=45)
    for axes in (left, right):
        axes.minorticks_off()
        axes.legend(frameon=False)
    matplotlib.rcParams["svg.hashsalt"] = "growth"
    folder = HERE / "results"
    figure.savefig(folder / f"{datetime.date.today():%Y-%m-%d}-growth.svg", metadata={"Date": None})
    (folder / f"{datetime.date.today():%Y-%m-%d}-growth.md").write_text("\n".join(lines))
    print("\n".join(lines))


if __name__ == "__main__":
    main()
