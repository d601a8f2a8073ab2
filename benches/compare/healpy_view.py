#!/usr/bin/env python3
"""Draw a map with healpy's mollview, as its users do.  usage: healpy_view.py MAP OUTPUT"""
import sys

import matplotlib

matplotlib.use("Agg")
import healpy as hp
import matplotlib.pyplot as plt

hp.mollview(hp.read_map(sys.argv[1]), xsize=1200, title="", unit="K")
plt.savefig(sys.argv[2], dpi=150)
