#!/bin/bash
# The job scripts of slurm/ on a real SLURM with a controller and two nodes (cluster.sh).
# shellcheck source=tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
need slurmctld slurmd sbatch munged nsenter unshare ip mpirun

folder=$(mktemp -d /tmp/gph-slurm.XXXXXX)
export WORK=$folder/cluster SHARE="$GPH_SOURCE_DIR $(dirname "$GPH_COMMAND") $folder"
cluster=$here/cluster.sh
trap '"$cluster" down >/dev/null 2>&1; rm -rf "$folder"' EXIT
cd "$folder" || exit 1
"$cluster" up >up.log 2>&1 || { cat up.log >&2 && skip "SLURM does not start here"; }
say "SLURM is up"
export GPH=$GPH_COMMAND MPIRUN_OPTIONS=--map-by\ slot SLURM_CONF=$WORK/slurm.conf
scripts=$GPH_SOURCE_DIR/slurm

on()
{
    "$cluster" run "$@"
}

# submit OPTION...: sbatch on the controller; prints the number of the job.
submit()
{
    on c0 sbatch --parsable "$@"
}

# field JOB NAME: what SLURM knows of a job.
field()
{
    on c0 scontrol show job "$1" -o 2>/dev/null | tr ' ' '\n' | sed -n "s/^$2=//p" | head -n 1
}

# wait_for JOB STATE SECONDS: waits until the job is in a state (a pattern).
wait_for()
{
    local end=$((SECONDS + $3))
    while ! [[ $(field "$1" JobState) =~ ^($2)$ ]]; do
        [ $SECONDS -lt $end ] || { fail "job $1 is $(field "$1" JobState), not $2" && return 1; }
        sleep .3
    done
}

# done_well JOB SECONDS LOG: waits for the end of a job, which must be a good one.
done_well()
{
    wait_for "$1" "COMPLETED|FAILED|CANCELLED|TIMEOUT|NODE_FAIL" "$2"
    [ "$(field "$1" JobState)" = COMPLETED ] || { fail "job $1 is $(field "$1" JobState)" && cat "$3" >&2; }
}

find_search 4 || fail "the plain run"

# One node, an array, and the doctor: small jobs, side by side. The doctor notes the two cores.
small="cliques complete:n=20 -k 3"
printf '%s\n' "$small" "cliques complete:n=20 -k 4" >runs.txt
# shellcheck disable=SC2086
one=$(submit --mem=500M --cpus-per-task=1 "$scripts/one-node.sh" $small --json one.json --log-level info)
array=$(submit --array=1-2 --cpus-per-task=1 --mem=500M "$scripts/array.sh" runs.txt)
doctor=$(submit --nodes=2 --ntasks-per-node=1 --cpus-per-task=1 --mem=500M --time=00:10:00 \
    "$scripts/many-nodes.sh" doctor . --json doctor.json)
done_well "$one" 60 "gph-$one.log"
grep -q "max_memory is .* in the memory of SLURM job $one" "gph-$one.log" || fail "no budget from SLURM"
[ "$("$json_get" result/count <one.json)" = 1140 ] || fail "one-node.sh"
done_well "$doctor" 60 "gph-$doctor.log"
[ "$("$json_get" result/slurm/state <doctor.json)" = ok ] || fail "the doctor sees no SLURM job"
"$json_get" result/slurm/finding <doctor.json | grep -q "minutes left, memory on a host: 500.0 MiB" ||
    fail "the doctor does not see time and memory of the job"
[ "$("$json_get" report/hosts <doctor.json)" = 2 ] || fail "the doctor does not see two hosts"
[ "$("$json_get" result/folder/state <doctor.json)" = ok ] || fail "the doctor does not see the folder"
wait_for "$array" COMPLETED 60
for end in $((SECONDS + 30)); do
    while ! { [ -e runs.txt.1.json ] && [ -e runs.txt.2.json ]; } && [ $SECONDS -lt "$end" ]; do
        sleep .3
    done
done
[ "$("$json_get" result/count <runs.txt.1.json)" = 1140 ] || fail "array.sh, line 1"
[ "$("$json_get" result/count <runs.txt.2.json)" = 4845 ] || fail "array.sh, line 2"
echo "cliques rmat:scale=13 -k 6 --max-time 1ms" >stops.txt
SLURM_ARRAY_TASK_ID=1 SLURM_CPUS_PER_TASK=1 OMPI_MCA_btl_tcp_if_include=lo OMPI_MCA_oob_tcp_if_include=lo \
    "$scripts/array.sh" stops.txt >stops.log 2>&1
[ $? = 5 ] && [ ! -e stops.txt.1.json ] || fail "array.sh takes a stopped run for a finished one"
say "one node, array, doctor"

# Both nodes.
# shellcheck disable=SC2086
both=$(submit --mem=500M --cpus-per-task=1 "$scripts/many-nodes.sh" $search --json both.json)
done_well "$both" 120 "gph-$both.log"
same both.json "both nodes"
[ "$("$json_get" report/hosts <both.json)" = 2 ] || fail "the job did not run on both nodes"
[ "$("$json_get" ranks <both.json)" = 4 ] || fail "the job did not have four ranks"
say "both nodes"

# preemptible JSON OPTION...: the job that the next two tests disturb.
preemptible()
{
    local json=$1
    shift
    # shellcheck disable=SC2086
    CHECKPOINT_EVERY=1s submit --mem=500M --cpus-per-task=1 "$@" "$scripts/preemptible.sh" $search \
        --json "$json"
}

# Signalled as SLURM does it before the end of its time (--signal=B:USR1@120; here at once), it saves,
# requeues itself, and goes on on the other node.
job=$(preemptible signal.json --time=10)
wait_for "$job" RUNNING 30
first=$(field "$job" NodeList)
on c0 scontrol update NodeName="$first" State=DRAIN Reason=test
sleep 2
on c0 scancel --batch --signal=USR1 "$job"
wait_for "$job" PENDING 60
on c0 scontrol update JobId="$job" StartTime=now
done_well "$job" 90 "gph-$job.log"
same signal.json "requeued after its signal"
[ "$(field "$job" Restarts)" -ge 1 ] || fail "the job was not requeued"
[ "$(field "$job" NodeList)" != "$first" ] || fail "the job did not go to the other node"
grep -q "asked to stop" "gph-$job.log" || fail "the job got no signal"
on c0 scontrol update NodeName="$first" State=RESUME
say "signalled on $first, finished on $(field "$job" NodeList)"

# The node is killed: SLURM requeues the job, which goes on on the other one.
job=$(preemptible node.json --time=10)
wait_for "$job" RUNNING 30
first=$(field "$job" NodeList)
for _ in $(seq 100); do
    ls "checkpoints-$job"/* >/dev/null 2>&1 && break
    sleep .1
done
"$cluster" kill "$first"
wait_for "$job" PENDING 60
on c0 scontrol update JobId="$job" StartTime=now
done_well "$job" 90 "gph-$job.log"
same node.json "a killed node"
[ "$(field "$job" NodeList)" != "$first" ] || fail "the job did not go to the other node"
say "node $first killed, finished on $(field "$job" NodeList)"
finish
