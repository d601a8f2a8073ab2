#!/usr/bin/env python3
"""Reads the first image or column of a FITS file into native memory with fitsio, and prints the seconds of the fastest time.

usage: fitsio_column.py FILE [RUNS]      (needs: pip install fitsio). Does what read_column.rs does."""
import sys
import time

import fitsio


def read(path):
    with fitsio.FITS(path) as file:
        if file[0].has_data():
            return file[0].read()
        return file[1].read_column(file[1].get_colnames()[0])


def main():
    path, runs = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 1
    best = float("inf")
    for _ in range(runs):
        start = time.perf_counter()
        read(path)
        best = min(best, time.perf_counter() - start)
    print(f"{best:.9f}")


if __name__ == "__main__":
    main()
