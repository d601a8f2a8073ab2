#!/bin/sh
# Draws the README's figures into examples/figures, from the maps in examples/data.
#
#   examples/figures.sh [PROGRAM]        PROGRAM: target/release/map2fig
set -eu
program=$(realpath "${1:-target/release/map2fig}")
cd "$(dirname "$0")"
wmap=data/wmap_mcmc_base_k_synch_stk_q_9yr_v5.fits
stars=data/skymap.2mass.depth6.fits

# The picture at the top: star counts on a log scale, in galactic coordinates.
"$program" $stars -o figures/stars.png --width 900 --output-coord gal --log \
  --cmap inferno --title '2MASS point sources' --units 'sources per pixel'

# A diverging map about zero, for paper.
"$program" $wmap -o figures/wmap.png --width 600 --symmetric --percentile 2,98 --cmap RdBu_r \
  --units mK --llabel 'WMAP 9 yr' --rlabel 'synchrotron Q'

# The same stars in their own equatorial frame, 12h in the middle, on a dark page.
"$program" $stars -o figures/dark.png --width 600 --rotate-to 180,0 --log --theme dark \
  --units 'sources per pixel'

# Strong structure and weak at once.
"$program" $wmap -o figures/asinh.png --width 600 --asinh --linthresh 0.05 --range full --units mK

# The width of a journal's column at 200 dots an inch.
"$program" $wmap -o figures/column.png --figsize 8.8cm --dpi 200 --min -0.1 --max 0.1 \
  --units mK --theme planck

# The sky alone, on whatever page it is put.
"$program" $stars -o figures/alone.png --width 600 --log --cmap viridis \
  --no-cbar --no-border --transparent
