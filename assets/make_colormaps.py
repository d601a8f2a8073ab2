#!/usr/bin/env python3
"""Writes the embedded colour tables and the licence texts of those who made them.

    pip install matplotlib==3.11.2 cmocean==4.0.3 cmcrameri==1.10 colorcet==3.2.1 cmasher==1.9.4
    python3 assets/make_colormaps.py

Output, beside this script:

colormaps.bin   the colour tables one after another: 3 bytes (R, G, B) a row and nothing else.
colormaps.tsv   the index, in the order in which people should see it. A map is a line
                    NAME <tab> ROWS <tab> FIRST_ROW
                (tables with the same colours share their rows), and an alias is a line
                    ALIAS <tab> NAME
                where NAME may carry `_r` for the reversed table.
licenses/*.txt  the licence of each package, as its wheel brings it.

Bytes are those that matplotlib draws: `cm(range(N), bytes=True)`, which truncates `255 * c`.
Names are those that matplotlib registers, with colorcet's `cet_` written `cet.` like the rest.
Reversed maps are not stored. No file of healpy, HEALPix or cosmoglobe (all GPL) is used: planck, planck-log and
wmap come from the nodes below.
"""

import importlib.metadata
import pathlib
import re

import matplotlib
import numpy as np

HERE = pathlib.Path(__file__).resolve().parent

# Piecewise linear palettes as (position, (R, G, B)). Positions are row numbers of 256, values run from 0 to 255.

# The Planck Collaboration's "parchment" colours for CMB maps (Planck 2013 results I, and the style guide's scripts).
PLANCK = [
    (0, (0, 0, 255)),
    (42, (0, 112, 255)),
    (85, (0, 221, 255)),
    (127, (255, 237, 217)),
    (170, (255, 180, 0)),
    (212, (255, 75, 0)),
    (255, (100, 0, 0)),
]

# The Planck Collaboration's colours for frequency maps, meant for the modified asinh scale from -10^3 to 10^7.
PLANCK_LOG = [
    (0, (0, 0, 255)),
    (13, (10, 20, 255)),
    (26, (30, 184, 255)),
    (39, (80, 235, 255)),
    (52, (191, 239, 250)),
    (65, (228, 240, 245)),
    (76, (241, 241, 212)),
    (77, (241, 241, 212)),
    (88, (245, 240, 175)),
    (101, (248, 235, 130)),
    (114, (249.9, 204, 38.25)),
    (127, (242.25, 153, 12.75)),
    (140, (204, 76.5, 0)),
    (153, (165, 32, 32)),
    (166, (114, 0, 32)),
    (179, (127.5, 127.5, 153)),
    (192, (178.5, 178.5, 204)),
    (205, (204, 204, 229.5)),
    (218, (229.5, 229.5, 242.25)),
    (231, (242.25, 242.25, 249.9)),
    (244, (247.35, 247.35, 252.45)),
    (255, (252.45, 252.45, 255)),
]

# WMAP-like colours, the nodes that pixell publishes (Simons Observatory, BSD-3-Clause).
WMAP = [
    (0.00 * 255, (0, 0, 128)),
    (0.15 * 255, (0, 0, 255)),
    (0.40 * 255, (0, 255, 255)),
    (0.70 * 255, (255, 255, 0)),
    (0.90 * 255, (255, 85, 0)),
    (1.00 * 255, (128, 0, 0)),
]

# What matplotlib registers as a second spelling of another of its maps.
MATPLOTLIB_ALIASES = {"Grays": "Greys", "grey": "gray", "gist_grey": "gist_gray", "gist_yerg": "gist_yarg"}


def from_nodes(nodes):
    """The 256 rows of a piecewise linear palette, truncated like matplotlib's."""
    positions = [position for position, _ in nodes]
    channels = np.array([color for _, color in nodes], dtype=float).T
    rows = np.stack([np.interp(np.arange(256), positions, channel) for channel in channels], axis=1)
    # An exact node such as 51.0 may come out of the interpolation as 50.99999999999999.
    return np.floor(rows + 1e-9).astype(np.uint8)


def registered():
    """The names that matplotlib knows now, without the reversed ones."""
    return [name for name in matplotlib.colormaps if not name.endswith("_r")]


def rows_of(name):
    cmap = matplotlib.colormaps[name]
    rgba = cmap(range(cmap.N), bytes=True)
    assert (rgba[:, 3] == 255).all(), f"{name} is not opaque"
    return rgba[:, :3]


