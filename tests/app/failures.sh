#!/bin/sh
# Failures: the status says which kind, the message where, JSON the same, on any number of ranks;
# nothing hangs and nothing half-written is left.
# shellcheck source=tests/app/lib.sh
. "$(dirname "$0")/lib.sh"

mkdir folder.d
: >empty.txt
printf '1 2\n2 three\n' >words.txt
printf '1 2\n3 -4\n' >negative.txt
printf '1 2\n3 9223372036854775808\n' >huge.txt
printf '%%%%MatrixMarket matrix coordinate pattern symmetric\n3 3 9\n2 1\n' >short.mtx
# More vertices than this machine has memory for, however many ranks share it.
many=$(awk '/^MemTotal/ { printf "%d", $2 * 1024 / 16 * 1.2 }' /proc/meminfo)
printf '%%%%MatrixMarket matrix coordinate pattern symmetric\n%s %s 1\n2 1\n' "$many" "$many" >many.mtx
printf '3 5\n2\n1 3\n2\n' >wrong.graph
seq 1 5000 | sed 's/.*/& 1/' | gzip >whole.txt.gz
head -c 5000 whole.txt.gz >cut.txt.gz

# bad_input RANKS FILE MESSAGE
bad_input()
{
    run 3 "$1" info "$2" --json -
    says err "gph: error: "
    says err "$2$3"
    json command info
    json error/status GPH_ERR_INPUT
    json error/exit 3
    json ranks "$1"
    no_leftovers
}
bad_input 1 absent.txt ""
bad_input 3 absent.txt ""
bad_input 2 folder.d ""
bad_input 2 empty.txt ""
bad_input 1 words.txt ":2:"
bad_input 7 words.txt ":2:"
bad_input 2 negative.txt ":2:"
bad_input 2 huge.txt ":2:"
bad_input 2 short.mtx ":2:"
bad_input 1 many.mtx ":2:"
bad_input 7 many.mtx ":2:"
bad_input 2 wrong.graph ":"
bad_input 1 cut.txt.gz ""
bad_input 3 cut.txt.gz ""

# Specifications, sizes and settings that make no sense.
for spec in er:n=10 er:n=10,m=5,q=1 complete:n=x nothing:n=3; do
    run 2 2 info $spec
    says err "gph: error: "
done
for k in 0 -1 65; do
    run 2 2 cliques complete:n=5 -k $k
    says err "gph: error: "
done
run 2 1 cliques complete:n=5 -k 3 --list list.xyz
says err "gph: error: "
run 2 1 generate whole.txt.gz out.txt
says err "gph convert"

# Over the budget: the message names sizes.
for ranks in 1 3; do
    run 4 "$ranks" info er:n=20000,m=200000 --max-memory 64K --json -
    says err "gph: error: "
    json error/exit 4
    grep -q '[0-9]' err || fail "$what: no size is named"
    json settings/max_memory 65536
    json memory/budget 65536
done

# Output that cannot be written.
for ranks in 1 3; do
    run 1 "$ranks" generate path:n=5 absent.d/out.txt
    says err "absent.d/out.txt"
    run 1 "$ranks" info path:n=5 --json absent.d/out.json
    says err "absent.d/out.json"
    run 1 "$ranks" cliques complete:n=5 -k 3 --list absent.d/out.txt
    says err "absent.d/out.txt"
done
if [ -w /dev/full ]; then
    "$GPH_COMMAND" info path:n=5 >/dev/full 2>err
    [ $? = 1 ] || fail "a full standard output is not noticed"
    says err "standard output"
fi

# --quiet leaves the message; a failure ends up in the JSON file too.
run 3 1 info absent.txt --quiet --json out.json
says err "gph: error: "
nothing_in out
json error/exit 3 out.json
no_leftovers
finish
