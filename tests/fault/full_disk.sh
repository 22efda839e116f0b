#!/bin/bash
# A full disk: checkpoints and results on a file system of 1.5 MiB. The run must end with a clear
# message and without a half-written file, keep the last good checkpoint, and go on from it when
# there is room again. Skipped where no file system can be mounted.
set -u
: "${GPH_COMMAND:?names the gph to test}"
: "${GPH_MPIRUN:=mpirun -n}"
folder=$(mktemp -d)
trap 'umount "$folder/small" 2>/dev/null; rm -rf "$folder"' EXIT
cd "$folder" || exit 1
mkdir small
if ! mount -t tmpfs -o size=1536k tmpfs small 2>/dev/null; then
    echo "skipped: no file system can be mounted here"
    exit 0
fi
failures=0
fail()
{
    echo "FAILED: $*" >&2
    cat err >&2
    failures=$((failures + 1))
}
graph=rmat:scale=10,edgefactor=16,seed=3
# run RANKS ARGUMENT...
run()
{
    ranks=$1
    shift
    # shellcheck disable=SC2086 # a command with its options
    timeout 120 $GPH_MPIRUN "$ranks" "$GPH_COMMAND" cliques $graph -k 4 --threads 1 "$@" >out 2>err
}

run 1 --list right.txt || fail "the undisturbed run"
[ "$(stat -c %s right.txt)" -gt $((3 << 20)) ] || fail "the list is too small to fill the disk"

for form in txt bin h5; do
    for ranks in 1 3; do
        run $ranks --list small/list.$form
        status=$?
        [ $status = 1 ] || fail "$form on $ranks ranks: status $status, not 1"
        grep -qiE 'space|disk is full|disk full' err || fail "$form on $ranks ranks: the message does not tell of the disk"
        [ -z "$(ls small)" ] || fail "$form on $ranks ranks: left over: $(ls small)"
        rm -rf small/*
    done
done

# Checkpoints on the full disk: the last good one stays, and the job goes on when there is room.
mkdir small/checkpoints
run 2 --list list.txt --checkpoint small/checkpoints --checkpoint-every 0s --max-time 1ms
[ $? = 5 ] || fail "a stop with room for a checkpoint"
[ -n "$(ls small/checkpoints)" ] || fail "no checkpoint was written"
dd if=/dev/zero of=small/filler bs=64k 2>/dev/null
run 2 --list list.txt --checkpoint small/checkpoints --checkpoint-every 0s --resume --max-time 1ms
[ $? = 1 ] || fail "a checkpoint on a full disk: status $?, not 1"
ls small/checkpoints | grep -q 'tmp' && fail "a half-written checkpoint was left over"
rm small/filler
run 3 --list list.txt --checkpoint small/checkpoints --resume || fail "going on with room again"
cmp list.txt right.txt || fail "another list after going on"
echo "$failures failures"
[ $failures = 0 ]
