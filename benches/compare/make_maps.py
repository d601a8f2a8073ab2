#!/usr/bin/env python3
"""Make the maps that timings are taken on: the same sky as nest<NSIDE>.fits and ring<NSIDE>.fits.

usage: make_maps.py FOLDER NSIDE...      (needs: pip install healpy numpy; nside a power of two)

One float32 column TEMPERATURE in K_CMB: anisotropies with a falling spectrum, a bright galactic plane, white noise from pixel
to pixel, and a patch of UNSEEN pixels. Written piece by piece through a memory map: a map of 3.2 GB (nside 8192) needs disk, not memory."""
import os
import sys

import healpy as hp
import numpy as np

PATTERN_NSIDE = 256
PIECE = 1 << 22
BLOCK = 2880


def pattern(nside):
    """The smooth part of the sky in NESTED order, kelvin."""
    lmax = 3 * nside - 1
    l = np.arange(lmax + 1.0)
    spectrum = np.zeros(lmax + 1)
    spectrum[2:] = 6e-10 / (l[2:] * (l[2:] + 1)) * np.exp(-l[2:] / 400)
    np.random.seed(20)
    sky = hp.synfast(spectrum, nside, lmax=lmax)
    longitude, latitude = hp.pix2ang(nside, np.arange(sky.size), lonlat=True)
    sky += 1.5e-3 * np.exp(-np.abs(latitude) / 3) * (1.2 + np.cos(np.radians(longitude)))
    return hp.reorder(sky, r2n=True).astype(np.float32)


def card(key, value):
    if isinstance(value, str):
        value = f"'{value:<8}'"
    elif isinstance(value, bool):
        value = f"{'T' if value else 'F':>20}"
    else:
        value = f"{value:>20}"
    return f"{key:<8}= {value}".ljust(80)


def header(cards):
    text = "".join(card(*pair) for pair in cards) + "END".ljust(80)
    return text.ljust(-(-len(text) // BLOCK) * BLOCK).encode()


def create(path, nside, ordering):
    """A file of zeros with all its headers; the column as a writable big-endian array."""
    npix = 12 * nside**2
    primary = header([("SIMPLE", True), ("BITPIX", 8), ("NAXIS", 0), ("EXTEND", True)])
    table = header(
        [("XTENSION", "BINTABLE"), ("BITPIX", 8), ("NAXIS", 2), ("NAXIS1", 4), ("NAXIS2", npix)]
        + [("PCOUNT", 0), ("GCOUNT", 1), ("TFIELDS", 1)]
        + [("TTYPE1", "TEMPERATURE"), ("TFORM1", "E"), ("TUNIT1", "K_CMB")]
        + [("PIXTYPE", "HEALPIX"), ("ORDERING", ordering), ("NSIDE", nside), ("COORDSYS", "G")]
        + [("FIRSTPIX", 0), ("LASTPIX", npix - 1), ("INDXSCHM", "IMPLICIT"), ("OBJECT", "FULLSKY")]
    )
    with open(path, "wb") as file:
        file.write(primary + table)
        file.truncate(len(primary) + len(table) + -(-4 * npix // BLOCK) * BLOCK)
    return np.memmap(path, dtype=">f4", mode="r+", offset=len(primary) + len(table), shape=(npix,))


def make(folder, nside, smooth):
    npix = 12 * nside**2
    nest = create(os.path.join(folder, f"nest{nside}.fits"), nside, "NESTED")
    ring = create(os.path.join(folder, f"ring{nside}.fits"), nside, "RING")
    noise = np.random.default_rng(21)
    hole = range(npix // 3, npix // 3 + npix // 300)
    for start in range(0, npix, PIECE):
        pixels = np.arange(start, min(start + PIECE, npix))
        # A pixel of the coarser grid is the first bits of a NESTED number; a finer grid takes the mean of its children's block.
        if nside >= PATTERN_NSIDE:
            values = smooth[pixels // (nside // PATTERN_NSIDE) ** 2]
        else:
            values = smooth.reshape(npix, -1).mean(axis=1)[pixels]
        values = values + noise.standard_normal(pixels.size, dtype=np.float32) * np.float32(4e-5)
        values[(pixels >= hole.start) & (pixels < hole.stop)] = hp.UNSEEN
        nest[pixels] = values
        ring[hp.nest2ring(nside, pixels)] = values
    nest.flush()
    ring.flush()
    print(f"nside {nside}: nest{nside}.fits and ring{nside}.fits", flush=True)


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    smooth = pattern(PATTERN_NSIDE)
    for nside in sys.argv[2:]:
        make(folder, int(nside), smooth)


if __name__ == "__main__":
    main()
