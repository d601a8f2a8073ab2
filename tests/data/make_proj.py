#!/usr/bin/env python3
"""Write proj.json: places on the unit sphere as PROJ projects them (needs: pip install pyproj).

usage: make_proj.py

Longitudes and latitudes in degrees; x and y of the projection centred on (0, 0), or null where PROJ shows nothing. Mollweide is divided by
sqrt 2, as healpy's plane is."""
import json
import math
import os

import pyproj

NAMES = {
    "mollweide": "moll", "hammer": "hammer", "aitoff": "aitoff", "cartesian": "eqc", "gnomonic": "gnom", "orthographic": "ortho",
    "azimuthal-equidistant": "aeqd", "lambert": "laea", "stereographic": "stere", "sinusoidal": "sinu", "mercator": "merc",
    "equal-earth": "eqearth", "mcbryde": "mbtfpq", "eckert4": "eck4", "robinson": "robin",
}
# A spiral of golden angles over the sphere, and places near the centre, the poles and the far meridian.
PLACES = [(360 * ((0.6180339887498949 * k) % 1) - 180, math.degrees(math.asin(2 * (k + 0.5) / 24 - 1))) for k in range(24)]
PLACES += [(0, 0), (1e-3, -2e-3), (0, 45), (30, 89.99), (-170, -89.9), (179.99, 10), (-179.99, -60), (90, 0), (-90, 30)]


def main():
    places = [[round(lon, 6), round(lat, 6)] for lon, lat in PLACES]
    table = {"places": places, "projections": {}}
    for name, proj in NAMES.items():
        projection = pyproj.Proj(f"+proj={proj} +R=1")
        scale = 1 / math.sqrt(2) if name == "mollweide" else 1
        points = []
        for lon, lat in places:
            x, y = projection(lon, lat)
            points.append([x * scale, y * scale] if math.isfinite(x) and math.isfinite(y) else None)
        table["projections"][name] = points
    path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "proj.json")
    lines = [f' "{name}": {json.dumps(points)}' for name, points in table["projections"].items()]
    with open(path, "w") as file:
        file.write('{"places": ' + json.dumps(places) + ',\n"projections": {\n' + ",\n".join(lines) + "\n}}\n")


if __name__ == "__main__":
    main()
