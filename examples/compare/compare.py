#!/usr/bin/env python3
"""Draws the same maps with healpy's mollview and projview, map2fig 0.7.8 and this program, side by side on one sheet.

usage: examples/compare/compare.py OUTPUT.png [--program PATH] [--old PATH]

Needs healpy and Pillow. --old names an executable of map2fig 0.7.8; its column stays empty without.
"""
import argparse
import shlex
import subprocess
import tempfile
from pathlib import Path

import matplotlib

matplotlib.use("Agg")
import healpy as hp
import matplotlib.pyplot as plt
from healpy.newvisufunc import projview
from PIL import Image, ImageDraw

DATA = Path(__file__).resolve().parent.parent / "data"
WMAP = DATA / "wmap_mcmc_base_k_synch_stk_q_9yr_v5.fits"
STARS = DATA / "skymap.2mass.depth6.fits"
WIDTH, HEIGHT = 800, 520

# For each map: mollview's and projview's arguments, map2fig's options, and the options of 0.7.8.
CASES = [
    (
        WMAP,
        dict(unit="mK", min=-0.1, max=0.1, cmap="RdBu_r"),
        dict(unit="mK", min=-0.1, max=0.1, cmap="RdBu_r"),
        "--units mK --min -0.1 --max 0.1 --cmap RdBu_r",
        "--units mK --min=-0.1 --max=0.1 --cmap rdbu-r",
    ),
    (
        STARS,
        dict(unit="sources per pixel", norm="log", coord="CG", cmap="inferno"),
        dict(unit="sources per pixel", norm="log", coord=["C", "G"], cmap="inferno"),
        "--log --output-coord gal --cmap inferno --units 'sources per pixel'",
        "--log --min=798 --max=150000 --output-coord gal --cmap inferno",
    ),
    (
        WMAP,
        dict(unit="mK", norm="hist", cmap="viridis"),
        dict(unit="mK", norm="hist", cmap="viridis", graticule=True, graticule_labels=True),
        "--units mK --hist --cmap viridis --graticule",
        "--units mK --hist --cmap viridis --graticule",
    ),
    (
        WMAP,
        # Of a map that is 1e-6 of the other in size: what happens to the labels of the colour bar.
        dict(unit="kK", scale=1e-6),
        dict(unit="kK", scale=1e-6),
        "--units kK --scale 1e-6 --percentile 1,99",
        "--units kK --scale 1e-6",
    ),
]


def healpy_picture(draw, path, options, output):
    """A map drawn by one of healpy's functions."""
    options = dict(options)
    values = hp.read_map(path) * options.pop("scale", 1.0)
    draw(values, **options)
    plt.savefig(output, dpi=120)
    plt.close("all")


def run(program, path, output, options):
    """A map drawn by a map2fig; nothing where it fails."""
    if subprocess.run([program, path, output, *options], check=False).returncode != 0:
        print(f"{program} failed on {path.name}: {' '.join(options)}")


def panel(path):
    """A picture on a white ground, as large as the others."""
    ground = Image.new("RGB", (WIDTH, HEIGHT), "white")
    if path.exists():
        picture = Image.open(path).convert("RGBA")
        picture.thumbnail((WIDTH, HEIGHT))
        place = ((WIDTH - picture.width) // 2, (HEIGHT - picture.height) // 2)
        ground.paste(picture, place, picture)
    return ground


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("output")
    parser.add_argument("--program", default="target/release/map2fig")
    parser.add_argument("--old")
    args = parser.parse_args()
    names = ["healpy mollview", "healpy projview", "map2fig 0.7.8", "map2fig"]
    margin = 40
    sheet = Image.new("RGB", (len(names) * WIDTH, margin + len(CASES) * HEIGHT), "white")
    pen = ImageDraw.Draw(sheet)
    for column, name in enumerate(names):
        pen.text((column * WIDTH + WIDTH // 2, margin // 2), name, "black", anchor="mm", font_size=24)
    with tempfile.TemporaryDirectory() as folder:
        for row, (path, moll, proj, new, old) in enumerate(CASES):
            outputs = [Path(folder) / f"{row}{column}.png" for column in range(len(names))]
            healpy_picture(hp.mollview, path, {"title": "", **moll}, outputs[0])
            healpy_picture(projview, path, {"title": "", **proj}, outputs[1])
            if args.old:
                run(args.old, path, outputs[2], [*shlex.split(old), "--width", "1000"])
            run(args.program, path, outputs[3], [*shlex.split(new), "--figsize", "15cm", "--dpi", "170"])
            for column, output in enumerate(outputs):
                sheet.paste(panel(output), (column * WIDTH, margin + row * HEIGHT))
    sheet.save(args.output)


main()
