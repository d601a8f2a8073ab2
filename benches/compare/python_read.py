#!/usr/bin/env python3
"""Read the first column of a map and add it up.  usage: python_read.py fitsio|astropy MAP"""
import sys

module, path = sys.argv[1:]
if module == "fitsio":
    import fitsio

    with fitsio.FITS(path) as file:
        values = file[1].read_column(0)
else:
    from astropy.io import fits

    with fits.open(path, memmap=True) as file:
        values = file[1].data.field(0)
print(values.sum(dtype="f8"))
