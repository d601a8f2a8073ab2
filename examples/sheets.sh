#!/bin/sh
# Draws forty figures with options of all kinds, and contact sheets of them: at the width of a journal's column, and on a dark page.
#
#   examples/sheets.sh FOLDER [PROGRAM] [MAPS]
#
# FOLDER takes the figures and the sheets; PROGRAM is target/release/map2fig; MAPS is a folder with more maps, each of which is drawn too.
# The sheets need ImageMagick's montage.
set -eu
mkdir -p "$1"
out=$(realpath "$1")
program=$(realpath "${2:-target/release/map2fig}")
maps=$(realpath "${3:-/nonexistent}" 2>/dev/null || true)
cd "$(dirname "$0")/data"
number=0

# MAP OPTIONS...: the next figure, light and dark.
draw() {
  map=$1
  shift
  number=$((number + 1))
  name=$(printf '%02d' $number)
  "$program" --no-config --quiet "$map" -o "$out/$name.png" --figsize 8.8cm --dpi 150 "$@" ||
    echo "figure $name failed: $map $*" >&2
  "$program" --no-config --quiet "$map" -o "$out/dark-$name.png" --figsize 8.8cm --dpi 150 --theme dark "$@" ||
    echo "dark figure $name failed: $map $*" >&2
}
wmap() { draw wmap_mcmc_base_k_synch_stk_q_9yr_v5.fits --units mK "$@"; }
stars() { draw skymap.2mass.depth6.fits --units 'sources per pixel' "$@"; }

# Scales.
wmap
wmap --symmetric --percentile 2,98 --cmap RdBu_r --title 'Percentiles about zero'
wmap --sigma 2 --cmap coolwarm --title 'Two sigmas'
wmap --symlog --symmetric --cmap RdBu_r --title symlog
wmap --asinh --linthresh 0.05 --range full --title asinh
wmap --hist --cmap viridis --title hist
wmap --planck-log --title planck-log
draw wmap_mcmc_base_k_synch_stk_q_9yr_v5.fits -i VARIANCE --units '$\mathrm{mK}^2$' --log --percentile 1,99 --cmap magma --title '$\sigma^2$, log'
stars --log --cmap inferno --title log
stars --sqrt --cmap cividis --title sqrt
stars --gamma 0.4 --cmap viridis --title '$\gamma = 0.4$'
stars --log --min 1e3 --max 1e5 --under-color white --over-color black --title 'Given limits'

# Colours and the colour bar.
wmap --cmap '#0b3d91,white,#c00' --symmetric --percentile 2,98 --title 'Own stops'
wmap --cmap RdBu_r --cmap-steps 8 --min -0.08 --max 0.08 --title 'Eight steps'
wmap --cbar-position right --percentile 2,98 --title 'Bar at the right'
stars --log --extend both --tick-direction in --title 'Ticks inside'
draw skymap.2mass.depth6.fits --scale 1e-9 --units GK --percentile 1,99 --title 'Small numbers'
draw skymap.2mass.depth6.fits --scale 1e9 --units Hz --percentile 1,99 --title 'Large numbers'
stars --offset 1e6 --percentile 1,99 --title 'A large offset'
wmap --ticks=-0.1,0,0.1 --min -0.12 --max 0.12 --cbar-label '$Q$' --title 'Given ticks'
wmap --no-cbar --no-border --title 'The sky alone'

# Masks, monopole and dipole.
wmap --mask-above 0.15 --maskfill-color black --title 'Masked above 0.15 mK'
wmap --mask-below -0.05 --mask-above 0.1 --mask-alpha 0.6 --title 'Under a veil'
wmap --remove-monopole --symmetric --percentile 2,98 --cmap RdBu_r --title 'Without its mean'
stars --remove-dipole --gal-cut 20 --symmetric --percentile 5,95 --cmap RdBu_r --title 'Without its dipole'

# Views.
stars --log --output-coord gal --graticule --title Galactic
stars --log --output-coord ecl --graticule --title Ecliptic
stars --log --rotate-to 180,0 --graticule --grat-format hours --title Hours
stars --log --graticule --galactic-plane --ecliptic --title 'Two planes'
wmap --projection hammer --graticule --asinh --title Hammer
wmap --projection aitoff --asinh --roll 30 --graticule --title 'Aitoff, rolled'
wmap --projection cartesian --asinh --graticule --title Cartesian
wmap --projection mercator --asinh --graticule --title Mercator
wmap --projection equal-earth --asinh --flip geo --graticule --title 'Equal Earth, east right'
stars --projection orthographic --log --graticule --output-coord gal --title Orthographic
stars --projection stereographic --half-sky --log --graticule --rotate-to 0,90 --title 'The north pole'
stars --projection gnomonic --log --output-coord gal --lon 285 --lat -36 --fov 1800 --graticule --title 'Magellanic Clouds'
stars --projection gnomonic --log --output-coord gal --lon 280.5 --lat -33 --fov 480 --pixel-borders 64 --title 'Pixels'

# Text.
wmap --llabel 'WMAP 9 yr' --rlabel '$\nu = 23\,\mathrm{GHz}$' --title '$\ell^2 C_\ell / 2\pi$, $\frac{a}{b}$, $\sqrt{x}$'
wmap --title 'A title that is much too long for a single column of a journal, as titles of notebooks often are, and goes on'

for map in "$maps"/* "$maps"/*/*; do
  case $map in
    *.fits | *.fits.gz | *.hs | *.hsp) draw "$map" --title "$(basename "$map" | tr '_' ' ')" ;;
  esac
done

montage -tile 5x -geometry 520x400+6+6 "$out"/[0-9]*.png "$out/sheet.png"
montage -tile 5x -geometry 520x400+6+6 -background black "$out"/dark-*.png "$out/sheet-dark.png"
