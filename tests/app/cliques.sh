#!/bin/sh
# gph cliques: known counts, and the same digest and the same bytes on any number of ranks, threads.
# shellcheck source=tests/app/lib.sh
. "$(dirname "$0")/lib.sh"

# count WANTED ARGUMENT...
count()
{
    wanted_count=$1
    shift
    run 0 2 cliques "$@" --json -
    json result/count "$wanted_count"
}
count 210 complete:n=10 -k 4
count 10 complete:n=10 -k 1
count 45 complete:n=10 -k 2
count 0 complete:n=10 -k 11
count 1 complete:n=64 -k 64
count 81 turan:n=12,r=4 -k 4
count 0 star:n=50 -k 3
count 100891344545564193334812497256 complete:n=100 -k 50
run 0 1 cliques complete:n=10 -k 4
says out "210"
says out "digest"

graph=rmat:scale=8,edgefactor=8
first=
for ranks in 1 2 3 4 7; do
    for threads in 1 2 3; do
        run 0 "$ranks" cliques $graph -k 4 --threads $threads --json - \
            --list list.txt --per-vertex count.tsv --communities groups.txt
        json threads $threads
        json ranks "$ranks"
        digest=$("$json_get" digest <out)
        if [ -z "$first" ]; then
            first=$digest
            mv list.txt first.txt
            mv count.tsv first.tsv
            mv groups.txt first-groups.txt
            rows=$(($(wc -l <first.txt)))
            [ "$rows" -gt 1000 ] || fail "too few cliques to tell: $rows"
            json result/count "$rows"
        else
            [ "$digest" = "$first" ] || fail "$what: digest $digest, not $first"
            cmp list.txt first.txt || fail "$what: another list"
            cmp count.tsv first.tsv || fail "$what: other counts of vertices"
            cmp groups.txt first-groups.txt || fail "$what: other communities"
        fi
    done
    run 0 "$ranks" cliques $graph -k 4 --threads 2 --list "list.$ranks.bin"
    cmp "list.$ranks.bin" list.1.bin || fail "$what: another list"
    run 0 "$ranks" cliques $graph -k 4 --threads 2 --list "list.$ranks.h5" \
        --per-vertex "count.$ranks.h5" --communities "groups.$ranks.h5"
    if command -v h5diff >/dev/null; then
        h5diff list.1.h5 "list.$ranks.h5" || fail "$what: another list"
        h5diff count.1.h5 "count.$ranks.h5" || fail "$what: other counts of vertices"
        h5diff groups.1.h5 "groups.$ranks.h5" || fail "$what: other communities"
    fi
done
no_leftovers

# Communities: in order, their numbers told; two vertices are enough of a clique, one is not.
run 0 3 cliques $graph -k 4 --communities groups.tsv --json -
json result/communities "$(wc -l <first-groups.txt)"
json result/largest_community "$(head -1 first-groups.txt | wc -w)"
json result/vertices_covered "$(cut -f 2 groups.tsv | sort -u | wc -l)"
awk '{ for (i = 2; i <= NF; i++) if ($i <= $(i - 1)) exit 1; if (NR > 1 && NF > last) exit 1
       last = NF }' first-groups.txt || fail "communities are not in order"
[ "$(tr ' ' '\n' <first-groups.txt)" = "$(cut -f 2 groups.tsv)" ] || fail "other members as .tsv"
for way in cover faces; do
    run 0 2 cliques $graph -k 4 --communities other.txt --percolation $way
    cmp other.txt first-groups.txt || fail "other communities by $way"
done
run 0 2 cliques star:n=9 -k 2 --communities star.txt
[ "$(cat star.txt)" = "0 1 2 3 4 5 6 7 8" ] || fail "a star is one component"
run 2 2 cliques star:n=9 -k 1 --communities star.txt
says err "at least 2"
run 2 1 cliques star:n=9 -k 2 --communities star.bin
says err ".tsv"
run 4 2 cliques rmat:scale=9,edgefactor=16 -k 4 --threads 1 --communities out.txt --max-memory 1M
says err "needs"

# Methods change speed only; ascending members, no row twice, and as many as were counted.
for method in recursion pivot; do
    run 0 3 cliques $graph -k 4 --method $method --json -
    json result/count "$rows"
done
run 0 2 cliques $graph -k 4 --order degree --json -
json result/count "$rows"
awk '{ for (i = 2; i <= NF; i++) if ($i <= $(i - 1)) exit 1; if (NF != 4) exit 1 }' first.txt ||
    fail "a row is not four ascending numbers"
[ "$(sort -u first.txt | wc -l)" -eq "$rows" ] || fail "a clique is listed twice"
finish
