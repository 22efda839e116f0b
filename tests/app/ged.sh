#!/bin/sh
# gph ged: known answers for odd input, the same bytes on any number of ranks, files that gph verify
# accepts, large graphs, and messages for what makes no sense.
# shellcheck source=tests/app/lib.sh
. "$(dirname "$0")/lib.sh"

printf 't # a\nv 0 C\nv 1 N\ne 0 1 s\n' >one.txt
printf 't # e\nt # f\n' >empty.txt
printf 't # a\nv 0 C\nv 1 N\nv 2 O\ne 0 1 s\ne 1 2 d\nt # b\nv 0 C\nt # c\nv 0 N\nv 1 C\ne 0 1 d\n' >three.txt

# A collection of one graph has no pair; an empty graph is a matter of inserting everything.
for p in 1 3; do
    run 0 $p ged --collection one.txt --path --out none.h5 --matrix none-matrix.h5
    says out 'pairs                0'
    run 0 0 verify none.h5
    run 0 $p ged empty.txt one.txt --path --json -
    json result/upper 3
    json result/exact 1
    json result/node_insert_count 2
    json result/edge_insert_count 1
    run 0 $p ged --collection one.txt --query empty.txt --nearest 3
    says out '[[0,0,3,3],[1,0,3,3]]'
    run 0 $p ged --collection three.txt --path --cliques --out three.$p.tsv
    run 0 $p ged --collection three.txt --path --cliques --out three.$p.h5
    run 0 $p convert --collection three.txt saved.$p.h5
    run 0 $p ged --large rmat:scale=10,edgefactor=4 er:n=900,m=3000 --json -
    cp out large.$p
done
for file in three.1.tsv three.1.h5 saved.1.h5; do
    cmp $file "$(echo $file | sed 's/\.1\./.3./')" || fail "$file: other bytes on 3 ranks"
done
[ "$("$json_get" digest <large.1)" = "$("$json_get" digest <large.3)" ] || fail "--large: other digest"
[ "$(cut -f 1-5 three.1.tsv | tr '\t\n' '  ')" = '0 1 4 4 1 0 2 3 3 1 1 2 2 2 1 ' ] ||
    { fail "distances of three.txt" && cat three.1.tsv >&2; }
run 0 2 verify three.1.h5
says out 'paths                3'
run 6 0 verify three.1.h5 one.txt
says err 'are not those that the result is of'
run 0 0 ged saved.1.h5#0 three.txt#2 --json -
json result/upper 3

# A decision has bounds that prove it, and paths where it is asked for them.
for p in 1 3; do
    run 0 $p ged --collection three.txt --threshold 3 --decide --path --out decided.$p.h5
    says out 'over                 1'
    run 0 2 verify decided.$p.h5
    says out 'paths                3'
    run 0 $p ged --collection three.txt --threshold 3 --decide --out decided.$p.tsv
    [ "$(awk '$4 > 3 && $3 <= 3' decided.$p.tsv)" = "" ] || fail "a pair is neither within 3 nor over"
done
cmp decided.1.tsv decided.3.tsv || fail "decided.1.tsv: other bytes on 3 ranks"
run 2 0 ged one.txt three.txt#0 --decide
says err '--decide needs --threshold'
run 2 0 ged --collection three.txt --query one.txt --nearest 1 --threshold 3 --decide
says err 'does not go with --nearest'

# What --estimate says of memory is right within a factor of two: a rank that is quicker than
# others takes more pairs than its share.
awk 'BEGIN { for (g = 0; g < 200; g++) { print "t # " g
    for (v = 0; v <= 3 + g % 3; v++) { print "v", v, (g * 7 + v) % 4; if (v) print "e", v - 1, v } } }' >many.txt
for paths in "" --path; do
    for p in 1 2; do
        run 0 $p ged --collection many.txt $paths ${paths:+--out many.h5} --estimate --json estimate.json
        run 0 $p ged --collection many.txt $paths ${paths:+--out many.h5} --json real.json
        told=$("$json_get" result/memory_of_a_rank <estimate.json)
        taken=$("$json_get" memory/peak_max <real.json)
        [ $((2 * told)) -gt "$taken" ] && [ "$told" -lt $((2 * taken)) ] ||
            fail "$p ranks $paths: $told bytes told, $taken taken"
    done
done

# What is wrong is said.
printf 't # a\nv 0 C\nv 0 N\n' >bad.txt
run 3 2 ged bad.txt one.txt
says err 'bad.txt:3: node 0 where node 1 is expected'
printf 't # a\nv 0 C\ne 0 7\n' >bad.txt
run 3 2 ged bad.txt one.txt
says err 'bad.txt:3: an edge to node 7'
run 3 2 ged one.txt one.txt --node-cost euclidean
says err "one.txt:2: 'C' where a number is expected"
run 3 0 ged one.txt#5 one.txt
says err 'there is no graph 5'
printf 'C N 1\nC - -2\n' >costs.txt
run 3 2 ged one.txt one.txt --node-costs costs.txt
says err 'costs.txt:2: a cost of -2; costs must not be negative'
run 3 0 ged one.txt one.txt --node-costs 'C N nan;'
says err "table of costs:1: 'nan' where a cost"
run 2 0 ged one.txt one.txt --node-insert nan
run 2 0 ged --large path:n=3 path:n=4 --method exact
says err 'large ones have label, hed and branch'
run 2 0 ged --collection three.txt --path
run 2 0 ged --collection three.txt --path --method hed --out x.tsv
says err 'method hed gives no edit paths'
no_leftovers
finish
