#!/bin/sh
# Draws the README's gallery of views into examples/figures, from the maps in examples/data.
#
#   examples/gallery.sh [PROGRAM]        PROGRAM: target/release/map2fig
set -eu
program=$(realpath "${1:-target/release/map2fig}")
cd "$(dirname "$0")"
wmap=data/wmap_mcmc_base_k_synch_stk_q_9yr_v5.fits
stars=data/skymap.2mass.depth6.fits

# NAME OPTIONS...: star counts in galactic coordinates with a grid.
star() {
  name=$1
  shift
  "$program" $stars -o "figures/view-$name.png" --width 480 --figsize 8cm --log --cmap inferno \
    --no-cbar --output-coord gal --graticule "$@"
}

# The whole sky in an ellipse, or in another rounded shape.
star mollweide
star hammer --projection hammer --rotate-to 0,90
star equal-earth --projection equal-earth --grat-format signed

# Globes: both sides, one side, a pole.
star orthographic --projection orthographic --rotate-to 30,20
star stereographic --projection stereographic --half-sky --rotate-to 0,-90
star lambert --projection lambert --half-sky --rotate-to 180,30

# Straight meridians.
star cartesian --projection cartesian --frame-label
star mercator --projection mercator --extent=-90,90,-60,60 --rotate-to 80,0

# Fields: the Magellanic Clouds on the tangent plane, their pixels, two grids.
star gnomonic --projection gnomonic --lon 285 --lat -36 --fov 1800
star pixels --projection gnomonic --lon 280.5 --lat -33 --fov 480 --pixel-borders 64 --grat-color transparent
star frames --projection gnomonic --lon 285 --lat -36 --fov 1800 --grat-coord-overlay eq

# Reference lines: the ecliptic over synchrotron polarisation, and the galactic plane in equatorial coordinates.
"$program" $wmap -o figures/view-ecliptic.png --width 480 --figsize 8cm --symmetric --percentile 2,98 \
  --cmap RdBu_r --no-cbar --graticule --ecliptic
"$program" $stars -o figures/view-plane.png --width 480 --figsize 8cm --log --cmap viridis --no-cbar \
  --projection hammer --graticule --grat-format hours --galactic-plane --rotate-to 180,0
