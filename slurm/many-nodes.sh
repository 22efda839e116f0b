#!/bin/bash
# Many nodes, hybrid: ranks on every node, each with threads.
#
#   sbatch slurm/many-nodes.sh cliques graph.h5 -k 5 --report --json result.json
#
# What follows the script's name goes to gph. Edit the lines below, or give the same options to sbatch,
# which overrule them. Input and output must lie on a file system that all nodes share.
#SBATCH --job-name=gph
#SBATCH --nodes=2                 # more nodes: more memory for the graph, and more cores
#SBATCH --ntasks-per-node=2       # ranks of each node (not --ntasks: it may split them unevenly)
#SBATCH --cpus-per-task=2         # threads of a rank
#SBATCH --mem=2000M               # of each node; gph takes a rank's share of it as --max-memory
#SBATCH --time=01:00:00           # gph stops, with its state saved, in time before this
#SBATCH --output=gph-%j.log

# EDIT: load what gph was built with, as in:   module load openmpi hdf5
gph=${GPH:-gph}                   # EDIT: the command, unless it is on the path

set -u
[ $# -gt 0 ] || { echo "usage: sbatch $0 COMMAND [options] INPUT" >&2; exit 2; }
threads=${SLURM_CPUS_PER_TASK:-1}
# The last three options end the job soon when the network between two nodes is gone for good:
# without them mpirun waits for ever. See docs/cluster.md.
exec mpirun ${MPIRUN_OPTIONS:---map-by slot:PE=$threads} \
    --mca oob_tcp_keepalive_time 5 --mca oob_tcp_keepalive_intvl 3 --mca oob_tcp_keepalive_probes 5 \
    "$gph" "$@" --threads "$threads"
