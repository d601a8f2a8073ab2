#!/usr/bin/env python3
"""Write wcs.json: headers of FITS pictures and the sky positions that astropy finds in them (needs: pip install astropy numpy).

usage: make_wcs.py PROGRAM     (map2fig)

Each case has the options of the picture, its WCS cards, and for some pixels (column and row from 0) longitude and latitude in degrees."""
import json
import os
import subprocess
import sys
import tempfile

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS

HERE = os.path.dirname(os.path.abspath(__file__))
PROJECTIONS = ["mollweide", "hammer", "gnomonic", "orthographic --half-sky", "azimuthal-equidistant", "lambert", "stereographic --half-sky",
               "sinusoidal", "cartesian", "mercator"]
VIEWS = ["", "--rotate-to 40,0 --output-coord eq", "--rotate-to -123.4,-35.6 --roll 17", "--rotate-to 200,60 --flip geo --output-coord ecl",
         "--rotate-to 30,90 --roll -100", "--rotate-to 350,-20 --roll 90", "--rotate-to 30,0 --roll 33", "--rotate-to 10,1e-5 --roll -70 --flip geo"]
KEYS = ["CTYPE1", "CTYPE2", "CRPIX1", "CRPIX2", "CDELT1", "CDELT2", "CRVAL1", "CRVAL2", "LONPOLE", "LATPOLE", "PV1_1", "PV1_2"]


def case(program, options):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "x.fits")
        source = os.path.join(HERE, "ref_ring32_g_f4.fits")
        subprocess.run([program, source, "-o", path, "--quiet", *options.split()], check=True)
        with fits.open(path) as file:
            hdu = file[0] if file[0].data is not None else file[1]
            header, data = hdu.header, hdu.data
    rows, columns = np.nonzero(np.isfinite(data))
    chosen = np.random.default_rng(5).choice(len(rows), 10, replace=False)
    pixels = [(int(columns[k]), int(rows[k])) for k in chosen]
    sky = WCS(header).wcs_pix2world(np.array(pixels, float), 0)
    points = [[x, y, float(lon), float(lat)] for (x, y), (lon, lat) in zip(pixels, sky)]
    # Pixels at the very rim may have no world coordinates.
    return {"options": options, "cards": {k: header[k] for k in KEYS if k in header}, "points": [p for p in points if np.isfinite(p).all()]}


def main():
    cases = [case(sys.argv[1], f"--width 101 --projection {p} {v}".strip()) for p in PROJECTIONS for v in VIEWS]
    with open(os.path.join(HERE, "wcs.json"), "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")


if __name__ == "__main__":
    main()
