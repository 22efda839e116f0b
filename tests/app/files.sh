#!/bin/sh
# generate, convert and info: a graph is the same through every format, and output is as promised.
# shellcheck source=tests/app/lib.sh
. "$(dirname "$0")/lib.sh"

spec=er:n=200,m=900
run 0 2 generate $spec g.txt --seed 7 --json -
json command generate
json input $spec
json result/edges 900
json result/output g.txt
nothing_in err
run 0 1 generate $spec again.txt --set seed=7
cmp g.txt again.txt || fail "a graph depends on the number of ranks"
run 0 1 generate $spec,seed=7 again.txt
cmp g.txt again.txt || fail "the seed of a generator is not --seed"
run 0 1 generate $spec other.txt --seed 8
! cmp -s g.txt other.txt || fail "another seed gives the same graph"

# Round and round through all formats, on changing numbers of ranks.
run 0 3 convert g.txt g.h5
run 0 1 convert g.h5 g.mtx
run 0 4 convert g.mtx g.graph
run 0 2 convert g.graph g.txt.gz
run 0 2 convert g.txt.gz odd.name --from edges --format mtx
run 0 1 convert odd.name h5.suffix --from mtx --format h5
for graph in g.txt g.h5 g.mtx g.graph g.txt.gz; do
    run 0 2 info $graph --json -
    json result/edges 900
    json result/dropped_loops 0
    nothing_in err
done
run 0 1 info h5.suffix --from h5 --json -
json result/edges 900
run 0 1 cliques g.txt -k 3 --json -
triangles=$("$json_get" result/count <out)
for graph in g.h5 g.mtx g.graph g.txt.gz; do
    run 0 2 cliques $graph -k 3 --json -
    json result/count "$triangles"
done
no_leftovers

# What info finds.
printf '# loops and repeats\n10 20\n20 10\n30 30\n20 40\n40 10\n7 8\n' >small.txt
for ranks in 0 1 3 7; do
    run 0 "$ranks" info small.txt --json -
    json version "$("$GPH_COMMAND" --version | sed -n 's/^gph //p')"
    json input small.txt
    json result/vertices 6
    json result/edges 4
    json result/dropped_loops 1
    json result/dropped_repeats 1
    json result/min_degree 0
    json result/max_degree 2
    json result/isolated 1
    json result/degeneracy 2
    json result/components 3
done
run 0 2 info small.txt
says out "degeneracy"
says out "components"
says out "memory of a rank"

# The JSON file beside the summary; an older file is replaced; the report goes to stderr.
echo old >out.json
run 0 2 info small.txt --json out.json --report
says out "degeneracy"
json result/edges 4 out.json
says err "memory: peak of a rank"
says err "read "
run 0 1 info small.txt --json /dev/null
[ -c /dev/null ] || fail "a device was replaced by a file"
# Several at once, without mpirun, do not get into each other's way.
for round in 1 2 3; do
    for i in 1 2 3 4; do
        "$GPH_COMMAND" cliques complete:n=9 -k 3 --list at-once.$i.h5 --quiet >/dev/null 2>>at-once.err &
    done
    wait
    cat at-once.?.h5 | wc -c >>at-once.sizes
done
[ ! -s at-once.err ] || { fail "four at once" && cat at-once.err >&2; }
[ "$(sort -u at-once.sizes | wc -l)" = 1 ] || fail "four at once: other sizes"
rm -f at-once.*
no_leftovers
finish
