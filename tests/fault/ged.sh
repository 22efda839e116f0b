#!/bin/bash
# A matrix of edit distances and a batch with edit paths, killed on some ranks and resumed on others
# until they are done: the files must equal those of undisturbed runs, and the paths replay.
# Environment: GPH_COMMAND (the gph to test), GPH_MPIRUN (mpirun with its flag for ranks last).
set -u
: "${GPH_COMMAND:?names the gph to test}"
: "${GPH_MPIRUN:=mpirun -n}"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/checkpoints" && cd "$folder" || exit 1
fail()
{
    echo "$*" >&2
    exit 1
}

# Random graphs of 9 and 10 nodes, whose pairs take about a millisecond each.
awk 'BEGIN {
    srand(5)
    for (g = 0; g < 70; g++) {
        print "t # " g
        n = 9 + g % 2
        for (v = 0; v < n; v++)
            print "v " v " " int(rand() * 3)
        for (u = 0; u < n; u++)
            for (v = u + 1; v < n; v++)
                if (rand() < 0.35)
                    print "e " u " " v " " int(rand() * 2)
    }
}' >graphs.txt

# run RANKS THREADS OPTIONS…: one run; its digest on standard output.
run()
{
    # shellcheck disable=SC2086 # a command with its options
    $GPH_MPIRUN "$1" "$GPH_COMMAND" ged --collection graphs.txt --quiet --threads "$2" "${@:3}" \
        >out.log 2>err.log
    status=$?
    sed -n 's/^digest *//p' out.log
    return $status
}

# disturb NAME OPTIONS…: a reference run, then one that is killed twice and ends on other ranks.
disturb()
{
    name=$1
    shift
    began=$(date +%s%N)
    digest=$(run 1 1 "$@" "right-$name.h5") || fail "$name: $(cat err.log)"
    span=$((($(date +%s%N) - began) / 1000000))
    killed=0
    for ranks in 2 3; do
        run $ranks 2 "$@" "out-$name.h5" --checkpoint checkpoints --checkpoint-every 50ms \
            --resume >/dev/null &
        job=$!
        sleep "$(awk -v s=$span 'BEGIN { print s / 2000 }')"
        for process in $(pgrep -f "^$GPH_COMMAND ged --collection graphs.txt .*out-$name.h5"); do
            [ "$(readlink "/proc/$process/cwd")" = "$folder" ] && kill -KILL "$process" 2>/dev/null &&
                killed=$((killed + 1)) && break
        done
        wait $job
    done
    again=$(run 4 1 "$@" "out-$name.h5" --checkpoint checkpoints --resume) ||
        fail "$name: $(cat err.log)"
    [ "$again" = "$digest" ] || fail "$name: digest $again after $killed kills, not $digest"
    cmp "right-$name.h5" "out-$name.h5" || fail "$name: another file"
    rm -f checkpoints/*
    echo "$name: digest $digest, the same after $killed kills; $span ms"
}

disturb matrix --matrix
disturb paths --path --cliques --out
"$GPH_COMMAND" verify out-paths.h5 || fail "the paths do not replay"
