#!/bin/bash
# mpirun over several hosts without SLURM (hosts.sh): host files, a slow link, and links that are cut.
# shellcheck source=tests/cluster/lib.sh
. "$(dirname "$0")/lib.sh"
need nsenter unshare ip tc mpirun

folder=$(mktemp -d /tmp/gph-hosts.XXXXXX)
export WORK=$folder/run
hosts=$here/hosts.sh
trap '"$hosts" down >/dev/null 2>&1; rm -rf "$folder"' EXIT
cd "$folder" || exit 1
"$hosts" up 3 || skip "no hosts can be made here"
for i in 1 2 3; do echo "h$i slots=2"; done >three
head -n 2 three >two

# over FILE RANKS ARGUMENT...: gph from h1 over the hosts of FILE, with the settings that
# docs/cluster.md recommends.
over()
{
    local file=$1 ranks=$2
    shift 2
    "$hosts" run h1 timeout 100 mpirun --mca plm_rsh_agent "$hosts rsh" --hostfile "$file" \
        --map-by node --mca oob_tcp_keepalive_time 5 --mca oob_tcp_keepalive_intvl 3 \
        --mca oob_tcp_keepalive_probes 5 -n "$ranks" "$GPH_COMMAND" "$@" --threads 1
}

find_search 4 || fail "the plain run"

# Two and three hosts.
for file in two three; do
    count=$(wc -l <$file)
    # shellcheck disable=SC2086 # several words
    over $file $((2 * count)) $search --json $file.json >log 2>&1 || { fail "$count hosts" && cat log >&2; }
    same $file.json "$count hosts"
    [ "$("$json_get" report/hosts <$file.json)" = "$count" ] || fail "not on $count hosts"
    say "$count hosts"
done

# A slow link.
"$hosts" rate h2 20mbit 50ms
# shellcheck disable=SC2086
over two 4 $search --json slow.json >log 2>&1 || { fail "a slow link" && cat log >&2; }
same slow.json "a slow link"
"$hosts" rate h2 off
say "a slow link"

# checkpointed JSON OPTION...: begins the search in the background, and waits until it has saved
# something; its process is $job.
checkpointed()
{
    local json=$1
    shift
    mkdir -p checkpoints
    # shellcheck disable=SC2086
    over two 4 $search --json "$json" --checkpoint checkpoints --checkpoint-every 500ms "$@" >log 2>&1 &
    job=$!
    for _ in $(seq 200); do
        ls checkpoints/*.h5 >/dev/null 2>&1 && return
        sleep .1
    done
    fail "no checkpoint within 20 s"
}

# Cut for 8 s and mended: the job goes on, to the right result.
checkpointed mended.json
"$hosts" cut h2
sleep 8
"$hosts" mend h2
wait $job || { fail "a link that was mended" && cat log >&2; }
same mended.json "a link that was mended"
say "a link cut for 8 s"

# Cut for good: the job ends with an error within 30 s, and goes on from its checkpoint elsewhere.
rm -rf checkpoints
checkpointed cut.json
"$hosts" cut h2
cut=$SECONDS
wait $job
status=$?
took=$((SECONDS - cut))
[ $status != 0 ] && [ $status != 124 ] || fail "a link cut for good: status $status"
[ $took -le 30 ] || fail "a link cut for good: it took $took s to end"
[ ! -e cut.json ] || fail "a link cut for good: there is a result"
say "a link cut for good: status $status after $took s"
"$hosts" mend h2
sed -i '/h2/d' three
# shellcheck disable=SC2086
over three 4 $search --json cut.json --checkpoint checkpoints --resume --log-level info >log 2>&1 ||
    { fail "going on elsewhere" && cat log >&2; }
grep -q "going on from" log || fail "it did not go on from a checkpoint"
same cut.json "going on elsewhere"
say "resumed on other hosts"
finish
