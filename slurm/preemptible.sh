#!/bin/bash
# A job that may be interrupted: by its time limit, by preemption, by a node that fails. It saves its
# state, goes back into the queue, and goes on from there, on whatever nodes it gets.
#
#   sbatch slurm/preemptible.sh cliques graph.h5 -k 8 --list cliques.h5 --json result.json
#
# What follows the script's name goes to gph; --checkpoint and --resume are added. The result is the
# same, byte for byte, as that of a run that was never interrupted.
#SBATCH --job-name=gph
#SBATCH --nodes=1
#SBATCH --ntasks-per-node=2       # ranks of each node
#SBATCH --cpus-per-task=2         # threads of a rank
#SBATCH --mem=2000M               # of each node
#SBATCH --time=04:00:00           # short jobs start sooner; this one goes on until it is done
#SBATCH --requeue                 # SLURM starts it again after preemption or the loss of a node
#SBATCH --signal=B:USR1@120       # EDIT: so many seconds before the end; more for large states
#SBATCH --open-mode=append        # one log for all its lives
#SBATCH --output=gph-%j.log

# EDIT: load what gph was built with, as in:   module load openmpi hdf5
gph=${GPH:-gph}                   # EDIT: the command, unless it is on the path
folder=${CHECKPOINTS:-checkpoints-$SLURM_JOB_ID} # EDIT: on a file system that all nodes share
every=${CHECKPOINT_EVERY:-10m}    # EDIT: what the loss of a node may cost

set -u
[ $# -gt 0 ] || { echo "usage: sbatch $0 COMMAND [options] INPUT" >&2; exit 2; }
threads=${SLURM_CPUS_PER_TASK:-1}
mkdir -p "$folder"
echo "life $((${SLURM_RESTART_COUNT:-0} + 1)) of job $SLURM_JOB_ID on $SLURM_JOB_NODELIST"

mpirun ${MPIRUN_OPTIONS:---map-by slot:PE=$threads} \
    --mca oob_tcp_keepalive_time 5 --mca oob_tcp_keepalive_intvl 3 --mca oob_tcp_keepalive_probes 5 \
    "$gph" "$@" --threads "$threads" --checkpoint "$folder" --checkpoint-every "$every" --resume &
job=$!

# SLURM signals this script alone (B:); mpirun hands USR1 on to all ranks, which save and stop.
trap 'echo "asked to stop"; kill -USR1 $job 2>/dev/null' USR1 TERM
# A trapped signal ends wait early: go on waiting until mpirun is gone.
while :; do
    wait $job
    status=$?
    kill -0 $job 2>/dev/null || break
done

# 5: stopped early, with the state saved.
if [ $status = 5 ]; then
    echo "saved: back into the queue"
    scontrol requeue "$SLURM_JOB_ID"
    sleep 60 # SLURM ends this script
fi
[ $status != 0 ] || rmdir "$folder" 2>/dev/null
exit $status