def collect():
    """Returns ({name: rows}, {alias: name}); both keep the order of the list that people see."""
    # The other packages register their maps with matplotlib on import: take matplotlib's own before.
    own = sorted(registered(), key=str.lower)
    import cmasher, cmcrameri, cmocean, colorcet  # noqa: F401, E401

    tables = {"planck": from_nodes(PLANCK), "planck-log": from_nodes(PLANCK_LOG), "wmap": from_nodes(WMAP)}
    aliases = dict(MATPLOTLIB_ALIASES)
    for alias, name in MATPLOTLIB_ALIASES.items():
        assert np.array_equal(rows_of(alias), rows_of(name))
    tables |= {name: rows_of(name) for name in own if name not in aliases}

    others = sorted(set(registered()) - set(own), key=str.lower)
    for family in ("cmo.", "cmc.", "cmr."):
        for name in others:
            if not name.startswith(family):
                continue
            if name.endswith("_r_i"):  # cmocean's inverted lightness of the reversed map
                inverted = name.removesuffix("_r_i") + "_i"
                assert np.array_equal(rows_of(name), rows_of(inverted)[::-1])
                aliases[name] = inverted + "_r"
            else:
                tables[name] = rows_of(name)
    collect_colorcet([name for name in others if name.startswith("cet_")], tables, aliases)
    return tables, aliases


def collect_colorcet(names, tables, aliases):
    """colorcet gives most maps a short name, a CET code and a descriptive name.

    The first of these that a map has is its name, the others are aliases.
    """

    def rank(name):
        return 1 if "_CET_" in name else 2 if re.search(r"_c\d+(_s25)?$|_minc_", name) else 0

    groups = {}
    for name in names:
        groups.setdefault(rows_of(name).tobytes(), []).append(name)
    leaders = {min(group, key=lambda name: (rank(name), name)): group for group in groups.values()}
    for leader in sorted(leaders, key=lambda name: (rank(name), natural(name))):
        tables[leader.replace("cet_", "cet.", 1)] = rows_of(leader)
        for name in leaders[leader]:
            if name != leader:
                aliases[name.replace("cet_", "cet.", 1)] = leader.replace("cet_", "cet.", 1)


def natural(name):
    return [int(part) if part.isdigit() else part.lower() for part in re.split(r"(\d+)", name)]


def check_names(names):
    """The program matches names without case and with `-`, `_` and `.` alike."""
    keys = [re.sub(r"[-.]", "_", name.lower()) for name in names]
    assert len(set(keys)) == len(keys), "two names differ only in case or separators"
    assert not any(key.endswith("_r") for key in keys), "a name looks like a reversed one"
    assert all(name.isascii() and "\t" not in name for name in names)


def write_tables(tables, aliases):
    binary, first_rows, lines = bytearray(), {}, []
    for name, rows in tables.items():
        assert 2 <= len(rows) <= 2560
        data = rows.tobytes()
        if data not in first_rows:
            first_rows[data] = len(binary) // 3
            binary += data
        lines.append(f"{name}\t{len(rows)}\t{first_rows[data]}")
    lines += [f"{alias}\t{name}" for alias, name in aliases.items()]
    (HERE / "colormaps.bin").write_bytes(binary)
    (HERE / "colormaps.tsv").write_text("\n".join(lines) + "\n")
    print(f"{len(tables)} maps ({len(first_rows)} tables, {len(binary)} bytes), {len(aliases)} aliases")


def wheel_license(package):
    """The licence file of an installed package."""
    dist = importlib.metadata.distribution(package)
    (file,) = [f for f in dist.files if re.fullmatch(r"[^/]*\.dist-info/(licenses/)?LICENSE(\.txt)?", str(f))]
    return dist.locate_file(file).read_text(encoding="utf-8").strip() + "\n"


def matplotlib_license():
    """matplotlib's own licence, then those of the colour tables that it bundles (not of its fonts and libraries)."""
    own, bundled = wheel_license("matplotlib").split("\n----\n", 1)
    sections = re.split(r"\n(?=Name: )", bundled)
    wanted = [s.strip() for s in sections if s.startswith(("Name: ColorBrewer", "Name: Yorick"))]
    assert len(wanted) == 2
    return "\n\n----\n\n".join([own.strip(), *wanted]) + "\n"


def write_licenses():
    folder = HERE / "licenses"
    folder.mkdir(exist_ok=True)
    (folder / "matplotlib.txt").write_text(matplotlib_license())
    for package in ("cmocean", "cmcrameri", "colorcet", "cmasher"):
        (folder / f"{package}.txt").write_text(wheel_license(package))


def main():
    tables, aliases = collect()
    check_names([*tables, *aliases])
    write_tables(tables, aliases)
    write_licenses()


if __name__ == "__main__":
    main()
