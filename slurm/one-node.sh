#!/bin/bash
# One node: its cores as threads of a few ranks.
#
#   sbatch slurm/one-node.sh cliques graph.h5 -k 5 --json result.json
#
# What follows the script's name goes to gph. Edit the lines below, or give the same options to sbatch,
# which overrule them.
#SBATCH --job-name=gph
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=2       # ranks: one for each socket is a good start
#SBATCH --cpus-per-task=2         # threads of a rank: cores of a socket
#SBATCH --mem=2000M               # of the node; gph takes a rank's share of it as --max-memory
#SBATCH --time=01:00:00           # gph stops, with its state saved, in time before this
#SBATCH --output=gph-%j.log

# EDIT: load what gph was built with, as in:   module load openmpi hdf5
gph=${GPH:-gph}                   # EDIT: the command, unless it is on the path

set -u
[ $# -gt 0 ] || { echo "usage: sbatch $0 COMMAND [options] INPUT" >&2; exit 2; }
threads=${SLURM_CPUS_PER_TASK:-1}
# Each rank is bound to as many cores as it has threads.
exec mpirun ${MPIRUN_OPTIONS:---map-by slot:PE=$threads} "$gph" "$@" --threads "$threads"
