#!/bin/sh
# gph doctor: a good set-up passes; each planted defect is found, with its fix.
# shellcheck source=tests/app/lib.sh
. "$(dirname "$0")/lib.sh"
no_locks=$2
unset HDF5_USE_FILE_LOCKING
for variable in $(env | sed -n 's/^\(SLURM_[A-Z0-9_]*\|PMI_[A-Z0-9_]*\)=.*/\1/p'); do
    unset "$variable"
done

# state CHECK STATE: what the last run, with --json -, says of a check.
state()
{
    json "result/$1/state" "$2"
}

run 0 0 doctor --threads 1 --max-memory 64M --json -
for check in mpi hdf5 ranks cores memory slurm folder locking parallel_hdf5; do
    state $check ok
done
run 0 0 doctor . --threads 1
says out "mpi                  ok: runs with"
says out "fix: give a limit"
no_leftovers
left=$(find . -name '.gph*')
[ -z "$left" ] || fail "$what: leaves $left"

# Cores.
run 6 2 doctor --threads 600 --json -
state cores problem
run 6 2 doctor --threads 600
says out "fix: fewer ranks on each host"
says err "gph: error: 1 problem in this set-up"
if [ "$(nproc)" -gt 1 ] && command -v taskset >/dev/null; then
    GPH_COMMAND="$(command -v taskset)" run 6 2 -c 0 "$GPH_COMMAND" doctor --threads 1 --json -
    state cores problem
    "$json_get" result/cores/fix <out | grep -q -e '--bind-to none' || fail "$what: no fix"
fi

# Folders.
run 6 3 doctor absent --threads 1 --json -
state folder problem
LD_PRELOAD=$no_locks run 6 0 doctor --threads 1 --json -
state locking problem
"$json_get" result/locking/fix <out | grep -q 'HDF5_USE_FILE_LOCKING=FALSE' || fail "$what: no fix"
LD_PRELOAD=$no_locks HDF5_USE_FILE_LOCKING=FALSE run 0 0 doctor --threads 1 --json -
state locking ok
state parallel_hdf5 ok
run 6 0 doctor --threads 1 --need-space 1000000T --json -
state space problem

# Memory.
run 6 0 doctor --threads 1 --need-memory 1000T --json -
state memory problem
run 6 0 doctor --threads 1 --max-memory 1000T --json -
state memory problem

# Ranks that do not know of each other; outside of the step of a SLURM job that is worth a note.
OMPI_COMM_WORLD_SIZE=4 run 6 0 doctor --threads 1 --json -
state ranks problem
PMI_SIZE=4 run 6 0 doctor --threads 1 --json -
state ranks problem
SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=4 run 6 0 doctor --threads 1 --json -
state ranks problem
SLURM_NTASKS=4 run 0 0 doctor --threads 1 --json -
state ranks note

# A SLURM job: time, and memory, which becomes the default budget.
export SLURM_JOB_ID=7 SLURM_MEM_PER_NODE=100
SLURM_JOB_END_TIME=$(($(date +%s) + 60)) run 0 0 doctor --threads 1 --json -
state slurm note
SLURM_JOB_END_TIME=$(($(date +%s) + 6000)) run 0 2 info path:n=5 --json - --log-level info
json memory/budget $((45 * 1024 * 1024))
says err "max_memory is 45.0 MiB: the share of a rank in the memory of SLURM job 7"
SLURM_JOB_END_TIME=$(($(date +%s) + 6000)) run 0 2 info path:n=5 --json - --max-memory 0
json memory/budget 0
unset SLURM_MEM_PER_NODE
SLURM_MEM_PER_CPU=10 SLURM_CPUS_ON_NODE=4 SLURM_JOB_END_TIME=$(($(date +%s) + 6000)) \
    run 0 1 info path:n=5 --json -
json memory/budget $((36 * 1024 * 1024))
finish
