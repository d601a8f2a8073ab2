#!/usr/bin/env bash
# Draws a folder of maps as a Slurm job array; each task takes its share of the list.
#
#   sbatch --array=1-20 examples/workflows/slurm.sh /data/maps /data/figures
#
# Submitted again, the array draws what is missing: what was drawn already is left as it is. A single task of it, as with --array=7, has to
# be told how many there were: TASKS=20 sbatch --array=7 ...
#SBATCH --job-name=map2fig
#SBATCH --cpus-per-task=4
#SBATCH --mem=8G
#SBATCH --time=00:30:00
set -euo pipefail

maps=${1:?usage: slurm.sh MAPS FIGURES [OPTIONS...]}
figures=${2:?usage: slurm.sh MAPS FIGURES [OPTIONS...]}
shift 2

# Number of this task, from 1, and number of tasks; 1 of 1 outside of an array.
task=${SLURM_ARRAY_TASK_ID:-1}
tasks=${TASKS:-${SLURM_ARRAY_TASK_COUNT:-1}}

mkdir -p "$figures"
exec "${MAP2FIG:-map2fig}" "$maps"/*.fits -o "$figures/{stem}.{ext}" --format png \
  --shard "$task/$tasks" --threads "${SLURM_CPUS_PER_TASK:-1}" --skip-existing "$@"
