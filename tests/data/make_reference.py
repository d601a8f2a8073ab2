#!/usr/bin/env python3
"""Remake the arrays that tests/healpy_parity.rs compares with, from cases.json and the two maps beside it.

usage: make_reference.py [--check]     (needs: pip install healpy matplotlib numpy)

Each array is what healpy.mollview(), gnomview(), cartview(), orthview() or azeqview() would show: float32, row 0 at the bottom, NaN off the sky,
UNSEEN (-1.6375e30) on the bad pixels. --check compares with the stored arrays instead of writing them."""
import json
import os
import sys

import matplotlib

matplotlib.use("Agg")
import healpy as hp
import matplotlib.pyplot as plt
import numpy as np

HERE = os.path.dirname(os.path.abspath(__file__))


VIEWS = {"mollweide": hp.mollview, "gnomonic": hp.gnomview, "cartesian": hp.cartview, "orthographic": hp.orthview,
         "azeq": hp.azeqview}


def picture(values, projection, arguments):
    """The values that healpy puts on the pixels of a picture."""
    shown = VIEWS[projection](values, return_projected_map=True, **arguments)
    plt.close("all")
    shown = np.ma.filled(shown, hp.UNSEEN)
    return np.where(np.isinf(shown), np.nan, shown).astype(np.float32)


def main():
    check = sys.argv[1:] == ["--check"]
    with open(os.path.join(HERE, "cases.json")) as file:
        cases = json.load(file)
    for case in cases:
        values = hp.read_map(os.path.join(HERE, case["map"]), dtype=np.float32)
        array = picture(values, case["projection"], case["healpy"])
        path = os.path.join(HERE, case["reference"])
        if not check:
            np.save(path, array)
        elif not np.array_equal(array, np.load(path), equal_nan=True):
            sys.exit(f"{case['reference']}: differs")
        print(case["reference"], array.shape, "same" if check else "written")


if __name__ == "__main__":
    main()
