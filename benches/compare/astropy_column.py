#!/usr/bin/env python3
"""Read the first image or column of a FITS file into native memory with astropy, and print the seconds of the fastest time.

usage: astropy_column.py FILE [RUNS]      (does what read_column.rs does, but astropy makes float64 of scaled columns)"""
import sys
import time

import numpy as np
from astropy.io import fits


def read(path):
    with fits.open(path) as hdus:
        data = hdus[0].data if hdus[0].header["NAXIS"] else hdus[1].data.field(0)
        # A copy in any case: what astropy hands out may still be a view of the mapped file.
        return np.array(data, dtype=data.dtype.newbyteorder("="))


def timed(path):
    start = time.perf_counter()
    values = read(path)
    seconds = time.perf_counter() - start
    del values
    return seconds


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    runs = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    print(f"{min(timed(sys.argv[1]) for _ in range(runs)):.9f}")
