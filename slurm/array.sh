#!/bin/bash
# An array: one gph run for each line of a file, as many at a time as SLURM has room for.
#
#   printf '%s\n' 'cliques a.h5 -k 4' 'cliques a.h5 -k 5' 'cliques b.h5 -k 5' >runs.txt
#   sbatch --array=1-3%2 slurm/array.sh runs.txt
#
# Line N is run by task N, with its result in runs.txt.N.json. A task that was done already (its
# result is there) is not run again, so that the same array can be submitted until all are done.
#SBATCH --job-name=gph-array
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=1       # ranks of one run
#SBATCH --cpus-per-task=2         # threads of a rank
#SBATCH --mem=1000M               # of one run
#SBATCH --time=01:00:00           # of one run
#SBATCH --output=gph-%A-%a.log

# EDIT: load what gph was built with, as in:   module load openmpi hdf5
gph=${GPH:-gph}                   # EDIT: the command, unless it is on the path

set -u
runs=${1:?usage: sbatch --array=1-N $0 FILE}
number=${SLURM_ARRAY_TASK_ID:?submit me with --array}
line=$(sed -n "${number}p" "$runs")
[ -n "$line" ] || { echo "$runs has no line $number" >&2; exit 2; }
result=$runs.$number.json
[ ! -e "$result" ] || { echo "$result is there: nothing to do"; exit 0; }
threads=${SLURM_CPUS_PER_TASK:-1}
# The words of the line are options: they are split at blanks.
# shellcheck disable=SC2086
mpirun ${MPIRUN_OPTIONS:---map-by slot:PE=$threads} "$gph" $line --json "$result.part" \
    --threads "$threads"
status=$?
# A run that was stopped tells in its file how far it came; that is no result.
[ $status != 0 ] || mv "$result.part" "$result"
exit $status
