#!/bin/sh
# gph run: known answers, the same digest and the same bytes on any number of ranks and threads, and
# messages for what makes no sense.
# shellcheck source=tests/app/lib.sh
. "$(dirname "$0")/lib.sh"

graph=rmat:scale=8,edgefactor=8
for algorithm in pagerank bfs components sssp labels cores triangles; do
    first=
    for ranks in 1 2 3 7; do
        run 0 "$ranks" run $algorithm $graph --threads $((ranks % 3 + 1)) --out out.tsv --top 5 --json -
        json result/algorithm $algorithm
        json input $graph
        digest=$("$json_get" digest <out)
        top=$("$json_get" result/top <out)
        if [ -z "$first" ]; then
            first=$digest
            first_top=$top
            mv out.tsv first.tsv
            [ $(($(wc -l <first.tsv))) = 257 ] || fail "$what: not a line a vertex"
        else
            [ "$digest" = "$first" ] || fail "$what: digest $digest, not $first"
            [ "$top" = "$first_top" ] || fail "$what: other vertices on top"
            cmp out.tsv first.tsv || fail "$what: another file"
        fi
    done
done
for ranks in 1 3; do
    run 0 $ranks run bfs $graph --out bfs.$ranks.h5
    run 0 $ranks run pagerank $graph --out pagerank.$ranks.h5
done
if command -v h5diff >/dev/null; then
    h5diff bfs.1.h5 bfs.3.h5 || fail "$what: another file"
    h5diff pagerank.1.h5 pagerank.3.h5 || fail "$what: another file"
fi
no_leftovers

run 0 2 run bfs path:n=10 --source 0 --json -
json result/depth 9
json result/reached 10
run 0 2 run components er:n=50,m=0 --json -
json result/components 50
run 0 3 run pagerank cycle:n=8 --top 2 --json -
json result/top '[[0, 0.125], [1, 0.125]]'
run 0 2 run triangles complete:n=10 --json -
json result/triangles 120
json result/transitivity 1
run 0 3 run cores turan:n=13,r=4 --json -
json result/degeneracy 9
printf '1 2 0.5\n2 3 0.25\n1 3 1\n' >weighted.txt
run 0 2 run sssp weighted.txt --source 1 --json -
json result/farthest 0.75
printf '1 2 0.5\n2 3 -0.25\n' >negative.txt
printf 'the cat saw the dog\n' >text.txt
run 0 2 run bfs text:path=text.txt,unit=word --source dog --json -
json result/depth 2

# misuse STATUS TEXT ARGUMENT...
misuse()
{
    wanted=$1
    text=$2
    shift 2
    run "$wanted" 2 run "$@"
    says err "$text"
}
misuse 2 "did you mean 'pagerank'" pagerang path:n=5
misuse 2 "no vertex has the id 77" bfs path:n=5 --source 77
misuse 2 "not an id" bfs path:n=5 --source x
misuse 2 "no vertex is named bird" bfs text:path=text.txt,unit=word --source bird
misuse 2 "damping" pagerank path:n=5 --damping 1
misuse 2 ".h5 or .tsv" pagerank path:n=5 --out out.xyz
misuse 1 "absent.d/out.tsv" pagerank path:n=5 --out absent.d/out.tsv
misuse 3 "weight -0.25" sssp negative.txt
misuse 5 "stopped" pagerank path:n=100000 --tolerance 0 --iterations 1000000000 --max-time 1s
misuse 4 "memory" pagerank er:n=20000,m=200000 --max-memory 64K
no_leftovers
finish
