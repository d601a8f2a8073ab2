#!/usr/bin/env bash
# Runs the examples for schedulers on a folder of maps, with Snakemake from PyPI in an environment of its own.
#
#   tests/workflows.sh MAP2FIG FOLDER     FOLDER keeps the environment between runs
set -euo pipefail

map2fig=$(realpath "$1")
folder=$2
examples=$(dirname "$0")/../examples
environment=$folder/environment
work=$folder/work

fail() { echo "error: $1" >&2; exit 1; }

if ! "$environment/bin/snakemake" --version >/dev/null 2>&1; then
  rm -rf "$environment"
  python3 -m venv "$environment" || fail "python3 with its venv module is needed to test the workflows"
  "$environment/bin/pip" install --quiet --disable-pip-version-check 'snakemake>=8,<10' \
    || fail "Snakemake could not be installed from PyPI, so its workflow is not tested"
fi

rm -rf "$work"
mkdir -p "$work/maps"
for name in one two three four five; do
  cp "$examples/data/wmap_mcmc_base_k_synch_stk_q_9yr_v5.fits" "$work/maps/$name.fits"
done

count() { find "$1" -name "*.$2" -size +0c | wc -l; }
expect() { [ "$1" = "$2" ] || fail "$3: expected $2, found $1"; }

# Snakemake: all maps once, then only the one that changed.
flow() {
  "$environment/bin/snakemake" -s "$examples/workflows/Snakefile" --directory "$work" --cores 2 --quiet all \
    --config maps=maps figures=snake "map2fig=$map2fig" 'options=--width 200 --title Sky' "$@"
}
flow
expect "$(count "$work/snake" png)" 5 "figures of the Snakemake workflow"
touch "$work/before"
sleep 1
touch "$work/maps/two.fits"
flow
expect "$(find "$work/snake" -name '*.png' -newer "$work/before" | wc -l)" 1 "figures drawn again"

# Slurm: three tasks of an array, one after the other as no scheduler is here; the first is submitted twice.
array() {
  SLURM_ARRAY_TASK_ID=$1 SLURM_ARRAY_TASK_COUNT=3 SLURM_CPUS_PER_TASK=1 MAP2FIG=$map2fig \
    bash "$examples/workflows/slurm.sh" "$work/maps" "$work/array" --width 200 --quiet
}
array 1
expect "$(count "$work/array" png)" 2 "figures of the first task"
touch "$work/before"
sleep 1
array 1
array 2
array 3
expect "$(count "$work/array" png)" 5 "figures of the array"
expect "$(find "$work/array" -name '*.png' -newer "$work/before" | wc -l)" 3 "figures of the other tasks"
echo "workflows: Snakemake and the job array drew what they should"
